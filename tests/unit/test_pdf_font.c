/* A font in the file: its bytes, its widths and its map to Unicode, read back glyph by glyph. */
#include "support/unit.h"

#include "base/scratch.h"
#include "pdf/pdf_font.h"
#include "support/exact_arena.h"
#include "support/pdf_pieces.h"
#include "support/pdf_walk.h"
#include "support/random.h"
#include "support/sink.h"

#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GLYPHS   3000
#define FILE_MAX 20000
#define BUFFER   4096

/* What the glyphs of a made-up font are. */
struct glyphs {
    bool used[GLYPHS];
    uint32_t code[GLYPHS];
    int width[GLYPHS];
};

static bool glyph_used(const void *context, uint32_t glyph)
{
    return ((const struct glyphs *)context)->used[glyph];
}

static int glyph_width(const void *context, uint32_t glyph)
{
    return ((const struct glyphs *)context)->width[glyph];
}

static uint32_t glyph_code(const void *context, uint32_t glyph)
{
    return ((const struct glyphs *)context)->code[glyph];
}

struct made {
    struct sp_arena arena;
    struct sp_scratch scratch;
    struct sp_out out;
    struct sink sink;
    struct sp_pdf_xref xref;
    struct sp_pdf_font_work work;
    struct libdeflate_compressor *compressor;
    struct pdf_walk walk;
};

/* Writes a font alone into a file of its own, and opens that. */
static void make(struct made *made, const struct glyphs *glyphs, const unsigned char *file,
                 size_t file_bytes, uint32_t glyphs_max)
{
    memset(made, 0, sizeof *made);
    const struct sp_pdf_font font = {.name = "Example",
                                     .file = file,
                                     .file_bytes = file_bytes,
                                     .ascent = 928,
                                     .descent = -236,
                                     .cap_height = 729,
                                     .box = {-1021, -463, 1793, 1232},
                                     .glyph_count = GLYPHS,
                                     .used = glyph_used,
                                     .width = glyph_width,
                                     .code = glyph_code,
                                     .context = glyphs};
    assert_int_equal(sp_scratch_open(&made->scratch, "/tmp", NULL), SP_OK);
    exact_arena_open(&made->arena, sp_out_need(BUFFER) + sp_pdf_xref_need() +
                                       sp_pdf_font_work_need(FILE_MAX, glyphs_max));
    sp_out_init(&made->out, &made->arena, BUFFER, sink_write, &made->sink);
    sp_pdf_xref_init(&made->xref, &made->arena, &made->scratch);
    made->compressor = libdeflate_alloc_compressor(1);
    assert_non_null(made->compressor);
    sp_pdf_font_work_init(&made->work, &made->arena, FILE_MAX, glyphs_max, made->compressor);
    exact_arena_seal(&made->arena);
    const uint32_t first = sp_pdf_xref_reserve(&made->xref, SP_PDF_FONT_OBJECTS);
    sp_out_text(&made->out, "%PDF-1.7\n");
    sp_pdf_font_write(&font, &made->work, &made->xref, &made->out, first);
    assert_int_equal(sp_pdf_xref_write(&made->xref, &made->out, "", NULL), SP_OK);
    assert_int_equal(sp_out_flush(&made->out, NULL), SP_OK);
    pdf_walk_open(&made->walk, made->sink.bytes, made->sink.used, 0);
}

static void unmake(struct made *made)
{
    pdf_walk_close(&made->walk);
    libdeflate_free_compressor(made->compressor);
    sink_free(&made->sink);
    sp_scratch_close(&made->scratch);
    sp_arena_close(&made->arena);
}

static struct pdf_span descendant(const struct made *made)
{
    struct pdf_span value;
    const struct pdf_span font = pdf_walk_dictionary(&made->walk, 1);
    assert_true(pdf_find(font, "/DescendantFonts", &value));
    return pdf_walk_dictionary(&made->walk, (uint32_t)strtoul(value.at + 1, NULL, 10));
}

/* "/W[3[278 300]10[500]]": runs of neighbours (ISO 32000-1, 9.7.4.3). */
static void assert_widths(const struct made *made, const struct glyphs *glyphs)
{
    static int found[GLYPHS];
    struct pdf_span value;
    assert_true(pdf_find(descendant(made), "/W", &value));
    for (int i = 0; i < GLYPHS; i++)
        found[i] = -1;
    const char *at = value.at + 1;
    while (*at != ']') {
        char *end;
        unsigned long glyph = strtoul(at, &end, 10);
        assert_int_equal(*end, '[');
        for (at = end + 1; *at != ']'; glyph++) {
            assert_true(glyph < GLYPHS);
            assert_int_equal(found[glyph], -1);
            found[glyph] = (int)strtol(at, &end, 10);
            assert_true(end > at);
            at = *end == ' ' ? end + 1 : end;
        }
        at++;
    }
    for (int i = 0; i < GLYPHS; i++)
        assert_int_equal(found[i], glyphs->used[i] ? glyphs->width[i] : -1);
}

