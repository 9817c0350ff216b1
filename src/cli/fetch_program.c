/*
 * smallpress-fetch: photos by URL for a press, in a process of its own.
 *
 * It is started by the press with a channel and nothing else. It gives up what it does not need,
 * takes its set-up, and then orders, each with the file to write to; it answers them as they are
 * done. What comes from outside is never looked into but for its headers and its first bytes.
 */
#include "base/num.h"
#include "base/utf8.h"
#include "child/child_channel.h"
#include "child/child_message.h"
#include "child/child_sandbox.h"
#include "cli/exit_code.h"
#include "fetch/fetcher.h"
#include "fetch/host_list.h"

#include <curl/curl.h>
#include <locale.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Orders that are waiting besides those at work. A press has no more on order at once, so it never
 * waits to send one.
 */
#define QUEUE_MAX SP_REPORT_AHEAD_MAX

/* The stack of a thread that looks up a name; libcurl starts one for each. */
#define RESOLVER_STACK_BYTES (256 * 1024)

struct order {
    struct sp_fetch_request request;
    int fd;
};

struct program {
    struct sp_arena arena;
    struct sp_fetcher *fetcher; /* null if the set-up is of no use */
    enum sp_status status;      /* then the answer to every order */
    struct sp_err err;
    struct order *queue; /* a ring */
    size_t queue_from, queue_count;
};

static bool is_ended(const char *text, size_t capacity)
{
    return memchr(text, '\0', capacity) != NULL;
}

/* Takes a message of the set-up; false if the press is gone. */
static bool take(void *message, size_t bytes)
{
    size_t files;
    return sp_channel_take(SP_CHANNEL_FD, message, bytes, NULL, 0, &files, -1) ==
           SP_CHANNEL_MESSAGE;
}

static void fill_spec(struct sp_fetch_spec *spec, const struct sp_fetch_setup *setup)
{
    *spec = (struct sp_fetch_spec){
        .host_count = setup->host_count,
        .rule_count = setup->rule_count,
        .allow_private = setup->allow_private != 0,
        .proxy_environment = setup->proxy_environment != 0,
        .transform = setup->transform != 0,
        .authorities = getenv("SSL_CERT_FILE"), /* as other programs have it */
        .at_once = setup->at_once,
        .bytes_max = setup->bytes_max,
        .time_ms = setup->time_ms,
        .connect_ms = setup->connect_ms,
        .speed_min = setup->speed_min,
        .redirects_max = setup->redirects_max,
        .attempts_max = setup->attempts_max,
    };
}

/* Takes the messages with hosts and rules into `spec`; false if the press is gone. */
static bool take_lists(struct sp_arena *arena, struct sp_fetch_spec *spec)
{
    struct sp_fetch_host *hosts = sp_arena_take(arena, spec->host_count, sizeof *hosts);
    struct sp_fetch_rule *rules = sp_arena_take(arena, spec->rule_count, sizeof *rules);
    const char **names = sp_arena_take(arena, spec->host_count, sizeof *names);
    struct sp_url_rule *pairs = sp_arena_take(arena, spec->rule_count, sizeof *pairs);
    for (size_t i = 0; i < spec->host_count; i++) {
        if (!take(&hosts[i], sizeof hosts[i]) || !is_ended(hosts[i].name, sizeof hosts[i].name))
            return false;
        names[i] = hosts[i].name;
    }
    for (size_t i = 0; i < spec->rule_count; i++) {
        if (!take(&rules[i], sizeof rules[i]) || !is_ended(rules[i].match, sizeof rules[i].match) ||
            !is_ended(rules[i].to, sizeof rules[i].to))
            return false;
        pairs[i] = (struct sp_url_rule){rules[i].match, rules[i].to};
    }
    spec->hosts = names;
    spec->rules = pairs;
    return true;
}

static size_t lists_need(const struct sp_fetch_spec *spec)
{
    return sp_arena_cost(spec->host_count * sizeof(struct sp_fetch_host)) +
           sp_arena_cost(spec->rule_count * sizeof(struct sp_fetch_rule)) +
           sp_arena_cost(spec->host_count * sizeof(const char *)) +
           sp_arena_cost(spec->rule_count * sizeof(struct sp_url_rule));
}

/* Everything before the first order; false if the press is gone or there is no memory at all. */
static bool set_up(struct program *program)
{
    struct sp_fetch_setup setup;
    struct sp_fetch_spec spec;
    if (!take(&setup, sizeof setup))
        return false;
    fill_spec(&spec, &setup);
    if (program->status == SP_OK)
        program->status = sp_fetch_spec_check(&spec, &program->err);
    /* How many messages follow is known all the same, but nobody would know what they mean. */
    if (spec.host_count > SP_HOST_LIST_MAX || spec.rule_count > SP_URL_RULES_MAX)
        return false;
    const size_t need = lists_need(&spec);
    const size_t fetcher_need = program->status == SP_OK ? sp_fetcher_need(&spec) : 0;
    const size_t queue_need = sp_arena_cost(QUEUE_MAX * sizeof(struct order));
    if (sp_arena_open(&program->arena, need + fetcher_need + queue_need, &program->err) != SP_OK)
        return false;
    sp_arena_part_begin(&program->arena, "set-up", need);
    const bool taken = take_lists(&program->arena, &spec);
    sp_arena_part_end(&program->arena);
    if (!taken)
        return false;
    sp_arena_part_begin(&program->arena, "orders", queue_need);
    program->queue = sp_arena_take(&program->arena, QUEUE_MAX, sizeof(struct order));
    sp_arena_part_end(&program->arena);
    sp_arena_part_begin(&program->arena, "fetcher", fetcher_need);
    if (program->status == SP_OK)
        program->status = sp_fetcher_open(&program->fetcher, &program->arena, &spec, &program->err);
    sp_arena_part_end(&program->arena);
    sp_arena_seal(&program->arena);
    return true;
}

