#include "press/library_heap.h"

#include <stdlib.h>

enum sp_status sp_library_heap_reserve(uint64_t bytes, struct sp_err *err)
{
    /* Volatile, because a compiler may leave out an allocation that nobody uses. */
    void *volatile room = malloc(bytes);
    if (!room)
        return sp_fail(err, SP_NO_ROOM, "the system would not give the libraries their memory");
    free(room);
    return SP_OK;
}
