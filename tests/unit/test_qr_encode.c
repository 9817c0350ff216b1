/* The whole encoder: readers that are not ours, options, refusals and memory. */
#include "support/qr_random.h"
#include "support/read_qr.h"
#include "support/unit.h"

#include "code/qr_kanji.h"
#include "code/qr_table.h"

#include <smallpress/qr.h>

#include <stdio.h>
#include <stdlib.h>

typedef size_t reader(const unsigned char *grey, int width, int height, char *text,
                      size_t capacity);

struct fixture {
    void *memory;
    struct sp_qr_encoder *qr;
    struct sp_qr_options options;
    struct sp_qr_symbol symbol;
    struct sp_err err;
    unsigned char grey[SP_READ_QR_SIDE_MAX * SP_READ_QR_SIDE_MAX];
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->memory = aligned_alloc(64, sp_qr_encoder_need(SP_QR_VERSION_MAX));
    f->qr = sp_qr_encoder_init(f->memory, SP_QR_VERSION_MAX);
    sp_qr_options_init(&f->options);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    free(f->memory);
    free(f);
    return 0;
}

static void encode(struct fixture *f, const char *text, size_t length)
{
    assert_int_equal(sp_qr_encode(f->qr, text, length, &f->options, &f->symbol, &f->err), SP_OK);
}

/* Whether a reader gives the text; the length of what it gives is in *count. */
static bool is_read(struct fixture *f, reader *read, const char *text, size_t length, size_t *count)
{
    char found[SP_QR_TEXT_MAX];
    const int side = sp_read_qr_draw(&f->symbol.modules, f->grey);
    *count = read(f->grey, side, side, found, sizeof found);
    return *count == length && memcmp(found, text, length) == 0;
}

static void expect_read(struct fixture *f, reader *read, const char *name, const char *text,
                        size_t length)
{
    size_t count;
    if (!is_read(f, read, text, length, &count))
        fail_msg("%s read %ld bytes of %zu from %d-%c, mask %d: \"%.*s\"", name, (long)count,
                 length, f->symbol.version, "LMQH"[f->symbol.ecc], f -> symbol.mask, (int)length,
                 text);
}

/* Texts of a kind, of all lengths and levels, read back by both readers. */
static void read_back(struct fixture *f, unsigned kinds, bool as_bytes, int tries)
{
    struct qr_random random = {.state = 0xDEC0DE + kinds};
    for (int i = 0; i < tries; i++) {
        char text[1200];
        const uint32_t most = i % 8 == 0 ? sizeof text : 60;
        const uint32_t stretch = 1 + qr_random_below(&random, 20);
        size_t length = 0;
        while (length == 0)
            length = qr_random_text(&random, kinds, stretch, qr_random_below(&random, most), text);
        f->options.ecc = (enum sp_qr_ecc)qr_random_below(&random, SP_QR_ECC_COUNT);
        encode(f, text, length);
        expect_read(f, as_bytes ? sp_read_qr_zxing_bytes : sp_read_qr_zxing, "ZXing", text, length);
        expect_read(f, as_bytes ? sp_read_qr_zbar_bytes : sp_read_qr_zbar, "ZBar", text, length);
    }
}

static int tries(int few)
{
    return getenv("SMALLPRESS_TEST_LONG") ? 50 * few : few;
}

static void reads_ascii(void **state)
{
    read_back(*state, 1u << QR_DIGITS, false, tries(60));
    read_back(*state, 1u << QR_ALPHANUMERICS, false, tries(60));
    read_back(*state, 1u << QR_ASCII, false, tries(60));
    read_back(*state, 1u << QR_DIGITS | 1u << QR_ALPHANUMERICS | 1u << QR_ASCII, false, tries(100));
}

static void reads_bytes(void **state)
{
    const unsigned ascii = 1u << QR_DIGITS | 1u << QR_ALPHANUMERICS | 1u << QR_ASCII;
    read_back(*state, 1u << QR_BYTES, true, tries(60));
    read_back(*state, ascii | 1u << QR_BYTES, true, tries(60));
    read_back(*state, ascii | 1u << QR_UTF8, true, tries(60));
    read_back(*state, ascii | 1u << QR_UTF8 | 1u << QR_KANJI, true, tries(60));
}

/* With ECI no reader has to guess. */
static void reads_eci(void **state)
{
    struct fixture *f = *state;
    const unsigned ascii = 1u << QR_DIGITS | 1u << QR_ALPHANUMERICS | 1u << QR_ASCII;
    f->options.eci = true;
    read_back(f, 1u << QR_UTF8, false, tries(60));
    read_back(f, ascii | 1u << QR_UTF8, false, tries(60));
    read_back(f, ascii | 1u << QR_KANJI, false, tries(60));
    read_back(f, ascii, false, tries(20));
}

