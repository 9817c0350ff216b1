#include "pdf/pdf_document.h"

#include "base/check.h"
#include "base/num.h"
#include "base/utf8.h"

#include "pdf/pdf_report.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* Reserved at the start, in this order; the font's objects follow. */
enum {
    CATALOG,
    INFORMATION,
    FONT,
    RESERVED = FONT + SP_PDF_FONT_OBJECTS
};

/* Objects of a page besides its images: its content and itself. */
#define PAGE_OBJECTS 2

size_t sp_pdf_document_need(void)
{
    return sp_pdf_xref_need();
}

size_t sp_pdf_document_report_need(void)
{
    return sp_pdf_xref_need() + sp_pdf_report_need();
}

uint64_t sp_pdf_document_objects(uint64_t pages, uint32_t page_images)
{
    const uint64_t of_pages = sp_u64_mul(pages, PAGE_OBJECTS + (uint64_t)page_images);
    /* The cross-reference stream is an object too. */
    return sp_u64_add(of_pages, sp_pdf_page_tree_nodes(pages) + RESERVED + 1);
}

uint64_t sp_pdf_document_scratch(uint64_t pages, uint32_t page_images)
{
    /* Object 0 has an entry as well. */
    return sp_pdf_xref_scratch(sp_u64_add(sp_pdf_document_objects(pages, page_images), 1));
}

uint64_t sp_pdf_document_page_scratch(uint32_t page_images)
{
    return (PAGE_OBJECTS + (uint64_t)page_images) * sizeof(uint64_t);
}

static uint32_t object_of(const struct sp_pdf_document *document, uint32_t which)
{
    return document->first_object + which;
}

static void begin(struct sp_pdf_document *document, uint32_t object)
{
    sp_pdf_xref_set(&document->xref, object, document->out->position);
    sp_out_format(document->out, "%" PRIu32 " 0 obj\n", object);
}

void sp_pdf_document_init(struct sp_pdf_document *document, struct sp_arena *arena,
                          struct sp_out *out, const struct sp_scratch *scratch,
                          const struct sp_pdf_document_spec *spec)
{
    *document = (struct sp_pdf_document){.out = out, .spec = *spec};
    sp_pdf_xref_init(&document->xref, arena, scratch);
    /* A report has many fonts, which are numbered as they are met. */
    document->first_object = sp_pdf_xref_reserve(&document->xref, spec->report ? FONT : RESERVED);
    if (spec->report)
        sp_pdf_report_init(document, arena);
    /* Four bytes over 127 tell transfer programs that the file is binary (7.5.2). */
    sp_out_text(out, "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n");
}

static uint32_t write_image(struct sp_pdf_document *document, const struct sp_pdf_page *page,
                            const struct sp_pdf_image *image)
{
    const uint32_t object = sp_pdf_xref_reserve(&document->xref, 1);
    begin(document, object);
    sp_out_format(document->out,
                  "<</Type/XObject/Subtype/Image/Width %" PRIu32 "/Height %" PRIu32
                  "/ImageMask true/BitsPerComponent 1%s/Length %zu>>stream\n",
                  image->side_px, image->side_px, image->flate ? "/Filter/FlateDecode" : "",
                  image->length);
    sp_out_write(document->out, page->images.bytes + image->offset, image->length);
    sp_out_text(document->out, "\nendstream\nendobj\n");
    return object;
}

static uint32_t write_content(struct sp_pdf_document *document, const struct sp_pdf_page *page)
{
    const bool packed = page->packed.used > 0;
    const struct sp_buf *content = packed ? &page->packed : &page->content;
    const uint32_t object = sp_pdf_xref_reserve(&document->xref, 1);
    begin(document, object);
    sp_out_format(document->out, "<</Length %zu%s>>stream\n", content->used,
                  packed ? "/Filter/FlateDecode" : "");
    sp_out_write(document->out, content->bytes, content->used);
    sp_out_text(document->out, "\nendstream\nendobj\n");
    return object;
}

void sp_pdf_document_add(struct sp_pdf_document *document, const struct sp_pdf_page *page)
{
    /* The images of a page are written one after another, so their numbers run on from the first.
     */
    uint32_t first_image = 0;
    for (uint32_t i = 0; i < page->image_count; i++) {
        const uint32_t object = write_image(document, page, &page->image[i]);
        if (i == 0)
            first_image = object;
    }
    const uint32_t content = write_content(document, page);
    const uint32_t object = sp_pdf_xref_reserve(&document->xref, 1);
    const uint32_t parent =
        sp_pdf_page_tree_add(&document->tree, &document->xref, document->out, object);
    begin(document, object);
    sp_out_format(document->out, "<</Type/Page/Parent %" PRIu32 " 0 R/Contents %" PRIu32 " 0 R",
                  parent, content);
    if (page->image_count > 0) {
        /* Own resources replace the inherited ones, so the font is named again. */
        sp_out_format(document->out, "/Resources<</Font<</F %" PRIu32 " 0 R>>/XObject<<",
                      object_of(document, FONT));
        for (uint32_t i = 0; i < page->image_count; i++)
            sp_out_format(document->out, "/I%" PRIu32 " %" PRIu32 " 0 R", i, first_image + i);
        sp_out_text(document->out, ">>>>");
    }
    sp_out_text(document->out, ">>\nendobj\n");
    document->page_count++;
}

