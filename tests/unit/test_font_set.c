/*
 * The fonts of a document: names and numbers, subsets held against the fonts they come from, fonts
 * found in folders and passed over for a reason, and the heap against what the plan allows.
 */
#include "support/unit.h"

#include "base/num.h"
#include "base/sys.h"
#include "support/exact_arena.h"
#include "support/folder.h"
#include "support/heap_count.h"
#include "support/made_font.h"
#include "support/random.h"
#include "text/font_cff.h"
#include "text/font_pick.h"
#include "text/font_set.h"

#include <hb-ot.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAP (20 << 20)

/* Fonts that some machines have; tests that need one are skipped where it is not. */
#define CJK      "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
#define NIMBUS   "/usr/share/fonts/opentype/urw-base35/NimbusSans-Regular.otf"
#define NO_FONTS "/nonexistent"

struct made {
    struct sp_arena arena;
    struct sp_font_set *set;
};

static enum sp_status try_make(struct made *made, const struct sp_font_set_spec *spec,
                               struct sp_err *err)
{
    exact_arena_open(&made->arena, sp_font_set_need());
    const enum sp_status status = sp_font_set_init(&made->set, &made->arena, spec, err);
    exact_arena_seal(&made->arena);
    return status;
}

static void make(struct made *made, const struct sp_font_set_spec *spec)
{
    struct sp_err err = {0};
    const enum sp_status status = try_make(made, spec, &err);
    assert_string_equal(err.text, "");
    assert_int_equal(status, SP_OK);
}

static void unmake(struct made *made)
{
    sp_font_set_finish(made->set);
    sp_arena_close(&made->arena);
}

static const struct sp_font_set_spec bare = {.folders = NO_FONTS, .heap_bytes = HEAP};

static void the_built_in_fonts_are_there(void **state)
{
    static const char *const names[] = {"Noto Sans Regular", "Noto Sans Bold", "DejaVu Sans Book",
                                        "DejaVu Sans Bold"};
    struct made made;
    make(&made, &bare);
    assert_int_equal(sp_font_set_count(made.set), 4);
    for (unsigned i = 0; i < 4; i++) {
        const struct sp_font_facts facts = sp_font_set_facts(made.set, i);
        assert_string_equal(sp_font_set_name(made.set, i), names[i]);
        assert_true(sp_font_set_is_builtin(made.set, i));
        assert_false(sp_font_set_is_used(made.set, i));
        assert_in_range(facts.ascent, 900, 1100);
        assert_in_range(-facts.descent, 200, 320);
        assert_in_range(facts.cap_height, 700, 740);
        assert_true(facts.box[0] < 0 && facts.box[1] < -200);
        assert_true(facts.box[2] > 1000 && facts.box[3] > 900);
        assert_int_equal(facts.italic_angle, 0);
        assert_false(facts.fixed_pitch || facts.serif || facts.cff);
        assert_int_equal(facts.glyph_count, sp_font_set_face(made.set, i)->glyph_count);
    }
    assert_string_equal(sp_font_set_facts(made.set, 0).name, "NotoSans-Regular");
    assert_string_equal(sp_font_set_facts(made.set, 3).name, "DejaVuSans-Bold");
    unmake(&made);
}

static void characters_go_to_the_first_font_that_has_them(void **state)
{
    struct made made;
    make(&made, &bare);
    assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, 'A'), 0);
    assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_BOLD, 'A'), 1);
    assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, 0x416), 0);
    assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, 0x628), 2);
    assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_BOLD, 0x628), 2 + 1);
    assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, 0x5D0), 2);
    assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, 0x2713), 2);
    assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, 0x1820), SP_FONT_NONE);
    /* Blanks that no font has are made of the space; what falls apart is made of its parts. */
    assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, 0x3000), 0);
    unmake(&made);
}

/* A glyph's outline as text, to be held against another's. */
struct drawing {
    char text[65536];
    size_t length;
};

