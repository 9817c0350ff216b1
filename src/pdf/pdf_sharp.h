/*
 * The sharp drawing: a 1-bit image of 8 × 8 pixels a module, deflated by table.
 *
 * With 8 pixels a module every byte of the raster is one module, 00 dark or FF light, and the eight
 * lines of a row of modules are alike. So the Deflate stream (RFC 1951) of a row is fixed in form:
 *
 *     size literals       1 bit dark, 2 bits light; eight modules in one table look-up
 *     the other 7 lines   matches of distance `size`, 7 × size bytes in all, at most 258 each
 *
 * and the Huffman codes are the same for every code of a size: 00 takes 1 bit, FF 2, the match
 * lengths (one or two are needed) and the end of the block 3 or 4. Only the Adler-32 checksum of
 * RFC 1950 depends on the whole raster; it follows from the number and the positions of light
 * modules: both are looked up eight modules at a time as well.
 */
#ifndef SP_PDF_SHARP_H
#define SP_PDF_SHARP_H

#include <smallpress/matrix.h>

#include "base/buf.h"

#include <stdint.h>

/* Bits to write, least significant first. */
struct sp_pdf_bits {
    uint32_t bits;
    uint32_t count;
};

/* The parts of the stream that depend on the size alone, and the table of eight modules. */
struct sp_pdf_sharp {
    uint32_t size; /* that the parts are for; 0 before the first code */
    struct {
        unsigned char bytes[48];
        uint32_t byte_count;
        struct sp_pdf_bits tail; /* fewer than eight bits */
    } header;
    struct sp_pdf_bits match[8]; /* the seven repeated lines: five matches at size 177 */
    uint32_t match_count;
    struct sp_pdf_bits end; /* of the block */
    struct {
        uint16_t bits;
        uint8_t bit_count;
        uint8_t light_count;
        uint8_t light_columns; /* sum of the columns (0 to 7) of the light modules */
    } eight[256];
};

#define SP_PDF_SHARP_PIXELS 8 /* a side of a module */

void sp_pdf_sharp_init(struct sp_pdf_sharp *sharp);

/* The longest stream of a code of up to `size_max` modules a side. */
size_t sp_pdf_sharp_bound(uint32_t size_max);

/* Appends the zlib stream of the raster to `data`. */
void sp_pdf_sharp_draw(struct sp_pdf_sharp *sharp, const struct sp_matrix *modules,
                       struct sp_buf *data);

#endif
