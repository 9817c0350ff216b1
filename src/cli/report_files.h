/* The files of a report: its texts, the lists beside it, the documents it becomes. */
#ifndef SP_CLI_REPORT_FILES_H
#define SP_CLI_REPORT_FILES_H

#include <smallpress/file.h>
#include <smallpress/stream.h>

#include "cli/report_options.h"

#include <stdbool.h>

/*
 * Reads a whole text of up to `capacity` bytes into memory of the caller's. SP_BAD_DATA if it is
 * longer.
 */
SP_MUST_CHECK enum sp_status cli_read_text(const char *path, char *text, size_t capacity,
                                           size_t *length, struct sp_err *err);

/* Opens a list by its path in a submission: the function of sp_report_io. */
SP_MUST_CHECK enum sp_status cli_open_list(const char *folder, const char *path,
                                           char opened[PATH_MAX], struct sp_in_file *file,
                                           struct sp_err *err);

/* The two documents. */
struct cli_documents {
    struct sp_file pdf, xlsx;
    bool has_pdf, has_xlsx;
};

void cli_documents_init(struct cli_documents *documents);

/* Creates those that have a name (null for none). */
SP_MUST_CHECK enum sp_status cli_documents_create(struct cli_documents *documents, const char *pdf,
                                                  const char *xlsx, bool force, struct sp_err *err);

/* Makes both final, or neither. */
SP_MUST_CHECK enum sp_status cli_documents_commit(struct cli_documents *documents,
                                                  struct sp_err *err);
void cli_documents_discard(struct cli_documents *documents);

#endif
