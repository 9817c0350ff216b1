/*
 * Streams of any length, deflated in flat memory.
 *
 *     sp_pdf_packer_begin(p)
 *     sp_pdf_packer_add(p, …)         as often as there is more
 *     length = sp_pdf_packer_end(p)   what it came to, for the dictionary
 *     sp_pdf_packer_copy(p, out)
 *
 * A stream's length stands before the stream, and a sink that only moves forward cannot go back to
 * fill it in; so the bytes wait on scratch. This is for font files and for the table of objects,
 * which may be megabytes; what fits a buffer is deflated faster by libdeflate in one piece.
 */
#ifndef SP_PDF_PACKER_H
#define SP_PDF_PACKER_H

#include <smallpress/arena.h>
#include <smallpress/status.h>
#include <smallpress/stream.h>

#include "base/scratch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

/*
 * What zlib takes: 262 KiB with version 1.2.13 at these settings. The rest is for other versions
 * and for zlib-ng, which stands in for it on some systems.
 */
#define SP_PDF_PACKER_HEAP (448 * 1024)

struct sp_pdf_packer {
    const struct sp_scratch *scratch; /* overwritten from its start by every stream */
    struct sp_err *first;             /* where the first error is kept */
    unsigned char *buffer;            /* borrowed */
    size_t buffer_bytes;
    unsigned char *heap; /* of zlib */
    size_t heap_used;
    z_stream zlib;
    bool open;       /* zlib has been started */
    uint64_t length; /* on scratch so far */
    uint64_t high;   /* the longest stream so far */
};

size_t sp_pdf_packer_need(void);

/* `buffer` may serve others between a stream's copy and the next begin. */
void sp_pdf_packer_init(struct sp_pdf_packer *packer, struct sp_arena *arena,
                        const struct sp_scratch *scratch, unsigned char *buffer,
                        size_t buffer_bytes, struct sp_err *first);

void sp_pdf_packer_begin(struct sp_pdf_packer *packer);
void sp_pdf_packer_add(struct sp_pdf_packer *packer, const void *bytes, size_t count);

/* Ends the stream; the number of bytes it was deflated to. */
uint64_t sp_pdf_packer_end(struct sp_pdf_packer *packer);

/* Writes the stream that ended last. */
void sp_pdf_packer_copy(struct sp_pdf_packer *packer, struct sp_out *out);

#endif
