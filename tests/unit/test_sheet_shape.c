/* A spec worked out: what cannot be followed is refused by name, what shows is in the digest. */
#include "support/unit.h"

#include <smallpress/limit.h>

#include "press/sheet_shape.h"

#include <string.h>

#define SEED "00112233445566778899aabbccddeeff"

static struct sp_sheet_spec a_spec(void)
{
    struct sp_sheet_spec spec;
    sp_sheet_spec_init(&spec);
    spec.count = 50000;
    spec.seed = SEED;
    return spec;
}

static void assert_shape(struct sp_sheet_shape *shape, const struct sp_sheet_spec *spec)
{
    struct sp_err err = {0};
    if (sp_sheet_shape_make(shape, spec, &err) != SP_OK)
        fail_msg("%s", err.text);
}

/* Refused, with these words in the sentence. */
static void assert_refused(const struct sp_sheet_spec *spec, const char *words)
{
    struct sp_sheet_shape shape;
    struct sp_err err = {0};
    assert_int_equal(sp_sheet_shape_make(&shape, spec, &err), SP_BAD_SPEC);
    assert_int_equal(err.status, SP_BAD_SPEC);
    if (!strstr(err.text, words))
        fail_msg("expected %s in: %s", words, err.text);
}

/* "{random:10}" is ten letters of base 32: alphanumeric, so version 1 at level M. */
static void the_first_story_is_worked_out(void **state)
{
    const struct sp_sheet_spec spec = a_spec();
    struct sp_sheet_shape shape;
    assert_shape(&shape, &spec);
    assert_int_equal(shape.cells, 30);
    assert_int_equal(shape.id_bytes_max, 10);
    assert_int_equal(shape.payload_bytes_max, 10);
    assert_int_equal(shape.caption_bytes_max, 10);
    assert_int_equal(shape.version_max, 1);
    assert_true(shape.ascii);
    assert_int_equal(sp_sheet_shape_records(&shape), 50000);
    assert_int_equal(sp_sheet_shape_pages(&shape, 50000), 1667);
    assert_int_equal(sp_sheet_shape_pages(&shape, 1), 1);
    assert_int_equal(sp_sheet_shape_pages(&shape, 30), 1);
    assert_int_equal(sp_sheet_shape_pages(&shape, 31), 2);
    assert_int_equal(shape.grid.width_um, 210000);
    assert_int_equal(shape.box.text_width_um, 36400 - 3528);
    assert_int_equal(shape.page.image_count, 0);
}

/* The smallest version whose capacity holds the longest payload, and never one outside the range.
 */
static void versions_are_bounded_by_the_longest_payload(void **state)
{
    static const char text[] =
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    for (size_t length = 1; length < sizeof text; length += 7)
        for (int ecc = SP_QR_ECC_L; ecc <= SP_QR_ECC_H; ecc++) {
            struct sp_sheet_spec spec = a_spec();
            struct sp_sheet_shape shape;
            spec.code = text + sizeof text - 1 - length;
            spec.qr.ecc = (enum sp_qr_ecc)ecc;
            int expected = 1;
            while (sp_qr_bytes_max(expected, spec.qr.ecc, false) < length)
                expected++;
            assert_shape(&shape, &spec);
            assert_int_equal(shape.payload_bytes_max, length);
            assert_int_equal(shape.version_max, expected);
            assert_int_equal(shape.qr.version_max, expected);
            assert_true(shape.fits_bytes >= length);
            spec.qr.version_min = 12;
            spec.qr.version_max = 13;
            assert_shape(&shape, &spec);
            assert_in_range(shape.version_max, 12, 13);
        }
}

static void ascii_is_what_can_be_printed(void **state)
{
    struct sp_sheet_spec spec = a_spec();
    struct sp_sheet_shape shape;
    spec.code = "\u00FC{id}"; /* in the code alone, where no font is needed */
    assert_shape(&shape, &spec);
    assert_true(shape.ascii);
    spec.text = "No. {id}";
    assert_shape(&shape, &spec);
    assert_true(shape.ascii);
    spec.text = "\u2116 {id}";
    assert_shape(&shape, &spec);
    assert_false(shape.ascii);
    spec.text = "{id}";
    spec.id = "\u00FC{n}";
    assert_shape(&shape, &spec);
    assert_false(shape.ascii);
    const struct sp_in lines = {.name = "ids.txt"};
    spec = a_spec();
    spec.lines = &lines;
    spec.count = 0;
    assert_shape(&shape, &spec);
    assert_false(shape.ascii);
}

