/*
 * JPEG by libjpeg-turbo, scaled while it is decoded, as planes of samples that nobody converted.
 *
 * Of an 8 × 8 block only as many coefficients are turned into samples as the scale asks for: 1, 4,
 * 16 or all 64. (The library offers all eighths; only these four have vector code, and 4/8 takes
 * less time than 3/8 and leaves more to filter.) Chroma of half size is scaled half as much, so its
 * planes are as large as that of luma, and nothing is spent on doubling it.
 *
 * Libraries that meet damage go on with grey; here the first warning of damage ends the photo.
 */
#include <stdio.h>

#include "photo/decoder.h"

#include "base/check.h"
#include "base/num.h"
#include "photo/photo_bytes.h"
#include "photo/probe_header.h"

#include <jerror.h>
#include <jpeglib.h>
#include <setjmp.h>
#include <string.h>

#define IN_BYTES (16 * 1024)

/*
 * Scans that a picture may have. Encoders make 10, careful ones up to 20; a file can have thousands
 * that change nothing, and each takes as long as decoding the whole picture.
 */
#define SCANS_MAX 64

#if JPEG_LIB_VERSION >= 70
#define SCALED(component)  ((component)->DCT_h_scaled_size)
#define SCALED_LEAST(jpeg) ((jpeg)->min_DCT_h_scaled_size)
#else
#define SCALED(component)  ((component)->DCT_scaled_size)
#define SCALED_LEAST(jpeg) ((jpeg)->min_DCT_scaled_size)
#endif

struct jpeg_reader {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr error;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    jmp_buf failed;
    enum sp_status status;
    struct sp_err *err; /* of the call in progress */
    int fd;
    uint64_t offset; /* of what is read next */
    unsigned char *buffer;
    unsigned char *rows[SP_PLANES_MAX][SP_BAND_ROWS_MAX];
    uint32_t given[SP_PLANES_MAX]; /* rows so far */
};

_Static_assert(sizeof(struct jpeg_reader) <= SP_DECODER_STATE_BYTES, "the state has room");

static _Noreturn void give_up(struct jpeg_reader *reader, enum sp_status status)
{
    reader->status = status;
    longjmp(reader->failed, 1);
}

/* libjpeg does not expect to come back from here. */
static void leave(j_common_ptr common)
{
    struct jpeg_reader *reader = common->client_data;
    char words[JMSG_LENGTH_MAX];
    if (common->err->msg_code == JERR_OUT_OF_MEMORY)
        give_up(reader, sp_fail(reader->err, SP_NO_ROOM, "there is no memory to decode it"));
    common->err->format_message(common, words);
    give_up(reader, sp_fail(reader->err, SP_BAD_DATA, "it is damaged: %s", words));
}

static void keep_silent(j_common_ptr common)
{
}

/* What a warning means: oddities of the file, or samples that are not those of the photo. */
static void judge_warning(j_common_ptr common, int level)
{
    struct jpeg_reader *reader = common->client_data;
    const struct jpeg_error_mgr *error = common->err;
    char words[JMSG_LENGTH_MAX];
    if (level >= 0)
        return;
    switch (error->msg_code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
    case JWRN_TOO_MUCH_DATA:
        return;
    case JWRN_EXTRANEOUS_DATA:
        /* Cameras fill up before a segment or the end; before a restart something is missing. */
        if (error->msg_parm.i[1] < 0xD0 || error->msg_parm.i[1] > 0xD7)
            return;
        break;
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
        give_up(reader, sp_photo_cut_short(reader->err));
    default:
        break;
    }
    error->format_message(common, words);
    give_up(reader, sp_fail(reader->err, SP_BAD_DATA, "it is damaged: %s", words));
}

static void count_scans(j_common_ptr common)
{
    struct jpeg_reader *reader = common->client_data;
    if (reader->jpeg.input_scan_number > SCANS_MAX)
        give_up(reader, sp_fail(reader->err, SP_BAD_DATA,
                                "it is built in more than %d scans: save it again", SCANS_MAX));
}

static void start_source(j_decompress_ptr jpeg)
{
}

static boolean fill_source(j_decompress_ptr jpeg)
{
    struct jpeg_reader *reader = jpeg->client_data;
    size_t got;
    const enum sp_status status = sp_photo_bytes_read(reader->fd, reader->offset, reader->buffer,
                                                      IN_BYTES, &got, reader->err);
    if (status != SP_OK)
        give_up(reader, status);
    if (got == 0)
        give_up(reader, sp_photo_cut_short(reader->err));
    reader->offset += got;
    reader->source.next_input_byte = reader->buffer;
    reader->source.bytes_in_buffer = got;
    return TRUE;
}

