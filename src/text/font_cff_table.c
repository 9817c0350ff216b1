/* The parts of a CFF table. Every read is bounded by the table. */
#include "text/font_cff_table.h"

#include "base/num.h"

#define DICT_OPERANDS_MAX 48

static uint32_t read_number(const unsigned char *bytes, unsigned size)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* The rest of the table from an offset, which may lie behind it. */
static struct sp_cff_span span_from(struct sp_cff_span table, size_t offset)
{
    const size_t at = SP_MIN(offset, table.length);
    return (struct sp_cff_span){table.bytes + at, table.length - at};
}

/* An INDEX (TN 5176, 5) at an offset; *end is where it ends. */
static bool read_index(struct sp_cff_span table, size_t offset, struct sp_cff_index *index,
                       size_t *end)
{
    const struct sp_cff_span rest = span_from(table, offset);
    *index = (struct sp_cff_index){0};
    if (rest.length < 2)
        return false;
    const uint32_t count = read_number(rest.bytes, 2);
    if (count == 0) {
        *end = offset + 2;
        return true;
    }
    const unsigned size = rest.length > 2 ? rest.bytes[2] : 0;
    const size_t data = 3 + ((size_t)count + 1) * size - 1; /* offsets count from 1 */
    if (size < 1 || size > 4 || data >= rest.length)
        return false;
    *index = (struct sp_cff_index){rest.bytes + 3, count, size, rest.length - data};
    const uint32_t last = read_number(index->offsets + (size_t)count * size, size);
    if (last < 1 || last > index->data_length)
        return false;
    *end = offset + data + last;
    return true;
}

bool sp_cff_index_get(const struct sp_cff_index *index, uint32_t i, struct sp_cff_span *item)
{
    if (i >= index->count)
        return false;
    const unsigned char *at = index->offsets + (size_t)i * index->offset_size;
    const uint32_t start = read_number(at, index->offset_size);
    const uint32_t end = read_number(at + index->offset_size, index->offset_size);
    if (start < 1 || end < start || end > index->data_length)
        return false;
    const unsigned char *data =
        index->offsets + ((size_t)index->count + 1) * index->offset_size - 1;
    *item = (struct sp_cff_span){data + start, end - start};
    return true;
}

/* Bytes of a real number (TN 5176, 4, operand encoding 30): half bytes up to an F. */
static size_t real_length(struct sp_cff_span rest)
{
    size_t at = 1;
    while (at < rest.length && (rest.bytes[at] & 0x0F) != 0x0F && rest.bytes[at] >> 4 != 0x0F)
        at++;
    return at + 1;
}

/* The number that begins a DICT's rest; its length, or 0 if it is cut off or none. */
static size_t read_operand(struct sp_cff_span rest, int32_t *value)
{
    const unsigned char *b = rest.bytes;
    const size_t length = b[0] == 28   ? 3
                          : b[0] == 29 ? 5
                          : b[0] == 30 ? real_length(rest)
                          : b[0] < 32  ? 0
                          : b[0] < 247 ? 1
                                       : 2;
    *value = 0;
    if (length > rest.length || b[0] == 255)
        return 0;
    if (b[0] == 28)
        *value = (int16_t)read_number(b + 1, 2);
    else if (b[0] == 29)
        *value = (int32_t)read_number(b + 1, 4);
    else if (b[0] >= 32 && b[0] < 247)
        *value = b[0] - 139;
    else if (b[0] >= 247 && b[0] < 251)
        *value = (b[0] - 247) * 256 + b[1] + 108;
    else if (b[0] >= 251)
        *value = -(b[0] - 251) * 256 - b[1] - 108;
    return length;
}

/* The next entry of a DICT; false at its end or where it is broken, which leaves `rest` not empty.
 */
