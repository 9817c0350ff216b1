#include "pdf/pdf_sharp.h"

#include "base/num.h"

#include <stdbool.h>

#define MATCH_MAX  258   /* RFC 1951, 3.2.5 */
#define ADLER_BASE 65521 /* RFC 1950, 9 */
#define LITERALS   257   /* the end of the block is symbol 256; lengths start here */
#define LINES      SP_PDF_SHARP_PIXELS
#define LIGHT_BYTE 255

/* Bits on their way out, least significant first (RFC 1951, 3.1.1). */
struct bit_writer {
    struct sp_buf *data;
    uint64_t bits;
    unsigned count; /* below 8 between calls */
};

static inline void put(struct bit_writer *writer, uint32_t bits, unsigned count)
{
    writer->bits |= (uint64_t)bits << writer->count;
    writer->count += count;
    unsigned char *room = sp_buf_room(writer->data, 8);
    for (unsigned i = 0; i < 8; i++)
        room[i] = (unsigned char)(writer->bits >> (8 * i));
    const unsigned bytes = writer->count / 8;
    writer->data->used += bytes;
    writer->bits >>= 8 * bytes;
    writer->count %= 8;
}

/* Huffman codes go out from their most significant bit. */
static uint32_t reversed(uint32_t code, unsigned count)
{
    uint32_t bits = 0;
    for (unsigned i = 0; i < count; i++)
        bits |= (code >> i & 1) << (count - 1 - i);
    return bits;
}

/* A length or distance symbol with its extra bits (RFC 1951, 3.2.5). */
struct symbol {
    unsigned number, extra_count, extra;
};

static struct symbol length_symbol(unsigned length)
{
    if (length == MATCH_MAX)
        return (struct symbol){.number = 285};
    if (length < 11)
        return (struct symbol){.number = LITERALS + length - 3};
    unsigned extra_count = 1;
    while (length - 3 >= 8u << extra_count)
        extra_count++;
    return (struct symbol){
        .number = LITERALS + 4 * (extra_count + 1) + ((length - 3) >> extra_count) - 4,
        .extra_count = extra_count,
        .extra = (length - 3) & ((1u << extra_count) - 1),
    };
}

static struct symbol distance_symbol(unsigned distance)
{
    if (distance < 5)
        return (struct symbol){.number = distance - 1};
    unsigned extra_count = 1;
    while (distance - 1 >= 4u << extra_count)
        extra_count++;
    return (struct symbol){
        .number = 2 * (extra_count + 1) + ((distance - 1) >> extra_count) - 2,
        .extra_count = extra_count,
        .extra = (distance - 1) & ((1u << extra_count) - 1),
    };
}

/*
 * Lengths of the codes for code lengths (RFC 1951, 3.2.7): a complete code of the seven symbols
 * that occur. 18, a long run of zeros, takes two bits and the others three, so the canonical codes
 * are 00 for 18 and 010 to 111 for 0, 1, 2, 3, 4 and 17.
 */
static const unsigned char code_length_order[18] = {16, 17, 18, 0,  8, 7,  9, 6,  10,
                                                    5,  11, 4,  12, 3, 13, 2, 14, 1};

static void put_code_length(struct bit_writer *writer, unsigned symbol)
{
    if (symbol == 18)
        put(writer, 0, 2);
    else
        put(writer, reversed(symbol == 17 ? 7 : 2 + symbol, 3), 3);
}

static void put_zero_lengths(struct bit_writer *writer, unsigned count)
{
    while (count >= 11) {
        const unsigned run = SP_MIN(count, 138);
        put_code_length(writer, 18);
        put(writer, run - 11, 7);
        count -= run;
    }
    if (count >= 3) {
        put_code_length(writer, 17);
        put(writer, count - 3, 3);
        count = 0;
    }
    for (; count > 0; count--)
        put_code_length(writer, 0);
}

/* The lengths of an alphabet's codes, given as (symbol, length) pairs in rising order. */
static void put_lengths(struct bit_writer *writer, const struct sp_pdf_bits *codes, unsigned count)
{
    unsigned next = 0;
    for (unsigned i = 0; i < count; i++) {
        put_zero_lengths(writer, codes[i].bits - next);
        put_code_length(writer, codes[i].count);
        next = codes[i].bits + 1;
    }
}

