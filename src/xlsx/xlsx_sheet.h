/*
 * The text of a worksheet (ECMA-376 part 1, 18.3), written as its rows come.
 */
#ifndef SP_XLSX_SHEET_H
#define SP_XLSX_SHEET_H

#include "xlsx/workbook.h"
#include "xlsx/xlsx_height.h"
#include "xlsx/xlsx_name.h"
#include "xlsx/xlsx_pack.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is kept of a sheet until the package is written. */
struct sp_xlsx_sheet {
    char name[SP_XLSX_NAME_BYTES];
    bool header, landscape;
    uint32_t rows, columns; /* columns: of the longest row */
    uint32_t announced;     /* columns that have a width, and a filter under a header */
    uint64_t cut;           /* texts that were longer than a cell */
    uint64_t first_picture; /* counted through the workbook from 0 */
    uint64_t pictures;
    struct sp_xlsx_part part;
};

/* Bytes of "IV1048576" with its end. */
#define SP_XLSX_CELL_NAME_BYTES 16

/* The name of a cell, both counted from 0: "A1". Returns `name`. */
const char *sp_xlsx_sheet_cell(char name[SP_XLSX_CELL_NAME_BYTES], uint32_t row, uint32_t column);

/* Columns under the filter of a header: those announced, or else those there are; 0 for none. */
uint32_t sp_xlsx_sheet_filtered(const struct sp_xlsx_sheet *sheet);

/* Begins the part and writes what stands before the rows. `first` is of the workbook's sheets. */
void sp_xlsx_sheet_begin(struct sp_xlsx_pack *pack, const struct sp_workbook_sheet *wanted,
                         bool first, bool rtl);

/* Writes a row; one without a height is as high as its text in columns of these widths. */
void sp_xlsx_sheet_row(struct sp_xlsx_pack *pack, struct sp_xlsx_sheet *sheet,
                       const struct sp_xlsx_widths *widths, const struct sp_workbook_cell *cells,
                       size_t count, double height_pt);

/* Writes what stands behind the rows and ends the part. */
void sp_xlsx_sheet_end(struct sp_xlsx_pack *pack, struct sp_xlsx_sheet *sheet, bool letter);

#endif
