/* A sink that keeps what it is given, and fails when it is told to. */
#ifndef SP_TESTS_SINK_H
#define SP_TESTS_SINK_H

#include <smallpress/status.h>

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Starts as all zeros; end it with sink_free. */
struct sink {
    unsigned char *bytes;
    size_t used, capacity;
    unsigned calls;
    unsigned fails_at; /* the call from which on it refuses; 0 for never */
};

/* A write function whose context is the struct sink. */
static inline enum sp_status sink_write(void *context, const void *bytes, size_t count,
                                        struct sp_err *err)
{
    struct sink *sink = context;
    sink->calls++;
    if (sink->fails_at && sink->calls >= sink->fails_at)
        return sp_fail(err, SP_IO, "the sink refused call %u", sink->calls);
    if (count > sink->capacity - sink->used) {
        sink->capacity = 2 * (sink->used + count) + 4096;
        unsigned char *more = realloc(sink->bytes, sink->capacity);
        if (!more)
            abort();
        sink->bytes = more;
    }
    memcpy(sink->bytes + sink->used, bytes, count);
    sink->used += count;
    return SP_OK;
}

static inline void sink_free(struct sink *sink)
{
    free(sink->bytes);
    *sink = (struct sink){0};
}

#endif
