/* Rows: what was written is read back, what is wrong is told with its place, blocks do not show. */
#include "support/unit.h"

#include "base/num.h"
#include "record/record_rows.h"
#include "support/exact_arena.h"
#include "support/random.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text {
    const char *bytes;
    size_t length, at;
    size_t step; /* 0: as much as is asked for */
    size_t fails_at;
};

static enum sp_status read_text(void *context, void *bytes, size_t capacity, size_t *got,
                                struct sp_err *err)
{
    struct text *text = context;
    if (text->fails_at && text->at >= text->fails_at)
        return sp_fail(err, SP_IO, "the cable is out");
    size_t count = SP_MIN(capacity, text->length - text->at);
    if (text->step)
        count = SP_MIN(count, text->step);
    memcpy(bytes, text->bytes + text->at, count);
    text->at += count;
    *got = count;
    return SP_OK;
}

/* A reader and a text in it. */
struct reading {
    struct sp_arena arena;
    struct sp_rows *rows;
    struct text text;
    struct sp_in in;
    struct sp_err err;
};

static int setup(void **state)
{
    struct reading *reading = calloc(1, sizeof *reading);
    if (!reading)
        return -1;
    exact_arena_open(&reading->arena, sp_rows_need());
    reading->rows = sp_rows_init(&reading->arena);
    exact_arena_seal(&reading->arena);
    *state = reading;
    return 0;
}

static int teardown(void **state)
{
    struct reading *reading = *state;
    sp_arena_close(&reading->arena);
    free(reading);
    return 0;
}

static enum sp_status begin(struct reading *reading, const char *bytes, size_t length,
                            enum sp_rows_format format, const char *const *names, size_t count,
                            size_t required)
{
    reading->text = (struct text){.bytes = bytes, .length = length, .step = reading->text.step};
    reading->in = (struct sp_in){.read = read_text, .context = &reading->text, .name = "rows.csv"};
    reading->err = (struct sp_err){0};
    return sp_rows_begin(reading->rows, &reading->in, format, names, count, required,
                         &reading->err);
}

static enum sp_record_result next(struct reading *reading, struct sp_row *row)
{
    return sp_rows_next(reading->rows, row, &reading->err);
}

/* Reads everything to one text: "a|b;" a row, "!line:column;" a refusal, "?" missing, # a number.
 */
static const char *read_all(struct reading *reading, char *out, size_t capacity)
{
    size_t used = 0;
    struct sp_row row;
    enum sp_record_result result;
    uint64_t number = 0;
    while ((result = next(reading, &row)) != SP_RECORD_END) {
        assert_int_not_equal(result, SP_RECORD_FAILED);
        if (result == SP_RECORD_REFUSED) {
            used += (size_t)snprintf(out + used, capacity - used, "!%" PRIu64 ":%" PRIu32 ";",
                                     reading->err.line, reading->err.column);
            continue;
        }
        assert_int_equal(row.number, ++number);
        for (size_t i = 0; i < row.count; i++) {
            const struct sp_row_cell *cell = &row.cells[i];
            assert_int_equal(strlen(cell->text), cell->length);
            const char *mark = cell->kind == SP_CELL_MISSING  ? "?"
                               : cell->kind == SP_CELL_NUMBER ? "#"
                               : cell->kind == SP_CELL_BOOL   ? "="
                                                              : "";
            used += (size_t)snprintf(out + used, capacity - used, "%s%s%s", i ? "|" : "", mark,
                                     cell->text);
        }
        used += (size_t)snprintf(out + used, capacity - used, ";");
        assert_true(used < capacity);
    }
    assert_int_equal(next(reading, &row), SP_RECORD_END);
    out[used] = '\0';
    return out;
}

/* A text and what is read from it, whatever the pieces it comes in. */
struct rows_case {
    const char *text, *rows;
};

