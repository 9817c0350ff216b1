/*
 * What a helper program gives up for good before it touches anything from outside.
 *
 * Linux: no_new_privs, Landlock (no path may be opened any more) where the kernel has it, and a
 * seccomp filter that leaves memory, reading and writing of open files, the channel, clocks and the
 * end. One file a backend; on systems without one sp_child_sandbox says so.
 */
#ifndef SP_CHILD_SANDBOX_H
#define SP_CHILD_SANDBOX_H

#include <smallpress/status.h>

#include <stdbool.h>

enum sp_sandbox_kind {
    SP_SANDBOX_COMPUTE, /* decoders: open files, memory and the channel; no sockets, no paths */
    SP_SANDBOX_NETWORK, /* the fetcher: sockets to the outside too, names resolved; no writing to
                           paths, no programs */
};

/* `threads`: the decoder's library starts threads of its own. SP_IO if the kernel refuses. */
SP_MUST_CHECK enum sp_status sp_child_sandbox(enum sp_sandbox_kind kind, bool threads,
                                              struct sp_err *err);

#endif