static void draw(struct drawing *drawing, const char *what, float x, float y)
{
    const size_t room = sizeof drawing->text - drawing->length;
    const int more = snprintf(drawing->text + drawing->length, room, "%s %.2f %.2f ", what, x, y);
    assert_true(more > 0 && (size_t)more < room);
    drawing->length += (size_t)more;
}

static void move_to(hb_draw_funcs_t *funcs, void *drawing, hb_draw_state_t *state, float x, float y,
                    void *context)
{
    draw(drawing, "m", x, y);
}

static void line_to(hb_draw_funcs_t *funcs, void *drawing, hb_draw_state_t *state, float x, float y,
                    void *context)
{
    draw(drawing, "l", x, y);
}

static void quadratic_to(hb_draw_funcs_t *funcs, void *drawing, hb_draw_state_t *state, float x1,
                         float y1, float x, float y, void *context)
{
    draw(drawing, "q", x1, y1);
    draw(drawing, "", x, y);
}

static void cubic_to(hb_draw_funcs_t *funcs, void *drawing, hb_draw_state_t *state, float x1,
                     float y1, float x2, float y2, float x, float y, void *context)
{
    draw(drawing, "c", x1, y1);
    draw(drawing, "", x2, y2);
    draw(drawing, "", x, y);
}

static void draw_glyph(hb_font_t *font, hb_codepoint_t glyph, struct drawing *drawing)
{
    hb_draw_funcs_t *funcs = hb_draw_funcs_create();
    hb_draw_funcs_set_move_to_func(funcs, move_to, NULL, NULL);
    hb_draw_funcs_set_line_to_func(funcs, line_to, NULL, NULL);
    hb_draw_funcs_set_quadratic_to_func(funcs, quadratic_to, NULL, NULL);
    hb_draw_funcs_set_cubic_to_func(funcs, cubic_to, NULL, NULL);
    drawing->length = 0;
    drawing->text[0] = '\0';
#if HB_VERSION_ATLEAST(7, 0, 0)
    hb_font_draw_glyph(font, glyph, funcs, drawing);
#else
    hb_font_get_glyph_shape(font, glyph, funcs, drawing);
#endif
    hb_draw_funcs_destroy(funcs);
}

static hb_font_t *open_bytes(const unsigned char *file, size_t file_bytes)
{
    hb_blob_t *blob = hb_blob_create((const char *)file, (unsigned)file_bytes,
                                     HB_MEMORY_MODE_READONLY, NULL, NULL);
    hb_face_t *face = hb_face_create(blob, 0);
    hb_font_t *font = hb_font_create(face);
    hb_font_set_scale(font, 1000, 1000);
    hb_face_destroy(face);
    hb_blob_destroy(blob);
    return font;
}

/*
 * Glyphs that are used are drawn as in the font they come from and as wide; others are drawn not at
 * all, but for those that are part of one.
 */
static void assert_subset(struct made *made, unsigned index, unsigned parts_max)
{
    static struct drawing before, after;
    const unsigned char *file;
    size_t file_bytes;
    struct sp_err err = {0};
    const struct sp_font_face *face = sp_font_set_face(made->set, index);
    const enum sp_status status = sp_font_set_subset(made->set, index, &file, &file_bytes, &err);
    assert_string_equal(err.text, "");
    assert_int_equal(status, SP_OK);
    hb_font_t *subset = open_bytes(file, file_bytes);
    unsigned parts = 0;
    /* Numbers behind the last that is used are gone. */
    assert_true(hb_face_get_glyph_count(hb_font_get_face(subset)) <= face->glyph_count);
    for (uint32_t glyph = 0; glyph < face->glyph_count; glyph++) {
        draw_glyph(subset, glyph, &after);
        if (sp_font_set_glyph_used(made->set, index, glyph)) {
            draw_glyph(face->font, glyph, &before);
            assert_string_equal(after.text, before.text);
            assert_int_equal(hb_font_get_glyph_h_advance(subset, glyph),
                             sp_font_set_glyph_width(made->set, index, glyph));
        } else if (glyph > 0) {
            parts += after.length > 0;
        }
    }
    assert_in_range(parts, 0, parts_max);
    hb_font_destroy(subset);
}

