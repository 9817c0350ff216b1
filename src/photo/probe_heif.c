/*
 * The header of a HEIC or AVIF file (ISO/IEC 14496-12 and 23008-12): boxes in boxes.
 *
 *     ftyp   meta ( hdlr pitm iloc iinf iprp ( ipco ( ispe pixi irot … ) ipma ) )   mdat
 *
 * The largest image extent among the properties is that of the picture; tiles, thumbnails and masks
 * are smaller. Turning (irot, imir) is the decoding library's business: the orientation is 1.
 */
#include "photo/photo_bytes.h"
#include "photo/probe_header.h"

#include <string.h>

struct box {
    char type[4];
    uint64_t body, end;
};

struct boxes {
    int fd;
    unsigned steps; /* looked at so far, in all */
};

/* The box at `offset`, which ends by `end`; SP_BAD_DATA if there is none that makes sense. */
static enum sp_status read_box(struct boxes *boxes, uint64_t offset, uint64_t end, struct box *box,
                               struct sp_err *err)
{
    unsigned char head[16] = {0};
    size_t got;
    *box = (struct box){.end = end};
    if (boxes->steps++ >= SP_PROBE_STEPS_MAX || end - offset < 8)
        return sp_photo_bad_header(err, SP_PHOTO_HEIC);
    const enum sp_status status =
        sp_photo_bytes_read(boxes->fd, offset, head, sizeof head, &got, err);
    if (status != SP_OK)
        return status;
    if (got < 8)
        return sp_photo_cut_short(err);
    memcpy(box->type, head + 4, 4);
    uint64_t length = sp_be32(head);
    uint64_t head_bytes = 8;
    if (length == 1) {
        length = sp_be64(head + 8);
        head_bytes = 16;
    } else if (length == 0) {
        length = end - offset;
    }
    if (length < head_bytes || length > end - offset)
        return sp_photo_bad_header(err, SP_PHOTO_HEIC);
    box->body = offset + head_bytes;
    box->end = offset + length;
    return SP_OK;
}

/* The first box of a type between two places. */
static enum sp_status find_box(struct boxes *boxes, uint64_t offset, uint64_t end, const char *type,
                               struct box *box, struct sp_err *err)
{
    *box = (struct box){.end = end};
    while (offset < end) {
        const enum sp_status status = read_box(boxes, offset, end, box, err);
        if (status != SP_OK)
            return status;
        if (memcmp(box->type, type, 4) == 0)
            return SP_OK;
        offset = box->end;
    }
    return sp_photo_bad_header(err, SP_PHOTO_HEIC);
}

/* The largest `ispe`, and the bits that `pixi` tells. */
static enum sp_status read_properties(struct boxes *boxes, const struct box *all,
                                      struct sp_photo_probe *probe, struct sp_err *err)
{
    for (uint64_t offset = all->body; offset < all->end;) {
        struct box box;
        unsigned char body[12] = {0};
        enum sp_status status = read_box(boxes, offset, all->end, &box, err);
        if (status != SP_OK)
            return status;
        offset = box.end;
        const bool extent = memcmp(box.type, "ispe", 4) == 0 && box.end - box.body >= 12;
        const bool depth = memcmp(box.type, "pixi", 4) == 0 && box.end - box.body >= 6;
        if (!extent && !depth)
            continue;
        status = sp_photo_bytes_take(boxes->fd, box.body, body, extent ? 12 : 6, err);
        if (status != SP_OK)
            return status;
        const uint32_t width = sp_be32(body + 4), height = sp_be32(body + 8);
        if (extent && (uint64_t)width * height > (uint64_t)probe->width_px * probe->height_px) {
            probe->width_px = width;
            probe->height_px = height;
        }
        if (depth && body[5] >= 8 && body[5] <= 16)
            probe->bits = body[5];
    }
    return probe->width_px ? SP_OK : sp_photo_bad_header(err, SP_PHOTO_HEIC);
}

/* Pictures put together of others that a file may have: the photo, a map of depths, a few more. */
#define DERIVED_MAX 32

/* Their numbers, from which no other may be derived. */
struct derived {
    unsigned count;
    uint32_t ids[DERIVED_MAX];
};

