/* The commands of the tool. Each takes the whole command line and returns the exit status. */
#ifndef SP_CLI_COMMAND_H
#define SP_CLI_COMMAND_H

#include <stdatomic.h>

int cli_command_sheet(int argc, char **argv);
int cli_command_plan(int argc, char **argv);

/* Set by SIGINT and SIGTERM: commands finish what is in hand and stop. */
extern atomic_bool cli_stop;

#endif
