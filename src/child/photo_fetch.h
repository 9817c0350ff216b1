/*
 * The press's end of smallpress-fetch: one program that fetches several photos side by side.
 *
 * Nothing here waits for an answer. A program that is gone or speaks nonsense is to be ended; what
 * it had not answered can be asked of the next.
 */
#ifndef SP_CHILD_PHOTO_FETCH_H
#define SP_CHILD_PHOTO_FETCH_H

#include "child/child_message.h"
#include "child/child_process.h"
#include "child/photo_feed.h"

#include <smallpress/photo.h>
#include <smallpress/status.h>

#include <stdbool.h>
#include <stdint.h>

/* Memory of the program: what counts as its data, measured and rounded up. */
uint64_t sp_photo_fetch_bytes(void);

/* SP_BAD_SPEC if a host or a rule of the feed's spec is too long for a message. */
SP_MUST_CHECK enum sp_status sp_photo_fetch_check(const struct sp_photo_feed_spec *spec,
                                                  struct sp_err *err);

/* Starts it and tells it how to work. */
SP_MUST_CHECK enum sp_status sp_photo_fetch_start(struct sp_child *fetcher,
                                                  const struct sp_photo_feed_spec *spec,
                                                  struct sp_err *err);

/* Asks for an address, shorter than SP_ADDRESS_BYTES_MAX, to be written to a file. */
bool sp_photo_fetch_ask(const struct sp_child *fetcher, uint64_t number,
                        const struct sp_photo_order *order, const char *address, int file);

enum sp_photo_fetch_word {
    SP_PHOTO_FETCH_SILENT,
    SP_PHOTO_FETCH_ANSWERED,
    SP_PHOTO_FETCH_GONE,
};
enum sp_photo_fetch_word sp_photo_fetch_hear(const struct sp_child *fetcher,
                                             struct sp_fetch_answer *answer);

#endif
