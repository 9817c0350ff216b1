#include "code/qr_kanji.h"

#include "code/qr_kanji_table.h"
#include "code/qr_words.h"

/* Reads a character of two or three bytes; all that JIS X 0208 has are of these lengths. */
static int read_character(const unsigned char *text, size_t length, unsigned *point)
{
    if (length >= 2 && text[0] >= 0xC2 && text[0] <= 0xDF && (text[1] & 0xC0) == 0x80) {
        *point = (text[0] & 0x1Fu) << 6 | (text[1] & 0x3Fu);
        return 2;
    }
    if (length >= 3 && (text[0] & 0xF0) == 0xE0 && (text[1] & 0xC0) == 0x80 &&
        (text[2] & 0xC0) == 0x80) {
        *point = (text[0] & 0x0Fu) << 12 | (text[1] & 0x3Fu) << 6 | (text[2] & 0x3Fu);
        return *point >= 0x800 ? 3 : 0;
    }
    return 0;
}

int sp_qr_kanji(const char *text, size_t length, unsigned *value)
{
    unsigned point;
    const int bytes = read_character((const unsigned char *)text, length, &point);
    if (bytes == 0)
        return 0;
    const unsigned page = point / 64;
    const uint64_t bit = (uint64_t)1 << point % 64;
    if ((kanji_present[page] & bit) == 0)
        return 0;
    *value = kanji_value[kanji_rank[page] + sp_qr_popcount(kanji_present[page] & (bit - 1))];
    return bytes;
}
