/*
 * A CFF table (Adobe Technical Note 5176) as its parts: where each stands in the mapped file.
 */
#ifndef SP_TEXT_FONT_CFF_TABLE_H
#define SP_TEXT_FONT_CFF_TABLE_H

#include "text/font_charstring.h"

#include <hb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Operators of DICTs (TN 5176, tables 9, 10 and 23); those of two bytes begin with 12. */
enum {
    SP_CFF_UNIQUE_ID = 13,
    SP_CFF_XUID = 14,
    SP_CFF_CHARSET = 15,
    SP_CFF_ENCODING = 16,
    SP_CFF_CHARSTRINGS = 17,
    SP_CFF_PRIVATE = 18,
    SP_CFF_SUBRS = 19,
    SP_CFF_ROS = 12 << 8 | 30,
    SP_CFF_FD_ARRAY = 12 << 8 | 36,
    SP_CFF_FD_SELECT = 12 << 8 | 37
};

#define SP_CFF_FDS_MAX 256

/* One private dictionary with its subroutines. */
struct sp_cff_fd {
    struct sp_cff_span dict; /* of the FDArray; nothing in a font without one */
    struct sp_cff_span private;
    struct sp_cff_index subrs;
    size_t first_bit;                  /* of its subroutines among all */
    size_t private_at, private_length; /* where they are written */
};

struct sp_cff {
    struct sp_cff_span table;
    struct sp_cff_span head; /* header and Name */
    struct sp_cff_span top, strings;
    struct sp_cff_index global, charstrings, fd_index;
    struct sp_cff_span charset, fd_select;
    uint32_t charset_predefined; /* 0, 1 or 2 if `charset` is nothing */
    bool cid;
    uint32_t glyph_count;
    unsigned fd_count;
    struct sp_cff_fd fds[SP_CFF_FDS_MAX];

    const uint64_t *used; /* bits of `used_count` glyphs */
    uint32_t used_count;
    uint64_t *called; /* bits of subroutines: global ones, then those of each FD */
    bool all;         /* an outline is of a kind that is not followed: everything is kept */
    size_t charset_at, fd_select_at, charstrings_at, fd_array_at; /* where they are written */
};

/* One entry of a DICT: an operator, the whole numbers before it and its bytes. */
struct sp_cff_entry {
    unsigned op;
    int32_t operands[2]; /* the first two */
    unsigned operand_count;
    struct sp_cff_span bytes;
};

/*
 * The next entry of a DICT, which moves on behind it; false at the end, or where it is broken,
 * which leaves something in `rest`.
 */
bool sp_cff_next_entry(struct sp_cff_span *rest, struct sp_cff_entry *entry);

/* Reads the parts of a table, which is borrowed; false if it contradicts itself. */
bool sp_cff_read(struct sp_cff *cff, hb_blob_t *blob);

/* The outlines alone, for a quick look. */
bool sp_cff_read_outlines(hb_blob_t *blob, struct sp_cff_index *outlines);

/* The FD of a glyph; SP_CFF_FDS_MAX or more if it has none. */
unsigned sp_cff_fd_of(const struct sp_cff *cff, uint32_t glyph);

#endif
