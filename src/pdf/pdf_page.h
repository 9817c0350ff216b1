/*
 * One page while it is being composed: its content, and the images too large to stand in it.
 *
 * Pages are composed side by side by several threads and numbered only when they are written, so
 * nothing in a page knows an object number.
 */
#ifndef SP_PDF_PAGE_H
#define SP_PDF_PAGE_H

#include <smallpress/arena.h>

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* Inline image data longer than this goes to an object of its own (ISO 32000-2, 8.9.7). */
#define SP_PDF_INLINE_MAX 4096

/* A 1-bit image mask kept beside the content: /I<index> there. */
struct sp_pdf_image {
    size_t offset, length; /* of its data in `images` */
    uint32_t side_px;
    bool flate; /* the data is deflated */
};

struct sp_pdf_page_limits {
    size_t content_bytes; /* the longest content, before compression */
    size_t image_bytes;   /* all image data of a page */
    uint32_t image_count;
    bool deflate; /* compress the content */
};

struct sp_pdf_page {
    struct sp_buf content;
    struct sp_buf images;
    struct sp_buf packed; /* the content deflated, if that was asked for and made it smaller */
    struct sp_pdf_image *image;
    uint32_t image_count, image_max;
};

size_t sp_pdf_page_need(const struct sp_pdf_page_limits *limits);
void sp_pdf_page_init(struct sp_pdf_page *page, struct sp_arena *arena,
                      const struct sp_pdf_page_limits *limits);

/* Empties a page for its next use. */
void sp_pdf_page_clear(struct sp_pdf_page *page);

struct libdeflate_compressor;

/*
 * Deflates the content of a page whose limits allow it. Content that would not shrink to half stays
 * as it is, which is rare and right.
 */
void sp_pdf_page_pack(struct sp_pdf_page *page, struct libdeflate_compressor *compressor);

#endif
