/*
 * A text of YAML or JSON as events, the same for both.
 *
 * A mapping is MAP, then keys and values in turn, then MAP_END. What is not YAML or JSON ends in a
 * failure with the place; what is, but stands for more than it shows (anchors, tags), is told by
 * `marked`, so that the reading can go on.
 */
#ifndef SP_SPEC_SPEC_READER_H
#define SP_SPEC_SPEC_READER_H

#include "base/json.h"
#include "spec/submission.h"

#include <smallpress/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

enum sp_spec_event_kind {
    SP_EVENT_MAP,
    SP_EVENT_MAP_END,
    SP_EVENT_LIST,
    SP_EVENT_LIST_END,
    SP_EVENT_SCALAR,
    SP_EVENT_END, /* of the text */
};

struct sp_spec_event {
    enum sp_spec_event_kind kind;
    struct sp_place place;
    const char *marked; /* "anchors (&name)": what YAML has and a submission has not, or null */
    /* Of a scalar, until the next event: bytes of UTF-8 without an end. */
    const char *text;
    size_t length;
    bool escaped; /* of JSON: still to be unescaped */
    bool plain;   /* no quotes: may be a number, true, false or null */
};

/* A place in a text of which columns are asked for in order: no byte is counted twice. */
struct sp_spec_cursor {
    size_t at, line_at;
    struct sp_place place;
};

struct sp_spec_reader {
    struct sp_spec_text text;
    struct sp_err *err;
    bool is_json;
    unsigned depth;
    bool ended;

    struct sp_json json;
    struct sp_spec_cursor cursor;

    yaml_parser_t yaml;
    yaml_event_t event; /* in hand */
    bool event_open;
    unsigned documents;
};

/*
 * Opens a text, which is checked for UTF-8 and control characters. SP_BAD_SPEC, SP_NO_ROOM. To be
 * closed in any case.
 */
SP_MUST_CHECK enum sp_status sp_spec_reader_open(struct sp_spec_reader *reader,
                                                 const struct sp_spec_text *text,
                                                 struct sp_err *err);
SP_MUST_CHECK enum sp_status sp_spec_reader_next(struct sp_spec_reader *reader,
                                                 struct sp_spec_event *event);
void sp_spec_reader_close(struct sp_spec_reader *reader);

/* Fails with "name:line:column: …" and the place in the error. */
SP_PRINTF(3, 4)
enum sp_status sp_spec_fail(const struct sp_spec_reader *reader, struct sp_place place,
                            const char *format, ...);

/* The two grammars: spec_json.c and spec_yaml.c. */
SP_MUST_CHECK enum sp_status sp_spec_json_next(struct sp_spec_reader *reader,
                                               struct sp_spec_event *event);
SP_MUST_CHECK enum sp_status sp_spec_yaml_open(struct sp_spec_reader *reader);
SP_MUST_CHECK enum sp_status sp_spec_yaml_next(struct sp_spec_reader *reader,
                                               struct sp_spec_event *event);
void sp_spec_yaml_close(struct sp_spec_reader *reader);

/* Moves a cursor on to byte `at`, which is not before it, and returns its place. */
struct sp_place sp_spec_cursor_move(struct sp_spec_cursor *cursor, const char *text, size_t at);

#endif
