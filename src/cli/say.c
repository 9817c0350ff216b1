#include "cli/say.h"

#include <smallpress/quantity.h>

#include "cli/progress.h"

#include <stdarg.h>
#include <stdio.h>

void cli_say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    cli_screen_begin();
    fputs("smallpress: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    cli_screen_end();
    va_end(arguments);
}

void cli_say_err(const struct sp_err *err)
{
    cli_say("%s", err->text);
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
