/* Submissions: everything arrives where it belongs, every mistake is told with its place. */
#include "support/unit.h"

#include "base/num.h"
#include "spec/submission.h"
#include "support/heap_count.h"
#include "support/random.h"

#include <smallpress/arena.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A submission that was read, in an arena of what it says it needs. */
struct parsed {
    struct sp_arena arena;
    struct sp_submission submission;
    struct sp_err err;
    enum sp_status status;
    char told[8192]; /* every mistake, a line each */
    size_t told_used, told_count;
    bool all;
};

static void tell(void *context, const char *name, const struct sp_err *why)
{
    struct parsed *parsed = context;
    assert_non_null(name);
    assert_int_equal(why->status, SP_BAD_SPEC);
    assert_true(why->line > 0 && why->column > 0);
    parsed->told_count++;
    const size_t room = sizeof parsed->told - parsed->told_used;
    if (strlen(why->text) + 2 < room)
        parsed->told_used +=
            (size_t)snprintf(parsed->told + parsed->told_used, room, "%s\n", why->text);
}

static void parse_bytes(struct parsed *parsed, const char *bytes, size_t count, const char *theme)
{
    const struct sp_spec_text text = {.name = "visit", .bytes = bytes, .count = count};
    const struct sp_spec_text look = {
        .name = "theme", .bytes = theme, .count = theme ? strlen(theme) : 0};
    const struct sp_spec_problems problems = {.tell = tell, .context = parsed};
    const size_t need = sp_submission_need(count + look.count);
    parsed->told_used = parsed->told_count = 0;
    parsed->told[0] = '\0';
    parsed->err = (struct sp_err){0};
    assert_int_equal(sp_arena_open(&parsed->arena, need, &parsed->err), SP_OK);
    sp_arena_part_begin(&parsed->arena, "submission", need);
    parsed->status =
        sp_submission_parse(&parsed->submission, &parsed->arena, &text, theme ? &look : NULL,
                            parsed->all ? &problems : NULL, &parsed->err);
    sp_arena_part_end(&parsed->arena);
}

static void parse(struct parsed *parsed, const char *text)
{
    parse_bytes(parsed, text, strlen(text), NULL);
    if (parsed->status != SP_OK)
        print_message("%s\n", parsed->err.text);
}

static void done(struct parsed *parsed)
{
    sp_arena_close(&parsed->arena);
}

static const char yaml[] =
    "title: Visit\n"
    "subtitle: |\n  Two\n  lines\n\n"
    "number: 0042\n"
    "date: 2026-04-17\n"
    "locale: de-AT\n"
    "author: \"\"\n"
    "logo: https://example.org/logo.png\n"
    "text: >\n  One\n  paragraph.\n\n  Another.\n"
    "fields:\n"
    "  - {label: Plain, value: x}\n"
    "  - {label: Number, value: -12.50}\n"
    "  - {label: Zeros, value: 007}\n"
    "  - {label: Account, value: 12345678901234567890}\n"
    "  - {label: Quoted, value: '12'}\n"
    "  - {label: Date, value: '2026-04-17T09:30'}\n"
    "  - {label: Bool, value: true, link: 'mailto:a@example.org'}\n"
    "  - {label: None, value: ~}\n"
    "sections:\n"
    "  - title: First\n"
    "    id: one\n"
    "    items:\n"
    "      - alone\n"
    "      - {text: good, status: ok, note: n}\n"
    "      - {text: bad, status: FAIL}\n"
    "      - {text: none, status: n/a}\n"
    "    fields: [{label: a, value: b}]\n"
    "    tables:\n"
    "      - title: T\n"
    "        columns: [a, {name: b, title: B, type: number, align: end, width: 3},\n"
    "                  {name: c, type: date}]\n"
    "        rows:\n"
    "          - [1, 2.5, 2026-01-01]\n"
    "          - [true, n/a, 2026-02-30]\n"
    "          - {c: '2026-01-02', a: '=1+1'}\n"
    "      - {columns: [x], rows: {data: rows.csv}}\n"
    "      - rows: {data: more.ndjson}\n"
    "    photos: [a.jpg, {src: b.jpg, caption: B, taken_at: 2026-04-17 09:12}]\n"
    "  - title: Second\n"
    "    items: {data: items.ndjson}\n"
    "    photos: {data: photos.csv}\n"
    "photos:\n"
    "  - {src: c.jpg, section: one}\n"
    "  - {src: d.jpg, section: Second}\n"
    "  - {src: e.jpg}\n"
    "signatures:\n"
    "  - {image: s.png, name: A, role: R, time: 2026-04-17T14:05}\n"
    "  - role: Client\n"
    "$schema: https://example.org/schema\n";

static void check_head(const struct sp_submission *submission)
{
    assert_string_equal(submission->title, "Visit");
    assert_string_equal(submission->subtitle, "Two\nlines");
    assert_string_equal(submission->number, "0042");
    assert_int_equal(submission->date.kind, SP_VALUE_DATE);
    assert_true(submission->date.number == 46129);
    assert_string_equal(submission->locale, "de-AT");
    assert_null(submission->author);
    assert_string_equal(submission->logo, "https://example.org/logo.png");
    assert_string_equal(submission->text, "One paragraph.\nAnother.");
    static const struct {
        const char *label, *text;
        enum sp_value_kind kind;
        double number;
    } fields[] = {
        {"Plain", "x", SP_VALUE_TEXT, 0},
        {"Number", "-12.50", SP_VALUE_NUMBER, -12.5},
        {"Zeros", "007", SP_VALUE_TEXT, 0},
        {"Account", "12345678901234567890", SP_VALUE_TEXT, 0},
        {"Quoted", "12", SP_VALUE_TEXT, 0},
        {"Date", "2026-04-17T09:30", SP_VALUE_DATETIME, 46129 + 9.5 / 24},
        {"Bool", "true", SP_VALUE_BOOL, 1},
        {"None", "", SP_VALUE_NONE, 0},
    };
    assert_int_equal(submission->field_count, SP_COUNT(fields));
    for (size_t i = 0; i < SP_COUNT(fields); i++) {
        assert_string_equal(submission->fields[i].label, fields[i].label);
        assert_string_equal(submission->fields[i].value.text, fields[i].text);
        assert_int_equal(submission->fields[i].value.kind, fields[i].kind);
        assert_true(fabs(submission->fields[i].value.number - fields[i].number) < 1e-9);
    }
    assert_string_equal(submission->fields[6].link, "mailto:a@example.org");
    assert_null(submission->fields[0].link);
}

