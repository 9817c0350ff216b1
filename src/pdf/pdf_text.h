/*
 * Lines of text as page content: glyphs of one font by number, two bytes each.
 *
 * All lines of a page stand in one text object and are placed relative to one another, in whole
 * thousandths of a point, so that nothing drifts. The font is the resource /F, or one of /F0 to
 * /F15 where a page has several.
 */
#ifndef SP_PDF_TEXT_H
#define SP_PDF_TEXT_H

#include "base/buf.h"

#include <stdint.h>

struct sp_pdf_text {
    struct sp_buf *content;
    int64_t x_mpt, y_mpt, size_mpt; /* where the last line began, and its size */
    unsigned font, shown_font;      /* 0: /F; else one more than the number; the one in effect */
};

/*
 * A glyph that stands where it is told, relative to the start of its line, and the text it stands
 * for: null where the font's own map to Unicode says so already, of length 0 where the glyphs
 * before it have said it.
 */
struct sp_pdf_glyph {
    uint16_t number;
    int64_t x_mpt, y_mpt;
    const char *text;
    size_t text_length;
};

/* The most that the text object itself, a line of `glyphs` or a line placed glyph by glyph adds. */
size_t sp_pdf_text_bound(void);
size_t sp_pdf_text_line_bound(size_t glyphs);
size_t sp_pdf_text_placed_bound(size_t glyphs, size_t text_bytes);

void sp_pdf_text_begin(struct sp_pdf_text *text, struct sp_buf *content);

/* Shows glyphs that follow one another by their own widths, from (x, y) on, y up. */
void sp_pdf_text_line(struct sp_pdf_text *text, int64_t x_mpt, int64_t y_mpt, int64_t size_mpt,
                      const uint16_t *glyphs, size_t count);

/*
 * Shows glyphs one by one, as shaping placed them, from left to right. Where a text stands with a
 * glyph, that is what is found and copied in its place (ActualText, ISO 32000-1, 14.9.4): letter by
 * letter, because readers order what they extract by where it stands.
 */
void sp_pdf_text_placed(struct sp_pdf_text *text, int64_t x_mpt, int64_t y_mpt, int64_t size_mpt,
                        const struct sp_pdf_glyph *glyphs, size_t count);

void sp_pdf_text_end(struct sp_pdf_text *text);

/* What a page of a report draws its text with, where lines and colours stand in between. */

/* Begins another text object on the same page, which the font and the size last into. */
void sp_pdf_text_resume(struct sp_pdf_text *text);

/* The number of the font of what comes. */
void sp_pdf_text_font(struct sp_pdf_text *text, unsigned font);

/* A line glyph by glyph: shows each behind the one before it. */
void sp_pdf_text_line_begin(struct sp_pdf_text *text, int64_t x_mpt, int64_t y_mpt,
                            int64_t size_mpt);
void sp_pdf_text_line_glyph(struct sp_pdf_text *text, uint16_t glyph);
void sp_pdf_text_line_end(struct sp_pdf_text *text);

/* What is shown between is found and copied as a text of its own. Both stand outside of lines. */
void sp_pdf_text_span_begin(struct sp_pdf_text *text, const char *utf8, size_t length);
void sp_pdf_text_span_end(struct sp_pdf_text *text);

#endif
