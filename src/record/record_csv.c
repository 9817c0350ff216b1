#include "base/check.h"
#include "base/num.h"
#include "base/utf8.h"
#include "record/record_row_buffer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* States of the scan, between two bytes. */
enum {
    CELL_BEGINS,
    PLAIN,       /* in a cell without quotes */
    QUOTED,      /* in a cell with quotes */
    QUOTE_SEEN,  /* behind a quote in one: the end of the cell, or the first of a doubled quote */
    RETURN_SEEN, /* behind a carriage return outside quotes: the end of the row comes next */
    BROKEN,      /* the row is refused: look for the end of its line */
};

static void end_cell(struct sp_rows *rows, size_t end)
{
    struct sp_csv_scan *scan = &rows->scan;
    if (scan->count < SP_ROW_COLUMNS_MAX)
        rows->found[scan->count] = (struct sp_csv_cell){
            .at = (uint32_t)scan->cell_at,
            .end = (uint32_t)end,
            .quoted = end > scan->cell_at && rows->buffer[rows->start + scan->cell_at] == '"',
            .folded = scan->folded,
        };
    scan->count++;
    scan->cell_at = end + 1;
    scan->folded = false;
}

/* A quote that a cell begins with. */
static void open_quote(struct sp_csv_scan *scan, size_t at)
{
    scan->state = QUOTED;
    scan->quote_at = at;
    scan->quote_line_at = scan->line_at;
    scan->quote_line = scan->lines;
}

/* Whether only blanks stand between the beginning of the cell and `at`. */
static bool blank_before(const struct sp_rows *rows, const char *row, size_t at)
{
    size_t i = rows->scan.cell_at;
    while (i < at && row[i] == ' ')
        i++;
    return i == at;
}

/* The next byte from `at` that means something in a cell without quotes. */
static size_t plain_end(const char *row, size_t at, size_t length, char separator)
{
    while (at < length && row[at] != separator && row[at] != '\n' && row[at] != '"' &&
           row[at] != '\r')
        at++;
    return at;
}

static size_t quoted_end(const char *row, size_t at, size_t length, bool *returns)
{
    while (at < length && row[at] != '"' && row[at] != '\n') {
        *returns |= row[at] == '\r';
        at++;
    }
    return at;
}

/* One byte in a cell without quotes. */
static void plain_byte(struct sp_rows *rows, const char *row, size_t at)
{
    struct sp_csv_scan *scan = &rows->scan;
    /* A quote inside is only a quote (5" pipe), but behind blanks it was meant to begin a cell. */
    if (row[at] == '"' && blank_before(rows, row, at)) {
        scan->state = BROKEN;
        scan->broken_at = at;
    } else if (row[at] == '\r') {
        scan->state = RETURN_SEEN;
    } else if (row[at] == rows->separator) {
        end_cell(rows, at);
        scan->state = CELL_BEGINS;
    }
}

/* The byte behind a quote in a quoted cell. */
static void byte_after_quote(struct sp_rows *rows, const char *row, size_t at)
{
    struct sp_csv_scan *scan = &rows->scan;
    if (row[at] == '"') {
        scan->folded = true;
        scan->state = QUOTED;
    } else if (row[at] == rows->separator) {
        end_cell(rows, at);
        scan->state = CELL_BEGINS;
    } else if (row[at] == '\r') {
        scan->state = RETURN_SEEN;
    } else {
        scan->state = BROKEN;
        scan->broken_at = at;
    }
}

/* Looks at what there is of the row. True when its end was found, with the line feed at scan.at. */
static bool scan_row(struct sp_rows *rows)
{
    struct sp_csv_scan *scan = &rows->scan;
    const char *row = rows->buffer + rows->start;
    const size_t length = rows->filled - rows->start;
    for (; scan->at < length; scan->at++) {
        if (scan->state == CELL_BEGINS) {
            if (row[scan->at] == '"') {
                open_quote(scan, scan->at);
                continue;
            }
            scan->state = PLAIN;
        }
        if (scan->state == PLAIN || scan->state == BROKEN)
            scan->at = plain_end(row, scan->at, length, rows->separator);
        else if (scan->state == QUOTED)
            scan->at = quoted_end(row, scan->at, length, &scan->folded);
        if (scan->at == length)
            break;
        const char c = row[scan->at];
        if (c == '\n') {
            if (scan->state != QUOTED)
                return true;
            scan->lines++;
            scan->line_at = scan->at + 1;
        } else if (scan->state == PLAIN) {
            plain_byte(rows, row, scan->at);
        } else if (scan->state == QUOTED) {
            scan->state = QUOTE_SEEN;
        } else if (scan->state == QUOTE_SEEN) {
            byte_after_quote(rows, row, scan->at);
        } else if (scan->state == RETURN_SEEN) {
            scan->state = BROKEN;
            scan->broken_at = scan->at - 1;
        }
    }
    return false;
}

