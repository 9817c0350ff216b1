/*
 * The C library's heap, counted: what libraries take behind an arena's back.
 *
 * A test program that links heap_count.c has its malloc. Sanitizers have theirs instead; then
 * nothing can be counted, and heap_count_works says so.
 */
#ifndef SP_TESTS_HEAP_COUNT_H
#define SP_TESTS_HEAP_COUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool heap_count_works(void);

/* Bytes taken and not given back, with what the heap adds to each piece. */
size_t heap_live(void);

/* The most that heap_live was since heap_peak_reset. */
size_t heap_peak(void);
void heap_peak_reset(void);

/*
 * Refuses the `nth` request (from 1) that the calling thread makes, and with `persistent` all later
 * ones; 0 for none. heap_requests tells how many it made since.
 */
void heap_refuse(uint64_t nth, bool persistent);
uint64_t heap_requests(void);

#endif
