/* Lines of text as operators, read back: glyphs, places and sizes as asked, inside the bounds. */
#include "support/unit.h"

#include "pdf/pdf_text.h"
#include "support/random.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads content as a viewer does. */
struct reader {
    const char *at, *end;
    int64_t x_mpt, y_mpt, size_mpt;
    uint16_t glyphs[1100];
    size_t count;
};

static int64_t take_milli(struct reader *reader)
{
    char *end;
    const double number = strtod(reader->at, &end);
    assert_true(end > reader->at && *end == ' ');
    reader->at = end + 1;
    return (int64_t)(number * 1000 + (number < 0 ? -0.5 : 0.5));
}

static void take(struct reader *reader, const char *words)
{
    const size_t length = strlen(words);
    assert_true((size_t)(reader->end - reader->at) >= length);
    assert_memory_equal(reader->at, words, length);
    reader->at += length;
}

static bool peek(const struct reader *reader, const char *words)
{
    const size_t length = strlen(words);
    return (size_t)(reader->end - reader->at) >= length && memcmp(reader->at, words, length) == 0;
}

/* ISO 32000-1, table 3; a bare carriage return would be read as a line feed. */
static unsigned char take_byte(struct reader *reader)
{
    unsigned char byte = (unsigned char)*reader->at++;
    assert_true(byte != '\r');
    assert_true(byte != '(' && byte != ')');
    if (byte != '\\')
        return byte;
    byte = (unsigned char)*reader->at++;
    if (byte == 'n')
        return '\n';
    if (byte == 'r')
        return '\r';
    assert_true(byte == '(' || byte == ')' || byte == '\\');
    return byte;
}

static void take_line(struct reader *reader)
{
    if (peek(reader, "/F ")) {
        take(reader, "/F ");
        reader->size_mpt = take_milli(reader);
        take(reader, "Tf ");
    }
    reader->x_mpt += take_milli(reader);
    reader->y_mpt += take_milli(reader);
    take(reader, "Td(");
    reader->count = 0;
    while (!peek(reader, ")Tj\n")) {
        const unsigned high = take_byte(reader);
        reader->glyphs[reader->count++] = (uint16_t)(high << 8 | take_byte(reader));
        assert_true(reader->count < 1100 && reader->at < reader->end);
    }
    take(reader, ")Tj\n");
}

static void begin(struct reader *reader, const struct sp_buf *content)
{
    *reader = (struct reader){.at = (const char *)content->bytes,
                              .end = (const char *)content->bytes + content->used};
    take(reader, "BT\n");
}

static void end(struct reader *reader)
{
    take(reader, "ET\n");
    assert_true(reader->at == reader->end);
}

/* Every glyph number there is, those with brackets, backslashes and line ends in them included. */
static void every_glyph_comes_back(void **state)
{
    for (uint32_t first = 0; first < 65536; first += 1024) {
        uint16_t glyphs[1024];
        struct reader reader;
        struct sp_pdf_text text;
        const size_t bound = sp_pdf_text_bound() + sp_pdf_text_line_bound(1024);
        unsigned char *bytes = malloc(bound);
        assert_non_null(bytes);
        struct sp_buf content = {.bytes = bytes, .capacity = bound};
        for (uint32_t i = 0; i < 1024; i++)
            glyphs[i] = (uint16_t)(first + i);
        sp_pdf_text_begin(&text, &content);
        sp_pdf_text_line(&text, 72000, -500, 8000, glyphs, 1024);
        sp_pdf_text_end(&text);
        begin(&reader, &content);
        take_line(&reader);
        end(&reader);
        assert_int_equal(reader.count, 1024);
        assert_memory_equal(reader.glyphs, glyphs, sizeof glyphs);
        assert_int_equal(reader.x_mpt, 72000);
        assert_int_equal(reader.y_mpt, -500);
        assert_int_equal(reader.size_mpt, 8000);
        free(bytes);
    }
}

/* Moves are relative and must not drift; a size is named when it changes and not before. */
static void places_and_sizes_come_back(void **state)
{
    enum {
        LINES = 2000
    };
    static struct {
        int64_t x, y, size;
    } lines[LINES];
    static unsigned char bytes[LINES * 100];
    struct random random = {71};
    struct sp_buf content = {.bytes = bytes, .capacity = sizeof bytes};
    struct sp_pdf_text text;
    struct reader reader;
    const uint16_t glyph = 36;
    sp_pdf_text_begin(&text, &content);
    for (int i = 0; i < LINES; i++) {
        lines[i].x = random_between(&random, -1000000, 14400000);
        lines[i].y = random_between(&random, -1000000, 14400000);
        lines[i].size = random_between(&random, 7, 9) * 1000;
        sp_pdf_text_line(&text, lines[i].x, lines[i].y, lines[i].size, &glyph, 1);
    }
    sp_pdf_text_end(&text);
    begin(&reader, &content);
    for (int i = 0; i < LINES; i++) {
        const int64_t before = reader.size_mpt;
        assert_int_equal(peek(&reader, "/F "), lines[i].size != before);
        take_line(&reader);
        assert_int_equal(reader.x_mpt, lines[i].x);
        assert_int_equal(reader.y_mpt, lines[i].y);
        assert_int_equal(reader.size_mpt, lines[i].size);
        assert_int_equal(reader.glyphs[0], glyph);
    }
    end(&reader);
}

