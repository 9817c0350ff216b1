/*
 * The inside of a font set, shared by what builds it (font_set.c) and what asks it (font_pick.c).
 */
#ifndef SP_TEXT_FONT_SET_STATE_H
#define SP_TEXT_FONT_SET_STATE_H

#include "text/font_face.h"
#include "text/font_pairs.h"
#include "text/font_pick.h"
#include "text/font_set.h"
#include "text/font_walk.h"

#include <hb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The built-in fonts, by index; each has at most so many glyphs. */
enum {
    SP_FONT_NOTO,
    SP_FONT_NOTO_BOLD,
    SP_FONT_DEJAVU,
    SP_FONT_DEJAVU_BOLD,
    SP_FONT_BUILTIN_COUNT
};
#define SP_FONT_BUILTIN_GLYPHS_MAX 6400

/* Characters known to be in no font; what collides is looked for again. */
#define ABSENT_COUNT 1024

struct sp_font_set {
    struct sp_font_face faces[SP_FONTS_MAX];
    unsigned count;
    bool full[SP_FONTS_MAX];        /* takes no new glyph */
    uint32_t pending[SP_FONTS_MAX]; /* glyphs picked for the text in hand, and their bytes */
    uint64_t pending_bytes[SP_FONTS_MAX];
    struct sp_font_file *file[SP_FONTS_MAX]; /* that it was found in, or null */
    const char *path[SP_FONTS_MAX];          /* that the theme names it by, or null */
    uint8_t chain[2][SP_FONTS_MAX]; /* the fonts of a weight, in the order they are asked */
    unsigned chain_count[2];
    uint8_t plain[2];
    struct sp_font_pairs pairs[SP_FONT_BUILTIN_COUNT];

    struct sp_font_walk walk;
    uint32_t absent[ABSENT_COUNT];
    hb_language_t language;
    const char *language_tag;

    uint64_t heap_bytes;   /* for fonts that are not built in */
    uint64_t open_bytes;   /* of that, taken by those that are open */
    hb_blob_t *subset;     /* the last, from HarfBuzz */
    unsigned char *mapped; /* or from the system */
    size_t mapped_bytes;

    uint64_t used[SP_FONT_BUILTIN_COUNT][SP_FONT_BUILTIN_GLYPHS_MAX / 64];
    uint32_t code[SP_FONT_BUILTIN_COUNT][SP_FONT_BUILTIN_GLYPHS_MAX];
};

/* The heap of all that are open, with one more, and of the largest subset. */
uint64_t sp_font_set_heap_with(const struct sp_font_set *set, uint64_t open, uint64_t subset);

/* Takes an open face into the set; if it does not fit it is closed and SP_FONT_NONE returned. */
uint8_t sp_font_set_keep(struct sp_font_set *set, struct sp_font_face *face);

/* Adds a font to those that a weight is set in, if it is not one of them. */
void sp_font_set_chain(struct sp_font_set *set, enum sp_weight weight, unsigned font);

#endif
