#include "code/qr_segment.h"

#include "base/num.h"
#include "code/qr_kanji.h"

#include <limits.h>

/* Costs are counted in sixths of a bit: a digit takes 10/3 bits, an alphanumeric 11/2. */
#define SIXTHS       6
#define DIGIT_COST   20
#define ALNUM_COST   33
#define BYTE_COST    48
#define KANJI_COST   78
#define NO_COST      (1 << 28) /* more than any text that fits; sums of two stay in an int */
#define TRACE_MODE   0x03 /* the mode of the next segment, if one starts after this character */
#define TRACE_CHANGE 0x04 /* shifted by a mode: leave that mode after this character */

/* Kinds of characters by the modes that can hold them. */
enum kind {
    KIND_UTF8, /* bytes that are something else in Shift JIS: beyond ASCII, backslash, tilde */
    KIND_ASCII,
    KIND_ALPHANUMERIC,
    KIND_DIGIT,
    KIND_KANJI, /* a character that Kanji mode holds, where that is allowed */
    KIND_COUNT,
};

/* Table 5 from the space (0x20) to the last row with a letter. */
static const int8_t alphanumeric[64] = {
    /* clang-format off */
    36, -1, -1, -1, 37, 38, -1, -1, -1, -1, 39, 40, -1, 41, 42, 43,
     0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 44, -1, -1, -1, -1, -1,
    -1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
    25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, -1, -1, -1, -1, -1,
    /* clang-format on */
};

