/*
 * Lines: the same records whatever the blocks they are read in, against a slow splitter; every line
 * that is refused says where and why; memory does not depend on the text.
 */
#include "support/unit.h"

#include "record/record_lines.h"

#include <smallpress/arena.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A text in memory that is given out in pieces of up to `step` bytes, or of random size. */
struct text {
    const unsigned char *bytes;
    size_t length;
    size_t at;
    size_t step;     /* 0: as many as are asked for */
    uint64_t random; /* not 0: 1 to `step` bytes, by chance */
    size_t fail_at;  /* not 0: reading fails once so many bytes are out */
};

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static enum sp_status read_text(void *context, void *bytes, size_t capacity, size_t *got,
                                struct sp_err *err)
{
    struct text *text = context;
    assert_true(capacity > 0);
    if (text->fail_at && text->at >= text->fail_at)
        return sp_fail(err, SP_IO, "the cable is out");
    size_t count = text->length - text->at;
    size_t step = text->step;
    if (text->random)
        step = 1 + (size_t)(next_random(&text->random) % text->step);
    if (step && count > step)
        count = step;
    if (count > capacity)
        count = capacity;
    memcpy(bytes, text->bytes + text->at, count);
    text->at += count;
    *got = count;
    return SP_OK;
}

/* A source over a text, in exactly the memory it announces. */
struct reading {
    struct text text;
    struct sp_in in;
    struct sp_arena arena;
    struct sp_lines lines;
    struct sp_record_source source;
};

static void start(struct reading *reading, const void *bytes, size_t length, size_t line_bytes_max)
{
    struct sp_err err;
    *reading = (struct reading){.text = {.bytes = bytes, .length = length}};
    reading->in = (struct sp_in){.read = read_text, .context = &reading->text, .name = "ids.txt"};
    const size_t need = sp_lines_need(line_bytes_max);
    assert_int_equal(sp_arena_open(&reading->arena, need, &err), SP_OK);
    sp_arena_part_begin(&reading->arena, "lines", need);
    sp_lines_init(&reading->lines, &reading->arena, &reading->in, line_bytes_max);
    sp_arena_part_end(&reading->arena);
    sp_arena_seal(&reading->arena);
    reading->source = sp_lines_source(&reading->lines);
}

static void assert_record(struct reading *reading, const char *id, uint64_t number, uint64_t line)
{
    struct sp_record record;
    struct sp_err err = {0};
    assert_int_equal(sp_record_next(&reading->source, &record, &err), SP_RECORD_READY);
    assert_int_equal(record.id_length, strlen(id));
    assert_memory_equal(record.id, id, strlen(id));
    assert_int_equal(record.number, number);
    assert_int_equal(record.line, line);
}

static void assert_refused(struct reading *reading, const char *sentence, uint64_t line,
                           uint32_t column)
{
    struct sp_record record;
    struct sp_err err = {0};
    assert_int_equal(sp_record_next(&reading->source, &record, &err), SP_RECORD_REFUSED);
    assert_int_equal(err.status, SP_BAD_DATA);
    assert_string_equal(err.text, sentence);
    assert_int_equal(err.line, line);
    assert_int_equal(err.column, column);
}

static void assert_end(struct reading *reading)
{
    struct sp_record record;
    struct sp_err err = {0};
    assert_int_equal(sp_record_next(&reading->source, &record, &err), SP_RECORD_END);
    assert_int_equal(sp_record_next(&reading->source, &record, &err), SP_RECORD_END);
    assert_int_equal(err.status, SP_OK);
    sp_arena_close(&reading->arena);
}

static void line_ends_and_marks_are_no_payload(void **state)
{
    static const char *const texts[] = {
        "one\ntwo\nthree\n",   "one\r\ntwo\r\nthree\r\n",     "one\ntwo\r\nthree",
        "one\r\ntwo\nthree\r", "\xEF\xBB\xBFone\ntwo\nthree",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct reading reading;
        start(&reading, texts[i], strlen(texts[i]), 5);
        assert_record(&reading, "one", 1, 1);
        assert_record(&reading, "two", 2, 2);
        assert_record(&reading, "three", 3, 3);
        assert_end(&reading);
    }
    static const char *const nothing[] = {"", "\xEF\xBB\xBF"};
    for (size_t i = 0; i < COUNT(nothing); i++) {
        struct reading reading;
        start(&reading, nothing[i], strlen(nothing[i]), 5);
        assert_end(&reading);
    }
}

