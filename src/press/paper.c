#include "press/paper.h"

#include "base/check.h"
#include "base/num.h"
#include "base/utf8.h"
#include "layout/label_box.h"
#include "pdf/pdf_outline.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A hairline and a rule. */
#define HAIR 400
#define RULE 800

/*
 * What a glyph with the four bytes of its character may add to a page's content at most, and what a
 * block's shapes do.
 */
#define GLYPH_BYTES (SP_PDF_CANVAS_GLYPH_BYTES + 16)
#define BLOCK_BYTES 8192

/* Images, links and marks that a block may need: a row of a table has most. */
#define BLOCK_IMAGES 8
#define BLOCK_LINKS  8
#define BLOCK_MARKS  256

static struct sp_pdf_color color_of(struct sp_color color)
{
    return (struct sp_pdf_color){color.red, color.green, color.blue};
}

/* Appends whole characters as far as there is room. */
static void append(char *out, size_t capacity, const char *text, size_t length)
{
    const size_t used = strlen(out);
    sp_utf8_copy(out + used, capacity - used, text, length);
}

/* A piece of a template that is text: braces stand there twice. */
static void append_text(char *out, size_t capacity, const struct sp_theme_piece *piece)
{
    for (size_t at = 0; at < piece->length;) {
        const char *text = piece->text + at;
        const size_t left = piece->length - at;
        const size_t plain = strcspn(text, "{}");
        const size_t shown = plain < left ? plain + 1 : left;
        append(out, capacity, text, shown);
        at += shown + (plain < left);
    }
}

static const char *slot_text(const struct sp_submission *submission, enum sp_theme_slot slot)
{
    switch (slot) {
    case SP_SLOT_TITLE:
        return submission->title;
    case SP_SLOT_SUBTITLE:
        return submission->subtitle;
    case SP_SLOT_NUMBER:
        return submission->number;
    case SP_SLOT_DATE:
        return submission->date.text;
    case SP_SLOT_AUTHOR:
        return submission->author;
    default:
        return NULL;
    }
}

/* Copies a template with the submission's own words in place of its fields. */
static void fill_in(char *out, size_t capacity, const char *template,
                    const struct sp_submission *submission)
{
    struct sp_theme_piece piece;
    out[0] = '\0';
    while (template && sp_theme_piece_next(&template, &piece)) {
        const char *text = slot_text(submission, piece.slot);
        if (piece.slot == SP_SLOT_TEXT)
            append_text(out, capacity, &piece);
        else if (text)
            append(out, capacity, text, strlen(text));
    }
}

/* Takes separators off both ends, which a field that is empty leaves behind: " · ", " - ". */
static void trim_separators(char *line)
{
    static const char *const separators[] = {" ", "\xC2\xB7", "-", "|", "\xE2\x80\x93"};
    for (size_t i = 0; i < SP_COUNT(separators); i++) {
        const size_t length = strlen(line), bytes = strlen(separators[i]);
        if (length >= bytes && strcmp(line + length - bytes, separators[i]) == 0)
            line[length - bytes] = '\0';
        else if (length >= bytes && strncmp(line, separators[i], bytes) == 0)
            memmove(line, line + bytes, length - bytes + 1);
        else
            continue;
        i = (size_t)-1; /* from the first separator on again */
    }
}

/* What stands before the page's number, between it and the total, and after that. */
static void split_page_word(struct sp_paper *paper)
{
    const char *word = paper->theme->words[SP_WORD_PAGE];
    char *part = paper->page_before;
    struct sp_theme_piece piece;
    while (sp_theme_piece_next(&word, &piece)) {
        if (piece.slot == SP_SLOT_N)
            part = paper->page_between;
        else if (piece.slot == SP_SLOT_TOTAL)
            part = paper->page_after;
        else
            append_text(part, SP_PAPER_LINE_MAX, &piece);
        paper->page_total |= piece.slot == SP_SLOT_TOTAL;
    }
}

