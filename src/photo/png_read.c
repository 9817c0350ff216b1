/*
 * PNG by libpng, row by row, as 8-bit grey or RGB on white.
 *
 * Text, palettes for suggestion and whatever else is not the picture is passed over unread, so
 * that a compressed text of gigabytes is a few kilobytes. An interlaced picture is put together in
 * memory first: that is its store. Of an animation the still picture is taken.
 */
#include "photo/decoder.h"

#include "base/num.h"
#include "photo/photo_bytes.h"
#include "photo/probe_header.h"

#include <png.h>
#include <string.h>

/* The gamma of sRGB, and the values that make sense, in 100,000ths (ISO/IEC 15948, 11.3.3.2). */
#define GAMMA_SCREEN 220000
#define GAMMA_MIN    10000
#define GAMMA_MAX    1000000

struct png_reader {
    png_structp png;
    png_infop info;
    enum sp_status status;
    struct sp_err *err; /* of the call in progress */
    int fd;
    uint64_t offset;
    uint32_t width, height, rows; /* rows given so far */
    unsigned channels;            /* with transparency: 2 or 4 */
    size_t row_bytes;
    unsigned char *row;
    unsigned char *store; /* all rows of an interlaced picture; else null */
};

_Static_assert(sizeof(struct png_reader) <= SP_DECODER_STATE_BYTES, "the state has room");

static void leave(png_structp png, png_const_charp words)
{
    struct png_reader *reader = png_get_error_ptr(png);
    if (reader->status == SP_OK && strstr(words, "emory"))
        reader->status = sp_fail(reader->err, SP_NO_ROOM, "there is no memory to decode it");
    if (reader->status == SP_OK)
        reader->status = sp_fail(reader->err, SP_BAD_DATA, "it is damaged: %s", words);
    png_longjmp(png, 1);
}

static void keep_silent(png_structp png, png_const_charp words)
{
}

static void get_bytes(png_structp png, png_bytep bytes, size_t count)
{
    struct png_reader *reader = png_get_io_ptr(png);
    reader->status = sp_photo_bytes_take(reader->fd, reader->offset, bytes, count, reader->err);
    if (reader->status != SP_OK)
        png_longjmp(png, 1);
    reader->offset += count;
}

/* Bounds for what libpng does by itself. */
static void set_limits(png_structp png)
{
    static const unsigned char ignored[] = "tEXt\0zTXt\0iTXt\0sPLT\0hIST\0pCAL\0sCAL\0tIME\0eXIf";
    png_set_user_limits(png, SP_PHOTO_SIDE_MAX, SP_PHOTO_SIDE_MAX);
    png_set_chunk_malloc_max(png, SP_ICC_BYTES_MAX_PNG);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, ignored, sizeof ignored / 5);
}

static void set_transforms(struct png_reader *reader)
{
    png_structp png = reader->png;
    png_fixed_point gamma;
    png_set_expand(png);
    png_set_scale_16(png);
    if (!png_get_valid(png, reader->info, PNG_INFO_sRGB | PNG_INFO_iCCP) &&
        png_get_gAMA_fixed(png, reader->info, &gamma) && gamma >= GAMMA_MIN && gamma <= GAMMA_MAX)
        png_set_gamma_fixed(png, GAMMA_SCREEN, gamma);
}

static void read_icc(struct png_reader *reader, struct sp_decoder_facts *facts)
{
    png_charp name;
    int compression;
    png_bytep profile;
    png_uint_32 length;
    if (!png_get_iCCP(reader->png, reader->info, &name, &compression, &profile, &length))
        return;
    facts->icc = profile;
    facts->icc_bytes = length;
}

/* All passes over an interlaced picture, each filling in more of its pixels. */
static void read_store(struct png_reader *reader, int passes)
{
    reader->store = png_malloc(reader->png, reader->row_bytes * reader->height);
    memset(reader->store, 0, reader->row_bytes * reader->height);
    for (int pass = 0; pass < passes; pass++)
        for (uint32_t y = 0; y < reader->height; y++)
            png_read_row(reader->png, reader->store + y * reader->row_bytes, NULL);
}

