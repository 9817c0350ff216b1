/*
 * Every call to the system fails once, and from some point on for good: the job says so, gives back
 * what it holds and leaves no document, or copes and makes the very same one.
 */
#include "support/unit.h"

#include "base/sys.h"
#include "job.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

#define LINE         "https://example.org/items/0123456789/abcdefghij\n"
#define LINE4        LINE LINE LINE LINE
#define LINE16       LINE4 LINE4 LINE4 LINE4
#define LINE64       LINE16 LINE16 LINE16 LINE16

static const struct job_kind kinds[] = {
    {"generated, one thread", NULL, 400, NULL, SP_DRAW_SHARP, 1},
    {"generated, three threads", NULL, 400, "{n}: {id} \xC3\xA9", SP_DRAW_VECTOR, 3},
    {"lines, one thread", LINE64 LINE64 LINE64, 0, NULL, SP_DRAW_SMALL, 1},
    {"lines, three threads", LINE64 LINE64 LINE64, 0, NULL, SP_DRAW_SHARP, 3},
};

static const int errors[] = {EIO, ENOSPC, EDQUOT, EACCES, EMFILE, ENOMEM, EEXIST};

static const char *const call_names[] = {
#define NAME(name, word) [name] = word,
    SP_SYS_TABLE(NAME)
#undef NAME
};

/* Whether a sentence tells what could not be read, written or had. */
static bool names_it(const struct job *job, enum sp_sys_call call, const struct sp_err *err)
{
    if (call == SP_SYS_MMAP)
        return strstr(err->text, "memory") != NULL;
    if (call == SP_SYS_THREAD)
        return strstr(err->text, "thread") != NULL;
    return strstr(err->text, job->folder) != NULL;
}

static const char *check_failure(const struct job *job, enum sp_sys_call call, int error,
                                 enum sp_status status, const struct sp_err *err)
{
    if (status != (call == SP_SYS_MMAP ? SP_NO_ROOM : SP_IO))
        return "the status is another";
    if (err->status != status)
        return "the error has another status than the call";
    if (!names_it(job, call, err))
        return "the sentence does not name what failed";
    /* A file that is there already is told in the job's own words. */
    if (status == SP_IO && err->os_error != error && error != EEXIST)
        return "the system's error is lost";
    return NULL;
}

/* Runs that were wrong: all are told, so that one does not hide the next. */
static unsigned wrong_runs;

/* One run with the nth call failing. False once it met no failure. */
static bool run_once(const struct job *job, enum sp_sys_call call, uint64_t nth, int error,
                     bool persistent)
{
    const int open_before = sp_sys_open_count(), map_before = sp_sys_map_count();
    struct sp_err err = {0};
    sp_sys_fault_plan(call, nth, error, persistent);
    const enum sp_status status = job_run(job, &err);
    const bool met = sp_sys_fault_count(call) >= nth;
    sp_sys_fault_plan(call, 0, 0, false);

    const char *wrong = job_check(job, status == SP_OK);
    if (!wrong && status != SP_OK)
        wrong = check_failure(job, call, error, status, &err);
    if (!wrong && status != SP_OK && !met)
        wrong = "a run that met no failure failed";
    if (!wrong && sp_sys_open_count() != open_before)
        wrong = "a descriptor is left open";
    if (!wrong && sp_sys_map_count() != map_before)
        wrong = "memory is left mapped";
    if (wrong && ++wrong_runs <= 20)
        print_message("# %s: %s %llu, %s%s: %s (%s)\n", job->kind->name, call_names[call],
                      (unsigned long long)nth, strerror(error), persistent ? ", for good" : "",
                      wrong, err.text);
    return met;
}

/* Fails every call of a kind, one after another; how many there were. */
static uint64_t sweep(const struct job *job, enum sp_sys_call call, int error, bool persistent)
{
    uint64_t nth = 1;
    while (run_once(job, call, nth, error, persistent))
        assert_true(++nth < 10000);
    return nth - 1;
}

static void sweep_kind(const struct job_kind *kind, size_t error_count)
{
    struct job job;
    wrong_runs = 0;
    const char *wrong = job_open(&job, kind);
    if (wrong)
        fail_msg("%s: %s", kind->name, wrong);
    for (int call = 0; call < SP_SYS_CALL_COUNT; call++) {
        uint64_t calls = 0;
        for (size_t i = 0; i < error_count; i++)
            for (int persistent = 0; persistent < 2; persistent++)
                calls = sweep(&job, (enum sp_sys_call)call, errors[i], persistent);
        /* A kind of call that is never made would make its sweep an empty promise. */
        if (call != SP_SYS_THREAD || kind->threads > 1)
            assert_true(calls > 0);
    }
    job_close(&job);
    if (wrong_runs > 0)
        fail_msg("%s: %u runs were wrong", kind->name, wrong_runs);
}

static void every_error_in_a_generated_job(void **state)
{
    sweep_kind(&kinds[0], COUNT(errors));
}

static void every_call_of_threads(void **state)
{
    sweep_kind(&kinds[1], 2);
}

static void every_call_of_lines(void **state)
{
    sweep_kind(&kinds[2], COUNT(errors));
}

static void every_call_of_lines_in_threads(void **state)
{
    sweep_kind(&kinds[3], 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_in_a_generated_job),
        cmocka_unit_test(every_call_of_threads),
        cmocka_unit_test(every_call_of_lines),
        cmocka_unit_test(every_call_of_lines_in_threads),
    };
    return cmocka_run_group_tests_name("sweep", tests, NULL, NULL);
}
