/*
 * The font: its tables against HarfBuzz's, its subset read as a font, and the heap that HarfBuzz
 * takes against what the plan allows it.
 */
#include "support/unit.h"

#include "support/exact_arena.h"
#include "support/heap_count.h"
#include "support/random.h"
#include "text/font.h"

#include <hb-ot.h>
#include <stdlib.h>
#include <string.h>

struct made {
    struct sp_arena arena;
    struct sp_font font;
};

static void make(struct made *made)
{
    exact_arena_open(&made->arena, sp_font_need());
    assert_int_equal(sp_font_init(&made->font, &made->arena, NULL), SP_OK);
    exact_arena_seal(&made->arena);
}

static void unmake(struct made *made)
{
    sp_font_finish(&made->font);
    sp_arena_close(&made->arena);
}

static void use(struct sp_glyph_set *set, uint32_t glyph)
{
    set->words[glyph / 64] |= UINT64_C(1) << (glyph % 64);
}

/* Every printable character of ASCII, and the box for what is missing. */
static void use_ascii(struct sp_glyph_set *set, const struct sp_font *font)
{
    memset(set, 0, sizeof *set);
    use(set, 0);
    for (unsigned code = ' '; code < 127; code++)
        use(set, font->glyph[code]);
}

static void tables_are_those_of_the_file(void **state)
{
    struct made made;
    make(&made);
    const struct sp_font *font = &made.font;
    assert_true(font->glyph_count > 6000);
    assert_true(font->glyph_count <= SP_GLYPHS_MAX);
    for (unsigned code = 0; code < 128; code++) {
        hb_codepoint_t glyph = 0;
        (void)hb_font_get_nominal_glyph(font->font, code, &glyph);
        assert_int_equal(font->glyph[code], glyph);
        assert_int_equal(font->advance[code], hb_font_get_glyph_h_advance(font->font, glyph));
        if (code >= ' ' && code < 127)
            assert_true(glyph > 0 && font->advance[code] > 0);
    }
    for (uint32_t glyph = 0; glyph < font->glyph_count; glyph++)
        assert_int_equal(sp_font_advance(font, glyph),
                         hb_font_get_glyph_h_advance(font->font, glyph));
    unmake(&made);
}

/* The lowest code point of each glyph, found the slow way: from above. */
static void glyphs_know_their_lowest_code(void **state)
{
    static uint32_t expected[SP_GLYPHS_MAX];
    struct made made;
    unsigned mapped = 0;
    make(&made);
    for (uint32_t code = 0x10FFFF; code > 0; code--) {
        hb_codepoint_t glyph;
        if (hb_font_get_nominal_glyph(made.font.font, code, &glyph))
            expected[glyph] = code;
    }
    for (uint32_t glyph = 0; glyph < SP_GLYPHS_MAX; glyph++) {
        assert_int_equal(made.font.code[glyph], expected[glyph]);
        mapped += expected[glyph] != 0;
    }
    assert_true(mapped > 5000);
    unmake(&made);
}

static void metrics_are_plausible(void **state)
{
    struct made made;
    make(&made);
    const struct sp_font_metrics metrics = sp_font_metrics(&made.font);
    const int em = (int)made.font.units_per_em;
    assert_string_equal(metrics.name, "DejaVuSans");
    assert_in_range(metrics.ascent, em * 3 / 4, em * 5 / 4);
    assert_in_range(-metrics.descent, em / 10, em / 2);
    assert_in_range(metrics.cap_height, em * 6 / 10, em * 8 / 10);
    assert_true(metrics.box[0] < 0 && metrics.box[1] < 0);
    assert_true(metrics.box[2] > em && metrics.box[3] >= metrics.ascent);
    unmake(&made);
}

static void sets_are_added(void **state)
{
    static struct sp_glyph_set one, other;
    use(&one, 3);
    use(&other, 64);
    use(&other, SP_GLYPHS_MAX - 1);
    sp_glyph_set_add(&one, &other);
    unsigned count = 0;
    for (uint32_t glyph = 0; glyph < SP_GLYPHS_MAX; glyph++)
        count += sp_glyph_set_has(&one, glyph);
    assert_int_equal(count, 3);
    assert_true(sp_glyph_set_has(&one, 3) && sp_glyph_set_has(&one, 64));
    assert_true(sp_glyph_set_has(&one, SP_GLYPHS_MAX - 1));
    assert_false(sp_glyph_set_has(&other, 3));
}

