/* Templates: what is parsed is rendered; what is wrong is said with its column. */
#include "support/unit.h"

#include "record/record_template.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ALL_FIELDS \
    (SP_TEMPLATE_ID | SP_TEMPLATE_N | SP_TEMPLATE_RANDOM | SP_TEMPLATE_UUID | SP_TEMPLATE_LINE)
#define TEXT_FIELDS (SP_TEMPLATE_ID | SP_TEMPLATE_N | SP_TEMPLATE_LINE)

static void texts_are_rendered(void **state)
{
    static const struct {
        const char *text;
        const char *rendered;
    } cases[] = {
        {"", ""},
        {"plain", "plain"},
        {"{id}", "ID-\xC3\xA9"},
        {"https://example.org/{id}?n={n}", "https://example.org/ID-\xC3\xA9?n=42"},
        {"{n:06}", "000042"},
        {"{n:6}{n:1}{n:20}", "0000424200000000000000000042"},
        {"{line}", "977"},
        {"{{", "{"},
        {"}}", "}"},
        {"{{}}", "{}"},
        {"{{id}}", "{id}"},
        {"{{{id}}}", "{ID-\xC3\xA9}"},
        {"a{{b}}c{{{{d", "a{b}c{{d"},
        {"{{\"id\":\"{id}\",\"n\":{n}}}", "{\"id\":\"ID-\xC3\xA9\",\"n\":42}"},
    };
    const struct sp_record record = {
        .id = "ID-\xC3\xA9 not part of it", .id_length = 5, .number = 42, .line = 977};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sp_template template;
        struct sp_err err;
        char out[64];
        assert_int_equal(sp_template_parse(&template, cases[i].text, TEXT_FIELDS, "--code", &err),
                         SP_OK);
        const size_t length = sp_template_render(&template, &record, out, sizeof out);
        assert_int_equal(length, strlen(cases[i].rendered));
        assert_memory_equal(out, cases[i].rendered, length);
        assert_true(length <= sp_template_length_max(&template, 5, 99));
    }
}

