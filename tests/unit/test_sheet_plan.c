/*
 * The plan is exact: jobs of every kind run in an arena of what it says to the byte, and what it
 * says does not grow with the number of records.
 */
#include "support/unit.h"

#include <smallpress/limit.h>
#include <smallpress/sheet.h>

#include "base/sys.h"
#include "pdf/pdf_page_tree.h"
#include "press/sheet_plan.h"
#include "support/pdf_walk.h"
#include "support/random.h"
#include "support/sink.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SEED       "00112233445566778899aabbccddeeff"
#define TEXT_BYTES 20000

/* Lines in memory as a stream, handed out in uneven pieces. */
struct text {
    struct sp_in in;
    char bytes[TEXT_BYTES];
    size_t used, at, piece;
};

static enum sp_status read_text(void *context, void *bytes, size_t capacity, size_t *got,
                                struct sp_err *err)
{
    struct text *text = context;
    size_t count = text->used - text->at;
    count = count < capacity ? count : capacity;
    count = count < text->piece ? count : text->piece;
    memcpy(bytes, text->bytes + text->at, count);
    text->at += count;
    *got = count;
    return SP_OK;
}

/* A line of digits, of Latin, of several scripts, or of bytes that are no text. */
static void add_line(struct text *text, struct random *random, size_t most)
{
    static const char *const pieces[][4] = {
        {"0", "17", "4", "9"},
        {"a", "-", " ", "Z"},
        {"\u00E9", "\u0628\u062A", "\u65E5", "\U0001F600"},
        {"x\u0301", "\u05D0", "\"", ","},
        {"\xFF", "\x01", "7", "\u20AC"},
    };
    const size_t kind = (size_t)random_below(random, 5);
    const size_t length = (size_t)random_between(random, 0, (int64_t)most);
    for (size_t i = 0; i < length && text->used + 8 < TEXT_BYTES;) {
        const char *piece = pieces[kind][random_below(random, 4)];
        memcpy(text->bytes + text->used, piece, strlen(piece));
        text->used += strlen(piece);
        i += strlen(piece);
    }
    text->bytes[text->used++] = '\n';
}

/* At least one line is good, so that there is a document. */
static void fill_text(struct text *text, struct random *random, unsigned lines, size_t most)
{
    text->in = (struct sp_in){read_text, text, "lines in memory"};
    text->used = text->at = 0;
    text->piece = (size_t)random_between(random, 1, 5000);
    memcpy(text->bytes, "OK\n", 3);
    text->used = 3;
    for (unsigned i = 1; i < lines && text->used + most + 20 < TEXT_BYTES; i++)
        add_line(text, random, most);
}

static const char *pick(struct random *random, const char *const *from, size_t count)
{
    return from[random_below(random, count)];
}
#define PICK(random, from) pick((random), (from), sizeof(from) / sizeof(from)[0])

/* Records: generated ids or lines, and the templates that make codes and printed lines of them. */
static void any_records(struct sp_sheet_spec *spec, struct text *text, struct random *random)
{
    static const char *const ids[] = {
        "{random:10}",     "{n}", "BOX-{n:06}", "{uuid}", "{n:03}-{random:4}{random:2}",
        "\u00FC{n}-{uuid}"};
    static const char *const codes[] = {"{id}", "{n}", "https://example.org/{id}",
                                        "HTTPS://EXAMPLE.ORG/{id}/{n:08}", "{{{id}}}"};
    static const char *const texts[] = {"{id}", "No. {n}", "\u2116 {n}: {id}", "{{}}", ""};
    spec->id = PICK(random, ids);
    spec->seed = SEED;
    spec->code = PICK(random, codes);
    spec->text = random_below(random, 5) ? PICK(random, texts) : NULL;
    const unsigned most = spec->columns * spec->rows * 3;
    spec->count = (uint64_t)random_between(random, 1, most < 200 ? most : 200);
    if (random_below(random, 3) == 0) {
        spec->line_bytes_max = (size_t)random_between(random, 2, 300);
        fill_text(text, random, (unsigned)spec->count, spec->line_bytes_max + 3);
        spec->lines = &text->in;
        spec->lines_expected = random_below(random, 2) ? spec->count : 0;
        spec->count = 0;
        if (random_below(random, 3) == 0)
            spec->code = "{line}:{id}";
    }
}

