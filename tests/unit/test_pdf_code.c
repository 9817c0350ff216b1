/*
 * A code as page content, read back: the same modules whatever the drawing, in the place asked for,
 * inside the bounds, and in a form that no reader takes for the end of the image.
 */
#include "support/unit.h"

#include "pdf/pdf_code.h"
#include "pdf/pdf_vector.h"
#include "support/exact_arena.h"
#include "support/matrices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define RASTER_MAX ((size_t)SP_PDF_SHARP_PIXELS * SP_MATRIX_SIZE_MAX * SP_MATRIX_SIZE_MAX)

struct made {
    struct sp_arena arena;
    struct sp_pdf_pen pen;
    struct sp_pdf_page page;
    struct sp_pdf_page_limits limits;
};

/* A pen and a page for one code, in exactly the memory they announce. */
static void make(struct made *made, enum sp_draw draw, uint32_t size_max)
{
    made->limits = sp_pdf_code_limits(draw, size_max);
    exact_arena_open(&made->arena,
                     sp_pdf_pen_need(draw, size_max) + sp_pdf_page_need(&made->limits));
    sp_pdf_pen_init(&made->pen, &made->arena, draw, size_max);
    sp_pdf_page_init(&made->page, &made->arena, &made->limits);
    exact_arena_seal(&made->arena);
}

/* What the content says. */
struct drawn {
    double scale, x, y;
    const unsigned char *data; /* of the image, or null for a path */
    size_t length;
    unsigned side_px;
    bool hex, flate, object;
};

static const char *pass_over(const char *at, const char *words)
{
    if (strncmp(at, words, strlen(words)) != 0)
        fail_msg("expected %s at: %.40s", words, at);
    return at + strlen(words);
}

static bool pass_if(const char **at, const char *words)
{
    const bool there = strncmp(*at, words, strlen(words)) == 0;
    *at += there ? strlen(words) : 0;
    return there;
}

/* The data of an inline image ends where its object ends: here, at the end of the content. */
static void read_inline(const char *at, const char *end, struct drawn *drawn)
{
    unsigned height;
    int used = 0;
    assert_int_equal(sscanf(at, "W %u/H %u/IM true%n", &drawn->side_px, &height, &used), 2);
    assert_int_equal(height, drawn->side_px);
    at += used;
    if (pass_if(&at, "/F[/AHx/Fl]"))
        drawn->hex = drawn->flate = true;
    else if (pass_if(&at, "/F/AHx"))
        drawn->hex = true;
    else if (pass_if(&at, "/F/Fl"))
        drawn->flate = true;
    at = pass_over(at, " ID ");
    drawn->data = (const unsigned char *)at;
    drawn->length = (size_t)(end - strlen("\nEI Q\n") - at);
    (void)pass_over(end - strlen("\nEI Q\n"), "\nEI Q\n");
}

static void read_content(const struct sp_pdf_page *page, struct drawn *drawn)
{
    const char *at = (const char *)page->content.bytes, *end = at + page->content.used;
    double scale_y;
    int used = 0;
    *drawn = (struct drawn){0};
    assert_int_equal(sscanf(at, "q %lf 0 0 %lf %lf %lf cm\n%n", &drawn->scale, &scale_y, &drawn->x,
                            &drawn->y, &used),
                     4);
    assert_true(drawn->scale == scale_y);
    at += used;
    if (pass_if(&at, "BI/")) {
        read_inline(at, end, drawn);
    } else if (pass_if(&at, "/I0 Do Q\n")) {
        assert_true(at == end);
        assert_int_equal(page->image_count, 1);
        assert_int_equal(page->image[0].offset, 0);
        assert_int_equal(page->image[0].length, page->images.used);
        drawn->object = true;
        drawn->data = page->images.bytes;
        drawn->length = page->images.used;
        drawn->side_px = page->image[0].side_px;
        drawn->flate = page->image[0].flate;
    } else {
        (void)pass_over(end - strlen("f Q\n"), "f Q\n");
    }
    if (!drawn->object)
        assert_int_equal(page->image_count, 0);
}

static unsigned digit(unsigned char letter)
{
    static const char digits[] = "0123456789ABCDEF";
    const char *at = memchr(digits, letter, 16);
    assert_non_null(at);
    return (unsigned)(at - digits);
}

