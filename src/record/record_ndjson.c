#include "base/check.h"
#include "base/json.h"
#include "base/num.h"
#include "base/utf8.h"
#include "record/record_row_buffer.h"

#include <inttypes.h>
#include <string.h>

#define QUOTE(text, length) \
    sp_utf8_quote((char[SP_UTF8_QUOTE_BYTES]){0}, SP_UTF8_QUOTE_BYTES, (text), (length))

/* A line in the buffer at `start`: its bytes without its end, and with it. */
struct line {
    size_t length;
    size_t whole;
};

static bool is_blank(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r')
            return false;
    }
    return true;
}

/* Has the next line in the buffer, whole or longer than it may be. False after a failure. */
static bool find_line(struct sp_rows *rows, struct line *line, struct sp_err *err)
{
    size_t searched = 0;
    for (;;) {
        const char *text = rows->buffer + rows->start;
        const size_t waiting = rows->filled - rows->start;
        const char *line_feed = memchr(text + searched, '\n', waiting - searched);
        if (line_feed || rows->ended || waiting > SP_ROW_BYTES_MAX + 1) {
            line->length = line_feed ? (size_t)(line_feed - text) : waiting;
            line->whole = line->length + (line_feed != NULL);
            if (line->length > 0 && text[line->length - 1] == '\r')
                line->length--;
            return true;
        }
        searched = waiting;
        if (!sp_rows_fill(rows, err))
            return false;
    }
}

/* The next line with something in it. SP_RECORD_READY leaves it in the buffer. */
static enum sp_record_result next_line(struct sp_rows *rows, struct line *line, struct sp_err *err)
{
    for (;;) {
        if (!find_line(rows, line, err))
            return SP_RECORD_FAILED;
        if (line->length > SP_ROW_BYTES_MAX)
            break;
        if (!is_blank(rows->buffer + rows->start, line->length)) {
            const enum sp_record_result result =
                sp_rows_check_bytes(rows, line->length, false, err);
            if (result == SP_RECORD_REFUSED)
                sp_rows_pass(rows, rows->start + line->whole, 1);
            return result;
        }
        if (line->whole == rows->filled - rows->start && rows->ended)
            return SP_RECORD_END;
        sp_rows_pass(rows, rows->start + line->whole, 1);
    }
    const uint64_t number = rows->line;
    if (!sp_rows_pass_line(rows, err))
        return SP_RECORD_FAILED;
    return sp_rows_refuse(rows, number, 0, err, "the line is longer than %d bytes",
                          SP_ROW_BYTES_MAX);
}

/* A line being read. */
struct reading {
    struct sp_rows *rows;
    struct sp_json json;
    struct sp_err *err;
    uint32_t seen[SP_ROW_COLUMNS_MAX / 32];    /* wanted members, a bit each */
    uint32_t escaped[SP_ROW_COLUMNS_MAX / 32]; /* those whose text has escapes in it */
    size_t hint;                               /* what comes next if the order is kept */
};

static enum sp_record_result refuse_at(const struct reading *reading, size_t at, const char *reason)
{
    const struct sp_rows *rows = reading->rows;
    return sp_rows_refuse(rows, rows->line, sp_rows_column(rows, rows->start, rows->start + at),
                          reading->err, "%s", reason);
}

static enum sp_record_result refuse_json(const struct reading *reading)
{
    const struct sp_rows *rows = reading->rows;
    return sp_rows_refuse(rows, rows->line,
                          sp_rows_column(rows, rows->start, rows->start + reading->json.token_at),
                          reading->err, "not a JSON object on one line: %s", reading->json.problem);
}

static char *slice_of(const struct reading *reading)
{
    return reading->rows->buffer + reading->rows->start + reading->json.slice_at;
}

/* Escaped control characters cannot be printed any more than others. */
static bool has_control(const char *slice, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (slice[i] != '\\')
            continue;
        char c[4]; /* of one unit, of which half of a pair is no control character either */
        i++;
        if (slice[i] == 'b' || slice[i] == 'f')
            return true;
        if (slice[i] != 'u' || memcmp(slice + i + 1, "00", 2) != 0)
            continue;
        (void)sp_json_unescape(slice + i - 1, 6, c);
        if (((unsigned char)c[0] < 0x20 && !strchr("\t\n\r", c[0])) || c[0] == 0x7F)
            return true;
    }
    return false;
}

