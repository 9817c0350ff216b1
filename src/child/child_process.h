/*
 * Helper programs: started with nothing but a channel, limited, watched, ended.
 *
 * A helper starts with an empty environment, its standard descriptors on /dev/null, the channel as
 * descriptor SP_CHANNEL_FD and no other file, resource limits from the plan, no_new_privs, and the
 * kernel's word that it dies with its parent. What it may do after that it takes from itself: see
 * child_sandbox.h.
 */
#ifndef SP_CHILD_PROCESS_H
#define SP_CHILD_PROCESS_H

#include <smallpress/status.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct sp_child_spec {
    const char *program;   /* path */
    uint64_t memory_bytes; /* RLIMIT_DATA; 0 for none (sanitizer builds) */
    unsigned cpu_s;        /* RLIMIT_CPU, over all orders; 0 for none */
    uint64_t file_bytes;   /* RLIMIT_FSIZE */
    unsigned files;        /* RLIMIT_NOFILE */
    bool environment;      /* keeps the environment: for a proxy named there */
};

struct sp_child {
    pid_t pid;   /* 0 when there is none */
    int channel; /* -1 likewise */
};

SP_MUST_CHECK enum sp_status sp_child_start(struct sp_child *child,
                                            const struct sp_child_spec *spec, struct sp_err *err);

/* Kills it if it still runs, takes its status and closes the channel. Says how it had ended. */
enum sp_child_end {
    SP_CHILD_ENDED,  /* by itself, with status 0, or it was we who ended it */
    SP_CHILD_FAILED, /* with another status */
    SP_CHILD_KILLED, /* by a signal that was not ours: a crash, or a limit */
};
struct sp_child_result {
    enum sp_child_end end;
    int code; /* status or signal */
};
struct sp_child_result sp_child_end(struct sp_child *child);

/*
 * The path of a helper program ("photo", "heif", "fetch"): beside the running program, or in the
 * folder that SMALLPRESS_PROGRAMS names, or in the folder programs were installed to.
 */
SP_MUST_CHECK enum sp_status sp_child_program(char path[4096], const char *name,
                                              struct sp_err *err);

#endif
