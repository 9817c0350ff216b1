#include "pdf/pdf_canvas.h"

#include "base/check.h"
#include "base/num.h"

#include "pdf/pdf_report.h"
#include "pdf/pdf_string.h"
#include "pdf/pdf_text.h"

#include <libdeflate.h>

/* What ends a text object and a piece of marked content, kept free for the end of the page. */
#define TAIL_BYTES 16

/* Content that would not shrink to half stays as it is, which is rare and right. */
#define PACKED_BYTES (SP_PDF_CANVAS_BYTES / 2)

enum piece {
    NONE,
    ELEMENT,
    ARTIFACT
};

struct sp_pdf_canvas {
    struct sp_pdf_document *document;
    struct sp_pdf_report *report;
    struct libdeflate_compressor *compressor;
    struct sp_buf content, packed;
    struct sp_pdf_text text;
    uint32_t page;
    bool in_text;
    /* The piece of marked content asked for; whether it is begun, and whether inside a text. */
    enum piece piece;
    bool piece_begun, piece_in_text;
    uint32_t piece_element;
    /* What is in effect; UINT32_MAX and 0 where nothing is known to be. */
    uint32_t fill, stroke;
    int64_t line_mpt;
    uint32_t image_count, link_count;
    uint32_t images[SP_PDF_CANVAS_IMAGES], links[SP_PDF_CANVAS_LINKS];
    bool total[2]; /* forms of the number of pages that stand on the page */
};

size_t sp_pdf_canvas_need(void)
{
    return sp_arena_cost(sizeof(struct sp_pdf_canvas)) + sp_arena_cost(SP_PDF_CANVAS_BYTES) +
           sp_arena_cost(PACKED_BYTES);
}

struct sp_pdf_canvas *sp_pdf_canvas_init(struct sp_arena *arena, struct sp_pdf_document *document,
                                         struct libdeflate_compressor *compressor)
{
    SP_ASSERT(document->report);
    struct sp_pdf_canvas *canvas = sp_arena_take(arena, 1, sizeof *canvas);
    *canvas = (struct sp_pdf_canvas){
        .document = document,
        .report = document->report,
        .compressor = compressor,
        .content = {.bytes = sp_arena_take(arena, SP_PDF_CANVAS_BYTES, 1),
                    .capacity = SP_PDF_CANVAS_BYTES},
        .packed = {.bytes = sp_arena_take(arena, PACKED_BYTES, 1), .capacity = PACKED_BYTES},
    };
    document->report->objects.compressor = compressor;
    return canvas;
}

void sp_pdf_canvas_begin(struct sp_pdf_canvas *canvas)
{
    canvas->content.used = 0;
    canvas->text = (struct sp_pdf_text){.content = &canvas->content};
    canvas->page = sp_pdf_xref_reserve(&canvas->document->xref, 1);
    canvas->in_text = false;
    canvas->piece = NONE;
    canvas->piece_begun = false;
    canvas->fill = canvas->stroke = UINT32_MAX;
    canvas->line_mpt = 0;
    canvas->image_count = canvas->link_count = 0;
    canvas->total[0] = canvas->total[1] = false;
    if (canvas->report->structure)
        sp_pdf_structure_page(canvas->report->structure, canvas->page);
}

uint32_t sp_pdf_canvas_page(const struct sp_pdf_canvas *canvas)
{
    return canvas->page;
}

struct sp_pdf_canvas_room sp_pdf_canvas_room(const struct sp_pdf_canvas *canvas)
{
    const struct sp_pdf_structure *structure = canvas->report->structure;
    const size_t taken = canvas->content.used + TAIL_BYTES;
    return (struct sp_pdf_canvas_room){
        .bytes = canvas->content.capacity - SP_MIN(taken, canvas->content.capacity),
        .images = SP_PDF_CANVAS_IMAGES - canvas->image_count,
        .links = SP_PDF_CANVAS_LINKS - canvas->link_count,
        .marks = SP_PDF_MARKS_MAX - (structure ? structure->marks : 0),
    };
}

