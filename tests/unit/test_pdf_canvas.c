/*
 * Pages of a report: the operators they consist of, the marks around them, and what three readers
 * that are not ours find in a whole document.
 */
#include "support/unit.h"

#include "base/sys.h"
#include "pdf/pdf_report.h"
#include "support/aborts.h"
#include "support/pdf_sample.h"
#include "support/pdf_walk.h"

#include <errno.h>
#include <stdlib.h>

static const struct sp_pdf_document_spec a_spec = {.width_mpt = 595000,
                                                   .height_mpt = 842000,
                                                   .title = "\u00DCbergabe (5)",
                                                   .date = "D:20261121120000Z",
                                                   .id = "sixteen bytes id",
                                                   .language = "de-CH",
                                                   .author = "A. Author",
                                                   .subject = "Visit",
                                                   .tagged = true,
                                                   .report = true};

static void finish(struct sample *sample, struct pdf_walk *walk)
{
    struct sp_err err = {0};
    if (sample->document.report->font[0].object && !sample->document.report->font[0].written)
        sample_font(sample, 0);
    if (sp_pdf_document_finish(&sample->document, NULL, NULL, &err) != SP_OK)
        fail_msg("%s", err.text);
    pdf_walk_open(walk, sample->sink.bytes, sample->sink.used, 0);
}

static void assert_content(const struct pdf_walk *walk, uint32_t page, const char *expected)
{
    size_t length;
    char *content = (char *)pdf_walk_inflate(
        walk, pdf_reference(pdf_walk_dictionary(walk, page), "/Contents"), &length);
    assert_string_equal(content, expected);
    free(content);
}

/* One page without tags, drawn by `draw`, has exactly this content. */
static void assert_drawn(void (*draw)(struct sample *sample), bool tagged, const char *expected)
{
    static struct sample sample;
    struct pdf_walk walk;
    struct sp_pdf_document_spec spec = a_spec;
    spec.tagged = tagged;
    sample_open(&sample, &spec, NULL);
    sp_pdf_canvas_begin(sample.canvas);
    const size_t before = sp_pdf_canvas_room(sample.canvas).bytes;
    draw(&sample);
    const size_t taken = before - sp_pdf_canvas_room(sample.canvas).bytes;
    assert_in_range(taken, strlen(expected) - 7, strlen(expected));
    const uint32_t page = sp_pdf_canvas_end(sample.canvas);
    finish(&sample, &walk);
    assert_content(&walk, page, expected);
    pdf_walk_close(&walk);
    sample_close(&sample);
}

static void draw_shapes(struct sample *sample)
{
    const struct sp_pdf_point tick[] = {{10000, 20000}, {15500, 25000}, {30000, 0}};
    sp_pdf_canvas_fill(sample->canvas, blue, 10000, 42000, 100000, 20000);
    sp_pdf_canvas_fill(sample->canvas, blue, 0, 0, 1, 1);
    sp_pdf_canvas_frame(sample->canvas, black, 10000, 100000, 50000, 20000, 1500);
    sp_pdf_canvas_line(sample->canvas, blue, tick, 3, 2000);
    sp_pdf_canvas_line(sample->canvas, blue, tick, 2, 500);
    sp_pdf_canvas_fill_round(sample->canvas, black, 0, 0, 20000, 20000, 10000);
}

static void shapes_are_drawn(void **state)
{
    assert_drawn(draw_shapes, false,
                 "0 0.314 0.627 rg\n10 780 100 20 re\nf\n"
                 "0 841.999 0.001 0.001 re\nf\n"
                 "0 g\n10 722 50 20 re\n11.5 723.5 47 17 re\nf*\n"
                 "0 0.314 0.627 RG\n1 J 1 j 2 w\n10 822 m\n15.5 817 l\n30 842 l\nS\n"
                 "0.5 w\n10 822 m\n15.5 817 l\nS\n"
                 "10 842 m\n10 842 l\n15.523 842 20 837.523 20 832 c\n"
                 "20 832 l\n20 826.477 15.523 822 10 822 c\n"
                 "10 822 l\n4.477 822 0 826.477 0 832 c\n"
                 "0 832 l\n0 837.523 4.477 842 10 842 c\nf\n");
}

