/* Many submissions from one file, one a line. */
#ifndef SP_CLI_REPORT_BATCH_H
#define SP_CLI_REPORT_BATCH_H

#include "cli/report_run.h"

/*
 * Makes them all, one after another, photos decoded side by side. A submission that cannot be made
 * is told with its line and left out. Returns the exit status.
 */
int cli_report_batch(struct cli_report_run *run);

/* Reads the file once: how many there are, and a text as long as the longest for the plan. */
SP_MUST_CHECK enum sp_status cli_report_batch_measure(struct cli_report_run *run,
                                                      struct sp_err *err);

#endif
