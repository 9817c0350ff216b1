/* Faces: opened with HarfBuzz, judged by their tables, priced by their size. */
#include "text/font_face.h"

#include "base/check.h"
#include "base/num.h"
#include "base/sys.h"

#include "text/font_cff.h"

#include <hb-ot.h>
#include <string.h>

/* Bits of fsType (OpenType, OS/2): the usage permissions, and bitmaps only. */
#define FS_TYPE_USAGE      0x000F
#define FS_TYPE_RESTRICTED 0x0002
#define FS_TYPE_BITMAP     0x0200

/* Components of composite glyphs that are followed when one is weighed. */
#define COMPONENTS_MAX 64

static uint32_t read_u16(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 8 | bytes[1];
}

static uint32_t read_u32(const unsigned char *bytes)
{
    return read_u16(bytes) << 16 | read_u16(bytes + 2);
}

static const unsigned char *blob_bytes(hb_blob_t *blob, size_t *length)
{
    unsigned count;
    const char *data = hb_blob_get_data(blob, &count);
    *length = count;
    return (const unsigned char *)data;
}

static bool has_table(hb_face_t *face, hb_tag_t tag)
{
    hb_blob_t *table = hb_face_reference_table(face, tag);
    const bool has = hb_blob_get_length(table) > 0;
    hb_blob_destroy(table);
    return has;
}

static bool may_embed(hb_face_t *face)
{
    hb_blob_t *table = hb_face_reference_table(face, HB_TAG('O', 'S', '/', '2'));
    size_t length;
    const unsigned char *bytes = blob_bytes(table, &length);
    const uint32_t type = length >= 10 ? read_u16(bytes + 8) : 0;
    hb_blob_destroy(table);
    return (type & FS_TYPE_USAGE) != FS_TYPE_RESTRICTED && (type & FS_TYPE_BITMAP) == 0;
}

static void read_name(const hb_face_t *face, hb_ot_name_id_t id, char *name)
{
    unsigned size = SP_FONT_NAME_BYTES;
    name[0] = '\0';
    /* cppcheck-suppress cert-EXP05-C */
    (void)hb_ot_name_get_utf8((hb_face_t *)(uintptr_t)face, id, hb_language_from_string("en", -1),
                              &size, name);
}

void sp_font_face_family(const hb_face_t *face, char *name)
{
    read_name(face, HB_OT_NAME_ID_TYPOGRAPHIC_FAMILY, name);
    if (!name[0])
        read_name(face, HB_OT_NAME_ID_FONT_FAMILY, name);
}

static void append(char *name, const char *more)
{
    size_t at = strlen(name);
    while (*more && at + 1 < SP_FONT_NAME_BYTES)
        name[at++] = *more++;
    name[at] = '\0';
}

/* Characters of a name in a PDF that need no escape (ISO 32000-1, 7.3.5). */
static bool is_name_character(char c)
{
    return c > ' ' && c <= '~' && !strchr("()<>[]{}/%#", c);
}

static void fill_names(struct sp_font_face *face)
{
    char style[SP_FONT_NAME_BYTES], name[SP_FONT_NAME_BYTES];
    sp_font_face_family(face->face, face->name);
    read_name(face->face, HB_OT_NAME_ID_TYPOGRAPHIC_SUBFAMILY, style);
    if (!style[0])
        read_name(face->face, HB_OT_NAME_ID_FONT_SUBFAMILY, style);
    if (face->name[0] && style[0])
        append(face->name, " ");
    append(face->name, style);
    read_name(face->face, HB_OT_NAME_ID_POSTSCRIPT_NAME, name);
    size_t length = 0;
    for (const char *c = name; *c; c++)
        if (is_name_character(*c))
            face->postscript[length++] = *c;
    face->postscript[length] = '\0';
    if (length == 0)
        append(face->postscript, "Font");
    if (!face->name[0])
        append(face->name, face->postscript);
}

static enum sp_face_verdict judge(struct sp_font_face *face)
{
    if (face->face == hb_face_get_empty() || face->font == hb_font_get_empty())
        return SP_FACE_NO_MEMORY;
    if (face->glyph_count == 0)
        return SP_FACE_BROKEN;
    face->cff = has_table(face->face, HB_TAG('C', 'F', 'F', ' '));
    if (!face->cff && (!has_table(face->face, HB_TAG('g', 'l', 'y', 'f')) ||
                       !has_table(face->face, HB_TAG('l', 'o', 'c', 'a'))))
        return SP_FACE_NO_OUTLINES;
    if (has_table(face->face, HB_TAG('C', 'B', 'D', 'T')) ||
        has_table(face->face, HB_TAG('s', 'b', 'i', 'x')))
        return SP_FACE_NO_OUTLINES;
    face->subset_base =
        face->cff ? sp_cff_base_bytes(face->face) : 128 * 1024 + UINT64_C(128) * face->glyph_count;
    if (face->subset_base == 0)
        return SP_FACE_BROKEN;
    return may_embed(face->face) ? SP_FACE_GOOD : SP_FACE_FORBIDDEN;
}

