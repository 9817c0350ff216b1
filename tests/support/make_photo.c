#include <stdio.h>

#include "support/make_photo.h"

#include <jpeglib.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void must(bool holds, const char *what)
{
    if (!holds) {
        (void)fprintf(stderr, "make_photo: %s\n", what);
        abort();
    }
}

struct picture picture_new(unsigned width, unsigned height, unsigned channels)
{
    struct picture picture = {width, height, channels, NULL};
    picture.bytes = calloc((size_t)width * height, channels);
    must(picture.bytes, "no memory");
    return picture;
}

void picture_free(struct picture *picture)
{
    free(picture->bytes);
    picture->bytes = NULL;
}

struct picture picture_smooth(unsigned width, unsigned height, unsigned channels)
{
    struct picture picture = picture_new(width, height, channels);
    unsigned char *to = picture.bytes;
    for (unsigned y = 0; y < height; y++)
        for (unsigned x = 0; x < width; x++) {
            const unsigned across = 200 * x / (width > 1 ? width - 1 : 1);
            const unsigned down = 120 * y / (height > 1 ? height - 1 : 1);
            const unsigned values[4] = {20 + across, 235 - across / 2 - down / 2,
                                        30 + (across + down) / 2, 40 + down};
            for (unsigned c = 0; c < channels; c++)
                *to++ = (unsigned char)values[c];
        }
    return picture;
}

struct picture picture_stored(const struct picture *upright, unsigned orientation)
{
    const bool crossed = orientation >= 5;
    struct picture stored =
        picture_new(crossed ? upright->height : upright->width,
                    crossed ? upright->width : upright->height, upright->channels);
    const unsigned w = stored.width, h = stored.height;
    /* The table of CIPA DC-008: where row 0 and column 0 of what is stored are to be seen. */
    for (unsigned y = 0; y < h; y++)
        for (unsigned x = 0; x < w; x++) {
            unsigned seen_x = 0, seen_y = 0;
            switch (orientation) {
            case 1: /* row 0 at the top, column 0 on the left */
                seen_x = x, seen_y = y;
                break;
            case 2: /* top, right */
                seen_x = w - 1 - x, seen_y = y;
                break;
            case 3: /* bottom, right */
                seen_x = w - 1 - x, seen_y = h - 1 - y;
                break;
            case 4: /* bottom, left */
                seen_x = x, seen_y = h - 1 - y;
                break;
            case 5: /* row 0 on the left, column 0 at the top */
                seen_x = y, seen_y = x;
                break;
            case 6: /* right, top */
                seen_x = h - 1 - y, seen_y = x;
                break;
            case 7: /* right, bottom */
                seen_x = h - 1 - y, seen_y = w - 1 - x;
                break;
            default: /* left, bottom */
                seen_x = y, seen_y = w - 1 - x;
                break;
            }
            memcpy(stored.bytes + ((size_t)y * w + x) * stored.channels,
                   upright->bytes + ((size_t)seen_y * upright->width + seen_x) * stored.channels,
                   stored.channels);
        }
    return stored;
}

double picture_mean(const struct picture *a, const struct picture *b)
{
    const size_t count = (size_t)a->width * a->height * a->channels;
    double sum = 0;
    must(a->width == b->width && a->height == b->height && a->channels == b->channels,
         "pictures of two sizes");
    for (size_t i = 0; i < count; i++)
        sum += abs(a->bytes[i] - b->bytes[i]);
    return sum / (double)count;
}

int picture_most(const struct picture *a, const struct picture *b)
{
    const size_t count = (size_t)a->width * a->height * a->channels;
    int most = 0;
    must(a->width == b->width && a->height == b->height && a->channels == b->channels,
         "pictures of two sizes");
    for (size_t i = 0; i < count; i++)
        most = abs(a->bytes[i] - b->bytes[i]) > most ? abs(a->bytes[i] - b->bytes[i]) : most;
    return most;
}

int make_bytes(const void *bytes, size_t count)
{
    const int fd = memfd_create("photo", MFD_CLOEXEC);
    must(fd >= 0 && write(fd, bytes, count) == (ssize_t)count, "no file");
    return fd;
}

