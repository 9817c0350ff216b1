/*
 * The sheet press: records to pages of codes, streamed to PDF in flat memory.
 *
 *     struct sp_sheet_spec spec;
 *     sp_sheet_spec_init(&spec);
 *     spec.count = 50000;
 *     sp_sheet_seed_make(seed, &err);          spec.seed = seed;
 *     sp_sheet_plan(&spec, &plan, &err)        what it will need: arithmetic only
 *     sp_arena_open(&arena, plan.arena_bytes, &err)
 *     sp_sheet_open(&sheet, &arena, &spec, &io, &err)
 *     sp_sheet_run(sheet, &result, &err)       the document goes to io.document as it is made
 *     sp_sheet_close(sheet)
 *     sp_arena_close(&arena)
 *
 * examples/sheet.c is that program in full.
 *
 * Output is a function of the spec and the data: the same bytes on one thread or sixteen. The press
 * never prints, opens no file but a scratch file without a name, and takes no memory after
 * sp_sheet_open but what its libraries do, which the plan prices.
 */
#ifndef SMALLPRESS_SHEET_H
#define SMALLPRESS_SHEET_H

#include "arena.h"
#include "draw.h"
#include "export.h"
#include "plan.h"
#include "qr.h"
#include "status.h"
#include "stream.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

SP_BEGIN_DECLS

/* A whole job. Texts and the stream are borrowed as long as the sheet is open. */
struct sp_sheet_spec {
    /* Records: `count` generated ids, or the lines of a stream; the other is 0 or null. */
    uint64_t count;
    const char *id;            /* pattern of generated ids: {n} {n:06} {random:12} {uuid} */
    const char *seed;          /* 32 hexadecimal digits; for patterns with a random field */
    const struct sp_in *lines; /* one payload a line */
    uint64_t lines_expected;   /* how many there are, 0 when not known: for progress only */
    size_t line_bytes_max;     /* the longest line that is taken; 1 to SP_LINE_BYTES_MAX */
    bool strict;               /* a bad record ends the job instead of being left out */

    /* What a record becomes: templates of {id} {n} {n:06} {line}. */
    const char *code; /* the payload; "{id}" */
    const char *text; /* the printed line; "{id}", or null for none */

    struct sp_qr_options qr;
    uint32_t quiet_zone; /* modules of white around a code; 4, 0 to 64 */

    /* The sheet, in micrometres. */
    int64_t page_width_um, page_height_um;                                    /* A4 */
    int64_t margin_top_um, margin_right_um, margin_bottom_um, margin_left_um; /* 10 mm */
    int64_t column_gap_um, row_gap_um;                                        /* 2 mm */
    uint32_t columns, rows;                                                   /* 5 and 6 */
    int64_t code_um;  /* side of a code with its quiet zone; 0 for what fits */
    int64_t text_mpt; /* size of the printed line, in thousandths of a point; 8 pt */

    enum sp_draw draw;
    const char *title; /* of the document, or null */
    const char *date;  /* of the document, "2026-11-21" or "2026-11-21T12:00:00Z", or null */

    unsigned threads; /* that compose pages: 1 to SP_THREADS_MAX; 1 is the caller's own */
};

/* Fills in the defaults named above: 0 records, and everything else as the first story has it. */
SP_API void sp_sheet_spec_init(struct sp_sheet_spec *spec);

/* Bytes of a seed's text with its end. */
#define SP_SHEET_SEED_BYTES 33

/* Makes a seed of the system's random bytes: ids made with it cannot be guessed. */
SP_API SP_MUST_CHECK enum sp_status sp_sheet_seed_make(char seed[SP_SHEET_SEED_BYTES],
                                                       struct sp_err *err);

/*
 * Whether the ids of the spec depend on its seed. False as well for a pattern that has a mistake,
 * which sp_sheet_plan reports.
 */
SP_API bool sp_sheet_needs_seed(const struct sp_sheet_spec *spec);

/* What a text of lines holds, found by reading it once. */
struct sp_sheet_extent {
    uint64_t lines;         /* that are not empty */
    uint64_t longest_bytes; /* of a line */
};

/* Reads a stream to its end through a buffer of the caller's (64 KiB will do). */
SP_API SP_MUST_CHECK enum sp_status sp_sheet_measure(const struct sp_in *in, void *buffer,
                                                     size_t buffer_bytes,
                                                     struct sp_sheet_extent *extent,
                                                     struct sp_err *err);

