/*
 * HEIC and AVIF by libheif, which hands out a whole picture: that is the store.
 *
 * The picture is taken as its planes are coded, without a second copy in RGB, and turned into full
 * range bytes row by row. Where there is transparency, or a matrix that is not known here, libheif
 * turns it into RGB itself. Turning and cropping that the file asks for is done by the library too;
 * EXIF does not count in these formats (ISO/IEC 23008-12, 6.5.10).
 */
#include "photo/heif_read.h"

#include "base/num.h"
#include "photo/photo_bytes.h"
#include "photo/photo_work.h"
#include "photo/probe_header.h"

#include <smallpress/arena.h>

#include <libheif/heif.h>
#include <string.h>

#define BAND_ROWS 16

/*
 * A picture may be larger than its header said by so much, since tiles reach beyond it: pixels of a
 * side, which the library checks wherever a size is written, and times its area in the end.
 */
#define OVERSIZE_PX 1024
#define OVERSIZE    4

struct heif_reader_state {
    struct heif_context *context;
    struct heif_image_handle *handle;
    struct heif_image *image;
    struct sp_arena arena;
    int fd;
    uint64_t file_bytes, at;
    struct sp_decoder_facts facts;
    enum heif_channel channels[3];
    unsigned bits;      /* of a sample; more than 8 are two bytes each */
    bool interleaved;   /* RGBA */
    bool limited;       /* samples have the range of television */
    uint32_t rows;      /* of the first plane, given so far */
    unsigned char *out; /* rows of a band, three planes of them */
    unsigned char *icc;
};

_Static_assert(sizeof(struct heif_reader_state) <= SP_DECODER_STATE_BYTES, "the state has room");

static int64_t tell_place(void *context)
{
    return (int64_t)((struct heif_reader_state *)context)->at;
}

static int read_bytes(void *bytes, size_t count, void *context)
{
    struct heif_reader_state *reader = context;
    size_t got;
    if (sp_photo_bytes_read(reader->fd, reader->at, bytes, count, &got, NULL) != SP_OK ||
        got < count)
        return -1;
    reader->at += count;
    return 0;
}

static int seek_place(int64_t place, void *context)
{
    struct heif_reader_state *reader = context;
    if (place < 0 || (uint64_t)place > reader->file_bytes)
        return -1;
    reader->at = (uint64_t)place;
    return 0;
}

static enum heif_reader_grow_status has_size(int64_t size, void *context)
{
    const struct heif_reader_state *reader = context;
    return size >= 0 && (uint64_t)size <= reader->file_bytes
               ? heif_reader_grow_status_size_reached
               : heif_reader_grow_status_size_beyond_eof;
}

static const struct heif_reader file_reader = {
    .reader_api_version = 1,
    .get_position = tell_place,
    .read = read_bytes,
    .seek = seek_place,
    .wait_for_file_size = has_size,
};

static enum sp_status tell(struct heif_error error, struct sp_err *err)
{
    if (error.code == heif_error_Ok)
        return SP_OK;
    if (error.code == heif_error_Memory_allocation_error)
        return sp_fail(err, SP_NO_ROOM, "there is no memory to decode it");
    if (error.subcode == heif_suberror_End_of_data)
        return sp_photo_cut_short(err);
    if (error.code == heif_error_Unsupported_filetype ||
        error.code == heif_error_Unsupported_feature)
        return sp_fail(err, SP_BAD_DATA, "it is of a kind that cannot be decoded here: %s",
                       error.message);
    return sp_fail(err, SP_BAD_DATA, "it is damaged: %s", error.message);
}

static enum sp_status decode(struct heif_reader_state *reader, enum heif_colorspace space,
                             enum heif_chroma chroma, struct sp_err *err)
{
    struct heif_decoding_options *options = heif_decoding_options_alloc();
    if (!options)
        return sp_fail(err, SP_NO_ROOM, "there is no memory to decode it");
#if LIBHEIF_HAVE_VERSION(1, 14, 0)
    options->strict_decoding = 1;
#endif
    if (reader->image)
        heif_image_release(reader->image);
    reader->image = NULL;
    const struct heif_error error =
        heif_decode_image(reader->handle, &reader->image, space, chroma, options);
    heif_decoding_options_free(options);
    return tell(error, err);
}