static void check_table(const struct sp_report_section *section)
{
    assert_int_equal(section->table_count, 3);
    const struct sp_report_table *table = section->tables;
    assert_string_equal(table->title, "T");
    assert_int_equal(table->column_count, 3);
    assert_string_equal(table->columns[0].title, "a");
    assert_false(table->columns[0].align_given);
    assert_string_equal(table->columns[1].name, "b");
    assert_string_equal(table->columns[1].title, "B");
    assert_int_equal(table->columns[1].type, SP_COLUMN_NUMBER);
    assert_int_equal(table->columns[1].align, SP_ALIGN_END);
    assert_true(table->columns[1].align_given);
    assert_int_equal(table->columns[1].weight, 3);
    assert_int_equal(table->row_count, 3);
    static const struct {
        enum sp_value_kind kind;
        const char *text;
    } cells[3][3] = {
        {{SP_VALUE_NUMBER, "1"}, {SP_VALUE_NUMBER, "2.5"}, {SP_VALUE_DATE, "2026-01-01"}},
        {{SP_VALUE_BOOL, "true"}, {SP_VALUE_TEXT, "n/a"}, {SP_VALUE_TEXT, "2026-02-30"}},
        {{SP_VALUE_TEXT, "=1+1"}, {SP_VALUE_NONE, ""}, {SP_VALUE_DATE, "2026-01-02"}},
    };
    for (size_t i = 0; i < 9; i++) {
        assert_int_equal(table->rows[i / 3].cells[i % 3].kind, cells[i / 3][i % 3].kind);
        assert_string_equal(table->rows[i / 3].cells[i % 3].text, cells[i / 3][i % 3].text);
    }
    assert_null(table->source.path);
    assert_string_equal(table[1].source.path, "rows.csv");
    assert_int_equal(table[1].row_count, 0);
    assert_string_equal(table[2].source.path, "more.ndjson");
    assert_int_equal(table[2].column_count, 0);
}

static void check_sections(const struct sp_submission *submission)
{
    assert_int_equal(submission->section_count, 2);
    const struct sp_report_section *section = submission->sections;
    assert_string_equal(section->id, "one");
    assert_string_equal(section->title, "First");
    assert_int_equal(section->item_count, 4);
    static const enum sp_item_status statuses[] = {SP_ITEM_NONE, SP_ITEM_OK, SP_ITEM_FAIL,
                                                   SP_ITEM_NA};
    static const char *const texts[] = {"alone", "good", "bad", "none"};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(section->items[i].status, statuses[i]);
        assert_string_equal(section->items[i].text, texts[i]);
    }
    assert_string_equal(section->items[1].note, "n");
    assert_null(section->items[2].note);
    assert_int_equal(section->field_count, 1);
    assert_int_equal(section->photos.count, 2);
    assert_string_equal(section->photos.photos[0].src, "a.jpg");
    assert_string_equal(section->photos.photos[1].caption, "B");
    assert_int_equal(section->photos.photos[1].taken_at.kind, SP_VALUE_DATETIME);
    assert_int_equal(section->photos.photos[0].taken_at.kind, SP_VALUE_NONE);
    assert_string_equal(section->photos.photos[0].taken_at.text, "");
    check_table(section);
    assert_null(section[1].id);
    assert_string_equal(section[1].items_source.path, "items.ndjson");
    assert_string_equal(section[1].photos.source.path, "photos.csv");
    assert_int_equal(submission->photos.count, 3);
    assert_string_equal(submission->photos.photos[0].section, "one");
    assert_string_equal(submission->photos.photos[2].src, "e.jpg");
    assert_int_equal(submission->signature_count, 2);
    assert_string_equal(submission->signatures[0].image, "s.png");
    assert_null(submission->signatures[1].name);
    assert_string_equal(submission->signatures[1].role, "Client");
}

static void everything_arrives(void **state)
{
    struct parsed parsed = {.all = true};
    parse(&parsed, yaml);
    assert_int_equal(parsed.status, SP_OK);
    check_head(&parsed.submission);
    check_sections(&parsed.submission);
    assert_string_equal(parsed.submission.theme.words[SP_WORD_PAGE], "Seite {n} von {total}");
    done(&parsed);
}

static void places_are_kept(void **state)
{
    struct parsed parsed = {.all = false};
    parse(&parsed, "title: \xC3\xA9\nsections: [{title: a}, {title: b,\n  photos: [x.jpg]}]\n"
                   "photos: {data: p.csv}\n");
    assert_int_equal(parsed.status, SP_OK);
    const struct sp_report_section *sections = parsed.submission.sections;
    assert_int_equal(sections[0].place.line, 2);
    assert_int_equal(sections[0].place.column, 12);
    assert_int_equal(sections[1].place.column, 24);
    assert_int_equal(sections[1].photos.photos[0].place.line, 3);
    assert_int_equal(sections[1].photos.photos[0].place.column, 12);
    assert_int_equal(parsed.submission.photos.source.place.line, 4);
    assert_int_equal(parsed.submission.photos.source.place.column, 16);
    done(&parsed);
    parse(&parsed,
          "\xEF\xBB\xBF {\"title\":\"\xC3\xA9\xC3\xA9\", \"sections\":[{\"title\":\"a\"}]}");
    assert_int_equal(parsed.status, SP_OK);
    assert_int_equal(parsed.submission.sections[0].place.line, 1);
    assert_int_equal(parsed.submission.sections[0].place.column, 29);
    done(&parsed);
}

