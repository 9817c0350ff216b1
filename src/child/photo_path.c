#include "child/photo_path.h"

#include "base/num.h"
#include "base/sys.h"

#include <smallpress/quantity.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Length of a scheme (RFC 3986, section 3.1) at the start, 0 if there is none. */
static size_t scheme_length(const char *source)
{
    size_t length = 0;
    while (is_letter(source[length]) ||
           (length > 0 && source[length] != '\0' && strchr("0123456789+-.", source[length])))
        length++;
    return length >= 2 && source[length] == ':' ? length : 0;
}

static bool scheme_is(const char *source, size_t length, const char *name)
{
    return strlen(name) == length && strncasecmp(source, name, length) == 0;
}

enum sp_status sp_photo_path_or_address(const char *source, bool *address, struct sp_err *err)
{
    /* Schemes that are followed by no slashes, or are known to be meant as one without them. */
    static const char *const known[] = {"file", "data", "ftp",        "http",   "https",
                                        "blob", "cid",  "javascript", "content"};
    *address = false;
    if (*source == '\0')
        return sp_fail(err, SP_BAD_DATA, "it has no source: neither a file nor an address");
    const size_t length = scheme_length(source);
    if (length == 0)
        return SP_OK;
    const bool slashes = strncmp(source + length, "://", 3) == 0;
    if (slashes && (scheme_is(source, length, "http") || scheme_is(source, length, "https"))) {
        *address = true;
        return SP_OK;
    }
    bool scheme = slashes;
    for (size_t i = 0; i < SP_COUNT(known) && !scheme; i++)
        scheme = scheme_is(source, length, known[i]);
    if (!scheme)
        return SP_OK;
    return sp_fail(err, SP_BAD_DATA,
                   "its address begins with %.*s:, and photos are taken from http:// and https:// "
                   "addresses and from files",
                   (int)SP_MIN(length, 20), source);
}

/* What a file that is no ordinary one is, in words. */
static const char *kind_of(mode_t mode)
{
    return S_ISDIR(mode)    ? "a folder"
           : S_ISFIFO(mode) ? "a named pipe"
           : S_ISSOCK(mode) ? "a socket"
                            : "a device";
}

static enum sp_status judge(int fd, uint64_t bytes_max, struct sp_err *err)
{
    struct stat facts;
    char size[SP_FORMAT_BYTES], most[SP_FORMAT_BYTES];
    if (fstat(fd, &facts) < 0)
        return sp_fail_os(err, errno, "the file cannot be looked at");
    if (!S_ISREG(facts.st_mode))
        return sp_fail(err, SP_BAD_DATA, "it is %s, not a file", kind_of(facts.st_mode));
    if (facts.st_size <= 0)
        return sp_fail(err, SP_BAD_DATA, "it is an empty file");
    if ((uint64_t)facts.st_size > bytes_max)
        return sp_fail(err, SP_TOO_BIG, "its file has %s, more than the %s a photo may have",
                       sp_format_bytes(size, sizeof size, (uint64_t)facts.st_size),
                       sp_format_bytes(most, sizeof most, bytes_max));
    return SP_OK;
}

enum sp_status sp_photo_path_open(int folder, const char *path, uint64_t bytes_max, int *fd,
                                  struct sp_err *err)
{
    const int opened = sp_sys_open(folder, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
    if (opened == -ENOENT)
        return sp_fail(err, SP_IO, "there is no such file");
    if (opened == -ENXIO) /* sockets cannot be opened at all */
        return sp_fail(err, SP_BAD_DATA, "it is a socket or a device, not a file");
    if (opened < 0)
        return sp_fail_os(err, -opened, "the file cannot be opened");
    const enum sp_status status = judge(opened, bytes_max, err);
    if (status != SP_OK)
        (void)sp_sys_close(opened);
    else
        *fd = opened;
    return status;
}
