/* Widths that add up exactly, give words room where there is any, and never fall under the floor.
 */
#include "support/unit.h"

#include "layout/column_fit.h"
#include "support/random.h"

#include <stdbool.h>

static int64_t sum_of(const struct sp_column_fit *columns, size_t count)
{
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += columns[i].width;
    return sum;
}

static void everything_fits(void **state)
{
    struct sp_column_fit columns[] = {{10, 100, 0, 0}, {10, 300, 0, 0}};
    sp_column_fit(columns, 2, 800, 5);
    assert_int_equal(sum_of(columns, 2), 800);
    assert_in_range(columns[0].width, 199, 202);
    assert_in_range(columns[1].width, 598, 601);
}

static void words_fit_and_the_long_text_is_broken(void **state)
{
    struct sp_column_fit columns[] = {{50, 50, 0, 0}, {60, 5000, 0, 0}};
    sp_column_fit(columns, 2, 400, 5);
    assert_int_equal(sum_of(columns, 2), 400);
    assert_true(columns[0].width >= 50);
    assert_in_range(columns[1].width, 340, 350);
}

static void not_even_words_fit(void **state)
{
    struct sp_column_fit columns[] = {{1000, 1000, 0, 0}, {10, 10, 0, 0}};
    sp_column_fit(columns, 2, 200, 30);
    assert_int_equal(sum_of(columns, 2), 200);
    assert_int_equal(columns[1].width, 30);
}

static void weights_share_the_width(void **state)
{
    struct sp_column_fit columns[] = {{9, 900, 1, 0}, {9, 9, 3, 0}};
    sp_column_fit(columns, 2, 800, 5);
    assert_int_equal(columns[0].width, 200);
    assert_int_equal(columns[1].width, 600);
}

static void weights_share_what_others_leave(void **state)
{
    struct sp_column_fit columns[] = {{9, 50, 0, 0}, {9, 900, 1, 0}, {9, 900, 2, 0}};
    sp_column_fit(columns, 3, 650, 5);
    assert_int_equal(columns[0].width, 50);
    assert_int_equal(columns[1].width, 200);
    assert_int_equal(columns[2].width, 400);
    /* Where they leave too little, weights count for nothing. */
    struct sp_column_fit narrow[] = {{9, 600, 0, 0}, {100, 900, 1, 0}};
    sp_column_fit(narrow, 2, 650, 5);
    assert_true(narrow[1].width > 100 && narrow[0].width < 600);
}

static void random_columns_add_up(void **state)
{
    struct random random = {41};
    for (int i = 0; i < 20000; i++) {
        struct sp_column_fit columns[SP_COLUMN_FIT_MAX];
        const size_t count = 1 + random_below(&random, SP_COLUMN_FIT_MAX);
        const int64_t total = random_between(&random, 0, 600000);
        const int64_t floor = random_between(&random, 0, 30000);
        const bool weighed = random_below(&random, 4) == 0;
        for (size_t j = 0; j < count; j++) {
            const int64_t narrowest = random_between(&random, 0, 1 << random_below(&random, 30));
            columns[j] = (struct sp_column_fit){
                narrowest, narrowest + random_between(&random, 0, 1 << random_below(&random, 30)),
                weighed ? (uint32_t)random_below(&random, 100) : 0, 0};
        }
        sp_column_fit(columns, count, total, floor);
        assert_int_equal(sum_of(columns, count), total);
        const int64_t least = floor < total / (int64_t)count ? floor : total / (int64_t)count;
        for (size_t j = 0; j < count; j++)
            assert_true(columns[j].width >= least);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_fits),
        cmocka_unit_test(words_fit_and_the_long_text_is_broken),
        cmocka_unit_test(not_even_words_fit),
        cmocka_unit_test(weights_share_the_width),
        cmocka_unit_test(weights_share_what_others_leave),
        cmocka_unit_test(random_columns_add_up),
    };
    return cmocka_run_group_tests_name("column_fit", tests, NULL, NULL);
}
