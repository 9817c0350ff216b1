/*
 * The sheet press: where the rooms meet.
 *
 *     record source ─► check ─► slot ─► codes and captions ─► page ─► document ─► sink
 *      read_page                        sp_sheet_page_compose          write_page
 */
#include "press/sheet_press.h"

#include <smallpress/limit.h>

#include "base/check.h"
#include "base/num.h"
#include "base/scratch.h"
#include "pdf/pdf_document.h"
#include "press/library_heap.h"
#include "press/page_ring.h"
#include "press/sheet_page.h"
#include "press/sheet_plan.h"
#include "press/sheet_source.h"

#include <inttypes.h>
#include <libdeflate.h>
#include <string.h>

struct sp_sheet {
    struct sp_sheet_spec spec;
    struct sp_sheet_shape shape;
    struct sp_sheet_io io;

    /* Reading: used by one thread at a time. */
    struct sp_sheet_source source;
    struct sp_qr_encoder *checker;
    struct sp_qr_symbol *symbol; /* what the checker encodes to, and nobody looks at */
    char *payload;
    uint64_t records_read, refused, pages_read;

    /* Composing. */
    struct sp_font font;
    struct sp_page_ring *ring;
    struct sp_sheet_worker *workers;
    struct sp_sheet_slot *slots;

    /* Writing: on the caller's thread. */
    struct sp_scratch scratch;
    struct sp_pdf_document document;
    struct sp_pdf_font_work font_work;
    struct libdeflate_compressor *compressor;
    struct sp_out out, manifest;
    uint64_t records_written, pages_written;
};

size_t sp_sheet_job_need(const struct sp_sheet_shape *shape)
{
    const unsigned threads = shape->spec->threads;
    return sp_arena_cost(sizeof(struct sp_sheet)) +
           sp_arena_cost(sp_size_mul(threads, sizeof(struct sp_sheet_worker))) +
           sp_arena_cost(sp_page_ring_slots(threads) * sizeof(struct sp_sheet_slot));
}

/*
 * Whether a payload can be encoded. One that is short enough fits whatever it holds; only the
 * others have their segments worked out.
 */
static enum sp_status check_payload(struct sp_sheet *sheet, const struct sp_record *record,
                                    struct sp_err *err)
{
    const struct sp_sheet_shape *shape = &sheet->shape;
    const size_t most = sp_template_length_max(&shape->code, record->id_length, record->number);
    if (most <= shape->fits_bytes)
        return SP_OK;
    const size_t length =
        sp_template_render(&shape->code, record, sheet->payload, shape->payload_bytes_max);
    if (sp_qr_version_for(sheet->checker, sheet->payload, length, &shape->qr))
        return SP_OK;
    /* Encoding it says why it does not fit, with the numbers. */
    return sp_qr_encode(sheet->checker, sheet->payload, length, &shape->qr, sheet->symbol, err);
}

/* Puts the place of a record before what is wrong with it. */
static void name_record(const struct sp_sheet *sheet, const struct sp_record *record,
                        struct sp_err *err)
{
    struct sp_err why = *err;
    if (record->line)
        (void)sp_fail(err, SP_BAD_DATA, "%s: line %" PRIu64 ": %s", sheet->spec.lines->name,
                      record->line, why.text);
    else
        (void)sp_fail(err, SP_BAD_DATA, "record %" PRIu64 ": %s", record->number, why.text);
    err->line = record->line;
}

static bool refuse(struct sp_sheet *sheet, const struct sp_err *why)
{
    sheet->refused++;
    if (sheet->io.refused)
        sheet->io.refused(sheet->io.context, why);
    return !sheet->spec.strict;
}

static bool stopped(void *context)
{
    const struct sp_sheet *sheet = context;
    return sheet->io.stopped && sheet->io.stopped(sheet->io.context);
}