static void begin_piece(struct sp_pdf_canvas *canvas, enum piece piece)
{
    struct sp_pdf_structure *structure = canvas->report->structure;
    SP_ASSERT(canvas->piece == NONE);
    if (!structure)
        return;
    canvas->piece = piece;
    canvas->piece_element = sp_pdf_structure_innermost(structure)->object;
}

void sp_pdf_canvas_mark(struct sp_pdf_canvas *canvas)
{
    begin_piece(canvas, ELEMENT);
}

void sp_pdf_canvas_artifact(struct sp_pdf_canvas *canvas)
{
    begin_piece(canvas, ARTIFACT);
}

/*
 * Marks are written when there is something to mark, so that those in a run of text stand inside
 * its text object and none is empty.
 */
static void write_mark(struct sp_pdf_canvas *canvas)
{
    if (canvas->piece == NONE || canvas->piece_begun)
        return;
    canvas->piece_begun = true;
    canvas->piece_in_text = canvas->in_text;
    if (canvas->piece == ARTIFACT) {
        sp_buf_literal(&canvas->content, "/Artifact BMC\n");
        return;
    }
    struct sp_pdf_structure *structure = canvas->report->structure;
    const struct sp_pdf_element *element = sp_pdf_structure_innermost(structure);
    SP_ASSERT(element->object == canvas->piece_element);
    const char *name = sp_pdf_tag_name(element->tag);
    sp_buf_byte(&canvas->content, '/');
    sp_buf_bytes(&canvas->content, name, strlen(name));
    sp_buf_literal(&canvas->content, "<</MCID ");
    sp_buf_integer(&canvas->content, sp_pdf_structure_mark(structure));
    sp_buf_literal(&canvas->content, ">>BDC\n");
}

static void end_mark(struct sp_pdf_canvas *canvas)
{
    sp_buf_literal(&canvas->content, "EMC\n");
    canvas->piece_begun = false;
}

static void end_text(struct sp_pdf_canvas *canvas)
{
    sp_pdf_text_end(&canvas->text);
    canvas->in_text = false;
}

void sp_pdf_canvas_mark_end(struct sp_pdf_canvas *canvas)
{
    if (canvas->piece_begun) {
        /* A text object that was begun inside the piece ends inside it (14.6.1). */
        if (canvas->in_text && !canvas->piece_in_text)
            end_text(canvas);
        end_mark(canvas);
    }
    canvas->piece = NONE;
}

/* Everything but text stands outside of text objects. */
static void leave_text(struct sp_pdf_canvas *canvas)
{
    if (canvas->in_text) {
        if (canvas->piece_begun && canvas->piece_in_text)
            end_mark(canvas);
        end_text(canvas);
    }
    write_mark(canvas);
}

static void enter_text(struct sp_pdf_canvas *canvas)
{
    if (!canvas->in_text)
        sp_pdf_text_resume(&canvas->text);
    canvas->in_text = true;
    write_mark(canvas);
}

/* A part of a colour in thousandths, which tell all 256 values apart. */
static int64_t part(uint8_t value)
{
    return (value * (int64_t)1000 + 127) / 255;
}

static void put_color(struct sp_buf *content, struct sp_pdf_color color, bool stroke)
{
    sp_buf_milli(content, part(color.red));
    if (color.red != color.green || color.red != color.blue) {
        sp_buf_byte(content, ' ');
        sp_buf_milli(content, part(color.green));
        sp_buf_byte(content, ' ');
        sp_buf_milli(content, part(color.blue));
        sp_buf_bytes(content, stroke ? " RG\n" : " rg\n", 4);
    } else {
        sp_buf_bytes(content, stroke ? " G\n" : " g\n", 3);
    }
}

static void set_color(struct sp_pdf_canvas *canvas, struct sp_pdf_color color, bool stroke)
{
    const uint32_t number =
        (uint32_t)color.red << 16 | (uint32_t)color.green << 8 | (uint32_t)color.blue;
    uint32_t *in_effect = stroke ? &canvas->stroke : &canvas->fill;
    if (*in_effect == number)
        return;
    *in_effect = number;
    put_color(&canvas->content, color, stroke);
}

/* Numbers, each with a blank behind it. */
static void put_numbers(struct sp_buf *content, const int64_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sp_buf_milli(content, numbers[i]);
        sp_buf_byte(content, ' ');
    }
}

