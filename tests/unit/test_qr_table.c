/* Sizes: the tables against arithmetic and table 7, and the edges of every capacity. */
#include "support/unit.h"

#include "code/qr_table.h"

#include <stdlib.h>
#include <string.h>

/* Modules left for codewords, by counting what the function patterns take. */
static int modules_for_codewords(int version)
{
    const int size = SP_QR_SIZE(version);
    const int alignments = version == 1 ? 0 : version / 7 + 2;
    int left = size * size - 3 * 64 - 2 * 15 - 1 - 2 * (size - 16);
    if (alignments > 0) {
        left -= 25 * (alignments * alignments - 3);
        left += 2 * 5 * (alignments - 2); /* where they lie on the timing patterns */
    }
    return left - (version >= 7 ? 2 * 18 : 0);
}

static void blocks_add_up(void **state)
{
    for (int version = 1; version <= SP_QR_VERSION_MAX; version++) {
        for (int ecc = 0; ecc < SP_QR_ECC_COUNT; ecc++) {
            const struct sp_qr_blocks blocks = sp_qr_blocks_of(version, (enum sp_qr_ecc)ecc);
            assert_int_equal(blocks.codewords, modules_for_codewords(version) / 8);
            assert_int_equal(blocks.data + blocks.block_count * blocks.check, blocks.codewords);
            assert_int_equal(blocks.short_count * blocks.short_data +
                                 (blocks.block_count - blocks.short_count) *
                                     (blocks.short_data + 1),
                             blocks.data);
            assert_in_range(blocks.short_count, 1, blocks.block_count);
            assert_in_range(blocks.check, 7, SP_QR_CHECK_MAX);
        }
    }
}

/* Lines of table 7: digits, alphanumerics, bytes. */
static void table_7(void **state)
{
    static const struct {
        int version;
        enum sp_qr_ecc ecc;
        int digits, alphanumerics, bytes;
    } lines[] = {
        {1, SP_QR_ECC_L, 41, 25, 17},        {1, SP_QR_ECC_M, 34, 20, 14},
        {1, SP_QR_ECC_Q, 27, 16, 11},        {1, SP_QR_ECC_H, 17, 10, 7},
        {9, SP_QR_ECC_L, 552, 335, 230},     {10, SP_QR_ECC_M, 513, 311, 213},
        {26, SP_QR_ECC_H, 1425, 864, 593},   {27, SP_QR_ECC_Q, 1933, 1172, 805},
        {40, SP_QR_ECC_L, 7089, 4296, 2953}, {40, SP_QR_ECC_M, 5596, 3391, 2331},
        {40, SP_QR_ECC_Q, 3993, 2420, 1663}, {40, SP_QR_ECC_H, 3057, 1852, 1273},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        const int version = lines[i].version;
        assert_int_equal(sp_qr_digits_max(version, lines[i].ecc), lines[i].digits);
        assert_int_equal(sp_qr_alphanumerics_max(version, lines[i].ecc), lines[i].alphanumerics);
        assert_int_equal(sp_qr_bytes_max(version, lines[i].ecc, false), lines[i].bytes);
    }
    assert_int_equal(sp_qr_digits_max(40, SP_QR_ECC_L), SP_QR_TEXT_MAX);
}

static long bits_of(enum sp_qr_mode mode, long count)
{
    switch (mode) {
    case SP_QR_NUMERIC:
        return (10 * count + 2) / 3;
    case SP_QR_ALPHANUMERIC:
        return (11 * count + 1) / 2;
    case SP_QR_KANJI:
        return 13 * count;
    default:
        return 8 * count;
    }
}

/* Characters of a mode that fit, counted up one by one. */
static long slow_capacity(int version, enum sp_qr_ecc ecc, enum sp_qr_mode mode, int extra)
{
    static const int count_bits[4][3] = {{10, 12, 14}, {9, 11, 13}, {8, 16, 16}, {8, 10, 12}};
    const int range = version < 10 ? 0 : version < 27 ? 1 : 2;
    const struct sp_qr_blocks blocks = sp_qr_blocks_of(version, ecc);
    long count = 0;
    while (4 + count_bits[mode][range] + extra + bits_of(mode, count + 1) <= 8L * blocks.data)
        count++;
    return count;
}

static size_t repeat(const char *character, long count, char *text)
{
    const size_t bytes = strlen(character);
    for (long i = 0; i < count; i++)
        memcpy(text + (size_t)i * bytes, character, bytes);
    return (size_t)count * bytes;
}

/* The longest payload of a mode fits its version; one character more goes to the next. */
static void check_edge(struct sp_qr_encoder *qr, int version, enum sp_qr_ecc ecc, int mode)
{
    static const char *const characters[] = {"7", "K", "k", "\u70B9"};
    static struct sp_qr_symbol symbol;
    static char text[3 * SP_QR_TEXT_MAX];
    const bool eci = mode == SP_QR_MODE_COUNT; /* bytes once more, announced */
    struct sp_qr_options options;
    struct sp_err err = {0};
    sp_qr_options_init(&options);
    options.ecc = ecc;
    options.kanji = mode == SP_QR_KANJI;
    options.eci = eci;
    options.mask = 0;
    const char *character = eci ? "\xE9" : characters[mode];
    const long count =
        slow_capacity(version, ecc, eci ? SP_QR_BYTE : (enum sp_qr_mode)mode, eci ? 12 : 0);
    if (mode == SP_QR_BYTE || eci)
        assert_int_equal(sp_qr_bytes_max(version, ecc, eci), count);
    size_t length = repeat(character, count, text);
    assert_int_equal(sp_qr_version_for(qr, text, length, &options), version);
    assert_int_equal(sp_qr_encode(qr, text, length, &options, &symbol, &err), SP_OK);
    assert_int_equal(symbol.version, version);
    assert_int_equal(symbol.modules.size, SP_QR_SIZE(version));
    length = repeat(character, count + 1, text);
    if (version < SP_QR_VERSION_MAX) {
        assert_int_equal(sp_qr_version_for(qr, text, length, &options), version + 1);
        options.version_max = version;
    }
    assert_int_equal(sp_qr_version_for(qr, text, length, &options), 0);
    assert_int_equal(sp_qr_encode(qr, text, length, &options, &symbol, &err), SP_TOO_BIG);
    assert_int_equal(symbol.modules.size, 0);
    assert_int_equal(err.status, SP_TOO_BIG);
}

static void capacity_edges(void **state)
{
    void *memory = aligned_alloc(64, sp_qr_encoder_need(SP_QR_VERSION_MAX));
    struct sp_qr_encoder *qr = sp_qr_encoder_init(memory, SP_QR_VERSION_MAX);
    for (int version = 1; version <= SP_QR_VERSION_MAX; version++) {
        for (int ecc = 0; ecc < SP_QR_ECC_COUNT; ecc++) {
            for (int mode = 0; mode <= SP_QR_MODE_COUNT; mode++)
                check_edge(qr, version, (enum sp_qr_ecc)ecc, mode);
        }
    }
    free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_add_up),
        cmocka_unit_test(table_7),
        cmocka_unit_test(capacity_edges),
    };
    return cmocka_run_group_tests_name("qr_table", tests, NULL, NULL);
}
