/* Trees of any size: every key leads to its object, and the limits of every node are true. */
#include "support/unit.h"

#include "pdf/pdf_number_tree.h"
#include "support/aborts.h"
#include "support/pdf_pieces.h"

#include <stdlib.h>

/* Keys with gaps, and what they lead to. */
static uint32_t key_of(uint32_t index)
{
    return 3 * index + index % 2;
}

static uint32_t take(const char **at)
{
    char *end;
    const unsigned long number = strtoul(*at, &end, 10);
    assert_true(end > *at);
    *at = end;
    return (uint32_t)number;
}

/* Reads the subtree of a node, whose first key must be that of entry `next`; the entry behind it.
 */
static uint32_t walk_node(const struct pdf_walk *walk, uint32_t object, uint32_t next,
                          unsigned depth, unsigned *depth_max)
{
    struct pdf_span list, limits;
    const struct pdf_span node = pdf_walk_dictionary(walk, object);
    const uint32_t first = next;
    const bool leaf = pdf_find(node, "/Nums", &list);
    unsigned entries = 0;
    assert_true(leaf != pdf_find(node, "/Kids", &list));
    *depth_max = depth > *depth_max ? depth : *depth_max;
    for (const char *at = list.at + 1; *at != ']'; at += *at == ' ', entries++) {
        if (leaf) {
            assert_int_equal(take(&at), key_of(next));
            assert_int_equal(take(&at), 1000 + next);
            next++;
        } else {
            const uint32_t kid = take(&at);
            assert_true(depth < 8);
            next = walk_node(walk, kid, next, depth + 1, depth_max);
        }
        assert_memory_equal(at, " 0 R", 4);
        at += 4;
    }
    assert_true(entries <= SP_PDF_NUMBER_KIDS);
    assert_int_equal(pdf_find(node, "/Limits", &limits), depth > 0);
    if (depth > 0) {
        const char *at = limits.at + 1;
        assert_int_equal(take(&at), key_of(first));
        assert_int_equal(take(&at), key_of(next - 1));
    }
    return next;
}

static void every_key_is_found(void **state)
{
    static const struct {
        uint32_t count;
        unsigned depth;
    } trees[] = {{0, 0},    {1, 0},    {63, 0},     {64, 0},     {65, 1},
                 {4096, 1}, {4097, 2}, {262144, 2}, {262145, 3}, {300000, 3}};
    for (size_t i = 0; i < sizeof trees / sizeof trees[0]; i++) {
        static struct pieces pieces;
        static struct sp_pdf_number_tree tree;
        unsigned depth = 0;
        memset(&tree, 0, sizeof tree);
        pieces_open(&pieces);
        pieces.objects.compressor = pieces.compressor;
        for (uint32_t index = 0; index < trees[i].count; index++)
            sp_pdf_number_tree_add(&tree, &pieces.objects, key_of(index), 1000 + index);
        const uint32_t root = sp_pdf_number_tree_finish(&tree, &pieces.objects);
        pieces_walk(&pieces);
        assert_int_equal(walk_node(&pieces.walk, root, 0, 0, &depth), trees[i].count);
        assert_int_equal(depth, trees[i].depth);
        pieces_close(&pieces);
    }
}

static void add_twice(void *context)
{
    static struct sp_pdf_number_tree tree;
    struct pieces *pieces = context;
    sp_pdf_number_tree_add(&tree, &pieces->objects, 5, 1);
    sp_pdf_number_tree_add(&tree, &pieces->objects, 5, 2);
}

static void keys_must_grow(void **state)
{
    static struct pieces pieces;
    pieces_open(&pieces);
    assert_aborts(add_twice, &pieces, "pdf_number_tree.c");
    pieces_close(&pieces);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_is_found),
        cmocka_unit_test(keys_must_grow),
    };
    return cmocka_run_group_tests_name("pdf_number_tree", tests, NULL, NULL);
}
