#include "pdf/pdf_font.h"

#include "base/num.h"

#include "pdf/pdf_packer.h"
#include "pdf/pdf_string.h"

#include <inttypes.h>
#include <libdeflate.h>
#include <stdio.h>

/* "<1234> <D83DDE00>" and a line end: a glyph in the map to Unicode. */
#define MAP_LINE_MAX 18
#define MAP_OVERHEAD 1024
/* Entries that one beginbfchar may have (Adobe Technical Note 5014, 1.4.1). */
#define MAP_BLOCK 100

size_t sp_pdf_font_work_need(size_t file_bytes_max, uint32_t glyphs_max)
{
    /* A block of the map has a head and a tail of their own: 30 bytes for a hundred lines. */
    const size_t map = MAP_OVERHEAD + (size_t)glyphs_max * (MAP_LINE_MAX + 1);
    return sp_size_add(sp_arena_cost(map), sp_arena_cost(SP_MAX(file_bytes_max, map)));
}

void sp_pdf_font_work_init(struct sp_pdf_font_work *work, struct sp_arena *arena,
                           size_t file_bytes_max, uint32_t glyphs_max,
                           struct libdeflate_compressor *compressor)
{
    const size_t map = MAP_OVERHEAD + (size_t)glyphs_max * (MAP_LINE_MAX + 1);
    const size_t packed = SP_MAX(file_bytes_max, map);
    *work = (struct sp_pdf_font_work){
        .compressor = compressor,
        .raw = {.bytes = sp_arena_take(arena, map, 1), .capacity = map},
        .packed = {.bytes = sp_arena_take(arena, packed, 1), .capacity = packed},
    };
}

static void begin(struct sp_pdf_xref *xref, struct sp_out *out, uint32_t object)
{
    sp_pdf_xref_set(xref, object, out->position);
    sp_out_format(out, "%" PRIu32 " 0 obj\n", object);
}

/* A stream, deflated when that makes it smaller. `entries` belong to its dictionary. */
static void write_stream(struct sp_pdf_font_work *work, struct sp_out *out,
                         const unsigned char *bytes, size_t count, const char *entries)
{
    const size_t packed = libdeflate_zlib_compress(
        work->compressor, bytes, count, work->packed.bytes, SP_MIN(work->packed.capacity, count));
    if (packed > 0) {
        sp_out_format(out, "<<%s/Filter/FlateDecode/Length %zu>>stream\n", entries, packed);
        sp_out_write(out, work->packed.bytes, packed);
    } else {
        sp_out_format(out, "<<%s/Length %zu>>stream\n", entries, count);
        sp_out_write(out, bytes, count);
    }
    sp_out_text(out, "\nendstream\nendobj\n");
}

/* The stream that the packer holds. */
static void write_packed(struct sp_pdf_packer *packer, struct sp_out *out, const char *entries)
{
    const uint64_t length = sp_pdf_packer_end(packer);
    sp_out_format(out, "<<%s/Filter/FlateDecode/Length %" PRIu64 ">>stream\n", entries, length);
    sp_pdf_packer_copy(packer, out);
    sp_out_text(out, "\nendstream\nendobj\n");
}

/*
 * Six capital letters that tell subsets apart (ISO 32000-1, 9.6.4), from the numbers of the glyphs
 * used: the same glyphs give the same tag.
 */
static void subset_tag(const struct sp_pdf_font *font, char tag[7])
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a, 64 bits */
    for (uint32_t glyph = 0; glyph < font->glyph_count; glyph++)
        if (font->used(font->context, glyph))
            hash = (hash ^ glyph) * UINT64_C(1099511628211);
    for (int i = 0; i < 6; i++, hash /= 26)
        tag[i] = (char)('A' + hash % 26);
    tag[6] = '\0';
}

/* The widths of the glyphs used, as runs of neighbours: "36 [684 686] 40 [610]". */
static void write_widths(const struct sp_pdf_font *font, struct sp_out *out)
{
    bool in_run = false;
    sp_out_text(out, "/W[");
    for (uint32_t glyph = 0; glyph < font->glyph_count; glyph++) {
        const bool used = font->used(font->context, glyph);
        if (used && !in_run)
            sp_out_format(out, "%" PRIu32 "[", glyph);
        if (used)
            sp_out_format(out, "%s%d", in_run ? " " : "", font->width(font->context, glyph));
        if (!used && in_run)
            sp_out_text(out, "]");
        in_run = used;
    }
    sp_out_text(out, in_run ? "]]" : "]");
}

static void map_block(const struct sp_pdf_font *font, struct sp_buf *map, const uint32_t *glyphs,
                      unsigned count)
{
    sp_buf_integer(map, count);
    sp_buf_literal(map, " beginbfchar\n");
    for (unsigned i = 0; i < count; i++) {
        const unsigned char number[2] = {(unsigned char)(glyphs[i] >> 8), (unsigned char)glyphs[i]};
        sp_buf_byte(map, '<');
        sp_buf_hex(map, number, 2);
        sp_buf_literal(map, "><");
        sp_pdf_string_utf16(map, font->code(font->context, glyphs[i]));
        sp_buf_literal(map, ">\n");
    }
    sp_buf_literal(map, "endbfchar\n");
}

/* Hands a part of the map to the packer, if there is one: then the buffer is empty again. */
static void pass_map(struct sp_buf *map, struct sp_pdf_packer *packer)
{
    if (!packer)
        return;
    sp_pdf_packer_add(packer, map->bytes, map->used);
    map->used = 0;
}

