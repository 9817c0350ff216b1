/* Lines to glyphs: by table where characters stand for themselves, else FriBidi and HarfBuzz. */
#include "text/font.h"

#include "base/check.h"
#include "base/num.h"
#include "base/utf8.h"

#include <fribidi.h>

static const hb_feature_t plain_features[] = {
    {HB_TAG('k', 'e', 'r', 'n'), 0, HB_FEATURE_GLOBAL_START, HB_FEATURE_GLOBAL_END},
    {HB_TAG('l', 'i', 'g', 'a'), 0, HB_FEATURE_GLOBAL_START, HB_FEATURE_GLOBAL_END},
    {HB_TAG('c', 'l', 'i', 'g'), 0, HB_FEATURE_GLOBAL_START, HB_FEATURE_GLOBAL_END},
};

/* Characters of one direction and one script. */
struct run {
    uint16_t start, end; /* characters */
    hb_script_t script;
    unsigned char level; /* odd from right to left */
};

struct sp_shaper_work {
    uint32_t codes[SP_CAPTION_BYTES_MAX];
    uint16_t offsets[SP_CAPTION_BYTES_MAX + 1]; /* of the characters in the text, and its end */
    FriBidiCharType types[SP_CAPTION_BYTES_MAX];
    FriBidiBracketType brackets[SP_CAPTION_BYTES_MAX];
    FriBidiLevel levels[SP_CAPTION_BYTES_MAX];
    struct run runs[SP_CAPTION_BYTES_MAX];
};

size_t sp_shaper_need(void)
{
    return sp_arena_cost(SP_CAPTION_GLYPHS_MAX * sizeof(struct sp_placed_glyph)) +
           sp_arena_cost(sizeof(struct sp_shaper_work));
}

static enum sp_status no_memory(struct sp_err *err)
{
    return sp_fail(err, SP_NO_ROOM, "the system would not give the font library its memory");
}

enum sp_status sp_shaper_init(struct sp_shaper *shaper, struct sp_arena *arena,
                              const struct sp_font *font, struct sp_err *err)
{
    *shaper = (struct sp_shaper){.font = font, .buffer = hb_buffer_create()};
    shaper->line.glyphs =
        sp_arena_take(arena, SP_CAPTION_GLYPHS_MAX, sizeof(struct sp_placed_glyph));
    shaper->work = sp_arena_take(arena, 1, sizeof *shaper->work);
    /* Room for the longest line now, so that no later line asks the system for memory. */
    if (hb_buffer_pre_allocate(shaper->buffer, 2 * SP_CAPTION_GLYPHS_MAX))
        return SP_OK;
    sp_shaper_finish(shaper);
    return no_memory(err);
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

static void add_glyph(struct sp_shaper *shaper, struct sp_placed_glyph glyph)
{
    struct sp_line *line = &shaper->line;
    if (line->count == (line->plain ? SP_CAPTION_GLYPHS_MAX : SP_CAPTION_PLACED_MAX)) {
        line->cut = true;
        return;
    }
    line->glyphs[line->count++] = glyph;
    line->missing += glyph.number == 0;
    shaper->used.words[glyph.number / 64] |= UINT64_C(1) << (glyph.number % 64);
}

/* Makes the line as high as a glyph: marks that stack know no other limit. */
static void measure_glyph(struct sp_shaper *shaper, hb_codepoint_t number, int32_t y)
{
    hb_glyph_extents_t extents;
    if (!hb_font_get_glyph_extents(shaper->font->font, number, &extents))
        return;
    const int32_t top = y + extents.y_bearing;
    const int32_t bottom = top + extents.height; /* which is negative */
    shaper->line.top = SP_MAX(shaper->line.top, top);
    shaper->line.bottom = SP_MIN(shaper->line.bottom, bottom);
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
        const size_t start = at;
        const uint32_t code = sp_utf8_next(text, length, &at);
        hb_codepoint_t glyph = 0;
        if (code < 128)
            glyph = font->glyph[code];
        else
            (void)hb_font_get_nominal_glyph(font->font, code, &glyph);
        add_glyph(shaper, (struct sp_placed_glyph){.number = (uint16_t)glyph,
                                                   .text_start = (uint16_t)start,
                                                   .text_length = (uint16_t)(at - start),
                                                   .x = (int32_t)shaper->line.width});
        shaper->line.width += code < 128 ? font->advance[code] : sp_font_advance(font, glyph);
        if (code >= 128)
            measure_glyph(shaper, glyph, 0);
    }
}

static unsigned decode(struct sp_shaper_work *work, const char *text, size_t length)
{
    unsigned count = 0;
    size_t at = 0;
    while (at < length) {
        work->offsets[count] = (uint16_t)at;
        work->codes[count++] = sp_utf8_next(text, length, &at);
    }
    work->offsets[count] = (uint16_t)at;
    return count;
}

/* The direction of every character as a level (UAX #9); false if there was no memory for it. */
static bool find_levels(struct sp_shaper_work *work, unsigned count)
{
    FriBidiParType direction = FRIBIDI_PAR_ON;
    fribidi_get_bidi_types(work->codes, (FriBidiStrIndex)count, work->types);
    fribidi_get_bracket_types(work->codes, (FriBidiStrIndex)count, work->types, work->brackets);
    return fribidi_get_par_embedding_levels_ex(work->types, work->brackets, (FriBidiStrIndex)count,
                                               &direction, work->levels) > 0;
}