static void errors_name_the_place_and_the_way_out(void **state)
{
    static const struct {
        const char *text;
        unsigned allowed;
        unsigned column;
        const char *sentence;
    } cases[] = {
        {"abc-\xC3\xA9-{randm:12}", SP_TEMPLATE_ID_FIELDS, 7,
         "--id: column 7: `{randm:12}` is not a field; use {n}, {n:06}, {random:12} or {uuid}"},
        {"{random:12}", TEXT_FIELDS, 1,
         "--id: column 1: `{random:12}` is not a field; use {id}, {n}, {n:06} or {line}"},
        {"{id}", SP_TEMPLATE_LINE, 1, "--id: column 1: `{id}` is not a field; use {line}"},
        {"{ID}", ALL_FIELDS, 1,
         "--id: column 1: `{ID}` is not a field; use {id}, {n}, {n:06}, {random:12}, {uuid} or "
         "{line}"},
        {"{}", TEXT_FIELDS, 1,
         "--id: column 1: `{}` is not a field (a brace is written {{); use {id}, {n}, {n:06} or "
         "{line}"},
        {"{:06}", SP_TEMPLATE_N, 1,
         "--id: column 1: `{:06}` is not a field (a brace is written {{); use {n} or {n:06}"},
        {"x{id", TEXT_FIELDS, 2,
         "--id: column 2: `{id` has no closing brace: close it, or write {{ for a brace"},
        {"{", TEXT_FIELDS, 1,
         "--id: column 1: `{` has no closing brace: close it, or write {{ for a brace"},
        {"{id{n}", TEXT_FIELDS, 1,
         "--id: column 1: `{id` has no closing brace: close it, or write {{ for a brace"},
        {"{id}}", TEXT_FIELDS, 5, "--id: column 5: `}` closes nothing: write }} for a brace"},
        {"a}b", TEXT_FIELDS, 2, "--id: column 2: `}` closes nothing: write }} for a brace"},
        {"{n:0}", TEXT_FIELDS, 1,
         "--id: column 1: `{n:0}` needs a width from 1 to 20, like {n:06}"},
        {"{n:21}", TEXT_FIELDS, 1,
         "--id: column 1: `{n:21}` needs a width from 1 to 20, like {n:06}"},
        {"{n:}", TEXT_FIELDS, 1, "--id: column 1: `{n:}` needs a width from 1 to 20, like {n:06}"},
        {"{n:-6}", TEXT_FIELDS, 1,
         "--id: column 1: `{n:-6}` needs a width from 1 to 20, like {n:06}"},
        {"{n:4294967302}", TEXT_FIELDS, 1,
         "--id: column 1: `{n:4294967302}` needs a width from 1 to 20, like {n:06}"},
        {"{random}", ALL_FIELDS, 1,
         "--id: column 1: `{random}` needs a number of digits from 1 to 24, like {random:12}"},
        {"{random:25}", ALL_FIELDS, 1,
         "--id: column 1: `{random:25}` needs a number of digits from 1 to 24, like {random:12}"},
        {"{id:5}", ALL_FIELDS, 1,
         "--id: column 1: `{id:5}` takes nothing behind its name: leave out the colon"},
        {"{uuid:}", ALL_FIELDS, 1,
         "--id: column 1: `{uuid:}` takes nothing behind its name: leave out the colon"},
        {"ab\xFF", TEXT_FIELDS, 3, "--id: column 3: the byte 0xFF is not UTF-8"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sp_template template;
        struct sp_err err = {0};
        assert_int_equal(
            sp_template_parse(&template, cases[i].text, cases[i].allowed, "--id", &err),
            SP_BAD_SPEC);
        assert_string_equal(err.text, cases[i].sentence);
        assert_int_equal(err.column, cases[i].column);
        assert_int_equal(
            sp_template_parse(&template, cases[i].text, cases[i].allowed, "--id", NULL),
            SP_BAD_SPEC);
    }
}

static void parts_are_limited(void **state)
{
    struct sp_template template;
    struct sp_err err;
    char text[2 * SP_TEMPLATE_PARTS_MAX + 3] = "";
    for (int i = 0; i < SP_TEMPLATE_PARTS_MAX; i++)
        memcpy(text + 2 * i, "{{", 3);
    assert_int_equal(sp_template_parse(&template, text, TEXT_FIELDS, "--text", &err), SP_OK);
    assert_int_equal(template.part_count, SP_TEMPLATE_PARTS_MAX);
    memcpy(text + 2 * SP_TEMPLATE_PARTS_MAX, "x", 2);
    assert_int_equal(sp_template_parse(&template, text, TEXT_FIELDS, "--text", &err), SP_BAD_SPEC);
    assert_string_equal(
        err.text, "--text: column 65: more than 32 fields and texts between fields: use fewer");
}

static void length_is_limited(void **state)
{
    static char text[SP_TEMPLATE_TEXT_MAX + 2];
    struct sp_template template;
    struct sp_err err;
    memset(text, 'x', SP_TEMPLATE_TEXT_MAX);
    assert_int_equal(sp_template_parse(&template, text, TEXT_FIELDS, "--text", &err), SP_OK);
    assert_int_equal(sp_template_length_max(&template, 10, 10), SP_TEMPLATE_TEXT_MAX);
    text[SP_TEMPLATE_TEXT_MAX] = 'x';
    assert_int_equal(sp_template_parse(&template, text, TEXT_FIELDS, "--text", &err), SP_BAD_SPEC);
    assert_string_equal(err.text, "--text: the text is 4097 bytes long: at most 4096 are allowed");
}

static void longest_renderings_are_foreseen(void **state)
{
    static const struct {
        const char *text;
        size_t id_length_max;
        uint64_t number_max;
        size_t length_max;
    } cases[] = {
        {"a{id}b", 100, 1, 102},          {"{n}", 0, 9, 1},     {"{n}", 0, 10, 2},
        {"{n}", 0, UINT64_MAX, 20},       {"{n:06}", 0, 10, 6}, {"{n:06}", 0, 1234567, 7},
        {"{random:12}-{uuid}", 0, 5, 49}, {"{line}", 0, 1, 20}, {"{id}{id}", SIZE_MAX, 1, SIZE_MAX},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sp_template template;
        assert_int_equal(sp_template_parse(&template, cases[i].text, ALL_FIELDS, "--id", NULL),
                         SP_OK);
        assert_int_equal(
            sp_template_length_max(&template, cases[i].id_length_max, cases[i].number_max),
            cases[i].length_max);
    }
}

static void numbers_of_any_size_are_rendered(void **state)
{
    struct sp_template template;
    assert_int_equal(sp_template_parse(&template, "{n:03}/{line}", TEXT_FIELDS, "--code", NULL),
                     SP_OK);
    uint64_t value = 0;
    for (int i = 0; i < 64; i++, value = value * 2 + 1) {
        const struct sp_record record = {.id = "", .number = value, .line = value / 3};
        char expected[64];
        char out[64];
        const int length = snprintf(expected, sizeof expected, "%03llu/%llu",
                                    (unsigned long long)value, (unsigned long long)(value / 3));
        assert_int_equal(sp_template_render(&template, &record, out, sizeof out), length);
        assert_memory_equal(out, expected, (size_t)length);
    }
}

static void character_sets_are_foreseen(void **state)
{
    static const struct {
        const char *text;
        enum sp_template_charset of_ids;
        enum sp_template_charset charset;
    } cases[] = {
        {"", SP_CHARSET_BYTES, SP_CHARSET_DIGITS},
        {"{n:06}{line}0123456789", SP_CHARSET_BYTES, SP_CHARSET_DIGITS},
        {"{id}", SP_CHARSET_DIGITS, SP_CHARSET_DIGITS},
        {"{id}", SP_CHARSET_ALPHANUMERIC, SP_CHARSET_ALPHANUMERIC},
        {"{id}7", SP_CHARSET_BYTES, SP_CHARSET_BYTES},
        {"BOX-{n}", SP_CHARSET_DIGITS, SP_CHARSET_ALPHANUMERIC},
        {"box-{n}", SP_CHARSET_DIGITS, SP_CHARSET_BYTES},
        {"{random:12}", SP_CHARSET_DIGITS, SP_CHARSET_ALPHANUMERIC},
        {"{uuid}", SP_CHARSET_DIGITS, SP_CHARSET_BYTES},
        {"A-Z $%*+-./:", SP_CHARSET_DIGITS, SP_CHARSET_ALPHANUMERIC},
        {"#", SP_CHARSET_DIGITS, SP_CHARSET_BYTES},
        {"\xC3\xA9", SP_CHARSET_DIGITS, SP_CHARSET_BYTES},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sp_template template;
        assert_int_equal(sp_template_parse(&template, cases[i].text, ALL_FIELDS, "--id", NULL),
                         SP_OK);
        assert_int_equal(sp_template_charset(&template, cases[i].of_ids), cases[i].charset);
    }
    assert_int_equal(sp_charset_of("A\0B", 3), SP_CHARSET_BYTES);
    /* Exactly the 45 characters of ISO/IEC 18004, table 5. */
    int alphanumeric = 0;
    for (int c = 0; c < 256; c++)
        alphanumeric += sp_charset_of((const char[]){(char)c}, 1) != SP_CHARSET_BYTES;
    assert_int_equal(alphanumeric, 45);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_rendered),
        cmocka_unit_test(errors_name_the_place_and_the_way_out),
        cmocka_unit_test(parts_are_limited),
        cmocka_unit_test(length_is_limited),
        cmocka_unit_test(longest_renderings_are_foreseen),
        cmocka_unit_test(numbers_of_any_size_are_rendered),
        cmocka_unit_test(character_sets_are_foreseen),
    };
    return cmocka_run_group_tests_name("record_template", tests, NULL, NULL);
}
