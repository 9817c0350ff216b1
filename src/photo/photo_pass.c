#include "photo/photo_pass.h"

#include "base/num.h"
#include "base/sys.h"
#include "photo/decoder.h"
#include "photo/photo_bytes.h"
#include "photo/photo_colour.h"

#include <stddef.h>
#include <string.h>

#define BLOCK_BYTES  (8 * 1024)

#define MARKER_RST0  0xD0
#define MARKER_RST7  0xD7
#define MARKER_EOI   0xD9
#define MARKER_SOS   0xDA
#define MARKER_APP0  0xE0
#define MARKER_APP14 0xEE
#define MARKER_APP15 0xEF
#define MARKER_COM   0xFE

/* Segments of tables and scans that a file without a warning may have. */
#define SEGMENTS_MAX 100000

/* Small files are headers and tables for the most part. */
#define SMALL_BYTES 4096

struct copy {
    int fd, out_fd;
    uint64_t from, to;
    unsigned char block[BLOCK_BYTES];
    uint64_t start; /* of what is in the block */
    size_t count;
};

static enum sp_status look(struct copy *copy, struct sp_err *err)
{
    copy->start = copy->from;
    const enum sp_status status =
        sp_photo_bytes_read(copy->fd, copy->from, copy->block, BLOCK_BYTES, &copy->count, err);
    return status == SP_OK && copy->count < 2 ? sp_photo_cut_short(err) : status;
}

static enum sp_status put(struct copy *copy, const void *bytes, size_t count, struct sp_err *err)
{
    const int result = sp_sys_pwrite_all(copy->out_fd, bytes, count, copy->to);
    if (result < 0)
        return sp_fail_os(err, -result, "the finished photo cannot be written");
    copy->to += count;
    return SP_OK;
}

/* Copies `count` bytes from where the copy stands. */
static enum sp_status copy_bytes(struct copy *copy, size_t count, struct sp_err *err)
{
    while (count > 0) {
        enum sp_status status = look(copy, err);
        const size_t step = SP_MIN(count, copy->count);
        if (status == SP_OK)
            status = put(copy, copy->block, step, err);
        if (status != SP_OK)
            return status;
        copy->from += step;
        count -= step;
    }
    return SP_OK;
}

/* Copies the data of a scan up to the marker that ends it (T.81, B.1.1.5). */
static enum sp_status copy_scan(struct copy *copy, struct sp_err *err)
{
    for (;;) {
        enum sp_status status = look(copy, err);
        if (status != SP_OK)
            return status;
        size_t end = 0;
        bool marker = false;
        while (end + 1 < copy->count && !marker) {
            const unsigned char *ff = memchr(copy->block + end, 0xFF, copy->count - end - 1);
            if (!ff) {
                end = copy->count - 1;
                break;
            }
            const unsigned next = ff[1];
            end = (size_t)(ff - copy->block);
            marker = next != 0 && next != 0xFF && (next < MARKER_RST0 || next > MARKER_RST7);
            /* A second FF may be the first half of a marker. */
            if (!marker)
                end += next == 0xFF ? 1 : 2;
        }
        status = put(copy, copy->block, end, err);
        copy->from += end;
        if (status != SP_OK || marker)
            return status;
    }
}

/*
 * Of the application segments only Adobe's is kept, which tells what the colours are, and only if
 * it has its own length: JFIF says nothing that counts here, and it and its extension may hold a
 * thumbnail, of what was there before the photo was cropped.
 */
#define ADOBE_BYTES 16

static enum sp_status copy_all(struct copy *copy, struct sp_err *err)
{
    enum sp_status status = copy_bytes(copy, 2, err);
    for (unsigned step = 0; status == SP_OK && step < SEGMENTS_MAX; step++) {
        unsigned char head[4] = {0};
        size_t got;
        status = sp_photo_bytes_read(copy->fd, copy->from, head, sizeof head, &got, err);
        if (status != SP_OK || got < 2)
            return status != SP_OK ? status : sp_photo_cut_short(err);
        const unsigned marker = head[1];
        if (head[0] != 0xFF || marker == 0xFF || marker <= 1 ||
            (marker >= MARKER_RST0 && marker < MARKER_EOI)) {
            /* Filling before a marker, or what a decoder passes over as well. */
            copy->from++;
            continue;
        }
        if (marker == MARKER_EOI)
            return copy_bytes(copy, 2, err);
        const size_t length = 2 + (size_t)sp_be16(head + 2);
        const bool application = marker >= MARKER_APP0 && marker <= MARKER_APP15;
        const bool adobe = marker == MARKER_APP14 && length == ADOBE_BYTES;
        if ((application && !adobe) || marker == MARKER_COM) {
            copy->from += length;
            continue;
        }
        status = copy_bytes(copy, length, err);
        if (status == SP_OK && marker == MARKER_SOS)
            status = copy_scan(copy, err);
    }
    return status == SP_OK ? sp_photo_cut_short(err) : status;
}

/* Decodes all of it, as small as can be, to see that it is whole, and what its colours are. */
static enum sp_status look_through(int fd, const struct sp_photo_probe *probe, bool *plain,
                                   unsigned *channels, struct sp_err *err)
{
    _Alignas(max_align_t) unsigned char state[SP_DECODER_STATE_BYTES];
    const struct sp_decoder_input input = {.fd = fd, .probe = probe, .edge_px = 1};
    struct sp_decoder_facts facts;
    struct sp_colour colour;
    struct sp_band band;
    enum sp_status status = sp_jpeg_decoder.open(state, &input, &facts, err);
    if (status == SP_OK) {
        sp_colour_open(&colour, &facts);
        *plain = sp_colour_is_plain(&colour) || (facts.pixels == SP_PIXELS_GREY && !colour.has_map);
        *channels = facts.plane_count;
        sp_colour_close(&colour);
    }
    for (uint32_t y = 0; status == SP_OK && *plain && y < facts.planes[0].height;) {
        status = sp_jpeg_decoder.next(state, &band, err);
        y += status == SP_OK ? band.count[0] : 0;
    }
    if (status == SP_OK && *plain)
        status = sp_jpeg_decoder.end(state, err);
    sp_jpeg_decoder.close(state);
    return status;
}

enum sp_status sp_photo_pass(int fd, const struct sp_photo_probe *probe,
                             const struct sp_photo_order *order, int out_fd, struct sp_photo *photo,
                             bool *passed, struct sp_err *err)
{
    const uint64_t pixels = (uint64_t)probe->width_px * probe->height_px;
    bool plain = false;
    unsigned channels = 0;
    *passed = false;
    if (!order->pass || order->kind != SP_PHOTO_PICTURE || probe->format != SP_PHOTO_JPEG ||
        probe->orientation != 1 || (probe->channels != 1 && probe->channels != 3) ||
        SP_MAX(probe->width_px, probe->height_px) > order->edge_px ||
        probe->file_bytes > pixels / 2 + SMALL_BYTES)
        return SP_OK;
    enum sp_status status = look_through(fd, probe, &plain, &channels, err);
    if (status != SP_OK || !plain)
        return status;
    struct copy copy = {.fd = fd, .out_fd = out_fd};
    status = copy_all(&copy, err);
    if (status != SP_OK)
        return status;
    *passed = true;
    photo->format = SP_PHOTO_JPEG;
    photo->width_px = probe->width_px;
    photo->height_px = probe->height_px;
    photo->channels = channels;
    photo->length = copy.to;
    photo->passed = true;
    return SP_OK;
}