static enum sp_record_result refuse_quote(const struct sp_rows *rows, struct sp_err *err)
{
    const struct sp_csv_scan *scan = &rows->scan;
    return sp_rows_refuse(
        rows, rows->line + scan->quote_line,
        sp_rows_column(rows, rows->start + scan->quote_line_at, rows->start + scan->quote_at), err,
        "the quote that begins here does not end (rows have at most %d bytes): a quote inside a "
        "cell is doubled",
        SP_ROW_BYTES_MAX);
}

static enum sp_record_result refuse_broken(const struct sp_rows *rows, struct sp_err *err)
{
    const struct sp_csv_scan *scan = &rows->scan;
    const char *row = rows->buffer + rows->start;
    const uint32_t column =
        sp_rows_column(rows, rows->start + scan->line_at, rows->start + scan->broken_at);
    const uint64_t line = rows->line + scan->lines;
    if (row[scan->broken_at] == '\r')
        return sp_rows_refuse(rows, line, column, err,
                              "a carriage return stands inside the row: end lines with LF or CRLF");
    if (row[scan->broken_at] == '"')
        return sp_rows_refuse(rows, line, column, err,
                              "blanks stand before the quote: take them out, or double the quotes "
                              "and put the cell in quotes");
    return sp_rows_refuse(rows, line, column, err,
                          "something follows the quote that ends the cell: a quote inside a cell "
                          "is doubled");
}

/* A row that is longer than rows may be, whose end has not been seen. */
static enum sp_record_result refuse_long(struct sp_rows *rows, struct sp_err *err)
{
    const uint64_t line = rows->line;
    const bool quoted = rows->scan.state == QUOTED;
    if (quoted)
        (void)refuse_quote(rows, err);
    const uint64_t lines = rows->scan.lines;
    sp_rows_pass(rows, rows->start + rows->scan.at, lines);
    if (!sp_rows_pass_line(rows, err))
        return SP_RECORD_FAILED;
    if (quoted)
        return SP_RECORD_REFUSED;
    return sp_rows_refuse(rows, line, 0, err, "the row is longer than %d bytes", SP_ROW_BYTES_MAX);
}

/* Scans to the end of the row that begins at `start`, reading as needed. False after a failure. */
static bool find_row(struct sp_rows *rows, bool *whole, struct sp_err *err)
{
    *whole = true;
    while (!scan_row(rows)) {
        *whole = rows->filled - rows->start <= SP_ROW_BYTES_MAX + 1;
        if (rows->ended || !*whole)
            return true;
        if (!sp_rows_fill(rows, err))
            return false;
    }
    return true;
}

/* Bytes of the row without its end, which is at scan.at. */
static size_t row_length(const struct sp_rows *rows)
{
    const size_t length = rows->scan.at;
    return length > 0 && rows->buffer[rows->start + length - 1] == '\r' ? length - 1 : length;
}

/* Takes the quotes off a cell and ends it with a zero byte, where it lies. */
static struct sp_row_cell take_cell(char *row, struct sp_csv_cell found)
{
    char *text = row + found.at + found.quoted;
    size_t length = found.end - found.at - 2 * (size_t)found.quoted;
    if (found.folded) {
        size_t used = 0;
        for (size_t i = 0; i < length; i++) {
            if (text[i] == '\r' && i + 1 < length && text[i + 1] == '\n')
                continue;
            text[used++] = text[i];
            i += text[i] == '"';
        }
        length = used;
    }
    text[length] = '\0';
    return (struct sp_row_cell){
        .kind = length ? SP_CELL_TEXT : SP_CELL_MISSING, .text = text, .length = length};
}

