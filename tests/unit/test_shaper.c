/* Lines of text: the short way agrees with HarfBuzz, and the long way joins, places and orders. */
#include "support/unit.h"

#include "base/utf8.h"
#include "support/exact_arena.h"
#include "support/heap_count.h"
#include "support/random.h"
#include "text/font.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct made {
    struct sp_arena arena;
    struct sp_font font;
    struct sp_shaper shaper;
};

static void make(struct made *made)
{
    exact_arena_open(&made->arena, sp_font_need() + sp_shaper_need());
    assert_int_equal(sp_font_init(&made->font, &made->arena, NULL), SP_OK);
    assert_int_equal(sp_shaper_init(&made->shaper, &made->arena, &made->font, NULL), SP_OK);
    exact_arena_seal(&made->arena);
}

static void unmake(struct made *made)
{
    sp_shaper_finish(&made->shaper);
    sp_font_finish(&made->font);
    sp_arena_close(&made->arena);
}

static const struct sp_line *shape(struct made *made, const char *text)
{
    const struct sp_line *line = NULL;
    assert_int_equal(sp_shape(&made->shaper, text, strlen(text), &line, NULL), SP_OK);
    assert_non_null(line);
    return line;
}

static size_t put_utf8(char *out, uint32_t code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    const size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3F));
    out[0] = (char)((0xF00 >> length & 0xFF) | code);
    return length;
}

/* The width that HarfBuzz gives a text by itself, without kerning and ligatures. */
static int64_t harfbuzz_width(const struct sp_font *font, const char *text, size_t length)
{
    static const hb_feature_t off[] = {
        {HB_TAG('k', 'e', 'r', 'n'), 0, HB_FEATURE_GLOBAL_START, HB_FEATURE_GLOBAL_END},
        {HB_TAG('l', 'i', 'g', 'a'), 0, HB_FEATURE_GLOBAL_START, HB_FEATURE_GLOBAL_END},
        {HB_TAG('c', 'l', 'i', 'g'), 0, HB_FEATURE_GLOBAL_START, HB_FEATURE_GLOBAL_END},
    };
    hb_buffer_t *buffer = hb_buffer_create();
    hb_buffer_add_utf8(buffer, text, (int)length, 0, (int)length);
    hb_buffer_set_direction(buffer, HB_DIRECTION_LTR);
    hb_buffer_set_language(buffer, hb_language_from_string("en", -1));
    hb_buffer_guess_segment_properties(buffer);
    hb_shape(font->font, buffer, off, 3);
    unsigned count;
    const hb_glyph_position_t *position = hb_buffer_get_glyph_positions(buffer, &count);
    int64_t width = 0;
    for (unsigned i = 0; i < count; i++)
        width += position[i].x_advance;
    hb_buffer_destroy(buffer);
    return width;
}

/* Letters, digits, signs and spaces that are laid out by table; no control characters. */
static uint32_t plain_code(struct random *random)
{
    static const uint32_t ranges[][2] = {{0x20, 0x7E},     {0xA1, 0xAC},     {0xAE, 0x2FF},
                                         {0x370, 0x482},   {0x48A, 0x58F},   {0x1E00, 0x1FFF},
                                         {0x2010, 0x2027}, {0x2030, 0x205E}, {0x20A0, 0x20CF}};
    const uint32_t *range = ranges[random_below(random, sizeof ranges / sizeof ranges[0])];
    return (uint32_t)random_between(random, range[0], range[1]);
}

/* Every character by itself that the font has, in the ranges that count as plain. */
static void plain_characters_are_as_wide_as_harfbuzz_says(void **state)
{
    struct made made;
    unsigned plain = 0;
    make(&made);
    for (uint32_t code = 0x20; code < 0x3000; code++) {
        char text[4];
        const struct sp_line *line;
        hb_codepoint_t glyph;
        if ((code >= 0x7F && code < 0xA1) || code == 0xAD ||
            !hb_font_get_nominal_glyph(made.font.font, code, &glyph))
            continue;
        const size_t length = put_utf8(text, code);
        assert_int_equal(sp_shape(&made.shaper, text, length, &line, NULL), SP_OK);
        if (!line->plain)
            continue;
        plain++;
        assert_int_equal(line->count, 1);
        assert_int_equal(line->missing, 0);
        if (line->width != harfbuzz_width(&made.font, text, length))
            fail_msg("U+%04X is %lld wide", (unsigned)code, (long long)line->width);
    }
    assert_true(plain > 1500);
    unmake(&made);
}

