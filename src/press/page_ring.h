/*
 * Pages composed side by side, read and written in order, in bounded memory.
 *
 *     read (one at a time) ─► slot ─► compose (many at once) ─► slot ─► write (in page order)
 *
 * The ring has a fixed number of slots. A worker takes the next free one, reads its records, which
 * only one worker does at a time, and composes the page; the calling thread writes the pages in the
 * order they were read. What is written thus does not depend on how many workers there are. With
 * one worker there are no threads at all: the caller does everything itself.
 */
#ifndef SP_PRESS_PAGE_RING_H
#define SP_PRESS_PAGE_RING_H

#include <smallpress/arena.h>
#include <smallpress/status.h>

#include <stdbool.h>

enum sp_ring_read {
    SP_RING_PAGE, /* the slot holds a page */
    SP_RING_END,  /* there are no more pages */
    SP_RING_FAIL, /* `err` says why */
};

/* What is done with a slot; indexes say which. Each returns its failure in `err`. */
struct sp_page_ring_jobs {
    enum sp_ring_read (*read)(void *context, unsigned slot, struct sp_err *err);
    enum sp_status (*compose)(void *context, unsigned worker, unsigned slot, struct sp_err *err);
    enum sp_status (*write)(void *context, unsigned slot, struct sp_err *err);
    bool (*stopped)(void *context); /* asked before each page is written */
    void *context;
};

/* Slots that keep so many workers busy: each may compose one page while another of its waits. */
unsigned sp_page_ring_slots(unsigned workers);

size_t sp_page_ring_need(unsigned workers);

/* Bytes that the threads of so many workers take outside the arena. */
size_t sp_page_ring_threads_bytes(unsigned workers);

struct sp_page_ring;
struct sp_page_ring *sp_page_ring_init(struct sp_arena *arena, unsigned workers,
                                       const struct sp_page_ring_jobs *jobs);

/* Runs to the end, the first failure, or SP_STOPPED. */
SP_MUST_CHECK enum sp_status sp_page_ring_run(struct sp_page_ring *ring, struct sp_err *err);

#endif
