/*
 * A rehearsal: the first pages of a job are made and dropped, to see how fast they come and how
 * many bytes they take.
 */
#ifndef SP_CLI_REHEARSAL_H
#define SP_CLI_REHEARSAL_H

#include "cli/sheet_options.h"

/* How long it may take. */
#define CLI_REHEARSAL_MS 60

struct cli_rehearsal {
    bool whole; /* the job is so short that all of it was made */
    uint64_t records, pages, output_bytes, elapsed_ns;
    struct sp_sheet_result result;
};

/* The options' input must be an ordinary file or generated; it is read from its beginning. */
SP_MUST_CHECK enum sp_status cli_rehearse(struct cli_sheet_options *options,
                                          struct cli_rehearsal *rehearsal, struct sp_err *err);

#endif
