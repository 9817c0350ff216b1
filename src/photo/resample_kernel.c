/*
 * Each pass is written for what every x86-64 has, for AVX2, which is asked for at run time, and in
 * plain C for other machines. The sums are the same ones, in another order.
 */
#include "photo/resample_kernel.h"

#include <string.h>

#define BLEND_SHIFT  (SP_WEIGHT_BITS - SP_BLEND_BITS)
#define BLEND_HALF   (1 << (BLEND_SHIFT - 1))
#define FILTER_SHIFT (SP_WEIGHT_BITS + SP_BLEND_BITS)
#define FILTER_HALF  (1 << (FILTER_SHIFT - 1))

static void blend_plain(const unsigned char *const *rows, const int16_t *weights, unsigned count,
                        size_t width, int16_t *out)
{
    for (size_t start = 0; start < width; start += SP_KERNEL_WIDTH) {
        int32_t sums[SP_KERNEL_WIDTH];
        for (size_t x = 0; x < SP_KERNEL_WIDTH; x++)
            sums[x] = BLEND_HALF;
        for (unsigned k = 0; k < count; k++) {
            const unsigned char *row = rows[k] + start;
            const int32_t weight = weights[k];
            for (size_t x = 0; x < SP_KERNEL_WIDTH; x++)
                sums[x] += row[x] * weight;
        }
        for (size_t x = 0; x < SP_KERNEL_WIDTH; x++) {
            const int32_t sum = sums[x] >> BLEND_SHIFT;
            out[start + x] = (int16_t)(sum > INT16_MAX   ? INT16_MAX
                                       : sum < INT16_MIN ? INT16_MIN
                                                         : sum);
        }
    }
}

static void filter_plain(const int16_t *in, const uint32_t *at, const int16_t *weights,
                         unsigned stride, size_t count, unsigned char *out)
{
    for (size_t i = 0; i < count; i++) {
        const int16_t *from = in + at[i];
        const int16_t *weight = weights + i * stride;
        int32_t sum = FILTER_HALF;
        for (unsigned k = 0; k < stride; k++)
            sum += from[k] * weight[k];
        sum >>= FILTER_SHIFT;
        out[i] = (unsigned char)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
    }
}

#if defined(__SSE2__)
#include <immintrin.h>

#define WIDE __attribute__((target("avx2")))

static inline __m128i load(const void *bytes)
{
    return _mm_loadu_si128(bytes);
}

WIDE static inline __m256i load_wide(const void *bytes)
{
    return _mm256_loadu_si256(bytes);
}

/* The weights of two rows, which are next to each other, as one number. */
static inline int pair_of(const int16_t *weights)
{
    int pair;
    memcpy(&pair, weights, sizeof pair);
    return pair;
}

/* Two rows' samples side by side, so that one instruction multiplies and adds both. */
static inline void add_rows(__m128i sums[4], __m128i a, __m128i b, __m128i weights)
{
    const __m128i zero = _mm_setzero_si128();
    const __m128i low = _mm_unpacklo_epi8(a, b);
    const __m128i high = _mm_unpackhi_epi8(a, b);
    sums[0] = _mm_add_epi32(sums[0], _mm_madd_epi16(_mm_unpacklo_epi8(low, zero), weights));
    sums[1] = _mm_add_epi32(sums[1], _mm_madd_epi16(_mm_unpackhi_epi8(low, zero), weights));
    sums[2] = _mm_add_epi32(sums[2], _mm_madd_epi16(_mm_unpacklo_epi8(high, zero), weights));
    sums[3] = _mm_add_epi32(sums[3], _mm_madd_epi16(_mm_unpackhi_epi8(high, zero), weights));
}

static void blend_narrow(const unsigned char *const *rows, const int16_t *weights, unsigned count,
                         size_t width, int16_t *out)
{
    for (size_t x = 0; x < width; x += 16) {
        const __m128i half = _mm_set1_epi32(BLEND_HALF);
        __m128i sums[4] = {half, half, half, half};
        for (unsigned k = 0; k < count; k += 2)
            add_rows(sums, load(rows[k] + x), load(rows[k + 1] + x),
                     _mm_set1_epi32(pair_of(weights + k)));
        for (unsigned i = 0; i < 4; i++)
            sums[i] = _mm_srai_epi32(sums[i], BLEND_SHIFT);
        _mm_storeu_si128((void *)(out + x), _mm_packs_epi32(sums[0], sums[1]));
        _mm_storeu_si128((void *)(out + x + 8), _mm_packs_epi32(sums[2], sums[3]));
    }
}