static size_t unhex(const unsigned char *text, size_t length, unsigned char *bytes)
{
    assert_int_equal(length % 2, 1);
    assert_int_equal(text[length - 1], '>');
    for (size_t i = 0; i < length / 2; i++)
        bytes[i] = (unsigned char)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
    return length / 2;
}

/* The raster of the image; returns its bytes. */
static size_t unpack(const struct drawn *drawn, unsigned char *raster)
{
    static unsigned char plain[RASTER_MAX];
    const unsigned char *data = drawn->data;
    uLongf room = RASTER_MAX;
    size_t length = drawn->length;
    if (drawn->hex) {
        length = unhex(data, length, plain);
        data = plain;
    }
    if (!drawn->flate) {
        memcpy(raster, data, length);
        return length;
    }
    assert_int_equal(uncompress(raster, &room, data, length), Z_OK);
    return room;
}

/* A 1-bit mask paints where its sample is 0; rows start at whole bytes (ISO 32000-1, 8.9.5). */
static void assert_image(const struct drawn *drawn, const struct sp_matrix *modules,
                         unsigned pixels)
{
    static unsigned char raster[RASTER_MAX];
    const unsigned side = modules->size * pixels;
    const unsigned stride = (side + 7) / 8;
    assert_int_equal(drawn->side_px, side);
    assert_int_equal(unpack(drawn, raster), (size_t)stride * side);
    for (unsigned y = 0; y < side; y++) {
        if (y % pixels != 0) { /* lines of a module are alike */
            assert_memory_equal(raster + y * stride, raster + (y - 1) * stride, stride);
            continue;
        }
        for (unsigned x = 0; x < side; x++) {
            const bool paints = !(raster[y * stride + x / 8] >> (7 - x % 8) & 1);
            if (paints != sp_matrix_get(modules, (int)(x / pixels), (int)(y / pixels)))
                fail_msg("pixel (%u, %u) of %u is wrong", x, y, side);
        }
    }
}

static void draw(struct made *made, const struct sp_matrix *modules, struct drawn *drawn)
{
    sp_pdf_page_clear(&made->page);
    sp_pdf_code_draw(&made->pen, &made->page, modules, 72000, -1500, 100000);
    assert_true(made->page.content.used <= made->limits.content_bytes);
    assert_true(made->page.images.used <= made->limits.image_bytes);
    assert_true(made->page.image_count <= made->limits.image_count);
    read_content(&made->page, drawn);
    assert_true(drawn->x == 72 && drawn->y == -1.5);
}

/* Drawn into memory of exactly its own size's bounds: a byte more would end the test. */
static void every_size_and_pattern_stays_in_its_bounds(void **state)
{
    struct random random = {61};
    struct sp_matrix modules;
    for (uint32_t size = 21; size <= 177; size += 4)
        for (int way = SP_DRAW_SHARP; way <= SP_DRAW_VECTOR; way++) {
            struct made made;
            make(&made, (enum sp_draw)way, size);
            for (int pattern = 0; pattern < MATRIX_PATTERNS; pattern++) {
                struct drawn drawn;
                matrix_fill(&modules, size, (enum matrix_pattern)pattern, &random);
                draw(&made, &modules, &drawn);
                if (way == SP_DRAW_VECTOR) {
                    assert_null(drawn.data);
                    assert_true(drawn.scale == (double)(100000 / size) / 1000);
                    continue;
                }
                assert_true(drawn.scale == 100);
                assert_image(&drawn, &modules, way == SP_DRAW_SHARP ? SP_PDF_SHARP_PIXELS : 1);
            }
            sp_arena_close(&made.arena);
        }
}

/* A pen made for the largest code draws the small ones too. */
static void a_large_pen_draws_small_codes(void **state)
{
    struct random random = {62};
    struct sp_matrix modules;
    for (int way = SP_DRAW_SHARP; way <= SP_DRAW_SMALL; way++) {
        struct made made;
        make(&made, (enum sp_draw)way, 177);
        for (int i = 0; i < 100; i++) {
            struct drawn drawn;
            matrix_fill(&modules, 17 + 4 * (uint32_t)random_between(&random, 1, 40), MATRIX_RANDOM,
                        &random);
            draw(&made, &modules, &drawn);
            assert_image(&drawn, &modules, way == SP_DRAW_SHARP ? SP_PDF_SHARP_PIXELS : 1);
        }
        sp_arena_close(&made.arena);
    }
}

