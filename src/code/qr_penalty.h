/*
 * Penalties of candidate symbols (7.8.3), many modules at a time.
 *
 * What scores is chosen when an encoder is made, so that a machine with wider words can bring its
 * own way. All ways give the same numbers.
 */
#ifndef SP_CODE_QR_PENALTY_H
#define SP_CODE_QR_PENALTY_H

#include "code/qr_table.h"

#include <stdint.h>

struct sp_qr_scorer {
    /*
     * Puts the penalties of the eight candidates of a symbol of `size` modules a side in `penalty`.
     * Candidate m is `rows` with the modules of masks[m × words of all rows] inverted; rows are
     * laid out as in qr_pattern.h.
     */
    void (*score)(const uint64_t *rows, const uint64_t *masks, int size,
                  unsigned penalty[SP_QR_MASK_COUNT]);
};

/* Works on every machine, with nothing but 64-bit words. */
extern const struct sp_qr_scorer sp_qr_scorer_portable;

#endif