/* Unescapes a text where it lies; its line breaks become line feeds. */
static size_t unescape_here(char *text, size_t length)
{
    const size_t unescaped = sp_json_unescape(text, length, text);
    size_t used = 0;
    for (size_t i = 0; i < unescaped; i++) {
        if (text[i] != '\r')
            text[used++] = text[i];
        else if (i + 1 == unescaped || text[i + 1] != '\n')
            text[used++] = '\n';
    }
    return used;
}

/*
 * The key in hand: the place of its name among the wanted ones, or rows->count. A member is given
 * one of them once.
 */
static enum sp_record_result take_key(struct reading *reading, size_t *target)
{
    struct sp_rows *rows = reading->rows;
    const struct sp_json *json = &reading->json;
    const char *name = slice_of(reading);
    char unescaped[SP_ROW_NAME_BYTES_MAX];
    size_t length = json->slice_length;
    if (json->escaped && length <= sizeof unescaped) {
        length = sp_json_unescape(name, length, unescaped);
        name = unescaped;
    }
    *target = sp_rows_find_name(rows, name, length, reading->hint);
    if (*target == rows->count) {
        if (rows->closed)
            return sp_rows_refuse(
                rows, rows->line,
                sp_rows_column(rows, rows->start, rows->start + reading->json.token_at),
                reading->err, "`%s` is no member of the first object: name the columns",
                QUOTE(name, length));
        return SP_RECORD_READY;
    }
    reading->hint = *target + 1;
    const uint32_t bit = UINT32_C(1) << *target % 32;
    if (reading->seen[*target / 32] & bit)
        return refuse_at(reading, reading->json.token_at, "the member is there twice");
    reading->seen[*target / 32] |= bit;
    return SP_RECORD_READY;
}

/*
 * Keeps a value as a slice of the line, which stays as it is until all of it has been read: the
 * byte behind a number is the comma that comes next, and columns are counted in it.
 */
static enum sp_record_result take_value(struct reading *reading, enum sp_json_token token,
                                        size_t target)
{
    const struct sp_json *json = &reading->json;
    struct sp_row_cell *cell = &reading->rows->cells[target];
    if (token == SP_JSON_OBJECT || token == SP_JSON_ARRAY)
        return refuse_at(reading, json->token_at,
                         "a value is a text, a number, true, false or null");
    if (token == SP_JSON_TRUE || token == SP_JSON_FALSE) {
        const bool yes = token == SP_JSON_TRUE;
        *cell = (struct sp_row_cell){
            .kind = SP_CELL_BOOL, .text = yes ? "true" : "false", .length = yes ? 4 : 5};
    } else if (token == SP_JSON_NUMBER || token == SP_JSON_STRING) {
        *cell = (struct sp_row_cell){
            .kind = token == SP_JSON_NUMBER ? SP_CELL_NUMBER : SP_CELL_TEXT,
            .text = slice_of(reading),
            .length = json->slice_length,
        };
        if (json->escaped) {
            reading->escaped[target / 32] |= UINT32_C(1) << target % 32;
            if (has_control(cell->text, cell->length))
                return refuse_at(reading, json->token_at,
                                 "a control character other than tab and line break cannot be "
                                 "printed: take it out");
        }
    }
    return SP_RECORD_READY;
}

/* Makes texts of the slices. */
static void end_cells(const struct reading *reading)
{
    struct sp_rows *rows = reading->rows;
    for (size_t i = 0; i < rows->count; i++) {
        struct sp_row_cell *cell = &rows->cells[i];
        if (cell->kind != SP_CELL_TEXT && cell->kind != SP_CELL_NUMBER)
            continue;
        char *text = rows->buffer + (cell->text - rows->buffer);
        if (reading->escaped[i / 32] >> i % 32 & 1)
            cell->length = unescape_here(text, cell->length);
        text[cell->length] = '\0';
    }
}

/* Passes over a value that nobody wants, however deep. `token` is its first. */
static bool skip_value(struct sp_json *json, enum sp_json_token token)
{
    const unsigned depth = json->depth;
    const bool nested = token == SP_JSON_OBJECT || token == SP_JSON_ARRAY;
    while (nested && token != SP_JSON_BAD && json->depth >= depth)
        token = sp_json_next(json);
    return token != SP_JSON_BAD;
}

