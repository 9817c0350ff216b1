/* Whole photos: upright, in the right colours, of the right size, whatever they came as. */
#include "support/make_photo.h"
#include "support/unit.h"

#include <smallpress/photo.h>

#include <lcms2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <webp/encode.h>

#define WIDTH  61
#define HEIGHT 43

static const struct sp_photo_order plain_order = {
    .kind = SP_PHOTO_PICTURE,
    .edge_px = 200,
    .quality = 100,
    .pixels_max = 1000000,
    .memory_bytes = 1000000,
};

/* Does the work and reads the result; closes the photo's file. */
static struct picture work(int fd, const struct sp_photo_order *order, struct sp_photo *photo)
{
    struct sp_err err = {0};
    const int out = memfd_create("out", MFD_CLOEXEC);
    const enum sp_status status = sp_photo_work(fd, order, out, photo, &err);
    if (status != SP_OK)
        fail_msg("%s: %s", sp_status_word(status), err.text);
    size_t count;
    unsigned char *bytes = read_bytes(out, &count);
    assert_int_equal(photo->length, count);
    assert_int_equal(sp_photo_format_of(bytes, count), photo->format);
    free(bytes);
    struct picture picture = read_photo(out);
    assert_int_equal(picture.width, photo->width_px);
    assert_int_equal(picture.height, photo->height_px);
    assert_int_equal(picture.channels, photo->channels);
    (void)close(out);
    (void)close(fd);
    return picture;
}

static void assert_alike(const struct picture *got, const struct picture *right, double mean,
                         int most)
{
    assert_int_equal(got->width, right->width);
    assert_int_equal(got->height, right->height);
    assert_int_equal(got->channels, right->channels);
    if (picture_mean(got, right) > mean || picture_most(got, right) > most)
        fail_msg("differs by %.2f, at most by %d", picture_mean(got, right),
                 picture_most(got, right));
}

/* A picture of half the size, by means of 2 × 2. */
static struct picture halved(const struct picture *whole)
{
    struct picture half = picture_new(whole->width / 2, whole->height / 2, whole->channels);
    for (unsigned y = 0; y < half.height; y++)
        for (unsigned x = 0; x < half.width; x++)
            for (unsigned c = 0; c < half.channels; c++) {
                const size_t at = ((size_t)2 * y * whole->width + 2 * x) * whole->channels + c;
                const size_t down = at + (size_t)whole->width * whole->channels;
                half.bytes[((size_t)y * half.width + x) * half.channels + c] =
                    (unsigned char)((whole->bytes[at] + whole->bytes[at + whole->channels] +
                                     whole->bytes[down] + whole->bytes[down + whole->channels] +
                                     2) /
                                    4);
            }
    return half;
}

static void every_orientation_comes_upright(void **state)
{
    for (unsigned sampling = 1; sampling <= 2; sampling++)
        for (unsigned grow = 0; grow < 4; grow++)
            for (unsigned o = 1; o <= 8; o++) {
                struct picture upright = picture_smooth(WIDTH + grow % 2, HEIGHT + grow / 2, 3);
                struct picture stored = picture_stored(&upright, o);
                const struct jpeg_spec spec = {
                    .orientation = o, .sampling = (int)sampling, .little = o % 2};
                struct sp_photo photo;
                struct picture got = work(make_jpeg(&stored, &spec), &plain_order, &photo);
                assert_int_equal(photo.probe.orientation, o);
                assert_alike(&got, &upright, 1.5, 12);
                picture_free(&got);
                picture_free(&stored);
                picture_free(&upright);
            }
}

static void turned_photos_are_scaled_as_upright_ones(void **state)
{
    for (unsigned o = 1; o <= 8; o++) {
        struct picture upright = picture_smooth(300, 202, 3);
        struct picture stored = picture_stored(&upright, o);
        struct picture half = halved(&upright);
        const struct jpeg_spec spec = {.orientation = o, .sampling = 2};
        struct sp_photo_order order = plain_order;
        struct sp_photo photo;
        order.edge_px = 150;
        struct picture got = work(make_jpeg(&stored, &spec), &order, &photo);
        assert_alike(&got, &half, 1.5, 12);
        picture_free(&got);
        picture_free(&half);
        picture_free(&stored);
        picture_free(&upright);
    }
}

