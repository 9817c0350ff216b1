/*
 * ASCII by table: what HarfBuzz makes of any two characters of a built-in font, learnt from it
 * once.
 *
 * In those fonts the shape of a text of printable ASCII is the sum of its pairs: each character is
 * its own glyph, and what stands next to it moves it by the pair's kerning. Where a pair becomes
 * something else, a text that has it goes to HarfBuzz. A cell of a table costs a
 * look-up a character that way, and looks exactly as if it had been shaped. (That this is so is
 * what tests/unit/test_typeset.c tries on random texts.)
 */
#ifndef SP_TEXT_FONT_PAIRS_H
#define SP_TEXT_FONT_PAIRS_H

#include <hb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The printable characters, from the space to the tilde. */
#define SP_PAIRS_FIRST ' '
#define SP_PAIRS_COUNT 95

/* Values of `kern` that are no kerning: not yet asked, and a pair that is more than its parts. */
#define SP_PAIR_UNKNOWN INT16_MIN
#define SP_PAIR_SHAPED  (INT16_MIN + 1)

/*
 * How Latin, Greek and Cyrillic are shaped: without ligatures. One drawn for "fi" needs a text that
 * stands in its place, and readers of the structure of a PDF are known to lose what follows it.
 */
extern const hb_feature_t sp_font_letters[2];

struct sp_font_pairs {
    uint16_t glyph[SP_PAIRS_COUNT];
    int16_t advance[SP_PAIRS_COUNT];              /* thousandths of an em */
    int16_t kern[SP_PAIRS_COUNT][SP_PAIRS_COUNT]; /* added to the advance of the first */
};

/* Learns glyphs and advances. All pairs are unknown then. */
void sp_font_pairs_init(struct sp_font_pairs *pairs, hb_font_t *font);

/*
 * The kerning of two printable characters or SP_PAIR_SHAPED. Asks HarfBuzz the first time, with a
 * buffer of the caller's; where that is refused memory the pair stays unknown and counts as shaped.
 */
int16_t sp_font_pairs_ask(struct sp_font_pairs *pairs, hb_font_t *font, hb_buffer_t *buffer,
                          hb_language_t language, unsigned first, unsigned second);

static inline bool sp_pairs_has(uint32_t code)
{
    return code - SP_PAIRS_FIRST < SP_PAIRS_COUNT;
}

#endif
