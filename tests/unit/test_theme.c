/* Themes: defaults, what changes them and in which order, words of every language. */
#include "support/unit.h"

#include "base/num.h"
#include "base/utf8.h"
#include "spec/submission.h"
#include "spec/theme.h"

#include <smallpress/arena.h>

#include <stdbool.h>
#include <string.h>

struct parsed {
    struct sp_arena arena;
    struct sp_submission submission;
    struct sp_err err;
};

/* A theme of a submission, and one of its own over it; null for none. */
static enum sp_status parse(struct parsed *parsed, const char *text, const char *theme)
{
    const struct sp_spec_text submission = {
        .name = "visit.yaml", .bytes = text, .count = strlen(text)};
    const struct sp_spec_text look = {
        .name = "theme.yaml", .bytes = theme, .count = theme ? strlen(theme) : 0};
    const size_t need = sp_submission_need(submission.count + look.count);
    assert_int_equal(sp_arena_open(&parsed->arena, need, &parsed->err), SP_OK);
    sp_arena_part_begin(&parsed->arena, "submission", need);
    const enum sp_status status = sp_submission_parse(
        &parsed->submission, &parsed->arena, &submission, theme ? &look : NULL, NULL, &parsed->err);
    sp_arena_part_end(&parsed->arena);
    return status;
}

static const struct sp_theme *good(struct parsed *parsed, const char *text, const char *theme)
{
    if (parse(parsed, text, theme) != SP_OK)
        fail_msg("%s", parsed->err.text);
    return &parsed->submission.theme;
}

static bool same_color(struct sp_color color, unsigned rgb)
{
    return color.red == rgb >> 16 && color.green == (rgb >> 8 & 0xFF) && color.blue == (rgb & 0xFF);
}

static void there_are_defaults(void **state)
{
    struct sp_theme theme;
    struct parsed parsed;
    sp_theme_init(&theme, "de");
    const struct sp_theme *own = good(&parsed, "title: x\nlocale: de-CH\n", NULL);
    assert_int_equal(theme.page_width_um, 210000);
    assert_int_equal(theme.page_height_um, 297000);
    assert_int_equal(theme.margin_left_um, 18000);
    assert_int_equal(theme.font_size_mpt, 9500);
    assert_int_equal(theme.photos_per_row, 2);
    assert_int_equal(theme.photo_edge_px, 1200);
    assert_int_equal(theme.photo_quality, 80);
    assert_null(theme.font_text);
    assert_true(theme.footer_pages);
    assert_true(same_color(theme.accent, 0x0B5CAD));
    assert_string_equal(theme.words[SP_WORD_PAGE], "Seite {n} von {total}");
    assert_int_equal(own->page_height_um, theme.page_height_um);
    assert_string_equal(own->header_text, theme.header_text);
    for (size_t i = 0; i < SP_WORD_COUNT; i++)
        assert_ptr_equal(own->words[i], theme.words[i]);
    sp_arena_close(&parsed.arena);
}

static const char everything[] =
    "title: x\n"
    "theme:\n"
    "  page: letter\n"
    "  landscape: true\n"
    "  margin: {top: 20mm, left: 0.5in}\n"
    "  colors: {accent: '#123', text: '#aBcDeF', na: \"#000000\"}\n"
    "  fonts: {text: Noto Sans, heading: fonts/Brand.ttf, size: 10.25pt}\n"
    "  logo: {place: End, height: 20mm}\n"
    "  photos: {per_row: 4, height: 5cm, edge: 800, quality: 90, numbers: false}\n"
    "  header: {text: '', line: false}\n"
    "  footer: {text: '{{ {author} {date}', pages: false, line: false}\n"
    "  words: {page: '{n}', 'no': Nope, photo: ''}\n"
    "  urls:\n"
    "    - {match: 'https://img\\.example\\.org/(.*)', to: 'https://img.example.org/{width}/$1'}\n"
    "    - {match: 'a{2}', to: 'http://b'}\n"
    "locale: fr\n";