static struct sp_sheet_spec any_spec(struct text *text, struct random *random)
{
    struct sp_sheet_spec spec;
    sp_sheet_spec_init(&spec);
    spec.columns = (uint32_t)random_between(random, 1, 8);
    spec.rows = (uint32_t)random_between(random, 1, 8);
    any_records(&spec, text, random);
    spec.qr.ecc = (enum sp_qr_ecc)random_below(random, 4);
    spec.qr.version_min = (int)random_between(random, 1, 10);
    spec.qr.version_max = (int)random_between(random, 11, random_below(random, 2) ? 12 : 40);
    spec.qr.mask = (int)random_between(random, -1, 7);
    spec.qr.kanji = random_below(random, 2);
    spec.qr.eci = random_below(random, 2);
    spec.quiet_zone = (uint32_t)random_below(random, 6);
    spec.code_um = random_below(random, 2) ? 0 : random_between(random, 5000, 15000);
    spec.text_mpt = random_between(random, 1000, 12000);
    spec.draw = (enum sp_draw)random_below(random, 3);
    spec.title = random_below(random, 2) ? "T\u00EFtle" : NULL;
    spec.date = random_below(random, 2) ? "2026-11-21" : NULL;
    spec.threads = (unsigned)random_between(random, 1, 5);
    return spec;
}

struct made {
    struct sp_plan plan;
    struct sp_sheet_result result;
    struct sink document, manifest;
};

/* Plans a job, runs it in exactly that, and proves that nothing was left over. */
static void run(const struct sp_sheet_spec *spec, bool manifest, struct made *made)
{
    struct sp_arena arena;
    struct sp_sheet *sheet;
    struct sp_err err = {0};
    const struct sp_sheet_io io = {.document = sink_write,
                                   .document_context = &made->document,
                                   .manifest = manifest ? sink_write : NULL,
                                   .manifest_context = &made->manifest,
                                   .scratch_folder = "/tmp"};
    memset(made, 0, sizeof *made);
    if (sp_sheet_plan(spec, &made->plan, &err) != SP_OK)
        fail_msg("plan: %s", err.text);
    assert_int_equal(sp_arena_open(&arena, made->plan.arena_bytes, &err), SP_OK);
    if (sp_sheet_open(&sheet, &arena, spec, &io, &err) != SP_OK)
        fail_msg("open: %s", err.text);
    assert_true(arena.sealed);
    if (manifest)
        assert_int_equal(arena.used_bytes, made->plan.arena_bytes);
    assert_int_equal(arena.part_count, SP_SHEET_PART_COUNT);
    for (size_t i = 0; manifest && i < arena.part_count; i++)
        assert_int_equal(arena.parts[i].used_bytes, arena.parts[i].need_bytes);
    if (sp_sheet_run(sheet, &made->result, &err) != SP_OK)
        fail_msg("run: %s", err.text);
    sp_sheet_close(sheet);
    sp_arena_close(&arena);
    assert_int_equal(sp_sys_open_count(), 0);
    assert_int_equal(sp_sys_map_count(), 0);
}

static void finish(struct made *made)
{
    sink_free(&made->document);
    sink_free(&made->manifest);
}

static void ignore_page(void *context, uint32_t page, uint64_t index)
{
}

/* What the job did is what the plan allowed, and the document has its pages. */
static void assert_kept(const struct sp_sheet_spec *spec, const struct made *made)
{
    const struct sp_plan *plan = &made->plan;
    const struct sp_sheet_result *result = &made->result;
    const uint64_t cells = spec->columns * spec->rows;
    struct pdf_walk walk;
    uint64_t nodes = 0;
    assert_int_equal(result->pages, (result->records + cells - 1) / cells);
    if (!spec->lines) {
        assert_int_equal(result->records, spec->count);
        assert_int_equal(result->refused, 0);
        assert_int_equal(plan->pages, result->pages);
        assert_true(result->scratch_bytes <= plan->scratch_bytes);
    }
    assert_true((uint32_t)result->version_max <= plan->version_max);
    assert_true(result->version_min >= spec->qr.version_min);
    assert_int_equal(result->output_bytes, made->document.used);
    pdf_walk_open(&walk, made->document.bytes, made->document.used, 0);
    const uint32_t root =
        pdf_reference(pdf_walk_dictionary(&walk, pdf_reference(walk.trailer, "/Root")), "/Pages");
    assert_int_equal(pdf_walk_pages(&walk, root, &nodes, ignore_page, NULL), result->pages);
    pdf_walk_close(&walk);
}

static void random_jobs_run_in_what_was_planned(void **state)
{
    struct random random = {131};
    static struct text text;
    uint64_t refused = 0;
    for (int i = 0; i < 150; i++) {
        struct made made;
        const struct sp_sheet_spec spec = any_spec(&text, &random);
        run(&spec, i % 4 != 0, &made);
        assert_kept(&spec, &made);
        refused += made.result.refused;
        finish(&made);
    }
    assert_true(refused > 0);
}

