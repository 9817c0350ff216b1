/* Cells of a page: inside it, apart, alike to a micrometre, and ending where the margin begins. */
#include "support/unit.h"

#include <smallpress/limit.h>

#include "layout/page_grid.h"
#include "support/random.h"

#include <string.h>

static const struct sp_page_grid a4 = {
    .width_um = 210000,
    .height_um = 297000,
    .top_um = 10000,
    .right_um = 10000,
    .bottom_um = 10000,
    .left_um = 10000,
    .column_gap_um = 2000,
    .row_gap_um = 2000,
    .columns = 5,
    .rows = 6,
};

/* Any grid, of which some can be made and some cannot. */
static struct sp_page_grid any_grid(struct random *random)
{
    const int64_t side_um =
        random_between(random, 4000, random_below(random, 4) ? 400000 : 5090000);
    const int64_t most_um = side_um / 4;
    return (struct sp_page_grid){
        .width_um = side_um,
        .height_um = random_between(random, side_um / 2, side_um * 2),
        .top_um = random_between(random, 0, most_um),
        .right_um = random_between(random, 0, most_um),
        .bottom_um = random_between(random, 0, most_um),
        .left_um = random_between(random, 0, most_um),
        .column_gap_um = random_between(random, 0, 5000),
        .row_gap_um = random_between(random, 0, 5000),
        .columns = (uint32_t)random_between(random, 0, random_below(random, 2) ? 12 : 200),
        .rows = (uint32_t)random_between(random, 1, random_below(random, 2) ? 12 : 200),
    };
}

static void assert_alike(int64_t size_um, int64_t least_um)
{
    assert_in_range(size_um, least_um, least_um + 1);
}

/* A cell stands behind its left and its upper neighbour by exactly the gap. */
static void assert_neighbours(const struct sp_page_grid *grid, uint32_t index)
{
    const struct sp_rect cell = sp_page_grid_cell(grid, index);
    const uint32_t column = index % grid->columns, row = index / grid->columns;
    if (column == 0) {
        assert_int_equal(cell.x_um, grid->left_um);
    } else {
        const struct sp_rect left = sp_page_grid_cell(grid, index - 1);
        assert_int_equal(cell.x_um, left.x_um + left.width_um + grid->column_gap_um);
        assert_int_equal(cell.y_um, left.y_um);
        assert_int_equal(cell.height_um, left.height_um);
    }
    if (row == 0) {
        assert_int_equal(cell.y_um, grid->top_um);
    } else {
        const struct sp_rect above = sp_page_grid_cell(grid, index - grid->columns);
        assert_int_equal(cell.y_um, above.y_um + above.height_um + grid->row_gap_um);
        assert_int_equal(cell.x_um, above.x_um);
        assert_int_equal(cell.width_um, above.width_um);
    }
    if (column == grid->columns - 1)
        assert_int_equal(cell.x_um + cell.width_um, grid->width_um - grid->right_um);
    if (row == grid->rows - 1)
        assert_int_equal(cell.y_um + cell.height_um, grid->height_um - grid->bottom_um);
}

/* Neighbours that touch to the micrometre cannot overlap, and reach from margin to margin. */
static void assert_cells(const struct sp_page_grid *grid)
{
    const struct sp_rect first = sp_page_grid_cell(grid, 0);
    assert_true(first.width_um >= SP_CELL_MIN_UM && first.height_um >= SP_CELL_MIN_UM);
    for (uint32_t i = 0; i < grid->columns * grid->rows; i++) {
        const struct sp_rect cell = sp_page_grid_cell(grid, i);
        assert_alike(cell.width_um, first.width_um);
        assert_alike(cell.height_um, first.height_um);
        assert_neighbours(grid, i);
    }
}

/* Whether it must be taken, from the manual's words alone. */
static int can_be_made(const struct sp_page_grid *grid)
{
    if (grid->width_um < SP_PAGE_MIN_UM || grid->width_um > SP_PAGE_MAX_UM ||
        grid->height_um < SP_PAGE_MIN_UM || grid->height_um > SP_PAGE_MAX_UM)
        return 0;
    if (grid->columns * grid->rows < 1 || grid->columns * grid->rows > SP_CELLS_MAX)
        return 0;
    const int64_t wide = grid->width_um - grid->left_um - grid->right_um -
                         ((int64_t)grid->columns - 1) * grid->column_gap_um;
    const int64_t high = grid->height_um - grid->top_um - grid->bottom_um -
                         ((int64_t)grid->rows - 1) * grid->row_gap_um;
    return wide >= (int64_t)grid->columns * SP_CELL_MIN_UM &&
           high >= (int64_t)grid->rows * SP_CELL_MIN_UM;
}

