#include "xlsx/workbook.h"

#include "base/num.h"
#include "xlsx/xlsx_frame.h"
#include "xlsx/xlsx_package.h"
#include "xlsx/xlsx_picture.h"
#include "xlsx/xlsx_sheet.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Bytes of the name of a part that is numbered. */
#define NAME SP_XLSX_PACKAGE_NAME_MAX + 1

struct sp_workbook {
    struct sp_workbook_spec spec;
    bool finished;
    /* Deflated parts, the list of pictures, the directory of the package. */
    struct sp_scratch parts, list, directory;
    struct sp_xlsx_pack pack;
    struct sp_xlsx_pictures pictures;
    struct sp_xlsx_package package;
    bool jpeg, png;
    struct sp_xlsx_sheet sheets[SP_WORKBOOK_SHEETS_MAX];
    size_t sheet_count;
    bool in_sheet;                /* the last of them is open */
    struct sp_xlsx_widths widths; /* of it */
};

size_t sp_workbook_need(void)
{
    return sp_size_add(sp_arena_cost(sizeof(struct sp_workbook)),
                       sp_size_add(sp_xlsx_pack_need(), sp_xlsx_package_need()));
}

uint64_t sp_workbook_heap(void)
{
    return 0;
}

static void finish(struct sp_workbook *workbook)
{
    workbook->finished = true;
    sp_scratch_close(&workbook->parts);
    sp_scratch_close(&workbook->list);
    sp_scratch_close(&workbook->directory);
}

enum sp_status sp_workbook_open(struct sp_workbook **workbook, struct sp_arena *arena,
                                const struct sp_workbook_spec *spec, struct sp_err *err)
{
    struct sp_workbook *made = sp_arena_take(arena, 1, sizeof *made);
    *workbook = made;
    made->spec = *spec;
    made->parts.fd = made->list.fd = made->directory.fd = -1;
    made->pictures.scratch = &made->list;
    enum sp_status status = sp_xlsx_pack_init(&made->pack, arena, &made->parts, err);
    sp_xlsx_package_init(&made->package, arena, &made->directory);
    if (status == SP_OK)
        status = sp_scratch_open(&made->parts, spec->scratch_folder, err);
    if (status == SP_OK)
        status = sp_scratch_open(&made->list, spec->scratch_folder, err);
    if (status == SP_OK)
        status = sp_scratch_open(&made->directory, spec->scratch_folder, err);
    if (status != SP_OK)
        finish(made);
    return status;
}

static struct sp_xlsx_sheet *sheet_in_hand(struct sp_workbook *workbook)
{
    SP_ASSERT(!workbook->finished);
    SP_ASSERT(workbook->in_sheet);
    return &workbook->sheets[workbook->sheet_count - 1];
}

static void end_sheet(struct sp_workbook *workbook)
{
    if (!workbook->in_sheet)
        return;
    const char *format = workbook->spec.page_format;
    sp_xlsx_sheet_end(&workbook->pack, sheet_in_hand(workbook),
                      format && strcmp(format, "Letter") == 0);
    workbook->in_sheet = false;
}

static bool is_taken(const struct sp_workbook *workbook, const char *name)
{
    for (size_t i = 0; i < workbook->sheet_count; i++)
        if (sp_xlsx_name_same(workbook->sheets[i].name, name))
            return true;
    return false;
}

/* With so many sheets at most, one of so many copies and one more is free. */
static void name_sheet(const struct sp_workbook *workbook, struct sp_xlsx_sheet *sheet,
                       const char *wanted)
{
    char bare[SP_XLSX_NAME_BYTES];
    sp_xlsx_name_make(bare, wanted, (unsigned)workbook->sheet_count + 1);
    memcpy(sheet->name, bare, sizeof bare);
    for (unsigned copy = 2; is_taken(workbook, sheet->name); copy++) {
        SP_ASSERT(copy <= SP_WORKBOOK_SHEETS_MAX + 1);
        sp_xlsx_name_count(sheet->name, bare, copy);
    }
}

