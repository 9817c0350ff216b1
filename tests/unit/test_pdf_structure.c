/*
 * The structure read back from its root: every element where it belongs, every mark of every page
 * found in both directions, in memory that does not grow.
 */
#include "support/unit.h"

#include "pdf/pdf_report.h"
#include "pdf/pdf_structure_page.h"
#include "support/aborts.h"
#include "support/heap_count.h"
#include "support/pdf_sample.h"
#include "support/pdf_walk.h"
#include "support/random.h"

#include <stdlib.h>

static const struct sp_pdf_document_spec a_spec = {.width_mpt = 595276,
                                                   .height_mpt = 841890,
                                                   .id = "sixteen bytes id",
                                                   .language = "de-CH",
                                                   .tagged = true,
                                                   .report = true};

static bool at_text(const char *at, const char *text)
{
    return strncmp(at, text, strlen(text)) == 0;
}

static uint32_t take(const char **at)
{
    char *end;
    const unsigned long number = strtoul(*at, &end, 10);
    assert_true(end > *at);
    *at = end;
    return (uint32_t)number;
}

static uint32_t take_reference(const char **at)
{
    const uint32_t number = take(at);
    assert_true(at_text(*at, " 0 R"));
    *at += 4;
    return number;
}

/* What a whole tree comes to. */
struct count {
    struct pdf_walk walk;
    uint64_t elements, marks, links;
    unsigned tags[SP_PDF_TAG_LINK + 1];
    char order[4096]; /* the names of the first elements, in reading order */
    size_t order_used;
    uint32_t page; /* the one that was looked up last */
    struct pdf_span page_marks;
};

/* The array that the parent tree has for a key: a page's marks, or the element of a link. */
static struct pdf_span find_parent(const struct pdf_walk *walk, uint32_t node, uint32_t key,
                                   uint32_t *value)
{
    for (;;) {
        struct pdf_span list;
        const struct pdf_span dictionary = pdf_walk_dictionary(walk, node);
        if (pdf_find(dictionary, "/Nums", &list)) {
            const char *at = list.at + 1;
            for (; *at != ']'; at += *at == ' ') {
                const uint32_t found = take(&at);
                *value = take(&at);
                at += 4;
                if (found == key)
                    return pdf_walk_object(walk, *value);
            }
            fail_msg("no key %u", (unsigned)key);
        }
        assert_true(pdf_find(dictionary, "/Kids", &list));
        node = 0;
        for (const char *at = list.at + 1; *at != ']'; at += *at == ' ') {
            struct pdf_span limits;
            const uint32_t kid = take_reference(&at);
            assert_true(pdf_find(pdf_walk_dictionary(walk, kid), "/Limits", &limits));
            const char *limit = limits.at + 1;
            const uint32_t first = take(&limit);
            limit++;
            if (key >= first && key <= take(&limit))
                node = kid;
        }
        assert_true(node > 0);
    }
}

static uint32_t parent_tree(const struct pdf_walk *walk)
{
    const uint32_t catalog = pdf_reference(walk->trailer, "/Root");
    const uint32_t root = pdf_reference(pdf_walk_dictionary(walk, catalog), "/StructTreeRoot");
    return pdf_reference(pdf_walk_dictionary(walk, root), "/ParentTree");
}

/* The parent tree leads from the mark back to the element. */
static void assert_mark(struct count *count, uint32_t element, uint32_t page, uint32_t mark)
{
    uint32_t value;
    if (page != count->page) {
        const struct pdf_span dictionary = pdf_walk_dictionary(&count->walk, page);
        count->page_marks = find_parent(&count->walk, parent_tree(&count->walk),
                                        (uint32_t)pdf_number(dictionary, "/StructParents"), &value);
        count->page = page;
    }
    const char *at = count->page_marks.at + 1;
    for (uint32_t i = 0; i < mark; i++)
        at = strchr(at, 'R') + 2;
    assert_int_equal(take_reference(&at), element);
    count->marks++;
}

