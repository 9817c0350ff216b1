/* Images are passed on as they are; whatever is not what it was said to be is refused in time. */
#include "support/unit.h"

#include "base/sys.h"
#include "pdf/pdf_image.h"
#include "support/folder.h"
#include "support/pdf_sample.h"
#include "support/pdf_walk.h"
#include "support/random.h"

#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

static const struct sp_pdf_document_spec a_spec = {
    .width_mpt = 595276, .height_mpt = 841890, .report = true};

#define FILE_MAX   400000
#define PREFIX     1000 /* other images before this one in its file */
#define WIDTH      120
#define HEIGHT     90
#define DATA_BYTES ((3 * WIDTH + 1) * HEIGHT)

struct picture {
    unsigned char bytes[FILE_MAX];
    size_t used;
    struct sp_pdf_image_source source;
};

static void put(struct picture *picture, const void *bytes, size_t count)
{
    assert_true(count <= FILE_MAX - picture->used);
    memcpy(picture->bytes + picture->used, bytes, count);
    picture->used += count;
}

static void put_be(struct picture *picture, uint32_t number, unsigned count)
{
    for (unsigned i = count; i-- > 0;)
        put(picture, &(unsigned char){(unsigned char)(number >> (8 * i))}, 1);
}

static void put_chunk(struct picture *picture, const char *name, const void *bytes, uint32_t count)
{
    put_be(picture, count, 4);
    put(picture, name, 4);
    if (count > 0)
        put(picture, bytes, count);
    put_be(picture, 0, 4); /* nobody here looks at the check sum */
}

static unsigned char rows[DATA_BYTES], deflated[DATA_BYTES + 1000];

/* An RGB picture of noise, its data in chunks of `piece` bytes with a comment among them. */
static void make_png(struct picture *picture, unsigned channels, size_t piece)
{
    struct random random = {5};
    uLongf length = sizeof deflated;
    random_fill(&random, rows, sizeof rows);
    for (size_t i = 0; i < HEIGHT; i++)
        rows[i * (channels * WIDTH + 1)] = 0;
    assert_int_equal(compress(deflated, &length, rows, (channels * WIDTH + 1) * HEIGHT), Z_OK);
    *picture = (struct picture){.source = {.kind = SP_PDF_IMAGE_PNG,
                                           .width_px = WIDTH,
                                           .height_px = HEIGHT,
                                           .channels = channels}};
    put(picture, "\x89PNG\r\n\x1A\n", 8);
    const unsigned char head[13] = {0, 0, 0, WIDTH, 0, 0, 0, HEIGHT, 8, channels == 1 ? 0 : 2,
                                    0, 0, 0};
    put_chunk(picture, "IHDR", head, 13);
    for (size_t at = 0; at < length; at += piece) {
        const size_t rest = length - at;
        put_chunk(picture, "IDAT", deflated + at, (uint32_t)(rest < piece ? rest : piece));
        if (at == 0)
            put_chunk(picture, "tEXt", "a comment", 9);
    }
    put_chunk(picture, "IEND", NULL, 0);
}

/* The head of a JPEG with a long application segment, and bytes in place of its pixels. */
static void make_jpeg(struct picture *picture, unsigned channels, unsigned frame)
{
    static unsigned char data[200000];
    struct random random = {6};
    random_fill(&random, data, sizeof data);
    *picture = (struct picture){.source = {.kind = SP_PDF_IMAGE_JPEG,
                                           .width_px = WIDTH,
                                           .height_px = HEIGHT,
                                           .channels = channels}};
    put(picture, "\xFF\xD8\xFF\xE0", 4);
    put_be(picture, 65535, 2);
    put(picture, data, 65533);
    put(picture, "\xFF\xFF\xFF\xDB\x00\x04zz\xFF", 9);
    put_be(picture, frame, 1);
    put_be(picture, 8 + 3 * channels, 2);
    put_be(picture, 8, 1);
    put_be(picture, HEIGHT, 2);
    put_be(picture, WIDTH, 2);
    put_be(picture, channels, 1);
    put(picture, data, sizeof data);
    put(picture, "\xFF\xD9", 2);
}

/* The picture in a file of the test's own; the caller closes the descriptor. */
static void open_file(struct picture *picture)
{
    struct sp_scratch scratch;
    assert_int_equal(sp_scratch_open(&scratch, "/tmp", NULL), SP_OK);
    assert_int_equal(sp_scratch_write(&scratch, PREFIX, picture->bytes, picture->used, NULL),
                     SP_OK);
    picture->source.fd = scratch.fd;
    picture->source.offset = PREFIX;
    picture->source.length = picture->used;
}

static enum sp_status write_picture(struct sample *sample, struct picture *picture,
                                    uint32_t *object, struct sp_err *err)
{
    open_file(picture);
    const enum sp_status status =
        sp_pdf_image_write(&sample->document, &picture->source, object, err);
    assert_int_equal(close(picture->source.fd), 0);
    return status;
}

