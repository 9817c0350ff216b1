/*
 * One page of a sheet: records in, page content out.
 *
 * A slot is a page in hand: the reader fills in its records, a worker composes it, the writer
 * writes it, and it is used again. A worker is what a thread composes with. Slots and workers are
 * all the memory a job has, however many pages it makes.
 */
#ifndef SP_PRESS_SHEET_PAGE_H
#define SP_PRESS_SHEET_PAGE_H

#include "base/buf.h"
#include "pdf/pdf_code.h"
#include "pdf/pdf_page.h"
#include "pdf/pdf_text.h"
#include "press/sheet_shape.h"
#include "text/font.h"

/* A record on a page; its id stands in the slot's `ids`. */
struct sp_sheet_cell {
    size_t id_offset, id_length;
    uint64_t number, line;
};

struct sp_sheet_slot {
    uint64_t page_number; /* from 1 */
    uint32_t cell_count;
    struct sp_sheet_cell *cells;
    struct sp_buf ids;
    struct sp_pdf_page page;
    struct sp_buf manifest;
    struct sp_err err; /* of the composing */
};

/* What composing notices, summed or compared over all pages at the end. */
struct sp_sheet_notes {
    int version_min, version_max;
    uint64_t version_max_record;
    int64_t text_mpt_min; /* 0 for none */
    uint64_t text_min_record;
    uint64_t text_cut;
    uint64_t missing_characters;
};

struct sp_sheet_worker {
    const struct sp_sheet_shape *shape;
    const struct sp_font *font;
    struct sp_qr_encoder *encoder;
    struct sp_qr_symbol *symbol;
    struct sp_pdf_pen pen;
    struct sp_shaper shaper;
    struct sp_pdf_glyph *placed;              /* of one line */
    uint16_t *numbers;                        /* of one line */
    struct libdeflate_compressor *compressor; /* null unless pages are deflated */
    char *payload, *caption;
    struct sp_sheet_notes notes;
};

size_t sp_sheet_slot_need(const struct sp_sheet_shape *shape, bool manifest);
void sp_sheet_slot_init(struct sp_sheet_slot *slot, struct sp_arena *arena,
                        const struct sp_sheet_shape *shape, bool manifest);

size_t sp_sheet_worker_need(const struct sp_sheet_shape *shape);
SP_MUST_CHECK enum sp_status sp_sheet_worker_init(struct sp_sheet_worker *worker,
                                                  struct sp_arena *arena,
                                                  const struct sp_sheet_shape *shape,
                                                  const struct sp_font *font, struct sp_err *err);
void sp_sheet_worker_finish(struct sp_sheet_worker *worker);

/* Composes a slot whose records are filled in. SP_NO_ROOM if a library was refused memory. */
SP_MUST_CHECK enum sp_status sp_sheet_page_compose(struct sp_sheet_worker *worker,
                                                   struct sp_sheet_slot *slot);

/* Adds what one worker noticed to what others did. */
void sp_sheet_notes_add(struct sp_sheet_notes *notes, const struct sp_sheet_notes *more);

#endif
