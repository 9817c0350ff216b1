/* The header of a PNG (ISO/IEC 15948): IHDR, and what stands beside the picture's data. */
#include "photo/exif.h"
#include "photo/photo_bytes.h"
#include "photo/probe_header.h"

#include <string.h>

#define HEAD_BYTES 8 /* length and type of a chunk */

enum {
    COLOUR_GREY = 0,
    COLOUR_RGB = 2,
    COLOUR_PALETTE = 3,
    COLOUR_GREY_ALPHA = 4,
    COLOUR_RGB_ALPHA = 6,
};

static enum sp_status read_ihdr(const unsigned char *body, struct sp_photo_probe *probe,
                                unsigned *colour, struct sp_err *err)
{
    probe->width_px = sp_be32(body);
    probe->height_px = sp_be32(body + 4);
    probe->bits = body[8];
    *colour = body[9];
    probe->by_rows = body[12] == 0;
    const bool known = *colour == COLOUR_GREY || *colour == COLOUR_RGB ||
                       *colour == COLOUR_PALETTE || *colour == COLOUR_GREY_ALPHA ||
                       *colour == COLOUR_RGB_ALPHA;
    if (probe->width_px == 0 || probe->height_px == 0 || !known || body[12] > 1 ||
        probe->bits == 0 || probe->bits > 16)
        return sp_photo_bad_header(err, SP_PHOTO_PNG);
    return SP_OK;
}

/* Looks for transparency of single colours and for EXIF, which may come after the picture. */
static enum sp_status walk_chunks(int fd, struct sp_photo_probe *probe, bool *transparent,
                                  struct sp_err *err)
{
    uint64_t offset = 8 + HEAD_BYTES + 13 + 4;
    for (unsigned step = 0; step < SP_PROBE_STEPS_MAX; step++) {
        unsigned char head[HEAD_BYTES];
        size_t got;
        enum sp_status status = sp_photo_bytes_read(fd, offset, head, sizeof head, &got, err);
        if (status != SP_OK)
            return status;
        if (got < sizeof head || memcmp(head + 4, "IEND", 4) == 0)
            return SP_OK;
        const uint32_t length = sp_be32(head);
        if (memcmp(head + 4, "tRNS", 4) == 0)
            *transparent = true;
        if (memcmp(head + 4, "eXIf", 4) == 0) {
            unsigned char block[SP_EXIF_BYTES_MAX];
            const size_t wanted = length < sizeof block ? length : sizeof block;
            status = sp_photo_bytes_read(fd, offset + HEAD_BYTES, block, wanted, &got, err);
            if (status == SP_OK)
                probe->orientation = sp_exif_orientation(block, got);
            return status;
        }
        offset += (uint64_t)length + HEAD_BYTES + 4;
    }
    return SP_OK;
}

enum sp_status sp_png_probe(int fd, struct sp_photo_probe *probe, struct sp_err *err)
{
    unsigned char head[HEAD_BYTES + 13];
    unsigned colour = 0;
    bool transparent = false;
    enum sp_status status = sp_photo_bytes_take(fd, 8, head, sizeof head, err);
    if (status != SP_OK)
        return status;
    if (sp_be32(head) != 13 || memcmp(head + 4, "IHDR", 4) != 0)
        return sp_photo_bad_header(err, SP_PHOTO_PNG);
    status = read_ihdr(head + HEAD_BYTES, probe, &colour, err);
    if (status == SP_OK)
        status = walk_chunks(fd, probe, &transparent, err);
    if (status != SP_OK)
        return status;
    const bool grey = colour == COLOUR_GREY || colour == COLOUR_GREY_ALPHA;
    const bool alpha = transparent || colour == COLOUR_GREY_ALPHA || colour == COLOUR_RGB_ALPHA;
    probe->channels = alpha ? 4 : grey ? 1 : 3;
    /* An interlaced picture is put together in 8 bits: see png_read.c. */
    const unsigned stored = (grey ? 1 : 3) + (alpha ? 1 : 0);
    if (!probe->by_rows)
        probe->store_bytes = (uint64_t)probe->width_px * probe->height_px * stored;
    return SP_OK;
}
