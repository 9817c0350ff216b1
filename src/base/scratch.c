#include "base/scratch.h"

#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* For file systems that cannot make a file without a name: one is made and taken away at once. */
static int open_and_unlink(const char *folder)
{
    const int folder_fd = sp_sys_open(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY, 0);
    if (folder_fd < 0)
        return folder_fd;
    char name[32];
    snprintf(name, sizeof name, ".smallpress.%08x", randombytes_random());
    const int fd = sp_sys_open(folder_fd, name, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd >= 0)
        (void)sp_sys_unlink(folder_fd, name);
    (void)sp_sys_close(folder_fd);
    return fd;
}

enum sp_status sp_scratch_open(struct sp_scratch *scratch, const char *folder, struct sp_err *err)
{
    scratch->folder = folder;
    scratch->fd = sp_sys_open(AT_FDCWD, folder, O_RDWR | O_TMPFILE, 0600);
    if (scratch->fd == -EOPNOTSUPP || scratch->fd == -EISDIR || scratch->fd == -EINVAL)
        scratch->fd = open_and_unlink(folder);
    if (scratch->fd < 0)
        return sp_fail_os(err, -scratch->fd, "a scratch file cannot be made in %s", folder);
    return SP_OK;
}

void sp_scratch_close(struct sp_scratch *scratch)
{
    if (scratch->fd >= 0)
        (void)sp_sys_close(scratch->fd);
    scratch->fd = -1;
}

enum sp_status sp_scratch_write(const struct sp_scratch *scratch, uint64_t offset,
                                const void *bytes, size_t count, struct sp_err *err)
{
    const int result = sp_sys_pwrite_all(scratch->fd, bytes, count, offset);
    if (result < 0)
        return sp_fail_os(err, -result, "the scratch file in %s cannot be written",
                          scratch->folder);
    return SP_OK;
}

enum sp_status sp_scratch_read(const struct sp_scratch *scratch, uint64_t offset, void *bytes,
                               size_t count, struct sp_err *err)
{
    unsigned char *next = bytes;
    while (count > 0) {
        const ssize_t got = sp_sys_pread(scratch->fd, next, count, offset);
        if (got < 0)
            return sp_fail_os(err, (int)-got, "the scratch file in %s cannot be read",
                              scratch->folder);
        if (got == 0) {
            memset(next, 0, count);
            return SP_OK;
        }
        next += got;
        offset += (uint64_t)got;
        count -= (size_t)got;
    }
    return SP_OK;
}
