/* How photos on order move on: who works at what, what the helpers say, and what if they do not. */
#include "child/photo_feed_state.h"

#include "base/check.h"
#include "base/num.h"
#include "child/photo_answer.h"
#include "child/photo_fetch.h"

#include <smallpress/quantity.h>

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>

/* A disk with less left than this is full: a finished photo may have as much. */
#define DISK_FULL_BYTES (512 * 1024)

/*
 * A helper sets itself up in milliseconds; a machine with a tenth of a processor and a cold disk
 * takes a second. Longer than this and it never will.
 */
#define START_MS 30000

/* The fetcher keeps to its own time; this is for one that hangs. */
#define FETCH_GRACE_MS 10000

/* A program that ends so often before it was ready, one after the other, will not start again. */
#define FALSE_STARTS_MAX 3

int64_t sp_photo_feed_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct sp_photo_slot *sp_photo_feed_slot(const struct sp_photo_feed *feed, uint64_t number)
{
    return &feed->slots[number % feed->spec.ahead];
}

/* Decoders of a program that are in one of the states `from` to `to`. */
static unsigned count_decoders(const struct sp_photo_feed *feed, enum sp_decoder_program program,
                               enum sp_decoder_state from, enum sp_decoder_state to)
{
    unsigned count = 0;
    for (unsigned i = 0; i < feed->spec.decoders; i++) {
        const struct sp_decoder *decoder = &feed->decoders[i];
        count += decoder->program == program && decoder->state >= from && decoder->state <= to;
    }
    return count;
}

bool sp_photo_feed_start(struct sp_photo_feed *feed, struct sp_decoder *decoder,
                         enum sp_decoder_program program)
{
    struct sp_err err;
    if (sp_decoder_start(decoder, program, &feed->limits, &err) == SP_OK) {
        decoder->since_ms = sp_photo_feed_now_ms();
        return true;
    }
    /* With others at work the system may only be short of something for now. */
    if (count_decoders(feed, program, SP_DECODER_STARTING, SP_DECODER_BUSY) == 0)
        feed->broken[program] = err;
    return false;
}

/* A decoder ended before it was ready. Is that how it will always be? */
static void false_start(struct sp_photo_feed *feed, struct sp_decoder *decoder,
                        const struct sp_photo_answer *answer)
{
    static const char *const names[] = {"smallpress-photo", "smallpress-heif"};
    const enum sp_decoder_program program = decoder->program;
    char words[160];
    struct sp_err *broken = &feed->broken[program];
    const struct sp_child_result result = sp_decoder_end(decoder);
    feed->false_starts[program]++;
    if (answer && sp_child_sentence(answer->status, answer->sentence, broken))
        return; /* it knows why, and will know again */
    if (feed->false_starts[program] >= FALSE_STARTS_MAX)
        (void)sp_fail(broken, SP_IO, "%s cannot be used: it %s", names[program],
                      sp_child_end_words(words, sizeof words, result));
}

/* Done with the photo's file, whether it became a photo or not. */
static void finish_good(struct sp_photo_slot *slot)
{
    const int out = slot->out;
    slot->out = -1;
    sp_photo_slot_clear(slot);
    slot->out = out;
    slot->state = SP_PHOTO_SLOT_DONE;
    slot->err.status = SP_OK;
}

/*
 * The decoder is gone, or cannot be believed, with a photo in hand. It may have been an earlier
 * photo's doing: once more, by a decoder that has seen no other. So whether a photo can be had does
 * not depend on which others were decoded before it.
 */