static void bad_lines_are_refused_one_by_one(void **state)
{
    static const char text[] = "good\n"
                               "\n"
                               "\r\n"
                               "ab\xC3\xA9\xFFxyz\n"
                               "\xE2\x82\n"
                               "cut\0off\n"
                               "old\rends\n"
                               "\t \x1D\x1E\x7F\n"
                               "123456789\n"
                               "12345678\r\n"
                               "\xEF\xBB\xBF\n"
                               "end";
    struct reading reading;
    start(&reading, text, sizeof text - 1, 8);
    assert_record(&reading, "good", 1, 1);
    assert_refused(&reading, "ids.txt: line 2 is empty", 2, 0);
    assert_refused(&reading, "ids.txt: line 3 is empty", 3, 0);
    assert_refused(
        &reading, "ids.txt: line 4 is not UTF-8: its byte 5 is 0xFF; save the text as UTF-8", 4, 5);
    assert_refused(
        &reading, "ids.txt: line 5 is not UTF-8: its byte 1 is 0xE2; save the text as UTF-8", 5, 1);
    assert_refused(&reading,
                   "ids.txt: line 6 has a zero byte (byte 4), which would end the text in many "
                   "readers",
                   6, 4);
    assert_refused(
        &reading,
        "ids.txt: line 7 has a carriage return inside (byte 4): end lines with LF or CRLF", 7, 4);
    assert_record(&reading, "\t \x1D\x1E\x7F", 2, 8);
    assert_refused(&reading, "ids.txt: line 9 is 9 bytes long: at most 8 fit", 9, 0);
    assert_record(&reading, "12345678", 3, 10);
    assert_record(&reading, "\xEF\xBB\xBF", 4, 11); /* a mark is one at the start only */
    assert_record(&reading, "end", 5, 12);
    assert_end(&reading);
}

/* The limit, one over, and far over, in every position of the buffer's end. */
static void long_lines_are_skipped_in_bounded_memory(void **state)
{
    static unsigned char text[1000000];
    static const size_t lengths[] = {100, 101, 102, 103, 65000, 65636, 65638, 65639, 70000, 900000};
    for (size_t i = 0; i < COUNT(lengths); i++) {
        for (int variant = 0; variant < 4; variant++) {
            size_t length = 0;
            memcpy(text, "first\n", 6);
            length += 6;
            memset(text + length, 'x', lengths[i]);
            length += lengths[i];
            if (variant & 1)
                text[length++] = '\r';
            if (variant & 2)
                length += (memcpy(text + length, "\nlast", 5), 5);
            struct reading reading;
            start(&reading, text, length, 100);
            assert_record(&reading, "first", 1, 1);
            struct sp_record record;
            struct sp_err err = {0};
            const enum sp_record_result result = sp_record_next(&reading.source, &record, &err);
            if (lengths[i] == 100) {
                assert_int_equal(result, SP_RECORD_READY);
                assert_int_equal(record.id_length, 100);
            } else {
                char expected[64];
                assert_int_equal(result, SP_RECORD_REFUSED);
                const size_t thousands = lengths[i] / 1000;
                if (thousands)
                    (void)snprintf(expected, sizeof expected, "line 2 is %zu,%03zu bytes long",
                                   thousands, lengths[i] % 1000);
                else
                    (void)snprintf(expected, sizeof expected, "line 2 is %zu bytes long",
                                   lengths[i]);
                assert_non_null(strstr(err.text, expected));
                assert_non_null(strstr(err.text, "at most 100 fit"));
                assert_null(strstr(err.text, "carriage"));
            }
            if (variant & 2)
                assert_record(&reading, "last", lengths[i] == 100 ? 3 : 2, 3);
            assert_end(&reading);
        }
    }
}

static void old_line_ends_are_recognised(void **state)
{
    static unsigned char text[200000];
    struct reading reading;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = i % 10 == 9 ? '\r' : 'x';
    start(&reading, text, sizeof text, 50);
    assert_refused(&reading,
                   "ids.txt: line 1 is 199,999 bytes long: at most 50 fit; it has carriage returns "
                   "inside: end lines with LF or CRLF",
                   1, 0);
    assert_end(&reading);
    start(&reading, text, 100, 50);
    assert_refused(
        &reading,
        "ids.txt: line 1 is 99 bytes long: at most 50 fit; it has carriage returns inside: "
        "end lines with LF or CRLF",
        1, 0);
    assert_end(&reading);
    /* One far behind the limit says nothing, and is not to depend on the blocks. */
    memset(text, 'x', 100);
    text[60] = '\r';
    for (size_t step = 0; step < 100; step++) {
        start(&reading, text, 100, 50);
        reading.text.step = step;
        assert_refused(&reading, "ids.txt: line 1 is 100 bytes long: at most 50 fit", 1, 0);
        assert_end(&reading);
    }
}

