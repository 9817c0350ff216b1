/*
 * The picture at its final size, before it is encoded: lines as they come, and turned ones.
 *
 * A line is a row of luma, or of grey, or of RGB; with chroma of half size a line may bring a row
 * of Cb and of Cr. A picture that is upright goes from the resampler to the encoder line by line. A
 * turned one is kept whole (at its final size, so it is small) and read in another order.
 */
#ifndef SP_PHOTO_CANVAS_H
#define SP_PHOTO_CANVAS_H

#include <smallpress/arena.h>

#include <stdbool.h>
#include <stdint.h>

enum sp_canvas_kind {
    SP_CANVAS_GREY, /* a plane */
    SP_CANVAS_RGB,  /* a plane of three bytes a pixel */
    SP_CANVAS_YCC,  /* a plane of luma, two of chroma of half width and height */
};

struct sp_line {
    const unsigned char *planes[3]; /* chroma: null if this line brings none */
};

/* Sizes of the planes, in pixels, of a picture as it is stored. */
struct sp_canvas_plane {
    uint32_t width, height;
    unsigned bytes; /* a pixel */
};

struct sp_canvas_spec {
    enum sp_canvas_kind kind;
    uint32_t width, height; /* as stored, before turning */
    unsigned orientation;   /* EXIF, 1 to 8 */
};

unsigned sp_canvas_plane_count(enum sp_canvas_kind kind);
struct sp_canvas_plane sp_canvas_plane(const struct sp_canvas_spec *spec, unsigned plane);

/*
 * Whether a picture's chroma begins half a sample before it, in stored order: where a side is odd
 * and is turned round, so that pairs of pixels begin at the edge that will be the first.
 */
unsigned sp_canvas_shift_x(const struct sp_canvas_spec *spec);
unsigned sp_canvas_shift_y(const struct sp_canvas_spec *spec);

/* Upright size. */
uint32_t sp_canvas_width(const struct sp_canvas_spec *spec);
uint32_t sp_canvas_height(const struct sp_canvas_spec *spec);

/* Rows that are turned at once, so that a column is read by cache lines. */
#define SP_CANVAS_BAND 16

struct sp_canvas {
    struct sp_canvas_spec spec;
    unsigned char *planes[3];
    unsigned char *bands[3]; /* SP_CANVAS_BAND upright rows of each */
    uint32_t filled[3];      /* rows so far */
};

/* Memory to keep a picture and turn it. */
size_t sp_canvas_need(const struct sp_canvas_spec *spec);
void sp_canvas_init(struct sp_canvas *canvas, struct sp_arena *arena,
                    const struct sp_canvas_spec *spec);

/* Keeps a line; they come in stored order. */
void sp_canvas_put(struct sp_canvas *canvas, const struct sp_line *line);

/* The upright lines, in order from 0, once all are kept. Until the next call. */
struct sp_line sp_canvas_line(struct sp_canvas *canvas, uint32_t y);

#endif
