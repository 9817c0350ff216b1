/* What a helper gave up it cannot have back: each forbidden thing is tried in a process of its own.
 */
#include "support/unit.h"

#include "child/child_channel.h"
#include "child/child_sandbox.h"
#include "child/child_sanitized.h"
#include "support/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is tried. Each returns whether it was had. */
typedef int attempt(void);

static int open_file(void)
{
    return open("/etc/passwd", O_RDONLY) >= 0;
}

static int open_secret(void)
{
    return open("/proc/self/environ", O_RDONLY) >= 0;
}

static int make_file(void)
{
    return open("/tmp/smallpress-test-escaped", O_WRONLY | O_CREAT, 0600) >= 0;
}

static int write_file(void)
{
    return open("/dev/null", O_WRONLY) >= 0;
}

static int truncate_file(void)
{
    return truncate("/dev/null", 0) == 0;
}

static int make_folder(void)
{
    return mkdir("/tmp/smallpress-test-escaped", 0700) == 0;
}

static int unlink_file(void)
{
    return unlink("/tmp/smallpress-test-none") == 0 || errno == ENOENT;
}

static int look_at_path(void)
{
    struct stat facts;
    return stat("/etc/passwd", &facts) == 0;
}

static int make_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static int make_raw_socket(void)
{
    return socket(AF_INET, SOCK_RAW, 1) >= 0 || errno == EPERM;
}

static int make_local_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static int spare_socket = -1; /* an internet socket that was open before */

static int connect_socket(void)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    return connect(spare_socket, (const struct sockaddr *)&address, sizeof address) == 0 ||
           errno == ECONNREFUSED;
}

static int send_on_other_socket(void)
{
    return send(spare_socket, "x", 1, MSG_NOSIGNAL) == 1 || errno == EPIPE || errno == ENOTCONN;
}

static int run_program(void)
{
    char *const words[] = {NULL};
    execve("/bin/true", words, words);
    return 0;
}

static int fork_process(void)
{
    const pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return pid > 0;
}

static int signal_parent(void)
{
    return kill(getppid(), 0) == 0;
}

static int signal_parent_thread(void)
{
    return syscall(SYS_tgkill, getppid(), getppid(), 0) == 0;
}

static int trace_parent(void)
{
    return ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) == 0 || errno == EPERM;
}

static int be_traced(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static int memory_to_run(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                0) != MAP_FAILED;
}

static int make_memory_run(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page != MAP_FAILED && mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
}

static int raise_limit(void)
{
    const struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    return setrlimit(RLIMIT_DATA, &limit) == 0;
}

static int become_root(void)
{
    return setuid(0) == 0;
}

static int make_namespace(void)
{
    return unshare(CLONE_NEWUSER) == 0 || errno == EINVAL;
}

static int use_io_uring(void)
{
    return syscall(425 /* io_uring_setup */, 1, NULL) >= 0 || errno == EFAULT;
}

static int read_other_memory(void)
{
    return syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0) == 0;
}

static void *nothing(void *context)
{
    return context;
}

static int start_thread(void)
{
    pthread_t thread;
    return pthread_create(&thread, NULL, nothing, NULL) == 0 && pthread_join(thread, NULL) == 0;
}

static int work_as_decoders_do(void)
{
    char bytes[64];
    void *large = malloc(1 << 20);
    const int memory = spare_socket >= 0;
    struct stat facts;
    struct rlimit limit;
    free(large);
    return memory && large && pread(0, bytes, sizeof bytes, 0) >= 0 && fstat(0, &facts) == 0 &&
           getrlimit(RLIMIT_DATA, &limit) == 0 && fcntl(0, F_GETFL) >= 0 &&
           printf("to nobody") > 0 && fflush(stdout) == 0;
}

static int talk_on_the_channel(void)
{
    struct sp_err err;
    uint64_t word = 5;
    size_t count;
    int file;
    return sp_channel_send(SP_CHANNEL_FD, &word, sizeof word, NULL, 0, &err) == SP_OK &&
           sp_channel_take(SP_CHANNEL_FD, &word, sizeof word, &file, 1, &count, 0) ==
               SP_CHANNEL_NOTHING;
}

static int abort_itself(void)
{
    abort();
}

static int read_certificates(void)
{
    return open("/etc/ssl", O_RDONLY | O_DIRECTORY) >= 0 && open_file();
}

static int resolve_localhost(void)
{
    struct addrinfo *found;
    const struct addrinfo wanted = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    const int result = getaddrinfo("localhost", "80", &wanted, &found);
    if (result == 0)
        freeaddrinfo(found);
    return result == 0 || result == EAI_NONAME || result == EAI_AGAIN;
}

enum outcome {
    HAD,
    REFUSED,
    KILLED,  /* by the filter */
    ABORTED, /* by its own abort() */
    BROKEN,  /* the sandbox could not be set up */
    OTHER,
};

struct role {
    enum sp_sandbox_kind kind;
    bool threads;
};

/* A process with a channel, an internet socket and the sandbox, that tries one thing. */
static void be_helper(struct role role, attempt *tried)
{
    int ends[2];
    struct sp_err err;
    const struct rlimit no_core = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &no_core);
    spare_socket = fcntl(socket(AF_INET, SOCK_STREAM, 0), F_DUPFD, 20);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0)
        _exit(BROKEN);
    const int kept = fcntl(ends[1], F_DUPFD, 20); /* the other end stays open */
    if (kept < 0 || dup2(fcntl(ends[0], F_DUPFD, 20), SP_CHANNEL_FD) < 0)
        _exit(BROKEN);
    const int nowhere = open("/dev/null", O_RDWR);
    const int readable = open("/proc/self/exe", O_RDONLY);
    if (dup2(readable, 0) < 0 || dup2(nowhere, 1) < 0)
        _exit(BROKEN);
    if (sp_child_sandbox(role.kind, role.threads, &err) != SP_OK) {
        fprintf(stderr, "# %s\n", err.text);
        _exit(BROKEN);
    }
    _exit(tried() ? HAD : REFUSED);
}

