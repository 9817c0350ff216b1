#include "fetch/fetcher.h"

#include "base/check.h"
#include "base/num.h"
#include "base/sys.h"
#include "fetch/fetch_proxy.h"
#include "fetch/fetch_retry.h"
#include "fetch/fetch_transfer.h"
#include "fetch/host_list.h"
#include "fetch/web_address.h"

#include <curl/curl.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Any number will do; it is the same every time. */
#define CHANCE_SEED UINT64_C(0x5370726573736572)

/* How often transfers at work are looked at, at least. */
#define LONGEST_WAIT_MS 1000

enum job_state {
    JOB_FREE,
    JOB_RUNNING,  /* with libcurl */
    JOB_WAITING,  /* for its next attempt */
    JOB_FINISHED, /* to be taken */
};

/* One photo on its way. */
struct job {
    enum job_state state;
    uint64_t number;
    int fd;
    bool transformed; /* the smaller photo is being asked for */
    unsigned attempt, redirects;
    int64_t deadline_ms, wake_ms;
    char original[SP_WEB_ADDRESS_BYTES]; /* as ordered */
    char smaller[SP_WEB_ADDRESS_BYTES];  /* transformed */
    struct sp_web_address address;       /* where it is now */
    struct sp_fetch_transfer transfer;
    enum sp_status status; /* when finished, with err */
    struct sp_err err;
};

struct sp_fetcher {
    struct sp_fetch_spec spec;
    struct sp_host_list *hosts;
    struct sp_url_rules *rules;
    CURLM *multi;
    uint64_t chance;
    struct job *jobs; /* spec.at_once */
};

void sp_fetch_spec_init(struct sp_fetch_spec *spec)
{
    *spec = (struct sp_fetch_spec){
        .at_once = 4,
        .bytes_max = 50 << 20,
        .time_ms = 60000,
        .connect_ms = 10000,
        .speed_min = 1000,
        .redirects_max = 5,
        .attempts_max = 3,
    };
}

enum sp_status sp_fetch_spec_check(const struct sp_fetch_spec *spec, struct sp_err *err)
{
    /* libcurl takes times as long, which has 32 bits on some machines. */
    const uint32_t time_max = INT32_MAX;
    if (spec->at_once < 1 || spec->at_once > SP_FETCH_AT_ONCE_MAX)
        return sp_fail(err, SP_BAD_SPEC, "%u photos cannot be fetched at once: 1 to %d can",
                       spec->at_once, SP_FETCH_AT_ONCE_MAX);
    if (spec->bytes_max < 1 || spec->bytes_max > INT64_MAX)
        return sp_fail(err, SP_BAD_SPEC, "a photo has 1 byte at least");
    if (spec->time_ms < 1 || spec->time_ms > time_max || spec->connect_ms < 1 ||
        spec->connect_ms > time_max || spec->speed_min > time_max)
        return sp_fail(err, SP_BAD_SPEC, "a time or a speed for fetching is out of range: 1 to %u",
                       time_max);
    if (spec->redirects_max > SP_FETCH_REDIRECTS_MAX)
        return sp_fail(err, SP_BAD_SPEC, "%u redirects are too many: %d at most can be followed",
                       spec->redirects_max, SP_FETCH_REDIRECTS_MAX);
    if (spec->attempts_max < 1 || spec->attempts_max > SP_FETCH_ATTEMPTS_MAX)
        return sp_fail(err, SP_BAD_SPEC, "%u attempts are out of range: 1 to %d",
                       spec->attempts_max, SP_FETCH_ATTEMPTS_MAX);
    if (spec->host_count > SP_HOST_LIST_MAX)
        return sp_fail(err, SP_BAD_SPEC, "%zu hosts are too many: %d at most can be permitted",
                       spec->host_count, SP_HOST_LIST_MAX);
    if (spec->rule_count > SP_URL_RULES_MAX)
        return sp_fail(err, SP_BAD_SPEC, "%zu rules for addresses are too many: %d at most",
                       spec->rule_count, SP_URL_RULES_MAX);
    return SP_OK;
}

size_t sp_fetcher_need(const struct sp_fetch_spec *spec)
{
    size_t need = sp_arena_cost(sizeof(struct sp_fetcher));
    need = sp_size_add(need, sp_arena_cost(sp_size_mul(spec->at_once, sizeof(struct job))));
    need = sp_size_add(need, sp_host_list_need(spec->host_count));
    return sp_size_add(need, sp_url_rules_need(spec->rule_count));
}

