/* The fonts of one document: built in, named by the theme, found when a character asks for one. */
#include "text/font_set.h"

#include "base/check.h"
#include "base/num.h"
#include "base/sys.h"

#include "text/font_cff.h"
#include "text/font_rank.h"
#include "text/font_set_state.h"

#include <hb-ot.h>
#include <hb-subset.h>
#include <limits.h>
#include <string.h>

extern const char sp_font_noto[], sp_font_noto_end[];
extern const char sp_font_noto_bold[], sp_font_noto_bold_end[];
extern const char sp_font_file[], sp_font_file_end[];
extern const char sp_font_dejavu_bold[], sp_font_dejavu_bold_end[];

/*
 * HarfBuzz's heap for the built-in fonts: four faces that shape all they have, the sets of glyphs
 * while a font is looked for, and the largest subset.
 */
#define BUILTIN_HEAP (4 * SP_FACE_HEAP + 256 * 1024)
#define SUBSET_HEAP  (2304 * 1024)

size_t sp_font_set_need(void)
{
    return sp_arena_cost(sizeof(struct sp_font_set)) + sp_font_walk_need() +
           sp_arena_cost(SP_FONT_PATH_BYTES);
}

uint64_t sp_font_set_heap(void)
{
    return BUILTIN_HEAP + SUBSET_HEAP;
}

static enum sp_status no_memory(struct sp_err *err)
{
    return sp_fail(err, SP_NO_ROOM, "the system would not give the font library its memory");
}

void sp_font_set_chain(struct sp_font_set *set, enum sp_weight weight, unsigned font)
{
    for (unsigned i = 0; i < set->chain_count[weight]; i++)
        if (set->chain[weight][i] == font)
            return;
    SP_ASSERT(set->chain_count[weight] < SP_FONTS_MAX);
    set->chain[weight][set->chain_count[weight]++] = (uint8_t)font;
}

static bool has_ascii(const struct sp_font_face *face)
{
    for (uint32_t code = ' '; code < 127; code++) {
        hb_codepoint_t glyph;
        if (!hb_font_get_nominal_glyph(face->font, code, &glyph) ||
            hb_font_get_glyph_h_advance(face->font, glyph) <= 0)
            return false;
    }
    return true;
}

static enum sp_status open_builtin(struct sp_font_set *set, struct sp_err *err)
{
    const char *const starts[] = {sp_font_noto, sp_font_noto_bold, sp_font_file,
                                  sp_font_dejavu_bold};
    const char *const ends[] = {sp_font_noto_end, sp_font_noto_bold_end, sp_font_file_end,
                                sp_font_dejavu_bold_end};
    for (unsigned i = 0; i < SP_FONT_BUILTIN_COUNT; i++) {
        struct sp_font_face *face = &set->faces[i];
        /* Two labels of one object (font_file.S), which C cannot know. */
        /* cppcheck-suppress comparePointers */
        const size_t bytes = (size_t)(ends[i] - starts[i]);
        /* A built-in font that lacks something lost it to a refused allocation. */
        if (sp_font_face_open_memory(face, starts[i], bytes) != SP_FACE_GOOD || !has_ascii(face))
            return no_memory(err);
        SP_ASSERT(face->glyph_count <= SP_FONT_BUILTIN_GLYPHS_MAX);
        sp_font_face_tables(face, set->used[i], set->code[i]);
        sp_font_pairs_init(&set->pairs[i], face->font);
        set->count++;
    }
    return SP_OK;
}

uint64_t sp_font_set_heap_with(const struct sp_font_set *set, uint64_t open, uint64_t subset)
{
    for (unsigned i = SP_FONT_BUILTIN_COUNT; i < set->count; i++)
        subset = SP_MAX(subset, sp_font_face_subset_bytes(&set->faces[i], 0, 0));
    return sp_u64_add(set->open_bytes, sp_u64_add(open, subset));
}