/* Sends an answer; false if the press is gone. */
static bool send_answer(const struct sp_fetch_answer *answer)
{
    return sp_channel_send(SP_CHANNEL_FD, answer, sizeof *answer, NULL, 0, NULL) == SP_OK;
}

static bool answer_failed(uint64_t number, const struct sp_err *why)
{
    struct sp_fetch_answer answer = {.number = number, .status = why->status};
    (void)sp_utf8_quote(answer.sentence, sizeof answer.sentence, why->text, strlen(why->text));
    return send_answer(&answer);
}

static bool answer(const struct sp_fetch_result *result)
{
    if (result->status != SP_OK)
        return answer_failed(result->number, &result->err);
    const struct sp_fetch_answer answer = {
        .number = result->number,
        .status = SP_OK,
        .transformed = result->transformed,
        .bytes = result->bytes,
    };
    return send_answer(&answer);
}

static bool refuse(const struct order *order, const struct sp_err *why)
{
    (void)close(order->fd);
    return answer_failed(order->request.number, why);
}

/* Takes the order that is there; false if the press is gone. */
static bool take_order(struct program *program)
{
    struct order *order = &program->queue[(program->queue_from + program->queue_count) % QUEUE_MAX];
    size_t files;
    const enum sp_channel_result got = sp_channel_take(
        SP_CHANNEL_FD, &order->request, sizeof order->request, &order->fd, 1, &files, 0);
    if (got == SP_CHANNEL_NOTHING)
        return true;
    if (got == SP_CHANNEL_CLOSED || files != 1)
        return false;
    if (program->status != SP_OK)
        return refuse(order, &program->err);
    if (!is_ended(order->request.address, sizeof order->request.address)) {
        struct sp_err err;
        (void)sp_fail(&err, SP_BAD_DATA, "the address has no end");
        return refuse(order, &err);
    }
    program->queue_count++;
    return true;
}

/* Gives the fetcher as many orders as it can work on. */
static void begin_orders(struct program *program)
{
    while (program->queue_count > 0 && sp_fetcher_has_room(program->fetcher)) {
        const struct order *order = &program->queue[program->queue_from];
        sp_fetcher_order(program->fetcher, &(struct sp_fetch_order){
                                               .number = order->request.number,
                                               .address = order->request.address,
                                               .edge_px = order->request.edge_px,
                                               .quality = order->request.quality,
                                               .fd = order->fd,
                                           });
        program->queue_from = (program->queue_from + 1) % QUEUE_MAX;
        program->queue_count--;
    }
}

/* Answers what is finished; false if the press is gone. */
static bool answer_finished(struct program *program)
{
    struct sp_fetch_result result;
    while (sp_fetcher_take(program->fetcher, &result)) {
        (void)close(result.fd);
        if (!answer(&result))
            return false;
    }
    return true;
}

/* One turn of the loop; false at the end. */
static bool turn(struct program *program)
{
    bool readable = true;
    if (program->fetcher) {
        begin_orders(program);
        const int channel = program->queue_count < QUEUE_MAX ? SP_CHANNEL_FD : -1;
        if (sp_fetcher_wait(program->fetcher, channel, -1, &readable, NULL) != SP_OK ||
            !answer_finished(program))
            return false;
        return !readable || take_order(program);
    }
    struct pollfd none = {.fd = SP_CHANNEL_FD, .events = POLLIN};
    (void)poll(&none, 1, -1);
    return take_order(program);
}

/* What libraries are to know before they start. */
static bool begin(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGPIPE, &ignore, NULL);
    (void)sigaction(SIGXFSZ, &ignore, NULL);
    (void)mallopt(M_ARENA_MAX, 1);
#ifdef __GLIBC__
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) == 0) {
        (void)pthread_attr_setstacksize(&attributes, RESOLVER_STACK_BYTES);
        (void)pthread_setattr_default_np(&attributes);
        (void)pthread_attr_destroy(&attributes);
    }
#endif
    /* Host names are UTF-8, whatever the environment says, and libidn2 asks. */
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

int main(int argc, char **argv)
{
    struct program program = {.status = SP_OK};
    struct stat channel;
    (void)argv;
    if (argc > 1 || fstat(SP_CHANNEL_FD, &channel) != 0 || !S_ISSOCK(channel.st_mode)) {
        (void)fputs("smallpress-fetch is started by smallpress report, which tells it what to do\n",
                    stderr);
        return CLI_USAGE;
    }
    if (!begin())
        return CLI_IO;
    program.status = sp_child_sandbox(SP_SANDBOX_NETWORK, true, &program.err);
    if (!set_up(&program))
        return CLI_DATA;
    while (turn(&program)) {
    }
    if (program.fetcher)
        sp_fetcher_close(program.fetcher);
    sp_arena_close(&program.arena);
    curl_global_cleanup();
    return CLI_DONE;
}
