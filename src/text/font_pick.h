/*
 * The fonts of a document as the typesetter sees them: which font has a character, and what its
 * glyphs are. (font_set.h is what the presses see.)
 */
#ifndef SP_TEXT_FONT_PICK_H
#define SP_TEXT_FONT_PICK_H

#include "text/font_face.h"
#include "text/font_pairs.h"
#include "text/font_set.h"

#include <hb.h>
#include <stdbool.h>
#include <stdint.h>

/* Not a font: no font has the character. */
#define SP_FONT_NONE UINT8_MAX

/*
 * The first font of a weight's chain that has the character; looks among the installed fonts if
 * none has. SP_FONT_NONE if those have it neither, or none of them that fits the memory.
 */
uint8_t sp_font_set_pick(struct sp_font_set *set, enum sp_weight weight, uint32_t code);

/* The font that plain text of a weight is set in; it has all of ASCII. */
uint8_t sp_font_set_plain(const struct sp_font_set *set, enum sp_weight weight);

/*
 * Whether a font has a character, or what HarfBuzz makes it of: its parts, a blank of another
 * width, the hyphen that breaks.
 */
bool sp_font_set_has(const struct sp_font_set *set, unsigned font, uint32_t code);

const struct sp_font_face *sp_font_set_face(const struct sp_font_set *set, unsigned font);
hb_language_t sp_font_set_language(const struct sp_font_set *set);

/* BCP 47, for line breaking; or null. */
const char *sp_font_set_language_tag(const struct sp_font_set *set);

/* ASCII by table, for a built-in font; null for others. */
struct sp_font_pairs *sp_font_set_pairs(struct sp_font_set *set, unsigned font);

/* Marks a glyph as used; `code` is the one character it stands for, or 0. */
void sp_font_set_mark(struct sp_font_set *set, unsigned font, uint32_t glyph, uint32_t code);

/*
 * Begins a text: what is picked from now on until the next begin counts as the glyphs of one text,
 * which will be marked. A font whose subset has no room for them gives no new glyphs any more.
 */
void sp_font_set_begin(struct sp_font_set *set);

#endif
