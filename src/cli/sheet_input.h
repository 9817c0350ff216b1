/* The lines that a sheet is made of: opened, measured, watched. */
#ifndef SP_CLI_SHEET_INPUT_H
#define SP_CLI_SHEET_INPUT_H

#include "cli/sheet_options.h"

/*
 * Opens the lines, if there are any. An ordinary file is read once before, to count its lines and
 * find the longest, so that the plan and the progress know them; `stopped` ends that as well.
 */
SP_MUST_CHECK enum sp_status cli_sheet_open_input(struct cli_sheet_options *options,
                                                  bool (*stopped)(void *), struct sp_err *err);
void cli_sheet_close_input(struct cli_sheet_options *options);

/* Whether an ordinary file of lines is no longer what it was when it was opened. */
bool cli_sheet_input_changed(const struct cli_sheet_options *options);

#endif
