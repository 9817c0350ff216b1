/* A sink: every byte once and in order, counted and summed, and the first error remembered. */
#include "support/unit.h"

#include <smallpress/stream.h>
#include <zlib.h>

#include "support/aborts.h"
#include "support/exact_arena.h"
#include "support/random.h"
#include "support/sink.h"

#include <stdio.h>
#include <string.h>

#define BUFFER 64

struct made {
    struct sp_arena arena;
    struct sp_out out;
    struct sink sink;
};

static void make(struct made *made, size_t buffer_bytes)
{
    memset(made, 0, sizeof *made);
    exact_arena_open(&made->arena, sp_out_need(buffer_bytes));
    sp_out_init(&made->out, &made->arena, buffer_bytes, sink_write, &made->sink);
    exact_arena_seal(&made->arena);
}

static void unmake(struct made *made)
{
    sink_free(&made->sink);
    sp_arena_close(&made->arena);
}

/* Pieces of every size around the buffer's, in random order, through buffers of several sizes. */
static void every_byte_arrives_once_and_in_order(void **state)
{
    static const size_t buffers[] = {1, 2, 63, 64, 65, 1000};
    static unsigned char data[100000];
    struct random random = {11};
    random_fill(&random, data, sizeof data);
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++) {
        struct made made;
        make(&made, buffers[i]);
        size_t given = 0;
        while (given < sizeof data) {
            size_t count = (size_t)random_below(&random, 3 * buffers[i] + 2);
            if (count > sizeof data - given)
                count = sizeof data - given;
            sp_out_write(&made.out, data + given, count);
            given += count;
            assert_int_equal(made.out.position, given);
            assert_true(given - made.sink.used <= buffers[i]);
        }
        assert_int_equal(sp_out_flush(&made.out, NULL), SP_OK);
        assert_int_equal(made.sink.used, sizeof data);
        assert_memory_equal(made.sink.bytes, data, sizeof data);
        assert_int_equal(made.out.crc32, crc32(0, data, sizeof data));
        unmake(&made);
    }
}

static void small_pieces_are_gathered(void **state)
{
    struct made made;
    make(&made, BUFFER);
    for (int i = 0; i < BUFFER; i++)
        sp_out_write(&made.out, "x", 1);
    assert_int_equal(made.sink.calls, 0);
    sp_out_write(&made.out, "y", 1);
    assert_int_equal(made.sink.calls, 1);
    assert_int_equal(made.sink.used, BUFFER);
    assert_int_equal(sp_out_flush(&made.out, NULL), SP_OK);
    assert_int_equal(made.sink.calls, 2);
    assert_int_equal(sp_out_flush(&made.out, NULL), SP_OK);
    assert_int_equal(made.sink.calls, 2);
    unmake(&made);
}

struct seen {
    const void *bytes[8];
    size_t counts[8];
    unsigned calls;
};

static enum sp_status see(void *context, const void *bytes, size_t count, struct sp_err *err)
{
    struct seen *seen = context;
    if (seen->calls == 8)
        return sp_fail(err, SP_IO, "too many calls");
    seen->bytes[seen->calls] = bytes;
    seen->counts[seen->calls++] = count;
    return SP_OK;
}

/* What is larger than the buffer is handed on from where it stands, behind what came before it. */
static void large_pieces_are_not_copied(void **state)
{
    static const char large[BUFFER + 1] = "large";
    struct sp_arena arena;
    struct sp_out out;
    struct seen seen = {.calls = 0};
    exact_arena_open(&arena, sp_out_need(BUFFER));
    sp_out_init(&out, &arena, BUFFER, see, &seen);
    exact_arena_seal(&arena);
    sp_out_write(&out, "small", 5);
    sp_out_write(&out, large, sizeof large);
    assert_int_equal(seen.calls, 2);
    assert_ptr_equal(seen.bytes[0], out.buffer);
    assert_int_equal(seen.counts[0], 5);
    assert_ptr_equal(seen.bytes[1], large);
    assert_int_equal(seen.counts[1], sizeof large);
    sp_out_write(&out, large, BUFFER);
    assert_int_equal(seen.calls, 2);
    assert_int_equal(sp_out_flush(&out, NULL), SP_OK);
    assert_ptr_equal(seen.bytes[2], out.buffer);
    sp_arena_close(&arena);
}

/* Whatever the call that fails: that error is told, again and again, and nothing more is written.
 */
