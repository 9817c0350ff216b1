#include "photo/resample.h"

#include "base/check.h"
#include "base/num.h"
#include "photo/decoder.h"
#include "photo/resample_kernel.h"

#include <math.h>
#include <string.h>

#define LOBES   3
#define ONE     (1 << SP_WEIGHT_BITS)
#define BOX_MIN 4 /* from this factor on, pixels are averaged before the filter */

/* Zeros after a row between the passes, for a filter that is read in whole lanes. */
#define BLEND_TAIL SP_KERNEL_WIDTH

/*
 * sin(πt) for t ≥ 0 by its series, from additions and multiplications alone: the C library's sine
 * may differ in the last place from one version to the next, and a weight with it. Eight terms are
 * right to 13 places on a quarter of a turn.
 */
static double sine_pi(double t)
{
    /* π^(2k+1) / (2k+1)!, signs in turn. */
    static const double terms[] = {
        3.14159265358979324,     -5.16771278004997003,      2.55016403987734552,
        -0.599264529320792099,   0.0821458866111282287,     -0.00737043094571434969,
        0.000466302805767612674, -0.0000219153534478302173,
    };
    t -= 2 * floor(t / 2);
    const double sign = t > 1 ? -1 : 1;
    t = t > 1 ? t - 1 : t;
    t = t > 0.5 ? 1 - t : t;
    const double square = t * t;
    double sum = terms[7];
    for (int k = 6; k >= 0; k--)
        sum = sum * square + terms[k];
    return sign * t * sum;
}

static double lanczos(double x)
{
    static const double pi_squared = 9.86960440108935861883;
    x = fabs(x);
    if (x < 1e-6)
        return 1;
    if (x >= LOBES)
        return 0;
    return LOBES * sine_pi(x) * sine_pi(x / LOBES) / (pi_squared * x * x);
}

/* What follows from an axis's spec alone. */
struct axis_plan {
    unsigned box, taps, stride;
    uint32_t in;
    double scale; /* samples in, after boxes, for each sample out */
    bool identity;
};

static struct axis_plan plan_axis(const struct sp_resample_axis_spec *spec, unsigned multiple)
{
    SP_ASSERT(spec->in > 0 && spec->out > 0 && spec->grid > 0 && spec->extent > 0);
    struct axis_plan plan = {.box = 1};
    const uint64_t unit = (uint64_t)SP_EXTENT_UNIT * spec->grid;
    if (2 * spec->extent >= BOX_MIN * unit)
        plan.box = (unsigned)(spec->extent / unit);
    plan.in = (uint32_t)sp_u64_div_ceil(spec->in, plan.box);
    plan.scale = 2.0 * (double)spec->extent / ((double)unit * plan.box);
    plan.identity =
        2 * spec->extent == unit && plan.box == 1 && spec->in == spec->out && spec->shift == 0;
    const double reach = LOBES * (plan.scale > 1 ? plan.scale : 1);
    plan.taps = (unsigned)floor(2 * reach) + 1;
    plan.taps = SP_MIN(plan.taps, plan.in);
    plan.stride = (plan.taps + multiple - 1) / multiple * multiple;
    return plan;
}

size_t sp_resample_axis_need(const struct sp_resample_axis_spec *spec, unsigned multiple)
{
    const struct axis_plan plan = plan_axis(spec, multiple);
    return sp_arena_cost(spec->out * sizeof(uint32_t)) +
           sp_arena_cost((size_t)spec->out * plan.stride * sizeof(int16_t));
}

/* The weights of one sample out, rounded so that they sum to one. */
static void set_weights(int16_t *weights, unsigned taps, double first, double center, double width)
{
    double values[SP_RESAMPLE_TAPS_MAX];
    double sum = 0;
    for (unsigned k = 0; k < taps; k++) {
        values[k] = lanczos((first + k + 0.5 - center) / width);
        sum += values[k];
    }
    int rest = ONE;
    unsigned largest = 0;
    for (unsigned k = 0; k < taps; k++) {
        weights[k] = (int16_t)floor(values[k] / sum * ONE + 0.5);
        rest -= weights[k];
        if (weights[k] > weights[largest])
            largest = k;
    }
    weights[largest] = (int16_t)(weights[largest] + rest);
}

