#include "cli/report_files.h"

#include "cli/command.h"
#include "cli/say.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum sp_status cli_read_text(const char *path, char *text, size_t capacity, size_t *length,
                             struct sp_err *err)
{
    struct sp_in_file file;
    enum sp_status status = sp_in_file_open(&file, path, err);
    if (status != SP_OK)
        return status;
    file.stopped = cli_stopped;
    *length = 0;
    for (size_t got = 1; status == SP_OK && got > 0;) {
        char beyond;
        const bool full = *length == capacity;
        status = file.in.read(file.in.context, full ? &beyond : text + *length,
                              full ? 1 : capacity - *length, &got, err);
        if (status == SP_OK && full && got > 0)
            status = sp_fail(err, SP_BAD_SPEC,
                             "%s has more than the %zu bytes that a submission may have: move its "
                             "longest list to an NDJSON or CSV file beside it (photos: {data: "
                             "photos.ndjson}), which may have any length",
                             path, capacity);
        *length += status == SP_OK && !full ? got : 0;
    }
    sp_in_file_close(&file);
    return status;
}

enum sp_status cli_open_list(const char *folder, const char *path, char opened[PATH_MAX],
                             struct sp_in_file *file, struct sp_err *err)
{
    const bool absolute = path[0] == '/';
    const int length =
        snprintf(opened, PATH_MAX, "%s%s%s", absolute ? "" : folder, absolute ? "" : "/", path);
    if (length < 0 || length >= PATH_MAX)
        return sp_fail(err, SP_IO, "%.200s…: the path is too long", path);
    enum sp_status status = sp_in_file_open(file, opened, err);
    if (status != SP_OK)
        return status;
    file->stopped = cli_stopped;
    /* What is wrong with it stands in the report: there it has the name that the submission gave.
     */
    file->in.name = path;
    if (!file->regular) {
        sp_in_file_close(file);
        return sp_fail(err, SP_IO, "%s: a list is read more than once, so it must be a file",
                       opened);
    }
    return SP_OK;
}

void cli_documents_init(struct cli_documents *documents)
{
    *documents = (struct cli_documents){0};
    documents->pdf.fd = documents->pdf.folder_fd = -1;
    documents->xlsx.fd = documents->xlsx.folder_fd = -1;
}

static enum sp_status create(struct sp_file *file, const char *path, bool force, struct sp_err *err)
{
    if (strcmp(path, "-") == 0 && isatty(STDOUT_FILENO))
        return sp_fail(err, SP_BAD_SPEC,
                       "standard output is a terminal, which cannot show a document: redirect it, "
                       "or name a file");
    const enum sp_status status =
        sp_file_create(file, path, force ? SP_FILE_REPLACE : SP_FILE_NEW, err);
    file->stopped = cli_stopped;
    return status;
}

enum sp_status cli_documents_create(struct cli_documents *documents, const char *pdf,
                                    const char *xlsx, bool force, struct sp_err *err)
{
    enum sp_status status = SP_OK;
    documents->has_pdf = pdf != NULL;
    documents->has_xlsx = xlsx != NULL;
    if (pdf)
        status = create(&documents->pdf, pdf, force, err);
    if (status == SP_OK && xlsx)
        status = create(&documents->xlsx, xlsx, force, err);
    return status;
}

/* Both are brought to the disk before either is named. */
enum sp_status cli_documents_commit(struct cli_documents *documents, struct sp_err *err)
{
    struct sp_file *pdf = &documents->pdf, *xlsx = &documents->xlsx;
    enum sp_status status = SP_OK;
    if (documents->has_pdf)
        status = sp_file_sync(pdf, err);
    if (status == SP_OK && documents->has_xlsx)
        status = sp_file_commit(xlsx, err);
    if (status != SP_OK || !documents->has_pdf)
        return status;
    status = sp_file_commit(pdf, err);
    if (status != SP_OK && documents->has_xlsx)
        sp_file_revoke(xlsx);
    return status;
}

void cli_documents_discard(struct cli_documents *documents)
{
    sp_file_discard(&documents->xlsx);
    sp_file_discard(&documents->pdf);
}
