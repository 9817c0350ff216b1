/*
 * The header of a JPEG (ITU-T T.81, annex B):
 *
 *     FF D8   FF E1 len Exif…   FF E2 len ICC_PROFILE…   FF C0 len frame   …   FF DA len scan
 *
 * Segments are skipped by their length, so megabytes of them cost a read each.
 */
#include "base/check.h"
#include "photo/exif.h"
#include "photo/photo_bytes.h"
#include "photo/probe_header.h"

#include <string.h>

#define MARKER_SOF0    0xC0
#define MARKER_SOF2    0xC2
#define MARKER_DHT     0xC4
#define MARKER_JPG     0xC8
#define MARKER_DAC     0xCC
#define MARKER_SOF15   0xCF
#define MARKER_RST0    0xD0
#define MARKER_EOI     0xD9
#define MARKER_SOS     0xDA
#define MARKER_APP1    0xE1
#define MARKER_APP2    0xE2
#define MARKER_APP14   0xEE

#define ICC_HEAD_BYTES 14 /* "ICC_PROFILE", a zero, number of the part, number of parts */

static enum sp_status refuse_kind(struct sp_err *err, const char *kind)
{
    return sp_fail(err, SP_BAD_DATA,
                   "it is a JPEG of a rare kind (%s): save it again as an ordinary JPEG", kind);
}

/* A start of frame: dimensions and sampling (B.2.2). */
static enum sp_status read_frame(const unsigned char *body, size_t count, unsigned marker,
                                 struct sp_jpeg_header *header, struct sp_err *err)
{
    if (marker > MARKER_SOF2)
        return refuse_kind(err, marker > MARKER_JPG ? "arithmetic coding" : "lossless coding");
    if (header->components != 0 || count < 6)
        return sp_photo_bad_header(err, SP_PHOTO_JPEG);
    header->bits = body[0];
    header->height = sp_be16(body + 1);
    header->width = sp_be16(body + 3);
    header->components = body[5];
    header->progressive = marker == MARKER_SOF2;
    if (header->bits != 8)
        return refuse_kind(err, header->bits == 12 ? "12 bits a sample" : "not 8 bits a sample");
    if (header->components != 1 && header->components != 3 && header->components != 4)
        return refuse_kind(err, "neither grey, colour nor CMYK");
    if (count < 6 + 3 * (size_t)header->components || header->width == 0 || header->height == 0)
        return sp_photo_bad_header(err, SP_PHOTO_JPEG);
    for (unsigned i = 0; i < header->components; i++) {
        header->h[i] = body[7 + 3 * i] >> 4;
        header->v[i] = body[7 + 3 * i] & 15;
        if (header->h[i] < 1 || header->h[i] > 4 || header->v[i] < 1 || header->v[i] > 4)
            return sp_photo_bad_header(err, SP_PHOTO_JPEG);
    }
    return SP_OK;
}

static void note_icc(const unsigned char *body, size_t count, uint64_t offset, size_t length,
                     struct sp_jpeg_header *header)
{
    if (count < ICC_HEAD_BYTES || memcmp(body, "ICC_PROFILE", 12) != 0 || body[12] == 0)
        return;
    struct sp_jpeg_piece *piece = &header->icc[body[12] - 1];
    /* Of two parts with one number the profile is broken anyway: the second is as good. */
    piece->offset = offset + ICC_HEAD_BYTES;
    piece->length = (uint32_t)(length - ICC_HEAD_BYTES);
    header->icc_parts = body[13];
}

/* A profile counts only if all its parts were there. */
static void sum_icc(struct sp_jpeg_header *header)
{
    for (unsigned i = 0; i < header->icc_parts; i++) {
        header->icc_bytes += header->icc[i].length;
        if (header->icc[i].offset == 0)
            header->icc_bytes = SP_ICC_BYTES_MAX + 1;
    }
    if (header->icc_bytes == 0 || header->icc_bytes > SP_ICC_BYTES_MAX)
        header->icc_parts = 0;
}

static enum sp_status note_exif(int fd, const unsigned char *body, size_t count, uint64_t offset,
                                size_t length, struct sp_jpeg_header *header, struct sp_err *err)
{
    if (header->orientation != 0 || count < 6 || memcmp(body, "Exif\0", 6) != 0)
        return SP_OK;
    unsigned char block[SP_EXIF_BYTES_MAX];
    const size_t wanted = length - 6 < sizeof block ? length - 6 : sizeof block;
    size_t got;
    const enum sp_status status = sp_photo_bytes_read(fd, offset + 6, block, wanted, &got, err);
    if (status == SP_OK)
        header->orientation = sp_exif_orientation(block, got);
    return status;
}