static void utf_16_fails_at_once(void **state)
{
    static const char *const texts[] = {"\xFF\xFE"
                                        "a\0\n\0",
                                        "\xFE\xFF\0a\0\n"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct reading reading;
        struct sp_record record;
        struct sp_err err = {0};
        start(&reading, texts[i], 6, 50);
        reading.text.step = 1;
        assert_int_equal(sp_record_next(&reading.source, &record, &err), SP_RECORD_FAILED);
        assert_int_equal(err.status, SP_BAD_DATA);
        assert_string_equal(err.text, "ids.txt is UTF-16 text: save it as UTF-8");
        sp_arena_close(&reading.arena);
    }
}

/* Reading fails after every possible byte: all whole lines before it are had, then the reason. */
static void a_failing_stream_is_reported(void **state)
{
    static const char text[] = "one\ntwo\nthree, which is too long\nfour\n";
    for (size_t fail_at = 1; fail_at < sizeof text; fail_at++) {
        struct reading reading;
        struct sp_record record;
        struct sp_err err = {0};
        start(&reading, text, sizeof text - 1, 5);
        reading.text.step = 1;
        reading.text.fail_at = fail_at;
        unsigned results = 0;
        enum sp_record_result result;
        while ((result = sp_record_next(&reading.source, &record, &err)) != SP_RECORD_FAILED) {
            assert_true(result != SP_RECORD_END);
            results++;
        }
        assert_int_equal(err.status, SP_IO);
        assert_string_equal(err.text, "the cable is out");
        unsigned whole = 0;
        for (size_t i = 0; i < fail_at; i++)
            whole += text[i] == '\n';
        assert_int_equal(results, whole);
        sp_arena_close(&reading.arena);
    }
}

/* What the slow splitter finds in one line. */
enum verdict {
    GOOD,
    EMPTY,
    LONG,
    BAD
};

