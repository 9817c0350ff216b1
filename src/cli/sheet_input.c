#include "cli/sheet_input.h"

#include <string.h>
#include <sys/stat.h>

/* Room for a line at least, however short those are that were seen. */
#define LINE_BYTES_LEAST 64

/* A buffer for measuring lines before the job has its own. */
#define MEASURE_BYTES (64 * 1024)

/* Opens the lines and makes them the spec's input. */
static enum sp_status open_lines(struct cli_sheet_options *options, bool (*stopped)(void *),
                                 struct sp_err *err)
{
    const enum sp_status status = sp_in_file_open(&options->input, options->lines, err);
    if (status != SP_OK)
        return status;
    options->input.stopped = stopped;
    options->spec.lines = &options->input.in;
    return SP_OK;
}

enum sp_status cli_sheet_open_input(struct cli_sheet_options *options, bool (*stopped)(void *),
                                    struct sp_err *err)
{
    if (!options->lines)
        return SP_OK;
    enum sp_status status = open_lines(options, stopped, err);
    if (status != SP_OK || !options->input.regular || strcmp(options->lines, "-") == 0)
        return status;
    unsigned char buffer[MEASURE_BYTES];
    struct sp_sheet_extent extent;
    status = sp_sheet_measure(&options->input.in, buffer, sizeof buffer, &extent, err);
    cli_sheet_close_input(options);
    if (status != SP_OK)
        return status;
    if (extent.lines == 0)
        return sp_fail(err, SP_BAD_DATA, "%s has no line that can be printed", options->lines);
    options->spec.lines_expected = extent.lines;
    /* A file that grows while it is read may get lines a little longer than it has. */
    const uint64_t longest =
        extent.longest_bytes < LINE_BYTES_LEAST ? LINE_BYTES_LEAST : extent.longest_bytes;
    if (longest < options->spec.line_bytes_max)
        options->spec.line_bytes_max = (size_t)longest;
    return open_lines(options, stopped, err);
}

void cli_sheet_close_input(struct cli_sheet_options *options)
{
    if (options->lines)
        sp_in_file_close(&options->input);
}

bool cli_sheet_input_changed(const struct cli_sheet_options *options)
{
    struct stat info;
    return options->lines && options->input.regular && fstat(options->input.fd, &info) == 0 &&
           (uint64_t)info.st_size != options->input.size_bytes;
}
