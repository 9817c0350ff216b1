/*
 * Names of fonts: which of them suits plain text best, and which are like one that is not there.
 */
#ifndef SP_TEXT_FONT_RANK_H
#define SP_TEXT_FONT_RANK_H

#include "text/font_face.h"
#include "text/font_set.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether a file's name ends as those of fonts do: .ttf .otf .ttc .otc, in any case. */
bool sp_font_rank_is_font(const char *name);

/*
 * How far a font with this name, of a file or a family, is from an upright sans font of a weight
 * and language. Slanted is worst, then fixed pitch, serifs, a wrong weight, a wrong language.
 */
uint8_t sp_font_rank(const char *name, enum sp_weight weight, const char *language);

/* The three names nearest to one, all different. */
struct sp_font_near {
    char names[3][SP_FONT_NAME_BYTES];
    unsigned distances[3];
    unsigned count;
};

/* Keeps a name if it is like `wanted`, and nearer than what was kept. */
void sp_font_near_add(struct sp_font_near *near, const char *wanted, const char *name);

/* "A, B, C", the nearest first. */
void sp_font_near_list(const struct sp_font_near *near, char *list, size_t capacity);

#endif
