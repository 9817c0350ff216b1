#include "record/record_lines.h"

#include "base/check.h"
#include "base/num.h"
#include "base/utf8.h"

#include <smallpress/quantity.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LINE_END_MAX 2 /* CR LF */
#define BOM          "\xEF\xBB\xBF"
#define BOM_BYTES    3

/* Bytes looked at together: enough for the compiler to use vectors. */
#define CHUNK 64

/*
 * The longest line with its end, and a block behind it, so that there is always room to ask for
 * more however much of a line is waiting for its end.
 */
static size_t buffer_for(size_t line_bytes_max)
{
    return sp_size_add(line_bytes_max, LINE_END_MAX + SP_LINES_BLOCK_BYTES);
}

size_t sp_lines_need(size_t line_bytes_max)
{
    return sp_arena_cost(buffer_for(line_bytes_max));
}

void sp_lines_init(struct sp_lines *lines, struct sp_arena *arena, const struct sp_in *in,
                   size_t line_bytes_max)
{
    SP_ASSERT(line_bytes_max > 0);
    *lines = (struct sp_lines){
        .in = *in,
        .buffer = sp_arena_take(arena, buffer_for(line_bytes_max), 1),
        .capacity_bytes = buffer_for(line_bytes_max),
        .line_bytes_max = line_bytes_max,
    };
}

void sp_lines_resume(struct sp_lines *lines, struct sp_lines_mark mark)
{
    SP_ASSERT(!lines->begun);
    lines->mark = mark;
    lines->begun = mark.offset > 0;
}

struct sp_lines_mark sp_lines_tell(const struct sp_lines *lines)
{
    struct sp_lines_mark mark = lines->mark;
    mark.offset += lines->start;
    return mark;
}

/* Forgets the first `count` bytes of the buffer and moves the rest to its front. */
static void drop(struct sp_lines *lines, size_t count)
{
    memmove(lines->buffer, lines->buffer + count, lines->filled - count);
    lines->mark.offset += count;
    lines->start -= count;
    lines->filled -= count;
    lines->plain = lines->plain > count ? lines->plain - count : 0;
}

/* Reads more behind what there is. Sets `ended` at the end of the stream. */
static enum sp_status fill(struct sp_lines *lines, struct sp_err *err)
{
    /* A stream that gives little at a time must not cost a move each time. */
    if (lines->start == lines->filled ||
        lines->capacity_bytes - lines->filled < SP_LINES_BLOCK_BYTES / 2)
        drop(lines, lines->start);
    size_t got = 0;
    const size_t room = lines->capacity_bytes - lines->filled;
    const enum sp_status status =
        lines->in.read(lines->in.context, lines->buffer + lines->filled, room, &got, err);
    lines->failed = status != SP_OK;
    if (status != SP_OK)
        return status;
    SP_ASSERT(got <= room);
    lines->filled += got;
    lines->ended = got == 0;
    return SP_OK;
}

/* Looks at the first bytes of the stream. */
static enum sp_status begin(struct sp_lines *lines, struct sp_err *err)
{
    while (lines->filled < BOM_BYTES && !lines->ended) {
        const enum sp_status status = fill(lines, err);
        if (status != SP_OK)
            return status;
    }
    lines->begun = true;
    const unsigned char *first = lines->buffer;
    if (lines->filled >= 2 &&
        ((first[0] == 0xFF && first[1] == 0xFE) || (first[0] == 0xFE && first[1] == 0xFF))) {
        lines->failed = true;
        return sp_fail(err, SP_BAD_DATA, "%s is UTF-16 text: save it as UTF-8", lines->in.name);
    }
    if (lines->filled >= BOM_BYTES && memcmp(first, BOM, BOM_BYTES) == 0)
        lines->start = BOM_BYTES;
    return SP_OK;
}

/*
 * Where a stretch of whole chunks ends, from `from`, that hold nothing but ASCII without zero bytes
 * and with carriage returns only before line feeds.
 */
