/* Labels and values in a grid. */
#include "press/paper_blocks.h"

#include "base/num.h"

#include <stdio.h>

/* Side by side; a value that would need more lines than this gets a row of its own. */
#define PAIRS      2
#define LINES_PAIR 3

/* Bytes of a link's address; a page has room for eight such. */
#define ADDRESS_MAX 4096

struct pair {
    const struct sp_report_field *field;
    struct sp_galley_block label, value;
    int64_t start, width;
    char time[SP_PAPER_VALUE_MAX];
};

static enum sp_status set_pair(struct sp_paper *paper, struct pair *pair, struct sp_err *err)
{
    struct sp_text_look label = sp_look_muted(paper), value = sp_look_text(paper);
    if (pair->field->link)
        value.color = paper->colors.accent;
    const unsigned lines_max =
        (unsigned)(sp_paper_full(paper) * 8 / 10 / sp_line_height(value.size_mpt));
    enum sp_status status =
        sp_galley_set(paper->galley, pair->field->label, &label, pair->width, 4, &pair->label, err);
    if (status == SP_OK)
        status =
            sp_galley_set(paper->galley, sp_paper_value(paper, &pair->field->value, pair->time),
                          &value, pair->width, lines_max, &pair->value, err);
    return status;
}

/* An address in the characters an address has (RFC 3986, 2.1); what is too long is no link. */
static bool plain_address(char *out, size_t capacity, const char *address)
{
    size_t used = 0;
    for (; *address; address++) {
        const unsigned char byte = (unsigned char)*address;
        if (used + 4 > capacity)
            return false;
        if (byte > ' ' && byte < 0x7F)
            out[used++] = (char)byte;
        else
            used += (size_t)snprintf(out + used, capacity - used, "%%%02X", byte);
    }
    out[used] = '\0';
    return true;
}

static void draw_link(struct sp_paper *paper, const struct pair *pair, int64_t y)
{
    char address[ADDRESS_MAX];
    const int64_t width = SP_MIN(pair->value.width_mpt, pair->width);
    if (plain_address(address, sizeof address, pair->field->link))
        sp_pdf_canvas_link(paper->canvas, address, sp_paper_x(paper, pair->start, width), y, width,
                           pair->value.height_mpt);
}

static void draw_pair(struct sp_paper *paper, const struct pair *pair)
{
    const int64_t y = paper->y + paper->size / 3;
    const int64_t value_y = y + pair->label.height_mpt;
    sp_paper_open(paper, SP_PDF_TAG_LI);
    sp_paper_open(paper, SP_PDF_TAG_LBODY);
    sp_paper_text(paper, &pair->label, pair->start, y, pair->width, SP_ALIGN_START);
    if (pair->field->link) {
        sp_paper_open(paper, SP_PDF_TAG_LINK);
        draw_link(paper, pair, value_y);
    }
    sp_paper_text(paper, &pair->value, pair->start, value_y, pair->width, SP_ALIGN_START);
    if (pair->field->link)
        sp_paper_close(paper);
    sp_paper_close(paper);
    sp_paper_close(paper);
}

static int64_t height_of(const struct sp_paper *paper, const struct pair *pair)
{
    return pair->label.height_mpt + pair->value.height_mpt + paper->size * 2 / 3;
}

/* Sets one row: two pairs, or one over the whole line if either is long. */
static enum sp_status set_row(struct sp_paper *paper, const struct sp_report_field *fields,
                              size_t left, struct pair *pairs, size_t *count, struct sp_err *err)
{
    const int64_t gap = paper->size * 2;
    const int64_t half = (paper->width - gap) / PAIRS;
    enum sp_status status = SP_OK;
    sp_galley_clear(paper->galley);
    *count = SP_MIN(left, PAIRS);
    for (size_t i = 0; i < *count && status == SP_OK; i++) {
        pairs[i] =
            (struct pair){.field = &fields[i], .start = (int64_t)i * (half + gap), .width = half};
        status = set_pair(paper, &pairs[i], err);
    }
    if (status != SP_OK)
        return status;
    if (pairs[0].value.line_count > LINES_PAIR) {
        *count = 1;
        pairs[0].width = paper->width;
        sp_galley_clear(paper->galley);
        return set_pair(paper, &pairs[0], err);
    }
    if (*count == PAIRS && pairs[1].value.line_count > LINES_PAIR)
        *count = 1;
    return SP_OK;
}

enum sp_status sp_paper_fields(struct sp_paper *paper, const struct sp_report_field *fields,
                               size_t count, struct sp_err *err)
{
    enum sp_status status = SP_OK;
    if (count == 0)
        return SP_OK;
    sp_paper_open(paper, SP_PDF_TAG_L);
    for (size_t i = 0; i < count && status == SP_OK;) {
        struct pair pairs[PAIRS] = {{0}};
        size_t in_row;
        status = set_row(paper, fields + i, count - i, pairs, &in_row, err);
        int64_t height = 0;
        for (size_t j = 0; j < in_row && status == SP_OK; j++)
            height = SP_MAX(height, height_of(paper, &pairs[j]));
        if (status == SP_OK)
            status = sp_paper_reserve(paper, height, err);
        if (status != SP_OK)
            break;
        if (i == 0 || paper->fresh)
            sp_paper_rule(paper, paper->colors.line, 0, paper->y, paper->width, 400);
        for (size_t j = 0; j < in_row; j++)
            draw_pair(paper, &pairs[j]);
        sp_paper_advance(paper, height);
        sp_paper_rule(paper, paper->colors.line, 0, paper->y, paper->width, 400);
        i += in_row;
    }
    sp_paper_close(paper);
    sp_paper_space(paper, sp_paper_gap(paper));
    return status;
}
