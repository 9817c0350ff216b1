#include <smallpress/status.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *sp_status_word(enum sp_status status)
{
#define SP_STATUS_WORD(name, word) [name] = word,
    static const char *const words[] = {SP_STATUS_TABLE(SP_STATUS_WORD)};
#undef SP_STATUS_WORD
    const size_t count = sizeof words / sizeof words[0];
    return (size_t)status < count ? words[status] : "unknown";
}

/* Drops the bytes of a character that the end of the buffer cut in two. */
static void cut_at_character(char *text, size_t capacity)
{
    size_t end = capacity - 1;
    size_t start = end;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    const unsigned char lead = (unsigned char)text[--start];
    const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (start + length > end)
        text[start] = '\0';
}

/* ": No space left on device", or nothing without an error of the system. */
static size_t make_reason(char *out, size_t capacity, int os_error)
{
    char words[128];
    out[0] = '\0';
    /* The GNU form of strerror_r, which may return a constant instead of filling the buffer. */
    if (os_error != 0)
        snprintf(out, capacity, ": %s", strerror_r(os_error, words, sizeof words));
    return strlen(out);
}

/* A sentence too long for its place is cut before the reason, which says most. */
SP_PRINTF(4, 0)
static void fill(struct sp_err *err, enum sp_status status, int os_error, const char *format,
                 va_list arguments)
{
    char reason[160];
    const size_t reason_length = make_reason(reason, sizeof reason, os_error);
    const size_t room = sizeof err->text - reason_length;
    err->status = status;
    err->os_error = os_error;
    err->line = 0;
    err->column = 0;
    const int length = vsnprintf(err->text, room, format, arguments);
    if (length < 0)
        err->text[0] = '\0';
    else if ((size_t)length >= room)
        cut_at_character(err->text, room);
    memcpy(err->text + strlen(err->text), reason, reason_length + 1);
}

enum sp_status sp_fail(struct sp_err *err, enum sp_status status, const char *format, ...)
{
    if (err) {
        va_list arguments;
        va_start(arguments, format);
        fill(err, status, 0, format, arguments);
        va_end(arguments);
    }
    return status;
}

enum sp_status sp_fail_os(struct sp_err *err, int os_error, const char *format, ...)
{
    if (err) {
        va_list arguments;
        va_start(arguments, format);
        fill(err, SP_IO, os_error, format, arguments);
        va_end(arguments);
    }
    return SP_IO;
}