static void assert_actual_text(struct reader *reader, const char *hex)
{
    take(reader, "/Span<</ActualText<FEFF");
    take(reader, hex);
    take(reader, ">>>BDC\n");
}

/* Letters of one to four bytes, a glyph without a text and one whose text was said before it. */
static void placed_glyphs_say_what_they_stand_for(void **state)
{
    static const struct {
        const char *text, *hex;
    } cases[] = {{"A", "0041"},
                 {"\u00E9", "00E9"},
                 {"\u0644\u0627", "06440627"},
                 {"\u20AC", "20AC"},
                 {"\U0001F600", "D83DDE00"},
                 {"\U0010FFFF", "DBFFDFFF"},
                 {"\U00010000", "D800DC00"},
                 {"", ""},
                 {NULL, NULL}};
    enum {
        COUNT = sizeof cases / sizeof cases[0]
    };
    struct sp_pdf_glyph glyphs[COUNT];
    size_t text_bytes = 0;
    for (int i = 0; i < COUNT; i++) {
        const size_t length = cases[i].text ? strlen(cases[i].text) : 0;
        glyphs[i] = (struct sp_pdf_glyph){.number = (uint16_t)(100 + i),
                                          .x_mpt = 1000 * i,
                                          .y_mpt = -10 * i,
                                          .text = cases[i].text,
                                          .text_length = length};
        text_bytes += length;
    }
    unsigned char bytes[4096];
    const size_t bound = sp_pdf_text_bound() + sp_pdf_text_placed_bound(COUNT, text_bytes);
    assert_true(bound <= sizeof bytes);
    struct sp_buf content = {.bytes = bytes, .capacity = bound};
    struct sp_pdf_text text;
    struct reader reader;
    sp_pdf_text_begin(&text, &content);
    sp_pdf_text_placed(&text, 50000, 60000, 8000, glyphs, COUNT);
    sp_pdf_text_end(&text);
    begin(&reader, &content);
    for (int i = 0; i < COUNT; i++) {
        if (cases[i].text)
            assert_actual_text(&reader, cases[i].hex);
        take_line(&reader);
        assert_int_equal(reader.count, 1);
        assert_int_equal(reader.glyphs[0], 100 + i);
        assert_int_equal(reader.x_mpt, 50000 + 1000 * i);
        assert_int_equal(reader.y_mpt, 60000 - 10 * i);
        if (cases[i].text)
            take(&reader, "EMC\n");
    }
    end(&reader);
}

/*
 * The longest that numbers on the largest page, escapes and texts can be, all at once, in exactly
 * the bound.
 */
static void the_worst_stays_in_its_bounds(void **state)
{
    enum {
        COUNT = 1024
    };
    static uint16_t brackets[COUNT];
    static struct sp_pdf_glyph glyphs[COUNT];
    const int64_t far = 14399999;
    const size_t line = sp_pdf_text_line_bound(COUNT),
                 placed = sp_pdf_text_placed_bound(COUNT, COUNT);
    unsigned char *bytes = malloc(line + placed);
    struct sp_pdf_text text;
    assert_non_null(bytes);
    for (int i = 0; i < COUNT; i++) {
        brackets[i] = 0x2828;
        glyphs[i] = (struct sp_pdf_glyph){.number = 0x5C5C,
                                          .x_mpt = i % 2 ? far : 0,
                                          .y_mpt = i % 2 ? 0 : far,
                                          .text = "x",
                                          .text_length = 1};
    }
    struct sp_buf content = {.bytes = bytes, .capacity = line};
    text = (struct sp_pdf_text){.content = &content};
    sp_pdf_text_line(&text, -far, -far, 71999, brackets, COUNT);
    assert_true(content.used > line - 64);
    content = (struct sp_buf){.bytes = bytes, .capacity = placed};
    text = (struct sp_pdf_text){.content = &content};
    sp_pdf_text_placed(&text, 0, 0, 71999, glyphs, COUNT);
    assert_true(content.used <= placed);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_glyph_comes_back),
        cmocka_unit_test(places_and_sizes_come_back),
        cmocka_unit_test(placed_glyphs_say_what_they_stand_for),
        cmocka_unit_test(the_worst_stays_in_its_bounds),
    };
    return cmocka_run_group_tests_name("pdf_text", tests, NULL, NULL);
}
