/*
 * Text that is set and not yet placed: the cells of a table row, a caption, a paragraph.
 *
 * Whether a row fits the page is known only when all its texts are set, and setting them twice
 * would double the work. So lines wait in the galley until it is known where they go.
 *
 *     sp_galley_clear(galley)
 *     sp_galley_set(galley, text, …, &block, err)      as often as a row has cells
 *     sp_galley_place(galley, &block, &place)
 */
#ifndef SP_PRESS_GALLEY_H
#define SP_PRESS_GALLEY_H

#include <smallpress/arena.h>
#include <smallpress/status.h>

#include "pdf/pdf_canvas.h"
#include "spec/submission.h"
#include "text/typeset.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Glyphs and lines that wait at once; texts that would be more are cut. */
#define SP_GALLEY_GLYPHS_MAX 32768
#define SP_GALLEY_LINES_MAX  2048

/* How text looks. */
struct sp_text_look {
    enum sp_weight weight;
    int64_t size_mpt;
    struct sp_pdf_color color;
};

struct sp_galley_block {
    uint32_t first_line, line_count;
    int64_t width_mpt; /* of the widest line */
    int64_t height_mpt;
    bool rtl;
    bool cut;
    struct sp_text_look look;
    const char *text; /* borrowed until placed */
};

/* What was noticed of all texts. */
struct sp_galley_notes {
    uint64_t missing_characters, text_cut;
    uint32_t missing_first;
};

struct sp_galley {
    struct sp_typesetter *typesetter;
    const struct sp_font_set *fonts;
    struct sp_typeset_line *lines;
    struct sp_typeset_glyph *glyphs;
    struct sp_pdf_canvas_glyph *placed; /* of one line */
    uint32_t *starts;                   /* of their text, likewise */
    size_t line_count, glyph_count;
    bool rtl; /* the document's direction */
    struct sp_galley_notes notes;
};

size_t sp_galley_need(void);
void sp_galley_init(struct sp_galley *galley, struct sp_arena *arena,
                    struct sp_typesetter *typesetter, const struct sp_font_set *fonts, bool rtl);

/* From the baseline of one line to that of the next; from the top of a line to its baseline. */
int64_t sp_line_height(int64_t size_mpt);
int64_t sp_line_ascent(int64_t size_mpt);

void sp_galley_clear(struct sp_galley *galley);

/*
 * Sets a text, which must stay as it is until it was placed, in lines of at most `width_mpt`, at
 * most `lines_max` of them. Texts longer than a paragraph may be are cut there.
 */
SP_MUST_CHECK enum sp_status sp_galley_set(struct sp_galley *galley, const char *text,
                                           const struct sp_text_look *look, int64_t width_mpt,
                                           unsigned lines_max, struct sp_galley_block *block,
                                           struct sp_err *err);

/*
 * Draws lines `first` to `first + count` of a block, the first with its top at `y_mpt`, each
 * aligned within `width_mpt` from `x_mpt` on: at the start of the document's direction, in the
 * middle or at the end.
 */
struct sp_galley_place {
    struct sp_pdf_canvas *canvas;
    int64_t x_mpt, y_mpt, width_mpt;
    enum sp_align align;
    uint32_t first, count;
};
void sp_galley_place(struct sp_galley *galley, const struct sp_galley_block *block,
                     const struct sp_galley_place *place);

/* Glyphs of one line as a canvas takes them; at most SP_PARAGRAPH_GLYPHS_MAX. Returns their number.
 */
size_t sp_galley_line(struct sp_galley *galley, const struct sp_galley_block *block, uint32_t line,
                      const struct sp_pdf_canvas_glyph **glyphs, int64_t *width_mpt);

#endif
