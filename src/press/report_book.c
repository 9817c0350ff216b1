#include "press/report_book.h"

#include "base/check.h"
#include "base/num.h"
#include "base/sys.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The box of a thumbnail, in points, and the row it stands in. */
#define THUMB_WIDTH  200.0
#define THUMB_HEIGHT 150.0
#define THUMB_ROW    156.0

/* Widths in characters: of a sheet of labels and values, of a column of a table. */
static const double section_widths[] = {38, 60, 24};
#define COLUMN_WIDTH_MIN 8
#define COLUMN_WIDTH_MAX 60

/* Seconds from 1970 to a day count from 1899-12-30. */
#define DAY_1970    25569
#define DAY_SECONDS 86400

size_t sp_report_book_need(void)
{
    return sp_workbook_need();
}

static const char *word(const struct sp_report_book *book, enum sp_word which)
{
    return book->submission->theme.words[which];
}

enum sp_status sp_report_book_open(struct sp_report_book *book, struct sp_arena *arena,
                                   const struct sp_submission *submission,
                                   const char *scratch_folder, struct sp_err *err)
{
    const struct sp_theme *theme = &submission->theme;
    const bool dated = submission->date.kind != SP_VALUE_NONE;
    const struct sp_workbook_spec spec = {
        .title = submission->title,
        .author = submission->author,
        .subject = submission->number,
        .created = dated ? (int64_t)((submission->date.number - DAY_1970) * DAY_SECONDS + 0.5) : 0,
        .rtl = sp_locale_is_rtl(submission->locale),
        .scratch_folder = scratch_folder,
        .accent = (uint32_t)theme->accent.red << 16 | (uint32_t)theme->accent.green << 8 |
                  theme->accent.blue,
        .page_format = theme->page_width_um == 215900 ? "Letter" : "A4",
    };
    *book = (struct sp_report_book){.submission = submission, .photos = {.fd = -1}};
    enum sp_status status = sp_scratch_open(&book->photos, scratch_folder, err);
    if (status == SP_OK)
        status = sp_workbook_open(&book->workbook, arena, &spec, err);
    return status;
}

void sp_report_book_abandon(struct sp_report_book *book)
{
    if (book->workbook)
        sp_workbook_abandon(book->workbook);
    book->workbook = NULL;
    sp_scratch_close(&book->photos);
}

/* --- Rows ---------------------------------------------------------------------------------------
 */

static struct sp_workbook_cell text_cell(const char *text, enum sp_workbook_look look)
{
    return (struct sp_workbook_cell){
        .kind = text && *text ? SP_WORKBOOK_TEXT : SP_WORKBOOK_EMPTY,
        .look = look,
        .text = text ? text : "",
    };
}

static struct sp_workbook_cell value_cell(const struct sp_value *value, enum sp_workbook_look look)
{
    static const enum sp_workbook_kind kinds[] = {
        [SP_VALUE_NONE] = SP_WORKBOOK_EMPTY,        [SP_VALUE_TEXT] = SP_WORKBOOK_TEXT,
        [SP_VALUE_NUMBER] = SP_WORKBOOK_NUMBER,     [SP_VALUE_DATE] = SP_WORKBOOK_DATE,
        [SP_VALUE_DATETIME] = SP_WORKBOOK_DATETIME, [SP_VALUE_BOOL] = SP_WORKBOOK_BOOL,
    };
    return (struct sp_workbook_cell){kinds[value->kind], look, value->text, value->number};
}

static enum sp_status row(struct sp_report_book *book, struct sp_workbook_cell a,
                          struct sp_workbook_cell b, struct sp_workbook_cell c, struct sp_err *err)
{
    const struct sp_workbook_cell cells[] = {a, b, c};
    return sp_workbook_row(book->workbook, cells, SP_COUNT(cells), 0, err);
}

static enum sp_status text_row(struct sp_report_book *book, const char *text,
                               enum sp_workbook_look look, struct sp_err *err)
{
    const struct sp_workbook_cell cell = text_cell(text, look);
    return sp_workbook_row(book->workbook, &cell, 1, 0, err);
}

static enum sp_status blank_row(struct sp_report_book *book, struct sp_err *err)
{
    return sp_workbook_row(book->workbook, NULL, 0, 0, err);
}

static enum sp_status begin_sheet(struct sp_report_book *book, const char *name,
                                  const double *widths, size_t columns, bool header,
                                  struct sp_err *err)
{
    const struct sp_workbook_sheet sheet = {
        .name = name,
        .widths = widths,
        .columns = columns,
        .header = header,
        .landscape = columns > 5,
    };
    book->sheets++;
    return sp_workbook_sheet_begin(book->workbook, &sheet, err);
}