static void everything_can_be_changed(void **state)
{
    struct parsed parsed;
    const struct sp_theme *theme = good(&parsed, everything, NULL);
    assert_int_equal(theme->page_width_um, 279400);
    assert_int_equal(theme->page_height_um, 215900);
    assert_int_equal(theme->margin_top_um, 20000);
    assert_int_equal(theme->margin_right_um, 18000);
    assert_int_equal(theme->margin_left_um, 12700);
    assert_true(same_color(theme->accent, 0x112233));
    assert_true(same_color(theme->text, 0xABCDEF));
    assert_true(same_color(theme->na, 0x000000));
    assert_string_equal(theme->font_text, "Noto Sans");
    assert_string_equal(theme->font_heading, "fonts/Brand.ttf");
    assert_int_equal(theme->font_size_mpt, 10250);
    assert_int_equal(theme->logo_place, SP_LOGO_END);
    assert_int_equal(theme->logo_height_um, 20000);
    assert_int_equal(theme->photos_per_row, 4);
    assert_int_equal(theme->photo_height_um, 50000);
    assert_int_equal(theme->photo_edge_px, 800);
    assert_int_equal(theme->photo_quality, 90);
    assert_false(theme->photo_numbers);
    assert_null(theme->header_text);
    assert_false(theme->header_line);
    assert_string_equal(theme->footer_text, "{{ {author} {date}");
    assert_false(theme->footer_pages);
    assert_false(theme->footer_line);
    assert_string_equal(theme->words[SP_WORD_PAGE], "{n}");
    assert_string_equal(theme->words[SP_WORD_NO], "Nope");
    assert_string_equal(theme->words[SP_WORD_PHOTO], "Photo");
    assert_string_equal(theme->words[SP_WORD_DATE], "Date");
    assert_int_equal(theme->url_count, 2);
    assert_string_equal(theme->urls[0].match, "https://img\\.example\\.org/(.*)");
    assert_string_equal(theme->urls[1].to, "http://b");
    sp_arena_close(&parsed.arena);
}

static void a_theme_of_its_own_comes_last(void **state)
{
    static const char text[] = "title: x\ntheme: {page: A5, margin: 10mm, photos: {per_row: 3}}\n";
    static const char *const themes[] = {
        "theme:\n  margin: {top: 11mm}\n  words: {ok: Fine}\n",
        "margin: {top: 11mm}\nwords: {ok: Fine}\n",
        "{\"$schema\": \"x\", \"margin\": {\"top\": \"11mm\"}, \"words\": {\"ok\": \"Fine\"}}",
    };
    for (size_t i = 0; i < SP_COUNT(themes); i++) {
        struct parsed parsed;
        const struct sp_theme *theme = good(&parsed, text, themes[i]);
        assert_int_equal(theme->page_width_um, 148000);
        assert_int_equal(theme->margin_top_um, 11000);
        assert_int_equal(theme->margin_bottom_um, 10000);
        assert_int_equal(theme->photos_per_row, 3);
        assert_string_equal(theme->words[SP_WORD_OK], "Fine");
        assert_string_equal(theme->words[SP_WORD_FAIL], "Fail");
        sp_arena_close(&parsed.arena);
    }
}

static void a_page_of_any_size(void **state)
{
    struct parsed parsed;
    const struct sp_theme *theme = good(
        &parsed, "title: x\ntheme: {page: {width: 300mm, height: 200mm}, landscape: true}", NULL);
    assert_int_equal(theme->page_width_um, 300000);
    assert_int_equal(theme->page_height_um, 200000);
    sp_arena_close(&parsed.arena);
    theme = good(&parsed, "title: x\ntheme: {page: Legal, landscape: false}", NULL);
    assert_int_equal(theme->page_width_um, 215900);
    assert_int_equal(theme->page_height_um, 355600);
    sp_arena_close(&parsed.arena);
}

