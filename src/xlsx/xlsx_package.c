#include "xlsx/xlsx_package.h"

#include "base/num.h"
#include "base/sys.h"

#include <libdeflate.h>
#include <stdbool.h>

/* Bytes that are copied at once, and entries of the directory that go to scratch at once. */
#define COPY    ((size_t)64 * 1024)
#define ENTRIES ((size_t)16 * 1024)

/* The longest entry: its fixed fields, a name, and 64-bit sizes. */
#define ENTRY_MAX ((size_t)(46 + SP_XLSX_PACKAGE_NAME_MAX + 28))

/* Signatures (APPNOTE 4.3.7, 4.3.12, 4.3.14 to 4.3.16). */
#define LOCAL_HEADER     0x04034B50
#define DIRECTORY_HEADER 0x02014B50
#define END              0x06054B50
#define END_64           0x06064B50
#define LOCATOR_64       0x07064B50

/* What a field says when the number stands in the ZIP64 field (4.4.8 and so on). */
#define IN_64    0xFFFFFFFFu
#define COUNT_64 0xFFFFu

/* Versions of the format that a reader must know (4.4.3). */
#define VERSION_DEFLATED 20
#define VERSION_64       45

#define METHOD_STORED    0
#define METHOD_DEFLATED  8

/* The first of January 1980, midnight (4.4.6). */
#define DATE 0x0021
#define TIME 0

struct entry {
    const char *name;
    unsigned method;
    uint64_t packed, plain, position;
    uint32_t crc;
};

size_t sp_xlsx_package_need(void)
{
    return sp_size_add(sp_arena_cost(COPY), sp_arena_cost(ENTRIES));
}

void sp_xlsx_package_init(struct sp_xlsx_package *package, struct sp_arena *arena,
                          const struct sp_scratch *directory)
{
    *package = (struct sp_xlsx_package){.directory = directory};
    package->copy = sp_arena_take(arena, COPY, 1);
    package->entries.bytes = sp_arena_take(arena, ENTRIES, 1);
    package->entries.capacity = ENTRIES;
}

void sp_xlsx_package_begin(struct sp_xlsx_package *package, struct sp_out *out)
{
    package->out = out;
    package->position = 0;
    package->count = 0;
    package->directory_bytes = 0;
    package->entries.used = 0;
}

/* Numbers of two, four and eight bytes, the lowest first. */
static void put(struct sp_buf *buf, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        sp_buf_byte(buf, (unsigned char)(number >> 8 * i));
}

static void put_16(struct sp_buf *buf, uint64_t number)
{
    put(buf, number, 2);
}

static void put_32(struct sp_buf *buf, uint64_t number)
{
    put(buf, number, 4);
}

static void put_64(struct sp_buf *buf, uint64_t number)
{
    put(buf, number, 8);
}

/* A number of 32 bits, or the sign that it stands elsewhere. */
static void put_32_or_sign(struct sp_buf *buf, uint64_t number)
{
    put_32(buf, number >= IN_64 ? IN_64 : number);
}

/* What both headers of a part share: from the version to the length of the name. */
static void put_common(struct sp_buf *buf, const struct entry *entry, bool large, bool sizes_64)
{
    put_16(buf, large ? VERSION_64 : VERSION_DEFLATED);
    put_16(buf, 0); /* no flags: names are ASCII, sizes are known */
    put_16(buf, entry->method);
    put_16(buf, TIME);
    put_16(buf, DATE);
    put_32(buf, entry->crc);
    /* A local header has both sizes in its ZIP64 field or neither (4.5.3). */
    put_32(buf, sizes_64 ? IN_64 : entry->packed);
    put_32(buf, sizes_64 ? IN_64 : entry->plain);
    put_16(buf, strlen(entry->name));
}

static void write_buf(struct sp_xlsx_package *package, const struct sp_buf *buf)
{
    sp_out_write(package->out, buf->bytes, buf->used);
    package->position += buf->used;
}

static enum sp_status spill(struct sp_xlsx_package *package, struct sp_err *err)
{
    const enum sp_status status =
        sp_scratch_write(package->directory, package->directory_bytes, package->entries.bytes,
                         package->entries.used, err);
    package->directory_bytes += package->entries.used;
    package->entries.used = 0;
    return status;
}

