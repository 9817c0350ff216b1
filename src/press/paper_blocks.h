/*
 * What a report is made of, block by block, on paper: each sets its texts in the galley, asks the
 * paper for its height and draws itself. Nothing here reads data or knows a workbook.
 */
#ifndef SP_PRESS_PAPER_BLOCKS_H
#define SP_PRESS_PAPER_BLOCKS_H

#include "layout/column_fit.h"
#include "press/paper.h"
#include "spec/submission.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An image that is in the document already; `object` 0 for none. */
struct sp_paper_image {
    uint32_t object;
    uint32_t width_px, height_px;
};

/* The head of the first page: logo, title, number and date. Begins the page. */
SP_MUST_CHECK enum sp_status sp_paper_title(struct sp_paper *paper,
                                            const struct sp_submission *submission,
                                            const struct sp_paper_image *logo, struct sp_err *err);

/* A grid of labels and values, two pairs a row where they fit. */
SP_MUST_CHECK enum sp_status sp_paper_fields(struct sp_paper *paper,
                                             const struct sp_report_field *fields, size_t count,
                                             struct sp_err *err);

/* A checklist: begun and ended by the caller's sp_paper_open(SP_PDF_TAG_L) and sp_paper_close. */
SP_MUST_CHECK enum sp_status sp_paper_item(struct sp_paper *paper,
                                           const struct sp_report_item *item, struct sp_err *err);

/* Columns of a table on paper: a page has no room for more. */
#define SP_PAPER_COLUMNS_MAX 64

struct sp_paper_table {
    struct sp_paper *paper;
    const struct sp_report_column *columns;
    size_t column_count;
    struct sp_column_fit fit[SP_PAPER_COLUMNS_MAX];
    bool begun;    /* the head has been drawn once */
    uint64_t page; /* the head stands on */
};

/* Begins a table; its columns are measured by their heads and then by sample rows. */
SP_MUST_CHECK enum sp_status sp_paper_table_begin(struct sp_paper_table *table,
                                                  struct sp_paper *paper,
                                                  const struct sp_report_column *columns,
                                                  size_t column_count, struct sp_err *err);
SP_MUST_CHECK enum sp_status sp_paper_table_sample(struct sp_paper_table *table,
                                                   const struct sp_value *cells,
                                                   struct sp_err *err);

/* A row: never split, under a head on every page. Cells too long for a page are cut. */
SP_MUST_CHECK enum sp_status sp_paper_table_row(struct sp_paper_table *table,
                                                const struct sp_value *cells, struct sp_err *err);
SP_MUST_CHECK enum sp_status sp_paper_table_end(struct sp_paper_table *table, struct sp_err *err);

/* A photo as it stands on paper, or why it does not. */
struct sp_paper_photo {
    struct sp_paper_image image;
    uint64_t number; /* 0 for none shown */
    const char *caption, *taken_at;
    const char *source; /* of a photo that cannot be shown */
    const char *why;    /* null for a photo that can */
};

/* So many photos stand side by side at most. */
#define SP_PAPER_PHOTOS_MAX 4

/* A row of photos, each with its caption, never parted. */
SP_MUST_CHECK enum sp_status sp_paper_photos(struct sp_paper *paper,
                                             const struct sp_paper_photo *photos, unsigned count,
                                             struct sp_err *err);

/* Signatures that stand side by side. */
#define SP_PAPER_SIGNATURES_MAX 3
SP_MUST_CHECK enum sp_status sp_paper_signatures(struct sp_paper *paper,
                                                 const struct sp_report_signature *signatures,
                                                 const struct sp_paper_image *images,
                                                 unsigned count, struct sp_err *err);

#endif
