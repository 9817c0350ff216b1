/*
 * What stands where in a cell: the code, and the printed line under it.
 *
 *     +--------------------+
 *     |  quiet zone        |   The box is a square, as wide as the cell allows or as asked, and
 *     |   ##########       |   holds the code with its quiet zone. Under it stands one line of
 *     |   ## code ##       |   text, centred. Box and line together are centred in the cell.
 *     |   ##########       |
 *     |                    |
 *     |     T5HW9KXQ2M     |
 *     +--------------------+
 *
 * All offsets are from the upper left corner of the cell, y down, in whole micrometres; text sizes
 * are in thousandths of a point (mpt).
 */
#ifndef SP_LAYOUT_LABEL_BOX_H
#define SP_LAYOUT_LABEL_BOX_H

#include <smallpress/status.h>
#include <stdbool.h>
#include <stdint.h>

struct sp_label_box {
    int64_t code_x_um, code_y_um, code_um; /* the square of the code with its quiet zone */
    int64_t text_center_um, baseline_um;   /* of the printed line */
    int64_t text_width_um;                 /* at most, with air to the neighbours left over */
    int64_t text_above_um, text_below_um;  /* at most, from the baseline: up to the box of the code,
                                              down to the end of the cell */
};

/*
 * `code_um` is the side asked for, or 0 for the largest that fits; `text_mpt` the size of the
 * printed line, or 0 for none. SP_BAD_SPEC if the cell is too small for what was asked.
 */
SP_MUST_CHECK enum sp_status sp_label_box_make(struct sp_label_box *box, int64_t cell_width_um,
                                               int64_t cell_height_um, int64_t code_um,
                                               int64_t text_mpt, struct sp_err *err);

/* Thousandths of a point of micrometres, rounded to nearest: 1 in = 25,400 um = 72,000 mpt. */
int64_t sp_mpt_of_um(int64_t um);
int64_t sp_um_of_mpt(int64_t mpt);

#endif