static size_t plain_until(const unsigned char *bytes, size_t from, size_t filled)
{
    for (; filled - from > CHUNK; from += CHUNK) {
        const unsigned char *chunk = bytes + from;
        unsigned char bad = 0;
        for (size_t i = 0; i < CHUNK; i++)
            bad |= (unsigned char)((chunk[i] >= 0x80) | (chunk[i] == 0) |
                                   ((chunk[i] == '\r') & (chunk[i + 1] != '\n')));
        if (bad)
            break;
    }
    return from;
}

/* Refuses the line that was just counted. `column` is a byte of it, from 1, or 0. */
SP_PRINTF(4, 5)
static enum sp_record_result refuse(const struct sp_lines *lines, size_t column, struct sp_err *err,
                                    const char *format, ...)
{
    char reason[256];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    (void)sp_fail(err, SP_BAD_DATA, "%s: line %" PRIu64 " %s", lines->in.name, lines->mark.line,
                  reason);
    if (err) {
        err->line = lines->mark.line;
        err->column = (uint32_t)SP_MIN(column, UINT32_MAX);
    }
    return SP_RECORD_REFUSED;
}

/* Looks closer at a line that may have something wrong with it. */
static enum sp_record_result check_line(const struct sp_lines *lines, const unsigned char *line,
                                        size_t length, struct sp_err *err)
{
    size_t bad;
    if (!sp_utf8_check((const char *)line, length, &bad))
        return refuse(lines, bad + 1, err,
                      "is not UTF-8: its byte %zu is 0x%02X; save the text as UTF-8", bad + 1,
                      (unsigned)line[bad]);
    const unsigned char *found = memchr(line, '\0', length);
    if (found)
        return refuse(lines, (size_t)(found - line) + 1, err,
                      "has a zero byte (byte %zu), which would end the text in many readers",
                      (size_t)(found - line) + 1);
    found = memchr(line, '\r', length);
    if (found)
        return refuse(lines, (size_t)(found - line) + 1, err,
                      "has a carriage return inside (byte %zu): end lines with LF or CRLF",
                      (size_t)(found - line) + 1);
    return SP_RECORD_READY;
}

/*
 * Whether a line that is too long seems to be many lines. Only what may be in a line is looked at:
 * that much of it is in the buffer, whatever the blocks it came in.
 */
static bool has_old_ends(const struct sp_lines *lines, const unsigned char *line)
{
    return memchr(line, '\r', lines->line_bytes_max) != NULL;
}

static enum sp_record_result refuse_long(const struct sp_lines *lines, uint64_t length,
                                         bool old_ends, struct sp_err *err)
{
    char found[SP_FORMAT_BYTES];
    char allowed[SP_FORMAT_BYTES];
    return refuse(lines, 0, err, "is %s bytes long: at most %s fit%s",
                  sp_format_count(found, sizeof found, length),
                  sp_format_count(allowed, sizeof allowed, lines->line_bytes_max),
                  old_ends ? "; it has carriage returns inside: end lines with LF or CRLF" : "");
}

/* Passes over a line that fills the buffer and is longer than lines may be. */
static enum sp_record_result skip_line(struct sp_lines *lines, struct sp_err *err)
{
    uint64_t length = lines->filled - lines->start;
    unsigned char last = lines->buffer[lines->filled - 1];
    const bool old_ends = has_old_ends(lines, lines->buffer + lines->start);
    lines->mark.line++;
    for (;;) {
        lines->start = lines->filled;
        if (fill(lines, err) != SP_OK)
            return SP_RECORD_FAILED;
        if (lines->ended)
            break;
        const unsigned char *line_feed = memchr(lines->buffer, '\n', lines->filled);
        const size_t taken = line_feed ? (size_t)(line_feed - lines->buffer) : lines->filled;
        if (taken > 0)
            last = lines->buffer[taken - 1];
        length += taken;
        if (line_feed) {
            lines->start = taken + 1;
            break;
        }
    }
    return refuse_long(lines, length - (last == '\r'), old_ends, err);
}