WIDE static inline void add_rows_wide(__m256i sums[4], __m256i a, __m256i b, __m256i weights)
{
    const __m256i zero = _mm256_setzero_si256();
    const __m256i low = _mm256_unpacklo_epi8(a, b);
    const __m256i high = _mm256_unpackhi_epi8(a, b);
    sums[0] =
        _mm256_add_epi32(sums[0], _mm256_madd_epi16(_mm256_unpacklo_epi8(low, zero), weights));
    sums[1] =
        _mm256_add_epi32(sums[1], _mm256_madd_epi16(_mm256_unpackhi_epi8(low, zero), weights));
    sums[2] =
        _mm256_add_epi32(sums[2], _mm256_madd_epi16(_mm256_unpacklo_epi8(high, zero), weights));
    sums[3] =
        _mm256_add_epi32(sums[3], _mm256_madd_epi16(_mm256_unpackhi_epi8(high, zero), weights));
}

WIDE static void blend_wide(const unsigned char *const *rows, const int16_t *weights,
                            unsigned count, size_t width, int16_t *out)
{
    for (size_t x = 0; x < width; x += 32) {
        const __m256i half = _mm256_set1_epi32(BLEND_HALF);
        __m256i sums[4] = {half, half, half, half};
        for (unsigned k = 0; k < count; k += 2)
            add_rows_wide(sums, load_wide(rows[k] + x), load_wide(rows[k + 1] + x),
                          _mm256_set1_epi32(pair_of(weights + k)));
        for (unsigned i = 0; i < 4; i++)
            sums[i] = _mm256_srai_epi32(sums[i], BLEND_SHIFT);
        /* Halves of a register are worked on apart: samples 0 to 7 and 16 to 23, 8 to 15 and on. */
        const __m256i even = _mm256_packs_epi32(sums[0], sums[1]);
        const __m256i odd = _mm256_packs_epi32(sums[2], sums[3]);
        _mm256_storeu_si256((void *)(out + x), _mm256_permute2x128_si256(even, odd, 0x20));
        _mm256_storeu_si256((void *)(out + x + 16), _mm256_permute2x128_si256(even, odd, 0x31));
    }
}

/* Four samples: their four partial sums each are turned about and added, then made bytes. */
static inline int finish_four(__m128i a, __m128i b, __m128i c, __m128i d)
{
    const __m128i ab = _mm_add_epi32(_mm_unpacklo_epi32(a, b), _mm_unpackhi_epi32(a, b));
    const __m128i cd = _mm_add_epi32(_mm_unpacklo_epi32(c, d), _mm_unpackhi_epi32(c, d));
    __m128i sum = _mm_add_epi32(_mm_unpacklo_epi64(ab, cd), _mm_unpackhi_epi64(ab, cd));
    sum = _mm_srai_epi32(_mm_add_epi32(sum, _mm_set1_epi32(FILTER_HALF)), FILTER_SHIFT);
    sum = _mm_packs_epi32(sum, sum);
    return _mm_cvtsi128_si32(_mm_packus_epi16(sum, sum));
}

static inline __m128i products(const int16_t *in, const int16_t *weights, unsigned stride)
{
    __m128i sum = _mm_madd_epi16(load(in), load(weights));
    if (stride > 8)
        sum = _mm_add_epi32(sum, _mm_madd_epi16(load(in + 8), load(weights + 8)));
    if (stride > 16)
        sum = _mm_add_epi32(sum, _mm_madd_epi16(load(in + 16), load(weights + 16)));
    if (stride > 24)
        sum = _mm_add_epi32(sum, _mm_madd_epi16(load(in + 24), load(weights + 24)));
    return sum;
}

static inline int four_narrow(const int16_t *in, const uint32_t *at, const int16_t *weights,
                              size_t stride)
{
    return finish_four(products(in + at[0], weights, (unsigned)stride),
                       products(in + at[1], weights + stride, (unsigned)stride),
                       products(in + at[2], weights + 2 * stride, (unsigned)stride),
                       products(in + at[3], weights + 3 * stride, (unsigned)stride));
}

WIDE static inline __m128i products_wide(const int16_t *in, const int16_t *weights, unsigned stride)
{
    if (stride == 8)
        return _mm_madd_epi16(load(in), load(weights));
    const __m256i two = _mm256_madd_epi16(load_wide(in), load_wide(weights));
    __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(two), _mm256_extracti128_si256(two, 1));
    if (stride > 16)
        sum = _mm_add_epi32(sum, _mm_madd_epi16(load(in + 16), load(weights + 16)));
    if (stride > 24)
        sum = _mm_add_epi32(sum, _mm_madd_epi16(load(in + 24), load(weights + 24)));
    return sum;
}

