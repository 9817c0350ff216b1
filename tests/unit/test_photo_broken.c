/* Photos that are no photos: each is refused with a sentence, none costs more than it may. */
#include "support/make_photo.h"
#include "support/unit.h"

#include "base/sys.h"
#include "photo/exif.h"

#include <smallpress/photo.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <webp/encode.h>

static const struct sp_photo_order order = {
    .kind = SP_PHOTO_PICTURE,
    .edge_px = 100,
    .quality = 80,
    .pixels_max = 100000000,
    .memory_bytes = 100000000,
};

static enum sp_status try_file(int fd, struct sp_err *err)
{
    struct sp_photo photo;
    const int out = memfd_create("out", MFD_CLOEXEC);
    const enum sp_status status = sp_photo_work(fd, &order, out, &photo, err);
    (void)close(out);
    (void)close(fd);
    return status;
}

static void assert_refused(int fd, enum sp_status right, const char *words)
{
    struct sp_err err = {0};
    const enum sp_status status = try_file(fd, &err);
    if (status != right || !strstr(err.text, words))
        fail_msg("%s: %s; not: %s", sp_status_word(status), err.text, words);
}

static void other_files_are_named(void **state)
{
    static const struct {
        const char *bytes;
        size_t count;
        const char *words;
    } files[] = {
        {"%PDF-1.7\n%....", 14, "it is a PDF, not a photo: take JPEG, PNG, WebP or HEIC"},
        {"GIF89a..........", 16, "it is a GIF, not a photo"},
        {"II*\0............", 16, "it is a TIFF, not a photo"},
        {"MM\0*............", 16, "it is a TIFF, not a photo"},
        {"BM..............", 16, "it is a BMP, not a photo"},
        {"<svg xmlns='x'/>", 16, "it is an SVG, not a photo"},
        {"<?xml version='1.0'?>\n<svg/>", 28, "it is an SVG, not a photo"},
        {"\xEF\xBB\xBF <!DOCTYPE HTML>", 19, "it is a web page, not a photo"},
        {"<?xml version='1.0'?><html>", 27, "it is a web page, not a photo"},
        {"\n<html><body>404", 16, "it is a web page, not a photo"},
        {"", 0, "it is an empty file"},
        {"hello, world", 12, "it is no photo of a known kind"},
        {"\xFF\xD8", 2, "it is no photo of a known kind"},
        {"RIFF....WEBP", 12, "it is cut short"},
        {"\x89PNG\r\n\x1A\n", 8, "it is cut short"},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        assert_refused(make_bytes(files[i].bytes, files[i].count), SP_BAD_DATA, files[i].words);
}

static void formats_have_words(void **state)
{
    assert_string_equal(sp_photo_format_word(SP_PHOTO_WEBP), "WebP");
    assert_string_equal(sp_photo_format_word((enum sp_photo_format)99), "unknown");
    assert_int_equal(sp_photo_format_of("\0\0\0\x1C"
                                        "ftypheic",
                                        12),
                     SP_PHOTO_HEIC);
    assert_int_equal(sp_photo_format_of("\0\0\0\x1C"
                                        "ftypmif1\0\0\0\0heic",
                                        20),
                     SP_PHOTO_HEIC);
    assert_int_equal(sp_photo_format_of("\0\0\0\x1C"
                                        "ftypavif",
                                        12),
                     SP_PHOTO_AVIF);
    assert_int_equal(sp_photo_format_of("\0\0\0\x1C"
                                        "ftypisom\0\0\0\0mp41",
                                        20),
                     SP_PHOTO_UNKNOWN);
}

/* Every file is cut at every twentieth of its length, and loses its last bytes. */
static void check_cuts(int fd)
{
    size_t count;
    unsigned char *bytes = read_bytes(fd, &count);
    struct sp_err err;
    (void)close(fd);
    for (size_t i = 1; i < 24; i++) {
        const size_t cut = i < 20 ? count * i / 20 : count - (24 - i);
        const int part = make_bytes(bytes, cut);
        const enum sp_status status = try_file(part, &err);
        if (status != SP_BAD_DATA)
            fail_msg("%zu of %zu bytes: %s", cut, count, sp_status_word(status));
    }
    assert_int_equal(try_file(make_bytes(bytes, count), &err), SP_OK);
    free(bytes);
}

static void files_cut_short_are_refused(void **state)
{
    struct picture picture = picture_smooth(150, 120, 3);
    check_cuts(make_jpeg(&picture, &(struct jpeg_spec){.sampling = 2}));
    check_cuts(make_jpeg(&picture, &(struct jpeg_spec){.sampling = 2, .restart = 4}));
    check_cuts(make_jpeg(&picture, &(struct jpeg_spec){.progressive = true}));
    check_cuts(make_png(&picture, &(struct png_spec){.bits = 8}));
    check_cuts(make_png(&picture, &(struct png_spec){.interlaced = true}));
    for (int lossless = 0; lossless < 2; lossless++) {
        uint8_t *bytes = NULL;
        const size_t count = lossless ? WebPEncodeLosslessRGB(picture.bytes, 150, 120, 450, &bytes)
                                      : WebPEncodeRGB(picture.bytes, 150, 120, 450, 90, &bytes);
        /* The last bytes of a WebP may be padding that no decoder misses. */
        for (size_t i = 1; i < 20; i++) {
            struct sp_err err;
            assert_int_equal(try_file(make_bytes(bytes, count * i / 20), &err), SP_BAD_DATA);
        }
        WebPFree(bytes);
    }
    picture_free(&picture);
}

static void a_file_cut_short_and_closed_is_refused(void **state)
{
    struct picture picture = picture_smooth(150, 120, 3);
    const int fd = make_jpeg(&picture, &(struct jpeg_spec){.sampling = 2});
    size_t count;
    unsigned char *bytes = read_bytes(fd, &count);
    bytes[count / 2] = 0xFF;
    bytes[count / 2 + 1] = 0xD9;
    assert_refused(make_bytes(bytes, count / 2 + 2), SP_BAD_DATA, "it is cut short");
    free(bytes);
    (void)close(fd);
    picture_free(&picture);
}

static void damaged_data_is_refused(void **state)
{
    struct picture picture = picture_smooth(150, 120, 3);
    const int fds[] = {
        make_jpeg(&picture, &(struct jpeg_spec){.sampling = 2, .restart = 2}),
        make_png(&picture, &(struct png_spec){.bits = 8}),
    };
    for (size_t i = 0; i < 2; i++) {
        struct sp_err err;
        size_t count;
        unsigned char *bytes = read_bytes(fds[i], &count);
        for (size_t k = count / 2; k < count / 2 + 40; k++)
            bytes[k] = (unsigned char)(bytes[k] * 31 + 7);
        assert_int_equal(try_file(make_bytes(bytes, count), &err), SP_BAD_DATA);
        free(bytes);
        (void)close(fds[i]);
    }
    picture_free(&picture);
}

/* The frame header of a JPEG, whose sides are at 5 and 7 from its marker. */
static unsigned char *find_frame(unsigned char *bytes, size_t count)
{
    size_t at = 2;
    while (bytes[at + 1] != 0xC0 && bytes[at + 1] != 0xC2)
        at += 2 + (size_t)(bytes[at + 2] << 8 | bytes[at + 3]);
    assert_true(at + 10 < count);
    return bytes + at;
}

static void sides_out_of_proportion_are_refused(void **state)
{
    struct picture picture = picture_smooth(64, 64, 3);
    for (int progressive = 0; progressive < 2; progressive++) {
        const int fd = make_jpeg(&picture, &(struct jpeg_spec){.progressive = progressive});
        size_t count;
        unsigned char *bytes = read_bytes(fd, &count);
        unsigned char *frame = find_frame(bytes, count);
        (void)close(fd);
        memset(frame + 5, 0xFF, 4);
        assert_refused(make_bytes(bytes, count), SP_TOO_BIG, "65535 \xC3\x97 65535");
        frame[6] = frame[8] = 0;
        assert_refused(make_bytes(bytes, count), SP_TOO_BIG, "at most 100 million");
        memset(frame + 5, 0, 4);
        assert_refused(make_bytes(bytes, count), SP_BAD_DATA, "makes no sense");
        frame[4] = 12;
        assert_refused(make_bytes(bytes, count), SP_BAD_DATA, "12 bits a sample");
        frame[1] = 0xC9;
        assert_refused(make_bytes(bytes, count), SP_BAD_DATA, "arithmetic coding");
        free(bytes);
    }
    const int fd = make_png(&picture, &(struct png_spec){.bits = 8});
    size_t count;
    unsigned char *bytes = read_bytes(fd, &count);
    (void)close(fd);
    memset(bytes + 16, 0x7F, 8);
    assert_refused(make_bytes(bytes, count), SP_TOO_BIG, "no side may be longer than 65500");
    free(bytes);
    picture_free(&picture);
}

static void what_needs_too_much_memory_is_told_its_price(void **state)
{
    struct picture picture = picture_smooth(640, 480, 3);
    struct sp_photo_order small = order;
    const int fds[] = {
        make_jpeg(&picture, &(struct jpeg_spec){.progressive = true, .sampling = 2}),
        make_png(&picture, &(struct png_spec){.interlaced = true}),
    };
    static const uint64_t prices[] = {640 * 480 * 3, 640 * 480 * 3};
    for (size_t i = 0; i < 2; i++) {
        const int out = memfd_create("out", MFD_CLOEXEC);
        struct sp_photo photo;
        struct sp_err err;
        small.memory_bytes = prices[i] - 1;
        assert_int_equal(sp_photo_work(fds[i], &small, out, &photo, &err), SP_TOO_BIG);
        assert_int_equal(photo.probe.store_bytes, prices[i]);
        assert_non_null(strstr(err.text, "1 MiB to decode"));
        small.memory_bytes = prices[i];
        assert_int_equal(sp_photo_work(fds[i], &small, out, &photo, &err), SP_OK);
        (void)close(out);
        (void)close(fds[i]);
    }
    picture_free(&picture);
}

static void texts_of_a_png_are_not_inflated(void **state)
{
    struct picture picture = picture_smooth(64, 64, 3);
    struct sp_err err;
    /* 200 MB of one letter are 200 KB in the file, which is passed over. */
    const int fd = make_png(&picture, &(struct png_spec){.text_bytes = 200 << 20});
    size_t count;
    free(read_bytes(fd, &count));
    assert_in_range(count, 100000, 2000000);
    assert_int_equal(try_file(fd, &err), SP_OK);
    picture_free(&picture);
}

static void a_profile_too_long_is_no_profile(void **state)
{
    struct picture picture = picture_smooth(64, 64, 3);
    const size_t count = 5 << 20;
    unsigned char *icc = calloc(count, 1);
    struct sp_err err;
    const int fd = make_jpeg(&picture, &(struct jpeg_spec){.icc = icc, .icc_bytes = count});
    assert_int_equal(try_file(fd, &err), SP_OK);
    free(icc);
    picture_free(&picture);
}

static void a_long_profile_is_part_of_the_price(void **state)
{
    struct picture picture = picture_smooth(64, 64, 3);
    const size_t counts[] = {100000, 1 << 20};
    unsigned char *icc = calloc(counts[1], 1);
    for (unsigned i = 0; i < 2; i++) {
        struct sp_photo_probe probe;
        struct sp_err err;
        const int fd = make_jpeg(&picture, &(struct jpeg_spec){.icc = icc, .icc_bytes = counts[i]});
        assert_int_equal(sp_photo_examine(fd, &probe, &err), SP_OK);
        assert_int_equal(probe.store_bytes, i ? 3 * counts[i] : 0);
        assert_int_equal(probe.by_rows, i == 0);
        assert_int_equal(try_file(fd, &err), SP_OK);
    }
    free(icc);
    picture_free(&picture);
}

/* Each scan costs as much as the picture, and a file can have thousands that are all in order. */
static void scans_without_end_are_refused(void **state)
{
    struct picture picture = picture_smooth(64, 64, 1);
    struct sp_err err;
    assert_int_equal(try_file(make_jpeg(&picture, &(struct jpeg_spec){.scans = 64}), &err), SP_OK);
    assert_refused(make_jpeg(&picture, &(struct jpeg_spec){.scans = 65}), SP_BAD_DATA,
                   "more than 64 scans");
    picture_free(&picture);
}

static void orientation_is_read_within_bounds(void **state)
{
    unsigned char exif[40] = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6};
    assert_int_equal(sp_exif_orientation(exif, sizeof exif), 6);
    for (size_t count = 0; count < 22; count++)
        assert_int_equal(sp_exif_orientation(exif, count), 1);
    exif[18] = 9;
    assert_int_equal(sp_exif_orientation(exif, sizeof exif), 1);
    exif[18] = 0;
    assert_int_equal(sp_exif_orientation(exif, sizeof exif), 1);
    exif[18] = 8;
    exif[4] = 0xFF; /* a directory outside */
    assert_int_equal(sp_exif_orientation(exif, sizeof exif), 1);
    memset(exif + 4, 0xFF, 4);
    assert_int_equal(sp_exif_orientation(exif, sizeof exif), 1);
}

