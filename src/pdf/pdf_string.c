#include "pdf/pdf_string.h"

#include "base/utf8.h"

#include <stdbool.h>

void sp_pdf_string_byte(struct sp_buf *buf, unsigned char byte)
{
    if (byte == '\r' || byte == '\n') {
        sp_buf_byte(buf, '\\');
        byte = byte == '\r' ? 'r' : 'n';
    } else if (byte == '(' || byte == ')' || byte == '\\') {
        sp_buf_byte(buf, '\\');
    }
    sp_buf_byte(buf, byte);
}

void sp_pdf_string_literal(struct sp_buf *buf, const char *bytes, size_t length)
{
    sp_buf_byte(buf, '(');
    for (size_t i = 0; i < length; i++)
        sp_pdf_string_byte(buf, (unsigned char)bytes[i]);
    sp_buf_byte(buf, ')');
}

static void utf16_unit(struct sp_buf *buf, uint32_t unit)
{
    const unsigned char bytes[2] = {(unsigned char)(unit >> 8), (unsigned char)unit};
    sp_buf_hex(buf, bytes, 2);
}

void sp_pdf_string_utf16(struct sp_buf *buf, uint32_t code)
{
    if (code >= 0x10000) {
        const uint32_t rest = code - 0x10000;
        utf16_unit(buf, 0xD800 | rest >> 10);
        code = 0xDC00 | (rest & 0x3FF);
    }
    utf16_unit(buf, code);
}

size_t sp_pdf_string_cut(const char *text, size_t length_max)
{
    const size_t length = strnlen(text, length_max + 1);
    if (length <= length_max)
        return length;
    size_t cut = length_max;
    while (cut > 0 && ((unsigned char)text[cut] & 0xC0) == 0x80)
        cut--;
    return cut;
}

static bool is_plain(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] < 0x20 || text[i] > 0x7E)
            return false;
    return true;
}

void sp_pdf_string_text(struct sp_buf *buf, const char *text, size_t length)
{
    if (is_plain(text, length)) {
        sp_pdf_string_literal(buf, text, length);
        return;
    }
    sp_buf_literal(buf, "<FEFF");
    for (size_t at = 0; at < length;) {
        const uint32_t code = sp_utf8_next(text, length, &at);
        sp_pdf_string_utf16(buf, code == SP_UTF8_BAD ? 0xFFFD : code);
    }
    sp_buf_byte(buf, '>');
}