/* Reads the object of a line to the cells. */
static enum sp_record_result take_object(struct reading *reading)
{
    struct sp_rows *rows = reading->rows;
    enum sp_json_token token = sp_json_next(&reading->json);
    if (token == SP_JSON_BAD)
        return refuse_json(reading);
    if (token != SP_JSON_OBJECT)
        return refuse_at(reading, reading->json.token_at,
                         "not a JSON object on one line: expected {");
    while ((token = sp_json_next(&reading->json)) == SP_JSON_KEY) {
        size_t target;
        enum sp_record_result result = take_key(reading, &target);
        if (result != SP_RECORD_READY)
            return result;
        token = sp_json_next(&reading->json);
        if (token == SP_JSON_BAD)
            break;
        if (target == rows->count && !skip_value(&reading->json, token))
            return refuse_json(reading);
        if (target < rows->count)
            result = take_value(reading, token, target);
        if (result != SP_RECORD_READY)
            return result;
    }
    if (token == SP_JSON_BAD || sp_json_next(&reading->json) == SP_JSON_BAD)
        return refuse_json(reading);
    return SP_RECORD_READY;
}

enum sp_record_result sp_rows_ndjson_next(struct sp_rows *rows, struct sp_row *row,
                                          struct sp_err *err)
{
    struct line line;
    enum sp_record_result result = next_line(rows, &line, err);
    if (result != SP_RECORD_READY)
        return result;
    for (size_t i = 0; i < rows->count; i++)
        rows->cells[i] = (struct sp_row_cell){.text = ""};
    struct reading reading = {.rows = rows, .err = err};
    sp_json_init(&reading.json, rows->buffer + rows->start, line.length);
    result = take_object(&reading);
    const uint64_t number = rows->line;
    if (result == SP_RECORD_READY)
        end_cells(&reading);
    sp_rows_pass(rows, rows->start + line.whole, 1);
    if (result != SP_RECORD_READY)
        return result;
    return sp_rows_hand_out(rows, number, row, err);
}

/* The members of the first object become the columns; it is read again as the first row. */
static enum sp_status name_members(struct sp_rows *rows, const struct line *line,
                                   struct sp_err *err)
{
    struct reading reading = {.rows = rows, .err = err};
    sp_json_init(&reading.json, rows->buffer + rows->start, line->length);
    enum sp_json_token token = sp_json_next(&reading.json);
    if (token != SP_JSON_BAD && token != SP_JSON_OBJECT) {
        (void)refuse_at(&reading, reading.json.token_at,
                        "not a JSON object on one line: expected {");
        return SP_BAD_DATA;
    }
    while (token != SP_JSON_BAD && (token = sp_json_next(&reading.json)) == SP_JSON_KEY) {
        char name[SP_ROW_NAME_BYTES_MAX];
        if (reading.json.slice_length > sizeof name) {
            (void)refuse_at(&reading, reading.json.token_at, "the name is too long for a column");
            return SP_BAD_DATA;
        }
        const size_t length = sp_json_unescape(slice_of(&reading), reading.json.slice_length, name);
        const enum sp_status status = sp_rows_add_name(rows, rows->line, name, length, err);
        if (status != SP_OK)
            return status;
        token = sp_json_next(&reading.json);
        if (token != SP_JSON_BAD && !skip_value(&reading.json, token))
            token = SP_JSON_BAD;
    }
    if (token != SP_JSON_BAD)
        return SP_OK;
    (void)refuse_json(&reading);
    return SP_BAD_DATA;
}

enum sp_status sp_rows_ndjson_begin(struct sp_rows *rows, struct sp_err *err)
{
    if (!rows->closed)
        return SP_OK;
    struct line line;
    struct sp_err why = {.status = SP_IO};
    const enum sp_record_result result = next_line(rows, &line, &why);
    if (result == SP_RECORD_READY)
        return name_members(rows, &line, err);
    if (result == SP_RECORD_END)
        return sp_fail(err, SP_BAD_DATA, "%s is empty: its first object names the columns",
                       rows->in.name);
    if (err)
        *err = why;
    return why.status;
}
