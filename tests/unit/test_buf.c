/* Numbers by hand must be the numbers printf writes, and a bound that is wrong must not pass. */
#include "support/unit.h"

#include "base/buf.h"
#include "support/aborts.h"
#include "support/random.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void assert_integer(int64_t number)
{
    unsigned char bytes[SP_BUF_NUMBER_MAX];
    struct sp_buf buf = {.bytes = bytes, .capacity = sizeof bytes};
    char expected[32];
    sp_buf_integer(&buf, number);
    const int length = snprintf(expected, sizeof expected, "%" PRId64, number);
    assert_int_equal(buf.used, length);
    assert_memory_equal(bytes, expected, buf.used);
}

/* The thousandths with three places by printf, then without the zeros at the end. */
static void assert_milli(int64_t thousandths)
{
    unsigned char bytes[SP_BUF_NUMBER_MAX];
    struct sp_buf buf = {.bytes = bytes, .capacity = sizeof bytes};
    char expected[40];
    const uint64_t size = thousandths < 0 ? 0 - (uint64_t)thousandths : (uint64_t)thousandths;
    int length = snprintf(expected, sizeof expected, "%s%" PRIu64 ".%03" PRIu64,
                          thousandths < 0 ? "-" : "", size / 1000, size % 1000);
    while (expected[length - 1] == '0')
        length--;
    length -= expected[length - 1] == '.';
    sp_buf_milli(&buf, thousandths);
    assert_int_equal(buf.used, length);
    assert_memory_equal(bytes, expected, buf.used);
}

static void numbers_are_those_of_printf(void **state)
{
    static const int64_t edges[] = {0, INT64_MAX, INT64_MIN, INT64_MIN + 1, 999, 1000, 1001};
    struct random random = {1};
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        assert_integer(edges[i]);
        assert_milli(edges[i]);
    }
    for (int64_t number = -12345; number <= 12345; number++) {
        assert_integer(number);
        assert_milli(number);
    }
    for (int i = 0; i < 100000; i++) {
        const int64_t number =
            (int64_t)(random_next(&random) >> random_below(&random, 64)) * (i % 2 ? 1 : -1);
        assert_integer(number);
        assert_milli(number);
    }
}

static void thousandths_have_no_zeros_at_the_end(void **state)
{
    static const struct {
        int64_t thousandths;
        const char *text;
    } cases[] = {{1500, "1.5"},    {1050, "1.05"}, {1005, "1.005"},    {-5, "-0.005"},
                 {1000, "1"},      {0, "0"},       {-1000, "-1"},      {100, "0.1"},
                 {-2010, "-2.01"}, {999, "0.999"}, {595276, "595.276"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsigned char bytes[SP_BUF_NUMBER_MAX];
        struct sp_buf buf = {.bytes = bytes, .capacity = sizeof bytes};
        sp_buf_milli(&buf, cases[i].thousandths);
        assert_int_equal(buf.used, strlen(cases[i].text));
        assert_memory_equal(bytes, cases[i].text, buf.used);
    }
}

static void hexadecimal_is_upper_case(void **state)
{
    unsigned char all[256], bytes[512];
    struct sp_buf buf = {.bytes = bytes, .capacity = sizeof bytes};
    for (int i = 0; i < 256; i++)
        all[i] = (unsigned char)i;
    sp_buf_hex(&buf, all, sizeof all);
    assert_int_equal(buf.used, sizeof bytes);
    for (unsigned i = 0; i < 256; i++) {
        char expected[3];
        snprintf(expected, sizeof expected, "%02X", i);
        assert_memory_equal(bytes + 2 * (size_t)i, expected, 2);
    }
}

static void pieces_follow_one_another(void **state)
{
    unsigned char bytes[16];
    struct sp_buf buf = {.bytes = bytes, .capacity = sizeof bytes};
    sp_buf_literal(&buf, "q ");
    sp_buf_integer(&buf, -12);
    sp_buf_byte(&buf, ' ');
    sp_buf_milli(&buf, 2500);
    sp_buf_bytes(&buf, " cm\n", 4);
    assert_int_equal(buf.used, 13);
    assert_memory_equal(bytes, "q -12 2.5 cm\n", 13);
}

static void one_byte_too_many(void *context)
{
    unsigned char bytes[4];
    struct sp_buf buf = {.bytes = bytes, .capacity = sizeof bytes};
    sp_buf_bytes(&buf, "abcd", 4);
    sp_buf_byte(&buf, 'e');
}

static void hexadecimal_too_long(void *context)
{
    unsigned char bytes[5];
    struct sp_buf buf = {.bytes = bytes, .capacity = sizeof bytes};
    sp_buf_hex(&buf, (const unsigned char *)"abc", 3);
}

static void running_over_is_a_bug(void **state)
{
    assert_aborts(one_byte_too_many, NULL, "buf.h");
    assert_aborts(hexadecimal_too_long, NULL, "buf.h");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_those_of_printf),
        cmocka_unit_test(thousandths_have_no_zeros_at_the_end),
        cmocka_unit_test(hexadecimal_is_upper_case),
        cmocka_unit_test(pieces_follow_one_another),
        cmocka_unit_test(running_over_is_a_bug),
    };
    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
