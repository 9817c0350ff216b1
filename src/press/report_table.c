/* A table: inline, or from a list beside the submission, into the PDF, the workbook or both. */
#include "press/report_job.h"

#include "base/num.h"
#include "base/utf8.h"

#include <string.h>

/* Rows that are looked at to find the widths of columns. */
#define SAMPLE_ROWS 100

/* A table whose rows are on their way. */
struct flow {
    struct sp_report *report;
    const struct sp_report_table *table;
    const struct sp_report_column *columns;
    size_t column_count;
    size_t lengths[SP_ROW_COLUMNS_MAX]; /* of the longest text in each column that was looked at */
    bool on_paper; /* the PDF has it: there is one, and the page has room for its columns */
    struct sp_paper_table paper;
};

/* --- Rows of a list -----------------------------------------------------------------------------
 */

/* Tells of columns that the submission names and the head of a CSV file does not have. */
static enum sp_status check_names(struct flow *flow, struct sp_err *err)
{
    struct sp_report *report = flow->report;
    const struct sp_report_table *table = flow->table;
    enum sp_rows_format format;
    struct sp_err why;
    size_t count = 0;
    if (table->column_count == 0 || !sp_rows_format_of(table->source.path, &format) ||
        format != SP_ROWS_CSV ||
        sp_list_reader_open(&report->lists, &table->source, NULL, 0, 0, &why) != SP_OK)
        return SP_OK; /* what else is wrong with it is told when it is read */
    const char *const *names = sp_rows_names(report->lists.rows, &count);
    enum sp_status status = SP_OK;
    for (size_t i = 0; i < table->column_count && status == SP_OK; i++) {
        size_t at = 0;
        while (at < count && strcmp(names[at], table->columns[i].name) != 0)
            at++;
        if (at < count)
            continue;
        (void)sp_fail(&why, SP_BAD_DATA, "it has no column `%.80s`; its first is `%.80s`",
                      table->columns[i].name, count > 0 ? names[0] : "");
        status = sp_report_refuse(report, table->source.path, &why, err);
    }
    sp_list_reader_close(&report->lists);
    return status;
}

/* Opens the list; columns that the submission does not name are those the list has. */
static enum sp_status open_list(struct flow *flow, struct sp_err *err)
{
    struct sp_report *report = flow->report;
    const struct sp_report_table *table = flow->table;
    size_t count = SP_MIN(table->column_count, SP_ROW_COLUMNS_MAX);
    for (size_t i = 0; i < count; i++)
        report->names[i] = table->columns[i].name;
    const enum sp_status status =
        sp_list_reader_open(&report->lists, &table->source, report->names, count, 0, err);
    flow->columns = table->columns;
    flow->column_count = count;
    if (status != SP_OK || count > 0)
        return status;
    const char *const *names = sp_rows_names(report->lists.rows, &count);
    for (size_t i = 0; i < count; i++)
        report->columns[i] =
            (struct sp_report_column){.name = names[i], .title = names[i], .type = SP_COLUMN_AUTO};
    flow->columns = report->columns;
    flow->column_count = count;
    return SP_OK;
}

static void value_of_cell(const struct sp_row_cell *cell, enum sp_column_type type,
                          struct sp_value *value)
{
    *value = (struct sp_value){.kind = SP_VALUE_NONE, .text = ""};
    if (cell->kind == SP_CELL_MISSING || cell->length == 0)
        return;
    if (type == SP_COLUMN_AUTO && cell->kind == SP_CELL_NUMBER)
        type = SP_COLUMN_NUMBER;
    if (!sp_value_of_text(cell->text, type, value))
        *value = (struct sp_value){.kind = SP_VALUE_TEXT, .text = cell->text};
}

static void values_of_row(const struct flow *flow, const struct sp_row *row)
{
    for (size_t i = 0; i < flow->column_count; i++)
        value_of_cell(&row->cells[i], flow->columns[i].type, &flow->report->cells[i]);
}

/* Reads a list to its end, or `rows_max` good rows of it. */
static enum sp_status each_row(struct flow *flow, uint64_t rows_max,
                               enum sp_status (*take)(struct flow *, const struct sp_value *,
                                                      struct sp_err *),
                               bool tell, struct sp_err *err)
{
    struct sp_report *report = flow->report;
    const char *path = flow->table->source.path;
    enum sp_status status = SP_OK;
    for (uint64_t taken = 0; status == SP_OK && taken < rows_max;) {
        struct sp_row row;
        struct sp_err why;
        const enum sp_record_result result = sp_rows_next(report->lists.rows, &row, &why);
        if (result == SP_RECORD_END)
            break;
        if (result == SP_RECORD_READY) {
            values_of_row(flow, &row);
            status = take(flow, report->cells, err);
            taken++;
            continue;
        }
        if (tell) {
            report->rows_refused++;
            status = sp_report_refuse(report, path, &why, err);
        }
        if (result == SP_RECORD_FAILED)
            break;
    }
    return status;
}

/* --- Into the documents -------------------------------------------------------------------------
 */