uint8_t sp_font_set_keep(struct sp_font_set *set, struct sp_font_face *face)
{
    const uint64_t open = sp_font_face_open_bytes(face);
    if (set->count == SP_FONTS_MAX ||
        sp_font_set_heap_with(set, open, sp_font_face_subset_bytes(face, 0, 0)) > set->heap_bytes ||
        !sp_font_face_map_tables(face)) {
        sp_font_face_close(face);
        return SP_FONT_NONE;
    }
    set->open_bytes += open;
    set->faces[set->count] = *face;
    return (uint8_t)set->count++;
}

static bool is_path(const char *name)
{
    return strchr(name, '/') != NULL || sp_font_rank_is_font(name);
}

static enum sp_status refuse(enum sp_face_verdict verdict, const char *name, struct sp_err *err)
{
    switch (verdict) {
    case SP_FACE_NO_OUTLINES:
        return sp_fail(err, SP_BAD_SPEC,
                       "the font \"%s\" has no outlines that a PDF takes: TrueType or CFF", name);
    case SP_FACE_FORBIDDEN:
        return sp_fail(err, SP_BAD_SPEC, "the font \"%s\" says that it must not be embedded", name);
    case SP_FACE_NO_MEMORY:
        return no_memory(err);
    default:
        return sp_fail(err, SP_BAD_SPEC, "\"%s\" cannot be read as a font", name);
    }
}

/* Opens a face that the theme names. */
static enum sp_status open_named(struct sp_font_set *set, const char *name, const char *path,
                                 unsigned index, uint8_t *font, struct sp_err *err)
{
    struct sp_font_face face;
    const enum sp_face_verdict verdict = sp_font_face_open_file(&face, path, index);
    if (verdict != SP_FACE_GOOD)
        return refuse(verdict, name, err);
    const uint64_t need = sp_font_face_open_bytes(&face) + sp_font_face_subset_bytes(&face, 0, 0);
    *font = sp_font_set_keep(set, &face);
    if (*font == SP_FONT_NONE)
        return sp_fail(err, SP_NO_ROOM,
                       "the font \"%s\" takes %llu bytes of memory, and all fonts together have "
                       "%llu; give them more, or name a smaller font",
                       name, (unsigned long long)need, (unsigned long long)set->heap_bytes);
    return SP_OK;
}

static bool builtin_called(const struct sp_font_set *set, enum sp_weight weight, const char *name,
                           uint8_t *font)
{
    for (unsigned i = 0; i < SP_FONT_BUILTIN_COUNT; i += 2)
        if (sp_font_face_is_called(set->faces[i].face, name)) {
            *font = (uint8_t)(weight == SP_WEIGHT_BOLD ? i + 1 : i);
            return true;
        }
    return false;
}

static enum sp_status not_there(struct sp_font_set *set, const char *name, struct sp_err *err)
{
    char near[256];
    sp_font_walk_nearest(&set->walk, name, near, sizeof near);
    if (near[0])
        return sp_fail(err, SP_BAD_SPEC,
                       "no font is called \"%s\"; names like it are %s. \"Noto Sans\" and "
                       "\"DejaVu Sans\" are always there",
                       name, near);
    return sp_fail(err, SP_BAD_SPEC,
                   "no font is called \"%s\"; \"Noto Sans\" and \"DejaVu Sans\" are always there, "
                   "and a path names a file",
                   name);
}

static enum sp_status open_by_name(struct sp_font_set *set, enum sp_weight weight, const char *name,
                                   uint8_t *font, struct sp_err *err)
{
    char path[SP_FONT_PATH_BYTES];
    unsigned index = 0;
    if (is_path(name)) {
        const enum sp_status status = open_named(set, name, name, 0, font, err);
        if (status == SP_OK)
            set->path[*font] = name;
        return status;
    }
    if (builtin_called(set, weight, name, font))
        return SP_OK;
    struct sp_font_file *file = sp_font_walk_find(&set->walk, weight, name, &index);
    if (!file || !sp_font_walk_path(&set->walk, file, path))
        return not_there(set, name, err);
    /* Both weights may be one file. */
    for (unsigned i = SP_FONT_BUILTIN_COUNT; i < set->count; i++)
        if (set->file[i] == file) {
            *font = (uint8_t)i;
            return SP_OK;
        }
    const enum sp_status status = open_named(set, name, path, index, font, err);
    if (status == SP_OK)
        set->file[*font] = file;
    return status;
}

