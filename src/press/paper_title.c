/* The head of the first page. */
#include "press/paper_blocks.h"

#include "base/num.h"
#include "layout/label_box.h"

#include <stdio.h>

/* A logo wider than this share of the line, in hundredths, is drawn smaller. */
#define LOGO_SHARE 45

struct head {
    struct sp_galley_block title, subtitle, facts;
    int64_t start, width; /* of the texts */
    int64_t logo_width, logo_height, logo_start;
};

static void measure_logo(const struct sp_paper *paper, const struct sp_paper_image *logo,
                         struct head *head)
{
    const enum sp_logo_place place = paper->theme->logo_place;
    head->width = paper->width;
    if (logo->object == 0 || place == SP_LOGO_NONE)
        return;
    const int64_t widest = paper->width * LOGO_SHARE / 100;
    head->logo_height = sp_mpt_of_um(paper->theme->logo_height_um);
    head->logo_width = head->logo_height * logo->width_px / logo->height_px;
    if (head->logo_width > widest) {
        head->logo_width = widest;
        head->logo_height = widest * logo->height_px / logo->width_px;
    }
    if (place == SP_LOGO_CENTER) {
        head->logo_start = (paper->width - head->logo_width) / 2;
        return;
    }
    head->width -= head->logo_width + 2 * paper->size;
    if (place == SP_LOGO_START)
        head->start = head->logo_width + 2 * paper->size;
    else
        head->logo_start = paper->width - head->logo_width;
}

/* "Number R-2026-0042 · Date 2026-11-21", the number by itself whatever direction it has. */
static void facts_of(const struct sp_paper *paper, const struct sp_submission *submission,
                     char *text, size_t capacity)
{
    const char *const *words = paper->theme->words;
    const char *number = submission->number;
    char time[SP_PAPER_VALUE_MAX], first[512] = "", second[256] = "";
    if (number) /* between U+2068 and U+2069, first strong isolate and its end */
        snprintf(first, sizeof first, "%s \xE2\x81\xA8%s\xE2\x81\xA9", words[SP_WORD_NUMBER],
                 number);
    if (submission->date.kind != SP_VALUE_NONE)
        snprintf(second, sizeof second, "%s %s", words[SP_WORD_DATE],
                 sp_paper_value(paper, &submission->date, time));
    snprintf(text, capacity, "%s%s%s", first, first[0] && second[0] ? "  ·  " : "", second);
}

static enum sp_status set_head(struct sp_paper *paper, const struct sp_submission *submission,
                               const char *facts, struct head *head, struct sp_err *err)
{
    const struct sp_text_look title = {SP_WEIGHT_BOLD, paper->size * 2, paper->colors.accent};
    const struct sp_text_look subtitle = {SP_WEIGHT_REGULAR, paper->size * 125 / 100,
                                          paper->colors.text};
    const struct sp_text_look muted = sp_look_muted(paper);
    sp_galley_clear(paper->galley);
    enum sp_status status =
        sp_galley_set(paper->galley, submission->title, &title, head->width, 8, &head->title, err);
    if (status == SP_OK)
        status = sp_galley_set(paper->galley, submission->subtitle ? submission->subtitle : "",
                               &subtitle, head->width, 6, &head->subtitle, err);
    if (status == SP_OK)
        status = sp_galley_set(paper->galley, facts, &muted, head->width, 3, &head->facts, err);
    return status;
}

static void draw_logo(struct sp_paper *paper, const struct sp_submission *submission,
                      const struct sp_paper_image *logo, const struct head *head)
{
    const int64_t x = sp_paper_x(paper, head->logo_start, head->logo_width);
    sp_paper_open(paper, SP_PDF_TAG_FIGURE);
    if (paper->structure) {
        sp_pdf_structure_alt(paper->structure,
                             submission->author ? submission->author : submission->title);
        sp_pdf_structure_box(paper->structure, x, paper->page_height - paper->y - head->logo_height,
                             x + head->logo_width, paper->page_height - paper->y);
    }
    sp_pdf_canvas_mark(paper->canvas);
    sp_pdf_canvas_image(paper->canvas, logo->object, x, paper->y, head->logo_width,
                        head->logo_height);
    sp_pdf_canvas_mark_end(paper->canvas);
    sp_paper_close(paper);
}

static void draw_block(struct sp_paper *paper, const struct head *head,
                       const struct sp_galley_block *block, enum sp_pdf_tag tag, int64_t *y)
{
    if (block->line_count == 0)
        return;
    const bool center = paper->theme->logo_place == SP_LOGO_CENTER;
    sp_paper_open(paper, tag);
    sp_paper_text(paper, block, head->start, *y, head->width,
                  center ? SP_ALIGN_CENTER : SP_ALIGN_START);
    sp_paper_close(paper);
    *y += block->height_mpt;
}

enum sp_status sp_paper_title(struct sp_paper *paper, const struct sp_submission *submission,
                              const struct sp_paper_image *logo, struct sp_err *err)
{
    char facts[1024];
    struct head head = {0};
    facts_of(paper, submission, facts, sizeof facts);
    measure_logo(paper, logo, &head);
    enum sp_status status = sp_paper_turn(paper, err);
    if (status == SP_OK)
        status = set_head(paper, submission, facts, &head, err);
    if (status != SP_OK)
        return status;
    const bool above = paper->theme->logo_place == SP_LOGO_CENTER && head.logo_width > 0;
    if (head.logo_width > 0)
        draw_logo(paper, submission, logo, &head);
    int64_t y = paper->y + (above ? head.logo_height + paper->size : 0);
    draw_block(paper, &head, &head.title, SP_PDF_TAG_H1, &y);
    draw_block(paper, &head, &head.subtitle, SP_PDF_TAG_P, &y);
    y += head.facts.line_count > 0 ? paper->size / 3 : 0;
    draw_block(paper, &head, &head.facts, SP_PDF_TAG_P, &y);
    sp_paper_advance(paper, SP_MAX(y, paper->y + head.logo_height) - paper->y + paper->size);
    return SP_OK;
}