void sp_paper_init(struct sp_paper *paper, const struct sp_submission *submission)
{
    const struct sp_theme *theme = &submission->theme;
    paper->theme = theme;
    paper->rtl = sp_locale_is_rtl(submission->locale);
    paper->colors = (struct sp_paper_colors){
        color_of(theme->accent), color_of(theme->text), color_of(theme->muted),
        color_of(theme->line),   color_of(theme->fill), color_of(theme->ok),
        color_of(theme->fail),   color_of(theme->na),   {255, 255, 255},
    };
    paper->page_width = sp_mpt_of_um(theme->page_width_um);
    paper->page_height = sp_mpt_of_um(theme->page_height_um);
    paper->left = sp_mpt_of_um(theme->margin_left_um);
    paper->width = paper->page_width - paper->left - sp_mpt_of_um(theme->margin_right_um);
    paper->top = sp_mpt_of_um(theme->margin_top_um);
    paper->bottom = paper->page_height - sp_mpt_of_um(theme->margin_bottom_um);
    paper->size = theme->font_size_mpt;
    fill_in(paper->header, sizeof paper->header, theme->header_text, submission);
    fill_in(paper->footer, sizeof paper->footer, theme->footer_text, submission);
    trim_separators(paper->header);
    trim_separators(paper->footer);
    split_page_word(paper);
}

struct sp_text_look sp_look_text(const struct sp_paper *paper)
{
    return (struct sp_text_look){SP_WEIGHT_REGULAR, paper->size, paper->colors.text};
}

struct sp_text_look sp_look_muted(const struct sp_paper *paper)
{
    return (struct sp_text_look){SP_WEIGHT_REGULAR, paper->size * 86 / 100, paper->colors.muted};
}

struct sp_text_look sp_look_bold(const struct sp_paper *paper)
{
    return (struct sp_text_look){SP_WEIGHT_BOLD, paper->size, paper->colors.text};
}

int64_t sp_paper_gap(const struct sp_paper *paper)
{
    return sp_line_height(paper->size) / 2;
}

int64_t sp_paper_x(const struct sp_paper *paper, int64_t start, int64_t width)
{
    const int64_t from_left = paper->rtl ? paper->width - start - width : start;
    return paper->left + from_left;
}

void sp_paper_open(struct sp_paper *paper, enum sp_pdf_tag tag)
{
    if (paper->structure)
        sp_pdf_structure_open(paper->structure, tag);
}

void sp_paper_close(struct sp_paper *paper)
{
    if (paper->structure)
        sp_pdf_structure_close(paper->structure);
}

static void place(struct sp_paper *paper, const struct sp_galley_block *block, int64_t start,
                  int64_t y, int64_t width, enum sp_align align)
{
    const struct sp_galley_place where = {
        .canvas = paper->canvas,
        .x_mpt = sp_paper_x(paper, start, width),
        .y_mpt = y,
        .width_mpt = width,
        .align = align,
        .count = block->line_count,
    };
    sp_galley_place(paper->galley, block, &where);
}

void sp_paper_text(struct sp_paper *paper, const struct sp_galley_block *block, int64_t start,
                   int64_t y, int64_t width, enum sp_align align)
{
    sp_pdf_canvas_mark(paper->canvas);
    place(paper, block, start, y, width, align);
    sp_pdf_canvas_mark_end(paper->canvas);
}

void sp_paper_fill(struct sp_paper *paper, struct sp_pdf_color color, int64_t start, int64_t y,
                   int64_t width, int64_t height)
{
    sp_pdf_canvas_artifact(paper->canvas);
    sp_pdf_canvas_fill(paper->canvas, color, sp_paper_x(paper, start, width), y, width, height);
    sp_pdf_canvas_mark_end(paper->canvas);
}

void sp_paper_rule(struct sp_paper *paper, struct sp_pdf_color color, int64_t start, int64_t y,
                   int64_t width, int64_t line)
{
    sp_paper_fill(paper, color, start, y - line / 2, width, line);
}

/* --- What stands on every page ------------------------------------------------------------------
 */

static enum sp_status set_line(struct sp_paper *paper, const char *text, int64_t width,
                               struct sp_galley_block *block, struct sp_err *err)
{
    const struct sp_text_look look = sp_look_muted(paper);
    return sp_galley_set(paper->galley, text, &look, width, 1, block, err);
}

static enum sp_status draw_header(struct sp_paper *paper, struct sp_err *err)
{
    const int64_t y = paper->top - sp_line_height(paper->size) * 2;
    struct sp_galley_block block;
    if (paper->page_count == 1 || paper->header[0] == '\0')
        return SP_OK;
    const enum sp_status status = set_line(paper, paper->header, paper->width, &block, err);
    if (status != SP_OK)
        return status;
    place(paper, &block, 0, y, paper->width, SP_ALIGN_START);
    if (paper->theme->header_line)
        sp_pdf_canvas_fill(paper->canvas, paper->colors.line, paper->left,
                           y + sp_line_height(paper->size), paper->width, HAIR);
    return SP_OK;
}

