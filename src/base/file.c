#include <smallpress/file.h>

#include "base/check.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Eight random hex digits: tries before giving up on finding a name nobody has. */
#define TEMPORARY_TRIES 16

static enum sp_status open_in_place(struct sp_file *file, struct sp_err *err)
{
    file->fd = sp_sys_open(AT_FDCWD, file->path, O_WRONLY, 0);
    if (file->fd < 0)
        return sp_fail_os(err, -file->fd, "%s cannot be written", file->path);
    return SP_OK;
}

static enum sp_status open_folder(struct sp_file *file, struct sp_err *err)
{
    char folder[PATH_MAX];
    const size_t length = (size_t)(file->name - file->path);
    if (length >= sizeof folder ||
        strlen(file->name) > SP_FILE_NAME_MAX - sizeof "..12345678.partial")
        return sp_fail(err, SP_IO, "the name of the output file is too long: %s", file->path);
    memcpy(folder, length ? file->path : ".", length ? length : 1);
    folder[length ? length : 1] = '\0';
    file->folder_fd = sp_sys_open(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY, 0);
    if (file->folder_fd < 0)
        return sp_fail_os(err, -file->folder_fd, "the folder of %s cannot be opened", file->path);
    return SP_OK;
}

static enum sp_status open_temporary(struct sp_file *file, struct sp_err *err)
{
    int fd = -EEXIST;
    for (int i = 0; i < TEMPORARY_TRIES && fd == -EEXIST; i++) {
        snprintf(file->temporary, sizeof file->temporary, ".%s.%08x.partial", file->name,
                 randombytes_random());
        fd = sp_sys_open(file->folder_fd, file->temporary, O_WRONLY | O_CREAT | O_EXCL, 0666);
    }
    if (fd < 0) {
        (void)sp_sys_close(file->folder_fd);
        file->folder_fd = -1;
        return sp_fail_os(err, -fd, "%s cannot be written", file->path);
    }
    file->fd = fd;
    return SP_OK;
}

enum sp_status sp_file_create(struct sp_file *file, const char *path, enum sp_file_mode mode,
                              struct sp_err *err)
{
    const char *slash = strrchr(path, '/');
    *file = (struct sp_file){
        .fd = -1,
        .folder_fd = -1,
        .replace = mode == SP_FILE_REPLACE,
        .path = path,
        .name = slash ? slash + 1 : path,
    };
    if (strcmp(path, "-") == 0) {
        file->path = "standard output";
        file->fd = STDOUT_FILENO;
        return SP_OK;
    }
    struct stat info;
    const bool exists = stat(path, &info) == 0;
    if ((exists && S_ISDIR(info.st_mode)) || file->name[0] == '\0')
        return sp_fail(err, SP_IO, "%s is a folder: name a file in it", path);
    if (exists && S_ISBLK(info.st_mode))
        return sp_fail(err, SP_IO, "%s is a disk: name a file on it", path);
    if (exists && !S_ISREG(info.st_mode))
        return open_in_place(file, err);
    if (exists && !file->replace)
        return sp_fail(err, SP_IO, "%s exists: choose another name, or replace it with --force",
                       path);
    enum sp_status status = open_folder(file, err);
    return status == SP_OK ? open_temporary(file, err) : status;
}

enum sp_status sp_file_write(void *context, const void *bytes, size_t count, struct sp_err *err)
{
    struct sp_file *file = context;
    const int result = sp_sys_write_all(file->fd, bytes, count);
    if (result == -EPIPE)
        return sp_fail_os(err, EPIPE, "%s was closed by its reader before the end", file->path);
    if (result < 0)
        return sp_fail_os(err, -result, "%s cannot be written", file->path);
    return SP_OK;
}

/* Closes what is open; the temporary, if there is one, stays. */
static int close_all(struct sp_file *file)
{
    int result = 0;
    if (file->fd > STDERR_FILENO)
        result = sp_sys_close(file->fd);
    if (file->folder_fd >= 0)
        (void)sp_sys_close(file->folder_fd);
    file->fd = file->folder_fd = -1;
    return result;
}

static enum sp_status fail_commit(struct sp_file *file, int error, struct sp_err *err)
{
    sp_file_discard(file);
    if (error == -EEXIST)
        return sp_fail(err, SP_IO, "%s was made by somebody else meanwhile and is left as it is",
                       file->path);
    return sp_fail_os(err, -error, "%s cannot be made final", file->path);
}

enum sp_status sp_file_commit(struct sp_file *file, struct sp_err *err)
{
    SP_ASSERT(file->fd >= 0);
    if (file->folder_fd < 0) {
        /* Written in place: there is nothing to rename, and a pipe has nothing to sync. */
        const int closed = close_all(file);
        return closed < 0 ? sp_fail_os(err, -closed, "%s cannot be written", file->path) : SP_OK;
    }
    int result = sp_sys_fsync(file->fd);
    if (result == 0) {
        const int fd = file->fd;
        file->fd = -1;
        result = sp_sys_close(fd);
    }
    if (result == 0)
        result = sp_sys_rename(file->folder_fd, file->temporary, file->name, file->replace);
    if (result < 0)
        return fail_commit(file, result, err);
    file->temporary[0] = '\0';
    /* The file is whole and has its name; syncing the folder makes the name survive a power cut. */
    result = sp_sys_fsync(file->folder_fd);
    (void)close_all(file);
    if (result < 0)
        return sp_fail_os(err, -result, "the folder of %s cannot be synced", file->path);
    return SP_OK;
}

void sp_file_discard(struct sp_file *file)
{
    if (file->folder_fd >= 0 && file->temporary[0])
        (void)sp_sys_unlink(file->folder_fd, file->temporary);
    file->temporary[0] = '\0';
    (void)close_all(file);
}
