/*
 * Checked and rounding arithmetic.
 *
 * Sizes of memory are added and multiplied with saturation: SIZE_MAX stands for "more than any
 * machine has", so a chain of sums needs one look at its end.
 */
#ifndef SP_BASE_NUM_H
#define SP_BASE_NUM_H

#include <stddef.h>
#include <stdint.h>

static inline size_t sp_size_add(size_t a, size_t b)
{
    return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

static inline size_t sp_size_mul(size_t a, size_t b)
{
    return a != 0 && b > SIZE_MAX / a ? SIZE_MAX : a * b;
}

static inline uint64_t sp_u64_add(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static inline uint64_t sp_u64_mul(uint64_t a, uint64_t b)
{
    return a != 0 && b > UINT64_MAX / a ? UINT64_MAX : a * b;
}

static inline uint64_t sp_u64_div_ceil(uint64_t a, uint64_t b)
{
    return a / b + (a % b != 0);
}

#define SP_MIN(a, b)    ((a) < (b) ? (a) : (b))
#define SP_MAX(a, b)    ((a) > (b) ? (a) : (b))
#define SP_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
