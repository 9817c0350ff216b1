/*
 * Rows of modules as 1, 2 or 3 words, written once for all three.
 *
 * Every function takes the number of words as its last argument and is inlined into a caller that
 * passes a constant, so that the loops over words vanish. Rows are left-justified as in matrix.h:
 * neighbours to the left come by a shift to the right, and outside is light.
 */
#ifndef SP_CODE_QR_WORDS_H
#define SP_CODE_QR_WORDS_H

#include <stdint.h>

#define SP_QR_INLINE static inline __attribute__((always_inline))

#ifdef __clang__
#define SP_QR_UNROLL _Pragma("clang loop unroll(full)")
#else
#define SP_QR_UNROLL _Pragma("GCC unroll 3")
#endif

#define SP_QR_FOR_WORDS(i, words) SP_QR_UNROLL for (int i = 0; i < (words); i++)

/* Word i of the row in which every module stands `by` (1 to 63) columns further right. */
SP_QR_INLINE uint64_t sp_qr_right(const uint64_t *row, int i, int by, int words)
{
    (void)words;
    return row[i] >> by | (i > 0 ? row[i - 1] << (64 - by) : 0);
}

SP_QR_INLINE uint64_t sp_qr_left(const uint64_t *row, int i, int by, int words)
{
    return row[i] << by | (i + 1 < words ? row[i + 1] >> (64 - by) : 0);
}

/* Word i of a row with the first `size` columns dark. */
SP_QR_INLINE uint64_t sp_qr_span(int size, int i)
{
    const int columns = size - 64 * i;
    return columns >= 64 ? ~(uint64_t)0 : columns <= 0 ? 0 : ~(~(uint64_t)0 >> columns);
}

/* Counts of dark modules in each half byte (0 to 4). */
SP_QR_INLINE uint64_t sp_qr_count_nibbles(uint64_t word)
{
    word -= word >> 1 & 0x5555555555555555u;
    return (word & 0x3333333333333333u) + (word >> 2 & 0x3333333333333333u);
}

SP_QR_INLINE unsigned sp_qr_popcount(uint64_t word)
{
    word = sp_qr_count_nibbles(word);
    word = (word + (word >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
    return (unsigned)(word * 0x0101010101010101u >> 56);
}

#endif