/* The content between the matrix and the fill is the path of pdf_vector.h. */
static void a_vector_code_is_its_path(void **state)
{
    struct random random = {63};
    struct sp_matrix modules;
    struct made made;
    struct drawn drawn;
    unsigned char path[20000];
    struct sp_buf expected = {.bytes = path, .capacity = sizeof path};
    make(&made, SP_DRAW_VECTOR, 45);
    assert_true(made.limits.deflate);
    matrix_fill(&modules, 45, MATRIX_RANDOM, &random);
    draw(&made, &modules, &drawn);
    sp_pdf_vector_draw(&modules, &expected);
    const char *at = strchr((const char *)made.page.content.bytes, '\n') + 1;
    assert_memory_equal(at, path, expected.used);
    assert_memory_equal(at + expected.used, "f Q\n", 4);
    sp_arena_close(&made.arena);
}

/* The first `light` modules light, the rest dark: one more is a bit more of the sharp stream. */
static void fill_light(struct sp_matrix *modules, uint32_t size, uint32_t light)
{
    struct random random = {1};
    matrix_fill(modules, size, MATRIX_DARK, &random);
    for (uint32_t i = 0; i < light; i++)
        modules->row[i / size][i % size / 64] &= ~(UINT64_C(1) << (63 - i % size % 64));
}

/* Whether the letters EI stand anywhere in the data. */
static bool has_early_end(const unsigned char *data, size_t length)
{
    for (size_t i = 0; i + 1 < length; i++)
        if (data[i] == 'E' && data[i + 1] == 'I')
            return true;
    return false;
}

/* How long the data is with so many light modules; whether it moved out is checked on the way. */
static size_t length_with(struct made *made, uint32_t size, uint32_t light)
{
    struct sp_matrix modules;
    struct drawn drawn;
    fill_light(&modules, size, light);
    draw(made, &modules, &drawn);
    assert_int_equal(drawn.object, drawn.length > SP_PDF_INLINE_MAX);
    return drawn.length;
}

/* 4,096 bytes stand in the content, one more in an object of their own. */
static void long_data_moves_to_an_object(void **state)
{
    struct made made;
    make(&made, SP_DRAW_SHARP, 177);
    for (uint32_t size = 121; size <= 145; size += 4) {
        uint32_t stays = 0, moves = size * size;
        while (moves - stays > 1) {
            const uint32_t middle = (stays + moves) / 2;
            if (length_with(&made, size, middle) <= SP_PDF_INLINE_MAX)
                stays = middle;
            else
                moves = middle;
        }
        assert_int_equal(length_with(&made, size, stays), SP_PDF_INLINE_MAX);
        assert_int_equal(length_with(&made, size, moves), SP_PDF_INLINE_MAX + 1);
    }
    sp_arena_close(&made.arena);
}

/* Puts bytes into the small drawing: it stores light modules as 1. */
static void plant(struct sp_matrix *modules, uint32_t row, uint32_t byte, const char *text)
{
    for (uint32_t i = 0; text[i]; i++, byte++) {
        const unsigned shift = 56 - byte % 8 * 8;
        modules->row[row][byte / 8] &= ~(UINT64_C(0xFF) << shift);
        modules->row[row][byte / 8] |= (uint64_t)(unsigned char)~text[i] << shift;
    }
}

static void data_that_would_end_early_is_in_hexadecimal(void **state)
{
    static const struct {
        const char *text;
        bool hex;
    } cases[] = {{"EI ", true},  {"EI\n", true}, {"EI", true},    {"EIEI", true},
                 {"EEI", true},  {"EIQ", true},  {"E I ", false}, {"IE", false},
                 {"eI ", false}, {"Ei ", false}, {"EEE", false}};
    struct random random = {64};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (uint32_t row = 0; row < 45; row += 22) {
            struct made made;
            struct sp_matrix modules;
            struct drawn drawn;
            make(&made, SP_DRAW_SMALL, 45);
            matrix_fill(&modules, 45, MATRIX_DARK, &random);
            plant(&modules, row, 1, cases[i].text);
            draw(&made, &modules, &drawn);
            assert_int_equal(drawn.hex, cases[i].hex);
            assert_false(drawn.object);
            assert_image(&drawn, &modules, 1);
            sp_arena_close(&made.arena);
        }
}

