/*
 * Pages side by side and in order: whatever the number of workers and however long each page takes,
 * what is written is what one worker would write; and the first failure ends it all.
 */
#include "support/unit.h"

#include "base/sys.h"
#include "press/page_ring.h"
#include "support/exact_arena.h"
#include "support/random.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SLOTS_MAX   64
#define WORKERS_MAX 32
#define NEVER       UINT64_MAX

/* A job that squares numbers, and looks whether the ring keeps its word while it does. */
struct job {
    uint64_t pages;                                  /* to be read */
    uint64_t read_fails, compose_fails, write_fails; /* the page, from 0 */
    uint64_t stop_after;                             /* pages written */
    bool slow;
    unsigned workers;

    uint64_t slot_page[SLOTS_MAX], slot_square[SLOTS_MAX];
    atomic_int slot_busy[SLOTS_MAX];
    atomic_int worker_busy[WORKERS_MAX];
    atomic_int reading, composing, composing_most;
    atomic_bool broken; /* a promise of the ring */
    atomic_bool stop;
    uint64_t read, written, ends;
};

static void check(struct job *job, bool promise)
{
    if (!promise)
        job->broken = true;
}

/* Up to a fifth of a millisecond, by the page and the salt, the same in every run. */
static void dawdle(const struct job *job, uint64_t page, uint64_t salt)
{
    struct random random = {page * 977 + salt + 1};
    (void)random_next(&random);
    if (job->slow && random_below(&random, 3) == 0)
        usleep((unsigned)random_below(&random, 200));
}

static enum sp_ring_read read_page(void *context, unsigned slot, struct sp_err *err)
{
    struct job *job = context;
    check(job, atomic_fetch_add(&job->reading, 1) == 0);
    check(job, slot == job->read % sp_page_ring_slots(job->workers));
    check(job, atomic_exchange(&job->slot_busy[slot], 1) == 0);
    enum sp_ring_read result = SP_RING_PAGE;
    dawdle(job, job->read, 1);
    if (job->read == job->read_fails) {
        (void)sp_fail(err, SP_BAD_DATA, "page %d cannot be read", (int)job->read);
        result = SP_RING_FAIL;
    } else if (job->read == job->pages) {
        job->ends++;
        result = SP_RING_END;
    } else {
        job->slot_page[slot] = job->read++;
    }
    atomic_fetch_sub(&job->reading, 1);
    return result;
}

static enum sp_status compose_page(void *context, unsigned worker, unsigned slot,
                                   struct sp_err *err)
{
    struct job *job = context;
    const uint64_t page = job->slot_page[slot];
    check(job, worker < job->workers);
    check(job, atomic_exchange(&job->worker_busy[worker], 1) == 0);
    check(job, atomic_load(&job->slot_busy[slot]) == 1);
    const int composing = atomic_fetch_add(&job->composing, 1) + 1;
    int most = job->composing_most;
    while (composing > most &&
           !atomic_compare_exchange_weak(&job->composing_most, &most, composing))
        ;
    dawdle(job, page, 2);
    job->slot_square[slot] = page * page;
    atomic_fetch_sub(&job->composing, 1);
    atomic_store(&job->worker_busy[worker], 0);
    if (page == job->compose_fails)
        return sp_fail(err, SP_NO_ROOM, "page %d cannot be composed", (int)page);
    return SP_OK;
}

static enum sp_status write_page(void *context, unsigned slot, struct sp_err *err)
{
    struct job *job = context;
    check(job, job->slot_page[slot] == job->written);
    check(job, job->slot_square[slot] == job->written * job->written);
    dawdle(job, job->written, 3);
    if (job->written == job->write_fails)
        return sp_fail(err, SP_IO, "page %d cannot be written", (int)job->written);
    if (++job->written == job->stop_after)
        atomic_store(&job->stop, true);
    check(job, atomic_exchange(&job->slot_busy[slot], 0) == 1);
    return SP_OK;
}

static bool stopped(void *context)
{
    struct job *job = context;
    return atomic_load(&job->stop);
}

