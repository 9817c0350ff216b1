#include <stdio.h>

#include "photo/photo_work.h"

#include "base/check.h"
#include "base/num.h"
#include "photo/jpeg_write.h"
#include "photo/photo_canvas.h"
#include "photo/photo_colour.h"
#include "photo/photo_pass.h"
#include "photo/png_write.h"
#include "photo/resample.h"

#include <stddef.h>

/*
 * What the work takes besides what grows with the wanted size: rows and tables of the libraries,
 * colour profiles, rings of rows. Measured: 1.3 MiB for a JPEG, 2.6 MiB for a PNG of 65,000 pixels
 * a row, 1.4 MiB more for a profile of CMYK; the rest is for longer profiles, up to the length from
 * which they are part of the store, and for other versions of the libraries.
 */
#define FLAT_BYTES (6 * 1024 * 1024)

/* One photo on its way. Everything that must be closed has a flag that says so. */
struct work {
    const struct sp_decoder *decoder;
    struct sp_decoder_facts facts;
    struct sp_colour colour;
    struct sp_arena arena;
    struct sp_resample planes[SP_PLANES_MAX]; /* an interleaved photo has one */
    unsigned channel_count;                   /* planes after resampling */
    struct sp_canvas_spec canvas_spec;
    bool direct; /* planes are stored as they are */
    struct sp_canvas canvas;
    bool turned;
    struct sp_jpeg_writer jpeg;
    struct sp_png_writer png;
    bool jpeg_open, png_open;
    unsigned char *rows[SP_PLANES_MAX]; /* one row of each plane, resampled */
    unsigned char *scratch, *rgb, *luma, *cb, *cr;
    uint16_t *sums;
    _Alignas(max_align_t) unsigned char state[SP_DECODER_STATE_BYTES];
};

/* The longer side to the edge, the other in proportion; a smaller picture stays as it is. */
static void fit(uint32_t width, uint32_t height, uint32_t edge, uint32_t *out_width,
                uint32_t *out_height)
{
    const uint64_t longer = SP_MAX(width, height);
    *out_width = width;
    *out_height = height;
    if (longer <= edge)
        return;
    const uint64_t w = ((uint64_t)width * edge + longer / 2) / longer;
    const uint64_t h = ((uint64_t)height * edge + longer / 2) / longer;
    *out_width = (uint32_t)SP_MAX(w, 1);
    *out_height = (uint32_t)SP_MAX(h, 1);
}

static enum sp_canvas_kind canvas_kind(const struct work *work, enum sp_photo_kind kind)
{
    if (!sp_colour_is_rgb(&work->colour))
        return SP_CANVAS_GREY;
    return kind == SP_PHOTO_GRAPHIC ? SP_CANVAS_RGB : SP_CANVAS_YCC;
}

/* Source samples for one out, rounded up. */
static unsigned step_of(const struct sp_resample_axis_spec *axis)
{
    const uint64_t unit = (uint64_t)SP_EXTENT_UNIT * axis->grid;
    return (unsigned)sp_u64_div_ceil(2 * axis->extent, unit);
}

static struct sp_resample_spec plane_spec(const struct work *work, unsigned plane)
{
    const struct sp_decoder_plane *from = &work->facts.planes[plane];
    const struct sp_canvas_spec *canvas = &work->canvas_spec;
    const bool half = work->direct && plane > 0;
    const struct sp_canvas_plane to = sp_canvas_plane(canvas, half ? plane : 0);
    struct sp_resample_spec spec = {
        .channels = from->channels,
        .x = {from->width, from->extent_x, to.width, 2 * to.width, 0},
        .y = {from->height, from->extent_y, to.height, 2 * to.height, 0},
    };
    if (half) {
        spec.x.grid = canvas->width;
        spec.y.grid = canvas->height;
        spec.x.shift = sp_canvas_shift_x(canvas);
        spec.y.shift = sp_canvas_shift_y(canvas);
    }
    return spec;
}

/*
 * Rows that may be put before they can be taken: planes are read together, so each waits for the
 * one that must see farthest. Filters reach three samples, of the source or of what comes out.
 */
static unsigned lead_rows(const struct work *work, unsigned plane)
{
    const struct sp_decoder_plane *own = &work->facts.planes[plane];
    uint64_t lead = 0;
    for (unsigned i = 0; i < work->facts.plane_count; i++) {
        const struct sp_decoder_plane *other = &work->facts.planes[i];
        const struct sp_resample_spec spec = plane_spec(work, i);
        const uint64_t reach = (uint64_t)5 * step_of(&spec.y) + other->band_rows;
        lead = SP_MAX(lead, reach * own->extent_y / other->extent_y + 1);
    }
    return (unsigned)SP_MIN(lead, own->height) + own->band_rows;
}