static void compare(struct reading *reading, const struct rows_case *cases, size_t count,
                    enum sp_rows_format format, const char *const *names, size_t name_count,
                    size_t required)
{
    char out[4096];
    for (size_t i = 0; i < count; i++) {
        const size_t length = strlen(cases[i].text);
        for (size_t step = 0; step <= length; step++) {
            reading->text.step = step;
            assert_int_equal(
                begin(reading, cases[i].text, length, format, names, name_count, required), SP_OK);
            assert_string_equal(read_all(reading, out, sizeof out), cases[i].rows);
        }
    }
    reading->text.step = 0;
}

static void csv_is_read(void **state)
{
    static const struct rows_case cases[] = {
        {"a,b\n1,2\n3,4\n", "1|2;3|4;"},
        {"a,b\r\n1,2\r\n3,4", "1|2;3|4;"},
        {"\xEF\xBB\xBF"
         "a,b\n1,2\r",
         "1|2;"},
        {"a;b\n1,5;2\n", "1,5|2;"},
        {"a\tb\n1,5;\t2\n", "1,5;|2;"},
        {"\n\r\n\n\n\na;b\n\n1;2\n\r\n\n3;4\n\n", "1|2;3|4;"},
        {"\"a;x;x\",b\n1,2\n", "1|2;"},
        {"a,b\n\"1\",\"two\n\"\"lines\"\"\r\nand, more\"\n,\"\"\n",
         "1|two\n\"lines\"\nand, more;?|?;"},
        {"a,b\n5\" pipe,it\"s\"\n", "5\" pipe|it\"s\";"},
        {"a,b\n\"x\"\"\",\"\"\"\"\n", "x\"|\";"},
        {" a , b \n 1 , 2 \n", " 1 | 2 ;"},
        {"a,b,\n1,2,\n", "1|2|?;"},
        {"a\nx\n", "x;"},
        {"a,b\n1\n1,2,3\n4,5\n", "!2:0;!3:0;4|5;"},
        {"a,b\n\"1\"x,2\n3,4\n", "!2:4;3|4;"},
        {"a,b\n1, \"2\"\n3,4\n", "!2:4;3|4;"},
        {"a,b\n\xC3\xA9,\"\nx\xC3\xA9\"y\n3,4\n", "!3:4;3|4;"},
        {"a,b\n1\r2,3\n4,5\n", "!2:2;4|5;"},
        {"a,b\n\"1\"\r,3\n4,5\n", "!2:4;4|5;"},
        {"a,b\n1,2\n3,\"4\n5,6\n", "1|2;!3:3;"},
        {"a,b\n\xC3\xA9\xFF,2\n3,4\n", "!2:2;3|4;"},
        {"a,b\n\"1\n\xC3\xA9\x07\",2\n3,4\n", "!3:2;3|4;"},
        {"a,b\n1,\x7F\n3,\t\n", "!2:3;3|\t;"},
    };
    compare(*state, cases, SP_COUNT(cases), SP_ROWS_CSV, NULL, 0, 0);
}

static void wanted_columns_are_found(void **state)
{
    static const char *const names[] = {"src", "caption", "section"};
    static const struct rows_case csv[] = {
        {"caption,x,src\nA,1,a.jpg\n,2,b.jpg\nC,3,\n", "a.jpg|A|?;b.jpg|?|?;!4:0;"},
        {"src\na.jpg\n", "a.jpg|?|?;"},
    };
    compare(*state, csv, SP_COUNT(csv), SP_ROWS_CSV, names, 3, 1);
    static const struct rows_case json[] = {
        {"{\"caption\":\"A\",\"x\":{\"y\":[1,{}]},\"src\":\"a.jpg\"}\n"
         "{\"src\":\"b.jpg\",\"caption\":null}\n{}\n{\"src\":\"\"}\n{\"src\":[]}",
         "a.jpg|A|?;b.jpg|?|?;!3:0;!4:0;!5:8;"},
        {"", ""},
        {"\n \n\t\r\n", ""},
    };
    compare(*state, json, SP_COUNT(json), SP_ROWS_NDJSON, names, 3, 1);
}

