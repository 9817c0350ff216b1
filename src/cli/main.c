/* The tool: which command, and what signals do. */
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/program.h"
#include "cli/say.h"

#include "child/child_process.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"sheet", cli_command_sheet},
    {"plan", cli_command_plan},
};

static int help(void)
{
    puts("smallpress " SP_VERSION ", a document press that fits in a small machine\n\n"
         "  smallpress sheet [options]        codes and labels to PDF\n"
         "  smallpress report SUBMISSION …    photo report to PDF and XLSX\n"
         "  smallpress plan sheet|report …    what the job would need; makes nothing\n"
         "  smallpress COMMAND --help         its options\n"
         "  smallpress --version\n\n"
         "  smallpress sheet --count 50000 -o codes.pdf\n"
         "  smallpress report visit.json -o visit.pdf --xlsx visit.xlsx");
    return CLI_DONE;
}

/*
 * Reports are made by a program of their own, which becomes this process: the libraries that it
 * loads would cost every sheet two mebibytes.
 */
static int become_report(char **argv)
{
    char path[PATH_MAX];
    struct sp_err err;
    if (sp_child_program(path, "report", &err) != SP_OK) {
        cli_say_err(&err);
        return CLI_IO;
    }
    (void)execv(path, argv);
    cli_say("%s cannot be started: %s", path, strerror(errno));
    return CLI_IO;
}

static bool is_report(int argc, char **argv)
{
    const bool plan = strcmp(argv[1], "plan") == 0 && argc > 2;
    return strcmp(argv[plan ? 2 : 1], "report") == 0;
}

int main(int argc, char **argv)
{
    if (!cli_program_begin())
        return CLI_IO;
    if (argc < 2) {
        cli_say("no command: try smallpress sheet --count 30 -o codes.pdf, or smallpress --help");
        return CLI_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0)
        return cli_program_end(help());
    if (strcmp(argv[1], "--version") == 0) {
        puts("smallpress " SP_VERSION);
        return cli_program_end(CLI_DONE);
    }
    if (is_report(argc, argv))
        return become_report(argv);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return cli_program_end(commands[i].run(argc, argv));
    cli_say("`%s` is no command: there are sheet, report and plan (smallpress --help)", argv[1]);
    return CLI_USAGE;
}
