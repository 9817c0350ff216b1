#include "job.h"

#include <smallpress/file.h>
#include <smallpress/stream.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEED "0123456789abcdef0123456789abcdef"

static bool write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    if (!file)
        return false;
    const bool written = fputs(text, file) >= 0;
    return fclose(file) == 0 && written;
}

/* The bytes of a file, to be freed by the caller; null if it cannot be read. */
static unsigned char *read_all(const char *path, size_t *length)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return NULL;
    const size_t most = 16 << 20;
    unsigned char *bytes = malloc(most);
    *length = bytes ? fread(bytes, 1, most, file) : 0;
    fclose(file);
    return bytes;
}

static struct sp_sheet_spec spec_of(const struct job *job, const struct sp_in *lines)
{
    struct sp_sheet_spec spec;
    sp_sheet_spec_init(&spec);
    spec.count = job->kind->count;
    spec.lines = lines;
    spec.seed = SEED;
    spec.draw = job->kind->draw;
    spec.threads = job->kind->threads;
    if (job->kind->text)
        spec.text = job->kind->text;
    return spec;
}

/* What is open while a job runs. */
struct run {
    struct sp_in_file input;
    struct sp_file document, manifest;
    struct sp_arena arena;
    struct sp_sheet *sheet;
};

static enum sp_status print(struct run *run, const struct job *job, struct sp_err *err)
{
    const struct sp_sheet_spec spec = spec_of(job, job->kind->lines ? &run->input.in : NULL);
    const struct sp_sheet_io io = {
        .document = sp_file_write,
        .document_context = &run->document,
        .manifest = sp_file_write,
        .manifest_context = &run->manifest,
        .scratch_folder = job->folder,
    };
    struct sp_plan plan;
    struct sp_sheet_result result;
    enum sp_status status = sp_sheet_plan(&spec, &plan, err);
    if (status == SP_OK)
        status = sp_arena_open(&run->arena, plan.arena_bytes, err);
    if (status == SP_OK)
        status = sp_file_create(&run->document, job->document, SP_FILE_NEW, err);
    if (status == SP_OK)
        status = sp_file_create(&run->manifest, job->manifest, SP_FILE_NEW, err);
    if (status == SP_OK)
        status = sp_sheet_open(&run->sheet, &run->arena, &spec, &io, err);
    if (status == SP_OK)
        status = sp_sheet_run(run->sheet, &result, err);
    if (status == SP_OK)
        status = sp_file_commit(&run->manifest, err);
    if (status == SP_OK)
        status = sp_file_commit(&run->document, err);
    return status;
}

enum sp_status job_run(const struct job *job, struct sp_err *err)
{
    struct run run = {.input.fd = -1};
    run.document.fd = run.document.folder_fd = -1;
    run.manifest.fd = run.manifest.folder_fd = -1;
    enum sp_status status = SP_OK;
    if (job->kind->lines)
        status = sp_in_file_open(&run.input, job->input, err);
    if (status == SP_OK)
        status = print(&run, job, err);
    if (run.sheet)
        sp_sheet_close(run.sheet);
    sp_file_discard(&run.manifest);
    sp_file_discard(&run.document);
    sp_arena_close(&run.arena);
    sp_in_file_close(&run.input);
    return status;
}

static const char *check_file(const char *path, const unsigned char *bytes, size_t length)
{
    size_t found_length = 0;
    unsigned char *found = read_all(path, &found_length);
    if (!found)
        return "a file of a run that succeeded is not there";
    const bool same = found_length == length && memcmp(found, bytes, length) == 0;
    free(found);
    return same ? NULL : "a file under its final name is not that of the undisturbed run";
}

/* Removes everything in the folder; how much there was besides the two files. */
static unsigned clear(const struct job *job)
{
    unsigned others = 0;
    DIR *folder = opendir(job->folder);
    const struct dirent *entry;
    while (folder && (entry = readdir(folder))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        others += strcmp(entry->d_name, "out.pdf") != 0 && strcmp(entry->d_name, "out.csv") != 0;
        (void)unlinkat(dirfd(folder), entry->d_name, 0);
    }
    if (folder)
        closedir(folder);
    return others;
}

const char *job_check(const struct job *job, bool succeeded)
{
    const char *wrong = NULL;
    if (succeeded || access(job->manifest, F_OK) == 0)
        wrong = check_file(job->manifest, job->manifest_bytes, job->manifest_length);
    if (succeeded && !wrong)
        wrong = check_file(job->document, job->document_bytes, job->document_length);
    if (!succeeded && access(job->document, F_OK) == 0)
        wrong = "a run that failed left a document under the final name";
    if (clear(job) > 0 && !wrong)
        wrong = "a temporary file is left in the folder";
    return wrong;
}

const char *job_open(struct job *job, const struct job_kind *kind)
{
    memset(job, 0, sizeof *job);
    job->kind = kind;
    const char *temporary = getenv("TMPDIR");
    if (!temporary || strlen(temporary) > JOB_NAME_BYTES - 32)
        temporary = "/tmp";
    snprintf(job->folder, sizeof job->folder, "%s/smallpress-fault-XXXXXX", temporary);
    if (!mkdtemp(job->folder))
        return "a folder for the test cannot be made";
    snprintf(job->document, sizeof job->document, "%s/out.pdf", job->folder);
    snprintf(job->manifest, sizeof job->manifest, "%s/out.csv", job->folder);
    /* Beside the folder, so that what stands in it is what the job left. */
    snprintf(job->input, sizeof job->input, "%s.txt", job->folder);
    if (kind->lines && !write_text(job->input, kind->lines))
        return "the input of the test cannot be written";
    struct sp_err err = {0};
    if (job_run(job, &err) != SP_OK)
        return "the undisturbed run failed";
    job->document_bytes = read_all(job->document, &job->document_length);
    job->manifest_bytes = read_all(job->manifest, &job->manifest_length);
    if (!job->document_bytes || !job->manifest_bytes)
        return "the undisturbed run made nothing";
    return job_check(job, true);
}

void job_close(struct job *job)
{
    (void)clear(job);
    (void)rmdir(job->folder);
    (void)unlink(job->input);
    free(job->document_bytes);
    free(job->manifest_bytes);
}
