/*
 * The hand-made Deflate stream, read by two inflaters that know nothing of it: the raster is the
 * matrix eight times as large, and the checksum holds.
 */
#include "support/unit.h"

#include "pdf/pdf_sharp.h"
#include "support/matrices.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define RASTER_MAX ((size_t)SP_PDF_SHARP_PIXELS * SP_MATRIX_SIZE_MAX * SP_MATRIX_SIZE_MAX)

static unsigned char raster[RASTER_MAX], found[RASTER_MAX];

/* One byte is eight pixels of one line: a module, eight lines high. */
static size_t fill_raster(const struct sp_matrix *modules)
{
    size_t used = 0;
    for (int y = 0; y < (int)modules->size * SP_PDF_SHARP_PIXELS; y++)
        for (int x = 0; x < (int)modules->size; x++)
            raster[used++] = sp_matrix_get(modules, x, y / SP_PDF_SHARP_PIXELS) ? 0x00 : 0xFF;
    return used;
}

/* Draws into memory of exactly the bound, so that a byte beyond it is found. */
static void assert_stream(struct sp_pdf_sharp *sharp, const struct sp_matrix *modules)
{
    const size_t bound = sp_pdf_sharp_bound(modules->size);
    unsigned char *bytes = malloc(bound);
    assert_non_null(bytes);
    struct sp_buf data = {.bytes = bytes, .capacity = bound};
    sp_pdf_sharp_draw(sharp, modules, &data);
    const size_t expected = fill_raster(modules);

    uLongf got = sizeof found;
    uLong taken = data.used;
    assert_int_equal(uncompress2(found, &got, bytes, &taken), Z_OK);
    assert_int_equal(taken, data.used);
    assert_int_equal(got, expected);
    assert_memory_equal(found, raster, expected);

    memset(found, 0xAA, expected);
    struct libdeflate_decompressor *other = libdeflate_alloc_decompressor();
    assert_non_null(other);
    assert_int_equal(libdeflate_zlib_decompress(other, bytes, data.used, found, expected, NULL),
                     LIBDEFLATE_SUCCESS);
    assert_memory_equal(found, raster, expected);
    libdeflate_free_decompressor(other);
    free(bytes);
}

static void every_size_and_pattern_inflates(void **state)
{
    struct random random = {2};
    struct sp_matrix modules;
    for (uint32_t size = 21; size <= 177; size += 4) {
        struct sp_pdf_sharp sharp;
        sp_pdf_sharp_init(&sharp);
        for (int pattern = 0; pattern < MATRIX_PATTERNS; pattern++) {
            matrix_fill(&modules, size, (enum matrix_pattern)pattern, &random);
            assert_stream(&sharp, &modules);
        }
    }
}

/* One module of another colour than all the rest, at every place: the sums of the checksum. */
static void every_place_counts(void **state)
{
    struct random random = {3};
    struct sp_pdf_sharp sharp;
    struct sp_matrix modules;
    sp_pdf_sharp_init(&sharp);
    for (int pattern = MATRIX_DARK; pattern <= MATRIX_LIGHT; pattern++)
        for (int i = 0; i < 21 * 21; i++) {
            matrix_fill(&modules, 21, (enum matrix_pattern)pattern, &random);
            modules.row[i / 21][0] ^= UINT64_C(1) << (63 - i % 21);
            assert_stream(&sharp, &modules);
        }
}

/* One drawer for all sizes, in any order: what it keeps of a size must not outlive it. */
static void sizes_may_change_from_code_to_code(void **state)
{
    struct random random = {4};
    struct sp_pdf_sharp sharp;
    struct sp_matrix modules;
    sp_pdf_sharp_init(&sharp);
    for (int i = 0; i < 300; i++) {
        const uint32_t size = 17 + 4 * (uint32_t)random_between(&random, 1, i % 2 ? 40 : 3);
        matrix_fill(&modules, size, MATRIX_RANDOM, &random);
        assert_stream(&sharp, &modules);
    }
}

/* Streams follow one another in one buffer, and the same code gives the same bytes. */
static void streams_are_appended_and_repeatable(void **state)
{
    struct random random = {5};
    struct sp_pdf_sharp sharp;
    struct sp_matrix modules, other;
    unsigned char bytes[4096];
    struct sp_buf data = {.bytes = bytes, .capacity = sizeof bytes};
    sp_pdf_sharp_init(&sharp);
    matrix_fill(&modules, 21, MATRIX_RANDOM, &random);
    matrix_fill(&other, 25, MATRIX_RANDOM, &random);
    sp_pdf_sharp_draw(&sharp, &modules, &data);
    const size_t first = data.used;
    sp_pdf_sharp_draw(&sharp, &other, &data);
    const size_t second = data.used;
    sp_pdf_sharp_draw(&sharp, &modules, &data);
    assert_int_equal(data.used - second, first);
    assert_memory_equal(bytes, bytes + second, first);
}

/* What the manual promises of a version 1 code: about 140 bytes. */
static void a_small_code_is_small(void **state)
{
    struct random random = {6};
    struct sp_pdf_sharp sharp;
    struct sp_matrix modules;
    unsigned char bytes[1024];
    struct sp_buf data = {.bytes = bytes, .capacity = sizeof bytes};
    sp_pdf_sharp_init(&sharp);
    matrix_fill(&modules, 21, MATRIX_RANDOM, &random);
    sp_pdf_sharp_draw(&sharp, &modules, &data);
    assert_in_range(data.used, 120, 160);
}

static void a_bound_covers_the_smaller_sizes(void **state)
{
    for (uint32_t size = 25; size <= 177; size += 4)
        assert_true(sp_pdf_sharp_bound(size) >= sp_pdf_sharp_bound(size - 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_and_pattern_inflates),
        cmocka_unit_test(every_place_counts),
        cmocka_unit_test(sizes_may_change_from_code_to_code),
        cmocka_unit_test(streams_are_appended_and_repeatable),
        cmocka_unit_test(a_small_code_is_small),
        cmocka_unit_test(a_bound_covers_the_smaller_sizes),
    };
    return cmocka_run_group_tests_name("pdf_sharp", tests, NULL, NULL);
}
