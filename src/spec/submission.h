/*
 * A submission: the data of one report, from YAML or JSON to checked structs.
 *
 * YAML is read by libyaml event by event, JSON token by token (a text is JSON if it begins with a
 * brace and a double quote), so every mistake is told with its line, its column and the path of its
 * field ("sections[2].photos[0].src"). What may stand where is a table of keys (spec_table.h), the
 * same for both. The structs and texts stand in an arena whose size follows from the size of the
 * text; lists too long for that stand in NDJSON or CSV files beside the submission (struct
 * sp_list_source), of which only the name is here.
 *
 * Everything from outside is bounded: SP_SUBMISSION_BYTES_MAX of text, SP_SUBMISSION_DEPTH_MAX
 * levels, no anchors, aliases and tags (a few lines of them can stand for gigabytes), no duplicate
 * keys, no unknown keys (told with the nearest one that exists), texts in UTF-8 without control
 * characters but tab and line feed. Line ends in texts are handed out as line feeds. A text of
 * nothing but blanks is as good as none.
 */
#ifndef SP_SPEC_SUBMISSION_H
#define SP_SPEC_SUBMISSION_H

#include <smallpress/arena.h>
#include <smallpress/limit.h>
#include <smallpress/status.h>

#include "spec/theme.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Columns of a table. */
#define SP_TABLE_COLUMNS_MAX 256

/* Where a thing stands in the text, for messages about it later. From 1. */
struct sp_place {
    uint32_t line, column;
};

enum sp_value_kind {
    SP_VALUE_NONE, /* null, or a cell that is not there */
    SP_VALUE_TEXT,
    SP_VALUE_NUMBER,
    SP_VALUE_DATE,     /* "2026-11-21" */
    SP_VALUE_DATETIME, /* "2026-11-21T09:30", seconds and an offset or Z allowed */
    SP_VALUE_BOOL,
};

/*
 * A value as it is printed and, for a workbook, as what it is. A text that looks like a date is one
 * only in a place that is for dates (`date`, `taken_at`, a column of that type, a field's value
 * that is exactly such a text).
 */
struct sp_value {
    enum sp_value_kind kind;
    const char *text; /* as written; never null */
    double number;    /* of a number; of a date: days since 1899-12-30, as workbooks count; 0 or 1
                         of a bool */
};

/* A list that stands in a file of its own, by the ending of its name NDJSON or CSV. */
struct sp_list_source {
    const char *path; /* as written, or null: the list is inline */
    struct sp_place place;
};

struct sp_report_field {
    const char *label;
    struct sp_value value;
    const char *link; /* an http, https, mailto or tel address, or null */
};

enum sp_item_status {
    SP_ITEM_NONE, /* no status: only a text */
    SP_ITEM_OK,
    SP_ITEM_FAIL,
    SP_ITEM_NA,
};

struct sp_report_item {
    const char *text;
    enum sp_item_status status;
    const char *note; /* or null */
};

enum sp_column_type {
    SP_COLUMN_AUTO, /* JSON numbers are numbers, anything else is text */
    SP_COLUMN_TEXT,
    SP_COLUMN_NUMBER,
    SP_COLUMN_DATE,
    SP_COLUMN_DATETIME,
};

enum sp_align {
    SP_ALIGN_START,
    SP_ALIGN_CENTER,
    SP_ALIGN_END
};

struct sp_report_column {
    const char *name;  /* of the member or CSV column */
    const char *title; /* in the head of the table; the name unless given */
    enum sp_column_type type;
    enum sp_align align; /* numbers at the end, everything else at the start unless given */
    bool align_given;
    uint32_t weight; /* share of the width; 0 to be measured from the first rows */
};

struct sp_report_row {
    const struct sp_value *cells; /* column_count of them */
};

struct sp_report_table {
    const char *title;                      /* or null */
    const struct sp_report_column *columns; /* may be empty for a CSV file: its header names them */
    size_t column_count;
    const struct sp_report_row *rows;
    size_t row_count;
    struct sp_list_source source; /* rows: {data: rows.csv} */
    struct sp_place place;
};

struct sp_report_photo {
    const char *src;
    const char *caption; /* or null */
    struct sp_value taken_at;
    const char *section; /* the title or id of a section it belongs to, or null */
    struct sp_place place;
};

struct sp_report_photos {
    const struct sp_report_photo *photos;
    size_t count;
    struct sp_list_source source;
};

