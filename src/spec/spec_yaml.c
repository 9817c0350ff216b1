#include "spec/spec_reader.h"

#include "base/utf8.h"

#include <inttypes.h>
#include <string.h>

static struct sp_place place_of(yaml_mark_t mark)
{
    return (struct sp_place){(uint32_t)mark.line + 1, (uint32_t)mark.column + 1};
}

/*
 * Directives that name tags are refused before libyaml sees them: it looks through all of them for
 * each, and no submission has a tag. One in a text in quotes is refused too; nobody has missed it.
 */
static enum sp_status check_directives(const struct sp_spec_reader *reader)
{
    static const char directive[] = "%TAG";
    const char *text = reader->text.bytes;
    const char *end = text + reader->text.count;
    struct sp_spec_cursor cursor = {.place = {1, 1}};
    const char *line = text;
    while ((size_t)(end - line) >= sizeof directive - 1) {
        if (memcmp(line, directive, sizeof directive - 1) == 0)
            return sp_spec_fail(reader, sp_spec_cursor_move(&cursor, text, (size_t)(line - text)),
                                "tags are not taken: leave %%TAG out");
        const char *line_feed = memchr(line, '\n', (size_t)(end - line));
        line = line_feed ? line_feed + 1 : end;
    }
    return SP_OK;
}

enum sp_status sp_spec_yaml_open(struct sp_spec_reader *reader)
{
    const enum sp_status status = check_directives(reader);
    if (status != SP_OK)
        return status;
    if (!yaml_parser_initialize(&reader->yaml))
        return sp_fail(reader->err, SP_NO_ROOM, "%s cannot be read: no memory is left for libyaml",
                       reader->text.name);
    yaml_parser_set_input_string(&reader->yaml, (const unsigned char *)reader->text.bytes,
                                 reader->text.count);
    yaml_parser_set_encoding(&reader->yaml, YAML_UTF8_ENCODING);
    return SP_OK;
}

void sp_spec_yaml_close(struct sp_spec_reader *reader)
{
    if (reader->event_open)
        yaml_event_delete(&reader->event);
    yaml_parser_delete(&reader->yaml);
}

/* What helps against the mistakes that are made most, by libyaml's words for them. */
static const char *advice_for(const char *problem)
{
    static const struct {
        const char *problem, *advice;
    } known[] = {
        {"mapping values are not allowed", "; a text with a colon in it stands in quotes"},
        {"found a tab", "; indent with spaces"},
        {"cannot start any token",
         "; indent with spaces, and put a text that begins with a sign in "
         "quotes"},
        {"could not find expected ':'", "; a key ends with a colon and a space"},
        {"did not find expected key", "; keys of one object begin in the same column"},
        {"did not find expected '-'", "; entries of one list begin in the same column"},
        {"block sequence entries are not allowed", "; a list begins on a line of its own"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strstr(problem, known[i].problem))
            return known[i].advice;
    }
    return "";
}

static enum sp_status fail(const struct sp_spec_reader *reader)
{
    const yaml_parser_t *yaml = &reader->yaml;
    if (yaml->error == YAML_MEMORY_ERROR)
        return sp_fail(reader->err, SP_NO_ROOM, "%s cannot be read: no memory is left for libyaml",
                       reader->text.name);
    const char *problem = yaml->problem ? yaml->problem : "it cannot be read";
    struct sp_place place =
        place_of(yaml->error == YAML_READER_ERROR ? yaml->mark : yaml->problem_mark);
    if (yaml->error == YAML_READER_ERROR && yaml->problem_offset <= reader->text.count) {
        struct sp_spec_cursor cursor = {.place = {1, 1}};
        place = sp_spec_cursor_move(&cursor, reader->text.bytes, yaml->problem_offset);
    }
    if (yaml->context)
        return sp_spec_fail(reader, place, "this is not YAML: %s %s from line %zu%s", problem,
                            yaml->context, yaml->context_mark.line + 1, advice_for(problem));
    return sp_spec_fail(reader, place, "this is not YAML: %s%s", problem, advice_for(problem));
}

static void take_scalar(const struct sp_spec_reader *reader, struct sp_spec_event *event)
{
    const yaml_event_t *from = &reader->event;
    event->kind = SP_EVENT_SCALAR;
    event->text = (const char *)from->data.scalar.value;
    event->length = from->data.scalar.length;
    event->plain = from->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    event->marked = from->data.scalar.anchor ? "anchors (&name)"
                    : from->data.scalar.tag  ? "tags (!name)"
                                             : NULL;
}

/* False for events that say nothing to a submission. */
static bool take_event(const struct sp_spec_reader *reader, struct sp_spec_event *event)
{
    const yaml_event_t *from = &reader->event;
    event->place = place_of(from->start_mark);
    switch (from->type) {
    case YAML_MAPPING_START_EVENT:
        event->kind = SP_EVENT_MAP;
        event->marked = from->data.mapping_start.anchor ? "anchors (&name)"
                        : from->data.mapping_start.tag  ? "tags (!name)"
                                                        : NULL;
        return true;
    case YAML_SEQUENCE_START_EVENT:
        event->kind = SP_EVENT_LIST;
        event->marked = from->data.sequence_start.anchor ? "anchors (&name)"
                        : from->data.sequence_start.tag  ? "tags (!name)"
                                                         : NULL;
        return true;
    case YAML_MAPPING_END_EVENT:
        event->kind = SP_EVENT_MAP_END;
        return true;
    case YAML_SEQUENCE_END_EVENT:
        event->kind = SP_EVENT_LIST_END;
        return true;
    case YAML_ALIAS_EVENT:
        event->kind = SP_EVENT_SCALAR;
        event->plain = true;
        event->marked = "aliases (*name)";
        return true;
    case YAML_SCALAR_EVENT:
        take_scalar(reader, event);
        return true;
    case YAML_STREAM_END_EVENT:
        event->kind = SP_EVENT_END;
        return true;
    default:
        return false;
    }
}

enum sp_status sp_spec_yaml_next(struct sp_spec_reader *reader, struct sp_spec_event *event)
{
    for (;;) {
        if (reader->event_open)
            yaml_event_delete(&reader->event);
        reader->event_open = false;
        if (!yaml_parser_parse(&reader->yaml, &reader->event))
            return fail(reader);
        reader->event_open = true;
        if (reader->event.type == YAML_DOCUMENT_START_EVENT) {
            if (reader->documents++ > 0)
                return sp_spec_fail(reader, place_of(reader->event.start_mark),
                                    "a second document begins here: a file holds one");
        } else if (take_event(reader, event)) {
            return SP_OK;
        }
    }
}