static void draw_text(struct sample *sample)
{
    /* An accent placed over its letter, a ligature of two letters, a second font. */
    const struct sp_pdf_canvas_glyph glyphs[] = {
        {.number = 0x4142, .own = false},
        {.number = 0x4344, .own = true, .x_mpt = 5000},
        {.number = 0x4546, .own = false, .x_mpt = 9000, .y_mpt = 1000},
        {.number = 0x4748, .text = "fi", .text_length = 2, .x_mpt = 12000},
        {.number = 0x494A, .text = "", .own = true, .x_mpt = 15000},
        {.number = 0x4B28, .own = true, .x_mpt = 20000},
        {.number = 0x4142, .font = 15, .own = true, .x_mpt = 26000},
    };
    sp_pdf_canvas_text(sample->canvas, black, 10000, 42000, 10500, glyphs, 7);
    sp_pdf_canvas_text(sample->canvas, black, 10000, 62000, 10500, glyphs + 6, 1);
    sp_pdf_canvas_text(sample->canvas, black, 0, 0, 10500, glyphs, 0);
    sp_pdf_canvas_fill(sample->canvas, black, 0, 0, 1000, 1000);
    sp_pdf_canvas_text(sample->canvas, black, 10000, 42000, 10500, glyphs + 6, 1);
    /* The fonts are made up: what is written for them does not matter here. */
    sample_font(sample, 15);
}

static void text_is_drawn(void **state)
{
    assert_drawn(draw_text, false,
                 "BT\n0 g\n/F0 10.5 Tf 10 800 Td(ABCD)Tj\n9 1 Td(EF)Tj\n"
                 "/Span<</ActualText<FEFF00660069>>>BDC\n3 -1 Td(GHIJ)Tj\nEMC\n"
                 "8 0 Td(K\\()Tj\n/F15 10.5 Tf 6 0 Td(AB)Tj\n"
                 "0 -20 Td(AB)Tj\nET\n"
                 "0 841 1 1 re\nf\nBT\n36 800 Td(AB)Tj\nET\n");
}

static void draw_marks(struct sample *sample)
{
    const struct sp_pdf_canvas_glyph glyph = {.number = 0x4142};
    sp_pdf_canvas_artifact(sample->canvas);
    sp_pdf_canvas_fill(sample->canvas, black, 0, 0, 1000, 1000);
    sp_pdf_canvas_text(sample->canvas, black, 0, 2000, 8000, &glyph, 1);
    sp_pdf_canvas_mark_end(sample->canvas);
    sp_pdf_structure_open(sample->structure, SP_PDF_TAG_H1);
    sp_pdf_canvas_mark(sample->canvas);
    sp_pdf_canvas_text(sample->canvas, black, 0, 2000, 8000, &glyph, 1);
    sp_pdf_canvas_mark_end(sample->canvas);
    sp_pdf_structure_close(sample->structure);
    sp_pdf_structure_open(sample->structure, SP_PDF_TAG_P);
    sp_pdf_canvas_mark(sample->canvas); /* nothing in it: nothing is written */
    sp_pdf_canvas_mark_end(sample->canvas);
    sp_pdf_canvas_mark(sample->canvas);
    sp_pdf_canvas_text(sample->canvas, black, 0, 4000, 8000, &glyph, 1);
    sp_pdf_canvas_fill(sample->canvas, black, 0, 0, 1000, 1000);
    sp_pdf_canvas_text(sample->canvas, black, 0, 6000, 8000, &glyph, 1);
    sp_pdf_canvas_mark_end(sample->canvas);
    sp_pdf_structure_close(sample->structure);
}

static void marks_and_texts_do_not_overlap(void **state)
{
    assert_drawn(draw_marks, true,
                 "/Artifact BMC\n0 g\n0 841 1 1 re\nf\nBT\n/F0 8 Tf 0 840 Td(AB)Tj\nET\nEMC\n"
                 "BT\n/H1<</MCID 0>>BDC\n0 840 Td(AB)Tj\nEMC\n"
                 "/P<</MCID 1>>BDC\n0 -2 Td(AB)Tj\nEMC\nET\n"
                 "/P<</MCID 2>>BDC\n0 841 1 1 re\nf\nBT\n0 836 Td(AB)Tj\nET\nEMC\n");
}

