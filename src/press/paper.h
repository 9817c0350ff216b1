/*
 * The pages of a report: where the next block goes, and what stands on every page.
 *
 * Blocks come from above to below. A block asks for its height; what does not fit any more begins a
 * new page. Everything is placed by its distance from the start of the line, which is the right
 * edge in a document that runs from right to left: here is where the layout is mirrored, and
 * nowhere else.
 *
 * All lengths are thousandths of a point.
 */
#ifndef SP_PRESS_PAPER_H
#define SP_PRESS_PAPER_H

#include <smallpress/status.h>

#include "pdf/pdf_canvas.h"
#include "pdf/pdf_document.h"
#include "pdf/pdf_structure.h"
#include "press/galley.h"
#include "spec/submission.h"

#include <stdbool.h>
#include <stdint.h>

/* Bytes of the line that stands on every page, fields filled in. */
#define SP_PAPER_LINE_MAX 512

/* The colours of the theme as a page takes them. */
struct sp_paper_colors {
    struct sp_pdf_color accent, text, muted, line, fill, ok, fail, na, white;
};

struct sp_paper {
    struct sp_pdf_document *document;
    struct sp_pdf_canvas *canvas;
    struct sp_pdf_structure *structure; /* null in a document without */
    struct sp_galley *galley;
    const struct sp_theme *theme;
    struct sp_paper_colors colors;
    bool rtl;
    int64_t page_width, page_height;
    int64_t left, width; /* of the content */
    int64_t top, bottom; /* of the content of a page that is not the first */
    int64_t size;        /* of text */
    int64_t y;           /* where the next block begins */
    bool open;           /* there is a page in hand */
    bool fresh;          /* with nothing but what stands on every page */
    uint64_t page_count; /* with the one in hand */
    char header[SP_PAPER_LINE_MAX], footer[SP_PAPER_LINE_MAX];
    /* Of "Page {n} of {total}": before, between and after the numbers. */
    char page_before[SP_PAPER_LINE_MAX], page_between[SP_PAPER_LINE_MAX];
    char page_after[SP_PAPER_LINE_MAX];
    bool page_total; /* the total is named at all */
    bool (*stopped)(void *context);
    void (*turned)(void *context); /* after every page */
    void *context;
};

/* Fills in what follows from submission and theme; the rest is the caller's. */
void sp_paper_init(struct sp_paper *paper, const struct sp_submission *submission);

/* Ends the page in hand, if there is one. */
SP_MUST_CHECK enum sp_status sp_paper_end_page(struct sp_paper *paper, struct sp_err *err);

/* Begins a page; ends the one in hand. SP_STOPPED if somebody said so. */
SP_MUST_CHECK enum sp_status sp_paper_turn(struct sp_paper *paper, struct sp_err *err);

/* Whether a block of a height fits the page in hand, with all texts that wait in the galley. */
bool sp_paper_fits(const struct sp_paper *paper, int64_t height);

/*
 * Makes sure that `height` fits, on a new page if it must. A block higher than a page gets a page
 * of its own and runs over its end: callers keep blocks below sp_paper_full.
 */
SP_MUST_CHECK enum sp_status sp_paper_reserve(struct sp_paper *paper, int64_t height,
                                              struct sp_err *err);

/* The height of a page with nothing on it yet. */
int64_t sp_paper_full(const struct sp_paper *paper);

/* Moves on by a height; what a caller draws at paper->y stands above. */
void sp_paper_advance(struct sp_paper *paper, int64_t height);

/* White space before a block; none at the top of a page. */
void sp_paper_space(struct sp_paper *paper, int64_t height);

/* The left edge of something `width` wide that begins `start` after the start of the line. */
int64_t sp_paper_x(const struct sp_paper *paper, int64_t start, int64_t width);

/* Structure, where the document has one. */
void sp_paper_open(struct sp_paper *paper, enum sp_pdf_tag tag);
void sp_paper_close(struct sp_paper *paper);

/* Text that was set, at (start, y) in a width; drawn as content of the innermost open element. */
void sp_paper_text(struct sp_paper *paper, const struct sp_galley_block *block, int64_t start,
                   int64_t y, int64_t width, enum sp_align align);

/* Shapes, which are decoration and no content. */
void sp_paper_fill(struct sp_paper *paper, struct sp_pdf_color color, int64_t start, int64_t y,
                   int64_t width, int64_t height);
void sp_paper_rule(struct sp_paper *paper, struct sp_pdf_color color, int64_t start, int64_t y,
                   int64_t width, int64_t line);

/* Bytes of a value that is shown otherwise than it is written. */
#define SP_PAPER_VALUE_MAX 256

/*
 * What is shown of a value: its text, a time with a space for its T. In a document that runs from
 * right to left, numbers, times and other short values without a letter of such a script are kept
 * from left to right (UAX #9, isolates): "-12.5" would be "12.5-". What differs from the value's
 * own text is written to `shown`.
 */
const char *sp_paper_value(const struct sp_paper *paper, const struct sp_value *value,
                           char shown[SP_PAPER_VALUE_MAX]);

/* The same of a text that may be a date or a time. */
const char *sp_paper_time(const struct sp_paper *paper, const char *text,
                          char shown[SP_PAPER_VALUE_MAX]);

/*
 * A paragraph as a block of its own, broken over pages where it must be, with at least two lines on
 * each side. Its tag is that of the innermost open element.
 */
SP_MUST_CHECK enum sp_status sp_paper_paragraph(struct sp_paper *paper, const char *text,
                                                const struct sp_text_look *look, int64_t start,
                                                int64_t width, enum sp_align align,
                                                struct sp_err *err);

/* The paragraphs of a text, which are those between line feeds; each is a P. */
SP_MUST_CHECK enum sp_status sp_paper_prose(struct sp_paper *paper, const char *text,
                                            struct sp_err *err);

/*
 * A heading of level 2 or 3, kept together with `follows` of what comes after it, and entered in
 * the outline.
 */
SP_MUST_CHECK enum sp_status sp_paper_heading(struct sp_paper *paper, unsigned level,
                                              const char *text, int64_t follows,
                                              struct sp_err *err);

/* Writes the number of pages where every page left room for it. After the last page. */
SP_MUST_CHECK enum sp_status sp_paper_total(struct sp_paper *paper, struct sp_err *err);

/* Looks made from the size of text. */
struct sp_text_look sp_look_text(const struct sp_paper *paper);
struct sp_text_look sp_look_muted(const struct sp_paper *paper);
struct sp_text_look sp_look_bold(const struct sp_paper *paper);

/* Lengths that everything is measured in: a gap is half a line. */
int64_t sp_paper_gap(const struct sp_paper *paper);

#endif
