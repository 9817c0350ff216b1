/*
 * A CFF table, written anew:
 *
 *     header, Name, Top DICT, String   the Top DICT with new offsets
 *     Global Subr                      those never called are empty
 *     charset, FDSelect                identity; as it was
 *     CharStrings                      those not used are a lone endchar
 *     FDArray                          with new offsets
 *     Private and Local Subr           of each FD
 *
 * and the OpenType file around it. All is written twice: first into nothing, which tells the
 * offsets, then into memory of exactly that size.
 */
#include "text/font_cff.h"

#include "base/check.h"
#include "base/num.h"
#include "base/sys.h"

#include "text/font_cff_table.h"

#include <string.h>

#define CHARSTRING_EMPTY 14 /* endchar */

/* Where bytes go; into nothing if `bytes` is null. */
struct sink {
    unsigned char *bytes;
    size_t length;
};

static bool is_used(const struct sp_cff *cff, uint32_t glyph)
{
    return glyph == 0 || cff->all ||
           (glyph < cff->used_count && (cff->used[glyph / 64] >> (glyph % 64) & 1));
}

/* Notes the subroutines of all glyphs used. */
static bool follow_glyphs(struct sp_cff *cff)
{
    for (uint32_t glyph = 0; glyph < cff->glyph_count && !cff->all; glyph++) {
        struct sp_cff_span outline;
        if (!is_used(cff, glyph))
            continue;
        const unsigned number = sp_cff_fd_of(cff, glyph);
        if (number >= cff->fd_count || !sp_cff_index_get(&cff->charstrings, glyph, &outline))
            return false;
        const struct sp_cff_fd *fd = &cff->fds[number];
        cff->all =
            !sp_charstring_follow(outline, &cff->global, &fd->subrs, cff->called, 0, fd->first_bit);
    }
    return true;
}

static void put(struct sink *sink, const void *bytes, size_t count)
{
    if (sink->bytes && count > 0)
        memcpy(sink->bytes + sink->length, bytes, count);
    sink->length += count;
}

static void put_number(struct sink *sink, uint32_t value, unsigned size)
{
    for (unsigned i = size; i-- > 0;) {
        const unsigned char byte = (unsigned char)(value >> (8 * i));
        put(sink, &byte, 1);
    }
}

/* A number of five bytes, whatever its value, and after the last of them an operator. */
static void put_operand(struct sink *sink, size_t value)
{
    put_number(sink, 29, 1);
    put_number(sink, (uint32_t)value, 4);
}

static void put_operator(struct sink *sink, unsigned op)
{
    put_number(sink, op, op > 255 ? 2 : 1);
}

/* Copies a DICT without what is told anew. */
static void put_dict(struct sink *sink, struct sp_cff_span dict)
{
    struct sp_cff_entry entry;
    while (sp_cff_next_entry(&dict, &entry))
        switch (entry.op) {
        case SP_CFF_UNIQUE_ID:
        case SP_CFF_XUID:
        case SP_CFF_CHARSET:
        case SP_CFF_ENCODING:
        case SP_CFF_CHARSTRINGS:
        case SP_CFF_PRIVATE:
        case SP_CFF_FD_ARRAY:
        case SP_CFF_FD_SELECT:
            break;
        default:
            put(sink, entry.bytes.bytes, entry.bytes.length);
        }
}

static void put_private_entry(struct sink *sink, const struct sp_cff_fd *fd)
{
    if (!fd->private.bytes)
        return;
    put_operand(sink, fd->private_length);
    put_operand(sink, fd->private_at);
    put_operator(sink, SP_CFF_PRIVATE);
}

/* The count and offset size of an INDEX, then its first offset. */
static unsigned begin_index(struct sink *sink, uint32_t count, size_t data_length)
{
    const unsigned size = data_length < 0xFF       ? 1
                          : data_length < 0xFFFF   ? 2
                          : data_length < 0xFFFFFF ? 3
                                                   : 4;
    put_number(sink, count, 2);
    if (count == 0)
        return 0;
    put_number(sink, size, 1);
    put_number(sink, 1, size);
    return size;
}

static void put_top(struct sink *sink, const struct sp_cff *cff)
{
    struct sink counted = {0};
    for (int round = 0; round < 2; round++) {
        struct sink *to = round == 0 ? &counted : sink;
        if (round == 1)
            put_number(sink, (uint32_t)counted.length + 1, begin_index(sink, 1, counted.length));
        put_dict(to, cff->top);
        put_operand(to, cff->charset.bytes || cff->cid ? cff->charset_at : cff->charset_predefined);
        put_operator(to, SP_CFF_CHARSET);
        put_operand(to, cff->charstrings_at);
        put_operator(to, SP_CFF_CHARSTRINGS);
        if (cff->cid) {
            put_operand(to, cff->fd_array_at);
            put_operator(to, SP_CFF_FD_ARRAY);
            put_operand(to, cff->fd_select_at);
            put_operator(to, SP_CFF_FD_SELECT);
        } else {
            put_private_entry(to, &cff->fds[0]);
        }
    }
}