/* From down to up. */
static int64_t flip(const struct sp_pdf_canvas *canvas, int64_t y_mpt)
{
    return canvas->document->spec.height_mpt - y_mpt;
}

static void put_rectangle(struct sp_pdf_canvas *canvas, int64_t x_mpt, int64_t y_mpt,
                          int64_t width_mpt, int64_t height_mpt)
{
    const int64_t numbers[4] = {x_mpt, flip(canvas, y_mpt + height_mpt), width_mpt, height_mpt};
    put_numbers(&canvas->content, numbers, 4);
    sp_buf_literal(&canvas->content, "re\n");
}

void sp_pdf_canvas_fill(struct sp_pdf_canvas *canvas, struct sp_pdf_color color, int64_t x_mpt,
                        int64_t y_mpt, int64_t width_mpt, int64_t height_mpt)
{
    leave_text(canvas);
    set_color(canvas, color, false);
    put_rectangle(canvas, x_mpt, y_mpt, width_mpt, height_mpt);
    sp_buf_literal(&canvas->content, "f\n");
}

static void put_curve(struct sp_buf *content, int64_t x1, int64_t y1, int64_t x2, int64_t y2,
                      int64_t x3, int64_t y3)
{
    const int64_t numbers[6] = {x1, y1, x2, y2, x3, y3};
    put_numbers(content, numbers, 6);
    sp_buf_literal(content, "c\n");
}

static void put_point(struct sp_buf *content, int64_t x, int64_t y, char operator)
{
    const int64_t numbers[2] = {x, y};
    put_numbers(content, numbers, 2);
    sp_buf_byte(content, (unsigned char)operator);
    sp_buf_byte(content, '\n');
}

void sp_pdf_canvas_fill_round(struct sp_pdf_canvas *canvas, struct sp_pdf_color color,
                              int64_t x_mpt, int64_t y_mpt, int64_t width_mpt, int64_t height_mpt,
                              int64_t radius_mpt)
{
    struct sp_buf *content = &canvas->content;
    const int64_t r = SP_MIN(radius_mpt, SP_MIN(width_mpt, height_mpt) / 2);
    /* A quarter of a circle as a curve: the handles are 0.5523 of the radius long. */
    const int64_t k = r - r * 5523 / 10000;
    const int64_t left = x_mpt, right = x_mpt + width_mpt;
    const int64_t top = flip(canvas, y_mpt), bottom = flip(canvas, y_mpt + height_mpt);
    leave_text(canvas);
    set_color(canvas, color, false);
    put_point(content, left + r, top, 'm');
    put_point(content, right - r, top, 'l');
    put_curve(content, right - k, top, right, top - k, right, top - r);
    put_point(content, right, bottom + r, 'l');
    put_curve(content, right, bottom + k, right - k, bottom, right - r, bottom);
    put_point(content, left + r, bottom, 'l');
    put_curve(content, left + k, bottom, left, bottom + k, left, bottom + r);
    put_point(content, left, top - r, 'l');
    put_curve(content, left, top - k, left + k, top, left + r, top);
    sp_buf_literal(content, "f\n");
}

void sp_pdf_canvas_frame(struct sp_pdf_canvas *canvas, struct sp_pdf_color color, int64_t x_mpt,
                         int64_t y_mpt, int64_t width_mpt, int64_t height_mpt, int64_t line_mpt)
{
    leave_text(canvas);
    set_color(canvas, color, false);
    /* A rectangle with a hole: its corners are square whatever lines are drawn with. */
    put_rectangle(canvas, x_mpt, y_mpt, width_mpt, height_mpt);
    if (2 * line_mpt < SP_MIN(width_mpt, height_mpt))
        put_rectangle(canvas, x_mpt + line_mpt, y_mpt + line_mpt, width_mpt - 2 * line_mpt,
                      height_mpt - 2 * line_mpt);
    sp_buf_literal(&canvas->content, "f*\n");
}

