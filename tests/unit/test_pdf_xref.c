/* Offsets of any size, noted in any order, come back in the table; and what goes wrong is told. */
#include "support/unit.h"

#include "base/scratch.h"
#include "base/sys.h"
#include "pdf/pdf_xref.h"
#include "support/aborts.h"
#include "support/exact_arena.h"
#include "support/pdf_walk.h"
#include "support/random.h"
#include "support/sink.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define BUFFER 4096

struct made {
    struct sp_arena arena;
    struct sp_scratch scratch;
    struct sp_out out;
    struct sink sink;
    struct sp_pdf_xref xref;
};

static void make(struct made *made)
{
    memset(made, 0, sizeof *made);
    assert_int_equal(sp_scratch_open(&made->scratch, "/tmp", NULL), SP_OK);
    exact_arena_open(&made->arena, sp_out_need(BUFFER) + sp_pdf_xref_need());
    sp_out_init(&made->out, &made->arena, BUFFER, sink_write, &made->sink);
    sp_pdf_xref_init(&made->xref, &made->arena, &made->scratch);
    exact_arena_seal(&made->arena);
}

static void unmake(struct made *made)
{
    sink_free(&made->sink);
    sp_scratch_close(&made->scratch);
    sp_arena_close(&made->arena);
}

/* Writes the table as if `base` bytes stood before it, and reads it. */
static void write_and_walk(struct made *made, uint64_t base, struct pdf_walk *walk)
{
    struct sp_err err = {0};
    made->out.position = base;
    assert_int_equal(sp_pdf_xref_write(&made->xref, &made->out, "/Root 1 0 R", &err), SP_OK);
    assert_int_equal(sp_out_flush(&made->out, &err), SP_OK);
    pdf_walk_open(walk, made->sink.bytes, made->sink.used, base);
    assert_int_equal(pdf_reference(walk->trailer, "/Root"), 1);
    struct stat info;
    assert_int_equal(fstat(made->scratch.fd, &info), 0);
    assert_int_equal(info.st_size, sp_pdf_xref_scratch(walk->count));
}

static void numbers_are_given_out_in_a_row(void **state)
{
    struct made made;
    make(&made);
    assert_int_equal(sp_pdf_xref_reserve(&made.xref, 1), 1);
    assert_int_equal(sp_pdf_xref_reserve(&made.xref, 5), 2);
    assert_int_equal(sp_pdf_xref_reserve(&made.xref, 1), 7);
    unmake(&made);
}

/* Numbers of objects on both sides of a block's end, the table's own included. */
static void offsets_come_back(void **state)
{
    static const uint32_t counts[] = {1, 2, 2045, 2046, 2047, 2048, 2049, 4094, 4095, 10000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct made made;
        struct pdf_walk walk;
        make(&made);
        (void)sp_pdf_xref_reserve(&made.xref, counts[i]);
        for (uint32_t object = 1; object <= counts[i]; object++)
            sp_pdf_xref_set(&made.xref, object, UINT64_C(100) * object + 7);
        write_and_walk(&made, 5000000, &walk);
        assert_int_equal(walk.count, counts[i] + 2);
        for (uint32_t object = 1; object <= counts[i]; object++)
            assert_int_equal(walk.offset[object], UINT64_C(100) * object + 7);
        pdf_walk_close(&walk);
        unmake(&made);
    }
}

/* Files of more than 4 GB and of more than 10 GB, objects on both sides of the first. */
static void large_files_have_large_offsets(void **state)
{
    static const uint64_t sizes[] = {UINT64_C(4294967000), UINT64_C(4294967296),
                                     UINT64_C(4294967297), UINT64_C(10737418240),
                                     UINT64_C(1099511627776)};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct made made;
        struct pdf_walk walk;
        make(&made);
        (void)sp_pdf_xref_reserve(&made.xref, 5000);
        for (uint32_t object = 1; object <= 5000; object++)
            sp_pdf_xref_set(&made.xref, object, sizes[i] / 5000 * object);
        write_and_walk(&made, sizes[i], &walk);
        for (uint32_t object = 1; object <= 5000; object++)
            assert_int_equal(walk.offset[object], sizes[i] / 5000 * object);
        pdf_walk_close(&walk);
        unmake(&made);
    }
}

/* The table is the last thing in the file, so its own offset is the largest it must hold. */
static void the_column_is_as_wide_as_it_must_be(void **state)
{
    for (unsigned width = 1; width < 8; width++) {
        const uint64_t next = UINT64_C(1) << (8 * width);
        for (unsigned more = 0; more < 2; more++) {
            struct made made;
            struct pdf_walk walk;
            make(&made);
            (void)sp_pdf_xref_reserve(&made.xref, 1);
            sp_pdf_xref_set(&made.xref, 1, 9);
            write_and_walk(&made, next - 1 + more, &walk);
            assert_int_equal(walk.width, width + more);
            assert_int_equal(walk.offset[1], 9);
            pdf_walk_close(&walk);
            unmake(&made);
        }
    }
}

/* Any order at all: forwards over blocks, back into old ones, twice to the same object. */
static void order_does_not_matter(void **state)
{
    enum {
        COUNT = 20000
    };
    static uint32_t order[COUNT];
    static uint64_t expected[COUNT + 1];
    struct random random = {41};
    struct made made;
    struct pdf_walk walk;
    make(&made);
    (void)sp_pdf_xref_reserve(&made.xref, COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        const uint32_t at = (uint32_t)random_below(&random, i + 1);
        order[i] = order[at];
        order[at] = i + 1;
    }
    for (uint32_t i = 0; i < 2 * COUNT; i++) {
        const uint32_t object = i < COUNT ? order[i] : order[random_below(&random, COUNT)];
        expected[object] = 1 + random_below(&random, UINT64_C(1) << 36);
        sp_pdf_xref_set(&made.xref, object, expected[object]);
    }
    write_and_walk(&made, UINT64_C(1) << 36, &walk);
    for (uint32_t object = 1; object <= COUNT; object++)
        assert_int_equal(walk.offset[object], expected[object]);
    pdf_walk_close(&walk);
    unmake(&made);
}