static uint32_t utf16_of(const char *hex)
{
    unsigned high, low;
    assert_int_equal(sscanf(hex, "%4X", &high), 1);
    if (high < 0xD800 || high > 0xDFFF) {
        assert_int_equal(hex[4], '>');
        return high;
    }
    assert_int_equal(sscanf(hex + 4, "%4X>", &low), 1);
    assert_true(high < 0xDC00 && low >= 0xDC00 && low <= 0xDFFF);
    return 0x10000 + ((high - 0xD800) << 10 | (low - 0xDC00));
}

/* Blocks of at most a hundred lines "<glyph><code>" (Adobe Technical Note 5014). */
static void assert_map(const struct made *made, const struct glyphs *glyphs)
{
    static uint32_t found[GLYPHS];
    size_t length;
    const uint32_t object = pdf_reference(pdf_walk_dictionary(&made->walk, 1), "/ToUnicode");
    char *map = (char *)pdf_walk_inflate(&made->walk, object, &length);
    map[length] = '\0';
    memset(found, 0, sizeof found);
    for (char *block = map; (block = strstr(block, " beginbfchar\n")) != NULL;) {
        char *number = block;
        while (number > map && number[-1] >= '0' && number[-1] <= '9')
            number--;
        const unsigned long lines = strtoul(number, NULL, 10);
        assert_in_range(lines, 1, 100);
        block += strlen(" beginbfchar\n");
        for (unsigned long i = 0; i < lines; i++) {
            unsigned glyph;
            assert_int_equal(sscanf(block, "<%4X><", &glyph), 1);
            assert_true(glyph < GLYPHS);
            assert_int_equal(found[glyph], 0);
            found[glyph] = utf16_of(block + 7);
            block = strchr(block, '\n') + 1;
        }
        assert_memory_equal(block, "endbfchar\n", 10);
    }
    for (int i = 0; i < GLYPHS; i++)
        assert_int_equal(found[i], glyphs->used[i] ? glyphs->code[i] : 0);
    free(map);
}

static void assert_file(const struct made *made, const unsigned char *file, size_t file_bytes)
{
    size_t length;
    const uint32_t descriptor = pdf_reference(descendant(made), "/FontDescriptor");
    const uint32_t object =
        pdf_reference(pdf_walk_dictionary(&made->walk, descriptor), "/FontFile2");
    unsigned char *found = pdf_walk_inflate(&made->walk, object, &length);
    assert_int_equal(pdf_number(pdf_walk_dictionary(&made->walk, object), "/Length1"), file_bytes);
    assert_int_equal(length, file_bytes);
    assert_memory_equal(found, file, length);
    free(found);
}

static void fill(struct glyphs *glyphs, struct random *random, unsigned one_in)
{
    memset(glyphs, 0, sizeof *glyphs);
    for (int i = 0; i < GLYPHS; i++) {
        glyphs->used[i] = random_below(random, one_in) == 0;
        glyphs->width[i] = (int)random_below(random, 2000);
        glyphs->code[i] = (uint32_t)random_between(random, 1, 0x1FFFF);
        if (glyphs->code[i] >= 0xD800 && glyphs->code[i] < 0xE000)
            glyphs->code[i] = 0; /* no character: the glyph has none */
    }
}

static void widths_and_map_come_back(void **state)
{
    static struct glyphs glyphs;
    static unsigned char file[FILE_MAX];
    static const unsigned one_in[] = {1, 2, 10, 100, 1000, 100000};
    struct random random = {91};
    memset(file, 'f', sizeof file);
    for (size_t i = 0; i < sizeof one_in / sizeof one_in[0]; i++) {
        struct made made;
        fill(&glyphs, &random, one_in[i]);
        make(&made, &glyphs, file, sizeof file, GLYPHS);
        assert_int_equal(made.walk.count, SP_PDF_FONT_OBJECTS + 2);
        assert_widths(&made, &glyphs);
        assert_map(&made, &glyphs);
        unmake(&made);
    }
}

/* Every glyph used, every code outside the first plane: the longest map there is. */
static void the_longest_map_has_room(void **state)
{
    static struct glyphs glyphs;
    static const unsigned char file[1] = {0};
    struct made made;
    for (int i = 0; i < GLYPHS; i++) {
        glyphs.used[i] = true;
        glyphs.code[i] = 0x10FFFF;
        glyphs.width[i] = 1000;
    }
    make(&made, &glyphs, file, sizeof file, GLYPHS);
    assert_map(&made, &glyphs);
    unmake(&made);
}

/* One that shrinks, one that does not: the second is written as it is. */
static void the_file_comes_back(void **state)
{
    static struct glyphs glyphs;
    static unsigned char file[FILE_MAX];
    struct random random = {92};
    for (int noisy = 0; noisy < 2; noisy++) {
        struct made made;
        struct pdf_span filter;
        fill(&glyphs, &random, 10);
        if (noisy)
            random_fill(&random, file, sizeof file);
        make(&made, &glyphs, file, sizeof file, GLYPHS);
        assert_file(&made, file, sizeof file);
        assert_int_equal(pdf_find(pdf_walk_dictionary(&made.walk, 4), "/Filter", &filter), !noisy);
        unmake(&made);
    }
}

