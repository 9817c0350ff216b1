/*
 * A fuzz target as a plain program: runs it once on every file of the folders it is given, each in
 * memory of exactly its size. That keeps the targets compiling, and what they once found, found.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        return 1;
    }
    const long size = ftell(file);
    rewind(file);
    uint8_t *data = size > 0 ? malloc((size_t)size) : NULL;
    const size_t got = data ? fread(data, 1, (size_t)size, file) : 0;
    (void)fclose(file);
    if (size < 0 || got != (size_t)size) {
        (void)fprintf(stderr, "%s cannot be read\n", path);
        free(data);
        return 1;
    }
    const int result = LLVMFuzzerTestOneInput(data, got);
    free(data);
    return result;
}

int main(int argc, char **argv)
{
    int failures = 0;
    int count = 0;
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        if (!folder) {
            perror(argv[i]);
            return 1;
        }
        const struct dirent *entry;
        while ((entry = readdir(folder))) {
            char path[4096];
            if (entry->d_name[0] == '.')
                continue;
            (void)snprintf(path, sizeof path, "%s/%s", argv[i], entry->d_name);
            failures += replay(path) != 0;
            count++;
        }
        (void)closedir(folder);
    }
    (void)printf("%d inputs, %d failures\n", count, failures);
    return failures > 0 || count == 0;
}