/* What JSON has and YAML reads otherwise or not at all. */
static void json_is_json(void **state)
{
    static const struct {
        const char *text, *title;
    } cases[] = {
        {"{\"title\": \"\\ud83d\\ude00 \\u00e9\\/\\\\\\\"\"}", "\xF0\x9F\x98\x80 \xC3\xA9/\\\""},
        {"{\"title\": \"\xF0\x9F\x98\x80 \xC3\xA9/\"}", "\xF0\x9F\x98\x80 \xC3\xA9/"},
        {"{\n\t\"title\"\n\t:\n\t\"tabs\"\n}\n", "tabs"},
        {"\t\r\n {\"title\":\"no space\"}", "no space"},
        {"{\"title\":\"a\\r\\nb\\rc\\td\"}", "a\nb\nc\td"},
        {"{\"title\":\" # no comment: 'x' \"}", "# no comment: 'x'"},
        {"{\"\\u0074itle\":\"escaped key\"}", "escaped key"},
        {"{\"title\":1.50}", "1.50"},
        {"{\"title\":true}", "true"},
        {"{\"title\":\"\\u2028\"}", "\xE2\x80\xA8"},
        {"{title: 'YAML in one line'}", "YAML in one line"},
        {"title: \"\\U0001F600\\x41\\L\"", "\xF0\x9F\x98\x80"
                                           "A\xE2\x80\xA8"},
        {"title: 'a\n\n  b'", "a\nb"},
        {"---\ntitle: x\n...\n", "x"},
        {"%YAML 1.1\n---\ntitle: x\n", "x"},
        {"title: x\r\nnumber: 3\r\n", "x"},
    };
    for (size_t i = 0; i < SP_COUNT(cases); i++) {
        struct parsed parsed = {.all = false};
        parse(&parsed, cases[i].text);
        assert_int_equal(parsed.status, SP_OK);
        assert_string_equal(parsed.submission.title, cases[i].title);
        done(&parsed);
    }
}

/* Long lines are not counted anew for each place in them. */
static void a_long_line_is_read_once(void **state)
{
    static char text[1000000];
    size_t used = (size_t)snprintf(text, sizeof text, "{\"title\":\"x\",\"photos\":[");
    while (used < sizeof text - 100)
        used += (size_t)snprintf(text + used, sizeof text - used, "{\"src\":\"\xC3\xA9.jpg\"},");
    used += (size_t)snprintf(text + used, sizeof text - used, "{\"src\":\"last.jpg\"}]}");
    struct parsed parsed = {.all = false};
    parse_bytes(&parsed, text, used, NULL);
    assert_int_equal(parsed.status, SP_OK);
    const struct sp_report_photos *photos = &parsed.submission.photos;
    assert_string_equal(photos->photos[photos->count - 1].src, "last.jpg");
    assert_int_equal(photos->photos[photos->count - 1].place.column,
                     used - strlen("{\"src\":\"last.jpg\"}]}") - (photos->count - 1) + 1);
    done(&parsed);
}

/* A text and what is told of it: all mistakes, a line each. */
struct mistake {
    const char *text, *told;
};

static void check_mistakes(const struct mistake *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct parsed parsed = {.all = true};
        parse_bytes(&parsed, cases[i].text, strlen(cases[i].text), NULL);
        assert_string_equal(parsed.told, cases[i].told);
        assert_int_equal(parsed.status, SP_BAD_SPEC);
        char count_words[64];
        (void)snprintf(count_words, sizeof count_words, "visit has %zu mistake%s",
                       parsed.told_count, parsed.told_count == 1 ? "" : "s");
        assert_string_equal(parsed.err.text, count_words);
        done(&parsed);
        /* The first of them is the one that ends it. */
        parsed.all = false;
        parse_bytes(&parsed, cases[i].text, strlen(cases[i].text), NULL);
        assert_int_equal(parsed.status, SP_BAD_SPEC);
        assert_true(strncmp(parsed.err.text, cases[i].told, strlen(parsed.err.text)) == 0);
        assert_true(parsed.err.line > 0 && parsed.err.column > 0);
        done(&parsed);
    }
}

static void keys_are_checked(void **state)
{
    static const struct mistake cases[] = {
        {"titel: x\n", "visit:1:1: `titel` is no key of a submission: is it `title`?\n"
                       "visit:1:1: `title` is missing: a submission has one\n"},
        {"Title: x\ntitle: x\n", "visit:1:1: `Title` is no key of a submission: is it `title`?\n"},
        {"title: x\nphotos: [{src: a.jpg, captoin: x, caption: [{x: [y]}], zzzzzz: {a: b}}]\n",
         "visit:2:23: photos[0]: `captoin` is no key of a photo: is it `caption`?\n"
         "visit:2:44: photos[0].caption: expected one value, found a list\n"
         "visit:2:56: photos[0]: `zzzzzz` is no key of a photo: it has src, caption, taken_at, "
         "section\n"},
        {"title: x\ntitle: y\n", "visit:2:1: title: the key is there twice\n"},
        {"title:\n", "visit:1:7: title: is empty, and something is needed here\n"},
        {"{\"title\":\"  \"}", "visit:1:10: title: is empty, and something is needed here\n"},
        {"title: x\nsections: [{id: a}, {title: b}, {}]\n",
         "visit:2:12: sections[0]: `title` is missing: a section has one\n"
         "visit:2:33: sections[2]: `title` is missing: a section has one\n"},
        {"title: x\n? [a, b]\n: {c: d}\nnumber: 3\n", "visit:2:3: expected a key, found a list\n"},
        {"title: x\nsections: [{title: a, photos: [{src: a.jpg, section: b}]}]",
         "visit:2:45: sections[0].photos[0]: `section` is no key of a photo of a section: it has "
         "src, caption, taken_at\n"},
        {"title: x\nsignatures: [{time: 2026-01-01}]",
         "visit:2:14: signatures[0]: a signature has a name, a role or an image\n"},
    };
    check_mistakes(cases, SP_COUNT(cases));
}