static void numbers_out_of_range_are_named(void **state)
{
    struct sp_sheet_spec spec = a_spec();
    spec.threads = 0;
    assert_refused(&spec, "--threads must be 1 to 256, not 0");
    spec.threads = SP_THREADS_MAX + 1;
    assert_refused(&spec, "not 257");
    spec = a_spec();
    spec.quiet_zone = SP_QUIET_ZONE_MAX + 1;
    assert_refused(&spec, "--quiet-zone must be 0 to 64 modules, not 65");
    spec = a_spec();
    spec.code_um = -1;
    assert_refused(&spec, "--code-size");
    spec.code_um = 36401;
    assert_refused(&spec, "--code-size");
    spec = a_spec();
    spec.text_mpt = SP_TEXT_SIZE_MIN_MPT - 1;
    assert_refused(&spec, "--text-size must be 1pt to 72pt");
    spec.text_mpt = SP_TEXT_SIZE_MAX_MPT + 1;
    assert_refused(&spec, "--text-size");
    spec = a_spec();
    spec.columns = 200;
    assert_refused(&spec, "200 cells");
    spec = a_spec();
    spec.margin_left_um = -1;
    assert_refused(&spec, "margins and gaps");
    spec = a_spec();
    spec.count = 0;
    assert_refused(&spec, "count is 0");
}

/* Without a printed line its size does not matter. */
static void no_text_has_no_size(void **state)
{
    struct sp_sheet_spec spec = a_spec();
    struct sp_sheet_shape shape;
    spec.text = NULL;
    spec.text_mpt = 0;
    assert_shape(&shape, &spec);
    assert_int_equal(shape.caption_bytes_max, 0);
    assert_int_equal(shape.box.code_um, 36400);
}

static void templates_are_refused_by_option(void **state)
{
    struct sp_sheet_spec spec = a_spec();
    spec.id = "{line}";
    assert_refused(&spec, "--id");
    spec = a_spec();
    spec.code = "{line}";
    assert_refused(&spec, "--code");
    spec.code = "";
    assert_refused(&spec, "--code is empty");
    spec = a_spec();
    spec.text = "{nothing}";
    assert_refused(&spec, "--text");
    spec = a_spec();
    spec.id = "{random:2}";
    assert_refused(&spec, "--id");
    spec = a_spec();
    spec.seed = "0011";
    assert_refused(&spec, "seed");
    spec = a_spec();
    spec.title = "bad \xFF";
    assert_refused(&spec, "--title");
}

static void dates_are_those_of_the_file_format(void **state)
{
    static const struct {
        const char *date, *expected;
    } good[] = {{"2026-11-21", "D:20261121000000Z"},
                {"2026-11-21T12:34:56Z", "D:20261121123456Z"},
                {"0001-01-01", "D:00010101000000Z"},
                {"9999-12-31T23:59:59Z", "D:99991231235959Z"}};
    static const char *const bad[] = {"",
                                      "yesterday",
                                      "2026",
                                      "2026-11",
                                      "2026-13-01",
                                      "2026-00-10",
                                      "2026-11-32",
                                      "2026-11-00",
                                      "2026-11-21 ",
                                      "2026-11-21T",
                                      "26-11-21",
                                      "2026-1-1",
                                      "21.11.2026",
                                      "2026-11-21T12:00Z",
                                      "2026-11-21T24:00:00Z",
                                      "2026/11/21",
                                      "2026-11-21Z",
                                      "20261121",
                                      "2026-11-21T12:00:00",
                                      "2026-11-21T12:60:00Z",
                                      "2026-11-21T12:00:60Z",
                                      "2026-02-29",
                                      "2026-04-31",
                                      "2026- 1- 1",
                                      "+026-11-21",
                                      "-026-01-01",
                                      " 026-11-21",
                                      "2026-11-21T 1: 2: 3Z",
                                      "2026-11-21T12:00:00Zx"};
    struct sp_sheet_spec spec = a_spec();
    struct sp_sheet_shape shape;
    assert_shape(&shape, &spec);
    assert_string_equal(shape.date, "");
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        spec.date = good[i].date;
        assert_shape(&shape, &spec);
        assert_string_equal(shape.date, good[i].expected);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        spec.date = bad[i];
        assert_refused(&spec, "--date");
    }
}

