/* What the two files of the feed share: photo_feed.c takes orders, photo_feed_step.c does them. */
#ifndef SP_CHILD_PHOTO_FEED_STATE_H
#define SP_CHILD_PHOTO_FEED_STATE_H

#include "child/photo_decoder.h"
#include "child/photo_feed.h"
#include "child/photo_slot.h"

#include <poll.h>

struct sp_photo_feed {
    struct sp_photo_feed_spec spec; /* the texts in it are borrowed */
    struct sp_decoder_limits limits;
    int folder;              /* where relative paths start; -1 without local files */
    uint64_t ordered, taken; /* orders are numbered from 0; those from taken to ordered wait */
    int taken_file;          /* of the photo taken last */

    struct sp_photo_slot *slots; /* spec.ahead; order n is in slot n % ahead */
    struct sp_decoder *decoders; /* spec.decoders */
    struct pollfd *polls;        /* one for each decoder, and the fetcher */

    /* SP_OK while a program can be started; or why no photo that needs it can be had any more. */
    struct sp_err broken[SP_DECODER_PROGRAM_COUNT];
    unsigned false_starts[SP_DECODER_PROGRAM_COUNT]; /* in a row */

    struct sp_child fetcher;
    unsigned fetching;    /* orders it has not answered */
    int64_t fetch_end_ms; /* when no more is fetched; 0 before the first address */

    struct sp_photo_feed_counts counts;
};

int64_t sp_photo_feed_now_ms(void);

struct sp_photo_slot *sp_photo_feed_slot(const struct sp_photo_feed *feed, uint64_t number);

/*
 * Gives work to whoever is idle, waits up to the time for somebody to say something, and acts on
 * it. What goes wrong goes wrong with a photo, and is in its slot.
 */
void sp_photo_feed_step(struct sp_photo_feed *feed, int timeout_ms);

/* Starts a decoder that is none; if the program turns out to be broken, that is noted. */
bool sp_photo_feed_start(struct sp_photo_feed *feed, struct sp_decoder *decoder,
                         enum sp_decoder_program program);

#endif
