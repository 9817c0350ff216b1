/*
 * The PDF file: forward only, one pass, no seeking back (ISO 32000-1; version 1.7).
 *
 *     %PDF-1.7
 *     page content, images, page …      as pages come, in their order
 *     page-tree nodes                   as they fill (pdf_page_tree.h)
 *     font, catalog, information        at the end
 *     cross-reference stream            offsets read back from scratch (pdf_xref.h)
 *
 * Whatever number of pages there is, memory holds one block of offsets and the open tree nodes. The
 * sink only ever moves forward, so it may be a pipe. The same calls give the same bytes: dates and
 * identifiers come from the caller, never from a clock.
 */
#ifndef SP_PDF_DOCUMENT_H
#define SP_PDF_DOCUMENT_H

#include <smallpress/arena.h>
#include <smallpress/status.h>
#include <smallpress/stream.h>

#include "pdf/pdf_font.h"
#include "pdf/pdf_page.h"
#include "pdf/pdf_page_tree.h"
#include "pdf/pdf_xref.h"

#include <stdbool.h>
#include <stdint.h>

struct sp_pdf_document_spec {
    int64_t width_mpt, height_mpt; /* of every page, in thousandths of a point */
    const char *title;             /* UTF-8, or null */
    const char *date;              /* "D:20261121120000Z" (ISO 32000-1, 7.9.4), or null */
    unsigned char id[16];          /* from the spec of the job; the data is mixed in at the end */
    bool report;                   /* with canvases, outline, many fonts (pdf_canvas.h) */
    /* Of reports alone, each of them UTF-8 or null. */
    const char *language; /* BCP 47: "de-CH" */
    const char *author, *subject;
    bool tagged; /* with a structure for screen readers (pdf_structure.h) */
    bool rtl;    /* of a report: pages and text run from right to left */
};

struct sp_pdf_report;
struct sp_pdf_structure;

struct sp_pdf_document {
    struct sp_out *out;
    struct sp_pdf_document_spec spec; /* texts are borrowed */
    struct sp_pdf_xref xref;
    struct sp_pdf_page_tree tree;
    uint32_t first_object; /* of those reserved: catalog, information, font */
    uint64_t page_count;
    struct sp_pdf_report *report; /* null for sheets */
};

/* Bytes of memory: of a document of sheets, and of one whose spec says report. */
size_t sp_pdf_document_need(void);
size_t sp_pdf_document_report_need(void);

/* Objects of so many pages with up to so many images on each, and bytes of scratch for them. */
uint64_t sp_pdf_document_objects(uint64_t pages, uint32_t page_images);
uint64_t sp_pdf_document_scratch(uint64_t pages, uint32_t page_images);

/* Of them for one page more. */
uint64_t sp_pdf_document_page_scratch(uint32_t page_images);

/*
 * Writes the head of the file. `out` and `scratch` are borrowed to the end, and the document may
 * not be moved. A report opens two scratch files of its own in the same folder; if that fails,
 * finish says so.
 */
void sp_pdf_document_init(struct sp_pdf_document *document, struct sp_arena *arena,
                          struct sp_out *out, const struct sp_scratch *scratch,
                          const struct sp_pdf_document_spec *spec);

/* Writes a page that was composed (and packed, if it was). */
void sp_pdf_document_add(struct sp_pdf_document *document, const struct sp_pdf_page *page);

/* The structure of a report, with Document open; null if it is not tagged. */
struct sp_pdf_structure *sp_pdf_document_structure(struct sp_pdf_document *document);

/*
 * Writes a font of a report, once all its text is drawn: every font that a canvas used, each once,
 * in any order. Nothing of `work` is used, it may be null: fonts of any size are packed through
 * scratch.
 */
void sp_pdf_document_font_write(struct sp_pdf_document *document, unsigned font,
                                const struct sp_pdf_font *facts, struct sp_pdf_font_work *work);

/* Bytes of scratch that a report has taken so far, at its end in all. */
uint64_t sp_pdf_document_report_scratch_used(const struct sp_pdf_document *document);

/*
 * Writes the font and the end of the file and flushes the sink. At least one page must have been
 * added. A report has written its fonts already, and `font` and `work` are null. Returns the first
 * error of the sink or the scratch files.
 */
SP_MUST_CHECK enum sp_status sp_pdf_document_finish(struct sp_pdf_document *document,
                                                    const struct sp_pdf_font *font,
                                                    struct sp_pdf_font_work *work,
                                                    struct sp_err *err);

/* Closes the scratch file of a report that is given up; finish has done it for others. */
void sp_pdf_document_close(struct sp_pdf_document *document);

#endif
