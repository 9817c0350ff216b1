/*
 * A bounded buffer that bytes and numbers are appended to.
 *
 * Its memory is the caller's and its capacity is proven beforehand: running over is a bug in a
 * bound, so it is asserted and not reported. Numbers are written by hand because this is where a
 * page's bytes are made, and printf costs more than all the rest of a page.
 */
#ifndef SP_BASE_BUF_H
#define SP_BASE_BUF_H

#include "base/check.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct sp_buf {
    unsigned char *bytes;
    size_t used, capacity;
};

/* The longest decimal that sp_buf_integer and sp_buf_milli write, sign and point included. */
#define SP_BUF_NUMBER_MAX 22

/* Room for `count` more bytes, for a writer that fills them in and then moves `used` on. */
static inline unsigned char *sp_buf_room(struct sp_buf *buf, size_t count)
{
    SP_ASSERT(count <= buf->capacity - buf->used);
    return buf->bytes + buf->used;
}

static inline void sp_buf_bytes(struct sp_buf *buf, const void *bytes, size_t count)
{
    memcpy(sp_buf_room(buf, count), bytes, count);
    buf->used += count;
}

static inline void sp_buf_byte(struct sp_buf *buf, unsigned char byte)
{
    *sp_buf_room(buf, 1) = byte;
    buf->used++;
}

#define sp_buf_literal(buf, text) sp_buf_bytes((buf), (text), sizeof(text) - 1)

/* Appends a decimal number. */
void sp_buf_integer(struct sp_buf *buf, int64_t number);

/* Appends thousandths as a decimal with up to three places, no trailing zeros: 1500 is "1.5". */
void sp_buf_milli(struct sp_buf *buf, int64_t thousandths);

/* Appends the bytes as upper-case hexadecimal digits, two each. */
void sp_buf_hex(struct sp_buf *buf, const unsigned char *bytes, size_t count);

#endif
