/* What the tool's exit status means, and which status of the library gives which. */
#ifndef SP_CLI_EXIT_CODE_H
#define SP_CLI_EXIT_CODE_H

#include <smallpress/status.h>

enum cli_exit {
    CLI_DONE = 0,
    CLI_REFUSED = 1, /* done, but some records were left out, and listed */
    CLI_USAGE = 2,   /* a mistake in the command or the spec */
    CLI_DATA = 3,    /* bad input data */
    CLI_ROOM = 4,    /* cannot fit the memory or disk limit */
    CLI_IO = 5,      /* input or output failed */
    CLI_STOPPED = 6, /* stopped by a signal */
    CLI_BUG = 70,
};

enum cli_exit cli_exit_of(enum sp_status status);

#endif
