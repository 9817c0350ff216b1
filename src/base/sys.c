#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef SP_FAULTS
#include "base/sys_fault.h"
#else
#define FAULT(call)    0
#define COUNT_FD(n)    ((void)0)
#define COUNT_MAP(n)   ((void)0)
#define SHORTEN(count) (count)
#endif

/* Runs a call until no signal interrupts it; result or negative errno. */
#define RETRY(result, expression) \
    do {                          \
        (result) = (expression);  \
        if ((result) < 0)         \
            (result) = -errno;    \
    } while ((result) == -EINTR)

int sp_sys_open(int directory, const char *path, int flags, mode_t mode)
{
    const int fault = FAULT(SP_SYS_OPEN);
    if (fault)
        return -fault;
    /* Not retried: a named pipe is opened when somebody opens its other end, which may be never. */
    const int fd = openat(directory, path, flags | O_CLOEXEC, mode);
    if (fd < 0)
        return -errno;
    COUNT_FD(1);
    return fd;
}

int sp_sys_close(int fd)
{
    COUNT_FD(-1);
    /* Linux has given the descriptor back even when it reports EINTR: never retried. */
    return close(fd) < 0 && errno != EINTR ? -errno : 0;
}

ssize_t sp_sys_read(int fd, void *bytes, size_t count)
{
    const int fault = FAULT(SP_SYS_READ);
    if (fault)
        return -fault;
    ssize_t got;
    RETRY(got, read(fd, bytes, SHORTEN(count)));
    return got;
}

ssize_t sp_sys_write(int fd, const void *bytes, size_t count)
{
    const int fault = FAULT(SP_SYS_WRITE);
    if (fault)
        return -fault;
    ssize_t put;
    RETRY(put, write(fd, bytes, SHORTEN(count)));
    return put;
}

ssize_t sp_sys_pread(int fd, void *bytes, size_t count, uint64_t offset)
{
    const int fault = FAULT(SP_SYS_READ);
    if (fault)
        return -fault;
    ssize_t got;
    RETRY(got, pread(fd, bytes, SHORTEN(count), (off_t)offset));
    return got;
}

ssize_t sp_sys_pwrite(int fd, const void *bytes, size_t count, uint64_t offset)
{
    const int fault = FAULT(SP_SYS_WRITE);
    if (fault)
        return -fault;
    ssize_t put;
    RETRY(put, pwrite(fd, bytes, SHORTEN(count), (off_t)offset));
    return put;
}

static int wait_for(int fd, short events, int timeout_ms)
{
    struct pollfd wait = {.fd = fd, .events = events};
    /* A signal is as good as the end of the time: the caller looks and asks again. */
    const int count = poll(&wait, 1, timeout_ms);
    return count < 0 && errno != EINTR ? -errno : count > 0;
}

int sp_sys_wait_readable(int fd, int timeout_ms)
{
    return wait_for(fd, POLLIN, timeout_ms);
}

int sp_sys_wait_writable(int fd, int timeout_ms)
{
    return wait_for(fd, POLLOUT, timeout_ms);
}

int sp_sys_fsync(int fd)
{
    const int fault = FAULT(SP_SYS_FSYNC);
    if (fault)
        return -fault;
    int result;
    RETRY(result, fsync(fd));
    return result;
}

int sp_sys_unlink(int directory, const char *path)
{
    return unlinkat(directory, path, 0) < 0 ? -errno : 0;
}

int sp_sys_rename(int directory, const char *from, const char *to, bool replace)
{
    const int fault = FAULT(SP_SYS_RENAME);
    if (fault)
        return -fault;
    if (replace)
        return renameat(directory, from, directory, to) < 0 ? -errno : 0;
    if (renameat2(directory, from, directory, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -errno;
    /* A file system without the flag: a hard link refuses to replace just as well. */
    if (linkat(directory, from, directory, to, 0) < 0)
        return -errno;
    return sp_sys_unlink(directory, from);
}

void *sp_sys_map(size_t bytes, int *error)
{
    *error = FAULT(SP_SYS_MMAP);
    if (*error)
        return NULL;
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        *error = errno;
        return NULL;
    }
    COUNT_MAP(1);
    return memory;
}

void sp_sys_unmap(void *memory, size_t bytes)
{
    COUNT_MAP(-1);
    (void)munmap(memory, bytes);
}

int sp_sys_thread(pthread_t *thread, size_t stack_bytes, void *(*run)(void *), void *context)
{
    const int fault = FAULT(SP_SYS_THREAD);
    if (fault)
        return -fault;
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error)
        return -error;
    error = pthread_attr_setstacksize(&attributes, stack_bytes);
    if (!error)
        error = pthread_create(thread, &attributes, run, context);
    (void)pthread_attr_destroy(&attributes);
    return -error;
}

int sp_sys_write_all(int fd, const void *bytes, size_t count)
{
    const unsigned char *next = bytes;
    while (count > 0) {
        const ssize_t put = sp_sys_write(fd, next, count);
        if (put < 0)
            return (int)put;
        next += put;
        count -= (size_t)put;
    }
    return 0;
}

int sp_sys_pwrite_all(int fd, const void *bytes, size_t count, uint64_t offset)
{
    const unsigned char *next = bytes;
    while (count > 0) {
        const ssize_t put = sp_sys_pwrite(fd, next, count, offset);
        if (put < 0)
            return (int)put;
        next += put;
        offset += (uint64_t)put;
        count -= (size_t)put;
    }
    return 0;
}
