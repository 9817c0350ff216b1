#include "pdf/pdf_packer.h"

#include "base/check.h"
#include "base/num.h"

#include <limits.h>

/* Fonts and tables are packed once and read often: the usual balance of zlib. */
#define LEVEL 6

size_t sp_pdf_packer_need(void)
{
    return sp_arena_cost(SP_PDF_PACKER_HEAP);
}

void sp_pdf_packer_init(struct sp_pdf_packer *packer, struct sp_arena *arena,
                        const struct sp_scratch *scratch, unsigned char *buffer,
                        size_t buffer_bytes, struct sp_err *first)
{
    *packer = (struct sp_pdf_packer){
        .scratch = scratch,
        .first = first,
        .buffer = buffer,
        .buffer_bytes = buffer_bytes,
        .heap = sp_arena_take(arena, SP_PDF_PACKER_HEAP, 1),
    };
}

/* zlib takes its memory once and keeps it. */
static void *take(void *context, unsigned count, unsigned size)
{
    struct sp_pdf_packer *packer = context;
    const size_t bytes = sp_arena_cost(sp_size_mul(count, size));
    if (bytes > SP_PDF_PACKER_HEAP - packer->heap_used)
        return NULL;
    void *piece = packer->heap + packer->heap_used;
    packer->heap_used += bytes;
    return piece;
}

static void give_back(void *context, void *piece)
{
    (void)context;
    (void)piece;
}

static void keep_first(struct sp_pdf_packer *packer, enum sp_status status)
{
    if (packer->first->status == SP_OK)
        packer->first->status = status;
}

static void start(struct sp_pdf_packer *packer)
{
    packer->zlib = (z_stream){.zalloc = take, .zfree = give_back, .opaque = packer};
    const int result = deflateInit(&packer->zlib, LEVEL);
    packer->open = result == Z_OK;
    if (!packer->open && packer->first->status == SP_OK)
        (void)sp_fail(packer->first, SP_NO_ROOM,
                      "this version of zlib needs more than the %d KiB that are meant for it",
                      SP_PDF_PACKER_HEAP / 1024);
}

void sp_pdf_packer_begin(struct sp_pdf_packer *packer)
{
    if (!packer->open)
        start(packer);
    else
        (void)deflateReset(&packer->zlib);
    packer->length = 0;
    packer->zlib.next_out = packer->buffer;
    packer->zlib.avail_out = (unsigned)packer->buffer_bytes;
}

static void spill(struct sp_pdf_packer *packer)
{
    const size_t count = packer->buffer_bytes - packer->zlib.avail_out;
    if (packer->first->status == SP_OK)
        keep_first(packer, sp_scratch_write(packer->scratch, packer->length, packer->buffer, count,
                                            packer->first));
    packer->length += count;
    packer->high = SP_MAX(packer->high, packer->length);
    packer->zlib.next_out = packer->buffer;
    packer->zlib.avail_out = (unsigned)packer->buffer_bytes;
}

/* Runs zlib until it has taken all input and, with Z_FINISH, given all output. */
static void run(struct sp_pdf_packer *packer, int flush)
{
    int result;
    do {
        result = deflate(&packer->zlib, flush);
        SP_ASSERT(result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR);
        if (packer->zlib.avail_out == 0)
            spill(packer);
    } while (packer->zlib.avail_in > 0 || (flush == Z_FINISH && result != Z_STREAM_END));
}

void sp_pdf_packer_add(struct sp_pdf_packer *packer, const void *bytes, size_t count)
{
    const unsigned char *next = bytes;
    while (packer->open && count > 0) {
        const size_t piece = SP_MIN(count, (size_t)INT_MAX);
        packer->zlib.next_in = (unsigned char *)(uintptr_t)next;
        packer->zlib.avail_in = (unsigned)piece;
        run(packer, Z_NO_FLUSH);
        next += piece;
        count -= piece;
    }
}

uint64_t sp_pdf_packer_end(struct sp_pdf_packer *packer)
{
    if (packer->open)
        run(packer, Z_FINISH);
    spill(packer);
    return packer->length;
}

void sp_pdf_packer_copy(struct sp_pdf_packer *packer, struct sp_out *out)
{
    for (uint64_t at = 0; at < packer->length;) {
        const size_t count = (size_t)SP_MIN(packer->length - at, packer->buffer_bytes);
        if (packer->first->status == SP_OK)
            keep_first(packer,
                       sp_scratch_read(packer->scratch, at, packer->buffer, count, packer->first));
        sp_out_write(out, packer->buffer, count);
        at += count;
    }
}