static void ndjson_is_read(void **state)
{
    static const struct rows_case cases[] = {
        {"{\"a\":\"x\",\"b\":1.50}\n{\"b\":-0e3,\"a\":true}\r\n\n {\"a\" : null , \"b\":false } ",
         "x|#1.50;=true|#-0e3;?|=false;"},
        {"{\"a\":12345678901234567890123,\"b\":0.10}", "#12345678901234567890123|#0.10;"},
        {"{\"a\":\"\\u00e9\\ud83d\\ude00\\/\\\"\\\\\",\"b\":\"1\\r\\n2\\r3\\t\"}",
         "\xC3\xA9\xF0\x9F\x98\x80/\"\\|1\n2\n3\t;"},
        {"{\"a\":1,\"\\u0062\":2}\n{\"\\u0061\":3,\"b\":4}", "#1|#2;#3|#4;"},
        {"{\"a\":1,\"b\":2}\n{\"a\":1,\"c\":2}\n{\"a\":1,\"a\":2}\n{\"a\":[1]}\n{\"a\":{}}\n"
         "[1]\n7\n{\"a\":1}x\n{\"a\":01}\n{\"a\":1,}\n{'a':1}\n{\"b\":\"\xC3\xA9\",\"a\"}\n"
         "{\"a\":\"\\ud83d\"}\n{\"a\":\"\\u0000\"}\n{\"a\":\"\\u0007\"}\n{\"a\":\"\\b\"}\n"
         "{\"a\":\"\\x\"}\n{\"a\":\"\t\"}\n{\"a\":\"",
         "#1|#2;!2:8;!3:8;!4:6;!5:6;!6:1;!7:1;!8:8;!9:6;!10:8;!11:2;!12:13;!13:7;!14:7;!15:6;!16:6;"
         "!17:7;!18:7;!19:6;"},
        {"{\"a\":1,\"b\":2}\n{\"b\":\"\\u00e9\\u00e9\",\"a\":tru}", "#1|#2;!2:25;"},
    };
    compare(*state, cases, SP_COUNT(cases), SP_ROWS_NDJSON, NULL, 0, 0);
}

static void names_are_told(void **state)
{
    struct reading *reading = *state;
    size_t count;
    assert_int_equal(begin(reading, "x, y z ,\n", 9, SP_ROWS_CSV, NULL, 0, 0), SP_OK);
    const char *const *names = sp_rows_names(reading->rows, &count);
    assert_int_equal(count, 3);
    assert_string_equal(names[0], "x");
    assert_string_equal(names[1], "y z");
    assert_string_equal(names[2], "");
    static const char object[] = "{\"\\u00fc\": {\"in\": 1}, \"b\": 2}";
    assert_int_equal(begin(reading, object, sizeof object - 1, SP_ROWS_NDJSON, NULL, 0, 0), SP_OK);
    names = sp_rows_names(reading->rows, &count);
    assert_int_equal(count, 2);
    assert_string_equal(names[0], "\xC3\xBC");
    assert_string_equal(names[1], "b");
}

static void a_text_without_its_columns_is_bad(void **state)
{
    static const char *const names[] = {"src", "caption"};
    static const struct {
        const char *text, *sentence;
        bool named, json;
    } cases[] = {
        {"", "rows.csv is empty: its first line names the columns", true, false},
        {"\n\r\n", "rows.csv is empty: its first line names the columns", false, false},
        {"", "rows.csv is empty: its first object names the columns", false, true},
        {"\n\nsource; caption;\n1;2;3\n",
         "rows.csv:3: has no column `src`; it has `source`, `caption`, ``", true, false},
        {"src,caption,src\n", "rows.csv:1: the column `src` is there twice", true, false},
        {"x,y,x\n", "rows.csv:1: the column `x` is there twice", false, false},
        {"x,\"y\"z\n",
         "rows.csv:1:6: something follows the quote that ends the cell: a quote inside a cell is "
         "doubled",
         false, false},
        {"\xFF\xFEs\0", "rows.csv is UTF-16 text: save it as UTF-8", true, true},
        {"[]", "rows.csv:1:1: not a JSON object on one line: expected {", false, true},
        {"{\"a\":1,\"a\":2}", "rows.csv:1: the column `a` is there twice", false, true},
        {"{\"a\":1",
         "rows.csv:1:7: not a JSON object on one line: the text ends before its last "
         "bracket",
         false, true},
    };
    struct reading *reading = *state;
    for (size_t i = 0; i < SP_COUNT(cases); i++) {
        assert_int_equal(begin(reading, cases[i].text, strlen(cases[i].text),
                               cases[i].json ? SP_ROWS_NDJSON : SP_ROWS_CSV,
                               cases[i].named ? names : NULL, cases[i].named ? 2 : 0,
                               cases[i].named ? 1 : 0),
                         SP_BAD_DATA);
        assert_int_equal(reading->err.status, SP_BAD_DATA);
        assert_string_equal(reading->err.text, cases[i].sentence);
    }
}

