#include "cli/program.h"

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/say.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static atomic_bool stop;

bool cli_stopped(void *unused)
{
    (void)unused;
    return atomic_load_explicit(&stop, memory_order_relaxed);
}

static void on_stop(int signal_number)
{
    (void)signal_number;
    atomic_store_explicit(&stop, true, memory_order_relaxed);
}

/*
 * Whoever started us may have closed standard descriptors. A file opened in their place would take
 * every message for its contents, so they are held, the wrong way round: using them still fails.
 */
static bool hold_descriptors(void)
{
    int fd;
    do
        fd = open("/dev/null", fcntl(STDIN_FILENO, F_GETFD) < 0 ? O_WRONLY : O_RDONLY);
    while (fd >= 0 && fd <= STDERR_FILENO);
    return fd >= 0 && close(fd) == 0;
}

/* A bug has been told of; it gets the status that says so. */
static void on_abort(int signal_number)
{
    (void)signal_number;
    _exit(CLI_BUG);
}

/*
 * The first SIGINT or SIGTERM asks the job to stop, a second one ends the program at once. A closed
 * pipe and a file over the system's limit are errors of a write, not the end of the program.
 */
static void handle_signals(void)
{
    struct sigaction end = {.sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND};
    (void)sigaction(SIGINT, &end, NULL);
    (void)sigaction(SIGTERM, &end, NULL);
    /* nohup has it ignored, and is obeyed. */
    struct sigaction hang_up;
    if (sigaction(SIGHUP, NULL, &hang_up) == 0 && hang_up.sa_handler != SIG_IGN)
        (void)sigaction(SIGHUP, &end, NULL);
    struct sigaction bug = {.sa_handler = on_abort};
    (void)sigaction(SIGABRT, &bug, NULL);
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGPIPE, &ignore, NULL);
    (void)sigaction(SIGXFSZ, &ignore, NULL);
}

bool cli_program_begin(void)
{
    if (!hold_descriptors())
        return false;
    handle_signals();
    /* One heap for all threads: each would otherwise reserve its own, which no plan could price. */
    (void)mallopt(M_ARENA_MAX, 1);
    /* What was fetched for the libraries is kept for them: see library_heap.h in the press. */
    (void)mallopt(M_MMAP_THRESHOLD, 32 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 64 << 20);
    return true;
}

/* What was printed to standard output may have met a full disk: only now it shows. */
int cli_program_end(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    cli_say("standard output cannot be written: %s", strerror(errno));
    return CLI_IO;
}
