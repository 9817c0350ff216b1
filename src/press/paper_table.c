/* Tables: heads on every page, rows never split. */
#include "press/paper_blocks.h"

#include "base/num.h"

#include <string.h>

/* Air around the text of a cell, in hundredths of the size of text. */
#define AIR_X 50
#define AIR_Y 28

/* A row and a head take at most these shares of a page, in hundredths; longer cells are cut. */
#define ROW_SHARE  80
#define HEAD_SHARE 15

/* The narrowest column in sizes of text: a word is broken before columns get thinner. */
#define FLOOR_SIZES 3

static struct sp_text_look cell_look(const struct sp_paper *paper)
{
    struct sp_text_look look = sp_look_text(paper);
    look.size_mpt = look.size_mpt * 92 / 100;
    return look;
}

static struct sp_text_look head_look(const struct sp_paper *paper)
{
    struct sp_text_look look = cell_look(paper);
    look.weight = SP_WEIGHT_BOLD;
    return look;
}

static enum sp_status measure(struct sp_paper_table *table, size_t column, const char *text,
                              enum sp_weight weight, struct sp_err *err)
{
    const struct sp_paper *paper = table->paper;
    struct sp_column_fit *fit = &table->fit[column];
    const int64_t air = 2 * paper->size * AIR_X / 100;
    int64_t natural, narrowest;
    const size_t length = SP_MIN(strlen(text), SP_PARAGRAPH_BYTES_MAX);
    const enum sp_status status =
        sp_typeset_measure(paper->galley->typesetter, text, length, weight,
                           cell_look(paper).size_mpt, &natural, &narrowest, err);
    if (status != SP_OK)
        return status;
    /* One more unit: a text exactly as wide as its column must not be broken by a rounding. */
    fit->narrowest = SP_MAX(fit->narrowest, SP_MIN(narrowest, natural) + air + 1);
    fit->natural = SP_MAX(fit->natural, natural + air + 1);
    return SP_OK;
}

enum sp_status sp_paper_table_begin(struct sp_paper_table *table, struct sp_paper *paper,
                                    const struct sp_report_column *columns, size_t column_count,
                                    struct sp_err *err)
{
    SP_ASSERT(column_count > 0 && column_count <= SP_PAPER_COLUMNS_MAX);
    *table =
        (struct sp_paper_table){.paper = paper, .columns = columns, .column_count = column_count};
    enum sp_status status = SP_OK;
    for (size_t i = 0; i < column_count && status == SP_OK; i++) {
        table->fit[i].weight = columns[i].weight;
        status = measure(table, i, columns[i].title, SP_WEIGHT_BOLD, err);
    }
    return status;
}

enum sp_status sp_paper_table_sample(struct sp_paper_table *table, const struct sp_value *cells,
                                     struct sp_err *err)
{
    enum sp_status status = SP_OK;
    for (size_t i = 0; i < table->column_count && status == SP_OK; i++)
        status = measure(table, i, cells[i].text, SP_WEIGHT_REGULAR, err);
    return status;
}

/* A row that is set: its cells in the galley, and the height of the highest. */
struct set_row {
    struct sp_galley_block cells[SP_PAPER_COLUMNS_MAX];
    char shown[SP_PAPER_COLUMNS_MAX][SP_PAPER_VALUE_MAX];
    int64_t height;
};

static enum sp_status set_cell(const struct sp_paper_table *table, size_t column, const char *text,
                               const struct sp_text_look *look, struct set_row *row,
                               struct sp_err *err)
{
    const struct sp_paper *paper = table->paper;
    const int64_t air = paper->size * AIR_X / 100;
    const int64_t width = SP_MAX(table->fit[column].width - 2 * air, look->size_mpt / 2);
    const int64_t share = look->weight == SP_WEIGHT_BOLD ? HEAD_SHARE : ROW_SHARE;
    const int64_t tallest = sp_paper_full(paper) * share / 100;
    const enum sp_status status = sp_galley_set(
        paper->galley, text, look, width, (unsigned)(tallest / sp_line_height(look->size_mpt)),
        &row->cells[column], err);
    row->height = SP_MAX(row->height, row->cells[column].height_mpt);
    return status;
}

static void begin_row(const struct sp_paper_table *table, struct set_row *row,
                      const struct sp_text_look *look)
{
    sp_galley_clear(table->paper->galley);
    row->height = sp_line_height(look->size_mpt);
}

static enum sp_align align_of(const struct sp_report_column *column, const struct sp_value *value)
{
    if (column->align_given)
        return column->align;
    const bool number = value ? value->kind == SP_VALUE_NUMBER : column->type == SP_COLUMN_NUMBER;
    return number ? SP_ALIGN_END : SP_ALIGN_START;
}

