/* The outline read back as a viewer does: from entry to entry, in both directions. */
#include "support/unit.h"

#include "pdf/pdf_report.h"
#include "support/aborts.h"
#include "support/pdf_sample.h"
#include "support/pdf_walk.h"

#include <stdio.h>
#include <stdlib.h>

static const struct sp_pdf_document_spec a_spec = {
    .width_mpt = 595276, .height_mpt = 841890, .report = true};

/* What is told of an outline: "A(a b) B" with an entry's kids in brackets. */
struct told {
    char text[4096];
    size_t used;
    unsigned entries;
};

static void tell(struct told *told, const char *text, size_t length)
{
    assert_true(told->used + length < sizeof told->text);
    memcpy(told->text + told->used, text, length);
    told->used += length;
    told->text[told->used] = '\0';
}

static void tell_title(struct told *told, struct pdf_span entry)
{
    struct pdf_span title;
    assert_true(pdf_find(entry, "/Title", &title));
    const char *end = memchr(title.at, title.at[0] == '(' ? ')' : '>', title.length);
    assert_non_null(end);
    tell(told, title.at + 1, (size_t)(end - title.at - 1));
}

/* The destination: a page and a height on it; the number of the page's object. */
static uint32_t destination(struct pdf_span entry, const char *height)
{
    struct pdf_span value;
    char *end;
    assert_true(pdf_find(entry, "/Dest", &value));
    const uint32_t page = (uint32_t)strtoul(value.at + 1, &end, 10);
    assert_memory_equal(end, " 0 R/XYZ null ", 14);
    assert_memory_equal(end + 14, height, strlen(height));
    assert_memory_equal(end + 14 + strlen(height), " null]", 6);
    return page;
}

/* Follows /Next through one level below `parent`; how many entries there are. */
static unsigned walk_kids(const struct pdf_walk *walk, uint32_t parent, struct told *told)
{
    const struct pdf_span head = pdf_walk_dictionary(walk, parent);
    uint32_t entry = pdf_reference(head, "/First"), before = 0;
    const uint32_t last = pdf_reference(head, "/Last");
    for (unsigned count = 1;; count++) {
        const struct pdf_span dictionary = pdf_walk_dictionary(walk, entry);
        assert_int_equal(pdf_reference(dictionary, "/Parent"), parent);
        assert_int_equal(pdf_has(dictionary, "/Prev"), before != 0);
        if (before)
            assert_int_equal(pdf_reference(dictionary, "/Prev"), before);
        assert_int_equal(pdf_has(dictionary, "/Next"), entry != last);
        tell_title(told, dictionary);
        (void)destination(dictionary, "741.89");
        if (!pdf_has(dictionary, "/First")) {
            assert_false(pdf_has(dictionary, "/Count"));
        } else {
            struct pdf_span closed;
            tell(told, "(", 1);
            const unsigned kids = walk_kids(walk, entry, told);
            tell(told, ")", 1);
            assert_true(pdf_find(dictionary, "/Count", &closed));
            assert_int_equal(strtol(closed.at, NULL, 10), -(long)kids);
        }
        told->entries++;
        if (entry == last)
            return count;
        tell(told, " ", 1);
        before = entry;
        entry = pdf_reference(dictionary, "/Next");
    }
}

/* Entries from a pattern: capitals are of level 1. */
static void make(struct sample *sample, const char *pattern)
{
    sample_open(sample, &a_spec, NULL);
    sp_pdf_canvas_begin(sample->canvas);
    for (; *pattern; pattern++) {
        const char title[2] = {*pattern, '\0'};
        sp_pdf_outline_add(&sample->document, *pattern >= 'a' ? 2 : 1, title,
                           sp_pdf_canvas_page(sample->canvas), 100000);
    }
    (void)sp_pdf_canvas_end(sample->canvas);
    assert_int_equal(sp_pdf_document_finish(&sample->document, NULL, NULL, NULL), SP_OK);
}

