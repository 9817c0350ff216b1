/*
 * What the press and its helper programs say to one another over a channel (child_channel.h).
 *
 *     smallpress-photo, smallpress-heif      one order at a time, one answer each
 *     smallpress-fetch                       a set-up, then orders with numbers, answered as done
 *
 * Both ends are built together, so the structs need no versions; only their size is checked.
 */
#ifndef SP_CHILD_MESSAGE_H
#define SP_CHILD_MESSAGE_H

#include <smallpress/photo.h>
#include <smallpress/status.h>

#include <stdbool.h>
#include <stdint.h>

/* Bytes of an address with its end, and of the sentence in an answer. */
#define SP_ADDRESS_BYTES_MAX  4096
#define SP_CHILD_SENTENCE_MAX 320

/*
 * A photo program's first word is an answer of its own: SP_OK when it has set itself up and waits
 * for requests, or the reason why it cannot. Then it answers each request once.
 */

/* To a photo program, with three files: the photo, the one to write, one for the store. */
struct sp_photo_request {
    uint64_t number; /* comes back with the answer */
    uint32_t kind, edge_px, quality, pass;
    uint64_t pixels_max;
    uint64_t memory_bytes;  /* of large blocks in memory; those beyond go to the third file */
    uint64_t scratch_bytes; /* of them on the third file at most */
};

struct sp_photo_answer {
    uint64_t number;
    uint32_t status; /* enum sp_status */
    struct sp_photo photo;
    uint64_t scratch_bytes; /* used of the third file */
    uint64_t memory_bytes;  /* of its heap and large blocks at the peak, those in the file apart */
    char sentence[SP_CHILD_SENTENCE_MAX];
};

/* The first message to smallpress-fetch; hosts follow, each a message of its own. */
struct sp_fetch_setup {
    uint32_t allow_private;     /* addresses that are not public are taken as well */
    uint32_t proxy_environment; /* a proxy named by the environment is used */
    uint32_t transform;         /* image hosts that can resize are asked to */
    uint32_t at_once;           /* transfers side by side, 1 to 8 */
    uint64_t bytes_max;         /* of one photo */
    uint32_t time_ms;           /* for one photo, retries included */
    uint32_t connect_ms;
    uint32_t speed_min; /* bytes a second, over ten seconds */
    uint32_t redirects_max;
    uint32_t attempts_max;
    uint32_t host_count; /* messages struct sp_fetch_host that follow */
    uint32_t rule_count; /* messages struct sp_fetch_rule after them */
};

/* A host, or host:port, that may have any address. */
struct sp_fetch_host {
    char name[264];
};

/* A rule of the theme for image hosts that can resize. */
struct sp_fetch_rule {
    char match[512], to[1024];
};

/* With one file: what is fetched is written to it. */
struct sp_fetch_request {
    uint64_t number;
    uint32_t edge_px, quality; /* for hosts that can resize */
    char address[SP_ADDRESS_BYTES_MAX];
};

struct sp_fetch_answer {
    uint64_t number;
    uint32_t status;      /* enum sp_status */
    uint32_t transformed; /* the host was asked for a smaller one, and gave it */
    uint64_t bytes;
    char sentence[SP_CHILD_SENTENCE_MAX];
};

#endif
