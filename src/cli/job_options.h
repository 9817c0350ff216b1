/* What all jobs have in common on the command line: memory, progress, scratch, numbers. */
#ifndef SP_CLI_JOB_OPTIONS_H
#define SP_CLI_JOB_OPTIONS_H

#include <smallpress/status.h>

#include "cli/progress.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

/* The limit a job gets when none is given: any of ordinary size fits, with room to spare. */
#define CLI_MEMORY_DEFAULT (UINT64_C(64) << 20)

/* Threads that are taken unasked: more seldom help where the disk is the limit. */
#define CLI_THREADS_DEFAULT_MAX 16

/* A whole number from `least` to `most`. */
SP_MUST_CHECK enum sp_status cli_parse_number(const char *value, uint64_t least, uint64_t most,
                                              uint64_t *number, struct sp_err *err);

/* For fields that are a mode of progress, a size in bytes (uint64_t), and a path, not empty. */
enum sp_status cli_set_progress(void *field, const char *value, struct sp_err *err);
enum sp_status cli_set_size(void *field, const char *value, struct sp_err *err);
enum sp_status cli_set_path(void *field, const char *value, struct sp_err *err);

/* The folder of scratch files: the one asked for, else that of the output, else one on a disk. */
const char *cli_scratch_folder(char folder[PATH_MAX], const char *scratch, const char *output);

/* Processors that the process may use, at most CLI_THREADS_DEFAULT_MAX. */
unsigned cli_processors(void);

/* Memory sizes that people would write: whole mebibytes, rounded up. */
uint64_t cli_mebibytes(uint64_t bytes);

#endif
