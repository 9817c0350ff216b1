/* From runs to glyphs: ASCII by table, missing characters by their codes, the rest by HarfBuzz. */
#include "text/typeset_state.h"

#include "base/num.h"

static bool add_shaped(struct sp_shaped *at, unsigned room, int *count, struct sp_shaped glyph)
{
    if ((unsigned)*count == room)
        return false;
    at[(*count)++] = glyph;
    return true;
}

struct sp_shaped sp_typeset_single(const struct sp_typesetter *typesetter, unsigned font,
                                   uint32_t code)
{
    const struct sp_font_face *face = sp_font_set_face(typesetter->fonts, font);
    hb_codepoint_t glyph = 0;
    (void)hb_font_get_nominal_glyph(face->font, code, &glyph);
    return (struct sp_shaped){.number = (uint16_t)glyph,
                              .advance = hb_font_get_glyph_h_advance(face->font, glyph),
                              .font = (uint8_t)font,
                              .natural = true};
}

/* "U+1F600" in the font of plain text. */
static void shape_code(const struct sp_typesetter *typesetter, uint32_t code, unsigned cluster,
                       struct sp_shaped *at, unsigned room, int *count)
{
    static const char digits[] = "0123456789ABCDEF";
    const uint8_t font = sp_font_set_plain(typesetter->fonts, typesetter->weight);
    char text[8] = "U+";
    size_t length = 2;
    for (unsigned shift = code > 0xFFFFF ? 20 : code > 0xFFFF ? 16 : 12;; shift -= 4) {
        text[length++] = digits[code >> shift & 0xF];
        if (shift == 0)
            break;
    }
    for (size_t i = 0; i < length; i++) {
        struct sp_shaped glyph = sp_typeset_single(typesetter, font, (unsigned char)text[i]);
        glyph.cluster = (uint16_t)cluster;
        glyph.missing = i == 0;
        if (!add_shaped(at, room, count, glyph))
            return;
    }
}

bool sp_typeset_shape_plain(struct sp_typesetter *typesetter, unsigned font, unsigned start,
                            unsigned end, struct sp_shaped *at)
{
    struct sp_font_pairs *pairs = sp_font_set_pairs(typesetter->fonts, font);
    const uint32_t *codes = typesetter->codes;
    for (unsigned i = start; i < end; i++) {
        const unsigned first = codes[i] - SP_PAIRS_FIRST;
        int16_t kern = 0;
        if (i + 1 < end) {
            const unsigned second = codes[i + 1] - SP_PAIRS_FIRST;
            kern = pairs->kern[first][second];
            if (kern == SP_PAIR_UNKNOWN)
                kern = sp_font_pairs_ask(pairs, sp_font_set_face(typesetter->fonts, font)->font,
                                         typesetter->buffer,
                                         sp_font_set_language(typesetter->fonts), first, second);
            if (kern == SP_PAIR_SHAPED)
                return false;
        }
        at[i - start] = (struct sp_shaped){.number = pairs->glyph[first],
                                           .cluster = (uint16_t)i,
                                           .advance = pairs->advance[first] + kern,
                                           .font = (uint8_t)font,
                                           .natural = kern == 0};
    }
    return true;
}

static void fill_buffer(struct sp_typesetter *typesetter, const struct sp_run *run, unsigned start,
                        unsigned end)
{
    hb_buffer_t *buffer = typesetter->buffer;
    const unsigned part = typesetter->part_start;
    hb_buffer_clear_contents(buffer);
    /* What stands around it in its part decides how letters join. */
    hb_buffer_add_codepoints(buffer, typesetter->codes + part, (int)(typesetter->part_end - part),
                             start - part, (int)(end - start));
    hb_buffer_set_direction(buffer, run->level % 2 ? HB_DIRECTION_RTL : HB_DIRECTION_LTR);
    hb_buffer_set_script(buffer, run->script);
    hb_buffer_set_language(buffer, sp_font_set_language(typesetter->fonts));
    hb_buffer_set_flags(buffer, HB_BUFFER_FLAG_REMOVE_DEFAULT_IGNORABLES);
}

static int16_t to_i16(int32_t value)
{
    return (int16_t)SP_MAX(INT16_MIN, SP_MIN(value, INT16_MAX));
}