static void assert_link(struct count *count, uint32_t element, uint32_t annotation)
{
    uint32_t value;
    const struct pdf_span dictionary = pdf_walk_dictionary(&count->walk, annotation);
    (void)find_parent(&count->walk, parent_tree(&count->walk),
                      (uint32_t)pdf_number(dictionary, "/StructParent"), &value);
    assert_int_equal(value, element);
    count->links++;
}

static void note_tag(struct count *count, struct pdf_span dictionary)
{
    struct pdf_span tag;
    assert_true(pdf_find(dictionary, "/S", &tag));
    for (int i = 0; i <= SP_PDF_TAG_LINK; i++) {
        const char *name = sp_pdf_tag_name((enum sp_pdf_tag)i);
        if (at_text(tag.at + 1, name) && strchr("/>", tag.at[1 + strlen(name)])) {
            count->tags[i]++;
            const int length = snprintf(count->order + count->order_used,
                                        sizeof count->order - count->order_used, "%s ", name);
            if (count->order_used + (size_t)length < sizeof count->order)
                count->order_used += (size_t)length;
            return;
        }
    }
    fail_msg("no tag: %.20s", tag.at);
}

/* One kid that is no element: a mark, a mark on another page, a link. */
static void walk_mark(struct count *count, uint32_t element, uint32_t page, const char **at)
{
    if (**at != '<') {
        assert_mark(count, element, page, take(at));
        return;
    }
    const struct pdf_span kid = {*at, (size_t)(strstr(*at, ">>") + 2 - *at)};
    const uint32_t own = pdf_has(kid, "/Pg") ? pdf_reference(kid, "/Pg") : page;
    if (pdf_has(kid, "/MCID")) {
        assert_true(own != page);
        assert_mark(count, element, own, (uint32_t)pdf_number(kid, "/MCID"));
    } else {
        assert_link(count, element, pdf_reference(kid, "/Obj"));
    }
    *at += kid.length;
}

/* One element, whose kids that are elements are left on the list of those to be visited. */
#define OPEN_MAX 300000
struct visit {
    uint32_t element, parent;
};
static struct visit open_visits[OPEN_MAX];

static size_t walk_element(struct count *count, struct visit visit, size_t open)
{
    struct pdf_span list;
    const struct pdf_span dictionary = pdf_walk_dictionary(&count->walk, visit.element);
    assert_int_equal(pdf_reference(dictionary, "/P"), visit.parent);
    const uint32_t page = pdf_has(dictionary, "/Pg") ? pdf_reference(dictionary, "/Pg") : 0;
    const size_t first = open;
    count->elements++;
    note_tag(count, dictionary);
    if (!pdf_find(dictionary, "/K", &list))
        return open;
    for (const char *at = list.at + 1; *at != ']'; at += *at == ' ') {
        const char *kid = at + strspn(at, "0123456789");
        if (kid > at && at_text(kid, " 0 R")) {
            assert_true(open < OPEN_MAX);
            open_visits[open++] = (struct visit){take_reference(&at), visit.element};
        } else {
            walk_mark(count, visit.element, page, &at);
        }
    }
    /* The first kid is to be visited first: it goes to the end of the list. */
    for (size_t low = first, high = open; low + 1 < high; low++, high--) {
        const struct visit swapped = open_visits[low];
        open_visits[low] = open_visits[high - 1];
        open_visits[high - 1] = swapped;
    }
    return open;
}

static void walk_structure(struct count *count, const struct sample *sample)
{
    memset(count, 0, sizeof *count);
    pdf_walk_open(&count->walk, sample->sink.bytes, sample->sink.used, 0);
    const uint32_t catalog = pdf_reference(count->walk.trailer, "/Root");
    const struct pdf_span dictionary = pdf_walk_dictionary(&count->walk, catalog);
    const uint32_t root = pdf_reference(dictionary, "/StructTreeRoot");
    size_t open = 1;
    open_visits[0] =
        (struct visit){pdf_reference(pdf_walk_dictionary(&count->walk, root), "/K"), root};
    while (open > 0) {
        const struct visit visit = open_visits[--open];
        open = walk_element(count, visit, open);
    }
    pdf_walk_close(&count->walk);
}