static void plain_lines_are_as_wide_as_harfbuzz_says(void **state)
{
    struct random random = {111};
    struct made made;
    make(&made);
    for (int i = 0; i < 2000; i++) {
        char text[SP_CAPTION_BYTES_MAX];
        const struct sp_line *line;
        size_t length = 0;
        const size_t most = (size_t)random_between(&random, 1, i % 50 ? 40 : 1000);
        while (length < most) {
            const uint32_t code = plain_code(&random);
            hb_codepoint_t glyph;
            if (hb_font_get_nominal_glyph(made.font.font, code, &glyph))
                length += put_utf8(text + length, code);
        }
        assert_int_equal(sp_shape(&made.shaper, text, length, &line, NULL), SP_OK);
        assert_true(line->plain);
        assert_int_equal(line->count, sp_utf8_count(text, length));
        assert_int_equal(line->width, harfbuzz_width(&made.font, text, length));
    }
    unmake(&made);
}

static void the_empty_line_is_nothing(void **state)
{
    struct made made;
    make(&made);
    const struct sp_line *line = shape(&made, "");
    assert_int_equal(line->count, 0);
    assert_int_equal(line->width, 0);
    assert_int_equal(line->missing, 0);
    unmake(&made);
}

/* An id is typed off the label: no pair of letters is drawn as one or moved together. */
static void ids_have_no_ligatures_and_no_kerning(void **state)
{
    struct made made;
    make(&made);
    const struct sp_line *line = shape(&made, "fi\u0301 AVAT");
    assert_false(line->plain);
    int64_t x = 0;
    assert_int_equal(line->glyphs[0].number, made.font.glyph['f']);
    for (size_t i = line->count - 4; i < line->count; i++) {
        assert_int_equal(line->glyphs[i].number,
                         made.font.glyph[(unsigned)"AVAT"[i + 4 - line->count]]);
        if (i > line->count - 4)
            assert_int_equal(line->glyphs[i].x - x,
                             made.font.advance[i % 2 == line->count % 2 ? 'V' : 'A']);
        x = line->glyphs[i].x;
    }
    unmake(&made);
}

static void arabic_letters_join(void **state)
{
    struct made made;
    make(&made);
    uint16_t isolated[3], joined[3];
    static const char *const letters[] = {"\u0628", "\u062A", "\u062B"};
    for (int i = 0; i < 3; i++) {
        const struct sp_line *line = shape(&made, letters[i]);
        assert_int_equal(line->count, 1);
        isolated[i] = line->glyphs[0].number;
    }
    const struct sp_line *line = shape(&made, "\u0628\u062A\u062B");
    assert_false(line->plain);
    assert_int_equal(line->count, 3);
    assert_int_equal(line->missing, 0);
    for (int i = 0; i < 3; i++) {
        joined[i] = line->glyphs[2 - i].number; /* seen from right to left */
        assert_int_not_equal(joined[i], isolated[i]);
        assert_int_equal(line->glyphs[2 - i].text_start, 2 * i);
        assert_int_equal(line->glyphs[2 - i].text_length, 2);
    }
    /* Initial, medial and final forms of letters of one shape differ. */
    line = shape(&made, "\u0628\u0628\u0628");
    assert_int_not_equal(line->glyphs[0].number, line->glyphs[1].number);
    assert_int_not_equal(line->glyphs[1].number, line->glyphs[2].number);
    unmake(&made);
}

/* No letter x with an acute exists, so the mark is a glyph of its own, above its letter. */
static void combining_marks_are_placed(void **state)
{
    struct made made;
    make(&made);
    const int64_t wide = shape(&made, "x")->width;
    const struct sp_line *line = shape(&made, "x\u0301");
    assert_false(line->plain);
    assert_int_equal(line->count, 2);
    assert_int_equal(line->width, wide);
    assert_int_equal(line->glyphs[0].number, made.font.glyph['x']);
    assert_int_equal(line->glyphs[0].x, 0);
    /* Where it would stand without being placed: behind the letter. */
    hb_glyph_extents_t extents;
    assert_true(hb_font_get_glyph_extents(made.font.font, line->glyphs[1].number, &extents));
    const int64_t left = line->glyphs[1].x + extents.x_bearing;
    assert_true(left > 0 && left + extents.width < wide);
    /* Above a capital it is higher. */
    const int32_t low = line->glyphs[1].y;
    line = shape(&made, "X\u0301");
    assert_true(line->glyphs[1].y > low);
    /* And a letter that exists is composed. */
    line = shape(&made, "e\u0301");
    assert_int_equal(line->count, 1);
    assert_int_equal(line->glyphs[0].text_length, 3);
    unmake(&made);
}