static struct sp_resample_spec whole_spec(const struct work *work, unsigned plane)
{
    struct sp_resample_spec spec = plane_spec(work, plane);
    spec.lead_rows = lead_rows(work, plane);
    return spec;
}

/* Rows between the resampler and the encoder: bytes of each buffer, in the order of take_rows. */
static void row_bytes(const struct work *work, size_t bytes[SP_PLANES_MAX + 6])
{
    const size_t width = work->canvas_spec.width;
    for (unsigned i = 0; i < SP_PLANES_MAX; i++)
        bytes[i] = i < work->channel_count ? width : 0;
    bytes[SP_PLANES_MAX] = work->direct ? 0 : 4 * width;     /* scratch */
    bytes[SP_PLANES_MAX + 1] = work->direct ? 0 : 3 * width; /* rgb, or grey */
    const bool ycc = work->canvas_spec.kind == SP_CANVAS_YCC && !work->direct;
    bytes[SP_PLANES_MAX + 2] = ycc ? width : 0;               /* luma */
    bytes[SP_PLANES_MAX + 3] = ycc ? width / 2 + 1 : 0;       /* cb */
    bytes[SP_PLANES_MAX + 4] = ycc ? width / 2 + 1 : 0;       /* cr */
    bytes[SP_PLANES_MAX + 5] = ycc ? (width / 2 + 1) * 6 : 0; /* sums */
}

static void take_rows(struct work *work)
{
    size_t bytes[SP_PLANES_MAX + 6];
    void *pieces[SP_PLANES_MAX + 6];
    row_bytes(work, bytes);
    for (unsigned i = 0; i < SP_COUNT(bytes); i++)
        pieces[i] = sp_arena_take(&work->arena, bytes[i], 1);
    for (unsigned i = 0; i < SP_PLANES_MAX; i++)
        work->rows[i] = pieces[i];
    work->scratch = pieces[SP_PLANES_MAX];
    work->rgb = pieces[SP_PLANES_MAX + 1];
    work->luma = pieces[SP_PLANES_MAX + 2];
    work->cb = pieces[SP_PLANES_MAX + 3];
    work->cr = pieces[SP_PLANES_MAX + 4];
    work->sums = pieces[SP_PLANES_MAX + 5];
}

static size_t need(const struct work *work)
{
    size_t bytes[SP_PLANES_MAX + 6];
    size_t sum = 0;
    row_bytes(work, bytes);
    for (unsigned i = 0; i < SP_COUNT(bytes); i++)
        sum += sp_arena_cost(bytes[i]);
    for (unsigned i = 0; i < work->facts.plane_count; i++) {
        const struct sp_resample_spec spec = whole_spec(work, i);
        sum += sp_resample_need(&spec);
    }
    if (work->turned)
        sum += sp_canvas_need(&work->canvas_spec);
    return sum + sp_jpeg_writer_need(work->canvas_spec.kind, sp_canvas_width(&work->canvas_spec),
                                     sp_canvas_height(&work->canvas_spec));
}

/* What is made of the photo, and the memory for it. */
static enum sp_status prepare(struct work *work, const struct sp_photo_order *order, int out_fd,
                              struct sp_photo *photo, struct sp_err *err)
{
    struct sp_canvas_spec *canvas = &work->canvas_spec;
    fit(work->facts.width_px, work->facts.height_px, order->edge_px, &canvas->width,
        &canvas->height);
    canvas->orientation = photo->probe.orientation;
    canvas->kind = canvas_kind(work, order->kind);
    work->turned = canvas->orientation != 1;
    work->direct = canvas->kind == SP_CANVAS_YCC && sp_colour_is_plain(&work->colour) &&
                   work->facts.plane_count == 3;
    work->channel_count =
        work->facts.plane_count > 1 ? work->facts.plane_count : work->facts.planes[0].channels;
    const size_t bytes = need(work);
    enum sp_status status = sp_arena_open(&work->arena, bytes, err);
    if (status != SP_OK)
        return status;
    sp_arena_part_begin(&work->arena, "photo", bytes);
    for (unsigned i = 0; i < work->facts.plane_count; i++) {
        const struct sp_resample_spec spec = whole_spec(work, i);
        sp_resample_init(&work->planes[i], &work->arena, &spec);
    }
    take_rows(work);
    if (work->turned)
        sp_canvas_init(&work->canvas, &work->arena, canvas);
    photo->width_px = sp_canvas_width(canvas);
    photo->height_px = sp_canvas_height(canvas);
    photo->channels = canvas->kind == SP_CANVAS_GREY ? 1 : 3;
    if (order->kind == SP_PHOTO_GRAPHIC) {
        photo->format = SP_PHOTO_PNG;
        work->png_open = true;
        status = sp_png_writer_open(&work->png, out_fd, canvas->kind, photo->width_px,
                                    photo->height_px, err);
    } else {
        photo->format = SP_PHOTO_JPEG;
        work->jpeg_open = true;
        status = sp_jpeg_writer_open(&work->jpeg, &work->arena, out_fd, canvas->kind,
                                     photo->width_px, photo->height_px, order->quality, err);
    }
    sp_arena_part_end(&work->arena);
    sp_arena_seal(&work->arena);
    return status;
}