static void other_formats_are_turned_too(void **state)
{
    for (unsigned o = 1; o <= 8; o++)
        for (unsigned kind = 0; kind < 2; kind++) {
            struct picture upright = picture_smooth(WIDTH, HEIGHT, 3);
            struct picture stored = picture_stored(&upright, o);
            const struct png_spec spec = {.orientation = o};
            struct sp_photo_order order = plain_order;
            struct sp_photo photo;
            order.kind = kind ? SP_PHOTO_GRAPHIC : SP_PHOTO_PICTURE;
            struct picture got = work(make_png(&stored, &spec), &order, &photo);
            assert_alike(&got, &upright, kind ? 0 : 1.5, kind ? 0 : 12);
            picture_free(&got);
            picture_free(&stored);
            picture_free(&upright);
        }
}

static void all_kinds_of_jpeg_look_alike(void **state)
{
    static const struct jpeg_spec specs[] = {
        {.sampling = 1},
        {.sampling = 2},
        {.progressive = true, .sampling = 2},
        {.as_rgb = true},
        {.restart = 3},
        {.progressive = true},
        {.text_segments = 40},
        {.progressive = true, .restart = 2},
    };
    struct picture right = picture_smooth(WIDTH, HEIGHT, 3);
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
        struct sp_photo photo;
        struct picture got = work(make_jpeg(&right, &specs[i]), &plain_order, &photo);
        assert_int_equal(photo.format, SP_PHOTO_JPEG);
        assert_int_equal(photo.probe.by_rows, !specs[i].progressive);
        assert_false(photo.passed);
        assert_alike(&got, &right, 1.5, 12);
        picture_free(&got);
    }
    picture_free(&right);
}

static void grey_stays_grey(void **state)
{
    struct picture right = picture_smooth(WIDTH, HEIGHT, 1);
    struct sp_photo photo;
    struct picture got =
        work(make_jpeg(&right, &(struct jpeg_spec){.quality = 100}), &plain_order, &photo);
    assert_alike(&got, &right, 1, 4);
    picture_free(&got);
    got = work(make_png(&right, &(struct png_spec){.bits = 8}), &plain_order, &photo);
    assert_alike(&got, &right, 1, 4);
    picture_free(&got);
    picture_free(&right);
}

/* What lets light through: of each ink and of black. */
static struct picture inks_as_rgb(const struct picture *inks)
{
    struct picture rgb = picture_new(inks->width, inks->height, 3);
    for (size_t i = 0; i < (size_t)inks->width * inks->height; i++)
        for (unsigned c = 0; c < 3; c++)
            rgb.bytes[i * 3 + c] = (unsigned char)((255 - inks->bytes[i * 4 + c]) *
                                                   (255 - inks->bytes[i * 4 + 3]) / 255);
    return rgb;
}

static void inks_become_colours(void **state)
{
    static const struct jpeg_spec specs[] = {
        {.quality = 100},      {.plain_inks = true},
        {.as_ycck = true},     {.as_ycck = true, .sampling = 2},
        {.progressive = true},
    };
    struct picture inks = picture_smooth(WIDTH, HEIGHT, 4);
    struct picture right = inks_as_rgb(&inks);
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
        struct sp_photo photo;
        struct picture got = work(make_jpeg(&inks, &specs[i]), &plain_order, &photo);
        assert_int_equal(photo.probe.channels, 4);
        assert_alike(&got, &right, 2, 14);
        picture_free(&got);
    }
    picture_free(&right);
    picture_free(&inks);
}

static struct picture on_white(const struct picture *picture)
{
    const unsigned colours = picture->channels - 1;
    struct picture flat = picture_new(picture->width, picture->height, colours);
    for (size_t i = 0; i < (size_t)picture->width * picture->height; i++) {
        const unsigned char *from = picture->bytes + i * picture->channels;
        for (unsigned c = 0; c < colours; c++)
            flat.bytes[i * colours + c] =
                (unsigned char)((from[c] * from[colours] + 255 * (255 - from[colours]) + 127) /
                                255);
    }
    return flat;
}

