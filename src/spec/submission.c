#include "spec/submission.h"

#include "base/check.h"
#include "base/num.h"
#include "base/utf8.h"
#include "spec/spec_parser.h"

#include <smallpress/quantity.h>

#include <inttypes.h>
#include <string.h>

/*
 * What is not bounded by the text: missing cells, an element of each kind and a row that are
 * dropped after a mistake, the columns of one table, and the ends of pieces.
 */
#define BYTES_PER_BYTE 16
#define BYTES_BESIDES                                                          \
    ((SP_TABLE_MISSING_MAX + SP_TABLE_COLUMNS_MAX) * sizeof(struct sp_value) + \
     SP_TABLE_COLUMNS_MAX * sizeof(struct sp_report_column) +                  \
     SP_SPEC_FRAMES_MAX * SP_SPEC_ELEMENT_BYTES_MAX + 4096)

size_t sp_submission_need(size_t text_bytes)
{
    return sp_arena_cost(sp_size_add(sp_size_mul(text_bytes, BYTES_PER_BYTE), BYTES_BESIDES)) +
           sp_arena_cost(sizeof(struct sp_spec_parser));
}

size_t sp_submission_heap(size_t text_bytes)
{
    return sp_size_add(sp_size_mul(SP_MIN(text_bytes, SP_SUBMISSION_BYTES_MAX), 6), 384 * 1024);
}

/* What no key asks for. It has no name and so no place in a path. */
static const struct sp_spec_key passed_over = {.kind = SP_SPEC_IGNORED};

static struct sp_spec_frame *push(struct sp_spec_parser *parser, enum sp_spec_frame_kind kind,
                                  const struct sp_spec_event *event)
{
    SP_ASSERT(parser->depth < SP_SPEC_FRAMES_MAX);
    struct sp_spec_frame *frame = &parser->frames[parser->depth++];
    *frame = (struct sp_spec_frame){.kind = kind, .place = event->place};
    return frame;
}

/* Texts of values are never null. */
static void push_object(struct sp_spec_parser *parser, const struct sp_spec_object *object,
                        void *base, const struct sp_spec_event *event)
{
    struct sp_spec_frame *frame = push(parser, SP_FRAME_OBJECT, event);
    frame->object = object;
    frame->base = base;
    for (size_t i = 0; i < object->key_count; i++) {
        const struct sp_spec_key *key = &object->keys[i];
        if (key->kind == SP_SPEC_VALUE || key->kind == SP_SPEC_TIME)
            ((struct sp_value *)(void *)(frame->base + key->offset))->text = "";
    }
    if (object->place)
        memcpy(frame->base + object->place, &event->place, sizeof event->place);
}

/* Something is passed over that begins with this event; nothing to be done for a scalar. */
static void pass_over(struct sp_spec_parser *parser, const struct sp_spec_event *event)
{
    if (event->kind != SP_EVENT_SCALAR)
        push(parser, SP_FRAME_SKIP, event)->depth = 1;
}

/* An element of a list is whole. After a mistake it is dropped. */
static void end_element(struct sp_spec_parser *parser, struct sp_spec_frame *list)
{
    const size_t bytes =
        list->kind == SP_FRAME_ROWS ? sizeof(struct sp_report_row) : list->object->bytes;
    /* The columns of the table in hand are still needed, and they are not many. */
    if (parser->broken && list->object != &sp_spec_column) {
        parser->store.low = list->low;
        sp_spec_store_pop(&parser->store, bytes);
    } else {
        list->count++;
    }
}

/* A value has ended: a scalar, or something that was a frame until now. */
static void value_done(struct sp_spec_parser *parser)
{
    if (parser->depth == 0)
        return;
    struct sp_spec_frame *frame = sp_spec_top(parser);
    if (frame->kind == SP_FRAME_OBJECT)
        frame->key = NULL;
    else if (frame->kind == SP_FRAME_ROW_OBJECT)
        frame->index = SP_TABLE_COLUMNS_MAX + 1;
    else
        frame->index++;
}

static void pop(struct sp_spec_parser *parser)
{
    parser->depth--;
    value_done(parser);
}

