#include "cli/say.h"

#include <smallpress/quantity.h>

#include "cli/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/*
 * What is quoted in a message may hold anything, and a terminal must not obey it: ASCII controls,
 * the C1 controls (C2 80 to C2 9F), and marks that turn the direction of writing (U+202A to U+202E
 * and U+2066 to U+2069) become question marks.
 */
static void mask_controls(char *text)
{
    for (unsigned char *at = (unsigned char *)text; *at; at++) {
        const bool c1 = at[0] == 0xC2 && at[1] >= 0x80 && at[1] < 0xA0;
        const bool turns = at[0] == 0xE2 && ((at[1] == 0x80 && at[2] >= 0xAA && at[2] <= 0xAE) ||
                                             (at[1] == 0x81 && at[2] >= 0xA6 && at[2] <= 0xA9));
        if (at[0] < ' ' || at[0] == 0x7F)
            at[0] = '?';
        else if (c1)
            memset(at, '?', 2);
        else if (turns)
            memset(at, '?', 3);
    }
}

void cli_say(const char *format, ...)
{
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    mask_controls(text);
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
