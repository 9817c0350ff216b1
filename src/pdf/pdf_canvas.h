/*
 * A page of a report under composition: text in many fonts, lines, colours, photos, links, marks of
 * structure.
 *
 *     sp_pdf_canvas_begin(canvas)
 *     … tags, text, shapes, images, links …
 *     sp_pdf_canvas_end(canvas)          the page goes into the document
 *
 * All coordinates are thousandths of a point from the upper left corner, y down, as layout has
 * them. The content is composed in memory and deflated when the page ends; a page has at most
 * SP_PDF_CANVAS_BYTES of it, and whoever fills it asks sp_pdf_canvas_room before what may be large.
 * One canvas draws all pages of a document, one after another.
 */
#ifndef SP_PDF_CANVAS_H
#define SP_PDF_CANVAS_H

#include <smallpress/arena.h>
#include <smallpress/stream.h>

#include "pdf/pdf_document.h"
#include "pdf/pdf_structure.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bounds of one page. A full page of small print has about 8,000 glyphs. */
#define SP_PDF_CANVAS_BYTES  (768 * 1024)
#define SP_PDF_CANVAS_IMAGES 64
#define SP_PDF_CANVAS_LINKS  256

/* The most content that a call takes: a glyph (besides 4 for each byte of its text); the rest. */
#define SP_PDF_CANVAS_GLYPH_BYTES 120
#define SP_PDF_CANVAS_CALL_BYTES  640

struct sp_pdf_color {
    uint8_t red, green, blue;
};

struct libdeflate_compressor;
struct sp_pdf_canvas;

size_t sp_pdf_canvas_need(void);
/* `compressor` serves the small objects of the document too and is borrowed to its end. */
struct sp_pdf_canvas *sp_pdf_canvas_init(struct sp_arena *arena, struct sp_pdf_document *document,
                                         struct libdeflate_compressor *compressor);

void sp_pdf_canvas_begin(struct sp_pdf_canvas *canvas);

/* Bytes of content, images, links and marks that still fit; asked before a row or block. */
struct sp_pdf_canvas_room {
    size_t bytes, images, links, marks;
};
struct sp_pdf_canvas_room sp_pdf_canvas_room(const struct sp_pdf_canvas *canvas);

/*
 * Begins and ends a piece of marked content: what is drawn between belongs to the innermost open
 * element of the structure (ISO 32000-1, 14.7.4). With an artifact (a header, a line, a page
 * number) it belongs to none. Pieces do not nest, and no element is opened or closed inside one.
 * Without structure both do nothing. A piece in which text is followed by something else takes more
 * than one mark: one for each time that it changes from text to drawing.
 */
void sp_pdf_canvas_mark(struct sp_pdf_canvas *canvas);
void sp_pdf_canvas_artifact(struct sp_pdf_canvas *canvas);
void sp_pdf_canvas_mark_end(struct sp_pdf_canvas *canvas);

void sp_pdf_canvas_fill(struct sp_pdf_canvas *canvas, struct sp_pdf_color color, int64_t x_mpt,
                        int64_t y_mpt, int64_t width_mpt, int64_t height_mpt);
/* A filled rectangle with round corners; a circle if the radius is half of both sides. */
void sp_pdf_canvas_fill_round(struct sp_pdf_canvas *canvas, struct sp_pdf_color color,
                              int64_t x_mpt, int64_t y_mpt, int64_t width_mpt, int64_t height_mpt,
                              int64_t radius_mpt);
/* The outline of a rectangle, the line inside it. */
void sp_pdf_canvas_frame(struct sp_pdf_canvas *canvas, struct sp_pdf_color color, int64_t x_mpt,
                         int64_t y_mpt, int64_t width_mpt, int64_t height_mpt, int64_t line_mpt);
/* A line through up to eight points with round ends and joins: ticks, crosses, rules. */
struct sp_pdf_point {
    int64_t x_mpt, y_mpt;
};
void sp_pdf_canvas_line(struct sp_pdf_canvas *canvas, struct sp_pdf_color color,
                        const struct sp_pdf_point *points, size_t count, int64_t line_mpt);

/* A glyph as the text room places it, and its text (pdf_text.h has the meaning of both). */
struct sp_pdf_canvas_glyph {
    uint16_t number;
    uint8_t font; /* index given to sp_pdf_document_font_write */
    bool own;     /* stands where the one before it ends by its own width */
    uint16_t text_length;
    const char *text;     /* null where the font's map to Unicode says it */
    int32_t x_mpt, y_mpt; /* y up from the baseline */
};

/* A line of text whose baseline begins at (x, y). */
void sp_pdf_canvas_text(struct sp_pdf_canvas *canvas, struct sp_pdf_color color, int64_t x_mpt,
                        int64_t y_mpt, int64_t size_mpt, const struct sp_pdf_canvas_glyph *glyphs,
                        size_t count);

/* An image that pdf_image.h wrote, in a box. */
void sp_pdf_canvas_image(struct sp_pdf_canvas *canvas, uint32_t image_object, int64_t x_mpt,
                         int64_t y_mpt, int64_t width_mpt, int64_t height_mpt);

/*
 * The place of the number of pages, which nobody knows yet: a form that all pages share and that is
 * written at the end. Its baseline begins, or with `ends` ends, at (x, y).
 */
void sp_pdf_canvas_total(struct sp_pdf_canvas *canvas, int64_t x_mpt, int64_t y_mpt, bool ends);

/*
 * Writes that form, after the last page and before the document is finished; needed only if a page
 * has the place, allowed always. The fonts of the glyphs are used by it, so it comes before they
 * are written.
 */
void sp_pdf_document_total_write(struct sp_pdf_document *document,
                                 const struct sp_pdf_canvas_glyph *glyphs, size_t count,
                                 int64_t width_mpt, int64_t size_mpt, struct sp_pdf_color color);

/* A link over a box; belongs to the innermost open element of the structure. ASCII only. */
void sp_pdf_canvas_link(struct sp_pdf_canvas *canvas, const char *address, int64_t x_mpt,
                        int64_t y_mpt, int64_t width_mpt, int64_t height_mpt);

/* Writes the page. Its object number, for the outline. */
uint32_t sp_pdf_canvas_end(struct sp_pdf_canvas *canvas);

/* The object number that the page in hand has. */
uint32_t sp_pdf_canvas_page(const struct sp_pdf_canvas *canvas);

#endif