/*
 * Kanji mode with and without ECI. Without, texts that do not go to Kanji mode are UTF-8 that ZBar
 * may take for something else: then its bytes must be right.
 */
static void reads_kanji(void **state)
{
    struct fixture *f = *state;
    struct qr_random random = {.state = 0x4A15};
    const unsigned ascii = 1u << QR_DIGITS | 1u << QR_ALPHANUMERICS | 1u << QR_ASCII;
    f->options.kanji = true;
    int as_text = 0;
    const int count = tries(120);
    for (int i = 0; i < count; i++) {
        char text[600];
        size_t bytes;
        size_t length = 0;
        const unsigned others = i % 2 ? ascii : i % 8 == 0 ? 1u << QR_KANJI : 0;
        while (length == 0)
            length = qr_random_text(&random, 1u << QR_KANA | others, 12,
                                    qr_random_below(&random, sizeof text), text);
        encode(f, text, length);
        expect_read(f, sp_read_qr_zxing, "ZXing", text, length);
        if (is_read(f, sp_read_qr_zbar, text, length, &bytes))
            as_text++;
        else
            expect_read(f, sp_read_qr_zbar_bytes, "ZBar", text, length);
    }
    assert_true(as_text > count * 3 / 4);
    f->options.eci = true;
    read_back(f, ascii | 1u << QR_KANJI | 1u << QR_KANA | 1u << QR_UTF8, false, tries(60));
}

/* Every character of the table comes back as itself from both readers. */
static void reads_every_kanji(void **state)
{
    struct fixture *f = *state;
    f->options.kanji = true;
    char text[3 * 150];
    size_t length = 0;
    int count = 0;
    for (unsigned point = 0x80; point <= 0xFFFF; point++) {
        unsigned value;
        char *next = text + length;
        const size_t bytes = point < 0x800 ? 2 : 3;
        next[0] = (char)(bytes == 2 ? 0xC0 | point >> 6 : 0xE0 | point >> 12);
        next[1] = (char)(0x80 | (bytes == 2 ? point & 0x3F : point >> 6 & 0x3F));
        next[2] = (char)(0x80 | (point & 0x3F));
        if (sp_qr_kanji(next, bytes, &value) != 0) {
            length += bytes;
            count++;
        }
        if (length + 3 > sizeof text || (point == 0xFFFF && length > 0)) {
            encode(f, text, length);
            expect_read(f, sp_read_qr_zxing, "ZXing", text, length);
            expect_read(f, sp_read_qr_zbar, "ZBar", text, length);
            length = 0;
        }
    }
    assert_int_equal(count, 6873);
}

/* Every version, level and mask is read. */
static void reads_every_version(void **state)
{
    struct fixture *f = *state;
    struct qr_random random = {.state = 0x40};
    for (int version = 1; version <= SP_QR_VERSION_MAX; version++) {
        char text[SP_QR_TEXT_MAX];
        f->options.ecc = (enum sp_qr_ecc)(version % SP_QR_ECC_COUNT);
        f->options.version_min = f->options.version_max = version;
        f->options.mask = version % (SP_QR_MASK_COUNT + 1) - 1;
        const size_t most = sp_qr_bytes_max(version, f->options.ecc, false);
        const size_t length = qr_random_text(&random, 1u << QR_ASCII, 9, most, text);
        encode(f, text, length);
        expect_read(f, sp_read_qr_zxing, "ZXing", text, length);
        expect_read(f, sp_read_qr_zbar, "ZBar", text, length);
    }
}

static void defaults(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(f->options.ecc, SP_QR_ECC_M);
    assert_int_equal(f->options.version_min, 1);
    assert_int_equal(f->options.version_max, 40);
    assert_int_equal(f->options.mask, SP_QR_MASK_AUTO);
    assert_false(f->options.kanji);
    assert_false(f->options.eci);
    encode(f, "ID-0123456789AB", 15);
    assert_int_equal(f->symbol.version, 1);
    encode(f, "", 0);
    assert_int_equal(f->symbol.version, 1);
    f->options.version_min = 5;
    encode(f, "A", 1);
    assert_int_equal(f->symbol.version, 5);
}

