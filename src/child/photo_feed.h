/*
 * Photos for a press: fetched and decoded in helper programs, ahead of time, taken in order.
 *
 *     order ─► path: opened          ─►┐
 *           └► URL: smallpress-fetch ─►┴► smallpress-photo or -heif ─► take, in the order of orders
 *
 * The result does not depend on how many work at once, nor on which photos came before: one at
 * which a decoder fails that has worked before is tried once more by a new one. A helper that
 * crashes, hangs or breaks a limit costs the photo it was at, and is started anew. Large photos
 * that are not decoded by rows are admitted one at a time, so that their stores never add up.
 *
 * Nothing happens behind the caller's back: orders move on during `order` and `take`. Both are for
 * the thread that opened the feed. What the feed needs is its part of the arena, whatever the
 * number of photos; of each finished photo there is one file without a name in the scratch folder,
 * for as long as it is on order or in the caller's hands.
 */
#ifndef SP_CHILD_PHOTO_FEED_H
#define SP_CHILD_PHOTO_FEED_H

#include <smallpress/arena.h>
#include <smallpress/report.h>
#include <smallpress/status.h>

#include <stdbool.h>
#include <stdint.h>

struct sp_photo_feed_spec {
    const char *folder;         /* relative paths start here; need not be with local_files off */
    bool local_files;           /* paths are taken at all */
    const char *scratch_folder; /* on a disk, not in memory */
    unsigned decoders;          /* side by side, 1 or more */
    unsigned ahead;             /* photos on order at once, at most SP_REPORT_AHEAD_MAX */
    uint32_t edge_px;           /* the largest that is ordered: decoders have memory for it */
    uint64_t store_bytes;       /* memory for the store of one large photo; beyond it: scratch. It
                                   stands in for sp_photo_order.memory_bytes */
    uint64_t scratch_bytes;     /* of scratch for such a store */
    uint64_t file_bytes_max;    /* of one photo as it comes */
    uint32_t time_ms;           /* for decoding one photo */

    /* Fetching; smallpress-fetch is started with the first URL. */
    const char *const *allow_hosts;
    size_t allow_host_count;
    bool allow_private, proxy_environment, transform;
    unsigned fetches; /* side by side, 1 to 8 */
    uint32_t fetch_time_ms;
    uint64_t fetch_total_ms; /* from the first to the last; then no more is fetched */
    const struct sp_url_rule *rules;
    size_t rule_count;

    bool (*stopped)(void *context); /* asked while waiting; null for never */
    void *context;
};

/* Defaults for everything but the folders. */
void sp_photo_feed_spec_init(struct sp_photo_feed_spec *spec);

struct sp_photo_feed;

size_t sp_photo_feed_need(const struct sp_photo_feed_spec *spec);

/*
 * Memory of its helper programs together, for the plan: so many decoders, and fetching if there are
 * `urls`. The store of one large photo, store_bytes, comes on top. What counts is their data; the
 * kernel holds each helper to its share (RLIMIT_DATA). Code is shared with whoever else uses the
 * libraries.
 */
uint64_t sp_photo_feed_programs_bytes(const struct sp_photo_feed_spec *spec, bool urls);

/*
 * Opens the folder and takes memory; helpers are started with the first order. The texts of the
 * spec are borrowed until the feed is closed. SP_IO if the folder cannot be opened, SP_BAD_SPEC if
 * a host or a rule is longer than any can be.
 */
SP_MUST_CHECK enum sp_status sp_photo_feed_open(struct sp_photo_feed **feed, struct sp_arena *arena,
                                                const struct sp_photo_feed_spec *spec,
                                                struct sp_err *err);

/* Ends all helpers and gives up all files, whatever is still on order. */
void sp_photo_feed_close(struct sp_photo_feed *feed);

/*
 * For a report. `order` fails if decoders cannot be started or sandboxed at all, and if stopped; to
 * order more than `ahead` is a bug. `take` says SP_BAD_DATA, SP_TOO_BIG or SP_IO of a photo.
 */
struct sp_photo_source sp_photo_feed_source(struct sp_photo_feed *feed);

/*
 * Of the photos so far; helpers that had to be started anew; and the most memory of its own that a
 * decoder said it had, for people to see: nothing is decided by it.
 */
struct sp_photo_feed_counts {
    uint64_t fetched_bytes, transformed, passed, restarts, decoder_bytes;
};
struct sp_photo_feed_counts sp_photo_feed_counts(const struct sp_photo_feed *feed);

#endif
