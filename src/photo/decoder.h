/*
 * One interface for all decoders: open, facts, the next rows, close.
 *
 *     decoder->open(state, &input, &facts, err)
 *     decoder->next(state, &band, err)     until every plane has had all its rows
 *     decoder->end(state, err)             the file is whole to its end
 *     decoder->close(state)                after open, whatever it returned
 *
 * A decoder hands out samples as the file stores them: planes of one channel each (a JPEG's Y, Cb
 * and Cr, which may differ in size), or one plane of interleaved channels. It may scale while it
 * decodes, where that is cheap. Colours are turned into others after resampling, when there are
 * fewer of them.
 *
 * Its memory is that of its library, freed by close. Nothing is told of EXIF: the probe knows.
 */
#ifndef SP_PHOTO_DECODER_H
#define SP_PHOTO_DECODER_H

#include <smallpress/photo.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SP_PLANES_MAX 4

/* Rows of a plane that a decoder may hand out at once: four blocks of a JPEG. */
#define SP_BAND_ROWS_MAX 32

/* What the samples are. Planes or channels stand in this order. */
enum sp_pixels {
    SP_PIXELS_GREY,
    SP_PIXELS_RGB,
    SP_PIXELS_YCC, /* full range, as in JFIF; neutral chroma is 128 */
    SP_PIXELS_CMYK,
    SP_PIXELS_YCCK, /* CMY as YCC of their complements, then K */
};

/* Which YCC: the first is that of JPEG, the others are of video (ITU-R BT.709 and BT.2020). */
enum sp_matrix {
    SP_MATRIX_601,
    SP_MATRIX_709,
    SP_MATRIX_2020,
};

/*
 * A plane of `width` × `height` pixels. They cover extent_x × extent_y pixels of it, in 96ths: a
 * JPEG's chroma may reach beyond the picture by part of a sample.
 */
#define SP_EXTENT_UNIT 96
struct sp_decoder_plane {
    unsigned channels; /* interleaved, 1 to 4 */
    uint32_t width, height;
    uint64_t extent_x, extent_y;
    unsigned band_rows; /* handed out at once, at most */
};

struct sp_decoder_facts {
    uint32_t width_px, height_px; /* of the picture, whatever it was scaled to */
    enum sp_pixels pixels;
    enum sp_matrix matrix; /* of YCC */
    unsigned plane_count;
    struct sp_decoder_plane planes[SP_PLANES_MAX];
    bool inverted;            /* CMYK and YCCK: 255 is no ink */
    const unsigned char *icc; /* the colour profile, until close; null for none */
    size_t icc_bytes;
};

struct sp_decoder_input {
    int fd;
    const struct sp_photo_probe *probe;
    uint32_t edge_px; /* wanted of the longer side: scaling while decoding leaves at least that */
};

/* Rows until the next call; a plane may get none. */
struct sp_band {
    unsigned count[SP_PLANES_MAX];
    const unsigned char *rows[SP_PLANES_MAX][SP_BAND_ROWS_MAX];
};

/* Room for the state of any decoder, on the stack of the work. */
#define SP_DECODER_STATE_BYTES 6144

struct sp_decoder {
    enum sp_photo_format format;
    size_t state_bytes;
    enum sp_status (*open)(void *state, const struct sp_decoder_input *input,
                           struct sp_decoder_facts *facts, struct sp_err *err);
    enum sp_status (*next)(void *state, struct sp_band *band, struct sp_err *err);
    enum sp_status (*end)(void *state, struct sp_err *err);
    void (*close)(void *state);
};

extern const struct sp_decoder sp_jpeg_decoder, sp_png_decoder, sp_webp_decoder;

/* Part of smallpress-heif alone, as its library is. */
extern const struct sp_decoder sp_heic_decoder, sp_avif_decoder;

/* A plane of one picture size that covers exactly its pixels. */
static inline struct sp_decoder_plane sp_decoder_plane_of(unsigned channels, uint32_t width,
                                                          uint32_t height)
{
    return (struct sp_decoder_plane){
        .channels = channels,
        .width = width,
        .height = height,
        .extent_x = (uint64_t)width * SP_EXTENT_UNIT,
        .extent_y = (uint64_t)height * SP_EXTENT_UNIT,
        .band_rows = 1,
    };
}

#endif