static void all_kinds_of_png_are_exact_as_graphics(void **state)
{
    for (unsigned channels = 1; channels <= 4; channels++)
        for (int bits = 8; bits <= 16; bits += 8)
            for (int interlaced = 0; interlaced < 2; interlaced++) {
                struct picture picture = picture_smooth(WIDTH, HEIGHT, channels);
                struct picture right = channels % 2 ? picture : on_white(&picture);
                const struct png_spec spec = {.bits = bits, .interlaced = interlaced};
                struct sp_photo_order order = plain_order;
                struct sp_photo photo;
                order.kind = SP_PHOTO_GRAPHIC;
                struct picture got = work(make_png(&picture, &spec), &order, &photo);
                assert_int_equal(photo.format, SP_PHOTO_PNG);
                assert_int_equal(photo.probe.by_rows, !interlaced);
                assert_alike(&got, &right, 0, 0);
                picture_free(&got);
                if (channels % 2 == 0)
                    picture_free(&right);
                picture_free(&picture);
            }
}

static void a_jpeg_can_be_a_graphic(void **state)
{
    struct picture right = picture_smooth(WIDTH, HEIGHT, 3);
    struct sp_photo_order order = plain_order;
    struct sp_photo photo;
    order.kind = SP_PHOTO_GRAPHIC;
    struct picture got =
        work(make_jpeg(&right, &(struct jpeg_spec){.sampling = 2}), &order, &photo);
    assert_int_equal(photo.format, SP_PHOTO_PNG);
    assert_alike(&got, &right, 1.5, 8);
    picture_free(&got);
    picture_free(&right);
}

static int make_webp(const struct picture *picture, bool lossless)
{
    uint8_t *bytes = NULL;
    const int stride = (int)(picture->width * picture->channels);
    const int width = (int)picture->width, height = (int)picture->height;
    size_t count;
    if (picture->channels == 4)
        count = lossless ? WebPEncodeLosslessRGBA(picture->bytes, width, height, stride, &bytes)
                         : WebPEncodeRGBA(picture->bytes, width, height, stride, 95, &bytes);
    else
        count = lossless ? WebPEncodeLosslessRGB(picture->bytes, width, height, stride, &bytes)
                         : WebPEncodeRGB(picture->bytes, width, height, stride, 95, &bytes);
    assert_true(count > 0);
    const int fd = make_bytes(bytes, count);
    WebPFree(bytes);
    return fd;
}

static void webp_of_all_kinds(void **state)
{
    for (unsigned channels = 3; channels <= 4; channels++)
        for (int lossless = 0; lossless < 2; lossless++)
            for (int half = 0; half < 2; half++) {
                struct picture picture = picture_smooth(300, 202, channels);
                struct picture flat = channels == 4 ? on_white(&picture) : picture;
                struct picture right = half ? halved(&flat) : flat;
                struct sp_photo_order order = plain_order;
                struct sp_photo photo;
                order.edge_px = half ? 150 : 300;
                struct picture got = work(make_webp(&picture, lossless), &order, &photo);
                assert_int_equal(photo.probe.by_rows, !lossless && channels == 3);
                assert_alike(&got, &right, 2.5, 20);
                picture_free(&got);
                if (half)
                    picture_free(&right);
                if (channels == 4)
                    picture_free(&flat);
                picture_free(&picture);
            }
}

/* A profile that exchanges nothing but brightness: sRGB's primaries with another curve. */
static size_t make_profile(unsigned char **bytes, double gamma)
{
    const cmsCIExyY white = {0.3127, 0.3290, 1};
    const cmsCIExyYTRIPLE primaries = {{0.64, 0.33, 1}, {0.30, 0.60, 1}, {0.15, 0.06, 1}};
    cmsToneCurve *curve = cmsBuildGamma(NULL, gamma);
    cmsToneCurve *curves[3] = {curve, curve, curve};
    cmsHPROFILE profile =
        gamma > 0 ? cmsCreateRGBProfile(&white, &primaries, curves) : cmsCreate_sRGBProfile();
    cmsUInt32Number count = 0;
    assert_true(cmsSaveProfileToMem(profile, NULL, &count));
    *bytes = malloc(count);
    assert_true(cmsSaveProfileToMem(profile, *bytes, &count));
    cmsCloseProfile(profile);
    cmsFreeToneCurve(curve);
    return count;
}

static double mean_of(const struct picture *picture)
{
    const size_t count = (size_t)picture->width * picture->height * picture->channels;
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += picture->bytes[i];
    return sum / (double)count;
}