static enum sp_status open_curl(struct sp_fetcher *fetcher, struct sp_err *err)
{
    fetcher->multi = curl_multi_init();
    if (!fetcher->multi)
        return sp_fail(err, SP_NO_ROOM, "there is no memory left to fetch photos");
    (void)curl_multi_setopt(fetcher->multi, CURLMOPT_MAXCONNECTS, (long)fetcher->spec.at_once);
    for (size_t i = 0; i < fetcher->spec.at_once; i++) {
        const enum sp_status status = sp_fetch_transfer_open(&fetcher->jobs[i].transfer, err);
        if (status != SP_OK)
            return status;
    }
    return SP_OK;
}

enum sp_status sp_fetcher_open(struct sp_fetcher **fetcher, struct sp_arena *arena,
                               const struct sp_fetch_spec *spec, struct sp_err *err)
{
    enum sp_status status = sp_fetch_spec_check(spec, err);
    if (status != SP_OK)
        return status;
    struct sp_fetcher *made = sp_arena_take(arena, 1, sizeof *made);
    made->spec = *spec;
    made->chance = CHANCE_SEED;
    made->jobs = sp_arena_take(arena, spec->at_once, sizeof *made->jobs);
    status = sp_host_list_init(&made->hosts, arena, spec->hosts, spec->host_count, err);
    if (status == SP_OK)
        status = sp_url_rules_init(&made->rules, arena, spec->rules, spec->rule_count, err);
    if (status == SP_OK)
        status = open_curl(made, err);
    if (status != SP_OK)
        sp_fetcher_close(made);
    else
        *fetcher = made;
    return status;
}

void sp_fetcher_close(struct sp_fetcher *fetcher)
{
    for (size_t i = 0; i < fetcher->spec.at_once; i++) {
        struct job *job = &fetcher->jobs[i];
        if (job->state == JOB_RUNNING)
            (void)curl_multi_remove_handle(fetcher->multi, job->transfer.easy);
        sp_fetch_transfer_close(&job->transfer);
        if (job->state != JOB_FREE)
            (void)sp_sys_close(job->fd);
        job->state = JOB_FREE;
    }
    if (fetcher->multi)
        (void)curl_multi_cleanup(fetcher->multi);
    fetcher->multi = NULL;
    sp_url_rules_finish(fetcher->rules);
}

/* One photo ------------------------------------------------------------------------------- */

static void finish(struct job *job, enum sp_status status)
{
    job->state = JOB_FINISHED;
    job->status = status;
}

/* variable of sp_fetch_proxy */
static const char *environment(const char *name)
{
    return getenv(name);
}

/* Asks the server at job->address. */
static enum sp_status begin_hop(struct sp_fetcher *fetcher, struct job *job)
{
    const struct sp_fetch_spec *spec = &fetcher->spec;
    const struct sp_web_address *address = &job->address;
    const bool permitted = sp_host_list_has(fetcher->hosts, address->host, address->port);
    const int64_t left_ms = job->deadline_ms - sp_fetch_clock_ms();
    if (!permitted && !sp_web_port_is_allowed(address->port))
        return sp_fail(&job->err, SP_BAD_DATA,
                       "port %u of %s is not one for photos: --allow-host %s:%u permits it",
                       address->port, address->host, address->host, address->port);
    if (left_ms < 1)
        return sp_fail(&job->err, SP_IO, "there was no time left to ask %s", address->host);
    struct sp_fetch_bounds bounds = {
        .bytes_max = spec->bytes_max,
        /* What is left must do for the original too. */
        .time_ms = (uint32_t)(job->transformed ? (left_ms + 1) / 2 : left_ms),
        .connect_ms = spec->connect_ms,
        .speed_min = spec->speed_min,
        .time_total_ms = spec->time_ms,
        .any_address = permitted,
        .private_address = spec->allow_private,
        .fresh = job->attempt > 1,
        .proxy = spec->proxy_environment ? sp_fetch_proxy(address, environment) : NULL,
        .authorities = spec->authorities,
    };
    const enum sp_status status =
        sp_fetch_transfer_begin(&job->transfer, address, job->fd, &bounds, &job->err);
    if (status != SP_OK)
        return status;
    const CURLMcode code = curl_multi_add_handle(fetcher->multi, job->transfer.easy);
    if (code != CURLM_OK)
        return sp_fail(&job->err, SP_IO, "libcurl cannot begin: %s", curl_multi_strerror(code));
    job->state = JOB_RUNNING;
    return SP_OK;
}

