/* What every program of the tool does first and last. */
#ifndef SP_CLI_PROGRAM_H
#define SP_CLI_PROGRAM_H

#include <stdbool.h>

/* Descriptors, signals, the heap. False if not even /dev/null can be opened. */
bool cli_program_begin(void);

/* Flushes what was printed and gives the exit status: `code`, or that of a failed output. */
int cli_program_end(int code);

#endif