void sp_pdf_canvas_line(struct sp_pdf_canvas *canvas, struct sp_pdf_color color,
                        const struct sp_pdf_point *points, size_t count, int64_t line_mpt)
{
    SP_ASSERT(count >= 2 && count <= 8 && line_mpt > 0);
    leave_text(canvas);
    set_color(canvas, color, true);
    if (canvas->line_mpt == 0)
        sp_buf_literal(&canvas->content, "1 J 1 j ");
    if (canvas->line_mpt != line_mpt) {
        put_numbers(&canvas->content, &line_mpt, 1);
        sp_buf_literal(&canvas->content, "w\n");
        canvas->line_mpt = line_mpt;
    }
    for (size_t i = 0; i < count; i++)
        put_point(&canvas->content, points[i].x_mpt, flip(canvas, points[i].y_mpt),
                  i == 0 ? 'm' : 'l');
    sp_buf_literal(&canvas->content, "S\n");
}

/* Whether a glyph needs no word on its text or its place after the one before it. */
static bool follows(const struct sp_pdf_canvas_glyph *glyph)
{
    const struct sp_pdf_canvas_glyph *before = glyph - 1;
    return glyph->own && glyph->font == before->font;
}

/* Glyphs whose text is known from the first of them, or from the font. */
static void show_glyphs(struct sp_pdf_document *document, struct sp_pdf_text *text, int64_t x_mpt,
                        int64_t y_mpt, int64_t size_mpt, const struct sp_pdf_canvas_glyph *glyphs,
                        size_t count)
{
    for (size_t i = 0; i < count;) {
        const struct sp_pdf_canvas_glyph *first = &glyphs[i];
        sp_pdf_report_font(document, first->font);
        sp_pdf_text_font(text, first->font);
        sp_pdf_text_line_begin(text, x_mpt + first->x_mpt, y_mpt + first->y_mpt, size_mpt);
        do
            sp_pdf_text_line_glyph(text, glyphs[i++].number);
        while (i < count && follows(&glyphs[i]));
        sp_pdf_text_line_end(text);
    }
}

static void show_text(struct sp_pdf_document *document, struct sp_pdf_text *text, int64_t x_mpt,
                      int64_t y_mpt, int64_t size_mpt, const struct sp_pdf_canvas_glyph *glyphs,
                      size_t count)
{
    for (size_t i = 0; i < count;) {
        const size_t start = i++;
        const struct sp_pdf_canvas_glyph *first = &glyphs[start];
        /* A cluster is as long as its glyphs have nothing more to say; plain text to its end. */
        while (i < count &&
               (first->text ? glyphs[i].text && glyphs[i].text_length == 0 : !glyphs[i].text))
            i++;
        if (first->text)
            sp_pdf_text_span_begin(text, first->text, first->text_length);
        show_glyphs(document, text, x_mpt, y_mpt, size_mpt, first, i - start);
        if (first->text)
            sp_pdf_text_span_end(text);
    }
}

void sp_pdf_canvas_text(struct sp_pdf_canvas *canvas, struct sp_pdf_color color, int64_t x_mpt,
                        int64_t y_mpt, int64_t size_mpt, const struct sp_pdf_canvas_glyph *glyphs,
                        size_t count)
{
    if (count == 0)
        return;
    enter_text(canvas);
    set_color(canvas, color, false);
    show_text(canvas->document, &canvas->text, x_mpt, flip(canvas, y_mpt), size_mpt, glyphs, count);
}

/* The index of an image on the page; one that stands there twice is named once. */
static uint32_t image_index(struct sp_pdf_canvas *canvas, uint32_t object)
{
    uint32_t index = 0;
    while (index < canvas->image_count && canvas->images[index] != object)
        index++;
    if (index == canvas->image_count) {
        SP_ASSERT(index < SP_PDF_CANVAS_IMAGES);
        canvas->images[canvas->image_count++] = object;
    }
    return index;
}

void sp_pdf_canvas_image(struct sp_pdf_canvas *canvas, uint32_t image_object, int64_t x_mpt,
                         int64_t y_mpt, int64_t width_mpt, int64_t height_mpt)
{
    const int64_t matrix[6] = {width_mpt,  0,     0,
                               height_mpt, x_mpt, flip(canvas, y_mpt + height_mpt)};
    leave_text(canvas);
    sp_buf_literal(&canvas->content, "q ");
    put_numbers(&canvas->content, matrix, 6);
    sp_buf_literal(&canvas->content, "cm /I");
    sp_buf_integer(&canvas->content, image_index(canvas, image_object));
    sp_buf_literal(&canvas->content, " Do Q\n");
}

