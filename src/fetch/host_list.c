#include "fetch/host_list.h"

#include "base/check.h"
#include "base/num.h"

#include <string.h>

struct entry {
    char host[SP_WEB_HOST_BYTES];
    uint16_t port; /* 0 for all */
};

struct sp_host_list {
    size_t count;
    struct entry *entries;
};

size_t sp_host_list_need(size_t count)
{
    return sp_size_add(sp_arena_cost(sizeof(struct sp_host_list)),
                       sp_arena_cost(sp_size_mul(count, sizeof(struct entry))));
}

enum sp_status sp_host_list_init(struct sp_host_list **list, struct sp_arena *arena,
                                 const char *const *texts, size_t count, struct sp_err *err)
{
    SP_ASSERT(count <= SP_HOST_LIST_MAX);
    struct sp_host_list *made = sp_arena_take(arena, 1, sizeof *made);
    made->entries = sp_arena_take(arena, count, sizeof *made->entries);
    for (; made->count < count; made->count++) {
        struct entry *entry = &made->entries[made->count];
        const enum sp_status status =
            sp_web_host_read(entry->host, &entry->port, texts[made->count], err);
        if (status != SP_OK)
            return status;
    }
    *list = made;
    return SP_OK;
}

bool sp_host_list_has(const struct sp_host_list *list, const char *host, uint16_t port)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct entry *entry = &list->entries[i];
        if (strcmp(entry->host, host) == 0 && (entry->port == 0 || entry->port == port))
            return true;
    }
    return false;
}
