#include "photo/resample_kernel.h"

#include <string.h>

#define BLEND_SHIFT  (SP_WEIGHT_BITS - SP_BLEND_BITS)
#define BLEND_HALF   (1 << (BLEND_SHIFT - 1))
#define FILTER_SHIFT (SP_WEIGHT_BITS + SP_BLEND_BITS)
#define FILTER_HALF  (1 << (FILTER_SHIFT - 1))

#if defined(__SSE2__)
#include <emmintrin.h>

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

void sp_kernel_blend(const unsigned char *const *rows, const int16_t *weights, unsigned count,
                     size_t width, int16_t *out)
{
    for (size_t x = 0; x < width; x += 16) {
        const __m128i half = _mm_set1_epi32(BLEND_HALF);
        __m128i sums[4] = {half, half, half, half};
        for (unsigned k = 0; k < count; k += 2) {
            int pair;
            memcpy(&pair, weights + k, sizeof pair);
            add_rows(sums, _mm_loadu_si128((const __m128i *)(const void *)(rows[k] + x)),
                     _mm_loadu_si128((const __m128i *)(const void *)(rows[k + 1] + x)),
                     _mm_set1_epi32(pair));
        }
        for (unsigned i = 0; i < 4; i++)
            sums[i] = _mm_srai_epi32(sums[i], BLEND_SHIFT);
        _mm_storeu_si128((__m128i *)(void *)(out + x), _mm_packs_epi32(sums[0], sums[1]));
        _mm_storeu_si128((__m128i *)(void *)(out + x + 8), _mm_packs_epi32(sums[2], sums[3]));
    }
}

static inline __m128i products(const int16_t *in, const int16_t *weights, unsigned stride)
{
    __m128i sum = _mm_setzero_si128();
    for (unsigned k = 0; k < stride; k += 8)
        sum = _mm_add_epi32(
            sum, _mm_madd_epi16(_mm_loadu_si128((const __m128i *)(const void *)(in + k)),
                                _mm_loadu_si128((const __m128i *)(const void *)(weights + k))));
    return sum;
}

/* Four samples: their four partial sums each are turned about and added. */
static inline int filter_four(const int16_t *in, const uint32_t *at, const int16_t *weights,
                              unsigned stride)
{
    const __m128i a = products(in + at[0], weights, stride);
    const __m128i b = products(in + at[1], weights + stride, stride);
    const __m128i c = products(in + at[2], weights + 2 * (size_t)stride, stride);
    const __m128i d = products(in + at[3], weights + 3 * (size_t)stride, stride);
    const __m128i ab = _mm_add_epi32(_mm_unpacklo_epi32(a, b), _mm_unpackhi_epi32(a, b));
    const __m128i cd = _mm_add_epi32(_mm_unpacklo_epi32(c, d), _mm_unpackhi_epi32(c, d));
    __m128i sum = _mm_add_epi32(_mm_unpacklo_epi64(ab, cd), _mm_unpackhi_epi64(ab, cd));
    sum = _mm_srai_epi32(_mm_add_epi32(sum, _mm_set1_epi32(FILTER_HALF)), FILTER_SHIFT);
    sum = _mm_packs_epi32(sum, sum);
    return _mm_cvtsi128_si32(_mm_packus_epi16(sum, sum));
}

static inline void filter_row(const int16_t *in, const uint32_t *at, const int16_t *weights,
                              unsigned stride, size_t count, unsigned char *out)
{
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        const int four = filter_four(in, at + i, weights + i * stride, stride);
        memcpy(out + i, &four, 4);
    }
    if (i == count)
        return;
    /* The last few, and again the last one in place of those that are not there. */
    uint32_t last_at[4];
    int16_t last_weights[4 * SP_KERNEL_WIDTH];
    for (size_t k = 0; k < 4; k++) {
        const size_t from = i + k < count ? i + k : count - 1;
        last_at[k] = at[from];
        memcpy(last_weights + k * stride, weights + from * stride, stride * sizeof *weights);
    }
    const int four = filter_four(in, last_at, last_weights, stride);
    memcpy(out + i, &four, count - i);
}

void sp_kernel_filter(const int16_t *in, const uint32_t *at, const int16_t *weights,
                      unsigned stride, size_t count, unsigned char *out)
{
    /* The common strides by name, so that the compiler unrolls them. */
    switch (stride) {
    case 8:
        filter_row(in, at, weights, 8, count, out);
        break;
    case 16:
        filter_row(in, at, weights, 16, count, out);
        break;
    case 24:
        filter_row(in, at, weights, 24, count, out);
        break;
    default:
        filter_row(in, at, weights, stride, count, out);
        break;
    }
}

#else

void sp_kernel_blend(const unsigned char *const *rows, const int16_t *weights, unsigned count,
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

void sp_kernel_filter(const int16_t *in, const uint32_t *at, const int16_t *weights,
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

#endif
