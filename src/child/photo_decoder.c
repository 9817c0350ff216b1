#include "child/photo_decoder.h"

#include "base/check.h"
#include "base/num.h"
#include "base/sys.h"
#include "child/child_channel.h"

#include <unistd.h>

/* The finished photo at most: no encoder writes more for SP_PHOTO_EDGE_MAX pixels a side. */
#define OUT_BYTES_MAX (UINT64_C(256) * 1024 * 1024)

/* Three of its own, the channel, three of an order, and a few that libraries had open before. */
#define FILES_MAX 16

/*
 * What each program has before it works on anything: 0.3 and 1.2 MiB; and for HEIC the stacks of
 * four threads and what their library keeps of small blocks: 6 MiB. Measured, with some to spare.
 */
static const struct {
    const char *name;
    uint64_t bytes;
} programs[SP_DECODER_PROGRAM_COUNT] = {
    [SP_DECODER_PHOTO] = {"photo", 1 << 20},
    [SP_DECODER_HEIF] = {"heif", 8 << 20},
};

enum sp_decoder_program sp_decoder_program_of(int fd)
{
    unsigned char magic[SP_PHOTO_MAGIC_BYTES];
    const ssize_t got = sp_sys_pread(fd, magic, sizeof magic, 0);
    const enum sp_photo_format format =
        got > 0 ? sp_photo_format_of(magic, (size_t)got) : SP_PHOTO_UNKNOWN;
    return format == SP_PHOTO_HEIC || format == SP_PHOTO_AVIF ? SP_DECODER_HEIF : SP_DECODER_PHOTO;
}

uint64_t sp_decoder_bytes(enum sp_decoder_program program, uint32_t edge_px)
{
    SP_ASSERT(program < SP_DECODER_PROGRAM_COUNT);
    const struct sp_photo_order order = {.kind = SP_PHOTO_PICTURE, .edge_px = edge_px};
    /* A small store is in there: a photo has that, or wide rows. Whatever lacks memory all the
       same is treated as a large photo. */
    return programs[program].bytes + sp_photo_work_bytes(&order);
}

/* The same at a photo that may be a large one. */
static uint64_t bytes_at(const struct sp_decoder *decoder, const struct sp_decoder_limits *limits,
                         bool large)
{
    return sp_u64_add(sp_decoder_bytes(decoder->program, limits->edge_px),
                      large ? limits->store_bytes : 0);
}

void sp_decoder_init(struct sp_decoder *decoder)
{
    *decoder = (struct sp_decoder){.child.channel = -1, .store.fd = -1};
}

enum sp_status sp_decoder_start(struct sp_decoder *decoder, enum sp_decoder_program program,
                                const struct sp_decoder_limits *limits, struct sp_err *err)
{
    SP_ASSERT(decoder->state == SP_DECODER_NONE);
    char path[SP_CHILD_PATH_MAX];
    enum sp_status status = sp_child_program(path, programs[program].name, err);
    if (status == SP_OK && decoder->store.fd < 0)
        status = sp_scratch_open(&decoder->store, limits->scratch_folder, err);
    if (status != SP_OK)
        return status;
    decoder->program = program;
    const struct sp_child_spec spec = {
        .program = path,
        .memory_bytes = bytes_at(decoder, limits, false),
        .memory_bytes_max = bytes_at(decoder, limits, true),
        .file_bytes = SP_MAX(limits->scratch_bytes, OUT_BYTES_MAX),
        .files = FILES_MAX,
    };
    status = sp_child_start(&decoder->child, &spec, err);
    if (status != SP_OK)
        return status;
    decoder->state = SP_DECODER_STARTING;
    decoder->asked = 0;
    decoder->large = false;
    return SP_OK;
}

bool sp_decoder_ask(struct sp_decoder *decoder, const struct sp_photo_order *order, bool large,
                    const struct sp_decoder_limits *limits, int in, int out)
{
    SP_ASSERT(decoder->state == SP_DECODER_IDLE);
    const struct sp_photo_request request = {
        .number = ++decoder->asked,
        .kind = (uint32_t)order->kind,
        .edge_px = order->edge_px,
        .quality = order->quality,
        .pass = order->pass,
        .pixels_max = order->pixels_max,
        .memory_bytes = sp_u64_add(SP_DECODER_STORE_BYTES, large ? limits->store_bytes : 0),
        .scratch_bytes = large ? limits->scratch_bytes : 0,
    };
    const int files[] = {in, out, decoder->store.fd};
    struct sp_err err;
    /* Refused only where our own limit is lower; then the decoder will say what it lacks. */
    if (large)
        (void)sp_child_memory(&decoder->child, bytes_at(decoder, limits, true));
    decoder->large = large;
    if (sp_channel_send(decoder->child.channel, &request, sizeof request, files, SP_COUNT(files),
                        &err) != SP_OK)
        return false;
    decoder->state = SP_DECODER_BUSY;
    return true;
}

/* After a large photo its disk is for the next one, wherever that is decoded. */
static void give_back_scratch(struct sp_decoder *decoder)
{
    if (decoder->large)
        (void)ftruncate(decoder->store.fd, 0);
    decoder->large = false;
}

enum sp_decoder_word sp_decoder_hear(struct sp_decoder *decoder, struct sp_photo_answer *answer,
                                     const struct sp_decoder_limits *limits)
{
    SP_ASSERT(decoder->state != SP_DECODER_NONE);
    size_t file_count;
    switch (
        sp_channel_take(decoder->child.channel, answer, sizeof *answer, NULL, 0, &file_count, 0)) {
    case SP_CHANNEL_NOTHING:
        return SP_DECODER_SILENT;
    case SP_CHANNEL_CLOSED:
        return SP_DECODER_GONE;
    case SP_CHANNEL_MESSAGE:
        break;
    }
    if (decoder->state == SP_DECODER_IDLE)
        return SP_DECODER_GONE; /* nobody asked */
    const bool was_busy = decoder->state == SP_DECODER_BUSY;
    if (was_busy && answer->number != decoder->asked)
        return SP_DECODER_GONE;
    if (!was_busy && answer->status != SP_OK)
        return SP_DECODER_NOT_READY;
    if (decoder->large) /* its memory is for the next one too */
        (void)sp_child_memory(&decoder->child, bytes_at(decoder, limits, false));
    give_back_scratch(decoder);
    decoder->state = SP_DECODER_IDLE;
    return was_busy ? SP_DECODER_ANSWERED : SP_DECODER_READY;
}

struct sp_child_result sp_decoder_end(struct sp_decoder *decoder)
{
    const struct sp_child_result result = sp_child_end(&decoder->child);
    give_back_scratch(decoder);
    decoder->state = SP_DECODER_NONE;
    return result;
}

void sp_decoder_finish(struct sp_decoder *decoder)
{
    (void)sp_decoder_end(decoder);
    sp_scratch_close(&decoder->store);
}