/* Splits the text where direction or script change; spaces and marks go with what stands before. */
static unsigned find_runs(struct sp_shaper_work *work, unsigned count)
{
    hb_unicode_funcs_t *unicode = hb_unicode_funcs_get_default();
    unsigned run_count = 0;
    for (unsigned i = 0; i < count; i++) {
        const hb_script_t script = hb_unicode_script(unicode, work->codes[i]);
        const bool own = script != HB_SCRIPT_COMMON && script != HB_SCRIPT_INHERITED;
        struct run *run = run_count > 0 ? &work->runs[run_count - 1] : NULL;
        if (!run || run->level != (unsigned char)work->levels[i] ||
            (own && run->script != HB_SCRIPT_COMMON && run->script != script)) {
            run = &work->runs[run_count++];
            *run = (struct run){(uint16_t)i, (uint16_t)i, HB_SCRIPT_COMMON,
                                (unsigned char)work->levels[i]};
        }
        if (own)
            run->script = script;
        run->end = (uint16_t)(i + 1);
    }
    return run_count;
}

static void reverse(struct run *runs, unsigned count)
{
    for (unsigned i = 0; i < count / 2; i++) {
        const struct run run = runs[i];
        runs[i] = runs[count - 1 - i];
        runs[count - 1 - i] = run;
    }
}

/* Rule L2: from the highest level to the lowest odd one, reverse what is at that level or above. */
static void order_runs(struct run *runs, unsigned count)
{
    unsigned highest = 0;
    for (unsigned i = 0; i < count; i++)
        highest = SP_MAX(highest, runs[i].level);
    for (unsigned level = highest; level >= 1; level--)
        for (unsigned i = 0; i < count;) {
            unsigned end = i;
            while (end < count && runs[end].level >= level)
                end++;
            reverse(runs + i, end - i);
            i = end + 1;
        }
}

/*
 * The bytes that the glyphs of a cluster stand for: from its first character to the next cluster's,
 * which follows it from left to right and precedes it from right to left.
 */
static void add_cluster_text(const struct sp_shaper_work *work, const struct run *run,
                             const hb_glyph_info_t *info, unsigned count, unsigned i,
                             struct sp_placed_glyph *glyph)
{
    if (i > 0 && info[i - 1].cluster == info[i].cluster)
        return;
    unsigned end = run->end;
    if (run->level % 2 == 1 && i > 0)
        end = info[i - 1].cluster;
    for (unsigned j = i + 1; run->level % 2 == 0 && j < count; j++)
        if (info[j].cluster != info[i].cluster) {
            end = info[j].cluster;
            break;
        }
    glyph->text_start = work->offsets[info[i].cluster];
    glyph->text_length = (uint16_t)(work->offsets[end] - glyph->text_start);
}

static bool lay_run(struct sp_shaper *shaper, const struct run *run, unsigned code_count)
{
    hb_buffer_t *buffer = shaper->buffer;
    hb_buffer_clear_contents(buffer);
    hb_buffer_add_codepoints(buffer, shaper->work->codes, (int)code_count, run->start,
                             run->end - run->start);
    hb_buffer_set_direction(buffer, run->level % 2 ? HB_DIRECTION_RTL : HB_DIRECTION_LTR);
    hb_buffer_set_script(buffer, run->script);
    hb_buffer_set_language(buffer, shaper->font->language);
    /* False is a refused allocation: the buffer then holds characters, not glyphs. */
    if (!hb_shape_full(shaper->font->font, buffer, plain_features, SP_COUNT(plain_features), NULL))
        return false;
    unsigned count;
    const hb_glyph_info_t *info = hb_buffer_get_glyph_infos(buffer, &count);
    const hb_glyph_position_t *position = hb_buffer_get_glyph_positions(buffer, &count);
    for (unsigned i = 0; i < count; i++) {
        struct sp_placed_glyph glyph = {
            .number = (uint16_t)info[i].codepoint,
            .x = (int32_t)shaper->line.width + position[i].x_offset,
            .y = position[i].y_offset,
        };
        add_cluster_text(shaper->work, run, info, count, i, &glyph);
        add_glyph(shaper, glyph);
        measure_glyph(shaper, info[i].codepoint, position[i].y_offset);
        shaper->line.width += position[i].x_advance;
    }
    return hb_buffer_allocation_successful(buffer);
}

static enum sp_status lay_shaped(struct sp_shaper *shaper, const char *text, size_t length,
                                 struct sp_err *err)
{
    struct sp_shaper_work *work = shaper->work;
    const unsigned count = decode(work, text, length);
    if (!find_levels(work, count))
        return no_memory(err);
    const unsigned run_count = find_runs(work, count);
    order_runs(work->runs, run_count);
    for (unsigned i = 0; i < run_count; i++)
        if (!lay_run(shaper, &work->runs[i], count))
            return no_memory(err);
    return SP_OK;
}

enum sp_status sp_shape(struct sp_shaper *shaper, const char *text, size_t length,
                        const struct sp_line **line, struct sp_err *err)
{
    SP_ASSERT(length <= SP_CAPTION_BYTES_MAX);
    *line = &shaper->line;
    shaper->line.count = 0;
    shaper->line.width = 0;
    shaper->line.top = 0;
    shaper->line.bottom = 0;
    shaper->line.missing = 0;
    shaper->line.cut = false;
    shaper->line.plain = all_plain(text, length);
    if (!shaper->line.plain)
        return lay_shaped(shaper, text, length, err);
    lay_plain(shaper, text, length);
    return SP_OK;
}
