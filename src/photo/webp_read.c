/*
 * WebP by libwebp, scaled while it is decoded.
 *
 * The library hands out no rows: it fills a picture. Its own scaler, which averages areas, is told
 * to leave a little more than is wanted, and Lanczos does the rest; so the picture is small, and a
 * lossy one of any size is decoded in flat memory. Without transparency it stays YUV: a table turns
 * each sample from the range of television to the full one of JPEG.
 */
#include "photo/decoder.h"

#include "base/num.h"
#include "photo/photo_bytes.h"
#include "photo/probe_header.h"

#include <string.h>
#include <webp/decode.h>

#define IN_BYTES  (16 * 1024)
#define BAND_ROWS 16

/*
 * What the library's scaler leaves, in quarters of the wanted edge: enough for Lanczos to work with
 * (0.2 dB), but of four bytes a pixel no more than is wanted.
 */
#define SPARE_QUARTERS       6
#define SPARE_QUARTERS_ALPHA 4

struct webp_reader {
    WebPDecoderConfig config;
    unsigned char *icc, *block;
    bool alpha;
    uint32_t width, height; /* of the picture the library makes */
    uint32_t rows;          /* given so far */
    unsigned char luma[256], chroma[256];
};

_Static_assert(sizeof(struct webp_reader) <= SP_DECODER_STATE_BYTES, "the state has room");

/* ITU-R BT.601: luma of 16 to 235 and chroma of 16 to 240 to the whole of a byte. */
static void make_tables(struct webp_reader *reader)
{
    for (int i = 0; i < 256; i++) {
        const int luma = ((i - 16) * 510 + 219) / 438;
        const int distance = ((i < 128 ? 128 - i : i - 128) * 510 + 224) / 448;
        const int chroma = i < 128 ? 128 - distance : 128 + distance;
        reader->luma[i] = (unsigned char)(luma < 0 ? 0 : luma > 255 ? 255 : luma);
        reader->chroma[i] = (unsigned char)(chroma < 0 ? 0 : chroma > 255 ? 255 : chroma);
    }
}

static enum sp_status tell(VP8StatusCode code, struct sp_err *err)
{
    switch (code) {
    case VP8_STATUS_OK:
        return SP_OK;
    case VP8_STATUS_OUT_OF_MEMORY:
        return sp_fail(err, SP_NO_ROOM, "there is no memory to decode it");
    case VP8_STATUS_SUSPENDED:
    case VP8_STATUS_NOT_ENOUGH_DATA:
        return sp_photo_cut_short(err);
    default:
        return sp_fail(err, SP_BAD_DATA, "it is damaged: its WebP data makes no sense");
    }
}

/* What the library shall make: YUV, or RGB with transparency, as large as is useful. */
static void set_up(struct webp_reader *reader, const struct sp_decoder_input *input)
{
    const uint64_t width = input->probe->width_px, height = input->probe->height_px;
    const uint64_t longer = SP_MAX(width, height);
    const uint64_t quarters = reader->alpha ? SPARE_QUARTERS_ALPHA : SPARE_QUARTERS;
    const uint64_t wanted = (input->edge_px * quarters + 3) / 4;
    WebPDecoderOptions *options = &reader->config.options;
    reader->width = (uint32_t)width;
    reader->height = (uint32_t)height;
    reader->config.output.colorspace = reader->alpha ? MODE_RGBA : MODE_YUV;
    if (longer <= wanted)
        return;
    reader->width = (uint32_t)SP_MAX((width * wanted + longer / 2) / longer, 1);
    reader->height = (uint32_t)SP_MAX((height * wanted + longer / 2) / longer, 1);
    options->use_scaling = 1;
    options->scaled_width = (int)reader->width;
    options->scaled_height = (int)reader->height;
}

static enum sp_status decode(struct webp_reader *reader, int fd, struct sp_err *err)
{
    WebPIDecoder *decoder = WebPIDecode(NULL, 0, &reader->config);
    VP8StatusCode code = decoder ? VP8_STATUS_SUSPENDED : VP8_STATUS_OUT_OF_MEMORY;
    enum sp_status status = SP_OK;
    uint64_t offset = 0;
    while (code == VP8_STATUS_SUSPENDED) {
        size_t got;
        status = sp_photo_bytes_read(fd, offset, reader->block, IN_BYTES, &got, err);
        if (status != SP_OK || got == 0)
            break;
        code = WebPIAppend(decoder, reader->block, got);
        offset += got;
    }
    WebPIDelete(decoder);
    return status == SP_OK ? tell(code, err) : status;
}