WIDE static inline int four_wide(const int16_t *in, const uint32_t *at, const int16_t *weights,
                                 size_t stride)
{
    return finish_four(products_wide(in + at[0], weights, (unsigned)stride),
                       products_wide(in + at[1], weights + stride, (unsigned)stride),
                       products_wide(in + at[2], weights + 2 * stride, (unsigned)stride),
                       products_wide(in + at[3], weights + 3 * stride, (unsigned)stride));
}

/* The last few samples, and again the last one in place of those that are not there. */
static void filter_rest(const int16_t *in, const uint32_t *at, const int16_t *weights,
                        unsigned stride, size_t count, unsigned char *out)
{
    uint32_t last_at[4];
    int16_t last_weights[4 * SP_KERNEL_WIDTH];
    for (size_t k = 0; k < 4; k++) {
        const size_t from = k < count ? k : count - 1;
        last_at[k] = at[from];
        memcpy(last_weights + k * stride, weights + from * stride, stride * sizeof *weights);
    }
    const int four = four_narrow(in, last_at, last_weights, stride);
    memcpy(out, &four, count);
}

static inline void filter_narrow(const int16_t *in, const uint32_t *at, const int16_t *weights,
                                 unsigned stride, size_t count, unsigned char *out)
{
    for (size_t i = 0; i < count; i += 4) {
        const int four = four_narrow(in, at + i, weights + i * stride, stride);
        memcpy(out + i, &four, 4);
    }
}

WIDE static inline void filter_wide(const int16_t *in, const uint32_t *at, const int16_t *weights,
                                    unsigned stride, size_t count, unsigned char *out)
{
    for (size_t i = 0; i < count; i += 4) {
        const int four = four_wide(in, at + i, weights + i * stride, stride);
        memcpy(out + i, &four, 4);
    }
}

/* Strides by name, so that the compiler has one loop for each, without a question in it. */
WIDE static void filter_strides_wide(const int16_t *in, const uint32_t *at, const int16_t *weights,
                                     unsigned stride, size_t count, unsigned char *out)
{
    if (stride == 8)
        filter_wide(in, at, weights, 8, count, out);
    else if (stride == 16)
        filter_wide(in, at, weights, 16, count, out);
    else if (stride == 24)
        filter_wide(in, at, weights, 24, count, out);
    else
        filter_wide(in, at, weights, 32, count, out);
}

static void filter_strides_narrow(const int16_t *in, const uint32_t *at, const int16_t *weights,
                                  unsigned stride, size_t count, unsigned char *out)
{
    if (stride == 8)
        filter_narrow(in, at, weights, 8, count, out);
    else if (stride == 16)
        filter_narrow(in, at, weights, 16, count, out);
    else if (stride == 24)
        filter_narrow(in, at, weights, 24, count, out);
    else
        filter_narrow(in, at, weights, 32, count, out);
}

static void filter_all_narrow(const int16_t *in, const uint32_t *at, const int16_t *weights,
                              unsigned stride, size_t count, unsigned char *out)
{
    const size_t fours = count / 4 * 4;
    filter_strides_narrow(in, at, weights, stride, fours, out);
    if (fours < count)
        filter_rest(in, at + fours, weights + fours * stride, stride, count - fours, out + fours);
}

static void filter_all_wide(const int16_t *in, const uint32_t *at, const int16_t *weights,
                            unsigned stride, size_t count, unsigned char *out)
{
    const size_t fours = count / 4 * 4;
    filter_strides_wide(in, at, weights, stride, fours, out);
    if (fours < count)
        filter_rest(in, at + fours, weights + fours * stride, stride, count - fours, out + fours);
}

#endif

static const struct sp_kernel kernels[] = {
    {"plain", blend_plain, filter_plain},
#if defined(__SSE2__)
    {"SSE2", blend_narrow, filter_all_narrow},
    {"AVX2", blend_wide, filter_all_wide},
#endif
};

const struct sp_kernel *sp_kernel_at(unsigned index)
{
#if defined(__SSE2__)
    if (index == 2 && !__builtin_cpu_supports("avx2"))
        return NULL;
#endif
    return index < sizeof kernels / sizeof kernels[0] ? &kernels[index] : NULL;
}

const struct sp_kernel *sp_kernel_best(void)
{
    unsigned index = 0;
    while (sp_kernel_at(index + 1))
        index++;
    return &kernels[index];
}
