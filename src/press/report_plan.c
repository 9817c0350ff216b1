#include "press/report_plan.h"

#include <smallpress/limit.h>

#include "base/num.h"
#include "pdf/pdf_canvas.h"
#include "pdf/pdf_document.h"
#include "press/galley.h"
#include "press/list_reader.h"
#include "press/photo_queue.h"
#include "press/report_book.h"
#include "press/report_job.h"
#include "press/report_shape.h"
#include "text/font_set.h"
#include "text/typeset.h"

const char *const sp_report_part_names[SP_REPORT_PART_COUNT] = {
    [SP_REPORT_PART_JOB] = "the job itself",
    [SP_REPORT_PART_SUBMISSION] = "the submission",
    [SP_REPORT_PART_LISTS] = "rows of lists and photos on order",
    [SP_REPORT_PART_TEXT] = "fonts and the setting of text",
    [SP_REPORT_PART_PAGE] = "the page in hand and the PDF writer",
    [SP_REPORT_PART_BOOK] = "the workbook",
    [SP_REPORT_PART_OUTPUT] = "buffers before the files",
};

struct sp_report_needs sp_report_needs(const struct sp_report_spec *spec)
{
    return (struct sp_report_needs){{
        [SP_REPORT_PART_JOB] = sp_report_job_need(),
        [SP_REPORT_PART_SUBMISSION] = sp_report_shape_need(spec),
        [SP_REPORT_PART_LISTS] = sp_list_reader_need() + sp_photo_queue_need(spec->photos_ahead),
        [SP_REPORT_PART_TEXT] =
            spec->pdf ? sp_font_set_need() + sp_typesetter_need() + sp_galley_need() : 0,
        [SP_REPORT_PART_PAGE] =
            spec->pdf ? sp_pdf_document_report_need() + sp_pdf_canvas_need() : 0,
        [SP_REPORT_PART_BOOK] = spec->xlsx ? sp_report_book_need() : 0,
        [SP_REPORT_PART_OUTPUT] = 2 * sp_out_need(SP_REPORT_BUFFER),
    }};
}

uint64_t sp_report_heap_bytes(const struct sp_report_spec *spec)
{
    const uint64_t text = sp_font_set_heap() + sp_typesetter_heap() + SP_COMPRESSOR_BYTES;
    return sp_submission_heap(spec->submission_bytes + spec->theme_bytes) + SP_ROWS_HEAP +
           (spec->pdf ? text : 0) + (spec->xlsx ? sp_workbook_heap() : 0);
}

enum sp_status sp_report_plan(const struct sp_report_spec *spec, struct sp_plan *plan,
                              struct sp_err *err)
{
    uint32_t edge_px;
    const enum sp_status status = sp_report_shape_edge(spec, &edge_px, err);
    if (status != SP_OK)
        return status;
    *plan = (struct sp_plan){.photo_edge_px = edge_px};
    sp_plan_add(plan, "the program and its libraries", SP_REPORT_PROCESS_BYTES, false);
    sp_plan_add(plan, "heap of the libraries (HarfBuzz, libyaml and others)",
                sp_report_heap_bytes(spec), false);
    sp_plan_add(plan, "fonts of other scripts, when text needs them", spec->font_bytes, false);
    const struct sp_report_needs needs = sp_report_needs(spec);
    for (int part = 0; part < SP_REPORT_PART_COUNT; part++)
        sp_plan_add(plan, sp_report_part_names[part], needs.bytes[part], true);
    plan->pages_in_hand = 1;
    plan->page_bytes = needs.bytes[SP_REPORT_PART_PAGE];
    return SP_OK;
}