enum sp_status sp_workbook_sheet_begin(struct sp_workbook *workbook,
                                       const struct sp_workbook_sheet *wanted, struct sp_err *err)
{
    SP_ASSERT(!workbook->finished);
    SP_ASSERT(wanted->columns <= SP_WORKBOOK_COLUMNS_MAX);
    if (workbook->sheet_count == SP_WORKBOOK_SHEETS_MAX)
        return sp_fail(err, SP_TOO_BIG, "the workbook has %d sheets already, and may not have more",
                       SP_WORKBOOK_SHEETS_MAX);
    end_sheet(workbook);
    struct sp_xlsx_sheet *sheet = &workbook->sheets[workbook->sheet_count];
    name_sheet(workbook, sheet, wanted->name);
    sheet->header = wanted->header;
    sheet->landscape = wanted->landscape;
    sheet->announced = (uint32_t)wanted->columns;
    sheet->first_picture = workbook->pictures.count;
    sp_xlsx_height_columns(&workbook->widths, wanted);
    sp_xlsx_sheet_begin(&workbook->pack, wanted, workbook->sheet_count == 0, workbook->spec.rtl);
    workbook->sheet_count++;
    workbook->in_sheet = true;
    return sp_xlsx_pack_check(&workbook->pack, err);
}

enum sp_status sp_workbook_row(struct sp_workbook *workbook, const struct sp_workbook_cell *cells,
                               size_t count, double height_pt, struct sp_err *err)
{
    struct sp_xlsx_sheet *sheet = sheet_in_hand(workbook);
    SP_ASSERT(count <= SP_WORKBOOK_COLUMNS_MAX);
    if (sheet->rows == SP_WORKBOOK_ROWS_MAX)
        return sp_fail(err, SP_TOO_BIG,
                       "the sheet %s has %d rows already, and a spreadsheet has no more",
                       sheet->name, SP_WORKBOOK_ROWS_MAX);
    sp_xlsx_sheet_row(&workbook->pack, sheet, &workbook->widths, cells, count, height_pt);
    return sp_xlsx_pack_check(&workbook->pack, err);
}

uint32_t sp_workbook_rows(const struct sp_workbook *workbook)
{
    return workbook->in_sheet ? workbook->sheets[workbook->sheet_count - 1].rows : 0;
}

uint64_t sp_workbook_cut(const struct sp_workbook *workbook)
{
    uint64_t cut = 0;
    for (size_t i = 0; i < workbook->sheet_count; i++)
        cut += workbook->sheets[i].cut;
    return cut;
}

enum sp_status sp_workbook_picture(struct sp_workbook *workbook,
                                   const struct sp_workbook_picture *picture, struct sp_err *err)
{
    struct sp_xlsx_sheet *sheet = sheet_in_hand(workbook);
    SP_ASSERT(picture->row < SP_WORKBOOK_ROWS_MAX);
    SP_ASSERT(picture->column < SP_WORKBOOK_COLUMNS_MAX);
    SP_ASSERT(isfinite(picture->width_pt) && isfinite(picture->height_pt));
    struct sp_xlsx_piece piece = {
        .fd = picture->fd, .offset = picture->offset, .length = picture->length};
    enum sp_status status = sp_xlsx_package_measure(&workbook->package, &piece, err);
    if (status == SP_OK)
        status = sp_xlsx_pictures_add(&workbook->pictures, picture, &piece, err);
    if (status != SP_OK)
        return status;
    sheet->pictures++;
    workbook->png = workbook->png || picture->png;
    workbook->jpeg = workbook->jpeg || !picture->png;
    return SP_OK;
}

/* Ends the open part and puts it into the package. */
static enum sp_status add_part(struct sp_workbook *workbook, const char *name, struct sp_err *err)
{
    const struct sp_xlsx_part part = sp_xlsx_pack_end(&workbook->pack);
    const enum sp_status status = sp_xlsx_pack_check(&workbook->pack, err);
    if (status != SP_OK)
        return status;
    return sp_xlsx_package_packed(&workbook->package, name, &workbook->parts, &part, err);
}

static enum sp_status add_frame(struct sp_workbook *workbook, struct sp_err *err)
{
    const struct sp_xlsx_frame frame = {
        .spec = &workbook->spec,
        .sheets = workbook->sheets,
        .sheet_count = workbook->sheet_count,
        .jpeg = workbook->jpeg,
        .png = workbook->png,
    };
    for (size_t i = 0; i < sp_xlsx_frame_count(); i++) {
        sp_xlsx_pack_begin(&workbook->pack);
        sp_xlsx_frame_write(&frame, i, &workbook->pack);
        const enum sp_status status = add_part(workbook, sp_xlsx_frame_name(i), err);
        if (status != SP_OK)
            return status;
    }
    return SP_OK;
}

