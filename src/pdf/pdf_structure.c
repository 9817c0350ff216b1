#include "pdf/pdf_structure.h"

#include "base/check.h"

#include "pdf/pdf_string.h"
#include "pdf/pdf_structure_page.h"

#include <string.h>

/* "<</Type/OBJR/Pg 4294967295 0 R/Obj 4294967295 0 R>> " is the longest kid. */
#define KID_BOUND 56
/* A reference and a blank, of which most kids consist; and a mark on the element's own page. */
#define REFERENCE_BOUND 15
#define MARK_BOUND      5
/* Everything else: the names, the parent, the page, a box of four numbers. */
#define ELEMENT_BOUND (256 + 4 * SP_BUF_NUMBER_MAX)

size_t sp_pdf_structure_need(void)
{
    return sp_arena_cost(sizeof(struct sp_pdf_structure)) + sp_pdf_kid_stack_need() +
           sp_arena_cost(SP_PDF_MARKS_MAX * sizeof(uint32_t));
}

struct sp_pdf_structure *sp_pdf_structure_init(struct sp_arena *arena,
                                               struct sp_pdf_object_stream *objects,
                                               const struct sp_scratch *scratch,
                                               struct sp_err *first)
{
    struct sp_pdf_structure *structure = sp_arena_take(arena, 1, sizeof *structure);
    structure->objects = objects;
    sp_pdf_kid_stack_init(&structure->kids, arena, scratch, first);
    structure->mark = sp_arena_take(arena, SP_PDF_MARKS_MAX, sizeof *structure->mark);
    structure->root = sp_pdf_xref_reserve(objects->xref, 1);
    sp_pdf_structure_open(structure, SP_PDF_TAG_DOCUMENT);
    structure->document = structure->element[0].object;
    return structure;
}

const char *sp_pdf_tag_name(enum sp_pdf_tag tag)
{
#define SP_PDF_TAG_TEXT(name, text) [name] = text,
    static const char *const names[] = {SP_PDF_TAG_TABLE_X(SP_PDF_TAG_TEXT)};
#undef SP_PDF_TAG_TEXT
    return names[tag];
}

static struct sp_pdf_element *innermost(struct sp_pdf_structure *structure)
{
    SP_ASSERT(structure->depth > 0);
    return &structure->element[structure->depth - 1];
}

const struct sp_pdf_element *sp_pdf_structure_innermost(const struct sp_pdf_structure *structure)
{
    SP_ASSERT(structure->depth > 0);
    return &structure->element[structure->depth - 1];
}

void sp_pdf_structure_open(struct sp_pdf_structure *structure, enum sp_pdf_tag tag)
{
    if (!structure)
        return;
    SP_ASSERT(structure->depth < SP_PDF_STRUCTURE_LEVELS);
    struct sp_pdf_element *element = &structure->element[structure->depth++];
    element->object = sp_pdf_xref_reserve(structure->objects->xref, 1);
    element->tag = tag;
    element->page = 0;
    element->kids = sp_pdf_kid_stack_count(&structure->kids);
    element->kid_bytes = 0;
    element->has_box = element->column = false;
    element->alt_length = 0;
}

void sp_pdf_structure_alt(struct sp_pdf_structure *structure, const char *text)
{
    if (!structure)
        return;
    struct sp_pdf_element *element = innermost(structure);
    element->alt_length = sp_pdf_string_cut(text, SP_PDF_ALT_MAX);
    memcpy(element->alt, text, element->alt_length);
}

void sp_pdf_structure_box(struct sp_pdf_structure *structure, int64_t left_mpt, int64_t bottom_mpt,
                          int64_t right_mpt, int64_t top_mpt)
{
    if (!structure)
        return;
    const int64_t box[4] = {left_mpt, bottom_mpt, right_mpt, top_mpt};
    struct sp_pdf_element *element = innermost(structure);
    element->has_box = true;
    memcpy(element->box, box, sizeof box);
}

void sp_pdf_structure_scope_column(struct sp_pdf_structure *structure)
{
    if (structure)
        innermost(structure)->column = true;
}