static void draw_without_tags(struct sample *sample)
{
    sp_pdf_canvas_artifact(sample->canvas);
    sp_pdf_canvas_fill(sample->canvas, black, 0, 0, 1000, 1000);
    sp_pdf_canvas_mark_end(sample->canvas);
    sp_pdf_canvas_mark(sample->canvas);
    sp_pdf_canvas_mark_end(sample->canvas);
}

static void without_structure_there_are_no_marks(void **state)
{
    assert_drawn(draw_without_tags, false, "0 g\n0 841 1 1 re\nf\n");
}

static void mark_twice(void *context)
{
    struct sample *sample = context;
    sp_pdf_canvas_mark(sample->canvas);
    sp_pdf_canvas_mark(sample->canvas);
}

static void end_inside_a_mark(void *context)
{
    struct sample *sample = context;
    sp_pdf_canvas_mark(sample->canvas);
    (void)sp_pdf_canvas_end(sample->canvas);
}

static void draw_in_another_element(void *context)
{
    struct sample *sample = context;
    sp_pdf_canvas_mark(sample->canvas);
    sp_pdf_structure_open(sample->structure, SP_PDF_TAG_P);
    sp_pdf_canvas_fill(sample->canvas, black, 0, 0, 1, 1);
}

static void misuse_is_asserted(void **state)
{
    static struct sample sample;
    sample_open(&sample, &a_spec, NULL);
    sp_pdf_canvas_begin(sample.canvas);
    assert_aborts(mark_twice, &sample, "pdf_canvas.c");
    assert_aborts(end_inside_a_mark, &sample, "pdf_canvas.c");
    assert_aborts(draw_in_another_element, &sample, "pdf_canvas.c");
    sample_close(&sample);
}

static void room_is_counted(void **state)
{
    static struct sample sample;
    struct pdf_walk walk;
    sample_open(&sample, &a_spec, NULL);
    sp_pdf_canvas_begin(sample.canvas);
    sample_element(&sample, SP_PDF_TAG_P, "text", 1000, 1000);
    sp_pdf_canvas_image(sample.canvas, 1, 0, 0, 1, 1);
    sp_pdf_canvas_image(sample.canvas, 2, 0, 0, 1, 1);
    sp_pdf_canvas_image(sample.canvas, 1, 0, 0, 1, 1);
    sp_pdf_canvas_link(sample.canvas, "https://example.org", 0, 0, 1, 1);
    struct sp_pdf_canvas_room room = sp_pdf_canvas_room(sample.canvas);
    assert_int_equal(room.marks, SP_PDF_MARKS_MAX - 1);
    assert_int_equal(room.images, SP_PDF_CANVAS_IMAGES - 2);
    assert_int_equal(room.links, SP_PDF_CANVAS_LINKS - 1);
    /* Full to the brim: the last call that fits, and the page still ends. */
    while (sp_pdf_canvas_room(sample.canvas).bytes >= SP_PDF_CANVAS_CALL_BYTES)
        sp_pdf_canvas_fill_round(sample.canvas, blue, 14400000 - 120125, 14400000 - 120125, 120125,
                                 120125, 33333);
    (void)sp_pdf_canvas_end(sample.canvas);
    sp_pdf_canvas_begin(sample.canvas);
    room = sp_pdf_canvas_room(sample.canvas);
    assert_int_equal(room.marks, SP_PDF_MARKS_MAX);
    assert_int_equal(room.images, SP_PDF_CANVAS_IMAGES);
    assert_int_equal(room.links, SP_PDF_CANVAS_LINKS);
    assert_true(room.bytes > SP_PDF_CANVAS_BYTES - 100);
    (void)sp_pdf_canvas_end(sample.canvas);
    finish(&sample, &walk);
    pdf_walk_close(&walk);
    sample_close(&sample);
}