static void subsets_of_truetype_are_drawn_alike(void **state)
{
    struct random random = {7};
    for (unsigned index = 0; index < 4; index++) {
        struct made made;
        make(&made, &bare);
        const uint32_t count = sp_font_set_face(made.set, index)->glyph_count;
        for (int i = 0; i < 60; i++)
            sp_font_set_mark(made.set, index, (uint32_t)random_below(&random, count), 0);
        assert_true(sp_font_set_is_used(made.set, index));
        assert_subset(&made, index, 120);
        /* One subset after another, and the same again. */
        assert_subset(&made, index, 120);
        unmake(&made);
    }
}

/* Opens a font of the machine as the text's font; 4 is its index. */
static bool make_with(struct made *made, const char *path, uint64_t heap_bytes)
{
    if (access(path, R_OK) != 0) {
        print_message("# %s is not on this machine\n", path);
        return false;
    }
    make(made, &(struct sp_font_set_spec){
                   .folders = NO_FONTS, .text_font = path, .heap_bytes = heap_bytes});
    return true;
}

static void subsets_of_cff_are_drawn_alike(void **state)
{
    static const char *const paths[] = {CJK, NIMBUS};
    struct random random = {11};
    for (size_t which = 0; which < 2; which++) {
        struct made made;
        if (!make_with(&made, paths[which], HEAP))
            continue;
        const struct sp_font_facts facts = sp_font_set_facts(made.set, 4);
        assert_true(facts.cff);
        for (int i = 0; i < 400; i++)
            sp_font_set_mark(made.set, 4, (uint32_t)random_below(&random, facts.glyph_count), 0);
        assert_subset(&made, 4, 0);
        unmake(&made);
    }
}

/* A font whose table is cut off or changed is refused or subset, and nothing outside it is read. */
static void broken_cff_is_survived(void **state)
{
    struct random random = {13};
    struct made made;
    if (!make_with(&made, NIMBUS, HEAP))
        return;
    const struct sp_font_face *face = sp_font_set_face(made.set, 4);
    unsigned length, refused = 0;
    hb_blob_t *cff = hb_face_reference_table(face->face, HB_TAG('C', 'F', 'F', ' '));
    const char *bytes = hb_blob_get_data(cff, &length);
    static uint64_t used[1024];
    memset(used, 0xFF, sizeof used);
    for (int i = 0; i < 400; i++) {
        const size_t kept = i % 4 == 0 ? random_below(&random, length) : length;
        char *copy = malloc(kept + 1);
        assert_non_null(copy);
        memcpy(copy, bytes, kept);
        for (int j = 0; j < 8 && kept > 0; j++)
            copy[random_below(&random, j < 6 ? SP_MIN(kept, 4096) : kept)] =
                (char)random_below(&random, 256);
        hb_face_t *broken = hb_face_builder_create();
        hb_blob_t *blob = hb_blob_create(copy, (unsigned)kept, HB_MEMORY_MODE_READONLY, copy, free);
        hb_face_builder_add_table(broken, HB_TAG('C', 'F', 'F', ' '), blob);
        hb_blob_destroy(blob);
        for (int j = 0; j < 4; j++) {
            static const hb_tag_t tags[] = {HB_TAG('h', 'e', 'a', 'd'), HB_TAG('h', 'h', 'e', 'a'),
                                            HB_TAG('h', 'm', 't', 'x'), HB_TAG('m', 'a', 'x', 'p')};
            blob = hb_face_reference_table(face->face, tags[j]);
            hb_face_builder_add_table(broken, tags[j], blob);
            hb_blob_destroy(blob);
        }
        unsigned char *file;
        size_t file_bytes;
        struct sp_err err = {0};
        const uint64_t price = sp_cff_base_bytes(broken);
        if (sp_cff_subset(broken, used, &file, &file_bytes, &err) == SP_OK) {
            assert_true(price > 0);
            sp_sys_unmap(file, file_bytes);
        } else {
            assert_int_equal(err.status, SP_BAD_SPEC);
            refused++;
        }
        hb_face_destroy(broken);
    }
    assert_in_range(refused, 50, 399);
    hb_blob_destroy(cff);
    unmake(&made);
}

