/*
 * The structure of a document for screen readers: a tree of headings, paragraphs, tables, figures
 * (ISO 32000-1, 14.7 and 14.8), in flat memory.
 *
 *     sp_pdf_structure_open(s, SP_PDF_TAG_TABLE)
 *       sp_pdf_structure_open(s, SP_PDF_TAG_TR)
 *         sp_pdf_structure_open(s, SP_PDF_TAG_TD)   marks made now belong to this cell
 *         sp_pdf_structure_close(s)
 *
 * An element is written when it is closed, into object streams (pdf_object_stream.h). What its kids
 * are waits on a stack until then, the most of it on scratch (pdf_kid_stack.h). The map from marks
 * to elements (the parent tree) is written page by page, with the open node of each level in memory
 * (pdf_number_tree.h). Memory does not depend on the number of elements.
 *
 * A document without tags has no structure: then all of these take null and do nothing.
 */
#ifndef SP_PDF_STRUCTURE_H
#define SP_PDF_STRUCTURE_H

#include <smallpress/arena.h>
#include <smallpress/stream.h>

#include "pdf/pdf_xref.h"

#include <stdbool.h>
#include <stdint.h>

#define SP_PDF_TAG_TABLE_X(X)          \
    X(SP_PDF_TAG_DOCUMENT, "Document") \
    X(SP_PDF_TAG_SECT, "Sect")         \
    X(SP_PDF_TAG_H1, "H1")             \
    X(SP_PDF_TAG_H2, "H2")             \
    X(SP_PDF_TAG_H3, "H3")             \
    X(SP_PDF_TAG_P, "P")               \
    X(SP_PDF_TAG_L, "L")               \
    X(SP_PDF_TAG_LI, "LI")             \
    X(SP_PDF_TAG_LBODY, "LBody")       \
    X(SP_PDF_TAG_TABLE, "Table")       \
    X(SP_PDF_TAG_TR, "TR")             \
    X(SP_PDF_TAG_TH, "TH")             \
    X(SP_PDF_TAG_TD, "TD")             \
    X(SP_PDF_TAG_FIGURE, "Figure")     \
    X(SP_PDF_TAG_CAPTION, "Caption")   \
    X(SP_PDF_TAG_LINK, "Link")

#define SP_PDF_TAG_NAME(name, text) name,
enum sp_pdf_tag {
    SP_PDF_TAG_TABLE_X(SP_PDF_TAG_NAME)
};
#undef SP_PDF_TAG_NAME

#define SP_PDF_STRUCTURE_LEVELS 10
#define SP_PDF_MARKS_MAX        8192 /* on a page */

struct sp_pdf_structure;

/* Opens an element inside the innermost open one: at most SP_PDF_STRUCTURE_LEVELS, Document too. */
void sp_pdf_structure_open(struct sp_pdf_structure *structure, enum sp_pdf_tag tag);

/* What a reader says instead of the content of the innermost open element: UTF-8, cut at 1 KiB. */
void sp_pdf_structure_alt(struct sp_pdf_structure *structure, const char *text);

/* The box of the innermost open element on the page in hand: a figure should have one. */
void sp_pdf_structure_box(struct sp_pdf_structure *structure, int64_t left_mpt, int64_t bottom_mpt,
                          int64_t right_mpt, int64_t top_mpt);

/* A table head cell is that of a column. It has no box then. */
void sp_pdf_structure_scope_column(struct sp_pdf_structure *structure);

void sp_pdf_structure_close(struct sp_pdf_structure *structure);

#endif
