#include "pdf/pdf_outline.h"

#include "base/check.h"

#include "pdf/pdf_report.h"
#include "pdf/pdf_string.h"

#include <string.h>

#define ENTRY_BOUND (SP_PDF_STRING_BOUND(SP_PDF_OUTLINE_TITLE_MAX) + 256)

static void put_reference(struct sp_buf *buf, const char *key, uint32_t object)
{
    sp_buf_bytes(buf, key, strlen(key));
    sp_buf_integer(buf, object);
    sp_buf_literal(buf, " 0 R");
}

/* Closed entries count what is below them as negative (ISO 32000-1, table 153). */
static void put_kids(struct sp_buf *buf, uint32_t first, uint32_t last, int64_t count)
{
    put_reference(buf, "/First ", first);
    put_reference(buf, "/Last ", last);
    sp_buf_literal(buf, "/Count ");
    sp_buf_integer(buf, count);
}

/* Writes the entry that waits on a level, if there is one; `next` is its neighbour, or 0. */
static void write_waiting(struct sp_pdf_report *report, unsigned level, uint32_t next)
{
    struct sp_pdf_outline *outline = &report->outline;
    struct sp_pdf_bookmark *entry = &outline->open[level - 1];
    if (entry->object == 0)
        return;
    struct sp_buf *buf = sp_pdf_object_stream_begin(&report->objects, entry->object, ENTRY_BOUND);
    sp_buf_literal(buf, "<</Title");
    sp_pdf_string_text(buf, entry->title, entry->title_length);
    put_reference(buf, "/Parent ", level == 1 ? outline->root : outline->open[0].object);
    if (entry->previous)
        put_reference(buf, "/Prev ", entry->previous);
    if (next)
        put_reference(buf, "/Next ", next);
    if (entry->kid_count > 0)
        put_kids(buf, entry->first_kid, entry->last_kid, -(int64_t)entry->kid_count);
    put_reference(buf, "/Dest[", entry->page);
    sp_buf_literal(buf, "/XYZ null ");
    sp_buf_milli(buf, entry->y_mpt);
    sp_buf_literal(buf, " null]>>");
    sp_pdf_object_stream_end(&report->objects);
    entry->object = 0;
}

/* Counts a new entry among those of its level. */
static void count_entry(struct sp_pdf_outline *outline, unsigned level, uint32_t object)
{
    struct sp_pdf_bookmark *parent = &outline->open[0];
    uint32_t *first = level == 1 ? &outline->first : &parent->first_kid;
    uint32_t *last = level == 1 ? &outline->last : &parent->last_kid;
    uint32_t *count = level == 1 ? &outline->count : &parent->kid_count;
    if (*count == 0)
        *first = object;
    *last = object;
    ++*count;
}

void sp_pdf_outline_add(struct sp_pdf_document *document, unsigned level, const char *title,
                        uint32_t page_object, int64_t y_mpt)
{
    struct sp_pdf_report *report = document->report;
    struct sp_pdf_outline *outline = &report->outline;
    SP_ASSERT(level == 1 || (level == 2 && outline->open[0].object != 0));
    if (outline->root == 0)
        outline->root = sp_pdf_xref_reserve(&document->xref, 1);
    const uint32_t object = sp_pdf_xref_reserve(&document->xref, 1);
    const uint32_t previous = outline->open[level - 1].object;
    write_waiting(report, 2, level == 2 ? object : 0);
    if (level == 1)
        write_waiting(report, 1, object);
    struct sp_pdf_bookmark *entry = &outline->open[level - 1];
    *entry = (struct sp_pdf_bookmark){
        .object = object,
        .previous = previous,
        .page = page_object,
        .y_mpt = document->spec.height_mpt - y_mpt,
        .title_length = sp_pdf_string_cut(title, SP_PDF_OUTLINE_TITLE_MAX),
    };
    memcpy(entry->title, title, entry->title_length);
    count_entry(outline, level, object);
}

uint32_t sp_pdf_outline_finish(struct sp_pdf_document *document)
{
    struct sp_pdf_report *report = document->report;
    const struct sp_pdf_outline *outline = &report->outline;
    if (outline->root == 0)
        return 0;
    write_waiting(report, 2, 0);
    write_waiting(report, 1, 0);
    struct sp_buf *buf = sp_pdf_object_stream_begin(&report->objects, outline->root, ENTRY_BOUND);
    sp_buf_literal(buf, "<</Type/Outlines");
    put_kids(buf, outline->first, outline->last, outline->count);
    sp_buf_literal(buf, ">>");
    sp_pdf_object_stream_end(&report->objects);
    return outline->root;
}
