/*
 * The fault plan of test builds.
 *
 * In-process tests set it through sp_sys_fault_plan; the tool built for tests takes it from the
 * environment, SMALLPRESS_FAULTS=CALL:NTH:ERRNO[:persistent] with the words of SP_SYS_TABLE, for
 * example write:3:28. SMALLPRESS_SHORT=N makes every read and write move at most N bytes.
 */
#include "base/sys_fault.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static struct {
    enum sp_sys_call call;
    uint64_t nth;
    int os_error;
    bool persistent;
    size_t short_bytes;
} plan;
static atomic_uint_fast64_t counts[SP_SYS_CALL_COUNT];
static atomic_int open_count;
static atomic_int map_count;
static pthread_once_t environment_read = PTHREAD_ONCE_INIT;

static const char *const words[] = {
#define SP_SYS_WORD(name, word) [name] = word,
    SP_SYS_TABLE(SP_SYS_WORD)
#undef SP_SYS_WORD
};

static void read_environment(void)
{
    const char *shorten = getenv("SMALLPRESS_SHORT");
    if (shorten)
        plan.short_bytes = strtoul(shorten, NULL, 10);
    const char *text = getenv("SMALLPRESS_FAULTS");
    if (!text)
        return;
    for (int call = 0; call < SP_SYS_CALL_COUNT; call++) {
        const size_t length = strlen(words[call]);
        if (strncmp(text, words[call], length) != 0 || text[length] != ':')
            continue;
        char *end;
        plan.call = (enum sp_sys_call)call;
        plan.nth = strtoull(text + length + 1, &end, 10);
        plan.os_error = *end == ':' ? (int)strtol(end + 1, &end, 10) : 5;
        plan.persistent = *end == ':';
    }
}

void sp_sys_fault_plan(enum sp_sys_call call, uint64_t nth, int os_error, bool persistent)
{
    (void)pthread_once(&environment_read, read_environment);
    plan.call = call;
    plan.nth = nth;
    plan.os_error = os_error;
    plan.persistent = persistent;
    for (int i = 0; i < SP_SYS_CALL_COUNT; i++)
        counts[i] = 0;
}

uint64_t sp_sys_fault_count(enum sp_sys_call call)
{
    return counts[call];
}

int sp_sys_fault(enum sp_sys_call call)
{
    (void)pthread_once(&environment_read, read_environment);
    const uint64_t number = ++counts[call];
    if (plan.nth == 0 || call != plan.call)
        return 0;
    const bool hit = plan.persistent ? number >= plan.nth : number == plan.nth;
    return hit ? plan.os_error : 0;
}

size_t sp_sys_shorten(size_t count)
{
    return plan.short_bytes && count > plan.short_bytes ? plan.short_bytes : count;
}

void sp_sys_count_fd(int change)
{
    open_count += change;
}

void sp_sys_count_map(int change)
{
    map_count += change;
}

int sp_sys_open_count(void)
{
    return open_count;
}

int sp_sys_map_count(void)
{
    return map_count;
}
