#include "text/font.h"

#include "base/check.h"

#include <hb-ot.h>
#include <hb-subset.h>
#include <string.h>

extern const char sp_font_file[];
extern const char sp_font_file_end[];

size_t sp_font_file_bytes(void)
{
    /* Two labels of one object (font_file.S), which C cannot know. */
    /* cppcheck-suppress comparePointers */
    return (size_t)(sp_font_file_end - sp_font_file);
}

size_t sp_font_need(void)
{
    return sp_arena_cost(SP_GLYPHS_MAX * sizeof(uint32_t));
}

static enum sp_status no_memory(struct sp_err *err)
{
    return sp_fail(err, SP_NO_ROOM, "the system would not give the font library its memory");
}

/* The lowest code point of every glyph, for the map back to Unicode. */
static bool fill_codes(struct sp_font *font)
{
    hb_set_t *codes = hb_set_create();
    hb_face_collect_unicodes(font->face, codes);
    for (hb_codepoint_t code = HB_SET_VALUE_INVALID; hb_set_next(codes, &code);) {
        hb_codepoint_t glyph;
        if (hb_font_get_nominal_glyph(font->font, code, &glyph) && glyph < SP_GLYPHS_MAX &&
            font->code[glyph] == 0)
            font->code[glyph] = code;
    }
    const bool complete = hb_set_allocation_successful(codes);
    hb_set_destroy(codes);
    return complete;
}

/*
 * The bundled font has every printable character of ASCII. One that lacks any lost a table to a
 * refused allocation, which HarfBuzz tells in no other way.
 */
static bool has_ascii(const struct sp_font *font)
{
    for (unsigned code = ' '; code < 127; code++)
        if (font->glyph[code] == 0 || font->advance[code] == 0 ||
            font->code[font->glyph[code]] == 0)
            return false;
    return true;
}

enum sp_status sp_font_init(struct sp_font *font, struct sp_arena *arena, struct sp_err *err)
{
    *font = (struct sp_font){.code = sp_arena_take(arena, SP_GLYPHS_MAX, sizeof(uint32_t))};
    hb_blob_t *file = hb_blob_create(sp_font_file, (unsigned)sp_font_file_bytes(),
                                     HB_MEMORY_MODE_READONLY, NULL, NULL);
    font->face = hb_face_create(file, 0);
    hb_blob_destroy(file);
    font->font = hb_font_create(font->face);
    font->language = hb_language_from_string("en", -1);
    font->glyph_count = hb_face_get_glyph_count(font->face);
    font->units_per_em = hb_face_get_upem(font->face);
    hb_font_set_scale(font->font, (int)font->units_per_em, (int)font->units_per_em);
    /* HarfBuzz answers a refused allocation with empty objects, which have no glyphs. */
    if (font->glyph_count == 0 || font->font == hb_font_get_empty() || !fill_codes(font)) {
        sp_font_finish(font);
        return no_memory(err);
    }
    hb_font_make_immutable(font->font);
    SP_ASSERT(font->glyph_count <= SP_GLYPHS_MAX);
    for (unsigned code = 0; code < 128; code++) {
        hb_codepoint_t glyph = 0;
        (void)hb_font_get_nominal_glyph(font->font, code, &glyph);
        font->glyph[code] = (uint16_t)glyph;
        font->advance[code] = (uint16_t)hb_font_get_glyph_h_advance(font->font, glyph);
    }
    if (!has_ascii(font)) {
        sp_font_finish(font);
        return no_memory(err);
    }
    return SP_OK;
}

void sp_font_finish(struct sp_font *font)
{
    hb_blob_destroy(font->subset);
    hb_font_destroy(font->font);
    hb_face_destroy(font->face);
    font->subset = NULL;
    font->font = NULL;
    font->face = NULL;
}

int sp_font_advance(const struct sp_font *font, uint32_t glyph)
{
    return hb_font_get_glyph_h_advance(font->font, glyph);
}

void sp_glyph_set_add(struct sp_glyph_set *set, const struct sp_glyph_set *more)
{
    for (size_t i = 0; i < SP_GLYPHS_MAX / 64; i++)
        set->words[i] |= more->words[i];
}