static void refusals_are_sentences(void **state)
{
    static const struct {
        const char *text, *sentence;
        bool json;
    } cases[] = {
        {"a,b\n1\n", "rows.csv:2: the row has 1 cell and the header 2", false},
        {"a,b\n1,2,\n", "rows.csv:2: the row has 3 cells and the header 2", false},
        {"a,b\n1,\"2\n",
         "rows.csv:2:3: the quote that begins here does not end (rows have at most 65536 bytes): a "
         "quote inside a cell is doubled",
         false},
        {"a\n\xE9\n", "rows.csv:2:1: the byte 0xE9 is not UTF-8: save the text as UTF-8", false},
        {"a\nx\x01\n", "rows.csv:2:2: the control character 0x01 cannot be printed: take it out",
         false},
        {"{\"a\":1}\n{\"bc\":1}",
         "rows.csv:2:2: `bc` is no member of the first object: name the columns", true},
        {"{\"a\":1}\n{\"a\":nil}",
         "rows.csv:2:6: not a JSON object on one line: expected a value: a text in double quotes, "
         "a number, [ or {",
         true},
    };
    struct reading *reading = *state;
    for (size_t i = 0; i < SP_COUNT(cases); i++) {
        struct sp_row row;
        assert_int_equal(begin(reading, cases[i].text, strlen(cases[i].text),
                               cases[i].json ? SP_ROWS_NDJSON : SP_ROWS_CSV, NULL, 0, 0),
                         SP_OK);
        enum sp_record_result result;
        while ((result = next(reading, &row)) == SP_RECORD_READY) {
        }
        assert_int_equal(result, SP_RECORD_REFUSED);
        assert_string_equal(reading->err.text, cases[i].sentence);
    }
}

/* Rows as long as may be, a byte longer, and far longer; quoted, plain and JSON. */
static void long_rows_are_refused(void **state)
{
    struct reading *reading = *state;
    static char text[1000000];
    static const size_t lengths[] = {SP_ROW_BYTES_MAX, SP_ROW_BYTES_MAX + 1, 131072, 900000};
    for (size_t i = 0; i < 3 * SP_COUNT(lengths); i++) {
        const bool json = i % 3 == 2;
        const size_t length = lengths[i / 3];
        const char *first = json ? "{\"a\":1}\r\n" : "a\r\n";
        const char *last = json ? "\r\n{\"a\":2}" : "\r\n2";
        size_t used = (size_t)snprintf(text, sizeof text, "%s", first);
        const size_t from = used;
        memset(text + used, 'x', length);
        used += length;
        if (i % 3 == 1)
            text[from] = text[used - 1] = '"';
        if (json) {
            memcpy(text + from, "{\"a\":\"", 6);
            memcpy(text + used - 2, "\"}", 2);
        }
        memcpy(text + used, last, strlen(last));
        used += strlen(last);
        for (size_t step = 0; step < 100000; step += 33333) {
            struct sp_row row;
            reading->text.step = step;
            assert_int_equal(
                begin(reading, text, used, json ? SP_ROWS_NDJSON : SP_ROWS_CSV, NULL, 0, 0), SP_OK);
            if (json)
                assert_int_equal(next(reading, &row), SP_RECORD_READY);
            const bool fits = length == SP_ROW_BYTES_MAX;
            assert_int_equal(next(reading, &row), fits ? SP_RECORD_READY : SP_RECORD_REFUSED);
            if (!fits)
                assert_int_equal(reading->err.line, 2);
            assert_int_equal(next(reading, &row), SP_RECORD_READY);
            assert_int_equal(row.line, 3);
            assert_string_equal(row.cells[0].text, "2");
            assert_int_equal(next(reading, &row), SP_RECORD_END);
        }
    }
    reading->text.step = 0;
}

