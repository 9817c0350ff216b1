#include "cli/say.h"

#include <smallpress/quantity.h>

#include "cli/progress.h"

#include <stdarg.h>
#include <stdio.h>

void cli_say(const char *format, ...)
{
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    /* What is quoted may hold anything; a terminal must not obey it. */
    for (char *at = text; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7F)
            *at = '?';
    cli_screen_begin();
    fprintf(stderr, "smallpress: %s\n", text);
    cli_screen_end();
}

void cli_say_err(const struct sp_err *err)
{
    cli_say("%s", err->text);
}

const char *cli_plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

const char *cli_count(struct cli_text *text, uint64_t count)
{
    return sp_format_count(text->text, sizeof text->text, count);
}

const char *cli_bytes(struct cli_text *text, uint64_t bytes)
{
    return sp_format_bytes(text->text, sizeof text->text, bytes);
}

const char *cli_duration(struct cli_text *text, uint64_t ms)
{
    return sp_format_duration(text->text, sizeof text->text, ms);
}

const char *cli_mm(struct cli_text *text, int64_t um)
{
    return sp_format_length(text->text, sizeof text->text, um);
}
