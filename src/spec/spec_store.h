/*
 * The memory of a submission: one piece, used from both ends.
 *
 * From the front grows what stays: texts, finished lists. From the back grows a stack of elements
 * of lists whose end has not come. When it comes they are turned to their order and moved to the
 * front, where they may overlap where they were: no element ever takes its bytes twice.
 */
#ifndef SP_SPEC_SPEC_STORE_H
#define SP_SPEC_SPEC_STORE_H

#include "base/check.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct sp_spec_store {
    unsigned char *bytes; /* aligned to 8, as is `high` */
    size_t low;           /* where the front ends */
    size_t high;          /* where the stack begins */
};

/* Bytes between front and stack, for a text that is not yet known to stay. */
static inline char *sp_spec_store_scratch(const struct sp_spec_store *store, size_t count)
{
    SP_ASSERT(count <= store->high - store->low);
    return (char *)store->bytes + store->low;
}

/* Keeps the first bytes of the scratch. */
static inline void sp_spec_store_keep(struct sp_spec_store *store, size_t count)
{
    SP_ASSERT(count <= store->high - store->low);
    store->low += count;
}

/* Zeroed bytes at the front, aligned. */
static inline void *sp_spec_store_take(struct sp_spec_store *store, size_t count)
{
    store->low = (store->low + 7) & ~(size_t)7;
    SP_ASSERT(store->low <= store->high && count <= store->high - store->low);
    void *piece = store->bytes + store->low;
    store->low += count;
    return memset(piece, 0, count);
}

/* Zeroed bytes on the stack, a multiple of 8. */
static inline void *sp_spec_store_push(struct sp_spec_store *store, size_t count)
{
    SP_ASSERT(count % 8 == 0 && count <= store->high - store->low);
    store->high -= count;
    return memset(store->bytes + store->high, 0, count);
}

static inline void sp_spec_store_pop(struct sp_spec_store *store, size_t count)
{
    store->high += count;
}

/* Moves the `count` topmost elements of the stack to the front, the first pushed first. */
void *sp_spec_store_collect(struct sp_spec_store *store, size_t count, size_t element_bytes);

#endif
