/* A folder of a test's own, and what is in it. */
#ifndef SP_TESTS_FOLDER_H
#define SP_TESTS_FOLDER_H

#include "support/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
    char path[64];
};

static inline void folder_open(struct folder *folder)
{
    snprintf(folder->path, sizeof folder->path, "/tmp/smallpress-test-XXXXXX");
    assert_non_null(mkdtemp(folder->path));
}

/* The path of a name in the folder, in the caller's buffer. */
static inline const char *folder_path(const struct folder *folder, const char *name, char *path,
                                      size_t capacity)
{
    const int length = snprintf(path, capacity, "%s/%s", folder->path, name);
    assert_true(length > 0 && (size_t)length < capacity);
    return path;
}

/* How many names it holds; the last one found is copied to `name` (NAME_MAX + 1 bytes) if given. */
static inline unsigned folder_names(const struct folder *folder, char *name)
{
    DIR *listing = opendir(folder->path);
    assert_non_null(listing);
    unsigned count = 0;
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (name)
            snprintf(name, sizeof entry->d_name, "%s", entry->d_name);
        count++;
    }
    closedir(listing);
    return count;
}

static inline void file_put(const char *path, const void *bytes, size_t count)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, count), count);
    assert_int_equal(close(fd), 0);
}

/* Whether a file holds exactly these bytes. */
static inline int file_holds(const char *path, const void *bytes, size_t count)
{
    char *found = malloc(count + 1);
    assert_non_null(found);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    size_t used = 0;
    for (ssize_t got = 1; got > 0 && used <= count; used += (size_t)got) {
        got = read(fd, found + used, count + 1 - used);
        assert_true(got >= 0);
    }
    assert_int_equal(close(fd), 0);
    const int same = used == count && memcmp(found, bytes, count) == 0;
    free(found);
    return same;
}

/* Removes the folder and the files in it. */
static inline void folder_remove(const struct folder *folder)
{
    char name[256], path[400];
    while (folder_names(folder, name) > 0) {
        folder_path(folder, name, path, sizeof path);
        assert_int_equal(remove(path), 0);
    }
    assert_int_equal(rmdir(folder->path), 0);
}

#endif
