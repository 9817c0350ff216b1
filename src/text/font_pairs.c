/* The pairs of a font, asked of HarfBuzz one by one as texts bring them up. */
#include "text/font_pairs.h"

#include "base/check.h"
#include "base/num.h"

const hb_feature_t sp_font_letters[2] = {
    {HB_TAG('l', 'i', 'g', 'a'), 0, HB_FEATURE_GLOBAL_START, HB_FEATURE_GLOBAL_END},
    {HB_TAG('c', 'l', 'i', 'g'), 0, HB_FEATURE_GLOBAL_START, HB_FEATURE_GLOBAL_END},
};

void sp_font_pairs_init(struct sp_font_pairs *pairs, hb_font_t *font)
{
    for (unsigned i = 0; i < SP_PAIRS_COUNT; i++) {
        hb_codepoint_t glyph = 0;
        (void)hb_font_get_nominal_glyph(font, SP_PAIRS_FIRST + i, &glyph);
        pairs->glyph[i] = (uint16_t)glyph;
        pairs->advance[i] = (int16_t)hb_font_get_glyph_h_advance(font, glyph);
        for (unsigned j = 0; j < SP_PAIRS_COUNT; j++)
            pairs->kern[i][j] = SP_PAIR_UNKNOWN;
    }
}

/* Whether what was shaped is the two characters' own glyphs, moved by nothing but kerning. */
static bool is_pair(const struct sp_font_pairs *pairs, hb_buffer_t *buffer, unsigned first,
                    unsigned second)
{
    unsigned count;
    const hb_glyph_info_t *info = hb_buffer_get_glyph_infos(buffer, &count);
    const hb_glyph_position_t *position = hb_buffer_get_glyph_positions(buffer, &count);
    return count == 2 && info[0].codepoint == pairs->glyph[first] &&
           info[1].codepoint == pairs->glyph[second] && position[0].x_offset == 0 &&
           position[0].y_offset == 0 && position[1].x_offset == 0 && position[1].y_offset == 0 &&
           position[1].x_advance == pairs->advance[second];
}

int16_t sp_font_pairs_ask(struct sp_font_pairs *pairs, hb_font_t *font, hb_buffer_t *buffer,
                          hb_language_t language, unsigned first, unsigned second)
{
    const hb_codepoint_t codes[2] = {SP_PAIRS_FIRST + first, SP_PAIRS_FIRST + second};
    hb_buffer_clear_contents(buffer);
    hb_buffer_add_codepoints(buffer, codes, 2, 0, 2);
    hb_buffer_set_direction(buffer, HB_DIRECTION_LTR);
    hb_buffer_set_script(buffer, HB_SCRIPT_LATIN);
    hb_buffer_set_language(buffer, language);
    if (!hb_shape_full(font, buffer, sp_font_letters, SP_COUNT(sp_font_letters), NULL))
        return SP_PAIR_SHAPED;
    int16_t kern = SP_PAIR_SHAPED;
    if (is_pair(pairs, buffer, first, second)) {
        unsigned count;
        const hb_glyph_position_t *position = hb_buffer_get_glyph_positions(buffer, &count);
        kern = (int16_t)(position[0].x_advance - pairs->advance[first]);
        SP_ASSERT(kern > SP_PAIR_SHAPED);
    }
    pairs->kern[first][second] = kern;
    return kern;
}
