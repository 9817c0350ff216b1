#include "support/heap_count.h"

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <string.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define SANITIZED
#endif

static atomic_size_t live, peak;
static _Thread_local uint64_t requests, refused_from;
static _Thread_local bool refuse_all;

size_t heap_live(void)
{
    return live;
}

size_t heap_peak(void)
{
    return peak;
}

void heap_peak_reset(void)
{
    peak = live;
}

void heap_refuse(uint64_t nth, bool persistent)
{
    requests = 0;
    refused_from = nth;
    refuse_all = persistent;
}

uint64_t heap_requests(void)
{
    return requests;
}

#ifdef SANITIZED

bool heap_count_works(void)
{
    return false;
}

#else

bool heap_count_works(void)
{
    return true;
}

#define SHOWN __attribute__((visibility("default")))

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *piece, size_t bytes);
void *__libc_memalign(size_t align, size_t bytes);
void __libc_free(void *piece);

SHOWN void *malloc(size_t bytes);
SHOWN void *calloc(size_t count, size_t bytes);
SHOWN void *realloc(void *piece, size_t bytes);
SHOWN void *aligned_alloc(size_t align, size_t bytes);
SHOWN int posix_memalign(void **piece, size_t align, size_t bytes);
SHOWN void free(void *piece);

static size_t cost(void *piece)
{
    return piece ? malloc_usable_size(piece) + sizeof(size_t) : 0;
}

static bool refused(void)
{
    requests++;
    return refused_from != 0 && (refuse_all ? requests >= refused_from : requests == refused_from);
}

static void *count_in(void *piece)
{
    const size_t now = atomic_fetch_add(&live, cost(piece)) + cost(piece);
    size_t most = peak;
    while (now > most && !atomic_compare_exchange_weak(&peak, &most, now))
        ;
    return piece;
}

void *malloc(size_t bytes)
{
    if (refused()) {
        errno = ENOMEM;
        return NULL;
    }
    return count_in(__libc_malloc(bytes));
}

void *calloc(size_t count, size_t bytes)
{
    if (refused()) {
        errno = ENOMEM;
        return NULL;
    }
    return count_in(__libc_calloc(count, bytes));
}

void *realloc(void *piece, size_t bytes)
{
    if (refused()) {
        errno = ENOMEM;
        return NULL;
    }
    const size_t before = cost(piece);
    void *moved = __libc_realloc(piece, bytes);
    if (!moved && bytes > 0)
        return NULL;
    atomic_fetch_sub(&live, before);
    return count_in(moved);
}

void *aligned_alloc(size_t align, size_t bytes)
{
    if (refused()) {
        errno = ENOMEM;
        return NULL;
    }
    return count_in(__libc_memalign(align, bytes));
}

int posix_memalign(void **piece, size_t align, size_t bytes)
{
    void *memory = aligned_alloc(align, bytes);
    if (!memory)
        return ENOMEM;
    *piece = memory;
    return 0;
}

void free(void *piece)
{
    atomic_fetch_sub(&live, cost(piece));
    __libc_free(piece);
}

#endif