/* Looks at a whole row of `length` bytes. */
static enum sp_record_result check_row(struct sp_rows *rows, size_t length, struct sp_err *err)
{
    if (length > SP_ROW_BYTES_MAX)
        return sp_rows_refuse(rows, rows->line, 0, err, "the row is longer than %d bytes",
                              SP_ROW_BYTES_MAX);
    /* Carriage returns outside quotes have been seen by the scan. */
    const enum sp_record_result result = sp_rows_check_bytes(rows, length, true, err);
    if (result != SP_RECORD_READY)
        return result;
    if (rows->scan.state == QUOTED)
        return refuse_quote(rows, err);
    if (rows->scan.state == BROKEN)
        return refuse_broken(rows, err);
    return SP_RECORD_READY;
}

/* Passes over the row whose end was found. */
static void pass_row(struct sp_rows *rows)
{
    const size_t end = rows->start + rows->scan.at;
    sp_rows_pass(rows, SP_MIN(end + 1, rows->filled), rows->scan.lines + 1);
}

/*
 * Finds the next row that has something in it, and where its cells are. One that is refused has
 * been passed over.
 */
static enum sp_record_result next_found(struct sp_rows *rows, struct sp_err *err)
{
    size_t length;
    for (;;) {
        bool whole;
        rows->scan = (struct sp_csv_scan){0};
        if (!find_row(rows, &whole, err))
            return SP_RECORD_FAILED;
        if (!whole)
            return refuse_long(rows, err);
        length = row_length(rows);
        if (length > 0)
            break;
        if (rows->scan.at == rows->filled - rows->start)
            return SP_RECORD_END;
        pass_row(rows);
    }
    const enum sp_record_result result = check_row(rows, length, err);
    if (result == SP_RECORD_READY)
        end_cell(rows, length);
    else
        pass_row(rows);
    return result;
}

enum sp_record_result sp_rows_csv_next(struct sp_rows *rows, struct sp_row *row, struct sp_err *err)
{
    const enum sp_record_result result = next_found(rows, err);
    if (result != SP_RECORD_READY)
        return result;
    const uint64_t line = rows->line;
    char *bytes = rows->buffer + rows->start;
    const size_t count = rows->scan.count;
    pass_row(rows);
    if (count != rows->columns)
        return sp_rows_refuse(rows, line, 0, err, "the row has %zu cell%s and the header %zu",
                              count, count == 1 ? "" : "s", rows->columns);
    for (size_t i = 0; i < rows->count; i++)
        rows->cells[i] = (struct sp_row_cell){.text = ""};
    for (size_t i = 0; i < count; i++) {
        if (rows->targets[i] < SP_ROW_COLUMNS_MAX)
            rows->cells[rows->targets[i]] = take_cell(bytes, rows->found[i]);
    }
    return sp_rows_hand_out(rows, line, row, err);
}

/*
 * What stands between the names of the header: the most frequent of these outside quotes, the first
 * of them if none is. Reads as much of the text as it takes to see the end of the header.
 */
static enum sp_status guess_separator(struct sp_rows *rows, struct sp_err *err)
{
    static const char separators[] = ",;\t";
    size_t counts[sizeof separators - 1] = {0};
    bool quoted = false;
    bool begun = false; /* lines with nothing in them come first */
    bool ended = false;
    size_t at = 0;
    while (!ended && at <= SP_ROW_BYTES_MAX) {
        if (at == rows->filled - rows->start) {
            struct sp_err why = {.status = SP_IO};
            if (!sp_rows_fill(rows, &why)) {
                if (err)
                    *err = why;
                return why.status;
            }
            ended = rows->ended;
            continue;
        }
        const char c = rows->buffer[rows->start + at++];
        quoted ^= c == '"';
        begun |= c != '\n' && c != '\r';
        ended = c == '\n' && !quoted && begun;
        for (size_t i = 0; i < SP_COUNT(counts); i++)
            counts[i] += !quoted && c == separators[i];
    }
    size_t best = 0;
    for (size_t i = 1; i < SP_COUNT(counts); i++)
        best = counts[i] > counts[best] ? i : best;
    rows->separator = separators[best];
    return SP_OK;
}

