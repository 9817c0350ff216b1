#include "support/pdf_walk.h"

#include "support/unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Deeper than any tree of the files tested. */
#define DEPTH_MAX 8

static bool starts_with(struct pdf_span span, const char *text)
{
    const size_t length = strlen(text);
    return span.length >= length && memcmp(span.at, text, length) == 0;
}

static struct pdf_span behind(struct pdf_span span, size_t count)
{
    assert_true(count <= span.length);
    return (struct pdf_span){span.at + count, span.length - count};
}

static void assert_starts(struct pdf_span span, const char *text)
{
    if (!starts_with(span, text))
        fail_msg("expected %s at: %.*s", text, (int)(span.length < 60 ? span.length : 60), span.at);
}

/* A decimal number at the start of a span, which is moved behind it. */
static uint64_t take_number(struct pdf_span *span)
{
    uint64_t number = 0;
    size_t digits = 0;
    while (digits < span->length && span->at[digits] >= '0' && span->at[digits] <= '9')
        number = number * 10 + (uint64_t)(span->at[digits++] - '0');
    assert_true(digits > 0 && digits < 20);
    *span = behind(*span, digits);
    return number;
}

/* A string in brackets, with brackets in it (ISO 32000-1, 7.3.4.2). */
static size_t string_length(struct pdf_span span)
{
    unsigned depth = 0;
    for (size_t i = 0; i < span.length; i++) {
        if (span.at[i] == '\\')
            i++;
        else if (span.at[i] == '(')
            depth++;
        else if (span.at[i] == ')' && --depth == 0)
            return i + 1;
    }
    fail_msg("a string does not end");
    return 0;
}

/* The length of the token at the start of a span: "<<", ">>", a string, or one character. */
static size_t token_length(struct pdf_span span)
{
    if (span.at[0] == '(')
        return string_length(span);
    if (starts_with(span, "<<") || starts_with(span, ">>"))
        return 2;
    if (span.at[0] == '<') {
        const char *end = memchr(span.at, '>', span.length);
        assert_non_null(end);
        return (size_t)(end - span.at) + 1;
    }
    return 1;
}

static int depth_change(struct pdf_span span)
{
    return starts_with(span, "<<") ? 1 : starts_with(span, ">>") ? -1 : 0;
}

static struct pdf_span cut_dictionary(struct pdf_span span)
{
    int depth = 0;
    assert_starts(span, "<<");
    for (size_t i = 0; i < span.length;) {
        const struct pdf_span rest = behind(span, i);
        depth += depth_change(rest);
        i += token_length(rest);
        if (depth == 0)
            return (struct pdf_span){span.at, i};
    }
    fail_msg("a dictionary does not end");
    return span;
}

static size_t name_length(struct pdf_span span)
{
    size_t length = 1;
    while (length < span.length && !strchr(" /<([>])\n", span.at[length]))
        length++;
    return length;
}

bool pdf_find(struct pdf_span dictionary, const char *key, struct pdf_span *value)
{
    const size_t length = strlen(key);
    int depth = 0;
    bool is_value = false; /* a name behind a name is the first one's value */
    for (size_t i = 0; i < dictionary.length;) {
        const struct pdf_span rest = behind(dictionary, i);
        const bool name = rest.at[0] == '/';
        const size_t token = name ? name_length(rest) : token_length(rest);
        depth += depth_change(rest) + (rest.at[0] == '[') - (rest.at[0] == ']');
        if (depth == 1 && name && !is_value && token == length && starts_with(rest, key)) {
            *value = behind(rest, length);
            if (value->at[0] == ' ')
                *value = behind(*value, 1);
            return true;
        }
        if (depth == 1)
            is_value = name && !is_value;
        i += token;
    }
    return false;
}

bool pdf_has(struct pdf_span dictionary, const char *key)
{
    struct pdf_span value;
    return pdf_find(dictionary, key, &value);
}

uint64_t pdf_number(struct pdf_span dictionary, const char *key)
{
    struct pdf_span value;
    if (!pdf_find(dictionary, key, &value))
        fail_msg("%s is missing in %.*s", key, (int)dictionary.length, dictionary.at);
    return take_number(&value);
}

uint32_t pdf_reference(struct pdf_span dictionary, const char *key)
{
    struct pdf_span value;
    if (!pdf_find(dictionary, key, &value))
        fail_msg("%s is missing in %.*s", key, (int)dictionary.length, dictionary.at);
    const uint64_t number = take_number(&value);
    assert_starts(value, " 0 R");
    return (uint32_t)number;
}

static struct pdf_span span_at(const struct pdf_walk *walk, uint64_t offset)
{
    assert_true(offset >= walk->base && offset - walk->base < walk->size);
    const size_t at = (size_t)(offset - walk->base);
    return (struct pdf_span){walk->bytes + at, walk->size - at};
}

/* What follows "N 0 obj" and the line end at an offset. */
static struct pdf_span behind_header(const struct pdf_walk *walk, uint64_t offset, uint64_t *number)
{
    struct pdf_span span = span_at(walk, offset);
    *number = take_number(&span);
    assert_starts(span, " 0 obj\n");
    return behind(span, strlen(" 0 obj\n"));
}

