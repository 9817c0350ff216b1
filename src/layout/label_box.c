#include "layout/label_box.h"

#include <smallpress/quantity.h>

/*
 * Height of a line in hundredths of its size: the baseline lies one size below its top, and a
 * quarter below that is room for descenders.
 */
#define LINE_HUNDREDTHS 125

static int64_t divide_to_nearest(int64_t a, int64_t b)
{
    return a >= 0 ? (a + b / 2) / b : -((-a + b / 2) / b);
}

int64_t sp_mpt_of_um(int64_t um)
{
    return divide_to_nearest(um * 360, 127);
}

int64_t sp_um_of_mpt(int64_t mpt)
{
    return divide_to_nearest(mpt * 127, 360);
}

enum sp_status sp_label_box_make(struct sp_label_box *box, int64_t cell_width_um,
                                 int64_t cell_height_um, int64_t code_um, int64_t text_mpt,
                                 struct sp_err *err)
{
    const int64_t line_um = sp_um_of_mpt(text_mpt * LINE_HUNDREDTHS / 100);
    const int64_t room_um = cell_height_um - line_um;
    const int64_t most_um = room_um < cell_width_um ? room_um : cell_width_um;
    char width[SP_FORMAT_BYTES], height[SP_FORMAT_BYTES];
    if (most_um <= 0)
        return sp_fail(err, SP_BAD_SPEC,
                       "cells of %s by %s leave no room for a code above its line of text: take "
                       "fewer rows, a smaller --text-size, or --text none",
                       sp_format_length(width, sizeof width, cell_width_um),
                       sp_format_length(height, sizeof height, cell_height_um));
    if (code_um > most_um)
        return sp_fail(err, SP_BAD_SPEC,
                       "a code of %s (with its quiet zone) does not fit its cell, which has room "
                       "for %s: take fewer cells or a smaller --code-size",
                       sp_format_length(width, sizeof width, code_um),
                       sp_format_length(height, sizeof height, most_um));
    const int64_t side_um = code_um ? code_um : most_um;
    const int64_t top_um = (cell_height_um - side_um - line_um) / 2;
    *box = (struct sp_label_box){
        .code_x_um = (cell_width_um - side_um) / 2,
        .code_y_um = top_um,
        .code_um = side_um,
        .text_center_um = cell_width_um / 2,
        .baseline_um = top_um + side_um + sp_um_of_mpt(text_mpt),
        .text_width_um = cell_width_um > 2 * line_um ? cell_width_um - line_um : cell_width_um,
        .text_above_um = sp_um_of_mpt(text_mpt),
        .text_below_um = cell_height_um - (top_um + side_um + sp_um_of_mpt(text_mpt)),
    };
    return SP_OK;
}