struct sp_report_section {
    const char *id;    /* or null */
    const char *title; /* never null */
    const char *text;  /* paragraphs between empty lines, or null */
    const struct sp_report_field *fields;
    size_t field_count;
    const struct sp_report_item *items;
    size_t item_count;
    struct sp_list_source items_source;
    const struct sp_report_table *tables;
    size_t table_count;
    struct sp_report_photos photos; /* its own, and those at the top that name this section */
    struct sp_place place;
};

struct sp_report_signature {
    const char *image; /* a path or URL, or null for an empty line to sign on */
    const char *name, *role;
    struct sp_value time;
};

struct sp_submission {
    const char *title;    /* never null */
    const char *subtitle; /* or null */
    const char *number;   /* or null */
    struct sp_value date;
    const char *locale; /* BCP 47: "en", "de-AT", "ar"; "en" unless given */
    const char *author; /* or null */
    const char *logo;   /* a path or URL, or null */
    const char *text;   /* paragraphs before the first section, or null */
    const struct sp_report_field *fields;
    size_t field_count;
    const struct sp_report_section *sections;
    size_t section_count;
    struct sp_report_photos photos; /* those that name no section come after the last one */
    const struct sp_report_signature *signatures;
    size_t signature_count;
    struct sp_theme theme; /* defaults, then the `theme` of the submission, then the given file */
};

/*
 * Bytes of arena for texts of so many bytes together. Linear, and enough for any text: the smallest
 * text of each thing is known, and none takes more than 16 times its bytes (columns named by one
 * letter; cells of one digit take 13). What members an inline row leaves out is not in the text, so
 * it has a limit of its own: as many as there are, and SP_TABLE_MISSING_MAX besides.
 */
size_t sp_submission_need(size_t text_bytes);
#define SP_TABLE_MISSING_MAX 2048

/*
 * Bytes of heap that libyaml takes besides while it reads a text of so many bytes, given back
 * before sp_submission_parse returns; it has no allocator hooks. Measured: at most 310 KiB for what
 * it looks ahead, and three times the bytes of a single text that is all of it. JSON takes none.
 */
size_t sp_submission_heap(size_t text_bytes);

/*
 * Told of every mistake as it is seen, in the order of the text (what is missing in an object, when
 * the object ends); `name` is that of the text, and err->line and err->column are set. Mistakes
 * between places far from each other (a photo's section, margins and page) come last, and only when
 * there are no others.
 */
struct sp_spec_problems {
    void (*tell)(void *context, const char *name, const struct sp_err *why);
    void *context;
};

/* A text with the name messages begin with: "visit.json:12:5: sections[2].title: …". */
struct sp_spec_text {
    const char *name;
    const char *bytes;
    size_t count;
};

/*
 * Parses a submission, and a theme (null for none) over it. With `problems` null it ends at the
 * first mistake, with SP_BAD_SPEC and the sentence in `err`; else all are told up to the first that
 * is no YAML or JSON, and SP_BAD_SPEC is returned with their number. What is kept of the texts is
 * copied to the arena, in one piece; `arena` must have a part open. SP_TOO_BIG if the texts are
 * longer than SP_SUBMISSION_BYTES_MAX together, SP_NO_ROOM if libyaml is refused memory; after
 * anything but SP_OK there is no submission.
 */
SP_MUST_CHECK enum sp_status sp_submission_parse(
    struct sp_submission *submission, struct sp_arena *arena, const struct sp_spec_text *text,
    const struct sp_spec_text *theme, const struct sp_spec_problems *problems, struct sp_err *err);

/*
 * A value of a cell or field from its text, for inline values and those of streamed rows. False if
 * the text is not of that type; then the value is the text (no value if it is empty). The text is
 * borrowed by the value.
 *
 *     AUTO TEXT   a text
 *     NUMBER      12, -0.5, +3e2, 007; blanks around it allowed; a point for decimals
 *     DATE        2026-11-21, a day that there is, from 1900-03-01 (before it, workbooks count
 *                 wrong) to 9999-12-31
 *     DATETIME    such a day, or with T or a blank and a time: 09:30, 09:30:05, 09:30:05.25; Z or
 * an offset like +02:00 may follow and changes nothing: what is written is local time
 */
bool sp_value_of_text(const char *text, enum sp_column_type type, struct sp_value *value);

/* The status by its word: ok, pass, yes, true, fail, no, false, n.a., na, n/a, in any capitals. */
bool sp_item_status_of(const char *word, enum sp_item_status *status);

#endif
