#include "record/record_rows.h"

#include "base/check.h"
#include "base/num.h"
#include "base/utf8.h"
#include "record/record_row_buffer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define BOM       "\xEF\xBB\xBF"
#define BOM_BYTES 3

/* All the names of a text: each with its end, and no longer together than a row. */
#define NAMES_BYTES (SP_ROW_BYTES_MAX + SP_ROW_COLUMNS_MAX)

size_t sp_rows_need(void)
{
    const size_t pieces[] = {
        sizeof(struct sp_rows),
        SP_ROWS_BUFFER_BYTES + 1,
        NAMES_BYTES,
        SP_ROW_COLUMNS_MAX * sizeof(const char *),
        SP_ROW_COLUMNS_MAX * sizeof(struct sp_row_cell),
        SP_ROW_COLUMNS_MAX * sizeof(struct sp_csv_cell),
        SP_ROW_COLUMNS_MAX * sizeof(uint16_t),
    };
    size_t need = 0;
    for (size_t i = 0; i < SP_COUNT(pieces); i++)
        need += sp_arena_cost(pieces[i]);
    return need;
}

struct sp_rows *sp_rows_init(struct sp_arena *arena)
{
    struct sp_rows *rows = sp_arena_take(arena, 1, sizeof *rows);
    rows->buffer = sp_arena_take(arena, SP_ROWS_BUFFER_BYTES + 1, 1);
    rows->own_text = sp_arena_take(arena, NAMES_BYTES, 1);
    rows->own_names = sp_arena_take(arena, SP_ROW_COLUMNS_MAX, sizeof *rows->own_names);
    rows->cells = sp_arena_take(arena, SP_ROW_COLUMNS_MAX, sizeof *rows->cells);
    rows->found = sp_arena_take(arena, SP_ROW_COLUMNS_MAX, sizeof *rows->found);
    rows->targets = sp_arena_take(arena, SP_ROW_COLUMNS_MAX, sizeof *rows->targets);
    rows->failed = true; /* no text has begun */
    return rows;
}

bool sp_rows_fill(struct sp_rows *rows, struct sp_err *err)
{
    /* A stream that gives little at a time must not cost a move each time. */
    if (rows->start == rows->filled ||
        SP_ROWS_BUFFER_BYTES - rows->filled < SP_ROWS_BLOCK_BYTES / 2) {
        memmove(rows->buffer, rows->buffer + rows->start, rows->filled - rows->start);
        rows->filled -= rows->start;
        rows->start = 0;
    }
    size_t got = 0;
    const size_t room = SP_ROWS_BUFFER_BYTES - rows->filled;
    rows->failed =
        rows->in.read(rows->in.context, rows->buffer + rows->filled, room, &got, err) != SP_OK;
    if (rows->failed)
        return false;
    SP_ASSERT(got <= room);
    rows->filled += got;
    rows->ended = got == 0;
    return true;
}

enum sp_status sp_rows_open_text(struct sp_rows *rows, struct sp_err *err)
{
    struct sp_err why = {.status = SP_IO};
    while (rows->filled < BOM_BYTES && !rows->ended) {
        if (!sp_rows_fill(rows, &why)) {
            if (err)
                *err = why;
            return why.status;
        }
    }
    const char *first = rows->buffer;
    if (rows->filled >= 2 &&
        (memcmp(first, "\xFF\xFE", 2) == 0 || memcmp(first, "\xFE\xFF", 2) == 0))
        return sp_fail(err, SP_BAD_DATA, "%s is UTF-16 text: save it as UTF-8", rows->in.name);
    if (rows->filled >= BOM_BYTES && memcmp(first, BOM, BOM_BYTES) == 0)
        rows->start = BOM_BYTES;
    return SP_OK;
}

/* A name of the text in a form that can stand in a message; good until the block ends. */
#define QUOTE(text, length) \
    sp_utf8_quote((char[SP_UTF8_QUOTE_BYTES]){0}, SP_UTF8_QUOTE_BYTES, (text), (length))

