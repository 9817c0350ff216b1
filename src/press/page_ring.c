#include "press/page_ring.h"

#include <smallpress/limit.h>

#include "base/check.h"
#include "base/sys.h"

#include <pthread.h>

enum slot_state {
    FREE,
    IN_WORK,
    READY
};

struct worker {
    struct sp_page_ring *ring;
    unsigned index;
    pthread_t thread;
};

/*
 * `input` is held while a worker waits for a slot and reads its records, so that pages are numbered
 * as they are read; `state` guards everything below it. A worker takes input before state.
 */
struct sp_page_ring {
    struct sp_page_ring_jobs jobs;
    unsigned worker_count, slot_count;
    struct worker *workers;
    pthread_mutex_t input;
    pthread_mutex_t state;
    pthread_cond_t changed; /* a slot's state, the end, or a failure */
    enum slot_state *slots;
    uint64_t pages_read, pages_written;
    bool ended;           /* no page follows the last one read */
    bool quit;            /* workers are to leave */
    struct sp_err failed; /* the first failure */
};

unsigned sp_page_ring_slots(unsigned workers)
{
    return workers == 1 ? 1 : 2 * workers;
}

size_t sp_page_ring_need(unsigned workers)
{
    return sp_arena_cost(sizeof(struct sp_page_ring)) +
           sp_arena_cost(workers * sizeof(struct worker)) +
           sp_arena_cost(sp_page_ring_slots(workers) * sizeof(enum slot_state));
}

size_t sp_page_ring_threads_bytes(unsigned workers)
{
    return workers == 1 ? 0 : (size_t)workers * SP_STACK_BYTES;
}

struct sp_page_ring *sp_page_ring_init(struct sp_arena *arena, unsigned workers,
                                       const struct sp_page_ring_jobs *jobs)
{
    struct sp_page_ring *ring = sp_arena_take(arena, 1, sizeof *ring);
    ring->jobs = *jobs;
    ring->worker_count = workers;
    ring->slot_count = sp_page_ring_slots(workers);
    ring->workers = sp_arena_take(arena, workers, sizeof *ring->workers);
    ring->slots = sp_arena_take(arena, ring->slot_count, sizeof *ring->slots);
    for (unsigned i = 0; i < workers; i++) {
        ring->workers[i].ring = ring;
        ring->workers[i].index = i;
    }
    return ring;
}

static enum sp_status run_alone(struct sp_page_ring *ring, struct sp_err *err)
{
    const struct sp_page_ring_jobs *jobs = &ring->jobs;
    for (;;) {
        if (jobs->stopped(jobs->context))
            return sp_fail(err, SP_STOPPED, "stopped");
        const enum sp_ring_read read = jobs->read(jobs->context, 0, err);
        if (read == SP_RING_END)
            return SP_OK;
        if (read == SP_RING_FAIL)
            return err->status;
        enum sp_status status = jobs->compose(jobs->context, 0, 0, err);
        if (status == SP_OK)
            status = jobs->write(jobs->context, 0, err);
        if (status != SP_OK)
            return status;
    }
}

static void fail(struct sp_page_ring *ring, const struct sp_err *err)
{
    pthread_mutex_lock(&ring->state);
    if (ring->failed.status == SP_OK)
        ring->failed = *err;
    ring->quit = true;
    pthread_cond_broadcast(&ring->changed);
    pthread_mutex_unlock(&ring->state);
}

/* Waits until the next slot is free; false when there is nothing more to do. */
static bool wait_for_slot(struct sp_page_ring *ring, unsigned *slot)
{
    pthread_mutex_lock(&ring->state);
    *slot = (unsigned)(ring->pages_read % ring->slot_count);
    while (!ring->quit && !ring->ended && ring->slots[*slot] != FREE)
        pthread_cond_wait(&ring->changed, &ring->state);
    const bool go_on = !ring->quit && !ring->ended;
    pthread_mutex_unlock(&ring->state);
    return go_on;
}