unsigned char *read_bytes(int fd, size_t *count)
{
    const off_t size = lseek(fd, 0, SEEK_END);
    unsigned char *bytes = malloc((size_t)size + 1);
    must(bytes && pread(fd, bytes, (size_t)size, 0) == size, "no bytes");
    *count = (size_t)size;
    return bytes;
}

/* A TIFF structure with nothing but an orientation. */
static size_t make_exif(unsigned char *out, unsigned orientation, bool little)
{
    static const unsigned char big_end[] = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0,
                                            3,   0,   0, 0,  1, 0, 0, 0, 0, 0, 0, 0,    0};
    static const unsigned char little_end[] = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3,
                                               0,   1,   0,  0, 0, 0, 0, 0, 0, 0, 0,    0, 0};
    memcpy(out, little ? little_end : big_end, sizeof big_end);
    out[little ? 18 : 19] = (unsigned char)orientation;
    return sizeof big_end;
}

static void write_segments(j_compress_ptr jpeg, const struct jpeg_spec *spec)
{
    if (spec->orientation) {
        unsigned char exif[64] = "Exif";
        const size_t count = 6 + make_exif(exif + 6, spec->orientation, spec->little);
        jpeg_write_marker(jpeg, JPEG_APP0 + 1, exif, (unsigned)count);
    }
    for (unsigned i = 0; i < spec->text_segments; i++) {
        static const unsigned char text[65533] = "text";
        jpeg_write_marker(jpeg, JPEG_COM, text, sizeof text);
    }
    if (spec->icc)
        jpeg_write_icc_profile(jpeg, spec->icc, (unsigned)spec->icc_bytes);
}

static void set_colours(j_compress_ptr jpeg, const struct jpeg_spec *spec, unsigned channels)
{
    jpeg->input_components = (int)channels;
    jpeg->in_color_space = channels == 1 ? JCS_GRAYSCALE : channels == 3 ? JCS_RGB : JCS_CMYK;
    jpeg_set_defaults(jpeg);
    if (spec->as_rgb)
        jpeg_set_colorspace(jpeg, JCS_RGB);
    if (spec->as_ycck)
        jpeg_set_colorspace(jpeg, JCS_YCCK);
    if (spec->plain_inks)
        jpeg->write_Adobe_marker = FALSE;
    jpeg->comp_info[0].h_samp_factor = jpeg->comp_info[0].v_samp_factor =
        spec->sampling ? spec->sampling : 1;
    if (spec->as_ycck)
        jpeg->comp_info[3].h_samp_factor = jpeg->comp_info[3].v_samp_factor =
            jpeg->comp_info[0].h_samp_factor;
}

/* One scan for each coefficient, and for 65 one more for the last bit of the first. */
static void set_scans(j_compress_ptr jpeg, unsigned scans)
{
    static jpeg_scan_info script[65];
    const int bit = scans == 65;
    for (int i = 0; i < 64; i++)
        script[i] = (jpeg_scan_info){1, {0}, i, i, 0, i == 0 ? bit : 0};
    script[64] = (jpeg_scan_info){1, {0}, 0, 0, 1, 0};
    jpeg->scan_info = script;
    jpeg->num_scans = 64 + bit;
}

int make_jpeg(const struct picture *picture, const struct jpeg_spec *spec)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr error;
    unsigned char *bytes = NULL;
    unsigned long count = 0;
    const size_t stride = (size_t)picture->width * picture->channels;
    unsigned char *row = malloc(stride);
    /* Inks in a marked file are stored the other way round. */
    const unsigned flip = picture->channels == 4 && !spec->plain_inks ? 255 : 0;
    jpeg.err = jpeg_std_error(&error);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &count);
    jpeg.image_width = picture->width;
    jpeg.image_height = picture->height;
    set_colours(&jpeg, spec, picture->channels);
    jpeg_set_quality(&jpeg, spec->quality ? spec->quality : 100, TRUE);
    jpeg.restart_interval = spec->restart;
    if (spec->progressive)
        jpeg_simple_progression(&jpeg);
    if (spec->scans)
        set_scans(&jpeg, spec->scans);
    jpeg_start_compress(&jpeg, TRUE);
    write_segments(&jpeg, spec);
    for (unsigned y = 0; y < picture->height; y++) {
        for (size_t i = 0; i < stride; i++)
            row[i] = (unsigned char)(picture->bytes[y * stride + i] ^ flip);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    const int fd = make_bytes(bytes, count);
    free(bytes);
    free(row);
    return fd;
}

