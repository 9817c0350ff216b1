/* HEIC: upright, in the colours libheif itself makes of it, and refused where it is broken. */
#include "support/make_photo.h"
#include "support/unit.h"

#include "photo/heif_read.h"

#include <fcntl.h>
#include <libheif/heif.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct sp_photo_order order = {
    .kind = SP_PHOTO_GRAPHIC,
    .edge_px = 100,
    .quality = 100,
    .pixels_max = 100000,
    .memory_bytes = 1000000,
};

/* A seed without the two bytes of settings that the fuzz target takes from it. */
static unsigned char *read_seed(const char *name, size_t *count)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", SEEDS, name);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    unsigned char *bytes = read_bytes(fd, count);
    (void)close(fd);
    *count -= 2;
    memmove(bytes, bytes + 2, *count);
    return bytes;
}

static enum sp_status work(const unsigned char *bytes, size_t count, struct picture *got,
                           struct sp_photo *photo, struct sp_err *err)
{
    const int fd = make_bytes(bytes, count), out = memfd_create("out", MFD_CLOEXEC);
    const enum sp_status status = sp_heif_work(fd, &order, out, photo, err);
    if (status == SP_OK)
        *got = read_photo(out);
    (void)close(fd);
    (void)close(out);
    return status;
}

/* What libheif makes of it: RGB, on white. */
static struct picture decode(const unsigned char *bytes, size_t count)
{
    struct heif_context *context = heif_context_alloc();
    struct heif_image_handle *handle;
    struct heif_image *image;
    assert_int_equal(heif_context_read_from_memory_without_copy(context, bytes, count, NULL).code,
                     0);
    assert_int_equal(heif_context_get_primary_image_handle(context, &handle).code, 0);
    assert_int_equal(
        heif_decode_image(handle, &image, heif_colorspace_RGB, heif_chroma_interleaved_RGBA, NULL)
            .code,
        0);
    int stride;
    const uint8_t *from = heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride);
    struct picture picture =
        picture_new((unsigned)heif_image_get_width(image, heif_channel_interleaved),
                    (unsigned)heif_image_get_height(image, heif_channel_interleaved), 3);
    for (unsigned y = 0; y < picture.height; y++)
        for (unsigned x = 0; x < picture.width; x++)
            for (unsigned c = 0; c < 3; c++) {
                const uint8_t *pixel = from + (size_t)y * (size_t)stride + 4 * (size_t)x;
                picture.bytes[((size_t)y * picture.width + x) * 3 + c] =
                    (unsigned char)((pixel[c] * pixel[3] + 255 * (255 - pixel[3]) + 127) / 255);
            }
    heif_image_release(image);
    heif_image_handle_release(handle);
    heif_context_free(context);
    return picture;
}

static void check_seed(const char *name, const unsigned char *bytes, size_t count,
                       const struct picture *right)
{
    struct picture got = {0};
    struct sp_photo photo;
    struct sp_err err = {0};
    if (work(bytes, count, &got, &photo, &err) != SP_OK)
        fail_msg("%s: %s", name, err.text);
    assert_false(photo.probe.by_rows);
    assert_true(photo.probe.store_bytes >= 5u * got.width * got.height);
    assert_int_equal(got.width, right->width);
    assert_int_equal(got.height, right->height);
    if (picture_mean(&got, right) > 1.5 || picture_most(&got, right) > 14)
        fail_msg("%s differs by %.2f, at most by %d", name, picture_mean(&got, right),
                 picture_most(&got, right));
    picture_free(&got);
}

static void all_kinds_look_as_libheif_makes_them(void **state)
{
    static const char *const names[] = {"plain.heic", "rot.heic", "alpha.heic", "odd.heic",
                                        "picture.avif"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t count;
        unsigned char *bytes = read_seed(names[i], &count);
        struct picture right = decode(bytes, count);
        check_seed(names[i], bytes, count, &right);
        picture_free(&right);
        free(bytes);
    }
}

/*
 * The picture of plain.heic says nothing of its colours and is full range BT.601; its samples say
 * something else when the file says that they are of another kind.
 */
