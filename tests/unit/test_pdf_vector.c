/* The rectangles of the vector drawing, painted again: every dark module once, no light one. */
#include "support/unit.h"

#include "pdf/pdf_vector.h"
#include "support/matrices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Paints the rectangles of a path on a square and returns how many there were. */
static unsigned paint(const struct sp_buf *path, uint32_t size, unsigned char *square)
{
    unsigned count = 0;
    const char *at = (const char *)path->bytes, *end = at + path->used;
    memset(square, 0, (size_t)size * size);
    while (at < end) {
        unsigned x, y, width, height;
        int used = 0;
        assert_int_equal(sscanf(at, "%u %u %u %u re%n", &x, &y, &width, &height, &used), 4);
        assert_true(used > 0 && at[used] == '\n');
        at += used + 1;
        count++;
        assert_true(width > 0 && height > 0);
        assert_true(x + width <= size && y + height <= size);
        for (unsigned row = y; row < y + height; row++)
            for (unsigned column = x; column < x + width; column++)
                square[row * size + column]++; /* y up */
    }
    return count;
}

static unsigned assert_drawn(const struct sp_matrix *modules)
{
    const uint32_t size = modules->size;
    const size_t bound = sp_pdf_vector_bound(size);
    unsigned char *bytes = malloc(bound + 1);
    unsigned char *square = malloc((size_t)size * size);
    assert_non_null(bytes);
    assert_non_null(square);
    struct sp_buf path = {.bytes = bytes, .capacity = bound};
    sp_pdf_vector_draw(modules, &path);
    bytes[path.used] = '\0';
    const unsigned count = paint(&path, size, square);
    for (uint32_t y = 0; y < size; y++)
        for (uint32_t x = 0; x < size; x++)
            assert_int_equal(square[(size - 1 - y) * size + x],
                             sp_matrix_get(modules, (int)x, (int)y));
    free(square);
    free(bytes);
    return count;
}

static void every_size_and_pattern_is_painted_once(void **state)
{
    struct random random = {31};
    struct sp_matrix modules;
    for (uint32_t size = 21; size <= 177; size += 4)
        for (int pattern = 0; pattern < MATRIX_PATTERNS; pattern++) {
            matrix_fill(&modules, size, (enum matrix_pattern)pattern, &random);
            (void)assert_drawn(&modules);
        }
}

static void runs_are_merged(void **state)
{
    struct random random = {32};
    struct sp_matrix modules;
    matrix_fill(&modules, 177, MATRIX_DARK, &random);
    assert_int_equal(assert_drawn(&modules), 1);
    matrix_fill(&modules, 177, MATRIX_LIGHT, &random);
    assert_int_equal(assert_drawn(&modules), 0);
    matrix_fill(&modules, 177, MATRIX_COLUMNS, &random);
    assert_int_equal(assert_drawn(&modules), 89);
    matrix_fill(&modules, 177, MATRIX_ROWS, &random);
    assert_int_equal(assert_drawn(&modules), 89);
    /* Top, bottom and two sides. */
    matrix_fill(&modules, 177, MATRIX_FRAME, &random);
    assert_int_equal(assert_drawn(&modules), 4);
    matrix_fill(&modules, 21, MATRIX_CHECKERBOARD, &random);
    assert_int_equal(assert_drawn(&modules), (21 * 21 + 1) / 2);
}

/* Small squares in every filling of their first rows: all ways that runs can meet. */
static void every_small_square_is_painted_once(void **state)
{
    for (unsigned bits = 0; bits < 1 << 16; bits++) {
        struct sp_matrix modules = {.size = 4};
        for (int row = 0; row < 4; row++)
            modules.row[row][0] = (uint64_t)(bits >> (4 * row) & 15) << 60;
        (void)assert_drawn(&modules);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_and_pattern_is_painted_once),
        cmocka_unit_test(runs_are_merged),
        cmocka_unit_test(every_small_square_is_painted_once),
    };
    return cmocka_run_group_tests_name("pdf_vector", tests, NULL, NULL);
}