static enum outcome try(struct role role, attempt *tried)
{
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        be_helper(role, tried);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGSYS ? KILLED : WTERMSIG(status) == SIGABRT ? ABORTED : OTHER;
    return (enum outcome)WEXITSTATUS(status);
}

struct trial {
    const char *name;
    attempt *attempt;
    enum outcome decoder, threaded, fetcher;
};

#define TRIAL(attempt, decoder, threaded, fetcher)    \
    {                                                 \
#attempt, attempt, decoder, threaded, fetcher \
    }

/* What the outcome must be for a decoder, a decoder with threads, and the fetcher. */
static const struct trial trials[] = {
    TRIAL(open_file, KILLED, REFUSED, HAD),
    TRIAL(open_secret, KILLED, REFUSED, REFUSED),
    TRIAL(make_file, KILLED, REFUSED, KILLED),
    TRIAL(write_file, KILLED, REFUSED, KILLED),
    TRIAL(truncate_file, KILLED, KILLED, KILLED),
    TRIAL(make_folder, KILLED, KILLED, KILLED),
    TRIAL(unlink_file, KILLED, KILLED, KILLED),
    TRIAL(look_at_path, KILLED, KILLED, HAD),
    TRIAL(make_socket, KILLED, KILLED, HAD),
    TRIAL(make_raw_socket, KILLED, KILLED, KILLED),
    TRIAL(make_local_socket, KILLED, KILLED, REFUSED),
    TRIAL(connect_socket, KILLED, KILLED, HAD),
    TRIAL(send_on_other_socket, KILLED, KILLED, HAD),
    TRIAL(run_program, KILLED, KILLED, KILLED),
    TRIAL(fork_process, KILLED, KILLED, KILLED),
    TRIAL(signal_parent, KILLED, KILLED, KILLED),
    TRIAL(signal_parent_thread, KILLED, KILLED, KILLED),
    TRIAL(trace_parent, KILLED, KILLED, KILLED),
    TRIAL(be_traced, KILLED, KILLED, KILLED),
    TRIAL(memory_to_run, KILLED, KILLED, HAD),
    TRIAL(make_memory_run, KILLED, KILLED, HAD),
    TRIAL(raise_limit, KILLED, KILLED, KILLED),
    TRIAL(become_root, KILLED, KILLED, KILLED),
    TRIAL(make_namespace, KILLED, KILLED, KILLED),
    TRIAL(use_io_uring, KILLED, KILLED, KILLED),
    TRIAL(read_other_memory, KILLED, KILLED, KILLED),
    TRIAL(start_thread, KILLED, HAD, HAD),
    TRIAL(work_as_decoders_do, HAD, HAD, HAD),
    TRIAL(talk_on_the_channel, HAD, HAD, HAD),
    TRIAL(abort_itself, ABORTED, ABORTED, ABORTED),
    TRIAL(read_certificates, KILLED, REFUSED, HAD),
    TRIAL(resolve_localhost, KILLED, KILLED, HAD),
};

static void try_all(struct role role, enum outcome (*wanted)(const struct trial *trial))
{
    if (SP_CHILD_SANITIZED)
        skip();
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
        const enum outcome outcome = try(role, trials[i].attempt);
        if (outcome != wanted(&trials[i])) {
            print_message("# %s: outcome %d, not %d\n", trials[i].name, (int)outcome,
                          (int)wanted(&trials[i]));
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static enum outcome of_decoder(const struct trial *trial)
{
    return trial->decoder;
}

static enum outcome of_threaded(const struct trial *trial)
{
    return trial->threaded;
}

static enum outcome of_fetcher(const struct trial *trial)
{
    return trial->fetcher;
}

static void a_decoder_has_its_files_and_the_channel(void **state)
{
    try_all((struct role){SP_SANDBOX_COMPUTE, false}, of_decoder);
}

static void a_decoder_with_threads_has_threads_too(void **state)
{
    try_all((struct role){SP_SANDBOX_COMPUTE, true}, of_threaded);
}

static void a_fetcher_reaches_the_internet_and_reads_settings(void **state)
{
    try_all((struct role){SP_SANDBOX_NETWORK, true}, of_fetcher);
}

/* Without the sandbox the same attempts succeed: a trial that always fails would prove nothing. */
static void the_trials_can_succeed(void **state)
{
    static attempt *const plain[] = {open_file,    write_file,      make_socket,   connect_socket,
                                     fork_process, signal_parent,   memory_to_run, start_thread,
                                     look_at_path, make_memory_run, be_traced,     unlink_file};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        const pid_t pid = fork();
        if (pid == 0) {
            spare_socket = socket(AF_INET, SOCK_STREAM, 0);
            _exit(plain[i]() ? HAD : REFUSED);
        }
        int status;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), HAD);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_trials_can_succeed),
        cmocka_unit_test(a_decoder_has_its_files_and_the_channel),
        cmocka_unit_test(a_decoder_with_threads_has_threads_too),
        cmocka_unit_test(a_fetcher_reaches_the_internet_and_reads_settings),
    };
    return cmocka_run_group_tests_name("child_sandbox", tests, NULL, NULL);
}