/*
 * Checks the spec and works out what the job needs. SP_BAD_SPEC with the way out if the spec cannot
 * be followed.
 */
SP_API SP_MUST_CHECK enum sp_status sp_sheet_plan(const struct sp_sheet_spec *spec,
                                                  struct sp_plan *plan, struct sp_err *err);

/* Where a job stands. Records are those on finished pages. */
struct sp_sheet_progress {
    uint64_t records, records_total; /* total 0 when not known */
    uint64_t pages, pages_total;
    uint64_t output_bytes;
};

typedef enum sp_status sp_write_function(void *context, const void *bytes, size_t count,
                                         struct sp_err *err);

/*
 * What the job reads from and writes to besides the stream of lines. Functions that are null are
 * left out, but for `document`, which must be there (sp_out_discard will do).
 */
struct sp_sheet_io {
    sp_write_function *document; /* the PDF, from its first byte to its last */
    void *document_context;
    sp_write_function *manifest; /* CSV: id,payload,page,row,column */
    void *manifest_context;
    const char *scratch_folder; /* on a disk, not in memory */

    /* After every page, on the thread that called sp_sheet_run. */
    void (*progress)(void *context, const struct sp_sheet_progress *progress);
    /* For each record left out, in order, one at a time, on whichever thread met it. */
    void (*refused)(void *context, const struct sp_err *why);
    /* Asked before every page and after every bad record, on any thread: true ends the job. */
    bool (*stopped)(void *context);
    void *context; /* of these three */

    uint64_t pages_max; /* end after so many pages as if the input had ended; 0 for no limit */
};

struct sp_sheet_result {
    uint64_t records; /* on the pages */
    uint64_t refused; /* left out */
    uint64_t pages;
    uint64_t output_bytes; /* of the document */
    uint64_t scratch_bytes;
    int version_min, version_max; /* QR versions used */
    uint64_t version_max_record;  /* number of the first record of the largest */
    int64_t module_um;            /* side of the smallest module */
    int64_t text_mpt_min;         /* smallest printed line; 0 when there was none */
    uint64_t text_min_record;     /* number of the first record with it */
    uint64_t text_cut;            /* printed lines that had to be cut */
    uint64_t missing_characters;  /* printed, that the font has no glyph for */
};

struct sp_sheet;

/*
 * Takes everything the job needs from an arena of plan.arena_bytes and seals it. `io` is copied.
 * Fails with SP_BAD_SPEC as the plan does, with SP_NO_ROOM if a library is refused memory, with
 * SP_IO if the scratch file cannot be made.
 */
SP_API SP_MUST_CHECK enum sp_status sp_sheet_open(struct sp_sheet **sheet, struct sp_arena *arena,
                                                  const struct sp_sheet_spec *spec,
                                                  const struct sp_sheet_io *io, struct sp_err *err);

/*
 * Makes the document; once. On failure what was written is not a document and `result` tells how
 * far it came. SP_STOPPED when `stopped` said so, SP_BAD_DATA for input without one good record
 * and, if strict, for the first bad one.
 */
SP_API SP_MUST_CHECK enum sp_status sp_sheet_run(struct sp_sheet *sheet,
                                                 struct sp_sheet_result *result,
                                                 struct sp_err *err);

/* Gives back what is not in the arena. */
SP_API void sp_sheet_close(struct sp_sheet *sheet);

/* A way to make modules larger and files smaller, found by looking at one payload. */
struct sp_sheet_advice {
    int version;            /* that the payload takes now */
    int version_upper;      /* that it would take in capitals; equal when that saves nothing */
    unsigned shorter_bytes; /* fewer bytes that would save a version; 0 when it is the smallest */
    uint32_t payload_bytes;
    char payload[256]; /* the first record's, cut */
};

/*
 * Looks at the first payload of a spec that was planned: of generated ids, or of the stream of
 * lines, which is read from. The arena needs sp_sheet_advice_need bytes. SP_BAD_DATA if there is
 * none that can be encoded.
 */
SP_API size_t sp_sheet_advice_need(const struct sp_sheet_spec *spec);
SP_API SP_MUST_CHECK enum sp_status sp_sheet_advise(const struct sp_sheet_spec *spec,
                                                    struct sp_arena *arena,
                                                    struct sp_sheet_advice *advice,
                                                    struct sp_err *err);

SP_END_DECLS

#endif
