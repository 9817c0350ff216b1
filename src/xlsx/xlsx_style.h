/*
 * The looks of cells: xl/styles.xml (ECMA-376 part 1, 18.8), and which of its formats a cell has.
 */
#ifndef SP_XLSX_STYLE_H
#define SP_XLSX_STYLE_H

#include "xlsx/workbook.h"
#include "xlsx/xlsx_pack.h"

#include <stdint.h>

/* What a look is made for. A text that a spreadsheet could take for a formula when somebody edits
 * the cell is marked, so that it stays one. */
enum sp_xlsx_variant {
    SP_XLSX_VARIANT_TEXT,
    SP_XLSX_VARIANT_MARKED_TEXT,
    SP_XLSX_VARIANT_NUMBER,
    SP_XLSX_VARIANT_DATE,
    SP_XLSX_VARIANT_DATETIME,
    SP_XLSX_VARIANT_COUNT,
};

/* The number of a format; 0 is that of cells without any. */
unsigned sp_xlsx_style_number(enum sp_workbook_look look, enum sp_xlsx_variant variant);

/* Writes the text of the part. The accent is 0xRRGGBB; what is written on it is white or black. */
void sp_xlsx_style_write(struct sp_xlsx_pack *pack, uint32_t accent);

#endif
