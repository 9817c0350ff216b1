/*
 * Paragraphs: glyphs and widths against HarfBuzz asked directly, directions and breaks against the
 * Unicode annexes, and what must hold for any text.
 */
#include "support/unit.h"

#include "base/num.h"
#include "support/exact_arena.h"
#include "support/folder.h"
#include "support/heap_count.h"
#include "support/made_font.h"
#include "support/random.h"
#include "support/typeset_check.h"
#include "text/font_pick.h"
#include "text/typeset.h"

#include <hb.h>
#include <string.h>
#include <unistd.h>

#define HEAP (20 << 20)
#define WIDE 100000000
#define CJK  "/usr/share/fonts/opentype/noto"

struct made {
    struct sp_arena arena;
    struct sp_font_set *fonts;
    struct sp_typesetter *typesetter;
};

static void make_with(struct made *made, const struct sp_font_set_spec *spec)
{
    exact_arena_open(&made->arena, sp_font_set_need() + sp_typesetter_need());
    assert_int_equal(sp_font_set_init(&made->fonts, &made->arena, spec, NULL), SP_OK);
    assert_int_equal(sp_typesetter_init(&made->typesetter, &made->arena, made->fonts, NULL), SP_OK);
    exact_arena_seal(&made->arena);
}

static void make(struct made *made)
{
    make_with(made, &(struct sp_font_set_spec){.folders = "/nonexistent", .heap_bytes = HEAP});
}

static void unmake(struct made *made)
{
    sp_typesetter_finish(made->typesetter);
    sp_font_set_finish(made->fonts);
    sp_arena_close(&made->arena);
}

/* A size at which thousandths of an em are thousandths of a point. */
static const struct sp_typeset_style plain_style = {
    .size_mpt = 1000, .width_mpt = WIDE, .lines_max = SP_PARAGRAPH_LINES_MAX};

static const struct sp_paragraph *set_bytes(struct made *made, const char *text, size_t length,
                                            const struct sp_typeset_style *style)
{
    const struct sp_paragraph *paragraph;
    assert_int_equal(sp_typeset(made->typesetter, text, length, style, &paragraph, NULL), SP_OK);
    const char *problem = typeset_check(paragraph, text, length, style, made->fonts);
    if (problem)
        fail_msg("%s: %.*s", problem, (int)length, text);
    return paragraph;
}

static const struct sp_paragraph *set(struct made *made, const char *text,
                                      const struct sp_typeset_style *style)
{
    return set_bytes(made, text, strlen(text), style);
}

static const struct sp_paragraph *set_wide(struct made *made, const char *text, int64_t width)
{
    struct sp_typeset_style style = plain_style;
    style.width_mpt = width;
    return set(made, text, &style);
}

/* The texts of a line's glyphs from left to right: what is seen. */
static const char *seen(const struct sp_paragraph *paragraph, size_t line, const char *text)
{
    static char string[65536];
    size_t length = 0;
    assert_true(line < paragraph->line_count);
    for (size_t i = 0; i < paragraph->lines[line].glyph_count; i++) {
        const struct sp_typeset_glyph *glyph = &paragraph->lines[line].glyphs[i];
        memcpy(string + length, text + glyph->text_start, glyph->text_length);
        length += glyph->text_length;
    }
    string[length] = '\0';
    return string;
}

static void assert_lines(struct made *made, const char *text, int64_t width,
                         const char *const *lines, size_t count)
{
    const struct sp_paragraph *paragraph = set_wide(made, text, width);
    for (size_t i = 0; i < SP_MIN(count, paragraph->line_count); i++)
        assert_string_equal(seen(paragraph, i, text), lines[i]);
    assert_int_equal(paragraph->line_count, count);
}

#define ASSERT_LINES(made, text, width, ...)                       \
    do {                                                           \
        static const char *const lines_[] = {__VA_ARGS__};         \
        assert_lines(made, text, width, lines_, SP_COUNT(lines_)); \
    } while (0)