/* Hebrew from right to left, the number in it from left to right, Latin before and behind. */
static void directions_are_ordered_as_they_are_seen(void **state)
{
    static const char text[] = "ab \u05D0\u05D1 12 \u05D2 cd";
    static const char *const seen[] = {"a", "b",      " ",      "\u05D2", " ", "1", "2",
                                       " ", "\u05D1", "\u05D0", " ",      "c", "d"};
    struct made made;
    make(&made);
    const struct sp_line *line = shape(&made, text);
    assert_int_equal(line->count, sizeof seen / sizeof seen[0]);
    for (size_t i = 0; i < line->count; i++) {
        assert_int_equal(line->glyphs[i].text_length, strlen(seen[i]));
        assert_memory_equal(text + line->glyphs[i].text_start, seen[i], strlen(seen[i]));
        if (i > 0)
            assert_true(line->glyphs[i].x > line->glyphs[i - 1].x);
    }
    unmake(&made);
}

/* DejaVu Sans has no ideographs, and nothing at U+0530, which would be laid out by table. */
static void missing_characters_are_counted(void **state)
{
    struct made made;
    make(&made);
    assert_int_equal(shape(&made, "id 7")->missing, 0);
    const struct sp_line *line = shape(&made, "\u65E5\u672C\u8A9E");
    assert_int_equal(line->missing, 3);
    assert_int_equal(line->glyphs[0].number, 0);
    line = shape(&made, "a\u0530b");
    assert_true(line->plain);
    assert_int_equal(line->missing, 1);
    assert_int_equal(line->count, 3);
    assert_int_equal(shape(&made, "ab")->missing, 0);
    unmake(&made);
}

static void glyphs_used_are_remembered(void **state)
{
    static const char *const lines[] = {"AB12", "\u0628\u062A\u062B", "x\u0301", "\u65E5", "A"};
    static struct sp_glyph_set expected;
    struct made made;
    make(&made);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        const struct sp_line *line = shape(&made, lines[i]);
        for (size_t j = 0; j < line->count; j++)
            expected.words[line->glyphs[j].number / 64] |= UINT64_C(1)
                                                           << line->glyphs[j].number % 64;
    }
    assert_memory_equal(&made.shaper.used, &expected, sizeof expected);
    assert_true(sp_glyph_set_has(&expected, 0));
    unmake(&made);
}

/*
 * Every byte belongs to exactly one glyph, whatever was reversed, joined or taken apart; in a line
 * that was cut, to one at most.
 */
static void assert_covered(const struct sp_line *line, size_t length)
{
    unsigned char owners[SP_CAPTION_BYTES_MAX] = {0};
    for (size_t i = 0; i < line->count; i++) {
        const struct sp_placed_glyph *glyph = &line->glyphs[i];
        assert_true((size_t)glyph->text_start + glyph->text_length <= length);
        for (size_t j = 0; j < glyph->text_length; j++)
            owners[glyph->text_start + j]++;
    }
    for (size_t j = 0; j < length; j++)
        assert_true(owners[j] == 1 || (owners[j] == 0 && line->cut));
}

/* Lines of anything: any characters the font has, and some that it has not. */
static void any_text_is_covered_by_its_glyphs(void **state)
{
    struct random random = {113};
    struct made made;
    make(&made);
    for (int i = 0; i < 3000; i++) {
        char text[SP_CAPTION_BYTES_MAX];
        const struct sp_line *line;
        size_t length = 0;
        const size_t most = (size_t)random_between(&random, 1, i % 30 ? 30 : 300);
        while (length < most) {
            uint32_t code = (uint32_t)random_between(&random, 0x20, 0x2FFF);
            if (random_below(&random, 3))
                code = made.font.code[random_below(&random, made.font.glyph_count)];
            if (code >= 0x20 && (code < 0xD800 || code > 0xDFFF))
                length += put_utf8(text + length, code);
        }
        assert_int_equal(sp_shape(&made.shaper, text, length, &line, NULL), SP_OK);
        assert_true(line->count <= (line->plain ? SP_CAPTION_GLYPHS_MAX : SP_CAPTION_PLACED_MAX));
        assert_covered(line, length);
    }
    unmake(&made);
}

/* The longest line there may be, of the narrowest characters and of the widest. */
static void the_longest_lines_have_room(void **state)
{
    static char text[SP_CAPTION_BYTES_MAX];
    const struct sp_line *line;
    struct made made;
    make(&made);
    memset(text, '(', sizeof text);
    assert_int_equal(sp_shape(&made.shaper, text, sizeof text, &line, NULL), SP_OK);
    assert_int_equal(line->count, SP_CAPTION_BYTES_MAX);
    assert_false(line->cut);
    for (size_t i = 0; i < sizeof text; i += 2)
        memcpy(text + i, "\u0628", 2);
    assert_int_equal(sp_shape(&made.shaper, text, sizeof text, &line, NULL), SP_OK);
    assert_int_equal(line->count, SP_CAPTION_PLACED_MAX);
    assert_true(line->cut);
    assert_covered(line, sizeof text);
    assert_int_equal(sp_shape(&made.shaper, text, 2 * SP_CAPTION_PLACED_MAX, &line, NULL), SP_OK);
    assert_int_equal(line->count, SP_CAPTION_PLACED_MAX);
    assert_false(line->cut);
    assert_covered(line, 2 * SP_CAPTION_PLACED_MAX);
    /* Runs as short as they can be: direction changes with every letter. */
    memset(text, 'a', sizeof text);
    for (size_t i = 0; i + 3 < sizeof text; i += 3)
        memcpy(text + i, "\u05D0", 2);
    assert_int_equal(sp_shape(&made.shaper, text, sizeof text, &line, NULL), SP_OK);
    assert_covered(line, sizeof text);
    unmake(&made);
}