static void push(struct sp_pdf_structure *structure, enum sp_pdf_kid_kind kind, uint32_t value)
{
    struct sp_pdf_element *element = innermost(structure);
    const uint32_t page = kind == SP_PDF_KID_ELEMENT ? 0 : structure->page;
    if (element->page == 0)
        element->page = page;
    element->kid_bytes += kind == SP_PDF_KID_ELEMENT                         ? REFERENCE_BOUND
                          : kind == SP_PDF_KID_MARK && page == element->page ? MARK_BOUND
                                                                             : KID_BOUND;
    sp_pdf_kid_stack_push(&structure->kids, &(struct sp_pdf_kid){kind, page, value});
}

/* What kids are written with. */
struct kid_writer {
    struct sp_pdf_object_stream *objects;
    struct sp_buf *buf;
    uint32_t page; /* of the element */
    bool first;
};

static void put_reference(struct sp_buf *buf, uint32_t object)
{
    sp_buf_integer(buf, object);
    sp_buf_literal(buf, " 0 R");
}

static void put_page(struct sp_buf *buf, uint32_t page)
{
    sp_buf_literal(buf, "/Pg ");
    put_reference(buf, page);
}

/* ISO 32000-1, tables 324 and 325: kids that are on another page than the element say so. */
static void write_kid(void *context, const struct sp_pdf_kid *kid)
{
    struct kid_writer *writer = context;
    struct sp_buf *buf = writer->buf;
    const bool elsewhere = kid->page != writer->page;
    sp_pdf_object_stream_ease(writer->objects);
    if (!writer->first)
        sp_buf_byte(buf, ' ');
    writer->first = false;
    if (kid->kind == SP_PDF_KID_ELEMENT) {
        put_reference(buf, kid->value);
        return;
    }
    if (kid->kind == SP_PDF_KID_MARK && !elsewhere) {
        sp_buf_integer(buf, kid->value);
        return;
    }
    const bool mark = kid->kind == SP_PDF_KID_MARK;
    sp_buf_bytes(buf, mark ? "<</Type/MCR" : "<</Type/OBJR", mark ? 11 : 12);
    if (elsewhere)
        put_page(buf, kid->page);
    sp_buf_bytes(buf, mark ? "/MCID " : "/Obj ", mark ? 6 : 5);
    if (mark)
        sp_buf_integer(buf, kid->value);
    else
        put_reference(buf, kid->value);
    sp_buf_literal(buf, ">>");
}

/* Attributes (14.8.5): the box of a figure, the scope of a head cell. */
static void put_attributes(struct sp_buf *buf, const struct sp_pdf_element *element)
{
    if (element->column)
        sp_buf_literal(buf, "/A<</O/Table/Scope/Column>>");
    if (!element->has_box)
        return;
    SP_ASSERT(!element->column);
    sp_buf_literal(buf, "/A<</O/Layout/BBox[");
    for (int i = 0; i < 4; i++) {
        if (i > 0)
            sp_buf_byte(buf, ' ');
        sp_buf_milli(buf, element->box[i]);
    }
    sp_buf_literal(buf, "]>>");
}

static void put_kids(struct sp_pdf_structure *structure, const struct sp_pdf_element *element,
                     struct sp_buf *buf)
{
    struct kid_writer writer = {structure->objects, buf, element->page, true};
    const uint64_t count = sp_pdf_kid_stack_count(&structure->kids) - element->kids;
    if (count == 0)
        return;
    sp_buf_literal(buf, "/K[");
    sp_pdf_kid_stack_pop(&structure->kids, element->kids, write_kid, &writer);
    sp_buf_byte(buf, ']');
}