/* What the file says of its samples: in a box of the file, else in the coded picture. */
static struct heif_color_profile_nclx *read_nclx(const struct heif_reader_state *reader)
{
    struct heif_color_profile_nclx *nclx = NULL;
    if (heif_image_handle_get_nclx_color_profile(reader->handle, &nclx).code == heif_error_Ok)
        return nclx;
    if (nclx)
        heif_nclx_color_profile_free(nclx);
    nclx = NULL;
    if (heif_image_get_nclx_color_profile(reader->image, &nclx).code == heif_error_Ok)
        return nclx;
    if (nclx)
        heif_nclx_color_profile_free(nclx);
    return NULL;
}

/* Whether the samples are YCC of a kind that is turned here; without a word they are JPEG's. */
static bool is_known_matrix(struct heif_reader_state *reader)
{
    struct heif_color_profile_nclx *nclx = read_nclx(reader);
    bool known = true;
    if (!nclx)
        return true;
    reader->limited = !nclx->full_range_flag;
    switch ((int)nclx->matrix_coefficients) {
    case heif_matrix_coefficients_ITU_R_BT_709_5:
        reader->facts.matrix = SP_MATRIX_709;
        break;
    case heif_matrix_coefficients_ITU_R_BT_2020_2_non_constant_luminance:
        reader->facts.matrix = SP_MATRIX_2020;
        break;
    case heif_matrix_coefficients_unspecified:
    case heif_matrix_coefficients_ITU_R_BT_470_6_System_B_G:
    case heif_matrix_coefficients_ITU_R_BT_601_6:
        break;
    default:
        known = false;
        break;
    }
    heif_nclx_color_profile_free(nclx);
    return known;
}

/*
 * Decodes it in a form that next_band understands. 4:2:0 is asked for by name: it is what cameras
 * write and what is wanted in the end, and "as it is coded" has meant RGB in some versions.
 */
static enum sp_status decode_plainly(struct heif_reader_state *reader, struct sp_err *err)
{
    if (!heif_image_handle_has_alpha_channel(reader->handle)) {
        const enum sp_status status = decode(reader, heif_colorspace_YCbCr, heif_chroma_420, err);
        if (status != SP_OK || is_known_matrix(reader))
            return status;
    }
    reader->interleaved = true;
    reader->limited = false;
    return decode(reader, heif_colorspace_RGB, heif_chroma_interleaved_RGBA, err);
}

/* Tiles may reach beyond a picture, but one that is far larger than its header said is a trap. */
static enum sp_status check_size(int width, int height, const struct sp_photo_probe *probe,
                                 struct sp_err *err)
{
    const uint64_t claimed = (uint64_t)probe->width_px * probe->height_px;
    if (width < 1 || height < 1 || width > SP_PHOTO_SIDE_MAX || height > SP_PHOTO_SIDE_MAX ||
        (uint64_t)width * (uint64_t)height > claimed * OVERSIZE)
        return sp_photo_bad_header(err, probe->format);
    return SP_OK;
}

static struct sp_decoder_plane plane_of(const struct heif_reader_state *reader, unsigned plane)
{
    const enum heif_channel channel = reader->channels[plane];
    struct sp_decoder_plane result = sp_decoder_plane_of(
        reader->interleaved ? 3 : 1, (uint32_t)heif_image_get_width(reader->image, channel),
        (uint32_t)heif_image_get_height(reader->image, channel));
    if (plane > 0) {
        result.extent_x = (uint64_t)reader->facts.width_px * SP_EXTENT_UNIT / 2;
        result.extent_y = (uint64_t)reader->facts.height_px * SP_EXTENT_UNIT / 2;
    }
    result.band_rows = BAND_ROWS;
    return result;
}

