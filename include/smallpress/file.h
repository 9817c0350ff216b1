/*
 * Output files whose final name is always whole.
 *
 * Bytes go to a temporary file beside the target. Committing syncs them to the disk, renames the
 * file and syncs the folder; until then the target is untouched, and after a crash or a failure it
 * is either what it was or the complete new file. The temporary is called .NAME.XXXXXXXX.partial
 * and is removed by sp_file_discard.
 *
 *     sp_file_create(&file, "codes.pdf", SP_FILE_NEW, &err)
 *     … sp_file_write as the write function of a sink …
 *     sp_file_commit(&file, &err) or sp_file_discard(&file)
 *
 * A target that exists and is no ordinary file (a pipe, a terminal, /dev/null) is written in place,
 * and so is "-", standard output: there is no name to protect. Symbolic links are followed:
 * what they lead to is replaced, and the link stays.
 */
#ifndef SMALLPRESS_FILE_H
#define SMALLPRESS_FILE_H

#include "export.h"
#include "status.h"
#include <stdbool.h>
#include <stddef.h>

SP_BEGIN_DECLS

/* The longest name of a file in a folder, as Linux has it. */
#define SP_FILE_NAME_MAX 255

/* Bytes of a path with its end, likewise. */
#define SP_FILE_PATH_MAX 4096

enum sp_file_mode {
    SP_FILE_NEW,     /* an existing file is left alone and is an error */
    SP_FILE_REPLACE, /* an existing file is replaced at the commit */
};

/* The fields belong to the functions below. */
struct sp_file {
    int fd;                               /* -1 when closed */
    int folder_fd;                        /* -1 when written in place */
    bool replace;                         /* SP_FILE_REPLACE */
    const char *path;                     /* borrowed until commit or discard */
    const char *name;                     /* the part of `path` after the last slash */
    char temporary[SP_FILE_NAME_MAX + 1]; /* in the folder */
    char target[SP_FILE_PATH_MAX];        /* what `path` leads to, if it is a link */
    bool synced;                          /* the bytes are on the disk and `fd` is closed */
    bool committed;                       /* the target is this file */
    bool waits;                           /* a write may wait for a reader */
    /*
     * When set, a write that waits for a reader gives up with SP_STOPPED. Null after
     * sp_file_create; the caller may set it.
     */
    bool (*stopped)(void *context);
    void *stopped_context;
};

/*
 * Opens the temporary for `path`. SP_IO with a sentence that says why not: the folder is missing or
 * not writable, `path` is a folder, the file exists (SP_FILE_NEW), the name is too long.
 */
SP_API SP_MUST_CHECK enum sp_status sp_file_create(struct sp_file *file, const char *path,
                                                   enum sp_file_mode mode, struct sp_err *err);

/* The write function of a sink whose context is the struct sp_file. */
SP_API SP_MUST_CHECK enum sp_status sp_file_write(void *file, const void *bytes, size_t count,
                                                  struct sp_err *err);

/*
 * Brings the bytes to the disk, so that little is left to fail in sp_file_commit: of several files,
 * all are synced before the first is committed. On failure the temporary is removed.
 */
SP_API SP_MUST_CHECK enum sp_status sp_file_sync(struct sp_file *file, struct sp_err *err);

/*
 * Makes the file final. On failure the temporary is removed and the target is what it was; but
 * where the folder cannot be synced after a file was replaced, the new one is there, whole.
 */
SP_API SP_MUST_CHECK enum sp_status sp_file_commit(struct sp_file *file, struct sp_err *err);

/* Takes back a commit: removes the file that it made where there was none before. */
SP_API void sp_file_revoke(struct sp_file *file);

/* Removes the temporary. Does nothing for a file that was committed or never created. */
SP_API void sp_file_discard(struct sp_file *file);

SP_END_DECLS

#endif
