#include "press/sheet_plan.h"

#include <smallpress/limit.h>

#include "base/check.h"
#include "base/num.h"
#include "pdf/pdf_document.h"
#include "press/page_ring.h"
#include "press/sheet_page.h"
#include "press/sheet_press.h"
#include "press/sheet_source.h"
#include "text/font.h"

#include <inttypes.h>

const char *const sp_sheet_part_names[SP_SHEET_PART_COUNT] = {
    [SP_SHEET_PART_JOB] = "the job itself",
    [SP_SHEET_PART_RECORDS] = "reading and checking records",
    [SP_SHEET_PART_FONT] = "font tables and subset",
    [SP_SHEET_PART_WORKERS] = "encoders and pens",
    [SP_SHEET_PART_PAGES] = "pages in hand",
    [SP_SHEET_PART_OUTPUT] = "the PDF writer and its buffers",
};

/* DejaVu Sans has 6,253 glyphs; ASCII is 95 of them and the box for what is missing. */
#define GLYPHS_ASCII 96
#define GLYPHS_ALL   8192

size_t sp_sheet_subset_bytes(const struct sp_sheet_shape *shape)
{
    return shape->ascii ? SP_FONT_SUBSET_ASCII : sp_font_file_bytes();
}

uint32_t sp_sheet_subset_glyphs(const struct sp_sheet_shape *shape)
{
    return shape->ascii ? GLYPHS_ASCII : GLYPHS_ALL;
}

void sp_plan_add(struct sp_plan *plan, const char *name, uint64_t bytes, bool in_arena)
{
    SP_ASSERT(plan->part_count < SP_PLAN_PARTS_MAX);
    plan->parts[plan->part_count++] = (struct sp_plan_part){name, bytes, in_arena};
    plan->memory_bytes = sp_u64_add(plan->memory_bytes, bytes);
    if (in_arena)
        plan->arena_bytes = sp_u64_add(plan->arena_bytes, bytes);
}

static size_t records_need(const struct sp_sheet_shape *shape)
{
    return sp_sheet_source_need(shape) + sp_arena_cost(sp_qr_encoder_need(shape->version_max)) +
           sp_arena_cost(sizeof(struct sp_qr_symbol)) + sp_arena_cost(shape->payload_bytes_max);
}

struct sp_sheet_needs sp_sheet_needs(const struct sp_sheet_shape *shape)
{
    const unsigned threads = shape->spec->threads;
    const size_t slots = sp_page_ring_slots(threads);
    return (struct sp_sheet_needs){{
        [SP_SHEET_PART_JOB] = sp_sheet_job_need(shape) + sp_page_ring_need(threads),
        [SP_SHEET_PART_RECORDS] = records_need(shape),
        [SP_SHEET_PART_FONT] =
            sp_font_need() +
            sp_pdf_font_work_need(sp_sheet_subset_bytes(shape), sp_sheet_subset_glyphs(shape)),
        [SP_SHEET_PART_WORKERS] = sp_size_mul(threads, sp_sheet_worker_need(shape)),
        [SP_SHEET_PART_PAGES] = sp_size_mul(slots, sp_sheet_slot_need(shape, true)),
        [SP_SHEET_PART_OUTPUT] = sp_out_need(SP_SHEET_DOCUMENT_BUFFER) +
                                 sp_out_need(SP_SHEET_MANIFEST_BUFFER) + sp_pdf_document_need(),
    }};
}

/*
 * What the libraries take by themselves: HarfBuzz for the font and a shaper a thread, libdeflate
 * for a compressor of the font's streams, and one a thread where pages are deflated.
 */
uint64_t sp_sheet_heap_bytes(const struct sp_sheet_shape *shape)
{
    const uint64_t threads = shape->spec->threads;
    const uint64_t compressors = 1 + (shape->page.deflate ? threads : 0);
    return (shape->ascii ? SP_FONT_HEAP_ASCII : SP_FONT_HEAP_ALL) + threads * SP_SHAPER_HEAP +
           compressors * SP_COMPRESSOR_BYTES;
}

enum sp_status sp_sheet_plan(const struct sp_sheet_spec *spec, struct sp_plan *plan,
                             struct sp_err *err)
{
    struct sp_sheet_shape shape;
    const enum sp_status status = sp_sheet_shape_make(&shape, spec, err);
    if (status != SP_OK)
        return status;
    *plan = (struct sp_plan){0};
    sp_plan_add(plan, "the program and its libraries", SP_PROCESS_BYTES, false);
    sp_plan_add(plan, "heap of the libraries (HarfBuzz, libdeflate)", sp_sheet_heap_bytes(&shape),
                false);
    sp_plan_add(plan, "stacks of the threads", sp_page_ring_threads_bytes(spec->threads), false);
    const struct sp_sheet_needs needs = sp_sheet_needs(&shape);
    for (int part = 0; part < SP_SHEET_PART_COUNT; part++)
        sp_plan_add(plan, sp_sheet_part_names[part], needs.bytes[part], true);

    plan->page_bytes = sp_sheet_slot_need(&shape, true);
    plan->item_bytes = plan->page_bytes / shape.cells;
    plan->pages_in_hand = sp_page_ring_slots(spec->threads);
    plan->records = sp_sheet_shape_records(&shape);
    plan->records_known = plan->records > 0;
    plan->pages = sp_sheet_shape_pages(&shape, plan->records);
    plan->scratch_page_bytes = sp_pdf_document_page_scratch(shape.page.image_count);
    if (plan->records_known)
        plan->scratch_bytes = sp_pdf_document_scratch(plan->pages, shape.page.image_count);
    plan->version_max = (uint32_t)shape.version_max;
    if (sp_pdf_document_objects(plan->pages, shape.page.image_count) > SP_OBJECTS_MAX)
        return sp_fail(err, SP_BAD_SPEC,
                       "%" PRIu64 " pages do not fit one document, which has at most %u objects: "
                       "put more codes on a page, or make several documents",
                       plan->pages, SP_OBJECTS_MAX);
    return SP_OK;
}