/* Holds one line of one font against what HarfBuzz makes of the whole text. */
static void assert_shaped(struct made *made, const char *text, enum sp_weight weight)
{
    struct sp_typeset_style style = plain_style;
    style.weight = weight;
    const struct sp_paragraph *paragraph = set(made, text, &style);
    hb_buffer_t *buffer = hb_buffer_create();
    hb_buffer_add_utf8(buffer, text, -1, 0, -1);
    hb_buffer_set_direction(buffer, HB_DIRECTION_LTR);
    hb_buffer_set_script(buffer, HB_SCRIPT_LATIN);
    hb_buffer_set_language(buffer, hb_language_from_string("en", -1));
    hb_font_t *font = sp_font_set_face(made->fonts, weight == SP_WEIGHT_BOLD)->font;
    hb_shape(font, buffer, sp_font_letters, SP_COUNT(sp_font_letters));
    unsigned count;
    const hb_glyph_info_t *info = hb_buffer_get_glyph_infos(buffer, &count);
    const hb_glyph_position_t *position = hb_buffer_get_glyph_positions(buffer, &count);
    assert_int_equal(paragraph->line_count, 1);
    assert_int_equal(paragraph->lines[0].glyph_count, count);
    int32_t x = 0;
    for (unsigned i = 0; i < count; i++) {
        const struct sp_typeset_glyph *glyph = &paragraph->lines[0].glyphs[i];
        assert_int_equal(glyph->font, weight == SP_WEIGHT_BOLD);
        assert_int_equal(glyph->number, info[i].codepoint);
        assert_int_equal(glyph->x_mpt, x + position[i].x_offset);
        assert_int_equal(glyph->y_mpt, position[i].y_offset);
        if (i > 0 && glyph->own)
            assert_int_equal(glyph->x_mpt - glyph[-1].x_mpt,
                             sp_font_set_glyph_width(made->fonts, glyph->font, glyph[-1].number));
        x += position[i].x_advance;
    }
    assert_int_equal(paragraph->lines[0].width_mpt, x);
    hb_buffer_destroy(buffer);
}

static void latin_is_shaped_as_harfbuzz_does(void **state)
{
    static const char *const texts[] = {"AVATAR",
                                        "office fjord waffle",
                                        "To. \"We\" (1/2) -- f(x)",
                                        "Gr\u00F6\u00DFe \u00E9",
                                        "x\u0301 e\u0301",
                                        "\u201EOrt\u201C",
                                        "100 % 3.5\u00A0kg"};
    struct made made;
    make(&made);
    for (size_t i = 0; i < SP_COUNT(texts); i++) {
        assert_shaped(&made, texts[i], SP_WEIGHT_REGULAR);
        assert_shaped(&made, texts[i], SP_WEIGHT_BOLD);
    }
    unmake(&made);
}

/* The table of pairs says what HarfBuzz says, whatever stands beside what. */
static void ascii_by_table_is_as_shaped(void **state)
{
    struct random random = {17};
    struct made made;
    make(&made);
    for (int i = 0; i < 20000; i++) {
        char text[64];
        const size_t length = 1 + random_below(&random, sizeof text - 1);
        for (size_t j = 0; j < length; j++)
            text[j] = (char)random_between(&random, ' ', '~');
        if (text[length - 1] == ' ') /* hangs */
            text[length - 1] = '.';
        text[length] = '\0';
        assert_shaped(&made, text, random_below(&random, 2) ? SP_WEIGHT_BOLD : SP_WEIGHT_REGULAR);
    }
    unmake(&made);
}

static void letters_are_kerned(void **state)
{
    struct made made;
    make(&made);
    const int64_t a = set(&made, "A", &plain_style)->width_mpt;
    const int64_t v = set(&made, "V", &plain_style)->width_mpt;
    const struct sp_paragraph *paragraph = set(&made, "AVA", &plain_style);
    assert_in_range(paragraph->width_mpt, 2 * a + v - 200, 2 * a + v - 20);
    assert_false(paragraph->lines[0].glyphs[1].own);
    assert_true(set(&made, "nn", &plain_style)->lines[0].glyphs[1].own);
    unmake(&made);
}

static void lengths_scale_with_the_size(void **state)
{
    struct made made;
    make(&made);
    struct sp_typeset_style style = plain_style;
    const int64_t width = set(&made, "Wagner", &style)->width_mpt;
    style.size_mpt = 9500;
    const struct sp_paragraph *paragraph = set(&made, "Wagner", &style);
    assert_in_range(paragraph->width_mpt, width * 19 / 2, width * 19 / 2 + 1);
    unmake(&made);
}

