#include "pdf/pdf_page_tree.h"

#include "base/check.h"
#include "base/num.h"

#include <inttypes.h>
#include <stdbool.h>

uint64_t sp_pdf_page_tree_nodes(uint64_t pages)
{
    uint64_t nodes = 0;
    uint64_t count = pages;
    do {
        count = sp_u64_div_ceil(count, SP_PDF_KIDS);
        nodes += count;
    } while (count > 1);
    return nodes;
}

/* Writes a node; parent 0 makes it the root, with what its pages inherit. */
static void write_node(const struct sp_pdf_node *node, struct sp_pdf_xref *xref, struct sp_out *out,
                       uint32_t parent, const char *inherited)
{
    sp_pdf_xref_set(xref, node->object, out->position);
    sp_out_format(out, "%" PRIu32 " 0 obj\n<</Type/Pages/Count %" PRIu64, node->object,
                  node->page_count);
    if (parent)
        sp_out_format(out, "/Parent %" PRIu32 " 0 R", parent);
    else
        sp_out_text(out, inherited);
    sp_out_text(out, "/Kids[");
    for (uint32_t i = 0; i < node->kid_count; i++)
        sp_out_format(out, "%s%" PRIu32 " 0 R", i ? " " : "", node->kids[i]);
    sp_out_text(out, "]>>\nendobj\n");
}

static uint32_t add_kid(struct sp_pdf_page_tree *tree, unsigned level, struct sp_pdf_xref *xref,
                        struct sp_out *out, uint32_t kid, uint64_t pages);

/* Writes a full or last node below its parent and leaves the level empty. */
static void close_node(struct sp_pdf_page_tree *tree, unsigned level, struct sp_pdf_xref *xref,
                       struct sp_out *out)
{
    struct sp_pdf_node *node = &tree->level[level];
    const uint32_t parent = add_kid(tree, level + 1, xref, out, node->object, node->page_count);
    write_node(node, xref, out, parent, "");
    node->object = 0;
}

static uint32_t add_kid(struct sp_pdf_page_tree *tree, unsigned level, struct sp_pdf_xref *xref,
                        struct sp_out *out, uint32_t kid, uint64_t pages)
{
    SP_ASSERT(level < SP_PDF_TREE_LEVELS);
    struct sp_pdf_node *node = &tree->level[level];
    if (node->object && node->kid_count == SP_PDF_KIDS)
        close_node(tree, level, xref, out); /* recursion is bounded by the levels */
    if (!node->object) {
        node->object = sp_pdf_xref_reserve(xref, 1);
        node->kid_count = 0;
        node->page_count = 0;
    }
    node->kids[node->kid_count++] = kid;
    node->page_count += pages;
    return node->object;
}

uint32_t sp_pdf_page_tree_add(struct sp_pdf_page_tree *tree, struct sp_pdf_xref *xref,
                              struct sp_out *out, uint32_t page_object)
{
    return add_kid(tree, 0, xref, out, page_object, 1);
}

static bool open_above(const struct sp_pdf_page_tree *tree, unsigned level)
{
    for (unsigned above = level + 1; above < SP_PDF_TREE_LEVELS; above++)
        if (tree->level[above].object)
            return true;
    return false;
}

uint32_t sp_pdf_page_tree_finish(struct sp_pdf_page_tree *tree, struct sp_pdf_xref *xref,
                                 struct sp_out *out, const char *inherited)
{
    unsigned level = 0;
    for (; open_above(tree, level); level++)
        if (tree->level[level].object)
            close_node(tree, level, xref, out);
    const struct sp_pdf_node *root = &tree->level[level];
    SP_ASSERT(root->object);
    write_node(root, xref, out, 0, inherited);
    return root->object;
}
