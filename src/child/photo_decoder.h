/*
 * One decoder: a helper program (smallpress-photo or smallpress-heif) that works on one photo at a
 * time, and the scratch file it may put the store of a large one on.
 *
 *     none ─start─► starting ─hear: ready─► idle ─ask─► busy ─hear: answer─► idle ─end─► none
 *
 * From every state but none it can fail; end then says how. Nothing here waits.
 */
#ifndef SP_CHILD_PHOTO_DECODER_H
#define SP_CHILD_PHOTO_DECODER_H

#include "base/scratch.h"
#include "child/child_message.h"
#include "child/child_process.h"

#include <smallpress/photo.h>
#include <smallpress/status.h>

#include <stdbool.h>
#include <stdint.h>

enum sp_decoder_program {
    SP_DECODER_PHOTO, /* JPEG, PNG, WebP, and the words for what is no photo */
    SP_DECODER_HEIF,  /* HEIC, AVIF */
    SP_DECODER_PROGRAM_COUNT,
};

/* The program for a file, told by its first bytes. */
enum sp_decoder_program sp_decoder_program_of(int fd);

/* A store up to this size is memory of every decoder; above it, the photo is a large one. */
#define SP_DECODER_STORE_BYTES (UINT64_C(4) * 1024 * 1024)

/*
 * Memory of a decoder, such a store included, for photos up to an edge: what counts as its data
 * (RLIMIT_DATA), measured and rounded up.
 */
uint64_t sp_decoder_bytes(enum sp_decoder_program program, uint32_t edge_px);

struct sp_decoder_limits {
    uint32_t edge_px;           /* the largest that is ordered */
    uint64_t store_bytes;       /* of memory besides, for a large photo */
    uint64_t scratch_bytes;     /* of the scratch file, likewise */
    const char *scratch_folder; /* borrowed while the decoder is used */
};

enum sp_decoder_state {
    SP_DECODER_NONE,
    SP_DECODER_STARTING,
    SP_DECODER_IDLE,
    SP_DECODER_BUSY,
};

struct sp_decoder {
    enum sp_decoder_state state;
    enum sp_decoder_program program;
    struct sp_child child;
    struct sp_scratch store; /* kept from one program to the next; fd -1 before the first */
    uint64_t asked;          /* photos since the program was started */
    uint64_t number;         /* of the order it is at; the caller's */
    int64_t since_ms;        /* when it was started or asked; the caller's */
    bool large;              /* what it is at is a large photo */
};

/* The state none. */
void sp_decoder_init(struct sp_decoder *decoder);

/* From none to starting. SP_IO if there is no such program or it cannot be started. */
SP_MUST_CHECK enum sp_status sp_decoder_start(struct sp_decoder *decoder,
                                              enum sp_decoder_program program,
                                              const struct sp_decoder_limits *limits,
                                              struct sp_err *err);

/* From idle to busy: `in` and `out` stay the caller's. False if it is there no more: end it. */
bool sp_decoder_ask(struct sp_decoder *decoder, const struct sp_photo_order *order, bool large,
                    const struct sp_decoder_limits *limits, int in, int out);

enum sp_decoder_word {
    SP_DECODER_SILENT,
    SP_DECODER_READY,     /* it has set itself up: idle now */
    SP_DECODER_NOT_READY, /* it could not: `answer` says why, and it is to be ended */
    SP_DECODER_ANSWERED,  /* idle now; `answer` is to be checked */
    SP_DECODER_GONE,      /* it hung up or spoke out of turn: to be ended */
};
enum sp_decoder_word sp_decoder_hear(struct sp_decoder *decoder, struct sp_photo_answer *answer,
                                     const struct sp_decoder_limits *limits);

/* To none, from any state, killing it if need be. */
struct sp_child_result sp_decoder_end(struct sp_decoder *decoder);

/* The same, and gives up the scratch file. */
void sp_decoder_finish(struct sp_decoder *decoder);

#endif
