/*
 * The header of a WebP (WebP Container Specification, RFC 9649):
 *
 *     RIFF size WEBP   VP8X flags size   ICCP…   ALPH…   VP8 …   EXIF…
 */
#include "photo/exif.h"
#include "photo/photo_bytes.h"
#include "photo/probe_header.h"

#include <string.h>

#define HEAD_BYTES     8
#define FLAG_ANIMATION 0x02
#define FLAG_ALPHA     0x10

struct walk {
    int fd;
    uint64_t offset;
    uint32_t length;
    bool picture; /* the picture itself was seen */
    struct sp_webp_header *header;
};

static enum sp_status read_extended(struct walk *walk, struct sp_err *err)
{
    unsigned char body[10];
    const enum sp_status status =
        sp_photo_bytes_take(walk->fd, walk->offset, body, sizeof body, err);
    if (status == SP_OK && (body[0] & FLAG_ANIMATION))
        return sp_fail(err, SP_BAD_DATA,
                       "it is an animation, not a photo: take JPEG, PNG, WebP or HEIC");
    return status;
}

/* A key frame of VP8 (RFC 6386, 9.1): the start code and 14 bits for each side. */
static enum sp_status read_lossy(struct walk *walk, struct sp_err *err)
{
    unsigned char body[10];
    const enum sp_status status =
        sp_photo_bytes_take(walk->fd, walk->offset, body, sizeof body, err);
    if (status != SP_OK)
        return status;
    if (memcmp(body + 3, "\x9D\x01\x2A", 3) != 0)
        return sp_photo_bad_header(err, SP_PHOTO_WEBP);
    walk->header->width = sp_le16(body + 6) & 0x3FFF;
    walk->header->height = sp_le16(body + 8) & 0x3FFF;
    walk->picture = true;
    return SP_OK;
}

/* VP8L (RFC 9649, 3.4): a signature, 14 bits for each side less one, a bit for alpha. */
static enum sp_status read_lossless(struct walk *walk, struct sp_err *err)
{
    unsigned char body[5];
    const enum sp_status status =
        sp_photo_bytes_take(walk->fd, walk->offset, body, sizeof body, err);
    if (status != SP_OK)
        return status;
    const uint32_t bits = sp_le32(body + 1);
    if (body[0] != 0x2F)
        return sp_photo_bad_header(err, SP_PHOTO_WEBP);
    walk->header->width = (bits & 0x3FFF) + 1;
    walk->header->height = (bits >> 14 & 0x3FFF) + 1;
    walk->header->alpha = bits >> 28 & 1;
    walk->header->lossless = true;
    walk->picture = true;
    return SP_OK;
}

static enum sp_status read_exif(struct walk *walk, struct sp_err *err)
{
    unsigned char block[SP_EXIF_BYTES_MAX];
    const size_t wanted = walk->length < sizeof block ? walk->length : sizeof block;
    size_t got;
    const enum sp_status status =
        sp_photo_bytes_read(walk->fd, walk->offset, block, wanted, &got, err);
    if (status != SP_OK)
        return status;
    /* Some writers keep the marker that EXIF has in a JPEG. */
    const size_t skip = got > 6 && memcmp(block, "Exif\0", 6) == 0 ? 6 : 0;
    walk->header->orientation = sp_exif_orientation(block + skip, got - skip);
    return SP_OK;
}

static enum sp_status read_chunk(struct walk *walk, const unsigned char *type, struct sp_err *err)
{
    if (memcmp(type, "VP8X", 4) == 0)
        return read_extended(walk, err);
    if (memcmp(type, "VP8 ", 4) == 0 && !walk->picture)
        return read_lossy(walk, err);
    if (memcmp(type, "VP8L", 4) == 0 && !walk->picture)
        return read_lossless(walk, err);
    if (memcmp(type, "ALPH", 4) == 0)
        walk->header->alpha = true;
    if (memcmp(type, "EXIF", 4) == 0)
        return read_exif(walk, err);
    if (memcmp(type, "ICCP", 4) == 0 && walk->length <= SP_ICC_BYTES_MAX) {
        walk->header->icc_offset = walk->offset;
        walk->header->icc_bytes = walk->length;
    }
    return SP_OK;
}

enum sp_status sp_webp_header_read(int fd, uint64_t file_bytes, struct sp_webp_header *header,
                                   struct sp_err *err)
{
    struct walk walk = {.fd = fd, .header = header};
    unsigned char riff[8];
    uint64_t offset = 12;
    *header = (struct sp_webp_header){.orientation = 1};
    const enum sp_status read = sp_photo_bytes_take(fd, 0, riff, sizeof riff, err);
    if (read != SP_OK)
        return read;
    for (unsigned step = 0; step < SP_PROBE_STEPS_MAX; step++) {
        unsigned char head[HEAD_BYTES];
        size_t got;
        enum sp_status status = sp_photo_bytes_read(fd, offset, head, sizeof head, &got, err);
        if (status != SP_OK)
            return status;
        if (got < sizeof head)
            break;
        walk.offset = offset + HEAD_BYTES;
        walk.length = sp_le32(head + 4);
        status = read_chunk(&walk, head, err);
        if (status != SP_OK)
            return status;
        offset += HEAD_BYTES + (uint64_t)walk.length + (walk.length & 1);
    }
    if (!walk.picture)
        return sp_le32(riff + 4) + 8ull > file_bytes ? sp_photo_cut_short(err)
                                                     : sp_photo_bad_header(err, SP_PHOTO_WEBP);
    return header->width && header->height ? SP_OK : sp_photo_bad_header(err, SP_PHOTO_WEBP);
}

/*
 * libwebp keeps a lossless picture whole, in four bytes a pixel, and its transforms beside it. The
 * transparency of a lossy one is such a picture too, and then a plane of bytes. (Of one whose
 * shades are a palette it takes a third of that, which the header does not tell.)
 */
static uint64_t store_of(const struct sp_webp_header *header)
{
    const uint64_t pixels = (uint64_t)header->width * header->height;
    const uint64_t whole = 4 * (pixels + (uint64_t)header->width * 17) + pixels;
    if (header->lossless)
        return whole;
    return header->alpha ? whole + pixels : 0;
}

enum sp_status sp_webp_probe(int fd, struct sp_photo_probe *probe, struct sp_err *err)
{
    struct sp_webp_header header;
    const enum sp_status status = sp_webp_header_read(fd, probe->file_bytes, &header, err);
    if (status != SP_OK)
        return status;
    probe->width_px = header.width;
    probe->height_px = header.height;
    probe->orientation = header.orientation;
    probe->channels = header.alpha ? 4 : 3;
    probe->bits = 8;
    probe->store_bytes = store_of(&header) + sp_icc_store_bytes(header.icc_bytes);
    probe->by_rows = probe->store_bytes == 0;
    return SP_OK;
}