/* What is written of a subroutine: itself, or nothing if it is never called. */
static struct sp_cff_span kept_subr(const struct sp_cff *cff, const struct sp_cff_index *index,
                                    size_t first_bit, uint32_t i)
{
    struct sp_cff_span item = {0};
    const size_t bit = first_bit + i;
    if (cff->all || (cff->called[bit / 64] >> (bit % 64) & 1))
        (void)sp_cff_index_get(index, i, &item);
    return item;
}

static void put_subrs(struct sink *sink, const struct sp_cff *cff, const struct sp_cff_index *index,
                      size_t first_bit)
{
    size_t sum = 0;
    for (uint32_t i = 0; i < index->count; i++)
        sum += kept_subr(cff, index, first_bit, i).length;
    const unsigned size = begin_index(sink, index->count, sum);
    sum = 0;
    for (uint32_t i = 0; i < index->count; i++) {
        sum += kept_subr(cff, index, first_bit, i).length;
        put_number(sink, (uint32_t)sum + 1, size);
    }
    for (uint32_t i = 0; i < index->count; i++) {
        const struct sp_cff_span item = kept_subr(cff, index, first_bit, i);
        put(sink, item.bytes, item.length);
    }
}

static struct sp_cff_span kept_outline(const struct sp_cff *cff, uint32_t glyph)
{
    static const unsigned char empty[] = {CHARSTRING_EMPTY};
    struct sp_cff_span outline = {0};
    if (is_used(cff, glyph) && sp_cff_index_get(&cff->charstrings, glyph, &outline) &&
        outline.length > 0)
        return outline;
    return (struct sp_cff_span){empty, sizeof empty};
}

static void put_charstrings(struct sink *sink, const struct sp_cff *cff)
{
    size_t sum = 0;
    for (uint32_t glyph = 0; glyph < cff->glyph_count; glyph++)
        sum += kept_outline(cff, glyph).length;
    const unsigned size = begin_index(sink, cff->glyph_count, sum);
    sum = 0;
    for (uint32_t glyph = 0; glyph < cff->glyph_count; glyph++) {
        sum += kept_outline(cff, glyph).length;
        put_number(sink, (uint32_t)sum + 1, size);
    }
    for (uint32_t glyph = 0; glyph < cff->glyph_count; glyph++) {
        const struct sp_cff_span outline = kept_outline(cff, glyph);
        put(sink, outline.bytes, outline.length);
    }
}

/* Glyph numbers as character identifiers: one range (TN 5176, charset format 2). */
static void put_charset(struct sink *sink, const struct sp_cff *cff)
{
    if (!cff->cid) {
        put(sink, cff->charset.bytes, cff->charset.length);
        return;
    }
    put_number(sink, cff->glyph_count > 1 ? 2 : 0, 1);
    if (cff->glyph_count > 1) {
        put_number(sink, 1, 2);
        put_number(sink, cff->glyph_count - 2, 2);
    }
}

static void put_fd_array(struct sink *sink, const struct sp_cff *cff)
{
    unsigned size = 0;
    for (int round = 0; round < 3; round++) {
        struct sink counted = {0};
        for (unsigned i = 0; i < cff->fd_count; i++) {
            struct sink *to = round == 2 ? sink : &counted;
            put_dict(to, cff->fds[i].dict);
            put_private_entry(to, &cff->fds[i]);
            if (round == 1)
                put_number(sink, (uint32_t)counted.length + 1, size);
        }
        if (round == 0)
            size = begin_index(sink, cff->fd_count, counted.length);
    }
}

/* A private dictionary with its subroutines right behind it. */
static void put_private(struct sink *sink, struct sp_cff *cff, struct sp_cff_fd *fd)
{
    const bool subrs = fd->subrs.count > 0;
    struct sp_cff_span dict = fd->private;
    struct sp_cff_entry entry;
    fd->private_at = sink->length;
    while (sp_cff_next_entry(&dict, &entry))
        if (entry.op != SP_CFF_SUBRS)
            put(sink, entry.bytes.bytes, entry.bytes.length);
    if (subrs) {
        put_operand(sink, sink->length - fd->private_at + 6);
        put_operator(sink, SP_CFF_SUBRS);
    }
    fd->private_length = sink->length - fd->private_at;
    if (subrs)
        put_subrs(sink, cff, &fd->subrs, fd->first_bit);
}

