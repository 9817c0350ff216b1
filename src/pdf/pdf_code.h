/*
 * A code as page content: a square of modules to PDF operators.
 *
 * The image of a code stands inline in the content (BI ID EI), where it costs no object. Two things
 * can forbid that, and both are looked for: data over 4,096 bytes, which becomes an image object,
 * and data that holds the letters EI where a careless parser would end the image, which is written
 * in hexadecimal.
 */
#ifndef SP_PDF_CODE_H
#define SP_PDF_CODE_H

#include <smallpress/arena.h>
#include <smallpress/draw.h>
#include <smallpress/matrix.h>

#include "pdf/pdf_page.h"
#include "pdf/pdf_sharp.h"

/* What a thread draws with. */
struct sp_pdf_pen {
    enum sp_draw draw;
    struct sp_pdf_sharp sharp;
    struct sp_buf data; /* one image while its length and bytes are looked at */
};

/* Bytes of memory of a pen for codes of up to `size_max` modules a side. */
size_t sp_pdf_pen_need(enum sp_draw draw, uint32_t size_max);
void sp_pdf_pen_init(struct sp_pdf_pen *pen, struct sp_arena *arena, enum sp_draw draw,
                     uint32_t size_max);

/* The most that one code of up to `size_max` modules adds to a page. */
struct sp_pdf_page_limits sp_pdf_code_limits(enum sp_draw draw, uint32_t size_max);

/*
 * Draws the modules, without a quiet zone, as a square of `side_mpt` whose lower left corner is at
 * (x_mpt, y_mpt); thousandths of a point, y up, as PDF has it.
 */
void sp_pdf_code_draw(struct sp_pdf_pen *pen, struct sp_pdf_page *page,
                      const struct sp_matrix *modules, int64_t x_mpt, int64_t y_mpt,
                      int64_t side_mpt);

#endif
