/*
 * A test program that is its own helper program: started under another name, by way of a link in a
 * folder of the test's own, it does not test but helps, or does what a helper must not do.
 */
#ifndef SP_TESTS_STUB_PROGRAM_H
#define SP_TESTS_STUB_PROGRAM_H

#include "support/folder.h"

#include <dirent.h>
#include <string.h>
#include <unistd.h>

/* Whether this process was started as a helper of that name. */
static inline int stub_is(const char *started_as, const char *name)
{
    const char *slash = strrchr(started_as, '/');
    return strcmp(slash ? slash + 1 : started_as, name) == 0;
}

/* Makes the running program available under a name in the folder; writes its path. */
static inline const char *stub_link(const struct folder *folder, const char *name, char *path,
                                    size_t capacity)
{
    char self[1024];
    const ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(length > 0);
    self[length] = '\0';
    folder_path(folder, name, path, capacity);
    assert_int_equal(symlink(self, path), 0);
    return path;
}

/* Descriptors this process has open, but for the one it looks through. */
static inline int open_descriptors(void)
{
    DIR *listing = opendir("/proc/self/fd");
    assert_non_null(listing);
    int count = -1;
    while (readdir(listing))
        count++;
    closedir(listing);
    return count - 2; /* . and .. */
}

#endif