static enum sp_face_verdict open_blob(struct sp_font_face *face, hb_blob_t *file, unsigned index)
{
    *face = (struct sp_font_face){.face = hb_face_create(file, index)};
    hb_blob_destroy(file);
    face->font = hb_font_create(face->face);
    face->glyph_count = hb_face_get_glyph_count(face->face);
    hb_font_set_scale(face->font, 1000, 1000);
    const enum sp_face_verdict verdict = judge(face);
    if (verdict != SP_FACE_GOOD) {
        sp_font_face_close(face);
        return verdict;
    }
    hb_font_make_immutable(face->font);
    face->outlines = hb_face_reference_table(face->face, face->cff ? HB_TAG('C', 'F', 'F', ' ')
                                                                   : HB_TAG('l', 'o', 'c', 'a'));
    fill_names(face);
    return SP_FACE_GOOD;
}

enum sp_face_verdict sp_font_face_open_memory(struct sp_font_face *face, const char *file,
                                              size_t file_bytes)
{
    return open_blob(
        face, hb_blob_create(file, (unsigned)file_bytes, HB_MEMORY_MODE_READONLY, NULL, NULL), 0);
}

enum sp_face_verdict sp_font_face_open_file(struct sp_font_face *face, const char *path,
                                            unsigned index)
{
    *face = (struct sp_font_face){0};
    hb_blob_t *file = hb_blob_create_from_file_or_fail(path);
    return file ? open_blob(face, file, index) : SP_FACE_BROKEN;
}

void sp_font_face_tables(struct sp_font_face *face, uint64_t *used, uint32_t *code)
{
    face->used = used;
    face->code = code;
}

static size_t words_of(uint32_t glyph_count)
{
    return (glyph_count + 63) / 64;
}

static size_t table_bytes(const struct sp_font_face *face)
{
    return words_of(face->glyph_count) * sizeof(uint64_t) + face->glyph_count * sizeof(uint32_t);
}

bool sp_font_face_map_tables(struct sp_font_face *face)
{
    int error;
    face->map_bytes = table_bytes(face);
    face->map = sp_sys_map(face->map_bytes, &error);
    if (!face->map)
        return false;
    uint64_t *used = face->map;
    sp_font_face_tables(face, used, (uint32_t *)(used + words_of(face->glyph_count)));
    return true;
}

void sp_font_face_close(struct sp_font_face *face)
{
    hb_blob_destroy(face->outlines);
    hb_font_destroy(face->font);
    hb_face_destroy(face->face);
    if (face->map)
        sp_sys_unmap(face->map, face->map_bytes);
    *face = (struct sp_font_face){0};
}

unsigned sp_font_file_faces(const char *path)
{
    hb_blob_t *file = hb_blob_create_from_file_or_fail(path);
    if (!file)
        return 0;
    const unsigned count = hb_face_count(file);
    hb_blob_destroy(file);
    return count;
}