/* A number of a picture, in 2 or 4 bytes, as the version of the box says. */
static enum sp_status read_id(const struct boxes *boxes, uint64_t at, unsigned wide, uint32_t *id,
                              struct sp_err *err)
{
    unsigned char bytes[4] = {0};
    const enum sp_status status = sp_photo_bytes_take(boxes->fd, at, bytes, wide, err);
    *id = wide == 2 ? sp_be16(bytes) : sp_be32(bytes);
    return status;
}

static enum sp_status note_derived(const struct boxes *boxes, const struct box *box, unsigned wide,
                                   struct derived *derived, struct sp_err *err)
{
    if (derived->count == DERIVED_MAX)
        return sp_photo_bad_header(err, SP_PHOTO_HEIC);
    return read_id(boxes, box->body, wide, &derived->ids[derived->count++], err);
}

/* A reference (14496-12, 8.11.12): the picture's number, how many it is made of, and theirs. */
static enum sp_status check_derived(struct boxes *boxes, const struct box *box, unsigned wide,
                                    const struct derived *derived, struct sp_err *err)
{
    for (uint64_t at = box->body + wide + 2; at + wide <= box->end; at += wide) {
        uint32_t id;
        const enum sp_status status = read_id(boxes, at, wide, &id, err);
        if (status != SP_OK)
            return status;
        bool again = boxes->steps++ >= SP_PROBE_STEPS_MAX;
        for (unsigned i = 0; i < derived->count; i++)
            again |= derived->ids[i] == id;
        if (again)
            return sp_photo_bad_header(err, SP_PHOTO_HEIC);
    }
    return SP_OK;
}

/*
 * Twice over all references: which pictures are made of others, then that none is made of those.
 * The library would follow one that is made of itself until its stack ends; no camera nests them.
 */
static enum sp_status check_references(struct boxes *boxes, const struct box *meta,
                                       struct sp_err *err)
{
    struct derived derived = {0};
    for (uint64_t offset = meta->body + 4; offset < meta->end;) {
        struct box box, reference;
        unsigned char version;
        enum sp_status status = read_box(boxes, offset, meta->end, &box, err);
        if (status != SP_OK)
            return status;
        offset = box.end;
        if (memcmp(box.type, "iref", 4) != 0 || box.end - box.body < 4)
            continue;
        status = sp_photo_bytes_take(boxes->fd, box.body, &version, 1, err);
        for (int pass = 0; pass < 2; pass++)
            for (uint64_t at = box.body + 4; status == SP_OK && at < box.end; at = reference.end) {
                status = read_box(boxes, at, box.end, &reference, err);
                if (status != SP_OK || memcmp(reference.type, "dimg", 4) != 0)
                    continue;
                const unsigned wide = version ? 4 : 2;
                status = pass == 0 ? note_derived(boxes, &reference, wide, &derived, err)
                                   : check_derived(boxes, &reference, wide, &derived, err);
            }
        if (status != SP_OK)
            return status;
    }
    return SP_OK;
}

enum sp_status sp_heif_probe(int fd, struct sp_photo_probe *probe, struct sp_err *err)
{
    struct boxes boxes = {.fd = fd};
    struct box box;
    probe->channels = 3;
    probe->bits = 8;
    enum sp_status status = find_box(&boxes, 0, probe->file_bytes, "meta", &box, err);
    /* A full box: four bytes of version and flags stand before the boxes in it. */
    if (status == SP_OK)
        status = box.end - box.body < 4 ? sp_photo_bad_header(err, SP_PHOTO_HEIC)
                                        : check_references(&boxes, &box, err);
    if (status == SP_OK)
        status = find_box(&boxes, box.body + 4, box.end, "iprp", &box, err);
    if (status == SP_OK)
        status = find_box(&boxes, box.body, box.end, "ipco", &box, err);
    if (status == SP_OK)
        status = read_properties(&boxes, &box, probe, err);
    if (status != SP_OK)
        return status;
    /*
     * The coded picture, the decoder's and the one that is handed out, each 12 bits a pixel for
     * 4:2:0 and twice that for more than 8 bits; and the decoder's notes on blocks, and its
     * reference pictures. Measured: 5.1 bytes a pixel, 8 bits.
     */
    const uint64_t pixels = (uint64_t)probe->width_px * probe->height_px;
    probe->by_rows = false;
    probe->store_bytes = pixels * (probe->bits > 8 ? 10 : 6) + probe->file_bytes;
    return SP_OK;
}
