#include "pdf/pdf_xref.h"

#include "base/check.h"
#include "base/num.h"

#include <inttypes.h>
#include <string.h>

#define ENTRY_BYTES sizeof(uint64_t)

/* An entry is an offset, or with the topmost bit the number of an object stream and an index. */
#define PACKED     (UINT64_C(1) << 63)
#define INDEX_BITS 8

size_t sp_pdf_xref_need(void)
{
    return sp_arena_cost(SP_PDF_XREF_BLOCK * ENTRY_BYTES);
}

uint64_t sp_pdf_xref_scratch(uint64_t objects)
{
    return sp_u64_mul(sp_u64_div_ceil(objects, SP_PDF_XREF_BLOCK), SP_PDF_XREF_BLOCK * ENTRY_BYTES);
}

void sp_pdf_xref_init(struct sp_pdf_xref *xref, struct sp_arena *arena,
                      const struct sp_scratch *scratch)
{
    *xref = (struct sp_pdf_xref){
        .scratch = scratch,
        .block = sp_arena_take(arena, SP_PDF_XREF_BLOCK, ENTRY_BYTES),
        .next = 1,
    };
}

uint32_t sp_pdf_xref_reserve(struct sp_pdf_xref *xref, uint32_t count)
{
    const uint32_t first = xref->next;
    SP_ASSERT(count <= UINT32_MAX - first);
    xref->next += count;
    return first;
}

static void spill(struct sp_pdf_xref *xref, uint32_t object, const uint64_t *offsets, size_t count)
{
    if (xref->first.status == SP_OK)
        xref->first.status = sp_scratch_write(xref->scratch, (uint64_t)object * ENTRY_BYTES,
                                              offsets, count * ENTRY_BYTES, &xref->first);
}

static void set_entry(struct sp_pdf_xref *xref, uint32_t object, uint64_t entry)
{
    SP_ASSERT(object > 0 && object < xref->next);
    const uint32_t start = object / SP_PDF_XREF_BLOCK * SP_PDF_XREF_BLOCK;
    if (start < xref->block_start) {
        spill(xref, object, &entry, 1);
        return;
    }
    if (start > xref->block_start) {
        spill(xref, xref->block_start, xref->block, SP_PDF_XREF_BLOCK);
        /* Blocks in between hold nothing yet: scratch reads as zeros there. */
        memset(xref->block, 0, SP_PDF_XREF_BLOCK * ENTRY_BYTES);
        xref->block_start = start;
    }
    xref->block[object - start] = entry;
}

void sp_pdf_xref_set(struct sp_pdf_xref *xref, uint32_t object, uint64_t offset)
{
    SP_ASSERT(!(offset & PACKED));
    set_entry(xref, object, offset);
}

void sp_pdf_xref_set_packed(struct sp_pdf_xref *xref, uint32_t object, uint32_t stream,
                            uint32_t index)
{
    SP_ASSERT(index < 1u << INDEX_BITS);
    set_entry(xref, object, PACKED | (uint64_t)stream << INDEX_BITS | index);
}

/* Bytes that hold any number up to `most`: the width of the table's second column. */
static unsigned column_width(uint64_t most)
{
    unsigned width = 1;
    while (width < 8 && most >> (8 * width) != 0)
        width++;
    return width;
}

/*
 * One row: type 1 (in use), offset, generation 0; or type 2 (in an object stream), its number, the
 * index there; object 0 heads the list of free objects.
 */
#define ROW_MAX 10

static size_t make_row(unsigned char row[ROW_MAX], uint32_t object, uint64_t entry, unsigned width)
{
    const bool packed = entry & PACKED;
    const uint64_t middle = packed ? (entry & ~PACKED) >> INDEX_BITS : entry;
    row[0] = object == 0 ? 0 : packed ? 2 : 1;
    for (unsigned i = 0; i < width; i++)
        row[1 + i] = (unsigned char)(middle >> (8 * (width - 1 - i)));
    row[1 + width] = packed ? (unsigned char)entry : 0;
    return width + 2;
}

