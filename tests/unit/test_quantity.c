/* Quantities: what people write is taken exactly or refused with the way out. */
#include "support/unit.h"

#include <smallpress/quantity.h>

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void lengths_are_exact(void **state)
{
    static const struct {
        const char *text;
        int64_t um;
    } cases[] = {
        {"34mm", 34000},
        {"0.5in", 12700},
        {" 12 pt ", 4233}, /* 4233.33 */
        {"72pt", 25400},
        {"1pt", 353},    /* 352.78 */
        {"4.5pt", 1588}, /* 1587.5: half, away from zero */
        {"-4.5pt", -1588},
        {"-1.5mm", -1500},
        {"+2cm", 20000},
        {".5mm", 500},
        {"5.mm", 5000},
        {"0mm", 0},
        {"7um", 7},
        {"7\xC2\xB5m", 7},
        {"7\xCE\xBCm", 7},
        {"8.5IN", 215900},
        {"0.0005mm", 1}, /* half a micrometre */
        {"0.00049999999999999999999999999999999999999mm", 0},
        {"0.00050000000000000000000000000000000000001mm", 1},
        {"0.33333333333333333333333333in", 8467}, /* 8466.67 */
        {"000000000000000000000000000001mm", 1000},
        {"1000000mm", 1000000000},
        {"-1000000mm", -1000000000},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sp_err err;
        int64_t um = 99;
        assert_int_equal(sp_length_parse(cases[i].text, &um, &err), SP_OK);
        assert_int_equal(um, cases[i].um);
    }
}

/* Thousandths of a point against the definition, in a second way of counting. */
static void points_are_rounded_to_the_nearest(void **state)
{
    for (int64_t mpt = 0; mpt < 100000; mpt++) {
        char text[32];
        int64_t um;
        (void)snprintf(text, sizeof text, "%d.%03dpt", (int)(mpt / 1000), (int)(mpt % 1000));
        assert_int_equal(sp_length_parse(text, &um, NULL), SP_OK);
        /* |um - mpt * 25400 / 72000| is at most one half. */
        const int64_t error = um * 72000 - mpt * 25400;
        assert_true(2 * error <= 72000 && 2 * error > -72000);
    }
}

struct refusal {
    const char *text;
    const char *sentence;
};

static void bad_lengths_are_explained(void **state)
{
    static const struct refusal cases[] = {
        {"34", "`34` has no unit: write 34mm, 34pt or 34in"},
        {"", "`` is not a length: write it like 34mm, 0.5in or 12pt"},
        {"mm", "`mm` is not a length: write it like 34mm, 0.5in or 12pt"},
        {".mm", "`.mm` is not a length: write it like 34mm, 0.5in or 12pt"},
        {"0,5in", "`0,5in` has a comma: write decimals with a point, like 0.5in"},
        {"34px", "`34px` ends in `px`, which is no unit: use mm, cm, in, pt or um"},
        {"34mm5", "`34mm5` ends in `mm5`, which is no unit: use mm, cm, in, pt or um"},
        {"1e3mm", "`1e3mm` ends in `e3mm`, which is no unit: use mm, cm, in, pt or um"},
        {"1000000.001mm", "`1000000.001mm` is more than a kilometre, the longest length"},
        {"99999999999999999999mm",
         "`99999999999999999999mm` is more than a kilometre, the longest length"},
        {"18446744073709551615um",
         "`18446744073709551615um` is more than a kilometre, the longest length"},
        {"--1mm", "`--1mm` is not a length: write it like 34mm, 0.5in or 12pt"},
        {"1\xFFmm",
         "`1\xEF\xBF\xBDmm` ends in `\xEF\xBF\xBDmm`, which is no unit: use mm, cm, in, pt "
         "or um"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sp_err err = {0};
        int64_t um = 99;
        assert_int_equal(sp_length_parse(cases[i].text, &um, &err), SP_BAD_SPEC);
        assert_string_equal(err.text, cases[i].sentence);
        assert_int_equal(um, 99);
    }
}

static void sizes_are_powers_of_two(void **state)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } cases[] = {
        {"64M", 64 << 20},
        {"64MB", 64 << 20},
        {"64MiB", 64 << 20},
        {"64m", 64 << 20},
        {"512K", 512 << 10},
        {"2G", UINT64_C(2) << 30},
        {"2 GiB", UINT64_C(2) << 30},
        {"1T", UINT64_C(1) << 40},
        {"1048576", 1048576},
        {"100B", 100},
        {"0", 0},
        {"1.5K", 1536},
        {"0.1K", 102},
        {"0.0005K", 1},
        {"8388607.99999999999T", SP_SIZE_MAX_BYTES - 10},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t bytes = 99;
        assert_int_equal(sp_size_parse(cases[i].text, &bytes, NULL), SP_OK);
        assert_int_equal(bytes, cases[i].bytes);
    }
}

