#include <smallpress/file.h>

#include "base/check.h"
#include "base/sys.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Eight random hex digits: tries before giving up on finding a name nobody has. */
#define TEMPORARY_TRIES 16

/* How often a write that waits looks whether it is to stop. */
#define LOOK_MS 100

/* Whether a write to what is open may wait for a reader. */
static bool may_wait(int fd)
{
    struct stat info;
    return fstat(fd, &info) != 0 || !S_ISREG(info.st_mode);
}

static enum sp_status open_in_place(struct sp_file *file, struct sp_err *err)
{
    file->waits = true;
    file->fd = sp_sys_open(AT_FDCWD, file->path, O_WRONLY, 0);
    if (file->fd == -EINTR)
        return sp_fail(err, SP_STOPPED, "stopped while waiting for a reader of %s", file->path);
    if (file->fd < 0)
        return sp_fail_os(err, -file->fd, "%s cannot be written", file->path);
    return SP_OK;
}

static enum sp_status open_folder(struct sp_file *file, struct sp_err *err)
{
    char folder[SP_FILE_PATH_MAX];
    const char *path = file->target[0] ? file->target : file->path;
    const size_t length = (size_t)(file->name - path);
    if (length >= sizeof folder ||
        strlen(file->name) > SP_FILE_NAME_MAX - sizeof "..12345678.partial")
        return sp_fail(err, SP_IO, "the name of the output file is too long: %s", file->path);
    memcpy(folder, length ? path : ".", length ? length : 1);
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
    struct stat replaced;
    if (fd >= 0 && file->replace && fstatat(file->folder_fd, file->name, &replaced, 0) == 0)
        (void)fchmod(fd, replaced.st_mode & 0777); /* who may read it stays as it was */
    if (fd < 0) {
        (void)sp_sys_close(file->folder_fd);
        file->folder_fd = -1;
        return sp_fail_os(err, -fd, "%s cannot be written", file->path);
    }
    file->fd = fd;
    return SP_OK;
}

static bool resolve(struct sp_file *file)
{
    static_assert(SP_FILE_PATH_MAX >= PATH_MAX, "realpath writes up to PATH_MAX bytes");
    return realpath(file->path, file->target) != NULL;
}

/*
 * Follows a link: what it leads to is replaced, not the link. One that leads to the file standard
 * output goes to, as /dev/stdout does, is standard output.
 */
static enum sp_status follow_link(struct sp_file *file, struct sp_err *err)
{
    struct stat link, target, output;
    if (lstat(file->path, &link) != 0 || !S_ISLNK(link.st_mode))
        return SP_OK;
    if (stat(file->path, &target) != 0)
        return sp_fail_os(err, errno, "%s is a link that leads nowhere", file->path);
    if (!S_ISREG(target.st_mode))
        return SP_OK;
    if (fstat(STDOUT_FILENO, &output) == 0 && output.st_dev == target.st_dev &&
        output.st_ino == target.st_ino)
        file->fd = STDOUT_FILENO;
    else if (!resolve(file))
        return sp_fail_os(err, errno, "%s is a link that cannot be followed", file->path);
    const char *slash = strrchr(file->target, '/');
    file->name = slash ? slash + 1 : file->name;
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
        file->waits = may_wait(file->fd);
        return SP_OK;
    }
    enum sp_status status = follow_link(file, err);
    if (status != SP_OK || file->fd == STDOUT_FILENO)
        return status;
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
    status = open_folder(file, err);
    return status == SP_OK ? open_temporary(file, err) : status;
}

/*
 * Writes to a pipe, a terminal or a device, which may take long to have room. So much at a time
 * fits when there is any room at all, and no write waits where it cannot be stopped.
 */
static int write_waiting(const struct sp_file *file, const unsigned char *bytes, size_t count)
{
    while (count > 0) {
        if (file->stopped && file->stopped(file->stopped_context))
            return -ECANCELED;
        if (sp_sys_wait_writable(file->fd, LOOK_MS) == 0)
            continue;
        const ssize_t put = sp_sys_write(file->fd, bytes, count < PIPE_BUF ? count : PIPE_BUF);
        if (put < 0 && put != -EAGAIN)
            return (int)put;
        bytes += put < 0 ? 0 : put;
        count -= put < 0 ? 0 : (size_t)put;
    }
    return 0;
}

enum sp_status sp_file_write(void *context, const void *bytes, size_t count, struct sp_err *err)
{
    struct sp_file *file = context;
    const int result =
        file->waits ? write_waiting(file, bytes, count) : sp_sys_write_all(file->fd, bytes, count);
    if (result == -ECANCELED)
        return sp_fail(err, SP_STOPPED, "stopped while waiting for the reader of %s", file->path);
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

enum sp_status sp_file_sync(struct sp_file *file, struct sp_err *err)
{
    /* Written in place: a pipe has nothing to sync. */
    if (file->folder_fd < 0 || file->synced)
        return SP_OK;
    int result = sp_sys_fsync(file->fd);
    const int fd = file->fd;
    file->fd = -1;
    const int closed = sp_sys_close(fd);
    result = result < 0 ? result : closed;
    file->synced = result == 0;
    return result < 0 ? fail_commit(file, result, err) : SP_OK;
}

void sp_file_revoke(struct sp_file *file)
{
    if (file->committed && !file->replace)
        (void)sp_sys_unlink(AT_FDCWD, file->path);
}

enum sp_status sp_file_commit(struct sp_file *file, struct sp_err *err)
{
    SP_ASSERT(file->fd >= 0 || file->synced);
    if (file->folder_fd < 0) {
        /* Written in place: there is nothing to rename. */
        const int closed = close_all(file);
        return closed < 0 ? sp_fail_os(err, -closed, "%s cannot be written", file->path) : SP_OK;
    }
    const enum sp_status status = sp_file_sync(file, err);
    if (status != SP_OK)
        return status;
    int result = sp_sys_rename(file->folder_fd, file->temporary, file->name, file->replace);
    if (result < 0)
        return fail_commit(file, result, err);
    file->temporary[0] = '\0';
    file->committed = true;
    /* The file is whole and has its name; syncing the folder makes the name survive a power cut. */
    result = sp_sys_fsync(file->folder_fd);
    (void)close_all(file);
    /* File systems that cannot sync a folder say so with these. */
    if (result == 0 || result == -EINVAL || result == -EOPNOTSUPP)
        return SP_OK;
    sp_file_revoke(file);
    return sp_fail_os(err, -result, "the folder of %s cannot be synced", file->path);
}

void sp_file_discard(struct sp_file *file)
{
    if (file->folder_fd >= 0 && file->temporary[0])
        (void)sp_sys_unlink(file->folder_fd, file->temporary);
    file->temporary[0] = '\0';
    (void)close_all(file);
}
