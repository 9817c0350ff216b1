/* Proof that an assertion fails: what is said to be a bug is tried in a process of its own. */
#ifndef SP_TESTS_ABORTS_H
#define SP_TESTS_ABORTS_H

#include "support/unit.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Whether `run` ends in SIGABRT after words on standard error that name `place`. */
static inline void assert_aborts(void (*run)(void *context), void *context, const char *place)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit no_core = {0, 0};
        (void)setrlimit(RLIMIT_CORE, &no_core);
        (void)signal(SIGABRT, SIG_DFL);
        (void)dup2(ends[1], STDERR_FILENO);
        run(context);
        _exit(0);
    }
    close(ends[1]);
    char words[1024];
    size_t used = 0;
    for (ssize_t got = 1; got > 0 && used<sizeof words - 1; used += got> 0 ? (size_t)got : 0)
        got = read(ends[0], words + used, sizeof words - 1 - used);
    words[used] = '\0';
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_non_null(strstr(words, place));
}

#endif
