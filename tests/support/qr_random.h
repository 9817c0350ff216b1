/* Repeatable texts of every kind for the tests of the QR encoder. */
#ifndef SP_TESTS_QR_RANDOM_H
#define SP_TESTS_QR_RANDOM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct qr_random {
    uint64_t state; /* not 0 */
};

static inline uint32_t qr_random_next(struct qr_random *random)
{
    random->state ^= random->state << 13;
    random->state ^= random->state >> 7;
    random->state ^= random->state << 17;
    return (uint32_t)(random->state >> 32);
}

static inline uint32_t qr_random_below(struct qr_random *random, uint32_t limit)
{
    return (uint32_t)(((uint64_t)qr_random_next(random) * limit) >> 32);
}

enum qr_kind {
    QR_DIGITS,
    QR_ALPHANUMERICS,
    QR_ASCII,
    QR_UTF8,  /* characters of one to four bytes, none of them in JIS X 0208 but for ASCII */
    QR_KANJI, /* of three bytes, most of them in JIS X 0208 */
    QR_KANA,  /* all of them in JIS X 0208 */
    QR_BYTES, /* any, not 0 */
    QR_KIND_COUNT,
};

/* Appends one character; returns its length, 1 to 4. */
static inline size_t qr_random_character(struct qr_random *random, enum qr_kind kind, char *out)
{
    static const char set[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    static const char *const wide[] = {"\u00E9", "\u00F1", "\u20AC", "\u0E01", "\U0001F600"};
    const char *from;
    switch (kind) {
    case QR_DIGITS:
        *out = (char)('0' + qr_random_below(random, 10));
        return 1;
    case QR_ALPHANUMERICS:
        *out = set[qr_random_below(random, 45)];
        return 1;
    case QR_ASCII:
        *out = (char)(' ' + qr_random_below(random, 95));
        return 1;
    case QR_BYTES:
        *out = (char)(1 + qr_random_below(random, 255));
        return 1;
    case QR_UTF8:
        from = wide[qr_random_below(random, 5)];
        memcpy(out, from, strlen(from));
        return strlen(from);
    default: {
        const uint32_t point = kind == QR_KANA ? 0x3041 + qr_random_below(random, 0x53)
                                               : 0x4E00 + qr_random_below(random, 0x1000);
        out[0] = (char)(0xE0 | point >> 12);
        out[1] = (char)(0x80 | (point >> 6 & 0x3F));
        out[2] = (char)(0x80 | (point & 0x3F));
        return 3;
    }
    }
}

/*
 * Fills `text` with at most `length` bytes of whole characters: stretches of up to `stretch`
 * characters of one kind, the kinds taken from the set of bits `kinds`. Returns the length.
 */
static inline size_t qr_random_text(struct qr_random *random, unsigned kinds, uint32_t stretch,
                                    size_t length, char *text)
{
    size_t used = 0;
    while (used < length) {
        enum qr_kind kind;
        do
            kind = (enum qr_kind)qr_random_below(random, QR_KIND_COUNT);
        while ((kinds >> kind & 1) == 0);
        for (uint32_t left = 1 + qr_random_below(random, stretch); left > 0; left--) {
            char character[4];
            const size_t bytes = qr_random_character(random, kind, character);
            if (used + bytes > length)
                return used;
            memcpy(text + used, character, bytes);
            used += bytes;
        }
    }
    return used;
}

#endif
