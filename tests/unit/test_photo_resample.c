/* The resampler against the same filter computed slowly and in one piece. */
#include "support/random.h"
#include "support/unit.h"

#include "base/check.h"
#include "photo/decoder.h"
#include "photo/resample.h"
#include "photo/resample_kernel.h"

#include <smallpress/arena.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct sp_resample_axis_spec axis(uint32_t in, uint32_t out)
{
    return (struct sp_resample_axis_spec){in, (uint64_t)in * SP_EXTENT_UNIT, out, 2 * out, 0};
}

/* Resamples a picture; all its rows are given as early as the ring allows. */
static void resample(const struct sp_resample_spec *spec, const unsigned char *in,
                     unsigned char *out)
{
    struct sp_arena arena;
    struct sp_err err;
    struct sp_resample resample;
    const size_t need = sp_resample_need(spec);
    const size_t stride = (size_t)spec->x.in * spec->channels;
    uint32_t given = 0;
    assert_int_equal(sp_arena_open(&arena, need, &err), SP_OK);
    sp_arena_part_begin(&arena, "resample", need);
    sp_resample_init(&resample, &arena, spec);
    sp_arena_part_end(&arena);
    assert_int_equal(arena.used_bytes, need);
    for (uint32_t y = 0; y < spec->y.out; y++) {
        unsigned char *planes[4];
        while (!sp_resample_ready(&resample))
            sp_resample_put(&resample, in + given++ * stride);
        for (unsigned c = 0; c < spec->channels; c++)
            planes[c] = out + ((size_t)c * spec->y.out + y) * spec->x.out;
        sp_resample_take(&resample, planes);
    }
    /* What is left of the source is taken and forgotten. */
    while (given < spec->y.in)
        sp_resample_put(&resample, in + given++ * stride);
    assert_false(sp_resample_ready(&resample));
    sp_arena_close(&arena);
}

static double filter(double x)
{
    const double pi = 3.14159265358979323846;
    x = fabs(x);
    return x < 1e-9 ? 1 : x >= 3 ? 0 : 3 * sin(pi * x) * sin(pi * x / 3) / (pi * pi * x * x);
}

/* Boxes first where the resampler uses them, then the filter in both directions at once. */
static double slow_sample(const double *in, uint32_t width, uint32_t height, double scale_x,
                          double scale_y, double center_x, double center_y)
{
    const double wide = fmax(scale_x, 1), high = fmax(scale_y, 1);
    double sum = 0, weights = 0;
    for (uint32_t y = 0; y < height; y++) {
        const double down = filter((y + 0.5 - center_y) / high);
        if (down == 0)
            continue;
        for (uint32_t x = 0; x < width; x++) {
            const double weight = down * filter((x + 0.5 - center_x) / wide);
            sum += weight * in[(size_t)y * width + x];
            weights += weight;
        }
    }
    return fmin(fmax(sum / weights, 0), 255);
}

static uint32_t box_of(uint32_t in, uint32_t out)
{
    return in >= 4 * out ? in / out / 2 : 1;
}

/* Averages boxes; returns the new picture. */
static double *slow_boxes(const unsigned char *in, uint32_t width, uint32_t height, uint32_t box_x,
                          uint32_t box_y)
{
    const uint32_t wide = (width + box_x - 1) / box_x, high = (height + box_y - 1) / box_y;
    double *out = calloc((size_t)wide * high, sizeof *out);
    double *counts = calloc((size_t)wide * high, sizeof *counts);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            out[(size_t)(y / box_y) * wide + x / box_x] += in[(size_t)y * width + x];
            counts[(size_t)(y / box_y) * wide + x / box_x] += 1;
        }
    for (size_t i = 0; i < (size_t)wide * high; i++)
        out[i] /= counts[i];
    free(counts);
    return out;
}

