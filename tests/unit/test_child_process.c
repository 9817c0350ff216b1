/* A helper starts with what it was given and nothing else, and its end is told for what it was. */
#include "support/unit.h"

#include "child/child_channel.h"
#include "child/child_process.h"
#include "child/child_sanitized.h"
#include "support/stub_program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What the stub is told to do, and what it found. */
struct order {
    uint32_t what;
    uint32_t value;
};
enum {
    REPORT, /* answers with what it was started with */
    EXIT,
    CRASH,
    TAKE_MEMORY, /* answers whether so many MiB could be had */
    WRITE_FILE,  /* so many MiB to the file beside the order */
    SPIN,
    HANG_UP, /* closes the channel and stays */
};

struct report {
    uint32_t value, files, variables, signals, no_new_privs, death_signal, leader, standard;
    uint64_t memory_bytes, file_bytes, stack_bytes, core_bytes, file_count;
};

static uint64_t limit_of(int resource)
{
    struct rlimit limit;
    (void)getrlimit((__rlimit_resource_t)resource, &limit);
    return limit.rlim_cur;
}

static void look_around(struct report *report)
{
    for (char **variable = environ; *variable; variable++)
        report->variables++;
    report->files = (uint32_t)open_descriptors();
    for (int number = 1; number < 32; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
            report->signals++;
    }
    sigset_t held;
    sigprocmask(SIG_SETMASK, NULL, &held);
    for (int number = 1; number < 32; number++)
        report->signals += sigismember(&held, number) == 1;
    report->no_new_privs = (uint32_t)prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
    int death_signal = 0;
    (void)prctl(PR_GET_PDEATHSIG, &death_signal);
    report->death_signal = (uint32_t)death_signal;
    report->leader = getsid(0) == getpid();
    struct stat nowhere, standard;
    for (int fd = 0; fd < 3; fd++)
        report->standard += stat("/dev/null", &nowhere) == 0 && fstat(fd, &standard) == 0 &&
                            nowhere.st_rdev == standard.st_rdev;
    report->memory_bytes = limit_of(RLIMIT_DATA);
    report->file_bytes = limit_of(RLIMIT_FSIZE);
    report->stack_bytes = limit_of(RLIMIT_STACK);
    report->core_bytes = limit_of(RLIMIT_CORE);
    report->file_count = limit_of(RLIMIT_NOFILE);
}

static uint32_t memory_can_be_had(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return 0;
    munmap(memory, bytes);
    return 1;
}

static void obey(const struct order *order, int file, struct report *report)
{
    switch (order->what) {
    case REPORT:
        look_around(report);
        break;
    case EXIT:
        _exit((int)order->value);
    case CRASH:
        (void)signal((int)order->value, SIG_DFL); /* sanitizers have a handler there */
        (void)raise((int)order->value);
        break;
    case TAKE_MEMORY:
        report->value = memory_can_be_had((size_t)order->value << 20);
        break;
    case WRITE_FILE:
        report->value = ftruncate(file, (off_t)order->value << 20) == 0;
        break;
    case SPIN:
        for (volatile unsigned i = 0;; i++)
            continue;
    case HANG_UP:
        close(SP_CHANNEL_FD);
        for (;;)
            pause();
    default:
        break;
    }
}

static int stub(void)
{
    struct order order;
    int file = -1;
    size_t count;
    while (sp_channel_take(SP_CHANNEL_FD, &order, sizeof order, &file, 1, &count, -1) ==
           SP_CHANNEL_MESSAGE) {
        struct report report = {0};
        struct sp_err err;
        obey(&order, file, &report);
        if (count)
            close(file);
        if (sp_channel_send(SP_CHANNEL_FD, &report, sizeof report, NULL, 0, &err) != SP_OK)
            return 9;
    }
    return 0;
}

struct fixture {
    struct folder folder;
    char path[128];
    int before;
};

static int open_fixture(void **state)
{
    static struct fixture fixture;
    folder_open(&fixture.folder);
    stub_link(&fixture.folder, "smallpress-stub", fixture.path, sizeof fixture.path);
    fixture.before = open_descriptors();
    *state = &fixture;
    return 0;
}

