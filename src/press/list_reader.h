/*
 * Lists that stand in files beside the submission: opened, read row by row, closed. One at a time.
 */
#ifndef SP_PRESS_LIST_READER_H
#define SP_PRESS_LIST_READER_H

#include <smallpress/report.h>

#include "record/record_rows.h"
#include "spec/submission.h"

#include <stdbool.h>

struct sp_list_reader {
    const struct sp_report_io *io;
    struct sp_rows *rows;
    struct sp_in_file file;
    bool open;
};

size_t sp_list_reader_need(void);
void sp_list_reader_init(struct sp_list_reader *reader, struct sp_arena *arena,
                         const struct sp_report_io *io);

/* Opens a list; the columns are as sp_rows_begin has them. */
SP_MUST_CHECK enum sp_status sp_list_reader_open(struct sp_list_reader *reader,
                                                 const struct sp_list_source *source,
                                                 const char *const *names, size_t count,
                                                 size_t required, struct sp_err *err);
void sp_list_reader_close(struct sp_list_reader *reader);

#endif