static void decoder_failed(struct sp_photo_feed *feed, struct sp_decoder *decoder, bool nonsense)
{
    struct sp_photo_slot *slot = sp_photo_feed_slot(feed, decoder->number);
    const bool first = decoder->asked == 1 && decoder->state != SP_DECODER_IDLE;
    const bool again = !first && slot->tries + 1 < SP_PHOTO_SLOT_TRIES_MAX;
    const struct sp_child_result result = sp_decoder_end(decoder);
    char words[160];
    feed->counts.restarts++;
    slot->tries++;
    if (again) {
        slot->fresh = true;
        slot->state = SP_PHOTO_SLOT_FILE;
        return;
    }
    if (nonsense)
        (void)sp_fail(&slot->err, SP_BAD_DATA,
                      "its decoder gave an answer that makes no sense: the photo is broken or "
                      "hostile");
    else
        (void)sp_fail(&slot->err, SP_BAD_DATA, "its decoder %s: the photo is broken or hostile",
                      sp_child_end_words(words, sizeof words, result));
    sp_photo_slot_fail(slot);
}

/* A photo was refused for its size: does it fit once it has the memory of a large one? */
static bool wants_store(const struct sp_photo_slot *slot)
{
    return !slot->large && (slot->err.status == SP_NO_ROOM ||
                            (slot->err.status == SP_TOO_BIG &&
                             slot->photo.probe.store_bytes > SP_DECODER_STORE_BYTES));
}

/*
 * A photo is not to blame for a full disk, and neither is whoever said it could not be written: the
 * disk is asked. The press ends then, because every photo after this one would fail as well.
 */
static void blame_disk(struct sp_err *err, int scratch)
{
    struct statvfs disk;
    if (err->status != SP_IO || scratch < 0 || fstatvfs(scratch, &disk) != 0 ||
        (uint64_t)disk.f_bavail * disk.f_frsize > DISK_FULL_BYTES)
        return;
    (void)sp_fail_os(err, ENOSPC, "the folder of scratch files has no room for photos");
}

static void answered(struct sp_photo_feed *feed, struct sp_decoder *decoder,
                     const struct sp_photo_answer *answer)
{
    struct sp_photo_slot *slot = sp_photo_feed_slot(feed, decoder->number);
    SP_ASSERT(slot->state == SP_PHOTO_SLOT_DECODING);
    feed->counts.decoder_bytes = SP_MAX(feed->counts.decoder_bytes, answer->memory_bytes);
    switch (sp_photo_answer_check(answer, &slot->order, slot->out, &slot->photo, &slot->err)) {
    case SP_PHOTO_ANSWER_GOOD:
        finish_good(slot);
        return;
    case SP_PHOTO_ANSWER_NONSENSE:
        decoder_failed(feed, decoder, true);
        return;
    case SP_PHOTO_ANSWER_REFUSED:
        break;
    }
    if (wants_store(slot)) {
        slot->large = true;
        slot->state = SP_PHOTO_SLOT_FILE;
    } else if (slot->err.status == SP_NO_ROOM && decoder->asked > 1 && !slot->fresh) {
        /* Earlier photos may have left its memory in pieces. */
        (void)sp_decoder_end(decoder);
        slot->fresh = true;
        slot->state = SP_PHOTO_SLOT_FILE;
    } else {
        if (slot->err.status == SP_NO_ROOM)
            slot->err.status = SP_TOO_BIG; /* as a photo in a report it is that */
        blame_disk(&slot->err, slot->out);
        sp_photo_slot_fail(slot);
    }
}

static void hear_decoder(struct sp_photo_feed *feed, struct sp_decoder *decoder)
{
    struct sp_photo_answer answer;
    switch (sp_decoder_hear(decoder, &answer, &feed->limits)) {
    case SP_DECODER_SILENT:
        break;
    case SP_DECODER_READY:
        feed->false_starts[decoder->program] = 0;
        break;
    case SP_DECODER_NOT_READY:
        false_start(feed, decoder, &answer);
        break;
    case SP_DECODER_ANSWERED:
        answered(feed, decoder, &answer);
        break;
    case SP_DECODER_GONE:
        if (decoder->state == SP_DECODER_STARTING)
            false_start(feed, decoder, NULL);
        else if (decoder->state == SP_DECODER_BUSY)
            decoder_failed(feed, decoder, false);
        else
            (void)sp_decoder_end(decoder);
        break;
    }
}

