/* A package is sound to the last byte, small or beyond 32 bits; and what goes wrong is told. */
#include "support/unit.h"

#include "base/sys.h"
#include "support/aborts.h"
#include "support/exact_arena.h"
#include "support/folder.h"
#include "support/random.h"
#include "support/sink.h"
#include "xlsx/xlsx_package.h"
#include "xlsx/zip_walk.h"

#include <errno.h>
#include <string.h>

#define BUFFER 4096

struct made {
    struct sp_arena arena;
    struct folder folder;
    struct sp_scratch parts, directory, file;
    struct sp_out out;
    struct sink sink;
    struct sp_xlsx_pack pack;
    struct sp_xlsx_package package;
};

static void make(struct made *made)
{
    memset(made, 0, sizeof *made);
    folder_open(&made->folder);
    assert_int_equal(sp_scratch_open(&made->parts, made->folder.path, NULL), SP_OK);
    assert_int_equal(sp_scratch_open(&made->directory, made->folder.path, NULL), SP_OK);
    assert_int_equal(sp_scratch_open(&made->file, made->folder.path, NULL), SP_OK);
    exact_arena_open(&made->arena,
                     sp_out_need(BUFFER) + sp_xlsx_pack_need() + sp_xlsx_package_need());
    sp_out_init(&made->out, &made->arena, BUFFER, sink_write, &made->sink);
    assert_int_equal(sp_xlsx_pack_init(&made->pack, &made->arena, &made->parts, NULL), SP_OK);
    sp_xlsx_package_init(&made->package, &made->arena, &made->directory);
    exact_arena_seal(&made->arena);
    sp_xlsx_package_begin(&made->package, &made->out);
}

static void unmake(struct made *made)
{
    sink_free(&made->sink);
    sp_scratch_close(&made->parts);
    sp_scratch_close(&made->directory);
    sp_scratch_close(&made->file);
    sp_arena_close(&made->arena);
    folder_remove(&made->folder);
    assert_int_equal(sp_sys_open_count(), 0);
}

/* A piece of `length` random bytes at `offset` of the file. */
static struct sp_xlsx_piece piece_of(struct made *made, uint64_t offset, size_t length)
{
    static unsigned char bytes[300000];
    struct random random = {offset + length + 1};
    struct sp_xlsx_piece piece = {.fd = made->file.fd, .offset = offset, .length = length};
    assert_true(length <= sizeof bytes);
    random_fill(&random, bytes, length);
    assert_int_equal(sp_scratch_write(&made->file, offset, bytes, length, NULL), SP_OK);
    assert_int_equal(sp_xlsx_package_measure(&made->package, &piece, NULL), SP_OK);
    return piece;
}

static void a_package_has_what_was_put_in(void **state)
{
    static const size_t lengths[] = {0, 1, 100, 65535, 65536, 65537, 300000};
    struct made made;
    struct zip_walk zip;
    char name[64];
    make(&made);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        sp_xlsx_pack_begin(&made.pack);
        for (size_t k = 0; k < lengths[i]; k++)
            sp_xlsx_pack_format(&made.pack, "%zu,", k);
        const struct sp_xlsx_part part = sp_xlsx_pack_end(&made.pack);
        const struct sp_xlsx_piece piece = piece_of(&made, i * 400000, lengths[i]);
        snprintf(name, sizeof name, "text/%zu.xml", i);
        assert_int_equal(sp_xlsx_package_packed(&made.package, name, &made.parts, &part, NULL),
                         SP_OK);
        snprintf(name, sizeof name, "media/%zu.png", i);
        assert_int_equal(sp_xlsx_package_stored(&made.package, name, &piece, NULL), SP_OK);
    }
    assert_int_equal(sp_xlsx_package_finish(&made.package, NULL), SP_OK);
    zip_walk_open(&zip, made.sink.bytes, made.sink.used, 0);
    assert_int_equal(zip.count, 14);
    assert_false(zip.end_64);
    char *text = zip_text(&zip, "text/2.xml");
    assert_memory_equal(text, "<?xml version=\"1.0\" ", 20);
    assert_string_equal(text + strlen(text) - 6, "98,99,");
    free(text);
    assert_int_equal(zip_part(&zip, "text/6.xml")->method, 8);
    assert_true(zip_part(&zip, "text/6.xml")->packed < zip_part(&zip, "text/6.xml")->plain / 2);
    for (size_t i = 0; i < 7; i++) {
        unsigned char bytes[300000];
        snprintf(name, sizeof name, "media/%zu.png", i);
        assert_int_equal(zip_part(&zip, name)->method, 0);
        assert_int_equal(zip_part(&zip, name)->plain, lengths[i]);
        assert_int_equal(sp_scratch_read(&made.file, i * 400000, bytes, lengths[i], NULL), SP_OK);
        assert_memory_equal(zip_part(&zip, name)->bytes, bytes, lengths[i]);
    }
    zip_walk_close(&zip);
    unmake(&made);
}