/* The match lengths of the seven repeated lines: all alike but perhaps the last. */
struct split {
    unsigned count, each, last;
};

static struct split split_lines(uint32_t size)
{
    const unsigned total = (LINES - 1) * size;
    const unsigned count = (unsigned)sp_u64_div_ceil(total, MATCH_MAX);
    const unsigned each = (unsigned)sp_u64_div_ceil(total, count);
    return (struct split){.count = count, .each = each, .last = total - (count - 1) * each};
}

/*
 * Literal and length codes: 0 is `0`, 255 is `10`. With one length symbol it is `111` and the end
 * of the block `110`; with two, `each` is `110`, the end `1110` and `last` `1111`.
 */
static void put_tables(struct bit_writer *writer, const struct split *split, unsigned distance)
{
    const unsigned each = length_symbol(split->each).number;
    const unsigned last = length_symbol(split->last).number;
    struct sp_pdf_bits literals[5] = {
        {0, 1}, {LIGHT_BYTE, 2}, {256, each == last ? 3 : 4}, {each, 3}};
    unsigned count = 4;
    if (last != each) {
        const struct sp_pdf_bits code = {last, 4};
        count = 5;
        literals[4] = code;
        if (last < each) {
            literals[4] = literals[3];
            literals[3] = code;
        }
    }
    /* Two distance codes, of which one is used: some readers insist on a complete set. */
    const struct sp_pdf_bits distances[2] = {{0, 1}, {distance, 1}};
    put(writer, literals[count - 1].bits + 1 - 257, 5);
    put(writer, distance + 1 - 1, 5);
    put(writer, SP_COUNT(code_length_order) - 4, 4);
    for (unsigned i = 0; i < SP_COUNT(code_length_order); i++) {
        const unsigned symbol = code_length_order[i];
        put(writer, symbol == 18 ? 2 : symbol <= 4 || symbol == 17 ? 3 : 0, 3);
    }
    put_lengths(writer, literals, count);
    put_lengths(writer, distances, 2);
}

static struct sp_pdf_bits match_bits(const struct split *split, unsigned length, unsigned distance)
{
    const struct symbol symbol = length_symbol(length);
    const struct symbol far = distance_symbol(distance);
    const bool one_symbol = length_symbol(split->each).number == length_symbol(split->last).number;
    const bool is_each = symbol.number == length_symbol(split->each).number;
    const unsigned code_count = one_symbol || is_each ? 3 : 4;
    const uint32_t code = one_symbol ? 7 : is_each ? 6 : 15;
    struct sp_pdf_bits match = {reversed(code, code_count), code_count};
    match.bits |= symbol.extra << match.count;
    match.count += symbol.extra_count;
    match.bits |= 1u << match.count++; /* the second distance code */
    match.bits |= far.extra << match.count;
    match.count += far.extra_count;
    return match;
}

/* Prepares the parts of the stream that depend on the size alone. */
static void prepare(struct sp_pdf_sharp *sharp, uint32_t size)
{
    const struct split split = split_lines(size);
    SP_ASSERT(split.count <= SP_COUNT(sharp->match));
    struct sp_buf header = {.bytes = sharp->header.bytes, .capacity = sizeof sharp->header.bytes};
    struct bit_writer writer = {.data = &header};
    put(&writer, 0x0178, 16); /* RFC 1950: Deflate, 32 KiB window, fastest, no dictionary */
    put(&writer, 1, 1);       /* the last block */
    put(&writer, 2, 2);       /* with its own Huffman codes */
    put_tables(&writer, &split, distance_symbol(size).number);
    sharp->header.byte_count = (uint32_t)header.used;
    sharp->header.tail = (struct sp_pdf_bits){(uint32_t)writer.bits, writer.count};

    for (unsigned i = 0; i < split.count; i++)
        sharp->match[i] = match_bits(&split, i + 1 < split.count ? split.each : split.last, size);
    sharp->match_count = split.count;
    const bool one_symbol = length_symbol(split.each).number == length_symbol(split.last).number;
    sharp->end = one_symbol ? (struct sp_pdf_bits){reversed(6, 3), 3}
                            : (struct sp_pdf_bits){reversed(14, 4), 4};
    sharp->size = size;
}