/* A big-endian 16-bit number of the font file (OpenType, data types). */
static int read_i16(const char *bytes)
{
    const unsigned char *b = (const unsigned char *)bytes;
    return (int16_t)(uint16_t)(b[0] << 8 | b[1]);
}

struct sp_font_metrics sp_font_metrics(const struct sp_font *font)
{
    struct sp_font_metrics metrics = {.name = "DejaVuSans"};
    hb_position_t position;
    if (hb_ot_metrics_get_position(font->font, HB_OT_METRICS_TAG_HORIZONTAL_ASCENDER, &position))
        metrics.ascent = position;
    if (hb_ot_metrics_get_position(font->font, HB_OT_METRICS_TAG_HORIZONTAL_DESCENDER, &position))
        metrics.descent = position;
    /* The table OS/2 of older files has no such entry; then a capital letter is measured. */
    hb_ot_metrics_get_position_with_fallback(font->font, HB_OT_METRICS_TAG_CAP_HEIGHT, &position);
    metrics.cap_height = position;
    /* xMin, yMin, xMax, yMax stand at byte 36 of the table head. */
    hb_blob_t *head = hb_face_reference_table(font->face, HB_TAG('h', 'e', 'a', 'd'));
    unsigned length;
    const char *bytes = hb_blob_get_data(head, &length);
    for (int i = 0; i < 4 && length >= 44; i++)
        metrics.box[i] = read_i16(bytes + 36 + 2 * i);
    hb_blob_destroy(head);
    return metrics;
}

/* Tables a document needs no more: shaping is done, names and encodings stand in the PDF. */
static const hb_tag_t dropped_tables[] = {
    HB_TAG('G', 'S', 'U', 'B'), HB_TAG('G', 'P', 'O', 'S'), HB_TAG('G', 'D', 'E', 'F'),
    HB_TAG('k', 'e', 'r', 'n'), HB_TAG('n', 'a', 'm', 'e'), HB_TAG('O', 'S', '/', '2'),
    HB_TAG('p', 'o', 's', 't'), HB_TAG('c', 'm', 'a', 'p'), HB_TAG('F', 'F', 'T', 'M'),
    HB_TAG('g', 'a', 's', 'p'),
};

enum sp_status sp_font_subset(struct sp_font *font, const struct sp_glyph_set *used,
                              const unsigned char **file, size_t *file_bytes, struct sp_err *err)
{
    SP_ASSERT(!font->subset);
    hb_subset_input_t *input = hb_subset_input_create_or_fail();
    if (!input)
        return no_memory(err);
    hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_NO_HINTING | HB_SUBSET_FLAGS_RETAIN_GIDS |
                                         HB_SUBSET_FLAGS_NOTDEF_OUTLINE);
    hb_set_t *dropped = hb_subset_input_set(input, HB_SUBSET_SETS_DROP_TABLE_TAG);
    for (size_t i = 0; i < sizeof dropped_tables / sizeof dropped_tables[0]; i++)
        hb_set_add(dropped, dropped_tables[i]);
    hb_set_t *glyphs = hb_subset_input_glyph_set(input);
    for (uint32_t glyph = 0; glyph < font->glyph_count; glyph++)
        if (sp_glyph_set_has(used, glyph))
            hb_set_add(glyphs, glyph);
    const bool complete = hb_set_allocation_successful(glyphs);
    hb_face_t *face = complete ? hb_subset_or_fail(font->face, input) : NULL;
    hb_subset_input_destroy(input);
    if (!face)
        return no_memory(err);
    /* A refused allocation can leave a subset without outlines; the box for what is missing is one.
     */
    hb_blob_t *outlines = hb_face_reference_table(face, HB_TAG('g', 'l', 'y', 'f'));
    const bool drawn = hb_blob_get_length(outlines) > 0;
    hb_blob_destroy(outlines);
    font->subset = hb_face_reference_blob(face);
    hb_face_destroy(face);
    unsigned length = 0;
    *file = (const unsigned char *)hb_blob_get_data(font->subset, &length);
    *file_bytes = length;
    return drawn && length > 0 ? SP_OK : no_memory(err);
}
