/*
 * Whole documents: walked from the end by a reader of ours, checked by qpdf where it is installed,
 * the same bytes every time, and the first failure told.
 */
#include "support/unit.h"

#include "base/scratch.h"
#include "base/sys.h"
#include "pdf/pdf_code.h"
#include "pdf/pdf_document.h"
#include "pdf/pdf_text.h"
#include "support/exact_arena.h"
#include "support/folder.h"
#include "support/matrices.h"
#include "support/pdf_walk.h"
#include "support/sink.h"
#include "text/font.h"

#include <errno.h>
#include <libdeflate.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <zlib.h>

#define BUFFER    100
#define TEXT_ROOM 4096

extern char **environ;

/* What a document is made of. */
struct recipe {
    enum sp_draw draw;
    uint32_t size;       /* of its codes */
    unsigned page_codes; /* on a page */
    uint64_t pages;
    struct sp_pdf_document_spec spec;
};

struct made {
    struct sp_arena arena;
    struct sp_scratch scratch;
    struct sp_out out;
    struct sink sink;
    struct sp_pdf_document document;
    struct sp_pdf_page page;
    struct sp_pdf_pen pen;
    struct sp_pdf_font_work work;
    struct libdeflate_compressor *compressor;
    struct sp_font font;
    struct sp_glyph_set used;
};

static bool glyph_used(const void *context, uint32_t glyph)
{
    return sp_glyph_set_has(&((const struct made *)context)->used, glyph);
}

static int glyph_width(const void *context, uint32_t glyph)
{
    const struct sp_font *font = &((const struct made *)context)->font;
    return sp_font_advance(font, glyph) * 1000 / (int)font->units_per_em;
}

static uint32_t glyph_code(const void *context, uint32_t glyph)
{
    return ((const struct made *)context)->font.code[glyph];
}

/* What a page of a recipe may hold: its codes and a line of text. */
static struct sp_pdf_page_limits page_limits(const struct recipe *recipe)
{
    struct sp_pdf_page_limits limits = sp_pdf_code_limits(recipe->draw, recipe->size);
    limits.content_bytes = limits.content_bytes * recipe->page_codes + TEXT_ROOM;
    limits.image_bytes *= recipe->page_codes;
    limits.image_count *= recipe->page_codes;
    return limits;
}

static void open_made(struct made *made, const struct recipe *recipe)
{
    const struct sp_pdf_page_limits limits = page_limits(recipe);
    memset(made, 0, sizeof *made);
    assert_int_equal(sp_scratch_open(&made->scratch, "/tmp", NULL), SP_OK);
    exact_arena_open(&made->arena, sp_font_need() + sp_out_need(BUFFER) + sp_pdf_document_need() +
                                       sp_pdf_page_need(&limits) +
                                       sp_pdf_pen_need(recipe->draw, recipe->size) +
                                       sp_pdf_font_work_need(SP_FONT_SUBSET_ASCII, 96));
    assert_int_equal(sp_font_init(&made->font, &made->arena, NULL), SP_OK);
    sp_out_init(&made->out, &made->arena, BUFFER, sink_write, &made->sink);
    sp_pdf_page_init(&made->page, &made->arena, &limits);
    sp_pdf_pen_init(&made->pen, &made->arena, recipe->draw, recipe->size);
    made->compressor = libdeflate_alloc_compressor(1);
    assert_non_null(made->compressor);
    sp_pdf_font_work_init(&made->work, &made->arena, SP_FONT_SUBSET_ASCII, 96, made->compressor);
    sp_pdf_document_init(&made->document, &made->arena, &made->out, &made->scratch, &recipe->spec);
    exact_arena_seal(&made->arena);
}

static void close_made(struct made *made)
{
    sp_font_finish(&made->font);
    libdeflate_free_compressor(made->compressor);
    sink_free(&made->sink);
    sp_scratch_close(&made->scratch);
    sp_arena_close(&made->arena);
}