static void get_tag(const struct glyphs *glyphs, char tag[7])
{
    static const unsigned char file[64] = {0};
    struct pdf_span value;
    struct made made;
    make(&made, glyphs, file, sizeof file, GLYPHS);
    assert_true(pdf_find(pdf_walk_dictionary(&made.walk, 1), "/BaseFont", &value));
    assert_int_equal(value.at[0], '/');
    memcpy(tag, value.at + 1, 6);
    tag[6] = '\0';
    assert_int_equal(strspn(tag, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), 6);
    assert_memory_equal(value.at + 7, "+Example/", 9);
    unmake(&made);
}

/* ISO 32000-1, 9.6.4: different subsets have different tags. */
static void the_tag_is_of_the_glyphs(void **state)
{
    static struct glyphs glyphs;
    struct random random = {93};
    char first[7], second[7], third[7];
    fill(&glyphs, &random, 10);
    get_tag(&glyphs, first);
    get_tag(&glyphs, second);
    assert_string_equal(first, second);
    glyphs.used[1500] = !glyphs.used[1500];
    get_tag(&glyphs, third);
    assert_string_not_equal(first, third);
}

static void the_descriptor_has_its_numbers(void **state)
{
    static struct glyphs glyphs;
    static const unsigned char file[64] = {0};
    struct pdf_span value;
    struct made made;
    make(&made, &glyphs, file, sizeof file, GLYPHS);
    const struct pdf_span descriptor =
        pdf_walk_dictionary(&made.walk, pdf_reference(descendant(&made), "/FontDescriptor"));
    assert_int_equal(pdf_number(descriptor, "/Ascent"), 928);
    assert_int_equal(pdf_number(descriptor, "/CapHeight"), 729);
    assert_int_equal(pdf_number(descriptor, "/Flags"), 32);
    assert_true(pdf_find(descriptor, "/Descent", &value));
    assert_memory_equal(value.at, "-236/", 5);
    assert_true(pdf_find(descriptor, "/FontBBox", &value));
    assert_memory_equal(value.at, "[-1021 -463 1793 1232]", 22);
    unmake(&made);
}

/* As reports do it: files larger than any buffer, with outlines of either kind, under any name. */
static void packed_fonts_come_back(void **state)
{
    static struct glyphs glyphs;
    static unsigned char file[400000];
    static struct pieces pieces;
    struct random random = {94};
    random_fill(&random, file, sizeof file / 2);
    for (int cff = 0; cff < 2; cff++) {
        struct pdf_span value;
        fill(&glyphs, &random, 2);
        const struct sp_pdf_font font = {.name = "Ex(am)ple /Sans <\xFC>-Bold",
                                         .file = file,
                                         .file_bytes = sizeof file,
                                         .cff = cff,
                                         .glyph_count = GLYPHS,
                                         .used = glyph_used,
                                         .width = glyph_width,
                                         .code = glyph_code,
                                         .context = &glyphs};
        pieces_open(&pieces);
        struct sp_pdf_font_work work = {.packer = &pieces.packer};
        const uint32_t first = sp_pdf_xref_reserve(&pieces.xref, SP_PDF_FONT_OBJECTS);
        sp_pdf_font_write(&font, &work, &pieces.xref, &pieces.out, first);
        pieces_walk(&pieces);
        const struct made made = {.walk = pieces.walk};
        const struct pdf_span dictionary = descendant(&made);
        assert_true(pdf_find(dictionary, "/Subtype", &value));
        assert_memory_equal(value.at, cff ? "/CIDFontType0/" : "/CIDFontType2/", 14);
        assert_int_equal(pdf_has(dictionary, "/CIDToGIDMap"), !cff);
        assert_true(pdf_find(dictionary, "/BaseFont", &value));
        assert_memory_equal(value.at + 7, "+ExampleSans-Bold/", 18);
        assert_widths(&made, &glyphs);
        assert_map(&made, &glyphs);
        if (!cff)
            assert_file(&made, file, sizeof file);
        const uint32_t descriptor = pdf_reference(dictionary, "/FontDescriptor");
        const uint32_t object = pdf_reference(pdf_walk_dictionary(&made.walk, descriptor),
                                              cff ? "/FontFile3" : "/FontFile2");
        if (cff) {
            assert_true(pdf_find(pdf_walk_dictionary(&made.walk, object), "/Subtype", &value));
            assert_memory_equal(value.at, "/OpenType", 9);
        }
        size_t length;
        unsigned char *found = pdf_walk_inflate(&made.walk, object, &length);
        assert_int_equal(length, sizeof file);
        assert_memory_equal(found, file, length);
        free(found);
        pieces_close(&pieces);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths_and_map_come_back),
        cmocka_unit_test(the_longest_map_has_room),
        cmocka_unit_test(the_file_comes_back),
        cmocka_unit_test(the_tag_is_of_the_glyphs),
        cmocka_unit_test(the_descriptor_has_its_numbers),
        cmocka_unit_test(packed_fonts_come_back),
    };
    return cmocka_run_group_tests_name("pdf_font", tests, NULL, NULL);
}