static void put_font(const struct folder *folder, const char *name, const struct made_font *font)
{
    char path[128];
    size_t bytes;
    unsigned char *file = make_font(font, &bytes);
    file_put(folder_path(folder, name, path, sizeof path), file, bytes);
    free(file);
}

static void installed_fonts_are_found_in_order(void **state)
{
    struct folder folder;
    struct made made;
    folder_open(&folder);
    put_font(&folder, "AaaMono.ttf", &(struct made_font){.family = "Aaa Mono", .first = 0x1820});
    put_font(&folder, "BbbSans.ttf", &(struct made_font){.family = "Bbb Sans", .first = 0x1820});
    put_font(&folder, "CccSans.TTF", &(struct made_font){.family = "Ccc Sans", .first = 0x1820});
    put_font(&folder, "BbbSans-Bold.ttf",
             &(struct made_font){.family = "Bbb Sans", .style = "Bold", .first = 0x1820});
    put_font(&folder, "AaaSans-Italic.otf",
             &(struct made_font){.family = "Aaa Sans", .first = 0xE000});
    make(&made, &(struct sp_font_set_spec){.folders = folder.path, .heap_bytes = HEAP});
    assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, 'A'), 0);
    assert_int_equal(sp_font_set_count(made.set), 4);
    assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, 0x1820), 4);
    assert_string_equal(sp_font_set_name(made.set, 4), "Bbb Sans Regular");
    assert_false(sp_font_set_is_builtin(made.set, 4));
    assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_BOLD, 0x1820), 5);
    assert_string_equal(sp_font_set_name(made.set, 5), "Bbb Sans Bold");
    /* The only font that has it is taken, slanted or not. */
    assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, 0xE000), 6);
    assert_string_equal(sp_font_set_name(made.set, 6), "Aaa Sans Regular");
    assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, 0xE900), SP_FONT_NONE);
    assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, 0x1820), 4);
    assert_int_equal(sp_font_set_count(made.set), 7);
    sp_font_set_mark(made.set, 4, 2, 0x1821);
    assert_int_equal(sp_font_set_glyph_code(made.set, 4, 2), 0x1821);
    assert_true(sp_font_set_is_used(made.set, 4));
    assert_subset(&made, 4, 200);
    unmake(&made);
    folder_remove(&folder);
}

static void unfit_fonts_are_passed_over(void **state)
{
    struct folder folder;
    struct made made;
    char path[128];
    folder_open(&folder);
    put_font(&folder, "ASans.ttf", &(struct made_font){.first = 0x1820, .forbidden = true});
    put_font(&folder, "BSans.ttf", &(struct made_font){.first = 0x1820, .no_outlines = true});
    put_font(&folder, "CSans.ttf", &(struct made_font){.first = 0x1820, .bitmaps = true});
    file_put(folder_path(&folder, "DSans.ttf", path, sizeof path), "not a font", 10);
    file_put(folder_path(&folder, "ESans.ttf", path, sizeof path), "", 0);
    make(&made, &(struct sp_font_set_spec){.folders = folder.path, .heap_bytes = HEAP});
    assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, 0x1820), SP_FONT_NONE);
    assert_int_equal(sp_font_set_count(made.set), 4);
    unmake(&made);
    put_font(&folder, "FSans.ttf", &(struct made_font){.first = 0x1820});
    make(&made, &(struct sp_font_set_spec){.folders = folder.path, .heap_bytes = HEAP});
    assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, 0x1820), 4);
    unmake(&made);
    folder_remove(&folder);
}

/* The memory a font takes is what the set must have for it, to the byte. */
static void fonts_beyond_the_memory_are_passed_over(void **state)
{
    struct folder folder;
    struct made made;
    folder_open(&folder);
    put_font(&folder, "ASans.ttf", &(struct made_font){.first = 0x1820});
    uint64_t low = 0, high = HEAP;
    while (high - low > 1) {
        const uint64_t middle = (low + high) / 2;
        make(&made, &(struct sp_font_set_spec){.folders = folder.path, .heap_bytes = middle});
        if (sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, 0x1820) == 4)
            high = middle;
        else
            low = middle;
        unmake(&made);
    }
    print_message("# a font of 96 glyphs is priced at %zu bytes\n", (size_t)high);
    assert_in_range(high, 128 * 1024, 512 * 1024);
    folder_remove(&folder);
}