static void compose(struct made *made, const struct recipe *recipe, uint64_t number,
                    struct random *random)
{
    struct sp_matrix modules;
    struct sp_pdf_text text;
    char digits[24];
    uint16_t glyphs[24];
    sp_pdf_page_clear(&made->page);
    for (unsigned i = 0; i < recipe->page_codes; i++) {
        matrix_fill(&modules, recipe->size, MATRIX_RANDOM, random);
        sp_pdf_code_draw(&made->pen, &made->page, &modules, 20000, 30000 * (i + 1), 28000);
    }
    const int length = snprintf(digits, sizeof digits, "PAGE %llu", (unsigned long long)number);
    for (int i = 0; i < length; i++) {
        glyphs[i] = made->font.glyph[(unsigned char)digits[i]];
        made->used.words[glyphs[i] / 64] |= UINT64_C(1) << glyphs[i] % 64;
    }
    sp_pdf_text_begin(&text, &made->page.content);
    sp_pdf_text_line(&text, 20000, 10000, 8000, glyphs, (size_t)length);
    sp_pdf_text_end(&text);
    if (recipe->draw == SP_DRAW_VECTOR)
        sp_pdf_page_pack(&made->page, made->compressor);
}

static enum sp_status finish(struct made *made, struct sp_err *err)
{
    struct sp_pdf_font font = {.name = "DejaVuSans",
                               .ascent = 928,
                               .descent = -236,
                               .cap_height = 729,
                               .box = {-1021, -463, 1793, 1232},
                               .glyph_count = made->font.glyph_count,
                               .used = glyph_used,
                               .width = glyph_width,
                               .code = glyph_code,
                               .context = made};
    assert_int_equal(sp_font_subset(&made->font, &made->used, &font.file, &font.file_bytes, err),
                     SP_OK);
    return sp_pdf_document_finish(&made->document, &font, &made->work, err);
}

static enum sp_status run(struct made *made, const struct recipe *recipe, struct sp_err *err)
{
    struct random random = {121};
    open_made(made, recipe);
    for (uint64_t i = 1; i <= recipe->pages; i++) {
        compose(made, recipe, i, &random);
        sp_pdf_document_add(&made->document, &made->page);
    }
    return finish(made, err);
}

static const struct sp_pdf_document_spec a_spec = {
    .width_mpt = 100000, .height_mpt = 150500, .id = "sixteen bytes id"};

#define SPEC(width, height, a_title, a_date, a_number)                                      \
    {                                                                                       \
        .width_mpt = (width), .height_mpt = (height), .title = (a_title), .date = (a_date), \
        .id = {                                                                             \
            a_number                                                                        \
        }                                                                                   \
    }

static const struct recipe recipes[] = {
    {SP_DRAW_SHARP, 21, 3, 1, SPEC(100000, 150500, NULL, NULL, 0)},
    {SP_DRAW_SHARP, 177, 2, 5, SPEC(100000, 150500, "Large codes", "D:20261121120000Z", 1)},
    {SP_DRAW_SMALL, 45, 1, 65,
     SPEC(14400000, 14400000, "\u00DCber (5 \u20AC) \U0001F600", NULL, 2)},
    {SP_DRAW_VECTOR, 33, 4, 130, SPEC(100000, 150500, "", "D:20261121000000Z", 3)},
};
#define RECIPES (sizeof recipes / sizeof recipes[0])

/* What visiting a page looks at. */
struct visitor {
    const struct pdf_walk *walk;
    const struct recipe *recipe;
    uint64_t images;
};

/* The content has its codes and says its number; images that are too large for it are found. */
static void visit(void *context, uint32_t page, uint64_t index)
{
    struct visitor *visitor = context;
    const struct pdf_span dictionary = pdf_walk_dictionary(visitor->walk, page);
    size_t length;
    struct pdf_span value;
    unsigned char *content =
        pdf_walk_inflate(visitor->walk, pdf_reference(dictionary, "/Contents"), &length);
    unsigned codes = 0;
    for (const unsigned char *at = content; at + 5 <= content + length; at++)
        codes += memcmp(at, " cm\n", 4) == 0;
    assert_int_equal(codes, visitor->recipe->page_codes);
    const bool large = visitor->recipe->draw == SP_DRAW_SHARP && visitor->recipe->size == 177;
    assert_int_equal(pdf_find(dictionary, "/Resources", &value), large);
    for (unsigned i = 0; large && i < visitor->recipe->page_codes; i++) {
        char key[16];
        const char *objects = memmem(value.at, value.length, "/XObject", 8);
        assert_non_null(objects);
        snprintf(key, sizeof key, "/I%u", i);
        const struct pdf_span resources = {objects + 8,
                                           value.length - (size_t)(objects + 8 - value.at)};
        const uint32_t image = pdf_reference(resources, key);
        unsigned char *raster = pdf_walk_inflate(visitor->walk, image, &length);
        assert_int_equal(pdf_number(pdf_walk_dictionary(visitor->walk, image), "/Width"), 8 * 177);
        assert_int_equal(length, (size_t)8 * 177 * 177);
        free(raster);
        visitor->images++;
    }
    free(content);
    assert_true(index < visitor->recipe->pages);
}

