/*
 * Text of unknown origin as XML that Excel takes (XML 1.0, 2.2; ECMA-376 part 1, 22.9.2.19).
 *
 * Characters that XML forbids and bytes that are not UTF-8 become U+FFFD. A cell may hold line
 * breaks, always as one U+000A; in an attribute every blank is a space.
 *
 * Excel reads _x0041_ in a cell or a name as the character it names. Text that happens to look so
 * has its first underscore written as _x005F_, and is read as it was.
 */
#ifndef SP_XLSX_TEXT_H
#define SP_XLSX_TEXT_H

#include "xlsx/xlsx_pack.h"

#include <stddef.h>

/* UTF-16 units of a cell: Excel's own limit. */
#define SP_XLSX_TEXT_UNITS_MAX 32767

enum sp_xlsx_text_kind {
    SP_XLSX_TEXT_CELL,      /* an element whose type is ST_Xstring */
    SP_XLSX_TEXT_NAME,      /* an attribute whose type is ST_Xstring */
    SP_XLSX_TEXT_ELEMENT,   /* an element of plain text */
    SP_XLSX_TEXT_ATTRIBUTE, /* an attribute of plain text */
};

/* Bytes at the beginning of a text that are whole characters of at most `units` UTF-16 units. */
size_t sp_xlsx_text_cut(const char *text, size_t length, size_t units);

/* Appends `length` bytes of text to the open part. */
void sp_xlsx_text_write(struct sp_xlsx_pack *pack, const char *text, size_t length,
                        enum sp_xlsx_text_kind kind);

#endif
