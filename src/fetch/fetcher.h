/*
 * Photos by URL, several side by side, each to a file of its caller.
 *
 *     sp_fetcher_open(&fetcher, &arena, &spec, &err)
 *     while there is more:
 *         while sp_fetcher_has_room(fetcher): sp_fetcher_order(fetcher, &order)
 *         sp_fetcher_wait(fetcher, fd, timeout_ms, &readable)
 *         while sp_fetcher_take(fetcher, &result): …
 *     sp_fetcher_close(fetcher)
 *
 * Nothing is done in between: all work happens inside sp_fetcher_wait. Photos are taken in the
 * order in which they are finished. What may be connected to is in address_gate.h, what an address
 * may be in web_address.h, how an image host is asked for less in url_transform.h.
 *
 * A redirect is followed by hand: counted, its address read and judged like the first, its host
 * looked up and its number shown to the gate. A photo has one span of time for all its attempts.
 * There are no cookies, no credentials, no .netrc, no HSTS and no proxy but by proxy_environment;
 * certificates are verified; one HTTP/1.1 connection a transfer, kept for the next of its host.
 */
#ifndef SP_FETCH_FETCHER_H
#define SP_FETCH_FETCHER_H

#include "fetch/url_transform.h"

#include <smallpress/arena.h>
#include <smallpress/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Transfers side by side: each takes 18 KiB here, and a connection in libcurl and TLS. */
#define SP_FETCH_AT_ONCE_MAX 8

/* Redirects and attempts at most. */
#define SP_FETCH_REDIRECTS_MAX 20
#define SP_FETCH_ATTEMPTS_MAX  10

struct sp_fetch_spec {
    const char *const *hosts; /* that may have any address; see host_list.h */
    size_t host_count;
    bool allow_private;      /* addresses that are not public, but not those of clouds' metadata */
    bool proxy_environment;  /* a proxy named by the environment is used: see fetch_proxy.h */
    bool transform;          /* image hosts that can resize are asked to */
    const char *authorities; /* a file of certificates to trust, or null for the system's own */
    const struct sp_url_rule *rules;
    size_t rule_count;

    unsigned at_once;       /* 1 to SP_FETCH_AT_ONCE_MAX */
    uint64_t bytes_max;     /* of one photo */
    uint32_t time_ms;       /* for one photo, redirects and attempts included */
    uint32_t connect_ms;    /* for finding and connecting to a host */
    uint32_t speed_min;     /* bytes a second, over ten seconds */
    unsigned redirects_max; /* 0 to SP_FETCH_REDIRECTS_MAX */
    unsigned attempts_max;  /* 1 to SP_FETCH_ATTEMPTS_MAX */
};

/* 4 at once, 50 MiB, 60 s, 10 s to connect, 1,000 bytes a second, 5 redirects, 3 attempts. */
void sp_fetch_spec_init(struct sp_fetch_spec *spec);

/* SP_BAD_SPEC with a sentence if a number is out of its range. */
SP_MUST_CHECK enum sp_status sp_fetch_spec_check(const struct sp_fetch_spec *spec,
                                                 struct sp_err *err);

struct sp_fetcher;

size_t sp_fetcher_need(const struct sp_fetch_spec *spec);

/*
 * Takes everything from the arena; the spec's texts are borrowed until the end. curl_global_init
 * must have been called. SP_BAD_SPEC for a host or a rule that is none, SP_NO_ROOM.
 */
SP_MUST_CHECK enum sp_status sp_fetcher_open(struct sp_fetcher **fetcher, struct sp_arena *arena,
                                             const struct sp_fetch_spec *spec, struct sp_err *err);

/* Breaks off what is on its way and closes the files of it. */
void sp_fetcher_close(struct sp_fetcher *fetcher);

/* Whether another photo can be ordered now. */
bool sp_fetcher_has_room(const struct sp_fetcher *fetcher);

struct sp_fetch_order {
    uint64_t number; /* returned with the result */
    const char *address;
    uint32_t edge_px, quality; /* for hosts that can resize; 0 for the original */
    int fd;                    /* written from its start, cut to what came; returned */
};

/*
 * Begins one; only while there is room. The address is copied. Whatever is wrong with it is told
 * with its result.
 */
void sp_fetcher_order(struct sp_fetcher *fetcher, const struct sp_fetch_order *order);

/*
 * Works until something is finished, `fd` (-1 for none) can be read, or the time is over; -1 is for
 * ever.
 */
SP_MUST_CHECK enum sp_status sp_fetcher_wait(struct sp_fetcher *fetcher, int fd, int timeout_ms,
                                             bool *readable, struct sp_err *err);

struct sp_fetch_result {
    uint64_t number;
    int fd;
    enum sp_status status; /* SP_OK, or err's */
    bool transformed;      /* the host was asked for a smaller one, and gave it */
    uint64_t bytes;
    struct sp_err err;
};

/* Takes one that is finished, if there is any, and makes room. */
bool sp_fetcher_take(struct sp_fetcher *fetcher, struct sp_fetch_result *result);

#endif
