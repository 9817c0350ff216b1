/* Every module of every version, level and mask, against libqrencode. */
#include "support/qr_random.h"
#include "support/unit.h"

#include "code/qr_mask.h"
#include "code/qr_pattern.h"
#include "code/qr_table.h"

#include <smallpress/qr.h>

#include <qrencode.h>
#include <stdlib.h>

/* In the library, but not in its header. Bit 0 of each byte of data is the module. */
extern QRcode *QRcode_encodeMask(QRinput *input, int mask);

static void check_symbol(const struct sp_qr_symbol *symbol, const char *text, size_t length)
{
    QRinput *input = QRinput_new2(symbol->version, (QRecLevel)symbol->ecc);
    assert_non_null(input);
    assert_int_equal(QRinput_append(input, QR_MODE_8, (int)length, (const unsigned char *)text), 0);
    QRcode *other = QRcode_encodeMask(input, symbol->mask);
    assert_non_null(other);
    assert_int_equal(other->width, symbol->modules.size);
    for (int y = 0; y < other->width; y++) {
        for (int x = 0; x < other->width; x++) {
            const bool dark = (other->data[y * other->width + x] & 1) != 0;
            if (dark != sp_matrix_get(&symbol->modules, x, y))
                fail_msg("%d-%c, mask %d: module %d, %d differs", symbol->version,
                         "LMQH"[symbol->ecc], symbol -> mask, x, y);
        }
    }
    QRcode_free(other);
    QRinput_free(input);
}

/* Bits beyond the last column are 0. */
static void check_rows(const struct sp_matrix *modules)
{
    for (uint32_t y = 0; y < modules->size; y++) {
        for (uint32_t x = modules->size; x < 64 * SP_MATRIX_ROW_WORDS; x++)
            assert_false(modules->row[y][x / 64] >> (63 - x % 64) & 1);
    }
}

/* One encoder makes them all, over and over: frames are evicted and made again all the time. */
static void all_symbols(void **state)
{
    struct qr_random random = {.state = 0xA11};
    static struct sp_qr_symbol symbol;
    static char text[SP_QR_TEXT_MAX];
    void *memory = aligned_alloc(64, sp_qr_encoder_need(SP_QR_VERSION_MAX));
    struct sp_qr_encoder *qr = sp_qr_encoder_init(memory, SP_QR_VERSION_MAX);
    for (int version = 1; version <= SP_QR_VERSION_MAX; version++) {
        for (int ecc = 0; ecc < SP_QR_ECC_COUNT; ecc++) {
            struct sp_qr_options options;
            sp_qr_options_init(&options);
            options.ecc = (enum sp_qr_ecc)ecc;
            options.version_min = options.version_max = version;
            const uint32_t most = (uint32_t)sp_qr_bytes_max(version, options.ecc, false);
            for (options.mask = 0; options.mask < SP_QR_MASK_COUNT; options.mask++) {
                const size_t length = most - qr_random_below(&random, 4);
                for (size_t i = 0; i < length; i++)
                    text[i] = (char)(0x80 + qr_random_below(&random, 0x80));
                memset(&symbol, 0xFF, sizeof symbol);
                assert_int_equal(sp_qr_encode(qr, text, length, &options, &symbol, NULL), SP_OK);
                assert_int_equal(symbol.version, version);
                assert_int_equal(symbol.ecc, ecc);
                assert_int_equal(symbol.mask, options.mask);
                check_symbol(&symbol, text, length);
                check_rows(&symbol.modules);
            }
        }
    }
    free(memory);
}

/* The path of the codewords visits every module that is not a function pattern once. */
static void path_covers(void **state)
{
    for (int version = 1; version <= SP_QR_VERSION_MAX; version++) {
        const size_t words = sp_qr_pattern_row_words(version);
        struct sp_qr_pattern pattern = {
            .base = calloc(words, sizeof(uint64_t)),
            .masks = calloc(SP_QR_MASK_COUNT * words, sizeof(uint64_t)),
            .runs = calloc(sp_qr_pattern_runs_max(version), sizeof(struct sp_qr_run))};
        sp_qr_pattern_make(&pattern, version, SP_QR_ECC_L);
        const int codewords = sp_qr_blocks_of(version, SP_QR_ECC_L).codewords;
        int modules = 0;
        for (int i = 0; i < pattern.run_count; i++) {
            const unsigned kind = pattern.runs[i].kind;
            modules += pattern.runs[i].rows * ((kind & 1) + (kind >> 1 & 1));
        }
        assert_in_range(modules, 8 * codewords, 8 * codewords + 7);
        free(pattern.base);
        free(pattern.masks);
        free(pattern.runs);
    }
}

/* Annex C and D: the examples, and words far enough from each other to be corrected. */
static void information_bits(void **state)
{
    assert_int_equal(sp_qr_format_bits(SP_QR_ECC_M, 5), 0x40CE);
    assert_int_equal(sp_qr_version_bits(7), 0x07C94);
    for (int a = 0; a < 32; a++) {
        for (int b = 0; b < a; b++) {
            const unsigned apart = sp_qr_format_bits((enum sp_qr_ecc)(a / 8), a % 8) ^
                                   sp_qr_format_bits((enum sp_qr_ecc)(b / 8), b % 8);
            assert_true(__builtin_popcount(apart) >= 5);
        }
    }
    for (int a = 7; a <= SP_QR_VERSION_MAX; a++) {
        for (int b = 7; b < a; b++)
            assert_true(__builtin_popcount(sp_qr_version_bits(a) ^ sp_qr_version_bits(b)) >= 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(information_bits),
        cmocka_unit_test(path_covers),
        cmocka_unit_test(all_symbols),
    };
    return cmocka_run_group_tests_name("qr_pattern", tests, NULL, NULL);
}