/* "Page 3 of" ends where the total begins; the total has room for two digits and may take more. */
static enum sp_status draw_page_number(struct sp_paper *paper, int64_t y, int64_t *width,
                                       struct sp_err *err)
{
    char text[2 * SP_PAPER_LINE_MAX + 24], room[SP_PAPER_LINE_MAX + 8];
    snprintf(text, sizeof text, "%s%" PRIu64 "%s", paper->page_before, paper->page_count,
             paper->page_between);
    snprintf(room, sizeof room, "%s%s", paper->page_total ? "00" : "", paper->page_after);
    struct sp_galley_block reserve, block;
    enum sp_status status = set_line(paper, room, paper->width / 3, &reserve, err);
    if (status == SP_OK)
        status = set_line(paper, text, paper->width / 2, &block, err);
    if (status != SP_OK)
        return status;
    /* A space before the total is not part of a line's width, so it is added. */
    const size_t length = strlen(text);
    const bool spaced = length > 0 && text[length - 1] == ' ';
    const int64_t space = spaced ? block.look.size_mpt / 4 : 0;
    *width = block.width_mpt + space + reserve.width_mpt;
    place(paper, &block, paper->width - *width, y, block.width_mpt, SP_ALIGN_START);
    if (!paper->page_total)
        return SP_OK;
    const int64_t total = sp_paper_x(paper, paper->width - reserve.width_mpt, 0);
    sp_pdf_canvas_total(paper->canvas, total, y + sp_line_ascent(block.look.size_mpt), paper->rtl);
    return SP_OK;
}

static enum sp_status draw_footer(struct sp_paper *paper, struct sp_err *err)
{
    const int64_t y = paper->bottom + sp_line_height(paper->size);
    int64_t number_width = 0;
    enum sp_status status = SP_OK;
    if (paper->theme->footer_line)
        sp_pdf_canvas_fill(paper->canvas, paper->colors.line, paper->left, y - paper->size / 2,
                           paper->width, HAIR);
    if (paper->theme->footer_pages)
        status = draw_page_number(paper, y, &number_width, err);
    struct sp_galley_block block;
    if (status == SP_OK && paper->footer[0] != '\0') {
        const int64_t width = paper->width - number_width - paper->size;
        status = set_line(paper, paper->footer, width, &block, err);
        if (status == SP_OK)
            place(paper, &block, 0, y, width, SP_ALIGN_START);
    }
    return status;
}

enum sp_status sp_paper_total(struct sp_paper *paper, struct sp_err *err)
{
    char text[SP_PAPER_LINE_MAX + 24];
    if (!paper->page_total)
        return SP_OK;
    snprintf(text, sizeof text, "%" PRIu64 "%s", paper->page_count, paper->page_after);
    sp_galley_clear(paper->galley);
    struct sp_galley_block block;
    const enum sp_status status = set_line(paper, text, paper->width / 2, &block, err);
    if (status != SP_OK || block.line_count == 0)
        return status;
    const struct sp_pdf_canvas_glyph *glyphs;
    int64_t width;
    const size_t count = sp_galley_line(paper->galley, &block, 0, &glyphs, &width);
    sp_pdf_document_total_write(paper->document, glyphs, count, width, block.look.size_mpt,
                                block.look.color);
    return SP_OK;
}

/* --- Pages --------------------------------------------------------------------------------------
 */

enum sp_status sp_paper_end_page(struct sp_paper *paper, struct sp_err *err)
{
    if (!paper->open)
        return SP_OK;
    paper->open = false;
    (void)sp_pdf_canvas_end(paper->canvas);
    if (paper->turned)
        paper->turned(paper->context);
    if (paper->stopped && paper->stopped(paper->context))
        return sp_fail(err, SP_STOPPED, "the report was stopped at page %" PRIu64,
                       paper->page_count);
    return SP_OK;
}