static void colours_are_what_the_file_says(void **state)
{
    static const struct {
        const char *name;
        double red, blue; /* shares of luma */
        bool limited;
    } kinds[] = {{"limited.heic", 0.299, 0.114, true}, {"matrix709.heic", 0.2126, 0.0722, false}};
    for (size_t i = 0; i < 2; i++) {
        size_t count;
        unsigned char *plain = read_seed("plain.heic", &count);
        struct picture right = decode(plain, count);
        free(plain);
        for (size_t p = 0; p < (size_t)right.width * right.height; p++) {
            unsigned char *rgb = right.bytes + p * 3;
            double y = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
            double cb = (rgb[2] - y) / 1.772, cr = (rgb[0] - y) / 1.402;
            if (kinds[i].limited) {
                y = (y - 16) * 255 / 219;
                cb *= 255.0 / 224;
                cr *= 255.0 / 224;
            }
            const double red = y + 2 * (1 - kinds[i].red) * cr;
            const double blue = y + 2 * (1 - kinds[i].blue) * cb;
            const double green = (y - kinds[i].red * red - kinds[i].blue * blue) /
                                 (1 - kinds[i].red - kinds[i].blue);
            rgb[0] = (unsigned char)fmin(fmax(red + 0.5, 0), 255);
            rgb[1] = (unsigned char)fmin(fmax(green + 0.5, 0), 255);
            rgb[2] = (unsigned char)fmin(fmax(blue + 0.5, 0), 255);
        }
        unsigned char *bytes = read_seed(kinds[i].name, &count);
        check_seed(kinds[i].name, bytes, count, &right);
        picture_free(&right);
        free(bytes);
    }
}

static void turning_is_done_once(void **state)
{
    size_t count;
    unsigned char *bytes = read_seed("rot.heic", &count);
    struct picture upright = picture_smooth(64, 48, 3);
    struct picture right = picture_stored(&upright, 8), got;
    struct sp_photo photo;
    struct sp_err err;
    assert_int_equal(work(bytes, count, &got, &photo, &err), SP_OK);
    assert_int_equal(photo.probe.orientation, 1);
    assert_int_equal(got.width, 48);
    assert_int_equal(got.height, 64);
    assert_true(picture_mean(&got, &right) < 3);
    picture_free(&got);
    picture_free(&right);
    picture_free(&upright);
    free(bytes);
}

static void files_cut_short_are_refused(void **state)
{
    size_t count;
    unsigned char *bytes = read_seed("plain.heic", &count);
    for (size_t i = 1; i < 20; i++) {
        struct sp_photo photo;
        struct picture got;
        struct sp_err err = {0};
        const enum sp_status status = work(bytes, count * i / 20, &got, &photo, &err);
        if (status != SP_BAD_DATA)
            fail_msg("%zu of %zu bytes: %s", count * i / 20, count, sp_status_word(status));
        assert_true(strlen(err.text) > 10);
    }
    free(bytes);
}

/* The extent in the header is the price; the picture may not be much larger than it. */
static void a_header_that_makes_little_of_it_is_refused(void **state)
{
    size_t count;
    unsigned char *bytes = read_seed("plain.heic", &count);
    unsigned char *extent = memmem(bytes, count, "ispe", 4);
    assert_non_null(extent);
    while (extent) {
        memcpy(extent + 8, "\0\0\0\x08\0\0\0\x08", 8);
        const size_t at = (size_t)(extent - bytes) + 4;
        extent = memmem(bytes + at, count - at, "ispe", 4);
    }
    struct sp_photo photo;
    struct picture got;
    struct sp_err err;
    assert_int_equal(work(bytes, count, &got, &photo, &err), SP_BAD_DATA);
    free(bytes);
}

static void the_library_alone_refuses_it_by_name(void **state)
{
    size_t count;
    unsigned char *bytes = read_seed("plain.heic", &count);
    const int fd = make_bytes(bytes, count), out = memfd_create("out", MFD_CLOEXEC);
    struct sp_photo photo;
    struct sp_err err;
    assert_int_equal(sp_photo_work(fd, &order, out, &photo, &err), SP_BAD_DATA);
    assert_non_null(strstr(err.text, "it is a HEIC photo"));
    (void)close(fd);
    (void)close(out);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_kinds_look_as_libheif_makes_them),
        cmocka_unit_test(colours_are_what_the_file_says),
        cmocka_unit_test(turning_is_done_once),
        cmocka_unit_test(files_cut_short_are_refused),
        cmocka_unit_test(a_header_that_makes_little_of_it_is_refused),
        cmocka_unit_test(the_library_alone_refuses_it_by_name),
    };
    return cmocka_run_group_tests_name("photo_heif", tests, NULL, NULL);
}
