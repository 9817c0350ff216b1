#include "pdf/pdf_number_tree.h"

#include "base/check.h"

/* An entry is a key and a reference; around them the names and the two limits. */
#define NODE_BOUND (SP_PDF_NUMBER_KIDS * 32 + 80)

static void write_entries(struct sp_buf *buf, const struct sp_pdf_number_node *node, bool leaf)
{
    sp_buf_bytes(buf, leaf ? "/Nums[" : "/Kids[", 6);
    for (uint32_t i = 0; i < node->count; i++) {
        if (i > 0)
            sp_buf_byte(buf, ' ');
        if (leaf) {
            sp_buf_integer(buf, node->entry[i].first);
            sp_buf_byte(buf, ' ');
        }
        sp_buf_integer(buf, node->entry[i].object);
        sp_buf_literal(buf, " 0 R");
    }
    sp_buf_byte(buf, ']');
}

/* Writes a node. The root alone has no limits. */
static uint32_t write_node(struct sp_pdf_object_stream *objects,
                           const struct sp_pdf_number_node *node, bool leaf, bool root)
{
    const uint32_t object = sp_pdf_xref_reserve(objects->xref, 1);
    struct sp_buf *buf = sp_pdf_object_stream_begin(objects, object, NODE_BOUND);
    sp_buf_literal(buf, "<<");
    write_entries(buf, node, leaf);
    if (!root) {
        sp_buf_literal(buf, "/Limits[");
        sp_buf_integer(buf, node->entry[0].first);
        sp_buf_byte(buf, ' ');
        sp_buf_integer(buf, node->last);
        sp_buf_byte(buf, ']');
    }
    sp_buf_literal(buf, ">>");
    sp_pdf_object_stream_end(objects);
    return object;
}

static void append(struct sp_pdf_number_node *node, uint32_t first, uint32_t last, uint32_t object)
{
    node->entry[node->count].first = first;
    node->entry[node->count].object = object;
    node->last = last;
    node->count++;
}

/* Adds an entry to a level; full nodes on the way up are written and begun anew. */
static void add_at(struct sp_pdf_number_tree *tree, struct sp_pdf_object_stream *objects,
                   unsigned level, uint32_t first, uint32_t last, uint32_t object)
{
    for (;; level++) {
        SP_ASSERT(level < SP_PDF_NUMBER_LEVELS);
        struct sp_pdf_number_node *node = &tree->level[level];
        if (node->count < SP_PDF_NUMBER_KIDS) {
            append(node, first, last, object);
            return;
        }
        const uint32_t full = write_node(objects, node, level == 0, false);
        const uint32_t full_first = node->entry[0].first, full_last = node->last;
        node->count = 0;
        append(node, first, last, object);
        first = full_first;
        last = full_last;
        object = full;
    }
}

void sp_pdf_number_tree_add(struct sp_pdf_number_tree *tree, struct sp_pdf_object_stream *objects,
                            uint32_t key, uint32_t object)
{
    SP_ASSERT(tree->level[0].count == 0 || key > tree->level[0].last);
    add_at(tree, objects, 0, key, key, object);
}

uint32_t sp_pdf_number_tree_finish(struct sp_pdf_number_tree *tree,
                                   struct sp_pdf_object_stream *objects)
{
    unsigned level = 0;
    /* A level above is open only if this one has been full before. */
    while (level + 1 < SP_PDF_NUMBER_LEVELS && tree->level[level + 1].count > 0) {
        const struct sp_pdf_number_node *node = &tree->level[level];
        const uint32_t object = write_node(objects, node, level == 0, false);
        add_at(tree, objects, level + 1, node->entry[0].first, node->last, object);
        level++;
    }
    return write_node(objects, &tree->level[level], level == 0, true);
}