/* Largest codes, all the ink they can have, in every drawing: the widest bounds there are. */
static void the_largest_codes_have_room(void **state)
{
    for (int draw = SP_DRAW_SHARP; draw <= SP_DRAW_VECTOR; draw++)
        for (unsigned threads = 1; threads <= 3; threads += 2) {
            struct made made;
            struct sp_sheet_spec spec;
            sp_sheet_spec_init(&spec);
            spec.count = 5;
            spec.seed = SEED;
            spec.columns = 2;
            spec.rows = 2;
            spec.qr.version_min = 40;
            spec.draw = (enum sp_draw)draw;
            spec.threads = threads;
            run(&spec, true, &made);
            assert_int_equal(made.plan.version_max, 40);
            assert_int_equal(made.result.version_min, 40);
            assert_kept(&spec, &made);
            finish(&made);
        }
}

/* The bytes do not depend on the threads, whatever the job. */
static void threads_do_not_show(void **state)
{
    struct random random = {137};
    static struct text text;
    for (int i = 0; i < 30; i++) {
        struct made one, many;
        struct sp_sheet_spec spec = any_spec(&text, &random);
        spec.threads = 1;
        run(&spec, true, &one);
        text.at = 0;
        spec.threads = (unsigned)random_between(&random, 2, 8);
        run(&spec, true, &many);
        assert_int_equal(one.document.used, many.document.used);
        assert_memory_equal(one.document.bytes, many.document.bytes, one.document.used);
        assert_int_equal(one.manifest.used, many.manifest.used);
        assert_memory_equal(one.manifest.bytes, many.manifest.bytes, one.manifest.used);
        finish(&one);
        finish(&many);
    }
}

/* Pages of slow codes, each with a character no other has: the font has those of all threads. */
static void glyphs_of_all_threads_are_kept(void **state)
{
    static struct text text;
    struct made one, many;
    struct sp_sheet_spec spec;
    sp_sheet_spec_init(&spec);
    text.in = (struct sp_in){read_text, &text, "letters"};
    text.piece = sizeof text.bytes;
    text.used = text.at = 0;
    for (char letter = 'A'; letter <= 'z'; letter++) {
        text.bytes[text.used++] = letter;
        text.bytes[text.used++] = '\n';
    }
    spec.lines = &text.in;
    spec.columns = spec.rows = 1;
    spec.qr.version_min = 40;
    run(&spec, true, &one);
    assert_int_equal(one.result.pages, 'z' - 'A' + 1);
    text.at = 0;
    spec.threads = 6;
    run(&spec, true, &many);
    assert_int_equal(one.document.used, many.document.used);
    assert_memory_equal(one.document.bytes, many.document.bytes, one.document.used);
    finish(&one);
    finish(&many);
}

static void plan_count(struct sp_sheet_spec *spec, uint64_t count, struct sp_plan *plan)
{
    struct sp_err err = {0};
    spec->count = count;
    if (sp_sheet_plan(spec, plan, &err) != SP_OK)
        fail_msg("%s", err.text);
    assert_int_equal(plan->records, count);
    assert_true(plan->records_known);
}

/* Ids of a fixed width: the same memory for a thousand records as for ten billion. */
static void memory_does_not_depend_on_the_records(void **state)
{
    static const char *const ids[] = {"{random:10}", "{uuid}", "{n:012}", "{n:012}-{random:4}"};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        struct sp_sheet_spec spec;
        struct sp_plan first, plan;
        sp_sheet_spec_init(&spec);
        spec.seed = SEED;
        spec.id = ids[i];
        spec.threads = 4;
        plan_count(&spec, 1, &first);
        for (uint64_t count = 10; count <= UINT64_C(10000000000); count *= 10) {
            plan_count(&spec, count, &plan);
            assert_int_equal(plan.memory_bytes, first.memory_bytes);
            assert_int_equal(plan.arena_bytes, first.arena_bytes);
            assert_int_equal(plan.part_count, first.part_count);
            assert_true(plan.scratch_bytes >= first.scratch_bytes);
        }
    }
}

