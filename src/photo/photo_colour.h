/*
 * Colours: what a file's samples mean, as sRGB or grey, and back to what a JPEG stores.
 *
 * Rows come as they leave the resampler, so there are few of them. A colour profile is applied if
 * it is there and is not sRGB already (told by what it does to a set of colours, not by its name);
 * one that is broken, or for another number of channels, is ignored. CMYK without a profile is
 * turned by the plain formula: what a channel lets through times what black lets through.
 */
#ifndef SP_PHOTO_COLOUR_H
#define SP_PHOTO_COLOUR_H

#include "photo/decoder.h"

struct sp_colour {
    enum sp_pixels pixels;
    enum sp_matrix matrix;
    bool inverted;
    void *transform; /* of lcms2; null for none */
    bool has_map;
    unsigned char map[256]; /* of grey, if has_map */
};

/* Close it, whatever happened. */
void sp_colour_open(struct sp_colour *colour, const struct sp_decoder_facts *facts);
void sp_colour_close(struct sp_colour *colour);

/* Whether rows of such a photo are RGB (true) or grey (false) after sp_colour_row. */
bool sp_colour_is_rgb(const struct sp_colour *colour);

/* Whether YCC samples can be stored as they are. */
bool sp_colour_is_plain(const struct sp_colour *colour);

/*
 * `count` pixels from planes to sRGB, three bytes each, or to grey. `scratch` has 4 × count bytes.
 */
void sp_colour_row(const struct sp_colour *colour, unsigned char *const *planes, size_t count,
                   unsigned char *scratch, unsigned char *out);

/* The luma of RGB pixels (JFIF 1.02: ITU-R BT.601, full range). */
void sp_colour_luma(const unsigned char *rgb, size_t count, unsigned char *luma);

/*
 * Chroma of half width and height: adds a row of RGB to sums of three for each sample, and turns
 * the sums of `rows` rows into two rows of samples. The first sample has one pixel only if `shift`
 * is 1, else two; the last one has what is left.
 */
void sp_colour_chroma_add(const unsigned char *rgb, size_t count, unsigned shift, uint16_t *sums);
void sp_colour_chroma_take(uint16_t *sums, size_t count, unsigned shift, unsigned rows,
                           unsigned char *cb, unsigned char *cr);

#endif
