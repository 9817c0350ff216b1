/* The eight mask patterns (table 10) and the format information that names them (7.9). */
#ifndef SP_CODE_QR_MASK_H
#define SP_CODE_QR_MASK_H

#include "code/qr_table.h"

#include <stdint.h>

/* Mask patterns repeat after 12 rows. */
#define SP_QR_MASK_PERIOD 12

/* Word i (0 to 2) of row `row` (0 to 11) of a mask pattern. */
uint64_t sp_qr_mask_word(int mask, int row, int i);

/* The 15 bits of format information, bit 14 first in the standard's figures. */
unsigned sp_qr_format_bits(enum sp_qr_ecc ecc, int mask);

/* The 18 bits of version information of versions 7 to 40 (7.10). */
unsigned sp_qr_version_bits(int version);

#endif