/* The section's own sheet, begun with the first thing that belongs on it. */
static enum sp_status section_sheet(struct sp_report_book *book, struct sp_err *err)
{
    const char *title = book->section ? book->section->title : word(book, SP_WORD_PHOTOS);
    enum sp_status status = SP_OK;
    if (book->in_section)
        return SP_OK;
    book->in_section = true;
    if (book->sheets < SP_BOOK_SHEETS_MAX)
        status = begin_sheet(book, title, section_widths, SP_COUNT(section_widths), false, err);
    else
        status = blank_row(book, err);
    if (status == SP_OK)
        status = text_row(book, title, SP_LOOK_TITLE, err);
    return status == SP_OK ? blank_row(book, err) : status;
}

void sp_report_book_section(struct sp_report_book *book, const struct sp_report_section *section)
{
    book->section = section;
    book->in_section = false;
}

enum sp_status sp_report_book_text(struct sp_report_book *book, const char *text,
                                   struct sp_err *err)
{
    enum sp_status status = section_sheet(book, err);
    if (status == SP_OK)
        status = row(book, text_cell("", SP_LOOK_PLAIN), text_cell(text, SP_LOOK_PLAIN),
                     text_cell("", SP_LOOK_PLAIN), err);
    return status == SP_OK ? blank_row(book, err) : status;
}

static enum sp_status field_row(struct sp_report_book *book, const char *label,
                                const struct sp_value *value, struct sp_err *err)
{
    return row(book, text_cell(label, SP_LOOK_LABEL), value_cell(value, SP_LOOK_PLAIN),
               text_cell("", SP_LOOK_PLAIN), err);
}

enum sp_status sp_report_book_fields(struct sp_report_book *book,
                                     const struct sp_report_field *fields, size_t count,
                                     struct sp_err *err)
{
    enum sp_status status = section_sheet(book, err);
    for (size_t i = 0; i < count && status == SP_OK; i++)
        status = field_row(book, fields[i].label, &fields[i].value, err);
    return status == SP_OK ? blank_row(book, err) : status;
}

enum sp_status sp_report_book_item(struct sp_report_book *book, const struct sp_report_item *item,
                                   struct sp_err *err)
{
    static const enum sp_workbook_look looks[] = {
        [SP_ITEM_NONE] = SP_LOOK_PLAIN,
        [SP_ITEM_OK] = SP_LOOK_OK,
        [SP_ITEM_FAIL] = SP_LOOK_FAIL,
        [SP_ITEM_NA] = SP_LOOK_NA,
    };
    static const enum sp_word words[] = {
        [SP_ITEM_OK] = SP_WORD_OK, [SP_ITEM_FAIL] = SP_WORD_FAIL, [SP_ITEM_NA] = SP_WORD_NA};
    const char *status_word = item->status == SP_ITEM_NONE ? "" : word(book, words[item->status]);
    const enum sp_status status = section_sheet(book, err);
    if (status != SP_OK)
        return status;
    return row(book, text_cell(item->text, SP_LOOK_PLAIN), text_cell(item->note, SP_LOOK_MUTED),
               text_cell(status_word, looks[item->status]), err);
}

/* --- Photos -------------------------------------------------------------------------------------
 */

/* Appends a photo's bytes to the file in which they wait for the end of the workbook. */
static enum sp_status store_photo(struct sp_report_book *book, const struct sp_photo_taken *taken,
                                  struct sp_err *err)
{
    unsigned char block[16384];
    for (uint64_t done = 0; done < taken->photo.length;) {
        const size_t want = (size_t)SP_MIN(sizeof block, taken->photo.length - done);
        const ssize_t got = sp_sys_pread(taken->fd, block, want, done);
        if (got <= 0)
            return sp_fail_os(err, got < 0 ? (int)-got : 0, "a finished photo cannot be read back");
        const enum sp_status status =
            sp_scratch_write(&book->photos, book->photo_bytes + done, block, (size_t)got, err);
        if (status != SP_OK)
            return status;
        done += (uint64_t)got;
    }
    return SP_OK;
}

static enum sp_status put_picture(struct sp_report_book *book, const struct sp_photo_taken *taken,
                                  uint32_t at, struct sp_err *err)
{
    const double width = taken->photo.width_px, height = taken->photo.height_px;
    const double wide = THUMB_WIDTH / width, high = THUMB_HEIGHT / height;
    const double scale = SP_MIN(wide, high);
    const struct sp_workbook_picture picture = {
        .fd = book->photos.fd,
        .offset = book->photo_bytes,
        .length = taken->photo.length,
        .png = taken->photo.format == SP_PHOTO_PNG,
        .row = at,
        .width_pt = width * scale,
        .height_pt = height * scale,
        .alt = taken->asked->caption[0] ? taken->asked->caption : taken->asked->source,
    };
    const enum sp_status status = store_photo(book, taken, err);
    if (status != SP_OK)
        return status;
    book->photo_bytes += taken->photo.length;
    return sp_workbook_picture(book->workbook, &picture, err);
}