/* What a person is told, word for word. */
static void refusals(void **state)
{
    static const struct {
        const char *character;
        int count, version_max;
        enum sp_qr_ecc ecc;
        bool eci;
        const char *sentence;
    } cases[] = {
        {"k", 2900, 40, SP_QR_ECC_M, false,
         "the payload of 2,900 bytes does not fit a QR code of version 40 at level M, which holds "
         "2,331 bytes: shorten it or use level L"},
        {"k", 2332, 40, SP_QR_ECC_H, false,
         "the payload of 2,332 bytes does not fit a QR code of version 40 at level H, which holds "
         "1,273 bytes: shorten it or use level L"},
        {"k", 3012, 40, SP_QR_ECC_M, false,
         "the payload of 3,012 bytes does not fit a QR code of version 40 at level M, which holds "
         "2,331 bytes: shorten it"},
        {"k", 1000000, 40, SP_QR_ECC_L, false,
         "the payload of 1,000,000 bytes does not fit a QR code of version 40 at level L, which "
         "holds 2,953 bytes: shorten it"},
        {"7", 5597, 40, SP_QR_ECC_M, false,
         "the payload of 5,597 bytes does not fit a QR code of version 40 at level M, which holds "
         "5,596 digits: shorten it or use level L"},
        {"K", 21, 1, SP_QR_ECC_M, false,
         "the payload of 21 bytes does not fit a QR code of version 1 at level M, which holds 20 "
         "upper-case letters and digits: shorten it, use level L or allow version 2"},
        {"k", 33, 2, SP_QR_ECC_L, false,
         "the payload of 33 bytes does not fit a QR code of version 2 at level L, which holds 32 "
         "bytes: shorten it or allow version 3"},
        {"\xC3\xA9", 16, 2, SP_QR_ECC_L, true,
         "the payload of 32 bytes does not fit a QR code of version 2 at level L, which holds 31 "
         "bytes: shorten it or allow version 3"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const size_t bytes = strlen(cases[i].character);
        const size_t length = bytes * (size_t)cases[i].count;
        char *text = malloc(length);
        for (size_t at = 0; at < length; at += bytes)
            memcpy(text + at, cases[i].character, bytes);
        f->options.ecc = cases[i].ecc;
        f->options.version_max = cases[i].version_max;
        f->options.eci = cases[i].eci;
        assert_int_equal(sp_qr_encode(f->qr, text, length, &f->options, &f->symbol, &f->err),
                         SP_TOO_BIG);
        assert_string_equal(f->err.text, cases[i].sentence);
        assert_int_equal(f->symbol.modules.size, 0);
        assert_int_equal(sp_qr_version_for(f->qr, text, length, &f->options), 0);
        free(text);
    }
}

/* An encoder of every size stays within what it announced and makes what the largest makes. */
static void memory(void **state)
{
    struct fixture *f = *state;
    struct qr_random random = {.state = 0x3E3};
    static struct sp_qr_symbol other;
    assert_true(sp_qr_encoder_need(SP_QR_VERSION_MAX) < 512 * 1024);
    assert_true(sp_qr_encoder_need(3) < 32 * 1024);
    for (int version = 1; version <= SP_QR_VERSION_MAX; version++) {
        const size_t need = sp_qr_encoder_need(version);
        assert_int_equal(need % 64, 0);
        unsigned char *block = aligned_alloc(64, need + 64);
        memset(block, 0xA5, need + 64);
        struct sp_qr_encoder *qr = sp_qr_encoder_init(block, version);
        f->options.version_max = version;
        for (int i = 0; i < 24; i++) {
            char text[SP_QR_TEXT_MAX];
            f->options.ecc = (enum sp_qr_ecc)(i % SP_QR_ECC_COUNT);
            f->options.version_min = 1 + (int)qr_random_below(&random, (uint32_t)version);
            f->options.kanji = i & 4;
            const uint32_t most = (uint32_t)sp_qr_digits_max(version, f->options.ecc);
            const size_t length = qr_random_text(&random, i % 3 ? 1u << QR_DIGITS : 63, 30,
                                                 qr_random_below(&random, most + 2), text);
            const enum sp_status status =
                sp_qr_encode(qr, text, length, &f->options, &f->symbol, &f->err);
            assert_int_equal(sp_qr_encode(f->qr, text, length, &f->options, &other, &f->err),
                             status);
            if (status != SP_OK)
                continue;
            assert_int_equal(f->symbol.version, other.version);
            assert_int_equal(f->symbol.mask, other.mask);
            assert_memory_equal(f->symbol.modules.row, other.modules.row,
                                other.modules.size * sizeof other.modules.row[0]);
        }
        for (size_t i = need; i < need + 64; i++)
            assert_int_equal(block[i], 0xA5);
        free(block);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(defaults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refusals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_ascii, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_eci, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_kanji, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_every_kanji, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_every_version, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("qr_encode", tests, NULL, NULL);
}