/* When a decoder's time is over; never, if it has nothing to do. */
static int64_t decoder_deadline(const struct sp_photo_feed *feed, const struct sp_decoder *decoder)
{
    return decoder->state == SP_DECODER_STARTING ? decoder->since_ms + START_MS
           : decoder->state == SP_DECODER_BUSY   ? decoder->since_ms + feed->spec.time_ms
                                                 : INT64_MAX;
}

static void decoder_too_slow(struct sp_photo_feed *feed, struct sp_decoder *decoder)
{
    char time[SP_FORMAT_BYTES];
    if (decoder->state == SP_DECODER_STARTING) {
        false_start(feed, decoder, NULL);
        return;
    }
    struct sp_photo_slot *slot = sp_photo_feed_slot(feed, decoder->number);
    (void)sp_decoder_end(decoder);
    feed->counts.restarts++;
    (void)sp_fail(&slot->err, SP_BAD_DATA, "it took longer than %s to decode",
                  sp_format_duration(time, sizeof time, feed->spec.time_ms));
    sp_photo_slot_fail(slot);
}

static int64_t fetch_allowance_ms(const struct sp_photo_feed *feed)
{
    return (int64_t)feed->spec.fetch_time_ms + FETCH_GRACE_MS;
}

/* What every order in the fetcher's hands comes to when there is no fetcher any more. */
static void fetcher_failed(struct sp_photo_feed *feed, const char *words)
{
    (void)sp_child_end(&feed->fetcher);
    feed->fetching = 0;
    feed->counts.restarts++;
    for (uint64_t n = feed->taken; n < feed->ordered; n++) {
        struct sp_photo_slot *slot = sp_photo_feed_slot(feed, n);
        if (slot->state != SP_PHOTO_SLOT_FETCHING)
            continue;
        const bool late = slot->since_ms + fetch_allowance_ms(feed) <= sp_photo_feed_now_ms();
        if (++slot->tries < SP_PHOTO_SLOT_TRIES_MAX && !late) {
            slot->state = SP_PHOTO_SLOT_ADDRESS;
            continue;
        }
        (void)sp_fail(&slot->err, SP_IO, "it could not be fetched: smallpress-fetch %s", words);
        sp_photo_slot_fail(slot);
    }
}

static void fetcher_gone(struct sp_photo_feed *feed)
{
    char words[160];
    const struct sp_child_result result = sp_child_end(&feed->fetcher);
    fetcher_failed(feed, sp_child_end_words(words, sizeof words, result));
}

/* Takes a fetched file as any other, or the reason why there is none. False for nonsense. */
static bool take_fetched(struct sp_photo_feed *feed, const struct sp_fetch_answer *answer)
{
    if (answer->number < feed->taken || answer->number >= feed->ordered)
        return false;
    struct sp_photo_slot *slot = sp_photo_feed_slot(feed, answer->number);
    struct stat facts;
    if (slot->state != SP_PHOTO_SLOT_FETCHING || fstat(slot->in, &facts) < 0)
        return false;
    if (answer->status != SP_OK) {
        if (!sp_child_sentence(answer->status, answer->sentence, &slot->err))
            return false;
        blame_disk(&slot->err, slot->in);
        sp_photo_slot_fail(slot);
    } else if (facts.st_size <= 0) {
        (void)sp_fail(&slot->err, SP_BAD_DATA, "nothing came from its address");
        sp_photo_slot_fail(slot);
    } else if ((uint64_t)facts.st_size > feed->spec.file_bytes_max) {
        return false;
    } else {
        slot->fetched_bytes = (uint64_t)facts.st_size;
        slot->transformed = answer->transformed != 0;
        slot->tries = 0;
        sp_photo_slot_to_decode(slot);
    }
    feed->fetching--;
    return true;
}