/* Takes the next row of a plane, or of all channels of an interleaved one, into work->rows. */
static enum sp_status take_plane(struct work *work, unsigned plane, struct sp_err *err)
{
    struct sp_resample *resample = &work->planes[plane];
    while (!sp_resample_ready(resample)) {
        struct sp_band band;
        const enum sp_status status = work->decoder->next(work->state, &band, err);
        if (status != SP_OK)
            return status;
        for (unsigned i = 0; i < work->facts.plane_count; i++)
            for (unsigned y = 0; y < band.count[i]; y++)
                sp_resample_put(&work->planes[i], band.rows[i][y]);
    }
    sp_resample_take(resample, work->rows + plane);
    return SP_OK;
}

/* A line of planes that are stored as they are. */
static enum sp_status make_direct(struct work *work, bool chroma, struct sp_line *line,
                                  struct sp_err *err)
{
    for (unsigned i = 0; i < (chroma ? 3u : 1u); i++) {
        const enum sp_status status = take_plane(work, i, err);
        if (status != SP_OK)
            return status;
        line->planes[i] = work->rows[i];
    }
    return SP_OK;
}

/* A line of other colours, turned into what is stored. */
static enum sp_status make_turned(struct work *work, uint32_t y, bool chroma, struct sp_line *line,
                                  struct sp_err *err)
{
    const struct sp_canvas_spec *canvas = &work->canvas_spec;
    for (unsigned i = 0; i < work->facts.plane_count; i++) {
        const enum sp_status status = take_plane(work, i, err);
        if (status != SP_OK)
            return status;
    }
    sp_colour_row(&work->colour, work->rows, canvas->width, work->scratch, work->rgb);
    line->planes[0] = work->rgb;
    if (canvas->kind != SP_CANVAS_YCC)
        return SP_OK;
    const unsigned shift = sp_canvas_shift_x(canvas);
    sp_colour_luma(work->rgb, canvas->width, work->luma);
    sp_colour_chroma_add(work->rgb, canvas->width, shift, work->sums);
    line->planes[0] = work->luma;
    if (!chroma)
        return SP_OK;
    const bool whole = (y + sp_canvas_shift_y(canvas)) % 2 == 1 && y > 0;
    sp_colour_chroma_take(work->sums, canvas->width, shift, whole ? 2 : 1, work->cb, work->cr);
    line->planes[1] = work->cb;
    line->planes[2] = work->cr;
    return SP_OK;
}

static enum sp_status write_line(struct work *work, const struct sp_line *line, struct sp_err *err)
{
    return work->png_open ? sp_png_writer_put(&work->png, line, err)
                          : sp_jpeg_writer_put(&work->jpeg, line, err);
}

static enum sp_status run(struct work *work, struct sp_photo *photo, struct sp_err *err)
{
    const struct sp_canvas_spec *canvas = &work->canvas_spec;
    const unsigned shift = sp_canvas_shift_y(canvas);
    for (uint32_t y = 0; y < canvas->height; y++) {
        struct sp_line line = {{NULL}};
        const bool chroma =
            canvas->kind == SP_CANVAS_YCC && ((y + shift) % 2 == 1 || y + 1 == canvas->height);
        enum sp_status status = work->direct ? make_direct(work, chroma, &line, err)
                                             : make_turned(work, y, chroma, &line, err);
        if (status != SP_OK)
            return status;
        if (work->turned)
            sp_canvas_put(&work->canvas, &line);
        else
            status = write_line(work, &line, err);
        if (status != SP_OK)
            return status;
    }
    enum sp_status status = work->decoder->end(work->state, err);
    for (uint32_t y = 0; status == SP_OK && work->turned && y < photo->height_px; y++) {
        const struct sp_line line = sp_canvas_line(&work->canvas, y);
        status = write_line(work, &line, err);
    }
    if (status != SP_OK)
        return status;
    return work->png_open ? sp_png_writer_end(&work->png, &photo->length, err)
                          : sp_jpeg_writer_end(&work->jpeg, &photo->length, err);
}