static void put_cff(struct sink *sink, struct sp_cff *cff)
{
    put(sink, cff->head.bytes, cff->head.length);
    put_top(sink, cff);
    put(sink, cff->strings.bytes, cff->strings.length);
    put_subrs(sink, cff, &cff->global, 0);
    cff->charset_at = sink->length;
    put_charset(sink, cff);
    cff->fd_select_at = sink->length;
    put(sink, cff->fd_select.bytes, cff->fd_select.length);
    cff->charstrings_at = sink->length;
    put_charstrings(sink, cff);
    cff->fd_array_at = sink->length;
    if (cff->cid)
        put_fd_array(sink, cff);
    for (unsigned i = 0; i < cff->fd_count; i++)
        if (cff->fds[i].private.bytes)
            put_private(sink, cff, &cff->fds[i]);
    /* FreeType refuses a last index of nothing but empty items that ends where the table does. */
    put_number(sink, 0, 1);
}

uint32_t sp_cff_glyph_bytes(hb_blob_t *blob, uint32_t glyph)
{
    struct sp_cff_index outlines;
    struct sp_cff_span outline;
    if (!sp_cff_read_outlines(blob, &outlines) || !sp_cff_index_get(&outlines, glyph, &outline))
        return 0;
    return (uint32_t)outline.length;
}

/* Words of bits for all subroutines; sets where those of each FD begin. */
static size_t place_bits(struct sp_cff *cff)
{
    size_t bits = cff->global.count;
    for (unsigned i = 0; i < cff->fd_count; i++) {
        cff->fds[i].first_bit = bits;
        bits += cff->fds[i].subrs.count;
    }
    return bits / 64 + 1;
}

/* Tables of the file, in the order of their tags (OpenType, organization of a font). */
enum {
    TABLE_CFF,
    TABLE_HEAD,
    TABLE_HHEA,
    TABLE_HMTX,
    TABLE_MAXP,
    TABLE_COUNT
};

static const hb_tag_t table_tags[TABLE_COUNT] = {
    HB_TAG('C', 'F', 'F', ' '), HB_TAG('h', 'e', 'a', 'd'), HB_TAG('h', 'h', 'e', 'a'),
    HB_TAG('h', 'm', 't', 'x'), HB_TAG('m', 'a', 'x', 'p')};

#define DIRECTORY_BYTES (12 + 16 * TABLE_COUNT)

/* The sum of a table's words (OpenType, calculating checksums); its bytes end on a word. */
static uint32_t checksum(const unsigned char *bytes, size_t length)
{
    uint32_t sum = 0;
    for (size_t at = 0; at < length; at += 4)
        sum += (uint32_t)bytes[at] << 24 | (uint32_t)bytes[at + 1] << 16 |
               (uint32_t)bytes[at + 2] << 8 | bytes[at + 3];
    return sum;
}

static void put_zeros(struct sink *sink, size_t count)
{
    static const unsigned char zeros[64];
    for (; count > 0; count -= SP_MIN(count, sizeof zeros))
        put(sink, zeros, SP_MIN(count, sizeof zeros));
}

/* Widths, of used glyphs only: the rest is zero, which takes no room once it is deflated. */
static void put_widths(struct sink *sink, const struct sp_cff *cff, struct sp_cff_span hmtx,
                       size_t width_count)
{
    for (size_t at = 0; at < hmtx.length; at += 4) {
        const size_t glyph = at / 4;
        if (glyph < width_count && hmtx.length - at >= 4 &&
            (glyph + 1 == width_count || is_used(cff, (uint32_t)glyph)))
            put(sink, hmtx.bytes + at, 4);
        else
            put_zeros(sink, SP_MIN(hmtx.length - at, 4));
    }
}

static struct sp_cff_span span_of(hb_blob_t *blob)
{
    unsigned length;
    const char *data = hb_blob_get_data(blob, &length);
    return (struct sp_cff_span){(const unsigned char *)data, length};
}

