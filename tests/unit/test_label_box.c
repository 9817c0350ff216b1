/* A code above its line, both inside their cell whatever its size, or a sentence that says why not.
 */
#include "support/unit.h"

#include "layout/label_box.h"
#include "support/random.h"

#include <stdlib.h>
#include <string.h>

/* Micrometres of a line: 1.25 times its size. */
static int64_t line_um(int64_t text_mpt)
{
    return sp_um_of_mpt(text_mpt * 125 / 100);
}

static void assert_inside(const struct sp_label_box *box, int64_t width_um, int64_t height_um,
                          int64_t text_mpt)
{
    const int64_t line = line_um(text_mpt);
    assert_true(box->code_um > 0);
    assert_true(box->code_x_um >= 0 && box->code_x_um + box->code_um <= width_um);
    assert_true(box->code_y_um >= 0 && box->code_y_um + box->code_um + line <= height_um);
    /* The line hangs below the code: its baseline one size down, its descenders in the cell. */
    assert_int_equal(box->baseline_um, box->code_y_um + box->code_um + sp_um_of_mpt(text_mpt));
    assert_true(box->baseline_um <= height_um);
    assert_int_equal(box->text_center_um, width_um / 2);
    /* Half a line of air on both sides, and the ink within the cell and clear of the code. */
    assert_int_equal(box->text_width_um, width_um > 2 * line ? width_um - line : width_um);
    assert_int_equal(box->text_above_um, sp_um_of_mpt(text_mpt));
    assert_int_equal(box->baseline_um + box->text_below_um, height_um);
    assert_true(box->text_below_um >= 0);
    /* Centred: what is left over on both sides differs by a micrometre at most. */
    const int64_t right = width_um - box->code_x_um - box->code_um;
    const int64_t below = height_um - box->code_y_um - box->code_um - line;
    assert_in_range(right - box->code_x_um, 0, 1);
    assert_in_range(below - box->code_y_um, 0, 1);
}

static void random_boxes_are_right_or_refused(void **state)
{
    struct random random = {17};
    unsigned made = 0, refused = 0;
    for (int i = 0; i < 100000; i++) {
        const int64_t width = random_between(&random, 1000, 100000);
        const int64_t height = random_between(&random, 1000, 100000);
        const int64_t text = random_below(&random, 4) ? random_between(&random, 1000, 72000) : 0;
        const int64_t code = random_below(&random, 2) ? random_between(&random, 1, 110000) : 0;
        const int64_t room = height - line_um(text);
        const int64_t most = room < width ? room : width;
        struct sp_label_box box;
        struct sp_err err = {0};
        const enum sp_status status = sp_label_box_make(&box, width, height, code, text, &err);
        assert_int_equal(status, most > 0 && code <= most ? SP_OK : SP_BAD_SPEC);
        assert_int_equal(err.status, status);
        if (status != SP_OK) {
            refused++;
            assert_non_null(strpbrk(err.text, "0123456789"));
            continue;
        }
        made++;
        assert_int_equal(box.code_um, code ? code : most);
        assert_inside(&box, width, height, text);
    }
    assert_true(made > 10000);
    assert_true(refused > 10000);
}

static void without_a_text_the_code_has_the_cell(void **state)
{
    struct sp_label_box box;
    assert_int_equal(sp_label_box_make(&box, 30000, 40000, 0, 0, NULL), SP_OK);
    assert_int_equal(box.code_um, 30000);
    assert_int_equal(box.code_x_um, 0);
    assert_int_equal(box.code_y_um, 5000);
}

/* 8 pt: a line of 10 pt is 3,528 um, and the baseline 2,822 um below the code. */
static void a_text_takes_its_line(void **state)
{
    struct sp_label_box box;
    assert_int_equal(sp_label_box_make(&box, 36400, 44500, 0, 8000, NULL), SP_OK);
    assert_int_equal(box.code_um, 36400);
    assert_int_equal(box.code_y_um, (44500 - 36400 - 3528) / 2);
    assert_int_equal(box.baseline_um, box.code_y_um + 36400 + 2822);
}

static void errors_name_the_numbers(void **state)
{
    struct sp_label_box box;
    struct sp_err err;
    assert_int_equal(sp_label_box_make(&box, 9000, 3528, 0, 8000, &err), SP_BAD_SPEC);
    assert_non_null(strstr(err.text, "9 mm by 3.53 mm"));
    assert_int_equal(sp_label_box_make(&box, 9000, 3529, 0, 8000, &err), SP_OK);
    assert_int_equal(box.code_um, 1);
    assert_int_equal(sp_label_box_make(&box, 9000, 20000, 9500, 0, &err), SP_BAD_SPEC);
    assert_non_null(strstr(err.text, "9.5 mm"));
    assert_non_null(strstr(err.text, "9 mm:"));
    assert_non_null(strstr(err.text, "--code-size"));
}

static void points_and_micrometres_are_an_inch(void **state)
{
    assert_int_equal(sp_mpt_of_um(25400), 72000);
    assert_int_equal(sp_um_of_mpt(72000), 25400);
    assert_int_equal(sp_mpt_of_um(210000), 595276);
    assert_int_equal(sp_mpt_of_um(297000), 841890);
    assert_int_equal(sp_mpt_of_um(-210000), -595276);
    assert_int_equal(sp_mpt_of_um(0), 0);
    struct random random = {23};
    for (int i = 0; i < 100000; i++) {
        const int64_t um = random_between(&random, -6000000, 6000000);
        /* Nearest: twice the error in 127ths of a thousandth is not above 127. */
        assert_true(llabs(2 * (sp_mpt_of_um(um) * 127 - um * 360)) <= 127);
        assert_true(llabs(2 * (sp_um_of_mpt(um) * 360 - um * 127)) <= 360);
        assert_int_equal(sp_um_of_mpt(sp_mpt_of_um(um)), um);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_boxes_are_right_or_refused),
        cmocka_unit_test(without_a_text_the_code_has_the_cell),
        cmocka_unit_test(a_text_takes_its_line),
        cmocka_unit_test(errors_name_the_numbers),
        cmocka_unit_test(points_and_micrometres_are_an_inch),
    };
    return cmocka_run_group_tests_name("label_box", tests, NULL, NULL);
}
