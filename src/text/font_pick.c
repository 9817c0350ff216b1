/* Which font has a character. */
#include "text/font_pick.h"

#include "base/check.h"
#include "base/num.h"

#include "text/font_set_state.h"

#include <string.h>

const struct sp_font_face *sp_font_set_face(const struct sp_font_set *set, unsigned font)
{
    SP_ASSERT(font < set->count);
    return &set->faces[font];
}

hb_language_t sp_font_set_language(const struct sp_font_set *set)
{
    return set->language;
}

const char *sp_font_set_language_tag(const struct sp_font_set *set)
{
    return set->language_tag;
}

struct sp_font_pairs *sp_font_set_pairs(struct sp_font_set *set, unsigned font)
{
    return font < SP_FONT_BUILTIN_COUNT ? &set->pairs[font] : NULL;
}

uint8_t sp_font_set_plain(const struct sp_font_set *set, enum sp_weight weight)
{
    return set->plain[weight];
}

/* Blanks that HarfBuzz makes of the space where a font lacks them. */
static bool is_blank(uint32_t code)
{
    return code == 0x00A0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) ||
           code == 0x202F || code == 0x205F || code == 0x3000;
}

static bool has_glyph(const struct sp_font_set *set, unsigned font, uint32_t code)
{
    const struct sp_font_face *face = &set->faces[font];
    hb_codepoint_t glyph;
    return hb_font_get_nominal_glyph(face->font, code, &glyph) && glyph != 0 &&
           (!set->full[font] || sp_font_face_has_used(face, glyph));
}

bool sp_font_set_has(const struct sp_font_set *set, unsigned font, uint32_t code)
{
    /* A character falls apart canonically in four steps at most (Unicode, 3.7). */
    for (int step = 0; step < 4; step++) {
        if (has_glyph(set, font, code) || (is_blank(code) && has_glyph(set, font, ' ')) ||
            (code == 0x2011 && has_glyph(set, font, 0x2010)))
            return true;
        hb_codepoint_t first, second;
        if (!hb_unicode_decompose(hb_unicode_funcs_get_default(), code, &first, &second) ||
            (second != 0 && !has_glyph(set, font, second)))
            return false;
        code = first;
    }
    return false;
}

/* Opens a file that was found, or finds that it is open already; SP_FONT_NONE if it is unfit. */
static uint8_t open_found(struct sp_font_set *set, struct sp_font_file *file, uint32_t code)
{
    char path[SP_FONT_PATH_BYTES];
    struct sp_font_face face;
    hb_codepoint_t glyph;
    if (!sp_font_walk_path(&set->walk, file, path))
        return SP_FONT_NONE;
    for (unsigned i = SP_FONT_BUILTIN_COUNT; i < set->count; i++)
        if (set->file[i] == file || (set->path[i] && strcmp(set->path[i], path) == 0))
            return has_glyph(set, i, code) ? (uint8_t)i : SP_FONT_NONE;
    if (sp_font_face_open_file(&face, path, file->face) != SP_FACE_GOOD) {
        file->unfit = true;
        return SP_FONT_NONE;
    }
    if (!hb_font_get_nominal_glyph(face.font, code, &glyph) || glyph == 0) {
        sp_font_face_close(&face);
        return SP_FONT_NONE;
    }
    const uint8_t font = sp_font_set_keep(set, &face);
    if (font == SP_FONT_NONE)
        file->unfit = true;
    else
        set->file[font] = file;
    return font;
}

static uint8_t look_for(struct sp_font_set *set, enum sp_weight weight, uint32_t code)
{
    struct sp_font_file *file;
    for (unsigned nth = 0; (file = sp_font_walk_nth(&set->walk, weight, nth)); nth++) {
        if (!sp_font_walk_may_have(&set->walk, file, code))
            continue;
        const uint8_t font = open_found(set, file, code);
        if (font != SP_FONT_NONE) {
            sp_font_set_chain(set, weight, font);
            return font;
        }
    }
    return SP_FONT_NONE;
}

void sp_font_set_begin(struct sp_font_set *set)
{
    for (unsigned i = SP_FONT_BUILTIN_COUNT; i < set->count; i++) {
        set->pending[i] = 0;
        set->pending_bytes[i] = 0;
    }
}

/*
 * Whether the subset of a font has room for a character's glyph besides all that were picked for
 * this text. Counted twice, for the glyphs that shaping may put in its place. A font that has no
 * room is full from then on.
 */
static bool has_room(struct sp_font_set *set, unsigned font, uint32_t code)
{
    const struct sp_font_face *face = sp_font_set_face(set, font);
    hb_codepoint_t glyph = 0;
    if (sp_font_set_is_builtin(set, font) || !hb_font_get_nominal_glyph(face->font, code, &glyph) ||
        sp_font_face_has_used(face, glyph))
        return true;
    const uint32_t more = set->pending[font] + 2;
    const uint64_t bytes = set->pending_bytes[font] + 2 * sp_font_face_outline_bytes(face, glyph);
    if (sp_font_set_heap_with(set, 0, sp_font_face_subset_bytes(face, more, bytes)) >
        set->heap_bytes) {
        set->full[font] = true;
        return false;
    }
    set->pending[font] = more;
    set->pending_bytes[font] = bytes;
    return true;
}

uint8_t sp_font_set_pick(struct sp_font_set *set, enum sp_weight weight, uint32_t code)
{
    for (unsigned i = 0; i < set->chain_count[weight]; i++) {
        const uint8_t font = set->chain[weight][i];
        if (sp_font_set_has(set, font, code) && has_room(set, font, code))
            return font;
    }
    uint32_t *absent = &set->absent[code % ABSENT_COUNT];
    if (*absent == code)
        return SP_FONT_NONE;
    const uint8_t font = look_for(set, weight, code);
    if (font != SP_FONT_NONE && has_room(set, font, code))
        return font;
    *absent = code;
    return SP_FONT_NONE;
}

void sp_font_set_mark(struct sp_font_set *set, unsigned font, uint32_t glyph, uint32_t code)
{
    SP_ASSERT(font < set->count);
    sp_font_face_mark(&set->faces[font], glyph, code);
}
