/*
 * Data codewords to the stream that fills a symbol: Reed-Solomon check codewords for each block,
 * and the blocks dealt out like cards (7.5, 7.6).
 */
#ifndef SP_CODE_QR_CODEWORD_H
#define SP_CODE_QR_CODEWORD_H

#include "code/qr_table.h"

#include <stdint.h>

#define SP_QR_CHECK_WORDS 4 /* 64-bit words that hold the check codewords of a block */

/*
 * The generator polynomial of one number of check codewords times every half byte: what dividing
 * by it subtracts for one data codeword, first check codeword in the top byte of the first word.
 */
struct sp_qr_generator {
    int check;
    uint64_t high[16][SP_QR_CHECK_WORDS];
    uint64_t low[16][SP_QR_CHECK_WORDS];
};

void sp_qr_generator_make(struct sp_qr_generator *generator, int check);

/* Puts the check codewords of `count` data codewords at `check`. */
void sp_qr_generator_divide(const struct sp_qr_generator *generator, const uint8_t *data, int count,
                            uint8_t check[SP_QR_CHECK_MAX]);

/* Bytes behind the last codeword that must be zero and may be read. */
#define SP_QR_STREAM_SLACK 16

/*
 * The codewords in the order in which they are placed, with the bits of each byte turned round: the
 * module that comes first is the lowest bit. `data` holds blocks->data codewords, `stream` has room
 * for blocks->codewords and SP_QR_STREAM_SLACK.
 */
void sp_qr_stream_make(const struct sp_qr_generator *generator, const struct sp_qr_blocks *blocks,
                       const uint8_t *data, uint8_t *stream);

#endif
