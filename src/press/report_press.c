/* The report press: everything opened, the walk, everything closed. */
#include "press/report_job.h"

#include <smallpress/limit.h>

#include "base/num.h"
#include "layout/label_box.h"
#include "press/library_heap.h"
#include "press/report_plan.h"

#include <inttypes.h>
#include <libdeflate.h>
#include <stdio.h>
#include <string.h>

/* libdeflate's level for page content: text of a report packs well and is little. */
#define CONTENT_LEVEL 1

size_t sp_report_job_need(void)
{
    return sp_arena_cost(sizeof(struct sp_report));
}

const struct sp_url_rule *sp_report_url_rules(const struct sp_report *report, size_t *count)
{
    *count = report->shape.submission.theme.url_count;
    return report->shape.submission.theme.urls;
}

const char *sp_report_number(const struct sp_report *report)
{
    return report->shape.submission.number;
}

/* --- Opening ------------------------------------------------------------------------------------
 */

static enum sp_status open_text(struct sp_report *report, struct sp_arena *arena,
                                struct sp_err *err)
{
    const struct sp_submission *submission = &report->shape.submission;
    const struct sp_font_set_spec spec = {
        .text_font = submission->theme.font_text,
        .heading_font = submission->theme.font_heading,
        .folders = report->shape.spec.font_paths,
        .language = submission->locale,
        .heap_bytes = report->shape.spec.font_bytes,
    };
    enum sp_status status = sp_font_set_init(&report->fonts, arena, &spec, err);
    if (status == SP_OK)
        status = sp_typesetter_init(&report->typesetter, arena, report->fonts, err);
    if (status == SP_OK)
        sp_galley_init(&report->galley, arena, report->typesetter, report->fonts,
                       sp_locale_is_rtl(submission->locale));
    return status;
}

static void tell_progress(void *context)
{
    const struct sp_report *report = context;
    const struct sp_report_progress progress = {
        .photos = report->photo_count,
        .rows = report->rows,
        .pages = report->paper.page_count,
        .output_bytes = report->document_out.position + report->workbook_out.position,
    };
    if (report->io.progress)
        report->io.progress(report->io.context, &progress);
}

static bool was_stopped(void *context)
{
    const struct sp_report *report = context;
    return report->io.stopped && report->io.stopped(report->io.context);
}

static enum sp_status open_page(struct sp_report *report, struct sp_arena *arena,
                                struct sp_err *err)
{
    const struct sp_submission *submission = &report->shape.submission;
    const struct sp_report_spec *spec = &report->shape.spec;
    report->compressor = libdeflate_alloc_compressor(CONTENT_LEVEL);
    if (!report->compressor)
        return sp_fail(err, SP_NO_ROOM, "the system would not give the compressor its memory");
    const enum sp_status status = sp_scratch_open(&report->scratch, report->io.scratch_folder, err);
    if (status != SP_OK)
        return status;
    struct sp_pdf_document_spec document = {
        .width_mpt = sp_mpt_of_um(submission->theme.page_width_um),
        .height_mpt = sp_mpt_of_um(submission->theme.page_height_um),
        .title = submission->title,
        .date = report->shape.date[0] ? report->shape.date : NULL,
        .author = submission->author,
        .subject = submission->subtitle,
        .language = submission->locale,
        .report = true,
        .tagged = spec->tagged,
        .rtl = sp_locale_is_rtl(submission->locale),
    };
    memcpy(document.id, report->shape.digest, sizeof document.id);
    sp_pdf_document_init(&report->document, arena, &report->document_out, &report->scratch,
                         &document);
    report->paper = (struct sp_paper){
        .document = &report->document,
        .canvas = sp_pdf_canvas_init(arena, &report->document, report->compressor),
        .structure = sp_pdf_document_structure(&report->document),
        .galley = &report->galley,
        .stopped = was_stopped,
        .turned = tell_progress,
        .context = report,
    };
    sp_paper_init(&report->paper, submission);
    return SP_OK;
}

static void begin_part(struct sp_arena *arena, const struct sp_report_needs *needs,
                       enum sp_report_part part)
{
    sp_arena_part_begin(arena, sp_report_part_names[part], needs->bytes[part]);
}

static enum sp_status open_lists(struct sp_report *report, struct sp_arena *arena,
                                 struct sp_err *err)
{
    sp_list_reader_init(&report->lists, arena, &report->io);
    sp_photo_queue_init(&report->photos, arena, &report->shape.submission, &report->io.photos,
                        &report->lists, report->shape.spec.photos_ahead);
    return sp_problem_list_open(&report->problems, report->io.scratch_folder, err);
}

