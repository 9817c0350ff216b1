/* Photos stand in their cells, keep their proportions and leave the gaps free. */
#include "support/unit.h"

#include "layout/photo_row.h"
#include "support/random.h"

static void cells_fill_the_row(void **state)
{
    const struct sp_photo_row row = {.width = 1000, .gap = 40, .cells = 3, .height = 500};
    int64_t end = -row.gap;
    for (unsigned i = 0; i < row.cells; i++) {
        const struct sp_photo_box cell = sp_photo_row_cell(&row, i);
        assert_in_range(cell.x - end, row.gap - 1, row.gap + 1);
        end = cell.x + cell.width;
    }
    assert_int_equal(end, row.width);
}

static void photos_are_bound_by_width_or_height(void **state)
{
    const struct sp_photo_row row = {.width = 820, .gap = 20, .cells = 2, .height = 300};
    const struct sp_photo_box wide = sp_photo_row_fit(&row, 0, 4000, 2000);
    assert_int_equal(wide.width, 400);
    assert_int_equal(wide.height, 200);
    const struct sp_photo_box high = sp_photo_row_fit(&row, 1, 1000, 2000);
    assert_int_equal(high.height, 300);
    assert_int_equal(high.width, 150);
    assert_int_equal(high.x, 420 + (400 - 150) / 2);
}

static void random_photos_stay_in_their_cell(void **state)
{
    struct random random = {5};
    for (int i = 0; i < 50000; i++) {
        const struct sp_photo_row row = {
            .width = random_between(&random, 1000, 2000000),
            .gap = random_between(&random, 0, 200),
            .cells = 1 + (unsigned)random_below(&random, 4),
            .height = random_between(&random, 1, 1000000),
        };
        const unsigned index = (unsigned)random_below(&random, row.cells);
        const uint32_t width = 1 + (uint32_t)random_below(&random, 65535);
        const uint32_t height = 1 + (uint32_t)random_below(&random, 65535);
        const struct sp_photo_box cell = sp_photo_row_cell(&row, index);
        const struct sp_photo_box box = sp_photo_row_fit(&row, index, width, height);
        assert_true(box.width >= 1 && box.height >= 1 && box.height <= row.height);
        assert_true(box.x >= cell.x && box.x + box.width <= cell.x + cell.width);
        /* Proportions, but for the rounding of one side. */
        const double error = (double)box.width * height - (double)box.height * width;
        const double unit = width > height ? width : height;
        assert_true(error <= unit && error >= -unit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_fill_the_row),
        cmocka_unit_test(photos_are_bound_by_width_or_height),
        cmocka_unit_test(random_photos_stay_in_their_cell),
    };
    return cmocka_run_group_tests_name("photo_row", tests, NULL, NULL);
}
