/*
 * How high a row must be for its text.
 *
 * Excel finds out when it opens a workbook; LibreOffice and most viewers take a row to be one line
 * high unless the file says more, and then wrapped text runs over the rows below. No font is at
 * hand here, so lines are counted in characters: as wide as a digit, twice that in the scripts of
 * East Asia. Text is mostly narrower, so a row may be a line too high, and seldom too low.
 */
#ifndef SP_XLSX_HEIGHT_H
#define SP_XLSX_HEIGHT_H

#include "xlsx/workbook.h"

#include <stddef.h>

/* Widths of the columns of a sheet, in whole characters. */
struct sp_xlsx_widths {
    unsigned char column[SP_WORKBOOK_COLUMNS_MAX];
};

void sp_xlsx_height_columns(struct sp_xlsx_widths *widths, const struct sp_workbook_sheet *sheet);

/* The height of a row in points, or 0 if it is the usual one. At most 409, as in Excel. */
double sp_xlsx_height_row(const struct sp_xlsx_widths *widths, const struct sp_workbook_cell *cells,
                          size_t count);

/* Lines of a text in a column so wide; `most` if there are more. */
unsigned sp_xlsx_height_lines(const char *text, size_t length, unsigned width, unsigned most);

#endif