/* The bold face of the text's font; that itself if there is none, or it is not usable. */
static uint8_t bold_of(struct sp_font_set *set, uint8_t text)
{
    char family[SP_FONT_NAME_BYTES];
    uint8_t bold = text;
    if (sp_font_set_is_builtin(set, text))
        return (uint8_t)(text | 1);
    sp_font_face_family(sp_font_set_face(set, text)->face, family);
    if (family[0] && !is_path(family) &&
        open_by_name(set, SP_WEIGHT_BOLD, family, &bold, NULL) != SP_OK)
        return text;
    return bold;
}

/* The folder of a font that is named by its path: the others of its family may stand beside it. */
static void add_its_folder(struct sp_font_set *set, struct sp_arena *arena, const char *path)
{
    char *folder = sp_arena_take(arena, SP_FONT_PATH_BYTES, 1);
    const char *slash = path && is_path(path) ? strrchr(path, '/') : NULL;
    const size_t length = slash ? (size_t)(slash - path) : 0;
    if (length == 0 || length >= SP_FONT_PATH_BYTES)
        return;
    memcpy(folder, path, length);
    set->walk.folder_more = folder;
}

static enum sp_status open_theme(struct sp_font_set *set, const struct sp_font_set_spec *spec,
                                 struct sp_err *err)
{
    uint8_t text = SP_FONT_NOTO;
    uint8_t heading = SP_FONT_NOTO_BOLD;
    enum sp_status status = SP_OK;
    if (spec->text_font)
        status = open_by_name(set, SP_WEIGHT_REGULAR, spec->text_font, &text, err);
    if (status == SP_OK && spec->heading_font)
        status = open_by_name(set, SP_WEIGHT_BOLD, spec->heading_font, &heading, err);
    else if (status == SP_OK)
        heading = bold_of(set, text);
    if (status != SP_OK)
        return status;
    const uint8_t first[2] = {text, heading};
    for (unsigned weight = 0; weight < 2; weight++) {
        const uint8_t own = (uint8_t)(weight == SP_WEIGHT_BOLD);
        sp_font_set_chain(set, weight, first[weight]);
        sp_font_set_chain(set, weight, SP_FONT_NOTO + own);
        sp_font_set_chain(set, weight, SP_FONT_DEJAVU + own);
        /* The bold of DejaVu Sans lacks some of what the regular has. */
        sp_font_set_chain(set, weight, SP_FONT_DEJAVU);
        set->plain[weight] =
            has_ascii(&set->faces[first[weight]]) ? first[weight] : (uint8_t)(SP_FONT_NOTO + own);
    }
    return SP_OK;
}

enum sp_status sp_font_set_init(struct sp_font_set **made, struct sp_arena *arena,
                                const struct sp_font_set_spec *spec, struct sp_err *err)
{
    struct sp_font_set *set = sp_arena_take(arena, 1, sizeof *set);
    *made = set;
    set->heap_bytes = spec->heap_bytes;
    set->language_tag = spec->language;
    set->language = hb_language_from_string(spec->language ? spec->language : "en", -1);
    sp_font_walk_init(&set->walk, arena, spec->folders, spec->language);
    add_its_folder(set, arena, spec->text_font);
    enum sp_status status = open_builtin(set, err);
    if (status == SP_OK)
        status = open_theme(set, spec, err);
    if (status != SP_OK)
        sp_font_set_finish(set);
    return status;
}

static void drop_subset(struct sp_font_set *set)
{
    hb_blob_destroy(set->subset);
    set->subset = NULL;
    if (set->mapped)
        sp_sys_unmap(set->mapped, set->mapped_bytes);
    set->mapped = NULL;
}

void sp_font_set_finish(struct sp_font_set *set)
{
    drop_subset(set);
    for (unsigned i = 0; i < SP_FONTS_MAX; i++)
        sp_font_face_close(&set->faces[i]);
    set->count = 0;
}

