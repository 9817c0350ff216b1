#include <smallpress/arena.h>

#include "base/check.h"
#include "base/num.h"
#include "base/sys.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

size_t sp_arena_cost(size_t bytes)
{
    return sp_size_add(bytes, SP_ARENA_ALIGN - 1) & ~(size_t)(SP_ARENA_ALIGN - 1);
}

enum sp_status sp_arena_open(struct sp_arena *arena, size_t bytes, struct sp_err *err)
{
    int error = 0;
    void *memory = bytes ? sp_sys_map(bytes, &error) : NULL;
    if (bytes && !memory) {
        char reason[128];
        return sp_fail(err, SP_NO_ROOM,
                       "the system would not give the job its %zu bytes of memory: %s", bytes,
                       strerror_r(error, reason, sizeof reason));
    }
    memset(arena, 0, sizeof *arena);
    arena->base = memory;
    arena->capacity_bytes = bytes;
    return SP_OK;
}

void sp_arena_close(struct sp_arena *arena)
{
    if (arena->base)
        sp_sys_unmap(arena->base, arena->capacity_bytes);
    memset(arena, 0, sizeof *arena);
}

void sp_arena_part_begin(struct sp_arena *arena, const char *name, size_t need_bytes)
{
    SP_ASSERT(!arena->sealed);
    SP_ASSERT(!arena->in_part);
    SP_ASSERT(arena->part_count < SP_ARENA_PARTS_MAX);
    arena->parts[arena->part_count] =
        (struct sp_arena_part){.name = name, .offset = arena->used_bytes, .need_bytes = need_bytes};
    arena->in_part = true;
}

void sp_arena_part_end(struct sp_arena *arena)
{
    SP_ASSERT(arena->in_part);
    struct sp_arena_part *part = &arena->parts[arena->part_count];
    part->used_bytes = arena->used_bytes - part->offset;
    SP_ASSERT(part->used_bytes <= part->need_bytes);
    arena->part_count++;
    arena->in_part = false;
}

void *sp_arena_take(struct sp_arena *arena, size_t count, size_t size)
{
    SP_ASSERT(!arena->sealed);
    SP_ASSERT(arena->in_part);
    const size_t cost = sp_arena_cost(sp_size_mul(count, size));
    SP_ASSERT(cost <= arena->capacity_bytes - arena->used_bytes);
    void *piece = arena->base + arena->used_bytes;
    arena->used_bytes += cost;
    return piece;
}

void sp_arena_seal(struct sp_arena *arena)
{
    SP_ASSERT(!arena->in_part);
    arena->sealed = true;
}

size_t sp_arena_part_resident(const struct sp_arena *arena, size_t part)
{
    SP_ASSERT(part < arena->part_count);
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t start = arena->parts[part].offset / page * page;
    const size_t end = arena->parts[part].offset + arena->parts[part].used_bytes;
    size_t resident = 0;
    unsigned char present[256]; /* a byte a page: asked for a megabyte at a time */
    for (size_t at = start; at < end; at += sizeof present * page) {
        const size_t length = SP_MIN(end - at, sizeof present * page);
        if (mincore(arena->base + at, length, present) != 0)
            return 0;
        for (size_t i = 0; i < sp_u64_div_ceil(length, page); i++)
            resident += (present[i] & 1) * page;
    }
    return resident;
}