/* Of the word itself, the letters in their joined forms have glyphs of their own. */
static void arabic_letters_join_and_run_from_right_to_left(void **state)
{
    static const char text[] = "\u0633\u0644\u0627\u0645";
    struct made made;
    make(&made);
    const struct sp_paragraph *paragraph = set(&made, text, &plain_style);
    const struct sp_font_face *face = sp_font_set_face(made.fonts, 2);
    assert_true(paragraph->rtl);
    assert_int_equal(paragraph->line_count, 1);
    /* seen, lam and alef in one glyph, meem: the last letter stands on the left */
    assert_int_equal(paragraph->lines[0].glyph_count, 3);
    assert_string_equal(seen(paragraph, 0, text), "\u0645\u0644\u0627\u0633");
    const uint32_t codes[] = {0x645, 0, 0x633};
    for (int i = 0; i < 3; i += 2) {
        hb_codepoint_t alone;
        assert_int_equal(paragraph->lines[0].glyphs[i].font, 2);
        assert_true(hb_font_get_nominal_glyph(face->font, codes[i], &alone));
        if (codes[i] == 0x633)
            assert_int_not_equal(paragraph->lines[0].glyphs[i].number, alone);
        /* The joined form knows which letter it is. */
        assert_int_equal(
            sp_font_set_glyph_code(made.fonts, 2, paragraph->lines[0].glyphs[i].number), codes[i]);
    }
    unmake(&made);
}

static void directions_are_seen_as_unicode_says(void **state)
{
    struct made made;
    make(&made);
    /* Latin and numbers inside Arabic keep their order; brackets turn, and are mirrored. */
    static const char arabic[] = "\u0628\u0629 (Wagner 123) 45.";
    const struct sp_paragraph *paragraph = set(&made, arabic, &plain_style);
    assert_true(paragraph->rtl);
    assert_string_equal(seen(paragraph, 0, arabic), ".45 )Wagner 123( \u0629\u0628");
    const uint16_t open = set(&made, "(", &plain_style)->lines[0].glyphs[0].number;
    paragraph = set(&made, arabic, &plain_style);
    assert_int_equal(paragraph->lines[0].glyphs[4].number, open);
    ASSERT_LINES(&made, "\u05D0\u05D1 (\u05D2\u05D3) [ab]", WIDE,
                 "]ab[ )\u05D3\u05D2( \u05D1\u05D0");
    /* Hebrew inside English. */
    ASSERT_LINES(&made, "ab \u05D0\u05D1 12 cd", WIDE, "ab 12 \u05D1\u05D0 cd");
    assert_false(set(&made, "ab \u05D0\u05D1", &plain_style)->rtl);
    unmake(&made);
}

static void the_document_decides_where_no_letter_does(void **state)
{
    struct made made;
    make(&made);
    struct sp_typeset_style style = plain_style;
    style.rtl = true;
    assert_true(set(&made, "12-34 (5)", &style)->rtl);
    assert_string_equal(seen(set(&made, "(5) 12", &style), 0, "(5) 12"), "12 )5(");
    assert_false(set(&made, "ab 12", &style)->rtl);
    style.rtl = false;
    assert_false(set(&made, "12-34 (5)", &style)->rtl);
    unmake(&made);
}

static void words_go_to_the_next_line(void **state)
{
    struct made made;
    make(&made);
    const int64_t two = set(&made, "aaa aaa", &plain_style)->width_mpt;
    ASSERT_LINES(&made, "aaa aaa aaa", two, "aaa aaa ", "aaa");
    ASSERT_LINES(&made, "aaa aaa aaa", two - 1, "aaa ", "aaa ", "aaa");
    ASSERT_LINES(&made, "aaa aaa    aaa", two, "aaa aaa    ", "aaa");
    assert_int_equal(set_wide(&made, "aaa aaa    aaa", two)->lines[0].width_mpt, two);
    /* What is wider than a line is broken anywhere; a line has one letter at least. */
    const int64_t three = set(&made, "nnn", &plain_style)->width_mpt;
    ASSERT_LINES(&made, "nnnnnnnn", three, "nnn", "nnn", "nn");
    ASSERT_LINES(&made, "nnn", 1, "n", "n", "n");
    /* Addresses have places to break. */
    const int64_t host = set(&made, "http://example.org/", &plain_style)->width_mpt;
    ASSERT_LINES(&made, "http://example.org/nnnn", host, "http://example.org/", "nnnn");
    unmake(&made);
}

