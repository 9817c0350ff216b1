/* A page in hand: its memory to the byte, emptied between uses, deflated only where that helps. */
#include "support/unit.h"

#include "pdf/pdf_page.h"
#include "support/exact_arena.h"
#include "support/random.h"

#include <libdeflate.h>
#include <string.h>
#include <zlib.h>

static const struct sp_pdf_page_limits limits = {
    .content_bytes = 10000, .image_bytes = 5000, .image_count = 3, .deflate = true};

struct made {
    struct sp_arena arena;
    struct sp_pdf_page page;
    struct libdeflate_compressor *compressor;
};

static void make(struct made *made)
{
    exact_arena_open(&made->arena, sp_pdf_page_need(&limits));
    sp_pdf_page_init(&made->page, &made->arena, &limits);
    exact_arena_seal(&made->arena);
    made->compressor = libdeflate_alloc_compressor(1);
    assert_non_null(made->compressor);
}

static void unmake(struct made *made)
{
    libdeflate_free_compressor(made->compressor);
    sp_arena_close(&made->arena);
}

static void a_page_has_room_for_its_limits(void **state)
{
    struct made made;
    make(&made);
    assert_int_equal(made.page.content.capacity, 10000);
    assert_int_equal(made.page.images.capacity, 5000);
    assert_int_equal(made.page.image_max, 3);
    memset(sp_buf_room(&made.page.content, 10000), 'c', 10000);
    memset(sp_buf_room(&made.page.images, 5000), 'i', 5000);
    made.page.image[2].length = 1;
    assert_int_equal(made.page.content.bytes[9999], 'c');
    unmake(&made);
}

static void without_deflating_nothing_is_kept_for_it(void **state)
{
    struct sp_arena arena;
    struct sp_pdf_page page;
    const struct sp_pdf_page_limits plain = {.content_bytes = 10000};
    exact_arena_open(&arena, sp_pdf_page_need(&plain));
    assert_int_equal(arena.capacity_bytes, sp_arena_cost(10000));
    sp_pdf_page_init(&page, &arena, &plain);
    exact_arena_seal(&arena);
    assert_int_equal(page.packed.capacity, 0);
    sp_arena_close(&arena);
}

static void content_is_deflated(void **state)
{
    unsigned char found[10000];
    struct made made;
    make(&made);
    for (int i = 0; i < 1000; i++)
        sp_buf_bytes(&made.page.content, "1 2 3 4 re", 10);
    sp_pdf_page_pack(&made.page, made.compressor);
    assert_in_range(made.page.packed.used, 1, 5000);
    uLongf got = sizeof found;
    assert_int_equal(uncompress(found, &got, made.page.packed.bytes, made.page.packed.used), Z_OK);
    assert_int_equal(got, 10000);
    assert_memory_equal(found, made.page.content.bytes, 10000);
    unmake(&made);
}

static void content_that_does_not_shrink_stays(void **state)
{
    struct random random = {81};
    struct made made;
    make(&made);
    random_fill(&random, sp_buf_room(&made.page.content, 10000), 10000);
    made.page.content.used = 10000;
    sp_pdf_page_pack(&made.page, made.compressor);
    assert_int_equal(made.page.packed.used, 0);
    assert_int_equal(made.page.content.used, 10000);
    unmake(&made);
}

/* After a page that was packed comes one that is not: it must not show what was before. */
static void a_cleared_page_is_empty(void **state)
{
    struct made made;
    make(&made);
    memset(sp_buf_room(&made.page.content, 10000), ' ', 10000);
    made.page.content.used = 10000;
    made.page.images.used = 7;
    made.page.image_count = 2;
    sp_pdf_page_pack(&made.page, made.compressor);
    assert_true(made.page.packed.used > 0);
    sp_pdf_page_clear(&made.page);
    assert_int_equal(made.page.content.used, 0);
    assert_int_equal(made.page.images.used, 0);
    assert_int_equal(made.page.packed.used, 0);
    assert_int_equal(made.page.image_count, 0);
    unmake(&made);
}

static void needs_saturate(void **state)
{
    const struct sp_pdf_page_limits huge = {.content_bytes = SIZE_MAX / 2,
                                            .image_bytes = SIZE_MAX / 2,
                                            .image_count = 1000,
                                            .deflate = true};
    assert_int_equal(sp_pdf_page_need(&huge), SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_has_room_for_its_limits),
        cmocka_unit_test(without_deflating_nothing_is_kept_for_it),
        cmocka_unit_test(content_is_deflated),
        cmocka_unit_test(content_that_does_not_shrink_stays),
        cmocka_unit_test(a_cleared_page_is_empty),
        cmocka_unit_test(needs_saturate),
    };
    return cmocka_run_group_tests_name("pdf_page", tests, NULL, NULL);
}
