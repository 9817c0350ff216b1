/* A file without a name: what was written is read back, the rest is zeros, and nothing is left. */
#include "support/unit.h"

#include "base/scratch.h"
#include "base/sys.h"
#include "support/folder.h"
#include "support/random.h"

#include <errno.h>
#include <string.h>

/* main sets it before the first call: reads and writes move so many bytes at most. */
#define SHORT_BYTES "1000"

static void pieces_come_back_from_their_places(void **state)
{
    static unsigned char data[300000], found[300000];
    struct random random = {5};
    struct folder folder;
    struct sp_scratch scratch;
    random_fill(&random, data, sizeof data);
    folder_open(&folder);
    assert_int_equal(sp_scratch_open(&scratch, folder.path, NULL), SP_OK);
    for (size_t block = 0; block < 30; block++) {
        const size_t at = block * 7 % 30 * 10000;
        assert_int_equal(sp_scratch_write(&scratch, at, data + at, 10000, NULL), SP_OK);
    }
    assert_int_equal(sp_scratch_read(&scratch, 0, found, sizeof found, NULL), SP_OK);
    assert_memory_equal(found, data, sizeof data);
    for (int i = 0; i < 100; i++) {
        const size_t at = (size_t)random_below(&random, sizeof data);
        const size_t count = (size_t)random_below(&random, sizeof data - at + 1);
        memset(found, 0xAA, sizeof found);
        assert_int_equal(sp_scratch_read(&scratch, at, found, count, NULL), SP_OK);
        assert_memory_equal(found, data + at, count);
        if (count < sizeof found)
            assert_int_equal(found[count], 0xAA);
    }
    sp_scratch_close(&scratch);
    assert_int_equal(scratch.fd, -1);
    folder_remove(&folder);
}

/* Holes and what lies beyond the end, far beyond four gigabytes too. */
static void what_was_not_written_is_zeros(void **state)
{
    const uint64_t far = UINT64_C(5) << 30;
    unsigned char found[5000], zeros[5000] = {0};
    struct folder folder;
    struct sp_scratch scratch;
    folder_open(&folder);
    assert_int_equal(sp_scratch_open(&scratch, folder.path, NULL), SP_OK);
    assert_int_equal(sp_scratch_write(&scratch, far, "end", 3, NULL), SP_OK);
    memset(found, 0xAA, sizeof found);
    assert_int_equal(sp_scratch_read(&scratch, far - 2000, found, sizeof found, NULL), SP_OK);
    assert_memory_equal(found, zeros, 2000);
    assert_memory_equal(found + 2000, "end", 3);
    assert_memory_equal(found + 2003, zeros, sizeof found - 2003);
    memset(found, 0xAA, sizeof found);
    assert_int_equal(sp_scratch_read(&scratch, 2 * far, found, sizeof found, NULL), SP_OK);
    assert_memory_equal(found, zeros, sizeof found);
    sp_scratch_close(&scratch);
    folder_remove(&folder);
}

static void it_has_no_name(void **state)
{
    struct folder folder;
    struct sp_scratch scratch;
    folder_open(&folder);
    assert_int_equal(sp_scratch_open(&scratch, folder.path, NULL), SP_OK);
    assert_int_equal(sp_scratch_write(&scratch, 0, "here", 4, NULL), SP_OK);
    assert_int_equal(folder_names(&folder, NULL), 0);
    sp_scratch_close(&scratch);
    sp_scratch_close(&scratch);
    assert_int_equal(sp_sys_open_count(), 0);
    folder_remove(&folder);
}