/* The next record that can be printed: READY, END or FAILED. */
static enum sp_record_result next_record(struct sp_sheet *sheet, struct sp_record *record,
                                         struct sp_err *err)
{
    for (;;) {
        enum sp_record_result result = sp_record_next(&sheet->source.records, record, err);
        if (result == SP_RECORD_READY) {
            record->number = sheet->records_read + 1;
            if (check_payload(sheet, record, err) == SP_OK) {
                sheet->records_read++;
                return SP_RECORD_READY;
            }
            name_record(sheet, record, err);
            result = SP_RECORD_REFUSED;
        }
        if (result != SP_RECORD_REFUSED)
            return result;
        if (!refuse(sheet, err))
            return SP_RECORD_FAILED;
        /* Bad records may go on for ever without a page between them. */
        if (stopped(sheet)) {
            (void)sp_fail(err, SP_STOPPED, "stopped");
            return SP_RECORD_FAILED;
        }
    }
}

static void keep_record(struct sp_sheet_slot *slot, const struct sp_record *record)
{
    slot->cells[slot->cell_count++] = (struct sp_sheet_cell){
        .id_offset = slot->ids.used,
        .id_length = record->id_length,
        .number = record->number,
        .line = record->line,
    };
    sp_buf_bytes(&slot->ids, record->id, record->id_length);
}

static enum sp_ring_read read_page(void *context, unsigned slot_index, struct sp_err *err)
{
    struct sp_sheet *sheet = context;
    struct sp_sheet_slot *slot = &sheet->slots[slot_index];
    if (sheet->io.pages_max && sheet->pages_read == sheet->io.pages_max)
        return SP_RING_END;
    slot->cell_count = 0;
    slot->ids.used = 0;
    while (slot->cell_count < sheet->shape.cells) {
        struct sp_record record;
        const enum sp_record_result result = next_record(sheet, &record, err);
        if (result == SP_RECORD_FAILED)
            return SP_RING_FAIL;
        if (result == SP_RECORD_END)
            break;
        keep_record(slot, &record);
    }
    if (slot->cell_count == 0)
        return SP_RING_END;
    slot->page_number = ++sheet->pages_read;
    return SP_RING_PAGE;
}

static enum sp_status compose_page(void *context, unsigned worker, unsigned slot,
                                   struct sp_err *err)
{
    struct sp_sheet *sheet = context;
    const enum sp_status status =
        sp_sheet_page_compose(&sheet->workers[worker], &sheet->slots[slot]);
    if (status != SP_OK)
        *err = sheet->slots[slot].err;
    return status;
}

static void report_progress(const struct sp_sheet *sheet)
{
    if (!sheet->io.progress)
        return;
    const uint64_t records_total = sp_sheet_shape_records(&sheet->shape);
    const struct sp_sheet_progress progress = {
        .records = sheet->records_written,
        .records_total = records_total,
        .pages = sheet->pages_written,
        .pages_total = sp_sheet_shape_pages(&sheet->shape, records_total),
        .output_bytes = sheet->out.position,
    };
    sheet->io.progress(sheet->io.context, &progress);
}

static enum sp_status write_page(void *context, unsigned slot_index, struct sp_err *err)
{
    struct sp_sheet *sheet = context;
    const struct sp_sheet_slot *slot = &sheet->slots[slot_index];
    if (sheet->document.xref.next > SP_OBJECTS_MAX)
        return sp_fail(err, SP_BAD_DATA,
                       "a document has at most %u objects and the input needs more: make several "
                       "documents",
                       SP_OBJECTS_MAX);
    sp_pdf_document_add(&sheet->document, &slot->page);
    if (sheet->io.manifest)
        sp_out_write(&sheet->manifest, slot->manifest.bytes, slot->manifest.used);
    sheet->pages_written++;
    sheet->records_written += slot->cell_count;
    report_progress(sheet);
    if (sheet->out.first.status != SP_OK) {
        *err = sheet->out.first;
        return err->status;
    }
    if (sheet->document.xref.first.status != SP_OK) {
        *err = sheet->document.xref.first;
        return err->status;
    }
    if (sheet->io.manifest && sheet->manifest.first.status != SP_OK) {
        *err = sheet->manifest.first;
        return err->status;
    }
    return SP_OK;
}

