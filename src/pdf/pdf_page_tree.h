/*
 * The page tree, built while pages go by (ISO 32000-1, 7.7.3).
 *
 * Pages are leaves; a node takes SP_PDF_KIDS of them, and so on upwards. Only the open node of each
 * level is in memory, so six levels of 64 kids hold any document. A node is written when one more
 * kid comes than it takes; only then is it certain that it needs a parent. The node left over at
 * the top is the root, which carries what all pages inherit.
 */
#ifndef SP_PDF_PAGE_TREE_H
#define SP_PDF_PAGE_TREE_H

#include <smallpress/stream.h>

#include "pdf/pdf_xref.h"

#include <stdint.h>

#define SP_PDF_KIDS        64
#define SP_PDF_TREE_LEVELS 6 /* 64^6 pages: beyond SP_OBJECTS_MAX */

struct sp_pdf_node {
    uint32_t object; /* 0 while the level has no open node */
    uint32_t kid_count;
    uint64_t page_count;
    uint32_t kids[SP_PDF_KIDS];
};

struct sp_pdf_page_tree {
    struct sp_pdf_node level[SP_PDF_TREE_LEVELS];
};

/* Nodes of the tree of so many pages, for plans. */
uint64_t sp_pdf_page_tree_nodes(uint64_t pages);

/* Adds a page by its object number and returns the object number of its parent. */
uint32_t sp_pdf_page_tree_add(struct sp_pdf_page_tree *tree, struct sp_pdf_xref *xref,
                              struct sp_out *out, uint32_t page_object);

/*
 * Writes what is left and returns the root's object number. `inherited` is the dictionary entries
 * of the root. At least one page must have been added.
 */
uint32_t sp_pdf_page_tree_finish(struct sp_pdf_page_tree *tree, struct sp_pdf_xref *xref,
                                 struct sp_out *out, const char *inherited);

#endif