static void finish(struct sample *sample)
{
    struct sp_err err = {0};
    sample_font(sample, 0);
    if (sp_pdf_document_finish(&sample->document, NULL, NULL, &err) != SP_OK)
        fail_msg("%s", err.text);
}

static void a_small_document_is_in_order(void **state)
{
    static struct sample sample;
    static struct count count;
    sample_open(&sample, &a_spec, NULL);
    sp_pdf_canvas_begin(sample.canvas);
    sample_element(&sample, SP_PDF_TAG_H1, "Visit", 10000, 20000);
    sp_pdf_structure_open(sample.structure, SP_PDF_TAG_L);
    sp_pdf_structure_open(sample.structure, SP_PDF_TAG_LI);
    sample_element(&sample, SP_PDF_TAG_LBODY, "item", 10000, 40000);
    sp_pdf_structure_close(sample.structure);
    sp_pdf_structure_close(sample.structure);
    sp_pdf_structure_open(sample.structure, SP_PDF_TAG_P);
    sp_pdf_canvas_mark(sample.canvas);
    sample_text(&sample, "begins here", 10000, 60000);
    sp_pdf_canvas_mark_end(sample.canvas);
    sp_pdf_canvas_link(sample.canvas, "https://example.org", 10000, 50000, 50000, 10000);
    (void)sp_pdf_canvas_end(sample.canvas);
    sp_pdf_canvas_begin(sample.canvas);
    sp_pdf_canvas_mark(sample.canvas);
    sample_text(&sample, "ends there", 10000, 60000);
    sp_pdf_canvas_mark_end(sample.canvas);
    sp_pdf_structure_close(sample.structure);
    sp_pdf_structure_open(sample.structure, SP_PDF_TAG_LINK);
    sp_pdf_canvas_link(sample.canvas, "mailto:a@example.org", 10000, 50000, 50000, 10000);
    sp_pdf_structure_close(sample.structure);
    (void)sp_pdf_canvas_end(sample.canvas);
    finish(&sample);
    walk_structure(&count, &sample);
    assert_string_equal(count.order, "Document H1 L LI LBody P Link Link ");
    assert_int_equal(count.marks, 4);
    assert_int_equal(count.links, 2);
    sample_close(&sample);
}