/* Has an outline in the subset exactly if it is used and had one, and then the same. */
static void assert_outlines(const struct sp_font *font, const struct sp_glyph_set *used,
                            const unsigned char *file, size_t file_bytes)
{
    hb_blob_t *blob = hb_blob_create((const char *)file, (unsigned)file_bytes,
                                     HB_MEMORY_MODE_READONLY, NULL, NULL);
    hb_face_t *face = hb_face_create(blob, 0);
    hb_font_t *subset = hb_font_create(face);
    hb_font_set_scale(subset, (int)font->units_per_em, (int)font->units_per_em);
    for (uint32_t glyph = 0; glyph < font->glyph_count; glyph++) {
        hb_glyph_extents_t before = {0}, after = {0};
        (void)hb_font_get_glyph_extents(font->font, glyph, &before);
        (void)hb_font_get_glyph_extents(subset, glyph, &after);
        if (sp_glyph_set_has(used, glyph)) {
            assert_int_equal(after.x_bearing, before.x_bearing);
            assert_int_equal(after.y_bearing, before.y_bearing);
            assert_int_equal(after.width, before.width);
            assert_int_equal(after.height, before.height);
            assert_int_equal(hb_font_get_glyph_h_advance(subset, glyph),
                             sp_font_advance(font, glyph));
        }
    }
    hb_font_destroy(subset);
    hb_face_destroy(face);
    hb_blob_destroy(blob);
}

/* How many glyphs of a subset have an outline. */
static unsigned count_outlines(const struct sp_font *font, const unsigned char *file,
                               size_t file_bytes)
{
    hb_blob_t *blob = hb_blob_create((const char *)file, (unsigned)file_bytes,
                                     HB_MEMORY_MODE_READONLY, NULL, NULL);
    hb_face_t *face = hb_face_create(blob, 0);
    hb_font_t *subset = hb_font_create(face);
    unsigned count = 0;
    for (uint32_t glyph = 0; glyph < font->glyph_count; glyph++) {
        hb_glyph_extents_t extents = {0};
        count += hb_font_get_glyph_extents(subset, glyph, &extents) && extents.width != 0;
    }
    hb_font_destroy(subset);
    hb_face_destroy(face);
    hb_blob_destroy(blob);
    return count;
}

static void a_subset_of_ascii_has_it_and_is_small(void **state)
{
    static struct sp_glyph_set used;
    const unsigned char *file;
    size_t file_bytes;
    struct made made;
    make(&made);
    use_ascii(&used, &made.font);
    assert_int_equal(sp_font_subset(&made.font, &used, &file, &file_bytes, NULL), SP_OK);
    print_message("# the subset of ASCII has %zu bytes\n", file_bytes);
    assert_true(file_bytes <= SP_FONT_SUBSET_ASCII);
    assert_outlines(&made.font, &used, file, file_bytes);
    /* 94 characters that are seen, the box, and the parts that some of them are composed of. */
    assert_in_range(count_outlines(&made.font, file, file_bytes), 95, 130);
    unmake(&made);
}

static void a_random_subset_has_its_glyphs(void **state)
{
    struct random random = {101};
    for (int i = 0; i < 10; i++) {
        static struct sp_glyph_set used;
        const unsigned char *file;
        size_t file_bytes;
        struct made made;
        make(&made);
        memset(&used, 0, sizeof used);
        for (int j = 0; j < 50; j++)
            use(&used, (uint32_t)random_below(&random, made.font.glyph_count));
        assert_int_equal(sp_font_subset(&made.font, &used, &file, &file_bytes, NULL), SP_OK);
        assert_outlines(&made.font, &used, file, file_bytes);
        assert_true(count_outlines(&made.font, file, file_bytes) < 200);
        unmake(&made);
    }
}

static void use_all(struct sp_glyph_set *set, const struct sp_font *font)
{
    memset(set, 0, sizeof *set);
    for (uint32_t glyph = 0; glyph < font->glyph_count; glyph++)
        use(set, glyph);
}

static void the_subset_of_everything_is_no_larger_than_the_file(void **state)
{
    static struct sp_glyph_set used;
    const unsigned char *file;
    size_t file_bytes;
    struct made made;
    make(&made);
    use_all(&used, &made.font);
    assert_int_equal(sp_font_subset(&made.font, &used, &file, &file_bytes, NULL), SP_OK);
    assert_true(file_bytes <= sp_font_file_bytes());
    assert_outlines(&made.font, &used, file, file_bytes);
    unmake(&made);
}

