/*
 * The tables of ISO/IEC 18004 that say how big everything is: codewords and blocks of a version
 * and level (table 9), alignment patterns (annex E), widths of the character counts (table 3).
 */
#ifndef SP_CODE_QR_TABLE_H
#define SP_CODE_QR_TABLE_H

#include <smallpress/qr.h>

#define SP_QR_ECC_COUNT       4
#define SP_QR_MASK_COUNT      8
#define SP_QR_CODEWORDS_MAX   3706 /* all codewords of version 40 */
#define SP_QR_CHECK_MAX       30   /* check codewords of one block */
#define SP_QR_ALIGNMENTS_MAX  7    /* alignment patterns along a side of version 40 */
#define SP_QR_MODE_BITS       4    /* mode indicator */
#define SP_QR_ECI_HEADER_BITS 12   /* mode indicator, then one byte of assignment number */

/* In the order of the columns of table 3. */
enum sp_qr_mode {
    SP_QR_NUMERIC,
    SP_QR_ALPHANUMERIC,
    SP_QR_BYTE,
    SP_QR_KANJI,
    SP_QR_MODE_COUNT,
};

/* Character counts have three widths, for versions 1 to 9, 10 to 26 and 27 to 40. */
#define SP_QR_RANGE_COUNT 3

/*
 * How the codewords of a symbol are split: `block_count` blocks with `check` check codewords each.
 * The first `short_count` hold `short_data` data codewords, the others one more.
 */
struct sp_qr_blocks {
    int codewords; /* data and check */
    int data;
    int block_count;
    int check;
    int short_count;
    int short_data;
};

struct sp_qr_blocks sp_qr_blocks_of(int version, enum sp_qr_ecc ecc);

/* Bits that segments and terminator may fill. */
int sp_qr_data_bits(int version, enum sp_qr_ecc ecc);

/* Digits that fit one numeric segment: no payload of more bytes fits in any way. */
int sp_qr_digits_max(int version, enum sp_qr_ecc ecc);

/* Characters that fit one alphanumeric segment. */
int sp_qr_alphanumerics_max(int version, enum sp_qr_ecc ecc);

/* Fills in the centres of the alignment patterns along one side and returns how many there are. */
int sp_qr_alignments(int version, int centre[SP_QR_ALIGNMENTS_MAX]);

static inline int sp_qr_range(int version)
{
    return version <= 9 ? 0 : version <= 26 ? 1 : 2;
}

static inline int sp_qr_range_first(int range)
{
    return range == 0 ? 1 : range == 1 ? 10 : 27;
}

static inline int sp_qr_range_last(int range)
{
    return range == 0 ? 9 : range == 1 ? 26 : 40;
}

/* Bits of a character count. */
int sp_qr_count_bits(enum sp_qr_mode mode, int range);

/* 64-bit words that hold a row of a version. */
static inline int sp_qr_row_words(int version)
{
    return (SP_QR_SIZE(version) + 63) / 64;
}

#endif