/* A package that is taken to begin at `base`, of two parts. */
static void make_at(struct made *made, uint64_t base)
{
    make(made);
    const struct sp_xlsx_piece piece = piece_of(made, 0, 1000);
    made->package.position = base;
    assert_int_equal(sp_xlsx_package_stored(&made->package, "one.png", &piece, NULL), SP_OK);
    assert_int_equal(sp_xlsx_package_stored(&made->package, "two.png", &piece, NULL), SP_OK);
    assert_int_equal(sp_xlsx_package_finish(&made->package, NULL), SP_OK);
}

/* A stored part here takes 30 + 7 + 1,000 bytes. */
static void positions_beyond_32_bits_have_64(void **state)
{
    static const struct {
        uint64_t base;
        bool first, second, end;
    } cases[] = {
        {0, false, false, false},
        {UINT32_MAX - 1 - 2 * 1037, false, false, false},
        {UINT32_MAX - 2 * 1037, false, false, true},
        {UINT32_MAX - 1 - 1037, false, false, true},
        {UINT32_MAX - 1037, false, true, true},
        {UINT32_MAX - 1, false, true, true},
        {UINT32_MAX, true, true, true},
        {UINT64_C(1) << 40, true, true, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct made made;
        struct zip_walk zip;
        make_at(&made, cases[i].base);
        zip_walk_open(&zip, made.sink.bytes, made.sink.used, cases[i].base);
        assert_int_equal(zip.parts[0].position_64, cases[i].first);
        assert_int_equal(zip.parts[1].position_64, cases[i].second);
        assert_int_equal(zip.end_64, cases[i].end);
        zip_walk_close(&zip);
        unmake(&made);
    }
}

/* Counts what passes and keeps the beginning and the end. */
struct ends {
    uint64_t count;
    unsigned char first[256], last[256];
};

static enum sp_status keep_ends(void *context, const void *bytes, size_t count, struct sp_err *err)
{
    struct ends *ends = context;
    const unsigned char *from = bytes;
    for (size_t i = ends->count; i < sizeof ends->first && i - ends->count < count; i++)
        ends->first[i] = from[i - ends->count];
    if (count >= sizeof ends->last) {
        memcpy(ends->last, from + count - sizeof ends->last, sizeof ends->last);
    } else {
        memmove(ends->last, ends->last + count, sizeof ends->last - count);
        memcpy(ends->last + sizeof ends->last - count, from, count);
    }
    ends->count += count;
    return SP_OK;
}

/* A hole of a file: it is read, and takes no room on the disk. */
static void a_part_beyond_32_bits_has_64(void **state)
{
    static const struct {
        uint64_t length;
        bool large;
    } cases[] = {{UINT32_MAX - 1, false}, {UINT32_MAX, true}};
    for (size_t i = 0; i < 2; i++) {
        struct made made;
        struct ends ends = {0};
        make(&made);
        made.out.write = keep_ends;
        made.out.context = &ends;
        assert_int_equal(sp_scratch_write(&made.file, cases[i].length - 1, "!", 1, NULL), SP_OK);
        struct sp_xlsx_piece piece = {.fd = made.file.fd, .length = cases[i].length};
        assert_int_equal(sp_xlsx_package_measure(&made.package, &piece, NULL), SP_OK);
        assert_int_equal(sp_xlsx_package_stored(&made.package, "a", &piece, NULL), SP_OK);
        assert_int_equal(sp_xlsx_package_finish(&made.package, NULL), SP_OK);
        const unsigned extra = cases[i].large ? 20 : 0;
        assert_int_equal(ends.count, 31 + extra + cases[i].length + 47 + extra + 98);
        assert_int_equal(ends.first[4], cases[i].large ? 45 : 20);
        assert_int_equal(ends.first[28], extra);
        uint64_t plain = 0;
        memcpy(&plain, ends.first + (cases[i].large ? 35 : 22), cases[i].large ? 8 : 4);
        assert_int_equal(plain, cases[i].length);
        unmake(&made);
    }
}

static void many_parts_have_a_directory_in_64_bits(void **state)
{
    static const struct {
        unsigned count;
        bool large;
    } cases[] = {{65534, false}, {65535, true}, {70000, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct made made;
        struct zip_walk zip;
        make(&made);
        const struct sp_xlsx_piece piece = piece_of(&made, 0, 3);
        for (unsigned part = 0; part < cases[i].count; part++) {
            char name[16];
            snprintf(name, sizeof name, "%u", part);
            assert_int_equal(sp_xlsx_package_stored(&made.package, name, &piece, NULL), SP_OK);
        }
        assert_int_equal(sp_xlsx_package_finish(&made.package, NULL), SP_OK);
        zip_walk_open(&zip, made.sink.bytes, made.sink.used, 0);
        assert_int_equal(zip.count, cases[i].count);
        assert_int_equal(zip.end_64, cases[i].large);
        zip_walk_close(&zip);
        unmake(&made);
    }
}

static void a_piece_that_is_not_there_is_told(void **state)
{
    struct made made;
    struct sp_err err = {0};
    make(&made);
    struct sp_xlsx_piece piece = piece_of(&made, 0, 100);
    piece.length = 101;
    assert_int_equal(sp_xlsx_package_measure(&made.package, &piece, &err), SP_IO);
    assert_non_null(strstr(err.text, "ends after 100 bytes, and 101 are due"));
    assert_int_equal(sp_xlsx_package_stored(&made.package, "a.png", &piece, &err), SP_IO);
    piece.fd = -1;
    assert_int_equal(sp_xlsx_package_measure(&made.package, &piece, &err), SP_IO);
    assert_int_equal(err.os_error, EBADF);
    unmake(&made);
}

static void a_piece_that_changed_is_told(void **state)
{
    struct made made;
    struct sp_err err = {0};
    make(&made);
    const struct sp_xlsx_piece piece = piece_of(&made, 0, 200000);
    assert_int_equal(sp_xlsx_package_stored(&made.package, "a.png", &piece, &err), SP_OK);
    assert_int_equal(sp_scratch_write(&made.file, 199999, "\x7F\x80", 1, NULL), SP_OK);
    struct sp_xlsx_piece now = piece;
    assert_int_equal(sp_xlsx_package_measure(&made.package, &now, NULL), SP_OK);
    assert_int_not_equal(now.crc, piece.crc);
    assert_int_equal(sp_xlsx_package_stored(&made.package, "b.png", &piece, &err), SP_IO);
    assert_non_null(strstr(err.text, "changed"));
    unmake(&made);
}

/* One part of a megabyte, so that it is spilled and copied in pieces, and one piece of a file. */
static enum sp_status fill(struct made *made, const struct sp_xlsx_piece *piece, struct sp_err *err)
{
    struct random random = {3};
    sp_xlsx_pack_begin(&made->pack);
    for (int i = 0; i < 60000; i++)
        sp_xlsx_pack_format(&made->pack, "%016llx", (unsigned long long)random_next(&random));
    const struct sp_xlsx_part part = sp_xlsx_pack_end(&made->pack);
    enum sp_status status = sp_xlsx_pack_check(&made->pack, err);
    if (status == SP_OK)
        status = sp_xlsx_package_packed(&made->package, "a.xml", &made->parts, &part, err);
    if (status == SP_OK)
        status = sp_xlsx_package_stored(&made->package, "b.png", piece, err);
    if (status == SP_OK)
        status = sp_xlsx_package_finish(&made->package, err);
    return status;
}

/* Runs with the nth call of a kind failing; returns how many were made. */
static uint64_t run_with_fault(enum sp_sys_call call, uint64_t nth, enum sp_status *status,
                               struct sp_err *err)
{
    struct made made;
    make(&made);
    const struct sp_xlsx_piece piece = piece_of(&made, 0, 200000);
    sp_sys_fault_plan(call, nth, ENOSPC, false);
    *status = fill(&made, &piece, err);
    const uint64_t calls = sp_sys_fault_count(call);
    sp_sys_fault_plan(call, 0, 0, false);
    unmake(&made);
    return calls;
}

static void whatever_fails_is_told(void **state)
{
    static const enum sp_sys_call calls[] = {SP_SYS_WRITE, SP_SYS_READ};
    for (size_t i = 0; i < 2; i++) {
        enum sp_status status;
        const uint64_t count = run_with_fault(calls[i], 0, &status, NULL);
        assert_int_equal(status, SP_OK);
        assert_in_range(count, 10, 100);
        for (uint64_t nth = 1; nth <= count; nth++) {
            struct sp_err err = {0};
            (void)run_with_fault(calls[i], nth, &status, &err);
            assert_int_equal(status, SP_IO);
            assert_int_equal(err.os_error, ENOSPC);
        }
    }
}

static void a_sink_that_refuses_is_told(void **state)
{
    for (unsigned nth = 1; nth < 1000; nth++) {
        struct made made;
        struct sp_err err = {0};
        make(&made);
        const struct sp_xlsx_piece piece = piece_of(&made, 0, 200000);
        made.sink.fails_at = nth;
        const enum sp_status status = fill(&made, &piece, &err);
        const unsigned calls = made.sink.calls;
        unmake(&made);
        if (calls < nth) {
            assert_int_equal(status, SP_OK);
            assert_true(nth > 5);
            return;
        }
        assert_int_equal(status, SP_IO);
        assert_non_null(strstr(err.text, "the sink refused call"));
        assert_int_equal(calls, nth);
    }
    fail();
}

static void name_too_long(void *context)
{
    struct made *made = context;
    char name[SP_XLSX_PACKAGE_NAME_MAX + 2];
    const struct sp_xlsx_piece piece = {.fd = -1};
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    (void)!sp_xlsx_package_stored(&made->package, name, &piece, NULL);
}

static void a_name_has_its_bound(void **state)
{
    struct made made;
    make(&made);
    assert_aborts(name_too_long, &made, "xlsx_package.c");
    unmake(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_package_has_what_was_put_in),
        cmocka_unit_test(positions_beyond_32_bits_have_64),
        cmocka_unit_test(many_parts_have_a_directory_in_64_bits),
        cmocka_unit_test(a_piece_that_is_not_there_is_told),
        cmocka_unit_test(a_piece_that_changed_is_told),
        cmocka_unit_test(whatever_fails_is_told),
        cmocka_unit_test(a_sink_that_refuses_is_told),
        cmocka_unit_test(a_name_has_its_bound),
        cmocka_unit_test(a_part_beyond_32_bits_has_64),
    };
    const size_t of_many_seconds = getenv("SMALLPRESS_TEST_LONG") ? 0 : 1;
    if (of_many_seconds > 0)
        print_message("# parts of 4 GiB are left to SMALLPRESS_TEST_LONG\n");
    return _cmocka_run_group_tests("xlsx_package", tests,
                                   sizeof tests / sizeof tests[0] - of_many_seconds, NULL, NULL);
}