static enum sp_status add_sheet_relations(struct sp_workbook *workbook, size_t number,
                                          struct sp_err *err)
{
    char name[NAME];
    sp_xlsx_pack_begin(&workbook->pack);
    sp_xlsx_pack_format(&workbook->pack,
                        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/"
                        "relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas."
                        "openxmlformats.org/officeDocument/2006/relationships/drawing\" "
                        "Target=\"../drawings/drawing%zu.xml\"/></Relationships>",
                        number);
    snprintf(name, sizeof name, "xl/worksheets/_rels/sheet%zu.xml.rels", number);
    return add_part(workbook, name, err);
}

/* A sheet's drawing and what relates it to its pictures; `at` goes on behind them. */
static enum sp_status add_drawing(struct sp_workbook *workbook, size_t number,
                                  struct sp_xlsx_pictures_at *at, struct sp_err *err)
{
    const struct sp_xlsx_sheet *sheet = &workbook->sheets[number - 1];
    struct sp_xlsx_pictures_at again = *at;
    char name[NAME];
    sp_xlsx_pack_begin(&workbook->pack);
    enum sp_status status =
        sp_xlsx_pictures_drawing(&workbook->pictures, sheet, at, &workbook->pack, err);
    if (status != SP_OK)
        return status;
    snprintf(name, sizeof name, "xl/drawings/drawing%zu.xml", number);
    status = add_part(workbook, name, err);
    if (status != SP_OK)
        return status;
    sp_xlsx_pack_begin(&workbook->pack);
    status = sp_xlsx_pictures_relations(&workbook->pictures, sheet, &again, &workbook->pack, err);
    if (status != SP_OK)
        return status;
    snprintf(name, sizeof name, "xl/drawings/_rels/drawing%zu.xml.rels", number);
    return add_part(workbook, name, err);
}

static enum sp_status add_sheets(struct sp_workbook *workbook, struct sp_err *err)
{
    struct sp_xlsx_pictures_at at = {0};
    for (size_t number = 1; number <= workbook->sheet_count; number++) {
        const struct sp_xlsx_sheet *sheet = &workbook->sheets[number - 1];
        char name[NAME];
        snprintf(name, sizeof name, "xl/worksheets/sheet%zu.xml", number);
        enum sp_status status =
            sp_xlsx_package_packed(&workbook->package, name, &workbook->parts, &sheet->part, err);
        if (status == SP_OK && sheet->pictures > 0)
            status = add_sheet_relations(workbook, number, err);
        if (status == SP_OK && sheet->pictures > 0)
            status = add_drawing(workbook, number, &at, err);
        if (status != SP_OK)
            return status;
    }
    return SP_OK;
}

enum sp_status sp_workbook_close(struct sp_workbook *workbook, struct sp_out *out,
                                 struct sp_err *err)
{
    SP_ASSERT(!workbook->finished);
    enum sp_status status = SP_OK;
    if (workbook->sheet_count == 0) /* a workbook without sheets is none */
        status = sp_workbook_sheet_begin(workbook, &(struct sp_workbook_sheet){0}, err);
    end_sheet(workbook);
    if (status == SP_OK)
        status = sp_xlsx_pack_check(&workbook->pack, err);
    sp_xlsx_package_begin(&workbook->package, out);
    if (status == SP_OK)
        status = add_frame(workbook, err);
    if (status == SP_OK)
        status = add_sheets(workbook, err);
    if (status == SP_OK)
        status = sp_xlsx_pictures_media(&workbook->pictures, &workbook->package, err);
    if (status == SP_OK)
        status = sp_xlsx_package_finish(&workbook->package, err);
    finish(workbook);
    return status;
}

void sp_workbook_abandon(struct sp_workbook *workbook)
{
    finish(workbook);
}

uint64_t sp_workbook_scratch(const struct sp_workbook *workbook)
{
    return workbook->pack.end + workbook->pictures.end + workbook->package.directory_bytes;
}