static void bad_sizes_are_explained(void **state)
{
    static const struct refusal cases[] = {
        {"", "`` is not a size: write it like 64M, 512K or 2G"},
        {"lots", "`lots` is not a size: write it like 64M, 512K or 2G"},
        {"-1M", "`-1M` is less than nothing: write a size like 64M"},
        {"64X", "`64X` ends in `X`, which is no unit of size: use K, M, G or T"},
        {"64 M M", "`64 M M` ends in `M M`, which is no unit of size: use K, M, G or T"},
        {"1.5", "`1.5` is a part of a byte: write whole bytes, or a unit as in 1.5M"},
        {"8388608T", "`8388608T` is more than any file or memory can have"},
        {"18446744073709551616", "`18446744073709551616` is more than any file or memory can have"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sp_err err = {0};
        uint64_t bytes = 99;
        assert_int_equal(sp_size_parse(cases[i].text, &bytes, &err), SP_BAD_SPEC);
        assert_string_equal(err.text, cases[i].sentence);
        assert_int_equal(bytes, 99);
    }
}

static void counts_are_digits(void **state)
{
    static const struct {
        const char *text;
        uint64_t count;
    } cases[] = {
        {"0", 0},
        {"50000", 50000},
        {"50,000", 50000},
        {"50_000", 50000},
        {"50 000", 50000},
        {" 7 ", 7},
        {"1,234,567", 1234567},
        {"007", 7},
        {"18446744073709551614", UINT64_MAX - 1},
        {"18,446,744,073,709,551,614", UINT64_MAX - 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t count = 99;
        assert_int_equal(sp_count_parse(cases[i].text, &count, NULL), SP_OK);
        assert_int_equal(count, cases[i].count);
    }
}

static void bad_counts_are_explained(void **state)
{
    static const struct refusal cases[] = {
        {"", "`` is not a count: write digits, like 50000 or 50,000"},
        {"many", "`many` is not a count: write digits, like 50000 or 50,000"},
        {"-5", "`-5` is not a count: write digits, like 50000 or 50,000"},
        {"0x10", "`0x10` is not a count: write digits, like 50000 or 50,000"},
        {"1e6", "`1e6` is not a count in digits: write 1000000 or 1,000,000"},
        {"50k", "`50k` is not a count in digits: write 50000 or 50,000"},
        {"2M", "`2M` is not a count in digits: write 2000000 or 2,000,000"},
        {"1e99", "`1e99` is not a count: write digits, like 50000 or 50,000"},
        {"e6", "`e6` is not a count: write digits, like 50000 or 50,000"},
        {"k", "`k` is not a count: write digits, like 50000 or 50,000"},
        {"1e", "`1e` is not a count: write digits, like 50000 or 50,000"},
        {"1e6x", "`1e6x` is not a count: write digits, like 50000 or 50,000"},
        {"50.000", "`50.000` has a point, which parts thousands in one country and decimals in the "
                   "next: write digits only, like 50000, or commas, like 50,000"},
        {"50,00", "`50,00` is not grouped by three digits: write it like 50000 or 50,000"},
        {"5000,000", "`5000,000` is not grouped by three digits: write it like 50000 or 50,000"},
        {"50,", "`50,` is not grouped by three digits: write it like 50000 or 50,000"},
        {"50,,000", "`50,,000` is not grouped by three digits: write it like 50000 or 50,000"},
        {"1,000_000", "`1,000_000` is not a count: write digits, like 50000 or 50,000"},
        {"18446744073709551615", "`18446744073709551615` is more than can be counted"},
        {"99999999999999999999999", "`99999999999999999999999` is more than can be counted"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sp_err err = {0};
        uint64_t count = 99;
        assert_int_equal(sp_count_parse(cases[i].text, &count, &err), SP_BAD_SPEC);
        assert_string_equal(err.text, cases[i].sentence);
        assert_int_equal(count, 99);
    }
}

static void grids_are_columns_by_rows(void **state)
{
    static const char *const good[] = {"5x6", "5X6", "5\303\2276", " 5 x 6 "};
    uint32_t columns;
    uint32_t rows;
    for (size_t i = 0; i < COUNT(good); i++) {
        columns = rows = 99;
        assert_int_equal(sp_grid_parse(good[i], &columns, &rows, NULL), SP_OK);
        assert_int_equal(columns, 5);
        assert_int_equal(rows, 6);
    }
    assert_int_equal(sp_grid_parse("1x1000", &columns, &rows, NULL), SP_OK);
    assert_int_equal(rows, 1000);

    static const struct refusal bad[] = {
        {"30", "`30` is not a grid: write columns by rows, like 5x6 for 5 across and 6 down"},
        {"x6", "`x6` is not a grid: write columns by rows, like 5x6 for 5 across and 6 down"},
        {"5x", "`5x` is not a grid: write columns by rows, like 5x6 for 5 across and 6 down"},
        {"5x6x7", "`5x6x7` is not a grid: write columns by rows, like 5x6 for 5 across and 6 down"},
        {"5\xC3",
         "`5\xEF\xBF\xBD` is not a grid: write columns by rows, like 5x6 for 5 across and 6 "
         "down"},
        {"0x6", "`0x6` is out of range: a grid has 1 to 1000 columns and rows"},
        {"5x1001", "`5x1001` is out of range: a grid has 1 to 1000 columns and rows"},
        {"4294967301x6", "`4294967301x6` is out of range: a grid has 1 to 1000 columns and rows"},
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct sp_err err = {0};
        columns = 99;
        assert_int_equal(sp_grid_parse(bad[i].text, &columns, &rows, &err), SP_BAD_SPEC);
        assert_string_equal(err.text, bad[i].sentence);
        assert_int_equal(columns, 99);
    }
}

/* However long the text, the sentence is whole. */
static void long_texts_are_cut_in_messages(void **state)
{
    char text[2000];
    memset(text, 'z', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct sp_err err;
    int64_t um;
    uint64_t number;
    uint32_t side;
    assert_int_equal(sp_length_parse(text, &um, &err), SP_BAD_SPEC);
    assert_non_null(strstr(err.text, "zz\xE2\x80\xA6` is not a length: write it like 34mm"));
    text[0] = '1';
    assert_int_equal(sp_length_parse(text, &um, &err), SP_BAD_SPEC);
    assert_non_null(strstr(err.text, "which is no unit: use mm, cm, in, pt or um"));
    assert_int_equal(sp_size_parse(text, &number, &err), SP_BAD_SPEC);
    assert_non_null(strstr(err.text, "which is no unit of size: use K, M, G or T"));
    assert_int_equal(sp_count_parse(text, &number, &err), SP_BAD_SPEC);
    assert_non_null(strstr(err.text, "like 50000 or 50,000"));
    assert_int_equal(sp_grid_parse(text, &side, &side, &err), SP_BAD_SPEC);
    assert_non_null(strstr(err.text, "5 across and 6 down"));
    memset(text, '1', sizeof text - 1);
    assert_int_equal(sp_length_parse(text, &um, &err), SP_BAD_SPEC);
    assert_non_null(strstr(err.text, "or 1111"));
}

static void counts_are_written_in_groups(void **state)
{
    char out[SP_FORMAT_BYTES];
    assert_string_equal(sp_format_count(out, sizeof out, 0), "0");
    assert_string_equal(sp_format_count(out, sizeof out, 999), "999");
    assert_string_equal(sp_format_count(out, sizeof out, 1000), "1,000");
    assert_string_equal(sp_format_count(out, sizeof out, 50000), "50,000");
    assert_string_equal(sp_format_count(out, sizeof out, 1234567), "1,234,567");
    assert_string_equal(sp_format_count(out, sizeof out, UINT64_MAX), "18,446,744,073,709,551,615");
}

static void bytes_are_written_with_their_unit(void **state)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } cases[] = {
        {0, "0 bytes"},
        {1, "1 byte"},
        {1023, "1023 bytes"},
        {1024, "1 KiB"},
        {1536, "1.5 KiB"},
        {1075, "1 KiB"},   /* 1.0498 */
        {1076, "1.1 KiB"}, /* 1.0508 */
        {6396314, "6.1 MiB"},
        {64 << 20, "64 MiB"},
        {102348, "99.9 KiB"},
        {102349, "100 KiB"}, /* 99.95 */
        {737 << 20, "737 MiB"},
        {(1 << 20) - 513, "1023 KiB"},
        {(1 << 20) - 512, "1 MiB"}, /* 1023.5 KiB */
        {(1 << 20) - 1, "1 MiB"},
        {UINT64_MAX, "16 EiB"},
    };
    char out[SP_FORMAT_BYTES];
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(sp_format_bytes(out, sizeof out, cases[i].bytes), cases[i].text);
}

static void durations_are_written_in_two_units(void **state)
{
    static const struct {
        uint64_t ms;
        const char *text;
    } cases[] = {
        {0, "0.0 s"},
        {49, "0.0 s"},
        {50, "0.1 s"},
        {449, "0.4 s"},
        {9949, "9.9 s"},
        {9950, "10 s"},
        {59499, "59 s"},
        {59500, "1 min 00 s"},
        {200000, "3 min 20 s"},
        {3599499, "59 min 59 s"},
        {3599500, "1 h 00 min"},
        {7500000, "2 h 05 min"},
        {86400000, "1 d 00 h"},
        {273600000, "3 d 04 h"},
        {UINT64_MAX, "213503982334 d 14 h"},
    };
    char out[SP_FORMAT_BYTES];
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(sp_format_duration(out, sizeof out, cases[i].ms), cases[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_are_exact),
        cmocka_unit_test(points_are_rounded_to_the_nearest),
        cmocka_unit_test(bad_lengths_are_explained),
        cmocka_unit_test(sizes_are_powers_of_two),
        cmocka_unit_test(bad_sizes_are_explained),
        cmocka_unit_test(counts_are_digits),
        cmocka_unit_test(bad_counts_are_explained),
        cmocka_unit_test(grids_are_columns_by_rows),
        cmocka_unit_test(long_texts_are_cut_in_messages),
        cmocka_unit_test(counts_are_written_in_groups),
        cmocka_unit_test(bytes_are_written_with_their_unit),
        cmocka_unit_test(durations_are_written_in_two_units),
    };
    return cmocka_run_group_tests_name("quantity", tests, NULL, NULL);
}
