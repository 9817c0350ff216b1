#include "pdf/pdf_font.h"

#include "base/num.h"

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
    work->compressor = compressor;
    work->raw = (struct sp_buf){.bytes = sp_arena_take(arena, map, 1), .capacity = map};
    work->packed = (struct sp_buf){.bytes = sp_arena_take(arena, packed, 1), .capacity = packed};
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

static void map_code(struct sp_buf *map, uint32_t code)
{
    if (code >= 0x10000) {
        map_code(map, 0xD800 | (code - 0x10000) >> 10);
        map_code(map, 0xDC00 | (code & 0x3FF));
        return;
    }
    const unsigned char bytes[2] = {(unsigned char)(code >> 8), (unsigned char)code};
    sp_buf_hex(map, bytes, 2);
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
        map_code(map, font->code(font->context, glyphs[i]));
        sp_buf_literal(map, ">\n");
    }
    sp_buf_literal(map, "endbfchar\n");
}

/* The map from glyphs to Unicode (ISO 32000-1, 9.10.3). */
static void make_map(const struct sp_pdf_font *font, struct sp_buf *map)
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
            count = 0;
        }
    }
    if (count > 0)
        map_block(font, map, glyphs, count);
    sp_buf_literal(map, "endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n");
}

/* ISO 32000-1, table 123: nonsymbolic is bit 6; fixed pitch bit 1; serif bit 2. */
static int descriptor_flags(const struct sp_pdf_font *font)
{
    return 32 | (font->fixed_pitch ? 1 : 0) | (font->serif ? 2 : 0) | (font->italic_angle ? 64 : 0);
}

void sp_pdf_font_write(const struct sp_pdf_font *font, struct sp_pdf_font_work *work,
                       struct sp_pdf_xref *xref, struct sp_out *out, uint32_t first_object)
{
    char tag[7];
    subset_tag(font, tag);
    const uint32_t composite = first_object, descendant = first_object + 1;
    const uint32_t descriptor = first_object + 2, file = first_object + 3, map = first_object + 4;

    begin(xref, out, composite);
    sp_out_format(out,
                  "<</Type/Font/Subtype/Type0/BaseFont/%s+%s/Encoding/Identity-H"
                  "/DescendantFonts[%" PRIu32 " 0 R]/ToUnicode %" PRIu32 " 0 R>>\nendobj\n",
                  tag, font->name, descendant, map);
    begin(xref, out, descendant);
    sp_out_format(out,
                  "<</Type/Font/Subtype/CIDFontType2/BaseFont/%s+%s/CIDSystemInfo"
                  "<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %" PRIu32
                  " 0 R/CIDToGIDMap/Identity/DW 0",
                  tag, font->name, descriptor);
    write_widths(font, out);
    sp_out_text(out, ">>\nendobj\n");
    begin(xref, out, descriptor);
    sp_out_format(out,
                  "<</Type/FontDescriptor/FontName/%s+%s/Flags %d/FontBBox[%d %d %d %d]"
                  "/ItalicAngle %d/Ascent %d/Descent %d/CapHeight %d/StemV 80"
                  "/FontFile2 %" PRIu32 " 0 R>>\nendobj\n",
                  tag, font->name, descriptor_flags(font), font->box[0], font->box[1], font->box[2],
                  font->box[3], font->italic_angle, font->ascent, font->descent, font->cap_height,
                  file);

    char length1[40];
    snprintf(length1, sizeof length1, "/Length1 %zu", font->file_bytes);
    begin(xref, out, file);
    write_stream(work, out, font->file, font->file_bytes, length1);
    make_map(font, &work->raw);
    begin(xref, out, map);
    write_stream(work, out, work->raw.bytes, work->raw.used, "");
}
