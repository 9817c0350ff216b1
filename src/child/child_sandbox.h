/*
 * What a helper program gives up for good before it touches anything from outside.
 *
 * Linux: no_new_privs, Landlock where the kernel has it, and a seccomp filter that leaves memory,
 * reading and writing of open files, the channel, clocks and the end. What is not on the list ends
 * the program (SIGSYS). One file a backend; on systems without one sp_child_sandbox says so.
 *
 * Libraries that read files when they are first used (tables, plug-ins, the list of processors) are
 * to be used once before. In a build with a sanitizer there is only no_new_privs: a sanitizer opens
 * files and starts processes of its own.
 */
#ifndef SP_CHILD_SANDBOX_H
#define SP_CHILD_SANDBOX_H

#include <smallpress/status.h>

#include <stdbool.h>

enum sp_sandbox_kind {
    /* Decoders: open files, memory and the channel; no sockets, no paths. */
    SP_SANDBOX_COMPUTE,
    /*
     * The fetcher: internet sockets too. Files may be read, but only below /etc, /usr, /lib and
     * the few other folders that names, certificates and plug-ins of the resolver are found in, and
     * what SSL_CERT_FILE and SSL_CERT_DIR name; nothing may be written to, made or run. Sockets of
     * this machine (AF_UNIX) cannot be made but in pairs.
     */
    SP_SANDBOX_NETWORK,
};

/* `threads`: the program's libraries start threads of their own. SP_IO if the kernel refuses. */
SP_MUST_CHECK enum sp_status sp_child_sandbox(enum sp_sandbox_kind kind, bool threads,
                                              struct sp_err *err);

#endif
