/* The tool: which command, and what signals do. */
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/say.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
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

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"sheet", cli_command_sheet},
    {"plan", cli_command_plan},
};

static int help(void)
{
    puts("smallpress " SP_VERSION ", a document press that fits in a small machine\n\n"
         "  smallpress sheet [options]        codes and labels to PDF\n"
         "  smallpress plan sheet [options]   what the job would need; makes nothing\n"
         "  smallpress COMMAND --help         its options\n"
         "  smallpress --version\n\n"
         "  smallpress sheet --count 50000 -o codes.pdf");
    return CLI_DONE;
}

/* What was printed to standard output may have met a full disk: only now it shows. */
static int finish(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    cli_say("standard output cannot be written: %s", strerror(errno));
    return CLI_IO;
}

int main(int argc, char **argv)
{
    if (!hold_descriptors())
        return CLI_IO;
    handle_signals();
    /* One heap for all threads: each would otherwise reserve its own, which no plan could price. */
    (void)mallopt(M_ARENA_MAX, 1);
    /* What was fetched for the libraries is kept for them: see reserve_heap in the press. */
    (void)mallopt(M_MMAP_THRESHOLD, 32 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 64 << 20);
    if (argc < 2) {
        cli_say("no command: try smallpress sheet --count 30 -o codes.pdf, or smallpress --help");
        return CLI_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0)
        return finish(help());
    if (strcmp(argv[1], "--version") == 0) {
        puts("smallpress " SP_VERSION);
        return finish(CLI_DONE);
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return finish(commands[i].run(argc, argv));
    cli_say("`%s` is no command: there are sheet and plan (smallpress --help)", argv[1]);
    return CLI_USAGE;
}
