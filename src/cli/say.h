/* What the tool says to people: always on standard error, one message a line. */
#ifndef SP_CLI_SAY_H
#define SP_CLI_SAY_H

#include <smallpress/status.h>

#include <stdbool.h>
#include <stdint.h>

/* "smallpress: …". A progress line that is on the screen is cleared first. */
void cli_say(const char *format, ...) SP_PRINTF(1, 2);

/* Says an error's sentence. */
void cli_say_err(const struct sp_err *err);

/* "s", but for one. */
const char *cli_plural(uint64_t count);

/* Buffers for numbers in messages: cli_count(&n, 50000) is "50,000". */
struct cli_text {
    char text[40];
};
const char *cli_count(struct cli_text *text, uint64_t count);
const char *cli_bytes(struct cli_text *text, uint64_t bytes);
const char *cli_duration(struct cli_text *text, uint64_t ms);

const char *cli_mm(struct cli_text *text, int64_t um);

#endif