static void init_job(struct job *job, uint64_t pages, unsigned workers, bool slow)
{
    memset(job, 0, sizeof *job);
    job->pages = pages;
    job->workers = workers;
    job->slow = slow;
    job->read_fails = job->compose_fails = job->write_fails = job->stop_after = NEVER;
}

/* Runs a job in exactly the memory the ring announces. */
static enum sp_status run(struct job *job, struct sp_err *err)
{
    struct sp_arena arena;
    const struct sp_page_ring_jobs jobs = {read_page, compose_page, write_page, stopped, job};
    exact_arena_open(&arena, sp_page_ring_need(job->workers));
    struct sp_page_ring *ring = sp_page_ring_init(&arena, job->workers, &jobs);
    exact_arena_seal(&arena);
    const enum sp_status status = sp_page_ring_run(ring, err);
    /* All threads have ended: nothing is being done any more, and nothing will be. */
    assert_int_equal(job->reading, 0);
    assert_int_equal(job->composing, 0);
    assert_false(job->broken);
    sp_arena_close(&arena);
    return status;
}

static const unsigned worker_counts[] = {1, 2, 3, 8, 32};
#define WORKER_COUNTS (sizeof worker_counts / sizeof worker_counts[0])

static void pages_are_written_in_order(void **state)
{
    static const uint64_t page_counts[] = {1, 2, 3, 7, 16, 17, 400};
    for (size_t i = 0; i < WORKER_COUNTS; i++)
        for (size_t j = 0; j < sizeof page_counts / sizeof page_counts[0]; j++)
            for (int slow = 0; slow < 2; slow++) {
                static struct job job;
                struct sp_err err = {.status = SP_OK, .text = "untouched"};
                init_job(&job, page_counts[j], worker_counts[i], slow);
                assert_int_equal(run(&job, &err), SP_OK);
                assert_string_equal(err.text, "untouched");
                assert_int_equal(job.read, page_counts[j]);
                assert_int_equal(job.written, page_counts[j]);
                assert_int_equal(job.ends, 1);
            }
}

/* Otherwise the test above would prove little. */
static void pages_are_composed_side_by_side(void **state)
{
    static struct job job;
    init_job(&job, 400, 8, true);
    assert_int_equal(run(&job, NULL), SP_OK);
    assert_true(job.composing_most > 1);
    assert_true(job.composing_most <= 8);
    init_job(&job, 50, 1, true);
    assert_int_equal(run(&job, NULL), SP_OK);
    assert_int_equal(job.composing_most, 1);
}

static void no_pages_are_no_failure(void **state)
{
    for (size_t i = 0; i < WORKER_COUNTS; i++) {
        static struct job job;
        init_job(&job, 0, worker_counts[i], false);
        assert_int_equal(run(&job, NULL), SP_OK);
        assert_int_equal(job.written, 0);
        assert_int_equal(job.ends, 1);
    }
}

static void assert_failure(struct job *job, enum sp_status status, const char *words, uint64_t page)
{
    struct sp_err err = {0};
    char expected[64];
    snprintf(expected, sizeof expected, "page %d cannot be %s", (int)page, words);
    assert_int_equal(run(job, &err), status);
    assert_int_equal(err.status, status);
    assert_string_equal(err.text, expected);
    assert_true(job->written <= page);
}

static void the_failure_is_told_wherever_it_is(void **state)
{
    static const uint64_t failing[] = {0, 1, 2, 5, 15, 16, 39};
    for (size_t i = 0; i < WORKER_COUNTS; i++)
        for (size_t j = 0; j < sizeof failing / sizeof failing[0]; j++) {
            static struct job job;
            init_job(&job, 40, worker_counts[i], j % 2);
            job.read_fails = failing[j];
            assert_failure(&job, SP_BAD_DATA, "read", failing[j]);
            init_job(&job, 40, worker_counts[i], j % 2);
            job.compose_fails = failing[j];
            assert_failure(&job, SP_NO_ROOM, "composed", failing[j]);
            init_job(&job, 40, worker_counts[i], j % 2);
            job.write_fails = failing[j];
            assert_failure(&job, SP_IO, "written", failing[j]);
            assert_int_equal(job.written, failing[j]);
        }
}

