/*
 * What a job will need, worked out before it starts.
 *
 * Memory is a sum of named parts. Those in the arena are announced and proven by the objects that
 * take them (arena.h); the others are what libraries, threads and the program itself take outside
 * it, measured once and priced here, so that the sum is the peak of the whole process. The sum does
 * not depend on the number of records.
 */
#ifndef SMALLPRESS_PLAN_H
#define SMALLPRESS_PLAN_H

#include "export.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

SP_BEGIN_DECLS

#define SP_PLAN_PARTS_MAX 16

struct sp_plan_part {
    const char *name; /* constant text */
    uint64_t bytes;
    bool in_arena;
};

struct sp_plan {
    struct sp_plan_part parts[SP_PLAN_PARTS_MAX];
    size_t part_count;
    uint64_t memory_bytes;       /* the sum of the parts: the peak of the process */
    uint64_t arena_bytes;        /* the sum of those in the arena */
    uint64_t item_bytes;         /* of them: what one more code in hand would take */
    uint64_t page_bytes;         /* what one page in hand takes */
    unsigned pages_in_hand;      /* pages in memory at once, whatever their number */
    bool records_known;          /* false when the input must be read to be counted */
    uint64_t records, pages;     /* 0 when not known */
    uint64_t scratch_bytes;      /* on disk while the job runs; 0 when the pages are not known */
    uint64_t scratch_page_bytes; /* of them for a page */
    uint32_t version_max;        /* the largest QR version that the limits allow; 0 for reports */
    uint32_t photo_edge_px;      /* the longest side that photos are ordered with; 0 for sheets */
};

/* Adds a part to the sums. */
SP_API void sp_plan_add(struct sp_plan *plan, const char *name, uint64_t bytes, bool in_arena);

SP_END_DECLS

#endif