enum sp_status sp_rows_add_name(struct sp_rows *rows, uint64_t line, const char *name,
                                size_t length, struct sp_err *err)
{
    /* Columns without a name are none that could be mixed up: a line that ends in a separator. */
    if (length > 0 && sp_rows_find_name(rows, name, length, rows->count) < rows->count)
        return sp_fail(err, SP_BAD_DATA, "%s:%" PRIu64 ": the column `%s` is there twice",
                       rows->in.name, line, QUOTE(name, length));
    if (rows->count == SP_ROW_COLUMNS_MAX)
        return sp_fail(err, SP_BAD_DATA, "%s:%" PRIu64 ": has more than %d columns", rows->in.name,
                       line, SP_ROW_COLUMNS_MAX);
    SP_ASSERT(length < NAMES_BYTES - rows->own_used);
    char *copy = rows->own_text + rows->own_used;
    memcpy(copy, name, length);
    copy[length] = '\0';
    rows->own_used += length + 1;
    rows->own_names[rows->count++] = copy;
    return SP_OK;
}

static bool is_name(const char *name, const char *text, size_t length)
{
    return strncmp(name, text, length) == 0 && name[length] == '\0';
}

size_t sp_rows_find_name(const struct sp_rows *rows, const char *name, size_t length, size_t hint)
{
    if (hint < rows->count && is_name(rows->names[hint], name, length))
        return hint;
    size_t i = 0;
    while (i < rows->count && !is_name(rows->names[i], name, length))
        i++;
    return i;
}

void sp_rows_pass(struct sp_rows *rows, size_t end, uint64_t lines)
{
    rows->start = end;
    rows->line += lines;
}

bool sp_rows_pass_line(struct sp_rows *rows, struct sp_err *err)
{
    for (;;) {
        const char *from = rows->buffer + rows->start;
        const char *line_feed = memchr(from, '\n', rows->filled - rows->start);
        if (line_feed) {
            sp_rows_pass(rows, (size_t)(line_feed - rows->buffer) + 1, 1);
            return true;
        }
        sp_rows_pass(rows, rows->filled, 0);
        if (rows->ended)
            return true;
        if (!sp_rows_fill(rows, err))
            return false;
    }
}

uint32_t sp_rows_column(const struct sp_rows *rows, size_t from, size_t to)
{
    return (uint32_t)sp_utf8_count(rows->buffer + from, to - from) + 1;
}

enum sp_record_result sp_rows_refuse(const struct sp_rows *rows, uint64_t line, uint32_t column,
                                     struct sp_err *err, const char *format, ...)
{
    char reason[400];
    char place[24] = "";
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    if (column)
        (void)snprintf(place, sizeof place, ":%" PRIu32, column);
    (void)sp_fail(err, SP_BAD_DATA, "%s:%" PRIu64 "%s: %s", rows->in.name, line, place, reason);
    if (err) {
        err->line = line;
        err->column = column;
    }
    return SP_RECORD_REFUSED;
}

/* The line and column of byte `at` of a row. */
static uint64_t find_place(const struct sp_rows *rows, size_t at, uint32_t *column)
{
    const char *row = rows->buffer + rows->start;
    const char *line = row;
    const char *line_feed;
    uint64_t number = rows->line;
    while ((line_feed = memchr(line, '\n', (size_t)(row + at - line)))) {
        line = line_feed + 1;
        number++;
    }
    *column = sp_rows_column(rows, (size_t)(line - rows->buffer), rows->start + at);
    return number;
}

static bool is_refused_control(unsigned char c, bool returns)
{
    return (c < 0x20 && c != '\t' && c != '\n' && !(returns && c == '\r')) || c == 0x7F;
}

static enum sp_record_result refuse_control(const struct sp_rows *rows, size_t at,
                                            struct sp_err *err)
{
    uint32_t column;
    const unsigned char c = (unsigned char)rows->buffer[rows->start + at];
    const uint64_t line = find_place(rows, at, &column);
    if (c == '\r')
        return sp_rows_refuse(rows, line, column, err,
                              "a carriage return stands inside the row: end lines with LF or CRLF");
    return sp_rows_refuse(rows, line, column, err,
                          "the control character 0x%02X cannot be printed: take it out", c);
}

