/* The parts of a report job's memory: one list, from which the plan is printed and the arena
 * filled. */
#ifndef SP_PRESS_REPORT_PLAN_H
#define SP_PRESS_REPORT_PLAN_H

#include <smallpress/report.h>

/* In the order in which sp_report_open takes them. */
enum sp_report_part {
    SP_REPORT_PART_JOB,        /* the job itself */
    SP_REPORT_PART_SUBMISSION, /* its structs and texts */
    SP_REPORT_PART_LISTS,      /* rows of lists, photos on order */
    SP_REPORT_PART_TEXT,       /* fonts, the typesetter, the galley */
    SP_REPORT_PART_OUTPUT,     /* buffers before the files */
    SP_REPORT_PART_PAGE,       /* the page in hand, the document, buffers of its fonts */
    SP_REPORT_PART_BOOK,       /* the workbook */
    SP_REPORT_PART_COUNT,
};

struct sp_report_needs {
    size_t bytes[SP_REPORT_PART_COUNT];
};

extern const char *const sp_report_part_names[SP_REPORT_PART_COUNT];

struct sp_report_needs sp_report_needs(const struct sp_report_spec *spec);

/* What the libraries may take from the C library's heap. */
uint64_t sp_report_heap_bytes(const struct sp_report_spec *spec);

/* Bytes handed to a file at a time. */
#define SP_REPORT_BUFFER (64 * 1024)

#endif