static void lines_end_where_the_text_says(void **state)
{
    struct made made;
    make(&made);
    ASSERT_LINES(&made, "a\nb", WIDE, "a", "b");
    ASSERT_LINES(&made,
                 "a\r\nb\rc\vd\fe\xC2\x85"
                 "f\u2028g\u2029h",
                 WIDE, "a", "b", "c", "d", "e", "f", "g", "h");
    ASSERT_LINES(&made, "a\n\nb\n", WIDE, "a", "", "b");
    ASSERT_LINES(&made, "\n", WIDE, "");
    assert_int_equal(set(&made, "", &plain_style)->line_count, 0);
    assert_int_equal(set(&made, "\x01\x7F\uFEFF", &plain_style)->line_count, 0);
    const struct sp_paragraph *paragraph = set(&made, "   ", &plain_style);
    assert_int_equal(paragraph->line_count, 1);
    assert_int_equal(paragraph->width_mpt, 0);
    assert_int_equal(paragraph->missing, 0);
    /* A tab is a space. */
    assert_int_equal(set(&made, "a\tb", &plain_style)->width_mpt,
                     set(&made, "a b", &plain_style)->width_mpt);
    unmake(&made);
}

static void soft_hyphens_show_at_breaks_only(void **state)
{
    static const char text[] = "nnnn\u00ADnnnn";
    struct made made;
    make(&made);
    const int64_t whole = set(&made, "nnnnnnnn", &plain_style)->width_mpt;
    const int64_t part = set(&made, "nnnn-", &plain_style)->width_mpt;
    const struct sp_paragraph *paragraph = set(&made, text, &plain_style);
    assert_int_equal(paragraph->width_mpt, whole);
    assert_int_equal(paragraph->lines[0].glyph_count, 8);
    paragraph = set_wide(&made, text, whole - 1);
    assert_int_equal(paragraph->line_count, 2);
    assert_int_equal(paragraph->lines[0].glyph_count, 5);
    assert_int_equal(paragraph->lines[0].width_mpt, part);
    hb_codepoint_t hyphen;
    assert_true(hb_font_get_nominal_glyph(sp_font_set_face(made.fonts, 0)->font, '-', &hyphen));
    assert_int_equal(paragraph->lines[0].glyphs[4].number, hyphen);
    /* The hyphen must fit as well. */
    assert_int_equal(set_wide(&made, text, part - 1)->lines[0].glyph_count, 4);
    unmake(&made);
}

static void what_is_cut_ends_with_an_ellipsis(void **state)
{
    struct made made;
    make(&made);
    struct sp_typeset_style style = plain_style;
    style.lines_max = 2;
    style.width_mpt = set(&made, "nnn nnn", &plain_style)->width_mpt;
    const struct sp_paragraph *paragraph = set(&made, "nnn nnn nnn nnn", &style);
    assert_false(paragraph->cut);
    assert_int_equal(paragraph->line_count, 2);
    paragraph = set(&made, "nnn nnn nnn nnn nnn", &style);
    assert_true(paragraph->cut);
    assert_int_equal(paragraph->line_count, 2);
    const struct sp_typeset_line *last = &paragraph->lines[1];
    hb_codepoint_t ellipsis;
    assert_true(
        hb_font_get_nominal_glyph(sp_font_set_face(made.fonts, 0)->font, 0x2026, &ellipsis));
    assert_int_equal(last->glyphs[last->glyph_count - 1].number, ellipsis);
    assert_true(last->width_mpt <= style.width_mpt);
    /* Blanks and empty lines that are left are nothing to be cut. */
    assert_false(set(&made, "nnn nnn nnn nnn  \n\n ", &style)->cut);
    assert_true(set(&made, "n\nn\nn", &style)->cut);
    /* From right to left it stands on the left. */
    style.lines_max = 1;
    paragraph = set(&made, "\u05D0\u05D0 \u05D0\u05D0 \u05D0\u05D0 \u05D0\u05D0", &style);
    assert_true(paragraph->cut && paragraph->rtl);
    assert_int_equal(paragraph->lines[0].glyphs[0].text_length, 0);
    assert_int_equal(paragraph->lines[0].glyphs[0].x_mpt, 0);
    unmake(&made);
}