/* Draws a row; `cells` null for the head. Where the head is repeated it is no content. */
static void draw_row(const struct sp_paper_table *table, const struct set_row *row,
                     const struct sp_value *cells, bool content)
{
    struct sp_paper *paper = table->paper;
    const int64_t air = paper->size * AIR_X / 100;
    const int64_t y = paper->y + paper->size * AIR_Y / 100;
    int64_t start = 0;
    if (content)
        sp_paper_open(paper, SP_PDF_TAG_TR);
    for (size_t i = 0; i < table->column_count; i++) {
        const int64_t width = table->fit[i].width;
        const enum sp_align align = align_of(&table->columns[i], cells ? &cells[i] : NULL);
        if (content) {
            sp_paper_open(paper, cells ? SP_PDF_TAG_TD : SP_PDF_TAG_TH);
            if (!cells && paper->structure)
                sp_pdf_structure_scope_column(paper->structure);
            if (row->cells[i].line_count > 0)
                sp_paper_text(paper, &row->cells[i], start + air, y, width - 2 * air, align);
            sp_paper_close(paper);
        } else {
            sp_pdf_canvas_artifact(paper->canvas);
            const struct sp_galley_place place = {paper->canvas,
                                                  sp_paper_x(paper, start + air, width - 2 * air),
                                                  y,
                                                  width - 2 * air,
                                                  align,
                                                  0,
                                                  row->cells[i].line_count};
            sp_galley_place(paper->galley, &row->cells[i], &place);
            sp_pdf_canvas_mark_end(paper->canvas);
        }
        start += width;
    }
    if (content)
        sp_paper_close(paper);
}

static int64_t row_height(const struct sp_paper *paper, const struct set_row *row)
{
    return row->height + 2 * paper->size * AIR_Y / 100;
}

static enum sp_status draw_head(struct sp_paper_table *table, int64_t follows, struct sp_err *err)
{
    struct sp_paper *paper = table->paper;
    const struct sp_text_look look = head_look(paper);
    struct set_row row;
    enum sp_status status = SP_OK;
    begin_row(table, &row, &look);
    for (size_t i = 0; i < table->column_count && status == SP_OK; i++)
        status = set_cell(table, i, table->columns[i].title, &look, &row, err);
    const int64_t height = row_height(paper, &row);
    if (status == SP_OK)
        status = sp_paper_reserve(paper, SP_MIN(height + follows, sp_paper_full(paper)), err);
    if (status != SP_OK)
        return status;
    sp_paper_fill(paper, paper->colors.fill, 0, paper->y, paper->width, height);
    draw_row(table, &row, NULL, !table->begun);
    sp_paper_advance(paper, height);
    sp_paper_rule(paper, paper->colors.accent, 0, paper->y, paper->width, 700);
    table->begun = true;
    table->page = paper->page_count;
    return SP_OK;
}

static enum sp_status set_cells(const struct sp_paper_table *table, const struct sp_value *cells,
                                struct set_row *row, struct sp_err *err)
{
    const struct sp_text_look look = cell_look(table->paper);
    enum sp_status status = SP_OK;
    begin_row(table, row, &look);
    for (size_t i = 0; i < table->column_count && status == SP_OK; i++)
        status = set_cell(table, i, sp_paper_value(table->paper, &cells[i], row->shown[i]), &look,
                          row, err);
    return status;
}

/* Before the first row: the widths are settled. The structure's Table is open from here on. */
static void settle(struct sp_paper_table *table)
{
    struct sp_paper *paper = table->paper;
    sp_column_fit(table->fit, table->column_count, paper->width, paper->size * FLOOR_SIZES);
    sp_paper_open(paper, SP_PDF_TAG_TABLE);
}

enum sp_status sp_paper_table_row(struct sp_paper_table *table, const struct sp_value *cells,
                                  struct sp_err *err)
{
    struct sp_paper *paper = table->paper;
    struct set_row row;
    if (!table->begun)
        settle(table);
    enum sp_status status = set_cells(table, cells, &row, err);
    if (status != SP_OK)
        return status;
    const int64_t height = row_height(paper, &row);
    if (!table->begun || !sp_paper_fits(paper, height)) {
        if (table->begun)
            status = sp_paper_turn(paper, err);
        if (status == SP_OK)
            status = draw_head(table, height, err);
        /* The head took the galley; the row is set once more, once a page. */
        if (status == SP_OK)
            status = set_cells(table, cells, &row, err);
        if (status != SP_OK)
            return status;
    }
    draw_row(table, &row, cells, true);
    sp_paper_advance(paper, height);
    sp_paper_rule(paper, paper->colors.line, 0, paper->y, paper->width, 300);
    return SP_OK;
}

enum sp_status sp_paper_table_end(struct sp_paper_table *table, struct sp_err *err)
{
    enum sp_status status = SP_OK;
    if (!table->begun) {
        settle(table);
        status = draw_head(table, 0, err);
    }
    sp_paper_close(table->paper);
    sp_paper_space(table->paper, sp_paper_gap(table->paper));
    return status;
}
