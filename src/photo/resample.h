/*
 * Rows in, fewer (or more) rows out: Lanczos with three lobes, in two passes of whole numbers.
 *
 *     source rows ─► box, if many ─► ring of rows ─► down a column ─► along the row ─► out
 *
 * For each row that comes out, the rows of the ring under the filter are blended first (bytes to 16
 * bits with 6 binary places), which is the same work for every column, and the result is then
 * filtered along. Weights have 14 binary places and sum to one exactly; all sums are exact in 32
 * bits. The result is therefore the same on every machine, whichever instructions compute it.
 *
 * Filtering is done where the picture is reduced less than fourfold. Beyond that, whole numbers of
 * pixels are averaged first, so that a factor between 2 and 3 is left: a filter never has more than
 * SP_RESAMPLE_TAPS_MAX taps, however large the picture.
 *
 * The first sample's place is exact to a 96th: a plane may cover a part of its last sample only,
 * and a plane of chroma may start half a sample before the picture.
 */
#ifndef SP_PHOTO_RESAMPLE_H
#define SP_PHOTO_RESAMPLE_H

#include <smallpress/arena.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SP_RESAMPLE_TAPS_MAX 25

struct sp_kernel;

struct sp_resample_axis_spec {
    uint32_t in;     /* samples of the source, 1 or more */
    uint64_t extent; /* 96ths of a sample that the picture covers */
    uint32_t out;    /* samples wanted, 1 or more */
    uint32_t grid;   /* half samples that the picture covers there: 2 × out, for chroma less */
    unsigned shift;  /* half samples by which the first one begins before the picture: 0 or 1 */
};

struct sp_resample_spec {
    unsigned channels; /* interleaved in the source, 1 to 4 */
    struct sp_resample_axis_spec x, y;
    unsigned lead_rows; /* source rows that may come before the next row out is taken, at most */
};

/* Where each sample out comes from: `taps` samples from `at` on, weights in 16,384ths. */
struct sp_resample_axis {
    uint32_t in, out; /* after boxes */
    unsigned box;     /* samples averaged into one before the filter */
    unsigned taps, stride;
    bool identity;
    uint32_t *at;
    int16_t *weights; /* `stride` for each sample out; those beyond `taps` are 0 */
};

struct sp_resample {
    const struct sp_kernel *kernel;
    struct sp_resample_axis x, y;
    unsigned channels;
    uint32_t source_width, source_height;
    uint32_t rows_put, rows_in, rows_out; /* of the source, in the ring, taken */
    unsigned ring_rows;
    size_t ring_stride;
    unsigned char *ring;
    uint32_t *sums;    /* of boxes */
    unsigned summed;   /* rows in them */
    int16_t *blend;    /* a row between the passes */
    int16_t *separate; /* one channel of it */
    const unsigned char *under[SP_RESAMPLE_TAPS_MAX + 1];
};

size_t sp_resample_need(const struct sp_resample_spec *spec);
void sp_resample_init(struct sp_resample *resample, struct sp_arena *arena,
                      const struct sp_resample_spec *spec);

/* Takes the next row of the source. Asserts that the ring has room: see lead_rows. */
void sp_resample_put(struct sp_resample *resample, const unsigned char *row);

/* Whether the next row out has all it is made of. True when the source has ended. */
bool sp_resample_ready(const struct sp_resample *resample);

/* Makes the next row out, each channel to a place of its own. Only when ready. */
void sp_resample_take(struct sp_resample *resample, unsigned char *const *out);

/* The axis by itself, for tests and for those who want the weights. */
size_t sp_resample_axis_need(const struct sp_resample_axis_spec *spec, unsigned multiple);
void sp_resample_axis_init(struct sp_resample_axis *axis, struct sp_arena *arena,
                           const struct sp_resample_axis_spec *spec, unsigned multiple);

#endif