/* The frame is set in the galley too, behind whatever waits there for the new page. */
enum sp_status sp_paper_turn(struct sp_paper *paper, struct sp_err *err)
{
    enum sp_status status = sp_paper_end_page(paper, err);
    if (status != SP_OK)
        return status;
    sp_pdf_canvas_begin(paper->canvas);
    paper->open = true;
    paper->fresh = true;
    paper->page_count++;
    paper->y = paper->top;
    const size_t lines = paper->galley->line_count, glyphs = paper->galley->glyph_count;
    sp_pdf_canvas_artifact(paper->canvas);
    status = draw_header(paper, err);
    if (status == SP_OK)
        status = draw_footer(paper, err);
    sp_pdf_canvas_mark_end(paper->canvas);
    paper->galley->line_count = lines;
    paper->galley->glyph_count = glyphs;
    return status;
}

int64_t sp_paper_full(const struct sp_paper *paper)
{
    return paper->bottom - paper->top;
}

bool sp_paper_fits(const struct sp_paper *paper, int64_t height)
{
    if (!paper->open || paper->y + height > paper->bottom)
        return false;
    const struct sp_pdf_canvas_room room = sp_pdf_canvas_room(paper->canvas);
    return room.bytes >= BLOCK_BYTES + paper->galley->glyph_count * GLYPH_BYTES &&
           room.images >= BLOCK_IMAGES && room.links >= BLOCK_LINKS && room.marks >= BLOCK_MARKS;
}

enum sp_status sp_paper_reserve(struct sp_paper *paper, int64_t height, struct sp_err *err)
{
    if (sp_paper_fits(paper, height) || (paper->open && paper->fresh))
        return SP_OK;
    return sp_paper_turn(paper, err);
}

void sp_paper_advance(struct sp_paper *paper, int64_t height)
{
    paper->y += height;
    paper->fresh = false;
}

void sp_paper_space(struct sp_paper *paper, int64_t height)
{
    if (!paper->fresh)
        paper->y += height;
}

/* --- Values -------------------------------------------------------------------------------------
 */

/* Whether a text has no letter that is written from right to left: U+0590 to U+08FF and others. */
static bool runs_from_left(const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        const uint32_t code = sp_utf8_next(text, length, &at);
        if ((code >= 0x590 && code < 0x900) || (code >= 0xFB1D && code < 0xFE00) ||
            (code >= 0xFE70 && code < 0xFF00) || (code >= 0x10800 && code < 0x11000) ||
            (code >= 0x1E800 && code < 0x1F000))
            return false;
    }
    return true;
}

const char *sp_paper_value(const struct sp_paper *paper, const struct sp_value *value,
                           char shown[SP_PAPER_VALUE_MAX])
{
    if (value->kind == SP_VALUE_NONE)
        return "";
    const size_t length = strlen(value->text);
    const bool time = value->kind == SP_VALUE_DATETIME;
    const bool kept = paper->rtl && runs_from_left(value->text, length);
    if (length + 8 > SP_PAPER_VALUE_MAX || (!time && !kept))
        return value->text;
    /* U+2066 and U+2069, left-to-right isolate and its end. */
    snprintf(shown, SP_PAPER_VALUE_MAX, "%s%s%s", kept ? "\xE2\x81\xA6" : "", value->text,
             kept ? "\xE2\x81\xA9" : "");
    char *t = time ? strchr(shown, 'T') : NULL;
    if (t)
        *t = ' ';
    return shown;
}

const char *sp_paper_time(const struct sp_paper *paper, const char *text,
                          char shown[SP_PAPER_VALUE_MAX])
{
    struct sp_value value = {.kind = SP_VALUE_TEXT, .text = text};
    if (!sp_value_of_text(text, SP_COLUMN_DATETIME, &value) &&
        !sp_value_of_text(text, SP_COLUMN_DATE, &value))
        value = (struct sp_value){.kind = SP_VALUE_TEXT, .text = text};
    return sp_paper_value(paper, &value, shown);
}

/* --- Blocks of text -----------------------------------------------------------------------------
 */

/* Lines of `left` that go on this page: all that fit, but no single line on either side. */
static uint32_t lines_here(const struct sp_paper *paper, uint32_t left, int64_t height)
{
    const int64_t room = (paper->bottom - paper->y) / height;
    if (room >= left)
        return left;
    if (left - room < 2 && room > 2)
        return (uint32_t)room - 1;
    return room < 2 && !paper->fresh ? 0 : (uint32_t)SP_MAX(room, 1);
}

