/*
 * Small objects gathered into object streams (ISO 32000-1, 7.5.7).
 *
 *     buf = sp_pdf_object_stream_begin(objects, number, bound)
 *     … the object is appended to buf …
 *     sp_pdf_object_stream_end(objects)
 *
 * A tagged document has many objects of fifty bytes: elements of the structure, links, the map from
 * marks to elements. Gathered and deflated together they take a tenth of that. An object too large
 * to be gathered goes into the file by itself, in pieces, so that it needs no memory of its size.
 */
#ifndef SP_PDF_OBJECT_STREAM_H
#define SP_PDF_OBJECT_STREAM_H

#include <smallpress/arena.h>
#include <smallpress/stream.h>

#include "base/buf.h"

#include "pdf/pdf_xref.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Objects in a stream: readers unpack a whole stream to see one of them, so not too many. */
#define SP_PDF_OBJECT_STREAM_COUNT 100
#define SP_PDF_OBJECT_STREAM_BYTES (32 * 1024)

struct libdeflate_compressor;

struct sp_pdf_object_stream {
    struct sp_pdf_xref *xref;
    struct sp_out *out;
    struct libdeflate_compressor *compressor; /* null: as they are */
    struct sp_buf body;                       /* the objects, one after another */
    unsigned char *memory;                    /* the head is put before the body when it is known */
    struct sp_buf packed;
    uint32_t object; /* of the stream being filled; 0 while it is empty */
    uint32_t count;
    uint32_t numbers[SP_PDF_OBJECT_STREAM_COUNT];
    uint32_t offsets[SP_PDF_OBJECT_STREAM_COUNT];
    bool open;   /* between begin and end */
    bool direct; /* the object in hand goes straight into the file */
};

size_t sp_pdf_object_stream_need(void);
void sp_pdf_object_stream_init(struct sp_pdf_object_stream *objects, struct sp_arena *arena,
                               struct sp_pdf_xref *xref, struct sp_out *out);

/*
 * Begins an object of at most `bound` bytes. Nothing else may be written to the sink until its end.
 * Of an object larger than SP_PDF_OBJECT_STREAM_BYTES no more than half of that may be appended
 * between one call of sp_pdf_object_stream_ease and the next.
 */
struct sp_buf *sp_pdf_object_stream_begin(struct sp_pdf_object_stream *objects, uint32_t number,
                                          uint64_t bound);
void sp_pdf_object_stream_ease(struct sp_pdf_object_stream *objects);
void sp_pdf_object_stream_end(struct sp_pdf_object_stream *objects);

/* Writes what is gathered: at the end of the document, after the last object. */
void sp_pdf_object_stream_flush(struct sp_pdf_object_stream *objects);

#endif
