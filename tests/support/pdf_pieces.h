/* What the parts of a document write to, without the document. */
#ifndef SP_TESTS_PDF_PIECES_H
#define SP_TESTS_PDF_PIECES_H

#include "support/unit.h"

#include "base/scratch.h"
#include "pdf/pdf_object_stream.h"
#include "pdf/pdf_packer.h"
#include "support/exact_arena.h"
#include "support/pdf_walk.h"
#include "support/sink.h"

#include <libdeflate.h>
#include <string.h>

#define PIECES_BUFFER 4096

struct pieces {
    struct sp_arena arena;
    struct sp_scratch table, scratch;
    struct sp_out out;
    struct sink sink;
    struct sp_pdf_xref xref;
    struct sp_pdf_object_stream objects;
    struct sp_pdf_packer packer;
    struct libdeflate_compressor *compressor;
    unsigned char buffer[PIECES_BUFFER];
    struct pdf_walk walk;
};

static inline void pieces_open(struct pieces *pieces)
{
    memset(pieces, 0, sizeof *pieces);
    assert_int_equal(sp_scratch_open(&pieces->table, "/tmp", NULL), SP_OK);
    assert_int_equal(sp_scratch_open(&pieces->scratch, "/tmp", NULL), SP_OK);
    exact_arena_open(&pieces->arena, sp_out_need(PIECES_BUFFER) + sp_pdf_xref_need() +
                                         sp_pdf_object_stream_need() + sp_pdf_packer_need());
    sp_out_init(&pieces->out, &pieces->arena, PIECES_BUFFER, sink_write, &pieces->sink);
    sp_pdf_xref_init(&pieces->xref, &pieces->arena, &pieces->table);
    sp_pdf_object_stream_init(&pieces->objects, &pieces->arena, &pieces->xref, &pieces->out);
    sp_pdf_packer_init(&pieces->packer, &pieces->arena, &pieces->scratch, pieces->buffer,
                       PIECES_BUFFER, &pieces->xref.first);
    pieces->compressor = libdeflate_alloc_compressor(1);
    assert_non_null(pieces->compressor);
    exact_arena_seal(&pieces->arena);
    sp_out_text(&pieces->out, "%PDF-1.7\n");
}

/* Ends the file and opens it for reading. */
static inline void pieces_walk(struct pieces *pieces)
{
    sp_pdf_object_stream_flush(&pieces->objects);
    assert_int_equal(sp_pdf_xref_write(&pieces->xref, &pieces->out, "", NULL), SP_OK);
    assert_int_equal(sp_out_flush(&pieces->out, NULL), SP_OK);
    pdf_walk_open(&pieces->walk, pieces->sink.bytes, pieces->sink.used, 0);
}

static inline void pieces_close(struct pieces *pieces)
{
    if (pieces->walk.bytes)
        pdf_walk_close(&pieces->walk);
    libdeflate_free_compressor(pieces->compressor);
    sink_free(&pieces->sink);
    sp_scratch_close(&pieces->table);
    sp_scratch_close(&pieces->scratch);
    sp_arena_close(&pieces->arena);
}

#endif