static void missing_characters_are_set_as_their_codes(void **state)
{
    static const char text[] = "a\u1820\U000F0000b";
    static const char shown[] = "aU+1820U+F0000b";
    struct made made;
    uint16_t numbers[16];
    make(&made);
    const struct sp_paragraph *paragraph = set(&made, shown, &plain_style);
    assert_int_equal(paragraph->missing, 0);
    assert_int_equal(paragraph->lines[0].glyph_count, strlen(shown));
    for (size_t i = 0; i < strlen(shown); i++)
        numbers[i] = paragraph->lines[0].glyphs[i].number;
    paragraph = set(&made, text, &plain_style);
    assert_int_equal(paragraph->missing, 2);
    assert_int_equal(paragraph->missing_first, 0x1820);
    assert_int_equal(paragraph->lines[0].glyph_count, strlen(shown));
    for (size_t i = 0; i < strlen(shown); i++)
        assert_int_equal(paragraph->lines[0].glyphs[i].number, numbers[i]);
    assert_string_equal(seen(paragraph, 0, text), text);
    /* What has no shape is not missing. */
    assert_int_equal(
        set(&made, "a\uFE0F\u200D\u200C\u2060\u180E\U000E0020b", &plain_style)->missing, 0);
    assert_int_equal(set(&made, "\u3164", &plain_style)->missing, 0);
    unmake(&made);
}

/* A folder with fonts that have some characters of East Asia and Thailand, as Latin letters. */
static void open_asian(struct folder *folder, struct made *made, const char *language)
{
    static const uint32_t firsts[] = {0x3000, 0x3042, 0x4E00, 0xE01, 0xE20};
    folder_open(folder);
    for (size_t i = 0; i < SP_COUNT(firsts); i++) {
        char name[32], path[128];
        snprintf(name, sizeof name, "Sans%zu.ttf", i);
        made_font_put(&(struct made_font){.first = firsts[i]},
                      folder_path(folder, name, path, sizeof path));
    }
    make_with(made, &(struct sp_font_set_spec){
                        .folders = folder->path, .language = language, .heap_bytes = HEAP});
}

/* Japanese and Chinese break between any two characters, but for those that belong together. */
static void east_asian_text_breaks_where_it_may(void **state)
{
    static const char text[] =
        "\u4E00\u4E01\u4E02\u3002\u300C\u3042\u3044\u300D\u3001\u4E03\u4E04abc\u4E05\u3002";
    struct folder folder;
    struct made made;
    open_asian(&folder, &made, "ja");
    size_t most = 0;
    for (int64_t width = 2800; width < 8000; width += 50) {
        const struct sp_paragraph *paragraph = set_wide(&made, text, width);
        assert_int_equal(paragraph->missing, 0);
        most = SP_MAX(most, paragraph->line_count);
        for (size_t i = 0; i < paragraph->line_count; i++) {
            const char *line = seen(paragraph, i, text);
            assert_true(strncmp(line, "\u3002", 3) != 0 && strncmp(line, "\u3001", 3) != 0);
            assert_true(strncmp(line, "\u300D", 3) != 0);
            assert_true(strcmp(line + strlen(line) - 3, "\u300C") != 0);
            assert_true(strncmp(line, "bc", 2) != 0);
        }
    }
    assert_in_range(most, 5, 16);
    unmake(&made);
    folder_remove(&folder);
}

/* Thai has no spaces between words, and only a dictionary knows where they are. */
static void thai_breaks_at_spaces_and_where_it_must(void **state)
{
    struct folder folder;
    struct made made;
    open_asian(&folder, &made, "th");
    const int64_t word = set(&made, "\u0E01\u0E02\u0E03\u0E04", &plain_style)->width_mpt;
    ASSERT_LINES(&made, "\u0E01\u0E02\u0E03\u0E04 \u0E01\u0E02\u0E03\u0E04", word,
                 "\u0E01\u0E02\u0E03\u0E04 ", "\u0E01\u0E02\u0E03\u0E04");
    ASSERT_LINES(&made, "\u0E01\u0E02\u0E03\u0E04\u0E01\u0E02", word, "\u0E01\u0E02\u0E03\u0E04",
                 "\u0E01\u0E02");
    /* A space without width tells where a word ends. */
    ASSERT_LINES(&made, "\u0E01\u0E02\u200B\u0E03\u0E04\u0E01", word, "\u0E01\u0E02\u200B",
                 "\u0E03\u0E04\u0E01");
    unmake(&made);
    folder_remove(&folder);
}