static void assert_digest(const struct sp_sheet_spec *spec, bool same)
{
    const struct sp_sheet_spec plain = a_spec();
    struct sp_sheet_shape shape, other;
    assert_shape(&shape, &plain);
    assert_shape(&other, spec);
    assert_int_equal(memcmp(shape.digest, other.digest, sizeof shape.digest) == 0, same);
}

/* Sets one field of a spec, in a copy, and looks at the digest. */
#define ASSERT_SHOWS(field, value)               \
    do {                                         \
        struct sp_sheet_spec changed = a_spec(); \
        changed.field = (value);                 \
        assert_digest(&changed, false);          \
    } while (0)

static void all_that_shows_is_in_the_digest(void **state)
{
    ASSERT_SHOWS(count, 50001);
    ASSERT_SHOWS(id, "{random:11}");
    ASSERT_SHOWS(seed, "10112233445566778899aabbccddeeff");
    ASSERT_SHOWS(code, "{id} ");
    ASSERT_SHOWS(text, "{n}");
    ASSERT_SHOWS(text, NULL);
    ASSERT_SHOWS(qr.ecc, SP_QR_ECC_Q);
    ASSERT_SHOWS(qr.version_min, 2);
    ASSERT_SHOWS(qr.version_max, 39);
    ASSERT_SHOWS(qr.mask, 3);
    ASSERT_SHOWS(qr.kanji, true);
    ASSERT_SHOWS(qr.eci, true);
    ASSERT_SHOWS(quiet_zone, 3);
    ASSERT_SHOWS(page_width_um, 210001);
    ASSERT_SHOWS(page_height_um, 297001);
    ASSERT_SHOWS(margin_top_um, 9999);
    ASSERT_SHOWS(margin_right_um, 9999);
    ASSERT_SHOWS(margin_bottom_um, 9999);
    ASSERT_SHOWS(margin_left_um, 9999);
    ASSERT_SHOWS(column_gap_um, 1999);
    ASSERT_SHOWS(row_gap_um, 1999);
    ASSERT_SHOWS(columns, 4);
    ASSERT_SHOWS(rows, 5);
    ASSERT_SHOWS(code_um, 20000);
    ASSERT_SHOWS(text_mpt, 7000);
    ASSERT_SHOWS(draw, SP_DRAW_SMALL);
    ASSERT_SHOWS(title, "a");
    ASSERT_SHOWS(date, "2026-11-21");
}

/* The threads are how it is made, not what. */
static void how_it_is_made_is_not_in_the_digest(void **state)
{
    struct sp_sheet_spec spec = a_spec();
    assert_digest(&spec, true);
    spec.threads = 16;
    assert_digest(&spec, true);
    spec.strict = true;
    assert_digest(&spec, true);
}

static void only_random_ids_need_a_seed(void **state)
{
    struct sp_sheet_spec spec = a_spec();
    const struct sp_in lines = {.name = "ids.txt"};
    assert_true(sp_sheet_needs_seed(&spec));
    spec.id = "{uuid}";
    assert_true(sp_sheet_needs_seed(&spec));
    spec.id = "BOX-{n}";
    assert_false(sp_sheet_needs_seed(&spec));
    spec.id = "{";
    assert_false(sp_sheet_needs_seed(&spec));
    spec = a_spec();
    spec.lines = &lines;
    assert_false(sp_sheet_needs_seed(&spec));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_story_is_worked_out),
        cmocka_unit_test(versions_are_bounded_by_the_longest_payload),
        cmocka_unit_test(ascii_is_what_can_be_printed),
        cmocka_unit_test(numbers_out_of_range_are_named),
        cmocka_unit_test(no_text_has_no_size),
        cmocka_unit_test(templates_are_refused_by_option),
        cmocka_unit_test(dates_are_those_of_the_file_format),
        cmocka_unit_test(all_that_shows_is_in_the_digest),
        cmocka_unit_test(how_it_is_made_is_not_in_the_digest),
        cmocka_unit_test(only_random_ids_need_a_seed),
    };
    return cmocka_run_group_tests_name("sheet_shape", tests, NULL, NULL);
}