/* Of two failures one is told, whole: never a mixture, never success. */
static void of_many_failures_one_is_told(void **state)
{
    for (unsigned i = 0; i < 100; i++) {
        static struct job job;
        struct sp_err err = {0};
        init_job(&job, 40, 4, true);
        job.read_fails = 10;
        job.compose_fails = 9;
        job.write_fails = 8;
        const enum sp_status status = run(&job, &err);
        assert_int_equal(err.status, status);
        if (status == SP_BAD_DATA)
            assert_string_equal(err.text, "page 10 cannot be read");
        else if (status == SP_NO_ROOM)
            assert_string_equal(err.text, "page 9 cannot be composed");
        else
            assert_string_equal(err.text, "page 8 cannot be written");
        assert_true(status == SP_BAD_DATA || status == SP_NO_ROOM || status == SP_IO);
    }
}

static void it_stops_when_asked_to(void **state)
{
    static const uint64_t after[] = {1, 2, 7, 30};
    for (size_t i = 0; i < WORKER_COUNTS; i++) {
        static struct job job;
        struct sp_err err = {0};
        for (size_t j = 0; j < sizeof after / sizeof after[0]; j++) {
            init_job(&job, 1000000, worker_counts[i], true);
            job.stop_after = after[j];
            assert_int_equal(run(&job, &err), SP_STOPPED);
            assert_int_equal(err.status, SP_STOPPED);
            assert_int_equal(job.written, after[j]);
            assert_true(job.read <= after[j] + sp_page_ring_slots(worker_counts[i]));
        }
        init_job(&job, 1000000, worker_counts[i], false);
        atomic_store(&job.stop, true);
        assert_int_equal(run(&job, NULL), SP_STOPPED);
        assert_int_equal(job.written, 0);
    }
}

/* The system refuses the nth thread: those started before it end, and it is told. */
static void a_thread_that_cannot_start_is_told(void **state)
{
    static const unsigned counts[] = {2, 3, 8};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        for (unsigned nth = 1; nth <= counts[i]; nth++) {
            static struct job job;
            struct sp_err err = {0};
            char expected[64];
            init_job(&job, 1000000, counts[i], true);
            sp_sys_fault_plan(SP_SYS_THREAD, nth, EAGAIN, false);
            assert_int_equal(run(&job, &err), SP_IO);
            sp_sys_fault_plan(SP_SYS_THREAD, 0, 0, false);
            assert_int_equal(err.os_error, EAGAIN);
            snprintf(expected, sizeof expected, "thread %u of %u cannot be started", nth,
                     counts[i]);
            assert_memory_equal(err.text, expected, strlen(expected));
        }
}

/* One worker is the caller: a machine that gives no threads at all still prints. */
static void one_worker_needs_no_thread(void **state)
{
    static struct job job;
    init_job(&job, 20, 1, false);
    sp_sys_fault_plan(SP_SYS_THREAD, 1, EAGAIN, true);
    assert_int_equal(run(&job, NULL), SP_OK);
    assert_int_equal(sp_sys_fault_count(SP_SYS_THREAD), 0);
    sp_sys_fault_plan(SP_SYS_THREAD, 0, 0, false);
    assert_int_equal(job.written, 20);
    assert_int_equal(sp_page_ring_threads_bytes(1), 0);
    assert_true(sp_page_ring_threads_bytes(3) > sp_page_ring_threads_bytes(2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_written_in_order),
        cmocka_unit_test(pages_are_composed_side_by_side),
        cmocka_unit_test(no_pages_are_no_failure),
        cmocka_unit_test(the_failure_is_told_wherever_it_is),
        cmocka_unit_test(of_many_failures_one_is_told),
        cmocka_unit_test(it_stops_when_asked_to),
        cmocka_unit_test(a_thread_that_cannot_start_is_told),
        cmocka_unit_test(one_worker_needs_no_thread),
    };
    return cmocka_run_group_tests_name("page_ring", tests, NULL, NULL);
}