static void open_sinks(struct sp_report *report, struct sp_arena *arena)
{
    const struct sp_report_io *io = &report->io;
    const struct sp_report_spec *spec = &report->shape.spec;
    sp_out_init(&report->document_out, arena, SP_REPORT_BUFFER,
                spec->pdf ? io->document : sp_out_discard, io->document_context);
    sp_out_init(&report->workbook_out, arena, SP_REPORT_BUFFER,
                spec->xlsx ? io->workbook : sp_out_discard, io->workbook_context);
}

/* Takes the parts of the arena one after another, in the order of enum sp_report_part. */
static enum sp_status open_parts(struct sp_report *report, struct sp_arena *arena,
                                 const struct sp_report_needs *needs, struct sp_err *err)
{
    const struct sp_report_spec *spec = &report->shape.spec;
    begin_part(arena, needs, SP_REPORT_PART_LISTS);
    enum sp_status status = open_lists(report, arena, err);
    sp_arena_part_end(arena);
    begin_part(arena, needs, SP_REPORT_PART_TEXT);
    if (status == SP_OK && spec->pdf)
        status = open_text(report, arena, err);
    sp_arena_part_end(arena);
    begin_part(arena, needs, SP_REPORT_PART_OUTPUT);
    open_sinks(report, arena);
    sp_arena_part_end(arena);
    begin_part(arena, needs, SP_REPORT_PART_PAGE);
    if (status == SP_OK && spec->pdf)
        status = open_page(report, arena, err);
    sp_arena_part_end(arena);
    begin_part(arena, needs, SP_REPORT_PART_BOOK);
    if (status == SP_OK && spec->xlsx)
        status = sp_report_book_open(&report->book, arena, &report->shape.submission,
                                     report->io.scratch_folder, err);
    sp_arena_part_end(arena);
    return status;
}

enum sp_status sp_report_open(struct sp_report **report, struct sp_arena *arena,
                              const struct sp_report_spec *spec, const struct sp_report_io *io,
                              struct sp_err *err)
{
    const struct sp_report_needs needs = sp_report_needs(spec);
    begin_part(arena, &needs, SP_REPORT_PART_JOB);
    struct sp_report *job = sp_arena_take(arena, 1, sizeof *job);
    sp_arena_part_end(arena);
    job->io = *io;
    job->scratch.fd = -1;
    job->problems.scratch.fd = -1;
    job->book.photos.fd = -1;
    begin_part(arena, &needs, SP_REPORT_PART_SUBMISSION);
    enum sp_status status = sp_report_shape_make(&job->shape, arena, spec, NULL, err);
    sp_arena_part_end(arena);
    if (status == SP_OK)
        status = sp_library_heap_reserve(sp_report_heap_bytes(spec), err);
    if (status == SP_OK)
        status = open_parts(job, arena, &needs, err);
    if (status != SP_OK) {
        sp_report_close(job);
        return status;
    }
    sp_arena_seal(arena);
    *report = job;
    return SP_OK;
}

void sp_report_close(struct sp_report *report)
{
    sp_list_reader_close(&report->lists);
    sp_problem_list_close(&report->problems);
    if (report->shape.spec.xlsx)
        sp_report_book_abandon(&report->book);
    if (report->typesetter)
        sp_typesetter_finish(report->typesetter);
    if (report->fonts)
        sp_font_set_finish(report->fonts);
    sp_pdf_document_close(&report->document);
    libdeflate_free_compressor(report->compressor);
    sp_scratch_close(&report->scratch);
    report->typesetter = NULL;
    report->fonts = NULL;
    report->compressor = NULL;
}

/* --- Running ------------------------------------------------------------------------------------
 */

/* "rows.csv:3:7: the row…" of rows.csv is "line 3: the row…": its name stands beside it. */
static void without_name(const char *what, struct sp_err *why)
{
    const size_t length = strlen(what);
    const struct sp_err full = *why;
    if (strncmp(full.text, what, length) != 0 || full.text[length] != ':')
        return;
    const char *rest = full.text + length + strspn(full.text + length, ":0123456789 ");
    if (full.line > 0 && full.column > 0)
        snprintf(why->text, sizeof why->text, "line %" PRIu64 ", column %" PRIu32 ": %s", full.line,
                 full.column, rest);
    else if (full.line > 0)
        snprintf(why->text, sizeof why->text, "line %" PRIu64 ": %s", full.line, rest);
    else
        snprintf(why->text, sizeof why->text, "%s", rest);
}

enum sp_status sp_report_refuse(struct sp_report *report, const char *what,
                                const struct sp_err *why, struct sp_err *err)
{
    struct sp_err told = *why;
    if (why->status == SP_STOPPED) {
        if (err)
            *err = *why;
        return SP_STOPPED;
    }
    without_name(what, &told);
    if (report->io.refused)
        report->io.refused(report->io.context, what, &told);
    return sp_problem_list_add(&report->problems, what, told.text, err);
}