/* The data between a dictionary that says how long it is and the end of its object. */
static struct pdf_span cut_stream(struct pdf_span object)
{
    const struct pdf_span dictionary = cut_dictionary(object);
    const uint64_t length = pdf_number(dictionary, "/Length");
    object = behind(object, dictionary.length);
    assert_starts(object, "stream\n");
    object = behind(object, strlen("stream\n"));
    assert_true(length <= object.length);
    assert_starts(behind(object, (size_t)length), "\nendstream\nendobj\n");
    return (struct pdf_span){object.at, (size_t)length};
}

/* "startxref", the offset, "%%EOF": the last three lines of the file. */
static uint64_t find_table(const struct pdf_walk *walk)
{
    static const char word[] = "\nstartxref\n";
    size_t at = walk->size;
    while (at > 0 && !starts_with((struct pdf_span){walk->bytes + at, walk->size - at}, word))
        at--;
    assert_true(at > 0);
    struct pdf_span span = {walk->bytes + at + strlen(word), walk->size - at - strlen(word)};
    const uint64_t offset = take_number(&span);
    assert_int_equal(span.length, strlen("\n%%EOF\n"));
    assert_starts(span, "\n%%EOF\n");
    return offset;
}

/* Inflates a span; the caller frees it. One more byte, a zero, stands behind. */
static char *inflate_span(struct pdf_span data, size_t *length)
{
    uLongf room = 1100 * data.length + 1000;
    char *bytes = malloc(room + 1);
    assert_non_null(bytes);
    assert_int_equal(uncompress((Bytef *)bytes, &room, (const Bytef *)data.at, data.length), Z_OK);
    bytes[room] = '\0';
    *length = room;
    return bytes;
}

static void read_row(struct pdf_walk *walk, uint32_t number, const unsigned char *bytes)
{
    uint64_t middle = 0;
    for (unsigned i = 0; i < walk->width; i++)
        middle = middle << 8 | bytes[1 + i];
    const unsigned char last = bytes[walk->width + 1];
    if (bytes[0] == 2) {
        assert_true(middle > 0 && middle < walk->count);
        walk->stream[number] = (uint32_t)middle;
        walk->offset[number] = last;
        return;
    }
    assert_int_equal(bytes[0], number == 0 ? 0 : 1);
    assert_int_equal(last, 0);
    walk->offset[number] = middle;
}

static void read_rows(struct pdf_walk *walk, struct pdf_span data)
{
    const size_t row = walk->width + 2;
    assert_int_equal(data.length, walk->count * row);
    for (uint32_t number = 0; number < walk->count; number++)
        read_row(walk, number, (const unsigned char *)data.at + number * row);
}

/* Rows with a byte before each that says "differences from the row above" (ISO 15948, 9.2). */
static void read_packed_rows(struct pdf_walk *walk, struct pdf_span data)
{
    struct pdf_span parameters;
    size_t length;
    const size_t row = walk->width + 2;
    unsigned char above[16] = {0};
    assert_true(pdf_find(walk->trailer, "/DecodeParms", &parameters));
    parameters = cut_dictionary(parameters);
    assert_int_equal(pdf_number(parameters, "/Predictor"), 12);
    assert_int_equal(pdf_number(parameters, "/Columns"), row);
    char *bytes = inflate_span(data, &length);
    assert_int_equal(length, walk->count * (row + 1));
    for (uint32_t number = 0; number < walk->count; number++) {
        const char *differences = bytes + number * (row + 1);
        assert_int_equal(differences[0], 2);
        for (size_t i = 0; i < row; i++)
            above[i] = (unsigned char)(above[i] + differences[1 + i]);
        read_row(walk, number, above);
    }
    free(bytes);
}

void pdf_walk_open(struct pdf_walk *walk, const void *bytes, size_t size, uint64_t base)
{
    *walk = (struct pdf_walk){.bytes = bytes, .size = size, .base = base};
    uint64_t number;
    const uint64_t table = find_table(walk);
    const struct pdf_span object = behind_header(walk, table, &number);
    walk->trailer = cut_dictionary(object);
    struct pdf_span value;
    assert_true(pdf_find(walk->trailer, "/Type", &value));
    assert_starts(value, "/XRef");
    assert_true(pdf_find(walk->trailer, "/W", &value));
    assert_starts(value, "[1 ");
    value = behind(value, 3);
    walk->width = (unsigned)take_number(&value);
    assert_starts(value, " 1]");
    walk->count = (uint32_t)pdf_number(walk->trailer, "/Size");
    walk->offset = calloc(walk->count, sizeof *walk->offset);
    walk->stream = calloc(walk->count, sizeof *walk->stream);
    walk->inflated = calloc(walk->count, sizeof *walk->inflated);
    assert_true(walk->offset && walk->stream && walk->inflated);
    if (pdf_has(walk->trailer, "/Filter"))
        read_packed_rows(walk, cut_stream(object));
    else
        read_rows(walk, cut_stream(object));
    assert_int_equal(number, walk->count - 1);
    assert_int_equal(walk->offset[number], table);
}