static void skip_source(j_decompress_ptr jpeg, long count)
{
    struct jpeg_reader *reader = jpeg->client_data;
    struct jpeg_source_mgr *source = &reader->source;
    if (count <= 0)
        return;
    const size_t here = SP_MIN((size_t)count, source->bytes_in_buffer);
    source->next_input_byte += here;
    source->bytes_in_buffer -= here;
    reader->offset += (size_t)count - here;
}

static void end_source(j_decompress_ptr jpeg)
{
}

static void set_up(struct jpeg_reader *reader)
{
    j_decompress_ptr jpeg = &reader->jpeg;
    jpeg_create_decompress(jpeg);
    jpeg->client_data = reader;
    reader->buffer = jpeg->mem->alloc_large((j_common_ptr)jpeg, JPOOL_PERMANENT, IN_BYTES);
    reader->source = (struct jpeg_source_mgr){
        .init_source = start_source,
        .fill_input_buffer = fill_source,
        .skip_input_data = skip_source,
        .resync_to_restart = jpeg_resync_to_restart,
        .term_source = end_source,
    };
    reader->progress.progress_monitor = count_scans;
    jpeg->src = &reader->source;
    jpeg->progress = &reader->progress;
}

/* The smallest scale that leaves enough, of those that have vector code. */
static unsigned scale_for(uint32_t width, uint32_t height, uint32_t edge_px)
{
    const uint64_t longer = SP_MAX(width, height);
    const uint64_t wanted = SP_MIN(longer, edge_px);
    unsigned scale = 1;
    while (scale < 8 && longer * scale < wanted * 8)
        scale *= 2;
    return scale;
}

static bool read_pixels(j_decompress_ptr jpeg, struct sp_decoder_facts *facts)
{
    switch (jpeg->jpeg_color_space) {
    case JCS_GRAYSCALE:
        facts->pixels = SP_PIXELS_GREY;
        return true;
    case JCS_YCbCr:
        facts->pixels = SP_PIXELS_YCC;
        return true;
    case JCS_RGB:
        facts->pixels = SP_PIXELS_RGB;
        return true;
    case JCS_CMYK:
        facts->pixels = SP_PIXELS_CMYK;
        break;
    case JCS_YCCK:
        facts->pixels = SP_PIXELS_YCCK;
        break;
    default:
        return false;
    }
    /* Adobe's programs store ink the other way round, and mark their files. */
    facts->inverted = jpeg->saw_Adobe_marker;
    return true;
}

/* A plane for each component, and the band it is read into. */
static void read_planes(struct jpeg_reader *reader, struct sp_decoder_facts *facts)
{
    j_decompress_ptr jpeg = &reader->jpeg;
    facts->plane_count = (unsigned)jpeg->num_components;
    for (unsigned i = 0; i < facts->plane_count; i++) {
        const jpeg_component_info *component = &jpeg->comp_info[i];
        const uint64_t scaled = (uint64_t)SCALED(component) * (SP_EXTENT_UNIT / 8);
        const unsigned rows = (unsigned)(component->v_samp_factor * SCALED(component));
        SP_ASSERT(rows <= SP_BAND_ROWS_MAX);
        facts->planes[i] = (struct sp_decoder_plane){
            .channels = 1,
            .width = component->downsampled_width,
            .height = component->downsampled_height,
            .extent_x = jpeg->image_width * scaled * (unsigned)component->h_samp_factor /
                        (unsigned)jpeg->max_h_samp_factor,
            .extent_y = jpeg->image_height * scaled * (unsigned)component->v_samp_factor /
                        (unsigned)jpeg->max_v_samp_factor,
            .band_rows = rows,
        };
        const JSAMPARRAY samples = jpeg->mem->alloc_sarray(
            (j_common_ptr)jpeg, JPOOL_IMAGE,
            component->width_in_blocks * (JDIMENSION)SCALED(component), rows);
        for (unsigned y = 0; y < rows; y++)
            reader->rows[i][y] = samples[y];
    }
}

