/*
 * A fence around the process at every height: the kernel refuses memory from some point on, as it
 * does to a job whose plan were wrong. The job then says so; it never makes another document.
 */
#include "support/unit.h"

#include "job.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#ifndef SANITIZED
/* From one height to the next: small against the pieces a heap grows by. */
#define STEP_BYTES (24 * 1024)

#define ARABIC     "\xD9\x85\xD8\xB1\xD8\xAD\xD8\xA8\xD8\xA7\n"
#define DEVANAGARI "\xE0\xA4\xA8\xE0\xA4\xAE\xE0\xA4\xB8\xE0\xA5\x8D\xE0\xA4\xA4\xE0\xA5\x87\n"

static const struct job_kind plain_kind = {"plain", NULL, 40, NULL, SP_DRAW_SHARP, 1};
static const struct job_kind thread_kind = {"compressed, two threads", NULL,           70,
                                            "{id} \xC3\xA9\xC4\x8D",   SP_DRAW_VECTOR, 2};
static const struct job_kind shaped_kind = {
    "shaped", ARABIC DEVANAGARI ARABIC, 0, NULL, SP_DRAW_SMALL, 1};

/* What RLIMIT_DATA counts, now. */
static size_t data_bytes(void)
{
    char line[128];
    size_t kib = 0;
    FILE *file = fopen("/proc/self/status", "re");
    while (file && kib == 0 && fgets(line, sizeof line, file))
        if (strncmp(line, "VmData:", 7) == 0)
            kib = strtoul(line + 7, NULL, 10);
    if (file)
        fclose(file);
    return kib * 1024;
}

/* What a child tells of its run. */
struct report {
    bool succeeded;
    char wrong[640];
};

static struct report run_fenced(const struct job *job, size_t more_bytes)
{
    struct report report = {0};
    struct sp_err err = {0};
    const struct rlimit fence = {.rlim_cur = data_bytes() + more_bytes, .rlim_max = RLIM_INFINITY};
    const struct rlimit open_gate = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    assert_int_equal(setrlimit(RLIMIT_DATA, &fence), 0);
    const enum sp_status status = job_run(job, &err);
    assert_int_equal(setrlimit(RLIMIT_DATA, &open_gate), 0);
    report.succeeded = status == SP_OK;
    const char *wrong = job_check(job, report.succeeded);
    if (!wrong && status != SP_OK && status != SP_NO_ROOM && status != SP_IO)
        wrong = "the status is neither no-room nor io";
    if (wrong)
        snprintf(report.wrong, sizeof report.wrong, "%s (%s)", wrong, err.text);
    return report;
}

/* In a process of its own, which starts with a small heap and may crash. */
static struct report run_in_child(const struct job *job, size_t more_bytes)
{
    struct report report = {0};
    int ends[2], status = 0;
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)malloc_trim(0);
        const struct report made = run_fenced(job, more_bytes);
        _exit(write(ends[1], &made, sizeof made) == sizeof made ? 0 : 1);
    }
    (void)close(ends[1]);
    const bool told = read(ends[0], &report, sizeof report) == sizeof report;
    (void)close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!told)
        snprintf(report.wrong, sizeof report.wrong, "it crashed with signal %d", WTERMSIG(status));
    if (!told)
        (void)job_check(job, false);
    return report;
}

static void raise_fence(const struct job_kind *kind)
{
    struct job job;
    const char *wrong = job_open(&job, kind);
    if (wrong)
        fail_msg("%s: %s", kind->name, wrong);
    unsigned heights = 0, bad = 0;
    for (struct report report = {0}; !report.succeeded || report.wrong[0]; heights++) {
        report = run_in_child(&job, heights * (size_t)STEP_BYTES);
        if (report.wrong[0] && ++bad <= 10)
            print_message("# %s: with %zu KiB more: %s\n", kind->name,
                          heights * (size_t)STEP_BYTES / 1024, report.wrong);
        assert_true(heights < 4000);
    }
    job_close(&job);
    /* A fence that is never met would prove nothing. */
    assert_true(heights > 10);
    if (bad > 0)
        fail_msg("%s: %u of %u heights were wrong", kind->name, bad, heights);
}

static void plain(void **state)
{
    raise_fence(&plain_kind);
}

static void threads(void **state)
{
    raise_fence(&thread_kind);
}

static void shaped(void **state)
{
    raise_fence(&shaped_kind);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain),
        cmocka_unit_test(threads),
        cmocka_unit_test(shaped),
    };
    /* As the tool does: one heap for all threads, which keeps what it has. */
    (void)mallopt(M_ARENA_MAX, 1);
    (void)mallopt(M_MMAP_THRESHOLD, 32 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 64 << 20);
    return cmocka_run_group_tests_name("fence", tests, NULL, NULL);
}
#else
int main(void)
{
    puts("1..0 # SKIP sanitizers keep memory of their own, which a fence would count");
    return 0;
}
#endif