/* Numbers that are as long as they need to be cost a byte where they stand, and no more. */
static void only_the_digits_of_n_grow(void **state)
{
    struct sp_sheet_spec spec;
    struct sp_plan before, plan;
    sp_sheet_spec_init(&spec);
    spec.id = "{n}";
    spec.code = "{n}";
    spec.text = "{n}";
    plan_count(&spec, 1000, &before);
    plan_count(&spec, 9999, &plan);
    assert_int_equal(plan.memory_bytes, before.memory_bytes);
    for (uint64_t count = 10000; count <= UINT64_C(1000000000); count *= 10) {
        plan_count(&spec, count, &plan);
        assert_true(plan.memory_bytes >= before.memory_bytes);
        assert_true(plan.memory_bytes - before.memory_bytes < 20000);
        before = plan;
    }
}

static void the_parts_are_the_sum(void **state)
{
    struct random random = {139};
    static struct text text;
    for (int i = 0; i < 100; i++) {
        const struct sp_sheet_spec spec = any_spec(&text, &random);
        struct sp_plan plan;
        uint64_t memory = 0, arena = 0;
        assert_int_equal(sp_sheet_plan(&spec, &plan, NULL), SP_OK);
        for (size_t j = 0; j < plan.part_count; j++) {
            assert_non_null(plan.parts[j].name);
            memory += plan.parts[j].bytes;
            arena += plan.parts[j].in_arena ? plan.parts[j].bytes : 0;
        }
        assert_int_equal(plan.memory_bytes, memory);
        assert_int_equal(plan.arena_bytes, arena);
        assert_int_equal(plan.pages_in_hand, spec.threads == 1 ? 1 : 2 * spec.threads);
        assert_true(plan.page_bytes * plan.pages_in_hand <= plan.arena_bytes);
        assert_int_equal(plan.records_known, !spec.lines || spec.lines_expected > 0);
    }
}

/* One more code on a page takes what the plan says of one, to within the rounding of pieces. */
static void an_item_costs_what_it_says(void **state)
{
    struct sp_sheet_spec spec;
    struct sp_plan plan, more;
    sp_sheet_spec_init(&spec);
    spec.seed = SEED;
    spec.columns = 10;
    spec.rows = 10;
    plan_count(&spec, 1000, &plan);
    spec.rows = 11;
    plan_count(&spec, 1000, &more);
    const uint64_t grown = (more.page_bytes - plan.page_bytes) / 10;
    assert_in_range(grown, plan.item_bytes - 64, plan.item_bytes + 64);
}

static void what_cannot_be_planned_is_refused(void **state)
{
    struct sp_sheet_spec spec;
    struct sp_plan plan;
    struct sp_err err = {0};
    sp_sheet_spec_init(&spec);
    spec.id = "{n}";
    spec.columns = spec.rows = 1;
    spec.count = UINT64_MAX;
    assert_int_equal(sp_sheet_plan(&spec, &plan, &err), SP_BAD_SPEC);
    assert_non_null(strstr(err.text, "objects"));
    spec.count = 1000;
    spec.threads = 0;
    assert_int_equal(sp_sheet_plan(&spec, &plan, &err), SP_BAD_SPEC);
    assert_non_null(strstr(err.text, "--threads"));
}

/* No scratch file, no job: it is told, and everything is given back. */
static void a_job_that_cannot_open_leaves_nothing(void **state)
{
    struct sp_sheet_spec spec;
    struct sp_plan plan;
    struct sp_arena arena;
    struct sp_sheet *sheet = NULL;
    struct sp_err err = {0};
    const struct sp_sheet_io io = {.document = sp_out_discard,
                                   .scratch_folder = "/tmp/no such folder"};
    sp_sheet_spec_init(&spec);
    spec.seed = SEED;
    plan_count(&spec, 10, &plan);
    assert_int_equal(sp_arena_open(&arena, plan.arena_bytes, &err), SP_OK);
    assert_int_equal(sp_sheet_open(&sheet, &arena, &spec, &io, &err), SP_IO);
    assert_int_equal(err.os_error, ENOENT);
    assert_non_null(strstr(err.text, "no such folder"));
    assert_null(sheet);
    sp_arena_close(&arena);
    assert_int_equal(sp_sys_open_count(), 0);
    assert_int_equal(sp_sys_map_count(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_jobs_run_in_what_was_planned),
        cmocka_unit_test(the_largest_codes_have_room),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(glyphs_of_all_threads_are_kept),
        cmocka_unit_test(memory_does_not_depend_on_the_records),
        cmocka_unit_test(only_the_digits_of_n_grow),
        cmocka_unit_test(the_parts_are_the_sum),
        cmocka_unit_test(an_item_costs_what_it_says),
        cmocka_unit_test(what_cannot_be_planned_is_refused),
        cmocka_unit_test(a_job_that_cannot_open_leaves_nothing),
    };
    return cmocka_run_group_tests_name("sheet_plan", tests, NULL, NULL);
}
