#include "spec/spec_reader.h"

#include "base/check.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BOM       "\xEF\xBB\xBF"
#define BOM_BYTES 3

enum sp_status sp_spec_fail(const struct sp_spec_reader *reader, struct sp_place place,
                            const char *format, ...)
{
    char reason[420];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    (void)sp_fail(reader->err, SP_BAD_SPEC, "%s:%" PRIu32 ":%" PRIu32 ": %s", reader->text.name,
                  place.line, place.column, reason);
    if (reader->err) {
        reader->err->line = place.line;
        reader->err->column = place.column;
    }
    return SP_BAD_SPEC;
}

struct sp_place sp_spec_cursor_move(struct sp_spec_cursor *cursor, const char *text, size_t at)
{
    SP_ASSERT(at >= cursor->at);
    const char *line_feed;
    while ((line_feed = memchr(text + cursor->at, '\n', at - cursor->at))) {
        cursor->at = (size_t)(line_feed - text) + 1;
        cursor->place.line++;
        cursor->place.column = 1;
    }
    cursor->place.column += (uint32_t)sp_utf8_count(text + cursor->at, at - cursor->at);
    cursor->at = at;
    return cursor->place;
}

static bool is_refused_control(const char *text, size_t length, size_t at)
{
    const unsigned char c = (unsigned char)text[at];
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F ||
           (c == 0xC2 && at + 1 < length && (unsigned char)text[at + 1] < 0xA0);
}

/* That all of the text can be read as text. */
static enum sp_status check_bytes(const struct sp_spec_reader *reader)
{
    const char *text = reader->text.bytes;
    const size_t length = reader->text.count;
    struct sp_spec_cursor cursor = {.place = {1, 1}};
    size_t bad;
    if (length >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
        return sp_spec_fail(reader, cursor.place, "this is UTF-16 text: save it as UTF-8");
    if (!sp_utf8_check(text, length, &bad))
        return sp_spec_fail(reader, sp_spec_cursor_move(&cursor, text, bad),
                            "the byte 0x%02X is not UTF-8: save the text as UTF-8",
                            (unsigned)(unsigned char)text[bad]);
    for (size_t at = 0; at < length; at++) {
        if (is_refused_control(text, length, at)) {
            size_t next = at;
            const uint32_t c = sp_utf8_next(text, length, &next);
            return sp_spec_fail(
                reader, sp_spec_cursor_move(&cursor, text, at),
                "the control character U+%04" PRIX32 " cannot stand in a text: take it out", c);
        }
    }
    return SP_OK;
}

static size_t skip_blanks(const char *text, size_t length, size_t at)
{
    while (at < length &&
           (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n'))
        at++;
    return at;
}

/* {"title": …} is JSON; {title: …} is YAML in one line. */
static bool is_json(const char *text, size_t length)
{
    const size_t first = skip_blanks(text, length, 0);
    if (first >= length || (text[first] != '{' && text[first] != '['))
        return false;
    const size_t second = skip_blanks(text, length, first + 1);
    return second < length && (text[second] == '"' || text[second] == '}');
}

enum sp_status sp_spec_reader_open(struct sp_spec_reader *reader, const struct sp_spec_text *text,
                                   struct sp_err *err)
{
    memset(reader, 0, sizeof *reader);
    reader->text = *text;
    reader->err = err;
    if (text->count >= BOM_BYTES && memcmp(text->bytes, BOM, BOM_BYTES) == 0) {
        reader->text.bytes += BOM_BYTES;
        reader->text.count -= BOM_BYTES;
    }
    reader->is_json = is_json(reader->text.bytes, reader->text.count);
    const enum sp_status status = check_bytes(reader);
    if (status != SP_OK)
        return status;
    if (!reader->is_json)
        return sp_spec_yaml_open(reader);
    sp_json_init(&reader->json, reader->text.bytes, reader->text.count);
    reader->cursor.place = (struct sp_place){1, 1};
    return SP_OK;
}

enum sp_status sp_spec_reader_next(struct sp_spec_reader *reader, struct sp_spec_event *event)
{
    SP_ASSERT(!reader->ended);
    *event = (struct sp_spec_event){.text = ""};
    const enum sp_status status =
        reader->is_json ? sp_spec_json_next(reader, event) : sp_spec_yaml_next(reader, event);
    if (status != SP_OK)
        return status;
    reader->depth += event->kind == SP_EVENT_MAP || event->kind == SP_EVENT_LIST;
    reader->depth -= event->kind == SP_EVENT_MAP_END || event->kind == SP_EVENT_LIST_END;
    reader->ended = event->kind == SP_EVENT_END;
    if (reader->depth > SP_SUBMISSION_DEPTH_MAX)
        return sp_spec_fail(reader, event->place,
                            "there are more than %d levels of lists and objects in each other",
                            SP_SUBMISSION_DEPTH_MAX);
    return SP_OK;
}

void sp_spec_reader_close(struct sp_spec_reader *reader)
{
    if (!reader->is_json)
        sp_spec_yaml_close(reader);
}