static enum sp_status read_facts(struct heif_reader_state *reader,
                                 const struct sp_photo_probe *probe, struct sp_err *err)
{
    struct sp_decoder_facts *facts = &reader->facts;
    reader->channels[0] = reader->interleaved ? heif_channel_interleaved : heif_channel_Y;
    reader->channels[1] = heif_channel_Cb;
    reader->channels[2] = heif_channel_Cr;
    const int width = heif_image_get_width(reader->image, reader->channels[0]);
    const int height = heif_image_get_height(reader->image, reader->channels[0]);
    const enum sp_status status = check_size(width, height, probe, err);
    if (status != SP_OK)
        return status;
    facts->width_px = (uint32_t)width;
    facts->height_px = (uint32_t)height;
    facts->pixels = reader->interleaved ? SP_PIXELS_RGB : SP_PIXELS_YCC;
    facts->plane_count = facts->pixels == SP_PIXELS_YCC ? 3 : 1;
    const int bits = heif_image_get_bits_per_pixel_range(reader->image, reader->channels[0]);
    if (bits < 8 || bits > 16)
        return sp_photo_bad_header(err, probe->format);
    reader->bits = (unsigned)bits;
    for (unsigned i = 0; i < facts->plane_count; i++) {
        facts->planes[i] = plane_of(reader, i);
        const int own = heif_image_get_bits_per_pixel_range(reader->image, reader->channels[i]);
        if (own != bits || (int)facts->planes[i].width < 1 || (int)facts->planes[i].height < 1)
            return sp_photo_bad_header(err, probe->format);
    }
    return SP_OK;
}

/* Rows of a band of each plane, and the profile. */
static enum sp_status take_memory(struct heif_reader_state *reader, struct sp_err *err)
{
    struct sp_decoder_facts *facts = &reader->facts;
    size_t icc_bytes = heif_image_handle_get_raw_color_profile_size(reader->handle);
    icc_bytes = icc_bytes > SP_ICC_BYTES_MAX ? 0 : icc_bytes;
    const size_t row = (size_t)facts->width_px * facts->planes[0].channels;
    const size_t need = sp_arena_cost(row * BAND_ROWS * 3) + sp_arena_cost(icc_bytes);
    const enum sp_status status = sp_arena_open(&reader->arena, need, err);
    if (status != SP_OK)
        return status;
    sp_arena_part_begin(&reader->arena, "rows", need);
    reader->out = sp_arena_take(&reader->arena, BAND_ROWS * 3, row);
    reader->icc = sp_arena_take(&reader->arena, icc_bytes, 1);
    sp_arena_part_end(&reader->arena);
    if (icc_bytes && heif_image_handle_get_raw_color_profile(reader->handle, reader->icc).code ==
                         heif_error_Ok) {
        facts->icc = reader->icc;
        facts->icc_bytes = icc_bytes;
    }
    return SP_OK;
}

static enum sp_status open_heif(void *state, const struct sp_decoder_input *input,
                                struct sp_decoder_facts *facts, struct sp_err *err)
{
    struct heif_reader_state *reader = state;
    memset(reader, 0, sizeof *reader);
    *facts = (struct sp_decoder_facts){0};
    reader->fd = input->fd;
    reader->file_bytes = input->probe->file_bytes;
    reader->context = heif_context_alloc();
    if (!reader->context)
        return sp_fail(err, SP_NO_ROOM, "there is no memory to decode it");
    heif_context_set_maximum_image_size_limit(
        reader->context,
        (int)SP_MAX(input->probe->width_px, input->probe->height_px) + OVERSIZE_PX);
    heif_context_set_max_decoding_threads(reader->context, 0);
    enum sp_status status =
        tell(heif_context_read_from_reader(reader->context, &file_reader, reader, NULL), err);
    if (status == SP_OK)
        status = tell(heif_context_get_primary_image_handle(reader->context, &reader->handle), err);
    if (status == SP_OK)
        status = check_size(heif_image_handle_get_width(reader->handle),
                            heif_image_handle_get_height(reader->handle), input->probe, err);
    if (status == SP_OK)
        status = decode_plainly(reader, err);
    if (status == SP_OK)
        status = read_facts(reader, input->probe, err);
    if (status == SP_OK)
        status = take_memory(reader, err);
    *facts = reader->facts;
    return status;
}

