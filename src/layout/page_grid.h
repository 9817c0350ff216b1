/*
 * Where the cells of a sheet are: pure geometry in whole micrometres.
 *
 * A page less its margins is divided evenly into columns × rows cells with gaps between them. x
 * runs to the right and y down, from the upper left corner of the page. Cell 0 is the upper left
 * one and cells run along the rows. Edges are rounded one by one from the exact division, so that
 * the last cell ends where the margin begins.
 */
#ifndef SP_LAYOUT_PAGE_GRID_H
#define SP_LAYOUT_PAGE_GRID_H

#include <smallpress/status.h>
#include <stdint.h>

struct sp_page_grid {
    int64_t width_um, height_um;                  /* of the page */
    int64_t top_um, right_um, bottom_um, left_um; /* margins */
    int64_t column_gap_um, row_gap_um;            /* between neighbours */
    uint32_t columns, rows;
};

struct sp_rect {
    int64_t x_um, y_um, width_um, height_um;
};

/* SP_BAD_SPEC with the numbers and a way out if the cells would not fit or would be too small. */
SP_MUST_CHECK enum sp_status sp_page_grid_check(const struct sp_page_grid *grid,
                                                struct sp_err *err);

/* The cell of an index below columns × rows, in a grid that was checked. */
struct sp_rect sp_page_grid_cell(const struct sp_page_grid *grid, uint32_t index);

#endif
