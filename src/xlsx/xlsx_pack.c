#include "xlsx/xlsx_pack.h"

#include "base/num.h"

#include <libdeflate.h>
#include <stdarg.h>
#include <stdio.h>

/* Deflated bytes that go to scratch at once. */
#define PACKED ((size_t)32 * 1024)

/*
 * What deflateInit2 takes for a window of 32 KiB and memory level 8: 268 KB in zlib 1.2.13 (zconf.h
 * gives the sum), 330 KB in those of its successors that keep wider tables.
 */
#define POOL ((size_t)400 * 1024)

/*
 * Level 1. The text of sheets at 10 cells a row: 234 MB/s and 11.6 % of its size; level 4 152 MB/s
 * and 10.5 %, level 6 83 MB/s and 9.3 %. Smaller windows save memory and cost speed: zlib moves its
 * window along by copying it.
 */
#define LEVEL 1

size_t sp_xlsx_pack_need(void)
{
    return sp_size_add(sp_arena_cost(POOL),
                       sp_size_add(sp_arena_cost(SP_XLSX_PACK_PLAIN), sp_arena_cost(PACKED)));
}

static void *pool_take(void *context, uInt count, uInt size)
{
    struct sp_xlsx_pack *pack = context;
    const size_t bytes = sp_arena_cost(sp_size_mul(count, size));
    if (bytes > POOL - pack->pool_used)
        return NULL;
    void *piece = pack->pool + pack->pool_used;
    pack->pool_used += bytes;
    return piece;
}

/* The pool goes with the arena. */
static void pool_give_back(void *context, void *piece)
{
    (void)context;
    (void)piece;
}

enum sp_status sp_xlsx_pack_init(struct sp_xlsx_pack *pack, struct sp_arena *arena,
                                 const struct sp_scratch *scratch, struct sp_err *err)
{
    *pack = (struct sp_xlsx_pack){.scratch = scratch};
    pack->pool = sp_arena_take(arena, POOL, 1);
    pack->plain.bytes = sp_arena_take(arena, SP_XLSX_PACK_PLAIN, 1);
    pack->plain.capacity = SP_XLSX_PACK_PLAIN;
    pack->packed = sp_arena_take(arena, PACKED, 1);
    pack->stream.zalloc = pool_take;
    pack->stream.zfree = pool_give_back;
    pack->stream.opaque = pack;
    if (deflateInit2(&pack->stream, LEVEL, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return sp_fail(err, SP_NO_ROOM,
                       "this version of zlib (%s) wants more memory than the "
                       "%zu KiB that are set aside for it",
                       zlibVersion(), POOL / 1024);
    return SP_OK;
}

void sp_xlsx_pack_begin(struct sp_xlsx_pack *pack)
{
    SP_ASSERT(!pack->open);
    SP_ASSERT(pack->plain.used == 0 && pack->packed_used == 0);
    const int reset = deflateReset(&pack->stream);
    SP_ASSERT(reset == Z_OK);
    pack->part = (struct sp_xlsx_part){.offset = pack->end};
    pack->open = true;
    sp_xlsx_pack_text(pack, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n");
}

static void spill(struct sp_xlsx_pack *pack)
{
    if (pack->first.status == SP_OK)
        pack->first.status = sp_scratch_write(pack->scratch, pack->end, pack->packed,
                                              pack->packed_used, &pack->first);
    pack->end += pack->packed_used;
    pack->part.packed += pack->packed_used;
    pack->packed_used = 0;
}

/* Deflates the text in hand; with Z_FINISH to the end of the part. */
static void squeeze(struct sp_xlsx_pack *pack, int flush)
{
    pack->part.crc = libdeflate_crc32(pack->part.crc, pack->plain.bytes, pack->plain.used);
    pack->part.plain += pack->plain.used;
    pack->stream.next_in = pack->plain.bytes;
    pack->stream.avail_in = (uInt)pack->plain.used;
    pack->plain.used = 0;
    do {
        if (pack->packed_used == PACKED)
            spill(pack);
        const size_t room = PACKED - pack->packed_used;
        pack->stream.next_out = pack->packed + pack->packed_used;
        pack->stream.avail_out = (uInt)room;
        const int result = deflate(&pack->stream, flush);
        SP_ASSERT(result != Z_STREAM_ERROR);
        pack->packed_used += room - pack->stream.avail_out;
    } while (pack->stream.avail_out == 0);
    SP_ASSERT(pack->stream.avail_in == 0);
}

struct sp_xlsx_part sp_xlsx_pack_end(struct sp_xlsx_pack *pack)
{
    SP_ASSERT(pack->open);
    squeeze(pack, Z_FINISH);
    spill(pack);
    pack->open = false;
    return pack->part;
}

struct sp_buf *sp_xlsx_pack_room(struct sp_xlsx_pack *pack, size_t count)
{
    SP_ASSERT(pack->open);
    SP_ASSERT(count <= SP_XLSX_PACK_PLAIN);
    if (count > SP_XLSX_PACK_PLAIN - pack->plain.used)
        squeeze(pack, Z_NO_FLUSH);
    return &pack->plain;
}

void sp_xlsx_pack_bytes(struct sp_xlsx_pack *pack, const void *bytes, size_t count)
{
    const unsigned char *next = bytes;
    while (count > 0) {
        const size_t piece = SP_MIN(count, SP_XLSX_PACK_PLAIN);
        sp_buf_bytes(sp_xlsx_pack_room(pack, piece), next, piece);
        next += piece;
        count -= piece;
    }
}

void sp_xlsx_pack_text(struct sp_xlsx_pack *pack, const char *text)
{
    sp_xlsx_pack_bytes(pack, text, strlen(text));
}

void sp_xlsx_pack_format(struct sp_xlsx_pack *pack, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    SP_ASSERT(length >= 0 && (size_t)length < sizeof text);
    sp_xlsx_pack_bytes(pack, text, (size_t)length);
}

enum sp_status sp_xlsx_pack_check(const struct sp_xlsx_pack *pack, struct sp_err *err)
{
    if (pack->first.status != SP_OK && err)
        *err = pack->first;
    return pack->first.status;
}
