/* Signatures side by side: the image over a line, under it who signed, as what and when. */
#include "press/paper_blocks.h"

#include "base/num.h"
#include "layout/photo_row.h"

/* The height for an image, in sizes of text. */
#define IMAGE_SIZES 5

struct signature {
    struct sp_galley_block name, role, time, lost; /* the last: in place of an image */
    char when[SP_PAPER_VALUE_MAX];
};

static enum sp_status set_signature(struct sp_paper *paper,
                                    const struct sp_report_signature *signature,
                                    const struct sp_paper_image *image, int64_t width,
                                    struct signature *set, struct sp_err *err)
{
    struct sp_text_look lost = sp_look_muted(paper);
    lost.color = paper->colors.fail;
    const bool gone = signature->image && image->object == 0;
    const struct sp_text_look bold = sp_look_bold(paper), muted = sp_look_muted(paper);
    const char *time = sp_paper_value(paper, &signature->time, set->when);
    enum sp_status status = sp_galley_set(paper->galley, signature->name ? signature->name : "",
                                          &bold, width, 3, &set->name, err);
    if (status == SP_OK)
        status = sp_galley_set(paper->galley, signature->role ? signature->role : "", &muted, width,
                               3, &set->role, err);
    if (status == SP_OK)
        status = sp_galley_set(paper->galley, time, &muted, width, 1, &set->time, err);
    if (status == SP_OK)
        status = sp_galley_set(paper->galley, gone ? paper->theme->words[SP_WORD_NO_PHOTO] : "",
                               &lost, width, 2, &set->lost, err);
    return status;
}

static void draw_image(struct sp_paper *paper, const struct sp_photo_row *row, unsigned index,
                       const struct sp_report_signature *signature,
                       const struct sp_paper_image *image)
{
    if (image->object == 0)
        return;
    const struct sp_photo_box box = sp_photo_row_fit(row, index, image->width_px, image->height_px);
    const int64_t x = sp_paper_x(paper, sp_photo_row_cell(row, index).x, box.width);
    const int64_t y = paper->y + row->height - box.height;
    if (paper->structure) {
        sp_pdf_structure_alt(paper->structure, signature->name
                                                   ? signature->name
                                                   : paper->theme->words[SP_WORD_SIGNATURES]);
        sp_pdf_structure_box(paper->structure, x, paper->page_height - y - box.height,
                             x + box.width, paper->page_height - y);
    }
    sp_pdf_canvas_mark(paper->canvas);
    sp_pdf_canvas_image(paper->canvas, image->object, x, y, box.width, box.height);
    sp_pdf_canvas_mark_end(paper->canvas);
}

static void draw_signature(struct sp_paper *paper, const struct sp_photo_row *row, unsigned index,
                           const struct sp_report_signature *signature,
                           const struct sp_paper_image *image, const struct signature *set)
{
    const struct sp_photo_box cell = sp_photo_row_cell(row, index);
    const struct sp_galley_block *lines[] = {&set->name, &set->role, &set->time};
    int64_t y = paper->y + row->height + paper->size / 3;
    sp_paper_open(paper, image->object ? SP_PDF_TAG_FIGURE : SP_PDF_TAG_P);
    draw_image(paper, row, index, signature, image);
    if (set->lost.line_count > 0)
        sp_paper_text(paper, &set->lost, cell.x, paper->y + row->height - set->lost.height_mpt,
                      cell.width, SP_ALIGN_START);
    sp_paper_rule(paper, paper->colors.muted, cell.x, paper->y + row->height, cell.width, 500);
    for (size_t i = 0; i < SP_COUNT(lines); i++) {
        if (lines[i]->line_count > 0)
            sp_paper_text(paper, lines[i], cell.x, y, cell.width, SP_ALIGN_START);
        y += lines[i]->height_mpt;
    }
    sp_paper_close(paper);
}

enum sp_status sp_paper_signatures(struct sp_paper *paper,
                                   const struct sp_report_signature *signatures,
                                   const struct sp_paper_image *images, unsigned count,
                                   struct sp_err *err)
{
    SP_ASSERT(count > 0 && count <= SP_PAPER_SIGNATURES_MAX);
    struct signature set[SP_PAPER_SIGNATURES_MAX];
    const struct sp_photo_row row = {
        .width = paper->width,
        .gap = paper->size * 2,
        .cells = SP_PAPER_SIGNATURES_MAX,
        .height = paper->size * IMAGE_SIZES,
    };
    int64_t texts = 0;
    enum sp_status status = SP_OK;
    sp_galley_clear(paper->galley);
    for (unsigned i = 0; i < count && status == SP_OK; i++) {
        status = set_signature(paper, &signatures[i], &images[i], sp_photo_row_cell(&row, i).width,
                               &set[i], err);
        if (status == SP_OK)
            texts = SP_MAX(texts, set[i].name.height_mpt + set[i].role.height_mpt +
                                      set[i].time.height_mpt);
    }
    const int64_t height = row.height + texts + paper->size;
    if (status == SP_OK)
        status = sp_paper_reserve(paper, height, err);
    if (status != SP_OK)
        return status;
    for (unsigned i = 0; i < count; i++)
        draw_signature(paper, &row, i, &signatures[i], &images[i], &set[i]);
    sp_paper_advance(paper, height);
    return SP_OK;
}
