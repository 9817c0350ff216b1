/* Segments: never a bit more than the best of all ways to cut a text, and always a true cut. */
#include "support/qr_random.h"
#include "support/unit.h"

#include "base/num.h"
#include "code/qr_kanji.h"
#include "code/qr_segment.h"

#include <qrencode.h>
#include <stdlib.h>

#define LENGTH_MAX 120
#define NO_WAY     1000000L

/* Characters of the standard's table 5, in order. */
static const char table_5[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

static long segment_bits(enum sp_qr_mode mode, int range, long count, long length)
{
    static const int count_bits[4][3] = {{10, 12, 14}, {9, 11, 13}, {8, 16, 16}, {8, 10, 12}};
    static const int last_digits[3] = {0, 4, 7};
    const long header = 4 + count_bits[mode][range];
    switch (mode) {
    case SP_QR_NUMERIC:
        return header + count / 3 * 10 + last_digits[count % 3];
    case SP_QR_ALPHANUMERIC:
        return header + count / 2 * 11 + count % 2 * 6;
    case SP_QR_KANJI:
        return header + 13 * count;
    default:
        return header + 8 * length;
    }
}

/* Which modes (bits) can hold the character at `text`, and its length. */
static unsigned modes_of(const char *text, size_t left, bool kanji, size_t *length)
{
    unsigned value;
    *length = 1;
    if (*text >= '0' && *text <= '9')
        return 1u << SP_QR_NUMERIC | 1u << SP_QR_ALPHANUMERIC | 1u << SP_QR_BYTE;
    if (*text != '\0' && strchr(table_5, *text))
        return 1u << SP_QR_ALPHANUMERIC | 1u << SP_QR_BYTE;
    if (kanji && sp_qr_kanji(text, left, &value) != 0) {
        *length = (size_t)sp_qr_kanji(text, left, &value);
        return 1u << SP_QR_KANJI;
    }
    const bool other_in_shift_jis = (unsigned char)*text >= 0x80 || *text == '\\' || *text == '~';
    return kanji && other_in_shift_jis ? 0 : 1u << SP_QR_BYTE;
}

/* The cheapest cut: for every end, every start and every mode of the last segment is tried. */
static long slow_bits(const char *text, size_t length, bool kanji, int range)
{
    long best[LENGTH_MAX + 1];
    best[0] = 0;
    for (size_t end = 1; end <= length; end++)
        best[end] = NO_WAY;
    for (size_t start = 0; start < length; start++) {
        unsigned modes = 15;
        size_t bytes;
        long count = 0;
        for (size_t at = start; at < length && modes != 0; at += bytes) {
            modes &= modes_of(text + at, length - at, kanji, &bytes);
            count++;
            const size_t end = at + bytes;
            for (int mode = 0; mode < SP_QR_MODE_COUNT; mode++) {
                if ((modes >> mode & 1) == 0)
                    continue;
                const long bits = best[start] + segment_bits((enum sp_qr_mode)mode, range, count,
                                                             (long)(end - start));
                if (bits < best[end])
                    best[end] = bits;
            }
        }
    }
    return best[length];
}

/* Walks a plan: the segments cover the text, hold only what they can, and add up. */
static void check_plan(const struct sp_qr_plan *plan)
{
    size_t offset = 0;
    enum sp_qr_mode mode = plan->mode;
    const char *next = plan->text->bytes;
    struct sp_qr_segment segment;
    long bits = plan->eci ? 12 : 0;
    bool any_kanji = false;
    bool beside_kanji = true; /* whether everything else may stand there */
    while (sp_qr_plan_next(plan, &offset, &mode, &segment)) {
        assert_ptr_equal(segment.bytes, next);
        assert_true(segment.length > 0);
        size_t count = 0;
        for (size_t at = 0; at < segment.length; count++) {
            size_t bytes = 1;
            const size_t left = plan->text->length - (size_t)(next - plan->text->bytes) - at;
            const unsigned modes = modes_of(next + at, left, segment.mode == SP_QR_KANJI, &bytes);
            assert_true(modes >> segment.mode & 1);
            at += bytes;
            assert_true(at <= segment.length);
            any_kanji = any_kanji || segment.mode == SP_QR_KANJI;
            beside_kanji = beside_kanji && modes_of(next + at - bytes, left, true, &bytes) != 0;
        }
        assert_int_equal(count, segment.count);
        bits += segment_bits(segment.mode, plan->range, (long)count, (long)segment.length);
        next += segment.length;
    }
    assert_ptr_equal(next, plan->text->bytes + plan->text->length);
    assert_int_equal(bits, plan->bits);
    assert_false(any_kanji && (plan->eci || !beside_kanji));
}

static void check_text(const char *text, size_t length)
{
    uint8_t trace[LENGTH_MAX];
    const struct sp_qr_text look = sp_qr_text_of(text, length);
    for (int range = 0; range < SP_QR_RANGE_COUNT; range++) {
        const long without = slow_bits(text, length, false, range);
        const long with = slow_bits(text, length, true, range);
        for (int options = 0; options < 4; options++) {
            const bool kanji = options & 1;
            const bool eci = options & 2;
            const long plain = without + (eci && !look.ascii ? 12 : 0);
            memset(trace, 0xFF, sizeof trace);
            const struct sp_qr_plan plan = sp_qr_plan_make(&look, kanji, eci, range, trace);
            assert_int_equal(plan.bits, kanji ? SP_MIN(plain, with) : plain);
            check_plan(&plan);
        }
    }
}

/* All strings of up to 9 characters of three kinds: where every proof has its corners. */
static void short_texts(void **state)
{
    static const char alphabet[] = "7Aa";
    for (size_t length = 0; length <= 9; length++) {
        unsigned count = 1;
        for (size_t i = 0; i < length; i++)
            count *= 3;
        for (unsigned number = 0; number < count; number++) {
            char text[9];
            unsigned rest = number;
            for (size_t i = 0; i < length; i++, rest /= 3)
                text[i] = alphabet[rest % 3];
            check_text(text, length);
        }
    }
}

/* Up to five runs of two kinds, of all lengths around which a change of mode starts to pay. */
static void runs(void **state)
{
    static const char *const kinds[] = {"7A", "7a", "Aa",
                                        "\xE9"
                                        "7",
                                        "\xE9"
                                        "A"};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        for (unsigned a = 0; a < 18; a++) {
            for (unsigned b = 0; b < 18; b++) {
                for (unsigned c = 0; c < 18; c++) {
                    char text[LENGTH_MAX];
                    memset(text, kinds[k][0], a);
                    memset(text + a, kinds[k][1], b);
                    memset(text + a + b, kinds[k][0], c);
                    check_text(text, a + b + c);
                }
            }
        }
    }
}

