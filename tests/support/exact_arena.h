/* An arena for one object: exactly what it says it needs, and proof that it took all of it. */
#ifndef SP_TESTS_EXACT_ARENA_H
#define SP_TESTS_EXACT_ARENA_H

#include "support/unit.h"

#include <smallpress/arena.h>

static inline void exact_arena_open(struct sp_arena *arena, size_t need)
{
    struct sp_err err = {0};
    assert_int_equal(sp_arena_open(arena, need, &err), SP_OK);
    sp_arena_part_begin(arena, "under test", need);
}

/* After the last init: nothing is left over, and nothing more is to be had. */
static inline void exact_arena_seal(struct sp_arena *arena)
{
    sp_arena_part_end(arena);
    assert_int_equal(arena->used_bytes, arena->capacity_bytes);
    sp_arena_seal(arena);
}

#endif