/* An open quote loses what was read in search of its end, and the reading goes on behind that. */
static void an_endless_quote_is_told_where_it_begins(void **state)
{
    struct reading *reading = *state;
    static char text[300000];
    size_t used = (size_t)snprintf(text, sizeof text, "a,b\n1,2\n\xC3\xA9,\"x\n");
    while (used < sizeof text - 10)
        used += (size_t)snprintf(text + used, sizeof text - used, "5,6\n");
    struct sp_row row;
    assert_int_equal(begin(reading, text, used, SP_ROWS_CSV, NULL, 0, 0), SP_OK);
    assert_int_equal(next(reading, &row), SP_RECORD_READY);
    assert_int_equal(next(reading, &row), SP_RECORD_REFUSED);
    assert_int_equal(reading->err.line, 3);
    assert_int_equal(reading->err.column, 3);
    uint64_t line = 0;
    enum sp_record_result result;
    while ((result = next(reading, &row)) == SP_RECORD_READY) {
        if (line == 0)
            assert_in_range(row.line, 4 + 65536 / 4 - 4, 4 + 131072 / 4 + 4);
        else
            assert_int_equal(row.line, line + 1);
        assert_string_equal(row.cells[1].text, "6");
        line = row.line;
    }
    assert_int_equal(result, SP_RECORD_END);
    uint64_t lines = 0;
    for (size_t i = 0; i < used; i++)
        lines += text[i] == '\n';
    assert_int_equal(line, lines);
}