/* Notes a part for the directory. */
static enum sp_status note(struct sp_xlsx_package *package, const struct entry *entry,
                           struct sp_err *err)
{
    struct sp_buf *buf = &package->entries;
    if (buf->capacity - buf->used < ENTRY_MAX) {
        const enum sp_status status = spill(package, err);
        if (status != SP_OK)
            return status;
    }
    const bool sizes = entry->packed >= IN_64 || entry->plain >= IN_64;
    const bool position = entry->position >= IN_64;
    const unsigned extra = (sizes ? 16 : 0) + (position ? 8 : 0);
    put_32(buf, DIRECTORY_HEADER);
    put_16(buf, extra ? VERSION_64 : VERSION_DEFLATED); /* made by; the system is MS-DOS */
    put_common(buf, entry, extra > 0, sizes);
    put_16(buf, extra ? extra + 4 : 0);
    put_16(buf, 0); /* no comment, one disk, no attributes */
    put_16(buf, 0);
    put_16(buf, 0);
    put_32(buf, 0);
    put_32_or_sign(buf, entry->position);
    sp_buf_bytes(buf, entry->name, strlen(entry->name));
    if (extra) {
        put_16(buf, 1);
        put_16(buf, extra);
    }
    if (sizes) {
        put_64(buf, entry->plain);
        put_64(buf, entry->packed);
    }
    if (position)
        put_64(buf, entry->position);
    package->count++;
    return SP_OK;
}

/* Writes the header of a part and notes it. */
static enum sp_status begin_part(struct sp_xlsx_package *package, struct entry *entry,
                                 struct sp_err *err)
{
    unsigned char bytes[30 + SP_XLSX_PACKAGE_NAME_MAX + 20];
    struct sp_buf buf = {.bytes = bytes, .capacity = sizeof bytes};
    SP_ASSERT(package->out != NULL);
    SP_ASSERT(strlen(entry->name) <= SP_XLSX_PACKAGE_NAME_MAX);
    const bool sizes = entry->packed >= IN_64 || entry->plain >= IN_64;
    entry->position = package->position;
    put_32(&buf, LOCAL_HEADER);
    put_common(&buf, entry, sizes, sizes);
    put_16(&buf, sizes ? 20 : 0);
    sp_buf_bytes(&buf, entry->name, strlen(entry->name));
    if (sizes) {
        put_16(&buf, 1);
        put_16(&buf, 16);
        put_64(&buf, entry->plain);
        put_64(&buf, entry->packed);
    }
    write_buf(package, &buf);
    return note(package, entry, err);
}

/* The sink's first error, if there was one: nothing more need be read then. */
static enum sp_status check_sink(const struct sp_xlsx_package *package, struct sp_err *err)
{
    if (package->out->first.status != SP_OK && err)
        *err = package->out->first;
    return package->out->first.status;
}

static enum sp_status copy_scratch(struct sp_xlsx_package *package,
                                   const struct sp_scratch *scratch, uint64_t offset,
                                   uint64_t length, struct sp_err *err)
{
    while (length > 0) {
        const size_t piece = (size_t)SP_MIN(length, COPY);
        enum sp_status status = sp_scratch_read(scratch, offset, package->copy, piece, err);
        if (status == SP_OK) {
            sp_out_write(package->out, package->copy, piece);
            status = check_sink(package, err);
        }
        if (status != SP_OK)
            return status;
        package->position += piece;
        offset += piece;
        length -= piece;
    }
    return SP_OK;
}

enum sp_status sp_xlsx_package_packed(struct sp_xlsx_package *package, const char *name,
                                      const struct sp_scratch *scratch,
                                      const struct sp_xlsx_part *part, struct sp_err *err)
{
    struct entry entry = {.name = name,
                          .method = METHOD_DEFLATED,
                          .packed = part->packed,
                          .plain = part->plain,
                          .crc = part->crc};
    const enum sp_status status = begin_part(package, &entry, err);
    if (status != SP_OK)
        return status;
    return copy_scratch(package, scratch, part->offset, part->packed, err);
}

