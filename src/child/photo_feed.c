#include "child/photo_feed.h"

#include "base/check.h"
#include "base/num.h"
#include "base/sys.h"
#include "child/photo_feed_state.h"
#include "child/photo_fetch.h"
#include "child/photo_path.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/* How long a wait is at most before the caller is asked whether to go on. */
#define WAIT_MS      200

#define DECODERS_MAX 64
#define FETCHES_MAX  8

void sp_photo_feed_spec_init(struct sp_photo_feed_spec *spec)
{
    *spec = (struct sp_photo_feed_spec){
        .local_files = true,
        .decoders = 1,
        .ahead = 4,
        .edge_px = 1200,
        .store_bytes = UINT64_C(16) * 1024 * 1024,
        .scratch_bytes = UINT64_C(2) * 1024 * 1024 * 1024,
        .file_bytes_max = UINT64_C(256) * 1024 * 1024,
        .time_ms = 60000,
        .transform = true,
        .fetches = 4,
        .fetch_time_ms = 60000,
        .fetch_total_ms = 3600000,
    };
}

static void check_spec(const struct sp_photo_feed_spec *spec)
{
    SP_ASSERT(spec->decoders >= 1 && spec->decoders <= DECODERS_MAX);
    SP_ASSERT(spec->ahead >= 1 && spec->ahead <= SP_REPORT_AHEAD_MAX);
    SP_ASSERT(spec->fetches >= 1 && spec->fetches <= FETCHES_MAX);
    SP_ASSERT(spec->time_ms > 0 && spec->file_bytes_max > 0);
}

size_t sp_photo_feed_need(const struct sp_photo_feed_spec *spec)
{
    check_spec(spec);
    return sp_arena_cost(sizeof(struct sp_photo_feed)) +
           sp_arena_cost(spec->ahead * sizeof(struct sp_photo_slot)) +
           sp_arena_cost(spec->decoders * sizeof(struct sp_decoder)) +
           sp_arena_cost((spec->decoders + 1) * sizeof(struct pollfd));
}

uint64_t sp_photo_feed_programs_bytes(const struct sp_photo_feed_spec *spec, bool urls)
{
    /* At most one of them is the larger program: see make_decoder. */
    const uint64_t photo = sp_decoder_bytes(SP_DECODER_PHOTO, spec->edge_px);
    const uint64_t one = SP_MAX(photo, sp_decoder_bytes(SP_DECODER_HEIF, spec->edge_px));
    return (spec->decoders - 1) * photo + one + (urls ? sp_photo_fetch_bytes() : 0);
}

enum sp_status sp_photo_feed_open(struct sp_photo_feed **opened, struct sp_arena *arena,
                                  const struct sp_photo_feed_spec *spec, struct sp_err *err)
{
    check_spec(spec);
    const enum sp_status status = sp_photo_fetch_check(spec, err);
    if (status != SP_OK)
        return status;
    int folder = -1;
    if (spec->local_files)
        folder = sp_sys_open(AT_FDCWD, spec->folder, O_PATH | O_DIRECTORY, 0);
    if (spec->local_files && folder < 0)
        return sp_fail_os(err, -folder, "the folder of the photos, %s, cannot be opened",
                          spec->folder);
    struct sp_photo_feed *feed = sp_arena_take(arena, 1, sizeof *feed);
    *feed = (struct sp_photo_feed){
        .spec = *spec,
        .limits = {spec->edge_px, spec->store_bytes, spec->scratch_bytes, spec->scratch_folder},
        .folder = folder,
        .taken_file = -1,
        .slots = sp_arena_take(arena, spec->ahead, sizeof(struct sp_photo_slot)),
        .decoders = sp_arena_take(arena, spec->decoders, sizeof(struct sp_decoder)),
        .polls = sp_arena_take(arena, spec->decoders + 1, sizeof(struct pollfd)),
        .fetcher.channel = -1,
    };
    for (unsigned i = 0; i < spec->ahead; i++)
        feed->slots[i].in = feed->slots[i].out = -1;
    for (unsigned i = 0; i < spec->decoders; i++)
        sp_decoder_init(&feed->decoders[i]);
    *opened = feed;
    return SP_OK;
}

static void give_back_taken(struct sp_photo_feed *feed)
{
    if (feed->taken_file >= 0)
        (void)sp_sys_close(feed->taken_file);
    feed->taken_file = -1;
}

void sp_photo_feed_close(struct sp_photo_feed *feed)
{
    for (unsigned i = 0; i < feed->spec.decoders; i++)
        sp_decoder_finish(&feed->decoders[i]);
    (void)sp_child_end(&feed->fetcher);
    for (unsigned i = 0; i < feed->spec.ahead; i++)
        sp_photo_slot_clear(&feed->slots[i]);
    give_back_taken(feed);
    if (feed->folder >= 0)
        (void)sp_sys_close(feed->folder);
    feed->folder = -1;
}

static bool stopped(const struct sp_photo_feed *feed)
{
    return feed->spec.stopped && feed->spec.stopped(feed->spec.context);
}

