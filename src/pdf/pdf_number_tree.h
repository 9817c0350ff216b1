/*
 * A number tree (ISO 32000-1, 7.9.7), built while its entries come: from growing keys to objects.
 *
 * As in the page tree only the open node of each level is in memory: a node is written when one
 * more entry comes than it takes, and its number becomes an entry of the level above.
 */
#ifndef SP_PDF_NUMBER_TREE_H
#define SP_PDF_NUMBER_TREE_H

#include "pdf/pdf_object_stream.h"

#include <stdint.h>

#define SP_PDF_NUMBER_KIDS   64
#define SP_PDF_NUMBER_LEVELS 6 /* 64^6 entries: beyond SP_OBJECTS_MAX */

struct sp_pdf_number_node {
    uint32_t count;
    uint32_t last; /* the last key below the node */
    struct {
        uint32_t first; /* the first key below the entry; of a leaf: its key */
        uint32_t object;
    } entry[SP_PDF_NUMBER_KIDS];
};

struct sp_pdf_number_tree {
    struct sp_pdf_number_node level[SP_PDF_NUMBER_LEVELS];
};

/* Adds an entry; its key is larger than those before. */
void sp_pdf_number_tree_add(struct sp_pdf_number_tree *tree, struct sp_pdf_object_stream *objects,
                            uint32_t key, uint32_t object);

/* Writes what is left and returns the root's object number. */
uint32_t sp_pdf_number_tree_finish(struct sp_pdf_number_tree *tree,
                                   struct sp_pdf_object_stream *objects);

#endif
