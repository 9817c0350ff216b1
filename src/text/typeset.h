/*
 * Paragraphs: text in any language to lines of placed glyphs.
 *
 *     characters ─► levels (FriBidi) ─► runs of one script, direction and font ─► shaped (HarfBuzz)
 *                ─► broken into lines where Unicode allows it (libunibreak, UAX #14)
 *                ─► each line reordered as it is seen (UAX #9, L2)
 *
 * A paragraph runs from right to left if its first strong character does, or if it has none and the
 * document does. Lengths are thousandths of a point. A word wider than the line is broken between
 * its clusters, and so are addresses and Thai, whose words only a dictionary could tell apart: they
 * break at spaces and at U+200B. Kerning and ligatures are on, as a reader expects of prose. A tab
 * is a space; a soft hyphen shows at a break only; controls are left out.
 *
 * ASCII in the built-in fonts takes a look-up in a table a character (font_pairs.h) and looks the
 * same as if HarfBuzz had shaped it, which it does for all else and for all fonts of a theme.
 */
#ifndef SP_TEXT_TYPESET_H
#define SP_TEXT_TYPESET_H

#include <smallpress/arena.h>
#include <smallpress/status.h>

#include "text/font_set.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of one paragraph; the caller splits what is longer. Lines and glyphs it can give. */
#define SP_PARAGRAPH_BYTES_MAX  8192
#define SP_PARAGRAPH_LINES_MAX  512
#define SP_PARAGRAPH_GLYPHS_MAX 8192

struct sp_typeset_style {
    enum sp_weight weight;
    int64_t size_mpt;
    int64_t width_mpt;  /* of a line, at most */
    unsigned lines_max; /* 1 to SP_PARAGRAPH_LINES_MAX; what is more is cut with an ellipsis */
    bool rtl;           /* direction of a paragraph without a strong character */
};

/*
 * A glyph: where it stands relative to the start of its line, and the bytes of the paragraph it
 * stands for. Where several glyphs stand for the same bytes the first of them has them. A hyphen or
 * ellipsis that was added stands for none, and characters without a shape may belong to no glyph.
 * Spaces at the end of a line hang over it: in a paragraph from right to left x is negative there.
 */
struct sp_typeset_glyph {
    uint16_t number;
    uint8_t font;
    bool own; /* stands where the glyph before it, of the same font, ends by its own width */
    uint32_t text_start, text_length;
    int32_t x_mpt, y_mpt;
};

struct sp_typeset_line {
    const struct sp_typeset_glyph *glyphs; /* from left to right */
    size_t glyph_count;
    int64_t width_mpt; /* without the space at its end */
};

struct sp_paragraph {
    const struct sp_typeset_line *lines;
    size_t line_count; /* 0 for an empty text */
    int64_t width_mpt; /* of the widest line */
    bool rtl;
    bool cut;         /* it had more lines */
    uint32_t missing; /* characters that no font has */
    uint32_t missing_first;
};

struct sp_typesetter;

size_t sp_typesetter_need(void);
uint64_t sp_typesetter_heap(void); /* what HarfBuzz and FriBidi take: a line of the plan */
SP_MUST_CHECK enum sp_status sp_typesetter_init(struct sp_typesetter **typesetter,
                                                struct sp_arena *arena, struct sp_font_set *fonts,
                                                struct sp_err *err);
void sp_typesetter_finish(struct sp_typesetter *typesetter);

/*
 * Sets one paragraph of valid UTF-8 of up to SP_PARAGRAPH_BYTES_MAX bytes; line feeds in it begin a
 * new line (one at the end does not). The paragraph is borrowed until the next call. Marks its
 * glyphs as used. The size is above 0 and the width not below. SP_NO_ROOM if a library was refused
 * memory; FriBidi 1.0 does not survive that, so a press reserves the heap beforehand.
 */
SP_MUST_CHECK enum sp_status sp_typeset(struct sp_typesetter *typesetter, const char *text,
                                        size_t length, const struct sp_typeset_style *style,
                                        const struct sp_paragraph **paragraph, struct sp_err *err);

/*
 * The width that a text would take on one line without being broken, and that of its widest word,
 * for the columns of a table: a column as wide holds it so. Marks nothing as used. Ends the
 * borrowing of a paragraph.
 */
SP_MUST_CHECK enum sp_status sp_typeset_measure(struct sp_typesetter *typesetter, const char *text,
                                                size_t length, enum sp_weight weight,
                                                int64_t size_mpt, int64_t *width_mpt,
                                                int64_t *word_mpt, struct sp_err *err);

#endif
