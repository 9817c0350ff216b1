/*
 * Rows from a text: CSV with a header line, or NDJSON, one object a line; one row at a time.
 *
 * CSV is RFC 4180: commas, quoted cells with doubled quotes and line breaks in them, LF or CRLF; a
 * semicolon or tab instead of the comma is seen in the header. NDJSON is one JSON object a line,
 * read by jansson; a member that is an object or array is refused. The text is UTF-8, a byte order
 * mark allowed. Rows are refused one by one, with line, column and what was expected, while the
 * reading goes on: too few or too many cells, a row longer than SP_ROW_BYTES_MAX, bytes that are
 * not UTF-8, a quote that never ends (told where it began).
 */
#ifndef SP_RECORD_ROWS_H
#define SP_RECORD_ROWS_H

#include "record/record_source.h"

#include <smallpress/arena.h>
#include <smallpress/status.h>
#include <smallpress/stream.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sp_rows_format {
    SP_ROWS_CSV,
    SP_ROWS_NDJSON
};

enum sp_cell_kind {
    SP_CELL_MISSING, /* no such member, or null */
    SP_CELL_TEXT,
    SP_CELL_NUMBER, /* of JSON: the text is as written */
    SP_CELL_BOOL,   /* of JSON: the text is true or false */
};

struct sp_row_cell {
    enum sp_cell_kind kind;
    const char *text; /* ends with a zero byte; "" when missing */
    size_t length;
};

/* One row; borrowed until the next is asked for. Cells stand in the order of the columns. */
struct sp_row {
    const struct sp_row_cell *cells;
    size_t count;
    uint64_t number; /* good rows, from 1 */
    uint64_t line;   /* where it begins, from 1 */
};

/* Bytes of one row, and columns of a text. */
#define SP_ROW_BYTES_MAX   65536
#define SP_ROW_COLUMNS_MAX 256

struct sp_rows;

/* Bytes of arena; the format does not matter. jansson's heap is priced apart: SP_ROWS_HEAP. */
size_t sp_rows_need(void);
#define SP_ROWS_HEAP (1024 * 1024)

/* Makes a reader; the stream is borrowed. */
struct sp_rows *sp_rows_init(struct sp_arena *arena);

/*
 * Begins a text. `names` (borrowed until the end of the text) are the columns wanted; with `count`
 * 0 those of the CSV header or of the first NDJSON object are, in their order, and
 * sp_rows_names tells them. `required` of the first names must be in the header or each object.
 * SP_BAD_DATA if the header lacks one (with what it has instead) or the text is empty.
 */
SP_MUST_CHECK enum sp_status sp_rows_begin(struct sp_rows *rows, const struct sp_in *in,
                                           enum sp_rows_format format, const char *const *names,
                                           size_t count, size_t required, struct sp_err *err);

const char *const *sp_rows_names(const struct sp_rows *rows, size_t *count);

/* The next row, as sp_record_next has it. */
SP_MUST_CHECK enum sp_record_result sp_rows_next(struct sp_rows *rows, struct sp_row *row,
                                                 struct sp_err *err);

/* The format by the ending of a name (.csv .tsv .ndjson .jsonl), or false. */
bool sp_rows_format_of(const char *path, enum sp_rows_format *format);

#endif
