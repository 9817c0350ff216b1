/* Squares of modules for the drawings: by chance, and the extremes that codes never reach. */
#ifndef SP_TESTS_MATRICES_H
#define SP_TESTS_MATRICES_H

#include "support/random.h"

#include <smallpress/matrix.h>

#include <string.h>

enum matrix_pattern {
    MATRIX_DARK,
    MATRIX_LIGHT,
    MATRIX_CHECKERBOARD, /* the most runs a square can have */
    MATRIX_ROWS,         /* dark and light in turn */
    MATRIX_COLUMNS,
    MATRIX_RANDOM,
    MATRIX_SPARSE, /* one module in sixteen is dark */
    MATRIX_DENSE,  /* one module in sixteen is light */
    MATRIX_FRAME,  /* the edge alone */
    MATRIX_PATTERNS,
};

static inline bool matrix_module(enum matrix_pattern pattern, uint32_t size, uint32_t x, uint32_t y,
                                 struct random *random)
{
    switch (pattern) {
    case MATRIX_DARK:
        return true;
    case MATRIX_CHECKERBOARD:
        return (x + y) % 2 == 0;
    case MATRIX_ROWS:
        return y % 2 == 0;
    case MATRIX_COLUMNS:
        return x % 2 == 0;
    case MATRIX_RANDOM:
        return random_below(random, 2) == 0;
    case MATRIX_SPARSE:
        return random_below(random, 16) == 0;
    case MATRIX_DENSE:
        return random_below(random, 16) != 0;
    case MATRIX_FRAME:
        return x == 0 || y == 0 || x == size - 1 || y == size - 1;
    default:
        return false;
    }
}

static inline void matrix_fill(struct sp_matrix *modules, uint32_t size,
                               enum matrix_pattern pattern, struct random *random)
{
    memset(modules, 0, sizeof *modules);
    modules->size = size;
    for (uint32_t y = 0; y < size; y++)
        for (uint32_t x = 0; x < size; x++)
            if (matrix_module(pattern, size, x, y, random))
                modules->row[y][x / 64] |= UINT64_C(1) << (63 - x % 64);
}

#endif
