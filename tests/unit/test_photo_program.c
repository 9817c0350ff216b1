/*
 * The decoders as they are shipped, started as a press starts them: they work inside their sandbox,
 * within their memory, and what is no photo or lies about its size costs nothing but itself.
 */
#include "support/unit.h"

#include "child/child_channel.h"
#include "child/child_message.h"
#include "child/child_process.h"
#include "child/child_sanitized.h"
#include "child/photo_feed.h"
#include "support/exact_arena.h"
#include "support/stub_program.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jpeglib.h>

struct fixture {
    struct folder folder;
    int before;
    struct sp_photo_feed_spec spec;
    struct sp_arena arena;
    struct sp_photo_feed *feed;
    struct sp_photo_source source;
};

static const struct sp_photo_order picture = {
    .kind = SP_PHOTO_PICTURE, .edge_px = 400, .quality = 80, .pixels_max = 200000000};

static int open_fixture(void **state)
{
    static struct fixture fixture;
    setenv("SMALLPRESS_PROGRAMS", SP_PROGRAMS, 1);
    folder_open(&fixture.folder);
    fixture.before = open_descriptors();
    sp_photo_feed_spec_init(&fixture.spec);
    fixture.spec.folder = fixture.spec.scratch_folder = fixture.folder.path;
    fixture.spec.edge_px = picture.edge_px;
    *state = &fixture;
    return 0;
}

