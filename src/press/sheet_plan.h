/*
 * The parts of a sheet job's memory: one list, from which the plan is printed and the arena filled.
 */
#ifndef SP_PRESS_SHEET_PLAN_H
#define SP_PRESS_SHEET_PLAN_H

#include <smallpress/plan.h>

#include "press/sheet_shape.h"

/* In the order in which sp_sheet_open takes them. */
enum sp_sheet_part {
    SP_SHEET_PART_JOB,     /* the job itself, and its ring */
    SP_SHEET_PART_RECORDS, /* the source of records, and the check of each */
    SP_SHEET_PART_FONT,    /* tables of the font, buffers of its subset */
    SP_SHEET_PART_WORKERS, /* encoders and pens, one set a thread */
    SP_SHEET_PART_PAGES,   /* pages in hand */
    SP_SHEET_PART_OUTPUT,  /* the document, and buffers before the files */
    SP_SHEET_PART_COUNT,
};

struct sp_sheet_needs {
    size_t bytes[SP_SHEET_PART_COUNT];
};

extern const char *const sp_sheet_part_names[SP_SHEET_PART_COUNT];

/* What each part takes; exact, and the same whether or not a manifest is written. */
struct sp_sheet_needs sp_sheet_needs(const struct sp_sheet_shape *shape);

/* What the libraries may take from the C library's heap: the plan's line for them. */
uint64_t sp_sheet_heap_bytes(const struct sp_sheet_shape *shape);

/* Bounds of the font's subset: of ASCII, or of everything. */
size_t sp_sheet_subset_bytes(const struct sp_sheet_shape *shape);
uint32_t sp_sheet_subset_glyphs(const struct sp_sheet_shape *shape);

/* Bytes handed to a file at a time: large enough that system calls do not count. */
#define SP_SHEET_DOCUMENT_BUFFER (64 * 1024)
#define SP_SHEET_MANIFEST_BUFFER (32 * 1024)

#endif
