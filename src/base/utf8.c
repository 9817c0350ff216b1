#include "base/utf8.h"

#include "base/check.h"

#include <string.h>

#define HIGH_BITS UINT64_C(0x8080808080808080)

/*
 * Length of the character whose first byte, 0x80 or above, is at `s` with `left` bytes there; 0 if
 * it is none. The table of RFC 3629, section 4: only the second byte depends on the first.
 */
static inline size_t sequence_length(const unsigned char *s, size_t left)
{
    const unsigned char lead = s[0];
    if (left >= 2 && lead >= 0xC2 && lead < 0xE0)
        return (s[1] & 0xC0) == 0x80 ? 2 : 0;
    if (left >= 3 && lead >= 0xE0 && lead < 0xF0) {
        const unsigned char low = lead == 0xE0 ? 0xA0 : 0x80;
        const unsigned char high = lead == 0xED ? 0x9F : 0xBF;
        return s[1] >= low && s[1] <= high && (s[2] & 0xC0) == 0x80 ? 3 : 0;
    }
    if (left >= 4 && lead >= 0xF0 && lead < 0xF5) {
        const unsigned char low = lead == 0xF0 ? 0x90 : 0x80;
        const unsigned char high = lead == 0xF4 ? 0x8F : 0xBF;
        const bool tail = (s[2] & 0xC0) == 0x80 && (s[3] & 0xC0) == 0x80;
        return s[1] >= low && s[1] <= high && tail ? 4 : 0;
    }
    return 0;
}

bool sp_utf8_check(const char *text, size_t length, size_t *bad_offset)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t i = 0;
    while (i < length) {
        while (length - i >= sizeof(uint64_t)) {
            uint64_t word;
            memcpy(&word, s + i, sizeof word);
            if (word & HIGH_BITS)
                break;
            i += sizeof word;
        }
        while (i < length && s[i] < 0x80)
            i++;
        while (i < length && s[i] >= 0x80) {
            const size_t step = sequence_length(s + i, length - i);
            if (step == 0) {
                if (bad_offset)
                    *bad_offset = i;
                return false;
            }
            i += step;
        }
    }
    return true;
}

uint32_t sp_utf8_next(const char *text, size_t length, size_t *offset)
{
    SP_ASSERT(*offset < length);
    const unsigned char *s = (const unsigned char *)text + *offset;
    const size_t step = s[0] < 0x80 ? 1 : sequence_length(s, length - *offset);
    *offset += step ? step : 1;
    switch (step) {
    case 1:
        return s[0];
    case 2:
        return (s[0] & 0x1Fu) << 6 | (s[1] & 0x3Fu);
    case 3:
        return (s[0] & 0x0Fu) << 12 | (s[1] & 0x3Fu) << 6 | (s[2] & 0x3Fu);
    case 4:
        return (s[0] & 0x07u) << 18 | (s[1] & 0x3Fu) << 12 | (s[2] & 0x3Fu) << 6 | (s[3] & 0x3Fu);
    default:
        return SP_UTF8_BAD;
    }
}

size_t sp_utf8_count(const char *text, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

/* Characters that would act on a terminal or on the rest of the sentence instead of being read. */
static bool unquotable(uint32_t c)
{
    return c == SP_UTF8_BAD || c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x200E || c == 0x200F ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

const char *sp_utf8_quote(char *out, size_t capacity, const char *text, size_t length)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    static const char ellipsis[] = "\xE2\x80\xA6";
    const size_t mark = sizeof ellipsis - 1;
    SP_ASSERT(capacity >= 8);
    const size_t room = capacity - 1;
    size_t used = 0;
    size_t fits_with_mark = 0; /* the longest prefix of `out` that leaves room for the ellipsis */
    for (size_t i = 0; i < length;) {
        const size_t from = i;
        const bool replace = unquotable(sp_utf8_next(text, length, &i));
        const char *piece = replace ? replacement : text + from;
        const size_t bytes = replace ? sizeof replacement - 1 : i - from;
        if (bytes > room - used) {
            memcpy(out + fits_with_mark, ellipsis, mark);
            used = fits_with_mark + mark;
            break;
        }
        memcpy(out + used, piece, bytes);
        used += bytes;
        if (used <= room - mark)
            fits_with_mark = used;
    }
    out[used] = '\0';
    return out;
}

size_t sp_utf8_cut(const char *text, size_t length, size_t most)
{
    if (length <= most)
        return length;
    while (most > 0 && ((unsigned char)text[most] & 0xC0) == 0x80)
        most--;
    return most;
}

void sp_utf8_copy(char *out, size_t capacity, const char *text, size_t length)
{
    SP_ASSERT(capacity > 0);
    const size_t fits = sp_utf8_cut(text, length, capacity - 1);
    memcpy(out, text, fits);
    out[fits] = '\0';
}
