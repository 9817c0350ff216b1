/*
 * Messages between the press and its helper programs: fixed structs with open files beside them.
 *
 * A channel is one end of a Unix socket pair that keeps messages apart (SOCK_SEQPACKET). The other
 * end may be in the hands of whatever a hostile photo made of the program there, so a message is
 * taken only if it has exactly the size that is expected, every field of it is checked by its
 * reader, texts are ended and cleaned, and files beside it are closed unless they were asked for.
 */
#ifndef SP_CHILD_CHANNEL_H
#define SP_CHILD_CHANNEL_H

#include <smallpress/status.h>

#include <stdbool.h>
#include <stddef.h>

#define SP_CHANNEL_FILES_MAX 3

/* The descriptor on which a helper program finds its channel. */
#define SP_CHANNEL_FD 3

enum sp_channel_result {
    SP_CHANNEL_MESSAGE,
    SP_CHANNEL_NOTHING, /* the time is over */
    SP_CHANNEL_CLOSED,  /* the other side is gone, or sent what is no message */
};

/* Sends a message with `file_count` descriptors, which stay the caller's. */
SP_MUST_CHECK enum sp_status sp_channel_send(int channel, const void *message, size_t bytes,
                                             const int *files, size_t file_count,
                                             struct sp_err *err);

/*
 * Takes a message of exactly `bytes` bytes within the time (-1 for ever) and up to `file_max`
 * descriptors, close-on-exec, which become the caller's; *file_count tells how many came.
 */
SP_MUST_CHECK enum sp_channel_result sp_channel_take(int channel, void *message, size_t bytes,
                                                     int *files, size_t file_max,
                                                     size_t *file_count, int timeout_ms);

#endif