/* A name of the header without the blanks around it. */
static struct sp_row_cell trimmed(struct sp_row_cell cell)
{
    while (cell.length > 0 && cell.text[0] == ' ') {
        cell.text++;
        cell.length--;
    }
    while (cell.length > 0 && cell.text[cell.length - 1] == ' ')
        cell.length--;
    return cell;
}

/* Finds the wanted columns among those of the header, whose cells are in rows->cells. */
static enum sp_status find_columns(struct sp_rows *rows, uint64_t line, struct sp_err *err)
{
    for (size_t i = 0; i < rows->columns; i++) {
        const struct sp_row_cell name = trimmed(rows->cells[i]);
        size_t target = sp_rows_find_name(rows, name.text, name.length, i);
        for (size_t j = 0; j < i && target < rows->count; j++) {
            if (rows->targets[j] == target)
                return sp_fail(err, SP_BAD_DATA, "%s:%" PRIu64 ": the column `%s` is there twice",
                               rows->in.name, line, rows->names[target]);
        }
        rows->targets[i] = (uint16_t)(target < rows->count ? target : SP_ROW_COLUMNS_MAX);
    }
    return SP_OK;
}

/* The columns of the header become those of the text. */
static enum sp_status name_columns(struct sp_rows *rows, uint64_t line, struct sp_err *err)
{
    enum sp_status status = SP_OK;
    for (size_t i = 0; i < rows->columns && status == SP_OK; i++) {
        const struct sp_row_cell name = trimmed(rows->cells[i]);
        rows->targets[i] = (uint16_t)i;
        status = sp_rows_add_name(rows, line, name.text, name.length, err);
    }
    return status;
}

/* That the header has the required names; if not, it is told with those that it has. */
static enum sp_status check_required(const struct sp_rows *rows, uint64_t line, struct sp_err *err)
{
    for (size_t i = 0; i < rows->required; i++) {
        size_t j = 0;
        while (j < rows->columns && rows->targets[j] != i)
            j++;
        if (j < rows->columns)
            continue;
        char has[240];
        size_t used = 0;
        for (j = 0; j < rows->columns && used < sizeof has - SP_UTF8_QUOTE_BYTES - 4; j++) {
            char name[SP_UTF8_QUOTE_BYTES];
            const struct sp_row_cell cell = trimmed(rows->cells[j]);
            used += (size_t)snprintf(has + used, sizeof has - used, "%s`%s`", j ? ", " : "",
                                     sp_utf8_quote(name, sizeof name, cell.text, cell.length));
        }
        return sp_fail(err, SP_BAD_DATA, "%s:%" PRIu64 ": has no column `%s`; it has %s%s",
                       rows->in.name, line, rows->names[i], has, j < rows->columns ? ", …" : "");
    }
    return SP_OK;
}

enum sp_status sp_rows_csv_begin(struct sp_rows *rows, struct sp_err *err)
{
    const enum sp_status status = guess_separator(rows, err);
    if (status != SP_OK)
        return status;
    struct sp_err why = {.status = SP_IO};
    const enum sp_record_result result = next_found(rows, &why);
    if (result == SP_RECORD_END)
        return sp_fail(err, SP_BAD_DATA, "%s is empty: its first line names the columns",
                       rows->in.name);
    if (result != SP_RECORD_READY) {
        if (err)
            *err = why;
        return why.status;
    }
    const uint64_t line = rows->line;
    char *bytes = rows->buffer + rows->start;
    rows->columns = rows->scan.count;
    pass_row(rows);
    if (rows->columns > SP_ROW_COLUMNS_MAX)
        return sp_fail(err, SP_BAD_DATA, "%s:%" PRIu64 ": has %zu columns: at most %d fit",
                       rows->in.name, line, rows->columns, SP_ROW_COLUMNS_MAX);
    for (size_t i = 0; i < rows->columns; i++)
        rows->cells[i] = take_cell(bytes, rows->found[i]);
    if (rows->closed)
        return name_columns(rows, line, err);
    const enum sp_status found = find_columns(rows, line, err);
    return found == SP_OK ? check_required(rows, line, err) : found;
}
