/* The job of the sheet press itself: see <smallpress/sheet.h>. */
#ifndef SP_PRESS_SHEET_PRESS_H
#define SP_PRESS_SHEET_PRESS_H

#include "press/sheet_shape.h"

size_t sp_sheet_job_need(const struct sp_sheet_shape *shape);

#endif
