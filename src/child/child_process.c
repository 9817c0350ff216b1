#include "child/child_process.h"

#include "base/check.h"
#include "base/num.h"
#include "child/child_channel.h"
#include "child/child_sanitized.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdalign.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What close_range asks for; the C library may be older than the kernel. */
#define CLOSE_ON_EXEC (1u << 2)

/* The stack on which the child runs until it is another program. It calls nothing deep. */
#define START_STACK_BYTES 16384

/* How long one that has closed its channel may take to end: it may be writing back its files. */
#define END_GRACE_MS 2000

/* What the child needs to know on its way. It shares the parent's memory and changes nothing. */
struct launch {
    const struct sp_child_spec *spec;
    char *const *arguments, *const *environment;
    int channel;
    int failure; /* pipe: an errno value, or nothing if all went well */
    pid_t parent;
};

/* Lowers a limit as far as the parent's own allows; 0 or an errno value. */
static int lower(int resource, uint64_t soft, uint64_t hard)
{
    struct rlimit limit;
    if (getrlimit((__rlimit_resource_t)resource, &limit) < 0)
        return errno;
    limit.rlim_max = SP_MIN(limit.rlim_max, (rlim_t)hard);
    limit.rlim_cur = SP_MIN(limit.rlim_max, (rlim_t)soft);
    return setrlimit((__rlimit_resource_t)resource, &limit) < 0 ? errno : 0;
}

static int limit_child(const struct sp_child_spec *spec)
{
    int error = lower(RLIMIT_CORE, 0, 0);
    if (!error && spec->memory_bytes && !SP_CHILD_SANITIZED)
        error = lower(RLIMIT_DATA, spec->memory_bytes,
                      SP_MAX(spec->memory_bytes, spec->memory_bytes_max));
    if (!error && !SP_CHILD_SANITIZED)
        error = lower(RLIMIT_STACK, SP_CHILD_STACK_BYTES, SP_CHILD_STACK_BYTES);
    if (!error && spec->cpu_s)
        error = lower(RLIMIT_CPU, spec->cpu_s, spec->cpu_s);
    if (!error && spec->file_bytes)
        error = lower(RLIMIT_FSIZE, spec->file_bytes, spec->file_bytes);
    if (!error && spec->files)
        error = lower(RLIMIT_NOFILE, spec->files, spec->files);
    return error;
}

/* From `first` on, nothing stays open in the new program. */
static void close_from(int first)
{
    if (syscall(SYS_close_range, (unsigned)first, ~0u, CLOSE_ON_EXEC) == 0)
        return;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    for (int fd = first; (rlim_t)fd < limit.rlim_cur; fd++)
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/*
 * Standard descriptors on /dev/null, the channel in its place. The parent may have any of these
 * numbers closed and so our own files in them: first all move out of the way. The number of the
 * pipe for failures is returned in *failure.
 */
static int place_files(const struct launch *launch, int *failure)
{
    const int channel = fcntl(launch->channel, F_DUPFD_CLOEXEC, SP_CHANNEL_FD + 1);
    if (channel < 0)
        return errno;
    const int moved = fcntl(launch->failure, F_DUPFD_CLOEXEC, SP_CHANNEL_FD + 1);
    if (moved < 0)
        return errno;
    *failure = moved;
    const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nowhere < 0)
        return errno;
    const int last = SP_CHILD_SANITIZED ? STDOUT_FILENO : STDERR_FILENO; /* reports are for us */
    for (int fd = STDIN_FILENO; fd <= last; fd++) {
        /* dup2 to itself would leave it to be closed on exec. */
        if (fd == nowhere ? fcntl(fd, F_SETFD, 0) < 0 : dup2(nowhere, fd) < 0)
            return errno;
    }
    if (dup2(channel, SP_CHANNEL_FD) < 0)
        return errno;
    close_from(SP_CHANNEL_FD + 1);
    return 0;
}