static void values_are_checked(void **state)
{
    static const struct mistake cases[] = {
        {"title: [x]\n", "visit:1:8: title: expected one value, found a list\n"},
        {"title: x\nfields: x\n", "visit:2:9: fields: expected a list, found `x`\n"},
        {"title: x\nphotos: {dat: x}\n",
         "visit:2:10: photos: `dat` is no key of a list in a file: is it `data`?\n"
         "visit:2:9: photos: `data` is missing: a list in a file has one\n"},
        {"title: x\nphotos: x.ndjson\n", "visit:2:9: photos: expected a list, or {data: …} with "
                                         "the name of a file, found `x.ndjson`\n"},
        {"title: x\nphotos: {data: photos.json}\n", "visit:2:16: photos.data: `photos.json` does "
                                                    "not say what is in it: the name ends in .csv, "
                                                    ".tsv, .ndjson or .jsonl\n"},
        {"title: x\nphotos: {data: \"https://x/a.csv\"}\n",
         "visit:2:16: photos.data: `https://x/a.csv` is an address: a list stands in a file beside "
         "the submission\n"},
        {"title: x\ndate: 2025-02-29\n",
         "visit:2:7: date: `2025-02-29` is no date from 1900-03-01 to 9999-12-31: write it like "
         "2026-11-21 or 2026-11-21T09:30\n"},
        {"title: x\nlocale: de_AT\n", "visit:2:9: locale: `de_AT` is no language tag: write it "
                                      "like en, de-AT or zh-Hant\n"},
        {"title: x\nfields: [{label: a, link: 'javascript:x'}]\n",
         "visit:2:27: fields[0].link: `javascript:x` is no address that can be followed: begin it "
         "with https://, http://, mailto: or tel:\n"},
        {"title: x\nfields: [{label: a, link: 'http://a b'}]\n",
         "visit:2:27: fields[0].link: `http://a b` has a blank in it: write %20 for it\n"},
        {"title: x\nsections: [{title: a, items: [{text: b, status: maybe}]}]\n",
         "visit:2:49: sections[0].items[0].status: `maybe` is no status: write ok, fail or n.a.\n"},
        {"title: \"a\\x07\"\n", "visit:1:8: title: the control character U+0007 cannot stand in a "
                                "text: take it out\n"},
        {"{\"title\": \"a\\u0085\"}",
         "visit:1:11: title: the control character U+0085 cannot stand "
         "in a text: take it out\n"},
        {"title: &a x\nnumber: *a\nauthor: !!str y\n",
         "visit:1:8: title: anchors (&name) are not taken: write out what is meant\n"
         "visit:2:9: number: aliases (*name) are not taken: write out what is meant\n"
         "visit:3:9: author: tags (!name) are not taken: write out what is meant\n"},
    };
    check_mistakes(cases, SP_COUNT(cases));
}

static void tables_are_checked(void **state)
{
#define TABLE "title: x\nsections: [{title: a, tables: [{"
#define PATH  "sections[0].tables[0]"
    static const struct mistake cases[] = {
        {TABLE "rows: [[1]]}]}]", "visit:2:39: " PATH ".rows: `columns` is missing before the "
                                  "rows: name them first\n"},
        {TABLE "rows: [[1]], columns: [a]}]}]", "visit:2:39: " PATH ".rows: `columns` is missing "
                                                "before the rows: name them first\n"},
        {TABLE "columns: [a]}]}]", "visit:2:32: " PATH ": `rows` is missing: a table has one\n"},
        {TABLE "columns: [a, b], rows: [[1], [1,2,3], [1,2], x, [[]]]}]}]",
         "visit:2:57: " PATH ".rows[0]: the row has 1 cell, and the table 2 columns\n"
         "visit:2:62: " PATH ".rows[1]: the row has 3 cells, and the table 2 columns\n"
         "visit:2:78: " PATH ".rows[3]: expected a row: a list of cells, or an object with them, "
         "found `x`\n"
         "visit:2:82: " PATH ".rows[4][0]: expected one value, found a list\n"
         "visit:2:81: " PATH ".rows[4]: the row has 1 cell, and the table 2 columns\n"},
        {TABLE "columns: [a, b], rows: [{a: 1, c: 2, a: 3, b: {}}]}]}]",
         "visit:2:64: " PATH ".rows[0]: `c` is no column of the table\n"
         "visit:2:70: " PATH ".rows[0].a: the key is there twice\n"
         "visit:2:79: " PATH ".rows[0].b: expected one value, found an object\n"},
        {TABLE "columns: [a, {name: b}, {title: c}, b, {name: a}], rows: []}]}]",
         "visit:2:57: " PATH ".columns[2]: `name` is missing: a column has one\n"
         "visit:2:69: " PATH ".columns[3]: another column is named `b` too\n"
         "visit:2:72: " PATH ".columns[4]: another column is named `a` too\n"},
        {TABLE "columns: [{name: a, type: real, align: left, width: 0}], rows: []}]}]",
         "visit:2:59: " PATH ".columns[0].type: `real` is none of the words: write auto, text, "
         "number, date or datetime\n"
         "visit:2:72: " PATH ".columns[0].align: `left` is none of the words: write start, center "
         "or end\n"
         "visit:2:85: " PATH ".columns[0].width: `0` is not a whole number from 1 to 1000\n"},
    };
    check_mistakes(cases, SP_COUNT(cases));
}