void sp_resample_axis_init(struct sp_resample_axis *axis, struct sp_arena *arena,
                           const struct sp_resample_axis_spec *spec, unsigned multiple)
{
    const struct axis_plan plan = plan_axis(spec, multiple);
    SP_ASSERT(plan.taps <= SP_RESAMPLE_TAPS_MAX);
    const double width = plan.scale > 1 ? plan.scale : 1;
    *axis = (struct sp_resample_axis){
        .in = plan.in,
        .out = spec->out,
        .box = plan.box,
        .taps = plan.taps,
        .stride = plan.stride,
        .identity = plan.identity,
        .at = sp_arena_take(arena, spec->out, sizeof(uint32_t)),
        .weights = sp_arena_take(arena, (size_t)spec->out * plan.stride, sizeof(int16_t)),
    };
    for (uint32_t i = 0; i < spec->out; i++) {
        const double center = (i + 0.5 - spec->shift * 0.5) * plan.scale;
        /* The first sample whose middle is under the filter. */
        double first = ceil(center - LOBES * width - 0.5);
        first = first > (double)(plan.in - plan.taps) ? (double)(plan.in - plan.taps) : first;
        first = first < 0 ? 0 : first;
        axis->at[i] = (uint32_t)first;
        set_weights(axis->weights + (size_t)i * plan.stride, plan.taps, first, center, width);
    }
}

/* Sizes of the buffers of a resampler. */
struct buffers {
    unsigned ring_rows;
    size_t ring_stride, sums, blend, separate;
};

static struct buffers plan_buffers(const struct sp_resample_spec *spec)
{
    const struct axis_plan x = plan_axis(&spec->x, 8), y = plan_axis(&spec->y, 2);
    const size_t width = (size_t)x.in * spec->channels;
    const size_t whole = (width + SP_KERNEL_WIDTH - 1) / SP_KERNEL_WIDTH * SP_KERNEL_WIDTH;
    return (struct buffers){
        .ring_rows = y.taps + 2 + spec->lead_rows / y.box,
        .ring_stride = whole,
        .sums = x.box > 1 || y.box > 1 ? width * sizeof(uint32_t) : 0,
        .blend = (whole + BLEND_TAIL) * sizeof(int16_t),
        .separate = spec->channels > 1 ? (x.in + (size_t)BLEND_TAIL) * sizeof(int16_t) : 0,
    };
}

size_t sp_resample_need(const struct sp_resample_spec *spec)
{
    const struct buffers buffers = plan_buffers(spec);
    return sp_resample_axis_need(&spec->x, 8) + sp_resample_axis_need(&spec->y, 2) +
           sp_arena_cost(buffers.ring_rows * buffers.ring_stride) + sp_arena_cost(buffers.sums) +
           sp_arena_cost(buffers.blend) + sp_arena_cost(buffers.separate);
}

void sp_resample_init(struct sp_resample *resample, struct sp_arena *arena,
                      const struct sp_resample_spec *spec)
{
    const struct buffers buffers = plan_buffers(spec);
    SP_ASSERT(spec->channels >= 1 && spec->channels <= 4);
    *resample = (struct sp_resample){
        .kernel = sp_kernel_best(),
        .channels = spec->channels,
        .source_width = spec->x.in,
        .source_height = spec->y.in,
        .ring_rows = buffers.ring_rows,
        .ring_stride = buffers.ring_stride,
    };
    sp_resample_axis_init(&resample->x, arena, &spec->x, 8);
    sp_resample_axis_init(&resample->y, arena, &spec->y, 2);
    resample->ring = sp_arena_take(arena, buffers.ring_rows, buffers.ring_stride);
    resample->sums = sp_arena_take(arena, buffers.sums, 1);
    resample->blend = sp_arena_take(arena, buffers.blend, 1);
    resample->separate = sp_arena_take(arena, buffers.separate, 1);
}