static enum sp_status start(struct png_reader *reader, const struct sp_decoder_input *input,
                            struct sp_decoder_facts *facts, struct sp_err *err)
{
    png_structp png = reader->png;
    png_set_read_fn(png, reader, get_bytes);
    set_limits(png);
    png_read_info(png, reader->info);
    reader->width = png_get_image_width(png, reader->info);
    reader->height = png_get_image_height(png, reader->info);
    if (reader->width != input->probe->width_px || reader->height != input->probe->height_px)
        return sp_photo_bad_header(err, SP_PHOTO_PNG);
    const bool interlaced = png_get_interlace_type(png, reader->info) != PNG_INTERLACE_NONE;
    set_transforms(reader);
    const int passes = interlaced ? png_set_interlace_handling(png) : 1;
    png_read_update_info(png, reader->info);
    reader->channels = png_get_channels(png, reader->info);
    reader->row_bytes = png_get_rowbytes(png, reader->info);
    const bool grey = reader->channels < 3;
    facts->width_px = reader->width;
    facts->height_px = reader->height;
    facts->pixels = grey ? SP_PIXELS_GREY : SP_PIXELS_RGB;
    facts->plane_count = 1;
    facts->planes[0] = sp_decoder_plane_of(grey ? 1 : 3, reader->width, reader->height);
    read_icc(reader, facts);
    if (interlaced)
        read_store(reader, passes);
    else
        reader->row = png_malloc(png, reader->row_bytes);
    return SP_OK;
}

static enum sp_status open_png(void *state, const struct sp_decoder_input *input,
                               struct sp_decoder_facts *facts, struct sp_err *err)
{
    struct png_reader *reader = state;
    memset(reader, 0, sizeof *reader);
    *facts = (struct sp_decoder_facts){0};
    reader->fd = input->fd;
    reader->err = err;
    reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, leave, keep_silent);
    reader->info = reader->png ? png_create_info_struct(reader->png) : NULL;
    if (!reader->info)
        return sp_fail(err, SP_NO_ROOM, "there is no memory to decode it");
    if (setjmp(png_jmpbuf(reader->png)))
        return reader->status;
    return start(reader, input, facts, err);
}

/* Puts pixels with transparency on white, in their own place. */
static void put_on_white(unsigned char *row, uint32_t width, unsigned channels)
{
    const unsigned colours = channels - 1;
    unsigned char *out = row;
    for (uint32_t x = 0; x < width; x++, row += channels) {
        const unsigned alpha = row[colours];
        for (unsigned c = 0; c < colours; c++)
            *out++ = (unsigned char)((row[c] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
}

static enum sp_status next_row(void *state, struct sp_band *band, struct sp_err *err)
{
    struct png_reader *reader = state;
    reader->err = err;
    if (reader->store) {
        reader->row = reader->store + reader->rows * reader->row_bytes;
    } else {
        if (setjmp(png_jmpbuf(reader->png)))
            return reader->status;
        png_read_row(reader->png, reader->row, NULL);
    }
    reader->rows++;
    if (reader->channels % 2 == 0)
        put_on_white(reader->row, reader->width, reader->channels);
    band->count[0] = 1;
    band->rows[0][0] = reader->row;
    return SP_OK;
}

static enum sp_status end_png(void *state, struct sp_err *err)
{
    struct png_reader *reader = state;
    reader->err = err;
    if (setjmp(png_jmpbuf(reader->png)))
        return reader->status;
    png_read_end(reader->png, NULL);
    return SP_OK;
}

static void close_png(void *state)
{
    struct png_reader *reader = state;
    if (!reader->png)
        return;
    png_free(reader->png, reader->store ? reader->store : reader->row);
    png_destroy_read_struct(&reader->png, reader->info ? &reader->info : NULL, NULL);
}

const struct sp_decoder sp_png_decoder = {
    .format = SP_PHOTO_PNG,
    .state_bytes = sizeof(struct png_reader),
    .open = open_png,
    .next = next_row,
    .end = end_png,
    .close = close_png,
};
