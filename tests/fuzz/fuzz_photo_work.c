/*
 * Hostile photos: each ends in a sentence, or in a picture that keeps what was ordered.
 *
 * The input is two bytes of settings and a file. Pictures are kept small, so that many are tried.
 */
#include "base/check.h"

#include <smallpress/photo.h>

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PIXELS_MAX (256 * 1024)

#ifndef WORK
#define WORK sp_photo_work
#endif

static void check_photo(const struct sp_photo *photo, const struct sp_photo_order *order, int fd)
{
    struct sp_photo_probe probe;
    struct sp_err err;
    SP_ASSERT(photo->width_px >= 1 && photo->width_px <= order->edge_px);
    SP_ASSERT(photo->height_px >= 1 && photo->height_px <= order->edge_px);
    SP_ASSERT(photo->channels == 1 || photo->channels == 3);
    SP_ASSERT(!photo->passed || order->pass);
    SP_ASSERT(photo->length == (uint64_t)lseek(fd, 0, SEEK_END));
    /* What was written is a photo itself, and of that size. */
    SP_ASSERT(sp_photo_examine(fd, &probe, &err) == SP_OK);
    SP_ASSERT(probe.format == photo->format);
    SP_ASSERT(probe.width_px == photo->width_px && probe.height_px == photo->height_px);
    SP_ASSERT(probe.channels == photo->channels);
    SP_ASSERT(probe.orientation == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const struct sp_photo_order order = {
        .kind = data[0] & 1 ? SP_PHOTO_GRAPHIC : SP_PHOTO_PICTURE,
        .edge_px = SP_PHOTO_EDGE_MIN + data[1],
        .quality = 1 + data[0] % 100,
        .pass = data[0] & 2,
        .pixels_max = PIXELS_MAX,
        .memory_bytes = PIXELS_MAX * 8,
    };
    struct sp_photo photo;
    struct sp_err err = {0};
    const int fd = memfd_create("photo", MFD_CLOEXEC), out_fd = memfd_create("out", MFD_CLOEXEC);
    SP_ASSERT(fd >= 0 && out_fd >= 0);
    SP_ASSERT(write(fd, data + 2, size - 2) == (ssize_t)(size - 2));
    const enum sp_status status = WORK(fd, &order, out_fd, &photo, &err);
    if (status == SP_OK) {
        check_photo(&photo, &order, out_fd);
    } else {
        SP_ASSERT(status == SP_BAD_DATA || status == SP_TOO_BIG || status == SP_NO_ROOM);
        SP_ASSERT(err.status == status);
        SP_ASSERT(strlen(err.text) > 10);
    }
    (void)close(fd);
    (void)close(out_fd);
    return 0;
}
