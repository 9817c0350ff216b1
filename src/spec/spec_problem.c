#include "base/num.h"
#include "base/utf8.h"
#include "spec/spec_parser.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Names longer than this are not compared letter by letter. */
#define NAME_MAX_BYTES 32

/* Bytes of a path: the deepest is "sections[…].tables[…].rows[…][…]". */
#define PATH_BYTES 200

/* Appends to a text that is cut where it does not fit. */
SP_PRINTF(4, 5)
static size_t append(char *out, size_t capacity, size_t used, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(out + used, capacity - used, format, arguments);
    va_end(arguments);
    return SP_MIN(used + (size_t)SP_MAX(length, 0), capacity - 1);
}

/* The column in hand of a row that is an object. */
static const char *column_name(const struct sp_spec_parser *parser, size_t frame)
{
    const struct sp_report_table *table =
        (const struct sp_report_table *)(const void *)parser->frames[frame - 1].base;
    const size_t index = parser->frames[frame].index;
    return index < table->column_count ? table->columns[index].name : "";
}

/* "sections[2].photos[0].src: ", or nothing at the top. */
static void make_path(const struct sp_spec_parser *parser, char *out)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < parser->depth; i++) {
        const struct sp_spec_frame *frame = &parser->frames[i];
        const char *dot = used ? "." : "";
        if (frame->kind == SP_FRAME_OBJECT && frame->key && frame->key->name)
            used = append(out, PATH_BYTES, used, "%s%s", dot, frame->key->name);
        else if (frame->kind == SP_FRAME_LIST || frame->kind == SP_FRAME_ROWS ||
                 frame->kind == SP_FRAME_ROW)
            used = append(out, PATH_BYTES, used, "[%zu]", frame->index);
        else if (frame->kind == SP_FRAME_ROW_OBJECT && frame->index < SP_TABLE_COLUMNS_MAX)
            used = append(out, PATH_BYTES, used, ".%.40s", column_name(parser, i));
    }
    if (used > 0)
        (void)append(out, PATH_BYTES, used, ": ");
}

enum sp_status sp_spec_mistake(struct sp_spec_parser *parser, struct sp_place place,
                               const char *format, ...)
{
    char path[PATH_BYTES];
    char reason[320];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    make_path(parser, path);
    (void)sp_spec_fail(&parser->reader, place, "%s%s", path, reason);
    parser->broken = true;
    parser->mistakes++;
    if (!parser->problems)
        return SP_BAD_SPEC;
    parser->problems->tell(parser->problems->context, parser->reader.text.name, &parser->why);
    return SP_OK;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

size_t sp_spec_distance(const char *a, const char *b, size_t b_length, size_t most)
{
    const size_t a_length = strlen(a);
    if (a_length > NAME_MAX_BYTES || b_length > NAME_MAX_BYTES)
        return most + 1;
    /* Two rows back are kept, so that letters in the wrong order are one mistake. */
    unsigned char rows[3][NAME_MAX_BYTES + 1];
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = (unsigned char)j;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned char *row = rows[i % 3];
        const unsigned char *above = rows[(i + 2) % 3];
        row[0] = (unsigned char)i;
        for (size_t j = 1; j <= b_length; j++) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            unsigned best = above[j - 1] + (same ? 0u : 1u);
            best = SP_MIN(best, above[j] + 1u);
            best = SP_MIN(best, row[j - 1] + 1u);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1]))
                best = SP_MIN(best, rows[(i + 1) % 3][j - 2] + 1u);
            row[j] = (unsigned char)best;
        }
    }
    return SP_MIN((size_t)rows[a_length % 3][b_length], most + 1);
}

/* The key that is most likely meant, or null. */
static const char *nearest_key(const struct sp_spec_object *object, const char *text, size_t length)
{
    const size_t most = length < 4 ? 1 : length < 8 ? 2 : 3;
    size_t best = most + 1;
    const char *found = NULL;
    for (size_t i = 0; i < object->key_count; i++) {
        const size_t distance = sp_spec_distance(object->keys[i].name, text, length, most);
        if (distance < best) {
            best = distance;
            found = object->keys[i].name;
        }
    }
    return found;
}

enum sp_status sp_spec_unknown_key(struct sp_spec_parser *parser,
                                   const struct sp_spec_object *object,
                                   const struct sp_spec_event *event)
{
    const char *nearest = nearest_key(object, event->text, event->length);
    if (nearest)
        return sp_spec_mistake(parser, event->place, "`%s` is no key of %s: is it `%s`?",
                               SP_SPEC_QUOTE(event), object->name, nearest);
    char all[200];
    size_t used = 0;
    all[0] = '\0';
    for (size_t i = 0; i < object->key_count; i++)
        used = append(all, sizeof all, used, "%s%s", i ? ", " : "", object->keys[i].name);
    return sp_spec_mistake(parser, event->place, "`%s` is no key of %s: it has %s",
                           SP_SPEC_QUOTE(event), object->name, all);
}
