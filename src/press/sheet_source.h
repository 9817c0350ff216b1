/* The records of a sheet: generated ids, or the lines of a stream. */
#ifndef SP_PRESS_SHEET_SOURCE_H
#define SP_PRESS_SHEET_SOURCE_H

#include "press/sheet_shape.h"
#include "record/record_generated.h"
#include "record/record_lines.h"

struct sp_sheet_source {
    struct sp_record_source records;
    struct sp_generated generated;
    struct sp_lines lines;
};

size_t sp_sheet_source_need(const struct sp_sheet_shape *shape);

/* `source` is not to be moved afterwards. */
SP_MUST_CHECK enum sp_status sp_sheet_source_init(struct sp_sheet_source *source,
                                                  struct sp_arena *arena,
                                                  const struct sp_sheet_shape *shape,
                                                  struct sp_err *err);

#endif