int sp_qr_alphanumeric(char character)
{
    const unsigned index = (unsigned char)character - 0x20u;
    return index < SP_COUNT(alphanumeric) ? alphanumeric[index] : -1;
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

struct sp_qr_text sp_qr_text_of(const char *bytes, size_t length)
{
    unsigned others = 0;
    unsigned high = 0;
    size_t digits = 0;
    for (size_t i = 0; i < length; i++) {
        others |= (unsigned)sp_qr_alphanumeric(bytes[i]);
        high |= (unsigned char)bytes[i];
        digits += is_digit(bytes[i]);
    }
    return (struct sp_qr_text){
        .bytes = bytes,
        .length = length,
        .digits = digits == length,
        .alphanumerics = (others >> 16) == 0,
        .ascii = high < 0x80,
    };
}

static int header_bits(enum sp_qr_mode mode, int range)
{
    return SP_QR_MODE_BITS + sp_qr_count_bits(mode, range);
}

/*
 * Whether one alphanumeric segment is as short as any plan for an alphanumeric text.
 *
 * A numeric segment of r digits saves 13r/6 bits. It costs its own header and, unless it stands at
 * an end of the text, that of the alphanumeric segment behind it. Rounding up to whole bits gives
 * back less than half a bit in all. Byte segments only lose.
 */
static bool alphanumeric_is_best(const struct sp_qr_text *text, int range)
{
    const int numeric = SIXTHS * header_bits(SP_QR_NUMERIC, range) - SIXTHS / 2;
    const size_t at_end = (size_t)(numeric / (ALNUM_COST - DIGIT_COST));
    const size_t inside = (size_t)((numeric + SIXTHS * header_bits(SP_QR_ALPHANUMERIC, range)) /
                                   (ALNUM_COST - DIGIT_COST));
    size_t run = 0;
    size_t limit = at_end;
    for (size_t i = 0; i < text->length; i++) {
        const bool digit = is_digit(text->bytes[i]);
        run = digit ? run + 1 : 0;
        limit = digit ? limit : inside;
        if (run > limit)
            return false;
    }
    return run <= at_end;
}

/*
 * Whether one byte segment is as short as any plan for a text with bytes that no other mode takes.
 *
 * Segments of other modes lie within stretches of alphanumerics. What a stretch can gain is at most
 * the sum of what its runs of digits would gain in numeric segments and what all of it would gain
 * in one alphanumeric segment, less their headers where these are earned at all. Unless it stands
 * at an end of the text it also costs the header of the byte segment behind it.
 */
static bool byte_is_best(const struct sp_qr_text *text, int range)
{
    const int numeric = SIXTHS * header_bits(SP_QR_NUMERIC, range) / (BYTE_COST - DIGIT_COST);
    const int alnum = SIXTHS * header_bits(SP_QR_ALPHANUMERIC, range) / (BYTE_COST - ALNUM_COST);
    const int inside = SIXTHS * header_bits(SP_QR_BYTE, range);
    int limit = 0;
    int gain = 0;
    int stretch = 0;
    int run = 0;
    for (size_t i = 0; i < text->length; i++) {
        if (sp_qr_alphanumeric(text->bytes[i]) < 0) {
            gain = stretch = run = 0;
            limit = inside;
            continue;
        }
        stretch++;
        run = is_digit(text->bytes[i]) ? run + 1 : 0;
        gain += run > numeric ? BYTE_COST - DIGIT_COST : 0;
        gain += stretch > alnum ? BYTE_COST - ALNUM_COST : 0;
        if (gain > limit)
            return false;
    }
    return gain == 0;
}

static int whole_bits(int cost)
{
    return (cost + SIXTHS - 1) / SIXTHS * SIXTHS;
}

/* The character that ends before byte `end`: its kind and length. */
static enum kind kind_before(const struct sp_qr_text *text, size_t end, bool kanji, int *length)
{
    unsigned value;
    const char last = text->bytes[end - 1];
    *length = 1;
    if (is_digit(last))
        return KIND_DIGIT;
    if (sp_qr_alphanumeric(last) >= 0)
        return KIND_ALPHANUMERIC;
    if ((unsigned char)last < 0x80)
        return last == '\\' || last == '~' ? KIND_UTF8 : KIND_ASCII;
    for (int bytes = 2; kanji && bytes <= 3 && (size_t)bytes <= end; bytes++) {
        if (sp_qr_kanji(text->bytes + end - bytes, (size_t)bytes, &value) == bytes) {
            *length = bytes;
            return KIND_KANJI;
        }
    }
    return KIND_UTF8;
}

/*
 * Works from the end of the text to its start. cost[m] is the cheapest way to write what follows if
 * it goes on in mode m, without the header of the segment that is going on. A cheaper start never
 * leads to a dearer end, since rounding up keeps order: so one cost a mode is all there is to know.
 * The bits of a plan that may not be are LONG_MAX.
 */
static void search(struct sp_qr_plan *plan, bool kanji, uint8_t *trace)
{
    static const int price[KIND_COUNT][SP_QR_MODE_COUNT] = {
        [KIND_UTF8] = {NO_COST, NO_COST, BYTE_COST, NO_COST},
        [KIND_ASCII] = {NO_COST, NO_COST, BYTE_COST, NO_COST},
        [KIND_ALPHANUMERIC] = {NO_COST, ALNUM_COST, BYTE_COST, NO_COST},
        [KIND_DIGIT] = {DIGIT_COST, ALNUM_COST, BYTE_COST, NO_COST},
        [KIND_KANJI] = {NO_COST, NO_COST, NO_COST, KANJI_COST},
    };
    int header[SP_QR_MODE_COUNT];
    for (int mode = 0; mode < SP_QR_MODE_COUNT; mode++)
        header[mode] = SIXTHS * header_bits((enum sp_qr_mode)mode, plan->range);
    int cost[SP_QR_MODE_COUNT] = {0};
    int best = 0;
    int best_mode = SP_QR_NUMERIC;
    for (size_t end = plan->text->length; end > 0;) {
        int length;
        const enum kind kind = kind_before(plan->text, end, kanji, &length);
        if (kanji && kind == KIND_UTF8) {
            plan->bits = LONG_MAX;
            return;
        }
        unsigned step = (unsigned)best_mode;
        int next_best = NO_COST;
        for (int mode = 0; mode < SP_QR_MODE_COUNT; mode++) {
            if (best < cost[mode])
                step |= (unsigned)TRACE_CHANGE << mode;
            cost[mode] = SP_MIN(best, cost[mode]) + price[kind][mode];
            const int start = whole_bits(cost[mode]) + header[mode];
            if (start < next_best) {
                next_best = start;
                best_mode = mode;
            }
        }
        best = next_best;
        end -= (size_t)length;
        trace[end] = (uint8_t)step;
    }
    plan->trace = trace;
    plan->mode = (enum sp_qr_mode)best_mode;
    plan->bits = best / SIXTHS;
}

static struct sp_qr_plan plan_without_kanji(const struct sp_qr_text *text, bool eci, int range,
                                            uint8_t *trace)
{
    struct sp_qr_plan plan = {.text = text, .range = range, .mode = SP_QR_NUMERIC};
    plan.eci = eci && !text->ascii;
    const long length = (long)text->length;
    if (length == 0)
        return plan;
    if (text->digits) {
        plan.bits = (10 * length + 2) / 3 + header_bits(SP_QR_NUMERIC, range);
    } else if (text->alphanumerics && alphanumeric_is_best(text, range)) {
        plan.mode = SP_QR_ALPHANUMERIC;
        plan.bits = (11 * length + 1) / 2 + header_bits(SP_QR_ALPHANUMERIC, range);
    } else if (!text->alphanumerics && byte_is_best(text, range)) {
        plan.mode = SP_QR_BYTE;
        plan.bits = 8 * length + header_bits(SP_QR_BYTE, range);
    } else {
        search(&plan, false, trace);
    }
    plan.bits += plan.eci ? SP_QR_ECI_HEADER_BITS : 0;
    return plan;
}

struct sp_qr_plan sp_qr_plan_make(const struct sp_qr_text *text, bool kanji, bool eci, int range,
                                  uint8_t *trace)
{
    const struct sp_qr_plan plain = plan_without_kanji(text, eci, range, trace);
    if (!kanji || text->ascii)
        return plain;
    struct sp_qr_plan plan = {.text = text, .range = range};
    search(&plan, true, trace);
    if (plan.bits < plain.bits)
        return plan;
    /* Both plans want the trace: the one that is chosen is made last. */
    return plan_without_kanji(text, eci, range, trace);
}

bool sp_qr_plan_next(const struct sp_qr_plan *plan, size_t *offset, enum sp_qr_mode *mode,
                     struct sp_qr_segment *segment)
{
    const struct sp_qr_text *text = plan->text;
    if (*offset == text->length)
        return false;
    *segment = (struct sp_qr_segment){.mode = *mode, .bytes = text->bytes + *offset};
    if (!plan->trace) {
        segment->length = segment->count = text->length;
        *offset = text->length;
        return true;
    }
    size_t at = *offset;
    for (;;) {
        unsigned value;
        int length = 1;
        if (*mode == SP_QR_KANJI)
            length = sp_qr_kanji(text->bytes + at, text->length - at, &value);
        const uint8_t step = plan->trace[at];
        at += (size_t)length;
        segment->count++;
        if (at == text->length)
            break;
        if (step & TRACE_CHANGE << *mode) {
            *mode = (enum sp_qr_mode)(step & TRACE_MODE);
            break;
        }
    }
    segment->length = at - *offset;
    *offset = at;
    return true;
}
