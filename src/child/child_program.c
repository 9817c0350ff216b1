/* Where the helper programs are. */
#include "child/child_process.h"

#include "child/child_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Writes FOLDER/smallpress-NAME; false if it is too long or cannot be run. */
static bool found_in(char path[SP_CHILD_PATH_MAX], const char *folder, size_t folder_length,
                     const char *name)
{
    if (folder_length >= SP_CHILD_PATH_MAX)
        return false;
    const int length =
        snprintf(path, SP_CHILD_PATH_MAX, "%.*s/smallpress-%s", (int)folder_length, folder, name);
    return length > 0 && length < SP_CHILD_PATH_MAX && access(path, X_OK) == 0;
}

enum sp_status sp_child_program(char path[SP_CHILD_PATH_MAX], const char *name, struct sp_err *err)
{
    /* Not obeyed by a program that runs with more rights than whoever set it. */
    const char *wished = secure_getenv("SMALLPRESS_PROGRAMS");
    if (wished && *wished) {
        if (found_in(path, wished, strlen(wished), name))
            return SP_OK;
        return sp_fail(err, SP_IO,
                       "the program smallpress-%s is not in %s, which SMALLPRESS_PROGRAMS names",
                       name, wished);
    }
    char self[SP_CHILD_PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length > 0) {
        self[length] = '\0';
        const char *slash = strrchr(self, '/');
        if (slash && found_in(path, self, (size_t)(slash - self), name))
            return SP_OK;
    }
    if (found_in(path, SP_CHILD_FOLDER, strlen(SP_CHILD_FOLDER), name))
        return SP_OK;
    return sp_fail(err, SP_IO,
                   "the program smallpress-%s is neither beside smallpress nor in %s; "
                   "SMALLPRESS_PROGRAMS may name the folder it is in",
                   name, SP_CHILD_FOLDER);
}