/* Adds a row of the source to the sums of boxes. */
static void add_boxes(struct sp_resample *r, const unsigned char *row)
{
    uint32_t *sum = r->sums;
    const unsigned channels = r->channels;
    for (uint32_t x = 0; x < r->source_width; sum += channels) {
        const uint32_t end = SP_MIN(x + r->x.box, r->source_width);
        for (; x < end; x++)
            for (unsigned c = 0; c < channels; c++)
                sum[c] += *row++;
    }
}

/* The sums to averages; the last box of a row may have fewer columns. */
static void average_boxes(struct sp_resample *r, unsigned char *out)
{
    const uint32_t full = r->x.box * r->summed;
    const uint32_t rest = r->source_width - (r->x.in - 1) * r->x.box;
    const size_t width = (size_t)r->x.in * r->channels;
    for (size_t i = 0; i < width; i++) {
        const uint32_t count = i < width - r->channels ? full : rest * r->summed;
        out[i] = (unsigned char)((r->sums[i] + count / 2) / count);
    }
    memset(r->sums, 0, width * sizeof *r->sums);
}

void sp_resample_put(struct sp_resample *r, const unsigned char *row)
{
    SP_ASSERT(r->rows_put < r->source_height);
    r->rows_put++;
    if (r->rows_out == r->y.out)
        return;
    /* The row this one takes the place of is not needed any more. */
    SP_ASSERT(r->rows_in < r->ring_rows + r->y.at[r->rows_out]);
    unsigned char *place = r->ring + r->rows_in % r->ring_rows * r->ring_stride;
    if (r->x.box == 1 && r->y.box == 1) {
        memcpy(place, row, (size_t)r->source_width * r->channels);
        r->rows_in++;
        return;
    }
    add_boxes(r, row);
    r->summed++;
    if (r->summed == r->y.box || r->rows_put == r->source_height) {
        average_boxes(r, place);
        r->summed = 0;
        r->rows_in++;
    }
}

bool sp_resample_ready(const struct sp_resample *r)
{
    return r->rows_out < r->y.out && r->rows_in >= r->y.at[r->rows_out] + r->y.taps;
}

/* Blends the rows under the filter; those at its ends that weigh nothing are left out. */
static void blend_rows(struct sp_resample *r)
{
    const int16_t *weights = r->y.weights + (size_t)r->rows_out * r->y.stride;
    uint32_t row = r->y.at[r->rows_out];
    unsigned count = r->y.taps;
    while (count > 1 && weights[0] == 0) {
        weights++;
        row++;
        count--;
    }
    while (count > 1 && weights[count - 1] == 0)
        count--;
    int16_t pairs[SP_RESAMPLE_TAPS_MAX + 1];
    for (unsigned k = 0; k < count; k++) {
        r->under[k] = r->ring + (row + k) % r->ring_rows * r->ring_stride;
        pairs[k] = weights[k];
    }
    r->under[count] = r->under[count - 1];
    pairs[count] = 0;
    r->kernel->blend(r->under, pairs, (count + 1) / 2 * 2, r->ring_stride, r->blend);
}

void sp_resample_take(struct sp_resample *r, unsigned char *const *out)
{
    SP_ASSERT(sp_resample_ready(r));
    if (r->x.identity && r->y.identity) {
        const unsigned char *row = r->ring + r->rows_out % r->ring_rows * r->ring_stride;
        for (unsigned c = 0; c < r->channels; c++)
            for (uint32_t x = 0; x < r->x.out; x++)
                out[c][x] = row[x * r->channels + c];
        r->rows_out++;
        return;
    }
    blend_rows(r);
    for (unsigned c = 0; c < r->channels; c++) {
        const int16_t *in = r->blend;
        if (r->channels > 1) {
            for (uint32_t x = 0; x < r->x.in; x++)
                r->separate[x] = r->blend[x * r->channels + c];
            in = r->separate;
        }
        r->kernel->filter(in, r->x.at, r->x.weights, r->x.stride, r->x.out, out[c]);
    }
    r->rows_out++;
}
