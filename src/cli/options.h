/*
 * Options of a command, from a table: what is parsed and what --help prints are one thing.
 *
 * "--name VALUE", "--name=VALUE" and "-x VALUE" are taken. An entry with the empty name takes what
 * is no option.
 */
#ifndef SP_CLI_OPTIONS_H
#define SP_CLI_OPTIONS_H

#include <smallpress/status.h>

#include <stddef.h>

struct cli_option {
    const char *name;     /* without the dashes; "" for what is no option; null for a heading */
    char letter;          /* of the short form, or 0 */
    const char *argument; /* what the value is called, or null for a flag */
    const char *help;
    /*
     * Takes the value (null for a flag) into a field of the options. SP_BAD_SPEC with a sentence,
     * to which the name is added.
     */
    enum sp_status (*set)(void *field, const char *value, struct sp_err *err);
    size_t offset; /* of the field in the options */
};

/* For fields that are a bool, and for those that are a text, which is borrowed. */
enum sp_status cli_set_flag(void *field, const char *value, struct sp_err *err);
enum sp_status cli_set_text(void *field, const char *value, struct sp_err *err);

/*
 * Parses arguments from argv[first] on. SP_BAD_SPEC for an option that is not in the table (with
 * the nearest one that is), a value that is missing or wrong, and for anything that is no option.
 */
SP_MUST_CHECK enum sp_status cli_options_parse(const struct cli_option *table, size_t count,
                                               const char *command, int argc, char **argv,
                                               int first, void *options, struct sp_err *err);

/* Prints the table to standard output, in columns of at most 80 characters. */
void cli_options_help(const struct cli_option *table, size_t count);

#endif
