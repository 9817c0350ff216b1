/*
 * The fonts of one document: the built-in ones, those the theme names, and whatever the text turns
 * out to need.
 *
 * Text is set in the first font of its chain that has a glyph for it: the theme's, Noto Sans
 * (regular or bold), DejaVu Sans (the same), then installed fonts, which are looked for only when a
 * character is met that none of those has. Installed fonts are tried in an order that their names
 * alone decide (upright sans fonts first, then by path), so the same machine always finds the same.
 * Of a collection the face is taken that suits the language. Fonts without TrueType or CFF outlines
 * (pictures, CFF2) and those that forbid embedding are passed over; of a variable font the default
 * is taken.
 *
 * A font file is mapped, not read. Each font that is not built in costs memory while it is open
 * (HarfBuzz, and a bit and a number for each glyph) and at the end for its subset, made one at a
 * time: together at most `heap_bytes`. A font that would go beyond is passed over; one whose subset
 * has grown to what there is gives no new glyphs.
 *
 * A character that no font has is set as its code ("U+1F600"), counted and reported: never a silent
 * box.
 */
#ifndef SP_TEXT_FONT_SET_H
#define SP_TEXT_FONT_SET_H

#include <smallpress/arena.h>
#include <smallpress/status.h>

#include "text/font.h"

#include <stdbool.h>
#include <stdint.h>

/* Fonts of one document, the built-in ones included; their index fits a byte. */
#define SP_FONTS_MAX 16

/*
 * Files looked at, and folders deep, in search of an installed font. Beyond the first, or 256 KiB
 * of names, it is the file system's order that decides which are seen.
 */
#define SP_FONT_FILES_MAX  4096
#define SP_FONT_FOLDER_MAX 6

enum sp_weight {
    SP_WEIGHT_REGULAR,
    SP_WEIGHT_BOLD
};

struct sp_font_set_spec {
    const char *text_font;    /* a name or a path, or null for Noto Sans */
    const char *heading_font; /* the same, for bold text; null: the bold of text_font, if any */
    const char *folders;      /* separated by colons; null for those of the system and the user */
    const char *language;     /* BCP 47: tells Chinese from Japanese glyphs where a font has both */
    uint64_t heap_bytes;      /* for fonts beyond the built-in ones */
};

struct sp_font_set;

size_t sp_font_set_need(void);

/* What HarfBuzz takes for the built-in fonts and their subsets: a line of the plan. */
uint64_t sp_font_set_heap(void);

/*
 * The texts of the spec are borrowed until the set is finished. A name is that of a family, or a
 * font's full or PostScript name; case, blanks and hyphens do not count. SP_BAD_SPEC if a font that
 * the spec names is not there (with the nearest names), is no font or must not be embedded;
 * SP_NO_ROOM if it does not fit `heap_bytes`, or HarfBuzz is refused memory. Nothing is left to
 * finish then.
 */
SP_MUST_CHECK enum sp_status sp_font_set_init(struct sp_font_set **set, struct sp_arena *arena,
                                              const struct sp_font_set_spec *spec,
                                              struct sp_err *err);
void sp_font_set_finish(struct sp_font_set *set);

/* Fonts that text was set in so far have indexes below this. */
unsigned sp_font_set_count(const struct sp_font_set *set);

/* The family and style of a font, for people: "Noto Sans CJK SC Regular". */
const char *sp_font_set_name(const struct sp_font_set *set, unsigned font);

/* Whether it is one of the built-in ones. */
bool sp_font_set_is_builtin(const struct sp_font_set *set, unsigned font);

/* Whether any glyph of it was set. */
bool sp_font_set_is_used(const struct sp_font_set *set, unsigned font);

/* What the PDF says of a font, in thousandths of an em, and what it embeds. */
struct sp_font_facts {
    const char *name; /* PostScript */
    int ascent, descent, cap_height, italic_angle;
    int box[4]; /* left, bottom, right, top */
    bool fixed_pitch, serif;
    bool cff; /* outlines are CFF: the file is OpenType with a CFF table */
    uint32_t glyph_count;
};

struct sp_font_facts sp_font_set_facts(const struct sp_font_set *set, unsigned font);

/*
 * Of one glyph: whether it was used; its width in thousandths of an em; the one character that it
 * stood for when it was first used alone, or 0. Text drawn with a glyph that stands for something
 * else than its code must be told to the PDF; joined forms of Arabic know their letter.
 */
bool sp_font_set_glyph_used(const struct sp_font_set *set, unsigned font, uint32_t glyph);
int sp_font_set_glyph_width(const struct sp_font_set *set, unsigned font, uint32_t glyph);
uint32_t sp_font_set_glyph_code(const struct sp_font_set *set, unsigned font, uint32_t glyph);

/*
 * Makes the subset of the glyphs used, with their numbers kept: TrueType with glyf, or OpenType
 * with CFF, where character identifiers are glyph numbers. One at a time: the bytes are borrowed
 * until the next subset is made or the set is finished. SP_NO_ROOM if there is no memory,
 * SP_BAD_SPEC if the font contradicts itself.
 */
SP_MUST_CHECK enum sp_status sp_font_set_subset(struct sp_font_set *set, unsigned font,
                                                const unsigned char **file, size_t *file_bytes,
                                                struct sp_err *err);

#endif
