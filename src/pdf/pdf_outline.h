/*
 * The outline of a document: bookmarks of two levels (ISO 32000-1, 12.3.3), in flat memory.
 *
 * An entry names its neighbours, so the last one of each level waits until the next is known; no
 * more is kept.
 */
#ifndef SP_PDF_OUTLINE_H
#define SP_PDF_OUTLINE_H

#include "pdf/pdf_document.h"

#include <stdint.h>

/* Bytes of a title's UTF-8; what is longer is cut at a whole character. */
#define SP_PDF_OUTLINE_TITLE_MAX 256

/*
 * Adds an entry of level 1 or 2 that leads to a height of a page (thousandths of a point from its
 * top). An entry of level 2 belongs to the last of level 1, which must be there.
 */
void sp_pdf_outline_add(struct sp_pdf_document *document, unsigned level, const char *title,
                        uint32_t page_object, int64_t y_mpt);

#endif
