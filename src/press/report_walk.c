/* The walk through a submission: what comes after what, into the PDF, the workbook or both. */
#include "press/report_job.h"

#include "base/num.h"

#include <stdio.h>
#include <string.h>

/* What must follow a heading on its page, in lines of text. */
#define FOLLOWS_LINES  4
#define FOLLOWS_PHOTOS 14

static const char *word(const struct sp_report *report, enum sp_word which)
{
    return report->shape.submission.theme.words[which];
}

static enum sp_status heading(struct sp_report *report, unsigned level, const char *text,
                              unsigned lines, struct sp_err *err)
{
    if (!report->shape.spec.pdf)
        return SP_OK;
    return sp_paper_heading(&report->paper, level, text, lines * sp_line_height(report->paper.size),
                            err);
}

/* --- The head -----------------------------------------------------------------------------------
 */

static enum sp_status walk_head(struct sp_report *report, struct sp_err *err)
{
    const struct sp_submission *submission = &report->shape.submission;
    struct sp_paper_image logo = {0};
    enum sp_status status = SP_OK;
    if (report->shape.spec.xlsx)
        status = sp_report_book_summary(&report->book, err);
    if (status != SP_OK || !report->shape.spec.pdf)
        return status;
    if (submission->logo && submission->theme.logo_place != SP_LOGO_NONE)
        status = sp_report_graphic(report, submission->logo, SP_REPORT_LOGO_EDGE, &logo, err);
    if (status == SP_OK)
        status = sp_paper_title(&report->paper, submission, &logo, err);
    if (status == SP_OK)
        status = sp_paper_fields(&report->paper, submission->fields, submission->field_count, err);
    if (status == SP_OK && submission->text)
        status = sp_paper_prose(&report->paper, submission->text, err);
    return status;
}

/* --- Checklists ---------------------------------------------------------------------------------
 */

static enum sp_status put_item(struct sp_report *report, const struct sp_report_item *item,
                               struct sp_err *err)
{
    enum sp_status status = SP_OK;
    if (report->shape.spec.pdf)
        status = sp_paper_item(&report->paper, item, err);
    if (status == SP_OK && report->shape.spec.xlsx)
        status = sp_report_book_item(&report->book, item, err);
    return status == SP_OK ? sp_report_step(report, err) : status;
}

/* An item of a list, or why it is none. */
static enum sp_status item_of_row(const struct sp_row *row, const char *path,
                                  struct sp_report_item *item, struct sp_err *err)
{
    *item = (struct sp_report_item){.text = row->cells[0].text, .note = row->cells[2].text};
    if (row->cells[1].length == 0 || sp_item_status_of(row->cells[1].text, &item->status))
        return SP_OK;
    return sp_fail(err, SP_BAD_DATA,
                   "%s: line %llu: status: `%.40s` is none: write ok, fail or n.a.", path,
                   (unsigned long long)row->line, row->cells[1].text);
}

static enum sp_status put_row_item(struct sp_report *report, const struct sp_row *row,
                                   const char *path, struct sp_err *err)
{
    struct sp_report_item item;
    struct sp_err why;
    if (item_of_row(row, path, &item, &why) == SP_OK)
        return put_item(report, &item, err);
    report->rows_refused++;
    return sp_report_refuse(report, path, &why, err);
}

static enum sp_status walk_listed_items(struct sp_report *report,
                                        const struct sp_list_source *source, struct sp_err *err)
{
    static const char *const names[] = {"text", "status", "note"};
    struct sp_err why;
    enum sp_status status =
        sp_list_reader_open(&report->lists, source, names, SP_COUNT(names), 1, &why);
    if (status != SP_OK)
        return sp_report_refuse(report, source->path, &why, err);
    enum sp_record_result result = SP_RECORD_READY;
    while (status == SP_OK && result != SP_RECORD_END && result != SP_RECORD_FAILED) {
        struct sp_row row;
        result = sp_rows_next(report->lists.rows, &row, &why);
        if (result == SP_RECORD_READY)
            status = put_row_item(report, &row, source->path, err);
        else if (result != SP_RECORD_END) {
            report->rows_refused++;
            status = sp_report_refuse(report, source->path, &why, err);
        }
    }
    sp_list_reader_close(&report->lists);
    return status;
}

static enum sp_status walk_items(struct sp_report *report, const struct sp_report_section *section,
                                 struct sp_err *err)
{
    enum sp_status status = SP_OK;
    if (section->item_count == 0 && !section->items_source.path)
        return SP_OK;
    if (report->shape.spec.pdf)
        sp_paper_open(&report->paper, SP_PDF_TAG_L);
    for (size_t i = 0; i < section->item_count && status == SP_OK; i++)
        status = put_item(report, &section->items[i], err);
    if (status == SP_OK && section->items_source.path)
        status = walk_listed_items(report, &section->items_source, err);
    if (report->shape.spec.pdf) {
        sp_paper_close(&report->paper);
        sp_paper_space(&report->paper, sp_paper_gap(&report->paper));
    }
    return status;
}

/* --- Sections -----------------------------------------------------------------------------------
 */

