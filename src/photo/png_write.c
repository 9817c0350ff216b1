#include "photo/png_write.h"

#include "base/sys.h"

#include <png.h>
#include <string.h>

static void leave(png_structp png, png_const_charp words)
{
    struct sp_png_writer *writer = png_get_error_ptr(png);
    if (writer->status == SP_OK)
        writer->status = sp_fail(writer->err, SP_NO_ROOM, "it cannot be encoded: %s", words);
    png_longjmp(png, 1);
}

static void keep_silent(png_structp png, png_const_charp words)
{
}

static void put_bytes(png_structp png, png_bytep bytes, size_t count)
{
    struct sp_png_writer *writer = png_get_io_ptr(png);
    const int result = sp_sys_pwrite_all(writer->fd, bytes, count, writer->length);
    if (result < 0) {
        writer->status = sp_fail_os(writer->err, -result, "the finished photo cannot be written");
        png_longjmp(png, 1);
    }
    writer->length += count;
}

static void flush_nothing(png_structp png)
{
}

enum sp_status sp_png_writer_open(struct sp_png_writer *writer, int fd, enum sp_canvas_kind kind,
                                  uint32_t width, uint32_t height, struct sp_err *err)
{
    *writer = (struct sp_png_writer){.fd = fd, .err = err};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, writer, leave, keep_silent);
    writer->png = png;
    png_infop info = png ? png_create_info_struct(png) : NULL;
    writer->info = info;
    if (!info)
        return sp_fail(err, SP_NO_ROOM, "there is no memory to encode it");
    if (setjmp(png_jmpbuf(png)))
        return writer->status;
    png_set_write_fn(png, writer, put_bytes, flush_nothing);
    png_set_IHDR(png, info, width, height, 8,
                 kind == SP_CANVAS_RGB ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    return SP_OK;
}

enum sp_status sp_png_writer_put(struct sp_png_writer *writer, const struct sp_line *line,
                                 struct sp_err *err)
{
    writer->err = err;
    if (setjmp(png_jmpbuf(writer->png)))
        return writer->status;
    png_write_row(writer->png, line->planes[0]);
    return SP_OK;
}

enum sp_status sp_png_writer_end(struct sp_png_writer *writer, uint64_t *length, struct sp_err *err)
{
    writer->err = err;
    if (setjmp(png_jmpbuf(writer->png)))
        return writer->status;
    png_write_end(writer->png, writer->info);
    *length = writer->length;
    return SP_OK;
}

void sp_png_writer_close(struct sp_png_writer *writer)
{
    png_structp png = writer->png;
    png_infop info = writer->info;
    if (png)
        png_destroy_write_struct(&png, info ? &info : NULL);
    writer->png = writer->info = NULL;
}
