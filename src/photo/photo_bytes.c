#include "photo/photo_bytes.h"

#include "base/sys.h"

enum sp_status sp_photo_bytes_read(int fd, uint64_t offset, void *bytes, size_t count, size_t *got,
                                   struct sp_err *err)
{
    *got = 0;
    while (*got < count) {
        const ssize_t step =
            sp_sys_pread(fd, (unsigned char *)bytes + *got, count - *got, offset + *got);
        if (step < 0)
            return sp_fail_os(err, (int)-step, "the photo cannot be read");
        if (step == 0)
            break;
        *got += (size_t)step;
    }
    return SP_OK;
}

enum sp_status sp_photo_bytes_take(int fd, uint64_t offset, void *bytes, size_t count,
                                   struct sp_err *err)
{
    size_t got;
    const enum sp_status status = sp_photo_bytes_read(fd, offset, bytes, count, &got, err);
    return status == SP_OK && got < count ? sp_photo_cut_short(err) : status;
}

enum sp_status sp_photo_cut_short(struct sp_err *err)
{
    return sp_fail(err, SP_BAD_DATA,
                   "it is cut short: the file ends in the middle of the picture; send it again");
}
