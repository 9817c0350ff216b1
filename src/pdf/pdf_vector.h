/*
 * The vector drawing: one path of rectangles, one fill.
 *
 * A rectangle is a horizontal run of dark modules, as tall as the same run repeats below. They do
 * not overlap and are filled together, so no seam shows between them. Coordinates are modules.
 */
#ifndef SP_PDF_VECTOR_H
#define SP_PDF_VECTOR_H

#include <smallpress/matrix.h>

#include "base/buf.h"

/* The longest path of a code of up to `size_max` modules a side. */
size_t sp_pdf_vector_bound(uint32_t size_max);

/* Appends "x y w h re" for every rectangle, with the origin in the lower left corner. */
void sp_pdf_vector_draw(const struct sp_matrix *modules, struct sp_buf *content);

#endif