static void fonts_have_names(void **state)
{
    struct folder folder;
    struct made made;
    char path[128];
    folder_open(&folder);
    put_font(&folder, "x1.ttf",
             &(struct made_font){.family = "Acme Sans", .first = 0xE000, .ascii = true});
    put_font(&folder, "x2-Bold.ttf",
             &(struct made_font){
                 .family = "Acme Sans", .style = "Bold", .first = 0xE000, .ascii = true});
    struct sp_font_set_spec spec = {
        .folders = folder.path, .text_font = "acme-sans", .heap_bytes = HEAP};
    for (int by_path = 0; by_path < 2; by_path++) {
        make(&made, &spec);
        assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, 'A'), 4);
        assert_string_equal(sp_font_set_name(made.set, 4), "Acme Sans Regular");
        /* The bold goes with it. */
        assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_BOLD, 'A'), 5);
        assert_string_equal(sp_font_set_name(made.set, 5), "Acme Sans Bold");
        assert_string_equal(sp_font_set_facts(made.set, 5).name, "MadeBold");
        /* What it lacks comes from the built-in ones. */
        assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, 0xE9), 0);
        unmake(&made);
        spec.text_font = folder_path(&folder, "x1.ttf", path, sizeof path);
        spec.folders = NO_FONTS; /* its family stands beside it */
    }
    spec = (struct sp_font_set_spec){.folders = folder.path,
                                     .text_font = "DejaVu Sans",
                                     .heading_font = "Acme Sans",
                                     .heap_bytes = HEAP};
    make(&made, &spec);
    assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, 'A'), 2);
    assert_string_equal(sp_font_set_name(made.set, 4), "Acme Sans Bold");
    assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_BOLD, 'A'), 4);
    unmake(&made);
    folder_remove(&folder);
}

static void assert_refused(const struct sp_font_set_spec *spec, enum sp_status status,
                           const char *words)
{
    struct made made;
    struct sp_err err = {0};
    assert_int_equal(try_make(&made, spec, &err), status);
    assert_int_equal(err.status, status);
    if (!strstr(err.text, words))
        fail_msg("\"%s\" does not say \"%s\"", err.text, words);
    sp_arena_close(&made.arena);
}

static void names_that_are_no_font_are_refused(void **state)
{
    struct folder folder;
    char path[128];
    folder_open(&folder);
    put_font(&folder, "a.ttf", &(struct made_font){.family = "Acme Sans", .first = 0xE000});
    put_font(&folder, "b.ttf", &(struct made_font){.family = "Acme Serif", .first = 0xE000});
    put_font(&folder, "c.ttf", &(struct made_font){.family = "Zebra", .first = 0xE000});
    struct sp_font_set_spec spec = {
        .folders = folder.path, .text_font = "Acme Sanz", .heap_bytes = HEAP};
    assert_refused(&spec, SP_BAD_SPEC, "Acme Sans, Acme Serif. ");
    spec.text_font = "Wagnerian Grotesque";
    assert_refused(&spec, SP_BAD_SPEC, "no font is called \"Wagnerian Grotesque\"; \"Noto Sans\"");
    spec.text_font = "/nonexistent/font.ttf";
    assert_refused(&spec, SP_BAD_SPEC, "cannot be read as a font");
    spec.text_font = NULL;
    spec.heading_font = folder_path(&folder, "d.ttf", path, sizeof path);
    put_font(&folder, "d.ttf", &(struct made_font){.first = 0xE000, .forbidden = true});
    assert_refused(&spec, SP_BAD_SPEC, "must not be embedded");
    put_font(&folder, "d.ttf", &(struct made_font){.first = 0xE000, .no_outlines = true});
    assert_refused(&spec, SP_BAD_SPEC, "no outlines");
    put_font(&folder, "d.ttf", &(struct made_font){.first = 0xE000});
    spec.heap_bytes = 1000;
    assert_refused(&spec, SP_NO_ROOM, "1000");
    folder_remove(&folder);
}

