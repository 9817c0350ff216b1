/*
 * Reads a symbol module by module, the way the standard describes it, and compares what it says
 * with the text that was put in. Shares nothing with the encoder but its tables of sizes, which
 * have tests of their own, and the table of Kanji.
 */
#ifndef SP_TESTS_QR_VERIFY_H
#define SP_TESTS_QR_VERIFY_H

#include "code/qr_kanji.h"
#include "code/qr_table.h"

#include <smallpress/qr.h>

#include <stdint.h>
#include <string.h>

static inline int qr_verify_near(int at, const int *centre, int count)
{
    for (int i = 0; i < count; i++) {
        if (at >= centre[i] - 2 && at <= centre[i] + 2)
            return i;
    }
    return -1;
}

/* Whether a module belongs to a function pattern or to format or version information. */
static inline bool qr_verify_is_fixed(int version, int x, int y)
{
    const int size = SP_QR_SIZE(version);
    int centre[SP_QR_ALIGNMENTS_MAX];
    const int count = sp_qr_alignments(version, centre);
    const int i = qr_verify_near(x, centre, count);
    const int j = qr_verify_near(y, centre, count);
    const int last = count - 1;
    const bool at_finder = (i == 0 && (j == 0 || j == last)) || (i == last && j == 0);
    if (x == 6 || y == 6 || (x < 9 && (y < 9 || y >= size - 8)) || (x >= size - 8 && y < 9))
        return true;
    if (i >= 0 && j >= 0 && !at_finder)
        return true;
    return version >= 7 && ((x >= size - 11 && y < 6) || (y >= size - 11 && x < 6));
}

static inline bool qr_verify_inverts(int mask, int i, int j)
{
    switch (mask) {
    case 0:
        return (i + j) % 2 == 0;
    case 1:
        return i % 2 == 0;
    case 2:
        return j % 3 == 0;
    case 3:
        return (i + j) % 3 == 0;
    case 4:
        return (i / 2 + j / 3) % 2 == 0;
    case 5:
        return i * j % 2 + i * j % 3 == 0;
    case 6:
        return (i * j % 2 + i * j % 3) % 2 == 0;
    default:
        return ((i + j) % 2 + i * j % 3) % 2 == 0;
    }
}

/* Reads the codewords along the path, without the mask. Returns false if there are too few. */
static inline bool qr_verify_codewords(const struct sp_qr_symbol *symbol, int count, uint8_t *out)
{
    const int size = (int)symbol->modules.size;
    int bit = 0;
    memset(out, 0, (size_t)count);
    bool up = true;
    for (int right = size - 1; right > 0; right -= 2, up = !up) {
        right -= right == 6;
        for (int i = 0; i < 2 * size; i++) {
            const int x = right - i % 2;
            const int y = up ? size - 1 - i / 2 : i / 2;
            if (qr_verify_is_fixed(symbol->version, x, y) || bit == 8 * count)
                continue;
            const bool dark = sp_matrix_get(&symbol->modules, x, y);
            if (dark != qr_verify_inverts(symbol->mask, y, x))
                out[bit / 8] = (uint8_t)(out[bit / 8] | 0x80 >> bit % 8);
            bit++;
        }
    }
    return bit == 8 * count;
}

static inline unsigned qr_verify_multiply(unsigned a, unsigned b)
{
    unsigned product = 0;
    for (int i = 7; i >= 0; i--)
        product = product << 1 ^ (product & 0x80 ? 0x11D : 0) ^ (b >> i & 1 ? a : 0);
    return product;
}

/* Gathers the blocks and checks that they are code words; puts the data in one piece. */
static inline bool qr_verify_blocks(const struct sp_qr_symbol *symbol, const uint8_t *codewords,
                                    uint8_t *data)
{
    const struct sp_qr_blocks blocks = sp_qr_blocks_of(symbol->version, symbol->ecc);
    for (int b = 0; b < blocks.block_count; b++) {
        uint8_t block[256];
        int length = 0;
        for (int i = 0; i < blocks.short_data; i++)
            block[length++] = codewords[i * blocks.block_count + b];
        if (b >= blocks.short_count)
            block[length++] =
                codewords[blocks.short_data * blocks.block_count + b - blocks.short_count];
        memcpy(data, block, (size_t)length);
        data += length;
        for (int i = 0; i < blocks.check; i++)
            block[length++] = codewords[blocks.data + i * blocks.block_count + b];
        unsigned root = 1;
        for (int k = 0; k < blocks.check; k++, root = qr_verify_multiply(root, 2)) {
            unsigned value = 0;
            for (int i = 0; i < length; i++)
                value = qr_verify_multiply(value, root) ^ block[i];
            if (value != 0)
                return false;
        }
    }
    return true;
}

