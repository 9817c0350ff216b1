/* Photos side by side, each with its caption under it; and boxes for those that cannot be shown. */
#include "press/paper_blocks.h"

#include "base/num.h"
#include "base/utf8.h"
#include "layout/label_box.h"
#include "layout/photo_row.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A row of photos with their captions takes at most this share of a page, in hundredths. */
#define ROW_SHARE     90

#define CAPTION_LINES 6

/* Of the word before the number of a photo. */
#define WORD_BYTES   100
#define REASON_LINES 6

/* The height of a box that stands for a photo, in hundredths of its width, as photos are. */
#define BOX_SHARE 62

struct cell {
    struct sp_photo_box box;
    struct sp_galley_block caption, taken, reason, source;
    char title[1200]; /* of the caption, with the photo's number */
    char time[SP_PAPER_VALUE_MAX];
};

/* White between a photo and its caption. */
static int64_t caption_air(const struct sp_paper *paper)
{
    return paper->size / 3;
}

static struct sp_photo_row row_of(const struct sp_paper *paper)
{
    /* Unasked, a photo that stands upright is as high as one that lies is wide. */
    const unsigned cells = paper->theme->photos_per_row;
    const int64_t asked = paper->theme->photo_height_um > 0
                              ? sp_mpt_of_um(paper->theme->photo_height_um)
                              : paper->width / cells;
    const int64_t most =
        sp_paper_full(paper) * ROW_SHARE / 100 - sp_line_height(paper->size) * (CAPTION_LINES + 2);
    return (struct sp_photo_row){
        .width = paper->width,
        .gap = paper->size * 3 / 2,
        .cells = cells,
        .height = SP_MAX(SP_MIN(asked, most), paper->size),
    };
}

static void make_title(const struct sp_paper *paper, const struct sp_paper_photo *photo,
                       struct cell *cell)
{
    const bool numbered = paper->theme->photo_numbers && photo->number > 0;
    const char *word = paper->theme->words[SP_WORD_PHOTO];
    char number[160] = "";
    if (numbered)
        snprintf(number, sizeof number, "%.*s %" PRIu64,
                 (int)sp_utf8_cut(word, strlen(word), WORD_BYTES), word, photo->number);
    snprintf(cell->title, sizeof cell->title, "%s%s%s", number,
             numbered && photo->caption ? " · " : "", photo->caption ? photo->caption : "");
}

static enum sp_status set_reason(struct sp_paper *paper, const struct sp_paper_photo *photo,
                                 struct cell *cell, struct sp_err *err)
{
    struct sp_text_look why = sp_look_muted(paper), source = sp_look_muted(paper);
    const int64_t width = cell->box.width - 2 * paper->size;
    why.color = paper->colors.fail;
    enum sp_status status =
        sp_galley_set(paper->galley, photo->why, &why, width, REASON_LINES, &cell->reason, err);
    if (status == SP_OK)
        status = sp_galley_set(paper->galley, photo->source ? photo->source : "", &source, width, 3,
                               &cell->source, err);
    return status;
}

static enum sp_status set_cell(struct sp_paper *paper, const struct sp_photo_row *row,
                               unsigned index, const struct sp_paper_photo *photo,
                               struct cell *cell, struct sp_err *err)
{
    const struct sp_text_look text = sp_look_text(paper), muted = sp_look_muted(paper);
    const struct sp_photo_box whole = sp_photo_row_cell(row, index);
    enum sp_status status = SP_OK;
    cell->box = whole;
    cell->box.height = SP_MIN(whole.width * BOX_SHARE / 100, row->height);
    if (photo->why)
        status = set_reason(paper, photo, cell, err);
    else
        cell->box = sp_photo_row_fit(row, index, photo->image.width_px, photo->image.height_px);
    make_title(paper, photo, cell);
    if (status == SP_OK)
        status = sp_galley_set(paper->galley, cell->title, &text, whole.width, CAPTION_LINES,
                               &cell->caption, err);
    if (status == SP_OK)
        status = sp_galley_set(
            paper->galley, photo->taken_at ? sp_paper_time(paper, photo->taken_at, cell->time) : "",
            &muted, whole.width, 1, &cell->taken, err);
    return status;
}

static void draw_photo(struct sp_paper *paper, const struct sp_paper_photo *photo,
                       const struct cell *cell)
{
    const int64_t x = sp_paper_x(paper, cell->box.x, cell->box.width);
    sp_pdf_canvas_mark(paper->canvas);
    sp_pdf_canvas_image(paper->canvas, photo->image.object, x, paper->y, cell->box.width,
                        cell->box.height);
    sp_pdf_canvas_mark_end(paper->canvas);
}