/* Two regional indicators are a flag, and no line ends inside one. */
static void flags_stay_whole(void **state)
{
    static const char text[] = "\U0001F1E9\U0001F1EA\U0001F1EB\U0001F1F7\U0001F1EE\uFFFF";
    struct folder folder;
    struct made made;
    char path[128];
    folder_open(&folder);
    made_font_put(&(struct made_font){.first = 0x1F1E6},
                  folder_path(&folder, "Flags.ttf", path, sizeof path));
    make_with(&made, &(struct sp_font_set_spec){.folders = folder.path, .heap_bytes = HEAP});
    for (int64_t width = 1400; width < 4000; width += 100) {
        const struct sp_paragraph *paragraph = set_wide(&made, text, width);
        for (size_t i = 0; i + 2 < paragraph->line_count; i++)
            assert_int_equal(strlen(seen(paragraph, i, text)) % 8, 0);
    }
    unmake(&made);
    folder_remove(&folder);
}

/* The real thing, where it is installed. */
static void chinese_is_set_in_an_installed_font(void **state)
{
    static const char text[] = "\u4E2D\u6587\u62A5\u544A\uFF0C\u7B2C1\u9875\u3002";
    struct made made;
    if (access(CJK "/NotoSansCJK-Regular.ttc", R_OK) != 0) {
        print_message("# Noto Sans CJK is not on this machine\n");
        return;
    }
    make_with(&made,
              &(struct sp_font_set_spec){.folders = CJK, .language = "zh-CN", .heap_bytes = HEAP});
    const struct sp_paragraph *paragraph = set_wide(&made, text, 4000);
    assert_int_equal(paragraph->missing, 0);
    assert_true(paragraph->line_count >= 3);
    assert_string_equal(sp_font_set_name(made.fonts, 4), "Noto Sans CJK SC Regular");
    assert_int_equal(paragraph->lines[0].glyphs[0].font, 4);
    const unsigned char *file;
    size_t file_bytes;
    assert_int_equal(sp_font_set_subset(made.fonts, 4, &file, &file_bytes, NULL), SP_OK);
    unmake(&made);
}

/* The widest a text can be is one line; the widest word is the narrowest column. */
static void measures_are_those_of_lines(void **state)
{
    static const char *const texts[] = {"one two threefour",
                                        "AV AVA To",
                                        "office-fjord waffle ",
                                        "\u05D0\u05D1\u05D2 \u05D3",
                                        "a\nlonger line\nb",
                                        "Gr\u00F6\u00DFe nnnn\u00ADnnnn",
                                        "12.5 %"};
    struct made made;
    make(&made);
    for (size_t i = 0; i < SP_COUNT(texts); i++) {
        int64_t width, word;
        struct sp_typeset_style style = plain_style;
        style.size_mpt = 9700;
        assert_int_equal(sp_typeset_measure(made.typesetter, texts[i], strlen(texts[i]),
                                            style.weight, style.size_mpt, &width, &word, NULL),
                         SP_OK);
        const struct sp_paragraph *paragraph = set(&made, texts[i], &style);
        const size_t lines = paragraph->line_count;
        assert_in_range(width, paragraph->width_mpt, paragraph->width_mpt + 500);
        assert_true(word > 0 && word <= width);
        style.width_mpt = width;
        assert_int_equal(set(&made, texts[i], &style)->line_count, lines);
        style.width_mpt = word;
        paragraph = set(&made, texts[i], &style);
        assert_true(paragraph->width_mpt <= word);
        /* No line ends inside a word. */
        for (size_t j = 0; j + 1 < paragraph->line_count && !paragraph->rtl; j++) {
            const char *line = seen(paragraph, j, texts[i]);
            const struct sp_typeset_line *of = &paragraph->lines[j];
            assert_true(line[strlen(line) - 1] == ' ' || line[strlen(line) - 1] == '-' ||
                        of->glyphs[of->glyph_count - 1].text_length == 0 || strchr(texts[i], '\n'));
        }
    }
    unmake(&made);
}

static void measuring_uses_no_glyphs(void **state)
{
    int64_t width, word;
    struct made made;
    make(&made);
    assert_int_equal(sp_typeset_measure(made.typesetter, "abc \u0628", 6, SP_WEIGHT_REGULAR, 1000,
                                        &width, &word, NULL),
                     SP_OK);
    for (unsigned font = 0; font < sp_font_set_count(made.fonts); font++)
        assert_false(sp_font_set_is_used(made.fonts, font));
    unmake(&made);
}