/* Puts the profile together from its segments; what cannot be read is no profile. */
static enum sp_status read_icc(struct jpeg_reader *reader, struct sp_decoder_facts *facts,
                               struct sp_err *err)
{
    j_decompress_ptr jpeg = &reader->jpeg;
    struct sp_jpeg_header header;
    enum sp_status status = sp_jpeg_header_read(reader->fd, &header, err);
    if (status != SP_OK || header.icc_parts == 0)
        return status;
    unsigned char *icc = jpeg->mem->alloc_large((j_common_ptr)jpeg, JPOOL_IMAGE, header.icc_bytes);
    size_t at = 0;
    for (unsigned i = 0; i < header.icc_parts && status == SP_OK; i++) {
        status = sp_photo_bytes_take(reader->fd, header.icc[i].offset, icc + at,
                                     header.icc[i].length, err);
        at += header.icc[i].length;
    }
    facts->icc = icc;
    facts->icc_bytes = header.icc_bytes;
    return status;
}

static enum sp_status start(struct jpeg_reader *reader, const struct sp_decoder_input *input,
                            struct sp_decoder_facts *facts, struct sp_err *err)
{
    j_decompress_ptr jpeg = &reader->jpeg;
    jpeg_read_header(jpeg, TRUE);
    if (jpeg->image_width != input->probe->width_px ||
        jpeg->image_height != input->probe->height_px)
        return sp_photo_bad_header(err, SP_PHOTO_JPEG);
    facts->width_px = jpeg->image_width;
    facts->height_px = jpeg->image_height;
    if (!read_pixels(jpeg, facts))
        return sp_fail(err, SP_BAD_DATA, "its colours are of no known kind: save it again");
    const enum sp_status status = read_icc(reader, facts, err);
    if (status != SP_OK)
        return status;
    jpeg->out_color_space = jpeg->jpeg_color_space;
    jpeg->raw_data_out = TRUE;
    jpeg->dct_method = JDCT_ISLOW;
    jpeg->do_block_smoothing = FALSE;
    jpeg->scale_num = scale_for(jpeg->image_width, jpeg->image_height, input->edge_px);
    jpeg->scale_denom = 8;
    jpeg_start_decompress(jpeg);
    read_planes(reader, facts);
    return SP_OK;
}

static enum sp_status open_jpeg(void *state, const struct sp_decoder_input *input,
                                struct sp_decoder_facts *facts, struct sp_err *err)
{
    struct jpeg_reader *reader = state;
    memset(reader, 0, sizeof *reader);
    *facts = (struct sp_decoder_facts){0};
    reader->fd = input->fd;
    reader->err = err;
    reader->jpeg.err = jpeg_std_error(&reader->error);
    reader->error.error_exit = leave;
    reader->error.output_message = keep_silent;
    reader->error.emit_message = judge_warning;
    reader->jpeg.client_data = reader;
    if (setjmp(reader->failed))
        return reader->status;
    set_up(reader);
    return start(reader, input, facts, err);
}

static enum sp_status next_band(void *state, struct sp_band *band, struct sp_err *err)
{
    struct jpeg_reader *reader = state;
    j_decompress_ptr jpeg = &reader->jpeg;
    JSAMPARRAY planes[SP_PLANES_MAX];
    reader->err = err;
    for (unsigned i = 0; i < SP_PLANES_MAX; i++)
        planes[i] = reader->rows[i];
    if (setjmp(reader->failed))
        return reader->status;
    SP_ASSERT(jpeg->output_scanline < jpeg->output_height);
    jpeg_read_raw_data(jpeg, planes, (JDIMENSION)(jpeg->max_v_samp_factor * SCALED_LEAST(jpeg)));
    for (unsigned i = 0; i < (unsigned)jpeg->num_components; i++) {
        const jpeg_component_info *component = &jpeg->comp_info[i];
        const uint32_t rest = component->downsampled_height - reader->given[i];
        const unsigned rows = (unsigned)(component->v_samp_factor * SCALED(component));
        band->count[i] = SP_MIN(rows, rest);
        for (unsigned y = 0; y < band->count[i]; y++)
            band->rows[i][y] = reader->rows[i][y];
        reader->given[i] += band->count[i];
    }
    return SP_OK;
}

static enum sp_status end_jpeg(void *state, struct sp_err *err)
{
    struct jpeg_reader *reader = state;
    reader->err = err;
    if (setjmp(reader->failed))
        return reader->status;
    jpeg_finish_decompress(&reader->jpeg);
    return SP_OK;
}

static void close_jpeg(void *state)
{
    struct jpeg_reader *reader = state;
    jpeg_destroy_decompress(&reader->jpeg);
}

const struct sp_decoder sp_jpeg_decoder = {
    .format = SP_PHOTO_JPEG,
    .state_bytes = sizeof(struct jpeg_reader),
    .open = open_jpeg,
    .next = next_band,
    .end = end_jpeg,
    .close = close_jpeg,
};