static void sections_of_photos_are_found(void **state)
{
    static const struct mistake cases[] = {
        {"title: x\nsections: [{title: Roof, id: r}, {title: Cellar}, {title: Cellar}]\n"
         "photos: [{src: a, section: r}, {src: b, section: Roof}, {src: c, section: Rooof},\n"
         "  {src: d, section: Cellar}, {src: e, section: nothing like it}]\n",
         "visit:3:57: photos[2].section: no section has the id or title `Rooof`: is it `Roof`?\n"
         "visit:4:3: photos[3].section: more than one section has the title `Cellar`: give them "
         "ids and name one of those\n"
         "visit:4:30: photos[4].section: no section has the id or title `nothing like it`\n"},
        {"title: x\nsections: [{title: a, id: i}, {title: b, id: j}, {title: c, id: i}]\n",
         "visit:2:50: sections[2].id: `i` is the id of another section too\n"},
    };
    check_mistakes(cases, SP_COUNT(cases));
}

static void what_is_no_yaml_or_json_ends_it(void **state)
{
    static const struct mistake cases[] = {
        {"", "visit:1:1: the text is empty: a submission begins with a key\n"},
        {"# nothing\n", "visit:2:1: the text is empty: a submission begins with a key\n"},
        {"- a\n", "visit:1:1: expected an object with keys, like title: …, found a list\n"},
        {"title\n", "visit:1:1: expected an object with keys, like title: …, found `title`\n"},
        {"title: a: b\n", "visit:1:9: this is not YAML: mapping values are not allowed in this "
                          "context; a text with a colon in it stands in quotes\n"},
        {"title: x\nlog: 1\n\tnumber: 3\n",
         "visit:2:1: `log` is no key of a submission: is it `logo`?\n"
         "visit:3:1: this is not YAML: found a tab character that violates indentation while "
         "scanning a plain scalar from line 2; indent with spaces\n"},
        {"title: \xC3\xA9\xFF\n",
         "visit:1:9: the byte 0xFF is not UTF-8: save the text as UTF-8\n"},
        {"title: x\n# \x01\n", "visit:2:3: the control character U+0001 cannot stand in a text: "
                               "take it out\n"},
        {"title: x\n--- \ntitle: y\n",
         "visit:2:1: a second document begins here: a file holds one\n"},
        {"%TAG ! tag:x,2000:\n---\ntitle: x\n", "visit:1:1: tags are not taken: leave %TAG out\n"},
        {"{\"title\": \"\xC3\xA9\", number: 3}", "visit:1:16: this is not JSON: expected a key in "
                                                 "double quotes\n"},
        {"{\"title\": \"x\",}", "visit:1:15: this is not JSON: a comma before the end of the "
                                "list\n"},
        {"{\"title\": \"x", "visit:1:11: this is not JSON: a text that begins here never ends\n"},
        {"{\"title\": \"\\ud83d\"}", "visit:1:12: this is not JSON: half of a pair of \\u that "
                                     "makes one character\n"},
        {"{\"title\": 012}", "visit:1:11: this is not JSON: a number with a zero in front: put it "
                             "in quotes if it is meant\n"},
        {"{\"title\": \"x\"} x", "visit:1:16: this is not JSON: something behind the end\n"},
        {"title: x\nabc: [[[[[[[[[[[[[[[[[[", "visit:2:1: `abc` is no key of a submission: it has "
                                              "title, subtitle, number, date, locale, author, "
                                              "logo, text, fields, sections, photos, signatures, "
                                              "theme, $schema\n"
                                              "visit:2:21: there are more than 16 levels of lists "
                                              "and objects in each other\n"},
    };
    check_mistakes(cases, SP_COUNT(cases));
    struct parsed parsed = {.all = false};
    parse_bytes(&parsed, "\xFF\xFEt\0", 4, NULL);
    assert_string_equal(parsed.err.text, "visit:1:1: this is UTF-16 text: save it as UTF-8");
    done(&parsed);
    parse_bytes(&parsed, "title: a\0b", 10, NULL);
    assert_string_equal(parsed.err.text, "visit:1:9: the control character U+0000 cannot stand in "
                                         "a text: take it out");
    done(&parsed);
}

static void a_long_text_is_refused(void **state)
{
    static char text[SP_SUBMISSION_BYTES_MAX + 1];
    memset(text, ' ', sizeof text);
    memcpy(text, "title: x", 8);
    struct parsed parsed = {.all = true};
    parse_bytes(&parsed, text, sizeof text - 1, NULL);
    assert_int_equal(parsed.status, SP_OK);
    done(&parsed);
    parse_bytes(&parsed, text, sizeof text, NULL);
    assert_int_equal(parsed.status, SP_TOO_BIG);
    assert_string_equal(parsed.err.text,
                        "visit is longer than 1 MiB: put its long lists in files beside it and "
                        "name them, as in photos: {data: photos.ndjson}");
    done(&parsed);
}

/* Texts of a size that are made of one piece, over and over: each as dear as its bytes can be. */
struct filling {
    const char *before, *piece, *after;
    bool good;
};

