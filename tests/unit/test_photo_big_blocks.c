/*
 * Large blocks: memory up to the budget, then the scratch file, then refused; and what photos that
 * cannot be decoded by rows really take, beside their price.
 */
#include "support/make_photo.h"
#include "support/unit.h"

#include "photo/big_blocks.h"

#include <smallpress/photo.h>

#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <webp/encode.h>

#define MIB (1024 * 1024)

/* A block that the compiler may not do without. */
static unsigned char *volatile kept;

static int new_scratch(void)
{
    const int fd = memfd_create("scratch", MFD_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static uint64_t length_of(int fd)
{
    struct stat facts;
    assert_int_equal(fstat(fd, &facts), 0);
    return (uint64_t)facts.st_size;
}

static void blocks_go_to_memory_then_to_scratch_then_nowhere(void **state)
{
    const int fd = new_scratch();
    sp_big_blocks_use(fd, 2 * MIB, 3 * MIB);
    unsigned char *blocks[6];
    for (int i = 0; i < 6; i++) {
        blocks[i] = malloc(MIB);
        kept = blocks[i];
        if (blocks[i])
            memset(blocks[i], i + 1, MIB);
    }
    assert_int_equal(sp_big_blocks_memory(), 2 * MIB);
    assert_int_equal(sp_big_blocks_scratch(), 3 * MIB);
    assert_int_equal(length_of(fd), 3 * MIB);
    assert_null(blocks[5]);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(blocks[i][0], i + 1);
        assert_int_equal(blocks[i][MIB - 1], i + 1);
        assert_true(malloc_usable_size(blocks[i]) >= MIB);
    }
    /* The third block is the first of the file. */
    unsigned char byte;
    assert_int_equal(pread(fd, &byte, 1, 100), 1);
    assert_int_equal(byte, 3);
    for (int i = 0; i < 6; i++)
        free(blocks[i]);
    sp_big_blocks_use(-1, UINT64_MAX, 0);
    (void)close(fd);
}

static void pieces_of_the_file_are_used_again(void **state)
{
    const int fd = new_scratch();
    sp_big_blocks_use(fd, 0, 4 * MIB);
    unsigned char *first = malloc(MIB), *second = malloc(2 * MIB);
    kept = first;
    memset(first, 1, MIB);
    memset(second, 2, 2 * MIB);
    free(first);
    for (int i = 0; i < 100; i++) {
        unsigned char *again = calloc(MIB, 1);
        kept = again;
        assert_non_null(again);
        for (size_t k = 0; k < MIB; k += 4096)
            assert_int_equal(again[k], 0);
        memset(again, 3, MIB);
        free(again);
    }
    assert_int_equal(second[0], 2);
    assert_int_equal(second[2 * MIB - 1], 2);
    assert_int_equal(sp_big_blocks_scratch(), 3 * MIB);
    free(second);
    sp_big_blocks_use(-1, UINT64_MAX, 0);
    (void)close(fd);
}

static void blocks_grow_and_shrink_across_the_border(void **state)
{
    const int fd = new_scratch();
    sp_big_blocks_use(fd, 0, 64 * MIB);
    unsigned char *block = malloc(1000);
    for (size_t i = 0; i < 1000; i++)
        block[i] = (unsigned char)i;
    static const size_t sizes[] = {200000, 300000, 5000000, 4000000, 270000, 100000, 2000, 600000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        block = realloc(block, sizes[i]);
        kept = block;
        assert_non_null(block);
        for (size_t k = 0; k < 1000; k++)
            assert_int_equal(block[k], (unsigned char)k);
        block[sizes[i] - 1] = 1;
    }
    assert_true(sp_big_blocks_scratch() > 0);
    free(block);
    void *aligned = NULL;
    assert_int_equal(posix_memalign(&aligned, 64, MIB), 0);
    assert_int_equal((uintptr_t)aligned % 64, 0);
    free(aligned);
    free(NULL);
    sp_big_blocks_use(-1, UINT64_MAX, 0);
    (void)close(fd);
}

static void sums_that_overflow_are_refused(void **state)
{
    volatile size_t huge = SIZE_MAX / 2 - MIB;
    sp_big_blocks_use(-1, MIB, 0);
    kept = calloc(huge, 3);
    assert_null(kept);
    kept = malloc(huge);
    assert_null(kept);
    kept = malloc(2 * MIB);
    assert_null(kept);
    sp_big_blocks_use(-1, UINT64_MAX, 0);
}

/* The work with no memory for large blocks: all that it takes of them is on scratch. */
static uint64_t scratch_of(int fd, struct sp_photo_probe *probe)
{
    const struct sp_photo_order order = {
        .kind = SP_PHOTO_PICTURE,
        .edge_px = 100,
        .quality = 80,
        .pixels_max = 100000000,
        .memory_bytes = 1000000000,
    };
    struct sp_photo photo;
    struct sp_err err = {0};
    const int scratch = new_scratch(), out = new_scratch();
    sp_big_blocks_use(scratch, 0, 1000000000);
    const enum sp_status status = sp_photo_work(fd, &order, out, &photo, &err);
    const uint64_t taken = sp_big_blocks_scratch();
    sp_big_blocks_use(-1, UINT64_MAX, 0);
    if (status != SP_OK)
        fail_msg("%s", err.text);
    *probe = photo.probe;
    (void)close(scratch);
    (void)close(out);
    (void)close(fd);
    return taken;
}

static void assert_priced(int fd)
{
    struct sp_photo_probe probe;
    const uint64_t taken = scratch_of(fd, &probe);
    /* No more than was said, but for whole pages; and not half. */
    if (taken > probe.store_bytes + MIB / 2 || taken < probe.store_bytes / 2)
        fail_msg("%s: %llu bytes, priced at %llu", sp_photo_format_word(probe.format),
                 (unsigned long long)taken, (unsigned long long)probe.store_bytes);
}

static int make_webp(const struct picture *picture, bool lossless)
{
    uint8_t *bytes = NULL;
    const int w = (int)picture->width, h = (int)picture->height;
    const size_t count = picture->channels == 4
                             ? WebPEncodeRGBA(picture->bytes, w, h, w * 4, 80, &bytes)
                         : lossless ? WebPEncodeLosslessRGB(picture->bytes, w, h, w * 3, &bytes)
                                    : WebPEncodeRGB(picture->bytes, w, h, w * 3, 80, &bytes);
    const int fd = make_bytes(bytes, count);
    WebPFree(bytes);
    return fd;
}

static void stores_are_priced_from_the_header(void **state)
{
    struct picture colour = picture_smooth(2001, 1503, 3), inks = picture_smooth(2001, 1503, 4);
    assert_priced(make_jpeg(&colour, &(struct jpeg_spec){.progressive = true, .sampling = 2}));
    assert_priced(make_jpeg(&colour, &(struct jpeg_spec){.progressive = true}));
    assert_priced(make_jpeg(&inks, &(struct jpeg_spec){.progressive = true}));
    assert_priced(make_png(&colour, &(struct png_spec){.interlaced = true}));
    assert_priced(make_png(&inks, &(struct png_spec){.interlaced = true, .bits = 16}));
    assert_priced(make_webp(&colour, true));
    assert_priced(make_webp(&inks, false));
    picture_free(&inks);
    picture_free(&colour);
}

static void photos_by_rows_have_no_large_blocks(void **state)
{
    struct picture colour = picture_smooth(2001, 1503, 3);
    struct sp_photo_probe probe;
    assert_int_equal(scratch_of(make_jpeg(&colour, &(struct jpeg_spec){.sampling = 2}), &probe), 0);
    assert_int_equal(scratch_of(make_png(&colour, &(struct png_spec){.bits = 16}), &probe), 0);
    assert_int_equal(scratch_of(make_webp(&colour, false), &probe), 0);
    picture_free(&colour);
}

static void without_room_a_photo_is_refused(void **state)
{
    struct picture colour = picture_smooth(1000, 800, 3);
    const struct sp_photo_order order = {
        .edge_px = 100, .quality = 80, .pixels_max = 10000000, .memory_bytes = 1000000000};
    const int fds[] = {
        make_jpeg(&colour, &(struct jpeg_spec){.progressive = true}),
        make_png(&colour, &(struct png_spec){.interlaced = true}),
        make_webp(&colour, true),
    };
    for (size_t i = 0; i < 3; i++) {
        struct sp_photo photo;
        struct sp_err err = {0};
        const int out = new_scratch();
        sp_big_blocks_use(-1, 1000000, 0);
        const enum sp_status status = sp_photo_work(fds[i], &order, out, &photo, &err);
        sp_big_blocks_use(-1, UINT64_MAX, 0);
        assert_int_equal(status, SP_NO_ROOM);
        assert_non_null(strstr(err.text, "memory"));
        (void)close(out);
        (void)close(fds[i]);
    }
    picture_free(&colour);
}

static void nothing_is_told_apart_here(void **state)
{
    sp_big_blocks_use(-1, 0, 0);
    kept = malloc(MIB);
    assert_non_null(kept);
    free(kept);
    assert_int_equal(sp_big_blocks_scratch(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_go_to_memory_then_to_scratch_then_nowhere),
        cmocka_unit_test(pieces_of_the_file_are_used_again),
        cmocka_unit_test(blocks_grow_and_shrink_across_the_border),
        cmocka_unit_test(sums_that_overflow_are_refused),
        cmocka_unit_test(stores_are_priced_from_the_header),
        cmocka_unit_test(photos_by_rows_have_no_large_blocks),
        cmocka_unit_test(without_room_a_photo_is_refused),
    };
    const struct CMUnitTest without[] = {cmocka_unit_test(nothing_is_told_apart_here)};
    if (!sp_big_blocks_are_apart())
        return cmocka_run_group_tests_name("photo_big_blocks", without, NULL, NULL);
    return cmocka_run_group_tests_name("photo_big_blocks", tests, NULL, NULL);
}