void sp_pdf_canvas_total(struct sp_pdf_canvas *canvas, int64_t x_mpt, int64_t y_mpt, bool ends)
{
    const int64_t matrix[6] = {1000, 0, 0, 1000, x_mpt, flip(canvas, y_mpt)};
    (void)sp_pdf_report_total(canvas->document, ends);
    canvas->total[ends] = true;
    leave_text(canvas);
    sp_buf_literal(&canvas->content, "q ");
    put_numbers(&canvas->content, matrix, 6);
    sp_buf_bytes(&canvas->content, ends ? "cm /T1 Do Q\n" : "cm /T0 Do Q\n", 12);
}

static void put_reference(struct sp_buf *buf, const char *key, uint32_t object)
{
    sp_buf_bytes(buf, key, strlen(key));
    sp_buf_integer(buf, object);
    sp_buf_literal(buf, " 0 R");
}

void sp_pdf_canvas_link(struct sp_pdf_canvas *canvas, const char *address, int64_t x_mpt,
                        int64_t y_mpt, int64_t width_mpt, int64_t height_mpt)
{
    struct sp_pdf_object_stream *objects = &canvas->report->objects;
    struct sp_pdf_structure *structure = canvas->report->structure;
    const int64_t box[4] = {x_mpt, flip(canvas, y_mpt + height_mpt), x_mpt + width_mpt,
                            flip(canvas, y_mpt)};
    const size_t length = strlen(address);
    SP_ASSERT(canvas->link_count < SP_PDF_CANVAS_LINKS);
    const uint32_t object = sp_pdf_xref_reserve(&canvas->document->xref, 1);
    canvas->links[canvas->link_count++] = object;
    const uint32_t key = structure ? sp_pdf_structure_link(structure, object) : 0;
    struct sp_buf *buf = sp_pdf_object_stream_begin(objects, object, 4 * length + 256);
    sp_buf_literal(buf, "<</Type/Annot/Subtype/Link/F 4/Border[0 0 0]/Rect[");
    put_numbers(buf, box, 4);
    sp_buf_literal(buf, "]/A<</S/URI/URI");
    sp_pdf_string_literal(buf, address, length);
    /* Screen readers say the contents of an annotation (ISO 14289-1, 7.18.5). */
    sp_buf_literal(buf, ">>/Contents");
    sp_pdf_string_literal(buf, address, length);
    if (structure) {
        sp_buf_literal(buf, "/StructParent ");
        sp_buf_integer(buf, key);
    }
    sp_buf_literal(buf, ">>");
    sp_pdf_object_stream_end(objects);
}

static uint32_t write_content(struct sp_pdf_canvas *canvas)
{
    struct sp_out *out = canvas->document->out;
    const size_t packed =
        libdeflate_zlib_compress(canvas->compressor, canvas->content.bytes, canvas->content.used,
                                 canvas->packed.bytes, canvas->packed.capacity);
    const struct sp_buf *content = packed ? &canvas->packed : &canvas->content;
    const size_t length = packed ? packed : canvas->content.used;
    const uint32_t object = sp_pdf_xref_reserve(&canvas->document->xref, 1);
    sp_pdf_xref_set(&canvas->document->xref, object, out->position);
    sp_out_format(out, "%u 0 obj\n<</Length %zu%s>>stream\n", (unsigned)object, length,
                  packed ? "/Filter/FlateDecode" : "");
    sp_out_write(out, content->bytes, length);
    sp_out_text(out, "\nendstream\nendobj\n");
    return object;
}

static void put_resources(const struct sp_pdf_canvas *canvas, struct sp_buf *buf)
{
    put_reference(buf, "/Resources<</Font ", canvas->report->fonts);
    sp_buf_literal(buf, "/XObject<<");
    for (uint32_t i = 0; i < canvas->image_count; i++) {
        sp_buf_literal(buf, "/I");
        sp_buf_integer(buf, i);
        put_reference(buf, " ", canvas->images[i]);
    }
    for (int ends = 0; ends < 2; ends++)
        if (canvas->total[ends])
            put_reference(buf, ends ? "/T1 " : "/T0 ", canvas->report->total[ends]);
    sp_buf_literal(buf, ">>>>");
}

