/*
 * The inside of a typesetter, and the steps of setting a paragraph:
 *
 *     typeset_item.c    bytes ─► characters, levels and fonts ─► runs
 *     typeset_shape.c   a run, or part of one ─► glyphs, by table or by HarfBuzz
 *     typeset_line.c    widths ─► where lines end ─► glyphs in the order they are seen
 *     typeset.c         the paragraph
 *
 * A paragraph is set part by part: a part is what stands between two line feeds. Inside, lengths
 * are thousandths of an em, which is what all faces are scaled to; they become thousandths of a
 * point when a line is put down.
 */
#ifndef SP_TEXT_TYPESET_STATE_H
#define SP_TEXT_TYPESET_STATE_H

#include "text/font_pick.h"
#include "text/typeset.h"

#include <fribidi.h>
#include <hb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Characters HarfBuzz is given at once; longer runs are divided, which bounds its buffer. Glyphs
 * that are kept of a part; a run that does not fit is shaped again when its line is put down.
 */
#define SP_RUN_CODES_MAX  1024
#define SP_SHAPED_MAX     8192
#define SP_RUN_SHAPED_MAX 8192

/* Glyphs that are kept free for the ellipsis or hyphen that ends the last line. */
#define SP_GLYPHS_RESERVE   4

#define SP_CODE_ELLIPSIS    0x2026
#define SP_CODE_SOFT_HYPHEN 0x00AD

/* Marks of a character. */
enum {
    SP_MARK_CLUSTER = 1, /* glyphs begin here: a line may be broken before it if it must be */
    SP_MARK_BLANK = 2    /* may hang over the end of a line */
};

/* How a run is shaped. */
enum sp_run_kind {
    SP_RUN_SHAPED,
    SP_RUN_PLAIN,   /* ASCII by table */
    SP_RUN_MISSING, /* one character that no font has: set as its code */
    SP_RUN_NOTHING  /* characters without a shape that no font has */
};

/* Characters of one level, script and font. */
struct sp_run {
    uint16_t start, end;
    uint8_t font, level;
    uint8_t kind;
    bool kept; /* its glyphs are in `shaped` */
    hb_script_t script;
    uint16_t glyph_start, glyph_count;
};

/* A glyph of a run, as it is seen from left to right. */
struct sp_shaped {
    uint16_t number;
    uint16_t cluster; /* its first character */
    int32_t advance;
    int16_t x, y;
    uint8_t font;
    bool natural; /* its advance is its own width: no kerning */
    bool missing; /* the first of those that stand for a missing character */
};

/* Part of a run that stands on one line. */
struct sp_piece {
    uint16_t run, start, end;
    uint8_t level;
};

/* Where a line ends and how wide it is. */
struct sp_line_end {
    unsigned end;     /* the character behind it, blanks included */
    unsigned ink_end; /* the same without blanks at its end */
    bool hyphen;      /* it ends in a soft hyphen, which shows */
    bool full;        /* there is no room for more glyphs in this paragraph */
};

struct sp_typesetter {
    struct sp_font_set *fonts;
    hb_buffer_t *buffer;

    /* The paragraph. */
    const struct sp_typeset_style *style;
    enum sp_weight weight;
    unsigned code_count;
    uint32_t codes[SP_PARAGRAPH_BYTES_MAX];
    uint16_t offsets[SP_PARAGRAPH_BYTES_MAX + 1]; /* where they stand in the text */
    FriBidiCharType types[SP_PARAGRAPH_BYTES_MAX];
    FriBidiBracketType brackets[SP_PARAGRAPH_BYTES_MAX];
    FriBidiLevel levels[SP_PARAGRAPH_BYTES_MAX];
    char breaks[SP_PARAGRAPH_BYTES_MAX];
    uint8_t marks[SP_PARAGRAPH_BYTES_MAX + 1];
    uint8_t glyph_counts[SP_PARAGRAPH_BYTES_MAX]; /* of the cluster that begins here, to 255 */
    int32_t advances[SP_PARAGRAPH_BYTES_MAX];     /* the same */
    uint8_t base_level;                           /* 1 if it runs from right to left */

    /* The part in hand. */
    unsigned part_start, part_end;
    bool breaks_known;
    unsigned run_count;
    struct sp_run runs[SP_PARAGRAPH_BYTES_MAX];
    unsigned shaped_count; /* of the part's runs */
    struct sp_shaped shaped[SP_SHAPED_MAX + SP_RUN_SHAPED_MAX];

    /* The line in hand. */
    unsigned piece_count;
    struct sp_piece pieces[SP_PARAGRAPH_BYTES_MAX + 2];

    /* What is given. */
    struct sp_paragraph paragraph;
    struct sp_typeset_line lines[SP_PARAGRAPH_LINES_MAX];
    unsigned glyph_count;
    struct sp_typeset_glyph glyphs[SP_PARAGRAPH_GLYPHS_MAX];
};

/* Bytes of a character in UTF-8. */
static inline unsigned sp_code_bytes(uint32_t code)
{
    return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

/* Reads the characters of a text and which way it runs. Controls but for line ends are left out. */
void sp_typeset_read(struct sp_typesetter *typesetter, const char *text, size_t length, bool rtl);

/* Whether a character ends a part (UAX #14, classes BK, CR, LF and NL). */
bool sp_typeset_is_line_end(uint32_t code);

/* Characters without a shape of their own (Unicode, Default_Ignorable_Code_Point). */
bool sp_typeset_is_ignorable(uint32_t code);

/* Finds levels, fonts and runs of the part in hand; false if there was no memory for it. */
bool sp_typeset_find_runs(struct sp_typesetter *typesetter);

/*
 * Shapes characters of a run from `start` to before `end` into `shaped` at `at`, at most `room`
 * glyphs; their count, or -1 if there was no memory.
 */
int sp_typeset_shape(struct sp_typesetter *typesetter, const struct sp_run *run, unsigned start,
                     unsigned end, struct sp_shaped *at, unsigned room);

/*
 * Shapes printable ASCII by the table of a built-in font into `at`, a glyph a character; false if a
 * pair of it is more than its parts, or for lack of memory cannot be told.
 */
bool sp_typeset_shape_plain(struct sp_typesetter *typesetter, unsigned font, unsigned start,
                            unsigned end, struct sp_shaped *at);

/* Whether the part is nothing but printable ASCII. */
bool sp_typeset_is_ascii(const struct sp_typesetter *typesetter);

/* Shapes all runs of the part and notes the widths of their clusters; false: no memory. */
bool sp_typeset_shape_part(struct sp_typesetter *typesetter);

/* Where the part may be broken, unless that is known. */
void sp_typeset_find_breaks(struct sp_typesetter *typesetter);

/*
 * The quick way for cells of tables: puts the part down if it is ASCII, from left to right, and
 * fits on one line; false if it is not that simple, and nothing has happened then.
 */
bool sp_typeset_put_plain(struct sp_typesetter *typesetter);

/* Lines from the part until it ends or no more are wanted; false: no memory. */
bool sp_typeset_put_lines(struct sp_typesetter *typesetter);

/* The glyph of one character of a font and how wide it is. */
struct sp_shaped sp_typeset_single(const struct sp_typesetter *typesetter, unsigned font,
                                   uint32_t code);

#endif
