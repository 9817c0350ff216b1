/* Headers of hostile photos: what the probe says of them is within its bounds. */
#include "base/check.h"

#include <smallpress/photo.h>

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sp_photo_probe probe;
    struct sp_err err = {0};
    const int fd = memfd_create("photo", MFD_CLOEXEC);
    SP_ASSERT(fd >= 0);
    SP_ASSERT(write(fd, data, size) == (ssize_t)size);
    const enum sp_status status = sp_photo_examine(fd, &probe, &err);
    SP_ASSERT(probe.format == sp_photo_format_of(data, size));
    SP_ASSERT(probe.file_bytes == size);
    SP_ASSERT(probe.orientation >= 1 && probe.orientation <= 8);
    if (status == SP_OK) {
        SP_ASSERT(probe.width_px >= 1 && probe.width_px <= 65500);
        SP_ASSERT(probe.height_px >= 1 && probe.height_px <= 65500);
        SP_ASSERT(probe.channels == 1 || probe.channels == 3 || probe.channels == 4);
        SP_ASSERT(probe.bits >= 1 && probe.bits <= 16);
        SP_ASSERT(probe.by_rows == (probe.store_bytes == 0));
    } else {
        SP_ASSERT(status == SP_BAD_DATA || status == SP_TOO_BIG);
        SP_ASSERT(err.status == status);
        SP_ASSERT(strlen(err.text) > 10);
    }
    (void)close(fd);
    return 0;
}
