/* smallpress-report: what `smallpress report` and `smallpress plan report` become. */
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/program.h"
#include "cli/say.h"

#include <string.h>

int main(int argc, char **argv)
{
    if (!cli_program_begin())
        return CLI_IO;
    if (argc > 1 && strcmp(argv[1], "report") == 0)
        return cli_program_end(cli_command_report(argc, argv));
    if (argc > 2 && strcmp(argv[1], "plan") == 0 && strcmp(argv[2], "report") == 0)
        return cli_program_end(cli_command_plan_report(argc, argv));
    cli_say("this program is a part of smallpress: call smallpress report");
    return CLI_USAGE;
}
