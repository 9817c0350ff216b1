/* The options of `smallpress sheet` and `smallpress plan sheet`: a command line to a sheet spec. */
#ifndef SP_CLI_SHEET_OPTIONS_H
#define SP_CLI_SHEET_OPTIONS_H

#include <smallpress/sheet.h>

#include "cli/job_options.h"
#include "cli/progress.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

struct cli_sheet_options {
    struct sp_sheet_spec spec;
    const char *lines;    /* a path, "-" for standard input, or null */
    const char *output;   /* a path, "-" for standard output, or null */
    const char *manifest; /* the same */
    const char *scratch;  /* a folder, or null for that of the output */
    uint64_t memory_bytes;
    enum cli_progress_mode progress;
    bool quiet, force, json, explain_memory, help;
    char seed[SP_SHEET_SEED_BYTES];
    struct sp_in_file input; /* open while the lines are read */
    char output_folder[PATH_MAX];
};

/*
 * Parses argv from `first` on. `plan` takes --json and does not ask for an output. On success the
 * spec is complete but for the input, which cli_sheet_open_input opens.
 */
SP_MUST_CHECK enum sp_status cli_sheet_parse(struct cli_sheet_options *options, bool plan, int argc,
                                             char **argv, int first, struct sp_err *err);

void cli_sheet_help(bool plan);

/* The folder that scratch files go to. */
const char *cli_sheet_scratch(struct cli_sheet_options *options);

/*
 * Plans the job. When no number of threads was asked for, takes as many of the machine's as fit the
 * memory.
 */
SP_MUST_CHECK enum sp_status cli_sheet_plan(struct cli_sheet_options *options, struct sp_plan *plan,
                                            struct sp_err *err);

/* Says why a plan does not fit: the sum by part, and what to do. Always CLI_ROOM. */
int cli_sheet_refuse(struct cli_sheet_options *options, const struct sp_plan *plan);

#endif