/* Reads a piece through; to the sink as well, if there is one. The checksum is in *crc. */
static enum sp_status read_piece(struct sp_xlsx_package *package, const struct sp_xlsx_piece *piece,
                                 struct sp_out *out, uint32_t *crc, struct sp_err *err)
{
    *crc = 0;
    for (uint64_t done = 0; done < piece->length;) {
        const size_t wanted = (size_t)SP_MIN(piece->length - done, COPY);
        const ssize_t got = sp_sys_pread(piece->fd, package->copy, wanted, piece->offset + done);
        if (got < 0)
            return sp_fail_os(err, (int)-got, "a picture for the workbook cannot be read");
        if (got == 0)
            return sp_fail(err, SP_IO,
                           "a picture for the workbook ends after %llu bytes, and "
                           "%llu are due",
                           (unsigned long long)done, (unsigned long long)piece->length);
        *crc = libdeflate_crc32(*crc, package->copy, (size_t)got);
        done += (uint64_t)got;
        if (!out)
            continue;
        sp_out_write(out, package->copy, (size_t)got);
        const enum sp_status status = check_sink(package, err);
        if (status != SP_OK)
            return status;
    }
    return SP_OK;
}

enum sp_status sp_xlsx_package_measure(struct sp_xlsx_package *package, struct sp_xlsx_piece *piece,
                                       struct sp_err *err)
{
    return read_piece(package, piece, NULL, &piece->crc, err);
}

enum sp_status sp_xlsx_package_stored(struct sp_xlsx_package *package, const char *name,
                                      const struct sp_xlsx_piece *piece, struct sp_err *err)
{
    uint32_t crc;
    struct entry entry = {.name = name,
                          .method = METHOD_STORED,
                          .packed = piece->length,
                          .plain = piece->length,
                          .crc = piece->crc};
    enum sp_status status = begin_part(package, &entry, err);
    if (status == SP_OK)
        status = read_piece(package, piece, package->out, &crc, err);
    if (status != SP_OK)
        return status;
    package->position += piece->length;
    if (crc != piece->crc)
        return sp_fail(err, SP_IO,
                       "a picture changed while the workbook was made; its file must stay as it "
                       "is until then");
    return SP_OK;
}

/* The end in 64 bits: sizes and counts, and where they are (4.3.14, 4.3.15). */
static void put_end_64(struct sp_buf *buf, const struct sp_xlsx_package *package, uint64_t start)
{
    put_32(buf, END_64);
    put_64(buf, 44); /* bytes that follow in this record */
    put_16(buf, VERSION_64);
    put_16(buf, VERSION_64);
    put_32(buf, 0);
    put_32(buf, 0);
    put_64(buf, package->count);
    put_64(buf, package->count);
    put_64(buf, package->position - start);
    put_64(buf, start);
    put_32(buf, LOCATOR_64);
    put_32(buf, 0);
    put_64(buf, package->position);
    put_32(buf, 1);
}

enum sp_status sp_xlsx_package_finish(struct sp_xlsx_package *package, struct sp_err *err)
{
    unsigned char bytes[56 + 20 + 22];
    struct sp_buf buf = {.bytes = bytes, .capacity = sizeof bytes};
    const uint64_t start = package->position;
    enum sp_status status = spill(package, err);
    if (status == SP_OK)
        status = copy_scratch(package, package->directory, 0, package->directory_bytes, err);
    if (status != SP_OK)
        return status;
    const uint64_t length = package->position - start;
    if (package->count >= COUNT_64 || length >= IN_64 || start >= IN_64)
        put_end_64(&buf, package, start);
    put_32(&buf, END);
    put_32(&buf, 0); /* one disk */
    put_16(&buf, SP_MIN(package->count, COUNT_64));
    put_16(&buf, SP_MIN(package->count, COUNT_64));
    put_32_or_sign(&buf, length);
    put_32_or_sign(&buf, start);
    put_16(&buf, 0); /* no comment */
    write_buf(package, &buf);
    return sp_out_flush(package->out, err);
}