/* One shaper, some lines and the subset: the most of the heap that was taken at once. */
static size_t heap_of_a_job(const char *const *lines, size_t count, bool everything)
{
    static struct sp_glyph_set used;
    static struct sp_shaper shaper;
    struct sp_arena arena;
    struct sp_font font;
    const unsigned char *file;
    size_t file_bytes;
    exact_arena_open(&arena, sp_font_need() + sp_shaper_need());
    const size_t before = heap_live();
    heap_peak_reset();
    assert_int_equal(sp_font_init(&font, &arena, NULL), SP_OK);
    assert_int_equal(sp_shaper_init(&shaper, &arena, &font, NULL), SP_OK);
    for (size_t i = 0; i < count; i++) {
        const struct sp_line *line;
        assert_int_equal(sp_shape(&shaper, lines[i], strlen(lines[i]), &line, NULL), SP_OK);
    }
    if (everything)
        use_all(&used, &font);
    else
        use_ascii(&used, &font);
    assert_int_equal(sp_font_subset(&font, &used, &file, &file_bytes, NULL), SP_OK);
    const size_t peak = heap_peak() - before;
    sp_shaper_finish(&shaper);
    sp_font_finish(&font);
    sp_arena_close(&arena);
    return peak;
}

static void the_heap_stays_in_its_bounds(void **state)
{
    static const char *const plain[] = {"T5HW9KXQ2M", "https://example.org/T5HW9KXQ2M"};
    static const char *const scripts[] = {
        "T5HW9KXQ2M",
        "Stra\u00DFe x\u0301",
        "\u0627\u0644\u0639\u0631\u0628\u064A\u0629 \u0628\u064F",
        "\u05E2\u05D1\u05E8\u05D9\u05EA 12",
        "\u10E5\u10D0\u10E0\u10D7\u10E3\u10DA\u10D8",
        "\u0540\u0561\u0575\u0565\u0580\u0565\u0576",
        "\u0E44\u0E17\u0E22 \u65E5\u672C\u8A9E \U0001F600",
        "\u0EA5\u0EB2\u0EA7 \u1403\u14C4\u1483 \u2D30\u2D31 \u07DE\u07CF"};
    const size_t ascii = heap_of_a_job(plain, sizeof plain / sizeof plain[0], false);
    const size_t all = heap_of_a_job(scripts, sizeof scripts / sizeof scripts[0], true);
    print_message("# heap at most: ASCII %zu of %d, everything %zu of %d\n", ascii,
                  SP_FONT_HEAP_ASCII, all, SP_FONT_HEAP_ALL);
    assert_true(ascii <= SP_FONT_HEAP_ASCII);
    assert_true(all <= SP_FONT_HEAP_ALL);
}

static void nothing_is_left_on_the_heap(void **state)
{
    static const char *const line[] = {"A"};
    (void)heap_of_a_job(line, 1, false); /* what libraries keep for good */
    const size_t before = heap_live();
    for (int i = 0; i < 5; i++)
        (void)heap_of_a_job(line, 1, false);
    assert_int_equal(heap_live(), before);
}

/* A refused request ends in SP_NO_ROOM or in a font, and nothing is broken for the next try. */
static void a_refused_request_is_no_room(void **state)
{
    struct sp_arena arena;
    unsigned refused = 0;
    for (int persistent = 0; persistent < 2; persistent++)
        for (uint64_t nth = 1;; nth++) {
            struct sp_font font;
            struct sp_err err = {0};
            exact_arena_open(&arena, sp_font_need());
            heap_refuse(nth, persistent);
            const enum sp_status status = sp_font_init(&font, &arena, &err);
            const uint64_t requests = heap_requests();
            heap_refuse(0, false);
            assert_int_equal(err.status, status);
            if (status == SP_OK) {
                assert_true(font.glyph['A'] > 0 && font.code[font.glyph['A']] == 'A');
                sp_font_finish(&font);
            } else {
                assert_int_equal(status, SP_NO_ROOM);
                refused++;
            }
            sp_arena_close(&arena);
            if (requests < nth)
                break;
        }
    assert_true(refused > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_those_of_the_file),
        cmocka_unit_test(glyphs_know_their_lowest_code),
        cmocka_unit_test(metrics_are_plausible),
        cmocka_unit_test(sets_are_added),
        cmocka_unit_test(a_subset_of_ascii_has_it_and_is_small),
        cmocka_unit_test(a_random_subset_has_its_glyphs),
        cmocka_unit_test(the_subset_of_everything_is_no_larger_than_the_file),
        cmocka_unit_test(the_heap_stays_in_its_bounds),
        cmocka_unit_test(nothing_is_left_on_the_heap),
        cmocka_unit_test(a_refused_request_is_no_room),
    };
    /* The last of them count the heap, which belongs to the sanitizers where there are any. */
    const size_t of_the_heap = heap_count_works() ? 0 : 3;
    if (of_the_heap > 0)
        print_message("# the heap is not counted under sanitizers\n");
    return _cmocka_run_group_tests("font", tests, sizeof tests / sizeof tests[0] - of_the_heap,
                                   NULL, NULL);
}