static void the_longest_paragraphs_have_room(void **state)
{
    static const char *const units[] = {"word ",   "n",       "\u0628", "\u05D0a", "\u1820",
                                        "e\u0301", "(\u05D0", "\n",     "\u202E(", "fi\U0001F600"};
    static char text[SP_PARAGRAPH_BYTES_MAX];
    struct made made;
    make(&made);
    for (size_t i = 0; i < SP_COUNT(units); i++) {
        const size_t unit = strlen(units[i]);
        size_t length = 0;
        for (; length + unit <= sizeof text; length += unit)
            memcpy(text + length, units[i], unit);
        struct sp_typeset_style style = plain_style;
        (void)set_bytes(&made, text, length, &style);
        style.width_mpt = 20000;
        const struct sp_paragraph *paragraph = set_bytes(&made, text, length, &style);
        assert_true(paragraph->line_count > 20);
        style.width_mpt = 0;
        paragraph = set_bytes(&made, text, length, &style);
        assert_true(paragraph->line_count > 1);
        style.lines_max = 3;
        style.width_mpt = 4000;
        paragraph = set_bytes(&made, text, length, &style);
        assert_in_range(paragraph->line_count, 3, 3);
        assert_int_equal(paragraph->cut, units[i][0] != '\n');
    }
    unmake(&made);
}

static size_t put_utf8(char *to, uint32_t code)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    const size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length; i-- > 1; code >>= 6)
        to[i] = (char)(0x80 | (code & 0x3F));
    to[0] = (char)((0xF00 >> length & 0xFF) | code);
    return length;
}

/* Characters that meet rarely, close together: letters, marks, joiners, directions, brackets. */
static uint32_t random_code(struct random *random)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {{0x20, 0x7E},     {0x20, 0x7E},     {0, 0x2FF},         {0x300, 0x36F},
                  {0x590, 0x6FF},   {0x900, 0x97F},   {0xE00, 0xE7F},     {0x1100, 0x11FF},
                  {0x2000, 0x206F}, {0x3000, 0x30FF}, {0x4E00, 0x4E20},   {0xAC00, 0xAC20},
                  {0xFE00, 0xFEFF}, {0xFB1D, 0xFDFF}, {0x1F1E6, 0x1F650}, {0xE0000, 0xE007F},
                  {0, 0x10FFFF}};
    uint32_t code;
    do {
        const size_t range = random_below(random, SP_COUNT(ranges));
        code = (uint32_t)random_between(random, ranges[range].first, ranges[range].last);
    } while (code >= 0xD800 && code <= 0xDFFF);
    return code;
}

static void any_text_is_set(void **state)
{
    static char text[SP_PARAGRAPH_BYTES_MAX];
    struct random random = {23};
    struct made made;
    make(&made);
    for (int i = 0; i < 6000; i++) {
        size_t length = 0;
        const size_t count = random_below(&random, i % 100 == 0 ? 2000 : 60);
        while (length < count)
            length += put_utf8(text + length, random_code(&random));
        const struct sp_typeset_style style = {
            .weight = random_below(&random, 2) ? SP_WEIGHT_BOLD : SP_WEIGHT_REGULAR,
            .size_mpt = random_between(&random, 1, 72000),
            .width_mpt = random_between(&random, 0, 400000),
            .lines_max = (unsigned)random_between(&random, 1, SP_PARAGRAPH_LINES_MAX),
            .rtl = random_below(&random, 2)};
        (void)set_bytes(&made, text, length, &style);
        int64_t width, word;
        assert_int_equal(sp_typeset_measure(made.typesetter, text, length, style.weight,
                                            style.size_mpt, &width, &word, NULL),
                         SP_OK);
        assert_true(width >= word && word >= 0);
    }
    unmake(&made);
}

/* A paragraph is the same whatever was set before it. */
static void paragraphs_do_not_depend_on_one_another(void **state)
{
    static const char *const texts[] = {"AVATAR office", "\u0628\u062A 12 (ab)",
                                        "x\u0301 \u1820 \U0001F600", "one two three four five"};
    static struct sp_typeset_glyph first[4][256];
    size_t counts[4];
    struct made made;
    make(&made);
    for (int round = 0; round < 4; round++)
        for (size_t i = 0; i < 4; i++) {
            const size_t which = round % 2 ? 3 - i : i;
            const struct sp_paragraph *paragraph = set_wide(&made, texts[which], 5000);
            size_t count = 0;
            for (size_t j = 0; j < paragraph->line_count; j++)
                count += paragraph->lines[j].glyph_count;
            assert_true(count < 256);
            if (round == 0) {
                counts[which] = count;
                memcpy(first[which], paragraph->lines[0].glyphs, count * sizeof **first);
            }
            assert_int_equal(counts[which], count);
            assert_memory_equal(first[which], paragraph->lines[0].glyphs, count * sizeof **first);
        }
    unmake(&made);
}

