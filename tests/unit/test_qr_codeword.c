/* Bit stream, padding, Reed-Solomon and interleaving, against the standard's own example. */
#include "support/qr_random.h"
#include "support/unit.h"

#include "code/qr_bits.h"
#include "code/qr_codeword.h"

static uint8_t turned(uint8_t byte)
{
    uint8_t other = 0;
    for (int i = 0; i < 8; i++)
        other = (uint8_t)(other | (byte >> i & 1) << (7 - i));
    return other;
}

static void write_text(const char *text, size_t length, bool kanji, bool eci, int range,
                       uint8_t *codewords, size_t count)
{
    uint8_t trace[512];
    const struct sp_qr_text look = sp_qr_text_of(text, length);
    const struct sp_qr_plan plan = sp_qr_plan_make(&look, kanji, eci, range, trace);
    sp_qr_bits_write(&plan, codewords, count);
}

/* ISO/IEC 18004, annex I: "01234567" as 1-M. */
static void annex_i(void **state)
{
    static const uint8_t data[16] = {0x10, 0x20, 0x0C, 0x56, 0x61, 0x80, 0xEC, 0x11,
                                     0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11};
    static const uint8_t check[10] = {0xA5, 0x24, 0xD4, 0xC1, 0xED, 0x36, 0xC7, 0x87, 0x2C, 0x55};
    uint8_t codewords[16 + SP_QR_BITS_SLACK];
    write_text("01234567", 8, false, false, 0, codewords, 16);
    assert_memory_equal(codewords, data, 16);
    const struct sp_qr_blocks blocks = sp_qr_blocks_of(1, SP_QR_ECC_M);
    struct sp_qr_generator generator;
    uint8_t stream[26 + SP_QR_STREAM_SLACK];
    sp_qr_generator_make(&generator, blocks.check);
    sp_qr_stream_make(&generator, &blocks, codewords, stream);
    for (int i = 0; i < 16; i++)
        assert_int_equal(turned(stream[i]), data[i]);
    for (int i = 0; i < 10; i++)
        assert_int_equal(turned(stream[16 + i]), check[i]);
    for (int i = 0; i < SP_QR_STREAM_SLACK; i++)
        assert_int_equal(stream[26 + i], 0);
}

/* 7.4.4 to 7.4.6: the examples of the other modes. */
static void examples_of_modes(void **state)
{
    uint8_t codewords[32 + SP_QR_BITS_SLACK];
    /* "AC-42": 0010 000000101 00111001110 11100111001 000010, then the terminator. */
    write_text("AC-42", 5, false, false, 0, codewords, 8);
    static const uint8_t alphanumeric[8] = {0x20, 0x29, 0xCE, 0xE7, 0x21, 0x00, 0xEC, 0x11};
    assert_memory_equal(codewords, alphanumeric, 8);
    /* Two Kanji: 1000 00000010 0110110011111 1101010101010, then the terminator. */
    write_text("\u70B9\u8317", 6, true, false, 0, codewords, 7);
    static const uint8_t kanji[7] = {0x80, 0x26, 0xCF, 0xEA, 0xA8, 0x00, 0xEC};
    assert_memory_equal(codewords, kanji, 7);
    /* ECI 000026: 0111 00011010, then 0100 and a count of two bytes. */
    write_text("\u00E9", 2, false, true, 0, codewords, 6);
    static const uint8_t eci[6] = {0x71, 0xA4, 0x02, 0xC3, 0xA9, 0x00};
    assert_memory_equal(codewords, eci, 6);
    /* Kanji stand alone, and ASCII is the same in UTF-8: no header. */
    write_text("\u70B9\u8317", 6, true, true, 0, codewords, 7);
    assert_memory_equal(codewords, kanji, 7);
    write_text("AC-42", 5, false, true, 0, codewords, 8);
    assert_memory_equal(codewords, alphanumeric, 8);
}

