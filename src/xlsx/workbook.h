/*
 * A workbook: sheets of rows and pictures, in flat memory.
 *
 * libxlsxwriter writes the workbook without its pictures, in constant-memory mode, to a scratch
 * file without a name: rows go to disk as they come. It would keep a record of every picture and
 * deflate bytes that are compressed already, so pictures are put in afterwards: a sheet with
 * pictures gets one empty drawing from libxlsxwriter, and the closing pass copies the package part
 * by part (still compressed) into the sink, writes each drawing from a list on scratch and stores
 * the pictures as they are. The package is written forward only; its directory waits on scratch.
 *
 * The same calls give the same bytes: times come from the spec.
 */
#ifndef SP_XLSX_WORKBOOK_H
#define SP_XLSX_WORKBOOK_H

#include <smallpress/arena.h>
#include <smallpress/status.h>
#include <smallpress/stream.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sheets of a workbook, columns of a sheet, bytes of a cell's text (Excel's own limit is 32,767
 * characters; what is longer is cut and counted). */
#define SP_WORKBOOK_SHEETS_MAX  64
#define SP_WORKBOOK_COLUMNS_MAX 256

/* Rows of a sheet: Excel's limit. The caller goes on in a further sheet. */
#define SP_WORKBOOK_ROWS_MAX 1048576

struct sp_workbook_spec {
    const char *title, *author, *subject; /* or null */
    int64_t created;                      /* seconds since 1970, of the document's date */
    bool rtl;                             /* sheets run from right to left */
    const char *scratch_folder;
    uint32_t accent;         /* 0xRRGGBB, of headings */
    const char *page_format; /* "A4" or "Letter": of the print set-up */
};

struct sp_workbook;

size_t sp_workbook_need(void);
uint64_t sp_workbook_heap(void); /* what libxlsxwriter takes: a line of the plan */

SP_MUST_CHECK enum sp_status sp_workbook_open(struct sp_workbook **workbook, struct sp_arena *arena,
                                              const struct sp_workbook_spec *spec,
                                              struct sp_err *err);

/*
 * Begins a sheet; the one before it is complete. The name is made to what Excel takes (31
 * characters, none of []:*?/\, unique). Widths are in characters, for `columns` of them. With
 * `header` the first row stays in view, is repeated in print and has a filter.
 */
struct sp_workbook_sheet {
    const char *name;
    const double *widths;
    size_t columns;
    bool header;
    bool landscape;
};
SP_MUST_CHECK enum sp_status sp_workbook_sheet_begin(struct sp_workbook *workbook,
                                                     const struct sp_workbook_sheet *sheet,
                                                     struct sp_err *err);

enum sp_workbook_look {
    SP_LOOK_PLAIN,
    SP_LOOK_TITLE,
    SP_LOOK_HEADER,
    SP_LOOK_LABEL,
    SP_LOOK_OK,
    SP_LOOK_FAIL,
    SP_LOOK_NA,
    SP_LOOK_MUTED,
};

enum sp_workbook_kind {
    SP_WORKBOOK_EMPTY,
    SP_WORKBOOK_TEXT, /* always text, whatever it begins with */
    SP_WORKBOOK_NUMBER,
    SP_WORKBOOK_DATE, /* number: days since 1899-12-30 */
    SP_WORKBOOK_DATETIME,
    SP_WORKBOOK_BOOL,
};

struct sp_workbook_cell {
    enum sp_workbook_kind kind;
    enum sp_workbook_look look;
    const char *text;
    double number;
};

/* Writes the next row of the sheet; `height_pt` 0 for the usual one. */
SP_MUST_CHECK enum sp_status sp_workbook_row(struct sp_workbook *workbook,
                                             const struct sp_workbook_cell *cells, size_t count,
                                             double height_pt, struct sp_err *err);

/* Rows written to the sheet so far. */
uint32_t sp_workbook_rows(const struct sp_workbook *workbook);

/*
 * A picture over a cell of the sheet in hand: bytes in a file that stays open and as it is until
 * the workbook is closed. `alt` is copied (to scratch), cut at 1 KiB.
 */
struct sp_workbook_picture {
    int fd;
    uint64_t offset, length;
    bool png; /* else JPEG */
    uint32_t row, column;
    double width_pt, height_pt; /* as shown */
    const char *alt;
};
SP_MUST_CHECK enum sp_status sp_workbook_picture(struct sp_workbook *workbook,
                                                 const struct sp_workbook_picture *picture,
                                                 struct sp_err *err);

/*
 * Completes the workbook and writes the package to the sink. Whatever happens, the workbook is
 * finished afterwards.
 */
SP_MUST_CHECK enum sp_status sp_workbook_close(struct sp_workbook *workbook, struct sp_out *out,
                                               struct sp_err *err);

/* Gives everything up; for a workbook that was not closed. */
void sp_workbook_abandon(struct sp_workbook *workbook);

/* Bytes on scratch so far. */
uint64_t sp_workbook_scratch(const struct sp_workbook *workbook);

#endif