static enum sp_status expected(struct sp_spec_parser *parser, const struct sp_spec_event *event,
                               const char *what)
{
    const char *found = event->kind == SP_EVENT_MAP    ? "an object"
                        : event->kind == SP_EVENT_LIST ? "a list"
                                                       : SP_SPEC_QUOTE(event);
    const char *tick = event->kind == SP_EVENT_SCALAR ? "`" : "";
    return sp_spec_mistake(parser, event->place, "expected %s, found %s%s%s", what, tick, found,
                           tick);
}

/* Tells a wrong kind of value in the place in hand, and passes over it. */
static enum sp_status refuse_value(struct sp_spec_parser *parser, const struct sp_spec_event *event,
                                   const char *what)
{
    const enum sp_status status = expected(parser, event, what);
    if (status == SP_OK) {
        pass_over(parser, event);
        if (event->kind == SP_EVENT_SCALAR)
            value_done(parser);
    }
    return status;
}

static struct sp_report_table *table_of(const struct sp_spec_frame *frame)
{
    return (struct sp_report_table *)(void *)frame->base;
}

/*
 * That no column before it has the name of the one that has just ended: rows that are objects could
 * not tell them apart. The last one pushed is the first in memory.
 */
static enum sp_status check_column(struct sp_spec_parser *parser, const struct sp_spec_frame *frame)
{
    const struct sp_report_column *columns =
        (const struct sp_report_column *)(const void *)frame->base;
    for (size_t i = 1; i <= frame[-1].count; i++) {
        if (columns[0].name[0] && strcmp(columns[0].name, columns[i].name) == 0)
            return sp_spec_mistake(parser, frame->place, "another column is named `%s` too",
                                   sp_utf8_quote((char[SP_UTF8_QUOTE_BYTES]){0},
                                                 SP_UTF8_QUOTE_BYTES, columns[0].name,
                                                 strlen(columns[0].name)));
    }
    return SP_OK;
}

/* What an object must be beside its keys. */
static enum sp_status check_rule(struct sp_spec_parser *parser, const struct sp_spec_frame *frame)
{
    if (frame->object->rule == SP_RULE_COLUMN) {
        struct sp_report_column *column = (struct sp_report_column *)(void *)frame->base;
        if (!column->name)
            column->name = "";
        if (!column->title)
            column->title = column->name;
        for (size_t i = 0; i < frame->object->key_count; i++)
            column->align_given |=
                frame->object->keys[i].offset == offsetof(struct sp_report_column, align) &&
                (frame->seen >> i & 1);
        return check_column(parser, frame);
    } else if (frame->object->rule == SP_RULE_SIGNATURE) {
        const struct sp_report_signature *signature =
            (const struct sp_report_signature *)(const void *)frame->base;
        if (!signature->image && !signature->name && !signature->role && !parser->broken)
            return sp_spec_mistake(parser, frame->place,
                                   "a signature has a name, a role or an image");
    } else if (frame->object->rule == SP_RULE_URL) {
        const struct sp_url_rule *rule = (const struct sp_url_rule *)(const void *)frame->base;
        for (const char *at = rule->to; at && !parser->broken && (at = strchr(at, '$')); at++) {
            if (at[1] >= '1' && at[1] <= '9' && (size_t)(at[1] - '0') > parser->match_groups)
                return sp_spec_mistake(
                    parser, frame->place, "`to` has $%c, and `match` has %zu group%s in brackets",
                    at[1], parser->match_groups, parser->match_groups == 1 ? "" : "s");
        }
    }
    return SP_OK;
}

static enum sp_status end_object(struct sp_spec_parser *parser)
{
    const struct sp_spec_frame *frame = sp_spec_top(parser);
    for (size_t i = 0; i < frame->object->key_count; i++) {
        const struct sp_spec_key *key = &frame->object->keys[i];
        if (!key->required || (frame->seen >> i & 1))
            continue;
        const enum sp_status status = sp_spec_mistake(
            parser, frame->place, "`%s` is missing: %s has one", key->name, frame->object->name);
        if (status != SP_OK)
            return status;
    }
    const enum sp_status status = check_rule(parser, frame);
    if (status != SP_OK)
        return status;
    const bool element = parser->depth >= 2 && frame[-1].kind == SP_FRAME_LIST;
    if (element)
        end_element(parser, &parser->frames[parser->depth - 2]);
    pop(parser);
    return SP_OK;
}

