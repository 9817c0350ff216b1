/*
 * What is worth trying again, and when.
 */
#ifndef SP_FETCH_RETRY_H
#define SP_FETCH_RETRY_H

#include <stdbool.h>
#include <stdint.h>

/* The longest wait that a server may ask for; one that asks for more is done with. */
#define SP_FETCH_RETRY_AFTER_MAX_MS 20000

/* Whether a status code may be another one soon: 408, 425, 429 and what begins with 5, but not
   what the server cannot do at all. */
bool sp_fetch_retry_code(long code);

/*
 * Milliseconds to wait before attempt `attempt` (2 is the first that is one again): half a second,
 * doubled with each, at most 8 s, a quarter more or less by chance, so that photos that failed
 * together do not come back together. At least what the server asked for. The chance is from
 * *state, any number but 0 to begin with, and so the same every time.
 */
uint32_t sp_fetch_retry_delay_ms(unsigned attempt, uint64_t asked_ms, uint64_t *state);

#endif
