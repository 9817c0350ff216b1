/*
 * Bytes of a photo's file: whole reads at an offset, and numbers out of them.
 *
 * Headers are walked with these. They read little and skip much: a walk that is bounded in steps is
 * bounded in time, whatever lengths the file claims.
 */
#ifndef SP_PHOTO_BYTES_H
#define SP_PHOTO_BYTES_H

#include <smallpress/status.h>

#include <stddef.h>
#include <stdint.h>

/* Reads up to `count` bytes from `offset`; *got is less at the end of the file only. */
SP_MUST_CHECK enum sp_status sp_photo_bytes_read(int fd, uint64_t offset, void *bytes, size_t count,
                                                 size_t *got, struct sp_err *err);

/* The same for exactly `count` bytes: fewer are SP_BAD_DATA, "it is cut short: …". */
SP_MUST_CHECK enum sp_status sp_photo_bytes_take(int fd, uint64_t offset, void *bytes, size_t count,
                                                 struct sp_err *err);

/* The sentence for a file that ends too early. */
enum sp_status sp_photo_cut_short(struct sp_err *err);

static inline uint32_t sp_be16(const unsigned char *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

static inline uint32_t sp_be32(const unsigned char *p)
{
    return sp_be16(p) << 16 | sp_be16(p + 2);
}

static inline uint64_t sp_be64(const unsigned char *p)
{
    return (uint64_t)sp_be32(p) << 32 | sp_be32(p + 4);
}

static inline uint32_t sp_le16(const unsigned char *p)
{
    return (uint32_t)p[1] << 8 | p[0];
}

static inline uint32_t sp_le24(const unsigned char *p)
{
    return (uint32_t)p[2] << 16 | sp_le16(p);
}

static inline uint32_t sp_le32(const unsigned char *p)
{
    return sp_le16(p + 2) << 16 | sp_le16(p);
}

#endif
