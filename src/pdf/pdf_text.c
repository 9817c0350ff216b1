#include "pdf/pdf_text.h"

#include "base/utf8.h"
#include "pdf/pdf_string.h"

/* A glyph is two bytes, each of which may need a backslash. */
#define GLYPH_MAX 4
/* A coordinate on the largest page, in thousandths of a point, with its sign: "-14400.125". */
#define COORDINATE_MAX 10
/* A move (two numbers and Td), a font size (a number and /F Tf) and the brackets of a string. */
#define LINE_MAX_OVERHEAD (3 * COORDINATE_MAX + 20)
/* "/Span<</ActualText<FEFF>>>BDC" and EMC; a UTF-8 byte becomes at most four hexadecimal digits. */
#define SPAN_OVERHEAD 48

size_t sp_pdf_text_bound(void)
{
    return sizeof "BT\nET\n";
}

size_t sp_pdf_text_line_bound(size_t glyphs)
{
    return LINE_MAX_OVERHEAD + glyphs * GLYPH_MAX;
}

size_t sp_pdf_text_placed_bound(size_t glyphs, size_t text_bytes)
{
    return 4 * text_bytes + glyphs * (SPAN_OVERHEAD + LINE_MAX_OVERHEAD + GLYPH_MAX);
}

void sp_pdf_text_begin(struct sp_pdf_text *text, struct sp_buf *content)
{
    *text = (struct sp_pdf_text){.content = content};
    sp_buf_literal(content, "BT\n");
}

void sp_pdf_text_resume(struct sp_pdf_text *text)
{
    text->x_mpt = text->y_mpt = 0;
    sp_buf_literal(text->content, "BT\n");
}

void sp_pdf_text_font(struct sp_pdf_text *text, unsigned font)
{
    text->font = font + 1;
}

void sp_pdf_text_end(struct sp_pdf_text *text)
{
    sp_buf_literal(text->content, "ET\n");
}

static void move(struct sp_pdf_text *text, int64_t x_mpt, int64_t y_mpt, int64_t size_mpt)
{
    if (size_mpt != text->size_mpt || text->font != text->shown_font) {
        sp_buf_literal(text->content, "/F");
        if (text->font > 0)
            sp_buf_integer(text->content, text->font - 1);
        sp_buf_byte(text->content, ' ');
        sp_buf_milli(text->content, size_mpt);
        sp_buf_literal(text->content, " Tf ");
        text->size_mpt = size_mpt;
        text->shown_font = text->font;
    }
    sp_buf_milli(text->content, x_mpt - text->x_mpt);
    sp_buf_byte(text->content, ' ');
    sp_buf_milli(text->content, y_mpt - text->y_mpt);
    sp_buf_literal(text->content, " Td");
    text->x_mpt = x_mpt;
    text->y_mpt = y_mpt;
}

void sp_pdf_text_line_begin(struct sp_pdf_text *text, int64_t x_mpt, int64_t y_mpt,
                            int64_t size_mpt)
{
    move(text, x_mpt, y_mpt, size_mpt);
    sp_buf_byte(text->content, '(');
}

void sp_pdf_text_line_glyph(struct sp_pdf_text *text, uint16_t glyph)
{
    sp_pdf_string_byte(text->content, (unsigned char)(glyph >> 8));
    sp_pdf_string_byte(text->content, (unsigned char)(glyph & 0xFF));
}

void sp_pdf_text_line_end(struct sp_pdf_text *text)
{
    sp_buf_literal(text->content, ")Tj\n");
}

void sp_pdf_text_line(struct sp_pdf_text *text, int64_t x_mpt, int64_t y_mpt, int64_t size_mpt,
                      const uint16_t *glyphs, size_t count)
{
    sp_pdf_text_line_begin(text, x_mpt, y_mpt, size_mpt);
    for (size_t i = 0; i < count; i++)
        sp_pdf_text_line_glyph(text, glyphs[i]);
    sp_pdf_text_line_end(text);
}

void sp_pdf_text_span_begin(struct sp_pdf_text *text, const char *utf8, size_t length)
{
    struct sp_buf *content = text->content;
    sp_buf_literal(content, "/Span<</ActualText<FEFF");
    for (size_t at = 0; at < length;)
        sp_pdf_string_utf16(content, sp_utf8_next(utf8, length, &at));
    sp_buf_literal(content, ">>>BDC\n");
}

void sp_pdf_text_span_end(struct sp_pdf_text *text)
{
    sp_buf_literal(text->content, "EMC\n");
}

void sp_pdf_text_placed(struct sp_pdf_text *text, int64_t x_mpt, int64_t y_mpt, int64_t size_mpt,
                        const struct sp_pdf_glyph *glyphs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct sp_pdf_glyph *glyph = &glyphs[i];
        if (glyph->text)
            sp_pdf_text_span_begin(text, glyph->text, glyph->text_length);
        sp_pdf_text_line(text, x_mpt + glyph->x_mpt, y_mpt + glyph->y_mpt, size_mpt, &glyph->number,
                         1);
        if (glyph->text)
            sp_pdf_text_span_end(text);
    }
}