/* Puts the image on a page, ends the document and opens it. */
static void finish(struct sample *sample, uint32_t object, struct pdf_walk *walk)
{
    sp_pdf_canvas_begin(sample->canvas);
    if (object > 0)
        sp_pdf_canvas_image(sample->canvas, object, 10000, 10000, 120000, 90000);
    (void)sp_pdf_canvas_end(sample->canvas);
    assert_int_equal(sp_pdf_document_finish(&sample->document, NULL, NULL, NULL), SP_OK);
    pdf_walk_open(walk, sample->sink.bytes, sample->sink.used, 0);
}

static void assert_word(struct pdf_span dictionary, const char *key, const char *word)
{
    struct pdf_span value;
    assert_true(pdf_find(dictionary, key, &value));
    assert_memory_equal(value.at, word, strlen(word));
}

static void jpegs_are_passed_on(void **state)
{
    static const unsigned frames[] = {0, 0xC1, 0, 0xC2};
    for (unsigned channels = 1; channels <= 3; channels += 2) {
        static struct sample sample;
        static struct picture picture;
        struct pdf_walk walk;
        uint32_t object;
        sample_open(&sample, &a_spec, NULL);
        make_jpeg(&picture, channels, frames[channels]);
        assert_int_equal(write_picture(&sample, &picture, &object, NULL), SP_OK);
        finish(&sample, object, &walk);
        const struct pdf_span dictionary = pdf_walk_dictionary(&walk, object);
        const struct pdf_span stream = pdf_walk_stream(&walk, object);
        assert_word(dictionary, "/Filter", "/DCTDecode");
        assert_word(dictionary, "/ColorSpace", channels == 1 ? "/DeviceGray" : "/DeviceRGB");
        assert_int_equal(pdf_number(dictionary, "/Width"), WIDTH);
        assert_int_equal(pdf_number(dictionary, "/Height"), HEIGHT);
        assert_int_equal(stream.length, picture.used);
        assert_memory_equal(stream.at, picture.bytes, picture.used);
        pdf_walk_close(&walk);
        sample_close(&sample);
    }
}

static void data_of_pngs_is_strung_together(void **state)
{
    static const size_t pieces[] = {1000000, 8192, 100, 1};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        static struct sample sample;
        static struct picture picture;
        static unsigned char inflated[DATA_BYTES];
        const unsigned channels = i % 2 ? 1 : 3;
        uLongf room = sizeof inflated;
        struct pdf_walk walk;
        uint32_t object;
        sample_open(&sample, &a_spec, NULL);
        make_png(&picture, channels, i == 3 ? 30 : pieces[i]);
        assert_int_equal(write_picture(&sample, &picture, &object, NULL), SP_OK);
        finish(&sample, object, &walk);
        const struct pdf_span dictionary = pdf_walk_dictionary(&walk, object);
        const struct pdf_span stream = pdf_walk_stream(&walk, object);
        char parameters[120];
        snprintf(parameters, sizeof parameters,
                 "<</Predictor 15/Colors %u/BitsPerComponent 8/Columns %d>>", channels, WIDTH);
        assert_word(dictionary, "/Filter", "/FlateDecode");
        assert_word(dictionary, "/DecodeParms", parameters);
        assert_int_equal(uncompress(inflated, &room, (const Bytef *)stream.at, stream.length),
                         Z_OK);
        assert_int_equal(room, (channels * WIDTH + 1) * HEIGHT);
        assert_memory_equal(inflated, rows, room);
        pdf_walk_close(&walk);
        sample_close(&sample);
    }
}

/* Places in the files made above. */
enum {
    PNG_WIDTH = 19,
    PNG_DEPTH = 24,
    PNG_COLOR = 25,
    PNG_INTERLACE = 28,
    PNG_FIRST_CHUNK = 33,
    JPEG_FRAME = 4 + 65535 + 9
};

struct lie {
    bool png;
    size_t at;
    unsigned char byte;
    const char *says;
};

static const struct lie lies[] = {
    {true, 0, 'P', "is not a PNG"},
    {true, PNG_WIDTH, WIDTH + 1, "size"},
    {true, PNG_WIDTH + 4, HEIGHT - 1, "size"},
    {true, PNG_WIDTH - 3, 1, "size"},
    {true, PNG_DEPTH, 16, "channels"},
    {true, PNG_COLOR, 0, "channels"},
    {true, PNG_COLOR, 3, "channels"},
    {true, PNG_COLOR, 6, "channels"},
    {true, PNG_INTERLACE, 1, "kind"},
    {true, PNG_FIRST_CHUNK, 0x7F, "add up"},
    {true, PNG_FIRST_CHUNK + 2, 0, "add up"},
    {false, 0, 0, "is not a JPEG"},
    {false, 2, 0, "segment"},
    {false, 3, 0xDA, "kind"},
    {false, 4, 0x7F, "segment"},
    {false, JPEG_FRAME, 0xC3, "kind"},
    {false, JPEG_FRAME, 0xC9, "kind"},
    {false, JPEG_FRAME, 0xD9, "kind"},
    {false, JPEG_FRAME + 3, 12, "eight bits"},
    {false, JPEG_FRAME + 5, HEIGHT + 1, "size"},
    {false, JPEG_FRAME + 6, 1, "size"},
    {false, JPEG_FRAME + 8, 4, "channels"},
    {false, JPEG_FRAME + 8, 1, "channels"},
};

