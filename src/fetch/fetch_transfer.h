/*
 * One question to one server: connect through the gate, write what comes to a file, say how it
 * went.
 *
 * Redirects and further attempts are questions of their own and the fetcher's business. The gate
 * stands where libcurl asks for a socket: it is given the very address that is about to be
 * connected to, so nothing can change between the look and the deed, whatever names, redirects and
 * second tries led there. No content encoding is asked for, so what is counted is what came.
 */
#ifndef SP_FETCH_TRANSFER_H
#define SP_FETCH_TRANSFER_H

#include "fetch/web_address.h"

#include <smallpress/status.h>

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

/* Bytes of all headers of an answer: a server that sends more is up to something. */
#define SP_FETCH_HEADER_BYTES_MAX (64 * 1024)

/* Seconds over which the least speed is measured, and without a byte after which it is over. */
#define SP_FETCH_SPEED_S 10

/* The first bytes of what came, by which a photo is told from a page. */
#define SP_FETCH_HEAD_BYTES 16

enum sp_fetch_outcome {
    SP_FETCH_DONE,     /* the file holds the answer */
    SP_FETCH_REDIRECT, /* `location` says where to */
    SP_FETCH_AGAIN,    /* failed, and may not fail again */
    SP_FETCH_FAILED,   /* failed */
};

/* What one question is allowed to. */
struct sp_fetch_bounds {
    uint64_t bytes_max;
    uint32_t time_ms, connect_ms, speed_min;
    uint32_t time_total_ms;  /* of the whole photo: for the sentence that says it was too long */
    bool any_address;        /* the host is permitted by name */
    bool private_address;    /* all but those of clouds for their machines */
    bool fresh;              /* the name is looked up again */
    const char *proxy;       /* null for none */
    const char *authorities; /* null for the system's */
};

/* Why a transfer was broken off by one of its own callbacks. */
enum sp_fetch_stop {
    SP_FETCH_STOP_NONE,
    SP_FETCH_STOP_GATE,
    SP_FETCH_STOP_ANSWER, /* the status says all: its body is of no use */
    SP_FETCH_STOP_LARGE,
    SP_FETCH_STOP_HEADERS,
    SP_FETCH_STOP_ENCODED,
    SP_FETCH_STOP_FILE,
    SP_FETCH_STOP_SLOW,
};

/* The fields up to the line are results; the others belong to the functions below. */
struct sp_fetch_transfer {
    uint64_t bytes;                          /* written */
    unsigned char head[SP_FETCH_HEAD_BYTES]; /* the first of them */
    struct sp_err err;                       /* for AGAIN and FAILED */
    char location[SP_WEB_ADDRESS_BYTES];     /* for REDIRECT */
    uint64_t wait_ms;                        /* for AGAIN: what the server asks for; 0 for none */
    bool file_failed;                        /* nothing more can be written to the file */

    CURL *easy;
    const struct sp_web_address *address;
    struct sp_fetch_bounds bounds;
    int fd;
    enum sp_fetch_stop stop;
    size_t header_bytes;
    int64_t began_ms, heard_ms; /* when it began, and when the last byte came */
    int64_t span_ms;            /* when the span began over which speed is measured; 0 before */
    uint64_t span_bytes;        /* what came in it */
    char message[CURL_ERROR_SIZE];
};

/* Milliseconds of a clock that only goes forward. */
int64_t sp_fetch_clock_ms(void);

SP_MUST_CHECK enum sp_status sp_fetch_transfer_open(struct sp_fetch_transfer *transfer,
                                                    struct sp_err *err);
void sp_fetch_transfer_close(struct sp_fetch_transfer *transfer);

/*
 * Prepares the question; the caller gives `easy` to its multi handle. The address and the bounds'
 * proxy are borrowed until the end, the file too: its bytes from 0 on are written.
 */
SP_MUST_CHECK enum sp_status sp_fetch_transfer_begin(struct sp_fetch_transfer *transfer,
                                                     const struct sp_web_address *address, int fd,
                                                     const struct sp_fetch_bounds *bounds,
                                                     struct sp_err *err);

/*
 * Whether it has become too slow: nothing for SP_FETCH_SPEED_S, or less than speed_min over such a
 * span; asked once a second or more. The caller then takes it from its multi handle and ends it.
 */
bool sp_fetch_transfer_is_slow(struct sp_fetch_transfer *transfer);

/* What became of it, after libcurl's word that it is over. */
enum sp_fetch_outcome sp_fetch_transfer_end(struct sp_fetch_transfer *transfer, CURLcode code);

/* Whether what came begins like a photo of a format that is read: JPEG, PNG, WebP, HEIC, AVIF. */
bool sp_fetch_transfer_is_photo(const struct sp_fetch_transfer *transfer);

/* Whether what came is a page for a browser, by its type and its first bytes. */
bool sp_fetch_transfer_is_page(const struct sp_fetch_transfer *transfer);

#endif
