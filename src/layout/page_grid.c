#include "layout/page_grid.h"

#include <smallpress/limit.h>
#include <smallpress/quantity.h>

#include "base/check.h"
#include "base/num.h"

#include <inttypes.h>

/* A length for a message, in a buffer of its own. */
struct mm {
    char text[SP_FORMAT_BYTES];
};

static const char *mm(struct mm *buffer, int64_t um)
{
    return sp_format_length(buffer->text, sizeof buffer->text, um);
}

/* Room left for the cells along one side, which may be negative. */
static int64_t cells_um(int64_t side_um, int64_t before_um, int64_t after_um, uint32_t count,
                        int64_t gap_um)
{
    return side_um - before_um - after_um - (int64_t)(count - 1) * gap_um;
}

static enum sp_status check_side(const char *across, int64_t side_um, int64_t before_um,
                                 int64_t after_um, uint32_t count, int64_t gap_um,
                                 struct sp_err *err)
{
    struct mm side, margins, gap, each, least;
    const int64_t each_um = cells_um(side_um, before_um, after_um, count, gap_um) / count;
    if (each_um >= SP_CELL_MIN_UM)
        return SP_OK;
    return sp_fail(err, SP_BAD_SPEC,
                   "%" PRIu32 " cells do not fit a page that is %s %s, with margins of %s in all "
                   "and gaps of %s: %s would be left for each, and it needs %s; take fewer cells, "
                   "or smaller margins or gaps",
                   count, mm(&side, side_um), across, mm(&margins, before_um + after_um),
                   mm(&gap, gap_um), each_um > 0 ? mm(&each, each_um) : "nothing",
                   mm(&least, SP_CELL_MIN_UM));
}

enum sp_status sp_page_grid_check(const struct sp_page_grid *grid, struct sp_err *err)
{
    struct mm width, height, least, most;
    if (grid->width_um < SP_PAGE_MIN_UM || grid->width_um > SP_PAGE_MAX_UM ||
        grid->height_um < SP_PAGE_MIN_UM || grid->height_um > SP_PAGE_MAX_UM)
        return sp_fail(err, SP_BAD_SPEC,
                       "a page of %s by %s cannot be made: each side must be %s to %s",
                       mm(&width, grid->width_um), mm(&height, grid->height_um),
                       mm(&least, SP_PAGE_MIN_UM), mm(&most, SP_PAGE_MAX_UM));
    if (grid->columns == 0 || grid->rows == 0 ||
        (uint64_t)grid->columns * grid->rows > SP_CELLS_MAX)
        return sp_fail(err, SP_BAD_SPEC,
                       "a grid of %" PRIu32 "x%" PRIu32 " cannot be made: a page has 1 to %d cells",
                       grid->columns, grid->rows, SP_CELLS_MAX);
    const int64_t spaces_um[] = {grid->top_um,  grid->right_um,      grid->bottom_um,
                                 grid->left_um, grid->column_gap_um, grid->row_gap_um};
    for (size_t i = 0; i < SP_COUNT(spaces_um); i++)
        if (spaces_um[i] < 0 || spaces_um[i] > SP_PAGE_MAX_UM)
            return sp_fail(err, SP_BAD_SPEC, "margins and gaps must be 0 mm to %s, not %s",
                           mm(&most, SP_PAGE_MAX_UM), mm(&width, spaces_um[i]));
    const enum sp_status status = check_side("wide", grid->width_um, grid->left_um, grid->right_um,
                                             grid->columns, grid->column_gap_um, err);
    if (status != SP_OK)
        return status;
    return check_side("high", grid->height_um, grid->top_um, grid->bottom_um, grid->rows,
                      grid->row_gap_um, err);
}

struct sp_rect sp_page_grid_cell(const struct sp_page_grid *grid, uint32_t index)
{
    SP_ASSERT(index < grid->columns * grid->rows);
    const int64_t column = index % grid->columns;
    const int64_t row = index / grid->columns;
    const int64_t wide_um =
        cells_um(grid->width_um, grid->left_um, grid->right_um, grid->columns, grid->column_gap_um);
    const int64_t high_um =
        cells_um(grid->height_um, grid->top_um, grid->bottom_um, grid->rows, grid->row_gap_um);
    const int64_t left = column * wide_um / grid->columns;
    const int64_t right = (column + 1) * wide_um / grid->columns;
    const int64_t top = row * high_um / grid->rows;
    const int64_t bottom = (row + 1) * high_um / grid->rows;
    return (struct sp_rect){
        .x_um = grid->left_um + left + column * grid->column_gap_um,
        .y_um = grid->top_um + top + row * grid->row_gap_um,
        .width_um = right - left,
        .height_um = bottom - top,
    };
}
