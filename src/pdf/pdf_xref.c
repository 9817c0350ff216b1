#include "pdf/pdf_xref.h"

#include "base/check.h"
#include "base/num.h"

#include <inttypes.h>
#include <string.h>

#define ENTRY_BYTES sizeof(uint64_t)

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

void sp_pdf_xref_set(struct sp_pdf_xref *xref, uint32_t object, uint64_t offset)
{
    SP_ASSERT(object > 0 && object < xref->next);
    const uint32_t start = object / SP_PDF_XREF_BLOCK * SP_PDF_XREF_BLOCK;
    if (start < xref->block_start) {
        spill(xref, object, &offset, 1);
        return;
    }
    if (start > xref->block_start) {
        spill(xref, xref->block_start, xref->block, SP_PDF_XREF_BLOCK);
        /* Blocks in between hold nothing yet: scratch reads as zeros there. */
        memset(xref->block, 0, SP_PDF_XREF_BLOCK * ENTRY_BYTES);
        xref->block_start = start;
    }
    xref->block[object - start] = offset;
}

/* Bytes that hold any offset up to `most`: the width of the table's second column. */
static unsigned offset_width(uint64_t most)
{
    unsigned width = 1;
    while (width < 8 && most >> (8 * width) != 0)
        width++;
    return width;
}

/* One row: type 1 (in use), offset, generation 0; object 0 heads the list of free objects. */
static void write_row(struct sp_out *out, uint32_t object, uint64_t offset, unsigned width)
{
    unsigned char row[10] = {object == 0 ? 0 : 1};
    for (unsigned i = 0; i < width; i++)
        row[1 + i] = (unsigned char)(offset >> (8 * (width - 1 - i)));
    sp_out_write(out, row, width + 2);
}

enum sp_status sp_pdf_xref_write(struct sp_pdf_xref *xref, struct sp_out *out, const char *trailer,
                                 struct sp_err *err)
{
    const uint32_t number = sp_pdf_xref_reserve(xref, 1);
    const uint64_t start = out->position;
    const unsigned width = offset_width(start);
    sp_pdf_xref_set(xref, number, start);
    spill(xref, xref->block_start, xref->block, SP_PDF_XREF_BLOCK);

    sp_out_format(out,
                  "%" PRIu32 " 0 obj\n<</Type/XRef/Size %" PRIu32 "/W[1 %u 1]%s/Length %" PRIu64
                  ">>stream\n",
                  number, xref->next, width, trailer, (uint64_t)xref->next * (width + 2));
    for (uint32_t object = 0; object < xref->next; object++) {
        const uint32_t in_block = object % SP_PDF_XREF_BLOCK;
        if (in_block == 0 && xref->first.status == SP_OK)
            xref->first.status =
                sp_scratch_read(xref->scratch, (uint64_t)object * ENTRY_BYTES, xref->block,
                                SP_PDF_XREF_BLOCK * ENTRY_BYTES, &xref->first);
        /* An object that was numbered and never written would leave a hole in the file. */
        SP_ASSERT(object == 0 || xref->block[in_block] != 0 || xref->first.status != SP_OK);
        write_row(out, object, xref->block[in_block], width);
    }
    sp_out_format(out, "\nendstream\nendobj\nstartxref\n%" PRIu64 "\n%%%%EOF\n", start);
    if (xref->first.status != SP_OK && err)
        *err = xref->first;
    return xref->first.status;
}