enum sp_record_result sp_rows_check_bytes(const struct sp_rows *rows, size_t length, bool returns,
                                          struct sp_err *err)
{
    const char *row = rows->buffer + rows->start;
    size_t bad;
    if (!sp_utf8_check(row, length, &bad)) {
        uint32_t column;
        const uint64_t line = find_place(rows, bad, &column);
        return sp_rows_refuse(rows, line, column, err,
                              "the byte 0x%02X is not UTF-8: save the text as UTF-8",
                              (unsigned)(unsigned char)row[bad]);
    }
    /* Without a branch, so that the compiler can look at many bytes at once. */
    unsigned char suspect = 0;
    for (size_t i = 0; i < length; i++)
        suspect |= (unsigned char)(((unsigned char)row[i] < 0x20) | (row[i] == 0x7F));
    for (size_t i = 0; suspect && i < length; i++) {
        if (is_refused_control((unsigned char)row[i], returns))
            return refuse_control(rows, i, err);
    }
    return SP_RECORD_READY;
}

enum sp_record_result sp_rows_hand_out(struct sp_rows *rows, uint64_t line, struct sp_row *row,
                                       struct sp_err *err)
{
    for (size_t i = 0; i < rows->required; i++) {
        if (rows->cells[i].length == 0)
            return sp_rows_refuse(rows, line, 0, err, "has no `%s`",
                                  QUOTE(rows->names[i], strlen(rows->names[i])));
    }
    *row = (struct sp_row){
        .cells = rows->cells, .count = rows->count, .number = ++rows->number, .line = line};
    return SP_RECORD_READY;
}

enum sp_status sp_rows_begin(struct sp_rows *rows, const struct sp_in *in,
                             enum sp_rows_format format, const char *const *names, size_t count,
                             size_t required, struct sp_err *err)
{
    SP_ASSERT(count <= SP_ROW_COLUMNS_MAX);
    SP_ASSERT(required <= count);
    rows->in = *in;
    rows->format = format;
    rows->start = rows->filled = 0;
    rows->ended = false;
    rows->line = 1;
    rows->number = 0;
    rows->names = count ? names : rows->own_names;
    rows->count = count;
    rows->required = required;
    rows->own_used = 0;
    rows->scan = (struct sp_csv_scan){0};
    rows->closed = count == 0;
    enum sp_status status = sp_rows_open_text(rows, err);
    if (status == SP_OK)
        status =
            format == SP_ROWS_CSV ? sp_rows_csv_begin(rows, err) : sp_rows_ndjson_begin(rows, err);
    rows->failed = status != SP_OK;
    return status;
}

const char *const *sp_rows_names(const struct sp_rows *rows, size_t *count)
{
    *count = rows->count;
    return rows->names;
}

enum sp_record_result sp_rows_next(struct sp_rows *rows, struct sp_row *row, struct sp_err *err)
{
    SP_ASSERT(!rows->failed);
    return rows->format == SP_ROWS_CSV ? sp_rows_csv_next(rows, row, err)
                                       : sp_rows_ndjson_next(rows, row, err);
}

bool sp_rows_format_of(const char *path, enum sp_rows_format *format)
{
    static const struct {
        const char *ending;
        enum sp_rows_format format;
    } endings[] = {{".csv", SP_ROWS_CSV},
                   {".tsv", SP_ROWS_CSV},
                   {".ndjson", SP_ROWS_NDJSON},
                   {".jsonl", SP_ROWS_NDJSON}};
    const size_t length = strlen(path);
    for (size_t i = 0; i < SP_COUNT(endings); i++) {
        const size_t ending = strlen(endings[i].ending);
        if (length > ending && strcasecmp(path + length - ending, endings[i].ending) == 0) {
            *format = endings[i].format;
            return true;
        }
    }
    return false;
}
