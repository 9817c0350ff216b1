/* The memory contract: parts announce, take and prove; what does not fit is a bug, not a status. */
#include "support/unit.h"

#include "base/sys.h"
#include <smallpress/arena.h>

#include <errno.h>
#include <string.h>

static void pieces_are_aligned_and_zeroed(void **state)
{
    struct sp_arena arena;
    struct sp_err err;
    assert_int_equal(sp_arena_open(&arena, 3 * sp_arena_cost(100), &err), SP_OK);
    sp_arena_part_begin(&arena, "pieces", 3 * sp_arena_cost(100));
    for (int i = 0; i < 3; i++) {
        unsigned char *piece = sp_arena_take(&arena, 100, 1);
        assert_int_equal((uintptr_t)piece % SP_ARENA_ALIGN, 0);
        for (int j = 0; j < 100; j++)
            assert_int_equal(piece[j], 0);
        memset(piece, 0xFF, 100);
    }
    sp_arena_part_end(&arena);
    sp_arena_seal(&arena);
    assert_int_equal(arena.used_bytes, arena.capacity_bytes);
    assert_int_equal(arena.parts[0].used_bytes, arena.parts[0].need_bytes);
    sp_arena_close(&arena);
}

static void only_touched_pages_are_resident(void **state)
{
    struct sp_arena arena;
    struct sp_err err;
    const size_t bytes = 4 << 20;
    assert_int_equal(sp_arena_open(&arena, bytes, &err), SP_OK);
    sp_arena_part_begin(&arena, "wide", bytes);
    unsigned char *piece = sp_arena_take(&arena, bytes, 1);
    sp_arena_part_end(&arena);
    piece[0] = piece[bytes / 2] = 1;
    const size_t resident = sp_arena_part_resident(&arena, 0);
    assert_in_range(resident, 2 * 4096, bytes / 2);
    sp_arena_close(&arena);
}

static void a_refused_mapping_is_no_room(void **state)
{
    struct sp_arena arena;
    struct sp_err err = {0};
    sp_sys_fault_plan(SP_SYS_MMAP, 1, ENOMEM, false);
    assert_int_equal(sp_arena_open(&arena, 1 << 20, &err), SP_NO_ROOM);
    sp_sys_fault_plan(SP_SYS_MMAP, 0, 0, false);
    assert_int_equal(err.status, SP_NO_ROOM);
    assert_non_null(strstr(err.text, "1048576"));
}

static void costs_saturate(void **state)
{
    assert_int_equal(sp_arena_cost(0), 0);
    assert_int_equal(sp_arena_cost(1), SP_ARENA_ALIGN);
    assert_true(sp_arena_cost(SIZE_MAX) >= SIZE_MAX - SP_ARENA_ALIGN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_aligned_and_zeroed),
        cmocka_unit_test(only_touched_pages_are_resident),
        cmocka_unit_test(a_refused_mapping_is_no_room),
        cmocka_unit_test(costs_saturate),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