/* Nothing is left of the helper: no descriptor, no process. */
static int close_fixture(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(open_descriptors(), fixture->before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    folder_remove(&fixture->folder);
    return 0;
}

static struct sp_child start(const struct fixture *fixture, struct sp_child_spec spec)
{
    struct sp_child child;
    struct sp_err err;
    spec.program = fixture->path;
    assert_int_equal(sp_child_start(&child, &spec, &err), SP_OK);
    assert_true(child.pid > 0);
    return child;
}

static struct report ask_with(const struct sp_child *child, struct order order, const int *file)
{
    struct report report;
    struct sp_err err;
    size_t count;
    assert_int_equal(
        sp_channel_send(child->channel, &order, sizeof order, file, file ? 1 : 0, &err), SP_OK);
    assert_int_equal(
        sp_channel_take(child->channel, &report, sizeof report, NULL, 0, &count, 20000),
        SP_CHANNEL_MESSAGE);
    return report;
}

static struct report ask(const struct sp_child *child, uint32_t what, uint32_t value)
{
    return ask_with(child, (struct order){what, value}, NULL);
}

/* Sends an order after which no answer comes, and ends the helper as soon as it has hung up. */
static struct sp_child_result end_after(struct sp_child *child, uint32_t what, uint32_t value)
{
    const struct order order = {what, value};
    struct sp_err err;
    assert_int_equal(sp_channel_send(child->channel, &order, sizeof order, NULL, 0, &err), SP_OK);
    struct pollfd hung_up = {.fd = child->channel, .events = POLLIN};
    assert_int_equal(poll(&hung_up, 1, 20000), 1);
    return sp_child_end(child);
}

static void it_is_given_nothing_but_the_channel(void **state)
{
    const struct fixture *fixture = *state;
    const int open_here = open("/dev/null", O_RDONLY); /* not close-on-exec, on purpose */
    const int far_away = fcntl(open_here, F_DUPFD, 300);
    struct sigaction before, ignore = {.sa_handler = SIG_IGN};
    assert_int_equal(sigaction(SIGPIPE, &ignore, &before), 0);
    sigset_t some, held;
    sigemptyset(&some);
    sigaddset(&some, SIGUSR1);
    assert_int_equal(sigprocmask(SIG_BLOCK, &some, &held), 0);
    setenv("SMALLPRESS_TEST", "x", 1);
    struct sp_child child =
        start(fixture,
              (struct sp_child_spec){.memory_bytes = 64 << 20, .file_bytes = 1 << 20, .files = 20});
    sigprocmask(SIG_SETMASK, &held, NULL);
    sigaction(SIGPIPE, &before, NULL);
    const struct report report = ask(&child, REPORT, 0);
    close(open_here);
    close(far_away);
    assert_int_equal(report.no_new_privs, 1);
    assert_int_equal(report.death_signal, SIGKILL);
    assert_true(report.leader);
    assert_int_equal(report.file_bytes, 1 << 20);
    assert_int_equal(report.file_count, 20);
    assert_int_equal(report.core_bytes, 0);
    if (!SP_CHILD_SANITIZED) {
        assert_int_equal(report.files, SP_CHANNEL_FD + 1);
        assert_int_equal(report.standard, 3);
        assert_int_equal(report.signals, 0);
        assert_int_equal(report.variables, 0);
        assert_int_equal(report.memory_bytes, 64 << 20);
        assert_int_equal(report.stack_bytes, SP_CHILD_STACK_BYTES);
    }
    const struct sp_child_result result = sp_child_end(&child);
    assert_int_equal(result.end, SP_CHILD_ENDED);
    assert_int_equal(child.pid, 0);
    assert_int_equal(child.channel, -1);
    /* Once more is nothing. */
    assert_int_equal(sp_child_end(&child).end, SP_CHILD_ENDED);
}

static void the_environment_is_kept_if_asked_for(void **state)
{
    setenv("SMALLPRESS_TEST", "x", 1);
    struct sp_child child = start(*state, (struct sp_child_spec){.environment = true});
    assert_true(ask(&child, REPORT, 0).variables > 0);
    (void)sp_child_end(&child);
}

static void certificates_are_kept_if_asked_for(void **state)
{
    if (SP_CHILD_SANITIZED)
        skip();
    for (unsigned set = 0; set < 4; set++) {
        (void)(set & 1 ? setenv("SSL_CERT_FILE", "/a", 1) : unsetenv("SSL_CERT_FILE"));
        (void)(set & 2 ? setenv("SSL_CERT_DIR", "/b", 1) : unsetenv("SSL_CERT_DIR"));
        struct sp_child child = start(*state, (struct sp_child_spec){.certificates = true});
        assert_int_equal(ask(&child, REPORT, 0).variables, (set & 1) + (set >> 1));
        (void)sp_child_end(&child);
    }
    unsetenv("SSL_CERT_FILE");
    unsetenv("SSL_CERT_DIR");
}

/* As when a service manager starts the press with its standard descriptors closed. */
static void closed_standard_descriptors_do_no_harm(void **state)
{
    int saved[3];
    for (int fd = 0; fd < 3; fd++)
        saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 10);
    for (int fd = 0; fd < 3; fd++)
        close(fd);
    struct sp_child child = start(*state, (struct sp_child_spec){0});
    const struct report report = ask(&child, REPORT, 0);
    (void)sp_child_end(&child);
    for (int fd = 0; fd < 3; fd++) {
        dup2(saved[fd], fd);
        close(saved[fd]);
    }
    if (!SP_CHILD_SANITIZED) {
        assert_int_equal(report.files, SP_CHANNEL_FD + 1);
        assert_int_equal(report.standard, 3);
    }
}

