/*
 * Outlines of CFF fonts as programs (Adobe Technical Note 5177): which subroutines they call.
 *
 * Nothing is drawn. A number is read to know which subroutine is meant, and stems are counted to
 * know how many bytes of mask to pass over.
 */
#ifndef SP_TEXT_FONT_CHARSTRING_H
#define SP_TEXT_FONT_CHARSTRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a font file, borrowed. */
struct sp_cff_span {
    const unsigned char *bytes;
    size_t length;
};

/* An INDEX (TN 5176, 5): `count` items; their offsets are followed by their data. */
struct sp_cff_index {
    const unsigned char *offsets;
    uint32_t count;
    unsigned offset_size;
    size_t data_length;
};

/* One item; false if there is no such item or it is not inside the table. */
bool sp_cff_index_get(const struct sp_cff_index *index, uint32_t i, struct sp_cff_span *item);

/*
 * Follows one outline and sets the bit of every subroutine it calls: bit `global_bit` + i of the
 * i-th global one, `local_bit` + i of the i-th local one. False if it cannot be followed: it
 * computes, is composed of other glyphs by name, or breaks a bound of the format.
 */
bool sp_charstring_follow(struct sp_cff_span outline, const struct sp_cff_index *global,
                          const struct sp_cff_index *local, uint64_t *called, size_t global_bit,
                          size_t local_bit);

#endif
