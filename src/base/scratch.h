/*
 * A scratch file without a name: what must be kept but may not be in memory.
 *
 * It is made in a folder on a real disk (a scratch file on a memory-backed /tmp would be memory
 * after all), has no name from the start, and is gone when closed, however the program ends.
 */
#ifndef SP_BASE_SCRATCH_H
#define SP_BASE_SCRATCH_H

#include <smallpress/status.h>
#include <stddef.h>
#include <stdint.h>

struct sp_scratch {
    int fd;
    const char *folder; /* borrowed */
};

SP_MUST_CHECK enum sp_status sp_scratch_open(struct sp_scratch *scratch, const char *folder,
                                             struct sp_err *err);
void sp_scratch_close(struct sp_scratch *scratch);

/* Whole transfers; reading beyond what was written gives zeros. */
SP_MUST_CHECK enum sp_status sp_scratch_write(const struct sp_scratch *scratch, uint64_t offset,
                                              const void *bytes, size_t count, struct sp_err *err);
SP_MUST_CHECK enum sp_status sp_scratch_read(const struct sp_scratch *scratch, uint64_t offset,
                                             void *bytes, size_t count, struct sp_err *err);

#endif