/* As the document does it: mostly forwards, with a few far behind. */
static void late_objects_are_patched(void **state)
{
    enum {
        COUNT = 9000
    };
    struct made made;
    struct pdf_walk walk;
    make(&made);
    (void)sp_pdf_xref_reserve(&made.xref, COUNT);
    for (uint32_t object = 1; object <= COUNT; object++)
        if (object % 100 != 0)
            sp_pdf_xref_set(&made.xref, object, 1000 + object);
    for (uint32_t object = 100; object <= COUNT; object += 100)
        sp_pdf_xref_set(&made.xref, object, 1000 + object);
    write_and_walk(&made, 100000, &walk);
    for (uint32_t object = 1; object <= COUNT; object++)
        assert_int_equal(walk.offset[object], 1000 + object);
    pdf_walk_close(&walk);
    unmake(&made);
}

/* Objects in streams, noted in order and late, beside others; with the largest numbers there are.
 */
static void places_in_streams_come_back(void **state)
{
    enum {
        COUNT = 9000
    };
    struct made made;
    struct pdf_walk walk;
    make(&made);
    (void)sp_pdf_xref_reserve(&made.xref, COUNT);
    for (int late = 0; late < 2; late++)
        for (uint32_t object = 1; object <= COUNT; object++) {
            if ((object % 50 == 0) != late)
                continue;
            if (object % 3 == 0)
                sp_pdf_xref_set(&made.xref, object, 1000 + object);
            else
                sp_pdf_xref_set_packed(&made.xref, object, COUNT - object / 2, object % 256);
        }
    write_and_walk(&made, 100000, &walk);
    for (uint32_t object = 1; object <= COUNT; object++) {
        const bool packed = object % 3 != 0;
        assert_int_equal(walk.stream[object], packed ? COUNT - object / 2 : 0);
        assert_int_equal(walk.offset[object], packed ? object % 256 : 1000 + object);
    }
    pdf_walk_close(&walk);
    unmake(&made);
}

/* 6,001 objects: two blocks are spilled on the way and one at the end, then three are read. */
static enum sp_status run_with_fault(enum sp_sys_call call, uint64_t nth, struct sp_err *err)
{
    struct made made;
    make(&made);
    sp_sys_fault_plan(call, nth, ENOSPC, false);
    made.out.position = 6001;
    (void)sp_pdf_xref_reserve(&made.xref, 6000);
    for (uint32_t object = 1; object <= 6000; object++)
        sp_pdf_xref_set(&made.xref, object, object);
    const enum sp_status status = sp_pdf_xref_write(&made.xref, &made.out, "", err);
    sp_sys_fault_plan(call, 0, 0, false);
    unmake(&made);
    return status;
}

static void a_scratch_file_that_fails_is_told(void **state)
{
    static const enum sp_sys_call calls[] = {SP_SYS_WRITE, SP_SYS_READ};
    for (size_t i = 0; i < 2; i++) {
        for (uint64_t nth = 1; nth <= 3; nth++) {
            struct sp_err err = {0};
            assert_int_equal(run_with_fault(calls[i], nth, &err), SP_IO);
            assert_int_equal(err.status, SP_IO);
            assert_int_equal(err.os_error, ENOSPC);
            assert_non_null(strstr(err.text, i == 0 ? "cannot be written" : "cannot be read"));
        }
        assert_int_equal(run_with_fault(calls[i], 4, NULL), SP_OK);
    }
    assert_int_equal(run_with_fault(SP_SYS_WRITE, 1, NULL), SP_IO);
}

/* One in the first block, and one in the second, where the first block's offset stood before. */
static void leave_a_hole(struct made *made, uint32_t hole)
{
    (void)sp_pdf_xref_reserve(&made->xref, 5000);
    for (uint32_t object = 1; object <= 5000; object++)
        if (object != hole)
            sp_pdf_xref_set(&made->xref, object, object);
    made->out.position = 5001;
    (void)!sp_pdf_xref_write(&made->xref, &made->out, "", NULL);
}

static void leave_an_early_hole(void *context)
{
    leave_a_hole(context, 4);
}

static void leave_a_late_hole(void *context)
{
    leave_a_hole(context, 3000);
}

static void set_what_was_not_given_out(void *context)
{
    struct made *made = context;
    (void)sp_pdf_xref_reserve(&made->xref, 10);
    sp_pdf_xref_set(&made->xref, 11, 1);
}

static void a_number_without_its_object_is_a_bug(void **state)
{
    struct made made;
    make(&made);
    assert_aborts(leave_an_early_hole, &made, "pdf_xref.c");
    assert_aborts(leave_a_late_hole, &made, "pdf_xref.c");
    assert_aborts(set_what_was_not_given_out, &made, "pdf_xref.c");
    unmake(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_given_out_in_a_row),
        cmocka_unit_test(offsets_come_back),
        cmocka_unit_test(large_files_have_large_offsets),
        cmocka_unit_test(the_column_is_as_wide_as_it_must_be),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(late_objects_are_patched),
        cmocka_unit_test(places_in_streams_come_back),
        cmocka_unit_test(a_scratch_file_that_fails_is_told),
        cmocka_unit_test(a_number_without_its_object_is_a_bug),
    };
    return cmocka_run_group_tests_name("pdf_xref", tests, NULL, NULL);
}
