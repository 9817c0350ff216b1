#include "xlsx/zip_walk.h"

#include "support/unit.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static uint64_t get(const unsigned char *at, size_t bytes)
{
    uint64_t number = 0;
    for (size_t i = bytes; i > 0; i--)
        number = number << 8 | at[i - 1];
    return number;
}

/* The ZIP64 field that is all of the extra fields, or nothing is. */
static void read_64(struct zip_part *part, const unsigned char *extra, size_t length)
{
    size_t used = 4;
    part->sizes_64 = part->plain == UINT32_MAX;
    part->position_64 = part->position == UINT32_MAX;
    assert_int_equal(part->sizes_64, part->packed == UINT32_MAX);
    if (length == 0) {
        assert_false(part->sizes_64 || part->position_64);
        return;
    }
    assert_int_equal(get(extra, 2), 1);
    assert_int_equal(get(extra + 2, 2), length - 4);
    if (part->sizes_64) {
        part->plain = get(extra + used, 8);
        part->packed = get(extra + used + 8, 8);
        used += 16;
    }
    if (part->position_64) {
        part->position = get(extra + used, 8);
        used += 8;
    }
    assert_int_equal(used, length);
}

/* Reads what both headers share; returns the bytes that the name takes. */
static size_t read_common(struct zip_part *part, const unsigned char *at)
{
    assert_in_set(get(at, 2), ((const LargestIntegralType[]){20, 45}), 2);
    assert_int_equal(get(at + 2, 2), 0);
    part->method = (unsigned)get(at + 4, 2);
    assert_in_set(part->method, ((const LargestIntegralType[]){0, 8}), 2);
    assert_int_equal(get(at + 6, 4), 0x00210000);
    part->crc = (uint32_t)get(at + 10, 4);
    part->packed = get(at + 14, 4);
    part->plain = get(at + 18, 4);
    const size_t length = (size_t)get(at + 22, 2);
    assert_in_range(length, 1, sizeof part->name - 1);
    return length;
}

/* The part's header and bytes, from `next` on; moves it behind them. */
static void read_local(const struct zip_part *noted, const unsigned char *bytes, uint64_t *next)
{
    const unsigned char *at = bytes + *next;
    struct zip_part part = {.position = 0};
    assert_int_equal(get(at, 4), 0x04034B50);
    const size_t name = read_common(&part, at + 4);
    const size_t extra = (size_t)get(at + 28, 2);
    assert_int_equal(name, strlen(noted->name));
    assert_memory_equal(at + 30, noted->name, name);
    read_64(&part, at + 30 + name, extra);
    assert_int_equal(get(at + 4, 2), part.sizes_64 ? 45 : 20);
    assert_int_equal(part.method, noted->method);
    assert_int_equal(part.crc, noted->crc);
    assert_int_equal(part.packed, noted->packed);
    assert_int_equal(part.plain, noted->plain);
    assert_ptr_equal(at + 30 + name + extra, noted->bytes);
    *next += 30 + name + extra + part.packed;
}

static unsigned char *inflated(const struct zip_part *part)
{
    unsigned char *plain = malloc((size_t)part->plain + 1);
    assert_non_null(plain);
    z_stream stream = {.avail_in = (uInt)part->packed, .avail_out = (uInt)part->plain + 1};
    assert_int_equal(inflateInit2(&stream, -15), Z_OK);
    stream.next_in = (Bytef *)(uintptr_t)part->bytes;
    stream.next_out = plain;
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.avail_in, 0);
    assert_int_equal(stream.total_out, part->plain);
    assert_int_equal(inflateEnd(&stream), Z_OK);
    return plain;
}

static char *plain_text(const struct zip_part *part)
{
    unsigned char *plain;
    if (part->method == 8) {
        plain = inflated(part);
    } else {
        assert_int_equal(part->packed, part->plain);
        plain = malloc((size_t)part->plain + 1);
        assert_non_null(plain);
        memcpy(plain, part->bytes, (size_t)part->plain);
    }
    plain[part->plain] = '\0';
    assert_int_equal(crc32_z(0, plain, (size_t)part->plain), part->crc);
    return (char *)plain;
}