static void the_face_of_a_collection_suits_the_language(void **state)
{
    static const char *const languages[] = {"ja", "ko-KR", "zh", "zh-TW", "zh-Hant-HK", NULL};
    static const char *const names[] = {"JP", "KR", "SC", "TC", "HK", "SC"};
    if (access(CJK, R_OK) != 0) {
        print_message("# %s is not on this machine\n", CJK);
        return;
    }
    for (size_t i = 0; i < 6; i++) {
        struct made made;
        char name[64];
        make(&made, &(struct sp_font_set_spec){.folders = "/usr/share/fonts/opentype/noto",
                                               .language = languages[i],
                                               .heap_bytes = HEAP});
        assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, 0x9AA8), 4);
        snprintf(name, sizeof name, "Noto Sans CJK %s Regular", names[i]);
        assert_string_equal(sp_font_set_name(made.set, 4), name);
        unmake(&made);
    }
}

/* Marks glyphs of a font until the set says that it is full. */
static void a_full_font_gives_no_new_glyphs(void **state)
{
    struct folder folder;
    struct made made;
    char path[128];
    if (access(CJK, R_OK) != 0) {
        print_message("# %s is not on this machine\n", CJK);
        return;
    }
    folder_open(&folder);
    folder_path(&folder, "Only.ttc", path, sizeof path);
    assert_int_equal(symlink(CJK, path), 0);
    assert_true(make_with(&made, path, 4 << 20));
    sp_font_set_begin(made.set);
    uint32_t code = 0x4E00;
    for (; code < 0x9FA0; code++) {
        if (sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, code) != 4)
            break;
        hb_codepoint_t glyph;
        assert_true(hb_font_get_nominal_glyph(sp_font_set_face(made.set, 4)->font, code, &glyph));
        sp_font_set_mark(made.set, 4, glyph, code);
        if (code % 64 == 0)
            sp_font_set_begin(made.set);
    }
    print_message("# with 4 MiB Noto Sans CJK gives %u characters\n", code - 0x4E00);
    assert_in_range(code, 0x4E00 + 1000, 0x9000);
    assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, code), SP_FONT_NONE);
    assert_int_equal(sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, 0x4E00), 4);
    const unsigned char *file;
    size_t file_bytes;
    assert_int_equal(sp_font_set_subset(made.set, 4, &file, &file_bytes, NULL), SP_OK);
    assert_in_range(file_bytes, 500 * 1000, 4 << 20);
    unmake(&made);
    folder_remove(&folder);
}

static void mark_all(struct sp_font_set *set, unsigned font)
{
    for (uint32_t glyph = 0; glyph < sp_font_set_face(set, font)->glyph_count; glyph++)
        sp_font_set_mark(set, font, glyph, 0);
}

static void the_heap_stays_in_its_bounds(void **state)
{
    struct made made;
    const unsigned char *file;
    size_t file_bytes;
    exact_arena_open(&made.arena, sp_font_set_need());
    const size_t before = heap_live();
    heap_peak_reset();
    /* With whatever this machine has, and no memory for any of it. */
    assert_int_equal(sp_font_set_init(&made.set, &made.arena, &(struct sp_font_set_spec){0}, NULL),
                     SP_OK);
    print_message("# four built-in fonts take %zu bytes of heap\n", heap_peak() - before);
    for (uint32_t code = 0x1800; code < 0x1800 + 64; code++)
        (void)sp_font_set_pick(made.set, SP_WEIGHT_REGULAR, code);
    (void)sp_font_set_pick(made.set, SP_WEIGHT_BOLD, 0x4E00);
    print_message("# with a search for others %zu\n", heap_peak() - before);
    assert_int_equal(sp_font_set_count(made.set), 4);
    for (unsigned font = 0; font < 4; font++) {
        mark_all(made.set, font);
        assert_int_equal(sp_font_set_subset(made.set, font, &file, &file_bytes, NULL), SP_OK);
    }
    print_message("# and with subsets of all they have %zu\n", heap_peak() - before);
    assert_true(heap_peak() - before <= sp_font_set_heap());
    unmake(&made);
    assert_int_equal(heap_live(), before);
}