/* The terminator shrinks to the room there is: 4, 3, 0 bits. */
static void short_terminators(void **state)
{
    uint8_t codewords[16 + SP_QR_BITS_SLACK];
    write_text("abc", 3, false, false, 0, codewords, 5); /* 36 bits of 40 */
    static const uint8_t exact[5] = {0x40, 0x36, 0x16, 0x26, 0x30};
    assert_memory_equal(codewords, exact, 5);
    write_text("12345678", 8, false, false, 0, codewords, 6); /* 41 bits of 48 */
    assert_int_equal(codewords[5] & 0x7F, 0);
    write_text("1234567", 7, false, false, 0, codewords, 5); /* 38 bits of 40 */
    static const uint8_t two[5] = {0x10, 0x1C, 0x7B, 0x72, 0x1C};
    assert_memory_equal(codewords, two, 5);
    write_text("", 0, false, false, 0, codewords, 4);
    static const uint8_t nothing[4] = {0x00, 0xEC, 0x11, 0xEC};
    assert_memory_equal(codewords, nothing, 4);
}

static unsigned multiply(unsigned a, unsigned b)
{
    unsigned product = 0;
    for (int i = 7; i >= 0; i--)
        product = product << 1 ^ (product & 0x80 ? 0x11D : 0) ^ (b >> i & 1 ? a : 0);
    return product;
}

/* Data and check codewords together are a polynomial that is 0 at 2^0, 2^1, …, 2^(check - 1). */
static void roots(void **state)
{
    struct qr_random random = {.state = 0x125};
    for (int check = 1; check <= SP_QR_CHECK_MAX; check++) {
        struct sp_qr_generator generator;
        sp_qr_generator_make(&generator, check);
        for (int count = 1; count <= 123; count++) {
            uint8_t block[123 + SP_QR_CHECK_MAX];
            for (int i = 0; i < count; i++)
                block[i] = (uint8_t)qr_random_next(&random);
            sp_qr_generator_divide(&generator, block, count, block + count);
            unsigned root = 1;
            for (int k = 0; k < check; k++, root = multiply(root, 2)) {
                unsigned value = 0;
                for (int i = 0; i < count + check; i++)
                    value = multiply(value, root) ^ block[i];
                assert_int_equal(value, 0);
            }
        }
    }
}

/* 5-Q has two blocks of 15 and two of 16 data codewords, 18 check codewords each (7.6). */
static void interleaving(void **state)
{
    const struct sp_qr_blocks blocks = sp_qr_blocks_of(5, SP_QR_ECC_Q);
    uint8_t data[62];
    uint8_t stream[134 + SP_QR_STREAM_SLACK];
    struct sp_qr_generator generator;
    assert_int_equal(blocks.data, 62);
    assert_int_equal(blocks.short_count, 2);
    for (int i = 0; i < 62; i++)
        data[i] = (uint8_t)(i + 1);
    sp_qr_generator_make(&generator, 18);
    sp_qr_stream_make(&generator, &blocks, data, stream);
    static const int start[4] = {0, 15, 30, 46};
    for (int i = 0; i < 60; i++)
        assert_int_equal(turned(stream[i]), data[start[i % 4] + i / 4]);
    assert_int_equal(turned(stream[60]), data[45]);
    assert_int_equal(turned(stream[61]), data[61]);
    for (int b = 0; b < 4; b++) {
        uint8_t check[SP_QR_CHECK_MAX];
        sp_qr_generator_divide(&generator, data + start[b], b < 2 ? 15 : 16, check);
        for (int i = 0; i < 18; i++)
            assert_int_equal(turned(stream[62 + 4 * i + b]), check[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(annex_i),           cmocka_unit_test(examples_of_modes),
        cmocka_unit_test(short_terminators), cmocka_unit_test(roots),
        cmocka_unit_test(interleaving),
    };
    return cmocka_run_group_tests_name("qr_codeword", tests, NULL, NULL);
}