void pdf_walk_close(struct pdf_walk *walk)
{
    for (uint32_t number = 0; number < walk->count; number++)
        free(walk->inflated[number]);
    free(walk->inflated);
    free(walk->stream);
    free(walk->offset);
    *walk = (struct pdf_walk){0};
}

/* An object in an object stream (ISO 32000-1, 7.5.7): numbers and offsets, then the objects. */
static struct pdf_span packed_object(const struct pdf_walk *walk, uint32_t number)
{
    const uint32_t stream = walk->stream[number];
    assert_int_equal(walk->stream[stream], 0);
    const struct pdf_span dictionary = pdf_walk_dictionary(walk, stream);
    const uint64_t first = pdf_number(dictionary, "/First");
    assert_true(walk->offset[number] < pdf_number(dictionary, "/N"));
    if (!walk->inflated[stream]) {
        size_t length;
        walk->inflated[stream] = (char *)pdf_walk_inflate(walk, stream, &length);
        assert_true(first <= length);
    }
    struct pdf_span head = {walk->inflated[stream], (size_t)first};
    for (uint64_t i = 0;; i++) {
        const uint64_t found = take_number(&head);
        head = behind(head, 1);
        const uint64_t offset = take_number(&head);
        head = behind(head, 1);
        if (i < walk->offset[number])
            continue;
        assert_int_equal(found, number);
        const char *at = walk->inflated[stream] + first + offset;
        return (struct pdf_span){at, strlen(at)};
    }
}

struct pdf_span pdf_walk_object(const struct pdf_walk *walk, uint32_t number)
{
    uint64_t found;
    assert_true(number > 0 && number < walk->count);
    if (walk->stream[number] > 0)
        return packed_object(walk, number);
    const struct pdf_span span = behind_header(walk, walk->offset[number], &found);
    assert_int_equal(found, number);
    return span;
}

struct pdf_span pdf_walk_dictionary(const struct pdf_walk *walk, uint32_t number)
{
    return cut_dictionary(pdf_walk_object(walk, number));
}

struct pdf_span pdf_walk_stream(const struct pdf_walk *walk, uint32_t number)
{
    return cut_stream(pdf_walk_object(walk, number));
}

unsigned char *pdf_walk_inflate(const struct pdf_walk *walk, uint32_t number, size_t *length)
{
    const struct pdf_span data = pdf_walk_stream(walk, number);
    struct pdf_span filter;
    if (pdf_find(pdf_walk_dictionary(walk, number), "/Filter", &filter)) {
        assert_starts(filter, "/FlateDecode");
        return (unsigned char *)inflate_span(data, length);
    }
    unsigned char *bytes = malloc(data.length + 1);
    assert_non_null(bytes);
    memcpy(bytes, data.at, data.length);
    bytes[data.length] = '\0';
    *length = data.length;
    return bytes;
}

/* One open node on the way down. */
struct level {
    uint32_t object;
    uint64_t count;       /* that it claims */
    uint64_t seen_before; /* pages, when it was opened */
    struct pdf_span kids; /* those not visited yet */
};

static bool is_leaf(struct pdf_span dictionary)
{
    struct pdf_span type;
    assert_true(pdf_find(dictionary, "/Type", &type));
    assert_starts(type, "/Page");
    return type.at[5] != 's';
}

static struct level open_level(struct pdf_span dictionary, uint32_t object, uint64_t seen)
{
    struct level level = {.object = object, .seen_before = seen};
    level.count = pdf_number(dictionary, "/Count");
    assert_true(pdf_find(dictionary, "/Kids", &level.kids));
    assert_starts(level.kids, "[");
    level.kids = behind(level.kids, 1);
    return level;
}

uint64_t pdf_walk_pages(const struct pdf_walk *walk, uint32_t root, uint64_t *nodes,
                        void (*visit)(void *context, uint32_t page, uint64_t index), void *context)
{
    struct level levels[DEPTH_MAX];
    unsigned depth = 1;
    uint64_t seen = 0;
    const struct pdf_span top = pdf_walk_dictionary(walk, root);
    assert_false(pdf_has(top, "/Parent"));
    levels[0] = open_level(top, root, 0);
    ++*nodes;
    while (depth > 0) {
        struct level *level = &levels[depth - 1];
        if (starts_with(level->kids, "]")) {
            assert_int_equal(seen - level->seen_before, level->count);
            depth--;
            continue;
        }
        const uint32_t kid = (uint32_t)take_number(&level->kids);
        assert_starts(level->kids, " 0 R");
        level->kids = behind(level->kids, 4);
        if (starts_with(level->kids, " "))
            level->kids = behind(level->kids, 1);
        const struct pdf_span dictionary = pdf_walk_dictionary(walk, kid);
        assert_int_equal(pdf_reference(dictionary, "/Parent"), level->object);
        if (is_leaf(dictionary)) {
            visit(context, kid, seen++);
            continue;
        }
        assert_true(depth < DEPTH_MAX);
        levels[depth++] = open_level(dictionary, kid, seen);
        ++*nodes;
    }
    return seen;
}
