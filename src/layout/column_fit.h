/*
 * The widths of a table's columns, from what stands in them.
 *
 * Every column has a narrowest width (its widest word) and a natural one (its longest text
 * unbroken). If all natural widths fit, what is left is shared in their proportion; if only the
 * narrowest fit, what is left goes where text would be broken; if not even those, all shrink alike.
 * Columns with a weight share by it what the natural widths of the others leave over, if that is
 * enough for their words.
 */
#ifndef SP_LAYOUT_COLUMN_FIT_H
#define SP_LAYOUT_COLUMN_FIT_H

#include <stddef.h>
#include <stdint.h>

/* Columns at once. */
#define SP_COLUMN_FIT_MAX 128

struct sp_column_fit {
    int64_t narrowest, natural; /* narrowest <= natural; any unit of length */
    uint32_t weight;            /* 0 for a width that follows from the texts */
    int64_t width;              /* what it gets */
};

/*
 * Works out the widths of `count` columns (1 to SP_COLUMN_FIT_MAX) whose sum is `total` exactly. No
 * column gets less than `floor` unless `count` × `floor` is more than `total`.
 */
void sp_column_fit(struct sp_column_fit *columns, size_t count, int64_t total, int64_t floor);

#endif
