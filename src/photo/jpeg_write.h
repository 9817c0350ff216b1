/*
 * A JPEG, line by line, to a file: baseline, chroma of half size, the standard's Huffman tables.
 *
 * That is what every reader knows, and it is written without looking at the picture twice. Luma and
 * chroma are handed over as they are to be stored, so nothing is converted.
 */
#ifndef SP_PHOTO_JPEG_WRITE_H
#define SP_PHOTO_JPEG_WRITE_H

#include "photo/photo_canvas.h"

#include <smallpress/arena.h>
#include <smallpress/status.h>

#include <jpeglib.h>
#include <setjmp.h>

#define SP_JPEG_OUT_BYTES (16 * 1024)

struct sp_jpeg_writer {
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr error;
    struct jpeg_destination_mgr destination;
    jmp_buf failed;
    enum sp_status status;
    struct sp_err *err; /* of the call in progress */
    int fd;
    uint64_t length;
    unsigned char *buffer;
    unsigned char *bands[3]; /* rows of a band of MCUs, as wide as whole blocks */
    size_t strides[3];
    uint32_t widths[3];
    uint32_t lines; /* so far */
    unsigned band_lines;
};

size_t sp_jpeg_writer_need(enum sp_canvas_kind kind, uint32_t width, uint32_t height);

/*
 * Begins a picture of kind SP_CANVAS_GREY or SP_CANVAS_YCC at offset 0 of the file. Close it after
 * this, whatever it returned.
 */
SP_MUST_CHECK enum sp_status sp_jpeg_writer_open(struct sp_jpeg_writer *writer,
                                                 struct sp_arena *arena, int fd,
                                                 enum sp_canvas_kind kind, uint32_t width,
                                                 uint32_t height, unsigned quality,
                                                 struct sp_err *err);
SP_MUST_CHECK enum sp_status sp_jpeg_writer_put(struct sp_jpeg_writer *writer,
                                                const struct sp_line *line, struct sp_err *err);
/* After the last line: the rest of the file; *length is that of the whole. */
SP_MUST_CHECK enum sp_status sp_jpeg_writer_end(struct sp_jpeg_writer *writer, uint64_t *length,
                                                struct sp_err *err);
void sp_jpeg_writer_close(struct sp_jpeg_writer *writer);

#endif
