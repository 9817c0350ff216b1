#include <smallpress/quantity.h>

#include "base/check.h"
#include "base/num.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* A part of the text being parsed. */
struct piece {
    const char *start;
    size_t length;
};

/* A decimal number as it stands in the text. */
struct decimal {
    bool negative;
    struct piece whole;    /* digits */
    struct piece fraction; /* digits; none is none */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static struct piece trimmed(const char *text)
{
    struct piece piece = {text + strspn(text, " "), 0};
    piece.length = strlen(piece.start);
    while (piece.length > 0 && piece.start[piece.length - 1] == ' ')
        piece.length--;
    return piece;
}

static struct piece take_digits(struct piece *from)
{
    struct piece digits = {from->start, 0};
    while (digits.length < from->length && is_digit(from->start[digits.length]))
        digits.length++;
    from->start += digits.length;
    from->length -= digits.length;
    return digits;
}

static bool take_char(struct piece *from, char c)
{
    if (from->length == 0 || from->start[0] != c)
        return false;
    from->start++;
    from->length--;
    return true;
}

/* Takes a number off the front of `from`, with the spaces behind it. False if there is none. */
static bool take_decimal(struct piece *from, struct decimal *number)
{
    number->negative = take_char(from, '-');
    if (!number->negative)
        (void)take_char(from, '+');
    number->whole = take_digits(from);
    number->fraction = (struct piece){from->start, 0};
    if (take_char(from, '.'))
        number->fraction = take_digits(from);
    const size_t digits = number->whole.length + number->fraction.length;
    while (take_char(from, ' ')) {
    }
    return digits > 0;
}

/* The digits as a number; UINT64_MAX if they are more than 64 bits hold. */
static uint64_t whole_value(struct piece digits)
{
    uint64_t value = 0;
    for (size_t i = 0; i < digits.length; i++)
        value = sp_u64_add(sp_u64_mul(value, 10), (uint64_t)(digits.start[i] - '0'));
    return value;
}

/*
 * number × numerator / denominator, rounded half up, UINT64_MAX if that is too much; the sign is
 * left out. The fraction is multiplied by hand, last digit first, so any number of digits is exact;
 * what is left behind the point needs only its first digit, `tenth`, to be rounded.
 */
static uint64_t scaled(const struct decimal *number, uint64_t numerator, uint64_t denominator)
{
    uint64_t carry = 0;
    uint64_t tenth = 0;
    for (size_t i = number->fraction.length; i-- > 0;) {
        const uint64_t product = (uint64_t)(number->fraction.start[i] - '0') * numerator + carry;
        tenth = product % 10;
        carry = product / 10;
    }
    const uint64_t total = sp_u64_add(sp_u64_mul(whole_value(number->whole), numerator), carry);
    if (total == UINT64_MAX)
        return total;
    const bool up = total % denominator * 10 + tenth >= denominator * 5;
    return total / denominator + up;
}

static bool same_word(struct piece piece, const char *word)
{
    if (piece.length != strlen(word))
        return false;
    for (size_t i = 0; i < piece.length; i++) {
        const char c = piece.start[i];
        const char lower = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        if (lower != word[i])
            return false;
    }
    return true;
}

/* The text of a piece in a form that can stand in a message; good until the block ends. */
#define QUOTE(piece)                                                                  \
    sp_utf8_quote((char[SP_UTF8_QUOTE_BYTES]){0}, SP_UTF8_QUOTE_BYTES, (piece).start, \
                  (piece).length)

enum sp_status sp_length_parse(const char *text, int64_t *um, struct sp_err *err)
{
    static const struct {
        const char *word;
        uint32_t numerator;
        uint32_t denominator;
    } units[] = {
        {"mm", 1000, 1},     {"cm", 10000, 1}, {"in", 25400, 1},
        {"pt", 3175, 9},     {"um", 1, 1},     {"\xC2\xB5m", 1, 1}, /* MICRO SIGN */
        {"\xCE\xBCm", 1, 1},                                        /* GREEK SMALL LETTER MU */
    };
    const struct piece all = trimmed(text);
    struct piece rest = all;
    struct decimal number;
    if (!take_decimal(&rest, &number))
        return sp_fail(err, SP_BAD_SPEC, "`%s` is not a length: write it like 34mm, 0.5in or 12pt",
                       QUOTE(all));
    if (rest.length == 0)
        return sp_fail(err, SP_BAD_SPEC, "`%s` has no unit: write %smm, %spt or %sin", QUOTE(all),
                       QUOTE(all), QUOTE(all), QUOTE(all));
    if (rest.start[0] == ',')
        return sp_fail(err, SP_BAD_SPEC,
                       "`%s` has a comma: write decimals with a point, like 0.5in", QUOTE(all));
    for (size_t i = 0; i < SP_COUNT(units); i++) {
        if (!same_word(rest, units[i].word))
            continue;
        const uint64_t size = scaled(&number, units[i].numerator, units[i].denominator);
        if (size > (uint64_t)SP_LENGTH_MAX_UM)
            return sp_fail(err, SP_BAD_SPEC, "`%s` is more than a kilometre, the longest length",
                           QUOTE(all));
        *um = number.negative ? -(int64_t)size : (int64_t)size;
        return SP_OK;
    }
    return sp_fail(err, SP_BAD_SPEC,
                   "`%s` ends in `%s`, which is no unit: use mm, cm, in, pt or um", QUOTE(all),
                   QUOTE(rest));
}

/* The power of two that a unit of size stands for, or -1. */
static int size_shift(struct piece unit)
{
    static const char *const words[][3] = {
        {"k", "kb", "kib"}, {"m", "mb", "mib"}, {"g", "gb", "gib"}, {"t", "tb", "tib"}};
    if (unit.length == 0 || same_word(unit, "b"))
        return 0;
    for (size_t i = 0; i < SP_COUNT(words); i++) {
        for (size_t j = 0; j < SP_COUNT(words[i]); j++) {
            if (same_word(unit, words[i][j]))
                return 10 * (int)(i + 1);
        }
    }
    return -1;
}

enum sp_status sp_size_parse(const char *text, uint64_t *bytes, struct sp_err *err)
{
    const struct piece all = trimmed(text);
    struct piece rest = all;
    struct decimal number;
    if (!take_decimal(&rest, &number))
        return sp_fail(err, SP_BAD_SPEC, "`%s` is not a size: write it like 64M, 512K or 2G",
                       QUOTE(all));
    if (number.negative)
        return sp_fail(err, SP_BAD_SPEC, "`%s` is less than nothing: write a size like 64M",
                       QUOTE(all));
    const int shift = size_shift(rest);
    if (shift < 0)
        return sp_fail(err, SP_BAD_SPEC,
                       "`%s` ends in `%s`, which is no unit of size: use K, M, G or T", QUOTE(all),
                       QUOTE(rest));
    if (shift == 0 && number.fraction.length > 0)
        return sp_fail(err, SP_BAD_SPEC,
                       "`%s` is a part of a byte: write whole bytes, or a unit as in 1.5M",
                       QUOTE(all));
    const uint64_t size = scaled(&number, UINT64_C(1) << shift, 1);
    if (size > SP_SIZE_MAX_BYTES)
        return sp_fail(err, SP_BAD_SPEC, "`%s` is more than any file or memory can have",
                       QUOTE(all));
    *bytes = size;
    return SP_OK;
}

/*
 * What someone means by "1e6", "50k" or "2M": the digits and the zeros to put behind them. False if
 * it is nothing of the kind or more than 64 bits hold.
 */
static bool short_form(struct piece text, uint64_t *value)
{
    struct piece rest = text;
    const struct piece digits = take_digits(&rest);
    uint64_t zeros = 0;
    if (take_char(&rest, 'k') || take_char(&rest, 'K'))
        zeros = 3;
    else if (take_char(&rest, 'm') || take_char(&rest, 'M'))
        zeros = 6;
    else if (take_char(&rest, 'e') || take_char(&rest, 'E'))
        zeros = whole_value(take_digits(&rest));
    if (digits.length == 0 || rest.length > 0 || zeros == 0 || zeros > 19)
        return false;
    *value = whole_value(digits);
    for (; zeros > 0; zeros--)
        *value = sp_u64_mul(*value, 10);
    return *value != UINT64_MAX;
}

static enum sp_status not_a_count(struct piece all, struct sp_err *err)
{
    uint64_t meant;
    char plain[SP_FORMAT_BYTES];
    if (short_form(all, &meant))
        return sp_fail(err, SP_BAD_SPEC, "`%s` is not a count in digits: write %" PRIu64 " or %s",
                       QUOTE(all), meant, sp_format_count(plain, sizeof plain, meant));
    if (memchr(all.start, '.', all.length))
        return sp_fail(err, SP_BAD_SPEC,
                       "`%s` has a point, which parts thousands in one country and decimals in the "
                       "next: write digits only, like 50000, or commas, like 50,000",
                       QUOTE(all));
    return sp_fail(err, SP_BAD_SPEC, "`%s` is not a count: write digits, like 50000 or 50,000",
                   QUOTE(all));
}

enum sp_status sp_count_parse(const char *text, uint64_t *count, struct sp_err *err)
{
    const struct piece all = trimmed(text);
    struct piece rest = all;
    struct piece digits = take_digits(&rest);
    if (digits.length == 0)
        return not_a_count(all, err);
    uint64_t value = whole_value(digits);
    const char separator = rest.length > 0 ? rest.start[0] : ' ';
    const bool grouped = rest.length > 0;
    if (separator != ',' && separator != '_' && separator != ' ')
        return not_a_count(all, err);
    bool groups_of_three = !grouped || digits.length <= 3;
    while (rest.length > 0) {
        if (!take_char(&rest, separator))
            return not_a_count(all, err);
        digits = take_digits(&rest);
        groups_of_three = groups_of_three && digits.length == 3;
        for (size_t i = 0; i < digits.length; i++)
            value = sp_u64_add(sp_u64_mul(value, 10), (uint64_t)(digits.start[i] - '0'));
    }
    if (!groups_of_three)
        return sp_fail(err, SP_BAD_SPEC,
                       "`%s` is not grouped by three digits: write it like 50000 or 50,000",
                       QUOTE(all));
    /* UINT64_MAX itself cannot be told from a number that is too big, and nobody needs it. */
    if (value == UINT64_MAX)
        return sp_fail(err, SP_BAD_SPEC, "`%s` is more than can be counted", QUOTE(all));
    *count = value;
    return SP_OK;
}

enum sp_status sp_grid_parse(const char *text, uint32_t *columns, uint32_t *rows,
                             struct sp_err *err)
{
    const struct piece all = trimmed(text);
    struct piece rest = all;
    const struct piece across = take_digits(&rest);
    while (take_char(&rest, ' ')) {
    }
    const bool times = take_char(&rest, 'x') || take_char(&rest, 'X') ||
                       (rest.length >= 2 && memcmp(rest.start, "\xC3\x97", 2) == 0 &&
                        take_char(&rest, '\xC3') && take_char(&rest, '\x97'));
    while (take_char(&rest, ' ')) {
    }
    const struct piece down = take_digits(&rest);
    if (!times || across.length == 0 || down.length == 0 || rest.length > 0)
        return sp_fail(
            err, SP_BAD_SPEC,
            "`%s` is not a grid: write columns by rows, like 5x6 for 5 across and 6 down",
            QUOTE(all));
    const uint64_t wide = whole_value(across);
    const uint64_t high = whole_value(down);
    if (wide == 0 || high == 0 || wide > SP_GRID_SIDE_MAX || high > SP_GRID_SIDE_MAX)
        return sp_fail(err, SP_BAD_SPEC,
                       "`%s` is out of range: a grid has 1 to %d columns and rows", QUOTE(all),
                       SP_GRID_SIDE_MAX);
    *columns = (uint32_t)wide;
    *rows = (uint32_t)high;
    return SP_OK;
}

const char *sp_format_length(char *out, size_t capacity, int64_t um)
{
    SP_ASSERT(capacity >= SP_FORMAT_BYTES);
    const char *sign = um < 0 ? "-" : "";
    const uint64_t hundredths = ((um < 0 ? 0 - (uint64_t)um : (uint64_t)um) + 5) / 10;
    const uint64_t whole = hundredths / 100;
    const unsigned rest = (unsigned)(hundredths % 100);
    if (rest == 0)
        (void)snprintf(out, capacity, "%s%" PRIu64 " mm", sign, whole);
    else if (rest % 10 == 0)
        (void)snprintf(out, capacity, "%s%" PRIu64 ".%u mm", sign, whole, rest / 10);
    else
        (void)snprintf(out, capacity, "%s%" PRIu64 ".%02u mm", sign, whole, rest);
    return out;
}

const char *sp_format_count(char *out, size_t capacity, uint64_t count)
{
    SP_ASSERT(capacity >= SP_FORMAT_BYTES);
    char reversed[SP_FORMAT_BYTES];
    size_t length = 0;
    for (unsigned digits = 0; digits == 0 || count > 0; digits++) {
        if (digits > 0 && digits % 3 == 0)
            reversed[length++] = ',';
        reversed[length++] = (char)('0' + count % 10);
        count /= 10;
    }
    for (size_t i = 0; i < length; i++)
        out[i] = reversed[length - 1 - i];
    out[length] = '\0';
    return out;
}

const char *sp_format_bytes(char *out, size_t capacity, uint64_t bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    SP_ASSERT(capacity >= SP_FORMAT_BYTES);
    if (bytes < 1024) {
        (void)snprintf(out, capacity, "%u byte%s", (unsigned)bytes, bytes == 1 ? "" : "s");
        return out;
    }
    for (unsigned i = 0; i < SP_COUNT(units); i++) {
        const unsigned shift = 10 * (i + 1);
        const uint64_t whole = bytes >> shift;
        const uint64_t part = bytes & ((UINT64_C(1) << shift) - 1);
        const uint64_t half = UINT64_C(1) << (shift - 1);
        const uint64_t tenths = whole * 10 + ((part * 10 + half) >> shift);
        const uint64_t nearest = whole + (part >= half);
        if (nearest >= 1024 && i + 1 < SP_COUNT(units))
            continue; /* 1,023.9 KiB reads better as 1 MiB */
        if (tenths >= 1000 || tenths % 10 == 0)
            (void)snprintf(out, capacity, "%" PRIu64 " %s", tenths >= 1000 ? nearest : tenths / 10,
                           units[i]);
        else
            (void)snprintf(out, capacity, "%u.%u %s", (unsigned)(tenths / 10),
                           (unsigned)(tenths % 10), units[i]);
        break;
    }
    return out;
}

const char *sp_format_duration(char *out, size_t capacity, uint64_t duration_ms)
{
    SP_ASSERT(capacity >= SP_FORMAT_BYTES);
    const uint64_t tenths = duration_ms / 100 + (duration_ms % 100 >= 50);
    const uint64_t seconds = duration_ms / 1000 + (duration_ms % 1000 >= 500);
    if (tenths < 100)
        (void)snprintf(out, capacity, "%u.%u s", (unsigned)(tenths / 10), (unsigned)(tenths % 10));
    else if (seconds < 60)
        (void)snprintf(out, capacity, "%u s", (unsigned)seconds);
    else if (seconds < 3600)
        (void)snprintf(out, capacity, "%u min %02u s", (unsigned)(seconds / 60),
                       (unsigned)(seconds % 60));
    else if (seconds < 86400)
        (void)snprintf(out, capacity, "%u h %02u min", (unsigned)(seconds / 3600),
                       (unsigned)(seconds / 60 % 60));
    else
        (void)snprintf(out, capacity, "%" PRIu64 " d %02u h", seconds / 86400,
                       (unsigned)(seconds / 3600 % 24));
    return out;
}
