/*
 * A photo on order: where it is on its way, and the files it holds.
 *
 *     free ─► address ─► fetching ─► file ─► decoding ─► done ─► free
 *         └───────────────────────►
 */
#ifndef SP_CHILD_PHOTO_SLOT_H
#define SP_CHILD_PHOTO_SLOT_H

#include "child/child_message.h"
#include "child/photo_decoder.h"

#include <smallpress/photo.h>
#include <smallpress/status.h>

#include <stdbool.h>
#include <stdint.h>

enum sp_photo_slot_state {
    SP_PHOTO_SLOT_FREE,
    SP_PHOTO_SLOT_ADDRESS,  /* waits for the fetcher */
    SP_PHOTO_SLOT_FETCHING, /* `in` is being written */
    SP_PHOTO_SLOT_FILE,     /* `in` waits for a decoder */
    SP_PHOTO_SLOT_DECODING, /* `out` is being written */
    SP_PHOTO_SLOT_DONE,     /* `photo` and `out`, or `err` */
};

/*
 * How often a photo is given to a helper that is gone before it answers. Once is not enough, as
 * what ended it may have been another photo's doing.
 */
#define SP_PHOTO_SLOT_TRIES_MAX 3

struct sp_photo_slot {
    enum sp_photo_slot_state state;
    enum sp_decoder_program program;
    struct sp_photo_order order;
    bool large;     /* its store is more than every decoder has: waits for its turn */
    bool fresh;     /* a decoder that has worked before has failed at it: wants a new one */
    unsigned tries; /* helpers that were gone before they answered */
    int in, out;    /* -1 when there is none */
    int64_t since_ms;
    uint64_t fetched_bytes;
    bool transformed;
    struct sp_photo photo;
    struct sp_err err; /* SP_OK when the photo is there */
    char address[SP_ADDRESS_BYTES_MAX];
};

/* Done, and cannot be had: the sentence is in slot->err already. */
void sp_photo_slot_fail(struct sp_photo_slot *slot);

/*
 * `in` is there: to the state file, for the program it wants. HEIC and AVIF are large photos from
 * the start, as none is decoded by rows and their libraries take memory as it comes.
 */
void sp_photo_slot_to_decode(struct sp_photo_slot *slot);

/* Gives up both files; to free. */
void sp_photo_slot_clear(struct sp_photo_slot *slot);

/* A new file without a name in *fd. On failure the slot is done. */
bool sp_photo_slot_file(struct sp_photo_slot *slot, int *fd, const char *scratch_folder);

#endif