static const struct filling fillings[] = {
    {"", "[", "", false},
    {"", "{", "", false},
    {"title: x\nsections: ", "[", "", false},
    {"title: x\nsections: ", "{\"a\":", "", false},
    {"title: x\nabc: [", "[],", "]", false},
    {"title: x\nabc: {", "a,", "}", false},
    {"title: x\nsections: [", "title: a,", "]", true},
    {"title: x\nsections: [", "{},", "]", false},
    {"title: x\nsections: [", "[],", "]", false},
    {"title: x\nsections: [", "{title: a,id: b},", "]", false},
    {"title: x\nsections:\n", "- title: a\n", "", true},
    {"{\"title\":1,\"sections\":[", "{\"title\":1},", "{\"title\":1}]}", true},
    {"title: x\nphotos: [", "a.b,", "]", true},
    {"title: x\nphotos: [", "src: a,", "]", true},
    {"title: x\nphotos: [", "{src: a,section: b},", "]", false},
    {"title: x\nphotos: [", "a,", "]", false},
    {"title: x\nphotos: [", "{},", "]", false},
    {"title: x\nfields: [", "label: a,", "]", true},
    {"title: x\nsignatures: [", "role: a,", "]", true},
    {"title: x\nsignatures: [", "{},", "]", false},
    {"title: x\nsections: [{title: a,items: [", "a,", "]}]", true},
    {"title: x\nsections: [", "{title: a,items: [a],photos: [a.b],fields: [label: a]},", "]", true},
    {"title: x\nsections: [{title: a,tables: [", "{columns: [a],rows: []},", "]}]", true},
    {"title: x\nsections: [{title: a,tables: [", "{columns: [a,b,c,d],rows: []},", "]}]", true},
    {"title: x\nsections: [{title: a,tables: [",
     "{columns: [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,"
     "P,Q,R,S,T,U,V,W,X,Y,Z,0,1,2,3,4,5,6,7,8,9,$,(,),+,.,/,;,<,=,^,_],rows: []},",
     "]}]", true},
    {"title: x\nsections: [{title: a,tables: [{columns: [", "[],", "],rows: []}]}]", false},
    {"title: x\nsections: [{title: a,tables: [{columns: [", "a,", "],rows: []}]}]", false},
    {"title: x\nsections: [{title: a,tables: [{columns: [a],rows: [", "[1],", "]}]}]", true},
    {"title: x\nsections: [{title: a,tables: [{columns: [a],rows: [", "[],", "]}]}]", false},
    {"title: x\nsections: [{title: a,tables: [{columns: [a],rows: [", "{},", "]}]}]", false},
    {"title: x\nsections: [{title: a,tables: [{columns: [a,b],rows: [", "{a: 1},", "]}]}]", true},
    {"title: x\nsections: [{title: a,tables: [{columns: [a,b],rows: [", "a: 1,", "]}]}]", true},
    {"title: x\nsections: [{title: a,tables: [{columns: [a,b,c],rows: [", "{a: 1},", "]}]}]",
     false},
    {"title: x\nsections: [{title: a,tables: [{columns: [a,b,c,d,e,f,g,h],rows: [",
     "[1,1,1,1,1,1,1,1],", "]}]}]", true},
    {"title: \"", "\\L", "\"\n", true},
    {"title: \"", "\\L\\x07", "\"\n", false},
    {"{\"title\":\"", "\\u0001\\ud83d\\ude00", "\"}", false},
    {"title: x", "\nx: y", "", false},
    {"title: x\n", "? ", "", false},
    {"title: x\n", "- ", "", false},
    {"title: x\n", "*a : *a\n", "", false},
    {"title: |\n", "   \n", "", false},
    {"title: |\n", " a\n", "", true},
    {"title: 'a", "\n", "'", true},
    {"title: x\n", "#\n", "", true},
    {"title: x\ntext: ", "a ", "", true},
    {"title: x\ntheme: {urls: [", "{match: a,to: \"http://\"},", "]}", false},
    {"title: x\ntheme: {words: {", "no: a,", "}}", false},
    {"%YAML 1.1\n", "%YAML 1.1\n", "", false},
    {"title: x\n...\n", "%A !b! c\n", "", false},
};

static void fill_text(char *text, size_t size, const struct filling *filling, size_t *count)
{
    size_t used = strlen(filling->before);
    const size_t piece = strlen(filling->piece);
    const size_t after = strlen(filling->after);
    memcpy(text, filling->before, used);
    while (used + piece + after <= size) {
        memcpy(text + used, filling->piece, piece);
        used += piece;
    }
    memcpy(text + used, filling->after, after);
    *count = used + after;
}

/* No text needs more than its bytes allow, whatever is wrong with it; the arena asserts. */
static void the_need_is_enough_for_the_worst(void **state)
{
    static char text[150000];
    static const size_t sizes[] = {100, 700, 5000, 20000, sizeof text};
    for (size_t i = 0; i < SP_COUNT(fillings); i++) {
        for (size_t j = 0; j < SP_COUNT(sizes); j++) {
            size_t count;
            fill_text(text, sizes[j], &fillings[i], &count);
            for (unsigned all = 0; all < 2; all++) {
                struct parsed parsed = {.all = all};
                parse_bytes(&parsed, text, SP_MIN(count, sizes[j]), NULL);
                if (sizes[j] == sizeof text && (parsed.status == SP_OK) != fillings[i].good)
                    fail_msg("%s%s: %s", fillings[i].before, fillings[i].piece, parsed.err.text);
                done(&parsed);
            }
        }
    }
}

/* Random texts of pieces that mean something. */
static void the_need_is_enough_for_any(void **state)
{
    static const char *const pieces[] = {
        "title: a",   "\n",        "  ",        "- ",         "[",       "]",           "{",
        "}",          ",",         "sections:", " ",          "photos:", "items:",      "tables:",
        "columns:",   "rows:",     "[a,b]",     "[1,2]",      "{a: 1}",  "data: x.csv", "label: b",
        "src: a.b",   "theme:",    "\"",        "'",          "&a",      "*a",          "!b",
        "\"title\":", "\"rows\":", "null",      "2026-01-01", "|",       "\\L",         "#",
        ":",          "? ",        "\xC3\xA9",  "words:",     "urls:",   "match: a",    "\t"};
    struct random random = {.state = 4711};
    for (int round = 0; round < 20000; round++) {
        char text[600];
        size_t used = (size_t)snprintf(text, sizeof text, "%s",
                                       random_below(&random, 2) ? "title: x\nsections: [{" : "");
        for (uint64_t n = random_below(&random, 40); n > 0; n--) {
            const char *piece = pieces[random_below(&random, SP_COUNT(pieces))];
            used += (size_t)snprintf(text + used, sizeof text - used, "%s", piece);
        }
        struct parsed parsed = {.all = random_below(&random, 2)};
        parse_bytes(&parsed, text, used, NULL);
        assert_true(parsed.status == SP_OK || parsed.status == SP_BAD_SPEC);
        done(&parsed);
    }
}

