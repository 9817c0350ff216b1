#include "photo/big_blocks.h"

#include <features.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif

#if !defined(__GLIBC__) || defined(SANITIZED)

bool sp_big_blocks_are_apart(void)
{
    return false;
}

void sp_big_blocks_use(int scratch_fd, uint64_t memory_bytes, uint64_t scratch_bytes)
{
    (void)scratch_fd;
    (void)memory_bytes;
    (void)scratch_bytes;
}

uint64_t sp_big_blocks_memory(void)
{
    return 0;
}

uint64_t sp_big_blocks_scratch(void)
{
    return 0;
}

#else

#include <smallpress/export.h>

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096

/*
 * The functions below are seen by all libraries of the program: that is what SP_API is for here.
 */

/* The C library's own heap, under the names that glibc keeps for those who replace the others. */
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);
void __libc_free(void *block);

struct big_block {
    unsigned char *memory; /* null: a free place of the table */
    size_t bytes;          /* whole pages */
    uint64_t offset;       /* in the scratch file */
    bool on_scratch;
};

/*
 * A heap is one for the whole program, so this is the only state of its kind in the tree. The high
 * water mark of the table keeps a look through it short.
 */
static struct {
    pthread_mutex_t lock;
    bool on;
    int fd;
    uint64_t memory_max, scratch_max;
    uint64_t memory_used, memory_peak;
    uint64_t scratch_length, scratch_peak;
    size_t places;
    struct big_block blocks[SP_BIG_BLOCKS_MAX];
} heap = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1};

static struct big_block *free_place(void)
{
    for (size_t i = 0; i < heap.places; i++)
        if (!heap.blocks[i].memory)
            return &heap.blocks[i];
    return heap.places < SP_BIG_BLOCKS_MAX ? &heap.blocks[heap.places++] : NULL;
}

static struct big_block *place_of(const void *memory)
{
    for (size_t i = 0; i < heap.places; i++)
        if (heap.blocks[i].memory == memory)
            return &heap.blocks[i];
    return NULL;
}

/* The lowest place in the file where so many bytes meet no other piece. */
static uint64_t free_offset(size_t bytes)
{
    uint64_t offset = 0;
    for (bool met = true; met;) {
        met = false;
        for (size_t i = 0; i < heap.places; i++) {
            const struct big_block *other = &heap.blocks[i];
            if (other->memory && other->on_scratch && other->offset < offset + bytes &&
                offset < other->offset + other->bytes) {
                offset = other->offset + other->bytes;
                met = true;
            }
        }
    }
    return offset;
}

/* Makes the file so long. Room on the disk is taken now: a full disk later would be a signal. */
static bool lengthen(uint64_t length)
{
    if (length <= heap.scratch_length)
        return true;
    int result = 0;
    do {
        result = fallocate(heap.fd, 0, (off_t)heap.scratch_length,
                           (off_t)(length - heap.scratch_length));
    } while (result != 0 && errno == EINTR);
    if (result != 0 && errno == EOPNOTSUPP)
        result = ftruncate(heap.fd, (off_t)length);
    if (result != 0)
        return false;
    heap.scratch_length = length;
    return true;
}

static void *map_scratch(struct big_block *block, size_t bytes)
{
    if (heap.fd < 0)
        return NULL;
    const uint64_t offset = free_offset(bytes);
    if (offset > heap.scratch_max || bytes > heap.scratch_max - offset || !lengthen(offset + bytes))
        return NULL;
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, heap.fd, (off_t)offset);
    if (memory == MAP_FAILED)
        return NULL;
    *block = (struct big_block){memory, bytes, offset, true};
    if (offset + bytes > heap.scratch_peak)
        heap.scratch_peak = offset + bytes;
    return memory;
}

static void *map_memory(struct big_block *block, size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    *block = (struct big_block){memory, bytes, 0, false};
    heap.memory_used += bytes;
    if (heap.memory_used > heap.memory_peak)
        heap.memory_peak = heap.memory_used;
    return memory;
}

/* A large block, or null with `refused` set; null without it if the C library shall have it. */
static void *take_big(size_t bytes, bool zeroed, bool *refused)
{
    *refused = false;
    if (bytes < SP_BIG_BLOCK_BYTES)
        return NULL;
    if (bytes > SIZE_MAX / 2) {
        *refused = true;
        return NULL;
    }
    const size_t whole = (bytes + PAGE - 1) / PAGE * PAGE;
    void *memory = NULL;
    pthread_mutex_lock(&heap.lock);
    struct big_block *block = heap.on ? free_place() : NULL;
    if (block) {
        const bool fits =
            heap.memory_used <= heap.memory_max && whole <= heap.memory_max - heap.memory_used;
        memory = fits ? map_memory(block, whole) : map_scratch(block, whole);
        *refused = !memory;
        /* A piece of the file may have been used before. */
        if (memory && zeroed && block->on_scratch)
            memset(memory, 0, bytes);
    }
    pthread_mutex_unlock(&heap.lock);
    if (*refused)
        errno = ENOMEM;
    return memory;
}

