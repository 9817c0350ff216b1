/*
 * A square of modules, as rows of bits in machine words.
 *
 * Column c of row r is bit 63 - c % 64 of row[r][c / 64]: left-justified, most significant bit
 * first. A shift therefore brings in light modules from outside, and the big-endian bytes of a row
 * are a 1-bit raster line. Dark is 1. Bits at and beyond column `size` are 0.
 */
#ifndef SMALLPRESS_MATRIX_H
#define SMALLPRESS_MATRIX_H

#include "export.h"
#include <stdbool.h>
#include <stdint.h>

SP_BEGIN_DECLS

#define SP_MATRIX_SIZE_MAX  177 /* modules a side: QR version 40, the largest square we draw */
#define SP_MATRIX_ROW_WORDS 3   /* 64-bit words that hold such a row */

struct sp_matrix {
    uint32_t size; /* modules a side, 0 to SP_MATRIX_SIZE_MAX; 0 is "no code" */
    uint64_t row[SP_MATRIX_SIZE_MAX][SP_MATRIX_ROW_WORDS];
};

/* Whether the module at (x, y) is dark; false outside the square, which is light by definition. */
static inline bool sp_matrix_get(const struct sp_matrix *matrix, int x, int y)
{
    if (x < 0 || y < 0 || (uint32_t)x >= matrix->size || (uint32_t)y >= matrix->size)
        return false;
    return (matrix->row[y][x / 64] >> (63 - x % 64) & 1) != 0;
}

SP_END_DECLS

#endif