static void memory_is_limited_and_can_be_raised(void **state)
{
    if (SP_CHILD_SANITIZED)
        skip();
    struct sp_child child = start(
        *state, (struct sp_child_spec){.memory_bytes = 16 << 20, .memory_bytes_max = 64 << 20});
    assert_int_equal(ask(&child, TAKE_MEMORY, 4).value, 1);
    assert_int_equal(ask(&child, TAKE_MEMORY, 32).value, 0);
    assert_true(sp_child_memory(&child, 48 << 20));
    assert_int_equal(ask(&child, TAKE_MEMORY, 32).value, 1);
    assert_int_equal(ask(&child, TAKE_MEMORY, 60).value, 0);
    assert_false(sp_child_memory(&child, 80 << 20));
    assert_true(sp_child_memory(&child, 16 << 20));
    assert_int_equal(ask(&child, TAKE_MEMORY, 32).value, 0);
    (void)sp_child_end(&child);
}

static void its_end_is_told_for_what_it_was(void **state)
{
    static const struct {
        uint32_t what, value;
        enum sp_child_end end;
        int code;
        const char *words;
    } cases[] = {
        {EXIT, 0, SP_CHILD_ENDED, 0, "ended before it was done"},
        {EXIT, 3, SP_CHILD_FAILED, 3, "ended with status 3"},
        {CRASH, SIGSEGV, SP_CHILD_KILLED, SIGSEGV, "was ended by signal 11 (it used memory"},
        {CRASH, SIGKILL, SP_CHILD_KILLED, SIGKILL, "was ended by signal 9 (the system had no"},
        {CRASH, SIGUSR1, SP_CHILD_KILLED, SIGUSR1, "(sent by somebody else)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sp_child child = start(*state, (struct sp_child_spec){0});
        const struct sp_child_result result = end_after(&child, cases[i].what, cases[i].value);
        assert_int_equal(result.end, cases[i].end);
        assert_int_equal(result.code, cases[i].code);
        char words[160];
        assert_non_null(strstr(sp_child_end_words(words, sizeof words, result), cases[i].words));
    }
}

static void limits_end_it(void **state)
{
    struct sp_child child = start(*state, (struct sp_child_spec){.file_bytes = 2 << 20});
    FILE *file = tmpfile();
    const int fd = fileno(file);
    assert_int_equal(ask_with(&child, (struct order){WRITE_FILE, 1}, &fd).value, 1);
    const struct order too_much = {WRITE_FILE, 3};
    struct sp_err err;
    assert_int_equal(sp_channel_send(child.channel, &too_much, sizeof too_much, &fd, 1, &err),
                     SP_OK);
    struct pollfd hung_up = {.fd = child.channel, .events = POLLIN};
    assert_int_equal(poll(&hung_up, 1, 20000), 1);
    struct sp_child_result result = sp_child_end(&child);
    fclose(file);
    assert_int_equal(result.end, SP_CHILD_KILLED);
    assert_int_equal(result.code, SIGXFSZ);

    child = start(*state, (struct sp_child_spec){.cpu_s = 1});
    result = end_after(&child, SPIN, 0);
    assert_int_equal(result.end, SP_CHILD_KILLED);
    assert_true(result.code == SIGXCPU || result.code == SIGKILL);
}

static void one_that_runs_on_is_killed(void **state)
{
    struct sp_child child = start(*state, (struct sp_child_spec){0});
    const pid_t pid = child.pid;
    assert_int_equal(sp_child_end(&child).end, SP_CHILD_ENDED);
    assert_int_equal(kill(pid, 0), -1);

    /* Even if it has hung up to look as if it were ending. */
    child = start(*state, (struct sp_child_spec){0});
    assert_int_equal(end_after(&child, HANG_UP, 0).end, SP_CHILD_ENDED);
}

static void a_program_that_cannot_be_started_is_named(void **state)
{
    const struct fixture *fixture = *state;
    char path[128];
    struct sp_child child;
    struct sp_err err = {0};
    struct sp_child_spec spec = {.program =
                                     folder_path(&fixture->folder, "none", path, sizeof path)};
    assert_int_equal(sp_child_start(&child, &spec, &err), SP_IO);
    assert_int_equal(err.os_error, ENOENT);
    assert_non_null(strstr(err.text, path));
    assert_int_equal(child.pid, 0);
    assert_int_equal(child.channel, -1);

    file_put(path, "no program", 10);
    assert_int_equal(chmod(path, 0755), 0);
    assert_int_equal(sp_child_start(&child, &spec, &err), SP_IO);
    assert_int_equal(err.os_error, ENOEXEC);
}

static void programs_are_found_where_they_are_said_to_be(void **state)
{
    const struct fixture *fixture = *state;
    char path[SP_CHILD_PATH_MAX];
    struct sp_err err = {0};
    setenv("SMALLPRESS_PROGRAMS", fixture->folder.path, 1);
    assert_int_equal(sp_child_program(path, "stub", &err), SP_OK);
    assert_string_equal(path, fixture->path);
    assert_int_equal(sp_child_program(path, "none", &err), SP_IO);
    assert_non_null(strstr(err.text, "smallpress-none is not in"));
    unsetenv("SMALLPRESS_PROGRAMS");
    assert_int_equal(sp_child_program(path, "none", &err), SP_IO);
    assert_non_null(strstr(err.text, "SMALLPRESS_PROGRAMS may name the folder"));
}

/* Its parent is a process that is killed: the helper must not outlive it. */
static void it_dies_with_its_parent(void **state)
{
    const struct fixture *fixture = *state;
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    const pid_t parent = fork();
    if (parent == 0) {
        struct sp_child child;
        struct sp_err err;
        const struct sp_child_spec spec = {.program = fixture->path};
        if (sp_child_start(&child, &spec, &err) != SP_OK)
            _exit(1);
        /* It is told to hang on for ever, so that the closed channel does not end it. */
        const struct order order = {HANG_UP, 0};
        if (sp_channel_send(child.channel, &order, sizeof order, NULL, 0, &err) != SP_OK)
            _exit(1);
        (void)write(pipes[1], &child.pid, sizeof child.pid);
        for (;;)
            pause();
    }
    pid_t helper = 0;
    assert_int_equal(read(pipes[0], &helper, sizeof helper), sizeof helper);
    close(pipes[0]);
    close(pipes[1]);
    assert_int_equal(kill(parent, SIGKILL), 0);
    assert_int_equal(waitpid(parent, NULL, 0), parent);
    /* Gone, or a zombie of whoever inherits it. */
    char path[64], line[256] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", (int)helper);
    for (int tries = 0; tries < 500; tries++) {
        FILE *stat_file = fopen(path, "r");
        if (!stat_file)
            return;
        const char *words = fgets(line, sizeof line, stat_file);
        fclose(stat_file);
        if (!words || strstr(line, ") Z ") || strstr(line, ") X "))
            return;
        const struct timespec nap = {.tv_nsec = 10000000};
        nanosleep(&nap, NULL);
    }
    fail_msg("the helper lives on: %s", line);
}

int main(int count, char **words)
{
    if (count > 0 && stub_is(words[0], "smallpress-stub"))
        return stub();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_is_given_nothing_but_the_channel, open_fixture,
                                        close_fixture),
        cmocka_unit_test_setup_teardown(the_environment_is_kept_if_asked_for, open_fixture,
                                        close_fixture),
        cmocka_unit_test_setup_teardown(certificates_are_kept_if_asked_for, open_fixture,
                                        close_fixture),
        cmocka_unit_test_setup_teardown(closed_standard_descriptors_do_no_harm, open_fixture,
                                        close_fixture),
        cmocka_unit_test_setup_teardown(memory_is_limited_and_can_be_raised, open_fixture,
                                        close_fixture),
        cmocka_unit_test_setup_teardown(its_end_is_told_for_what_it_was, open_fixture,
                                        close_fixture),
        cmocka_unit_test_setup_teardown(limits_end_it, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(one_that_runs_on_is_killed, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(a_program_that_cannot_be_started_is_named, open_fixture,
                                        close_fixture),
        cmocka_unit_test_setup_teardown(programs_are_found_where_they_are_said_to_be, open_fixture,
                                        close_fixture),
        cmocka_unit_test_setup_teardown(it_dies_with_its_parent, open_fixture, close_fixture),
    };
    return cmocka_run_group_tests_name("child_process", tests, NULL, NULL);
}
