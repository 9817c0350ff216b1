/*
 * Photos and graphics as image objects, streamed from a file as they are (ISO 32000-1, 8.9).
 *
 * A JPEG is a PDF image by itself (DCTDecode, 7.4.8). The pixel data of a PNG without interlacing
 * or transparency, eight bits a channel, is one too (FlateDecode with PNG predictors, 7.4.4.4): its
 * IDAT chunks are strung together. Nothing is decoded, and memory is one buffer.
 */
#ifndef SP_PDF_IMAGE_H
#define SP_PDF_IMAGE_H

#include <smallpress/status.h>

#include "pdf/pdf_document.h"

#include <stdint.h>

enum sp_pdf_image_kind {
    SP_PDF_IMAGE_JPEG,
    SP_PDF_IMAGE_PNG
};

struct sp_pdf_image_source {
    int fd; /* read with pread from `offset` on */
    uint64_t offset, length;
    enum sp_pdf_image_kind kind;
    uint32_t width_px, height_px;
    unsigned channels; /* 1 or 3 */
};

/*
 * Writes the image and gives its object number. The file comes from a process that a hostile photo
 * may have taken over, so its headers are held against what the source says: SP_BAD_DATA if they
 * differ or the chunks do not add up, before anything is written. If the file changes or cannot be
 * read after that (SP_BAD_DATA, SP_IO), the image is ended with zeros and the document stays whole.
 */
SP_MUST_CHECK enum sp_status sp_pdf_image_write(struct sp_pdf_document *document,
                                                const struct sp_pdf_image_source *source,
                                                uint32_t *object, struct sp_err *err);

#endif