static void read_facts(const struct webp_reader *reader, const struct sp_decoder_input *input,
                       struct sp_decoder_facts *facts)
{
    facts->width_px = input->probe->width_px;
    facts->height_px = input->probe->height_px;
    if (reader->alpha) {
        facts->pixels = SP_PIXELS_RGB;
        facts->plane_count = 1;
        facts->planes[0] = sp_decoder_plane_of(3, reader->width, reader->height);
        return;
    }
    facts->pixels = SP_PIXELS_YCC;
    facts->plane_count = 3;
    facts->planes[0] = sp_decoder_plane_of(1, reader->width, reader->height);
    facts->planes[0].band_rows = BAND_ROWS;
    for (unsigned i = 1; i < 3; i++)
        facts->planes[i] = (struct sp_decoder_plane){
            .channels = 1,
            .width = (reader->width + 1) / 2,
            .height = (reader->height + 1) / 2,
            .extent_x = (uint64_t)reader->width * SP_EXTENT_UNIT / 2,
            .extent_y = (uint64_t)reader->height * SP_EXTENT_UNIT / 2,
            .band_rows = BAND_ROWS / 2,
        };
}

static enum sp_status open_webp(void *state, const struct sp_decoder_input *input,
                                struct sp_decoder_facts *facts, struct sp_err *err)
{
    struct webp_reader *reader = state;
    struct sp_webp_header header;
    memset(reader, 0, sizeof *reader);
    *facts = (struct sp_decoder_facts){0};
    enum sp_status status = sp_webp_header_read(input->fd, input->probe->file_bytes, &header, err);
    if (status != SP_OK)
        return status;
    if (header.width != input->probe->width_px || header.height != input->probe->height_px ||
        !WebPInitDecoderConfig(&reader->config))
        return sp_photo_bad_header(err, SP_PHOTO_WEBP);
    reader->alpha = header.alpha;
    reader->block = WebPMalloc(IN_BYTES);
    reader->icc = header.icc_bytes ? WebPMalloc(header.icc_bytes) : NULL;
    if (!reader->block || (header.icc_bytes && !reader->icc))
        return tell(VP8_STATUS_OUT_OF_MEMORY, err);
    if (reader->icc) {
        status =
            sp_photo_bytes_take(input->fd, header.icc_offset, reader->icc, header.icc_bytes, err);
        facts->icc = reader->icc;
        facts->icc_bytes = header.icc_bytes;
    }
    make_tables(reader);
    set_up(reader, input);
    read_facts(reader, input, facts);
    return status == SP_OK ? decode(reader, input->fd, err) : status;
}

static void map(const unsigned char *table, unsigned char *row, size_t count)
{
    for (size_t i = 0; i < count; i++)
        row[i] = table[row[i]];
}

static void put_on_white(unsigned char *row, uint32_t width)
{
    unsigned char *out = row;
    for (uint32_t x = 0; x < width; x++, row += 4)
        for (unsigned c = 0; c < 3; c++)
            *out++ = (unsigned char)((row[c] * row[3] + 255 * (255 - row[3]) + 127) / 255);
}

static void next_rgb(struct webp_reader *reader, struct sp_band *band)
{
    const WebPRGBABuffer *picture = &reader->config.output.u.RGBA;
    unsigned char *row = picture->rgba + (size_t)reader->rows * (size_t)picture->stride;
    put_on_white(row, reader->width);
    band->count[0] = 1;
    band->rows[0][0] = row;
    reader->rows++;
}

static void next_yuv(struct webp_reader *reader, struct sp_band *band)
{
    const WebPYUVABuffer *picture = &reader->config.output.u.YUVA;
    unsigned char *const planes[3] = {picture->y, picture->u, picture->v};
    const int strides[3] = {picture->y_stride, picture->u_stride, picture->v_stride};
    for (unsigned i = 0; i < 3; i++) {
        const uint32_t width = i ? (reader->width + 1) / 2 : reader->width;
        const uint32_t height = i ? (reader->height + 1) / 2 : reader->height;
        const uint32_t first = i ? reader->rows / 2 : reader->rows;
        band->count[i] = SP_MIN(i ? BAND_ROWS / 2 : BAND_ROWS, height - first);
        for (unsigned y = 0; y < band->count[i]; y++) {
            unsigned char *row = planes[i] + (size_t)(first + y) * (size_t)strides[i];
            map(i ? reader->chroma : reader->luma, row, width);
            band->rows[i][y] = row;
        }
    }
    reader->rows += band->count[0];
}

static enum sp_status next_webp(void *state, struct sp_band *band, struct sp_err *err)
{
    struct webp_reader *reader = state;
    if (reader->alpha)
        next_rgb(reader, band);
    else
        next_yuv(reader, band);
    return SP_OK;
}

static enum sp_status end_webp(void *state, struct sp_err *err)
{
    return SP_OK;
}

static void close_webp(void *state)
{
    struct webp_reader *reader = state;
    WebPFreeDecBuffer(&reader->config.output);
    WebPFree(reader->icc);
    WebPFree(reader->block);
}

const struct sp_decoder sp_webp_decoder = {
    .format = SP_PHOTO_WEBP,
    .state_bytes = sizeof(struct webp_reader),
    .open = open_webp,
    .next = next_webp,
    .end = end_webp,
    .close = close_webp,
};