/* Makes a record of the line in buffer[start, end), whose end takes `end_bytes` behind it. */
static enum sp_record_result take_line(struct sp_lines *lines, size_t end, size_t end_bytes,
                                       struct sp_record *record, struct sp_err *err)
{
    const unsigned char *line = lines->buffer + lines->start;
    size_t length = end - lines->start;
    if (lines->start >= lines->plain)
        lines->plain = plain_until(lines->buffer, lines->start, lines->filled);
    const bool plain = end + end_bytes <= lines->plain;
    lines->start = end + end_bytes;
    lines->mark.line++;
    if (length > 0 && line[length - 1] == '\r')
        length--;
    if (length == 0)
        return refuse(lines, 0, err, "is empty");
    if (length > lines->line_bytes_max)
        return refuse_long(lines, length, has_old_ends(lines, line), err);
    const enum sp_record_result result =
        plain ? SP_RECORD_READY : check_line(lines, line, length, err);
    if (result == SP_RECORD_READY)
        *record = (struct sp_record){
            .id = (const char *)line,
            .id_length = length,
            .number = ++lines->mark.number,
            .line = lines->mark.line,
        };
    return result;
}

static enum sp_record_result next_record(void *context, struct sp_record *record,
                                         struct sp_err *err)
{
    struct sp_lines *lines = context;
    SP_ASSERT(!lines->failed);
    if (!lines->begun && begin(lines, err) != SP_OK)
        return SP_RECORD_FAILED;
    size_t searched = 0; /* bytes of the line that hold no line feed */
    for (;;) {
        const unsigned char *from = lines->buffer + lines->start + searched;
        const size_t waiting = lines->filled - lines->start;
        const unsigned char *line_feed = memchr(from, '\n', waiting - searched);
        if (line_feed)
            return take_line(lines, (size_t)(line_feed - lines->buffer), 1, record, err);
        if (lines->ended)
            return waiting == 0 ? SP_RECORD_END : take_line(lines, lines->filled, 0, record, err);
        if (waiting >= lines->line_bytes_max + LINE_END_MAX)
            return skip_line(lines, err);
        searched = waiting;
        if (fill(lines, err) != SP_OK)
            return SP_RECORD_FAILED;
    }
}

struct sp_record_source sp_lines_source(struct sp_lines *lines)
{
    return (struct sp_record_source){.next = next_record, .context = lines};
}

/* A scan under way: what is known of the line that has begun. */
struct scan {
    struct sp_lines_extent *extent;
    bool first_line;
    uint64_t length;
    unsigned char last;
    unsigned char first[BOM_BYTES]; /* of the line */
};

static void scan_bytes(struct scan *scan, const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count && scan->length + i < BOM_BYTES; i++)
        scan->first[scan->length + i] = bytes[i];
    if (count > 0)
        scan->last = bytes[count - 1];
    scan->length += count;
}

static void scan_line_end(struct scan *scan)
{
    uint64_t length = scan->length;
    if (scan->first_line && length >= BOM_BYTES && memcmp(scan->first, BOM, BOM_BYTES) == 0)
        length -= BOM_BYTES;
    if (length > 0 && scan->last == '\r')
        length--;
    scan->extent->lines += length > 0;
    scan->extent->longest_bytes = SP_MAX(scan->extent->longest_bytes, length);
    scan->length = 0;
    scan->first_line = false;
}

enum sp_status sp_lines_scan(const struct sp_in *in, void *buffer, size_t buffer_bytes,
                             struct sp_lines_extent *extent, struct sp_err *err)
{
    SP_ASSERT(buffer_bytes > 0);
    *extent = (struct sp_lines_extent){0};
    struct scan scan = {.extent = extent, .first_line = true};
    for (;;) {
        size_t got = 0;
        const enum sp_status status = in->read(in->context, buffer, buffer_bytes, &got, err);
        if (status != SP_OK)
            return status;
        if (got == 0)
            break;
        SP_ASSERT(got <= buffer_bytes);
        extent->bytes += got;
        const unsigned char *at = buffer;
        const unsigned char *end = at + got;
        const unsigned char *line_feed;
        while ((line_feed = memchr(at, '\n', (size_t)(end - at)))) {
            scan_bytes(&scan, at, (size_t)(line_feed - at));
            scan_line_end(&scan);
            at = line_feed + 1;
        }
        scan_bytes(&scan, at, (size_t)(end - at));
    }
    scan_line_end(&scan);
    return SP_OK;
}
