/*
 * A PNG, line by line, to a file: 8 bits, grey or RGB, not interlaced, without loss.
 */
#ifndef SP_PHOTO_PNG_WRITE_H
#define SP_PHOTO_PNG_WRITE_H

#include "photo/photo_canvas.h"

#include <smallpress/status.h>

struct sp_png_writer {
    void *png, *info; /* of libpng */
    enum sp_status status;
    struct sp_err *err; /* of the call in progress */
    int fd;
    uint64_t length;
};

/* Begins a picture of kind SP_CANVAS_GREY or SP_CANVAS_RGB at offset 0. Close it in any case. */
SP_MUST_CHECK enum sp_status sp_png_writer_open(struct sp_png_writer *writer, int fd,
                                                enum sp_canvas_kind kind, uint32_t width,
                                                uint32_t height, struct sp_err *err);
SP_MUST_CHECK enum sp_status sp_png_writer_put(struct sp_png_writer *writer,
                                               const struct sp_line *line, struct sp_err *err);
/* After the last line: the rest of the file; *length is that of the whole. */
SP_MUST_CHECK enum sp_status sp_png_writer_end(struct sp_png_writer *writer, uint64_t *length,
                                               struct sp_err *err);
void sp_png_writer_close(struct sp_png_writer *writer);

#endif