static void entries_know_their_neighbours(void **state)
{
    static const char *const patterns[][2] = {
        {"A", "A"},
        {"AB", "A B"},
        {"Aab", "A(a b)"},
        {"ABbCDdefE", "A B(b) C D(d e f) E"},
        {"AaBbCc", "A(a) B(b) C(c)"},
    };
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        static struct sample sample;
        static struct told told;
        struct pdf_walk walk;
        struct pdf_span value;
        told = (struct told){.entries = 0};
        make(&sample, patterns[i][0]);
        pdf_walk_open(&walk, sample.sink.bytes, sample.sink.used, 0);
        const struct pdf_span catalog =
            pdf_walk_dictionary(&walk, pdf_reference(walk.trailer, "/Root"));
        const uint32_t root = pdf_reference(catalog, "/Outlines");
        assert_true(pdf_find(catalog, "/PageMode", &value));
        assert_memory_equal(value.at, "/UseOutlines", 12);
        const unsigned count = walk_kids(&walk, root, &told);
        assert_int_equal(pdf_number(pdf_walk_dictionary(&walk, root), "/Count"), count);
        assert_string_equal(told.text, patterns[i][1]);
        assert_int_equal(told.entries, strlen(patterns[i][0]));
        pdf_walk_close(&walk);
        sample_close(&sample);
    }
}

/* More entries than any buffer has, each to a page of its own. */
static void many_entries_lead_to_their_pages(void **state)
{
    static struct sample sample;
    static uint32_t pages[1000];
    struct pdf_walk walk;
    sample_open(&sample, &a_spec, NULL);
    for (int i = 0; i < 1000; i++) {
        char title[16];
        snprintf(title, sizeof title, "Entry %d", i);
        sp_pdf_canvas_begin(sample.canvas);
        sp_pdf_outline_add(&sample.document, 1, title, sp_pdf_canvas_page(sample.canvas), 0);
        pages[i] = sp_pdf_canvas_end(sample.canvas);
    }
    assert_int_equal(sp_pdf_document_finish(&sample.document, NULL, NULL, NULL), SP_OK);
    pdf_walk_open(&walk, sample.sink.bytes, sample.sink.used, 0);
    const struct pdf_span catalog =
        pdf_walk_dictionary(&walk, pdf_reference(walk.trailer, "/Root"));
    const struct pdf_span root = pdf_walk_dictionary(&walk, pdf_reference(catalog, "/Outlines"));
    uint32_t entry = pdf_reference(root, "/First");
    for (int i = 0; i < 1000; i++) {
        const struct pdf_span dictionary = pdf_walk_dictionary(&walk, entry);
        assert_int_equal(destination(dictionary, "841.89"), pages[i]);
        if (i < 999)
            entry = pdf_reference(dictionary, "/Next");
    }
    assert_int_equal(entry, pdf_reference(root, "/Last"));
    pdf_walk_close(&walk);
    sample_close(&sample);
}

static void long_titles_are_cut(void **state)
{
    static struct sample sample;
    char title[600] = "";
    struct pdf_walk walk;
    struct pdf_span value;
    for (int i = 0; i < 199; i++)
        memcpy(title + 3 * i, "\u6F22", 4);
    sample_open(&sample, &a_spec, NULL);
    sp_pdf_canvas_begin(sample.canvas);
    sp_pdf_outline_add(&sample.document, 1, title, sp_pdf_canvas_page(sample.canvas), 0);
    (void)sp_pdf_canvas_end(sample.canvas);
    assert_int_equal(sp_pdf_document_finish(&sample.document, NULL, NULL, NULL), SP_OK);
    pdf_walk_open(&walk, sample.sink.bytes, sample.sink.used, 0);
    const struct pdf_span catalog =
        pdf_walk_dictionary(&walk, pdf_reference(walk.trailer, "/Root"));
    const struct pdf_span root = pdf_walk_dictionary(&walk, pdf_reference(catalog, "/Outlines"));
    assert_true(
        pdf_find(pdf_walk_dictionary(&walk, pdf_reference(root, "/First")), "/Title", &value));
    assert_int_equal(strcspn(value.at, ">"), 5 + 4 * (SP_PDF_OUTLINE_TITLE_MAX / 3));
    pdf_walk_close(&walk);
    sample_close(&sample);
}

static void add_orphan(void *context)
{
    sp_pdf_outline_add(context, 2, "a", 1, 0);
}

static void level_two_needs_level_one(void **state)
{
    static struct sample sample;
    sample_open(&sample, &a_spec, NULL);
    assert_aborts(add_orphan, &sample.document, "pdf_outline.c");
    sample_close(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_know_their_neighbours),
        cmocka_unit_test(many_entries_lead_to_their_pages),
        cmocka_unit_test(long_titles_are_cut),
        cmocka_unit_test(level_two_needs_level_one),
    };
    return cmocka_run_group_tests_name("pdf_outline", tests, NULL, NULL);
}
