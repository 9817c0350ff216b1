/*
 * Byte sources and byte sinks.
 *
 * Both are small structs of a function and its context, so that a caller can read from or write to
 * whatever it has. Files and pipes come ready-made: sp_in_file, and struct sp_file (file.h), which
 * never shows half a document under its final name.
 */
#ifndef SMALLPRESS_STREAM_H
#define SMALLPRESS_STREAM_H

#include "arena.h"
#include "export.h"
#include "status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

SP_BEGIN_DECLS

/*
 * A source. `read` puts up to `capacity` (at least 1) bytes at `bytes` and their number in *got; 0
 * is the end. `name` is what messages call the source: "ids.txt", "standard input".
 */
struct sp_in {
    enum sp_status (*read)(void *context, void *bytes, size_t capacity, size_t *got,
                           struct sp_err *err);
    void *context;
    const char *name;
};

/* A source on a descriptor. Not to be moved while open: in.context points back at it. */
struct sp_in_file {
    struct sp_in in;
    int fd;
    bool regular;        /* an ordinary file, which can be read twice */
    uint64_t size_bytes; /* of an ordinary file */
    /*
     * Asked several times a second while a read waits for a pipe or a terminal: when it says true,
     * the read gives up with SP_STOPPED. Null after opening, which is never; the caller may set it.
     */
    bool (*stopped)(void *context);
    void *stopped_context;
};

/*
 * Opens `path` for reading; "-" is standard input. SP_IO if it cannot be opened or is a folder. The
 * path is borrowed until sp_in_file_close.
 */
SP_API SP_MUST_CHECK enum sp_status sp_in_file_open(struct sp_in_file *file, const char *path,
                                                    struct sp_err *err);
SP_API void sp_in_file_close(struct sp_in_file *file);

/*
 * A sink with a buffer and a memory: the first error is kept, later writes do nothing, and whoever
 * asks at the end is told the first. That lets a writer say what it has to say without a check a
 * line.
 */
struct sp_out {
    enum sp_status (*write)(void *context, const void *bytes, size_t count, struct sp_err *err);
    void *context;
    unsigned char *buffer;
    size_t buffer_bytes;
    size_t buffered;
    uint64_t position; /* bytes accepted since init: the offset of the next one */
    uint32_t crc32;    /* of all of them */
    struct sp_err first;
};

/* Bytes of memory that a sink with such a buffer takes from an arena. */
SP_API size_t sp_out_need(size_t buffer_bytes);

/* Makes a sink that hands `buffer_bytes` (1 or more) at a time to `write`. */
SP_API void sp_out_init(struct sp_out *out, struct sp_arena *arena, size_t buffer_bytes,
                        enum sp_status (*write)(void *, const void *, size_t, struct sp_err *),
                        void *context);

/* A write function that drops everything, for rehearsals that only count. */
SP_API enum sp_status sp_out_discard(void *context, const void *bytes, size_t count,
                                     struct sp_err *err);

/* Accepts bytes. Pieces larger than the buffer pass through without being copied. */
SP_API void sp_out_write(struct sp_out *out, const void *bytes, size_t count);
SP_API void sp_out_text(struct sp_out *out, const char *text);
SP_API void sp_out_format(struct sp_out *out, const char *format, ...) SP_PRINTF(2, 3);

/* Hands on what is buffered and returns the first error there was, copied to `err`. */
SP_API SP_MUST_CHECK enum sp_status sp_out_flush(struct sp_out *out, struct sp_err *err);

SP_END_DECLS

#endif