static void random_grids_are_right_or_refused(void **state)
{
    struct random random = {7};
    unsigned made = 0, refused = 0;
    for (int i = 0; i < 3000; i++) {
        const struct sp_page_grid grid = any_grid(&random);
        struct sp_err err = {.status = SP_OK, .text = ""};
        const enum sp_status status = sp_page_grid_check(&grid, &err);
        assert_int_equal(status, can_be_made(&grid) ? SP_OK : SP_BAD_SPEC);
        assert_int_equal(err.status, status);
        if (status == SP_OK) {
            made++;
            assert_string_equal(err.text, "");
            if (grid.columns * grid.rows < 500 || made % 16 == 0)
                assert_cells(&grid);
        } else {
            refused++;
            assert_non_null(strpbrk(err.text, "0123456789"));
        }
    }
    assert_true(made > 500);
    assert_true(refused > 500);
}

/* 190 mm less four gaps of 2 mm is 182 mm: cells of 36.4 mm, exactly. */
static void the_first_story_has_its_cells(void **state)
{
    assert_int_equal(sp_page_grid_check(&a4, NULL), SP_OK);
    assert_cells(&a4);
    const struct sp_rect cell = sp_page_grid_cell(&a4, 6);
    assert_int_equal(cell.x_um, 10000 + 36400 + 2000);
    assert_int_equal(cell.width_um, 36400);
    assert_int_equal(cell.y_um, 10000 + 44500 + 2000);
    assert_int_equal(cell.height_um, 44500);
}

static void the_limits_themselves_can_be_made(void **state)
{
    const struct sp_page_grid small = {
        .width_um = SP_PAGE_MIN_UM, .height_um = SP_PAGE_MIN_UM, .columns = 5, .rows = 5};
    const struct sp_page_grid large = {
        .width_um = SP_PAGE_MAX_UM, .height_um = SP_PAGE_MAX_UM, .columns = 100, .rows = 100};
    assert_int_equal(sp_page_grid_check(&small, NULL), SP_OK);
    assert_cells(&small);
    assert_int_equal(sp_page_grid_check(&large, NULL), SP_OK);
    assert_cells(&large);
}

static void errors_name_the_numbers(void **state)
{
    struct sp_err err;
    struct sp_page_grid grid = a4;
    grid.columns = 90;
    assert_int_equal(sp_page_grid_check(&grid, &err), SP_BAD_SPEC);
    assert_non_null(strstr(err.text, "90 cells"));
    assert_non_null(strstr(err.text, "20 mm"));
    assert_non_null(strstr(err.text, "2 mm"));
    assert_non_null(strstr(err.text, "210 mm wide"));
    assert_non_null(strstr(err.text, "0.13 mm"));
    assert_non_null(strstr(err.text, "needs 1 mm"));

    grid = a4;
    grid.top_um = 300500;
    assert_int_equal(sp_page_grid_check(&grid, &err), SP_BAD_SPEC);
    assert_non_null(strstr(err.text, "6 cells"));
    assert_non_null(strstr(err.text, "310.5 mm"));
    assert_non_null(strstr(err.text, "297 mm high"));
    assert_non_null(strstr(err.text, "nothing would be left"));

    grid = a4;
    grid.width_um = SP_PAGE_MIN_UM - 1;
    assert_int_equal(sp_page_grid_check(&grid, &err), SP_BAD_SPEC);
    assert_non_null(strstr(err.text, "by 297 mm"));
    assert_non_null(strstr(err.text, "5 mm to 5080 mm"));

    grid = a4;
    grid.columns = 101;
    grid.rows = 100;
    assert_int_equal(sp_page_grid_check(&grid, &err), SP_BAD_SPEC);
    assert_non_null(strstr(err.text, "101x100"));
    assert_non_null(strstr(err.text, "10000"));
    /* A product that would be small in 32 bits. */
    grid.columns = grid.rows = 65536;
    assert_int_equal(sp_page_grid_check(&grid, &err), SP_BAD_SPEC);
    assert_non_null(strstr(err.text, "65536x65536"));
}

/* Nothing is negative, and nothing so large that a sum of it would not fit its type. */
static void margins_and_gaps_have_limits(void **state)
{
    static const struct {
        int64_t um;
        const char *words;
    } cases[] = {{-10, "-0.01 mm"}, {SP_PAGE_MAX_UM + 10, "5080.01 mm"}, {INT64_MAX, "mm"}};
    for (int i = 0; i < 18; i++) {
        struct sp_page_grid grid = a4;
        int64_t *const sides[6] = {&grid.top_um,  &grid.right_um,      &grid.bottom_um,
                                   &grid.left_um, &grid.column_gap_um, &grid.row_gap_um};
        struct sp_err err;
        *sides[i % 6] = cases[i / 6].um;
        assert_int_equal(sp_page_grid_check(&grid, &err), SP_BAD_SPEC);
        assert_non_null(strstr(err.text, "margins and gaps must be 0 mm to 5080 mm"));
        assert_non_null(strstr(err.text, cases[i / 6].words));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_grids_are_right_or_refused),
        cmocka_unit_test(the_first_story_has_its_cells),
        cmocka_unit_test(the_limits_themselves_can_be_made),
        cmocka_unit_test(errors_name_the_numbers),
        cmocka_unit_test(margins_and_gaps_have_limits),
    };
    return cmocka_run_group_tests_name("page_grid", tests, NULL, NULL);
}
