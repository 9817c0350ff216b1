#include "child/child_channel.h"

#include "base/check.h"
#include "base/num.h"
#include "base/sys.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/*
 * How long the other side may leave its messages lying before it counts as hung. A helper reads as
 * soon as it is done with what it has, and is never sent more than it can have before that.
 */
#define SEND_TIMEOUT_MS 10000

/* Room for descriptors beside a message, aligned as the kernel wants it. */
union control {
    struct cmsghdr align;
    unsigned char bytes[CMSG_SPACE(SP_CHANNEL_FILES_MAX * sizeof(int))];
};

enum sp_status sp_channel_send(int channel, const void *message, size_t bytes, const int *files,
                               size_t file_count, struct sp_err *err)
{
    SP_ASSERT(bytes > 0 && file_count <= SP_CHANNEL_FILES_MAX);
    union control control = {0};
    struct iovec piece = {.iov_len = bytes};
    /* The type serves reading too, so it is not const; sendmsg does not write to what it sends. */
    memcpy(&piece.iov_base, &message, sizeof message);
    struct msghdr header = {.msg_iov = &piece, .msg_iovlen = 1};
    if (file_count > 0) {
        header.msg_control = control.bytes;
        header.msg_controllen = CMSG_SPACE(file_count * sizeof(int));
        struct cmsghdr *beside = CMSG_FIRSTHDR(&header);
        beside->cmsg_level = SOL_SOCKET;
        beside->cmsg_type = SCM_RIGHTS;
        beside->cmsg_len = CMSG_LEN(file_count * sizeof(int));
        memcpy(CMSG_DATA(beside), files, file_count * sizeof(int));
    }
    for (;;) {
        const ssize_t sent = sendmsg(channel, &header, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0)
            return SP_OK; /* a message goes whole or not at all */
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return sp_fail_os(err, errno, "a message could not be sent to a helper program");
        if (sp_sys_wait_writable(channel, SEND_TIMEOUT_MS) <= 0)
            return sp_fail(err, SP_IO, "a helper program takes no messages any more");
    }
}

/* Puts the descriptors beside a message into `files`, and closes those that are too many. */
static size_t take_files(struct msghdr *header, int *files, size_t file_max)
{
    size_t count = 0;
    for (struct cmsghdr *beside = CMSG_FIRSTHDR(header); beside;
         beside = CMSG_NXTHDR(header, beside)) {
        if (beside->cmsg_level != SOL_SOCKET || beside->cmsg_type != SCM_RIGHTS)
            continue;
        const size_t here = (beside->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < here; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(beside) + i * sizeof fd, sizeof fd);
            if (count < file_max)
                files[count++] = fd;
            else
                (void)close(fd);
        }
    }
    return count;
}

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Whether something is there to be taken within the time. A signal does not end the wait. */
static bool wait_for_message(int channel, int timeout_ms)
{
    const int64_t end = timeout_ms < 0 ? INT64_MAX : now_ms() + timeout_ms;
    for (;;) {
        const int64_t left = timeout_ms < 0 ? -1 : SP_MAX(end - now_ms(), 0);
        const int ready = sp_sys_wait_readable(channel, (int)left);
        if (ready != 0)
            return true; /* a failure will show again when it is read */
        if (left == 0)
            return false;
    }
}

enum sp_channel_result sp_channel_take(int channel, void *message, size_t bytes, int *files,
                                       size_t file_max, size_t *file_count, int timeout_ms)
{
    SP_ASSERT(bytes > 0 && file_max <= SP_CHANNEL_FILES_MAX);
    union control control = {0};
    struct iovec piece = {.iov_base = message, .iov_len = bytes};
    struct msghdr header;
    ssize_t got;
    *file_count = 0;
    do {
        if (!wait_for_message(channel, timeout_ms))
            return SP_CHANNEL_NOTHING;
        header = (struct msghdr){.msg_iov = &piece,
                                 .msg_iovlen = 1,
                                 .msg_control = control.bytes,
                                 .msg_controllen = sizeof control.bytes};
        got = recvmsg(channel, &header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    } while (got < 0 && (errno == EINTR || errno == EAGAIN));
    if (got < 0)
        return SP_CHANNEL_CLOSED;
    const size_t count = take_files(&header, files, file_max);
    if ((size_t)got == bytes && !(header.msg_flags & (MSG_TRUNC | MSG_CTRUNC))) {
        *file_count = count;
        return SP_CHANNEL_MESSAGE;
    }
    for (size_t i = 0; i < count; i++)
        (void)close(files[i]);
    return SP_CHANNEL_CLOSED;
}