/* Asks from the beginning: the first address, an empty file. */
static enum sp_status begin_attempt(struct sp_fetcher *fetcher, struct job *job)
{
    job->attempt++;
    job->redirects = 0;
    if (ftruncate(job->fd, 0) != 0)
        return sp_fail_os(&job->err, errno, "the file for what is fetched cannot be emptied");
    const enum sp_status status = sp_web_address_read(
        &job->address, job->transformed ? job->smaller : job->original, &job->err);
    return status == SP_OK ? begin_hop(fetcher, job) : status;
}

/* The original, from now on: what was to be a smaller one is not to be had. */
static void begin_original(struct sp_fetcher *fetcher, struct job *job)
{
    job->transformed = false;
    job->attempt = 0;
    const enum sp_status status = begin_attempt(fetcher, job);
    if (status != SP_OK)
        finish(job, status);
}

/* There is no use in going on with this address. job->err says why. */
static void give_up(struct sp_fetcher *fetcher, struct job *job)
{
    if (job->transformed && !job->transfer.file_failed)
        begin_original(fetcher, job);
    else
        finish(job, job->err.status);
}

static void follow(struct sp_fetcher *fetcher, struct job *job)
{
    enum sp_status status = SP_OK;
    if (++job->redirects > fetcher->spec.redirects_max)
        status = sp_fail(&job->err, SP_BAD_DATA, "it was redirected more than %u times",
                         fetcher->spec.redirects_max);
    if (status == SP_OK)
        status = sp_web_address_follow(&job->address, job->transfer.location, &job->err);
    if (status == SP_OK)
        status = begin_hop(fetcher, job);
    if (status != SP_OK)
        give_up(fetcher, job);
}

/* Waits for another attempt, if there is one left and time for it. */
static void try_again(struct sp_fetcher *fetcher, struct job *job)
{
    const int64_t now = sp_fetch_clock_ms();
    job->err = job->transfer.err;
    if (job->transformed || job->attempt >= fetcher->spec.attempts_max) {
        give_up(fetcher, job);
        return;
    }
    job->wake_ms =
        now + sp_fetch_retry_delay_ms(job->attempt + 1, job->transfer.wait_ms, &fetcher->chance);
    if (job->wake_ms >= job->deadline_ms)
        finish(job, job->err.status);
    else
        job->state = JOB_WAITING;
}

static void arrived(struct sp_fetcher *fetcher, struct job *job)
{
    if (job->transformed ? sp_fetch_transfer_is_photo(&job->transfer)
                         : !sp_fetch_transfer_is_page(&job->transfer)) {
        finish(job, SP_OK);
        return;
    }
    (void)sp_fail(&job->err, SP_BAD_DATA, "the server sent a page for browsers, not a photo");
    give_up(fetcher, job);
}

/* What to do after a transfer. */
static void go_on(struct sp_fetcher *fetcher, struct job *job, CURLcode code)
{
    switch (sp_fetch_transfer_end(&job->transfer, code)) {
    case SP_FETCH_DONE:
        arrived(fetcher, job);
        break;
    case SP_FETCH_REDIRECT:
        follow(fetcher, job);
        break;
    case SP_FETCH_AGAIN:
        try_again(fetcher, job);
        break;
    case SP_FETCH_FAILED:
        job->err = job->transfer.err;
        give_up(fetcher, job);
        break;
    }
}

/* Side by side ----------------------------------------------------------------------------- */

static struct job *find(struct sp_fetcher *fetcher, enum job_state state)
{
    for (size_t i = 0; i < fetcher->spec.at_once; i++)
        if (fetcher->jobs[i].state == state)
            return &fetcher->jobs[i];
    return NULL;
}

bool sp_fetcher_has_room(const struct sp_fetcher *fetcher)
{
    for (size_t i = 0; i < fetcher->spec.at_once; i++)
        if (fetcher->jobs[i].state == JOB_FREE)
            return true;
    return false;
}

void sp_fetcher_order(struct sp_fetcher *fetcher, const struct sp_fetch_order *order)
{
    struct job *job = find(fetcher, JOB_FREE);
    const size_t length = strlen(order->address);
    SP_ASSERT(job);
    job->number = order->number;
    job->fd = order->fd;
    job->attempt = 0;
    job->transfer.bytes = 0;
    job->transfer.file_failed = false;
    job->deadline_ms = sp_fetch_clock_ms() + fetcher->spec.time_ms;
    job->transformed = false;
    if (length >= sizeof job->original) {
        finish(job, sp_fail(&job->err, SP_BAD_DATA, "the address has more than %zu characters",
                            sizeof job->original - 1));
        return;
    }
    memcpy(job->original, order->address, length + 1);
    job->transformed = fetcher->spec.transform && order->edge_px > 0 && order->quality > 0 &&
                       sp_url_transform(fetcher->rules, job->original, order->edge_px,
                                        order->quality, job->smaller, sizeof job->smaller);
    if (begin_attempt(fetcher, job) != SP_OK)
        give_up(fetcher, job);
}