static void the_first_error_stays(void **state)
{
    for (unsigned nth = 1; nth <= 6; nth++) {
        struct made made;
        char expected[64];
        make(&made, BUFFER);
        made.sink.fails_at = nth;
        for (int i = 0; i < 10 * BUFFER; i++)
            sp_out_write(&made.out, "0123456789", 10);
        assert_int_equal(made.sink.calls, nth);
        assert_int_equal(made.out.position, 100 * BUFFER);
        snprintf(expected, sizeof expected, "the sink refused call %u", nth);
        for (int i = 0; i < 2; i++) {
            struct sp_err err = {0};
            assert_int_equal(sp_out_flush(&made.out, &err), SP_IO);
            assert_int_equal(err.status, SP_IO);
            assert_string_equal(err.text, expected);
        }
        assert_int_equal(sp_out_flush(&made.out, NULL), SP_IO);
        assert_int_equal(made.sink.calls, nth);
        unmake(&made);
    }
}

static void an_error_of_the_flush_is_told(void **state)
{
    struct made made;
    struct sp_err err = {0};
    make(&made, BUFFER);
    made.sink.fails_at = 1;
    sp_out_text(&made.out, "short");
    assert_int_equal(made.out.first.status, SP_OK);
    assert_int_equal(sp_out_flush(&made.out, &err), SP_IO);
    assert_string_equal(err.text, "the sink refused call 1");
    unmake(&made);
}

static void success_leaves_the_error_alone(void **state)
{
    struct made made;
    struct sp_err err = {.status = SP_TOO_BIG, .text = "from before"};
    make(&made, BUFFER);
    sp_out_text(&made.out, "text");
    assert_int_equal(sp_out_flush(&made.out, &err), SP_OK);
    assert_int_equal(err.status, SP_TOO_BIG);
    assert_string_equal(err.text, "from before");
    unmake(&made);
}

/* Nothing at all changes nothing, wherever it stands. */
static void no_bytes_are_no_bytes(void **state)
{
    struct made made;
    make(&made, BUFFER);
    sp_out_text(&made.out, "text");
    sp_out_write(&made.out, NULL, 0);
    assert_int_equal(sp_out_flush(&made.out, NULL), SP_OK);
    assert_int_equal(made.out.position, 4);
    assert_int_equal(made.out.crc32, crc32(0, (const unsigned char *)"text", 4));
    unmake(&made);
}

static void text_is_formatted(void **state)
{
    struct made made;
    make(&made, 3);
    sp_out_text(&made.out, "<<");
    sp_out_format(&made.out, "%d %s", 12, "0 R");
    sp_out_text(&made.out, "");
    sp_out_text(&made.out, ">>");
    assert_int_equal(sp_out_flush(&made.out, NULL), SP_OK);
    assert_int_equal(made.sink.used, 10);
    assert_memory_equal(made.sink.bytes, "<<12 0 R>>", 10);
    unmake(&made);
}

static void a_rehearsal_only_counts(void **state)
{
    struct sp_arena arena;
    struct sp_out out;
    exact_arena_open(&arena, sp_out_need(BUFFER));
    sp_out_init(&out, &arena, BUFFER, sp_out_discard, NULL);
    exact_arena_seal(&arena);
    for (int i = 0; i < 1000; i++)
        sp_out_text(&out, "counted");
    assert_int_equal(sp_out_flush(&out, NULL), SP_OK);
    assert_int_equal(out.position, 7000);
    sp_arena_close(&arena);
}

static void format_too_much(void *context)
{
    struct made *made = context;
    sp_out_format(&made->out, "%2000d", 1);
}

static void a_format_that_is_cut_is_a_bug(void **state)
{
    struct made made;
    make(&made, BUFFER);
    assert_aborts(format_too_much, &made, "out.c");
    unmake(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_arrives_once_and_in_order),
        cmocka_unit_test(small_pieces_are_gathered),
        cmocka_unit_test(large_pieces_are_not_copied),
        cmocka_unit_test(the_first_error_stays),
        cmocka_unit_test(an_error_of_the_flush_is_told),
        cmocka_unit_test(success_leaves_the_error_alone),
        cmocka_unit_test(no_bytes_are_no_bytes),
        cmocka_unit_test(text_is_formatted),
        cmocka_unit_test(a_rehearsal_only_counts),
        cmocka_unit_test(a_format_that_is_cut_is_a_bug),
    };
    return cmocka_run_group_tests_name("out", tests, NULL, NULL);
}