static enum sp_status read_segment(int fd, unsigned marker, uint64_t offset, size_t length,
                                   struct sp_jpeg_header *header, struct sp_err *err)
{
    unsigned char body[32];
    const size_t count = length < sizeof body ? length : sizeof body;
    const bool frame = marker >= MARKER_SOF0 && marker <= MARKER_SOF15 && marker != MARKER_DHT &&
                       marker != MARKER_JPG && marker != MARKER_DAC;
    if (!frame && marker != MARKER_SOS && marker != MARKER_APP1 && marker != MARKER_APP2 &&
        marker != MARKER_APP14)
        return SP_OK;
    const enum sp_status status = sp_photo_bytes_take(fd, offset, body, count, err);
    if (status != SP_OK)
        return status;
    if (frame)
        return read_frame(body, count, marker, header, err);
    if (marker == MARKER_APP1)
        return note_exif(fd, body, count, offset, length, header, err);
    if (marker == MARKER_APP2)
        note_icc(body, count, offset, length, header);
    if (marker == MARKER_APP14 && count >= 12 && memcmp(body, "Adobe", 5) == 0) {
        header->adobe = true;
        header->adobe_transform = body[11];
    }
    if (marker == MARKER_SOS)
        header->scan_components = count ? body[0] : 0;
    return SP_OK;
}

enum sp_status sp_jpeg_header_read(int fd, struct sp_jpeg_header *header, struct sp_err *err)
{
    uint64_t offset = 2;
    *header = (struct sp_jpeg_header){0};
    for (unsigned step = 0; step < SP_PROBE_STEPS_MAX; step++) {
        unsigned char head[4];
        enum sp_status status = sp_photo_bytes_take(fd, offset, head, sizeof head, err);
        if (status != SP_OK)
            return status;
        const unsigned marker = head[1];
        /* Bytes of FF may fill the place before a marker; anything else has no business there. */
        if (head[0] != 0xFF)
            return sp_photo_bad_header(err, SP_PHOTO_JPEG);
        if (marker == 0xFF || marker == 1 || (marker >= MARKER_RST0 && marker < MARKER_EOI)) {
            offset += marker == 0xFF ? 1 : 2;
            continue;
        }
        const size_t length = sp_be16(head + 2);
        if (marker == MARKER_EOI || marker == 0 || length < 2)
            return sp_photo_bad_header(err, SP_PHOTO_JPEG);
        status = read_segment(fd, marker, offset + 4, length - 2, header, err);
        if (status != SP_OK)
            return status;
        if (marker == MARKER_SOS) {
            header->scan_offset = offset;
            sum_icc(header);
            return header->components ? SP_OK : sp_photo_bad_header(err, SP_PHOTO_JPEG);
        }
        offset += 2 + length;
    }
    return sp_fail(err, SP_BAD_DATA, "it has more than %d segments before its picture",
                   SP_PROBE_STEPS_MAX);
}

/*
 * What libjpeg keeps of a JPEG of several scans: every coefficient, as blocks of 64 of two bytes,
 * for whole MCUs (jdcoefct.c, the full-image buffer).
 */
static uint64_t coefficient_bytes(const struct sp_jpeg_header *header)
{
    unsigned h_max = 1, v_max = 1;
    for (unsigned i = 0; i < header->components; i++) {
        h_max = header->h[i] > h_max ? header->h[i] : h_max;
        v_max = header->v[i] > v_max ? header->v[i] : v_max;
    }
    uint64_t blocks = 0;
    for (unsigned i = 0; i < header->components; i++) {
        SP_ASSERT(header->h[i] >= 1 && header->v[i] >= 1);
        const unsigned h = header->h[i], v = header->v[i];
        const uint64_t wide = ((uint64_t)header->width * h + 8 * h_max - 1) / (8 * h_max);
        const uint64_t high = ((uint64_t)header->height * v + 8 * v_max - 1) / (8 * v_max);
        blocks += (wide + h - 1) / h * h * ((high + v - 1) / v * v);
    }
    return blocks * 128;
}

enum sp_status sp_jpeg_probe(int fd, struct sp_photo_probe *probe, struct sp_err *err)
{
    struct sp_jpeg_header header;
    const enum sp_status status = sp_jpeg_header_read(fd, &header, err);
    if (status != SP_OK)
        return status;
    probe->width_px = header.width;
    probe->height_px = header.height;
    probe->orientation = header.orientation ? header.orientation : 1;
    probe->channels = header.components;
    probe->bits = header.bits;
    const bool one_scan = !header.progressive && header.scan_components == header.components;
    probe->store_bytes = one_scan ? 0 : coefficient_bytes(&header);
    if (header.icc_parts)
        probe->store_bytes += sp_icc_store_bytes(header.icc_bytes);
    probe->by_rows = probe->store_bytes == 0;
    return SP_OK;
}