/* A file system that has no files without names says so with one of three errors. */
static void a_name_is_taken_away_where_there_must_be_one(void **state)
{
    static const int errors[] = {EOPNOTSUPP, EISDIR, EINVAL};
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        struct folder folder;
        struct sp_scratch scratch;
        char found[4];
        folder_open(&folder);
        sp_sys_fault_plan(SP_SYS_OPEN, 1, errors[i], false);
        assert_int_equal(sp_scratch_open(&scratch, folder.path, NULL), SP_OK);
        assert_int_equal(sp_sys_fault_count(SP_SYS_OPEN), 3);
        sp_sys_fault_plan(SP_SYS_OPEN, 0, 0, false);
        assert_int_equal(folder_names(&folder, NULL), 0);
        assert_int_equal(sp_scratch_write(&scratch, 0, "here", 4, NULL), SP_OK);
        assert_int_equal(sp_scratch_read(&scratch, 0, found, 4, NULL), SP_OK);
        assert_memory_equal(found, "here", 4);
        sp_scratch_close(&scratch);
        assert_int_equal(sp_sys_open_count(), 0);
        folder_remove(&folder);
    }
}

static void a_folder_that_refuses_is_named(void **state)
{
    struct folder folder;
    struct sp_scratch scratch;
    struct sp_err err = {0};
    folder_open(&folder);
    folder_remove(&folder);
    assert_int_equal(sp_scratch_open(&scratch, folder.path, &err), SP_IO);
    assert_int_equal(err.os_error, ENOENT);
    assert_non_null(strstr(err.text, folder.path));
    sp_scratch_close(&scratch); /* harmless */

    /* The file system has no files without names, and then refuses: the folder, or the name. */
    folder_open(&folder);
    sp_sys_fault_plan(SP_SYS_OPEN, 1, EOPNOTSUPP, true);
    assert_int_equal(sp_scratch_open(&scratch, folder.path, &err), SP_IO);
    assert_int_equal(err.os_error, EOPNOTSUPP);
    sp_sys_fault_plan(SP_SYS_OPEN, 0, 0, false);
    assert_int_equal(sp_sys_open_count(), 0);
    folder_remove(&folder);
}

/* The nth short write or read of a transfer of ten. */
static void a_transfer_that_fails_is_told(void **state)
{
    static unsigned char data[10000];
    struct folder folder;
    struct sp_scratch scratch;
    folder_open(&folder);
    assert_int_equal(sp_scratch_open(&scratch, folder.path, NULL), SP_OK);
    for (uint64_t nth = 1; nth <= 10; nth++) {
        struct sp_err err = {0};
        sp_sys_fault_plan(SP_SYS_WRITE, nth, ENOSPC, false);
        assert_int_equal(sp_scratch_write(&scratch, 0, data, sizeof data, &err), SP_IO);
        assert_int_equal(err.os_error, ENOSPC);
        assert_non_null(strstr(err.text, folder.path));
        assert_int_equal(sp_sys_fault_count(SP_SYS_WRITE), nth);
    }
    sp_sys_fault_plan(SP_SYS_WRITE, 11, ENOSPC, false);
    assert_int_equal(sp_scratch_write(&scratch, 0, data, sizeof data, NULL), SP_OK);
    for (uint64_t nth = 1; nth <= 10; nth++) {
        struct sp_err err = {0};
        sp_sys_fault_plan(SP_SYS_READ, nth, EIO, false);
        assert_int_equal(sp_scratch_read(&scratch, 0, data, sizeof data, &err), SP_IO);
        assert_int_equal(err.os_error, EIO);
        assert_non_null(strstr(err.text, folder.path));
    }
    sp_sys_fault_plan(SP_SYS_READ, 11, EIO, false);
    assert_int_equal(sp_scratch_read(&scratch, 0, data, sizeof data, NULL), SP_OK);
    sp_sys_fault_plan(SP_SYS_READ, 0, 0, false);
    sp_scratch_close(&scratch);
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_come_back_from_their_places),
        cmocka_unit_test(what_was_not_written_is_zeros),
        cmocka_unit_test(it_has_no_name),
        cmocka_unit_test(a_name_is_taken_away_where_there_must_be_one),
        cmocka_unit_test(a_folder_that_refuses_is_named),
        cmocka_unit_test(a_transfer_that_fails_is_told),
    };
    if (setenv("SMALLPRESS_SHORT", SHORT_BYTES, 1) != 0)
        return 1;
    return cmocka_run_group_tests_name("scratch", tests, NULL, NULL);
}
