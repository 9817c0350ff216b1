#include "cli/options.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Where the explanations begin, and where their lines end. */
#define HELP_COLUMN 24
#define HELP_WIDTH  80

/* The longest option name that a mistyped one is compared with. */
#define NAME_MAX_LENGTH 31

enum sp_status cli_set_flag(void *field, const char *value, struct sp_err *err)
{
    (void)value;
    (void)err;
    *(bool *)field = true;
    return SP_OK;
}

enum sp_status cli_set_text(void *field, const char *value, struct sp_err *err)
{
    (void)err;
    *(const char **)field = value;
    return SP_OK;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Letters to insert, delete or replace to make one name of another (Levenshtein). */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t row[NAME_MAX_LENGTH + 1];
    if (a_length > NAME_MAX_LENGTH || b_length > NAME_MAX_LENGTH)
        return NAME_MAX_LENGTH;
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            const size_t above = row[j];
            row[j] = least(least(row[j] + 1, row[j - 1] + 1), corner + (a[i - 1] != b[j - 1]));
            corner = above;
        }
    }
    return row[b_length];
}

static const struct cli_option *nearest(const struct cli_option *table, size_t count,
                                        const char *name, size_t length)
{
    const struct cli_option *best = NULL;
    /* More than two letters off, or more than half of them, is another word. */
    size_t best_distance = least(2, length / 2) + 1;
    for (size_t i = 0; i < count; i++) {
        if (!table[i].name || table[i].name[0] == '\0')
            continue;
        const size_t off = distance(name, length, table[i].name, strlen(table[i].name));
        if (off < best_distance) {
            best_distance = off;
            best = &table[i];
        }
    }
    return best;
}

static const struct cli_option *find(const struct cli_option *table, size_t count,
                                     const char *argument, size_t length)
{
    const bool is_short = argument[1] != '-';
    for (size_t i = 0; i < count; i++) {
        if (!table[i].name || table[i].name[0] == '\0')
            continue;
        if (is_short && length == 2 && table[i].letter && argument[1] == table[i].letter)
            return &table[i];
        if (!is_short && strlen(table[i].name) == length - 2 &&
            strncmp(table[i].name, argument + 2, length - 2) == 0)
            return &table[i];
    }
    return NULL;
}

/* Takes what is no option, if the command takes such things. */
static const struct cli_option *find_bare(const struct cli_option *table, size_t count,
                                          const char *argument)
{
    if (argument[0] == '-' && argument[1] != '\0')
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (table[i].name && table[i].name[0] == '\0')
            return &table[i];
    return NULL;
}

static enum sp_status unknown(const struct cli_option *table, size_t count, const char *command,
                              const char *argument, size_t length, struct sp_err *err)
{
    if (argument[0] != '-' || argument[1] == '\0')
        return sp_fail(err, SP_BAD_SPEC,
                       "`%s` is no option of smallpress %s, which takes nothing else (the options: "
                       "smallpress %s --help)",
                       argument, command, command);
    const size_t dashes = argument[1] == '-' ? 2 : 1;
    const struct cli_option *near = nearest(table, count, argument + dashes, length - dashes);
    if (near)
        return sp_fail(err, SP_BAD_SPEC, "%.*s is no option of smallpress %s; did you mean --%s?",
                       (int)length, argument, command, near->name);
    return sp_fail(err, SP_BAD_SPEC,
                   "%.*s is no option of smallpress %s (the options: smallpress %s --help)",
                   (int)length, argument, command, command);
}

/* Puts the option's name before what is wrong with its value, unless it stands there already. */
static enum sp_status name_value(const struct cli_option *option, struct sp_err *err)
{
    const struct sp_err why = *err;
    if (strncmp(why.text, "--", 2) == 0)
        return why.status;
    return sp_fail(err, why.status, "--%s: %s", option->name, why.text);
}

enum sp_status cli_options_parse(const struct cli_option *table, size_t count, const char *command,
                                 int argc, char **argv, int first, void *options,
                                 struct sp_err *err)
{
    for (int i = first; i < argc; i++) {
        const char *argument = argv[i];
        const struct cli_option *bare = find_bare(table, count, argument);
        if (bare) {
            if (bare->set((char *)options + bare->offset, argument, err) != SP_OK)
                return err->status;
            continue;
        }
        const char *equals = strncmp(argument, "--", 2) == 0 ? strchr(argument, '=') : NULL;
        const size_t length = equals ? (size_t)(equals - argument) : strlen(argument);
        const struct cli_option *option =
            argument[0] == '-' && length > 1 ? find(table, count, argument, length) : NULL;
        if (!option)
            return unknown(table, count, command, argument, length, err);
        const char *value = equals ? equals + 1 : NULL;
        if (!option->argument && value)
            return sp_fail(err, SP_BAD_SPEC, "--%s takes no value", option->name);
        if (option->argument && !value) {
            if (i + 1 == argc)
                return sp_fail(err, SP_BAD_SPEC, "--%s needs a value: --%s %s", option->name,
                               option->name, option->argument);
            value = argv[++i];
        }
        if (option->set((char *)options + option->offset, value, err) != SP_OK)
            return name_value(option, err);
    }
    return SP_OK;
}

/* Prints words from the help column on, breaking lines between them. */
static void print_words(const char *text)
{
    size_t column = HELP_COLUMN;
    while (*text) {
        const size_t word = strcspn(text, " ");
        if (column > HELP_COLUMN && column + 1 + word > HELP_WIDTH) {
            printf("\n%*s", HELP_COLUMN, "");
            column = HELP_COLUMN;
        } else if (column > HELP_COLUMN) {
            putchar(' ');
            column++;
        }
        printf("%.*s", (int)word, text);
        column += word;
        text += word + (text[word] == ' ');
    }
    putchar('\n');
}

void cli_options_help(const struct cli_option *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!table[i].name) {
            printf("\n%s\n", table[i].help);
            continue;
        }
        if (table[i].name[0] == '\0')
            continue;
        int printed = table[i].letter ? printf("  -%c, --%s", table[i].letter, table[i].name)
                                      : printf("  --%s", table[i].name);
        if (table[i].argument)
            printed += printf(" %s", table[i].argument);
        if (printed >= HELP_COLUMN - 1)
            printf("\n%*s", HELP_COLUMN, "");
        else
            printf("%*s", HELP_COLUMN - printed, "");
        print_words(table[i].help);
    }
}
