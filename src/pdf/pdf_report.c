#include "pdf/pdf_report.h"

#include "base/check.h"
#include "base/num.h"

#include "pdf/pdf_string.h"

#include <inttypes.h>

/* A language tag (BCP 47) of more bytes than any in use. */
#define LANGUAGE_MAX 64

size_t sp_pdf_report_need(void)
{
    return sp_arena_cost(sizeof(struct sp_pdf_report)) + sp_arena_cost(SP_PDF_REPORT_BUFFER) +
           sp_pdf_packer_need() + sp_pdf_object_stream_need() + sp_pdf_structure_need();
}

void sp_pdf_report_init(struct sp_pdf_document *document, struct sp_arena *arena)
{
    struct sp_pdf_report *report = sp_arena_take(arena, 1, sizeof *report);
    struct sp_pdf_xref *xref = &document->xref;
    document->report = report;
    report->packed.fd = -1;
    xref->first.status = sp_scratch_open(&report->kids, xref->scratch->folder, &xref->first);
    if (xref->first.status == SP_OK)
        xref->first.status = sp_scratch_open(&report->packed, xref->scratch->folder, &xref->first);
    report->buffer = sp_arena_take(arena, SP_PDF_REPORT_BUFFER, 1);
    sp_pdf_packer_init(&report->packer, arena, &report->packed, report->buffer,
                       SP_PDF_REPORT_BUFFER, &xref->first);
    xref->packer = &report->packer;
    sp_pdf_object_stream_init(&report->objects, arena, xref, document->out);
    report->fonts = sp_pdf_xref_reserve(xref, 1);
    if (document->spec.tagged)
        report->structure =
            sp_pdf_structure_init(arena, &report->objects, &report->kids, &xref->first);
}

struct sp_pdf_structure *sp_pdf_document_structure(struct sp_pdf_document *document)
{
    return document->report->structure;
}

void sp_pdf_report_font(struct sp_pdf_document *document, unsigned font)
{
    struct sp_pdf_report *report = document->report;
    SP_ASSERT(font < SP_PDF_FONTS_MAX);
    if (report->font[font].object == 0)
        report->font[font].object = sp_pdf_xref_reserve(&document->xref, SP_PDF_FONT_OBJECTS);
}

uint32_t sp_pdf_report_total(struct sp_pdf_document *document, bool ends)
{
    uint32_t *object = &document->report->total[ends];
    if (*object == 0)
        *object = sp_pdf_xref_reserve(&document->xref, 1);
    return *object;
}

void sp_pdf_document_font_write(struct sp_pdf_document *document, unsigned font,
                                const struct sp_pdf_font *facts, struct sp_pdf_font_work *work)
{
    struct sp_pdf_report *report = document->report;
    struct sp_pdf_font_work packing = {.packer = &report->packer};
    (void)work;
    sp_pdf_report_font(document, font);
    SP_ASSERT(!report->font[font].written);
    report->font[font].written = true;
    sp_pdf_font_write(facts, &packing, &document->xref, document->out, report->font[font].object);
}

/* The dictionary of fonts that all pages share. */
static void write_fonts(struct sp_pdf_report *report)
{
    struct sp_buf *buf = sp_pdf_object_stream_begin(&report->objects, report->fonts,
                                                    8 + SP_PDF_FONTS_MAX * (uint64_t)24);
    sp_buf_literal(buf, "<<");
    for (unsigned font = 0; font < SP_PDF_FONTS_MAX; font++) {
        if (report->font[font].object == 0)
            continue;
        SP_ASSERT(report->font[font].written);
        sp_buf_literal(buf, "/F");
        sp_buf_integer(buf, font);
        sp_buf_byte(buf, ' ');
        sp_buf_integer(buf, report->font[font].object);
        sp_buf_literal(buf, " 0 R");
    }
    sp_buf_literal(buf, ">>");
    sp_pdf_object_stream_end(&report->objects);
}

void sp_pdf_report_finish(struct sp_pdf_document *document)
{
    struct sp_pdf_report *report = document->report;
    (void)sp_pdf_outline_finish(document);
    if (report->structure)
        sp_pdf_structure_finish(report->structure);
    write_fonts(report);
    sp_pdf_object_stream_flush(&report->objects);
}

void sp_pdf_report_catalog(const struct sp_pdf_document *document)
{
    const struct sp_pdf_report *report = document->report;
    const char *language = document->spec.language;
    if (language) {
        struct sp_buf text = {.bytes = (unsigned char[SP_PDF_STRING_BOUND(LANGUAGE_MAX)]){0},
                              .capacity = SP_PDF_STRING_BOUND(LANGUAGE_MAX)};
        sp_pdf_string_text(&text, language, sp_pdf_string_cut(language, LANGUAGE_MAX));
        sp_out_text(document->out, "/Lang");
        sp_out_write(document->out, text.bytes, text.used);
    }
    if (report->structure)
        sp_out_format(document->out, "/MarkInfo<</Marked true>>/StructTreeRoot %" PRIu32 " 0 R",
                      report->structure->root);
    if (report->outline.root)
        sp_out_format(document->out, "/Outlines %" PRIu32 " 0 R/PageMode/UseOutlines",
                      report->outline.root);
    sp_out_format(document->out, "/ViewerPreferences<</DisplayDocTitle true%s>>",
                  document->spec.rtl ? "/Direction/R2L" : "");
}

uint64_t sp_pdf_document_report_scratch_used(const struct sp_pdf_document *document)
{
    const struct sp_pdf_report *report = document->report;
    uint64_t bytes = report->packer.high;
    if (report->structure)
        bytes = sp_u64_add(bytes, report->structure->kids.high * sizeof(struct sp_pdf_kid));
    return sp_u64_add(bytes, sp_pdf_xref_scratch(document->xref.next));
}

void sp_pdf_document_close(struct sp_pdf_document *document)
{
    if (!document->report)
        return;
    sp_scratch_close(&document->report->kids);
    sp_scratch_close(&document->report->packed);
}
