#include <smallpress/stream.h>

#include "base/check.h"

#include <libdeflate.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

size_t sp_out_need(size_t buffer_bytes)
{
    return sp_arena_cost(buffer_bytes);
}

void sp_out_init(struct sp_out *out, struct sp_arena *arena, size_t buffer_bytes,
                 enum sp_status (*write)(void *, const void *, size_t, struct sp_err *),
                 void *context)
{
    SP_ASSERT(buffer_bytes > 0);
    *out = (struct sp_out){
        .write = write,
        .context = context,
        .buffer = sp_arena_take(arena, buffer_bytes, 1),
        .buffer_bytes = buffer_bytes,
    };
}

enum sp_status sp_out_discard(void *context, const void *bytes, size_t count, struct sp_err *err)
{
    (void)context;
    (void)bytes;
    (void)count;
    (void)err;
    return SP_OK;
}

static void hand_on(struct sp_out *out, const void *bytes, size_t count)
{
    if (out->first.status == SP_OK && count > 0)
        out->first.status = out->write(out->context, bytes, count, &out->first);
}

void sp_out_write(struct sp_out *out, const void *bytes, size_t count)
{
    if (count == 0)
        return; /* there may be no memory behind no bytes */
    out->position += count;
    out->crc32 = libdeflate_crc32(out->crc32, bytes, count);
    if (count > out->buffer_bytes - out->buffered) {
        hand_on(out, out->buffer, out->buffered);
        out->buffered = 0;
    }
    if (count > out->buffer_bytes) {
        hand_on(out, bytes, count);
        return;
    }
    memcpy(out->buffer + out->buffered, bytes, count);
    out->buffered += count;
}

void sp_out_text(struct sp_out *out, const char *text)
{
    sp_out_write(out, text, strlen(text));
}

void sp_out_format(struct sp_out *out, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    SP_ASSERT(length >= 0 && (size_t)length < sizeof text);
    sp_out_write(out, text, (size_t)length);
}

enum sp_status sp_out_flush(struct sp_out *out, struct sp_err *err)
{
    hand_on(out, out->buffer, out->buffered);
    out->buffered = 0;
    if (out->first.status != SP_OK && err)
        *err = out->first;
    return out->first.status;
}
