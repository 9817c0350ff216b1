/* The tree of pages as a reader finds it, for numbers of pages on both sides of every new level. */
#include "support/unit.h"

#include "base/scratch.h"
#include "pdf/pdf_page_tree.h"
#include "support/exact_arena.h"
#include "support/pdf_walk.h"
#include "support/sink.h"

#include <inttypes.h>
#include <string.h>

#define BUFFER 65536

struct made {
    struct sp_arena arena;
    struct sp_scratch scratch;
    struct sp_out out;
    struct sink sink;
    struct sp_pdf_xref xref;
    struct sp_pdf_page_tree tree;
};

static void make(struct made *made)
{
    memset(made, 0, sizeof *made);
    assert_int_equal(sp_scratch_open(&made->scratch, "/tmp", NULL), SP_OK);
    exact_arena_open(&made->arena, sp_out_need(BUFFER) + sp_pdf_xref_need());
    sp_out_init(&made->out, &made->arena, BUFFER, sink_write, &made->sink);
    sp_pdf_xref_init(&made->xref, &made->arena, &made->scratch);
    exact_arena_seal(&made->arena);
}

static void unmake(struct made *made)
{
    sink_free(&made->sink);
    sp_scratch_close(&made->scratch);
    sp_arena_close(&made->arena);
}

/* Adds a page that says which one it is. */
static void add_page(struct made *made, uint64_t index)
{
    const uint32_t object = sp_pdf_xref_reserve(&made->xref, 1);
    const uint32_t parent = sp_pdf_page_tree_add(&made->tree, &made->xref, &made->out, object);
    sp_pdf_xref_set(&made->xref, object, made->out.position);
    sp_out_format(&made->out,
                  "%" PRIu32 " 0 obj\n<</Type/Page/Parent %" PRIu32 " 0 R/Index %" PRIu64
                  ">>\nendobj\n",
                  object, parent, index);
}

static void visit(void *context, uint32_t page, uint64_t index)
{
    const struct pdf_walk *walk = context;
    assert_int_equal(pdf_number(pdf_walk_dictionary(walk, page), "/Index"), index);
}

static void assert_tree(uint64_t pages)
{
    static const char head[] = "%PDF-1.7\n";
    struct made made;
    make(&made);
    sp_out_text(&made.out, head);
    for (uint64_t i = 0; i < pages; i++)
        add_page(&made, i);
    const uint32_t root =
        sp_pdf_page_tree_finish(&made.tree, &made.xref, &made.out, "/MediaBox[0 0 1 2]");
    assert_int_equal(sp_pdf_xref_write(&made.xref, &made.out, "", NULL), SP_OK);
    assert_int_equal(sp_out_flush(&made.out, NULL), SP_OK);

    struct pdf_walk walk;
    uint64_t nodes = 0;
    pdf_walk_open(&walk, made.sink.bytes, made.sink.used, 0);
    assert_int_equal(pdf_walk_pages(&walk, root, &nodes, visit, &walk), pages);
    assert_int_equal(nodes, sp_pdf_page_tree_nodes(pages));
    /* Pages, nodes, the table and number 0: nothing else was numbered. */
    assert_int_equal(walk.count, pages + nodes + 2);
    assert_true(pdf_has(pdf_walk_dictionary(&walk, root), "/MediaBox"));
    pdf_walk_close(&walk);
    unmake(&made);
}

static void small_trees_are_whole(void **state)
{
    for (uint64_t pages = 1; pages <= 200; pages++)
        assert_tree(pages);
}

static void trees_grow_by_levels(void **state)
{
    static const uint64_t cases[] = {4095, 4096, 4097, 4160, 4161, 262144, 262145};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_tree(cases[i]);
}

static void nodes_are_counted(void **state)
{
    static const struct {
        uint64_t pages, nodes;
    } cases[] = {{0, 0},         {1, 1},         {64, 1},
                 {65, 3},        {4096, 65},     {4097, 68},
                 {262144, 4161}, {262145, 4165}, {1000000000, 15873017}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(sp_pdf_page_tree_nodes(cases[i].pages), cases[i].nodes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_trees_are_whole),
        cmocka_unit_test(trees_grow_by_levels),
        cmocka_unit_test(nodes_are_counted),
    };
    return cmocka_run_group_tests_name("pdf_page_tree", tests, NULL, NULL);
}
