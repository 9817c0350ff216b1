/*
 * One submission made into its documents; by itself, or one of many that share memory limit, helper
 * programs and progress.
 */
#ifndef SP_CLI_REPORT_RUN_H
#define SP_CLI_REPORT_RUN_H

#include "cli/report_files.h"
#include "cli/report_options.h"

#include <stdbool.h>
#include <stdint.h>

/* Photos and rows that are told one by one; the rest are counted. */
#define CLI_REPORT_SAID_MAX 20

struct cli_report_run {
    struct cli_report_options *options;
    struct sp_report_spec spec;
    struct sp_photo_feed_spec feed_spec;
    struct sp_plan plan;
    uint64_t helper_bytes; /* of it: the share of helper programs, which have fences of their own */
    struct cli_progress progress;

    /* Open as long as possible: submissions follow one another. */
    struct sp_arena feed_arena;
    struct sp_photo_feed *feed;
    bool feed_has_rules;
    uint64_t decoder_bytes; /* the most that a decoder had */

    /* Of the submission in hand. */
    struct sp_arena arena;
    struct sp_report *report;
    struct cli_documents documents;
    struct sp_report_result result;
    const char *label; /* what messages begin with, or null */
    char opened[PATH_MAX];
    uint64_t said;

    /* Of all. */
    bool batch;
    uint64_t submissions, submissions_total, pages, output_bytes;
};

/* Fills in spec and feed_spec from the options; the texts are added by the caller. */
void cli_report_run_init(struct cli_report_run *run, struct cli_report_options *options);

/*
 * Makes the documents of the submission in run->spec. `name` gives the paths of the two (null for
 * none) once the submission's number is known; null takes those of the options.
 */
typedef enum sp_status cli_report_name(void *context, const char *number, const char **pdf,
                                       const char **xlsx, struct sp_err *err);
SP_MUST_CHECK enum sp_status cli_report_make(struct cli_report_run *run, cli_report_name *name,
                                             void *context, struct sp_err *err);

/* Ends the helper programs; what was counted of them is kept. */
void cli_report_end_helpers(struct cli_report_run *run);

/* Says what was noticed of the submission that was made: fonts, missing characters, cut texts. */
void cli_report_say_notes(const struct cli_report_run *run);

void cli_report_run_finish(struct cli_report_run *run);

#endif