static int close_fixture(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(open_descriptors(), fixture->before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    folder_remove(&fixture->folder);
    return 0;
}

static void feed_open(struct fixture *fixture)
{
    struct sp_err err;
    exact_arena_open(&fixture->arena, sp_photo_feed_need(&fixture->spec));
    assert_int_equal(sp_photo_feed_open(&fixture->feed, &fixture->arena, &fixture->spec, &err),
                     SP_OK);
    exact_arena_seal(&fixture->arena);
    fixture->source = sp_photo_feed_source(fixture->feed);
}

static void feed_close(struct fixture *fixture)
{
    sp_photo_feed_close(fixture->feed);
    sp_arena_close(&fixture->arena);
}

static FILE *make_file(const struct fixture *fixture, const char *name)
{
    char path[128];
    FILE *file = fopen(folder_path(&fixture->folder, name, path, sizeof path), "wb");
    assert_non_null(file);
    return file;
}

static void put_jpeg(const struct fixture *fixture, const char *name, unsigned width,
                     unsigned height, bool progressive)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    FILE *file = make_file(fixture, name);
    JSAMPLE *row = malloc((size_t)width * 3);
    assert_non_null(row);
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_stdio_dest(&jpeg, file);
    jpeg.image_width = width;
    jpeg.image_height = height;
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    if (progressive)
        jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    for (unsigned y = 0; y < height; y++) {
        for (unsigned x = 0; x < width * 3; x++)
            row[x] = (JSAMPLE)(x * 7 + y * 3);
        (void)jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    free(row);
    fclose(file);
}

static void put_png(const struct fixture *fixture, const char *name, unsigned width,
                    unsigned height)
{
    FILE *file = make_file(fixture, name);
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_bytep row = calloc(width, 4);
    assert_true(png && info && row);
    png_init_io(png, file);
    png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_RGBA, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (unsigned y = 0; y < height; y++)
        png_write_row(png, row);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    free(row);
    fclose(file);
}

static void order(struct fixture *fixture, const char *name)
{
    struct sp_err err = {0};
    assert_int_equal(fixture->source.order(fixture->source.context, name, &picture, &err), SP_OK);
}

static void expect(struct fixture *fixture, unsigned width, unsigned height)
{
    struct sp_photo photo;
    struct sp_err err = {0};
    int fd;
    const enum sp_status status = fixture->source.take(fixture->source.context, &photo, &fd, &err);
    if (status != SP_OK)
        print_message("# %s\n", err.text);
    assert_int_equal(status, SP_OK);
    assert_int_equal(photo.format, SP_PHOTO_JPEG);
    assert_int_equal(photo.width_px, width);
    assert_int_equal(photo.height_px, height);
}

static void expect_refused(struct fixture *fixture, enum sp_status wanted, const char *words)
{
    struct sp_photo photo;
    struct sp_err err = {0};
    int fd;
    const enum sp_status status = fixture->source.take(fixture->source.context, &photo, &fd, &err);
    if (status != wanted || !strstr(err.text, words))
        print_message("# %s: %s\n", sp_status_word(status), err.text);
    assert_int_equal(status, wanted);
    assert_non_null(strstr(err.text, words));
}

static void photos_of_each_kind_are_decoded(void **state)
{
    struct fixture *fixture = *state;
    put_jpeg(fixture, "plain.jpg", 1000, 500, false);
    put_jpeg(fixture, "progressive.jpg", 800, 1600, true);
    put_png(fixture, "clear.png", 600, 600);
    for (fixture->spec.decoders = 1; fixture->spec.decoders <= 2; fixture->spec.decoders++) {
        feed_open(fixture);
        for (unsigned i = 0; i < 10; i++) {
            order(fixture, "plain.jpg");
            order(fixture, "progressive.jpg");
            order(fixture, "clear.png");
            expect(fixture, 400, 200);
            expect(fixture, 200, 400);
            expect(fixture, 400, 400);
        }
        assert_int_equal(sp_photo_feed_counts(fixture->feed).restarts, 0);
        feed_close(fixture);
    }
}

/* 18 MiB of coefficients, with and without memory for them: the rest is on scratch. */
static void a_large_photo_is_decoded_in_what_there_is(void **state)
{
    struct fixture *fixture = *state;
    put_jpeg(fixture, "large.jpg", 3200, 2000, true);
    for (unsigned with = 0; with < 2; with++) {
        fixture->spec.store_bytes = with ? 32 << 20 : 0;
        feed_open(fixture);
        order(fixture, "large.jpg");
        order(fixture, "large.jpg");
        expect(fixture, 400, 250);
        expect(fixture, 400, 250);
        assert_int_equal(sp_photo_feed_counts(fixture->feed).restarts, 0);
        feed_close(fixture);
    }
    fixture->spec.store_bytes = fixture->spec.scratch_bytes = 5 << 20;
    feed_open(fixture);
    order(fixture, "large.jpg");
    expect_refused(fixture, SP_TOO_BIG, "MiB to decode");
    feed_close(fixture);
}

static void what_is_no_photo_is_named(void **state)
{
    struct fixture *fixture = *state;
    char path[128];
    put_jpeg(fixture, "short.jpg", 1000, 500, false);
    assert_int_equal(truncate(folder_path(&fixture->folder, "short.jpg", path, sizeof path), 2000),
                     0);
    put_jpeg(fixture, "plain.jpg", 1000, 500, false);
    file_put(folder_path(&fixture->folder, "a.pdf", path, sizeof path), "%PDF-1.7\n", 9);
    file_put(folder_path(&fixture->folder, "a.heic", path, sizeof path),
             "\0\0\0\x18"
             "ftypheic\0\0\0\0heicmif1 and no more",
             36);
    feed_open(fixture);
    order(fixture, "short.jpg");
    expect_refused(fixture, SP_BAD_DATA, "cut short");
    order(fixture, "a.pdf");
    expect_refused(fixture, SP_BAD_DATA, "PDF");
    order(fixture, "a.heic");
    expect_refused(fixture, SP_BAD_DATA, "HEIC");
    order(fixture, "plain.jpg");
    expect(fixture, 400, 200);
    /* Each was refused in words: none took its decoder along. */
    assert_int_equal(sp_photo_feed_counts(fixture->feed).restarts, 0);
    feed_close(fixture);
}

static struct sp_child start(const char *name, struct sp_photo_answer *ready)
{
    char path[SP_CHILD_PATH_MAX];
    struct sp_child child;
    struct sp_err err;
    size_t count;
    assert_int_equal(sp_child_program(path, name, &err), SP_OK);
    assert_int_equal(sp_child_start(&child, &(struct sp_child_spec){.program = path}, &err), SP_OK);
    assert_int_equal(sp_channel_take(child.channel, ready, sizeof *ready, NULL, 0, &count, 30000),
                     SP_CHANNEL_MESSAGE);
    return child;
}

/* Whether a line of /proc/PID/status has this value. */
static bool status_is(pid_t pid, const char *name, int value)
{
    char path[64], line[256];
    int found = -1;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0)
            found = (int)strtol(line + strlen(name), NULL, 10);
    fclose(file);
    return found == value;
}

