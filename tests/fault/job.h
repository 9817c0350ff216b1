/*
 * A whole sheet job as a program would run it, for tests that make something in it fail: lines or
 * generated ids to a document and a manifest, real files in a folder of its own.
 */
#ifndef SP_TESTS_JOB_H
#define SP_TESTS_JOB_H

#include <smallpress/sheet.h>

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* What a job is made of. */
struct job_kind {
    const char *name;
    const char *lines; /* the text of the input, or null for generated ids */
    uint64_t count;    /* of generated ids */
    const char *text;  /* under the codes, or null for the id */
    enum sp_draw draw;
    unsigned threads;
};

#define JOB_NAME_BYTES 64

/* The folder of a test, and what an undisturbed run made in it. */
struct job {
    const struct job_kind *kind;
    char folder[JOB_NAME_BYTES]; /* of the output and the scratch file */
    char input[JOB_NAME_BYTES + 8], document[JOB_NAME_BYTES + 8], manifest[JOB_NAME_BYTES + 8];
    unsigned char *document_bytes, *manifest_bytes;
    size_t document_length, manifest_length;
};

/* Makes the folder and the input, and runs once with nothing in its way. Null if that works, else
 * what is wrong. */
const char *job_open(struct job *job, const struct job_kind *kind);
void job_close(struct job *job);

/* Runs the job: both files are committed, the manifest first, or both discarded. */
enum sp_status job_run(const struct job *job, struct sp_err *err);

/*
 * Looks at what a run left in the folder and takes it away. Null if it is right, else what is
 * wrong: a success leaves the two files of the undisturbed run, a failure no document and, of the
 * manifest, all or nothing; neither leaves anything else.
 */
const char *job_check(const struct job *job, bool succeeded);

#endif