/* The members of a list in the struct that holds it: where it begins, and how many there are. */
static void set_list(const struct sp_spec_frame *frame, const void *first, size_t count)
{
    memcpy(frame->base + frame->key->offset, &first, sizeof first);
    memcpy(frame->base + frame->key->offset + sizeof first, &count, sizeof count);
}

static void end_list(struct sp_spec_parser *parser)
{
    const struct sp_spec_frame *frame = sp_spec_top(parser);
    const size_t bytes =
        frame->kind == SP_FRAME_ROWS ? sizeof(struct sp_report_row) : frame->object->bytes;
    set_list(frame, sp_spec_store_collect(&parser->store, frame->count, bytes), frame->count);
    pop(parser);
}

static enum sp_status set_scalar(struct sp_spec_parser *parser, const struct sp_spec_event *event)
{
    const struct sp_spec_frame *frame = sp_spec_top(parser);
    const enum sp_status status = sp_spec_set_scalar(parser, frame->base, frame->key, event);
    if (status == SP_OK)
        value_done(parser);
    return status;
}

static enum sp_status begin_rows(struct sp_spec_parser *parser, const struct sp_spec_frame *holder,
                                 const struct sp_spec_event *event)
{
    if (table_of(holder)->column_count == 0) {
        const enum sp_status status = sp_spec_mistake(
            parser, event->place, "`columns` is missing before the rows: name them first");
        pass_over(parser, event);
        return status;
    }
    struct sp_spec_frame *frame = push(parser, SP_FRAME_ROWS, event);
    frame->base = holder->base;
    frame->key = holder->key;
    return SP_OK;
}

static enum sp_status begin_list(struct sp_spec_parser *parser, const struct sp_spec_event *event)
{
    const struct sp_spec_frame *holder = sp_spec_top(parser);
    const struct sp_spec_key *key = holder->key;
    if (event->kind == SP_EVENT_LIST && key->kind == SP_SPEC_ROWS)
        return begin_rows(parser, holder, event);
    if (event->kind == SP_EVENT_LIST) {
        struct sp_spec_frame *frame = push(parser, SP_FRAME_LIST, event);
        frame->object = key->object;
        frame->base = holder->base;
        frame->key = key;
        return SP_OK;
    }
    if (event->kind == SP_EVENT_MAP && key->source) {
        push_object(parser, &sp_spec_source, holder->base + key->source, event);
        return SP_OK;
    }
    if (event->kind == SP_EVENT_SCALAR && sp_spec_is_empty(event) && !key->required) {
        value_done(parser);
        return SP_OK;
    }
    return refuse_value(parser, event,
                        key->source ? "a list, or {data: …} with the name of a file" : "a list");
}

/* The value of the key in hand. */
static enum sp_status take_value(struct sp_spec_parser *parser, const struct sp_spec_event *event)
{
    const struct sp_spec_frame *frame = sp_spec_top(parser);
    const struct sp_spec_key *key = frame->key;
    const bool scalar = event->kind == SP_EVENT_SCALAR;
    if (key->kind == SP_SPEC_PAGE || key->kind == SP_SPEC_MARGIN) {
        parser->page_place = event->place;
        parser->page_text = parser->reader.text;
    }
    if (key->kind == SP_SPEC_LIST || key->kind == SP_SPEC_ROWS)
        return begin_list(parser, event);
    if (event->kind == SP_EVENT_MAP && key->object) {
        push_object(parser, key->object, frame->base + key->offset, event);
        return SP_OK;
    }
    if (key->kind == SP_SPEC_IGNORED && !scalar) {
        pass_over(parser, event);
        return SP_OK;
    }
    if (key->kind == SP_SPEC_OBJECT && !(scalar && sp_spec_is_empty(event)))
        return refuse_value(parser, event, "an object with keys");
    if (key->kind == SP_SPEC_OBJECT) {
        value_done(parser);
        return SP_OK;
    }
    if (!scalar)
        return refuse_value(parser, event,
                            key->object ? "one value or an object with keys" : "one value");
    return set_scalar(parser, event);
}

