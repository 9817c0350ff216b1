#include "cli/progress.h"

#include "cli/memory.h"
#include "cli/say.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t screen = PTHREAD_MUTEX_INITIALIZER;

/* Whether a line stands on the terminal that a message would run into. */
static bool line_shown;

void cli_screen_begin(void)
{
    (void)pthread_mutex_lock(&screen);
    if (line_shown)
        fputs("\r\033[K", stderr);
    line_shown = false;
}

void cli_screen_end(void)
{
    (void)fflush(stderr);
    (void)pthread_mutex_unlock(&screen);
}

uint64_t cli_clock_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void cli_progress_init(struct cli_progress *progress, enum cli_progress_mode mode, const char *unit,
                       uint64_t memory_limit_bytes)
{
    if (mode == CLI_PROGRESS_AUTO)
        mode = isatty(STDERR_FILENO) ? CLI_PROGRESS_LINE : CLI_PROGRESS_PLAIN;
    *progress = (struct cli_progress){
        .mode = mode,
        .unit = unit,
        .memory_limit_bytes = memory_limit_bytes,
        .start_ns = cli_clock_ns(),
    };
    progress->shown_ns = progress->start_ns;
}

static unsigned terminal_columns(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

/* Where a job stands, worked out for showing. */
struct view {
    uint64_t elapsed_ms, left_ms, rate;
    unsigned percent;
    bool total_known;
};

static struct view make_view(const struct cli_progress *progress, uint64_t now_ns,
                             const struct cli_where *where)
{
    struct view view = {.elapsed_ms = (now_ns - progress->start_ns) / 1000000};
    if (view.elapsed_ms > 0)
        view.rate = where->done * 1000 / view.elapsed_ms;
    view.total_known = where->total > 0;
    if (!view.total_known)
        return view;
    const uint64_t left = where->total > where->done ? where->total - where->done : 0;
    view.percent = (unsigned)(where->done / (where->total / 100.0));
    if (view.percent > 100)
        view.percent = 100;
    if (view.rate > 0)
        view.left_ms = left * 1000 / view.rate;
    return view;
}

/* The part of the line that always fits: 12 characters of bar. */
static void make_bar(char bar[15], unsigned percent)
{
    const unsigned full = percent * 12 / 100;
    bar[0] = '[';
    memset(bar + 1, '#', full);
    memset(bar + 1 + full, '.', 12 - full);
    bar[13] = ']';
    bar[14] = '\0';
}

static void format_state(char *text, size_t capacity, const struct cli_progress *progress,
                         const struct cli_where *where, const struct view *view)
{
    struct cli_text records, total, pages, rate, peak, limit, left;
    cli_bytes(&peak, cli_memory_peak());
    cli_bytes(&limit, progress->memory_limit_bytes);
    if (view->total_known)
        snprintf(text, capacity, "%s/%s %s, %s pages, %s/s, memory %s of %s, %s left",
                 cli_count(&records, where->done), cli_count(&total, where->total), progress->unit,
                 cli_count(&pages, where->pages), cli_count(&rate, view->rate), peak.text,
                 limit.text, cli_duration(&left, view->left_ms));
    else
        snprintf(text, capacity, "%s %s, %s pages, %s/s, memory %s of %s, %s so far",
                 cli_count(&records, where->done), progress->unit, cli_count(&pages, where->pages),
                 cli_count(&rate, view->rate), peak.text, limit.text,
                 cli_duration(&left, view->elapsed_ms));
}

static void show_line(const struct cli_progress *progress, const struct cli_where *where,
                      const struct view *view)
{
    char state[256], line[320], bar[15];
    format_state(state, sizeof state, progress, where, view);
    make_bar(bar, view->percent);
    if (view->total_known)
        snprintf(line, sizeof line, "%3u%% %s %s", view->percent, bar, state);
    else
        snprintf(line, sizeof line, "%s", state);
    fprintf(stderr, "%.*s", (int)terminal_columns() - 1, line);
    line_shown = true;
}

static void show_plain(const struct cli_progress *progress, const struct cli_where *where,
                       const struct view *view)
{
    char state[256];
    format_state(state, sizeof state, progress, where, view);
    if (view->total_known)
        fprintf(stderr, "smallpress: %u%%, %s\n", view->percent, state);
    else
        fprintf(stderr, "smallpress: %s\n", state);
}

static void show_json(const struct cli_where *where, const struct view *view, const char *event)
{
    fprintf(stderr, "{\"event\":\"%s\",\"records\":%" PRIu64 ",\"records_total\":", event,
            where->done);
    if (view->total_known)
        fprintf(stderr, "%" PRIu64 ",\"percent\":%u", where->total, view->percent);
    else
        fprintf(stderr, "null,\"percent\":null");
    fprintf(stderr,
            ",\"pages\":%" PRIu64 ",\"output_bytes\":%" PRIu64 ",\"records_per_second\":%" PRIu64
            ",\"elapsed_ms\":%" PRIu64 ",\"left_ms\":",
            where->pages, where->output_bytes, view->rate, view->elapsed_ms);
    if (view->total_known)
        fprintf(stderr, "%" PRIu64, view->left_ms);
    else
        fprintf(stderr, "null");
    fprintf(stderr, ",\"memory_peak_bytes\":%" PRIu64 "}\n", cli_memory_peak());
}

static uint64_t interval_ms(enum cli_progress_mode mode)
{
    return mode == CLI_PROGRESS_LINE   ? CLI_PROGRESS_LINE_MS
           : mode == CLI_PROGRESS_JSON ? CLI_PROGRESS_JSON_MS
                                       : CLI_PROGRESS_PLAIN_MS;
}

void cli_progress_show(struct cli_progress *progress, const struct cli_where *where)
{
    if (progress->mode == CLI_PROGRESS_NONE)
        return;
    const uint64_t now_ns = cli_clock_ns();
    if (now_ns - progress->shown_ns < interval_ms(progress->mode) * 1000000)
        return;
    progress->shown_ns = now_ns;
    const struct view view = make_view(progress, now_ns, where);
    cli_screen_begin();
    if (progress->mode == CLI_PROGRESS_LINE)
        show_line(progress, where, &view);
    else if (progress->mode == CLI_PROGRESS_PLAIN)
        show_plain(progress, where, &view);
    else
        show_json(where, &view, "progress");
    cli_screen_end();
}

void cli_progress_end(struct cli_progress *progress, const struct cli_where *where, bool done)
{
    struct cli_where last = *where;
    last.total = done ? where->done : 0;
    const struct view view = make_view(progress, cli_clock_ns(), &last);
    cli_screen_begin();
    if (progress->mode == CLI_PROGRESS_JSON)
        show_json(&last, &view, done ? "done" : "failed");
    cli_screen_end();
}
