/* One line of a checklist: a sign, what was checked, how it is, a note. */
#include "press/paper_blocks.h"

#include "base/num.h"

struct item {
    struct sp_galley_block text, word, note;
    struct sp_pdf_color color;
    int64_t start, width, word_width;
};

static struct sp_pdf_color color_of(const struct sp_paper *paper, enum sp_item_status status)
{
    switch (status) {
    case SP_ITEM_OK:
        return paper->colors.ok;
    case SP_ITEM_FAIL:
        return paper->colors.fail;
    default:
        return paper->colors.na;
    }
}

static const char *word_of(const struct sp_paper *paper, enum sp_item_status status)
{
    switch (status) {
    case SP_ITEM_OK:
        return paper->theme->words[SP_WORD_OK];
    case SP_ITEM_FAIL:
        return paper->theme->words[SP_WORD_FAIL];
    case SP_ITEM_NA:
        return paper->theme->words[SP_WORD_NA];
    default:
        return "";
    }
}

/* The sign in a coloured disc: a tick, a cross, a dash. Shapes, so that no font is asked. */
static void draw_sign(struct sp_paper *paper, enum sp_item_status status, struct sp_pdf_color color,
                      int64_t y)
{
    const int64_t side = paper->size * 125 / 100;
    const int64_t x = sp_paper_x(paper, 0, side);
    const int64_t top = y + (sp_line_height(paper->size) - side) / 2;
    const int64_t u = side / 10;
    const struct sp_pdf_point tick[] = {{x + 3 * u, top + 5 * u},
                                        {x + 45 * u / 10, top + 66 * u / 10},
                                        {x + 72 * u / 10, top + 34 * u / 10}};
    const struct sp_pdf_point falling[] = {{x + 34 * u / 10, top + 34 * u / 10},
                                           {x + 66 * u / 10, top + 66 * u / 10}};
    const struct sp_pdf_point rising[] = {{x + 34 * u / 10, top + 66 * u / 10},
                                          {x + 66 * u / 10, top + 34 * u / 10}};
    const struct sp_pdf_point dash[] = {{x + 3 * u, top + 5 * u}, {x + 7 * u, top + 5 * u}};
    const int64_t line = side * 11 / 100;
    sp_pdf_canvas_artifact(paper->canvas);
    sp_pdf_canvas_fill_round(paper->canvas, color, x, top, side, side, side / 2);
    if (status == SP_ITEM_OK)
        sp_pdf_canvas_line(paper->canvas, paper->colors.white, tick, SP_COUNT(tick), line);
    if (status == SP_ITEM_FAIL) {
        sp_pdf_canvas_line(paper->canvas, paper->colors.white, falling, SP_COUNT(falling), line);
        sp_pdf_canvas_line(paper->canvas, paper->colors.white, rising, SP_COUNT(rising), line);
    }
    if (status == SP_ITEM_NA)
        sp_pdf_canvas_line(paper->canvas, paper->colors.white, dash, SP_COUNT(dash), line);
    sp_pdf_canvas_mark_end(paper->canvas);
}

static enum sp_status set_item(struct sp_paper *paper, const struct sp_report_item *item,
                               struct item *set, struct sp_err *err)
{
    const struct sp_text_look text = sp_look_text(paper), muted = sp_look_muted(paper);
    const struct sp_text_look word = {SP_WEIGHT_BOLD, paper->size, set->color};
    const unsigned lines_max =
        (unsigned)(sp_paper_full(paper) * 4 / 10 / sp_line_height(paper->size));
    sp_galley_clear(paper->galley);
    set->start = paper->size * 2;
    set->word_width = paper->width / 5;
    set->width = paper->width - set->start - set->word_width - paper->size;
    enum sp_status status = sp_galley_set(paper->galley, word_of(paper, item->status), &word,
                                          set->word_width, 2, &set->word, err);
    if (status == SP_OK)
        status =
            sp_galley_set(paper->galley, item->text, &text, set->width, lines_max, &set->text, err);
    if (status == SP_OK)
        status = sp_galley_set(paper->galley, item->note ? item->note : "", &muted, set->width,
                               lines_max, &set->note, err);
    return status;
}

enum sp_status sp_paper_item(struct sp_paper *paper, const struct sp_report_item *item,
                             struct sp_err *err)
{
    struct item set = {.color = color_of(paper, item->status)};
    enum sp_status status = set_item(paper, item, &set, err);
    const int64_t air = paper->size * 3 / 10;
    const int64_t height =
        SP_MAX(set.text.height_mpt + set.note.height_mpt, set.word.height_mpt) + 2 * air;
    if (status == SP_OK)
        status = sp_paper_reserve(paper, height, err);
    if (status != SP_OK)
        return status;
    const int64_t y = paper->y + air;
    sp_paper_open(paper, SP_PDF_TAG_LI);
    sp_paper_open(paper, SP_PDF_TAG_LBODY);
    if (item->status != SP_ITEM_NONE)
        draw_sign(paper, item->status, set.color, y);
    sp_paper_text(paper, &set.text, set.start, y, set.width, SP_ALIGN_START);
    if (set.word.line_count > 0)
        sp_paper_text(paper, &set.word, paper->width - set.word_width, y, set.word_width,
                      SP_ALIGN_END);
    if (set.note.line_count > 0)
        sp_paper_text(paper, &set.note, set.start, y + set.text.height_mpt, set.width,
                      SP_ALIGN_START);
    sp_paper_close(paper);
    sp_paper_close(paper);
    sp_paper_advance(paper, height);
    sp_paper_rule(paper, paper->colors.line, 0, paper->y, paper->width, 400);
    return SP_OK;
}