/* The map from glyphs to Unicode (ISO 32000-1, 9.10.3). */
static void make_map(const struct sp_pdf_font *font, struct sp_buf *map,
                     struct sp_pdf_packer *packer)
{
    map->used = 0;
    sp_buf_literal(map, "/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n"
                        "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
                        "/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n"
                        "1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n");
    uint32_t glyphs[MAP_BLOCK];
    unsigned count = 0;
    for (uint32_t glyph = 0; glyph < font->glyph_count; glyph++) {
        if (!font->used(font->context, glyph) || !font->code(font->context, glyph))
            continue;
        glyphs[count++] = glyph;
        if (count == MAP_BLOCK) {
            map_block(font, map, glyphs, count);
            pass_map(map, packer);
            count = 0;
        }
    }
    if (count > 0)
        map_block(font, map, glyphs, count);
    sp_buf_literal(map, "endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n");
    pass_map(map, packer);
}

/* ISO 32000-1, table 123: nonsymbolic is bit 6; fixed pitch bit 1; serif bit 2. */
static int descriptor_flags(const struct sp_pdf_font *font)
{
    return 32 | (font->fixed_pitch ? 1 : 0) | (font->serif ? 2 : 0) | (font->italic_angle ? 64 : 0);
}

/* A PostScript name as it can stand in a file: some fonts carry anything there. */
#define NAME_MAX_BYTES 64

static void clean_name(const char *name, char clean[NAME_MAX_BYTES])
{
    size_t used = 0;
    for (; *name && used < NAME_MAX_BYTES - 1; name++)
        if ((*name >= '0' && *name <= '9') || (*name >= 'A' && *name <= 'Z') ||
            (*name >= 'a' && *name <= 'z') || *name == '-' || *name == '_')
            clean[used++] = *name;
    clean[used] = '\0';
}

/* The objects of a font, and its name with the tag of the subset. */
struct numbers {
    uint32_t composite, descendant, descriptor, file, map;
    char name[7 + NAME_MAX_BYTES];
};

static void write_dictionaries(const struct sp_pdf_font *font, struct sp_pdf_xref *xref,
                               struct sp_out *out, const struct numbers *numbers)
{
    begin(xref, out, numbers->composite);
    sp_out_format(out,
                  "<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H"
                  "/DescendantFonts[%" PRIu32 " 0 R]/ToUnicode %" PRIu32 " 0 R>>\nendobj\n",
                  numbers->name, numbers->descendant, numbers->map);
    begin(xref, out, numbers->descendant);
    sp_out_format(out,
                  "<</Type/Font/Subtype/CIDFontType%d/BaseFont/%s/CIDSystemInfo"
                  "<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %" PRIu32
                  " 0 R%s/DW 0",
                  font->cff ? 0 : 2, numbers->name, numbers->descriptor,
                  font->cff ? "" : "/CIDToGIDMap/Identity");
    write_widths(font, out);
    sp_out_text(out, ">>\nendobj\n");
    begin(xref, out, numbers->descriptor);
    sp_out_format(out,
                  "<</Type/FontDescriptor/FontName/%s/Flags %d/FontBBox[%d %d %d %d]"
                  "/ItalicAngle %d/Ascent %d/Descent %d/CapHeight %d/StemV 80"
                  "/FontFile%d %" PRIu32 " 0 R>>\nendobj\n",
                  numbers->name, descriptor_flags(font), font->box[0], font->box[1], font->box[2],
                  font->box[3], font->italic_angle, font->ascent, font->descent, font->cap_height,
                  font->cff ? 3 : 2, numbers->file);
}

/* The file, and the map a block at a time: whatever their size, no memory is needed for it. */
static void pack_streams(const struct sp_pdf_font *font, struct sp_pdf_packer *packer,
                         struct sp_pdf_xref *xref, struct sp_out *out,
                         const struct numbers *numbers, const char *entries)
{
    sp_pdf_packer_begin(packer);
    sp_pdf_packer_add(packer, font->file, font->file_bytes);
    begin(xref, out, numbers->file);
    write_packed(packer, out, entries);
    struct sp_buf block = {.bytes =
                               (unsigned char[MAP_OVERHEAD + MAP_BLOCK * (MAP_LINE_MAX + 1)]){0},
                           .capacity = MAP_OVERHEAD + MAP_BLOCK * (MAP_LINE_MAX + 1)};
    sp_pdf_packer_begin(packer);
    make_map(font, &block, packer);
    begin(xref, out, numbers->map);
    write_packed(packer, out, "");
}

void sp_pdf_font_write(const struct sp_pdf_font *font, struct sp_pdf_font_work *work,
                       struct sp_pdf_xref *xref, struct sp_out *out, uint32_t first_object)
{
    struct numbers numbers = {first_object,     first_object + 1, first_object + 2,
                              first_object + 3, first_object + 4, ""};
    char tag[7], name[NAME_MAX_BYTES], entries[40] = "/Subtype/OpenType";
    subset_tag(font, tag);
    clean_name(font->name, name);
    snprintf(numbers.name, sizeof numbers.name, "%s+%s", tag, name);
    write_dictionaries(font, xref, out, &numbers);
    if (!font->cff)
        snprintf(entries, sizeof entries, "/Length1 %zu", font->file_bytes);
    if (work->packer) {
        pack_streams(font, work->packer, xref, out, &numbers, entries);
        return;
    }
    begin(xref, out, numbers.file);
    write_stream(work, out, font->file, font->file_bytes, entries);
    make_map(font, &work->raw, NULL);
    begin(xref, out, numbers.map);
    write_stream(work, out, work->raw.bytes, work->raw.used, "");
}