/* Breaks off a transfer that has become too slow. */
static void look_after(struct sp_fetcher *fetcher, struct job *job)
{
    if (!sp_fetch_transfer_is_slow(&job->transfer))
        return;
    (void)curl_multi_remove_handle(fetcher->multi, job->transfer.easy);
    go_on(fetcher, job, CURLE_OPERATION_TIMEDOUT);
}

/*
 * Begins the attempts whose time has come, and looks at those at work; milliseconds to the next, at
 * most `longest_ms`.
 */
static int wake(struct sp_fetcher *fetcher, int longest_ms)
{
    const int64_t now = sp_fetch_clock_ms();
    for (size_t i = 0; i < fetcher->spec.at_once; i++) {
        struct job *job = &fetcher->jobs[i];
        if (job->state == JOB_RUNNING)
            look_after(fetcher, job);
        if (job->state != JOB_WAITING)
            continue;
        if (job->wake_ms > now)
            longest_ms = (int)SP_MIN(longest_ms, job->wake_ms - now);
        else if (begin_attempt(fetcher, job) != SP_OK)
            finish(job, job->err.status);
    }
    return longest_ms;
}

/* Takes what libcurl has finished. */
static void collect(struct sp_fetcher *fetcher)
{
    int left;
    const struct CURLMsg *message;
    while ((message = curl_multi_info_read(fetcher->multi, &left))) {
        if (message->msg != CURLMSG_DONE)
            continue;
        /* The message is the library's and gone with the handle. */
        CURL *easy = message->easy_handle;
        const CURLcode code = message->data.result;
        (void)curl_multi_remove_handle(fetcher->multi, easy);
        for (size_t i = 0; i < fetcher->spec.at_once; i++)
            if (fetcher->jobs[i].transfer.easy == easy)
                go_on(fetcher, &fetcher->jobs[i], code);
    }
}

/* One turn: begins, works, waits. */
static enum sp_status turn(struct sp_fetcher *fetcher, struct curl_waitfd *extra, int longest_ms,
                           struct sp_err *err)
{
    int running;
    const int wait_ms = wake(fetcher, longest_ms);
    CURLMcode code = curl_multi_perform(fetcher->multi, &running);
    collect(fetcher);
    if (code == CURLM_OK)
        code = curl_multi_poll(fetcher->multi, extra, extra ? 1 : 0,
                               find(fetcher, JOB_FINISHED) ? 0 : wait_ms, NULL);
    if (code != CURLM_OK)
        return sp_fail(err, SP_IO, "libcurl cannot go on: %s", curl_multi_strerror(code));
    return SP_OK;
}

enum sp_status sp_fetcher_wait(struct sp_fetcher *fetcher, int fd, int timeout_ms, bool *readable,
                               struct sp_err *err)
{
    const int64_t end_ms = timeout_ms < 0 ? INT64_MAX : sp_fetch_clock_ms() + timeout_ms;
    struct curl_waitfd extra = {.fd = fd, .events = CURL_WAIT_POLLIN};
    *readable = false;
    for (;;) {
        const int64_t left_ms = end_ms - sp_fetch_clock_ms();
        const int longest_ms = (int)SP_MIN(SP_MAX(left_ms, 0), LONGEST_WAIT_MS);
        const enum sp_status status = turn(fetcher, fd >= 0 ? &extra : NULL, longest_ms, err);
        if (status != SP_OK)
            return status;
        *readable = extra.revents != 0;
        if (*readable || find(fetcher, JOB_FINISHED) || left_ms <= 0)
            return SP_OK;
    }
}

bool sp_fetcher_take(struct sp_fetcher *fetcher, struct sp_fetch_result *result)
{
    struct job *job = find(fetcher, JOB_FINISHED);
    if (!job)
        return false;
    *result = (struct sp_fetch_result){
        .number = job->number,
        .fd = job->fd,
        .status = job->status,
        .transformed = job->transformed && job->status == SP_OK,
        .bytes = job->status == SP_OK ? job->transfer.bytes : 0,
    };
    if (job->status != SP_OK)
        result->err = job->err;
    job->state = JOB_FREE;
    return true;
}
