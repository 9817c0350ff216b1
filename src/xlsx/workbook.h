/*
 * A workbook: sheets of rows and pictures, in flat memory.
 *
 * Sheets are deflated to scratch as their rows come, at a tenth of their size. Pictures stay where
 * they are; a list of them is on scratch too. Closing writes the package to the sink, forward only:
 * sheets are copied, drawings made from the list, pictures stored byte for byte. What is in memory
 * does not depend on how many rows and pictures there are, and none of it is on the heap.
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

/* Sheets of a workbook, columns of a sheet. A sheet costs some 200 bytes. */
#define SP_WORKBOOK_SHEETS_MAX  64
#define SP_WORKBOOK_COLUMNS_MAX 256

/* Rows of a sheet: Excel's limit. The caller goes on in a further sheet. */
#define SP_WORKBOOK_ROWS_MAX 1048576

/* The texts are borrowed until the workbook is finished. */
struct sp_workbook_spec {
    const char *title, *author, *subject; /* or null */
    int64_t created;                      /* seconds since 1970: the document's date, in UTC */
    bool rtl;                             /* sheets run from right to left */
    const char *scratch_folder;
    uint32_t accent;         /* 0xRRGGBB, of headings */
    const char *page_format; /* "A4" or "Letter": of the print set-up */
};

struct sp_workbook;

/* Bytes from the arena, and of the heap behind its back, which are none. */
size_t sp_workbook_need(void);
uint64_t sp_workbook_heap(void);

/*
 * Opens scratch files in the spec's folder. SP_IO if it refuses, SP_NO_ROOM if this version of zlib
 * wants more memory than is set aside; nothing is left open then.
 */
SP_MUST_CHECK enum sp_status sp_workbook_open(struct sp_workbook **workbook, struct sp_arena *arena,
                                              const struct sp_workbook_spec *spec,
                                              struct sp_err *err);

/*
 * Begins a sheet; the one before it is complete. The name is made to what Excel takes (31
 * characters, none of []:*?/\, unique). Widths are in characters, up to 255, for `columns` of them
 * (at most SP_WORKBOOK_COLUMNS_MAX). With `header` the first row stays in view, is repeated in
 * print and has a filter. SP_TOO_BIG if there are SP_WORKBOOK_SHEETS_MAX sheets already.
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

/* Text wraps and stands at the top of its cell; a title runs over the cells beside it. */
enum sp_workbook_look {
    SP_LOOK_PLAIN,
    SP_LOOK_TITLE,  /* large and bold */
    SP_LOOK_HEADER, /* bold, on the accent, in white or black, whichever can be read */
    SP_LOOK_LABEL,  /* bold */
    SP_LOOK_OK,     /* green */
    SP_LOOK_FAIL,   /* red */
    SP_LOOK_NA,     /* grey */
    SP_LOOK_MUTED,  /* in grey */
};

enum sp_workbook_kind {
    SP_WORKBOOK_EMPTY,
    SP_WORKBOOK_TEXT, /* always text, whatever it begins with */
    SP_WORKBOOK_NUMBER,
    SP_WORKBOOK_DATE,     /* number: days since 1899-12-30 */
    SP_WORKBOOK_DATETIME, /* the same, with the time of day behind the point */
    SP_WORKBOOK_BOOL,     /* number: true unless 0 */
};

/*
 * Text is UTF-8; what is not, or what XML has no place for, becomes U+FFFD. Text of more than
 * 32,767 characters (UTF-16 units), which is as much as Excel takes, is cut at a whole one. A
 * number that is not finite becomes the error #NUM!.
 */
struct sp_workbook_cell {
    enum sp_workbook_kind kind;
    enum sp_workbook_look look;
    const char *text;
    double number;
};

/*
 * Writes the next row of the sheet, with up to SP_WORKBOOK_COLUMNS_MAX cells from the first column
 * on; `height_pt` (up to 409) 0 for as high as its text, by a guess (xlsx_height.h). SP_TOO_BIG if
 * the sheet is full.
 */
SP_MUST_CHECK enum sp_status sp_workbook_row(struct sp_workbook *workbook,
                                             const struct sp_workbook_cell *cells, size_t count,
                                             double height_pt, struct sp_err *err);

/* Rows written to the sheet so far; texts that were cut, in all sheets. */
uint32_t sp_workbook_rows(const struct sp_workbook *workbook);
uint64_t sp_workbook_cut(const struct sp_workbook *workbook);

/*
 * A picture over a cell of the sheet in hand: bytes in a file that stays open and as it is until
 * the workbook is closed (it is read now, for its checksum, and then). `alt` is copied (to
 * scratch), cut at 1 KiB. SP_IO if the file cannot be read or ends too early.
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
 * Completes the workbook, writes the package to the sink and flushes it. Whatever happens, the
 * workbook is finished afterwards. One without sheets gets an empty one. SP_IO if a picture is no
 * longer what it was.
 */
SP_MUST_CHECK enum sp_status sp_workbook_close(struct sp_workbook *workbook, struct sp_out *out,
                                               struct sp_err *err);

/* Gives everything up; for a workbook that was not closed. */
void sp_workbook_abandon(struct sp_workbook *workbook);

/* Bytes on scratch so far: some 120 and its text for a picture, a tenth of its XML for a sheet. */
uint64_t sp_workbook_scratch(const struct sp_workbook *workbook);

#endif