/* The glyphs that take most: each placed, with a text of four bytes a character, in turns of font.
 */
static void the_bound_of_a_glyph_holds(void **state)
{
    static struct sample sample;
    static struct sp_pdf_canvas_glyph glyphs[2000];
    const size_t count = sizeof glyphs / sizeof glyphs[0];
    sample_open(&sample, &a_spec, NULL);
    sp_pdf_canvas_begin(sample.canvas);
    for (size_t i = 0; i < count; i++)
        glyphs[i] = (struct sp_pdf_canvas_glyph){.number = 0x2828,
                                                 .font = 14 + i % 2,
                                                 .text = "\u00FC\u00FC",
                                                 .text_length = 4,
                                                 .x_mpt = i % 2 ? 14399999 : -14399999,
                                                 .y_mpt = i % 2 ? -14399999 : 14399999};
    const size_t before = sp_pdf_canvas_room(sample.canvas).bytes;
    sp_pdf_canvas_text(sample.canvas, blue, 1, 1, 14399999, glyphs, count);
    const size_t taken = before - sp_pdf_canvas_room(sample.canvas).bytes;
    assert_in_range(taken, count * 80, count * (SP_PDF_CANVAS_GLYPH_BYTES + 4 * 4));
    sample_close(&sample);
}

static void write_total(struct sample *sample, const char *digits)
{
    const size_t count = sample_glyphs(sample, digits, 0);
    for (size_t i = 0; i < count; i++)
        sample->glyphs[i].own = i > 0;
    sp_pdf_document_total_write(&sample->document, sample->glyphs, count, (int64_t)count * 6361,
                                10000, black);
}

static void the_total_is_written_at_the_end(void **state)
{
    static struct sample sample;
    struct pdf_walk walk;
    struct pdf_span value;
    sample_open(&sample, &a_spec, NULL);
    for (int i = 0; i < 3; i++) {
        sp_pdf_canvas_begin(sample.canvas);
        sp_pdf_canvas_artifact(sample.canvas);
        if (i < 2)
            sp_pdf_canvas_total(sample.canvas, 500000, 800000, i == 1);
        sp_pdf_canvas_mark_end(sample.canvas);
        (void)sp_pdf_canvas_end(sample.canvas);
    }
    const uint32_t begins = sample.document.report->total[0];
    const uint32_t ends = sample.document.report->total[1];
    write_total(&sample, "3");
    finish(&sample, &walk);
    assert_true(begins && ends && begins != ends);
    for (int i = 0; i < 2; i++) {
        const struct pdf_span form = pdf_walk_dictionary(&walk, i ? ends : begins);
        const struct pdf_span content = pdf_walk_stream(&walk, i ? ends : begins);
        const char *expected = i ? "0 g\nBT\n/F0 10 Tf -6.361 0 Td(" : "0 g\nBT\n/F0 10 Tf 0 0 Td(";
        const char *box = i ? "[-26.361 -20 20 20 ]" : "[-20 -20 26.361 20 ]";
        assert_memory_equal(content.at, expected, strlen(expected));
        assert_true(pdf_find(form, "/BBox", &value));
        assert_memory_equal(value.at, box, strlen(box));
    }
    pdf_walk_close(&walk);
    sample_close(&sample);
}

