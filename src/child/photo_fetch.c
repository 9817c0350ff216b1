#include "child/photo_fetch.h"

#include "base/check.h"
#include "child/child_channel.h"

#include <stdio.h>
#include <string.h>

/*
 * Limits of a transfer that no user has asked to change. A connection that takes longer, or a body
 * that comes slower than a modem, is a server that is down; redirects beyond the fifth are a loop;
 * one in a hundred fetches fails for a reason that is gone a second later.
 *
 * The memory: measured at 3 MiB with eight transfers by TLS and 145 authorities.
 */
#define CONNECT_MS    10000
#define SPEED_MIN     1000
#define REDIRECTS_MAX 5
#define ATTEMPTS_MAX  3
#define FETCH_BYTES   (UINT64_C(12) * 1024 * 1024)
#define FILES_MAX     128
#define FILE_SLACK    (1024 * 1024) /* its own limit is told before the kernel's */

uint64_t sp_photo_fetch_bytes(void)
{
    return FETCH_BYTES;
}

enum sp_status sp_photo_fetch_check(const struct sp_photo_feed_spec *spec, struct sp_err *err)
{
    const struct sp_fetch_host host;
    const struct sp_fetch_rule rule;
    for (size_t i = 0; i < spec->allow_host_count; i++)
        if (strlen(spec->allow_hosts[i]) >= sizeof host.name)
            return sp_fail(err, SP_BAD_SPEC,
                           "a host that is to be allowed has %zu characters; "
                           "names of hosts have %zu at most",
                           strlen(spec->allow_hosts[i]), sizeof host.name - 1);
    for (size_t i = 0; i < spec->rule_count; i++)
        if (strlen(spec->rules[i].match) >= sizeof rule.match ||
            strlen(spec->rules[i].to) >= sizeof rule.to)
            return sp_fail(err, SP_BAD_SPEC,
                           "rule %zu for addresses is too long: the expression may have %zu "
                           "characters and the address %zu",
                           i + 1, sizeof rule.match - 1, sizeof rule.to - 1);
    return SP_OK;
}

static enum sp_status set_up(const struct sp_child *fetcher, const struct sp_photo_feed_spec *spec,
                             struct sp_err *err)
{
    const struct sp_fetch_setup setup = {
        .allow_private = spec->allow_private,
        .proxy_environment = spec->proxy_environment,
        .transform = spec->transform,
        .at_once = spec->fetches,
        .bytes_max = spec->file_bytes_max,
        .time_ms = spec->fetch_time_ms,
        .connect_ms = CONNECT_MS,
        .speed_min = SPEED_MIN,
        .redirects_max = REDIRECTS_MAX,
        .attempts_max = ATTEMPTS_MAX,
        .host_count = (uint32_t)spec->allow_host_count,
        .rule_count = (uint32_t)spec->rule_count,
    };
    enum sp_status status = sp_channel_send(fetcher->channel, &setup, sizeof setup, NULL, 0, err);
    for (size_t i = 0; i < spec->allow_host_count && status == SP_OK; i++) {
        struct sp_fetch_host host = {0};
        snprintf(host.name, sizeof host.name, "%s", spec->allow_hosts[i]);
        status = sp_channel_send(fetcher->channel, &host, sizeof host, NULL, 0, err);
    }
    for (size_t i = 0; i < spec->rule_count && status == SP_OK; i++) {
        struct sp_fetch_rule rule = {0};
        snprintf(rule.match, sizeof rule.match, "%s", spec->rules[i].match);
        snprintf(rule.to, sizeof rule.to, "%s", spec->rules[i].to);
        status = sp_channel_send(fetcher->channel, &rule, sizeof rule, NULL, 0, err);
    }
    return status;
}

enum sp_status sp_photo_fetch_start(struct sp_child *fetcher, const struct sp_photo_feed_spec *spec,
                                    struct sp_err *err)
{
    char path[SP_CHILD_PATH_MAX];
    enum sp_status status = sp_child_program(path, "fetch", err);
    if (status != SP_OK)
        return status;
    const struct sp_child_spec child = {
        .program = path,
        .memory_bytes = FETCH_BYTES,
        .file_bytes = spec->file_bytes_max + FILE_SLACK,
        .files = FILES_MAX,
        .environment = spec->proxy_environment,
        .certificates = true,
    };
    status = sp_child_start(fetcher, &child, err);
    if (status != SP_OK)
        return status;
    status = set_up(fetcher, spec, err);
    if (status != SP_OK)
        (void)sp_child_end(fetcher);
    return status;
}

bool sp_photo_fetch_ask(const struct sp_child *fetcher, uint64_t number,
                        const struct sp_photo_order *order, const char *address, int file)
{
    struct sp_fetch_request request = {
        .number = number, .edge_px = order->edge_px, .quality = order->quality};
    struct sp_err err;
    SP_ASSERT(strlen(address) < sizeof request.address);
    snprintf(request.address, sizeof request.address, "%s", address);
    return sp_channel_send(fetcher->channel, &request, sizeof request, &file, 1, &err) == SP_OK;
}

enum sp_photo_fetch_word sp_photo_fetch_hear(const struct sp_child *fetcher,
                                             struct sp_fetch_answer *answer)
{
    size_t file_count;
    switch (sp_channel_take(fetcher->channel, answer, sizeof *answer, NULL, 0, &file_count, 0)) {
    case SP_CHANNEL_NOTHING:
        return SP_PHOTO_FETCH_SILENT;
    case SP_CHANNEL_MESSAGE:
        return SP_PHOTO_FETCH_ANSWERED;
    case SP_CHANNEL_CLOSED:
        break;
    }
    return SP_PHOTO_FETCH_GONE;
}
