/*
 * The memory of one job.
 *
 * An arena is one block that is handed out from front to back and never given back piece by piece.
 * It carries the memory contract:
 *
 *     need   an object says how many bytes it will take, by arithmetic alone
 *     init   it takes them, inside a part that bears its name
 *     seal   no more is handed out; whatever the job does later happens in what it has
 *
 * Each part proves at its end that it took no more than was announced, in release builds too. Since
 * nothing is taken after the seal, what is used then is the high water mark of the job.
 */
#ifndef SMALLPRESS_ARENA_H
#define SMALLPRESS_ARENA_H

#include "export.h"
#include "status.h"
#include <stdbool.h>
#include <stddef.h>

SP_BEGIN_DECLS

/*
 * Every piece starts on a multiple of this many bytes (a cache line, and enough for any vector
 * type), so a piece of n bytes costs sp_arena_cost(n).
 */
#define SP_ARENA_ALIGN 64

/* Parts a job may have. A press has about a dozen; the table costs 32 bytes for each. */
#define SP_ARENA_PARTS_MAX 24

struct sp_arena_part {
    const char *name;  /* borrowed, constant text */
    size_t offset;     /* of its first byte in the arena */
    size_t need_bytes; /* announced */
    size_t used_bytes; /* taken; 0 until the part has ended */
};

/* The fields are public to be read; only the functions below change them. */
struct sp_arena {
    unsigned char *base;
    size_t capacity_bytes;
    size_t used_bytes;
    bool sealed;
    bool in_part;
    size_t part_count;
    struct sp_arena_part parts[SP_ARENA_PARTS_MAX];
};

/* Bytes that a piece of `bytes` costs. Saturates at SIZE_MAX, which no arena can hold. */
SP_API size_t sp_arena_cost(size_t bytes);

/*
 * Takes `bytes` (0 or more) of zeroed memory from the system. Pages that are never touched cost
 * address space but no memory. SP_NO_ROOM if the system refuses. End it with sp_arena_close.
 */
SP_API SP_MUST_CHECK enum sp_status sp_arena_open(struct sp_arena *arena, size_t bytes,
                                                  struct sp_err *err);
SP_API void sp_arena_close(struct sp_arena *arena);

/* Opens and ends a named part. Parts follow one another and do not nest. */
SP_API void sp_arena_part_begin(struct sp_arena *arena, const char *name, size_t need_bytes);
SP_API void sp_arena_part_end(struct sp_arena *arena);

/*
 * Hands out `count` × `size` zeroed bytes. Asserts that a part is open, that the arena is not
 * sealed, and that the piece fits: a shortage is an error in some object's need, not a state of the
 * world. The memory is borrowed until sp_arena_close.
 */
SP_API void *sp_arena_take(struct sp_arena *arena, size_t count, size_t size);

/* From here on every take is a bug. */
SP_API void sp_arena_seal(struct sp_arena *arena);

/*
 * Bytes of a part that are in memory now, counted in whole pages by asking the kernel. Pages shared
 * with a neighbouring part count for both. 0 where the kernel cannot tell.
 */
SP_API size_t sp_arena_part_resident(const struct sp_arena *arena, size_t part);

SP_END_DECLS

#endif