static enum sp_status photo_row(struct sp_report_book *book, const struct sp_photo_taken *taken,
                                const char *caption, struct sp_err *err)
{
    struct sp_value taken_at;
    if (!sp_value_of_text(taken->asked->taken_at, SP_COLUMN_DATETIME, &taken_at) &&
        taken->asked->taken_at[0] == '\0')
        taken_at.kind = SP_VALUE_NONE;
    const bool shown = taken->status == SP_OK;
    const struct sp_workbook_cell cells[] = {
        shown ? text_cell("", SP_LOOK_PLAIN) : text_cell(taken->why.text, SP_LOOK_FAIL),
        text_cell(caption, SP_LOOK_PLAIN),
        value_cell(&taken_at, SP_LOOK_MUTED),
    };
    return sp_workbook_row(book->workbook, cells, SP_COUNT(cells), shown ? THUMB_ROW : 0, err);
}

enum sp_status sp_report_book_photo(struct sp_report_book *book, const struct sp_photo_taken *taken,
                                    uint64_t number, struct sp_err *err)
{
    char caption[SP_PHOTO_CAPTION_MAX + 128];
    const char *text = taken->asked->caption;
    const char *photo = word(book, SP_WORD_PHOTO);
    snprintf(caption, sizeof caption, "%.*s %" PRIu64 "%s%s",
             (int)sp_utf8_cut(photo, strlen(photo), 64), photo, number, *text ? " · " : "", text);
    enum sp_status status = section_sheet(book, err);
    if (status != SP_OK)
        return status;
    const uint32_t at = sp_workbook_rows(book->workbook);
    status = photo_row(book, taken, caption, err);
    if (status == SP_OK && taken->status == SP_OK)
        status = put_picture(book, taken, at, err);
    return status;
}

/* --- Tables -------------------------------------------------------------------------------------
 */

static enum sp_status table_sheet(struct sp_report_book *book, struct sp_err *err)
{
    double widths[SP_WORKBOOK_COLUMNS_MAX];
    struct sp_workbook_cell cells[SP_WORKBOOK_COLUMNS_MAX];
    const struct sp_report_column *columns = book->columns;
    const size_t count = SP_MIN(book->column_count, SP_WORKBOOK_COLUMNS_MAX);
    for (size_t i = 0; i < count; i++) {
        /* Room for the text, the arrow of the filter and a little air; long texts are wrapped. */
        const size_t title = sp_utf8_count(columns[i].title, strlen(columns[i].title)) + 2;
        const size_t length = SP_MAX(book->lengths[i], title) + 2;
        widths[i] = (double)SP_MIN(SP_MAX(length, COLUMN_WIDTH_MIN), COLUMN_WIDTH_MAX);
        cells[i] = text_cell(columns[i].title, SP_LOOK_HEADER);
    }
    char name[160];
    book->table_parts++;
    if (book->table_parts == 1)
        snprintf(name, sizeof name, "%s", book->table_name);
    else
        snprintf(name, sizeof name, "%.120s %u", book->table_name, book->table_parts);
    enum sp_status status = SP_OK;
    if (book->sheets < SP_BOOK_SHEETS_MAX)
        status = begin_sheet(book, name, widths, count, true, err);
    else {
        status = blank_row(book, err);
        if (status == SP_OK)
            status = text_row(book, book->table_name, SP_LOOK_TITLE, err);
    }
    return status == SP_OK ? sp_workbook_row(book->workbook, cells, count, 0, err) : status;
}

enum sp_status sp_report_book_table(struct sp_report_book *book, const char *title,
                                    const struct sp_report_column *columns, size_t column_count,
                                    const size_t *lengths, struct sp_err *err)
{
    book->lengths = lengths;
    book->columns = columns;
    book->column_count = column_count;
    book->table_name = title;
    book->table_parts = 0;
    book->in_section = false;
    return table_sheet(book, err);
}

enum sp_status sp_report_book_row(struct sp_report_book *book, const struct sp_value *values,
                                  struct sp_err *err)
{
    struct sp_workbook_cell cells[SP_WORKBOOK_COLUMNS_MAX];
    const size_t count = SP_MIN(book->column_count, SP_WORKBOOK_COLUMNS_MAX);
    enum sp_status status = SP_OK;
    if (sp_workbook_rows(book->workbook) >= SP_WORKBOOK_ROWS_MAX)
        status = table_sheet(book, err);
    for (size_t i = 0; i < count; i++)
        cells[i] = value_cell(&values[i], SP_LOOK_PLAIN);
    return status == SP_OK ? sp_workbook_row(book->workbook, cells, count, 0, err) : status;
}