static enum sp_status walk_section_texts(struct sp_report *report,
                                         const struct sp_report_section *section,
                                         struct sp_err *err)
{
    enum sp_status status = SP_OK;
    if (section->text && report->shape.spec.pdf)
        status = sp_paper_prose(&report->paper, section->text, err);
    if (status == SP_OK && section->text && report->shape.spec.xlsx)
        status = sp_report_book_text(&report->book, section->text, err);
    if (status == SP_OK && section->field_count > 0 && report->shape.spec.pdf)
        status = sp_paper_fields(&report->paper, section->fields, section->field_count, err);
    if (status == SP_OK && section->field_count > 0 && report->shape.spec.xlsx)
        status = sp_report_book_fields(&report->book, section->fields, section->field_count, err);
    return status;
}

static enum sp_status walk_section(struct sp_report *report,
                                   const struct sp_report_section *section, struct sp_err *err)
{
    const bool texts = section->text || section->field_count > 0 || section->item_count > 0;
    if (report->shape.spec.xlsx)
        sp_report_book_section(&report->book, section);
    if (report->shape.spec.pdf)
        sp_paper_open(&report->paper, SP_PDF_TAG_SECT);
    enum sp_status status =
        heading(report, 2, section->title, texts ? FOLLOWS_LINES : FOLLOWS_PHOTOS, err);
    if (status == SP_OK)
        status = walk_section_texts(report, section, err);
    if (status == SP_OK)
        status = walk_items(report, section, err);
    if (status == SP_OK)
        status = sp_report_walk_photos(report, section, err);
    for (size_t i = 0; i < section->table_count && status == SP_OK; i++)
        status = sp_report_walk_table(report, &section->tables[i], section->title, err);
    if (report->shape.spec.pdf)
        sp_paper_close(&report->paper);
    return status;
}

/* --- The end ------------------------------------------------------------------------------------
 */

static enum sp_status walk_signatures(struct sp_report *report, struct sp_err *err)
{
    const struct sp_submission *submission = &report->shape.submission;
    const size_t count = submission->signature_count;
    if (count == 0 || !report->shape.spec.pdf)
        return SP_OK;
    sp_paper_open(&report->paper, SP_PDF_TAG_SECT);
    enum sp_status status = heading(report, 2, word(report, SP_WORD_SIGNATURES), 9, err);
    for (size_t i = 0; i < count && status == SP_OK; i += SP_PAPER_SIGNATURES_MAX) {
        struct sp_paper_image images[SP_PAPER_SIGNATURES_MAX] = {{0}};
        const unsigned here = (unsigned)SP_MIN(count - i, SP_PAPER_SIGNATURES_MAX);
        for (unsigned j = 0; j < here && status == SP_OK; j++)
            if (submission->signatures[i + j].image)
                status = sp_report_graphic(report, submission->signatures[i + j].image,
                                           SP_REPORT_SIGNATURE_EDGE, &images[j], err);
        if (status == SP_OK)
            status =
                sp_paper_signatures(&report->paper, submission->signatures + i, images, here, err);
    }
    sp_paper_close(&report->paper);
    return status;
}

/* Everything that could not be shown, as a table. */
static enum sp_status walk_problems(struct sp_report *report, struct sp_err *err)
{
    const struct sp_report_column columns[] = {
        {.name = "source", .title = word(report, SP_WORD_SOURCE), .weight = 2},
        {.name = "reason", .title = word(report, SP_WORD_REASON), .weight = 3},
    };
    struct sp_paper_table table;
    if (report->problems.count == 0 || !report->shape.spec.pdf)
        return SP_OK;
    sp_paper_open(&report->paper, SP_PDF_TAG_SECT);
    enum sp_status status = heading(report, 2, word(report, SP_WORD_NOT_SHOWN), 4, err);
    if (status == SP_OK)
        status = sp_paper_table_begin(&table, &report->paper, columns, SP_COUNT(columns), err);
    for (uint64_t i = 0; i < report->problems.count && status == SP_OK; i++) {
        struct sp_problem problem;
        status = sp_problem_list_get(&report->problems, i, &problem, err);
        if (status != SP_OK)
            break;
        const struct sp_value cells[] = {{.kind = SP_VALUE_TEXT, .text = problem.what},
                                         {.kind = SP_VALUE_TEXT, .text = problem.reason}};
        status = sp_paper_table_row(&table, cells, err);
    }
    if (status == SP_OK)
        status = sp_paper_table_end(&table, err);
    sp_paper_close(&report->paper);
    return status;
}

/* Photos at the top that name no section stand under a heading of their own. */
static enum sp_status walk_loose_photos(struct sp_report *report, struct sp_err *err)
{
    if (report->shape.spec.xlsx)
        sp_report_book_section(&report->book, NULL);
    return sp_report_walk_photos(report, NULL, err);
}

enum sp_status sp_report_walk(struct sp_report *report, struct sp_err *err)
{
    const struct sp_submission *submission = &report->shape.submission;
    enum sp_status status = walk_head(report, err);
    for (size_t i = 0; i < submission->section_count && status == SP_OK; i++)
        status = walk_section(report, &submission->sections[i], err);
    if (status == SP_OK)
        status = walk_loose_photos(report, err);
    if (status == SP_OK)
        status = walk_signatures(report, err);
    return status == SP_OK ? walk_problems(report, err) : status;
}