static void they_are_in_the_sandbox_before_they_are_ready(void **state)
{
    static const char *const names[] = {"photo", "heif"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct sp_photo_answer ready;
        struct sp_child child = start(names[i], &ready);
        assert_int_equal(ready.status, SP_OK);
        assert_true(status_is(child.pid, "NoNewPrivs:", 1));
        if (!SP_CHILD_SANITIZED)
            assert_true(status_is(child.pid, "Seccomp:", 2 /* a filter */));
        assert_int_equal(sp_child_end(&child).end, SP_CHILD_ENDED);
    }
}

/* What a press does not send ends the program, and it ends by itself when the press is gone. */
static void requests_that_make_no_sense_end_it(void **state)
{
    const struct fixture *fixture = *state;
    const struct sp_photo_request good = {.edge_px = 400, .quality = 80, .pixels_max = 1000000};
    struct sp_photo_request requests[] = {good, good, good, good, good};
    requests[0].edge_px = SP_PHOTO_EDGE_MIN - 1;
    requests[1].edge_px = SP_PHOTO_EDGE_MAX + 1;
    requests[2].quality = 0;
    requests[3].kind = SP_PHOTO_GRAPHIC + 1;
    put_jpeg(fixture, "plain.jpg", 100, 50, false);
    char path[128];
    const int file = open(folder_path(&fixture->folder, "plain.jpg", path, sizeof path), O_RDWR);
    const int files[3] = {file, file, file};
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        struct sp_photo_answer answer;
        struct sp_err err;
        size_t count;
        struct sp_child child = start("photo", &answer);
        /* The last one lacks a file. */
        assert_int_equal(sp_channel_send(child.channel, &requests[i], sizeof requests[i], files,
                                         i == 4 ? 2 : 3, &err),
                         SP_OK);
        assert_int_equal(
            sp_channel_take(child.channel, &answer, sizeof answer, NULL, 0, &count, 30000),
            SP_CHANNEL_CLOSED);
        const struct sp_child_result result = sp_child_end(&child);
        assert_int_equal(result.end, SP_CHILD_FAILED);
        assert_int_equal(result.code, 70);
    }
    close(file);
}

static void by_hand_it_says_who_starts_it(void **state)
{
    int ends[2];
    char path[SP_CHILD_PATH_MAX], words[256] = "";
    struct sp_err err;
    assert_int_equal(sp_child_program(path, "photo", &err), SP_OK);
    assert_int_equal(pipe(ends), 0);
    const pid_t pid = fork();
    if (pid == 0) {
        char *const arguments[] = {path, NULL};
        (void)dup2(ends[1], STDERR_FILENO);
        (void)close(SP_CHANNEL_FD);
        execv(path, arguments);
        _exit(127);
    }
    close(ends[1]);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(read(ends[0], words, sizeof words - 1) > 0);
    close(ends[0]);
    assert_int_equal(WEXITSTATUS(status), 2);
    assert_non_null(strstr(words, "smallpress-photo is started by smallpress report"));
}

#define IN_FIXTURE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FIXTURE(photos_of_each_kind_are_decoded),
        IN_FIXTURE(a_large_photo_is_decoded_in_what_there_is),
        IN_FIXTURE(what_is_no_photo_is_named),
        IN_FIXTURE(they_are_in_the_sandbox_before_they_are_ready),
        IN_FIXTURE(requests_that_make_no_sense_end_it),
        IN_FIXTURE(by_hand_it_says_who_starts_it),
    };
    return cmocka_run_group_tests_name("photo_program", tests, NULL, NULL);
}