/* What libyaml takes stays under what is priced, and all of it is given back. */
static void the_heap_is_priced(void **state)
{
    static char text[150000];
    if (!heap_count_works())
        skip();
    const size_t live = heap_live();
    for (size_t i = 0; i < SP_COUNT(fillings); i++) {
        for (size_t size = 400; size <= sizeof text; size *= 10) {
            size_t count;
            struct parsed parsed = {.all = false};
            fill_text(text, size, &fillings[i], &count);
            heap_peak_reset();
            parse_bytes(&parsed, text, SP_MIN(count, size), NULL);
            if (heap_peak() - live > sp_submission_heap(count))
                fail_msg("%s%s of %zu bytes: %zu bytes of heap", fillings[i].before,
                         fillings[i].piece, count, heap_peak() - live);
            assert_int_equal(heap_live(), live);
            done(&parsed);
        }
    }
    struct parsed parsed = {.all = false};
    heap_peak_reset();
    parse(&parsed, "{\"title\": \"JSON takes none\"}");
    assert_int_equal(heap_peak(), live);
    done(&parsed);
}

static void a_refused_heap_is_no_room(void **state)
{
    if (!heap_count_works())
        skip();
    const size_t live = heap_live();
    uint64_t nth = 1;
    for (;; nth++) {
        struct parsed parsed = {.all = nth % 2};
        heap_refuse(nth, nth % 3 == 0);
        parse_bytes(&parsed, yaml, sizeof yaml - 1, NULL);
        heap_refuse(0, false);
        assert_int_equal(heap_live(), live);
        const enum sp_status status = parsed.status;
        if (status != SP_OK) {
            assert_int_equal(status, SP_NO_ROOM);
            assert_int_equal(parsed.told_count, 0);
            assert_string_equal(parsed.err.text,
                                "visit cannot be read: no memory is left for libyaml");
        }
        done(&parsed);
        if (status == SP_OK)
            break;
    }
    assert_true(nth > 50);
}

static void values_of_texts(void **state)
{
    static const struct {
        const char *text;
        enum sp_column_type type;
        bool is;
        enum sp_value_kind kind;
        double number;
    } cases[] = {
        {"12", SP_COLUMN_AUTO, true, SP_VALUE_TEXT, 0},
        {"12", SP_COLUMN_TEXT, true, SP_VALUE_TEXT, 0},
        {"", SP_COLUMN_AUTO, true, SP_VALUE_NONE, 0},
        {"", SP_COLUMN_NUMBER, false, SP_VALUE_NONE, 0},
        {"12", SP_COLUMN_NUMBER, true, SP_VALUE_NUMBER, 12},
        {" -0.50 ", SP_COLUMN_NUMBER, true, SP_VALUE_NUMBER, -0.5},
        {"+3e2", SP_COLUMN_NUMBER, true, SP_VALUE_NUMBER, 300},
        {"007", SP_COLUMN_NUMBER, true, SP_VALUE_NUMBER, 7},
        {"0.00012E-3", SP_COLUMN_NUMBER, true, SP_VALUE_NUMBER, 0.00012e-3},
        {"2450.00", SP_COLUMN_NUMBER, true, SP_VALUE_NUMBER, 2450},
        {"0", SP_COLUMN_NUMBER, true, SP_VALUE_NUMBER, 0},
        {"1e308", SP_COLUMN_NUMBER, true, SP_VALUE_NUMBER, 1e308},
        {"0.1", SP_COLUMN_NUMBER, true, SP_VALUE_NUMBER, 0.1},
        {"123456789012345678901234567890123456789012345678901234567890", SP_COLUMN_NUMBER, true,
         SP_VALUE_NUMBER, 123456789012345678901234567890123456789012345678901234567890.0},
        {"1e400", SP_COLUMN_NUMBER, false, SP_VALUE_TEXT, 0},
        {"1,5", SP_COLUMN_NUMBER, false, SP_VALUE_TEXT, 0},
        {"1.5.2", SP_COLUMN_NUMBER, false, SP_VALUE_TEXT, 0},
        {"0x10", SP_COLUMN_NUMBER, false, SP_VALUE_TEXT, 0},
        {"nan", SP_COLUMN_NUMBER, false, SP_VALUE_TEXT, 0},
        {".", SP_COLUMN_NUMBER, false, SP_VALUE_TEXT, 0},
        {"1e", SP_COLUMN_NUMBER, false, SP_VALUE_TEXT, 0},
        {"1900-03-01", SP_COLUMN_DATE, true, SP_VALUE_DATE, 61},
        {"1900-02-28", SP_COLUMN_DATE, false, SP_VALUE_TEXT, 0},
        {"1970-01-01", SP_COLUMN_DATE, true, SP_VALUE_DATE, 25569},
        {"2000-02-29", SP_COLUMN_DATE, true, SP_VALUE_DATE, 36585},
        {"2024-02-29", SP_COLUMN_DATE, true, SP_VALUE_DATE, 45351},
        {"2023-02-29", SP_COLUMN_DATE, false, SP_VALUE_TEXT, 0},
        {"2100-02-29", SP_COLUMN_DATE, false, SP_VALUE_TEXT, 0},
        {"9999-12-31", SP_COLUMN_DATE, true, SP_VALUE_DATE, 2958465},
        {"2026-13-01", SP_COLUMN_DATE, false, SP_VALUE_TEXT, 0},
        {"2026-00-10", SP_COLUMN_DATE, false, SP_VALUE_TEXT, 0},
        {"2026-4-17", SP_COLUMN_DATE, false, SP_VALUE_TEXT, 0},
        {"2026-04-17x", SP_COLUMN_DATE, false, SP_VALUE_TEXT, 0},
        {"2026-04-17T09:30", SP_COLUMN_DATE, false, SP_VALUE_TEXT, 0},
        {"2026-04-17T09:30", SP_COLUMN_DATETIME, true, SP_VALUE_DATETIME, 46129 + 9.5 / 24},
        {"2026-04-17", SP_COLUMN_DATETIME, true, SP_VALUE_DATE, 46129},
        {"2026-04-17 23:59:59.999", SP_COLUMN_DATETIME, true, SP_VALUE_DATETIME,
         46129 + 86399.999 / 86400},
        {"2026-04-17T09:30Z", SP_COLUMN_DATETIME, true, SP_VALUE_DATETIME, 46129 + 9.5 / 24},
        {"2026-04-17T09:30:00+02:00", SP_COLUMN_DATETIME, true, SP_VALUE_DATETIME,
         46129 + 9.5 / 24},
        {"2026-04-17T09:30-0730", SP_COLUMN_DATETIME, true, SP_VALUE_DATETIME, 46129 + 9.5 / 24},
        {"2026-04-17T09:30+02", SP_COLUMN_DATETIME, true, SP_VALUE_DATETIME, 46129 + 9.5 / 24},
        {"2026-04-17T24:00", SP_COLUMN_DATETIME, false, SP_VALUE_TEXT, 0},
        {"2026-04-17T09:60", SP_COLUMN_DATETIME, false, SP_VALUE_TEXT, 0},
        {"2026-04-17T09:30.5", SP_COLUMN_DATETIME, false, SP_VALUE_TEXT, 0},
        {"2026-04-17T09", SP_COLUMN_DATETIME, false, SP_VALUE_TEXT, 0},
        {"2026-04-17T09:30+2", SP_COLUMN_DATETIME, false, SP_VALUE_TEXT, 0},
        {"2026-04-17T09:30:05.", SP_COLUMN_DATETIME, false, SP_VALUE_TEXT, 0},
    };
    for (size_t i = 0; i < SP_COUNT(cases); i++) {
        struct sp_value value;
        if (sp_value_of_text(cases[i].text, cases[i].type, &value) != cases[i].is ||
            value.kind != cases[i].kind ||
            fabs(value.number - cases[i].number) > 1e-9 * fabs(cases[i].number))
            fail_msg("%s: kind %d, %.17g", cases[i].text, (int)value.kind, value.number);
        assert_ptr_equal(value.text, cases[i].text);
    }
}