static void put_bytes(png_structp png, png_bytep bytes, size_t count)
{
    const int fd = *(int *)png_get_io_ptr(png);
    must(write(fd, bytes, count) == (ssize_t)count, "no file");
}

static void add_text(png_structp png, png_infop info, unsigned count)
{
    char *words = malloc(count + 1);
    must(words, "no memory");
    memset(words, 'a', count);
    words[count] = '\0';
    char key[] = "Comment";
    png_text text = {.compression = PNG_TEXT_COMPRESSION_zTXt, .key = key, .text = words};
    png_set_text(png, info, &text, 1);
    free(words);
}

int make_png(const struct picture *picture, const struct png_spec *spec)
{
    static const int types[] = {0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA,
                                PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
    int fd = memfd_create("photo", MFD_CLOEXEC);
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    const size_t stride = (size_t)picture->width * picture->channels;
    const int bits = spec->bits ? spec->bits : 8;
    unsigned char *row = malloc(stride * 2);
    unsigned char exif[64];
    png_set_write_fn(png, &fd, put_bytes, NULL);
    png_set_IHDR(png, info, picture->width, picture->height, bits, types[picture->channels],
                 spec->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, 0, 0);
    if (spec->orientation)
        png_set_eXIf_1(png, info, (png_uint_32)make_exif(exif, spec->orientation, false), exif);
    if (spec->icc)
        png_set_iCCP(png, info, "profile", 0, spec->icc, (png_uint_32)spec->icc_bytes);
    if (spec->text_bytes)
        add_text(png, info, spec->text_bytes);
    png_write_info(png, info);
    const int passes = spec->interlaced ? png_set_interlace_handling(png) : 1;
    for (int pass = 0; pass < passes; pass++)
        for (unsigned y = 0; y < picture->height; y++) {
            const unsigned char *from = picture->bytes + y * stride;
            /* 16 bits: each byte twice is the same share of the whole. */
            for (size_t i = 0; i < stride * (unsigned)bits / 8; i++)
                row[i] = from[bits == 16 ? i / 2 : i];
            png_write_row(png, row);
        }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    free(row);
    return fd;
}

static struct picture read_jpeg(const unsigned char *bytes, size_t count)
{
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr error;
    jpeg.err = jpeg_std_error(&error);
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, bytes, (unsigned long)count);
    jpeg_read_header(&jpeg, TRUE);
    jpeg_start_decompress(&jpeg);
    struct picture picture =
        picture_new(jpeg.output_width, jpeg.output_height, (unsigned)jpeg.output_components);
    while (jpeg.output_scanline < jpeg.output_height) {
        unsigned char *row =
            picture.bytes + (size_t)jpeg.output_scanline * picture.width * picture.channels;
        jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_decompress(&jpeg);
    must(error.num_warnings == 0, "a warning of libjpeg");
    jpeg_destroy_decompress(&jpeg);
    return picture;
}

static struct picture read_png(const unsigned char *bytes, size_t count)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    must(png_image_begin_read_from_memory(&image, bytes, count), "no PNG");
    image.format = image.format & PNG_FORMAT_FLAG_COLOR ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    struct picture picture =
        picture_new(image.width, image.height, PNG_IMAGE_PIXEL_CHANNELS(image.format));
    must(png_image_finish_read(&image, NULL, picture.bytes, 0, NULL), "a broken PNG");
    return picture;
}

struct picture read_photo(int fd)
{
    size_t count;
    unsigned char *bytes = read_bytes(fd, &count);
    must(count > 4, "an empty photo");
    struct picture picture = bytes[0] == 0xFF ? read_jpeg(bytes, count) : read_png(bytes, count);
    free(bytes);
    return picture;
}