static void hear_fetcher(struct sp_photo_feed *feed)
{
    for (;;) {
        struct sp_fetch_answer answer;
        switch (sp_photo_fetch_hear(&feed->fetcher, &answer)) {
        case SP_PHOTO_FETCH_SILENT:
            return;
        case SP_PHOTO_FETCH_GONE:
            fetcher_gone(feed);
            return;
        case SP_PHOTO_FETCH_ANSWERED:
            if (take_fetched(feed, &answer))
                break;
            fetcher_failed(feed, "gave an answer that makes no sense");
            return;
        }
    }
}

static int64_t fetch_deadline(const struct sp_photo_feed *feed)
{
    int64_t deadline = INT64_MAX;
    for (uint64_t n = feed->taken; n < feed->ordered && feed->fetching > 0; n++) {
        const struct sp_photo_slot *slot = sp_photo_feed_slot(feed, n);
        if (slot->state == SP_PHOTO_SLOT_FETCHING)
            deadline = SP_MIN(deadline, slot->since_ms + fetch_allowance_ms(feed));
    }
    return deadline;
}

/*
 * Starts a decoder for a photo, where there is room for one or room can be made. One program for
 * HEIC is enough: its photos are large ones, decoded one at a time.
 */
static void make_decoder(struct sp_photo_feed *feed, const struct sp_photo_slot *slot,
                         struct sp_decoder *stale)
{
    struct sp_decoder *place = stale;
    if (!stale && slot->program == SP_DECODER_HEIF &&
        count_decoders(feed, SP_DECODER_HEIF, SP_DECODER_STARTING, SP_DECODER_BUSY) > 0)
        return;
    for (unsigned i = 0; i < feed->spec.decoders && !place; i++)
        if (feed->decoders[i].state == SP_DECODER_NONE)
            place = &feed->decoders[i];
    for (unsigned i = 0; i < feed->spec.decoders && !place; i++)
        if (feed->decoders[i].state == SP_DECODER_IDLE)
            place = &feed->decoders[i];
    if (!place)
        return;
    if (place->state != SP_DECODER_NONE)
        (void)sp_decoder_end(place);
    (void)sp_photo_feed_start(feed, place, slot->program);
}

/* A decoder that can take a photo now; or null, with one started for it where that is possible. */
static struct sp_decoder *find_decoder(struct sp_photo_feed *feed, const struct sp_photo_slot *slot,
                                       unsigned *starting)
{
    struct sp_decoder *stale = NULL;
    for (unsigned i = 0; i < feed->spec.decoders; i++) {
        struct sp_decoder *decoder = &feed->decoders[i];
        if (decoder->state != SP_DECODER_IDLE || decoder->program != slot->program)
            continue;
        if (!slot->fresh || decoder->asked == 0)
            return decoder;
        stale = decoder;
    }
    if (*starting > 0)
        --*starting; /* one is on its way for it */
    else
        make_decoder(feed, slot, stale);
    return NULL;
}

/* Puts a photo into the hands of a decoder, if one is to be had. */
static void give_to_decoder(struct sp_photo_feed *feed, uint64_t number, unsigned *starting)
{
    struct sp_photo_slot *slot = sp_photo_feed_slot(feed, number);
    struct sp_decoder *decoder = find_decoder(feed, slot, starting);
    if (feed->broken[slot->program].status != SP_OK && !decoder) {
        slot->err = feed->broken[slot->program];
        sp_photo_slot_fail(slot);
        return;
    }
    if (!decoder || !sp_photo_slot_file(slot, &slot->out, feed->spec.scratch_folder))
        return;
    decoder->number = number;
    slot->state = SP_PHOTO_SLOT_DECODING;
    decoder->since_ms = sp_photo_feed_now_ms();
    if (!sp_decoder_ask(decoder, &slot->order, slot->large, &feed->limits, slot->in, slot->out))
        decoder_failed(feed, decoder, false);
}