bool sp_cff_next_entry(struct sp_cff_span *rest, struct sp_cff_entry *entry)
{
    size_t at = 0;
    *entry = (struct sp_cff_entry){.bytes = *rest};
    while (at < rest->length) {
        const unsigned op = rest->bytes[at];
        if (op < 22) {
            const size_t length = op == 12 ? 2 : 1;
            if (at + length > rest->length)
                return false;
            entry->op = op == 12 ? 12 << 8 | rest->bytes[at + 1] : op;
            entry->bytes.length = at + length;
            *rest = span_from(*rest, at + length);
            return true;
        }
        int32_t value;
        const size_t length = read_operand(span_from(*rest, at), &value);
        if (length == 0 || entry->operand_count == DICT_OPERANDS_MAX)
            return false;
        if (entry->operand_count < SP_COUNT(entry->operands))
            entry->operands[entry->operand_count] = value;
        entry->operand_count++;
        at += length;
    }
    return false;
}

/* Finds the last entry of a DICT with an operator. */
static bool find_entry(struct sp_cff_span dict, unsigned op, struct sp_cff_entry *found)
{
    struct sp_cff_entry entry;
    bool any = false;
    while (sp_cff_next_entry(&dict, &entry))
        if (entry.op == op) {
            *found = entry;
            any = true;
        }
    return any;
}

/* The offset that an operator gives, or 0. */
static size_t find_offset(struct sp_cff_span dict, unsigned op)
{
    struct sp_cff_entry entry;
    if (!find_entry(dict, op, &entry) || entry.operand_count < 1 || entry.operands[0] < 0)
        return 0;
    return (size_t)entry.operands[0];
}

static bool is_whole(struct sp_cff_span dict)
{
    struct sp_cff_entry entry;
    while (sp_cff_next_entry(&dict, &entry))
        ;
    return dict.length == 0;
}

/* The private dictionary that a DICT names, and its subroutines. */
static bool read_private(const struct sp_cff *cff, struct sp_cff_span dict, struct sp_cff_fd *fd)
{
    struct sp_cff_entry entry;
    size_t end;
    if (!find_entry(dict, SP_CFF_PRIVATE, &entry))
        return true;
    if (entry.operand_count < 2 || entry.operands[0] < 0 || entry.operands[1] < 0)
        return false;
    const struct sp_cff_span rest = span_from(cff->table, (size_t)entry.operands[1]);
    if ((size_t)entry.operands[0] > rest.length)
        return false;
    fd->private = (struct sp_cff_span){rest.bytes, (size_t)entry.operands[0]};
    const size_t subrs = find_offset(fd->private, SP_CFF_SUBRS);
    return is_whole(fd->private) &&
           (subrs == 0 ||
            read_index(cff->table, (size_t)entry.operands[1] + subrs, &fd->subrs, &end));
}

static bool read_fds(struct sp_cff *cff)
{
    size_t end;
    cff->fd_count = 1;
    if (!cff->cid)
        return read_private(cff, cff->top, &cff->fds[0]);
    const size_t offset = find_offset(cff->top, SP_CFF_FD_ARRAY);
    if (offset == 0 || !read_index(cff->table, offset, &cff->fd_index, &end) ||
        cff->fd_index.count < 1 || cff->fd_index.count > SP_CFF_FDS_MAX)
        return false;
    cff->fd_count = cff->fd_index.count;
    for (unsigned i = 0; i < cff->fd_count; i++) {
        struct sp_cff_fd *fd = &cff->fds[i];
        if (!sp_cff_index_get(&cff->fd_index, i, &fd->dict) || !is_whole(fd->dict) ||
            !read_private(cff, fd->dict, fd))
            return false;
    }
    return true;
}

/* The FDSelect (TN 5176, 19), whose length its own contents tell. */
static bool read_fd_select(struct sp_cff *cff)
{
    const size_t offset = find_offset(cff->top, SP_CFF_FD_SELECT);
    struct sp_cff_span rest = span_from(cff->table, offset);
    if (offset == 0 || rest.length < 3)
        return false;
    size_t length = 0;
    if (rest.bytes[0] == 0)
        length = 1 + (size_t)cff->glyph_count;
    else if (rest.bytes[0] == 3)
        length = 5 + 3 * (size_t)read_number(rest.bytes + 1, 2);
    if (length == 0 || length > rest.length)
        return false;
    rest.length = length;
    cff->fd_select = rest;
    return true;
}