enum sp_status sp_report_step(struct sp_report *report, struct sp_err *err)
{
    const struct sp_err *firsts[] = {&report->document_out.first, &report->workbook_out.first,
                                     &report->document.xref.first};
    tell_progress(report);
    for (size_t i = 0; i < SP_COUNT(firsts); i++)
        if (firsts[i]->status != SP_OK) {
            if (err)
                *err = *firsts[i];
            return firsts[i]->status;
        }
    if (was_stopped(report))
        return sp_fail(err, SP_STOPPED, "the report was stopped");
    return SP_OK;
}

/* A font as the PDF room asks about it. */
struct font_view {
    const struct sp_font_set *set;
    unsigned font;
};

static bool glyph_used(const void *context, uint32_t glyph)
{
    const struct font_view *view = context;
    return sp_font_set_glyph_used(view->set, view->font, glyph);
}

static int glyph_width(const void *context, uint32_t glyph)
{
    const struct font_view *view = context;
    return sp_font_set_glyph_width(view->set, view->font, glyph);
}

static uint32_t glyph_code(const void *context, uint32_t glyph)
{
    const struct font_view *view = context;
    return sp_font_set_glyph_code(view->set, view->font, glyph);
}

static enum sp_status write_font(struct sp_report *report, unsigned font, struct sp_err *err)
{
    const struct sp_font_facts facts = sp_font_set_facts(report->fonts, font);
    const struct font_view view = {report->fonts, font};
    struct sp_pdf_font pdf = {
        .name = facts.name,
        .ascent = facts.ascent,
        .descent = facts.descent,
        .cap_height = facts.cap_height,
        .italic_angle = facts.italic_angle,
        .box = {facts.box[0], facts.box[1], facts.box[2], facts.box[3]},
        .fixed_pitch = facts.fixed_pitch,
        .serif = facts.serif,
        .cff = facts.cff,
        .glyph_count = facts.glyph_count,
        .used = glyph_used,
        .width = glyph_width,
        .code = glyph_code,
        .context = &view,
    };
    const enum sp_status status =
        sp_font_set_subset(report->fonts, font, &pdf.file, &pdf.file_bytes, err);
    if (status == SP_OK)
        sp_pdf_document_font_write(&report->document, font, &pdf, NULL);
    return status;
}

static enum sp_status finish_document(struct sp_report *report, struct sp_err *err)
{
    enum sp_status status = sp_paper_end_page(&report->paper, err);
    if (status == SP_OK)
        status = sp_paper_total(&report->paper, err);
    for (unsigned i = 0; i < sp_font_set_count(report->fonts) && status == SP_OK; i++)
        if (sp_font_set_is_used(report->fonts, i))
            status = write_font(report, i, err);
    return status == SP_OK ? sp_pdf_document_finish(&report->document, NULL, NULL, err) : status;
}

static void note_fonts(const struct sp_report *report, struct sp_report_result *result)
{
    for (unsigned i = 0; i < sp_font_set_count(report->fonts); i++)
        if (sp_font_set_is_used(report->fonts, i) && !sp_font_set_is_builtin(report->fonts, i) &&
            result->font_count < SP_REPORT_FONTS_MAX)
            snprintf(result->fonts[result->font_count++], sizeof result->fonts[0], "%s",
                     sp_font_set_name(report->fonts, i));
}

static void note_result(const struct sp_report *report, struct sp_report_result *result)
{
    *result = (struct sp_report_result){
        .pages = report->paper.page_count,
        .photos = report->photo_count,
        .photos_refused = report->photos_refused,
        .rows = report->rows,
        .rows_refused = report->rows_refused,
        .document_bytes = report->document_out.position,
        .workbook_bytes = report->workbook_out.position,
        .missing_characters = report->galley.notes.missing_characters,
        .missing_first = report->galley.notes.missing_first,
        .text_cut = report->galley.notes.text_cut,
    };
    if (report->fonts)
        note_fonts(report, result);
}

enum sp_status sp_report_run(struct sp_report *report, struct sp_report_result *result,
                             struct sp_err *err)
{
    enum sp_status status = sp_report_walk(report, err);
    if (status == SP_OK && report->shape.spec.pdf)
        status = finish_document(report, err);
    if (status == SP_OK && report->shape.spec.xlsx) {
        status = sp_report_book_close(&report->book, &report->problems, &report->workbook_out, err);
        if (status == SP_OK)
            status = sp_out_flush(&report->workbook_out, err);
    }
    note_result(report, result);
    return status;
}
