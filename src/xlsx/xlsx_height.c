#include "xlsx/xlsx_height.h"

#include "base/num.h"
#include "base/utf8.h"

#include <string.h>

/* Points of a row of one line, of a title, and of the highest row. */
#define LINE_PT   15
#define TITLE_PT  18.75
#define HIGHEST   409.0
#define LINES_MAX 28

/* Characters of a column that nothing is said of, and of the widest. */
#define USUAL  8
#define WIDEST 255

void sp_xlsx_height_columns(struct sp_xlsx_widths *widths, const struct sp_workbook_sheet *sheet)
{
    memset(widths->column, USUAL, sizeof widths->column);
    for (size_t i = 0; sheet->widths && i < sheet->columns; i++) {
        const double width = sheet->widths[i];
        widths->column[i] = width >= WIDEST ? WIDEST : width > 1 ? (unsigned char)width : 1;
    }
}

/* Digits that a character is about as wide as: 0 for marks, 2 for East Asia and pictograms. */
static unsigned digits(uint32_t c)
{
    if (c < 0x300)
        return 1;
    if (c <= 0x36F || (c >= 0x200B && c <= 0x200F) || (c >= 0xFE00 && c <= 0xFE0F))
        return 0;
    const bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
                      (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
                      (c >= 0xFE30 && c <= 0xFE4F) || (c >= 0xFF00 && c <= 0xFF60) ||
                      (c >= 0x1F300 && c <= 0x3FFFF);
    return wide && c != SP_UTF8_BAD ? 2 : 1;
}

unsigned sp_xlsx_height_lines(const char *text, size_t length, unsigned width, unsigned most)
{
    unsigned lines = 1, used = 0, word = 0; /* digits on the line, and of them in its last word */
    for (size_t offset = 0; offset < length && lines < most;) {
        const uint32_t c = sp_utf8_next(text, length, &offset);
        if (c == '\n') {
            lines++;
            used = word = 0;
            continue;
        }
        const unsigned more = digits(c);
        if (c == ' ' || more == 2) {
            word = 0; /* the line may end here, and a blank hangs over its end */
            used += c == ' ' && used >= width ? 0 : more;
        } else {
            word += more;
            used += more;
        }
        if (used <= width)
            continue;
        lines++;
        /* The last word goes to the next line, but for one that fills lines by itself. */
        used = word > 0 && word <= width ? word : more;
        word = word > 0 ? used : 0;
    }
    return lines;
}

double sp_xlsx_height_row(const struct sp_xlsx_widths *widths, const struct sp_workbook_cell *cells,
                          size_t count)
{
    unsigned lines = 1;
    bool title = false;
    for (size_t i = 0; i < count; i++) {
        const struct sp_workbook_cell *cell = &cells[i];
        if (cell->kind != SP_WORKBOOK_TEXT || !cell->text)
            continue;
        title = title || cell->look == SP_LOOK_TITLE;
        const size_t length = strlen(cell->text);
        const unsigned width = widths->column[i];
        if (cell->look == SP_LOOK_TITLE || (length <= width && !memchr(cell->text, '\n', length)))
            continue;
        const unsigned of_cell = sp_xlsx_height_lines(cell->text, length, width, LINES_MAX);
        lines = SP_MAX(lines, of_cell);
    }
    const double height = lines > 1 ? SP_MIN(lines * LINE_PT, HIGHEST) : 0;
    return title ? SP_MAX(height, TITLE_PT) : height;
}
