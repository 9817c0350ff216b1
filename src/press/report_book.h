/*
 * A report as a workbook: a summary, a sheet for each section that has more than tables, a sheet
 * for each table, photos as thumbnails beside their captions.
 *
 * Sheets are written one after another, in the order in which the report is walked. When a workbook
 * has as many as it can, what follows goes on under a title in the last one.
 */
#ifndef SP_PRESS_REPORT_BOOK_H
#define SP_PRESS_REPORT_BOOK_H

#include "press/photo_queue.h"
#include "press/problem_list.h"
#include "spec/submission.h"
#include "xlsx/workbook.h"

#include <stdbool.h>
#include <stdint.h>

/* Sheets that the walk may begin; the last place is kept for what could not be shown. */
#define SP_BOOK_SHEETS_MAX (SP_WORKBOOK_SHEETS_MAX - 1)

struct sp_report_book {
    struct sp_workbook *workbook;
    const struct sp_submission *submission;
    unsigned sheets;
    bool in_section; /* the sheet in hand is the section's own */
    const struct sp_report_section *section;
    struct sp_scratch photos; /* the bytes of all photos, for as long as the workbook is made */
    uint64_t photo_bytes;
    const struct sp_report_column *columns; /* of the table in hand */
    size_t column_count;
    const size_t *lengths;
    const char *table_name;
    unsigned table_parts;
};

size_t sp_report_book_need(void);
SP_MUST_CHECK enum sp_status sp_report_book_open(struct sp_report_book *book,
                                                 struct sp_arena *arena,
                                                 const struct sp_submission *submission,
                                                 const char *scratch_folder, struct sp_err *err);
void sp_report_book_abandon(struct sp_report_book *book);

/* The first sheet. */
SP_MUST_CHECK enum sp_status sp_report_book_summary(struct sp_report_book *book,
                                                    struct sp_err *err);

/* Goes to a section, or with null to what belongs to none; its sheet begins with its first row. */
void sp_report_book_section(struct sp_report_book *book, const struct sp_report_section *section);

SP_MUST_CHECK enum sp_status sp_report_book_text(struct sp_report_book *book, const char *text,
                                                 struct sp_err *err);
SP_MUST_CHECK enum sp_status sp_report_book_fields(struct sp_report_book *book,
                                                   const struct sp_report_field *fields,
                                                   size_t count, struct sp_err *err);
SP_MUST_CHECK enum sp_status sp_report_book_item(struct sp_report_book *book,
                                                 const struct sp_report_item *item,
                                                 struct sp_err *err);

/* A photo that was taken, or why it was not; `number` as on paper. Copies its bytes. */
SP_MUST_CHECK enum sp_status sp_report_book_photo(struct sp_report_book *book,
                                                  const struct sp_photo_taken *taken,
                                                  uint64_t number, struct sp_err *err);

/* `lengths` are the characters of the longest text known in each column; borrowed until the end. */
SP_MUST_CHECK enum sp_status sp_report_book_table(struct sp_report_book *book, const char *title,
                                                  const struct sp_report_column *columns,
                                                  size_t column_count, const size_t *lengths,
                                                  struct sp_err *err);
SP_MUST_CHECK enum sp_status sp_report_book_row(struct sp_report_book *book,
                                                const struct sp_value *cells, struct sp_err *err);

/* What could not be shown, on the last sheet; then the package goes to the sink. */
SP_MUST_CHECK enum sp_status sp_report_book_close(struct sp_report_book *book,
                                                  const struct sp_problem_list *problems,
                                                  struct sp_out *out, struct sp_err *err);

#endif