/* Writes the innermost element and makes it a kid of the one around it. */
static void close_element(struct sp_pdf_structure *structure)
{
    const struct sp_pdf_element *element = innermost(structure);
    const uint32_t parent =
        structure->depth > 1 ? structure->element[structure->depth - 2].object : structure->root;
    const uint64_t bound =
        ELEMENT_BOUND + SP_PDF_STRING_BOUND(element->alt_length) + element->kid_bytes;
    const char *name = sp_pdf_tag_name(element->tag);
    struct sp_buf *buf = sp_pdf_object_stream_begin(structure->objects, element->object, bound);
    sp_buf_literal(buf, "<</S/");
    sp_buf_bytes(buf, name, strlen(name));
    sp_buf_literal(buf, "/P ");
    put_reference(buf, parent);
    if (element->page)
        put_page(buf, element->page);
    put_attributes(buf, element);
    if (element->alt_length > 0) {
        sp_buf_literal(buf, "/Alt");
        sp_pdf_string_text(buf, element->alt, element->alt_length);
    }
    put_kids(structure, element, buf);
    sp_buf_literal(buf, ">>");
    sp_pdf_object_stream_end(structure->objects);
    structure->depth--;
    if (structure->depth > 0)
        push(structure, SP_PDF_KID_ELEMENT, element->object);
}

void sp_pdf_structure_close(struct sp_pdf_structure *structure)
{
    if (!structure)
        return;
    SP_ASSERT(structure->depth > 1);
    close_element(structure);
}

void sp_pdf_structure_page(struct sp_pdf_structure *structure, uint32_t page)
{
    structure->page = page;
    structure->marks = 0;
}

uint32_t sp_pdf_structure_mark(struct sp_pdf_structure *structure)
{
    SP_ASSERT(structure->marks < SP_PDF_MARKS_MAX);
    structure->mark[structure->marks] = innermost(structure)->object;
    push(structure, SP_PDF_KID_MARK, structure->marks);
    return structure->marks++;
}

uint32_t sp_pdf_structure_link(struct sp_pdf_structure *structure, uint32_t annotation)
{
    const uint32_t key = structure->next_key++;
    /* A link in a paragraph or a cell is an element of its own (14.8.4.4.2). */
    const bool wrapped = innermost(structure)->tag != SP_PDF_TAG_LINK;
    if (wrapped)
        sp_pdf_structure_open(structure, SP_PDF_TAG_LINK);
    push(structure, SP_PDF_KID_OBJECT, annotation);
    sp_pdf_number_tree_add(&structure->parents, structure->objects, key,
                           innermost(structure)->object);
    if (wrapped)
        sp_pdf_structure_close(structure);
    return key;
}

bool sp_pdf_structure_page_end(struct sp_pdf_structure *structure, uint32_t *key)
{
    if (structure->marks == 0)
        return false;
    struct sp_pdf_object_stream *objects = structure->objects;
    const uint32_t object = sp_pdf_xref_reserve(objects->xref, 1);
    const uint64_t bound = (uint64_t)structure->marks * REFERENCE_BOUND + 2;
    struct sp_buf *buf = sp_pdf_object_stream_begin(objects, object, bound);
    sp_buf_byte(buf, '[');
    for (uint32_t i = 0; i < structure->marks; i++) {
        sp_pdf_object_stream_ease(objects);
        if (i > 0)
            sp_buf_byte(buf, ' ');
        put_reference(buf, structure->mark[i]);
    }
    sp_buf_byte(buf, ']');
    sp_pdf_object_stream_end(objects);
    *key = structure->next_key++;
    sp_pdf_number_tree_add(&structure->parents, objects, *key, object);
    return true;
}

void sp_pdf_structure_finish(struct sp_pdf_structure *structure)
{
    SP_ASSERT(structure->depth == 1); /* every element that was opened has been closed */
    close_element(structure);
    const uint32_t parents = sp_pdf_number_tree_finish(&structure->parents, structure->objects);
    struct sp_buf *buf =
        sp_pdf_object_stream_begin(structure->objects, structure->root, ELEMENT_BOUND);
    sp_buf_literal(buf, "<</Type/StructTreeRoot/K ");
    put_reference(buf, structure->document);
    sp_buf_literal(buf, "/ParentTree ");
    put_reference(buf, parents);
    sp_buf_literal(buf, "/ParentTreeNextKey ");
    sp_buf_integer(buf, structure->next_key);
    sp_buf_literal(buf, ">>");
    sp_pdf_object_stream_end(structure->objects);
}
