/*
 * What symbols of one version and level have in common: the function patterns, where the codewords
 * go, and the masks.
 *
 * Rows stand one after the other, sp_qr_row_words(version) words each.
 */
#ifndef SP_CODE_QR_PATTERN_H
#define SP_CODE_QR_PATTERN_H

#include "code/qr_table.h"

#include <stddef.h>
#include <stdint.h>

/*
 * A stretch of the path of the codewords (7.7.3): `rows` rows from (x, y) on, upwards or downwards.
 * In each row the module at x comes first, then the one at x - 1, or only one of the two where a
 * function pattern has the other.
 */
struct sp_qr_run {
    uint8_t x;
    uint8_t y;
    uint8_t rows;
    uint8_t kind; /* SP_QR_RUN_… */
};

#define SP_QR_RUN_RIGHT 1 /* the module at x takes part */
#define SP_QR_RUN_LEFT  2 /* the module at x - 1 takes part */
#define SP_QR_RUN_UP    4

struct sp_qr_pattern {
    int version;
    enum sp_qr_ecc ecc;
    int run_count;
    uint64_t *base;  /* the rows of all function patterns except the format information */
    uint64_t *masks; /* for each mask: what to invert, with the format information of the mask */
    struct sp_qr_run *runs;
};

/* Words of the rows of a version, and runs that its path has at most. */
size_t sp_qr_pattern_row_words(int version);
size_t sp_qr_pattern_runs_max(int version);

/*
 * Fills in the pattern of a version and level. The caller has set base, masks and runs to memory
 * for one, eight and one of the numbers above.
 */
void sp_qr_pattern_make(struct sp_qr_pattern *pattern, int version, enum sp_qr_ecc ecc);

/* Adds the modules of a stream (see qr_codeword.h) to rows that hold the base. */
void sp_qr_pattern_place(const struct sp_qr_pattern *pattern, const uint8_t *stream,
                         uint64_t *rows);

#endif