static char next_letter(const char **at)
{
    while (**at == ' ' || **at == '-')
        (*at)++;
    const char c = **at;
    *at += c != '\0';
    return (char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
}

static bool same_name(const char *one, const char *other)
{
    for (;;) {
        const char a = next_letter(&one);
        const char b = next_letter(&other);
        if (a != b)
            return false;
        if (a == '\0')
            return true;
    }
}

bool sp_font_face_is_called(const hb_face_t *face, const char *name)
{
    static const hb_ot_name_id_t ids[] = {HB_OT_NAME_ID_TYPOGRAPHIC_FAMILY,
                                          HB_OT_NAME_ID_FONT_FAMILY, HB_OT_NAME_ID_FULL_NAME,
                                          HB_OT_NAME_ID_POSTSCRIPT_NAME};
    for (size_t i = 0; i < SP_COUNT(ids); i++) {
        char own[SP_FONT_NAME_BYTES];
        read_name(face, ids[i], own);
        if (own[0] && same_name(own, name))
            return true;
    }
    return false;
}

static uint64_t lookup_count(hb_face_t *face)
{
    return (uint64_t)hb_ot_layout_table_get_lookup_count(face, HB_OT_TAG_GSUB) +
           hb_ot_layout_table_get_lookup_count(face, HB_OT_TAG_GPOS);
}

uint64_t sp_font_face_open_bytes(const struct sp_font_face *face)
{
    return SP_FACE_HEAP + SP_FACE_HEAP_LOOKUP * lookup_count(face->face) + table_bytes(face);
}

/*
 * The subsetter of HarfBuzz takes some 100 bytes for each glyph of the font, used or not, and the
 * outlines it keeps three times: as parts, as a table and as a file.
 */
uint64_t sp_font_face_subset_bytes(const struct sp_font_face *face, uint32_t more,
                                   uint64_t more_bytes)
{
    const uint64_t count = (uint64_t)face->used_count + more;
    const uint64_t bytes = face->used_bytes + more_bytes;
    return face->cff ? face->subset_base + bytes : face->subset_base + 160 * count + 4 * bytes;
}

/* Where a glyph's outline begins and how long it is (OpenType, loca); the unit is 2 or 4 bytes. */
static uint64_t glyf_length(const struct sp_font_face *face, uint32_t glyph, uint64_t *start)
{
    size_t length;
    const unsigned char *loca = blob_bytes(face->outlines, &length);
    const bool wide = length >= ((size_t)face->glyph_count + 1) * 4;
    const size_t at = (size_t)glyph * (wide ? 4 : 2);
    if (glyph >= face->glyph_count || at + (wide ? 8 : 4) > length)
        return 0;
    *start = wide ? read_u32(loca + at) : 2 * (uint64_t)read_u16(loca + at);
    const uint64_t end = wide ? read_u32(loca + at + 4) : 2 * (uint64_t)read_u16(loca + at + 2);
    return end > *start ? end - *start : 0;
}

/* Flags of a component (OpenType, glyf, composite glyph description). */
#define ARGS_ARE_WORDS 0x0001
#define HAS_SCALE      0x0008
#define HAS_MORE       0x0020
#define HAS_TWO_SCALES 0x0040
#define HAS_MATRIX     0x0080

/* Adds the glyphs that an outline is composed of to a list; returns its new length. */
static size_t add_components(const unsigned char *outline, size_t length, uint32_t *list,
                             size_t count)
{
    if (length < 10 || (read_u16(outline) & 0x8000) == 0)
        return count;
    for (size_t at = 10; at + 4 <= length && count < COMPONENTS_MAX;) {
        const uint32_t flags = read_u16(outline + at);
        list[count++] = read_u16(outline + at + 2);
        at += 4 + (flags & ARGS_ARE_WORDS ? 4 : 2);
        at += flags & HAS_SCALE ? 2 : flags & HAS_TWO_SCALES ? 4 : flags & HAS_MATRIX ? 8 : 0;
        if ((flags & HAS_MORE) == 0)
            break;
    }
    return count;
}

uint64_t sp_font_face_outline_bytes(const struct sp_font_face *face, uint32_t glyph)
{
    if (face->cff)
        return sp_cff_glyph_bytes(face->outlines, glyph);
    hb_blob_t *table = hb_face_reference_table(face->face, HB_TAG('g', 'l', 'y', 'f'));
    size_t length;
    const unsigned char *glyf = blob_bytes(table, &length);
    uint32_t list[COMPONENTS_MAX] = {glyph};
    uint64_t sum = 0;
    size_t count = 1;
    for (size_t i = 0; i < count; i++) {
        uint64_t start = 0;
        const uint64_t bytes = glyf_length(face, list[i], &start);
        sum += bytes;
        if (bytes > 0 && start + bytes <= length)
            count = add_components(glyf + start, (size_t)bytes, list, count);
    }
    hb_blob_destroy(table);
    return sum;
}

/*
 * A space and a hyphen are kept for what they mostly are, even where the font shares them with
 * characters that look the same and one of those came first.
 */
static uint32_t plainest(const struct sp_font_face *face, uint32_t glyph, uint32_t code)
{
    static const uint32_t plain[] = {' ', '-'};
    for (size_t i = 0; i < SP_COUNT(plain) && code >= 128; i++) {
        hb_codepoint_t own;
        if (hb_font_get_nominal_glyph(face->font, plain[i], &own) && own == glyph)
            return plain[i];
    }
    return code;
}

void sp_font_face_mark(struct sp_font_face *face, uint32_t glyph, uint32_t code)
{
    SP_ASSERT(glyph < face->glyph_count);
    if (!sp_font_face_has_used(face, glyph)) {
        face->used[glyph / 64] |= UINT64_C(1) << (glyph % 64);
        face->used_count++;
        face->used_bytes += sp_font_face_outline_bytes(face, glyph);
    }
    if (face->code[glyph] == 0 && code != 0)
        face->code[glyph] = plainest(face, glyph, code);
}
