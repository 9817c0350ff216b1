/*
 * Progress, for whoever watches: one line on a terminal, lines now and then in a log, one object a
 * line for programs, or nothing. Always on standard error.
 */
#ifndef SP_CLI_PROGRESS_H
#define SP_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

enum cli_progress_mode {
    CLI_PROGRESS_AUTO, /* a line on a terminal, plain elsewhere */
    CLI_PROGRESS_LINE,
    CLI_PROGRESS_PLAIN,
    CLI_PROGRESS_JSON,
    CLI_PROGRESS_NONE,
};

/* Where a job stands. */
struct cli_where {
    uint64_t done, total; /* of what is counted; total 0 when not known */
    uint64_t pages, output_bytes;
};

struct cli_progress {
    enum cli_progress_mode mode;
    const char *unit; /* what is counted: "codes" */
    uint64_t memory_limit_bytes;
    uint64_t start_ns, shown_ns;
};

/* Milliseconds between two showings: a tenth of a second for eyes, ten seconds for a log. */
#define CLI_PROGRESS_LINE_MS  100
#define CLI_PROGRESS_PLAIN_MS 10000
#define CLI_PROGRESS_JSON_MS  500

void cli_progress_init(struct cli_progress *progress, enum cli_progress_mode mode, const char *unit,
                       uint64_t memory_limit_bytes);

/* Shows where the job stands, if it is time to. */
void cli_progress_show(struct cli_progress *progress, const struct cli_where *where);

/* Shows the last state in a form that is complete: programs see 100 %. */
void cli_progress_end(struct cli_progress *progress, const struct cli_where *where, bool done);

/*
 * Standard error belongs to one thread at a time: the one that shows progress, or one that met a
 * bad record and says so. The line that stands on the terminal is taken off it when somebody
 * begins.
 */
void cli_screen_begin(void);
void cli_screen_end(void);

uint64_t cli_clock_ns(void);

#endif