void sp_pdf_sharp_init(struct sp_pdf_sharp *sharp)
{
    memset(sharp, 0, sizeof *sharp);
    for (unsigned byte = 0; byte < 256; byte++)
        for (unsigned column = 0; column < 8; column++) {
            const bool dark = byte >> (7 - column) & 1;
            if (!dark) { /* `10`, first bit first */
                sharp->eight[byte].bits |= (uint16_t)(1u << sharp->eight[byte].bit_count);
                sharp->eight[byte].light_count++;
                sharp->eight[byte].light_columns += (uint8_t)column;
            }
            sharp->eight[byte].bit_count += dark ? 1 : 2;
        }
}

size_t sp_pdf_sharp_bound(uint32_t size_max)
{
    /* A match takes at most 4 + 5 bits of length and 1 + 6 of distance; the writer stores 8 bytes.
     */
    const size_t row_bits = 2 * size_max + 16 * (size_t)split_lines(size_max).count;
    return 48 + size_max * row_bits / 8 + 8 + 4 + 8;
}

/* What the checksum needs to know of one row of modules. */
struct row_sum {
    uint32_t light_count;
    uint32_t light_columns; /* sum of their columns */
};

static struct row_sum put_row(struct bit_writer *writer, const struct sp_pdf_sharp *sharp,
                              const uint64_t *row)
{
    struct row_sum sum = {0, 0};
    for (uint32_t column = 0; column < sharp->size; column += 8) {
        unsigned byte = row[column / 64] >> (56 - column % 64) & 0xFF;
        unsigned beyond = 0;
        if (sharp->size - column < 8) {
            /* Modules beyond the edge as dark ones: a zero bit each at the end, which is cut off.
             */
            beyond = 8 - (sharp->size - column);
            byte |= (1u << beyond) - 1;
        }
        put(writer, sharp->eight[byte].bits, sharp->eight[byte].bit_count - beyond);
        sum.light_count += sharp->eight[byte].light_count;
        sum.light_columns +=
            sharp->eight[byte].light_columns + column * sharp->eight[byte].light_count;
    }
    return sum;
}

/*
 * Adler-32 is two sums over the N bytes d(i): A = 1 + Σ d(i) and B = N + Σ (N - i) d(i). A light
 * module in column c of row r is the byte 255 at i = (8r + k) size + c for each of its lines k.
 */
struct adler {
    uint64_t a, b;
};

static void adler_row(struct adler *adler, uint32_t size, uint32_t row, struct row_sum sum)
{
    const uint64_t total = (uint64_t)LINES * size * size;
    const uint64_t first =
        LINES * (total - (uint64_t)LINES * row * size) - (uint64_t)size * (LINES * (LINES - 1) / 2);
    adler->a += (uint64_t)LIGHT_BYTE * LINES * sum.light_count;
    adler->b += LIGHT_BYTE * (sum.light_count * first - (uint64_t)LINES * sum.light_columns);
}

void sp_pdf_sharp_draw(struct sp_pdf_sharp *sharp, const struct sp_matrix *modules,
                       struct sp_buf *data)
{
    const uint32_t size = modules->size;
    if (sharp->size != size)
        prepare(sharp, size);
    sp_buf_bytes(data, sharp->header.bytes, sharp->header.byte_count);
    struct bit_writer writer = {
        .data = data, .bits = sharp->header.tail.bits, .count = sharp->header.tail.count};
    struct adler adler = {.a = 1, .b = (uint64_t)LINES * size * size};
    for (uint32_t row = 0; row < size; row++) {
        adler_row(&adler, size, row, put_row(&writer, sharp, modules->row[row]));
        for (uint32_t i = 0; i < sharp->match_count; i++)
            put(&writer, sharp->match[i].bits, sharp->match[i].count);
    }
    put(&writer, sharp->end.bits, sharp->end.count);
    if (writer.count > 0)
        put(&writer, 0, 8 - writer.count);
    const uint32_t checksum =
        (uint32_t)(adler.b % ADLER_BASE) << 16 | (uint32_t)(adler.a % ADLER_BASE);
    for (int shift = 24; shift >= 0; shift -= 8)
        sp_buf_byte(data, (unsigned char)(checksum >> shift));
}
