/*
 * Subsets of fonts whose outlines are in a CFF table (Adobe Technical Notes 5176 and 5177).
 *
 * Fonts for Chinese, Japanese and Korean have 65,535 glyphs in 15 to 25 MB of CFF, and a document
 * uses some hundred of them. The subset is written straight from the mapped file: outlines and
 * subroutines that are used are copied as they stand, the rest becomes empty, and numbers stay.
 * That takes the subset's own bytes and a bit for each subroutine, whereas a subsetter that takes
 * outlines apart needs some 6 KiB for every glyph.
 */
#ifndef SP_TEXT_FONT_CFF_H
#define SP_TEXT_FONT_CFF_H

#include <smallpress/status.h>

#include <hb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Memory that making a subset takes at most, besides the bytes of the outlines used; 0 if the table
 * is not one that can be subset.
 */
uint64_t sp_cff_base_bytes(hb_face_t *face);

/* Bytes of a glyph's outline, without the subroutines it calls; 0 if there is none. */
uint32_t sp_cff_glyph_bytes(hb_blob_t *cff, uint32_t glyph);

/*
 * Writes an OpenType file with the glyphs whose bits are set, and glyph 0, into memory from the
 * system, which the caller gives back with sp_sys_unmap(*file, *file_bytes). Character identifiers
 * are glyph numbers. SP_NO_ROOM if there is no memory, SP_BAD_SPEC if the font contradicts itself.
 */
SP_MUST_CHECK enum sp_status sp_cff_subset(hb_face_t *face, const uint64_t *used,
                                           unsigned char **file, size_t *file_bytes,
                                           struct sp_err *err);

#endif