unsigned sp_font_set_count(const struct sp_font_set *set)
{
    return set->count;
}

const char *sp_font_set_name(const struct sp_font_set *set, unsigned font)
{
    SP_ASSERT(font < set->count);
    return set->faces[font].name;
}

bool sp_font_set_is_builtin(const struct sp_font_set *set, unsigned font)
{
    SP_ASSERT(font < set->count);
    return font < SP_FONT_BUILTIN_COUNT;
}

bool sp_font_set_is_used(const struct sp_font_set *set, unsigned font)
{
    SP_ASSERT(font < set->count);
    return set->faces[font].used_count > 0;
}

/* The start of a table of the font file, or null if it is shorter than `length`. */
static const unsigned char *read_table(const struct sp_font_face *face, hb_tag_t tag,
                                       unsigned length, hb_blob_t **table)
{
    unsigned got;
    *table = hb_face_reference_table(face->face, tag);
    const char *bytes = hb_blob_get_data(*table, &got);
    return got >= length ? (const unsigned char *)bytes : NULL;
}

static int read_i16(const unsigned char *bytes)
{
    return (int16_t)(uint16_t)(bytes[0] << 8 | bytes[1]);
}

static void add_metrics(const struct sp_font_face *face, struct sp_font_facts *facts)
{
    hb_position_t position;
    hb_ot_metrics_get_position_with_fallback(face->font, HB_OT_METRICS_TAG_HORIZONTAL_ASCENDER,
                                             &position);
    facts->ascent = position;
    hb_ot_metrics_get_position_with_fallback(face->font, HB_OT_METRICS_TAG_HORIZONTAL_DESCENDER,
                                             &position);
    facts->descent = position;
    hb_ot_metrics_get_position_with_fallback(face->font, HB_OT_METRICS_TAG_CAP_HEIGHT, &position);
    facts->cap_height = position;
}

/* What stands in the tables head, post and OS/2 (OpenType). */
static void add_tables(const struct sp_font_face *face, struct sp_font_facts *facts)
{
    const int em = (int)hb_face_get_upem(face->face);
    hb_blob_t *table;
    const unsigned char *bytes = read_table(face, HB_TAG('h', 'e', 'a', 'd'), 44, &table);
    for (int i = 0; bytes && i < 4; i++)
        facts->box[i] = read_i16(bytes + 36 + (ptrdiff_t)2 * i) * 1000 / em;
    hb_blob_destroy(table);
    bytes = read_table(face, HB_TAG('p', 'o', 's', 't'), 16, &table);
    if (bytes) {
        facts->italic_angle = read_i16(bytes + 4);
        facts->fixed_pitch = (bytes[12] | bytes[13] | bytes[14] | bytes[15]) != 0;
    }
    hb_blob_destroy(table);
    /* PANOSE: of text fonts (2), serif styles 2 to 10 have serifs, 11 to 15 have none. */
    bytes = read_table(face, HB_TAG('O', 'S', '/', '2'), 42, &table);
    if (bytes)
        facts->serif = bytes[32] == 2 && bytes[33] >= 2 && bytes[33] <= 10;
    hb_blob_destroy(table);
}

struct sp_font_facts sp_font_set_facts(const struct sp_font_set *set, unsigned font)
{
    SP_ASSERT(font < set->count);
    const struct sp_font_face *face = &set->faces[font];
    struct sp_font_facts facts = {
        .name = face->postscript, .cff = face->cff, .glyph_count = face->glyph_count};
    add_metrics(face, &facts);
    add_tables(face, &facts);
    return facts;
}

bool sp_font_set_glyph_used(const struct sp_font_set *set, unsigned font, uint32_t glyph)
{
    SP_ASSERT(font < set->count);
    return sp_font_face_has_used(&set->faces[font], glyph);
}

int sp_font_set_glyph_width(const struct sp_font_set *set, unsigned font, uint32_t glyph)
{
    SP_ASSERT(font < set->count);
    return hb_font_get_glyph_h_advance(set->faces[font].font, glyph);
}

