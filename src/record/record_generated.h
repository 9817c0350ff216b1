/*
 * Records made of nothing but a count: ids from a pattern.
 *
 *     "{random:10}"   "BOX-{n:06}"   "{n:06}-{random:6}"   "{uuid}"
 *
 * All ids of one source differ, whatever their number, and that is settled before the first is
 * made. If the pattern has a {n}, that keeps them apart. If not, the random field with the most
 * values does (the first among equals): it is a permutation of the record's number
 * (record_random.h) and cannot make more records than it has values. Random fields that need not
 * differ, because another one does, are the upper digits of a permutation of 122 bits: as good as
 * independent draws, so that {random:4} in "{n:06}-{random:4}" may repeat but does not run in a
 * cycle.
 *
 * The id of a record depends on the seed, the pattern and its number only. How many records there
 * are does not matter, so a job can be made longer later; nor does the text between the fields.
 */
#ifndef SP_RECORD_GENERATED_H
#define SP_RECORD_GENERATED_H

#include "record/record_random.h"
#include "record/record_source.h"
#include "record/record_template.h"

#include <smallpress/arena.h>
#include <smallpress/status.h>

#include <stddef.h>
#include <stdint.h>

/* The permutation behind one random field of the pattern. */
struct sp_generated_field;

/* The fields belong to the functions below. */
struct sp_generated {
    const struct sp_template *pattern;
    const struct sp_generated_field *fields; /* one for each random part, in order */
    uint64_t count;
    uint64_t made; /* records handed out */
    char *id;
    size_t id_length_max;
};

/*
 * Bytes an sp_generated takes from an arena: about 600 for each random field, and one id. The
 * pattern is parsed with SP_TEMPLATE_ID_FIELDS.
 */
size_t sp_generated_need(const struct sp_template *pattern, uint64_t count);

/*
 * Whether the pattern can make `count` records. SP_BAD_SPEC with the way out if the count is 0, the
 * ids would be empty or would repeat.
 */
SP_MUST_CHECK enum sp_status sp_generated_check(const struct sp_template *pattern, uint64_t count,
                                                struct sp_err *err);

/*
 * Makes the source. Fails as sp_generated_check does. The pattern is borrowed for as long as the
 * source is used, the seed only now.
 */
SP_MUST_CHECK enum sp_status sp_generated_init(struct sp_generated *generated,
                                               struct sp_arena *arena,
                                               const struct sp_template *pattern, uint64_t count,
                                               const unsigned char seed[SP_SEED_BYTES],
                                               struct sp_err *err);

/* The source that hands out records 1 to count. It never refuses or fails. */
struct sp_record_source sp_generated_source(struct sp_generated *generated);

/* Makes `made` (0 to count) the number of records handed out, so that the next one follows it. */
void sp_generated_seek(struct sp_generated *generated, uint64_t made);

/*
 * Writes the id of record `number` (1 to count) to `out`, which holds id_length_max bytes or more,
 * and returns its length. Changes nothing, so threads may share the source.
 */
size_t sp_generated_id(const struct sp_generated *generated, uint64_t number, char *out,
                       size_t capacity);

#endif