/* Marks that stack know no end but the line's top and bottom tell how far they reach. */
static void stacked_marks_make_a_line_tall(void **state)
{
    struct made made;
    make(&made);
    const int em = (int)made.font.units_per_em;
    const struct sp_line *line = shape(&made, "ID 1");
    assert_int_equal(line->top, 0);
    assert_int_equal(line->bottom, 0);
    line = shape(&made, "O\u0323");
    assert_in_range(line->top, em / 2, em);
    assert_in_range(-line->bottom, 1, em / 2);
    char below[128] = "O", above[128] = "O";
    for (int i = 0; i < 31; i++) {
        memcpy(below + 1 + 2 * i, "\u0323", 3);
        memcpy(above + 1 + 2 * i, "\u0301", 3);
    }
    line = shape(&made, below);
    assert_true(-line->bottom > 4 * em);
    line = shape(&made, above);
    assert_true(line->top > 4 * em);
    unmake(&made);
}

/* A line of the same text is the same line, whatever was shaped before it. */
static void lines_do_not_depend_on_one_another(void **state)
{
    static const char *const lines[] = {"x\u0301 \u0628\u062A", "ID 1", "\u05D0\u05D1 2",
                                        "\u65E5\u672C"};
    static struct sp_placed_glyph first[4][64];
    struct made made;
    make(&made);
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < 4; i++) {
            const size_t which = round == 1 ? 3 - i : i;
            const struct sp_line *line = shape(&made, lines[which]);
            if (round == 0)
                memcpy(first[which], line->glyphs, line->count * sizeof *line->glyphs);
            assert_memory_equal(first[which], line->glyphs, line->count * sizeof *line->glyphs);
        }
    unmake(&made);
}

/* The buffer is made large enough at once: refused any part of it, there is no shaper. */
static void a_refused_buffer_is_no_room(void **state)
{
    struct made made;
    uint64_t requests = UINT64_MAX, nth = 1;
    make(&made);
    for (; nth <= requests; nth++) {
        struct sp_arena arena;
        struct sp_shaper shaper;
        struct sp_err err = {0};
        exact_arena_open(&arena, sp_shaper_need());
        heap_refuse(nth, true);
        const enum sp_status status = sp_shaper_init(&shaper, &arena, &made.font, &err);
        requests = status == SP_OK ? heap_requests() : UINT64_MAX;
        heap_refuse(0, false);
        assert_true(status == SP_OK || status == SP_NO_ROOM);
        assert_int_equal(err.status, status);
        sp_shaper_finish(&shaper);
        sp_arena_close(&arena);
    }
    /* The first that was not refused asked for less than that. */
    assert_int_equal(requests, nth - 2);
    assert_true(requests >= 2);
    unmake(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_characters_are_as_wide_as_harfbuzz_says),
        cmocka_unit_test(plain_lines_are_as_wide_as_harfbuzz_says),
        cmocka_unit_test(the_empty_line_is_nothing),
        cmocka_unit_test(ids_have_no_ligatures_and_no_kerning),
        cmocka_unit_test(arabic_letters_join),
        cmocka_unit_test(combining_marks_are_placed),
        cmocka_unit_test(directions_are_ordered_as_they_are_seen),
        cmocka_unit_test(missing_characters_are_counted),
        cmocka_unit_test(glyphs_used_are_remembered),
        cmocka_unit_test(any_text_is_covered_by_its_glyphs),
        cmocka_unit_test(the_longest_lines_have_room),
        cmocka_unit_test(stacked_marks_make_a_line_tall),
        cmocka_unit_test(lines_do_not_depend_on_one_another),
        cmocka_unit_test(a_refused_buffer_is_no_room),
    };
    /* The last of them count the heap, which belongs to the sanitizers where there are any. */
    const size_t of_the_heap = heap_count_works() ? 0 : 1;
    if (of_the_heap > 0)
        print_message("# the heap is not counted under sanitizers\n");
    return _cmocka_run_group_tests("shaper", tests, sizeof tests / sizeof tests[0] - of_the_heap,
                                   NULL, NULL);
}
