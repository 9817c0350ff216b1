#include <stdio.h>

#include "photo/jpeg_write.h"

#include "base/check.h"
#include "base/sys.h"

#include <jerror.h>
#include <string.h>

#define BLOCK 8

static struct sp_jpeg_writer *writer_of(j_common_ptr common)
{
    return common->client_data;
}

/* libjpeg does not expect to come back from here. */
static void leave(j_common_ptr common)
{
    struct sp_jpeg_writer *writer = writer_of(common);
    if (writer->status == SP_OK && common->err->msg_code == JERR_OUT_OF_MEMORY)
        writer->status = sp_fail(writer->err, SP_NO_ROOM, "there is no memory to encode it");
    if (writer->status == SP_OK)
        writer->status = sp_fail(writer->err, SP_NO_ROOM, "it cannot be encoded");
    longjmp(writer->failed, 1);
}

static void keep_silent(j_common_ptr common)
{
}

static void count_warning(j_common_ptr common, int level)
{
}

static void start_buffer(j_compress_ptr jpeg)
{
    struct sp_jpeg_writer *writer = jpeg->client_data;
    writer->destination.next_output_byte = writer->buffer;
    writer->destination.free_in_buffer = SP_JPEG_OUT_BYTES;
}

static void write_buffer(struct sp_jpeg_writer *writer, size_t count)
{
    const int result = sp_sys_pwrite_all(writer->fd, writer->buffer, count, writer->length);
    if (result < 0) {
        writer->status = sp_fail_os(writer->err, -result, "the finished photo cannot be written");
        longjmp(writer->failed, 1);
    }
    writer->length += count;
}

static boolean empty_buffer(j_compress_ptr jpeg)
{
    write_buffer(jpeg->client_data, SP_JPEG_OUT_BYTES);
    start_buffer(jpeg);
    return TRUE;
}

static void end_buffer(j_compress_ptr jpeg)
{
    struct sp_jpeg_writer *writer = jpeg->client_data;
    write_buffer(writer, SP_JPEG_OUT_BYTES - writer->destination.free_in_buffer);
}

/* Rows of a band of MCUs in a plane, and bytes of each: whole blocks. */
static unsigned band_rows(enum sp_canvas_kind kind, unsigned plane)
{
    return kind == SP_CANVAS_YCC && plane == 0 ? 2 * BLOCK : BLOCK;
}

static size_t band_stride(uint32_t width, unsigned plane)
{
    const size_t samples = plane ? ((size_t)width + 1) / 2 : width;
    return (samples + BLOCK - 1) / BLOCK * BLOCK;
}

size_t sp_jpeg_writer_need(enum sp_canvas_kind kind, uint32_t width, uint32_t height)
{
    size_t need = sp_arena_cost(SP_JPEG_OUT_BYTES);
    for (unsigned i = 0; i < sp_canvas_plane_count(kind); i++)
        need += sp_arena_cost(band_rows(kind, i) * band_stride(width, i));
    return need;
}

static void set_up(struct sp_jpeg_writer *writer, enum sp_canvas_kind kind, uint32_t width,
                   uint32_t height, unsigned quality)
{
    j_compress_ptr jpeg = &writer->jpeg;
    jpeg->image_width = width;
    jpeg->image_height = height;
    jpeg->input_components = kind == SP_CANVAS_YCC ? 3 : 1;
    jpeg->in_color_space = kind == SP_CANVAS_YCC ? JCS_YCbCr : JCS_GRAYSCALE;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, (int)quality, TRUE);
    jpeg->raw_data_in = TRUE;
    jpeg_start_compress(jpeg, TRUE);
}

enum sp_status sp_jpeg_writer_open(struct sp_jpeg_writer *writer, struct sp_arena *arena, int fd,
                                   enum sp_canvas_kind kind, uint32_t width, uint32_t height,
                                   unsigned quality, struct sp_err *err)
{
    *writer = (struct sp_jpeg_writer){.fd = fd, .err = err};
    writer->buffer = sp_arena_take(arena, SP_JPEG_OUT_BYTES, 1);
    writer->band_lines = band_rows(kind, 0);
    for (unsigned i = 0; i < sp_canvas_plane_count(kind); i++) {
        writer->strides[i] = band_stride(width, i);
        writer->widths[i] = i ? (width + 1) / 2 : width;
        writer->bands[i] = sp_arena_take(arena, band_rows(kind, i), writer->strides[i]);
    }
    writer->jpeg.err = jpeg_std_error(&writer->error);
    writer->error.error_exit = leave;
    writer->error.output_message = keep_silent;
    writer->error.emit_message = count_warning;
    writer->jpeg.client_data = writer;
    if (setjmp(writer->failed))
        return writer->status;
    jpeg_create_compress(&writer->jpeg);
    writer->jpeg.client_data = writer;
    writer->destination = (struct jpeg_destination_mgr){
        .init_destination = start_buffer,
        .empty_output_buffer = empty_buffer,
        .term_destination = end_buffer,
    };
    writer->jpeg.dest = &writer->destination;
    set_up(writer, kind, width, height, quality);
    return SP_OK;
}

/* A row into its place in the band, its last sample repeated to the end of the block. */
static void put_row(struct sp_jpeg_writer *writer, unsigned plane, unsigned row,
                    const unsigned char *samples)
{
    unsigned char *to = writer->bands[plane] + row * writer->strides[plane];
    const size_t width = writer->widths[plane];
    memcpy(to, samples, width);
    memset(to + width, samples[width - 1], writer->strides[plane] - width);
}

/* Writes the band, the last of `rows` rows of luma repeated to its end. */
static void write_band(struct sp_jpeg_writer *writer, unsigned rows)
{
    unsigned char *lines[3][2 * BLOCK];
    JSAMPARRAY planes[3] = {lines[0], lines[1], lines[2]};
    for (unsigned i = 0; i < (unsigned)writer->jpeg.num_components; i++) {
        const unsigned have = i ? (rows + 1) / 2 : rows;
        const unsigned all = i ? BLOCK : writer->band_lines;
        for (unsigned y = 0; y < all; y++)
            lines[i][y] = writer->bands[i] + (y < have ? y : have - 1) * writer->strides[i];
    }
    jpeg_write_raw_data(&writer->jpeg, planes, writer->band_lines);
}

enum sp_status sp_jpeg_writer_put(struct sp_jpeg_writer *writer, const struct sp_line *line,
                                  struct sp_err *err)
{
    SP_ASSERT(writer->status == SP_OK);
    SP_ASSERT(writer->lines < writer->jpeg.image_height);
    const unsigned row = writer->lines % writer->band_lines;
    writer->err = err;
    for (unsigned i = 0; i < 3; i++)
        if (line->planes[i])
            put_row(writer, i, i ? row / 2 : row, line->planes[i]);
    writer->lines++;
    if (row + 1 < writer->band_lines && writer->lines < writer->jpeg.image_height)
        return SP_OK;
    if (setjmp(writer->failed))
        return writer->status;
    write_band(writer, row + 1);
    return SP_OK;
}

enum sp_status sp_jpeg_writer_end(struct sp_jpeg_writer *writer, uint64_t *length,
                                  struct sp_err *err)
{
    SP_ASSERT(writer->status == SP_OK);
    SP_ASSERT(writer->lines == writer->jpeg.image_height);
    writer->err = err;
    if (setjmp(writer->failed))
        return writer->status;
    jpeg_finish_compress(&writer->jpeg);
    *length = writer->length;
    return SP_OK;
}

void sp_jpeg_writer_close(struct sp_jpeg_writer *writer)
{
    jpeg_destroy_compress(&writer->jpeg);
}