static void reset_signals(void)
{
    struct sigaction plain = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++)
        (void)sigaction(number, &plain, NULL); /* those that cannot be changed need not be */
    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Runs in the child, on the parent's memory but for the stack. */
static int become_program(void *context)
{
    const struct launch *launch = context;
    int failure = launch->failure;
    (void)setsid();
    int error = prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ? errno : 0;
    if (getppid() != launch->parent)
        _exit(127); /* it was gone before it could be told to take us along */
    if (!error)
        error = place_files(launch, &failure);
    if (!error)
        error = limit_child(launch->spec);
    if (!error && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        error = errno;
    if (!error) {
        reset_signals();
        (void)execve(launch->arguments[0], launch->arguments, launch->environment);
        error = errno;
    }
    (void)write(failure, &error, sizeof error);
    _exit(127);
}

/* The variables that say where certificates are, ended by a null. */
static void keep_certificates(char *kept[3])
{
    size_t count = 0;
    for (char **variable = environ; variable && *variable && count < 2; variable++)
        if (strncmp(*variable, "SSL_CERT_FILE=", 14) == 0 ||
            strncmp(*variable, "SSL_CERT_DIR=", 13) == 0)
            kept[count++] = *variable;
    kept[count] = NULL;
}

/*
 * A child that borrows the parent's memory and keeps it waiting until it is another program or
 * gone. Sanitizers keep books in memory that would be confused by that: there it gets a copy.
 */
static pid_t spawn(struct launch *launch)
{
#if SP_CHILD_SANITIZED
    const pid_t pid = fork();
    if (pid == 0)
        become_program(launch);
    return pid;
#else
    alignas(64) unsigned char stack[START_STACK_BYTES];
    return clone(become_program, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, launch);
#endif
}

/* Starts it with all signals held back: a handler of the parent's must not run on its memory. */
static pid_t spawn_quietly(struct launch *launch, int *error)
{
    sigset_t all, before;
    sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t pid = spawn(launch);
    *error = errno;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pid;
}

/* What became of it: an errno value if it could not become the program, else 0. */
static int failure_of(int pipe_end)
{
    int error = 0;
    ssize_t got;
    do
        got = read(pipe_end, &error, sizeof error);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof error ? error : 0;
}

enum sp_status sp_child_start(struct sp_child *child, const struct sp_child_spec *spec,
                              struct sp_err *err)
{
    SP_ASSERT(spec->program && strlen(spec->program) < SP_CHILD_PATH_MAX);
    char program[SP_CHILD_PATH_MAX];
    snprintf(program, sizeof program, "%s", spec->program);
    char *const arguments[] = {program, NULL};
    char *kept[3] = {NULL};
    if (spec->certificates)
        keep_certificates(kept);
    /* A sanitizer's options come with the environment. */
    const bool keep = spec->environment || SP_CHILD_SANITIZED;
    int ends[2], failure[2];
    *child = (struct sp_child){.channel = -1};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return sp_fail_os(err, errno, "a channel to %s cannot be made", spec->program);
    if (pipe2(failure, O_CLOEXEC) < 0) {
        const int error = errno;
        (void)close(ends[0]);
        (void)close(ends[1]);
        return sp_fail_os(err, error, "a channel to %s cannot be made", spec->program);
    }
    struct launch launch = {.spec = spec,
                            .arguments = arguments,
                            .environment = keep ? environ : kept,
                            .channel = ends[1],
                            .failure = failure[1],
                            .parent = getpid()};
    int error;
    const pid_t pid = spawn_quietly(&launch, &error);
    (void)close(ends[1]);
    (void)close(failure[1]);
    if (pid > 0) {
        error = failure_of(failure[0]);
        *child = (struct sp_child){.pid = pid, .channel = ends[0]};
    } else {
        (void)close(ends[0]);
    }
    (void)close(failure[0]);
    if (pid > 0 && error == 0)
        return SP_OK;
    if (pid > 0)
        (void)sp_child_end(child);
    return sp_fail_os(err, error, "the program %s cannot be started", spec->program);
}

bool sp_child_memory(const struct sp_child *child, uint64_t memory_bytes)
{
    SP_ASSERT(child->pid > 0);
    if (SP_CHILD_SANITIZED)
        return true;
    struct rlimit limit;
    if (prlimit(child->pid, RLIMIT_DATA, NULL, &limit) < 0 || limit.rlim_max < memory_bytes)
        return false;
    limit.rlim_cur = (rlim_t)memory_bytes;
    return prlimit(child->pid, RLIMIT_DATA, &limit, NULL) == 0;
}

/* Whether its status can be had now; -1 if nobody can have it any more. */
static pid_t status_now(pid_t pid, int *status)
{
    pid_t got;
    do
        got = waitpid(pid, status, WNOHANG);
    while (got < 0 && errno == EINTR);
    return got;
}

static bool has_hung_up(int channel)
{
    struct pollfd look = {.fd = channel, .events = 0};
    return poll(&look, 1, 0) == 1 && (look.revents & (POLLHUP | POLLERR));
}

/* Waits for the status of one that has hung up, a little longer each time. */
static pid_t status_soon(pid_t pid, int *status)
{
    pid_t got = 0;
    for (long waited_ms = 0, nap_ms = 1; got == 0 && waited_ms < END_GRACE_MS;
         waited_ms += nap_ms, nap_ms = SP_MIN(nap_ms * 2, 50)) {
        const struct timespec nap = {.tv_nsec = nap_ms * 1000000};
        (void)nanosleep(&nap, NULL);
        got = status_now(pid, status);
    }
    return got;
}

struct sp_child_result sp_child_end(struct sp_child *child)
{
    struct sp_child_result result = {SP_CHILD_ENDED, 0};
    int status = 0;
    if (child->pid > 0) {
        pid_t got = status_now(child->pid, &status);
        if (got == 0 && child->channel >= 0 && has_hung_up(child->channel))
            got = status_soon(child->pid, &status);
        if (got == 0) {
            (void)kill(child->pid, SIGKILL);
            while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
                continue;
        } else if (got > 0 && WIFSIGNALED(status)) {
            result = (struct sp_child_result){SP_CHILD_KILLED, WTERMSIG(status)};
        } else if (got > 0 && WEXITSTATUS(status) != 0) {
            result = (struct sp_child_result){SP_CHILD_FAILED, WEXITSTATUS(status)};
        }
    }
    if (child->channel >= 0)
        (void)close(child->channel);
    *child = (struct sp_child){.channel = -1};
    return result;
}

const char *sp_child_end_words(char *out, size_t capacity, struct sp_child_result result)
{
    static const struct {
        int number;
        const char *words;
    } meanings[] = {
        {SIGSEGV, "it used memory that is not its own"},
        {SIGBUS, "what it read had become shorter"},
        {SIGABRT, "it found itself in a state that cannot be"},
        {SIGILL, "it ran into what is no program"},
        {SIGTRAP, "it found itself in a state that cannot be"},
        {SIGFPE, "it divided by zero"},
        {SIGSYS, "it tried what its sandbox forbids"},
        {SIGKILL, "the system had no memory left for it, or somebody ended it"},
        {SIGXCPU, "it took more time than allowed"},
        {SIGXFSZ, "it wrote more than allowed"},
    };
    const char *meaning = "sent by somebody else";
    for (size_t i = 0; i < SP_COUNT(meanings); i++)
        if (meanings[i].number == result.code)
            meaning = meanings[i].words;
    if (result.end == SP_CHILD_KILLED)
        snprintf(out, capacity, "was ended by signal %d (%s)", result.code, meaning);
    else if (result.end == SP_CHILD_FAILED)
        snprintf(out, capacity, "ended with status %d", result.code);
    else
        snprintf(out, capacity, "ended before it was done");
    return out;
}