static bool large_at_work(const struct sp_photo_feed *feed)
{
    for (unsigned i = 0; i < feed->spec.decoders; i++)
        if (feed->decoders[i].state == SP_DECODER_BUSY && feed->decoders[i].large)
            return true;
    return false;
}

static void give_to_fetcher(struct sp_photo_feed *feed, uint64_t number)
{
    struct sp_photo_slot *slot = sp_photo_feed_slot(feed, number);
    if (feed->fetching >= feed->spec.fetches)
        return;
    if (feed->fetcher.pid == 0 &&
        sp_photo_fetch_start(&feed->fetcher, &feed->spec, &slot->err) != SP_OK) {
        sp_photo_slot_fail(slot);
        return;
    }
    if (!sp_photo_slot_file(slot, &slot->in, feed->spec.scratch_folder))
        return;
    slot->since_ms = sp_photo_feed_now_ms();
    slot->state = SP_PHOTO_SLOT_FETCHING;
    feed->fetching++;
    if (!sp_photo_fetch_ask(&feed->fetcher, number, &slot->order, slot->address, slot->in))
        fetcher_gone(feed);
}

/* In the order of orders, so that what is taken next is worked on first. */
static void give_work(struct sp_photo_feed *feed)
{
    unsigned starting[SP_DECODER_PROGRAM_COUNT];
    for (int program = 0; program < SP_DECODER_PROGRAM_COUNT; program++)
        starting[program] = count_decoders(feed, (enum sp_decoder_program)program,
                                           SP_DECODER_STARTING, SP_DECODER_STARTING);
    for (uint64_t n = feed->taken; n < feed->ordered; n++) {
        const struct sp_photo_slot *slot = sp_photo_feed_slot(feed, n);
        if (slot->state == SP_PHOTO_SLOT_ADDRESS)
            give_to_fetcher(feed, n);
        else if (slot->state == SP_PHOTO_SLOT_FILE && !(slot->large && large_at_work(feed)))
            give_to_decoder(feed, n, &starting[slot->program]);
    }
}

/* Waits until somebody has something to say, a time is over, or the wait is. */
static unsigned wait_for_helpers(struct sp_photo_feed *feed, int timeout_ms)
{
    const int64_t now = sp_photo_feed_now_ms();
    int64_t deadline = fetch_deadline(feed);
    const unsigned decoders = feed->spec.decoders;
    for (unsigned i = 0; i < decoders; i++) {
        feed->polls[i] = (struct pollfd){.fd = feed->decoders[i].child.channel, .events = POLLIN};
        deadline = SP_MIN(deadline, decoder_deadline(feed, &feed->decoders[i]));
    }
    feed->polls[decoders] = (struct pollfd){.fd = feed->fetcher.channel, .events = POLLIN};
    const int64_t left = SP_MAX(deadline - now, 0);
    if (poll(feed->polls, decoders + 1, (int)SP_MIN(left, timeout_ms)) < 0)
        for (unsigned i = 0; i <= decoders; i++) /* interrupted: whoever is there may be heard */
            feed->polls[i].revents = feed->polls[i].fd >= 0 ? POLLIN : 0;
    return decoders;
}

void sp_photo_feed_step(struct sp_photo_feed *feed, int timeout_ms)
{
    give_work(feed);
    const unsigned decoders = wait_for_helpers(feed, timeout_ms);
    /* Answers first: what was in time does not become late because we were elsewhere. */
    for (unsigned i = 0; i < decoders; i++)
        if (feed->polls[i].revents)
            hear_decoder(feed, &feed->decoders[i]);
    if (feed->polls[decoders].revents)
        hear_fetcher(feed);
    const int64_t now = sp_photo_feed_now_ms();
    for (unsigned i = 0; i < decoders; i++)
        if (now >= decoder_deadline(feed, &feed->decoders[i]))
            decoder_too_slow(feed, &feed->decoders[i]);
    if (now >= fetch_deadline(feed))
        fetcher_failed(feed, "did not answer in time");
    give_work(feed);
}