static void profiles_are_applied_unless_they_are_srgb(void **state)
{
    struct picture picture = picture_smooth(WIDTH, HEIGHT, 3);
    unsigned char *dark, *same;
    const size_t dark_bytes = make_profile(&dark, 3.5), same_bytes = make_profile(&same, 0);
    struct sp_photo photo;
    struct picture got =
        work(make_jpeg(&picture, &(struct jpeg_spec){.icc = dark, .icc_bytes = dark_bytes}),
             &plain_order, &photo);
    assert_true(mean_of(&got) < mean_of(&picture) - 20);
    picture_free(&got);
    got = work(make_png(&picture, &(struct png_spec){.icc = dark, .icc_bytes = dark_bytes}),
               &plain_order, &photo);
    assert_true(mean_of(&got) < mean_of(&picture) - 20);
    picture_free(&got);
    got = work(make_jpeg(&picture, &(struct jpeg_spec){.icc = same, .icc_bytes = same_bytes}),
               &plain_order, &photo);
    assert_alike(&got, &picture, 1.5, 12);
    picture_free(&got);
    /* A profile that is cut off, and one for another number of channels, count as none. */
    got = work(make_jpeg(&picture, &(struct jpeg_spec){.icc = dark, .icc_bytes = dark_bytes / 2}),
               &plain_order, &photo);
    assert_alike(&got, &picture, 1.5, 12);
    picture_free(&got);
    struct picture grey = picture_smooth(WIDTH, HEIGHT, 1);
    got = work(make_jpeg(&grey, &(struct jpeg_spec){.icc = dark, .icc_bytes = dark_bytes}),
               &plain_order, &photo);
    assert_alike(&got, &grey, 1, 4);
    picture_free(&got);
    picture_free(&grey);
    picture_free(&picture);
    free(dark);
    free(same);
}

static void sizes_keep_the_proportion(void **state)
{
    static const unsigned sizes[][5] = {
        /* width, height, edge, and what becomes of them */
        {640, 480, 200, 200, 150}, {480, 640, 200, 150, 200}, {199, 50, 200, 199, 50},
        {201, 50, 200, 200, 50},   {900, 2, 100, 100, 1},     {3, 900, 100, 1, 100},
        {16, 16, 16, 16, 16},      {1, 1, 16, 1, 1},          {1000, 999, 16, 16, 16},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (int png = 0; png < 2; png++) {
            struct picture picture = picture_smooth(sizes[i][0], sizes[i][1], 3);
            struct sp_photo_order order = plain_order;
            struct sp_photo photo;
            order.edge_px = sizes[i][2];
            struct picture got = work(png ? make_png(&picture, &(struct png_spec){.bits = 8})
                                          : make_jpeg(&picture, &(struct jpeg_spec){.sampling = 2}),
                                      &order, &photo);
            assert_int_equal(got.width, sizes[i][3]);
            assert_int_equal(got.height, sizes[i][4]);
            picture_free(&got);
            picture_free(&picture);
        }
}

static bool holds(const unsigned char *bytes, size_t count, const char *word)
{
    return memmem(bytes, count, word, strlen(word));
}

static void nothing_is_told_of_the_photographer(void **state)
{
    struct picture picture = picture_smooth(WIDTH, HEIGHT, 3);
    for (int pass = 0; pass < 2; pass++) {
        const struct jpeg_spec spec = {
            .quality = 30, .orientation = 1, .text_segments = 1, .progressive = pass};
        struct sp_photo_order order = plain_order;
        struct sp_photo photo;
        struct sp_err err;
        size_t count;
        order.pass = pass;
        const int fd = make_jpeg(&picture, &spec), out = memfd_create("out", MFD_CLOEXEC);
        unsigned char *bytes = read_bytes(fd, &count);
        assert_true(holds(bytes, count, "Exif") && holds(bytes, count, "text"));
        free(bytes);
        assert_int_equal(sp_photo_work(fd, &order, out, &photo, &err), SP_OK);
        bytes = read_bytes(out, &count);
        assert_false(holds(bytes, count, "Exif") || holds(bytes, count, "text"));
        assert_int_equal(count, photo.length);
        free(bytes);
        (void)close(fd);
        (void)close(out);
    }
    picture_free(&picture);
}

static void small_upright_photos_pass(void **state)
{
    static const struct {
        struct jpeg_spec spec;
        unsigned edge;
        bool pass, passes;
    } cases[] = {
        {{.quality = 40}, 300, true, true},
        {{.quality = 40, .sampling = 2}, 300, true, true},
        {{.quality = 40, .progressive = true}, 300, true, true},
        {{.quality = 40, .orientation = 1}, 300, true, true},
        {{.quality = 40}, 300, false, false},                    /* not asked for */
        {{.quality = 40}, 299, true, false},                     /* too large */
        {{.quality = 40, .orientation = 3}, 300, true, false},   /* not upright */
        {{.quality = 40, .as_rgb = true}, 300, true, false},     /* not YCbCr */
        {{.quality = 40, .text_segments = 1}, 300, true, false}, /* too many bytes */
    };
    struct picture picture = picture_smooth(300, 202, 3);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sp_photo_order order = plain_order;
        struct sp_photo photo;
        order.pass = cases[i].pass;
        order.edge_px = cases[i].edge;
        const int fd = make_jpeg(&picture, &cases[i].spec);
        struct picture before = read_photo(fd);
        struct picture got = work(fd, &order, &photo);
        assert_int_equal(photo.passed, cases[i].passes);
        if (photo.passed)
            assert_alike(&got, &before, 0, 0);
        picture_free(&before);
        picture_free(&got);
    }
    picture_free(&picture);
}

