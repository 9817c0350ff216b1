#include "xlsx/xlsx_text.h"

#include "base/num.h"
#include "base/utf8.h"

#include <ctype.h>
#include <stdbool.h>

#define REPLACEMENT "\xEF\xBF\xBD"

size_t sp_xlsx_text_cut(const char *text, size_t length, size_t units)
{
    if (length <= units)
        return length; /* a unit is a byte or more */
    size_t offset = 0;
    while (offset < length) {
        size_t next = offset;
        const uint32_t character = sp_utf8_next(text, length, &next);
        const size_t taken = character != SP_UTF8_BAD && character > 0xFFFF ? 2 : 1;
        if (taken > units)
            break;
        units -= taken;
        offset = next;
    }
    return offset;
}

/* Whether _xHHHH_ stands here. */
static bool looks_escaped(const char *text, size_t left)
{
    if (left < 7 || text[1] != 'x' || text[6] != '_')
        return false;
    for (size_t i = 2; i < 6; i++)
        if (!isxdigit((unsigned char)text[i]))
            return false;
    return true;
}

/* Bytes that stand for themselves everywhere: all of ASCII but what the cases below name. */
static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x7F && byte != '&' && byte != '<' && byte != '>' &&
           byte != '"' && byte != '_';
}

static bool is_attribute(enum sp_xlsx_text_kind kind)
{
    return kind == SP_XLSX_TEXT_NAME || kind == SP_XLSX_TEXT_ATTRIBUTE;
}

/* What an ASCII byte that is not plain is written as. `left` counts it and what follows. */
static const char *ascii(const char *text, size_t left, enum sp_xlsx_text_kind kind)
{
    const bool coded = kind == SP_XLSX_TEXT_CELL || kind == SP_XLSX_TEXT_NAME;
    switch (text[0]) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '_':
        return coded && looks_escaped(text, left) ? "_x005F_" : "_";
    case '\t':
        return is_attribute(kind) ? " " : "\t";
    case '\r':
        if (left > 1 && text[1] == '\n')
            return ""; /* the line feed says it */
        return is_attribute(kind) ? " " : "\n";
    case '\n':
        return is_attribute(kind) ? " " : "\n";
    case 0x7F:
        return "\x7F";
    default:
        return REPLACEMENT;
    }
}

/* One character beyond ASCII, as it is if XML has it. Returns its bytes in the text. */
static size_t beyond_ascii(struct sp_xlsx_pack *pack, const char *text, size_t left)
{
    size_t length = 0;
    const uint32_t character = sp_utf8_next(text, left, &length);
    if (character == SP_UTF8_BAD || character == 0xFFFE || character == 0xFFFF)
        sp_xlsx_pack_bytes(pack, REPLACEMENT, sizeof REPLACEMENT - 1);
    else
        sp_xlsx_pack_bytes(pack, text, length);
    return length;
}

void sp_xlsx_text_write(struct sp_xlsx_pack *pack, const char *text, size_t length,
                        enum sp_xlsx_text_kind kind)
{
    size_t offset = 0;
    while (offset < length) {
        size_t end = offset;
        while (end < length && is_plain((unsigned char)text[end]))
            end++;
        sp_xlsx_pack_bytes(pack, text + offset, end - offset);
        offset = end;
        if (offset == length)
            break;
        if ((unsigned char)text[offset] < 0x80) {
            sp_xlsx_pack_text(pack, ascii(text + offset, length - offset, kind));
            offset++;
        } else {
            offset += beyond_ascii(pack, text + offset, length - offset);
        }
    }
}