/* A sample of any depth and range as a full byte. */
static unsigned char full_byte(const struct heif_reader_state *reader, unsigned plane, int sample)
{
    const int more = (int)reader->bits - 8;
    const int middle = 128 << more;
    if (!reader->limited || reader->interleaved) {
        const int rounded = more ? (sample + (1 << (more - 1))) >> more : sample;
        return (unsigned char)(rounded > 255 ? 255 : rounded < 0 ? 0 : rounded);
    }
    const int range = (plane ? 224 : 219) << more;
    const int from = plane ? middle : 16 << more;
    const int to = plane ? 128 : 0;
    const int away = (sample - from) * 510;
    const int value = to + (away + (away < 0 ? -range : range)) / (2 * range);
    return (unsigned char)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static void turn_row(const struct heif_reader_state *reader, unsigned plane,
                     const unsigned char *from, uint32_t width, unsigned char *out)
{
    if (reader->interleaved) {
        for (uint32_t x = 0; x < width; x++, from += 4)
            for (unsigned c = 0; c < 3; c++)
                *out++ = (unsigned char)((from[c] * from[3] + 255 * (255 - from[3]) + 127) / 255);
        return;
    }
    for (uint32_t x = 0; x < width; x++) {
        int sample = from[x];
        if (reader->bits > 8) {
            uint16_t wide;
            memcpy(&wide, from + 2 * (size_t)x, sizeof wide);
            sample = wide;
        }
        out[x] = full_byte(reader, plane, sample);
    }
}

static enum sp_status next_band(void *state, struct sp_band *band, struct sp_err *err)
{
    struct heif_reader_state *reader = state;
    const struct sp_decoder_facts *facts = &reader->facts;
    const size_t row = (size_t)facts->width_px * facts->planes[0].channels;
    const bool straight = reader->bits == 8 && !reader->limited && !reader->interleaved;
    const uint32_t end = SP_MIN(reader->rows + BAND_ROWS, facts->planes[0].height);
    for (unsigned i = 0; i < facts->plane_count; i++) {
        const struct sp_decoder_plane *plane = &facts->planes[i];
        /* Chroma comes in step with luma, and its last rows with the last of luma. */
        const bool half = plane->extent_y < facts->planes[0].extent_y;
        const uint32_t first = SP_MIN(half ? reader->rows / 2 : reader->rows, plane->height);
        const uint32_t last = end == facts->planes[0].height ? plane->height : half ? end / 2 : end;
        int stride;
        const uint8_t *samples =
            heif_image_get_plane_readonly(reader->image, reader->channels[i], &stride);
        if (!samples || last < first || last - first > BAND_ROWS)
            return sp_fail(err, SP_BAD_DATA, "it is damaged: its planes do not fit together");
        band->count[i] = last - first;
        for (unsigned y = 0; y < band->count[i]; y++) {
            const uint8_t *from = samples + (size_t)(first + y) * (size_t)stride;
            unsigned char *out = reader->out + (i * BAND_ROWS + y) * row;
            band->rows[i][y] = straight ? from : out;
            if (!straight)
                turn_row(reader, i, from, plane->width, out);
        }
    }
    reader->rows = end;
    return SP_OK;
}

static enum sp_status end_heif(void *state, struct sp_err *err)
{
    return SP_OK;
}

static void close_heif(void *state)
{
    struct heif_reader_state *reader = state;
    if (reader->image)
        heif_image_release(reader->image);
    if (reader->handle)
        heif_image_handle_release(reader->handle);
    if (reader->context)
        heif_context_free(reader->context);
    sp_arena_close(&reader->arena);
}

const struct sp_decoder sp_heic_decoder = {
    .format = SP_PHOTO_HEIC,
    .state_bytes = sizeof(struct heif_reader_state),
    .open = open_heif,
    .next = next_band,
    .end = end_heif,
    .close = close_heif,
};

const struct sp_decoder sp_avif_decoder = {
    .format = SP_PHOTO_AVIF,
    .state_bytes = sizeof(struct heif_reader_state),
    .open = open_heif,
    .next = next_band,
    .end = end_heif,
    .close = close_heif,
};

enum sp_status sp_heif_work(int fd, const struct sp_photo_order *order, int out_fd,
                            struct sp_photo *photo, struct sp_err *err)
{
    static const struct sp_decoder *const decoders[] = {
        &sp_jpeg_decoder, &sp_png_decoder, &sp_webp_decoder, &sp_heic_decoder, &sp_avif_decoder,
    };
    return sp_photo_work_with(decoders, SP_COUNT(decoders), fd, order, out_fd, photo, err);
}