static bool slow_utf8(const unsigned char *s, size_t length)
{
    for (size_t i = 0; i < length;) {
        uint32_t code = s[i];
        size_t more = code < 0x80       ? 0
                      : code >> 5 == 6  ? 1
                      : code >> 4 == 14 ? 2
                      : code >> 3 == 30 ? 3
                                        : 9;
        if (more == 9 || i + more >= length)
            return false;
        code &= more == 0 ? 0x7F : 0x3Fu >> more;
        for (size_t j = 1; j <= more; j++) {
            if (s[i + j] >> 6 != 2)
                return false;
            code = code << 6 | (s[i + j] & 0x3F);
        }
        static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
        if (code < least[more] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
            return false;
        i += more + 1;
    }
    return true;
}

static enum verdict slow_verdict(const unsigned char *line, size_t length, size_t line_bytes_max)
{
    if (length == 0)
        return EMPTY;
    if (length > line_bytes_max)
        return LONG;
    bool odd = false;
    for (size_t i = 0; i < length; i++)
        odd = odd || line[i] == 0 || line[i] == '\r';
    return odd || !slow_utf8(line, length) ? BAD : GOOD;
}

/* Reads all of a text and compares each result with the slow splitter's. */
static void compare_with_splitter(struct reading *reading, size_t line_bytes_max)
{
    const unsigned char *text = reading->text.bytes;
    const size_t length = reading->text.length;
    size_t at = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    uint64_t line = 0;
    uint64_t number = 0;
    while (at < length) {
        size_t end = at;
        while (end < length && text[end] != '\n')
            end++;
        const size_t next = end < length ? end + 1 : end;
        if (end > at && text[end - 1] == '\r')
            end--;
        line++;
        struct sp_record record = {0};
        struct sp_err err = {0};
        const enum sp_record_result result = sp_record_next(&reading->source, &record, &err);
        const enum verdict verdict = slow_verdict(text + at, end - at, line_bytes_max);
        if (verdict == GOOD) {
            assert_int_equal(result, SP_RECORD_READY);
            assert_int_equal(record.id_length, end - at);
            assert_memory_equal(record.id, text + at, end - at);
            assert_int_equal(record.number, ++number);
            assert_int_equal(record.line, line);
        } else {
            assert_int_equal(result, SP_RECORD_REFUSED);
            assert_int_equal(err.line, line);
            assert_int_equal(strstr(err.text, "empty") != NULL, verdict == EMPTY);
            assert_int_equal(strstr(err.text, "long") != NULL, verdict == LONG);
        }
        const struct sp_lines_mark mark = sp_lines_tell(&reading->lines);
        assert_int_equal(mark.offset, next);
        assert_int_equal(mark.line, line);
        assert_int_equal(mark.number, number);
        at = next;
    }
    assert_end(reading);
}

/* A text of lines that are mostly harmless, some nasty, some of them very long. */
static size_t make_text(unsigned char *text, size_t capacity, uint64_t *random)
{
    static const char *const pieces[] = {"a",
                                         "ID-0042",
                                         "https://example.org/",
                                         "\xD0\xBF",
                                         "\t",
                                         "\xE2\x82\xAC",
                                         "\xF0\x9F\x98\x80",
                                         "x y",
                                         "plain text of some length, plain text "};
    static const char *const nasty[] = {"\r",           "\xFF",         "\xC3",
                                        "\xEF\xBB\xBF", "\xED\xA0\x80", "\r\r"};
    const uint64_t nastiness = next_random(random) % 3;
    size_t length = 0;
    if (next_random(random) % 4 == 0)
        length = (memcpy(text, "\xEF\xBB\xBF", 3), 3);
    while (length + 200000 < capacity) {
        const uint64_t kind = next_random(random) % 1000;
        const uint64_t count = kind < 3 ? next_random(random) % 2000 : next_random(random) % 8;
        for (uint64_t i = 0; i < count; i++) {
            const char *piece = pieces[next_random(random) % COUNT(pieces)];
            if (next_random(random) % 64 < nastiness)
                piece = nasty[next_random(random) % COUNT(nasty)];
            memcpy(text + length, piece, strlen(piece));
            length += strlen(piece);
            if (nastiness == 2 && next_random(random) % 200 == 0)
                text[length++] = '\0';
        }
        if (kind == 500) {
            memset(text + length, 'z', 100000);
            length += 100000;
        }
        if (next_random(random) % 3 == 0)
            text[length++] = '\r';
        text[length++] = '\n';
    }
    return length - next_random(random) % 3;
}

static void blocks_make_no_difference(void **state)
{
    static unsigned char text[900000];
    static const size_t limits[] = {1, 30, 300, 20000, 150000};
    uint64_t random = 20240815;
    for (int round = 0; round < 40; round++) {
        const size_t length = make_text(text, sizeof text, &random);
        for (size_t i = 0; i < COUNT(limits); i++) {
            struct reading reading;
            start(&reading, text, length, limits[i]);
            static const size_t steps[] = {0, 10, 1000, 70000, 200000};
            reading.text.step = steps[next_random(&random) % COUNT(steps)];
            if (reading.text.step)
                reading.text.random = next_random(&random) | 1;
            compare_with_splitter(&reading, limits[i]);
        }
    }
}

/* Each value of a byte at each place of a stretch of plain lines, which are looked at in chunks. */
static void no_byte_is_overlooked(void **state)
{
    static unsigned char text[400];
    for (unsigned value = 0; value < 256; value++) {
        for (size_t at = 0; at < 130; at++) {
            for (size_t i = 0; i < sizeof text; i++)
                text[i] = i % 90 == 89 ? '\n' : i % 90 == 88 ? '\r' : 'x';
            text[at] = (unsigned char)value;
            struct reading reading;
            start(&reading, text, sizeof text, 100);
            compare_with_splitter(&reading, 100);
        }
    }
}

/* Each cut of a text small enough to try them all, two reads at a time. */
static void every_cut_makes_no_difference(void **state)
{
    static const char text[] = "\xEF\xBB\xBF"
                               "a\r\n\n\xD0\xBF\r\nlonger\n\r\nx\rz\nend\r";
    for (size_t step = 1; step < sizeof text; step++) {
        struct reading reading;
        start(&reading, text, sizeof text - 1, 4);
        reading.text.step = step;
        compare_with_splitter(&reading, 4);
    }
}

static void reading_goes_on_from_a_mark(void **state)
{
    static const char text[] = "\xEF\xBB\xBFone\r\n\ntwo\n\xEF\xBB\xBF\n\xFF\xFE\nlast";
    struct reading whole;
    start(&whole, text, sizeof text - 1, 20);
    struct sp_lines_mark mark = {0};
    for (;;) {
        struct reading rest;
        struct sp_record expected = {0};
        struct sp_record record = {0};
        struct sp_err err = {0};
        mark = sp_lines_tell(&whole.lines);
        const enum sp_record_result result = sp_record_next(&whole.source, &expected, &err);
        start(&rest, text, sizeof text - 1, 20);
        rest.text.at = (size_t)mark.offset;
        sp_lines_resume(&rest.lines, mark);
        assert_int_equal(sp_record_next(&rest.source, &record, &err), result);
        assert_int_equal(record.number, expected.number);
        assert_int_equal(record.line, expected.line);
        assert_int_equal(record.id_length, expected.id_length);
        if (result == SP_RECORD_READY)
            assert_memory_equal(record.id, expected.id, record.id_length);
        const struct sp_lines_mark a = sp_lines_tell(&whole.lines);
        const struct sp_lines_mark b = sp_lines_tell(&rest.lines);
        assert_memory_equal(&a, &b, sizeof a);
        sp_arena_close(&rest.arena);
        if (result == SP_RECORD_END)
            break;
    }
    assert_int_equal(mark.line, 6);
    assert_int_equal(mark.number, 4);
    assert_int_equal(mark.offset, sizeof text - 1);
    assert_end(&whole);
}

static void a_scan_measures(void **state)
{
    static const struct {
        const char *text;
        uint64_t lines;
        uint64_t longest_bytes;
    } cases[] = {
        {"", 0, 0},
        {"\n\n\r\n", 0, 0},
        {"one\ntwo\r\n\nthree", 3, 5},
        {"\xEF\xBB\xBF", 0, 0},
        {"\xEF\xBB\xBF\r\n", 0, 0},
        {"\xEF\xBB\xBF"
         "ab\r\nx",
         2, 2},
        {"x\n\xEF\xBB\xBF"
         "ab\r\n",
         2, 5},
        {"\xEF\xBB", 1, 2},
        {"a\r\r\n", 1, 2},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (size_t size = 1; size <= 32; size++) {
            struct text text = {.bytes = (const unsigned char *)cases[i].text,
                                .length = strlen(cases[i].text)};
            const struct sp_in in = {.read = read_text, .context = &text, .name = "ids.txt"};
            unsigned char buffer[32];
            struct sp_lines_extent extent;
            assert_int_equal(sp_lines_scan(&in, buffer, size, &extent, NULL), SP_OK);
            assert_int_equal(extent.lines, cases[i].lines);
            assert_int_equal(extent.longest_bytes, cases[i].longest_bytes);
            assert_int_equal(extent.bytes, text.length);
        }
    }
    struct text text = {
        .bytes = (const unsigned char *)"abc\n", .length = 4, .step = 1, .fail_at = 2};
    const struct sp_in in = {.read = read_text, .context = &text, .name = "ids.txt"};
    unsigned char buffer[32];
    struct sp_lines_extent extent;
    struct sp_err err = {0};
    assert_int_equal(sp_lines_scan(&in, buffer, sizeof buffer, &extent, &err), SP_IO);
    assert_string_equal(err.text, "the cable is out");
}

/* A scan foresees what reading finds: no more records, and no longer ones. */
static void a_scan_bounds_the_reading(void **state)
{
    static unsigned char text[500000];
    uint64_t random = 7;
    for (int round = 0; round < 10; round++) {
        const size_t length = make_text(text, sizeof text, &random);
        struct text source = {.bytes = text, .length = length, .step = 5000, .random = 1};
        const struct sp_in in = {.read = read_text, .context = &source, .name = "ids.txt"};
        static unsigned char buffer[4096];
        struct sp_lines_extent extent;
        assert_int_equal(sp_lines_scan(&in, buffer, sizeof buffer, &extent, NULL), SP_OK);
        struct reading reading;
        start(&reading, text, length, 200000);
        struct sp_record record;
        struct sp_err err;
        uint64_t not_empty = 0;
        enum sp_record_result result;
        while ((result = sp_record_next(&reading.source, &record, &err)) != SP_RECORD_END) {
            if (result == SP_RECORD_READY)
                assert_true(record.id_length <= extent.longest_bytes);
            not_empty += result == SP_RECORD_READY || !strstr(err.text, "empty");
        }
        assert_int_equal(not_empty, extent.lines);
        sp_arena_close(&reading.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_ends_and_marks_are_no_payload),
        cmocka_unit_test(bad_lines_are_refused_one_by_one),
        cmocka_unit_test(long_lines_are_skipped_in_bounded_memory),
        cmocka_unit_test(old_line_ends_are_recognised),
        cmocka_unit_test(utf_16_fails_at_once),
        cmocka_unit_test(a_failing_stream_is_reported),
        cmocka_unit_test(blocks_make_no_difference),
        cmocka_unit_test(no_byte_is_overlooked),
        cmocka_unit_test(every_cut_makes_no_difference),
        cmocka_unit_test(reading_goes_on_from_a_mark),
        cmocka_unit_test(a_scan_measures),
        cmocka_unit_test(a_scan_bounds_the_reading),
    };
    return cmocka_run_group_tests_name("record_lines", tests, NULL, NULL);
}