/* The worst for the libraries: directions and brackets that change with every character. */
static void the_heap_stays_in_its_bounds(void **state)
{
    static const char *const units[] = {
        "\u05D0a",      "(\u05D0", "\u202Ea\u202C", "([{\u05D0", "\u2067a\u2069\u0628",
        "\u0628\u064F", "fi\u0301"};
    static char text[SP_PARAGRAPH_BYTES_MAX];
    struct made made;
    make(&made);
    /* The faces' own share is not the typesetter's. */
    for (size_t i = 0; i < SP_COUNT(units); i++)
        (void)set(&made, units[i], &plain_style);
    sp_typesetter_finish(made.typesetter);
    struct sp_arena arena;
    exact_arena_open(&arena, sp_typesetter_need());
    const size_t before = heap_live();
    heap_peak_reset();
    assert_int_equal(sp_typesetter_init(&made.typesetter, &arena, made.fonts, NULL), SP_OK);
    for (size_t i = 0; i < SP_COUNT(units); i++) {
        const size_t unit = strlen(units[i]);
        size_t length = 0;
        for (; length + unit <= sizeof text; length += unit)
            memcpy(text + length, units[i], unit);
        (void)set_bytes(&made, text, length, &plain_style);
    }
    print_message("# a typesetter takes %zu bytes of heap at most\n", heap_peak() - before);
    assert_true(heap_peak() - before <= sp_typesetter_heap());
    unmake(&made);
    sp_arena_close(&arena);
}

/* Refused memory is told. (Not so by FriBidi 1.0, for which a press reserves the heap: see 0007.)
 */
static void refused_memory_is_no_room(void **state)
{
    static const char text[] = "office e\u0301 \u1820 \u0915\u093F \u2713";
    uint64_t refusals = 0;
    for (uint64_t nth = 1, requests = UINT64_MAX; nth <= requests; nth++) {
        struct made made;
        const struct sp_paragraph *paragraph;
        struct sp_err err = {0};
        make(&made);
        heap_refuse(nth, false);
        const enum sp_status status =
            sp_typeset(made.typesetter, text, strlen(text), &plain_style, &paragraph, &err);
        requests = heap_requests() < nth ? 0 : UINT64_MAX;
        heap_refuse(0, false);
        assert_true(status == SP_OK || status == SP_NO_ROOM);
        assert_int_equal(err.status, status);
        refusals += status != SP_OK;
        unmake(&made);
    }
    assert_true(refusals > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latin_is_shaped_as_harfbuzz_does),
        cmocka_unit_test(ascii_by_table_is_as_shaped),
        cmocka_unit_test(letters_are_kerned),
        cmocka_unit_test(lengths_scale_with_the_size),
        cmocka_unit_test(arabic_letters_join_and_run_from_right_to_left),
        cmocka_unit_test(directions_are_seen_as_unicode_says),
        cmocka_unit_test(the_document_decides_where_no_letter_does),
        cmocka_unit_test(words_go_to_the_next_line),
        cmocka_unit_test(lines_end_where_the_text_says),
        cmocka_unit_test(soft_hyphens_show_at_breaks_only),
        cmocka_unit_test(what_is_cut_ends_with_an_ellipsis),
        cmocka_unit_test(missing_characters_are_set_as_their_codes),
        cmocka_unit_test(east_asian_text_breaks_where_it_may),
        cmocka_unit_test(thai_breaks_at_spaces_and_where_it_must),
        cmocka_unit_test(flags_stay_whole),
        cmocka_unit_test(chinese_is_set_in_an_installed_font),
        cmocka_unit_test(measures_are_those_of_lines),
        cmocka_unit_test(measuring_uses_no_glyphs),
        cmocka_unit_test(the_longest_paragraphs_have_room),
        cmocka_unit_test(any_text_is_set),
        cmocka_unit_test(paragraphs_do_not_depend_on_one_another),
        cmocka_unit_test(the_heap_stays_in_its_bounds),
        cmocka_unit_test(refused_memory_is_no_room),
    };
    /* The last of them count the heap, which belongs to the sanitizers where there are any. */
    const size_t of_the_heap = heap_count_works() ? 0 : 2;
    if (of_the_heap > 0)
        print_message("# the heap is not counted under sanitizers\n");
    return _cmocka_run_group_tests("typeset", tests, sizeof tests / sizeof tests[0] - of_the_heap,
                                   NULL, NULL);
}