/* Takes the next slot and reads its page; false when there is none. */
static bool read_page(struct sp_page_ring *ring, unsigned *slot)
{
    struct sp_err err = {0};
    pthread_mutex_lock(&ring->input);
    bool got = wait_for_slot(ring, slot);
    if (got) {
        const enum sp_ring_read read = ring->jobs.read(ring->jobs.context, *slot, &err);
        got = read == SP_RING_PAGE;
        pthread_mutex_lock(&ring->state);
        if (got) {
            ring->slots[*slot] = IN_WORK;
            ring->pages_read++;
        } else {
            ring->ended = true;
        }
        pthread_cond_broadcast(&ring->changed);
        pthread_mutex_unlock(&ring->state);
        if (read == SP_RING_FAIL)
            fail(ring, &err);
    }
    pthread_mutex_unlock(&ring->input);
    return got;
}

static void *run_worker(void *context)
{
    struct worker *worker = context;
    struct sp_page_ring *ring = worker->ring;
    unsigned slot;
    while (read_page(ring, &slot)) {
        struct sp_err err = {0};
        if (ring->jobs.compose(ring->jobs.context, worker->index, slot, &err) != SP_OK) {
            fail(ring, &err);
            return NULL;
        }
        pthread_mutex_lock(&ring->state);
        ring->slots[slot] = READY;
        pthread_cond_broadcast(&ring->changed);
        pthread_mutex_unlock(&ring->state);
    }
    return NULL;
}

/* Waits until the next page in order is ready; false at the end or after a failure. */
static bool wait_for_page(struct sp_page_ring *ring, unsigned *slot)
{
    pthread_mutex_lock(&ring->state);
    *slot = (unsigned)(ring->pages_written % ring->slot_count);
    while (!ring->quit && ring->slots[*slot] != READY &&
           !(ring->ended && ring->pages_written == ring->pages_read))
        pthread_cond_wait(&ring->changed, &ring->state);
    const bool ready = !ring->quit && ring->slots[*slot] == READY;
    pthread_mutex_unlock(&ring->state);
    return ready;
}

static void write_pages(struct sp_page_ring *ring)
{
    const struct sp_page_ring_jobs *jobs = &ring->jobs;
    unsigned slot;
    while (wait_for_page(ring, &slot)) {
        struct sp_err err = {0};
        if (jobs->stopped(jobs->context))
            (void)sp_fail(&err, SP_STOPPED, "stopped");
        else
            err.status = jobs->write(jobs->context, slot, &err);
        if (err.status != SP_OK) {
            fail(ring, &err);
            return;
        }
        pthread_mutex_lock(&ring->state);
        ring->slots[slot] = FREE;
        ring->pages_written++;
        pthread_cond_broadcast(&ring->changed);
        pthread_mutex_unlock(&ring->state);
    }
}

static enum sp_status run_threads(struct sp_page_ring *ring, struct sp_err *err)
{
    unsigned started = 0;
    struct sp_err thread_err = {0};
    for (; started < ring->worker_count; started++) {
        struct worker *worker = &ring->workers[started];
        const int error = sp_sys_thread(&worker->thread, SP_STACK_BYTES, run_worker, worker);
        if (error < 0) {
            (void)sp_fail_os(&thread_err, -error, "thread %u of %u cannot be started", started + 1,
                             ring->worker_count);
            fail(ring, &thread_err);
            break;
        }
    }
    write_pages(ring);
    pthread_mutex_lock(&ring->state);
    ring->quit = true;
    pthread_cond_broadcast(&ring->changed);
    pthread_mutex_unlock(&ring->state);
    for (unsigned i = 0; i < started; i++)
        (void)pthread_join(ring->workers[i].thread, NULL);
    if (ring->failed.status != SP_OK && err)
        *err = ring->failed;
    return ring->failed.status;
}

enum sp_status sp_page_ring_run(struct sp_page_ring *ring, struct sp_err *err)
{
    if (ring->worker_count == 1) {
        struct sp_err failed = {0};
        const enum sp_status status = run_alone(ring, &failed);
        if (status != SP_OK && err)
            *err = failed;
        return status;
    }
    SP_ASSERT(pthread_mutex_init(&ring->input, NULL) == 0);
    SP_ASSERT(pthread_mutex_init(&ring->state, NULL) == 0);
    SP_ASSERT(pthread_cond_init(&ring->changed, NULL) == 0);
    const enum sp_status status = run_threads(ring, err);
    (void)pthread_cond_destroy(&ring->changed);
    (void)pthread_mutex_destroy(&ring->state);
    (void)pthread_mutex_destroy(&ring->input);
    return status;
}