static const struct {
    const char *theme, *told;
} mistakes[] = {
    {"page: A9", "theme.yaml:1:7: page: `A9` is no page: write A3, A4, A5, Letter, Legal or "
                 "{width: 210mm, height: 297mm}"},
    {"page: {width: 210mm}", "theme.yaml:1:7: page: `height` is missing: a page has one"},
    {"page: {width: 79mm, height: 1in}",
     "theme.yaml:1:15: page.width: `79mm` is out of range: 80 mm to 5080 mm"},
    {"margin: 18", "theme.yaml:1:9: margin: `18` has no unit: write 18mm, 18pt or 18in"},
    {"margin: {top: -1mm}", "theme.yaml:1:15: margin.top: `-1mm` is out of range: 0 mm to 500 mm"},
    {"margin: 100mm", "theme.yaml:1:9: 10 mm across are left between the margins, and a report "
                      "needs 60 mm: make the page larger or the margins smaller"},
    {"margin: {top: 120mm, bottom: 120mm}",
     "theme.yaml:1:9: 57 mm down are left between the margins, and a report needs 60 mm: make "
     "the page larger or the margins smaller"},
    {"margin: [1mm]",
     "theme.yaml:1:9: margin: expected one value or an object with keys, found a list"},
    {"colors: {accent: #0B5CAD\n}",
     "theme.yaml:2:1: colors.accent: is empty: put a color in quotes, because # begins a "
     "comment"},
    {"colors: {ok: green}", "theme.yaml:1:14: colors.ok: `green` is no color: write it like "
                            "\"#0B5CAD\" or \"#05A\""},
    {"colors: {ok: '#12345'}", "theme.yaml:1:14: colors.ok: `#12345` is no color: write it like "
                               "\"#0B5CAD\" or \"#05A\""},
    {"colors: {ok: '#12345g'}", "theme.yaml:1:14: colors.ok: `#12345g` is no color: write it "
                                "like \"#0B5CAD\" or \"#05A\""},
    {"colors: {okay: '#123'}",
     "theme.yaml:1:10: colors: `okay` is no key of the colors: is it `ok`?"},
    {"fonts: {size: 40pt}", "theme.yaml:1:15: fonts.size: `40pt` is out of range: 5pt to 24pt"},
    {"logo: {place: left}", "theme.yaml:1:15: logo.place: `left` is none of the words: write "
                            "start, center, end or none"},
    {"photos: {per_row: 5}",
     "theme.yaml:1:19: photos.per_row: `5` is not a whole number from 1 to 4"},
    {"photos: {quality: 80.5}",
     "theme.yaml:1:19: photos.quality: `80.5` is not a whole number from 30 to 100"},
    {"photos: {numbers: yes}", "theme.yaml:1:19: photos.numbers: `yes` is not true or false"},
    {"header: {text: '{titel}'}", "theme.yaml:1:16: header.text: `{titel}` stands for nothing "
                                  "here: use {title}, {subtitle}, "
                                  "{number}, {date} or {author}, and {{ for a brace"},
    {"footer: {text: '{n}'}",
     "theme.yaml:1:16: footer.text: `{n}` stands for nothing here: use {title}, {subtitle}, "
     "{number}, {date} or {author}, and {{ for a brace"},
    {"words: {page: 'Page'}", "theme.yaml:1:15: words.page: `Page` has no place for the "
                              "number: put {n} where it belongs"},
    {"words: {page: '{total}: {n}'}", "theme.yaml:1:15: words.page: `{total}: {n}` has {total} "
                                      "before {n}: turn them round"},
    {"words: {page: '{n} {x}'}", "theme.yaml:1:15: words.page: `{x}` stands for nothing here: "
                                 "use {n} and {total}, and {{ for a brace"},
    {"urls: [{match: '(a', to: 'http://b'}]",
     "theme.yaml:1:16: urls[0].match: `(a` is no regular expression: Unmatched ( or \\("},
    {"urls: [{match: '(a)\\1', to: 'http://b'}]",
     "theme.yaml:1:16: urls[0].match: the pattern `(a)\\1` has a back-reference, whose time "
     "nobody can bound"},
    {"urls: [{match: '((a{1,100}){1,100}){1,100}', to: 'http://b'}]",
     "theme.yaml:1:16: urls[0].match: the pattern `((a{1,100}){1,100}){1,100}` repeats too "
     "often with {n,m}"},
    {"urls: [{match: 'a', to: 'file://b'}]",
     "theme.yaml:1:25: urls[0].to: `file://b` is no address: it begins with https:// or "
     "http://"},
    {"urls: [{match: '(a)', to: 'http://$1/$2'}]",
     "theme.yaml:1:8: urls[0]: `to` has $2, and `match` has 1 group in brackets"},
    {"urls: [{match: 'a', to: 'http://{height}'}]",
     "theme.yaml:1:25: urls[0].to: a brace stands for nothing here: use {width} or {quality}, "
     "and %7B and %7D for braces"},
    {"urls: {data: x.csv}", "theme.yaml:1:7: urls: expected a list, found an object"},
};

static void mistakes_name_the_way_out(void **state)
{
    for (size_t i = 0; i < SP_COUNT(mistakes); i++) {
        struct parsed parsed;
        assert_int_equal(parse(&parsed, "title: x", mistakes[i].theme), SP_BAD_SPEC);
        assert_string_equal(parsed.err.text, mistakes[i].told);
        sp_arena_close(&parsed.arena);
    }
}