/* Twice as long and a mark: what was short enough before may not be now. */
static void hexadecimal_that_is_too_long_moves_out(void **state)
{
    struct random random = {65};
    for (uint32_t size = 21; size <= 177; size += 4) {
        struct made made;
        struct sp_matrix modules;
        struct drawn drawn;
        const size_t data = (size_t)(size + 7) / 8 * size;
        make(&made, SP_DRAW_SMALL, size);
        matrix_fill(&modules, size, MATRIX_DARK, &random);
        plant(&modules, size - 1, 0, "EI");
        draw(&made, &modules, &drawn);
        assert_int_equal(drawn.object, 2 * data + 1 > SP_PDF_INLINE_MAX);
        assert_int_equal(drawn.hex, !drawn.object);
        assert_image(&drawn, &modules, 1);
        sp_arena_close(&made.arena);
    }
}

/*
 * 234 light modules make the lower half of the checksum 'I' and a control character; every 256th
 * arrangement of them puts an 'E' before it.
 */
static void a_checksum_can_end_early_too(void **state)
{
    struct random random = {66};
    unsigned met = 0;
    struct made made;
    make(&made, SP_DRAW_SHARP, 21);
    for (int i = 0; i < 1500; i++) {
        struct sp_matrix modules;
        struct drawn drawn;
        fill_light(&modules, 21, 0);
        for (unsigned light = 0; light < 234;) {
            const unsigned at = (unsigned)random_below(&random, 21 * 21);
            const uint64_t bit = UINT64_C(1) << (63 - at % 21);
            light += (modules.row[at / 21][0] & bit) != 0;
            modules.row[at / 21][0] &= ~bit;
        }
        draw(&made, &modules, &drawn);
        met += drawn.hex;
        assert_true(drawn.hex || !has_early_end(drawn.data, drawn.length));
        assert_image(&drawn, &modules, SP_PDF_SHARP_PIXELS);
    }
    assert_true(met > 0);
    sp_arena_close(&made.arena);
}

/* Many codes on a page: the bounds of one, as many times. */
static void codes_follow_one_another(void **state)
{
    enum {
        COUNT = 5
    };
    struct random random = {67};
    struct sp_matrix modules;
    struct sp_arena arena;
    struct sp_pdf_pen pen;
    struct sp_pdf_page page;
    struct sp_pdf_page_limits limits = sp_pdf_code_limits(SP_DRAW_SHARP, 177);
    limits.content_bytes *= COUNT;
    limits.image_bytes *= COUNT;
    limits.image_count *= COUNT;
    exact_arena_open(&arena, sp_pdf_pen_need(SP_DRAW_SHARP, 177) + sp_pdf_page_need(&limits));
    sp_pdf_pen_init(&pen, &arena, SP_DRAW_SHARP, 177);
    sp_pdf_page_init(&page, &arena, &limits);
    exact_arena_seal(&arena);
    for (int i = 0; i < COUNT; i++) {
        matrix_fill(&modules, 177, MATRIX_LIGHT, &random);
        sp_pdf_code_draw(&pen, &page, &modules, 0, 0, 1000);
    }
    assert_int_equal(page.image_count, COUNT);
    for (uint32_t i = 0; i + 1 < COUNT; i++)
        assert_int_equal(page.image[i].offset + page.image[i].length, page.image[i + 1].offset);
    assert_non_null(memmem(page.content.bytes, page.content.used, "/I4 Do", 6));
    sp_arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_and_pattern_stays_in_its_bounds),
        cmocka_unit_test(a_large_pen_draws_small_codes),
        cmocka_unit_test(a_vector_code_is_its_path),
        cmocka_unit_test(long_data_moves_to_an_object),
        cmocka_unit_test(data_that_would_end_early_is_in_hexadecimal),
        cmocka_unit_test(hexadecimal_that_is_too_long_moves_out),
        cmocka_unit_test(a_checksum_can_end_early_too),
        cmocka_unit_test(codes_follow_one_another),
    };
    return cmocka_run_group_tests_name("pdf_code", tests, NULL, NULL);
}
