/*
 * How smallpress says that something went wrong.
 *
 * A function that can fail returns an sp_status and takes a struct sp_err from its caller. On
 * success the error is left untouched; on failure it holds one complete sentence that can be shown
 * to a person as it stands: what was found, where, what was expected, the way out. Calls can
 * therefore be chained with || and the first failure is the one reported.
 *
 * A caller's mistake (a null pointer, a call out of order) is not a status: it is an assertion, and
 * assertions stay on in release builds.
 */
#ifndef SMALLPRESS_STATUS_H
#define SMALLPRESS_STATUS_H

#include "export.h"
#include <stdint.h>

SP_BEGIN_DECLS

/* Every status, with the word that names it in messages and in JSON. SP_OK is 0 for ever. */
#define SP_STATUS_TABLE(X)                                                                    \
    X(SP_OK, "ok")             /* done */                                                     \
    X(SP_BAD_SPEC, "bad-spec") /* the description of the job contradicts itself or a limit */ \
    X(SP_BAD_DATA, "bad-data") /* the input data cannot be used */                            \
    X(SP_TOO_BIG, "too-big")   /* does not fit: an answer, not a fault */                     \
    X(SP_NO_ROOM, "no-room")   /* the job cannot fit the memory or disk it was given */       \
    X(SP_IO, "io")             /* the system refused to read, write or make something */      \
    X(SP_STOPPED, "stopped")   /* the caller asked the job to stop */

#define SP_STATUS_NAME(name, word) name,
enum sp_status {
    SP_STATUS_TABLE(SP_STATUS_NAME)
};
#undef SP_STATUS_NAME

/*
 * One failure. `line` and `column` count from 1 and are 0 when the failure has no place in a text.
 * `os_error` is the errno value behind SP_IO and 0 otherwise. `text` is UTF-8, one sentence,
 * without a line break at its end.
 */
struct sp_err {
    enum sp_status status;
    int os_error;
    uint64_t line;
    uint32_t column;
    char text[512];
};

/* The word that names a status ("bad-data"); never null. */
SP_API const char *sp_status_word(enum sp_status status);

/*
 * Fills `err` (which may be null) with the status and a sentence, and returns the status, so that a
 * failing function ends with `return sp_fail(err, …)`. A sentence too long for `text` is cut at a
 * whole UTF-8 character.
 */
SP_API enum sp_status sp_fail(struct sp_err *err, enum sp_status status, const char *format, ...)
    SP_PRINTF(3, 4);

/* The same with SP_IO, adding ": " and the system's own words for `os_error`. */
SP_API enum sp_status sp_fail_os(struct sp_err *err, int os_error, const char *format, ...)
    SP_PRINTF(3, 4);

SP_END_DECLS

#endif
