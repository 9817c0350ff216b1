/*
 * The parts of a package that hold the others together (ECMA-376 part 1, 18.2; part 2).
 */
#ifndef SP_XLSX_FRAME_H
#define SP_XLSX_FRAME_H

#include "xlsx/workbook.h"
#include "xlsx/xlsx_sheet.h"

#include <stdbool.h>
#include <stddef.h>

struct sp_xlsx_frame {
    const struct sp_workbook_spec *spec;
    const struct sp_xlsx_sheet *sheets;
    size_t sheet_count;
    bool jpeg, png; /* pictures of this kind are there */
};

/* How many there are, and the name in the package of each of them. */
size_t sp_xlsx_frame_count(void);
const char *sp_xlsx_frame_name(size_t index);

/* Writes the text of one into the open part. */
void sp_xlsx_frame_write(const struct sp_xlsx_frame *frame, size_t index,
                         struct sp_xlsx_pack *pack);

#endif