static enum sp_status open_records(struct sp_sheet *sheet, struct sp_arena *arena,
                                   struct sp_err *err)
{
    const struct sp_sheet_shape *shape = &sheet->shape;
    const enum sp_status status = sp_sheet_source_init(&sheet->source, arena, shape, err);
    if (status != SP_OK)
        return status;
    void *checker = sp_arena_take(arena, sp_qr_encoder_need(shape->version_max), 1);
    sheet->checker = sp_qr_encoder_init(checker, shape->version_max);
    sheet->symbol = sp_arena_take(arena, 1, sizeof *sheet->symbol);
    sheet->payload = sp_arena_take(arena, shape->payload_bytes_max, 1);
    return SP_OK;
}

static enum sp_status open_font(struct sp_sheet *sheet, struct sp_arena *arena, struct sp_err *err)
{
    enum sp_status status = sp_library_heap_reserve(sp_sheet_heap_bytes(&sheet->shape), err);
    if (status == SP_OK)
        status = sp_font_init(&sheet->font, arena, err);
    if (status != SP_OK)
        return status;
    sheet->compressor = libdeflate_alloc_compressor(1);
    if (!sheet->compressor)
        return sp_fail(err, SP_NO_ROOM, "the system would not give the compressor its memory");
    sp_pdf_font_work_init(&sheet->font_work, arena, sp_sheet_subset_bytes(&sheet->shape),
                          sp_sheet_subset_glyphs(&sheet->shape), sheet->compressor);
    return SP_OK;
}

static enum sp_status open_workers(struct sp_sheet *sheet, struct sp_arena *arena,
                                   struct sp_err *err)
{
    enum sp_status status = SP_OK;
    for (unsigned i = 0; i < sheet->spec.threads && status == SP_OK; i++)
        status = sp_sheet_worker_init(&sheet->workers[i], arena, &sheet->shape, &sheet->font, err);
    return status;
}

static void open_pages(struct sp_sheet *sheet, struct sp_arena *arena)
{
    for (unsigned i = 0; i < sp_page_ring_slots(sheet->spec.threads); i++)
        sp_sheet_slot_init(&sheet->slots[i], arena, &sheet->shape, sheet->io.manifest != NULL);
}

/* The sinks, and the document, which writes its head at once. */
static void open_output(struct sp_sheet *sheet, struct sp_arena *arena)
{
    const struct sp_sheet_shape *shape = &sheet->shape;
    sp_out_init(&sheet->out, arena, SP_SHEET_DOCUMENT_BUFFER, sheet->io.document,
                sheet->io.document_context);
    sp_out_init(&sheet->manifest, arena, SP_SHEET_MANIFEST_BUFFER,
                sheet->io.manifest ? sheet->io.manifest : sp_out_discard,
                sheet->io.manifest_context);
    struct sp_pdf_document_spec document = {
        .width_mpt = sp_mpt_of_um(shape->grid.width_um),
        .height_mpt = sp_mpt_of_um(shape->grid.height_um),
        .title = sheet->spec.title,
        .date = shape->date[0] ? shape->date : NULL,
    };
    memcpy(document.id, shape->digest, sizeof document.id);
    sp_pdf_document_init(&sheet->document, arena, &sheet->out, &sheet->scratch, &document);
}

