/*
 * What the two readers of rows share: the buffer, the columns and the refusals. Part of
 * record_rows.c; see record_rows.h for what it is all for.
 *
 * The buffer holds bytes [start, filled) that were read and not yet handed out, and a byte behind
 * them for the end of the last cell. A reader works out the row that begins at `start`, asking for
 * more with sp_rows_fill, which may move it to the front: what a reader remembers between two looks
 * it counts from `start`.
 */
#ifndef SP_RECORD_ROW_BUFFER_H
#define SP_RECORD_ROW_BUFFER_H

#include "record/record_rows.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes asked of the stream at a time, at least half as many where a row waits for its end. */
#define SP_ROWS_BLOCK_BYTES  ((size_t)64 * 1024)

#define SP_ROWS_BUFFER_BYTES (SP_ROW_BYTES_MAX + 2 + SP_ROWS_BLOCK_BYTES)

/* A cell of CSV as it lies in the buffer, counted from the start of its row. */
struct sp_csv_cell {
    uint32_t at, end; /* its quotes included */
    bool quoted;
    bool folded; /* has doubled quotes or carriage returns in it */
};

/* How far a row of CSV has been looked at. All 0 is its beginning. */
struct sp_csv_scan {
    unsigned state;
    size_t at;       /* everything before it has been looked at */
    size_t cell_at;  /* where the cell in hand begins */
    size_t quote_at; /* where its quote is */
    bool folded;
    size_t line_at;       /* where the line in hand begins */
    size_t quote_line_at; /* where the line with the quote begins */
    uint64_t quote_line;  /* lines of the row before that one */
    uint64_t lines;       /* lines of the row before the one in hand */
    size_t count;         /* cells, those that were too many included */
    size_t broken_at;     /* of the first character that may not stand where it does */
};

struct sp_rows {
    struct sp_in in;
    enum sp_rows_format format;
    char *buffer; /* SP_ROWS_BUFFER_BYTES and one */
    size_t start, filled;
    bool ended, failed;
    uint64_t line;   /* of `start`, from 1 */
    uint64_t number; /* rows handed out */

    const char *const *names;
    size_t count, required;
    bool closed; /* no other members: the names are those of the first object */
    const char **own_names;
    char *own_text; /* of the names that were found in the text */
    size_t own_used;

    struct sp_row_cell *cells; /* of the row in hand, in the order of the names */

    char separator;
    struct sp_csv_scan scan;
    struct sp_csv_cell *found;
    uint16_t *targets; /* the name of each column of the header; SP_ROW_COLUMNS_MAX for none */
    size_t columns;    /* of the header */
};

/* Reads more behind what there is; sets `ended` at the end. False after a failure. */
bool sp_rows_fill(struct sp_rows *rows, struct sp_err *err);

/* The byte order mark, and texts that are none. */
SP_MUST_CHECK enum sp_status sp_rows_open_text(struct sp_rows *rows, struct sp_err *err);

/* Adds a name of the text's own, found in that line. SP_BAD_DATA if there are too many, or one of
 * them twice. */
SP_MUST_CHECK enum sp_status sp_rows_add_name(struct sp_rows *rows, uint64_t line, const char *name,
                                              size_t length, struct sp_err *err);

/* The name's place among the wanted ones, looked for first at `hint`; count if it is not wanted. */
size_t sp_rows_find_name(const struct sp_rows *rows, const char *name, size_t length, size_t hint);

/* Forgets the bytes up to `end` (from the start of the buffer), which held so many line ends. */
void sp_rows_pass(struct sp_rows *rows, size_t end, uint64_t lines);

/* Passes over bytes up to the end of the line in hand, for rows that are too long. */
bool sp_rows_pass_line(struct sp_rows *rows, struct sp_err *err);

/*
 * Checks a whole row, in buffer[start, start + length): UTF-8 and control characters; `returns`
 * says whether carriage returns may stand in it. SP_RECORD_READY or SP_RECORD_REFUSED.
 */
enum sp_record_result sp_rows_check_bytes(const struct sp_rows *rows, size_t length, bool returns,
                                          struct sp_err *err);

/* Checks what is required, and hands the cells out. */
enum sp_record_result sp_rows_hand_out(struct sp_rows *rows, uint64_t line, struct sp_row *row,
                                       struct sp_err *err);

/* Characters of buffer[from, to), and one: the column of `to` in a line that begins at `from`. */
uint32_t sp_rows_column(const struct sp_rows *rows, size_t from, size_t to);

/* Says "name:line:column: …"; the column is left out where it is 0. */
SP_PRINTF(5, 6)
enum sp_record_result sp_rows_refuse(const struct sp_rows *rows, uint64_t line, uint32_t column,
                                     struct sp_err *err, const char *format, ...);

/* The readers: the columns of a text, and its next row. */
SP_MUST_CHECK enum sp_status sp_rows_csv_begin(struct sp_rows *rows, struct sp_err *err);
SP_MUST_CHECK enum sp_record_result sp_rows_csv_next(struct sp_rows *rows, struct sp_row *row,
                                                     struct sp_err *err);
SP_MUST_CHECK enum sp_status sp_rows_ndjson_begin(struct sp_rows *rows, struct sp_err *err);
SP_MUST_CHECK enum sp_record_result sp_rows_ndjson_next(struct sp_rows *rows, struct sp_row *row,
                                                        struct sp_err *err);

#endif