/* Every day from 1900-03-01 on is one more than the day before. */
static void days_follow_each_other(void **state)
{
    unsigned year = 1900;
    unsigned month = 3;
    unsigned day = 1;
    for (int serial = 61; serial < 120000; serial++) {
        char text[16];
        struct sp_value value;
        (void)snprintf(text, sizeof text, "%04u-%02u-%02u", year % 10000, month % 100, day % 100);
        assert_true(sp_value_of_text(text, SP_COLUMN_DATE, &value));
        assert_true(value.number == serial);
        (void)snprintf(text, sizeof text, "%04u-%02u-%02u", year % 10000, month % 100,
                       (day + 1) % 100);
        if (sp_value_of_text(text, SP_COLUMN_DATE, &value)) {
            day++;
        } else {
            assert_true(day >= 28);
            day = 1;
            year += month == 12;
            month = month % 12 + 1;
        }
    }
    assert_int_equal(year, 2228);
}

static void statuses_have_words(void **state)
{
    static const struct {
        const char *word;
        int status;
    } cases[] = {{"ok", SP_ITEM_OK},   {"OK", SP_ITEM_OK},     {"Pass", SP_ITEM_OK},
                 {"yes", SP_ITEM_OK},  {"fail", SP_ITEM_FAIL}, {"NO", SP_ITEM_FAIL},
                 {"n.a.", SP_ITEM_NA}, {"N/A", SP_ITEM_NA},    {"na", SP_ITEM_NA},
                 {"true", SP_ITEM_OK}, {"okay", -1},           {"", -1}};
    for (size_t i = 0; i < SP_COUNT(cases); i++) {
        enum sp_item_status status = SP_ITEM_NONE;
        assert_int_equal(sp_item_status_of(cases[i].word, &status), cases[i].status >= 0);
        if (cases[i].status >= 0)
            assert_int_equal(status, cases[i].status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_arrives),
        cmocka_unit_test(places_are_kept),
        cmocka_unit_test(json_is_json),
        cmocka_unit_test(a_long_line_is_read_once),
        cmocka_unit_test(keys_are_checked),
        cmocka_unit_test(values_are_checked),
        cmocka_unit_test(tables_are_checked),
        cmocka_unit_test(sections_of_photos_are_found),
        cmocka_unit_test(what_is_no_yaml_or_json_ends_it),
        cmocka_unit_test(a_long_text_is_refused),
        cmocka_unit_test(the_need_is_enough_for_the_worst),
        cmocka_unit_test(the_need_is_enough_for_any),
        cmocka_unit_test(the_heap_is_priced),
        cmocka_unit_test(a_refused_heap_is_no_room),
        cmocka_unit_test(values_of_texts),
        cmocka_unit_test(days_follow_each_other),
        cmocka_unit_test(statuses_have_words),
    };
    return cmocka_run_group_tests_name("submission", tests, NULL, NULL);
}
