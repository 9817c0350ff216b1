#include "cli/memory.h"

#include "cli/say.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

bool cli_memory_fence(uint64_t bytes, uint64_t bytes_of_helpers)
{
    struct rlimit limit;
    if (SANITIZED || getrlimit(RLIMIT_DATA, &limit) != 0)
        return false;
    /* A fence that stands already, and lower, stays. */
    const uint64_t most = bytes > bytes_of_helpers ? bytes : bytes_of_helpers;
    limit.rlim_cur = limit.rlim_cur < bytes ? limit.rlim_cur : bytes;
    limit.rlim_max = limit.rlim_max < most ? limit.rlim_max : most;
    return setrlimit(RLIMIT_DATA, &limit) == 0;
}

/* A line of /proc/self/status, in bytes. */
static uint64_t status_bytes(const char *name)
{
    FILE *file = fopen("/proc/self/status", "re");
    if (!file)
        return 0;
    char line[128];
    uint64_t kib = 0;
    const size_t length = strlen(name);
    while (kib == 0 && fgets(line, sizeof line, file))
        if (strncmp(line, name, length) == 0 && sscanf(line + length, ": %" SCNu64, &kib) != 1)
            kib = 0;
    fclose(file);
    return kib * 1024;
}

uint64_t cli_memory_peak(void)
{
    return status_bytes("VmHWM");
}

uint64_t cli_memory_now(void)
{
    return status_bytes("VmRSS");
}

void cli_memory_parts(const struct sp_plan *plan, bool to_output)
{
    FILE *out = to_output ? stdout : stderr;
    struct cli_text bytes;
    for (size_t i = 0; i < plan->part_count; i++)
        if (plan->parts[i].bytes > 0)
            fprintf(out, "  %12s  %s\n", cli_bytes(&bytes, plan->parts[i].bytes),
                    plan->parts[i].name);
}

/*
 * The arena's parts are asked of the kernel page by page, the heap's bytes in use of the C library;
 * what remains of the peak is the program, its libraries and the stacks of its threads.
 */
void cli_memory_explain(const struct sp_plan *plan, const struct sp_arena *arena,
                        uint64_t limit_bytes)
{
    const struct mallinfo2 heap = mallinfo2();
    const uint64_t heap_bytes = heap.uordblks + heap.hblkhd;
    const uint64_t peak = cli_memory_peak();
    uint64_t rest = peak > heap_bytes ? peak - heap_bytes : 0;
    uint64_t resident[SP_ARENA_PARTS_MAX] = {0};
    for (size_t i = 0; i < arena->part_count; i++) {
        resident[i] = sp_arena_part_resident(arena, i);
        rest = rest > resident[i] ? rest - resident[i] : 0;
    }
    struct cli_text planned, measured, limit;
    fprintf(stderr, "\n%14s %12s\n", "planned", "measured");
    size_t arena_part = 0;
    bool heap_shown = false, known = true;
    for (size_t i = 0; i < plan->part_count; i++) {
        const struct sp_plan_part *part = &plan->parts[i];
        uint64_t took = 0;
        if (part->in_arena)
            took = resident[arena_part++];
        else if (i == 0)
            took = rest;
        else if (!heap_shown) {
            took = heap_bytes;
            heap_shown = true;
        } else /* stacks are in the rest; helper programs are not this process */
            known = false;
        if (part->bytes > 0)
            fprintf(stderr, "%14s %12s  %s\n", cli_bytes(&planned, part->bytes),
                    known ? cli_bytes(&measured, took) : "", part->name);
        known = true;
    }
    fprintf(stderr, "%14s %12s  in all, of %s\n\n", cli_bytes(&planned, plan->memory_bytes),
            cli_bytes(&measured, peak), cli_bytes(&limit, limit_bytes));
}