enum sp_status sp_paper_paragraph(struct sp_paper *paper, const char *text,
                                  const struct sp_text_look *look, int64_t start, int64_t width,
                                  enum sp_align align, struct sp_err *err)
{
    struct sp_galley_block block;
    sp_galley_clear(paper->galley);
    enum sp_status status =
        sp_galley_set(paper->galley, text, look, width, SP_PARAGRAPH_LINES_MAX, &block, err);
    const int64_t height = sp_line_height(look->size_mpt);
    for (uint32_t first = 0; status == SP_OK && first < block.line_count;) {
        if (!sp_paper_fits(paper, height) && !(paper->open && paper->fresh))
            status = sp_paper_turn(paper, err);
        const uint32_t count =
            status == SP_OK ? lines_here(paper, block.line_count - first, height) : 0;
        if (status == SP_OK && count == 0)
            status = sp_paper_turn(paper, err);
        if (status != SP_OK || count == 0)
            continue;
        const struct sp_galley_place where = {
            paper->canvas, sp_paper_x(paper, start, width), paper->y, width, align, first, count};
        sp_pdf_canvas_mark(paper->canvas);
        sp_galley_place(paper->galley, &block, &where);
        sp_pdf_canvas_mark_end(paper->canvas);
        sp_paper_advance(paper, count * height);
        first += count;
    }
    return status;
}

/* Bytes of a text that are set at once; where a paragraph has more, the next piece goes on. */
#define PIECE_BYTES 4096

/* A paragraph within a longer text, which has no end of its own there: it is copied. */
static enum sp_status prose_part(struct sp_paper *paper, const char *text, size_t length,
                                 struct sp_err *err)
{
    char part[PIECE_BYTES + 1];
    const struct sp_text_look look = sp_look_text(paper);
    memcpy(part, text, length);
    part[length] = '\0';
    sp_paper_open(paper, SP_PDF_TAG_P);
    const enum sp_status status =
        sp_paper_paragraph(paper, part, &look, 0, paper->width, SP_ALIGN_START, err);
    sp_paper_close(paper);
    sp_paper_space(paper, paper->size * 2 / 5);
    return status;
}

/* Up to the end of the paragraph or, in a long one, the last space or at least whole character. */
static size_t piece_length(const char *text)
{
    const size_t whole = strcspn(text, "\n");
    if (whole <= PIECE_BYTES)
        return whole;
    size_t length = PIECE_BYTES;
    while (length > PIECE_BYTES / 2 && text[length] != ' ')
        length--;
    if (text[length] == ' ')
        return length;
    return sp_utf8_cut(text, whole, PIECE_BYTES);
}

enum sp_status sp_paper_prose(struct sp_paper *paper, const char *text, struct sp_err *err)
{
    enum sp_status status = SP_OK;
    while (status == SP_OK && *text) {
        const size_t length = piece_length(text);
        if (length > 0)
            status = prose_part(paper, text, length, err);
        text += length;
        text += *text == '\n' || *text == ' ';
    }
    return status;
}

enum sp_status sp_paper_heading(struct sp_paper *paper, unsigned level, const char *text,
                                int64_t follows, struct sp_err *err)
{
    const struct sp_text_look look = {
        SP_WEIGHT_BOLD, level == 2 ? paper->size * 140 / 100 : paper->size * 112 / 100,
        level == 2 ? paper->colors.accent : paper->colors.text};
    struct sp_galley_block block;
    sp_galley_clear(paper->galley);
    sp_paper_space(paper, level == 2 ? look.size_mpt : look.size_mpt * 2 / 3);
    enum sp_status status = sp_galley_set(paper->galley, text, &look, paper->width, 6, &block, err);
    if (status == SP_OK)
        status = sp_paper_reserve(
            paper, block.height_mpt + SP_MIN(follows, sp_paper_full(paper) / 2), err);
    if (status != SP_OK)
        return status;
    sp_paper_open(paper, level == 2 ? SP_PDF_TAG_H2 : SP_PDF_TAG_H3);
    sp_paper_text(paper, &block, 0, paper->y, paper->width, SP_ALIGN_START);
    sp_paper_close(paper);
    sp_pdf_outline_add(paper->document, level - 1, text, sp_pdf_canvas_page(paper->canvas),
                       paper->y);
    sp_paper_advance(paper, block.height_mpt);
    if (level == 2) {
        sp_paper_rule(paper, paper->colors.accent, 0, paper->y + RULE, paper->width, RULE);
        sp_paper_advance(paper, RULE * 2);
    }
    sp_paper_space(paper, paper->size / 2);
    return SP_OK;
}
