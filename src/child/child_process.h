/*
 * Helper programs: started with nothing but a channel, limited, watched, ended.
 *
 * A helper starts without environment (but for what its spec keeps), its standard descriptors on
 * /dev/null, the channel as descriptor SP_CHANNEL_FD and no other file, resource limits from the
 * plan, no_new_privs, a session of its own (an interrupt at the terminal is for the press to hear),
 * and the kernel's word that it dies with its parent: with the thread that started it, to be exact,
 * so helpers are started by a thread that outlives them. What it may do after that it takes from
 * itself: see child_sandbox.h.
 *
 * The parent's memory is not copied: the helper borrows it until it is another program.
 */
#ifndef SP_CHILD_PROCESS_H
#define SP_CHILD_PROCESS_H

#include <smallpress/status.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Room for the path of a program, with its end. */
#define SP_CHILD_PATH_MAX 4096

/*
 * Stack of a helper, and of each thread in it, which counts as data (RLIMIT_DATA) from its start.
 * The deepest paths known, name resolution and HEVC, use a fifth of it.
 */
#define SP_CHILD_STACK_BYTES (1024 * 1024)

struct sp_child_spec {
    const char *program;       /* path */
    uint64_t memory_bytes;     /* RLIMIT_DATA; 0 for none. Without effect in sanitizer builds */
    uint64_t memory_bytes_max; /* as far as sp_child_memory may raise it; 0 for no further */
    unsigned cpu_s;            /* RLIMIT_CPU, over all orders; 0 for none */
    uint64_t file_bytes;       /* RLIMIT_FSIZE; 0 for none */
    unsigned files;            /* RLIMIT_NOFILE; 0 for as many as the parent */
    bool environment;          /* keeps the environment: for a proxy named there */
    bool certificates;         /* keeps SSL_CERT_FILE and SSL_CERT_DIR of it */
};

struct sp_child {
    pid_t pid;   /* 0 when there is none */
    int channel; /* -1 likewise */
};

/*
 * SP_IO if the program cannot be started; `child` then holds none. A program that starts but cannot
 * set itself up is seen at its channel.
 */
SP_MUST_CHECK enum sp_status sp_child_start(struct sp_child *child,
                                            const struct sp_child_spec *spec, struct sp_err *err);

/* Changes the memory of a running helper; up to memory_bytes_max. False if refused. */
bool sp_child_memory(const struct sp_child *child, uint64_t memory_bytes);

/*
 * Kills it if it still runs, takes its status and closes the channel. Says how it had ended. One
 * that has closed its side of the channel is given two seconds to end by itself, so that a crash is
 * told as one.
 */
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
 * Why a helper ended, for a sentence about it: "was ended by signal 11 (it used memory that is not
 * its own)", "ended with status 3". Writes to `out`, which has 160 bytes or more, and returns it.
 */
const char *sp_child_end_words(char *out, size_t capacity, struct sp_child_result result);

/*
 * The path of a helper program ("photo", "heif", "fetch"): in the folder that SMALLPRESS_PROGRAMS
 * names, if it is set; or else beside the running program, or in the folder programs were
 * installed to. SP_IO if it is nowhere.
 */
SP_MUST_CHECK enum sp_status sp_child_program(char path[SP_CHILD_PATH_MAX], const char *name,
                                              struct sp_err *err);

#endif
