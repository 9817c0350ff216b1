/* The options of `smallpress report` and `smallpress plan report`. */
#ifndef SP_CLI_REPORT_OPTIONS_H
#define SP_CLI_REPORT_OPTIONS_H

#include <smallpress/report.h>

#include "child/photo_feed.h"
#include "cli/job_options.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

/* Hosts that may be named with --allow-host. */
#define CLI_ALLOW_HOSTS_MAX 32

struct cli_report_options {
    const char *submission; /* a path, "-" for standard input, or null */
    const char *data;       /* the same: many submissions, one a line */
    const char *theme;      /* a path, or null */
    const char *output;     /* the PDF: a path, "-" for standard output, or null */
    const char *xlsx;       /* the same for the workbook */
    const char *scratch;    /* a folder, or null for that of the output */
    const char *date, *fonts;
    uint64_t memory_bytes;
    uint64_t photo_bytes; /* of one photo as it comes */
    unsigned threads;     /* 0 for as many as processors and memory allow */
    unsigned photo_time_s, fetch_time_s, fetch_total_s;
    enum cli_progress_mode progress;
    bool check, untagged, allow_private, proxy, no_transform;
    bool quiet, force, json, explain_memory, help;
    const char *allow_hosts[CLI_ALLOW_HOSTS_MAX];
    size_t allow_host_count;
    char output_folder[PATH_MAX], data_folder[PATH_MAX];
};

SP_MUST_CHECK enum sp_status cli_report_parse(struct cli_report_options *options, bool plan,
                                              int argc, char **argv, int first, struct sp_err *err);

void cli_report_help(bool plan);

/* The folder in which relative paths of photos and lists begin: that of the submission. */
const char *cli_report_folder(struct cli_report_options *options);

/* What the options say of photos. */
void cli_report_feed_spec(struct cli_report_options *options, struct sp_photo_feed_spec *feed);

/*
 * Plans the whole job, helper programs and all, and divides the memory: what nothing else needs is
 * for fonts that text may turn out to need and for the store of one large photo. Takes fewer
 * decoders when no number was asked for and the memory is short. *helper_bytes is the share of the
 * helper programs.
 */
SP_MUST_CHECK enum sp_status cli_report_plan(struct cli_report_options *options,
                                             struct sp_report_spec *spec,
                                             struct sp_photo_feed_spec *feed, struct sp_plan *plan,
                                             uint64_t *helper_bytes, struct sp_err *err);

/* Says why a plan does not fit and what would do. Always CLI_ROOM. */
int cli_report_refuse(const struct cli_report_options *options, const struct sp_plan *plan);

#endif