static void check_against_slow(struct random *random, uint32_t width, uint32_t height,
                               uint32_t out_width, uint32_t out_height)
{
    const struct sp_resample_spec spec = {1, axis(width, out_width), axis(height, out_height), 1};
    unsigned char *in = malloc((size_t)width * height);
    unsigned char *out = malloc((size_t)out_width * out_height);
    random_fill(random, in, (size_t)width * height);
    resample(&spec, in, out);
    const uint32_t box_x = box_of(width, out_width), box_y = box_of(height, out_height);
    double *boxes = slow_boxes(in, width, height, box_x, box_y);
    const double scale_x = (double)width / box_x / out_width;
    const double scale_y = (double)height / box_y / out_height;
    for (int i = 0; i < 40; i++) {
        const uint32_t x = (uint32_t)random_below(random, out_width);
        const uint32_t y = (uint32_t)random_below(random, out_height);
        const double right =
            slow_sample(boxes, (width + box_x - 1) / box_x, (height + box_y - 1) / box_y, scale_x,
                        scale_y, (x + 0.5) * scale_x, (y + 0.5) * scale_y);
        const int got = out[(size_t)y * out_width + x];
        /* Rounding of weights, of boxes and of what is between the passes; clipping of noise. */
        if (fabs(got - right) > 1.3)
            fail_msg("%ux%u to %ux%u at %u,%u: %d is not %.3f", width, height, out_width,
                     out_height, x, y, got, right);
    }
    free(boxes);
    free(in);
    free(out);
}

static void sizes_of_all_kinds_agree_with_the_slow_way(void **state)
{
    struct random random = {17};
    for (int i = 0; i < 300; i++) {
        const uint32_t width = (uint32_t)random_between(&random, 1, 300);
        const uint32_t height = (uint32_t)random_between(&random, 1, 300);
        check_against_slow(&random, width, height, (uint32_t)random_between(&random, 1, 300),
                           (uint32_t)random_between(&random, 1, 300));
    }
    check_against_slow(&random, 1, 1, 300, 1);
    check_against_slow(&random, 300, 300, 1, 1);
    check_against_slow(&random, 2016, 40, 1200, 24);
}

static void one_to_one_is_the_same_picture(void **state)
{
    struct random random = {5};
    for (unsigned channels = 1; channels <= 4; channels++) {
        const struct sp_resample_spec spec = {channels, axis(67, 67), axis(31, 31), 1};
        unsigned char in[67 * 31 * 4], out[67 * 31 * 4];
        random_fill(&random, in, sizeof in);
        resample(&spec, in, out);
        for (unsigned c = 0; c < channels; c++)
            for (unsigned i = 0; i < 67 * 31; i++)
                assert_int_equal(out[c * 67 * 31 + i], in[i * channels + c]);
    }
}

static void one_direction_alone_leaves_the_other(void **state)
{
    const struct sp_resample_spec spec = {1, axis(64, 64), axis(90, 31), 1};
    unsigned char in[64 * 90], out[64 * 31];
    for (unsigned y = 0; y < 90; y++)
        for (unsigned x = 0; x < 64; x++)
            in[y * 64 + x] = (unsigned char)(x * 4);
    resample(&spec, in, out);
    for (unsigned i = 0; i < 64 * 31; i++)
        assert_int_equal(out[i], i % 64 * 4);
}

static void channels_are_filtered_apart(void **state)
{
    struct random random = {7};
    enum {
        IN = 50,
        OUT = 23
    };
    unsigned char in[IN * IN * 3], out[OUT * OUT * 3];
    random_fill(&random, in, sizeof in);
    const struct sp_resample_spec all = {3, axis(IN, OUT), axis(IN, OUT), 1};
    resample(&all, in, out);
    for (unsigned c = 0; c < 3; c++) {
        unsigned char plane[IN * IN], alone[OUT * OUT];
        for (unsigned i = 0; i < IN * IN; i++)
            plane[i] = in[i * 3 + c];
        const struct sp_resample_spec one = {1, axis(IN, OUT), axis(IN, OUT), 1};
        resample(&one, plane, alone);
        assert_memory_equal(alone, out + c * OUT * OUT, sizeof alone);
    }
}

static void weights_sum_to_one(void **state)
{
    struct random random = {8};
    for (int i = 0; i < 2000; i++) {
        struct sp_arena arena;
        struct sp_err err;
        struct sp_resample_axis one;
        struct sp_resample_axis_spec spec = axis((uint32_t)random_between(&random, 1, 9000),
                                                 (uint32_t)random_between(&random, 1, 900));
        spec.shift = (unsigned)random_below(&random, 2);
        spec.extent -= random_below(&random, SP_EXTENT_UNIT / 2);
        const size_t need = sp_resample_axis_need(&spec, 8);
        assert_int_equal(sp_arena_open(&arena, need, &err), SP_OK);
        sp_arena_part_begin(&arena, "axis", need);
        sp_resample_axis_init(&one, &arena, &spec, 8);
        sp_arena_part_end(&arena);
        assert_in_range(one.taps, 1, SP_RESAMPLE_TAPS_MAX);
        for (uint32_t x = 0; x < one.out; x++) {
            int sum = 0;
            for (unsigned k = 0; k < one.stride; k++)
                sum += one.weights[x * one.stride + k];
            assert_int_equal(sum, 16384);
            assert_true(one.at[x] + one.taps <= one.in);
        }
        sp_arena_close(&arena);
    }
}

