/* Segments to data codewords: a bit stream, its terminator and its padding (7.4). */
#ifndef SP_CODE_QR_BITS_H
#define SP_CODE_QR_BITS_H

#include "code/qr_segment.h"

/* Bytes behind the last codeword that writing may touch. */
#define SP_QR_BITS_SLACK 8

/* Writes the `count` data codewords of a plan, which fits them. */
void sp_qr_bits_write(const struct sp_qr_plan *plan, uint8_t *codewords, size_t count);

#endif
