#include "layout/photo_row.h"

#include "base/check.h"

struct sp_photo_box sp_photo_row_cell(const struct sp_photo_row *row, unsigned index)
{
    SP_ASSERT(row->cells > 0 && index < row->cells);
    /* Edges are rounded one by one, so that the last cell ends where the row does. */
    const int64_t wide = row->width + row->gap;
    const int64_t start = wide * index / row->cells;
    const int64_t end = wide * (index + 1) / row->cells - row->gap;
    return (struct sp_photo_box){start, end - start, row->height};
}

struct sp_photo_box sp_photo_row_fit(const struct sp_photo_row *row, unsigned index,
                                     uint32_t width_px, uint32_t height_px)
{
    SP_ASSERT(width_px > 0 && height_px > 0);
    const struct sp_photo_box cell = sp_photo_row_cell(row, index);
    struct sp_photo_box box = {.width = cell.width, .height = cell.width * height_px / width_px};
    if (box.height > cell.height) {
        box.height = cell.height;
        box.width = cell.height * width_px / height_px;
    }
    box.width = box.width > 0 ? box.width : 1;
    box.height = box.height > 0 ? box.height : 1;
    box.x = cell.x + (cell.width - box.width) / 2;
    return box;
}
