/*
 * A sheet spec, checked and worked out: templates parsed, cells measured, every bound known.
 *
 * Pure arithmetic: this is what the plan is made of, and what the job is made from.
 */
#ifndef SP_PRESS_SHEET_SHAPE_H
#define SP_PRESS_SHEET_SHAPE_H

#include <smallpress/sheet.h>

#include "layout/label_box.h"
#include "layout/page_grid.h"
#include "pdf/pdf_page.h"
#include "record/record_random.h"
#include "record/record_template.h"

struct sp_sheet_shape {
    const struct sp_sheet_spec *spec;
    unsigned char seed[SP_SEED_BYTES];
    struct sp_template id; /* of generated ids */
    struct sp_template code;
    struct sp_template text; /* empty for none */
    struct sp_page_grid grid;
    struct sp_label_box box;
    uint32_t cells; /* on a page */

    /* Bounds of one record. */
    size_t id_bytes_max, payload_bytes_max, caption_bytes_max;
    int version_max;         /* that a payload can need */
    struct sp_qr_options qr; /* the spec's, with that version as the highest */
    size_t fits_bytes;       /* a payload no longer than this fits whatever it holds */
    bool ascii;              /* nothing but ASCII can be printed */
    size_t manifest_bytes;   /* of one row at most; 0 without a manifest */
    struct sp_pdf_page_limits page;

    char date[24];            /* as PDF has it, or empty */
    unsigned char digest[16]; /* of the spec, for the file identifier */
};

/* Borrows the spec and its texts. */
SP_MUST_CHECK enum sp_status sp_sheet_shape_make(struct sp_sheet_shape *shape,
                                                 const struct sp_sheet_spec *spec,
                                                 struct sp_err *err);

/* Pages of so many records. */
uint64_t sp_sheet_shape_pages(const struct sp_sheet_shape *shape, uint64_t records);

/* The number of records when the spec tells it, else 0. */
uint64_t sp_sheet_shape_records(const struct sp_sheet_shape *shape);

#endif