/* One entry of the directory; returns what is behind it. */
static const unsigned char *read_entry(struct zip_part *part, const unsigned char *at,
                                       const unsigned char *bytes, uint64_t base)
{
    assert_int_equal(get(at, 4), 0x02014B50);
    const size_t name = read_common(part, at + 6);
    const size_t extra = (size_t)get(at + 30, 2);
    assert_int_equal(get(at + 32, 6), 0);
    assert_int_equal(get(at + 38, 4), 0);
    part->position = get(at + 42, 4);
    memcpy(part->name, at + 46, name);
    read_64(part, at + 46 + name, extra);
    const bool large = part->sizes_64 || part->position_64;
    assert_int_equal(get(at + 4, 2), large ? 45 : 20);
    assert_int_equal(get(at + 6, 2), large ? 45 : 20);
    assert_true(part->position >= base);
    part->bytes = bytes + (part->position - base) + 30 + name + (part->sizes_64 ? 20 : 0);
    return at + 46 + name + extra;
}

/* Where the directory is, how long it is, and how many parts it has. */
struct end {
    uint64_t start, length, count;
};

/* The end of directory before `end`; returns where it begins. */
static size_t read_end(struct zip_walk *zip, const unsigned char *bytes, size_t end, uint64_t base,
                       struct end *found)
{
    assert_true(end >= 22);
    const unsigned char *at = bytes + end - 22;
    assert_int_equal(get(at, 4), 0x06054B50);
    assert_int_equal(get(at + 4, 4), 0);
    assert_int_equal(get(at + 8, 2), get(at + 10, 2));
    assert_int_equal(get(at + 20, 2), 0);
    *found = (struct end){get(at + 16, 4), get(at + 12, 4), get(at + 8, 2)};
    zip->end_64 =
        found->count == 0xFFFF || found->start == UINT32_MAX || found->length == UINT32_MAX;
    if (!zip->end_64)
        return end - 22;
    at -= 20 + 56;
    assert_int_equal(get(at + 56, 4), 0x07064B50);
    assert_int_equal(get(at + 60, 4), 0);
    assert_int_equal(get(at + 64, 8), base + end - 22 - 20 - 56);
    assert_int_equal(get(at + 72, 4), 1);
    assert_int_equal(get(at, 4), 0x06064B50);
    assert_int_equal(get(at + 4, 8), 44);
    assert_int_equal(get(at + 16, 8), 0);
    assert_int_equal(get(at + 24, 8), get(at + 32, 8));
    *found = (struct end){get(at + 48, 8), get(at + 40, 8), get(at + 24, 8)};
    return end - 22 - 20 - 56;
}

void zip_walk_open(struct zip_walk *zip, const unsigned char *bytes, size_t length, uint64_t base)
{
    struct end end;
    const size_t tail = read_end(zip, bytes, length, base, &end);
    assert_int_equal(end.start + end.length, base + tail);
    zip->count = (size_t)end.count;
    zip->parts = calloc(zip->count + 1, sizeof *zip->parts);
    assert_non_null(zip->parts);
    const unsigned char *at = bytes + (end.start - base);
    uint64_t next = 0;
    for (size_t i = 0; i < zip->count; i++) {
        at = read_entry(&zip->parts[i], at, bytes, base);
        assert_int_equal(zip->parts[i].position, base + next);
        read_local(&zip->parts[i], bytes, &next);
        free(plain_text(&zip->parts[i]));
    }
    assert_int_equal(base + next, end.start);
    assert_ptr_equal(at, bytes + tail);
}

void zip_walk_close(struct zip_walk *zip)
{
    free(zip->parts);
    zip->parts = NULL;
}

const struct zip_part *zip_part(const struct zip_walk *zip, const char *name)
{
    for (size_t i = 0; i < zip->count; i++)
        if (strcmp(zip->parts[i].name, name) == 0)
            return &zip->parts[i];
    return NULL;
}

char *zip_text(const struct zip_walk *zip, const char *name)
{
    const struct zip_part *part = zip_part(zip, name);
    if (!part)
        fail_msg("there is no part %s", name);
    return plain_text(part);
}