/* The job itself: the first thing in its arena, holding all the rest. */
static struct sp_sheet *take_sheet(struct sp_arena *arena, const struct sp_sheet_shape *shape,
                                   const struct sp_sheet_io *io)
{
    struct sp_sheet *sheet = sp_arena_take(arena, 1, sizeof *sheet);
    sheet->spec = *shape->spec;
    sheet->shape = *shape;
    sheet->shape.spec = &sheet->spec;
    sheet->io = *io;
    sheet->scratch.fd = -1;
    sheet->workers = sp_arena_take(arena, sheet->spec.threads, sizeof *sheet->workers);
    sheet->slots =
        sp_arena_take(arena, sp_page_ring_slots(sheet->spec.threads), sizeof *sheet->slots);
    const struct sp_page_ring_jobs jobs = {read_page, compose_page, write_page, stopped, sheet};
    sheet->ring = sp_page_ring_init(arena, sheet->spec.threads, &jobs);
    return sheet;
}

static void begin_part(struct sp_arena *arena, const struct sp_sheet_needs *needs,
                       enum sp_sheet_part part)
{
    sp_arena_part_begin(arena, sp_sheet_part_names[part], needs->bytes[part]);
}

/* Takes the parts of the arena one after another, in the order of enum sp_sheet_part. */
static enum sp_status open_parts(struct sp_sheet *sheet, struct sp_arena *arena,
                                 const struct sp_sheet_needs *needs, struct sp_err *err)
{
    begin_part(arena, needs, SP_SHEET_PART_RECORDS);
    enum sp_status status = open_records(sheet, arena, err);
    if (status != SP_OK)
        return status;
    sp_arena_part_end(arena);
    begin_part(arena, needs, SP_SHEET_PART_FONT);
    status = open_font(sheet, arena, err);
    if (status != SP_OK)
        return status;
    sp_arena_part_end(arena);
    begin_part(arena, needs, SP_SHEET_PART_WORKERS);
    status = open_workers(sheet, arena, err);
    if (status != SP_OK)
        return status;
    sp_arena_part_end(arena);
    begin_part(arena, needs, SP_SHEET_PART_PAGES);
    open_pages(sheet, arena);
    sp_arena_part_end(arena);
    begin_part(arena, needs, SP_SHEET_PART_OUTPUT);
    open_output(sheet, arena);
    sp_arena_part_end(arena);
    return SP_OK;
}

enum sp_status sp_sheet_open(struct sp_sheet **result, struct sp_arena *arena,
                             const struct sp_sheet_spec *spec, const struct sp_sheet_io *io,
                             struct sp_err *err)
{
    struct sp_sheet_shape shape;
    enum sp_status status = sp_sheet_shape_make(&shape, spec, err);
    if (status != SP_OK)
        return status;
    const struct sp_sheet_needs needs = sp_sheet_needs(&shape);
    begin_part(arena, &needs, SP_SHEET_PART_JOB);
    struct sp_sheet *sheet = take_sheet(arena, &shape, io);
    sp_arena_part_end(arena);
    status = open_parts(sheet, arena, &needs, err);
    if (status == SP_OK)
        status = sp_scratch_open(&sheet->scratch, io->scratch_folder, err);
    if (status != SP_OK) {
        sp_sheet_close(sheet);
        return status;
    }
    sp_arena_seal(arena);
    *result = sheet;
    return SP_OK;
}

static bool glyph_used(const void *context, uint32_t glyph)
{
    const struct sp_sheet *sheet = context;
    return sp_glyph_set_has(&sheet->workers[0].shaper.used, glyph);
}

static int in_thousandths(const struct sp_font *font, int64_t units)
{
    const int64_t em = font->units_per_em;
    return (int)(units >= 0 ? (units * 1000 + em / 2) / em : -((-units * 1000 + em / 2) / em));
}

static int glyph_width(const void *context, uint32_t glyph)
{
    const struct sp_sheet *sheet = context;
    return in_thousandths(&sheet->font, sp_font_advance(&sheet->font, glyph));
}

static uint32_t glyph_code(const void *context, uint32_t glyph)
{
    const struct sp_sheet *sheet = context;
    return sheet->font.code[glyph];
}

