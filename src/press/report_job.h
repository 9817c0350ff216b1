/* A report in the making: see <smallpress/report.h>. */
#ifndef SP_PRESS_REPORT_JOB_H
#define SP_PRESS_REPORT_JOB_H

#include <smallpress/report.h>

#include "pdf/pdf_canvas.h"
#include "pdf/pdf_document.h"
#include "press/galley.h"
#include "press/list_reader.h"
#include "press/paper.h"
#include "press/paper_blocks.h"
#include "press/photo_queue.h"
#include "press/problem_list.h"
#include "press/report_book.h"
#include "press/report_shape.h"
#include "text/font_set.h"
#include "text/typeset.h"

struct sp_report {
    struct sp_report_shape shape;
    struct sp_report_io io;

    struct sp_list_reader lists;
    struct sp_photo_queue photos;
    struct sp_problem_list problems;

    /* The PDF, if there is one. */
    struct sp_font_set *fonts;
    struct sp_typesetter *typesetter;
    struct sp_galley galley;
    struct libdeflate_compressor *compressor;
    struct sp_scratch scratch; /* of object numbers */
    struct sp_out document_out;
    struct sp_pdf_document document;
    struct sp_paper paper;

    /* The workbook, if there is one. */
    struct sp_out workbook_out;
    struct sp_report_book book;

    /* The row of a list as it goes into table and workbook. */
    struct sp_value cells[SP_ROW_COLUMNS_MAX];
    struct sp_report_column columns[SP_ROW_COLUMNS_MAX]; /* of a list that names its own */
    const char *names[SP_ROW_COLUMNS_MAX];

    uint64_t photo_count, photos_refused, rows, rows_refused;
};

size_t sp_report_job_need(void);

/*
 * The walk through the submission, block by block, into the PDF, the workbook or both; the last
 * page and the last sheet are in hand at its end.
 */
SP_MUST_CHECK enum sp_status sp_report_walk(struct sp_report *report, struct sp_err *err);

/* Parts of the walk that have files of their own. */
SP_MUST_CHECK enum sp_status sp_report_walk_photos(struct sp_report *report,
                                                   const struct sp_report_section *section,
                                                   struct sp_err *err);
SP_MUST_CHECK enum sp_status sp_report_walk_table(struct sp_report *report,
                                                  const struct sp_report_table *table,
                                                  const char *title, struct sp_err *err);

/* Notes and tells what could not be shown. */
SP_MUST_CHECK enum sp_status sp_report_refuse(struct sp_report *report, const char *what,
                                              const struct sp_err *why, struct sp_err *err);

/* Takes a graphic (a logo, a signature) into the PDF; one that cannot be had is refused. */
SP_MUST_CHECK enum sp_status sp_report_graphic(struct sp_report *report, const char *source,
                                               uint32_t edge_px, struct sp_paper_image *image,
                                               struct sp_err *err);

/* The first error of either sink, or SP_STOPPED; and tells the progress. */
SP_MUST_CHECK enum sp_status sp_report_step(struct sp_report *report, struct sp_err *err);

#endif
