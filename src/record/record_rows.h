/*
 * Rows from a text: CSV with a header line, or NDJSON, one object a line; one row at a time.
 *
 * CSV is RFC 4180: commas, quoted cells with doubled quotes and line breaks in them, LF or CRLF.
 * Whether semicolons or tabs stand for the commas is seen in the header. Blanks around a name of
 * the header are no part of it. A cell with nothing in it is missing. A line break in a cell is
 * handed out as LF.
 *
 * NDJSON is one JSON object a line. Its numbers are handed out as they are written, so that no
 * digit is lost. Members that nobody asked for are passed over; one that was asked for and is an
 * object or array is refused.
 *
 * The text is UTF-8, a byte order mark allowed; UTF-16 fails at once. Lines with nothing in them
 * are passed over. Rows are refused one by one, with line, column (characters, from 1) and what was
 * expected, while the reading goes on: too few or too many cells, a row longer than
 * SP_ROW_BYTES_MAX, bytes that are not UTF-8, control characters other than tab and line break, a
 * required cell with nothing in it, a quote that never ends (told where it begins; what was read in
 * search of its end is lost with it, so that no text takes more than one look at each byte).
 *
 * Blocks are read into one buffer and cells are handed out where they lie in it.
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
    SP_CELL_MISSING, /* no such member, null, or an empty cell of CSV */
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

/*
 * Bytes of one row without its end, and columns of a text. The first is twice what Excel takes in a
 * cell; the buffer for it is all that a row costs.
 */
#define SP_ROW_BYTES_MAX   65536
#define SP_ROW_COLUMNS_MAX 256

/* Bytes of the name of a member, where members name the columns. */
#define SP_ROW_NAME_BYTES_MAX 1024

struct sp_rows;

/* Bytes of arena; the format does not matter. No heap is taken besides. */
size_t sp_rows_need(void);
#define SP_ROWS_HEAP 0

/* Makes a reader, for as many texts as wished, one after the other. */
struct sp_rows *sp_rows_init(struct sp_arena *arena);

/*
 * Begins a text, whose stream is borrowed until its end. `names` (borrowed as long) are the columns
 * wanted, up to SP_ROW_COLUMNS_MAX; with `count` 0 those of the CSV header or of the first NDJSON
 * object are, in their order, and sp_rows_names tells them; a later object with another member is
 * then refused. `required` of the first names must have something in them in every row.
 *
 * SP_BAD_DATA if the header lacks a required name (with what it has instead), has a name twice or
 * cannot be read, if a CSV text is empty, or an NDJSON text that was to name the columns. An empty
 * NDJSON text whose names are given is a list of no rows. After a failure nothing can be asked for
 * but the next text.
 */
SP_MUST_CHECK enum sp_status sp_rows_begin(struct sp_rows *rows, const struct sp_in *in,
                                           enum sp_rows_format format, const char *const *names,
                                           size_t count, size_t required, struct sp_err *err);

const char *const *sp_rows_names(const struct sp_rows *rows, size_t *count);

/* The next row, as sp_record_next has it. A row that is refused is told with err->line. */
SP_MUST_CHECK enum sp_record_result sp_rows_next(struct sp_rows *rows, struct sp_row *row,
                                                 struct sp_err *err);

/* The format by the ending of a name (.csv .tsv .ndjson .jsonl), or false. */
bool sp_rows_format_of(const char *path, enum sp_rows_format *format);

#endif