static enum sp_status take_key(struct sp_spec_parser *parser, const struct sp_spec_event *event)
{
    struct sp_spec_frame *frame = sp_spec_top(parser);
    char name[64];
    size_t i = 0;
    const bool fits = sp_spec_short_text(event, name, sizeof name);
    while (i < frame->object->key_count &&
           !(fits && strcmp(frame->object->keys[i].name, name) == 0))
        i++;
    if (i == frame->object->key_count) {
        const enum sp_status status = sp_spec_unknown_key(parser, frame->object, event);
        frame->key = &passed_over;
        return status;
    }
    frame->key = &frame->object->keys[i];
    if (frame->seen >> i & 1) {
        const enum sp_status status =
            sp_spec_mistake(parser, event->place, "the key is there twice");
        frame->key = &passed_over;
        return status;
    }
    frame->seen |= UINT64_C(1) << i;
    return SP_OK;
}

static enum sp_status in_object(struct sp_spec_parser *parser, const struct sp_spec_event *event)
{
    struct sp_spec_frame *frame = sp_spec_top(parser);
    if (frame->key)
        return take_value(parser, event);
    if (event->kind == SP_EVENT_MAP_END)
        return end_object(parser);
    if (event->kind == SP_EVENT_SCALAR)
        return take_key(parser, event);
    /* A key that is a list or an object. The frame is pushed for it with no key in hand: when it
     * ends, the value is still to come, and is passed over too. */
    const enum sp_status status = expected(parser, event, "a key");
    pass_over(parser, event);
    sp_spec_top(parser)->index = 1;
    return status;
}

/* Whether there is room for one more element; if not, it is told once. */
static enum sp_status check_count(struct sp_spec_parser *parser, const struct sp_spec_frame *list,
                                  const struct sp_spec_event *event, bool *fits)
{
    *fits = list->key->most == 0 || list->index < (size_t)list->key->most;
    if (*fits || list->index > (size_t)list->key->most)
        return SP_OK;
    return sp_spec_mistake(parser, event->place, "there are more than %" PRId64 " of them",
                           list->key->most);
}

static enum sp_status take_element(struct sp_spec_parser *parser, const struct sp_spec_event *event)
{
    struct sp_spec_frame *list = sp_spec_top(parser);
    const struct sp_spec_object *object = list->object;
    bool fits;
    enum sp_status status = check_count(parser, list, event, &fits);
    if (status != SP_OK)
        return status;
    if (!fits) {
        pass_over(parser, event);
        if (event->kind == SP_EVENT_SCALAR)
            value_done(parser);
        return SP_OK;
    }
    const bool alone = event->kind == SP_EVENT_SCALAR && object->alone;
    if (alone && event->length < object->alone_bytes_min && !sp_spec_is_empty(event))
        return refuse_value(parser, event, "a file name or address, or an object with keys");
    if (event->kind != SP_EVENT_MAP && !alone)
        return refuse_value(parser, event, object->name);
    list->low = parser->store.low;
    push_object(parser, object, sp_spec_store_push(&parser->store, object->bytes), event);
    if (!alone)
        return SP_OK;
    struct sp_spec_frame *frame = sp_spec_top(parser);
    frame->key = object->alone;
    frame->seen = UINT64_C(1) << (object->alone - object->keys);
    status = set_scalar(parser, event);
    return status == SP_OK ? end_object(parser) : status;
}

static enum sp_status in_list(struct sp_spec_parser *parser, const struct sp_spec_event *event)
{
    if (event->kind == SP_EVENT_LIST_END) {
        end_list(parser);
        return SP_OK;
    }
    return take_element(parser, event);
}

