/* UTF-8: the check and the decoder against a slow reading of RFC 3629, and quoting in messages. */
#include "support/unit.h"

#include "base/utf8.h"

#include <stdbool.h>
#include <string.h>

/*
 * The length of the character at `s`, or 0, by the definition rather than the table: take the bits
 * out, put the number together, and ask whether it may be written in so many bytes.
 */
static size_t slow_length(const unsigned char *s, size_t left, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = 1;
    while (length < 7 && s[0] >> 7 && s[0] >> (7 - length) & 1)
        length++;
    length = s[0] < 0x80 ? 1 : s[0] < 0xC0 ? 0 : length;
    if (length == 0 || length > 4 || length > left)
        return 0;
    *code = length == 1 ? s[0] : s[0] & ((1u << (7 - length)) - 1);
    for (size_t i = 1; i < length; i++) {
        if (s[i] >> 6 != 2)
            return 0;
        *code = *code * 64 + s[i] % 64;
    }
    const bool surrogate = *code >= 0xD800 && *code <= 0xDFFF;
    return *code < least[length] || *code > 0x10FFFF || surrogate ? 0 : length;
}

/* Checks and decodes a text both ways; false if they differ. */
static bool agrees(const unsigned char *text, size_t length)
{
    size_t bad = SIZE_MAX;
    size_t slow_bad = SIZE_MAX;
    const bool good = sp_utf8_check((const char *)text, length, &bad);
    bool slow_good = true;
    size_t offset = 0;
    for (size_t i = 0; i < length;) {
        uint32_t code = 0;
        const size_t step = slow_length(text + i, length - i, &code);
        if (step == 0 && slow_good) {
            slow_good = false;
            slow_bad = i;
        }
        if (offset != i)
            return false;
        if (sp_utf8_next((const char *)text, length, &offset) != (step ? code : SP_UTF8_BAD))
            return false;
        i += step ? step : 1;
    }
    return good == slow_good && bad == slow_bad;
}

static void every_sequence_of_three_bytes(void **state)
{
    unsigned char text[3];
    size_t different = 0;
    for (uint32_t i = 0; i < 1u << 24; i++) {
        text[0] = (unsigned char)(i >> 16);
        text[1] = (unsigned char)(i >> 8);
        text[2] = (unsigned char)i;
        different += !agrees(text, 3);
        if (i < 1u << 16)
            different += !agrees(text + 1, 2);
        if (i < 1u << 8)
            different += !agrees(text + 2, 1);
    }
    assert_int_equal(different, 0);
}

static void four_bytes_at_their_bounds(void **state)
{
    static const unsigned char leads[] = {0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFF};
    static const unsigned char tails[] = {0x00, 0x41, 0x7F, 0x80, 0xBF, 0xC0, 0xFF};
    unsigned char text[4];
    for (size_t lead = 0; lead < sizeof leads; lead++) {
        for (unsigned second = 0; second < 256; second++) {
            for (size_t i = 0; i < sizeof tails * sizeof tails; i++) {
                text[0] = leads[lead];
                text[1] = (unsigned char)second;
                text[2] = tails[i / sizeof tails];
                text[3] = tails[i % sizeof tails];
                assert_true(agrees(text, 4));
            }
        }
    }
}

static void every_character_is_decoded(void **state)
{
    for (uint32_t code = 0; code <= 0x10FFFF; code++) {
        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        unsigned char text[4] = {(unsigned char)code};
        size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        for (size_t i = length; length > 1 && i-- > 1;)
            text[i] = (unsigned char)(0x80 | (code >> 6 * (length - 1 - i) & 0x3F));
        if (length > 1)
            text[0] = (unsigned char)(0xF00 >> length | code >> 6 * (length - 1));
        size_t offset = 0;
        assert_int_equal(sp_utf8_next((const char *)text, length, &offset), code);
        assert_int_equal(offset, length);
        assert_true(sp_utf8_check((const char *)text, length, NULL));
    }
}

/* The fast path over words must not hide a bad byte, wherever it stands. */
static void a_bad_byte_is_found_anywhere(void **state)
{
    char text[70];
    for (size_t length = 1; length <= sizeof text; length++) {
        for (size_t at = 0; at < length; at++) {
            memset(text, 'a', sizeof text);
            size_t bad = SIZE_MAX;
            assert_true(sp_utf8_check(text, length, &bad));
            text[at] = '\x80';
            assert_false(sp_utf8_check(text, length, &bad));
            assert_int_equal(bad, at);
        }
    }
}

static void characters_are_counted(void **state)
{
    assert_int_equal(sp_utf8_count("", 0), 0);
    assert_int_equal(sp_utf8_count("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", 10), 4);
}

static void quotes_are_safe_and_cut_at_characters(void **state)
{
    char out[16];
    assert_string_equal(sp_utf8_quote(out, sizeof out, "plain", 5), "plain");
    assert_string_equal(sp_utf8_quote(out, sizeof out, "", 0), "");
    assert_string_equal(sp_utf8_quote(out, sizeof out, "fifteen letters", 15), "fifteen letters");
    assert_string_equal(sp_utf8_quote(out, sizeof out, "sixteen letters!", 16),
                        "sixteen lett\xE2\x80\xA6");
    assert_string_equal(sp_utf8_quote(out, sizeof out, "sixteen let\xC3\xA9rs!", 16),
                        "sixteen let\xE2\x80\xA6");
    /* An escape sequence, a byte that is no character, and a change of direction. */
    assert_string_equal(sp_utf8_quote(out, sizeof out, "\x1B[", 2), "\xEF\xBF\xBD[");
    assert_string_equal(sp_utf8_quote(out, sizeof out, "\xFF", 1), "\xEF\xBF\xBD");
    assert_string_equal(sp_utf8_quote(out, sizeof out, "\xE2\x80\xAE", 3), "\xEF\xBF\xBD");
    assert_string_equal(sp_utf8_quote(out, sizeof out, "\xC2\x9B", 2), "\xEF\xBF\xBD");
}

static void texts_are_cut_between_characters(void **state)
{
    const char text[] = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"; /* of 1, 2, 3 and 4 bytes */
    const size_t whole[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
    for (size_t most = 0; most < sizeof whole / sizeof whole[0]; most++) {
        char out[16];
        assert_int_equal(sp_utf8_cut(text, sizeof text - 1, most), whole[most]);
        sp_utf8_copy(out, most + 1, text, sizeof text - 1);
        assert_int_equal(strlen(out), whole[most]);
        assert_memory_equal(out, text, whole[most]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_cut_between_characters),
        cmocka_unit_test(every_sequence_of_three_bytes),
        cmocka_unit_test(four_bytes_at_their_bounds),
        cmocka_unit_test(every_character_is_decoded),
        cmocka_unit_test(a_bad_byte_is_found_anywhere),
        cmocka_unit_test(characters_are_counted),
        cmocka_unit_test(quotes_are_safe_and_cut_at_characters),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