/* --- The first and the last sheet ---------------------------------------------------------------
 */

static enum sp_status known_row(struct sp_report_book *book, enum sp_word label, const char *text,
                                struct sp_err *err)
{
    if (!text)
        return SP_OK;
    return row(book, text_cell(word(book, label), SP_LOOK_LABEL), text_cell(text, SP_LOOK_PLAIN),
               text_cell("", SP_LOOK_PLAIN), err);
}

static enum sp_status signature_rows(struct sp_report_book *book, struct sp_err *err)
{
    const struct sp_submission *submission = book->submission;
    enum sp_status status = SP_OK;
    if (submission->signature_count > 0)
        status = text_row(book, word(book, SP_WORD_SIGNATURES), SP_LOOK_LABEL, err);
    for (size_t i = 0; i < submission->signature_count && status == SP_OK; i++) {
        const struct sp_report_signature *signature = &submission->signatures[i];
        status = row(book, text_cell(signature->role, SP_LOOK_PLAIN),
                     text_cell(signature->name, SP_LOOK_PLAIN),
                     value_cell(&signature->time, SP_LOOK_PLAIN), err);
    }
    return status;
}

enum sp_status sp_report_book_summary(struct sp_report_book *book, struct sp_err *err)
{
    const struct sp_submission *submission = book->submission;
    enum sp_status status = begin_sheet(book, word(book, SP_WORD_SUMMARY), section_widths,
                                        SP_COUNT(section_widths), false, err);
    if (status == SP_OK)
        status = text_row(book, submission->title, SP_LOOK_TITLE, err);
    if (status == SP_OK && submission->subtitle)
        status = text_row(book, submission->subtitle, SP_LOOK_MUTED, err);
    if (status == SP_OK)
        status = blank_row(book, err);
    if (status == SP_OK)
        status = known_row(book, SP_WORD_NUMBER, submission->number, err);
    if (status == SP_OK && submission->date.kind != SP_VALUE_NONE)
        status = field_row(book, word(book, SP_WORD_DATE), &submission->date, err);
    for (size_t i = 0; i < submission->field_count && status == SP_OK; i++)
        status = field_row(book, submission->fields[i].label, &submission->fields[i].value, err);
    if (status == SP_OK && submission->text)
        status = row(book, text_cell("", SP_LOOK_PLAIN), text_cell(submission->text, SP_LOOK_PLAIN),
                     text_cell("", SP_LOOK_PLAIN), err);
    if (status == SP_OK)
        status = blank_row(book, err);
    return status == SP_OK ? signature_rows(book, err) : status;
}

static enum sp_status problem_rows(struct sp_report_book *book,
                                   const struct sp_problem_list *problems, struct sp_err *err)
{
    static const double widths[] = {60, 80};
    const struct sp_workbook_cell head[] = {
        text_cell(word(book, SP_WORD_SOURCE), SP_LOOK_HEADER),
        text_cell(word(book, SP_WORD_REASON), SP_LOOK_HEADER),
    };
    enum sp_status status =
        begin_sheet(book, word(book, SP_WORD_NOT_SHOWN), widths, SP_COUNT(widths), true, err);
    if (status == SP_OK)
        status = sp_workbook_row(book->workbook, head, SP_COUNT(head), 0, err);
    const uint64_t count = SP_MIN(problems->count, SP_WORKBOOK_ROWS_MAX - 1);
    for (uint64_t i = 0; i < count && status == SP_OK; i++) {
        struct sp_problem problem;
        status = sp_problem_list_get(problems, i, &problem, err);
        if (status != SP_OK)
            break;
        const struct sp_workbook_cell cells[] = {text_cell(problem.what, SP_LOOK_PLAIN),
                                                 text_cell(problem.reason, SP_LOOK_FAIL)};
        status = sp_workbook_row(book->workbook, cells, SP_COUNT(cells), 0, err);
    }
    return status;
}

enum sp_status sp_report_book_close(struct sp_report_book *book,
                                    const struct sp_problem_list *problems, struct sp_out *out,
                                    struct sp_err *err)
{
    enum sp_status status = SP_OK;
    if (problems->count > 0)
        status = problem_rows(book, problems, err);
    if (status == SP_OK) {
        status = sp_workbook_close(book->workbook, out, err);
        book->workbook = NULL;
    }
    sp_report_book_abandon(book);
    return status;
}
