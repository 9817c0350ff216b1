/*
 * A font in a PDF: a subset that keeps its glyph numbers (ISO 32000-1, 9.7), TrueType or OpenType
 * with CFF outlines.
 *
 * Pages name glyphs by number long before it is known which will be used, so the subset keeps the
 * numbers (it has empty places instead of missing glyphs) and is written after the last page: a
 * composite font with the identity encoding, its widths, and a map back to Unicode so that text can
 * be searched and copied.
 */
#ifndef SP_PDF_FONT_H
#define SP_PDF_FONT_H

#include <smallpress/arena.h>
#include <smallpress/stream.h>

#include "base/buf.h"

#include "pdf/pdf_xref.h"

#include <stdbool.h>
#include <stdint.h>

/* What the text room knows of a font and its subset, as plain numbers in thousandths of an em. */
struct sp_pdf_font {
    const char *name; /* PostScript name without the subset's tag */
    const unsigned char *file;
    size_t file_bytes; /* of the subset */
    int ascent, descent, cap_height, italic_angle;
    int box[4]; /* left, bottom, right, top */
    bool fixed_pitch, serif;
    bool cff; /* an OpenType file with a CFF table, whose CIDs are its glyph numbers */
    uint32_t glyph_count;
    bool (*used)(const void *context, uint32_t glyph);
    int (*width)(const void *context, uint32_t glyph);
    uint32_t (*code)(const void *context, uint32_t glyph); /* a code point, or 0 for none */
    const void *context;
};

/*
 * The compressor and its buffer; streams that do not fit are written as they are. With a packer
 * none of the three is used, and a font of any size takes no memory.
 */
struct libdeflate_compressor;
struct sp_pdf_font_work {
    struct sp_pdf_packer *packer; /* or null */
    struct libdeflate_compressor *compressor;
    struct sp_buf raw;    /* for the map to Unicode */
    struct sp_buf packed; /* for what is compressed */
};

/* `file_bytes_max` bounds the subset, `glyphs_max` the glyphs used. */
size_t sp_pdf_font_work_need(size_t file_bytes_max, uint32_t glyphs_max);
void sp_pdf_font_work_init(struct sp_pdf_font_work *work, struct sp_arena *arena,
                           size_t file_bytes_max, uint32_t glyphs_max,
                           struct libdeflate_compressor *compressor);

/* Objects that a font takes, the first of which is the one pages refer to. */
#define SP_PDF_FONT_OBJECTS 5

void sp_pdf_font_write(const struct sp_pdf_font *font, struct sp_pdf_font_work *work,
                       struct sp_pdf_xref *xref, struct sp_out *out, uint32_t first_object);

#endif