/* The charset of a font whose glyphs have names (TN 5176, 13). */
static bool read_charset(struct sp_cff *cff)
{
    const size_t offset = find_offset(cff->top, SP_CFF_CHARSET);
    if (offset <= 2) {
        cff->charset_predefined = (uint32_t)offset;
        return true;
    }
    struct sp_cff_span rest = span_from(cff->table, offset);
    if (rest.length < 1 || rest.bytes[0] > 2)
        return false;
    size_t at = 1;
    if (rest.bytes[0] == 0)
        at += 2 * ((size_t)cff->glyph_count - 1);
    else
        for (uint64_t covered = 1; covered < cff->glyph_count;) {
            const unsigned size = rest.bytes[0] == 1 ? 1 : 2;
            if (at + 2 + size > rest.length)
                return false;
            covered += 1 + read_number(rest.bytes + at + 2, size);
            at += 2 + size;
        }
    if (at > rest.length)
        return false;
    rest.length = at;
    cff->charset = rest;
    return true;
}

bool sp_cff_read_outlines(hb_blob_t *blob, struct sp_cff_index *outlines)
{
    unsigned length;
    const char *data = hb_blob_get_data(blob, &length);
    const struct sp_cff_span table = {(const unsigned char *)data, length};
    struct sp_cff_index index;
    struct sp_cff_span top;
    size_t end;
    if (length < 4 || !read_index(table, table.bytes[2], &index, &end) ||
        !read_index(table, end, &index, &end) || !sp_cff_index_get(&index, 0, &top))
        return false;
    const size_t offset = find_offset(top, SP_CFF_CHARSTRINGS);
    return offset != 0 && read_index(table, offset, outlines, &end);
}

bool sp_cff_read(struct sp_cff *cff, hb_blob_t *blob)
{
    unsigned length;
    const char *data = hb_blob_get_data(blob, &length);
    *cff = (struct sp_cff){.table = {(const unsigned char *)data, length}};
    struct sp_cff_index index;
    struct sp_cff_entry entry;
    size_t at, top_end, end;
    if (length < 4 || cff->table.bytes[0] != 1 ||
        !read_index(cff->table, cff->table.bytes[2], &index, &at))
        return false;
    cff->head = (struct sp_cff_span){cff->table.bytes, at};
    if (!read_index(cff->table, at, &index, &top_end) || index.count != 1 ||
        !sp_cff_index_get(&index, 0, &cff->top) || !is_whole(cff->top) ||
        !read_index(cff->table, top_end, &index, &end))
        return false;
    cff->strings = (struct sp_cff_span){cff->table.bytes + top_end, end - top_end};
    if (!read_index(cff->table, end, &cff->global, &end))
        return false;
    const size_t charstrings = find_offset(cff->top, SP_CFF_CHARSTRINGS);
    if (charstrings == 0 || !read_index(cff->table, charstrings, &cff->charstrings, &end) ||
        cff->charstrings.count == 0)
        return false;
    cff->glyph_count = cff->charstrings.count;
    cff->cid = find_entry(cff->top, SP_CFF_ROS, &entry);
    return read_fds(cff) && (cff->cid ? read_fd_select(cff) : read_charset(cff));
}

/* The FD of a glyph. */
unsigned sp_cff_fd_of(const struct sp_cff *cff, uint32_t glyph)
{
    const unsigned char *select = cff->fd_select.bytes;
    if (!cff->cid)
        return 0;
    if (select[0] == 0)
        return select[1 + glyph];
    /* The last range that begins at the glyph or before it. */
    uint32_t low = 0, high = read_number(select + 1, 2);
    while (high - low > 1) {
        const uint32_t middle = (low + high) / 2;
        if (read_number(select + 3 + 3 * (size_t)middle, 2) <= glyph)
            low = middle;
        else
            high = middle;
    }
    return high > 0 ? select[3 + 3 * (size_t)low + 2] : SP_CFF_FDS_MAX;
}