/* The first decoder, before anything is ordered: without one there is no use in going on. */
static enum sp_status first_decoder(struct sp_photo_feed *feed, struct sp_err *err)
{
    struct sp_decoder *first = &feed->decoders[0];
    const struct sp_err *broken = &feed->broken[SP_DECODER_PHOTO];
    while (feed->ordered == 0 && broken->status == SP_OK) {
        if (first->state == SP_DECODER_IDLE)
            return SP_OK;
        if (stopped(feed))
            return sp_fail(err, SP_STOPPED, "stopped before the first photo");
        if (first->state == SP_DECODER_NONE)
            (void)sp_photo_feed_start(feed, first, SP_DECODER_PHOTO);
        else
            sp_photo_feed_step(feed, WAIT_MS);
    }
    if (broken->status != SP_OK && err)
        *err = *broken;
    return broken->status;
}

/* Thousands of addresses that all are dead would otherwise take days, each its own time. */
static enum sp_status check_fetch_time(struct sp_photo_feed *feed, struct sp_photo_slot *slot)
{
    const int64_t now_ms = sp_photo_feed_now_ms();
    if (feed->fetch_end_ms == 0)
        feed->fetch_end_ms = now_ms + (int64_t)feed->spec.fetch_total_ms;
    if (now_ms < feed->fetch_end_ms)
        return SP_OK;
    return sp_fail(&slot->err, SP_IO,
                   "fetching photos has taken the %llu s that it may take in all",
                   (unsigned long long)(feed->spec.fetch_total_ms / 1000));
}

/* Finds out what the source is, and opens it or keeps its address. */
static enum sp_status begin(struct sp_photo_feed *feed, struct sp_photo_slot *slot,
                            const char *source)
{
    bool address;
    enum sp_status status = sp_photo_path_or_address(source, &address, &slot->err);
    if (status != SP_OK)
        return status;
    if (address && strlen(source) >= sizeof slot->address)
        return sp_fail(&slot->err, SP_BAD_DATA,
                       "its address has %zu characters; addresses have %zu at most", strlen(source),
                       sizeof slot->address - 1);
    if (address && check_fetch_time(feed, slot) != SP_OK)
        return slot->err.status;
    if (address) {
        snprintf(slot->address, sizeof slot->address, "%s", source);
        slot->state = SP_PHOTO_SLOT_ADDRESS;
        return SP_OK;
    }
    if (!feed->spec.local_files)
        return sp_fail(&slot->err, SP_BAD_DATA,
                       "it is a file, and photos are taken from http:// and https:// addresses "
                       "only");
    status =
        sp_photo_path_open(feed->folder, source, feed->spec.file_bytes_max, &slot->in, &slot->err);
    if (status != SP_OK)
        return status;
    sp_photo_slot_to_decode(slot);
    return SP_OK;
}

static enum sp_status order_photo(void *context, const char *source,
                                  const struct sp_photo_order *order, struct sp_err *err)
{
    struct sp_photo_feed *feed = context;
    SP_ASSERT(feed->ordered - feed->taken < feed->spec.ahead);
    const enum sp_status status = first_decoder(feed, err);
    if (status != SP_OK)
        return status;
    struct sp_photo_slot *slot = sp_photo_feed_slot(feed, feed->ordered);
    SP_ASSERT(slot->state == SP_PHOTO_SLOT_FREE && slot->in < 0 && slot->out < 0);
    slot->order = *order;
    slot->large = slot->fresh = slot->transformed = false;
    slot->tries = 0;
    slot->fetched_bytes = 0;
    slot->photo = (struct sp_photo){0};
    slot->err = (struct sp_err){.status = SP_OK};
    if (begin(feed, slot, source) != SP_OK)
        sp_photo_slot_fail(slot);
    feed->ordered++;
    sp_photo_feed_step(feed, 0);
    return SP_OK;
}

static void count_taken(struct sp_photo_feed *feed, const struct sp_photo_slot *slot)
{
    feed->counts.fetched_bytes += slot->fetched_bytes;
    feed->counts.transformed += slot->transformed;
    feed->counts.passed += slot->photo.passed;
}

static enum sp_status take_photo(void *context, struct sp_photo *photo, int *fd, struct sp_err *err)
{
    struct sp_photo_feed *feed = context;
    SP_ASSERT(feed->taken < feed->ordered);
    give_back_taken(feed);
    struct sp_photo_slot *slot = sp_photo_feed_slot(feed, feed->taken);
    while (slot->state != SP_PHOTO_SLOT_DONE) {
        if (stopped(feed))
            return sp_fail(err, SP_STOPPED, "stopped while waiting for a photo");
        sp_photo_feed_step(feed, WAIT_MS);
    }
    const enum sp_status status = slot->err.status;
    count_taken(feed, slot);
    if (status == SP_OK) {
        *photo = slot->photo;
        *fd = feed->taken_file = slot->out;
        slot->out = -1;
    } else if (err) {
        *err = slot->err;
    }
    sp_photo_slot_clear(slot);
    feed->taken++;
    return status;
}

struct sp_photo_source sp_photo_feed_source(struct sp_photo_feed *feed)
{
    return (struct sp_photo_source){order_photo, take_photo, feed};
}

struct sp_photo_feed_counts sp_photo_feed_counts(const struct sp_photo_feed *feed)
{
    return feed->counts;
}
