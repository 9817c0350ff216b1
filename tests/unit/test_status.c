/* One failure, one sentence: what is put in comes out, and what is too long ends in a character. */
#include "support/unit.h"

#include <smallpress/status.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static void every_status_has_its_word(void **state)
{
    static const struct {
        enum sp_status status;
        const char *word;
    } cases[] = {{SP_OK, "ok"},           {SP_BAD_SPEC, "bad-spec"}, {SP_BAD_DATA, "bad-data"},
                 {SP_TOO_BIG, "too-big"}, {SP_NO_ROOM, "no-room"},   {SP_IO, "io"},
                 {SP_STOPPED, "stopped"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal((size_t)cases[i].status, i);
        assert_string_equal(sp_status_word(cases[i].status), cases[i].word);
    }
    assert_string_equal(sp_status_word((enum sp_status)7), "unknown");
    assert_string_equal(sp_status_word((enum sp_status) - 1), "unknown");
}

static void a_failure_is_filled_in_whole(void **state)
{
    struct sp_err err = {.status = SP_OK, .os_error = 99, .line = 7, .column = 8, .text = "before"};
    assert_int_equal(sp_fail(&err, SP_BAD_DATA, "line %d has %s", 3, "no id"), SP_BAD_DATA);
    assert_int_equal(err.status, SP_BAD_DATA);
    assert_int_equal(err.os_error, 0);
    assert_int_equal(err.line, 0);
    assert_int_equal(err.column, 0);
    assert_string_equal(err.text, "line 3 has no id");
}

static void an_error_of_the_system_is_put_into_words(void **state)
{
    struct sp_err err = {0};
    assert_int_equal(sp_fail_os(&err, ENOSPC, "%s cannot be written", "a.pdf"), SP_IO);
    assert_int_equal(err.status, SP_IO);
    assert_int_equal(err.os_error, ENOSPC);
    char expected[200];
    snprintf(expected, sizeof expected, "a.pdf cannot be written: %s", strerror(ENOSPC));
    assert_string_equal(err.text, expected);
}

static void nobody_need_listen(void **state)
{
    assert_int_equal(sp_fail(NULL, SP_STOPPED, "unheard %s", "of"), SP_STOPPED);
    assert_int_equal(sp_fail_os(NULL, EIO, "unheard"), SP_IO);
}

/* Texts of one to four byte characters, of every length around the end of the buffer. */
static void a_long_sentence_ends_with_a_whole_character(void **state)
{
    static const char *const characters[] = {"x", "\u00E9", "\u20AC", "\U0001F600"};
    const size_t room = sizeof((struct sp_err *)0)->text - 1;
    for (size_t kind = 0; kind < 4; kind++) {
        const size_t width = strlen(characters[kind]);
        for (size_t prefix = 0; prefix < 8; prefix++) {
            char text[700] = "";
            size_t length = prefix;
            memset(text, '-', prefix);
            for (; length + width < 600; length += width)
                memcpy(text + length, characters[kind], width);
            struct sp_err err;
            assert_int_equal(sp_fail(&err, SP_BAD_SPEC, "%s", text), SP_BAD_SPEC);
            const size_t kept = prefix + (room - prefix) / width * width;
            assert_int_equal(strlen(err.text), kept);
            assert_memory_equal(err.text, text, kept);
            assert_true(sp_utf8_check(err.text, kept, NULL));
        }
    }
}

/* The words of the system stay whole: what stands before them is cut, and only if it must be. */
static void the_reason_is_never_cut(void **state)
{
    const size_t room = sizeof((struct sp_err *)0)->text - 1;
    char reason[100];
    snprintf(reason, sizeof reason, ": %s", strerror(EIO));
    const size_t reason_length = strlen(reason);
    char text[700];
    for (size_t length = room - reason_length - 2; length <= room + 2; length++) {
        struct sp_err err;
        memset(text, 'a', length);
        text[length] = '\0';
        assert_int_equal(sp_fail_os(&err, EIO, "%s", text), SP_IO);
        const size_t kept = length + reason_length < room ? length : room - reason_length;
        assert_int_equal(strlen(err.text), kept + reason_length);
        assert_memory_equal(err.text, text, kept);
        assert_string_equal(err.text + kept, reason);
        assert_int_equal(err.os_error, EIO);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_word),
        cmocka_unit_test(a_failure_is_filled_in_whole),
        cmocka_unit_test(an_error_of_the_system_is_put_into_words),
        cmocka_unit_test(nobody_need_listen),
        cmocka_unit_test(a_long_sentence_ends_with_a_whole_character),
        cmocka_unit_test(the_reason_is_never_cut),
    };
    return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
