#include "pdf/pdf_object_stream.h"

#include "base/check.h"

#include <inttypes.h>
#include <libdeflate.h>

/* "4294967295 32768 ": the number of an object and where it begins. */
#define PAIR_MAX 17
#define HEAD_MAX (SP_PDF_OBJECT_STREAM_COUNT * PAIR_MAX)
#define BODY_MAX SP_PDF_OBJECT_STREAM_BYTES
/* Deflated small objects are a fifth of their size; what would not shrink by a quarter stays. */
#define PACKED_MAX (BODY_MAX * 3 / 4)

size_t sp_pdf_object_stream_need(void)
{
    return sp_arena_cost(HEAD_MAX + BODY_MAX) + sp_arena_cost(PACKED_MAX);
}

void sp_pdf_object_stream_init(struct sp_pdf_object_stream *objects, struct sp_arena *arena,
                               struct sp_pdf_xref *xref, struct sp_out *out)
{
    *objects = (struct sp_pdf_object_stream){.xref = xref, .out = out};
    objects->memory = sp_arena_take(arena, HEAD_MAX + BODY_MAX, 1);
    objects->body = (struct sp_buf){.bytes = objects->memory + HEAD_MAX, .capacity = BODY_MAX};
    objects->packed =
        (struct sp_buf){.bytes = sp_arena_take(arena, PACKED_MAX, 1), .capacity = PACKED_MAX};
}

/* Puts the pairs of numbers right before the body; where the whole begins. */
static unsigned char *put_head(struct sp_pdf_object_stream *objects, size_t *length)
{
    struct sp_buf head = {.bytes = (unsigned char[HEAD_MAX]){0}, .capacity = HEAD_MAX};
    for (uint32_t i = 0; i < objects->count; i++) {
        sp_buf_integer(&head, objects->numbers[i]);
        sp_buf_byte(&head, ' ');
        sp_buf_integer(&head, objects->offsets[i]);
        sp_buf_byte(&head, ' ');
    }
    *length = head.used;
    return memcpy(objects->body.bytes - head.used, head.bytes, head.used);
}

void sp_pdf_object_stream_flush(struct sp_pdf_object_stream *objects)
{
    SP_ASSERT(!objects->open);
    if (objects->count == 0)
        return;
    size_t head, packed = 0;
    const unsigned char *bytes = put_head(objects, &head);
    const size_t length = head + objects->body.used;
    if (objects->compressor)
        packed = libdeflate_zlib_compress(objects->compressor, bytes, length, objects->packed.bytes,
                                          objects->packed.capacity);
    sp_pdf_xref_set(objects->xref, objects->object, objects->out->position);
    sp_out_format(objects->out,
                  "%" PRIu32 " 0 obj\n<</Type/ObjStm/N %" PRIu32 "/First %zu%s/Length %zu>>"
                  "stream\n",
                  objects->object, objects->count, head, packed ? "/Filter/FlateDecode" : "",
                  packed ? packed : length);
    sp_out_write(objects->out, packed ? objects->packed.bytes : bytes, packed ? packed : length);
    sp_out_text(objects->out, "\nendstream\nendobj\n");
    objects->object = 0;
    objects->count = 0;
    objects->body.used = 0;
}

struct sp_buf *sp_pdf_object_stream_begin(struct sp_pdf_object_stream *objects, uint32_t number,
                                          uint64_t bound)
{
    SP_ASSERT(!objects->open);
    /* A line end separates an object from the next. */
    if (objects->count == SP_PDF_OBJECT_STREAM_COUNT ||
        bound >= objects->body.capacity - objects->body.used)
        sp_pdf_object_stream_flush(objects);
    objects->open = true;
    objects->direct = bound >= BODY_MAX;
    if (objects->direct) {
        sp_pdf_xref_set(objects->xref, number, objects->out->position);
        sp_out_format(objects->out, "%" PRIu32 " 0 obj\n", number);
        return &objects->body;
    }
    if (objects->count == 0)
        objects->object = sp_pdf_xref_reserve(objects->xref, 1);
    sp_pdf_xref_set_packed(objects->xref, number, objects->object, objects->count);
    objects->numbers[objects->count] = number;
    objects->offsets[objects->count] = (uint32_t)objects->body.used;
    objects->count++;
    return &objects->body;
}

static void pass_on(struct sp_pdf_object_stream *objects)
{
    sp_out_write(objects->out, objects->body.bytes, objects->body.used);
    objects->body.used = 0;
}

void sp_pdf_object_stream_ease(struct sp_pdf_object_stream *objects)
{
    SP_ASSERT(objects->open);
    if (objects->direct && objects->body.used > BODY_MAX / 2)
        pass_on(objects);
}

void sp_pdf_object_stream_end(struct sp_pdf_object_stream *objects)
{
    SP_ASSERT(objects->open);
    objects->open = false;
    if (!objects->direct) {
        sp_buf_byte(&objects->body, '\n');
        return;
    }
    pass_on(objects);
    sp_out_text(objects->out, "\nendobj\n");
}
