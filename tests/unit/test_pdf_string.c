/* Strings as a reader of PDF takes them apart. */
#include "support/unit.h"

#include "pdf/pdf_string.h"

#include <stdio.h>
#include <string.h>

static void assert_written(const struct sp_buf *buf, const char *expected)
{
    if (buf->used != strlen(expected) || memcmp(buf->bytes, expected, buf->used) != 0)
        fail_msg("%.*s is not %s", (int)buf->used, (const char *)buf->bytes, expected);
}

static void texts_are_plain_or_utf16(void **state)
{
    static const struct {
        const char *text, *expected;
    } texts[] = {
        {"", "()"},
        {"Visit 12", "(Visit 12)"},
        {"a(b)c\\d", "(a\\(b\\)c\\\\d)"},
        {"T\u00FCr", "<FEFF005400FC0072>"},
        {"\U0001F600", "<FEFFD83DDE00>"},
        {"\u6F22", "<FEFF6F22>"},
        {"a\nb", "<FEFF0061000A0062>"},
        {"~\x7F", "<FEFF007E007F>"},
        {"a\xFF", "<FEFF0061FFFD>"},
        {"\xE6\xBC", "<FEFFFFFDFFFD>"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        unsigned char bytes[256];
        const size_t length = strlen(texts[i].text);
        struct sp_buf buf = {.bytes = bytes, .capacity = SP_PDF_STRING_BOUND(length)};
        sp_pdf_string_text(&buf, texts[i].text, length);
        assert_written(&buf, texts[i].expected);
    }
}

/* No text of any bytes needs more than the bound. */
static void the_bound_holds(void **state)
{
    for (unsigned byte = 1; byte < 256; byte++) {
        unsigned char bytes[SP_PDF_STRING_BOUND(40)];
        char text[40];
        memset(text, (int)byte, sizeof text);
        struct sp_buf buf = {.bytes = bytes, .capacity = sizeof bytes};
        sp_pdf_string_text(&buf, text, sizeof text);
        assert_true(buf.used <= sizeof bytes);
    }
}

static void literals_keep_their_bytes(void **state)
{
    unsigned char bytes[64];
    struct sp_buf buf = {.bytes = bytes, .capacity = sizeof bytes};
    sp_pdf_string_literal(&buf, "\r\n\xFF(", 4);
    assert_written(&buf, "(\\r\\n\xFF\\()");
}

static void texts_are_cut_between_characters(void **state)
{
    assert_int_equal(sp_pdf_string_cut("abc", 3), 3);
    assert_int_equal(sp_pdf_string_cut("abc", 2), 2);
    assert_int_equal(sp_pdf_string_cut("a\u00FCb", 2), 1);
    assert_int_equal(sp_pdf_string_cut("a\u00FCb", 3), 3);
    assert_int_equal(sp_pdf_string_cut("\U0001F600", 3), 0);
    assert_int_equal(sp_pdf_string_cut("", 10), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_plain_or_utf16),
        cmocka_unit_test(the_bound_holds),
        cmocka_unit_test(literals_keep_their_bytes),
        cmocka_unit_test(texts_are_cut_between_characters),
    };
    return cmocka_run_group_tests_name("pdf_string", tests, NULL, NULL);
}
