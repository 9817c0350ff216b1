#include <smallpress/stream.h>

#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* How often a read that waits looks whether it is to stop. */
#define LOOK_MS 100

/* Waits for input that may be long in coming. An ordinary file has it at once, but may be long. */
static enum sp_status wait_for_input(const struct sp_in_file *file, struct sp_err *err)
{
    int ready = 0;
    while (ready == 0) {
        if (file->stopped && file->stopped(file->stopped_context))
            return sp_fail(err, SP_STOPPED, "stopped while reading %s", file->in.name);
        ready = file->regular || sp_sys_wait_readable(file->fd, LOOK_MS);
    }
    /* What poll cannot tell, read will. */
    return SP_OK;
}

static enum sp_status read_file(void *context, void *bytes, size_t capacity, size_t *got,
                                struct sp_err *err)
{
    const struct sp_in_file *file = context;
    const enum sp_status waited = wait_for_input(file, err);
    if (waited != SP_OK)
        return waited;
    const ssize_t count = sp_sys_read(file->fd, bytes, capacity);
    if (count < 0)
        return sp_fail_os(err, (int)-count, "%s cannot be read", file->in.name);
    *got = (size_t)count;
    return SP_OK;
}

enum sp_status sp_in_file_open(struct sp_in_file *file, const char *path, struct sp_err *err)
{
    const bool standard = strcmp(path, "-") == 0;
    file->in = (struct sp_in){
        .read = read_file, .context = file, .name = standard ? "standard input" : path};
    file->fd = standard ? STDIN_FILENO : sp_sys_open(AT_FDCWD, path, O_RDONLY, 0);
    if (file->fd == -EINTR)
        return sp_fail(err, SP_STOPPED, "stopped while waiting for a writer of %s", path);
    if (file->fd < 0)
        return sp_fail_os(err, -file->fd, "%s cannot be opened", path);

    file->stopped = NULL;
    struct stat info;
    const bool known = fstat(file->fd, &info) == 0;
    file->regular = known && S_ISREG(info.st_mode);
    file->size_bytes = file->regular ? (uint64_t)info.st_size : 0;
    if (known && S_ISDIR(info.st_mode)) {
        sp_in_file_close(file);
        return sp_fail(err, SP_IO, "%s is a folder: name a file in it", file->in.name);
    }
    return SP_OK;
}

void sp_in_file_close(struct sp_in_file *file)
{
    if (file->fd > STDIN_FILENO)
        (void)sp_sys_close(file->fd);
    file->fd = -1;
}