static void attributes_are_written(void **state)
{
    static struct sample sample;
    char long_text[3000];
    memset(long_text, 'x', sizeof long_text);
    memcpy(long_text + 1023, "\u00FC", 2);
    long_text[sizeof long_text - 1] = '\0';
    sample_open(&sample, &a_spec, NULL);
    sp_pdf_canvas_begin(sample.canvas);
    sp_pdf_structure_open(sample.structure, SP_PDF_TAG_FIGURE);
    const uint32_t figure = sample.structure->element[1].object;
    sp_pdf_structure_alt(sample.structure, "Tor (S\u00FCd)");
    sp_pdf_structure_box(sample.structure, 1000, 2500, 30000, 40125);
    sp_pdf_structure_close(sample.structure);
    sp_pdf_structure_open(sample.structure, SP_PDF_TAG_TH);
    const uint32_t head = sample.structure->element[1].object;
    sp_pdf_structure_scope_column(sample.structure);
    sp_pdf_structure_alt(sample.structure, long_text);
    sp_pdf_structure_close(sample.structure);
    sample_text(&sample, "page", 1000, 10000);
    (void)sp_pdf_canvas_end(sample.canvas);
    finish(&sample);

    struct pdf_walk walk;
    struct pdf_span value;
    pdf_walk_open(&walk, sample.sink.bytes, sample.sink.used, 0);
    const struct pdf_span catalog =
        pdf_walk_dictionary(&walk, pdf_reference(walk.trailer, "/Root"));
    assert_true(pdf_find(catalog, "/Lang", &value) && at_text(value.at, "(de-CH)"));
    assert_true(pdf_find(catalog, "/MarkInfo", &value) && at_text(value.at, "<</Marked true>>"));
    assert_false(pdf_has(catalog, "/Outlines"));
    struct pdf_span element = pdf_walk_dictionary(&walk, figure);
    assert_true(pdf_find(element, "/Alt", &value));
    assert_true(at_text(value.at, "<FEFF0054006F00720020002800530"));
    assert_true(pdf_find(element, "/A", &value));
    assert_true(at_text(value.at, "<</O/Layout/BBox[1 2.5 30 40.125]>>"));
    assert_false(pdf_has(element, "/K"));
    element = pdf_walk_dictionary(&walk, head);
    assert_true(pdf_find(element, "/A", &value));
    assert_true(at_text(value.at, "<</O/Table/Scope/Column>>"));
    assert_true(pdf_find(element, "/Alt", &value));
    /* Cut before the character that would end behind the bound. */
    assert_int_equal(strcspn(value.at, ")"), 1 + 1023);
    pdf_walk_close(&walk);
    sample_close(&sample);
}

/* A table row by row, fifty to a page: as many elements as asked for. */
static void make_table(struct sample *sample, unsigned rows, unsigned columns)
{
    sp_pdf_canvas_begin(sample->canvas);
    sp_pdf_structure_open(sample->structure, SP_PDF_TAG_TABLE);
    for (unsigned row = 0; row < rows; row++) {
        if (row > 0 && row % 50 == 0) {
            (void)sp_pdf_canvas_end(sample->canvas);
            sp_pdf_canvas_begin(sample->canvas);
        }
        sp_pdf_structure_open(sample->structure, SP_PDF_TAG_TR);
        for (unsigned column = 0; column < columns; column++)
            sample_element(sample, SP_PDF_TAG_TD, "12.5", 20000 + column * 50000,
                           20000 + row % 50 * 15000);
        sp_pdf_structure_close(sample->structure);
    }
    sp_pdf_structure_close(sample->structure);
    (void)sp_pdf_canvas_end(sample->canvas);
}

static void a_large_table_takes_no_more_memory(void **state)
{
    enum {
        ROWS = 40000,
        COLUMNS = 4
    };
    static struct sample sample;
    static struct count count;
    sample_open(&sample, &a_spec, NULL);
    heap_refuse(0, false);
    const uint64_t sink_calls = sample.sink.calls;
    make_table(&sample, ROWS, COLUMNS);
    /* The sink alone takes from the heap here, at most once a call. */
    if (heap_count_works())
        assert_in_range(heap_requests(), 0, sample.sink.calls - sink_calls);
    finish(&sample);
    walk_structure(&count, &sample);
    assert_int_equal(count.elements, 2 + ROWS * (COLUMNS + 1));
    assert_int_equal(count.marks, ROWS * COLUMNS);
    assert_int_equal(count.tags[SP_PDF_TAG_TR], ROWS);
    /* The rows of the table waited on scratch: twelve bytes each. */
    assert_in_range(sample.structure->kids.high, ROWS - SP_PDF_KID_WINDOW, ROWS);
    /* And streams that were packed before their length was known, which the table of objects is. */
    const uint64_t packed = sample.document.report->packer.high;
    assert_in_range(packed, 1, sp_pdf_xref_scratch(sample.document.xref.next));
    assert_in_range(sp_pdf_document_report_scratch_used(&sample.document) - packed,
                    sp_pdf_xref_scratch(sample.document.xref.next) + (ROWS - 2000) * 12,
                    sp_pdf_xref_scratch(sample.document.xref.next) + ROWS * 12);
    sample_close(&sample);
}

