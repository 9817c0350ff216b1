#include "xlsx/xlsx_sheet.h"

#include "base/num.h"
#include "xlsx/xlsx_number.h"
#include "xlsx/xlsx_style.h"
#include "xlsx/xlsx_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Points: what Excel takes for a row. */
#define HEIGHT_MAX_PT 409.0

/* Characters: the same for a column. */
#define WIDTH_MAX 255.0

/* What a cell or a row takes but for its text: its name, format, tags and a number. */
#define TAGS ((size_t)160)

/* Numbers of paper (18.18.50). */
#define PAPER_LETTER 1
#define PAPER_A4     9

/* A, B … Z, AA … of a column counted from 0; returns their number, up to 3. */
static size_t column_letters(char letters[3], uint32_t column)
{
    char backwards[3];
    size_t count = 0;
    for (uint32_t rest = column + 1; rest > 0 && count < 3; rest = (rest - 1) / 26)
        backwards[count++] = (char)('A' + (rest - 1) % 26);
    for (size_t i = 0; i < count; i++)
        letters[i] = backwards[count - 1 - i];
    return count;
}

const char *sp_xlsx_sheet_cell(char name[SP_XLSX_CELL_NAME_BYTES], uint32_t row, uint32_t column)
{
    char letters[3];
    const int count = (int)column_letters(letters, column);
    snprintf(name, SP_XLSX_CELL_NAME_BYTES, "%.*s%u", count, letters, row + 1);
    return name;
}

/*
 * A column that shows `width` digits is wider than that by the padding of a cell: 5 pixels, where
 * a digit of the usual font has 7. The file has the sum, in digits, to a 256th (18.3.1.13).
 */
static double stored_width(double width)
{
    const double digits = width > 0 ? fmin(width, WIDTH_MAX) : 0;
    return trunc((trunc(digits * 7 + 0.5) + 5) / 7 * 256) / 256;
}

static void write_columns(struct sp_xlsx_pack *pack, const struct sp_workbook_sheet *wanted)
{
    if (wanted->columns == 0 || !wanted->widths)
        return;
    sp_xlsx_pack_text(pack, "<cols>");
    for (size_t i = 0; i < wanted->columns; i++) {
        sp_xlsx_pack_format(pack, "<col min=\"%zu\" max=\"%zu\" width=\"", i + 1, i + 1);
        sp_xlsx_number_write(sp_xlsx_pack_room(pack, SP_XLSX_NUMBER_MAX),
                             stored_width(wanted->widths[i]));
        sp_xlsx_pack_text(pack, "\" customWidth=\"1\"/>");
    }
    sp_xlsx_pack_text(pack, "</cols>");
}

void sp_xlsx_sheet_begin(struct sp_xlsx_pack *pack, const struct sp_workbook_sheet *wanted,
                         bool first, bool rtl)
{
    sp_xlsx_pack_begin(pack);
    sp_xlsx_pack_text(pack, "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/"
                            "2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/"
                            "officeDocument/2006/relationships\"><sheetPr>"
                            "<pageSetUpPr fitToPage=\"1\"/></sheetPr>");
    sp_xlsx_pack_format(pack, "<sheetViews><sheetView%s%s workbookViewId=\"0\"",
                        rtl ? " rightToLeft=\"1\"" : "", first ? " tabSelected=\"1\"" : "");
    sp_xlsx_pack_text(pack, wanted->header
                                ? "><pane ySplit=\"1\" topLeftCell=\"A2\" "
                                  "activePane=\"bottomLeft\" state=\"frozen\"/><selection "
                                  "pane=\"bottomLeft\"/></sheetView></sheetViews>"
                                : "/></sheetViews>");
    sp_xlsx_pack_text(pack, "<sheetFormatPr defaultRowHeight=\"15\"/>");
    write_columns(pack, wanted);
    sp_xlsx_pack_text(pack, "<sheetData>");
}

/* What begins like a formula would be one after somebody edited the cell. */
static bool looks_like_formula(const char *text, size_t length)
{
    return length > 0 && strchr("=+-@\t\r", text[0]) != NULL;
}