/* Reads the table back block by block and hands its rows on. */
static void each_row(struct sp_pdf_xref *xref, unsigned width,
                     void (*visit)(void *context, const unsigned char *row, size_t bytes),
                     void *context)
{
    for (uint32_t object = 0; object < xref->next; object++) {
        const uint32_t in_block = object % SP_PDF_XREF_BLOCK;
        if (in_block == 0 && xref->first.status == SP_OK)
            xref->first.status =
                sp_scratch_read(xref->scratch, (uint64_t)object * ENTRY_BYTES, xref->block,
                                SP_PDF_XREF_BLOCK * ENTRY_BYTES, &xref->first);
        /* An object that was numbered and never written would leave a hole in the file. */
        SP_ASSERT(object == 0 || xref->block[in_block] != 0 || xref->first.status != SP_OK);
        unsigned char row[ROW_MAX];
        const size_t bytes = make_row(row, object, xref->block[in_block], width);
        visit(context, row, bytes);
    }
}

static void write_row(void *context, const unsigned char *row, size_t bytes)
{
    sp_out_write(context, row, bytes);
}

/* Rows as differences from the row before (PNG's Up, 7.4.4.4): mostly zeros and ones. */
struct difference {
    struct sp_pdf_packer *packer;
    unsigned char before[ROW_MAX];
};

static void pack_row(void *context, const unsigned char *row, size_t bytes)
{
    struct difference *difference = context;
    unsigned char out[1 + ROW_MAX] = {2};
    for (size_t i = 0; i < bytes; i++)
        out[1 + i] = (unsigned char)(row[i] - difference->before[i]);
    memcpy(difference->before, row, bytes);
    sp_pdf_packer_add(difference->packer, out, 1 + bytes);
}

static void write_head(const struct sp_pdf_xref *xref, struct sp_out *out, uint32_t number,
                       unsigned width, const char *trailer)
{
    sp_out_format(out, "%" PRIu32 " 0 obj\n<</Type/XRef/Size %" PRIu32 "/W[1 %u 1]%s", number,
                  xref->next, width, trailer);
}

static void write_rows(struct sp_pdf_xref *xref, struct sp_out *out, uint32_t number,
                       unsigned width, const char *trailer)
{
    write_head(xref, out, number, width, trailer);
    sp_out_format(out, "/Length %" PRIu64 ">>stream\n", (uint64_t)xref->next * (width + 2));
    each_row(xref, width, write_row, out);
}

static void write_packed_rows(struct sp_pdf_xref *xref, struct sp_out *out, uint32_t number,
                              unsigned width, const char *trailer)
{
    struct difference difference = {.packer = xref->packer};
    sp_pdf_packer_begin(xref->packer);
    each_row(xref, width, pack_row, &difference);
    const uint64_t length = sp_pdf_packer_end(xref->packer);
    write_head(xref, out, number, width, trailer);
    sp_out_format(out,
                  "/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns %u>>/Length %" PRIu64
                  ">>stream\n",
                  width + 2, length);
    sp_pdf_packer_copy(xref->packer, out);
}

enum sp_status sp_pdf_xref_write(struct sp_pdf_xref *xref, struct sp_out *out, const char *trailer,
                                 struct sp_err *err)
{
    const uint32_t number = sp_pdf_xref_reserve(xref, 1);
    const uint64_t start = out->position;
    /* The middle column holds numbers of object streams as well. */
    const unsigned width = column_width(xref->packer ? SP_MAX(start, xref->next) : start);
    sp_pdf_xref_set(xref, number, start);
    spill(xref, xref->block_start, xref->block, SP_PDF_XREF_BLOCK);
    if (xref->packer)
        write_packed_rows(xref, out, number, width, trailer);
    else
        write_rows(xref, out, number, width, trailer);
    sp_out_format(out, "\nendstream\nendobj\nstartxref\n%" PRIu64 "\n%%%%EOF\n", start);
    if (xref->first.status != SP_OK && err)
        *err = xref->first;
    return xref->first.status;
}