static void documents_are_whole(void **state)
{
    for (size_t i = 0; i < RECIPES; i++) {
        static struct made made;
        struct pdf_walk walk;
        struct pdf_span value;
        uint64_t nodes = 0;
        assert_int_equal(run(&made, &recipes[i], NULL), SP_OK);
        assert_int_equal(made.sink.used, made.out.position);
        assert_memory_equal(made.sink.bytes, "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n", 15);
        pdf_walk_open(&walk, made.sink.bytes, made.sink.used, 0);
        for (uint32_t number = 1; number < walk.count; number++)
            (void)pdf_walk_dictionary(&walk, number);
        const struct pdf_span catalog =
            pdf_walk_dictionary(&walk, pdf_reference(walk.trailer, "/Root"));
        assert_true(pdf_find(catalog, "/ViewerPreferences", &value));
        assert_memory_equal(value.at, "<</PrintScaling/None>>", 22);
        struct visitor visitor = {&walk, &recipes[i], 0};
        const uint32_t root = pdf_reference(catalog, "/Pages");
        assert_int_equal(pdf_walk_pages(&walk, root, &nodes, visit, &visitor), recipes[i].pages);
        assert_int_equal(nodes, sp_pdf_page_tree_nodes(recipes[i].pages));
        assert_true(pdf_find(pdf_walk_dictionary(&walk, root), "/MediaBox", &value));
        assert_memory_equal(value.at, i == 2 ? "[0 0 14400 14400]" : "[0 0 100 150.5]",
                            i == 2 ? 17 : 15);
        pdf_walk_close(&walk);
        close_made(&made);
    }
}

/* The scratch file is as long as was announced for documents of as many pages and images. */
static void scratch_is_as_long_as_announced(void **state)
{
    for (size_t i = 0; i < RECIPES; i++) {
        static struct made made;
        struct stat info;
        const struct sp_pdf_page_limits limits = page_limits(&recipes[i]);
        assert_int_equal(run(&made, &recipes[i], NULL), SP_OK);
        assert_int_equal(fstat(made.scratch.fd, &info), 0);
        assert_int_equal(info.st_size,
                         sp_pdf_document_scratch(recipes[i].pages, limits.image_count));
        close_made(&made);
    }
}

static void the_title_and_the_dates_are_the_callers(void **state)
{
    static struct made made;
    struct pdf_walk walk;
    struct pdf_span value;
    assert_int_equal(run(&made, &recipes[2], NULL), SP_OK);
    pdf_walk_open(&walk, made.sink.bytes, made.sink.used, 0);
    struct pdf_span information = pdf_walk_dictionary(&walk, pdf_reference(walk.trailer, "/Info"));
    assert_true(pdf_find(information, "/Title", &value));
    static const char title[] = "<FEFF00DC00620065007200200028003500"
                                "2020AC00290020D83DDE00>";
    assert_memory_equal(value.at, title, strlen(title));
    assert_false(pdf_has(information, "/CreationDate"));
    pdf_walk_close(&walk);
    close_made(&made);

    assert_int_equal(run(&made, &recipes[1], NULL), SP_OK);
    pdf_walk_open(&walk, made.sink.bytes, made.sink.used, 0);
    information = pdf_walk_dictionary(&walk, pdf_reference(walk.trailer, "/Info"));
    assert_true(pdf_find(information, "/CreationDate", &value));
    assert_memory_equal(value.at, "(D:20261121120000Z)", 19);
    assert_true(pdf_find(information, "/ModDate", &value));
    assert_memory_equal(value.at, "(D:20261121120000Z)", 19);
    pdf_walk_close(&walk);
    close_made(&made);
}

/* Copies the file identifier, 32 digits twice. */
static void copy_id(const struct made *made, char id[33])
{
    struct pdf_walk walk;
    struct pdf_span value;
    pdf_walk_open(&walk, made->sink.bytes, made->sink.used, 0);
    assert_true(pdf_find(walk.trailer, "/ID", &value));
    assert_int_equal(strspn(value.at + 2, "0123456789abcdef"), 32);
    assert_memory_equal(value.at + 2, value.at + 36, 32);
    memcpy(id, value.at + 2, 32);
    id[32] = '\0';
    pdf_walk_close(&walk);
}