static enum sp_status sample_row(struct flow *flow, const struct sp_value *cells,
                                 struct sp_err *err)
{
    for (size_t i = 0; i < flow->column_count; i++)
        flow->lengths[i] =
            SP_MAX(flow->lengths[i], sp_utf8_count(cells[i].text, strlen(cells[i].text)));
    return flow->on_paper ? sp_paper_table_sample(&flow->paper, cells, err) : SP_OK;
}

static enum sp_status put_row(struct flow *flow, const struct sp_value *cells, struct sp_err *err)
{
    struct sp_report *report = flow->report;
    enum sp_status status = SP_OK;
    report->rows++;
    if (flow->on_paper)
        status = sp_paper_table_row(&flow->paper, cells, err);
    if (status == SP_OK && report->shape.spec.xlsx)
        status = sp_report_book_row(&report->book, cells, err);
    if (status == SP_OK && (report->rows & 63) == 0)
        status = sp_report_step(report, err);
    return status;
}

/* A table with more columns than a page has room for is told, and stands in the workbook alone. */
static enum sp_status check_columns(struct flow *flow, const char *title, struct sp_err *err)
{
    struct sp_err why;
    flow->on_paper = flow->report->shape.spec.pdf;
    if (!flow->on_paper || flow->column_count <= SP_PAPER_COLUMNS_MAX)
        return SP_OK;
    flow->on_paper = false;
    (void)sp_fail(&why, SP_BAD_DATA,
                  "%zu columns: a page has room for at most %d; name those that matter under "
                  "`columns`",
                  flow->column_count, SP_PAPER_COLUMNS_MAX);
    return sp_report_refuse(flow->report, title, &why, err);
}

static enum sp_status begin(struct flow *flow, const char *title, struct sp_err *err)
{
    struct sp_report *report = flow->report;
    const char *own = flow->table->title;
    enum sp_status status = check_columns(flow, own ? own : title, err);
    if (status == SP_OK && flow->on_paper && own)
        status =
            sp_paper_heading(&report->paper, 3, own, 4 * sp_line_height(report->paper.size), err);
    if (status == SP_OK && flow->on_paper)
        status = sp_paper_table_begin(&flow->paper, &report->paper, flow->columns,
                                      flow->column_count, err);
    return status;
}

/* Once the first rows were looked at: a sheet's columns have their widths before its first row. */
static enum sp_status begin_sheet(struct flow *flow, const char *title, struct sp_err *err)
{
    struct sp_report *report = flow->report;
    const char *own = flow->table->title;
    if (!report->shape.spec.xlsx)
        return SP_OK;
    return sp_report_book_table(&report->book, own ? own : title, flow->columns, flow->column_count,
                                flow->lengths, err);
}

static enum sp_status end(struct flow *flow, struct sp_err *err)
{
    return flow->on_paper ? sp_paper_table_end(&flow->paper, err) : SP_OK;
}

static enum sp_status walk_inline(struct flow *flow, const char *title, struct sp_err *err)
{
    const struct sp_report_table *table = flow->table;
    flow->columns = table->columns;
    flow->column_count = table->column_count;
    enum sp_status status = begin(flow, title, err);
    const size_t sample = SP_MIN(table->row_count, SAMPLE_ROWS);
    for (size_t i = 0; i < sample && status == SP_OK; i++)
        status = sample_row(flow, table->rows[i].cells, err);
    if (status == SP_OK)
        status = begin_sheet(flow, title, err);
    for (size_t i = 0; i < table->row_count && status == SP_OK; i++)
        status = put_row(flow, table->rows[i].cells, err);
    return status == SP_OK ? end(flow, err) : status;
}

/*
 * The first rows of a list are read twice: once for the widths of columns, once to be shown. That
 * takes no memory, where keeping them would take as much as the longest may be.
 */
static enum sp_status walk_list(struct flow *flow, const char *title, struct sp_err *err)
{
    struct sp_report *report = flow->report;
    struct sp_err why;
    const enum sp_status named = check_names(flow, err);
    if (named != SP_OK)
        return named;
    if (open_list(flow, &why) != SP_OK)
        return sp_report_refuse(report, flow->table->source.path, &why, err);
    enum sp_status status = begin(flow, title, err);
    if (status == SP_OK)
        status = each_row(flow, SAMPLE_ROWS, sample_row, false, err);
    sp_list_reader_close(&report->lists);
    if (status == SP_OK)
        status = begin_sheet(flow, title, err);
    if (status == SP_OK && open_list(flow, &why) != SP_OK)
        status = sp_report_refuse(report, flow->table->source.path, &why, err);
    else if (status == SP_OK)
        status = each_row(flow, UINT64_MAX, put_row, true, err);
    sp_list_reader_close(&report->lists);
    return status == SP_OK ? end(flow, err) : status;
}

enum sp_status sp_report_walk_table(struct sp_report *report, const struct sp_report_table *table,
                                    const char *title, struct sp_err *err)
{
    struct flow flow = {.report = report, .table = table};
    if (table->source.path)
        return walk_list(&flow, title, err);
    return table->column_count > 0 ? walk_inline(&flow, title, err) : SP_OK;
}