/* A plane that covers part of its last sample only must not pull the picture to one side. */
static void a_part_of_a_sample_counts_as_such(void **state)
{
    enum {
        IN = 101,
        OUT = 50
    };
    unsigned char in[IN], out[OUT];
    for (unsigned x = 0; x < IN; x++)
        in[x] = (unsigned char)(2 * x);
    struct sp_resample_spec spec = {1, axis(IN, OUT), axis(1, 1), 1};
    spec.x.extent = 100 * SP_EXTENT_UNIT + SP_EXTENT_UNIT / 2;
    resample(&spec, in, out);
    for (unsigned x = 5; x < OUT - 5; x++) {
        /* The value of sample s is 2 s, and the middle of x out is at (x + ½) · 100.5 / 50. */
        const double right = 2 * ((x + 0.5) * 100.5 / OUT - 0.5);
        assert_true(fabs(out[x] - right) <= 1);
    }
    /* Chroma that begins half a sample before the picture. */
    spec.x.extent = 100 * SP_EXTENT_UNIT;
    spec.x.grid = 2 * OUT - 1;
    spec.x.shift = 1;
    resample(&spec, in, out);
    for (unsigned x = 5; x < OUT - 5; x++) {
        const double right = 2 * (x * 100 / (OUT - 0.5) - 0.5);
        assert_true(fabs(out[x] - right) <= 1);
    }
}

/* Whatever the machine can do, the bytes are the same. */
static void all_kernels_give_the_same_bytes(void **state)
{
    struct random random = {9};
    enum {
        WIDTH = 320,
        OUT = 203,
        ROWS = 26
    };
    static unsigned char rows[ROWS][WIDTH], right[OUT], got[OUT];
    static int16_t weights[OUT * 32], blend[WIDTH + 32], other[WIDTH + 32];
    const unsigned char *pointers[ROWS];
    uint32_t at[OUT];
    const struct sp_kernel *plain = sp_kernel_at(0);
    for (unsigned k = 0; k < ROWS; k++)
        pointers[k] = rows[k];
    for (int round = 0; round < 200; round++) {
        random_fill(&random, rows, sizeof rows);
        /* Now and then sums that leave their range, as no filter makes them. */
        const int64_t limit = round % 2 ? 2000 : 30000;
        for (size_t i = 0; i < OUT * 32; i++)
            weights[i] = (int16_t)random_between(&random, -limit / 8, limit / 8);
        for (size_t i = 0; i < OUT; i++)
            at[i] = (uint32_t)random_below(&random, WIDTH);
        const unsigned count = 2 * (unsigned)random_between(&random, 1, ROWS / 2);
        const unsigned stride = 8 * (unsigned)random_between(&random, 1, 4);
        const size_t samples = (size_t)random_between(&random, 1, OUT);
        plain->blend(pointers, weights, count, WIDTH, blend);
        plain->filter(blend, at, weights, stride, samples, right);
        for (unsigned i = 1; sp_kernel_at(i); i++) {
            sp_kernel_at(i)->blend(pointers, weights, count, WIDTH, other);
            assert_memory_equal(other, blend, WIDTH * sizeof *blend);
            sp_kernel_at(i)->filter(blend, at, weights, stride, samples, got);
            assert_memory_equal(got, right, samples);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_of_all_kinds_agree_with_the_slow_way),
        cmocka_unit_test(one_to_one_is_the_same_picture),
        cmocka_unit_test(one_direction_alone_leaves_the_other),
        cmocka_unit_test(channels_are_filtered_apart),
        cmocka_unit_test(weights_sum_to_one),
        cmocka_unit_test(all_kernels_give_the_same_bytes),
        cmocka_unit_test(a_part_of_a_sample_counts_as_such),
    };
    return cmocka_run_group_tests_name("photo_resample", tests, NULL, NULL);
}
