/*
 * The font of printed lines: glyphs, widths, shaping and the subset that goes into the document.
 *
 * The face is DejaVu Sans, part of the program: the same bytes on every machine. Plain text (Latin,
 * Greek, Cyrillic without combining marks) maps character by character through a table; anything
 * else is ordered by FriBidi and shaped by HarfBuzz, run by run. Ligatures and kerning are off,
 * because what is printed is mostly an id that somebody has to type.
 *
 * HarfBuzz allocates by itself. How much was measured: SP_FONT_HEAP_* below, priced in the plan as
 * a line of its own and checked by a test.
 */
#ifndef SP_TEXT_FONT_H
#define SP_TEXT_FONT_H

#include <smallpress/arena.h>
#include <smallpress/limit.h>
#include <smallpress/status.h>

#include <hb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Heap that opening the font and making a subset takes: of ASCII glyphs, and of every glyph; and
 * what a shaper takes besides.
 */
#define SP_FONT_HEAP_ASCII (768 * 1024)
#define SP_FONT_HEAP_ALL   (3 * 1024 * 1024)
#define SP_SHAPER_HEAP     (96 * 1024)

/* The subset of ASCII in bytes, at most; that of every glyph is at most sp_font_file_bytes(). */
#define SP_FONT_SUBSET_ASCII (48 * 1024)

/* A set of glyphs: those a document uses. 8 KiB. */
struct sp_glyph_set {
    uint64_t words[SP_GLYPHS_MAX / 64];
};

struct sp_font {
    hb_face_t *face;
    hb_font_t *font;
    hb_blob_t *subset;
    hb_language_t language; /* of every line; looked up once, before there are threads */
    unsigned units_per_em;
    uint32_t glyph_count;
    uint16_t glyph[128];   /* of an ASCII character; 0 is the box for what is missing */
    uint16_t advance[128]; /* in font units */
    uint32_t *code;        /* of a glyph: the lowest code point that maps to it, or 0 */
};

/* Bytes of the whole font file. */
size_t sp_font_file_bytes(void);

size_t sp_font_need(void);
SP_MUST_CHECK enum sp_status sp_font_init(struct sp_font *font, struct sp_arena *arena,
                                          struct sp_err *err);
void sp_font_finish(struct sp_font *font);

/*
 * A glyph with where it stands relative to the start of its line, in font units, and the bytes of
 * the text it stands for. Where several glyphs stand for the same bytes, the first of them has
 * them.
 */
struct sp_placed_glyph {
    uint16_t number;
    uint16_t text_start, text_length;
    int32_t x, y;
};

/*
 * A line of text as glyphs. Plain lines follow their glyphs' own widths, and only `number` is of
 * interest; others are placed one by one.
 */
struct sp_line {
    struct sp_placed_glyph *glyphs; /* SP_CAPTION_GLYPHS_MAX of them at most */
    size_t count;
    int64_t width;       /* in font units */
    int32_t top, bottom; /* of its ink, up from the baseline; both 0 in a line of ASCII */
    bool plain;
    bool cut;         /* it has more glyphs than a line of its kind may have */
    uint32_t missing; /* characters the font has no glyph for */
};

/* Working space of a line that is not plain (shaper.c). */
struct sp_shaper_work;

/* What a thread shapes with. */
struct sp_shaper {
    const struct sp_font *font;
    hb_buffer_t *buffer;
    struct sp_shaper_work *work;
    struct sp_line line;
    struct sp_glyph_set used; /* by all lines so far */
};

size_t sp_shaper_need(void);
SP_MUST_CHECK enum sp_status sp_shaper_init(struct sp_shaper *shaper, struct sp_arena *arena,
                                            const struct sp_font *font, struct sp_err *err);
void sp_shaper_finish(struct sp_shaper *shaper);

/*
 * Lays out one line of valid UTF-8, at most SP_CAPTION_BYTES_MAX bytes, from left to right as it is
 * seen: runs of right-to-left scripts are reversed by the Unicode Bidirectional Algorithm (UAX #9).
 * The line is borrowed until the next call. SP_NO_ROOM if a library was refused memory.
 */
SP_MUST_CHECK enum sp_status sp_shape(struct sp_shaper *shaper, const char *text, size_t length,
                                      const struct sp_line **line, struct sp_err *err);

/* Adds the glyphs of one set to another. */
void sp_glyph_set_add(struct sp_glyph_set *set, const struct sp_glyph_set *more);

static inline bool sp_glyph_set_has(const struct sp_glyph_set *set, uint32_t glyph)
{
    return set->words[glyph / 64] >> (glyph % 64) & 1;
}

/* The width of a glyph in font units. */
int sp_font_advance(const struct sp_font *font, uint32_t glyph);

/* Plain numbers about the face, in font units. */
struct sp_font_metrics {
    const char *name; /* PostScript */
    int ascent, descent, cap_height;
    int box[4]; /* left, bottom, right, top */
};

struct sp_font_metrics sp_font_metrics(const struct sp_font *font);

/*
 * Makes a TrueType file that has only the glyphs of a set, under their old numbers. It belongs to
 * the font until sp_font_finish.
 */
SP_MUST_CHECK enum sp_status sp_font_subset(struct sp_font *font, const struct sp_glyph_set *used,
                                            const unsigned char **file, size_t *file_bytes,
                                            struct sp_err *err);

#endif