/* The box of a photo that cannot be shown: the reason and where it should have come from. */
static void draw_reason(struct sp_paper *paper, const struct cell *cell)
{
    const struct sp_photo_box *box = &cell->box;
    const int64_t inner = box->width - 2 * paper->size;
    sp_paper_fill(paper, paper->colors.fill, box->x, paper->y, box->width, box->height);
    sp_pdf_canvas_artifact(paper->canvas);
    sp_pdf_canvas_frame(paper->canvas, paper->colors.fail, sp_paper_x(paper, box->x, box->width),
                        paper->y, box->width, box->height, 500);
    sp_pdf_canvas_mark_end(paper->canvas);
    const int64_t height = cell->reason.height_mpt + cell->source.height_mpt;
    const int64_t y = paper->y + SP_MAX((box->height - height) / 2, 0);
    sp_paper_text(paper, &cell->reason, box->x + paper->size, y, inner, SP_ALIGN_CENTER);
    if (cell->source.line_count > 0)
        sp_paper_text(paper, &cell->source, box->x + paper->size, y + cell->reason.height_mpt,
                      inner, SP_ALIGN_CENTER);
}

static void draw_caption(struct sp_paper *paper, const struct sp_photo_box *whole,
                         const struct cell *cell, int64_t y)
{
    if (cell->caption.line_count == 0 && cell->taken.line_count == 0)
        return;
    sp_paper_open(paper, SP_PDF_TAG_CAPTION);
    if (cell->caption.line_count > 0)
        sp_paper_text(paper, &cell->caption, whole->x, y, whole->width, SP_ALIGN_START);
    if (cell->taken.line_count > 0)
        sp_paper_text(paper, &cell->taken, whole->x, y + cell->caption.height_mpt, whole->width,
                      SP_ALIGN_START);
    sp_paper_close(paper);
}

static void draw_cell(struct sp_paper *paper, const struct sp_photo_row *row, unsigned index,
                      const struct sp_paper_photo *photo, const struct cell *cell)
{
    const struct sp_photo_box whole = sp_photo_row_cell(row, index);
    const int64_t x = sp_paper_x(paper, cell->box.x, cell->box.width);
    const int64_t from_below = paper->page_height - paper->y;
    sp_paper_open(paper, SP_PDF_TAG_FIGURE);
    if (paper->structure) {
        sp_pdf_structure_alt(paper->structure, cell->title[0] ? cell->title : photo->source);
        sp_pdf_structure_box(paper->structure, x, from_below - cell->box.height,
                             x + cell->box.width, from_below);
    }
    if (photo->why)
        draw_reason(paper, cell);
    else
        draw_photo(paper, photo, cell);
    draw_caption(paper, &whole, cell, paper->y + cell->box.height + caption_air(paper));
    sp_paper_close(paper);
}

enum sp_status sp_paper_photos(struct sp_paper *paper, const struct sp_paper_photo *photos,
                               unsigned count, struct sp_err *err)
{
    SP_ASSERT(count > 0 && count <= SP_PAPER_PHOTOS_MAX);
    struct cell cells[SP_PAPER_PHOTOS_MAX] = {0};
    const struct sp_photo_row row = row_of(paper);
    int64_t tallest = 0;
    enum sp_status status = SP_OK;
    sp_galley_clear(paper->galley);
    for (unsigned i = 0; i < count && status == SP_OK; i++) {
        status = set_cell(paper, &row, i, &photos[i], &cells[i], err);
        /* A box is as high as its words need. */
        if (photos[i].why)
            cells[i].box.height =
                SP_MAX(cells[i].box.height,
                       cells[i].reason.height_mpt + cells[i].source.height_mpt + paper->size);
        tallest = SP_MAX(tallest, cells[i].box.height + caption_air(paper) +
                                      cells[i].caption.height_mpt + cells[i].taken.height_mpt);
    }
    const int64_t height = tallest + paper->size;
    if (status == SP_OK)
        status = sp_paper_reserve(paper, height, err);
    if (status != SP_OK)
        return status;
    for (unsigned i = 0; i < count; i++)
        draw_cell(paper, &row, i, &photos[i], &cells[i]);
    sp_paper_advance(paper, height);
    return SP_OK;
}