/* A document with everything on `pages` pages. */
static void compose(struct sample *sample, int pages)
{
    const struct sp_pdf_point tick[] = {{40000, 240000}, {45000, 250000}, {60000, 230000}};
    for (int page = 0; page < pages; page++) {
        sp_pdf_canvas_begin(sample->canvas);
        sp_pdf_structure_open(sample->structure, SP_PDF_TAG_SECT);
        sp_pdf_outline_add(&sample->document, 1, "Section \u00E9",
                           sp_pdf_canvas_page(sample->canvas), 60000);
        sample_element(sample, SP_PDF_TAG_H1, "Heading", 40000, 70000);
        sp_pdf_outline_add(&sample->document, 2, "Table", sp_pdf_canvas_page(sample->canvas),
                           100000);
        sp_pdf_structure_open(sample->structure, SP_PDF_TAG_TABLE);
        sp_pdf_structure_open(sample->structure, SP_PDF_TAG_TR);
        sample_element(sample, SP_PDF_TAG_TH, "Column", 40000, 100000);
        sp_pdf_structure_close(sample->structure);
        sp_pdf_structure_open(sample->structure, SP_PDF_TAG_TR);
        sample_element(sample, SP_PDF_TAG_TD, "cell", 40000, 115000);
        sp_pdf_structure_close(sample->structure);
        sp_pdf_structure_close(sample->structure);
        sp_pdf_structure_open(sample->structure, SP_PDF_TAG_FIGURE);
        sp_pdf_structure_alt(sample->structure, "A tick");
        sp_pdf_canvas_mark(sample->canvas);
        sp_pdf_canvas_line(sample->canvas, blue, tick, 3, 2000);
        sp_pdf_canvas_mark_end(sample->canvas);
        sp_pdf_structure_close(sample->structure);
        sp_pdf_structure_open(sample->structure, SP_PDF_TAG_P);
        sp_pdf_canvas_link(sample->canvas, "https://example.org/a(b)", 40000, 210000, 80000, 12000);
        sp_pdf_structure_close(sample->structure);
        sp_pdf_structure_close(sample->structure);
        sp_pdf_canvas_artifact(sample->canvas);
        sample_text(sample, "Page", 240000, 800000);
        sp_pdf_canvas_total(sample->canvas, 300000, 800000, page & 1);
        sp_pdf_canvas_mark_end(sample->canvas);
        (void)sp_pdf_canvas_end(sample->canvas);
    }
    write_total(sample, "77");
    sample_font(sample, 0);
}

static void other_readers_agree(void **state)
{
    static struct sample sample;
    static char said[20000];
    sample_open(&sample, &a_spec, NULL);
    compose(&sample, 70);
    assert_int_equal(sp_pdf_document_finish(&sample.document, NULL, NULL, NULL), SP_OK);
    const int checked = sample_check(&sample, "qpdf", "--check", said, sizeof said);
    if (checked < 0) {
        sample_close(&sample);
        print_message("# qpdf is not installed\n");
        skip();
    }
    if (checked != 0)
        fail_msg("%s", said);
    if (sample_check(&sample, "pdfinfo", "-struct-text", said, sizeof said) >= 0) {
        static const char expected[] = "Document\n  Sect\n    H1 (block)\n      \"Heading\"\n"
                                       "    Table (block)\n      TR\n        TH\n"
                                       "          \"Column\"\n      TR\n        TD\n"
                                       "          \"cell\"\n    Figure";
        said[strlen(expected)] = '\0';
        assert_string_equal(said, expected);
    }
    if (sample_check(&sample, "pdfinfo", "-isodates", said, sizeof said) == 0) {
        assert_non_null(strstr(said, "\u00DCbergabe (5)\n"));
        assert_non_null(strstr(said, "A. Author\n"));
        assert_non_null(strstr(said, "2026-11-21T12:00:00Z\n"));
        assert_non_null(strstr(said, "Tagged:          yes\n"));
        assert_non_null(strstr(said, "Pages:           70\n"));
        assert_non_null(strstr(said, "PDF version:     1.7\n"));
    }
    sample_close(&sample);
}

static void the_same_calls_give_the_same_bytes(void **state)
{
    static struct sample first, second;
    sample_open(&first, &a_spec, NULL);
    sample_open(&second, &a_spec, NULL);
    compose(&first, 5);
    compose(&second, 5);
    assert_int_equal(sp_pdf_document_finish(&first.document, NULL, NULL, NULL), SP_OK);
    assert_int_equal(sp_pdf_document_finish(&second.document, NULL, NULL, NULL), SP_OK);
    assert_int_equal(first.sink.used, second.sink.used);
    assert_memory_equal(first.sink.bytes, second.sink.bytes, first.sink.used);
    sample_close(&first);
    sample_close(&second);
}