static enum sp_status in_rows(struct sp_spec_parser *parser, const struct sp_spec_event *event)
{
    struct sp_spec_frame *rows = sp_spec_top(parser);
    if (event->kind == SP_EVENT_LIST_END) {
        end_list(parser);
        return SP_OK;
    }
    if (event->kind == SP_EVENT_SCALAR)
        return refuse_value(parser, event, "a row: a list of cells, or an object with them");
    const size_t columns = table_of(rows)->column_count;
    rows->low = parser->store.low;
    struct sp_value *cells = sp_spec_store_take(&parser->store, columns * sizeof *cells);
    for (size_t i = 0; i < columns; i++)
        cells[i].text = "";
    const bool object = event->kind == SP_EVENT_MAP;
    struct sp_spec_frame *row = push(parser, object ? SP_FRAME_ROW_OBJECT : SP_FRAME_ROW, event);
    row->base = (unsigned char *)cells;
    row->index = object ? SP_TABLE_COLUMNS_MAX + 1 : 0;
    memset(parser->row_seen, 0, sizeof parser->row_seen);
    return SP_OK;
}

static void end_row(struct sp_spec_parser *parser)
{
    struct sp_spec_frame *row = sp_spec_top(parser);
    struct sp_report_row *element = sp_spec_store_push(&parser->store, sizeof *element);
    element->cells = (const struct sp_value *)(const void *)row->base;
    end_element(parser, &row[-1]);
    pop(parser);
}

/* A value in a column of the row in hand, which may be none of the table's. */
static enum sp_status take_cell(struct sp_spec_parser *parser, const struct sp_spec_event *event)
{
    struct sp_spec_frame *row = sp_spec_top(parser);
    const struct sp_report_table *table = table_of(&row[-1]);
    if (event->kind != SP_EVENT_SCALAR)
        return refuse_value(parser, event, "one value");
    if (row->index < table->column_count) {
        struct sp_value *cell = (struct sp_value *)(void *)row->base + row->index;
        const enum sp_status status =
            sp_spec_set_cell(parser, cell, table->columns[row->index].type, event);
        if (status != SP_OK)
            return status;
        row->count++;
    }
    value_done(parser);
    return SP_OK;
}

static enum sp_status in_row(struct sp_spec_parser *parser, const struct sp_spec_event *event)
{
    const struct sp_spec_frame *row = sp_spec_top(parser);
    if (event->kind != SP_EVENT_LIST_END)
        return take_cell(parser, event);
    const size_t columns = table_of(&row[-1])->column_count;
    if (row->index != columns) {
        const size_t index = row->index;
        const struct sp_place place = row->place;
        parser->depth--; /* the path is that of the row, not of a cell */
        const enum sp_status status =
            sp_spec_mistake(parser, place, "the row has %zu cell%s, and the table %zu column%s",
                            index, index == 1 ? "" : "s", columns, columns == 1 ? "" : "s");
        parser->depth++;
        if (status != SP_OK)
            return status;
    }
    end_row(parser);
    return SP_OK;
}

/* The name of a column in a row that is an object. */
static enum sp_status take_name(struct sp_spec_parser *parser, const struct sp_spec_event *event)
{
    struct sp_spec_frame *row = sp_spec_top(parser);
    const struct sp_report_table *table = table_of(&row[-1]);
    char *name = sp_spec_store_scratch(&parser->store, event->length + 1);
    size_t i = table->column_count;
    if (sp_spec_short_text(event, name, event->length + 1)) {
        /* Members mostly come in the order of the columns. */
        i = SP_MIN(row->count, table->column_count);
        if (i == table->column_count || strcmp(table->columns[i].name, name) != 0)
            i = 0;
        while (i < table->column_count && strcmp(table->columns[i].name, name) != 0)
            i++;
    }
    row->index = i;
    if (i == table->column_count) {
        row->index = SP_TABLE_COLUMNS_MAX;
        return sp_spec_mistake(parser, event->place, "`%s` is no column of the table",
                               SP_SPEC_QUOTE(event));
    }
    const uint32_t bit = UINT32_C(1) << i % 32;
    const bool twice = parser->row_seen[i / 32] & bit;
    parser->row_seen[i / 32] |= bit;
    return twice ? sp_spec_mistake(parser, event->place, "the key is there twice") : SP_OK;
}

