/*
 * A ZIP file in memory, read as strictly as it can be: every byte belongs to one header, part or
 * table, what stands in two places is the same in both, and every part has the checksum it says.
 */
#ifndef SP_TESTS_ZIP_WALK_H
#define SP_TESTS_ZIP_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct zip_part {
    char name[128];
    unsigned method; /* 0 stored, 8 deflated */
    uint64_t packed, plain;
    uint64_t position; /* of the header, as the directory has it */
    uint32_t crc;
    bool sizes_64, position_64; /* which of them stand in the ZIP64 field */
    const unsigned char *bytes; /* packed, in the file */
};

struct zip_walk {
    struct zip_part *parts;
    size_t count;
    bool end_64; /* there is an end of directory in 64 bits */
};

/* Reads a file; `base` is what its positions count from, which is 0 for a file on its own. Fails
 * the test if anything is wrong. */
void zip_walk_open(struct zip_walk *zip, const unsigned char *bytes, size_t length, uint64_t base);
void zip_walk_close(struct zip_walk *zip);

/* A part by its name, or null. */
const struct zip_part *zip_part(const struct zip_walk *zip, const char *name);

/* A part's plain bytes with a zero behind them, to be freed. Fails the test if there is none. */
char *zip_text(const struct zip_walk *zip, const char *name);

#endif