static void lies_are_refused_before_anything_is_written(void **state)
{
    static struct sample sample;
    static struct picture picture;
    struct pdf_walk walk;
    sample_open(&sample, &a_spec, NULL);
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct sp_err err = {0};
        uint32_t object = 0;
        if (lies[i].png)
            make_png(&picture, 3, 5000);
        else
            make_jpeg(&picture, 3, 0xC0);
        assert_int_not_equal(picture.bytes[lies[i].at], lies[i].byte);
        picture.bytes[lies[i].at] = lies[i].byte;
        const uint64_t position = sample.out.position;
        assert_int_equal(write_picture(&sample, &picture, &object, &err), SP_BAD_DATA);
        if (!strstr(err.text, lies[i].says))
            fail_msg("lie %zu: %s", i, err.text);
        assert_int_equal(object, 0);
        assert_int_equal(sample.out.position, position);
    }
    finish(&sample, 0, &walk);
    pdf_walk_close(&walk);
    sample_close(&sample);
}

/* Files that end anywhere in their first and last bytes. */
static void files_cut_short_are_refused(void **state)
{
    static struct sample sample;
    static struct picture picture;
    sample_open(&sample, &a_spec, NULL);
    for (int png = 0; png < 2; png++) {
        if (png)
            make_png(&picture, 3, 5000);
        else
            make_jpeg(&picture, 3, 0xC0);
        const size_t whole = picture.used;
        const size_t head = png ? 60 : JPEG_FRAME + 8;
        for (size_t cut = 0; cut < whole; cut += cut < 70 || cut > whole - 70 ? 1 : 997) {
            uint32_t object;
            struct sp_err err = {0};
            picture.used = cut;
            if (!png && cut > head)
                break; /* what follows the frame is the viewer's to decode */
            assert_int_equal(write_picture(&sample, &picture, &object, &err), SP_BAD_DATA);
        }
        /* And one that is shorter than the source says. */
        picture.used = whole;
        open_file(&picture);
        assert_int_equal(ftruncate(picture.source.fd, PREFIX + 20), 0);
        uint32_t object;
        assert_int_equal(sp_pdf_image_write(&sample.document, &picture.source, &object, NULL),
                         SP_BAD_DATA);
        assert_int_equal(close(picture.source.fd), 0);
    }
    sample_close(&sample);
}

static void chunks_must_add_up(void **state)
{
    static struct sample sample;
    static struct picture picture;
    uint32_t object;
    sample_open(&sample, &a_spec, NULL);
    make_png(&picture, 3, 5000);
    put(&picture, "behind the end", 14);
    assert_int_equal(write_picture(&sample, &picture, &object, NULL), SP_BAD_DATA);
    make_png(&picture, 3, 5000);
    picture.used = PNG_FIRST_CHUNK;
    put_chunk(&picture, "IEND", NULL, 0);
    assert_int_equal(write_picture(&sample, &picture, &object, NULL), SP_BAD_DATA);
    make_png(&picture, 3, 5000);
    picture.used = PNG_FIRST_CHUNK;
    put_chunk(&picture, "tRNS", "\0\0\0\0\0\0", 6);
    put_chunk(&picture, "IDAT", deflated, 100);
    put_chunk(&picture, "IEND", NULL, 0);
    assert_int_equal(write_picture(&sample, &picture, &object, NULL), SP_BAD_DATA);
    sample_close(&sample);
}

/* A disk that fails between the look at an image and its copy: the document stays whole. */
static void a_failing_read_is_told(void **state)
{
    for (uint64_t nth = 1; nth <= 4; nth++) {
        static struct sample sample;
        static struct picture picture;
        struct sp_err err = {0};
        struct pdf_walk walk;
        uint32_t object = 0;
        sample_open(&sample, &a_spec, NULL);
        make_jpeg(&picture, 3, 0xC0);
        sp_sys_fault_plan(SP_SYS_READ, nth, EIO, false);
        assert_int_equal(write_picture(&sample, &picture, &object, &err), SP_IO);
        sp_sys_fault_plan(SP_SYS_READ, 0, 0, false);
        assert_int_equal(err.os_error, EIO);
        finish(&sample, 0, &walk);
        if (object > 0)
            assert_int_equal(pdf_walk_stream(&walk, object).length, picture.used);
        pdf_walk_close(&walk);
        sample_close(&sample);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jpegs_are_passed_on),
        cmocka_unit_test(data_of_pngs_is_strung_together),
        cmocka_unit_test(lies_are_refused_before_anything_is_written),
        cmocka_unit_test(files_cut_short_are_refused),
        cmocka_unit_test(chunks_must_add_up),
        cmocka_unit_test(a_failing_read_is_told),
    };
    return cmocka_run_group_tests_name("pdf_image", tests, NULL, NULL);
}