/* What HarfBuzz made of a run; a box for what is missing becomes the character's code. */
static int read_buffer(struct sp_typesetter *typesetter, const struct sp_run *run,
                       struct sp_shaped *at, unsigned room)
{
    const struct sp_font_face *face = sp_font_set_face(typesetter->fonts, run->font);
    unsigned glyphs;
    int count = 0;
    const hb_glyph_info_t *info = hb_buffer_get_glyph_infos(typesetter->buffer, &glyphs);
    const hb_glyph_position_t *position =
        hb_buffer_get_glyph_positions(typesetter->buffer, &glyphs);
    for (unsigned i = 0; i < glyphs; i++) {
        const unsigned cluster = info[i].cluster + typesetter->part_start;
        if (info[i].codepoint == 0) {
            unsigned shown = cluster;
            while (shown < run->end && sp_typeset_is_ignorable(typesetter->codes[shown]))
                shown++;
            if (shown < run->end)
                shape_code(typesetter, typesetter->codes[shown], cluster, at, room, &count);
            continue;
        }
        const struct sp_shaped glyph = {
            .number = (uint16_t)info[i].codepoint,
            .cluster = (uint16_t)cluster,
            .advance = position[i].x_advance,
            .x = to_i16(position[i].x_offset),
            .y = to_i16(position[i].y_offset),
            .font = run->font,
            .natural = position[i].x_advance ==
                       hb_font_get_glyph_h_advance(face->font, info[i].codepoint)};
        if (!add_shaped(at, room, &count, glyph))
            break;
    }
    return count;
}

int sp_typeset_shape(struct sp_typesetter *typesetter, const struct sp_run *run, unsigned start,
                     unsigned end, struct sp_shaped *at, unsigned room)
{
    int count = 0;
    if (run->kind == SP_RUN_NOTHING || start == end)
        return 0;
    if (run->kind == SP_RUN_MISSING) {
        shape_code(typesetter, typesetter->codes[start], start, at, room, &count);
        return count;
    }
    if (run->kind == SP_RUN_PLAIN && end - start <= room &&
        sp_typeset_shape_plain(typesetter, run->font, start, end, at))
        return (int)(end - start);
    fill_buffer(typesetter, run, start, end);
    const bool letters = run->script == HB_SCRIPT_LATIN || run->script == HB_SCRIPT_GREEK ||
                         run->script == HB_SCRIPT_CYRILLIC || run->script == HB_SCRIPT_COMMON;
    /* False is a refused allocation: the buffer then holds characters, not glyphs. */
    if (!hb_shape_full(sp_font_set_face(typesetter->fonts, run->font)->font, typesetter->buffer,
                       letters ? sp_font_letters : NULL, letters ? SP_COUNT(sp_font_letters) : 0,
                       NULL) ||
        !hb_buffer_allocation_successful(typesetter->buffer))
        return -1;
    return read_buffer(typesetter, run, at, room);
}

/* Notes the widths of clusters, where they begin and which are missing. */
static void note_clusters(struct sp_typesetter *typesetter, const struct sp_run *run,
                          const struct sp_shaped *shaped, unsigned count)
{
    for (unsigned i = run->start; i < run->end; i++) {
        typesetter->advances[i] = 0;
        typesetter->glyph_counts[i] = 0;
        typesetter->marks[i] &= SP_MARK_BLANK;
    }
    typesetter->marks[run->start] |= SP_MARK_CLUSTER;
    for (unsigned i = 0; i < count; i++) {
        const unsigned cluster = shaped[i].cluster;
        typesetter->advances[cluster] += shaped[i].advance;
        typesetter->glyph_counts[cluster] += typesetter->glyph_counts[cluster] < UINT8_MAX;
        typesetter->marks[cluster] |= SP_MARK_CLUSTER;
        if (shaped[i].missing && typesetter->paragraph.missing++ == 0)
            typesetter->paragraph.missing_first = typesetter->codes[cluster];
    }
}

bool sp_typeset_shape_part(struct sp_typesetter *typesetter)
{
    typesetter->shaped_count = 0;
    typesetter->breaks_known = false;
    for (unsigned i = 0; i < typesetter->run_count; i++) {
        struct sp_run *run = &typesetter->runs[i];
        struct sp_shaped *at = typesetter->shaped + typesetter->shaped_count;
        const int count =
            sp_typeset_shape(typesetter, run, run->start, run->end, at, SP_RUN_SHAPED_MAX);
        if (count < 0)
            return false;
        note_clusters(typesetter, run, at, (unsigned)count);
        run->kept = typesetter->shaped_count + (unsigned)count <= SP_SHAPED_MAX;
        if (run->kept) {
            run->glyph_start = (uint16_t)typesetter->shaped_count;
            run->glyph_count = (uint16_t)count;
            typesetter->shaped_count += (unsigned)count;
        }
    }
    return true;
}
