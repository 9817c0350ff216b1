/*
 * What the document of a report has beyond pages: structure, outline, many fonts, small objects in
 * streams. Pages of sheets have none of it (pdf_document.h).
 */
#ifndef SP_PDF_REPORT_H
#define SP_PDF_REPORT_H

#include "pdf/pdf_document.h"
#include "pdf/pdf_object_stream.h"
#include "pdf/pdf_outline.h"
#include "pdf/pdf_packer.h"
#include "pdf/pdf_structure_page.h"

#include <stdbool.h>
#include <stdint.h>

/* Fonts of a document: /F0 to /F15 on its pages. */
#define SP_PDF_FONTS_MAX 16

/* Bytes of a file in hand: of an image on its way in, of a packed stream on its way out. */
#define SP_PDF_REPORT_BUFFER (64 * 1024)

/* An entry of the outline that waits for its neighbour. */
struct sp_pdf_bookmark {
    uint32_t object; /* 0 for none */
    uint32_t previous, page;
    uint32_t first_kid, last_kid, kid_count;
    int64_t y_mpt; /* up from the lower edge of the page */
    size_t title_length;
    char title[SP_PDF_OUTLINE_TITLE_MAX];
};

struct sp_pdf_outline {
    uint32_t root; /* 0 while there are no entries */
    uint32_t first, last, count;
    struct sp_pdf_bookmark open[2]; /* the last of each level */
};

struct sp_pdf_report {
    /* Kids of open elements, and streams on their way; fonts are packed while elements are open. */
    struct sp_scratch kids, packed;
    unsigned char *buffer;
    struct sp_pdf_packer packer;
    struct sp_pdf_object_stream objects;
    struct sp_pdf_structure *structure; /* null without tags */
    struct sp_pdf_outline outline;
    uint32_t fonts; /* the shared dictionary of them */
    struct {
        uint32_t object; /* the first of its objects; 0 until it is used */
        bool written;
    } font[SP_PDF_FONTS_MAX];
    uint32_t total[2]; /* the number of pages, beginning and ending at its origin; 0 if not used */
};

size_t sp_pdf_report_need(void);
void sp_pdf_report_init(struct sp_pdf_document *document, struct sp_arena *arena);

/* Makes sure that a font has its objects. */
void sp_pdf_report_font(struct sp_pdf_document *document, unsigned font);

/* The object of the form that shows the number of pages. */
uint32_t sp_pdf_report_total(struct sp_pdf_document *document, bool ends);

/* Writes what is left of the outline; its root's object number, or 0. */
uint32_t sp_pdf_outline_finish(struct sp_pdf_document *document);

/* Writes everything but the page tree, the catalog and the information. */
void sp_pdf_report_finish(struct sp_pdf_document *document);

/* Writes the entries of the catalog that reports have. */
void sp_pdf_report_catalog(const struct sp_pdf_document *document);

#endif