/* The table directory, the tables and the sum over all of them, which stands in head. */
static void put_file(struct sink *sink, struct sp_cff *cff, hb_blob_t *const *tables)
{
    size_t starts[TABLE_COUNT], lengths[TABLE_COUNT];
    const struct sp_cff_span hhea = span_of(tables[TABLE_HHEA]);
    const size_t width_count = hhea.length >= 36 ? hhea.bytes[34] << 8 | hhea.bytes[35] : 0;
    put_zeros(sink, DIRECTORY_BYTES);
    for (unsigned i = 0; i < TABLE_COUNT; i++) {
        const struct sp_cff_span table = span_of(tables[i]);
        starts[i] = sink->length;
        if (i == TABLE_CFF) {
            struct sink part = {sink->bytes ? sink->bytes + starts[i] : NULL, 0};
            put_cff(&part, cff);
            sink->length += part.length;
        } else if (i == TABLE_HMTX) {
            put_widths(sink, cff, table, width_count);
        } else {
            put(sink, table.bytes, table.length);
        }
        lengths[i] = sink->length - starts[i];
        put_zeros(sink, (4 - sink->length % 4) % 4);
    }
    if (!sink->bytes)
        return;
    struct sink directory = {sink->bytes, 0};
    put(&directory, "OTTO", 4);
    /* The largest power of 2 in the count of tables is 4: times 16, its logarithm, the rest. */
    put_number(&directory, TABLE_COUNT, 2);
    put_number(&directory, 64, 2);
    put_number(&directory, 2, 2);
    put_number(&directory, 16 * TABLE_COUNT - 64, 2);
    memset(sink->bytes + starts[TABLE_HEAD] + 8, 0, 4);
    for (unsigned i = 0; i < TABLE_COUNT; i++) {
        const size_t end = i + 1 < TABLE_COUNT ? starts[i + 1] : sink->length;
        put_number(&directory, table_tags[i], 4);
        put_number(&directory, checksum(sink->bytes + starts[i], end - starts[i]), 4);
        put_number(&directory, (uint32_t)starts[i], 4);
        put_number(&directory, (uint32_t)lengths[i], 4);
    }
    struct sink adjustment = {sink->bytes + starts[TABLE_HEAD] + 8, 0};
    put_number(&adjustment, 0xB1B0AFBA - checksum(sink->bytes, sink->length), 4);
}

static enum sp_status write_subset(struct sp_cff *cff, hb_blob_t *const *tables,
                                   unsigned char **file, size_t *file_bytes, struct sp_err *err)
{
    int error;
    const size_t bit_bytes = place_bits(cff) * sizeof(uint64_t);
    cff->called = sp_sys_map(bit_bytes, &error);
    if (!cff->called)
        return sp_fail(err, SP_NO_ROOM, "the system would not give memory for a font's subset");
    enum sp_status status = SP_OK;
    struct sink sink = {0};
    if (follow_glyphs(cff)) {
        put_file(&sink, cff, tables);
        *file_bytes = sink.length;
        *file = sp_sys_map(sink.length, &error);
        if (*file) {
            sink = (struct sink){*file, 0};
            put_file(&sink, cff, tables);
            SP_ASSERT(sink.length == *file_bytes);
        } else {
            status =
                sp_fail(err, SP_NO_ROOM, "the system would not give memory for a font's subset");
        }
    } else {
        status = sp_fail(err, SP_BAD_SPEC, "a font's outlines contradict one another");
    }
    sp_sys_unmap(cff->called, bit_bytes);
    return status;
}

enum sp_status sp_cff_subset(hb_face_t *face, const uint64_t *used, unsigned char **file,
                             size_t *file_bytes, struct sp_err *err)
{
    struct sp_cff cff;
    hb_blob_t *tables[TABLE_COUNT];
    for (unsigned i = 0; i < TABLE_COUNT; i++)
        tables[i] = hb_face_reference_table(face, table_tags[i]);
    enum sp_status status;
    if (sp_cff_read(&cff, tables[TABLE_CFF]) && hb_blob_get_length(tables[TABLE_HEAD]) >= 54) {
        cff.used = used;
        cff.used_count = hb_face_get_glyph_count(face);
        status = write_subset(&cff, tables, file, file_bytes, err);
    } else {
        status = sp_fail(err, SP_BAD_SPEC, "a font's table of outlines contradicts itself");
    }
    for (unsigned i = 0; i < TABLE_COUNT; i++)
        hb_blob_destroy(tables[i]);
    return status;
}

/*
 * Everything but the outlines, which is written again at most whole; offsets grow to four bytes.
 * A font whose glyphs have names may have one that is composed of others, and then is kept whole.
 */
uint64_t sp_cff_base_bytes(hb_face_t *face)
{
    struct sp_cff cff;
    hb_blob_t *blob = hb_face_reference_table(face, HB_TAG('C', 'F', 'F', ' '));
    const bool good = sp_cff_read(&cff, blob);
    const uint64_t all = hb_blob_get_length(blob);
    hb_blob_destroy(blob);
    if (!good)
        return 0;
    uint64_t bytes = 64 * 1024 + UINT64_C(10) * cff.glyph_count + 8 * place_bits(&cff);
    bytes += all;
    if (cff.cid) {
        struct sp_cff_span last = {0};
        (void)sp_cff_index_get(&cff.charstrings, cff.glyph_count - 1, &last);
        const unsigned char *data = cff.charstrings.offsets + ((size_t)cff.charstrings.count + 1) *
                                                                  cff.charstrings.offset_size;
        if (last.bytes)
            bytes -= (uint64_t)(last.bytes + last.length - data);
    }
    return bytes;
}