static void many_columns_are_refused(void **state)
{
    struct reading *reading = *state;
    static char text[8192];
    for (unsigned columns = 255; columns <= 258; columns++) {
        size_t used = 0;
        for (unsigned i = 0; i < columns; i++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%sc%u", i ? "," : "", i);
        text[used++] = '\n';
        for (unsigned i = 0; i < 3 * columns; i++)
            text[used++] = ',';
        const enum sp_status status = begin(reading, text, used, SP_ROWS_CSV, NULL, 0, 0);
        assert_int_equal(status, columns <= SP_ROW_COLUMNS_MAX ? SP_OK : SP_BAD_DATA);
        if (status != SP_OK)
            continue;
        struct sp_row row;
        assert_int_equal(next(reading, &row), SP_RECORD_REFUSED);
        assert_int_equal(next(reading, &row), SP_RECORD_END);
    }
}

/* Random cells, written as any program might, in pieces of any size. */
static void what_was_written_is_read(void **state)
{
    static const char *const pieces[] = {"a", "\"",  ",",  ";",  "\n",       "\r\n",
                                         " ", "x y", "\t", "12", "\xC3\xA9", "\xF0\x9F\x98\x80"};
    struct reading *reading = *state;
    struct random random = {.state = 7};
    static char text[200000];
    static char cells[8000][40];
    for (int round = 0; round < 200; round++) {
        const char separator = ",;\t"[random_below(&random, 3)];
        const size_t columns = 1 + random_below(&random, 6);
        const size_t rows = random_below(&random, 300);
        size_t used = 0;
        for (size_t i = 0; i < columns; i++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%.1sc%zu",
                                     i ? (char[]){separator, 0} : "", i);
        for (size_t i = 0; i < columns * rows; i++) {
            char *cell = cells[i];
            size_t length = 0;
            if (i % columns == 0)
                used += (size_t)snprintf(text + used, sizeof text - used, "%s",
                                         random_below(&random, 2) ? "\r\n" : "\n");
            for (uint64_t n = random_below(&random, 6); n > 0; n--) {
                const char *piece = pieces[random_below(&random, SP_COUNT(pieces))];
                length += (size_t)snprintf(cell + length, sizeof cells[0] - length, "%s", piece);
            }
            if (length == 0 && columns == 1)
                length = (size_t)snprintf(cell, sizeof cells[0], "-");
            cell[length] = '\0';
            const bool quoted = strpbrk(cell, "\"\r\n,;\t") || random_below(&random, 2);
            if (i % columns > 0)
                text[used++] = separator;
            if (quoted)
                text[used++] = '"';
            size_t kept = 0;
            for (size_t j = 0; j < length; j++) {
                text[used++] = cell[j];
                if (cell[j] == '"')
                    text[used++] = '"';
                if (cell[j] != '\r')
                    cell[kept++] = cell[j];
            }
            cell[kept] = '\0';
            if (quoted)
                text[used++] = '"';
        }
        reading->text.step = random_below(&random, 3) ? 1 + random_below(&random, 3000) : 0;
        assert_int_equal(begin(reading, text, used, SP_ROWS_CSV, NULL, 0, 0), SP_OK);
        struct sp_row row;
        for (size_t i = 0; i < rows; i++) {
            assert_int_equal(next(reading, &row), SP_RECORD_READY);
            assert_int_equal(row.count, columns);
            for (size_t j = 0; j < columns; j++)
                assert_string_equal(row.cells[j].text, cells[i * columns + j]);
        }
        assert_int_equal(next(reading, &row), SP_RECORD_END);
    }
    reading->text.step = 0;
}

/* jansson's verdict on a line, and its values. */
static void compare_with_jansson(struct reading *reading, const char *line, size_t length)
{
    static const char *const names[] = {"a", "b"};
    json_error_t error;
    json_t *json = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
    struct sp_row row;
    assert_int_equal(begin(reading, line, length, SP_ROWS_NDJSON, names, 2, 0), SP_OK);
    const enum sp_record_result result = next(reading, &row);
    if (!json || !json_is_object(json) || json_is_object(json_object_get(json, "a")) ||
        json_is_object(json_object_get(json, "b")) || json_is_array(json_object_get(json, "a")) ||
        json_is_array(json_object_get(json, "b"))) {
        assert_int_not_equal(result, SP_RECORD_READY);
        json_decref(json);
        return;
    }
    assert_int_equal(result, SP_RECORD_READY);
    for (size_t i = 0; i < 2; i++) {
        const json_t *value = json_object_get(json, names[i]);
        const struct sp_row_cell *cell = &row.cells[i];
        if (!value || json_is_null(value)) {
            assert_int_equal(cell->kind, SP_CELL_MISSING);
        } else if (json_is_string(value)) {
            assert_int_equal(cell->kind, SP_CELL_TEXT);
            assert_string_equal(cell->text, json_string_value(value));
        } else if (json_is_number(value)) {
            assert_int_equal(cell->kind, SP_CELL_NUMBER);
            assert_true(strtod(cell->text, NULL) == json_number_value(value));
        } else {
            assert_int_equal(cell->kind, SP_CELL_BOOL);
            assert_string_equal(cell->text, json_is_true(value) ? "true" : "false");
        }
    }
    json_decref(json);
}

static void jansson_agrees(void **state)
{
    static const char *const pieces[] = {"{",
                                         "}",
                                         "[",
                                         "]",
                                         ",",
                                         ":",
                                         "\"a\"",
                                         "\"b\"",
                                         "\"c\"",
                                         "1",
                                         "-",
                                         "0",
                                         ".5",
                                         "e3",
                                         "true",
                                         "null",
                                         "false",
                                         " ",
                                         "\"\\n\"",
                                         "\"",
                                         "\\u00e9",
                                         "\\ud83d\\ude00",
                                         "\\ud83d",
                                         "x",
                                         "\"a\":",
                                         "\"b\":",
                                         "\"y\"",
                                         "{\"a\":1,",
                                         "{\"b\":[{}],",
                                         "-0.0E+1",
                                         "\\/",
                                         "\xC3\xA9"};
    struct reading *reading = *state;
    struct random random = {.state = 99};
    unsigned good = 0;
    for (int round = 0; round < 200000; round++) {
        char line[400];
        size_t length = 0;
        if (random_below(&random, 2))
            length = (size_t)snprintf(line, sizeof line, "{\"a\":");
        for (uint64_t n = 1 + random_below(&random, 9); n > 0; n--)
            length += (size_t)snprintf(line + length, sizeof line - length, "%s",
                                       pieces[random_below(&random, SP_COUNT(pieces))]);
        if (random_below(&random, 2))
            line[length++] = '}';
        /* A blank line is no row here and no JSON there. */
        if (strspn(line, " ") < length)
            compare_with_jansson(reading, line, length);
        good += reading->err.status == SP_OK;
    }
    assert_true(good > 1000);
}

static void deep_objects_end(void **state)
{
    struct reading *reading = *state;
    static char text[60000];
    static const char *const names[] = {"a"};
    size_t used = (size_t)snprintf(text, sizeof text, "{\"x\":");
    memset(text + used, '[', 50000);
    struct sp_row row;
    assert_int_equal(begin(reading, text, used + 50000, SP_ROWS_NDJSON, names, 1, 0), SP_OK);
    assert_int_equal(next(reading, &row), SP_RECORD_REFUSED);
    assert_non_null(strstr(reading->err.text, "levels"));
}

static void a_failing_stream_is_told(void **state)
{
    struct reading *reading = *state;
    static const char text[] = "a,b\n1,2\n3,4\n";
    struct sp_row row;
    reading->text.step = 6;
    assert_int_equal(begin(reading, text, sizeof text - 1, SP_ROWS_CSV, NULL, 0, 0), SP_OK);
    reading->text.fails_at = 6;
    assert_int_equal(next(reading, &row), SP_RECORD_FAILED);
    assert_string_equal(reading->err.text, "the cable is out");
    assert_int_equal(reading->err.status, SP_IO);
    reading->text.step = 0;
}

static void formats_are_known_by_their_ending(void **state)
{
    static const struct {
        const char *path;
        int format;
    } cases[] = {{"rows.csv", SP_ROWS_CSV},
                 {"a/b.TSV", SP_ROWS_CSV},
                 {"x.ndjson", SP_ROWS_NDJSON},
                 {"x.jsonl", SP_ROWS_NDJSON},
                 {"rows.json", -1},
                 {".csv", -1},
                 {"rows", -1},
                 {"", -1}};
    for (size_t i = 0; i < SP_COUNT(cases); i++) {
        enum sp_rows_format format = SP_ROWS_CSV;
        assert_int_equal(sp_rows_format_of(cases[i].path, &format), cases[i].format >= 0);
        if (cases[i].format >= 0)
            assert_int_equal(format, cases[i].format);
    }
}

#define ROWS_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROWS_TEST(csv_is_read),
        ROWS_TEST(wanted_columns_are_found),
        ROWS_TEST(ndjson_is_read),
        ROWS_TEST(names_are_told),
        ROWS_TEST(a_text_without_its_columns_is_bad),
        ROWS_TEST(refusals_are_sentences),
        ROWS_TEST(long_rows_are_refused),
        ROWS_TEST(an_endless_quote_is_told_where_it_begins),
        ROWS_TEST(many_columns_are_refused),
        ROWS_TEST(what_was_written_is_read),
        ROWS_TEST(jansson_agrees),
        ROWS_TEST(deep_objects_end),
        ROWS_TEST(a_failing_stream_is_told),
        ROWS_TEST(formats_are_known_by_their_ending),
    };
    return cmocka_run_group_tests_name("record_rows", tests, NULL, NULL);
}
