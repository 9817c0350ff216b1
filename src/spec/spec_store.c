#include "spec/spec_store.h"

#include "spec/spec_table.h"

void *sp_spec_store_collect(struct sp_spec_store *store, size_t count, size_t element_bytes)
{
    SP_ASSERT(element_bytes <= SP_SPEC_ELEMENT_BYTES_MAX);
    if (count == 0)
        return NULL;
    unsigned char *from = store->bytes + store->high;
    for (size_t i = 0; i < count / 2; i++) {
        unsigned char *a = from + i * element_bytes;
        unsigned char *b = from + (count - 1 - i) * element_bytes;
        unsigned char held[SP_SPEC_ELEMENT_BYTES_MAX];
        memcpy(held, a, element_bytes);
        memcpy(a, b, element_bytes);
        memcpy(b, held, element_bytes);
    }
    store->low = (store->low + 7) & ~(size_t)7;
    SP_ASSERT(store->low <= store->high);
    void *to = memmove(store->bytes + store->low, from, count * element_bytes);
    store->low += count * element_bytes;
    store->high += count * element_bytes;
    return to;
}
