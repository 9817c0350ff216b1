/*
 * Object numbers and where the objects are (ISO 32000-1, 7.5.8).
 *
 * Offsets are kept in a scratch file, not in memory: eight bytes an object, in blocks. Objects are
 * mostly written in the order of their numbers; the few that come late (page-tree nodes) are
 * patched in place. At the end the table is read back block by block into a cross-reference stream.
 * That stream is not compressed, because a stream's length must be written before it and a
 * forward-only writer cannot know a compressed one; unless there is a packer (pdf_packer.h), as
 * documents with many small objects have.
 */
#ifndef SP_PDF_XREF_H
#define SP_PDF_XREF_H

#include <smallpress/arena.h>
#include <smallpress/status.h>
#include <smallpress/stream.h>

#include "base/scratch.h"

#include "pdf/pdf_packer.h"

#include <stdint.h>

/* Offsets in hand. 2,048 are 16 KiB, and one write to scratch for every thousand pages. */
#define SP_PDF_XREF_BLOCK 2048

struct sp_pdf_xref {
    const struct sp_scratch *scratch;
    uint64_t *block;              /* offsets of the objects from block_start on */
    uint32_t block_start;         /* a multiple of SP_PDF_XREF_BLOCK */
    uint32_t next;                /* the lowest number not given out */
    struct sp_err first;          /* the first error, kept until the table is written */
    struct sp_pdf_packer *packer; /* of the table; null: it is written as it is */
};

size_t sp_pdf_xref_need(void);

/* Bytes of scratch that a table of so many objects takes. */
uint64_t sp_pdf_xref_scratch(uint64_t objects);

void sp_pdf_xref_init(struct sp_pdf_xref *xref, struct sp_arena *arena,
                      const struct sp_scratch *scratch);

/* Gives out `count` numbers in a row and returns the first; 1 is the first of all. */
uint32_t sp_pdf_xref_reserve(struct sp_pdf_xref *xref, uint32_t count);

/* Notes that an object starts at `offset`. */
void sp_pdf_xref_set(struct sp_pdf_xref *xref, uint32_t object, uint64_t offset);

/* Notes that an object is the `index`-th (from 0, at most 255) in an object stream. */
void sp_pdf_xref_set_packed(struct sp_pdf_xref *xref, uint32_t object, uint32_t stream,
                            uint32_t index);

/*
 * Writes the cross-reference stream as object `number` and the end of the file. `trailer` is the
 * dictionary entries that belong there (/Root and so on). Returns the first error of the table.
 */
SP_MUST_CHECK enum sp_status sp_pdf_xref_write(struct sp_pdf_xref *xref, struct sp_out *out,
                                               const char *trailer, struct sp_err *err);

#endif