static enum sp_xlsx_variant variant_of(const struct sp_workbook_cell *cell, size_t length)
{
    switch (cell->kind) {
    case SP_WORKBOOK_NUMBER:
    case SP_WORKBOOK_BOOL:
        return SP_XLSX_VARIANT_NUMBER;
    case SP_WORKBOOK_DATE:
        return SP_XLSX_VARIANT_DATE;
    case SP_WORKBOOK_DATETIME:
        return SP_XLSX_VARIANT_DATETIME;
    case SP_WORKBOOK_EMPTY:
    case SP_WORKBOOK_TEXT:
        break;
    }
    return cell->kind == SP_WORKBOOK_TEXT && looks_like_formula(cell->text, length)
               ? SP_XLSX_VARIANT_MARKED_TEXT
               : SP_XLSX_VARIANT_TEXT;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* Blanks at the ends of a text are only kept where that is asked for. */
static void write_text(struct sp_xlsx_pack *pack, struct sp_xlsx_sheet *sheet, const char *text,
                       size_t length)
{
    const size_t kept = sp_xlsx_text_cut(text, length, SP_XLSX_TEXT_UNITS_MAX);
    sheet->cut += kept < length;
    const bool preserve = is_blank(text[0]) || is_blank(text[kept - 1]);
    struct sp_buf *buf = sp_xlsx_pack_room(pack, TAGS);
    sp_buf_literal(buf, " t=\"inlineStr\"><is><t");
    if (preserve)
        sp_buf_literal(buf, " xml:space=\"preserve\"");
    sp_buf_byte(buf, '>');
    sp_xlsx_text_write(pack, text, kept, SP_XLSX_TEXT_CELL);
    buf = sp_xlsx_pack_room(pack, TAGS);
    sp_buf_literal(buf, "</t></is></c>");
}

static void write_value(struct sp_buf *buf, const struct sp_workbook_cell *cell)
{
    if (cell->kind == SP_WORKBOOK_BOOL) {
        sp_buf_literal(buf, " t=\"b\"><v>");
        sp_buf_byte(buf, cell->number != 0 ? '1' : '0');
    } else if (isfinite(cell->number)) {
        sp_buf_literal(buf, "><v>");
        sp_xlsx_number_write(buf, cell->number);
    } else {
        sp_buf_literal(buf, " t=\"e\"><v>#NUM!"); /* there is no such number in a sheet */
    }
    sp_buf_literal(buf, "</v></c>");
}

static void write_cell(struct sp_xlsx_pack *pack, struct sp_xlsx_sheet *sheet,
                       const struct sp_workbook_cell *cell, uint32_t column)
{
    const bool text = cell->kind == SP_WORKBOOK_TEXT && cell->text;
    const size_t length = text ? strlen(cell->text) : 0;
    const bool empty =
        cell->kind == SP_WORKBOOK_EMPTY || (cell->kind == SP_WORKBOOK_TEXT && length == 0);
    if (empty && cell->look == SP_LOOK_PLAIN)
        return;
    char letters[3];
    struct sp_buf *buf = sp_xlsx_pack_room(pack, TAGS);
    sp_buf_literal(buf, "<c r=\"");
    sp_buf_bytes(buf, letters, column_letters(letters, column));
    sp_buf_integer(buf, (int64_t)sheet->rows + 1);
    sp_buf_literal(buf, "\" s=\"");
    sp_buf_integer(buf, sp_xlsx_style_number(cell->look, variant_of(cell, length)));
    sp_buf_byte(buf, '"');
    if (empty)
        sp_buf_literal(buf, "/>");
    else if (text)
        write_text(pack, sheet, cell->text, length);
    else
        write_value(buf, cell);
}

/* A height of the caller's stays; one that was found for the text may change when that does. */
static void write_height(struct sp_buf *buf, double height_pt, bool custom)
{
    sp_buf_literal(buf, " ht=\"");
    sp_xlsx_number_write(buf, fmin(height_pt, HEIGHT_MAX_PT));
    sp_buf_byte(buf, '"');
    if (custom)
        sp_buf_literal(buf, " customHeight=\"1\"");
}

void sp_xlsx_sheet_row(struct sp_xlsx_pack *pack, struct sp_xlsx_sheet *sheet,
                       const struct sp_xlsx_widths *widths, const struct sp_workbook_cell *cells,
                       size_t count, double height_pt)
{
    const bool custom = height_pt > 0;
    const double height = custom ? height_pt : sp_xlsx_height_row(widths, cells, count);
    struct sp_buf *buf = sp_xlsx_pack_room(pack, TAGS);
    sp_buf_literal(buf, "<row r=\"");
    sp_buf_integer(buf, (int64_t)sheet->rows + 1);
    sp_buf_byte(buf, '"');
    if (height > 0)
        write_height(buf, height, custom);
    sp_buf_byte(buf, '>');
    for (size_t i = 0; i < count; i++)
        write_cell(pack, sheet, &cells[i], (uint32_t)i);
    sp_xlsx_pack_text(pack, "</row>");
    sheet->rows++;
    sheet->columns = SP_MAX(sheet->columns, (uint32_t)count);
}

uint32_t sp_xlsx_sheet_filtered(const struct sp_xlsx_sheet *sheet)
{
    if (!sheet->header || sheet->rows == 0)
        return 0;
    return sheet->announced > 0 ? sheet->announced : sheet->columns;
}

void sp_xlsx_sheet_end(struct sp_xlsx_pack *pack, struct sp_xlsx_sheet *sheet, bool letter)
{
    const uint32_t filtered = sp_xlsx_sheet_filtered(sheet);
    char corner[SP_XLSX_CELL_NAME_BYTES];
    sp_xlsx_pack_text(pack, "</sheetData>");
    if (filtered > 0)
        sp_xlsx_pack_format(pack, "<autoFilter ref=\"A1:%s\"/>",
                            sp_xlsx_sheet_cell(corner, sheet->rows - 1, filtered - 1));
    sp_xlsx_pack_format(pack,
                        "<pageMargins left=\"0.5\" right=\"0.5\" top=\"0.6\" bottom=\"0.7\" "
                        "header=\"0.3\" footer=\"0.3\"/><pageSetup paperSize=\"%d\" "
                        "fitToHeight=\"0\" orientation=\"%s\"/><headerFooter>"
                        "<oddFooter>&amp;C&amp;P / &amp;N</oddFooter></headerFooter>",
                        letter ? PAPER_LETTER : PAPER_A4,
                        sheet->landscape ? "landscape" : "portrait");
    /* Text that looks like a number is meant to be text: no green corner has to say so. */
    if (sheet->columns > 0)
        sp_xlsx_pack_format(pack,
                            "<ignoredErrors><ignoredError sqref=\"A1:%s\" "
                            "numberStoredAsText=\"1\"/></ignoredErrors>",
                            sp_xlsx_sheet_cell(corner, sheet->rows - 1, sheet->columns - 1));
    if (sheet->pictures > 0)
        sp_xlsx_pack_text(pack, "<drawing r:id=\"rId1\"/>");
    sp_xlsx_pack_text(pack, "</worksheet>");
    sheet->part = sp_xlsx_pack_end(pack);
}
