/*
 * The report press: one submission with its photos to PDF and XLSX, one photo in hand at a time.
 *
 *     struct sp_report_spec spec;
 *     sp_report_spec_init(&spec);
 *     spec.submission = text; spec.submission_bytes = length; spec.submission_name = "visit.json";
 *     sp_report_plan(&spec, &plan, &err)       what it will need; parses and checks the submission
 *     sp_arena_open(&arena, plan.arena_bytes, &err)
 *     sp_report_open(&report, &arena, &spec, &io, &err)
 *     sp_report_run(report, &result, &err)     both documents go to their sinks as they are made
 *     sp_report_close(report)
 *     sp_arena_close(&arena)
 *
 * The format of a submission is docs/submission.md, and as a JSON Schema
 * share/submission.schema.json. Long lists stand beside it in NDJSON or CSV files and are read
 * record by record: neither their length nor the number of photos shows in memory.
 *
 * The press neither fetches nor decodes: photos are ordered from io.photos, which may do both in
 * other processes, ahead of time. A photo that cannot be had becomes a labelled box that says why,
 * is told to io.refused and listed at the end of the report, which is finished all the same.
 *
 * Output is a function of the spec, the data, the photos and the fonts: the same bytes every time.
 */
#ifndef SMALLPRESS_REPORT_H
#define SMALLPRESS_REPORT_H

#include "arena.h"
#include "export.h"
#include "photo.h"
#include "plan.h"
#include "status.h"
#include "stream.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

SP_BEGIN_DECLS

/* A whole job. Texts are borrowed as long as the report is open. */
struct sp_report_spec {
    const char *submission; /* YAML or JSON */
    size_t submission_bytes;
    const char *submission_name; /* what messages call it */
    const char *theme;           /* YAML or JSON, or null for the one in the submission */
    size_t theme_bytes;
    const char *theme_name;

    bool pdf, xlsx;         /* which documents are made; one at least */
    bool tagged;            /* the PDF has a structure for screen readers; true */
    const char *date;       /* of the documents' information, or null for the submission's own */
    const char *font_paths; /* folders of fonts, separated by colons; null for the system's */
    uint64_t font_bytes;    /* memory for fonts that text may turn out to need; 0 for none */
    unsigned photos_ahead;  /* ordered before they are taken: 1 to SP_REPORT_AHEAD_MAX */
};

#define SP_REPORT_AHEAD_MAX 64

/* Fills in the defaults: a PDF, tagged, four photos ahead. */
SP_API void sp_report_spec_init(struct sp_report_spec *spec);

/*
 * Reads a submission (and a theme, if there is one) and tells every mistake, in the order of the
 * text, to `problem`: each has line, column and the field. `memory` is 16 times the texts' bytes
 * plus 256 KiB. SP_BAD_SPEC if there was any, with the number of them.
 */
SP_API SP_MUST_CHECK enum sp_status sp_report_check(const struct sp_report_spec *spec,
                                                    void (*problem)(void *context, const char *name,
                                                                    const struct sp_err *why),
                                                    void *context, struct sp_err *err);

/*
 * Checks the spec and works out what the job needs in this process. SP_BAD_SPEC with line, column
 * and field of the first mistake.
 */
SP_API SP_MUST_CHECK enum sp_status sp_report_plan(const struct sp_report_spec *spec,
                                                   struct sp_plan *plan, struct sp_err *err);

/*
 * Where photos come from. They are taken in the order in which they were ordered; at most
 * `photos_ahead` are on order at once.
 */
struct sp_photo_source {
    /*
     * Orders a photo by its source as the submission has it, a path or a URL; the text is borrowed
     * during the call. Whatever is wrong with the photo is told when it is taken: this fails only
     * when nothing more can be had at all.
     */
    enum sp_status (*order)(void *context, const char *source, const struct sp_photo_order *order,
                            struct sp_err *err);
    /*
     * Waits for the photo ordered first. SP_OK with a file that may be read with pread until the
     * next call of `take` or the end; SP_BAD_DATA, SP_TOO_BIG or SP_IO with the reason if this
     * photo cannot be had; SP_STOPPED, and SP_IO with ENOSPC, end the report.
     */
    enum sp_status (*take)(void *context, struct sp_photo *photo, int *fd, struct sp_err *err);
    void *context;
};

struct sp_report_progress {
    uint64_t photos, photos_total; /* total 0 when lists must be read to be counted */
    uint64_t rows;                 /* of tables */
    uint64_t pages;
    uint64_t output_bytes;
};

typedef enum sp_status sp_report_write(void *context, const void *bytes, size_t count,
                                       struct sp_err *err);

struct sp_report_io {
    sp_report_write *document; /* the PDF; null if spec.pdf is off */
    void *document_context;
    sp_report_write *workbook; /* the XLSX; null if spec.xlsx is off */
    void *workbook_context;
    struct sp_photo_source photos;
    const char *scratch_folder; /* on a disk, not in memory */

    /* Opens a list that stands beside the submission; `path` as the submission has it. */
    enum sp_status (*open)(void *context, const char *path, struct sp_in_file *file,
                           struct sp_err *err);

    /* After every page and every photo. */
    void (*progress)(void *context, const struct sp_report_progress *progress);
    /* For each photo or row that was refused; `what` names it: its caption, source or place. */
    void (*refused)(void *context, const char *what, const struct sp_err *why);
    bool (*stopped)(void *context);
    void *context; /* of these four */
};

/* Names of fonts other than the built-in ones that were needed, in the order they were met. */
#define SP_REPORT_FONTS_MAX 16

struct sp_report_result {
    uint64_t pages, photos, photos_refused, rows, rows_refused;
    uint64_t document_bytes, workbook_bytes, scratch_bytes;
    uint64_t missing_characters; /* that no font has: each is shown as its code */
    uint32_t missing_first;      /* the first of them */
    uint64_t text_cut;           /* texts that were too long for their place */
    unsigned font_count;
    char fonts[SP_REPORT_FONTS_MAX][64];
};

struct sp_report;

/* A rule of the theme for asking an image host for a smaller photo: see docs/submission.md. */
struct sp_url_rule {
    const char *match; /* POSIX extended regular expression over the whole address */
    const char *to;    /* the address to try first: $1 to $9, {width}, {quality} */
};

/* Takes everything from an arena of plan.arena_bytes and seals it. `io` is copied. */
SP_API SP_MUST_CHECK enum sp_status sp_report_open(struct sp_report **report,
                                                   struct sp_arena *arena,
                                                   const struct sp_report_spec *spec,
                                                   const struct sp_report_io *io,
                                                   struct sp_err *err);

/*
 * Makes the documents; once. On failure what was written is no document. Photos and rows that were
 * refused are no failure: see the result.
 */
SP_API SP_MUST_CHECK enum sp_status sp_report_run(struct sp_report *report,
                                                  struct sp_report_result *result,
                                                  struct sp_err *err);

SP_API void sp_report_close(struct sp_report *report);

/* The number of the submission, or null: what an output may be named by. */
SP_API const char *sp_report_number(const struct sp_report *report);

/* The rules of the theme, for whoever fetches; borrowed until the report is closed. */
SP_API const struct sp_url_rule *sp_report_url_rules(const struct sp_report *report, size_t *count);

SP_END_DECLS

#endif
