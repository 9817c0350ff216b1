/*
 * Where the photos of a row stand: cells side by side, each photo as large as its cell allows.
 *
 * Photos keep their proportions, stand in the middle of their cell and hang from one line.
 */
#ifndef SP_LAYOUT_PHOTO_ROW_H
#define SP_LAYOUT_PHOTO_ROW_H

#include <stdint.h>

struct sp_photo_row {
    int64_t width;  /* of the row; any unit of length */
    int64_t gap;    /* between cells */
    unsigned cells; /* 1 or more */
    int64_t height; /* of a photo at most */
};

struct sp_photo_box {
    int64_t x, width, height; /* from the start of the row */
};

/* The cell of an index: its start and its width; its height is the row's. */
struct sp_photo_box sp_photo_row_cell(const struct sp_photo_row *row, unsigned index);

/* The largest box in a cell for a photo of so many pixels (1 or more each way). */
struct sp_photo_box sp_photo_row_fit(const struct sp_photo_row *row, unsigned index,
                                     uint32_t width_px, uint32_t height_px);

#endif
