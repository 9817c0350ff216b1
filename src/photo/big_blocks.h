/*
 * Where the large blocks of a photo program go: memory up to a budget, then a scratch file.
 *
 * Image libraries take what cannot be decoded by rows (the coefficients of a progressive JPEG, a
 * whole HEIC picture) from the heap. A program that links big_blocks.c has another heap for blocks
 * of 256 KiB and more: while their sum is within the budget they are anonymous memory, beyond it
 * they are pieces of a scratch file that is mapped, so that the kernel can put them away. What
 * neither holds is refused with null, which the libraries report and sp_photo_work tells as
 * SP_NO_ROOM. Small blocks are the C library's.
 *
 * For the helper programs alone: this file is not part of the library. It takes the place of
 * malloc, calloc, realloc, free, memalign, posix_memalign, aligned_alloc and malloc_usable_size.
 * Its system calls are mmap, munmap, fallocate, ftruncate (where a file system has no fallocate)
 * and futex. With sanitizers, and with C libraries other than glibc, it does nothing, and large
 * blocks are like all others.
 */
#ifndef SP_PHOTO_BIG_BLOCKS_H
#define SP_PHOTO_BIG_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>

/* From this size on a block is large. */
#define SP_BIG_BLOCK_BYTES (256 * 1024)

/* Large blocks at one time; more are taken from the C library. A picture takes a dozen. */
#define SP_BIG_BLOCKS_MAX 512

/* Whether large blocks are told from others in this build. */
bool sp_big_blocks_are_apart(void);

/*
 * Before a photo: the scratch file (-1 for none; borrowed until the next call; what is in it
 * is lost), the
 * budget of memory, and how long the file may become. Blocks of before stay where they are.
 */
void sp_big_blocks_use(int scratch_fd, uint64_t memory_bytes, uint64_t scratch_bytes);

/* Since then: the highest sum of large blocks in memory, and bytes of the scratch file taken. */
uint64_t sp_big_blocks_memory(void);
uint64_t sp_big_blocks_scratch(void);

#endif
