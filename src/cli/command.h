/* The commands of the tool. Each takes the whole command line and returns the exit status. */
#ifndef SP_CLI_COMMAND_H
#define SP_CLI_COMMAND_H

#include <stdbool.h>

int cli_command_sheet(int argc, char **argv);
int cli_command_plan(int argc, char **argv);
int cli_command_report(int argc, char **argv);
int cli_command_plan_report(int argc, char **argv);

/* Whether SIGINT or SIGTERM came: commands finish what is in hand and stop. */
bool cli_stopped(void *unused);

#endif
