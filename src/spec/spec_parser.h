/*
 * A parse under way: a stack of what has begun and not ended, which is also the path of the field
 * in hand. The stack is as deep as the format, not as the text: what no key asks for is passed over
 * in one frame, however deep it is.
 */
#ifndef SP_SPEC_SPEC_PARSER_H
#define SP_SPEC_SPEC_PARSER_H

#include "spec/spec_reader.h"
#include "spec/spec_store.h"
#include "spec/spec_table.h"
#include "spec/submission.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sp_spec_frame_kind {
    SP_FRAME_OBJECT,
    SP_FRAME_LIST,       /* of objects */
    SP_FRAME_ROWS,       /* of a table */
    SP_FRAME_ROW,        /* a list of cells, in the order of the columns */
    SP_FRAME_ROW_OBJECT, /* cells by the names of their columns */
    SP_FRAME_SKIP,       /* something that is passed over */
};

struct sp_spec_frame {
    enum sp_spec_frame_kind kind;
    const struct sp_spec_object *object; /* of OBJECT; of LIST what its elements are */
    const struct sp_spec_key *key;       /* of OBJECT the one in hand or null; of LIST its own */
    unsigned char *base;                 /* the struct of OBJECT, or the one that holds the list;
                                            the cells of a row */
    struct sp_place place;               /* where it begins */
    uint64_t seen;                       /* keys of OBJECT, a bit each */
    size_t index;                        /* element or cell in hand; of ROW_OBJECT the column */
    size_t count;                        /* elements kept; cells given */
    size_t low;                          /* of the store, where the element in hand began */
    unsigned depth;                      /* of SKIP */
};

/* submission, sections, section, tables, table, rows, row, and one that is passed over. */
#define SP_SPEC_FRAMES_MAX 10

struct sp_spec_parser {
    struct sp_spec_reader reader;
    struct sp_spec_store store;
    const struct sp_spec_problems *problems;
    struct sp_err why; /* of the last mistake */
    uint64_t mistakes;
    /*
     * After the first mistake there will be no submission. From then on elements are checked and
     * dropped, because only whole ones are bounded by the text they come from.
     */
    bool broken;

    struct sp_spec_frame frames[SP_SPEC_FRAMES_MAX];
    size_t depth;

    uint32_t row_seen[SP_TABLE_COLUMNS_MAX / 32];
    uint64_t cells_given, cells_missing; /* of rows that are objects */
    bool missing_told;
    size_t match_groups; /* of the last `match` */
    /* Where the page or its margins were set last, and in which text. */
    struct sp_place page_place;
    struct sp_spec_text page_text;
};

static inline struct sp_spec_frame *sp_spec_top(struct sp_spec_parser *parser)
{
    return &parser->frames[parser->depth - 1];
}

/*
 * Tells a mistake in the field in hand. SP_OK to go on, or SP_BAD_SPEC if the first ends it.
 */
SP_PRINTF(3, 4)
enum sp_status sp_spec_mistake(struct sp_spec_parser *parser, struct sp_place place,
                               const char *format, ...);

/* The text of an event in a form that can stand in a message; good until the block ends. */
#define SP_SPEC_QUOTE(event)                                                          \
    sp_utf8_quote((char[SP_UTF8_QUOTE_BYTES]){0}, SP_UTF8_QUOTE_BYTES, (event)->text, \
                  (event)->length)

/* How many letters two names differ by, any case; more than `most` is most + 1. */
size_t sp_spec_distance(const char *a, const char *b, size_t b_length, size_t most);

/* "`captoin` is no key of a photo: …", with the nearest key or all of them. */
enum sp_status sp_spec_unknown_key(struct sp_spec_parser *parser,
                                   const struct sp_spec_object *object,
                                   const struct sp_spec_event *event);

/* Whether an event is null, nothing, or nothing but blanks. */
bool sp_spec_is_empty(const struct sp_spec_event *event);

/* Sets the member of a key from a scalar. */
enum sp_status sp_spec_set_scalar(struct sp_spec_parser *parser, unsigned char *base,
                                  const struct sp_spec_key *key, const struct sp_spec_event *event);

/* The value of a cell. */
enum sp_status sp_spec_set_cell(struct sp_spec_parser *parser, struct sp_value *value,
                                enum sp_column_type type, const struct sp_spec_event *event);

/*
 * The bytes of a key or of a scalar of up to capacity - 1 bytes as a text with its end; false if it
 * is longer.
 */
bool sp_spec_short_text(const struct sp_spec_event *event, char *out, size_t capacity);

/* What can be told only when all has been read: sections of photos, margins and page. */
enum sp_status sp_spec_check(struct sp_spec_parser *parser, struct sp_submission *submission);

#endif
