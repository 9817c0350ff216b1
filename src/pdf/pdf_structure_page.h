/*
 * The structure as the canvas and the document see it: marks, links, pages, begin and end.
 *
 * The parent tree (ISO 32000-1, 14.7.4.4) leads from a page and the number of a mark, or from a
 * link, to the element it belongs to. Its keys are given out in the order in which pages end and
 * links are made, so the tree grows at its end alone.
 */
#ifndef SP_PDF_STRUCTURE_PAGE_H
#define SP_PDF_STRUCTURE_PAGE_H

#include "pdf/pdf_kid_stack.h"
#include "pdf/pdf_number_tree.h"
#include "pdf/pdf_structure.h"

/* Bytes of UTF-8 of a text that stands for an element's content. */
#define SP_PDF_ALT_MAX 1024

/* An open element. */
struct sp_pdf_element {
    uint32_t object;
    enum sp_pdf_tag tag;
    uint32_t page;        /* of its first mark or link; 0 before that */
    uint64_t kids;        /* how many were on the stack when it was opened */
    uint64_t kid_bytes;   /* the most that its kids so far take when written */
    bool has_box, column; /* attributes */
    int64_t box[4];       /* left, bottom, right, top */
    size_t alt_length;    /* 0 for none */
    char alt[SP_PDF_ALT_MAX];
};

struct sp_pdf_structure {
    struct sp_pdf_object_stream *objects;
    struct sp_pdf_kid_stack kids;
    struct sp_pdf_number_tree parents;
    uint32_t root;     /* the object number of the tree */
    uint32_t document; /* and of its only kid */
    uint32_t next_key;
    uint32_t page;  /* the one in hand */
    uint32_t marks; /* on it */
    uint32_t *mark; /* the elements they belong to */
    unsigned depth; /* open elements */
    struct sp_pdf_element element[SP_PDF_STRUCTURE_LEVELS];
};

size_t sp_pdf_structure_need(void);

/* Opens the element Document, which holds all others. */
struct sp_pdf_structure *sp_pdf_structure_init(struct sp_arena *arena,
                                               struct sp_pdf_object_stream *objects,
                                               const struct sp_scratch *scratch,
                                               struct sp_err *first);

/* The name of a tag: "TD". */
const char *sp_pdf_tag_name(enum sp_pdf_tag tag);

/* The innermost open element. */
const struct sp_pdf_element *sp_pdf_structure_innermost(const struct sp_pdf_structure *structure);

/* Begins a page: marks are numbered from 0 again. */
void sp_pdf_structure_page(struct sp_pdf_structure *structure, uint32_t page);

/* Gives a mark on the page to the innermost open element; its number. */
uint32_t sp_pdf_structure_mark(struct sp_pdf_structure *structure);

/* Gives a link to it; the key for its /StructParent. */
uint32_t sp_pdf_structure_link(struct sp_pdf_structure *structure, uint32_t annotation);

/* Ends the page. False if it has no marks; else the key for its /StructParents. */
bool sp_pdf_structure_page_end(struct sp_pdf_structure *structure, uint32_t *key);

/* Closes Document and writes the tree. */
void sp_pdf_structure_finish(struct sp_pdf_structure *structure);

#endif