static enum sp_status end_row_object(struct sp_spec_parser *parser)
{
    const struct sp_spec_frame *row = sp_spec_top(parser);
    const size_t columns = table_of(&row[-1])->column_count;
    parser->cells_given += row->count;
    parser->cells_missing += columns - SP_MIN(row->count, columns);
    enum sp_status status = SP_OK;
    if (parser->cells_missing > parser->cells_given + SP_TABLE_MISSING_MAX &&
        !parser->missing_told) {
        parser->missing_told = true;
        status = sp_spec_mistake(parser, row->place,
                                 "more than half of the cells are left out by now: put the rows in "
                                 "a file and name it, as in rows: {data: rows.ndjson}");
    }
    if (status == SP_OK)
        end_row(parser);
    return status;
}

static enum sp_status in_row_object(struct sp_spec_parser *parser,
                                    const struct sp_spec_event *event)
{
    struct sp_spec_frame *row = sp_spec_top(parser);
    if (row->index <= SP_TABLE_COLUMNS_MAX)
        return take_cell(parser, event);
    if (event->kind == SP_EVENT_MAP_END)
        return end_row_object(parser);
    if (event->kind == SP_EVENT_SCALAR)
        return take_name(parser, event);
    const enum sp_status status = expected(parser, event, "the name of a column");
    row->index = SP_TABLE_COLUMNS_MAX;
    pass_over(parser, event);
    sp_spec_top(parser)->index = 1;
    return status;
}

/* Something is passed over. `index` 1 is a key, behind which the value is passed over too. */
static void in_skip(struct sp_spec_parser *parser, const struct sp_spec_event *event)
{
    struct sp_spec_frame *frame = sp_spec_top(parser);
    frame->depth += event->kind == SP_EVENT_MAP || event->kind == SP_EVENT_LIST;
    frame->depth -= event->kind == SP_EVENT_MAP_END || event->kind == SP_EVENT_LIST_END;
    if (frame->depth > 0)
        return;
    if (frame->index == 0) {
        pop(parser);
        return;
    }
    parser->depth--;
    struct sp_spec_frame *holder = sp_spec_top(parser);
    if (holder->kind == SP_FRAME_OBJECT)
        holder->key = &passed_over;
}

static enum sp_status take_event(struct sp_spec_parser *parser, const struct sp_spec_event *event)
{
    const enum sp_spec_frame_kind kind = sp_spec_top(parser)->kind;
    if (event->marked && kind != SP_FRAME_SKIP) {
        const enum sp_status status = sp_spec_mistake(
            parser, event->place, "%s are not taken: write out what is meant", event->marked);
        if (status != SP_OK)
            return status;
    }
    switch (kind) {
    case SP_FRAME_OBJECT:
        return in_object(parser, event);
    case SP_FRAME_LIST:
        return in_list(parser, event);
    case SP_FRAME_ROWS:
        return in_rows(parser, event);
    case SP_FRAME_ROW:
        return in_row(parser, event);
    case SP_FRAME_ROW_OBJECT:
        return in_row_object(parser, event);
    case SP_FRAME_SKIP:
        break;
    }
    in_skip(parser, event);
    return SP_OK;
}

/* The first event of a text: the object that is all of it. */
static enum sp_status begin_text(struct sp_spec_parser *parser, const struct sp_spec_object *object,
                                 void *base, const struct sp_spec_event *event)
{
    parser->depth = 0;
    if (event->kind == SP_EVENT_END ||
        (event->kind == SP_EVENT_SCALAR && event->length == 0 && !event->marked))
        return sp_spec_mistake(parser, event->place, "the text is empty: %s begins with a key",
                               object->name);
    if (event->marked) {
        const enum sp_status status = sp_spec_mistake(
            parser, event->place, "%s are not taken: write out what is meant", event->marked);
        if (status != SP_OK)
            return status;
    }
    if (event->kind == SP_EVENT_MAP) {
        push_object(parser, object, base, event);
        return SP_OK;
    }
    const enum sp_status status = expected(parser, event, "an object with keys, like title: …");
    pass_over(parser, event);
    return status;
}