/* Elements of any form, over pages: what is opened is what is found. */
static void random_trees_come_back(void **state)
{
    for (unsigned seed = 1; seed <= 30; seed++) {
        static struct sample sample;
        static struct count count;
        struct random random = {seed};
        unsigned elements = 1, marks = 0, links = 0, depth = 1;
        sample_open(&sample, &a_spec, NULL);
        sp_pdf_canvas_begin(sample.canvas);
        for (unsigned step = 0; step < 2000; step++) {
            const uint64_t choice = random_below(&random, 20);
            if (choice < 6 && depth < SP_PDF_STRUCTURE_LEVELS - 1) {
                sp_pdf_structure_open(sample.structure, SP_PDF_TAG_SECT);
                depth++, elements++;
            } else if (choice < 11 && depth > 1) {
                sp_pdf_structure_close(sample.structure);
                depth--;
            } else if (choice < 17) {
                sp_pdf_canvas_mark(sample.canvas);
                sample_text(&sample, "m", 10000, 10000);
                sp_pdf_canvas_mark_end(sample.canvas);
                marks++;
            } else if (choice < 18 && sp_pdf_canvas_room(sample.canvas).links > 0) {
                sp_pdf_canvas_link(sample.canvas, "https://example.org/", 1000, 1000, 1000, 1000);
                links++, elements++;
            } else if (choice == 19 && random_below(&random, 5) == 0) {
                (void)sp_pdf_canvas_end(sample.canvas);
                sp_pdf_canvas_begin(sample.canvas);
            }
        }
        for (; depth > 1; depth--)
            sp_pdf_structure_close(sample.structure);
        (void)sp_pdf_canvas_end(sample.canvas);
        finish(&sample);
        walk_structure(&count, &sample);
        assert_int_equal(count.elements, elements);
        assert_int_equal(count.marks, marks);
        assert_int_equal(count.links, links);
        sample_close(&sample);
    }
}

static void close_too_often(void *context)
{
    struct sample *sample = context;
    sp_pdf_structure_close(sample->structure);
}

static void open_too_deep(void *context)
{
    struct sample *sample = context;
    for (int i = 0; i < SP_PDF_STRUCTURE_LEVELS; i++)
        sp_pdf_structure_open(sample->structure, SP_PDF_TAG_SECT);
}

static void nesting_is_asserted(void **state)
{
    static struct sample sample;
    sample_open(&sample, &a_spec, NULL);
    assert_aborts(close_too_often, &sample, "pdf_structure.c");
    assert_aborts(open_too_deep, &sample, "pdf_structure.c");
    sample_close(&sample);
}

static void without_tags_nothing_happens(void **state)
{
    static struct sample sample;
    struct sp_pdf_document_spec spec = a_spec;
    spec.tagged = false;
    sample_open(&sample, &spec, NULL);
    assert_null(sample.structure);
    make_table(&sample, 60, 2);
    finish(&sample);
    struct pdf_walk walk;
    pdf_walk_open(&walk, sample.sink.bytes, sample.sink.used, 0);
    const struct pdf_span catalog =
        pdf_walk_dictionary(&walk, pdf_reference(walk.trailer, "/Root"));
    assert_false(pdf_has(catalog, "/StructTreeRoot"));
    assert_false(pdf_has(catalog, "/MarkInfo"));
    pdf_walk_close(&walk);
    sample_close(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_document_is_in_order),
        cmocka_unit_test(attributes_are_written),
        cmocka_unit_test(a_large_table_takes_no_more_memory),
        cmocka_unit_test(random_trees_come_back),
        cmocka_unit_test(nesting_is_asserted),
        cmocka_unit_test(without_tags_nothing_happens),
    };
    return cmocka_run_group_tests_name("pdf_structure", tests, NULL, NULL);
}
