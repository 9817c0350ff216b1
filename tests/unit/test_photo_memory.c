/* What the work takes: as much as it says, and no more for a larger photo. */
#include "support/make_photo.h"
#include "support/unit.h"

#include "photo/big_blocks.h"

#include <smallpress/photo.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <webp/encode.h>

#define KIB 1024

/* A figure of /proc/self/status, in KiB. */
static long figure(const char *name)
{
    char text[4096];
    const int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    const ssize_t count = read(fd, text, sizeof text - 1);
    (void)close(fd);
    text[count > 0 ? count : 0] = '\0';
    const char *at = strstr(text, name);
    return at ? strtol(at + strlen(name) + 1, NULL, 10) : 0;
}

/* Resident memory that one photo adds at its highest, in KiB: measured in a process of its own. */
static long growth(int fd, const struct sp_photo_order *order)
{
    int report[2];
    long grown = -1;
    assert_int_equal(pipe(report), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct sp_photo photo;
        struct sp_err err;
        const int out = memfd_create("out", MFD_CLOEXEC);
        const int reset = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
        if (reset < 0 || write(reset, "5", 1) != 1)
            _exit(2);
        const long before = figure("VmRSS:");
        if (sp_photo_work(fd, order, out, &photo, &err) != SP_OK)
            _exit(1);
        grown = figure("VmHWM:") - before;
        _exit(write(report[1], &grown, sizeof grown) != sizeof grown);
    }
    (void)close(report[1]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(read(report[0], &grown, sizeof grown), sizeof grown);
    (void)close(report[0]);
    return grown;
}

static struct sp_photo_order order_of(uint32_t edge_px)
{
    return (struct sp_photo_order){.kind = SP_PHOTO_PICTURE,
                                   .edge_px = edge_px,
                                   .quality = 80,
                                   .pixels_max = 100000000,
                                   .memory_bytes = 100000000};
}

static int make_webp(const struct picture *picture)
{
    uint8_t *bytes = NULL;
    const size_t count = WebPEncodeRGB(picture->bytes, (int)picture->width, (int)picture->height,
                                       (int)picture->width * 3, 70, &bytes);
    const int fd = make_bytes(bytes, count);
    WebPFree(bytes);
    return fd;
}

static void larger_photos_take_no_more(void **state)
{
    const struct sp_photo_order order = order_of(1200);
    long figures[2][3];
    for (unsigned i = 0; i < 2; i++) {
        struct picture picture = picture_smooth(2800u << i, 2100u << i, 3);
        const int fds[3] = {
            make_jpeg(&picture, &(struct jpeg_spec){.quality = 60, .sampling = 2}),
            make_png(&picture, &(struct png_spec){.bits = 8}),
            make_webp(&picture),
        };
        picture_free(&picture);
        for (unsigned k = 0; k < 3; k++) {
            figures[i][k] = growth(fds[k], &order);
            (void)close(fds[k]);
        }
    }
    for (unsigned k = 0; k < 3; k++) {
        /* Four times the pixels: rows are twice as long, and that is all. */
        if (figures[1][k] > figures[0][k] + 700)
            fail_msg("kind %u: %ld KiB, then %ld KiB", k, figures[0][k], figures[1][k]);
        assert_true(figures[1][k] * KIB < (long)sp_photo_work_bytes(&order));
    }
    /* A JPEG's way is the one that counts. */
    assert_true(figures[1][0] < 3000);
}

static void turned_wide_and_profiled_photos_are_within_the_price(void **state)
{
    struct picture square = picture_smooth(2000, 2000, 3), wide = picture_smooth(65000, 60, 4);
    struct picture inks = picture_smooth(2000, 2000, 4);
    const int fds[] = {
        make_jpeg(&square, &(struct jpeg_spec){.sampling = 2, .orientation = 6}),
        make_jpeg(&inks, &(struct jpeg_spec){.orientation = 8}),
        make_png(&wide, &(struct png_spec){.bits = 16}),
        make_png(&square, &(struct png_spec){.orientation = 5}),
        make_webp(&square),
    };
    static const uint32_t edges[] = {400, 1200, 2000};
    picture_free(&square);
    picture_free(&wide);
    picture_free(&inks);
    for (unsigned i = 0; i < sizeof fds / sizeof fds[0]; i++) {
        for (unsigned k = 0; k < 6; k++) {
            struct sp_photo_order order = order_of(edges[k % 3]);
            order.kind = k < 3 ? SP_PHOTO_PICTURE : SP_PHOTO_GRAPHIC;
            const long grown = growth(fds[i], &order);
            if (grown * KIB > (long)sp_photo_work_bytes(&order))
                fail_msg("photo %u to %u: %ld KiB", i, order.edge_px, grown);
        }
        (void)close(fds[i]);
    }
}

static void memory_cannot_be_measured_here(void **state)
{
    skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(larger_photos_take_no_more),
        cmocka_unit_test(turned_wide_and_profiled_photos_are_within_the_price),
    };
    const struct CMUnitTest without[] = {cmocka_unit_test(memory_cannot_be_measured_here)};
    /* Sanitizers take memory of their own. */
    if (!sp_big_blocks_are_apart())
        return cmocka_run_group_tests_name("photo_memory", without, NULL, NULL);
    return cmocka_run_group_tests_name("photo_memory", tests, NULL, NULL);
}