/* Bytes of a large block, or 0 if it is none. Only whole pages are looked up. */
static size_t big_bytes(const void *memory)
{
    if (!memory || (uintptr_t)memory % PAGE != 0)
        return 0;
    pthread_mutex_lock(&heap.lock);
    const struct big_block *block = place_of(memory);
    const size_t bytes = block ? block->bytes : 0;
    pthread_mutex_unlock(&heap.lock);
    return bytes;
}

static bool give_big(void *memory)
{
    if (!memory || (uintptr_t)memory % PAGE != 0)
        return false;
    pthread_mutex_lock(&heap.lock);
    struct big_block *block = place_of(memory);
    if (block) {
        munmap(memory, block->bytes);
        if (!block->on_scratch)
            heap.memory_used -= block->bytes;
        *block = (struct big_block){0};
    }
    pthread_mutex_unlock(&heap.lock);
    return block;
}

SP_API void *malloc(size_t bytes)
{
    bool refused;
    void *memory = take_big(bytes, false, &refused);
    return memory || refused ? memory : __libc_malloc(bytes);
}

SP_API void *calloc(size_t count, size_t size)
{
    bool refused;
    const size_t bytes = size != 0 && count > SIZE_MAX / size ? SIZE_MAX : count * size;
    void *memory = take_big(bytes, true, &refused);
    return memory || refused ? memory : __libc_calloc(count, size);
}

SP_API void free(void *memory)
{
    if (!give_big(memory))
        __libc_free(memory);
}

SP_API void *realloc(void *memory, size_t bytes)
{
    const size_t had = big_bytes(memory);
    if (had == 0 && bytes < SP_BIG_BLOCK_BYTES)
        return __libc_realloc(memory, bytes);
    if (bytes == 0 && memory) {
        free(memory);
        return NULL;
    }
    if (had >= bytes && bytes > had / 2)
        return memory;
    const size_t old = had ? had : memory ? malloc_usable_size(memory) : 0;
    void *moved = malloc(bytes);
    if (moved && memory) {
        memcpy(moved, memory, old < bytes ? old : bytes);
        free(memory);
    }
    return moved;
}

SP_API void *memalign(size_t alignment, size_t bytes)
{
    bool refused;
    void *memory = alignment <= PAGE ? take_big(bytes, false, &refused) : (refused = false, NULL);
    return memory || refused ? memory : __libc_memalign(alignment, bytes);
}

SP_API void *aligned_alloc(size_t alignment, size_t bytes)
{
    return memalign(alignment, bytes);
}

SP_API int posix_memalign(void **memory, size_t alignment, size_t bytes)
{
    if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0)
        return EINVAL;
    const int before = errno;
    void *taken = memalign(alignment, bytes);
    errno = before;
    if (!taken)
        return ENOMEM;
    *memory = taken;
    return 0;
}

SP_API size_t malloc_usable_size(void *memory)
{
    const size_t bytes = big_bytes(memory);
    if (bytes || !memory)
        return bytes;
    /* glibc keeps the size of a block, with flags in the last three bits, in the word before it. */
    const size_t chunk = ((const size_t *)memory)[-1];
    return (chunk & ~(size_t)7) - ((chunk & 2) ? 2 : 1) * sizeof(size_t);
}

bool sp_big_blocks_are_apart(void)
{
    return true;
}

void sp_big_blocks_use(int scratch_fd, uint64_t memory_bytes, uint64_t scratch_bytes)
{
    pthread_mutex_lock(&heap.lock);
    /* Nothing is known of the file: its first bytes are made sure of again. */
    heap.scratch_length = 0;
    heap.on = true;
    heap.fd = scratch_fd;
    heap.memory_max = memory_bytes;
    heap.scratch_max = scratch_bytes;
    heap.memory_peak = heap.memory_used;
    heap.scratch_peak = 0;
    pthread_mutex_unlock(&heap.lock);
}

uint64_t sp_big_blocks_memory(void)
{
    return heap.memory_peak;
}

uint64_t sp_big_blocks_scratch(void)
{
    return heap.scratch_peak;
}

#endif