/* Gathers the glyphs of all threads in the first one's set, and writes the end of the document. */
static enum sp_status finish_document(struct sp_sheet *sheet, struct sp_err *err)
{
    struct sp_glyph_set *used = &sheet->workers[0].shaper.used;
    for (unsigned i = 1; i < sheet->spec.threads; i++)
        sp_glyph_set_add(used, &sheet->workers[i].shaper.used);
    const struct sp_font_metrics metrics = sp_font_metrics(&sheet->font);
    struct sp_pdf_font font = {
        .name = metrics.name,
        .ascent = in_thousandths(&sheet->font, metrics.ascent),
        .descent = in_thousandths(&sheet->font, metrics.descent),
        .cap_height = in_thousandths(&sheet->font, metrics.cap_height),
        .glyph_count = sheet->font.glyph_count,
        .used = glyph_used,
        .width = glyph_width,
        .code = glyph_code,
        .context = sheet,
    };
    for (int i = 0; i < 4; i++)
        font.box[i] = in_thousandths(&sheet->font, metrics.box[i]);
    enum sp_status status = sp_font_subset(&sheet->font, used, &font.file, &font.file_bytes, err);
    if (status == SP_OK)
        status = sp_pdf_document_finish(&sheet->document, &font, &sheet->font_work, err);
    if (status == SP_OK && sheet->io.manifest)
        status = sp_out_flush(&sheet->manifest, err);
    return status;
}

static void fill_result(const struct sp_sheet *sheet, struct sp_sheet_result *result)
{
    const struct sp_sheet_shape *shape = &sheet->shape;
    struct sp_sheet_notes notes = {.version_min = SP_QR_VERSION_MAX + 1};
    for (unsigned i = 0; i < sheet->spec.threads; i++)
        sp_sheet_notes_add(&notes, &sheet->workers[i].notes);
    *result = (struct sp_sheet_result){
        .records = sheet->records_written,
        .refused = sheet->refused,
        .pages = sheet->pages_written,
        .output_bytes = sheet->out.position,
        .scratch_bytes = sp_pdf_xref_scratch(sheet->document.xref.next),
        .version_min = notes.version_max ? notes.version_min : 0,
        .version_max = notes.version_max,
        .version_max_record = notes.version_max_record,
        .text_mpt_min = notes.text_mpt_min,
        .text_min_record = notes.text_min_record,
        .text_cut = notes.text_cut,
        .missing_characters = notes.missing_characters,
    };
    if (notes.version_max)
        result->module_um = shape->box.code_um / (SP_QR_SIZE((int64_t)notes.version_max) +
                                                  2 * (int64_t)sheet->spec.quiet_zone);
}

static enum sp_status run(struct sp_sheet *sheet, struct sp_err *err)
{
    if (sheet->io.manifest)
        sp_out_text(&sheet->manifest, "id,payload,page,row,column\n");
    const enum sp_status status = sp_page_ring_run(sheet->ring, err);
    if (status != SP_OK)
        return status;
    if (sheet->records_written > 0)
        return finish_document(sheet, err);
    if (sheet->spec.lines)
        return sp_fail(err, SP_BAD_DATA, "%s has no line that can be printed",
                       sheet->spec.lines->name);
    return sp_fail(err, SP_BAD_DATA, "none of the %" PRIu64 " records can be printed",
                   sheet->spec.count);
}

enum sp_status sp_sheet_run(struct sp_sheet *sheet, struct sp_sheet_result *result,
                            struct sp_err *err)
{
    const enum sp_status status = run(sheet, err);
    fill_result(sheet, result);
    return status;
}

void sp_sheet_close(struct sp_sheet *sheet)
{
    sp_scratch_close(&sheet->scratch);
    for (unsigned i = 0; i < sheet->spec.threads; i++)
        sp_sheet_worker_finish(&sheet->workers[i]);
    libdeflate_free_compressor(sheet->compressor);
    sheet->compressor = NULL;
    if (sheet->font.face)
        sp_font_finish(&sheet->font);
}