/* Of fonts of the machine, what they took against what they were priced at. */
static void installed_fonts_take_no_more_than_their_price(void **state)
{
    static const char *const paths[] = {CJK, NIMBUS,
                                        "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf"};
    for (size_t i = 0; i < 3; i++)
        for (unsigned every = 1; every <= 100; every *= 10) {
            struct sp_font_face face;
            if (access(paths[i], R_OK) != 0)
                continue;
            const size_t before = heap_live();
            heap_peak_reset();
            struct made made;
            assert_true(make_with(&made, paths[i], UINT64_C(1) << 40));
            const uint64_t fixed = heap_peak() - before;
            for (uint32_t glyph = 0; glyph < sp_font_set_face(made.set, 4)->glyph_count;
                 glyph += every)
                sp_font_set_mark(made.set, 4, glyph, 0);
            face = *sp_font_set_face(made.set, 4);
            const uint64_t price = sp_font_face_subset_bytes(&face, 0, 0);
            const unsigned char *file;
            size_t file_bytes;
            heap_peak_reset();
            const size_t live = heap_live();
            assert_int_equal(sp_font_set_subset(made.set, 4, &file, &file_bytes, NULL), SP_OK);
            const uint64_t took = heap_peak() - live + (face.cff ? file_bytes : 0);
            print_message("# %s, every %uth glyph: subset %zu, took %zu of %zu (open %zu)\n",
                          face.postscript, every, file_bytes, (size_t)took, (size_t)price,
                          (size_t)fixed);
            assert_true(took <= price);
            unmake(&made);
        }
}

static void refused_memory_is_no_room(void **state)
{
    uint64_t requests = UINT64_MAX, refusals = 0;
    for (uint64_t nth = 1; nth <= requests; nth++) {
        struct sp_arena arena;
        struct sp_font_set *set;
        struct sp_err err = {0};
        exact_arena_open(&arena, sp_font_set_need());
        heap_refuse(nth, true);
        const enum sp_status status = sp_font_set_init(&set, &arena, &bare, &err);
        requests = status == SP_OK ? heap_requests() : UINT64_MAX;
        heap_refuse(0, false);
        assert_true(status == SP_OK || status == SP_NO_ROOM);
        assert_int_equal(err.status, status);
        refusals += status != SP_OK;
        if (status == SP_OK)
            sp_font_set_finish(set);
        sp_arena_close(&arena);
    }
    assert_true(refusals >= 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_fonts_are_there),
        cmocka_unit_test(characters_go_to_the_first_font_that_has_them),
        cmocka_unit_test(subsets_of_truetype_are_drawn_alike),
        cmocka_unit_test(subsets_of_cff_are_drawn_alike),
        cmocka_unit_test(broken_cff_is_survived),
        cmocka_unit_test(installed_fonts_are_found_in_order),
        cmocka_unit_test(unfit_fonts_are_passed_over),
        cmocka_unit_test(fonts_beyond_the_memory_are_passed_over),
        cmocka_unit_test(fonts_have_names),
        cmocka_unit_test(names_that_are_no_font_are_refused),
        cmocka_unit_test(the_face_of_a_collection_suits_the_language),
        cmocka_unit_test(a_full_font_gives_no_new_glyphs),
        cmocka_unit_test(the_heap_stays_in_its_bounds),
        cmocka_unit_test(installed_fonts_take_no_more_than_their_price),
        cmocka_unit_test(refused_memory_is_no_room),
    };
    /* The last of them count the heap, which belongs to the sanitizers where there are any. */
    const size_t of_the_heap = heap_count_works() ? 0 : 3;
    if (of_the_heap > 0)
        print_message("# the heap is not counted under sanitizers\n");
    return _cmocka_run_group_tests("font_set", tests, sizeof tests / sizeof tests[0] - of_the_heap,
                                   NULL, NULL);
}