/* A text string: UTF-16BE with its mark, in hexadecimal (7.9.2.2). */
static void write_text_string(struct sp_out *out, const char *utf8)
{
    const size_t length = strlen(utf8);
    sp_out_text(out, "<FEFF");
    for (size_t at = 0; at < length;) {
        const uint32_t code = sp_utf8_next(utf8, length, &at);
        if (code >= 0x10000)
            sp_out_format(out, "%04" PRIX32 "%04" PRIX32, 0xD800 | (code - 0x10000) >> 10,
                          0xDC00 | (code & 0x3FF));
        else
            sp_out_format(out, "%04" PRIX32, code);
    }
    sp_out_text(out, ">");
}

static void write_catalog(struct sp_pdf_document *document, uint32_t root)
{
    begin(document, object_of(document, CATALOG));
    sp_out_format(document->out, "<</Type/Catalog/Pages %" PRIu32 " 0 R", root);
    /* "Fit to page" would move every label off its place: 12.2, table 150. */
    if (document->report)
        sp_pdf_report_catalog(document);
    else
        sp_out_text(document->out, "/ViewerPreferences<</PrintScaling/None>>");
    sp_out_text(document->out, ">>\nendobj\n");
}

static void write_entry(struct sp_pdf_document *document, const char *key, const char *text)
{
    if (!text)
        return;
    sp_out_text(document->out, key);
    write_text_string(document->out, text);
}

static void write_information(struct sp_pdf_document *document)
{
    begin(document, object_of(document, INFORMATION));
    sp_out_text(document->out, "<</Producer(smallpress " SP_VERSION ")");
    write_entry(document, "/Title", document->spec.title);
    if (document->report) {
        write_entry(document, "/Author", document->spec.author);
        write_entry(document, "/Subject", document->spec.subject);
    }
    if (document->spec.date)
        sp_out_format(document->out, "/CreationDate(%s)/ModDate(%s)", document->spec.date,
                      document->spec.date);
    sp_out_text(document->out, ">>\nendobj\n");
}

static uint32_t write_root(struct sp_pdf_document *document)
{
    struct sp_buf box = {.bytes = (unsigned char[2 * SP_BUF_NUMBER_MAX + 1]){0},
                         .capacity = 2 * SP_BUF_NUMBER_MAX + 1};
    sp_buf_milli(&box, document->spec.width_mpt);
    sp_buf_byte(&box, ' ');
    sp_buf_milli(&box, document->spec.height_mpt);
    char inherited[160], font[64] = "";
    if (!document->report)
        snprintf(font, sizeof font, "/Resources<</Font<</F %" PRIu32 " 0 R>>>>",
                 object_of(document, FONT));
    snprintf(inherited, sizeof inherited, "/MediaBox[0 0 %.*s]%s", (int)box.used,
             (const char *)box.bytes, font);
    return sp_pdf_page_tree_finish(&document->tree, &document->xref, document->out, inherited);
}

/* The file identifier: of the spec, and of all bytes so far (14.4). */
static void make_id(const struct sp_pdf_document *document, char hex[33])
{
    unsigned char mixed[16 + 4 + 8];
    memcpy(mixed, document->spec.id, 16);
    for (int i = 0; i < 4; i++)
        mixed[16 + i] = (unsigned char)(document->out->crc32 >> (8 * i));
    for (int i = 0; i < 8; i++)
        mixed[20 + i] = (unsigned char)(document->out->position >> (8 * i));
    unsigned char digest[16];
    (void)crypto_generichash(digest, sizeof digest, mixed, sizeof mixed, NULL, 0);
    (void)sodium_bin2hex(hex, 33, digest, sizeof digest);
}

enum sp_status sp_pdf_document_finish(struct sp_pdf_document *document,
                                      const struct sp_pdf_font *font, struct sp_pdf_font_work *work,
                                      struct sp_err *err)
{
    SP_ASSERT(document->page_count > 0);
    SP_ASSERT(!font == !!document->report);
    if (document->report)
        sp_pdf_report_finish(document);
    const uint32_t root = write_root(document);
    if (font)
        sp_pdf_font_write(font, work, &document->xref, document->out, object_of(document, FONT));
    write_catalog(document, root);
    write_information(document);
    char id[33], trailer[160];
    make_id(document, id);
    snprintf(trailer, sizeof trailer, "/Root %" PRIu32 " 0 R/Info %" PRIu32 " 0 R/ID[<%s><%s>]",
             object_of(document, CATALOG), object_of(document, INFORMATION), id, id);
    struct sp_err first;
    const enum sp_status table = sp_pdf_xref_write(&document->xref, document->out, trailer, &first);
    const enum sp_status flushed = sp_out_flush(document->out, err);
    sp_pdf_document_close(document);
    if (flushed != SP_OK || table == SP_OK)
        return flushed;
    if (err)
        *err = first;
    return table;
}