static void bytes_after_the_end_are_no_harm(void **state)
{
    struct picture picture = picture_smooth(WIDTH, HEIGHT, 3);
    for (int pass = 0; pass < 2; pass++) {
        struct sp_photo_order order = plain_order;
        struct sp_photo photo;
        order.pass = pass;
        const int fd = make_jpeg(&picture, &(struct jpeg_spec){.quality = 60});
        assert_int_equal(pwrite(fd, "trailing", 8, lseek(fd, 0, SEEK_END)), 8);
        struct picture got = work(fd, &order, &photo);
        assert_int_equal(photo.passed, pass);
        assert_true(picture_mean(&got, &picture) < 4);
        picture_free(&got);
    }
    picture_free(&picture);
}

static void the_same_photo_gives_the_same_bytes(void **state)
{
    struct picture picture = picture_smooth(300, 202, 3);
    unsigned char *first = NULL;
    size_t first_count = 0;
    for (int i = 0; i < 3; i++) {
        struct sp_photo photo;
        struct sp_err err;
        size_t count;
        const int fd = make_jpeg(&picture, &(struct jpeg_spec){.sampling = 2, .orientation = 6});
        const int out = memfd_create("out", MFD_CLOEXEC);
        assert_int_equal(sp_photo_work(fd, &plain_order, out, &photo, &err), SP_OK);
        unsigned char *bytes = read_bytes(out, &count);
        if (first) {
            assert_int_equal(count, first_count);
            assert_memory_equal(bytes, first, count);
            free(bytes);
        } else {
            first = bytes;
            first_count = count;
        }
        (void)close(fd);
        (void)close(out);
    }
    free(first);
    picture_free(&picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_orientation_comes_upright),
        cmocka_unit_test(turned_photos_are_scaled_as_upright_ones),
        cmocka_unit_test(other_formats_are_turned_too),
        cmocka_unit_test(all_kinds_of_jpeg_look_alike),
        cmocka_unit_test(grey_stays_grey),
        cmocka_unit_test(inks_become_colours),
        cmocka_unit_test(all_kinds_of_png_are_exact_as_graphics),
        cmocka_unit_test(a_jpeg_can_be_a_graphic),
        cmocka_unit_test(webp_of_all_kinds),
        cmocka_unit_test(profiles_are_applied_unless_they_are_srgb),
        cmocka_unit_test(sizes_keep_the_proportion),
        cmocka_unit_test(nothing_is_told_of_the_photographer),
        cmocka_unit_test(small_upright_photos_pass),
        cmocka_unit_test(bytes_after_the_end_are_no_harm),
        cmocka_unit_test(the_same_photo_gives_the_same_bytes),
    };
    return cmocka_run_group_tests_name("photo_work", tests, NULL, NULL);
}