static void the_same_calls_give_the_same_bytes(void **state)
{
    static struct made first, second;
    struct recipe recipe = recipes[1];
    char id[33], other[33];
    assert_int_equal(run(&first, &recipe, NULL), SP_OK);
    assert_int_equal(run(&second, &recipe, NULL), SP_OK);
    assert_int_equal(first.sink.used, second.sink.used);
    assert_memory_equal(first.sink.bytes, second.sink.bytes, first.sink.used);
    close_made(&second);

    /* Another spec, and the same spec with other data, are other documents. */
    copy_id(&first, id);
    recipe.spec.id[15] ^= 1;
    assert_int_equal(run(&second, &recipe, NULL), SP_OK);
    copy_id(&second, other);
    assert_string_not_equal(id, other);
    close_made(&second);
    recipe.spec.id[15] ^= 1;
    recipe.pages++;
    assert_int_equal(run(&second, &recipe, NULL), SP_OK);
    copy_id(&second, other);
    assert_string_not_equal(id, other);
    close_made(&second);
    close_made(&first);
}

/* A sink that fails at each of its calls, and a scratch file that does. */
static void the_first_failure_is_told(void **state)
{
    static struct made made;
    const struct recipe recipe = {SP_DRAW_SHARP, 21, 1, 3, a_spec};
    struct random random = {122};
    assert_int_equal(run(&made, &recipe, NULL), SP_OK);
    const unsigned calls = made.sink.calls;
    close_made(&made);
    assert_true(calls > 5);
    for (unsigned nth = 1; nth <= calls; nth++) {
        struct sp_err err = {0};
        char expected[64];
        open_made(&made, &recipe);
        made.sink.fails_at = nth;
        for (uint64_t i = 1; i <= recipe.pages; i++) {
            compose(&made, &recipe, i, &random);
            sp_pdf_document_add(&made.document, &made.page);
        }
        assert_int_equal(finish(&made, &err), SP_IO);
        snprintf(expected, sizeof expected, "the sink refused call %u", nth);
        assert_string_equal(err.text, expected);
        close_made(&made);
    }
    for (int reads = 0; reads < 2; reads++) {
        struct sp_err err = {0};
        const enum sp_sys_call call = reads ? SP_SYS_READ : SP_SYS_WRITE;
        sp_sys_fault_plan(call, 1, ENOSPC, false);
        assert_int_equal(run(&made, &recipe, &err), SP_IO);
        sp_sys_fault_plan(call, 0, 0, false);
        assert_int_equal(err.os_error, ENOSPC);
        assert_non_null(strstr(err.text, "scratch"));
        close_made(&made);
    }
}

/* Runs qpdf --check on a file: its exit status, or -1 when it cannot be run. */
static int qpdf_check(const char *path)
{
    char *const arguments[] = {(char[]){"qpdf"}, (char[]){"--check"}, (char *)(uintptr_t)path,
                               NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status;
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    (void)posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    const int error = posix_spawnp(&child, "qpdf", &actions, NULL, arguments, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        return -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) != 127 ? WEXITSTATUS(status) : -1;
}

static void qpdf_finds_nothing_wrong(void **state)
{
    struct folder folder;
    folder_open(&folder);
    for (size_t i = 0; i < RECIPES; i++) {
        static struct made made;
        char path[128];
        assert_int_equal(run(&made, &recipes[i], NULL), SP_OK);
        folder_path(&folder, "document.pdf", path, sizeof path);
        file_put(path, made.sink.bytes, made.sink.used);
        close_made(&made);
        const int status = qpdf_check(path);
        if (status < 0) {
            folder_remove(&folder);
            print_message("# qpdf is not installed\n");
            skip();
        }
        assert_int_equal(status, 0);
    }
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_are_whole),
        cmocka_unit_test(scratch_is_as_long_as_announced),
        cmocka_unit_test(the_title_and_the_dates_are_the_callers),
        cmocka_unit_test(the_same_calls_give_the_same_bytes),
        cmocka_unit_test(the_first_failure_is_told),
        cmocka_unit_test(qpdf_finds_nothing_wrong),
    };
    return cmocka_run_group_tests_name("pdf_document", tests, NULL, NULL);
}
