/* Lines of text to glyphs: by table where characters stand for themselves, else by HarfBuzz. */
#include "text/font.h"

#include "base/check.h"
#include "base/utf8.h"

static const hb_feature_t plain_features[] = {
    {HB_TAG('k', 'e', 'r', 'n'), 0, HB_FEATURE_GLOBAL_START, HB_FEATURE_GLOBAL_END},
    {HB_TAG('l', 'i', 'g', 'a'), 0, HB_FEATURE_GLOBAL_START, HB_FEATURE_GLOBAL_END},
    {HB_TAG('c', 'l', 'i', 'g'), 0, HB_FEATURE_GLOBAL_START, HB_FEATURE_GLOBAL_END},
};

size_t sp_shaper_need(void)
{
    return sp_arena_cost(SP_CAPTION_GLYPHS_MAX * sizeof(struct sp_placed_glyph));
}

enum sp_status sp_shaper_init(struct sp_shaper *shaper, struct sp_arena *arena,
                              const struct sp_font *font, struct sp_err *err)
{
    *shaper = (struct sp_shaper){.font = font, .buffer = hb_buffer_create()};
    shaper->line.glyphs =
        sp_arena_take(arena, SP_CAPTION_GLYPHS_MAX, sizeof(struct sp_placed_glyph));
    /* Room for the longest line now, so that no later line asks the system for memory. */
    if (hb_buffer_pre_allocate(shaper->buffer, 2 * SP_CAPTION_GLYPHS_MAX))
        return SP_OK;
    sp_shaper_finish(shaper);
    return sp_fail(err, SP_NO_ROOM, "the system would not give the font library its memory");
}

void sp_shaper_finish(struct sp_shaper *shaper)
{
    hb_buffer_destroy(shaper->buffer);
    shaper->buffer = NULL;
}

/*
 * Characters that stand for themselves, one glyph after another: Latin, Greek and Cyrillic with
 * their punctuation, but no combining marks and nothing that is written from right to left.
 */
static bool is_plain(uint32_t code)
{
    return code < 0x300 || (code >= 0x370 && code < 0x483) || (code >= 0x48A && code < 0x590) ||
           (code >= 0x1E00 && code < 0x200B) || (code >= 0x2010 && code < 0x2028) ||
           (code >= 0x2030 && code < 0x205F) || (code >= 0x20A0 && code < 0x20D0);
}

static void add_glyph(struct sp_shaper *shaper, uint32_t glyph, int32_t x, int32_t y)
{
    struct sp_line *line = &shaper->line;
    SP_ASSERT(line->count < SP_CAPTION_GLYPHS_MAX);
    line->glyphs[line->count++] = (struct sp_placed_glyph){(uint16_t)glyph, x, y};
    line->missing += glyph == 0;
    shaper->used.words[glyph / 64] |= UINT64_C(1) << (glyph % 64);
}

static bool all_plain(const char *text, size_t length)
{
    for (size_t at = 0; at < length;)
        if (!is_plain(sp_utf8_next(text, length, &at)))
            return false;
    return true;
}

static void lay_plain(struct sp_shaper *shaper, const char *text, size_t length)
{
    const struct sp_font *font = shaper->font;
    for (size_t at = 0; at < length;) {
        const uint32_t code = sp_utf8_next(text, length, &at);
        hb_codepoint_t glyph = 0;
        if (code < 128)
            glyph = font->glyph[code];
        else
            (void)hb_font_get_nominal_glyph(font->font, code, &glyph);
        add_glyph(shaper, glyph, (int32_t)shaper->line.width, 0);
        shaper->line.width += code < 128 ? font->advance[code] : sp_font_advance(font, glyph);
    }
}

static enum sp_status lay_shaped(struct sp_shaper *shaper, const char *text, size_t length,
                                 struct sp_err *err)
{
    hb_buffer_t *buffer = shaper->buffer;
    hb_buffer_clear_contents(buffer);
    hb_buffer_add_utf8(buffer, text, (int)length, 0, (int)length);
    hb_buffer_guess_segment_properties(buffer);
    hb_shape(shaper->font->font, buffer, plain_features,
             sizeof plain_features / sizeof plain_features[0]);
    if (!hb_buffer_allocation_successful(buffer))
        return sp_fail(err, SP_NO_ROOM, "the system would not give the font library its memory");
    unsigned count;
    const hb_glyph_info_t *info = hb_buffer_get_glyph_infos(buffer, &count);
    const hb_glyph_position_t *position = hb_buffer_get_glyph_positions(buffer, &count);
    for (unsigned i = 0; i < count && i < SP_CAPTION_GLYPHS_MAX; i++) {
        add_glyph(shaper, info[i].codepoint, (int32_t)shaper->line.width + position[i].x_offset,
                  position[i].y_offset);
        shaper->line.width += position[i].x_advance;
    }
    return SP_OK;
}

enum sp_status sp_shape(struct sp_shaper *shaper, const char *text, size_t length,
                        const struct sp_line **line, struct sp_err *err)
{
    SP_ASSERT(length <= SP_CAPTION_BYTES_MAX);
    *line = &shaper->line;
    shaper->line.count = 0;
    shaper->line.width = 0;
    shaper->line.missing = 0;
    shaper->line.plain = all_plain(text, length);
    if (!shaper->line.plain)
        return lay_shaped(shaper, text, length, err);
    lay_plain(shaper, text, length);
    return SP_OK;
}
