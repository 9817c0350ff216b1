/*
 * One face of a font file, opened for shaping: what it is called, what it costs, and which of its
 * glyphs a document uses.
 *
 * All faces are scaled to thousandths of an em, the unit of widths in a PDF (ISO 32000-1, 9.7.4.3),
 * so lengths of different fonts add up without rounding.
 *
 * The bits and code points of a face's glyphs come from the caller (for the built-in fonts) or are
 * mapped from the system, and then are part of the price.
 */
#ifndef SP_TEXT_FONT_FACE_H
#define SP_TEXT_FONT_FACE_H

#include <smallpress/status.h>

#include <hb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a font's name, its end included; longer ones are cut. */
#define SP_FONT_NAME_BYTES 64

/*
 * Heap that HarfBuzz takes for a face it shapes with, and for each lookup the face has (OpenType,
 * GSUB and GPOS). Measured over the 268 fonts of Noto and those of a desktop, all characters and
 * both directions: at most two thirds of this.
 */
#define SP_FACE_HEAP        (96 * 1024)
#define SP_FACE_HEAP_LOOKUP 640

struct sp_font_face {
    hb_face_t *face;
    hb_font_t *font;
    uint32_t glyph_count;
    bool cff;                            /* outlines are in a CFF table, else in glyf */
    char name[SP_FONT_NAME_BYTES];       /* family and style */
    char postscript[SP_FONT_NAME_BYTES]; /* characters of a PDF name only */
    uint64_t *used;                      /* a bit a glyph */
    uint32_t *code; /* of a used glyph: the character it first stood for alone, or 0 */
    uint32_t used_count;
    uint64_t subset_base; /* of the price of a subset: what does not depend on what is used */
    uint64_t used_bytes;  /* of the outlines of used glyphs, at least */
    hb_blob_t *outlines;  /* the CFF table, or loca */
    void *map;            /* of used and code, unless they are the caller's */
    size_t map_bytes;
};

/* Why a face cannot be used. */
enum sp_face_verdict {
    SP_FACE_GOOD,
    SP_FACE_BROKEN,      /* not a font, or one without characters */
    SP_FACE_NO_OUTLINES, /* pictures only, or outlines that no PDF takes */
    SP_FACE_FORBIDDEN,   /* its maker forbids embedding (OpenType, OS/2, fsType) */
    SP_FACE_NO_MEMORY
};

/*
 * Opens a face of a file in memory, which must outlast it, or of a file on disk, which is mapped.
 * Nothing is left open unless it is good. Call sp_font_face_tables before anything is marked.
 */
enum sp_face_verdict sp_font_face_open_memory(struct sp_font_face *face, const char *file,
                                              size_t file_bytes);
enum sp_face_verdict sp_font_face_open_file(struct sp_font_face *face, const char *path,
                                            unsigned index);

/* Gives it tables of `glyph_count` bits, in whole words, and `glyph_count` numbers, all zero. */
void sp_font_face_tables(struct sp_font_face *face, uint64_t *used, uint32_t *code);

/* The same with memory from the system; false if there was none. */
bool sp_font_face_map_tables(struct sp_font_face *face);

void sp_font_face_close(struct sp_font_face *face);

/* How many faces a file has; 0 if it is no font. */
unsigned sp_font_file_faces(const char *path);

/* Whether the text of a name in the font's table is `name`, apart from case, blanks and hyphens. */
bool sp_font_face_is_called(const hb_face_t *face, const char *name);

/* The family, in at most SP_FONT_NAME_BYTES. */
void sp_font_face_family(const hb_face_t *face, char *name);

/* Heap for a face that is open and shapes, its own tables included. */
uint64_t sp_font_face_open_bytes(const struct sp_font_face *face);

/* Heap for making the subset of `more_bytes` of outlines in `more` glyphs besides those used. */
uint64_t sp_font_face_subset_bytes(const struct sp_font_face *face, uint32_t more,
                                   uint64_t more_bytes);

/* Bytes of a glyph's outline in the file, with those of the glyphs it is composed of. */
uint64_t sp_font_face_outline_bytes(const struct sp_font_face *face, uint32_t glyph);

static inline bool sp_font_face_has_used(const struct sp_font_face *face, uint32_t glyph)
{
    return glyph < face->glyph_count && face->used[glyph / 64] >> (glyph % 64) & 1;
}

/* Marks a glyph; `code` is the one character it stands for, or 0. */
void sp_font_face_mark(struct sp_font_face *face, uint32_t glyph, uint32_t code);

#endif