/* Every call of the sink and of the scratch files fails once. */
static void the_first_failure_is_told(void **state)
{
    static struct sample sample;
    sample_open(&sample, &a_spec, NULL);
    sp_sys_fault_plan(SP_SYS_WRITE, 0, 0, false);
    sp_sys_fault_plan(SP_SYS_READ, 0, 0, false);
    compose(&sample, 3);
    assert_int_equal(sp_pdf_document_finish(&sample.document, NULL, NULL, NULL), SP_OK);
    const unsigned calls = sample.sink.calls;
    const uint64_t transfers[2] = {sp_sys_fault_count(SP_SYS_WRITE),
                                   sp_sys_fault_count(SP_SYS_READ)};
    sample_close(&sample);
    assert_true(calls > 3 && transfers[0] > 1 && transfers[1] > 1);
    for (unsigned nth = 1; nth <= calls; nth++) {
        struct sp_err err = {0};
        sample_open(&sample, &a_spec, NULL);
        sample.sink.fails_at = nth;
        compose(&sample, 3);
        assert_int_equal(sp_pdf_document_finish(&sample.document, NULL, NULL, &err), SP_IO);
        assert_non_null(strstr(err.text, "the sink refused call"));
        sample_close(&sample);
    }
    for (int kind = 0; kind < 2; kind++) {
        const enum sp_sys_call call = kind ? SP_SYS_READ : SP_SYS_WRITE;
        for (uint64_t nth = 1; nth <= transfers[kind]; nth++) {
            struct sp_err err = {0};
            sample_open(&sample, &a_spec, NULL);
            sp_sys_fault_plan(call, nth, ENOSPC, false);
            compose(&sample, 3);
            assert_int_equal(sp_pdf_document_finish(&sample.document, NULL, NULL, &err), SP_IO);
            sp_sys_fault_plan(call, 0, 0, false);
            assert_int_equal(err.os_error, ENOSPC);
            sample_close(&sample);
        }
    }
}

static void a_scratch_file_that_cannot_be_made_is_told(void **state)
{
    static struct sample sample;
    struct sp_err err = {0};
    /* The first scratch file is the caller's. */
    sp_sys_fault_plan(SP_SYS_OPEN, 2, EMFILE, false);
    sample_open(&sample, &a_spec, NULL);
    sp_sys_fault_plan(SP_SYS_OPEN, 0, 0, false);
    compose(&sample, 1);
    assert_int_equal(sp_pdf_document_finish(&sample.document, NULL, NULL, &err), SP_IO);
    assert_int_equal(err.os_error, EMFILE);
    sample_close(&sample);
}

/* However a report ends, its two scratch files are closed. */
static void nothing_is_left_open(void **state)
{
    static struct sample sample;
    const int before = sp_sys_open_count();
    sample_open(&sample, &a_spec, NULL);
    assert_int_equal(sp_sys_open_count(), before + 3);
    compose(&sample, 1);
    assert_int_equal(sp_pdf_document_finish(&sample.document, NULL, NULL, NULL), SP_OK);
    assert_int_equal(sp_sys_open_count(), before + 1);
    sample_close(&sample);
    sample_open(&sample, &a_spec, NULL);
    sp_pdf_canvas_begin(sample.canvas);
    sp_pdf_document_close(&sample.document);
    assert_int_equal(sp_sys_open_count(), before + 1);
    sample_close(&sample);
    assert_int_equal(sp_sys_open_count(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_are_drawn),
        cmocka_unit_test(text_is_drawn),
        cmocka_unit_test(marks_and_texts_do_not_overlap),
        cmocka_unit_test(without_structure_there_are_no_marks),
        cmocka_unit_test(misuse_is_asserted),
        cmocka_unit_test(room_is_counted),
        cmocka_unit_test(the_bound_of_a_glyph_holds),
        cmocka_unit_test(the_total_is_written_at_the_end),
        cmocka_unit_test(other_readers_agree),
        cmocka_unit_test(the_same_calls_give_the_same_bytes),
        cmocka_unit_test(the_first_failure_is_told),
        cmocka_unit_test(a_scratch_file_that_cannot_be_made_is_told),
        cmocka_unit_test(nothing_is_left_open),
    };
    return cmocka_run_group_tests_name("pdf_canvas", tests, NULL, NULL);
}