static enum sp_status decode(const struct sp_decoder *decoder, int fd,
                             const struct sp_photo_order *order, int out_fd, struct sp_photo *photo,
                             struct sp_err *err)
{
    const struct sp_decoder_input input = {fd, &photo->probe, order->edge_px};
    struct work work = {.decoder = decoder};
    enum sp_status status = decoder->open(work.state, &input, &work.facts, err);
    if (status == SP_OK) {
        sp_colour_open(&work.colour, &work.facts);
        status = prepare(&work, order, out_fd, photo, err);
        if (status == SP_OK)
            status = run(&work, photo, err);
        if (work.jpeg_open)
            sp_jpeg_writer_close(&work.jpeg);
        if (work.png_open)
            sp_png_writer_close(&work.png);
        sp_arena_close(&work.arena);
        sp_colour_close(&work.colour);
    }
    decoder->close(work.state);
    return status;
}

/* What the header alone forbids. */
static enum sp_status check_price(const struct sp_photo_probe *probe,
                                  const struct sp_photo_order *order, struct sp_err *err)
{
    const uint64_t pixels = (uint64_t)probe->width_px * probe->height_px;
    if (pixels > order->pixels_max)
        return sp_fail(
            err, SP_TOO_BIG, "it has %u \xC3\x97 %u pixels; at most %llu million are taken",
            probe->width_px, probe->height_px, (unsigned long long)(order->pixels_max / 1000000));
    if (probe->store_bytes > order->memory_bytes)
        return sp_fail(err, SP_TOO_BIG,
                       "it takes %llu MiB to decode (%s of %u \xC3\x97 %u pixels that must be held "
                       "whole); there are %llu MiB for it",
                       (unsigned long long)sp_u64_div_ceil(probe->store_bytes, 1 << 20),
                       sp_photo_format_word(probe->format), probe->width_px, probe->height_px,
                       (unsigned long long)(order->memory_bytes >> 20));
    return SP_OK;
}

enum sp_status sp_photo_work_with(const struct sp_decoder *const *decoders, size_t decoder_count,
                                  int fd, const struct sp_photo_order *order, int out_fd,
                                  struct sp_photo *photo, struct sp_err *err)
{
    SP_ASSERT(order->edge_px >= SP_PHOTO_EDGE_MIN && order->edge_px <= SP_PHOTO_EDGE_MAX);
    SP_ASSERT(order->quality >= 1 && order->quality <= 100);
    *photo = (struct sp_photo){0};
    enum sp_status status = sp_photo_examine(fd, &photo->probe, err);
    if (status == SP_OK)
        status = check_price(&photo->probe, order, err);
    bool passed = false;
    if (status == SP_OK)
        status = sp_photo_pass(fd, &photo->probe, order, out_fd, photo, &passed, err);
    if (status != SP_OK || passed)
        return status;
    for (size_t i = 0; i < decoder_count; i++)
        if (decoders[i]->format == photo->probe.format)
            return decode(decoders[i], fd, order, out_fd, photo, err);
    return sp_fail(err, SP_BAD_DATA,
                   "it is a %s photo, which this decoder does not know: take JPEG, PNG or WebP",
                   sp_photo_format_word(photo->probe.format));
}

enum sp_status sp_photo_work(int fd, const struct sp_photo_order *order, int out_fd,
                             struct sp_photo *photo, struct sp_err *err)
{
    static const struct sp_decoder *const decoders[] = {
        &sp_jpeg_decoder,
        &sp_png_decoder,
        &sp_webp_decoder,
    };
    return sp_photo_work_with(decoders, SP_COUNT(decoders), fd, order, out_fd, photo, err);
}

uint64_t sp_photo_work_bytes(const struct sp_photo_order *order)
{
    /*
     * A turned picture is kept: three bytes a pixel of a graphic, half of that of a photograph. A
     * WebP is decoded to half as much again in both directions, or to four bytes a pixel.
     */
    const uint64_t square = (uint64_t)order->edge_px * order->edge_px;
    const uint64_t kept = order->kind == SP_PHOTO_GRAPHIC ? square * 3 : square * 3 / 2;
    const uint64_t made = square * 4;
    /* Rings and bands at the final width: 25 rows before, 50 after. */
    return FLAT_BYTES + kept + made + (uint64_t)order->edge_px * 200;
}