static void templates_have_pieces(void **state)
{
    static const struct {
        const char *text;
        enum sp_theme_slot slots[8];
        const char *texts[8];
    } cases[] = {
        {"{title} \xC2\xB7 {number}",
         {SP_SLOT_TITLE, SP_SLOT_TEXT, SP_SLOT_NUMBER},
         {"{title}", " \xC2\xB7 ", "{number}"}},
        {"Page {n} of {total}",
         {SP_SLOT_TEXT, SP_SLOT_N, SP_SLOT_TEXT, SP_SLOT_TOTAL},
         {"Page ", "{n}", " of ", "{total}"}},
        {"{{{author}}}", {SP_SLOT_TEXT, SP_SLOT_AUTHOR, SP_SLOT_TEXT}, {"{", "{author}", "}"}},
        {"{subtitle}{date}", {SP_SLOT_SUBTITLE, SP_SLOT_DATE}, {"{subtitle}", "{date}"}},
        {"a{b} {title}", {SP_SLOT_TEXT, SP_SLOT_BAD}, {"a", "{b} {title}"}},
        {"a}", {SP_SLOT_TEXT, SP_SLOT_BAD}, {"a", "}"}},
        {"{", {SP_SLOT_BAD}, {"{"}},
        {"", {SP_SLOT_TEXT}, {NULL}},
    };
    for (size_t i = 0; i < SP_COUNT(cases); i++) {
        const char *at = cases[i].text;
        struct sp_theme_piece piece;
        size_t count = 0;
        for (; sp_theme_piece_next(&at, &piece); count++) {
            assert_int_equal(piece.slot, cases[i].slots[count]);
            assert_int_equal(piece.length, strlen(cases[i].texts[count]));
            assert_memory_equal(piece.text, cases[i].texts[count], piece.length);
        }
        assert_null(cases[i].texts[count]);
    }
}

static void every_language_has_all_words(void **state)
{
    static const char *const locales[] = {"en", "de", "fr", "es", "it", "pt",      "nl", "pl", "tr",
                                          "ru", "ar", "he", "fa", "zh", "zh-Hant", "ja", "ko"};
    const char *const *english = sp_theme_words("en");
    for (size_t i = 0; i < SP_COUNT(locales); i++) {
        const char *const *words = sp_theme_words(locales[i]);
        assert_true(i == 0 || words != english);
        for (size_t j = 0; j < SP_WORD_COUNT; j++) {
            assert_non_null(words[j]);
            assert_true(words[j][0] != '\0');
            assert_true(sp_utf8_check(words[j], strlen(words[j]), NULL));
            assert_int_equal(strchr(words[j], '{') != NULL, j == SP_WORD_PAGE);
        }
        const char *number = strstr(words[SP_WORD_PAGE], "{n}");
        const char *total = strstr(words[SP_WORD_PAGE], "{total}");
        assert_non_null(number);
        assert_true(total > number);
    }
}

static void locales_are_matched(void **state)
{
    static const struct {
        const char *locale, *yes;
        bool rtl;
    } cases[] = {
        {"en", "Yes", false},      {"de-AT", "Ja", false},    {"DE", "Ja", false},
        {"pt-BR", "Sim", false},   {"zh-TW", "是", false},    {"nb-NO", "Yes", false},
        {"ar", "نعم", true},       {"ar-Latn", "نعم", false}, {"he-IL", "כן", true},
        {"iw", "כן", true},        {"fa", "بله", true},       {"ur-PK", "Yes", true},
        {"az-Arab", "Yes", true},  {"az", "Yes", false},      {"arn", "Yes", false},
        {"ks-Deva", "Yes", false}, {"deu", "Yes", false},     {"en-x-arab", "Yes", false},
    };
    for (size_t i = 0; i < SP_COUNT(cases); i++) {
        assert_string_equal(sp_theme_words(cases[i].locale)[SP_WORD_YES], cases[i].yes);
        assert_int_equal(sp_locale_is_rtl(cases[i].locale), cases[i].rtl);
    }
    static const char *const traditional[] = {"zh-Hant", "zh-TW", "zh-HK", "zh-hant-SG"};
    for (size_t i = 0; i < SP_COUNT(traditional); i++)
        assert_string_equal(sp_theme_words(traditional[i])[SP_WORD_NUMBER], "編號");
    static const char *const simplified[] = {"zh", "zh-CN", "zh-Hans-TW", "ZH"};
    for (size_t i = 0; i < SP_COUNT(simplified); i++)
        assert_string_equal(sp_theme_words(simplified[i])[SP_WORD_NUMBER], "编号");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_defaults),
        cmocka_unit_test(everything_can_be_changed),
        cmocka_unit_test(a_theme_of_its_own_comes_last),
        cmocka_unit_test(a_page_of_any_size),
        cmocka_unit_test(mistakes_name_the_way_out),
        cmocka_unit_test(templates_have_pieces),
        cmocka_unit_test(every_language_has_all_words),
        cmocka_unit_test(locales_are_matched),
    };
    return cmocka_run_group_tests_name("theme", tests, NULL, NULL);
}