uint32_t sp_font_set_glyph_code(const struct sp_font_set *set, unsigned font, uint32_t glyph)
{
    SP_ASSERT(font < set->count);
    return glyph < set->faces[font].glyph_count ? set->faces[font].code[glyph] : 0;
}

/* What a document needs of a TrueType font: shaping is done, names and codes stand in the PDF. */
static const hb_tag_t kept_tables[] = {
    HB_TAG('g', 'l', 'y', 'f'), HB_TAG('h', 'e', 'a', 'd'), HB_TAG('h', 'h', 'e', 'a'),
    HB_TAG('h', 'm', 't', 'x'), HB_TAG('l', 'o', 'c', 'a'), HB_TAG('m', 'a', 'x', 'p'),
};

/*
 * The font without its other tables. The subsetter reads all characters of a font even if it is
 * only asked for glyphs, which takes megabytes; so it is shown none.
 */
static hb_face_t *bare_face(const struct sp_font_face *face)
{
    hb_face_t *bare = hb_face_builder_create();
    bool complete = bare != hb_face_get_empty();
    for (size_t i = 0; i < SP_COUNT(kept_tables); i++) {
        hb_blob_t *table = hb_face_reference_table(face->face, kept_tables[i]);
        if (hb_blob_get_length(table) > 0)
            complete = hb_face_builder_add_table(bare, kept_tables[i], table) && complete;
        hb_blob_destroy(table);
    }
    if (complete)
        return bare;
    hb_face_destroy(bare);
    return NULL;
}

static hb_subset_input_t *subset_input(const struct sp_font_face *face)
{
    hb_subset_input_t *input = hb_subset_input_create_or_fail();
    if (!input)
        return NULL;
    hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_NO_HINTING | HB_SUBSET_FLAGS_RETAIN_GIDS |
                                         HB_SUBSET_FLAGS_NOTDEF_OUTLINE);
    hb_set_t *glyphs = hb_subset_input_glyph_set(input);
    for (uint32_t glyph = 0; glyph < face->glyph_count; glyph++)
        if (sp_font_face_has_used(face, glyph))
            hb_set_add(glyphs, glyph);
    if (hb_set_allocation_successful(glyphs))
        return input;
    hb_subset_input_destroy(input);
    return NULL;
}

static enum sp_status subset_truetype(struct sp_font_set *set, const struct sp_font_face *face,
                                      const unsigned char **file, size_t *file_bytes,
                                      struct sp_err *err)
{
    hb_subset_input_t *input = subset_input(face);
    hb_face_t *bare = bare_face(face);
    hb_face_t *made = input && bare ? hb_subset_or_fail(bare, input) : NULL;
    hb_subset_input_destroy(input);
    hb_face_destroy(bare);
    if (!made)
        return no_memory(err);
    /* A refused allocation can leave a subset without outlines; the box for glyph 0 is one. */
    hb_blob_t *outlines = hb_face_reference_table(made, HB_TAG('g', 'l', 'y', 'f'));
    const bool drawn = hb_blob_get_length(outlines) > 0;
    hb_blob_destroy(outlines);
    set->subset = hb_face_reference_blob(made);
    hb_face_destroy(made);
    unsigned length = 0;
    *file = (const unsigned char *)hb_blob_get_data(set->subset, &length);
    *file_bytes = length;
    return drawn && length > 0 ? SP_OK : no_memory(err);
}

enum sp_status sp_font_set_subset(struct sp_font_set *set, unsigned font,
                                  const unsigned char **file, size_t *file_bytes,
                                  struct sp_err *err)
{
    SP_ASSERT(font < set->count);
    const struct sp_font_face *face = &set->faces[font];
    drop_subset(set);
    if (!face->cff)
        return subset_truetype(set, face, file, file_bytes, err);
    const enum sp_status status =
        sp_cff_subset(face->face, face->used, &set->mapped, &set->mapped_bytes, err);
    *file = set->mapped;
    *file_bytes = set->mapped_bytes;
    return status;
}