static void put_links(const struct sp_pdf_canvas *canvas, struct sp_buf *buf)
{
    if (canvas->link_count == 0)
        return;
    sp_buf_literal(buf, "/Annots[");
    for (uint32_t i = 0; i < canvas->link_count; i++)
        put_reference(buf, i > 0 ? " " : "", canvas->links[i]);
    sp_buf_byte(buf, ']');
}

uint32_t sp_pdf_canvas_end(struct sp_pdf_canvas *canvas)
{
    struct sp_pdf_document *document = canvas->document;
    struct sp_pdf_object_stream *objects = &canvas->report->objects;
    SP_ASSERT(canvas->piece == NONE);
    if (canvas->in_text)
        end_text(canvas);
    uint32_t key;
    const bool marked =
        canvas->report->structure && sp_pdf_structure_page_end(canvas->report->structure, &key);
    const uint32_t content = write_content(canvas);
    const uint32_t parent =
        sp_pdf_page_tree_add(&document->tree, &document->xref, document->out, canvas->page);
    const uint64_t bound = 256 + 32 * (uint64_t)canvas->image_count + 16 * canvas->link_count;
    struct sp_buf *buf = sp_pdf_object_stream_begin(objects, canvas->page, bound);
    put_reference(buf, "<</Type/Page/Parent ", parent);
    put_reference(buf, "/Contents ", content);
    put_resources(canvas, buf);
    put_links(canvas, buf);
    if (canvas->report->structure)
        sp_buf_literal(buf, "/Tabs/S");
    if (marked) {
        sp_buf_literal(buf, "/StructParents ");
        sp_buf_integer(buf, key);
    }
    sp_buf_literal(buf, ">>");
    sp_pdf_object_stream_end(objects);
    document->page_count++;
    return canvas->page;
}

/* One of the two forms: its text ends at the origin or begins there. */
static void write_total(struct sp_pdf_document *document, uint32_t object,
                        const struct sp_buf *content, int64_t left_mpt, int64_t width_mpt,
                        int64_t size_mpt)
{
    struct sp_buf box = {.bytes = (unsigned char[4 * SP_BUF_NUMBER_MAX + 4]){0},
                         .capacity = 4 * SP_BUF_NUMBER_MAX + 4};
    /* Twice the size is more than any glyph takes on any side of its place. */
    const int64_t corners[4] = {left_mpt - 2 * size_mpt, -2 * size_mpt,
                                left_mpt + width_mpt + 2 * size_mpt, 2 * size_mpt};
    put_numbers(&box, corners, 4);
    sp_pdf_xref_set(&document->xref, object, document->out->position);
    sp_out_format(document->out,
                  "%u 0 obj\n<</Type/XObject/Subtype/Form/BBox[%.*s]/Resources<</Font %u 0 R>>"
                  "/Length %zu>>stream\n",
                  (unsigned)object, (int)box.used, (const char *)box.bytes,
                  (unsigned)document->report->fonts, content->used);
    sp_out_write(document->out, content->bytes, content->used);
    sp_out_text(document->out, "\nendstream\nendobj\n");
}

void sp_pdf_document_total_write(struct sp_pdf_document *document,
                                 const struct sp_pdf_canvas_glyph *glyphs, size_t count,
                                 int64_t width_mpt, int64_t size_mpt, struct sp_pdf_color color)
{
    struct sp_pdf_report *report = document->report;
    for (int ends = 0; ends < 2; ends++) {
        if (report->total[ends] == 0)
            continue;
        struct sp_buf content = {.bytes = report->buffer, .capacity = SP_PDF_REPORT_BUFFER};
        struct sp_pdf_text text = {.content = &content};
        const int64_t left = ends ? -width_mpt : 0;
        put_color(&content, color, false);
        sp_pdf_text_begin(&text, &content);
        show_text(document, &text, left, 0, size_mpt, glyphs, count);
        sp_pdf_text_end(&text);
        write_total(document, report->total[ends], &content, left, width_mpt, size_mpt);
    }
}