static void random_texts(void **state)
{
    struct qr_random random = {.state = 0x5E6};
    const int tries = getenv("SMALLPRESS_TEST_LONG") ? 200000 : 8000;
    for (int i = 0; i < tries; i++) {
        char text[LENGTH_MAX];
        unsigned kinds = 0;
        while (kinds == 0)
            kinds = qr_random_below(&random, 1u << QR_KIND_COUNT);
        const uint32_t stretch = 1 + qr_random_below(&random, 24);
        const size_t length = qr_random_below(&random, LENGTH_MAX + 1);
        check_text(text, qr_random_text(&random, kinds, stretch, length, text));
    }
}

/* Characters cut short and bytes that only look like characters, with Kanji allowed. */
static void broken_utf8(void **state)
{
    struct qr_random random = {.state = 0xBAD};
    static const unsigned char bytes[] = {0xE4, 0xBA, 0x9C, 0xCE, 0xB1, 'A', '1', 0xFF, 0x80, 0xE3};
    for (int i = 0; i < 8000; i++) {
        char text[40];
        const size_t length = qr_random_below(&random, sizeof text + 1);
        for (size_t at = 0; at < length; at++)
            text[at] = (char)bytes[qr_random_below(&random, sizeof bytes)];
        check_text(text, length);
    }
}

static void characters(void **state)
{
    for (int byte = 0; byte < 256; byte++) {
        const char *place = byte == 0 ? NULL : strchr(table_5, byte);
        assert_int_equal(sp_qr_alphanumeric((char)byte), place ? place - table_5 : -1);
    }
}

/* The examples of ISO/IEC 18004, 7.4.6, and characters that have no place or a disputed one. */
static void kanji_values(void **state)
{
    unsigned value = 0;
    assert_int_equal(sp_qr_kanji("\u70B9", 3, &value), 3);
    assert_int_equal(value, 0xD9F);
    assert_int_equal(sp_qr_kanji("\u8317", 3, &value), 3);
    assert_int_equal(value, 0x1AAA);
    assert_int_equal(sp_qr_kanji("\u03B1", 2, &value), 2);
    assert_int_equal(value, 0x1FF); /* 0x83BF */
    assert_int_equal(sp_qr_kanji("\u3000", 3, &value), 3);
    assert_int_equal(value, 0);
    static const char *const absent[] = {"A",      "\\",         "~",      "\u00E9",
                                         "\u301C", "\uFF5E",     "\u2212", "\uFF0D",
                                         "\uFF71", "\U0002000B", "\u2460", "\uFFFF"};
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
        assert_int_equal(sp_qr_kanji(absent[i], strlen(absent[i]), &value), 0);
    assert_int_equal(sp_qr_kanji("\u70B9", 2, &value), 0);
    assert_int_equal(sp_qr_kanji("\u03B1", 1, &value), 0);
    assert_int_equal(sp_qr_kanji("\xE0\x80\x80", 3, &value), 0);
}

/* Another encoder that splits well is never smaller. */
static void against_libqrencode(void **state)
{
    struct qr_random random = {.state = 0x11B};
    void *memory = aligned_alloc(64, sp_qr_encoder_need(SP_QR_VERSION_MAX));
    struct sp_qr_encoder *qr = sp_qr_encoder_init(memory, SP_QR_VERSION_MAX);
    int smaller = 0;
    for (int i = 0; i < 400; i++) {
        char text[800];
        unsigned kinds = 1 + qr_random_below(&random, (1u << (QR_UTF8 + 1)) - 1);
        const uint32_t stretch = 1 + qr_random_below(&random, 20);
        const size_t length = qr_random_text(&random, kinds, stretch,
                                             4 + qr_random_below(&random, sizeof text - 4), text);
        text[length] = '\0';
        struct sp_qr_options options;
        sp_qr_options_init(&options);
        options.ecc = (enum sp_qr_ecc)qr_random_below(&random, SP_QR_ECC_COUNT);
        QRcode *other = QRcode_encodeString(text, 0, (QRecLevel)options.ecc, QR_MODE_8, 1);
        assert_non_null(other);
        const int version = sp_qr_version_for(qr, text, length, &options);
        assert_in_range(version, 1, other->version);
        smaller += version < other->version;
        QRcode_free(other);
    }
    print_message("# smaller than libqrencode's: %d of 400\n", smaller);
    free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters),          cmocka_unit_test(kanji_values),
        cmocka_unit_test(short_texts),         cmocka_unit_test(runs),
        cmocka_unit_test(random_texts),        cmocka_unit_test(broken_utf8),
        cmocka_unit_test(against_libqrencode),
    };
    return cmocka_run_group_tests_name("qr_segment", tests, NULL, NULL);
}
