#include "code/qr_bits.h"

#include "base/check.h"
#include "base/num.h"
#include "code/qr_kanji.h"

/* Bits wait in `word`, right-justified, until there are 32 of them. */
struct bits {
    uint64_t word;
    unsigned waiting; /* less than 32 between calls */
    uint8_t *next;
};

/* Appends the low `count` (0 to 32) bits of a value that has no others. */
static inline void put(struct bits *bits, uint32_t value, unsigned count)
{
    bits->word = bits->word << count | value;
    bits->waiting += count;
    if (bits->waiting >= 32) {
        bits->waiting -= 32;
        const uint32_t out = (uint32_t)(bits->word >> bits->waiting);
        bits->next[0] = (uint8_t)(out >> 24);
        bits->next[1] = (uint8_t)(out >> 16);
        bits->next[2] = (uint8_t)(out >> 8);
        bits->next[3] = (uint8_t)out;
        bits->next += 4;
    }
}

static uint32_t digit(char character)
{
    return (uint32_t)(character - '0');
}

static void put_numeric(struct bits *bits, const char *bytes, size_t length)
{
    size_t i = 0;
    for (; i + 3 <= length; i += 3)
        put(bits, 100 * digit(bytes[i]) + 10 * digit(bytes[i + 1]) + digit(bytes[i + 2]), 10);
    if (length - i == 2)
        put(bits, 10 * digit(bytes[i]) + digit(bytes[i + 1]), 7);
    else if (length - i == 1)
        put(bits, digit(bytes[i]), 4);
}

static void put_alphanumeric(struct bits *bits, const char *bytes, size_t length)
{
    size_t i = 0;
    for (; i + 2 <= length; i += 2)
        put(bits, (uint32_t)(45 * sp_qr_alphanumeric(bytes[i]) + sp_qr_alphanumeric(bytes[i + 1])),
            11);
    if (i < length)
        put(bits, (uint32_t)sp_qr_alphanumeric(bytes[i]), 6);
}

static void put_bytes(struct bits *bits, const char *bytes, size_t length)
{
    const unsigned char *next = (const unsigned char *)bytes;
    size_t i = 0;
    for (; i + 4 <= length; i += 4)
        put(bits,
            (uint32_t)next[i] << 24 | (uint32_t)next[i + 1] << 16 | (uint32_t)next[i + 2] << 8 |
                next[i + 3],
            32);
    for (; i < length; i++)
        put(bits, next[i], 8);
}

static void put_kanji(struct bits *bits, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length;) {
        unsigned value = 0;
        i += (size_t)sp_qr_kanji(bytes + i, length - i, &value);
        put(bits, value, SP_QR_KANJI_BITS);
    }
}

static void put_segment(struct bits *bits, const struct sp_qr_segment *segment, int range)
{
    const int count_bits = sp_qr_count_bits(segment->mode, range);
    SP_ASSERT(segment->count < (size_t)1 << count_bits);
    put(bits, 1u << segment->mode, SP_QR_MODE_BITS); /* table 2: 0001, 0010, 0100, 1000 */
    put(bits, (uint32_t)segment->count, (unsigned)count_bits);
    switch (segment->mode) {
    case SP_QR_NUMERIC:
        put_numeric(bits, segment->bytes, segment->length);
        break;
    case SP_QR_ALPHANUMERIC:
        put_alphanumeric(bits, segment->bytes, segment->length);
        break;
    case SP_QR_KANJI:
        put_kanji(bits, segment->bytes, segment->length);
        break;
    default:
        put_bytes(bits, segment->bytes, segment->length);
    }
}

/* The terminator is four zero bits, or as many as there is room for; then zeros to a whole byte. */
static void finish(struct bits *bits, uint8_t *codewords, size_t count)
{
    const long used = 8 * (bits->next - codewords) + (long)bits->waiting;
    const long room = 8 * (long)count - used;
    SP_ASSERT(room >= 0);
    const unsigned terminator = (unsigned)SP_MIN(room, 4);
    put(bits, 0, terminator);
    put(bits, 0, (8 - bits->waiting % 8) % 8);
    while (bits->waiting > 0) {
        bits->waiting -= 8;
        *bits->next++ = (uint8_t)(bits->word >> bits->waiting);
    }
    for (uint8_t pad = 0xEC; bits->next < codewords + count; pad ^= 0xEC ^ 0x11)
        *bits->next++ = pad;
}

void sp_qr_bits_write(const struct sp_qr_plan *plan, uint8_t *codewords, size_t count)
{
    struct bits bits = {.next = codewords};
    if (plan->eci) {
        put(&bits, 7, SP_QR_MODE_BITS);
        put(&bits, 26, SP_QR_ECI_HEADER_BITS - SP_QR_MODE_BITS);
    }
    size_t offset = 0;
    enum sp_qr_mode mode = plan->mode;
    struct sp_qr_segment segment;
    while (sp_qr_plan_next(plan, &offset, &mode, &segment))
        put_segment(&bits, &segment, plan->range);
    finish(&bits, codewords, count);
}
