/*
 * The two passes of the resampler: sums of products, as many at once as the machine has lanes.
 *
 * All sums are of whole numbers and exact, so every way to compute them gives the same bytes.
 */
#ifndef SP_PHOTO_RESAMPLE_KERNEL_H
#define SP_PHOTO_RESAMPLE_KERNEL_H

#include <stddef.h>
#include <stdint.h>

/* Rows may be read, and blends written, up to the next multiple of so many samples. */
#define SP_KERNEL_WIDTH 32

#define SP_WEIGHT_BITS  14 /* binary places of a weight */
#define SP_BLEND_BITS   6  /* binary places of a sample between the passes */

/* Pairs of functions that do the same, for machines of different kinds. */
struct sp_kernel {
    const char *name;

    /*
     * out[x] = Σ rows[k][x] · weights[k], in 64ths; `count` is even, sums stay in 16 bits or clip.
     */
    void (*blend)(const unsigned char *const *rows, const int16_t *weights, unsigned count,
                  size_t width, int16_t *out);

    /*
     * out[i] = Σ in[at[i] + k] · weights[i · stride + k], as bytes; `stride` is 8, 16, 24 or 32,
     * and so many samples can be read from every at[i].
     */
    void (*filter)(const int16_t *in, const uint32_t *at, const int16_t *weights, unsigned stride,
                   size_t count, unsigned char *out);
};

/* Those this machine can run, from 0, the plain one, to the fastest; null beyond. */
const struct sp_kernel *sp_kernel_at(unsigned index);

/* The fastest. */
const struct sp_kernel *sp_kernel_best(void);

#endif