static void a_system_that_fails_is_no_bad_photo(void **state)
{
    struct picture picture = picture_smooth(150, 120, 3);
    for (uint64_t nth = 1; nth <= 6; nth++) {
        struct sp_err err = {0};
        sp_sys_fault_plan(SP_SYS_READ, nth, EIO, true);
        assert_int_equal(try_file(make_jpeg(&picture, &(struct jpeg_spec){.sampling = 2}), &err),
                         SP_IO);
        assert_int_equal(err.os_error, EIO);
        sp_sys_fault_plan(SP_SYS_READ, 0, 0, false);
    }
    sp_sys_fault_plan(SP_SYS_WRITE, 1, ENOSPC, true);
    assert_refused(make_jpeg(&picture, &(struct jpeg_spec){.sampling = 2}), SP_IO, "space");
    sp_sys_fault_plan(SP_SYS_WRITE, 0, 0, false);
    sp_sys_fault_plan(SP_SYS_MMAP, 1, ENOMEM, true);
    assert_refused(make_jpeg(&picture, &(struct jpeg_spec){.sampling = 2}), SP_NO_ROOM, "memory");
    sp_sys_fault_plan(SP_SYS_MMAP, 0, 0, false);
    picture_free(&picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_files_are_named),
        cmocka_unit_test(formats_have_words),
        cmocka_unit_test(files_cut_short_are_refused),
        cmocka_unit_test(a_file_cut_short_and_closed_is_refused),
        cmocka_unit_test(damaged_data_is_refused),
        cmocka_unit_test(sides_out_of_proportion_are_refused),
        cmocka_unit_test(what_needs_too_much_memory_is_told_its_price),
        cmocka_unit_test(texts_of_a_png_are_not_inflated),
        cmocka_unit_test(a_profile_too_long_is_no_profile),
        cmocka_unit_test(a_long_profile_is_part_of_the_price),
        cmocka_unit_test(scans_without_end_are_refused),
        cmocka_unit_test(orientation_is_read_within_bounds),
        cmocka_unit_test(a_system_that_fails_is_no_bad_photo),
    };
    return cmocka_run_group_tests_name("photo_broken", tests, NULL, NULL);
}