/* Takes `count` bits from the front; zeros behind the end. */
struct qr_verify_bits {
    const uint8_t *bytes;
    size_t at;
    size_t end;
};

static inline unsigned qr_verify_take(struct qr_verify_bits *bits, int count)
{
    unsigned value = 0;
    for (int i = 0; i < count; i++, bits->at++) {
        const bool bit =
            bits->at < bits->end && (bits->bytes[bits->at / 8] >> (7 - bits->at % 8) & 1);
        value = value << 1 | bit;
    }
    return value;
}

/* One group of characters of a segment; returns the bytes of text it stands for, or 0. */
static inline size_t qr_verify_group(struct qr_verify_bits *bits, unsigned mode, unsigned left,
                                     const char *text, size_t length, unsigned *count)
{
    static const char set[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    char group[3] = {0};
    unsigned value;
    *count = mode == 1 ? (left < 3 ? left : 3) : mode == 2 ? (left < 2 ? left : 2) : 1;
    if (mode == 8) {
        const size_t bytes = (size_t)sp_qr_kanji(text, length, &value);
        return bytes > 0 && qr_verify_take(bits, 13) == value ? bytes : 0;
    }
    value = qr_verify_take(bits, mode == 1   ? (int)(3 * *count + 1)
                                 : mode == 2 ? (*count == 2 ? 11 : 6)
                                             : 8);
    for (unsigned i = *count; i-- > 0;) {
        const unsigned base = mode == 1 ? 10 : mode == 2 ? 45 : 256;
        group[i] = mode == 4 ? (char)value : set[value % base];
        value /= base;
    }
    return value == 0 && *count <= length && memcmp(group, text, *count) == 0 ? *count : 0;
}

/* Whether data codewords are the text, then a terminator and padding. */
static inline bool qr_verify_data(const uint8_t *data, int count, int version, const char *text,
                                  size_t length)
{
    static const uint8_t widths[3][9] = {{0, 10, 9, 0, 8, 0, 0, 0, 8},
                                         {0, 12, 11, 0, 16, 0, 0, 0, 10},
                                         {0, 14, 13, 0, 16, 0, 0, 0, 12}};
    struct qr_verify_bits bits = {.bytes = data, .end = 8 * (size_t)count};
    size_t at = 0;
    unsigned mode;
    while ((mode = qr_verify_take(&bits, 4)) != 0) {
        if (mode == 7 && at == 0 && qr_verify_take(&bits, 8) == 26)
            continue;
        if (mode != 1 && mode != 2 && mode != 4 && mode != 8)
            return false;
        unsigned left = qr_verify_take(&bits, widths[version < 10   ? 0
                                                     : version < 27 ? 1
                                                                    : 2][mode]);
        while (left > 0) {
            unsigned taken;
            const size_t bytes = qr_verify_group(&bits, mode, left, text + at, length - at, &taken);
            if (bytes == 0)
                return false;
            at += bytes;
            left -= taken;
        }
    }
    if (at != length || qr_verify_take(&bits, (int)(7 - (bits.at + 7) % 8)) != 0)
        return false;
    for (unsigned pad = 0xEC; bits.at < bits.end; pad ^= 0xEC ^ 0x11) {
        if (qr_verify_take(&bits, 8) != pad)
            return false;
    }
    return true;
}

/* Whether a symbol holds the text. */
static inline bool qr_verify(const struct sp_qr_symbol *symbol, const char *text, size_t length)
{
    uint8_t codewords[SP_QR_CODEWORDS_MAX];
    uint8_t data[SP_QR_CODEWORDS_MAX];
    const struct sp_qr_blocks blocks = sp_qr_blocks_of(symbol->version, symbol->ecc);
    return symbol->modules.size == (uint32_t)SP_QR_SIZE(symbol->version) &&
           qr_verify_codewords(symbol, blocks.codewords, codewords) &&
           qr_verify_blocks(symbol, codewords, data) &&
           qr_verify_data(data, blocks.data, symbol->version, text, length);
}

#endif