/* Reads a text to its end. A mistake that ends it is in parser->why and not yet told. */
static enum sp_status parse_text(struct sp_spec_parser *parser, const struct sp_spec_object *object,
                                 void *base, const struct sp_spec_text *text)
{
    struct sp_spec_event event = {.kind = SP_EVENT_END};
    enum sp_status status = sp_spec_reader_open(&parser->reader, text, &parser->why);
    if (status == SP_OK)
        status = sp_spec_reader_next(&parser->reader, &event);
    if (status == SP_OK)
        status = begin_text(parser, object, base, &event);
    while (status == SP_OK && event.kind != SP_EVENT_END) {
        status = sp_spec_reader_next(&parser->reader, &event);
        if (status == SP_OK && parser->depth > 0)
            status = take_event(parser, &event);
    }
    sp_spec_reader_close(&parser->reader);
    if (status == SP_BAD_SPEC && parser->problems) {
        parser->broken = true;
        parser->mistakes++;
        parser->problems->tell(parser->problems->context, text->name, &parser->why);
        return SP_OK;
    }
    return status;
}

/* The defaults, which the theme of the submission and then the given one change. */
static void fill_defaults(struct sp_submission *submission)
{
    memset(submission, 0, sizeof *submission);
    submission->locale = "en";
    sp_theme_init(&submission->theme, submission->locale);
    memset(submission->theme.words, 0, sizeof submission->theme.words);
}

/* What depends on keys that may come in any order. */
static void settle_theme(struct sp_submission *submission)
{
    struct sp_theme *theme = &submission->theme;
    const char *const *words = sp_theme_words(submission->locale);
    for (size_t i = 0; i < SP_WORD_COUNT; i++)
        theme->words[i] = theme->words[i] ? theme->words[i] : words[i];
    if (theme->landscape && theme->page_width_um < theme->page_height_um) {
        const int64_t width_um = theme->page_width_um;
        theme->page_width_um = theme->page_height_um;
        theme->page_height_um = width_um;
    }
}

static enum sp_status parse_all(struct sp_spec_parser *parser, struct sp_submission *submission,
                                const struct sp_spec_text *text, const struct sp_spec_text *theme)
{
    enum sp_status status = parse_text(parser, &sp_spec_submission, submission, text);
    if (status == SP_OK && theme)
        status = parse_text(parser, &sp_spec_theme_file, &submission->theme, theme);
    if (status != SP_OK || parser->broken)
        return status;
    settle_theme(submission);
    parser->reader.text = *text;
    return sp_spec_check(parser, submission);
}

enum sp_status sp_submission_parse(struct sp_submission *submission, struct sp_arena *arena,
                                   const struct sp_spec_text *text,
                                   const struct sp_spec_text *theme,
                                   const struct sp_spec_problems *problems, struct sp_err *err)
{
    const size_t bytes = sp_size_add(text->count, theme ? theme->count : 0);
    if (bytes > SP_SUBMISSION_BYTES_MAX) {
        char most[SP_FORMAT_BYTES];
        return sp_fail(err, SP_TOO_BIG,
                       "%s is longer than %s: put its long lists in files beside it and name them, "
                       "as in photos: {data: photos.ndjson}",
                       text->name, sp_format_bytes(most, sizeof most, SP_SUBMISSION_BYTES_MAX));
    }
    struct sp_spec_parser *parser = sp_arena_take(arena, 1, sizeof *parser);
    const size_t room = sp_submission_need(bytes) - sp_arena_cost(sizeof *parser);
    parser->store.bytes = sp_arena_take(arena, room, 1);
    parser->store.low = 0;
    parser->store.high = room;
    parser->problems = problems;
    fill_defaults(submission);
    const enum sp_status status = parse_all(parser, submission, text, theme);
    if (status != SP_OK && err)
        *err = parser->why;
    if (status != SP_OK || parser->mistakes == 0)
        return status;
    return sp_fail(err, SP_BAD_SPEC, "%s has %" PRIu64 " mistake%s", text->name, parser->mistakes,
                   parser->mistakes == 1 ? "" : "s");
}
