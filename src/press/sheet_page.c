#include "press/sheet_page.h"

#include <smallpress/limit.h>

#include "base/check.h"
#include "base/num.h"
#include "base/utf8.h"

#include <libdeflate.h>
#include <string.h>

#define ELLIPSIS "\xE2\x80\xA6"

size_t sp_sheet_slot_need(const struct sp_sheet_shape *shape, bool manifest)
{
    size_t need = sp_arena_cost(shape->cells * sizeof(struct sp_sheet_cell));
    need = sp_size_add(need, sp_arena_cost(sp_size_mul(shape->cells, shape->id_bytes_max)));
    need = sp_size_add(need, sp_pdf_page_need(&shape->page));
    if (manifest)
        need = sp_size_add(need, sp_arena_cost(sp_size_mul(shape->cells, shape->manifest_bytes)));
    return need;
}

static struct sp_buf take_buf(struct sp_arena *arena, size_t bytes)
{
    return (struct sp_buf){.bytes = sp_arena_take(arena, bytes, 1), .capacity = bytes};
}

void sp_sheet_slot_init(struct sp_sheet_slot *slot, struct sp_arena *arena,
                        const struct sp_sheet_shape *shape, bool manifest)
{
    memset(slot, 0, sizeof *slot);
    slot->cells = sp_arena_take(arena, shape->cells, sizeof(struct sp_sheet_cell));
    slot->ids = take_buf(arena, shape->cells * shape->id_bytes_max);
    sp_pdf_page_init(&slot->page, arena, &shape->page);
    if (manifest)
        slot->manifest = take_buf(arena, shape->cells * shape->manifest_bytes);
}

size_t sp_sheet_worker_need(const struct sp_sheet_shape *shape)
{
    size_t need = sp_arena_cost(sp_qr_encoder_need(shape->version_max));
    need += sp_arena_cost(sizeof(struct sp_qr_symbol));
    need += sp_pdf_pen_need(shape->spec->draw, SP_QR_SIZE((uint32_t)shape->version_max));
    need += sp_shaper_need();
    need += sp_arena_cost(SP_CAPTION_GLYPHS_MAX * sizeof(struct sp_pdf_glyph));
    need += sp_arena_cost(SP_CAPTION_GLYPHS_MAX * sizeof(uint16_t));
    need = sp_size_add(need, sp_arena_cost(shape->payload_bytes_max));
    return sp_size_add(need, sp_arena_cost(shape->caption_bytes_max + sizeof ELLIPSIS));
}

enum sp_status sp_sheet_worker_init(struct sp_sheet_worker *worker, struct sp_arena *arena,
                                    const struct sp_sheet_shape *shape, const struct sp_font *font,
                                    struct sp_err *err)
{
    memset(worker, 0, sizeof *worker);
    worker->shape = shape;
    worker->font = font;
    void *encoder = sp_arena_take(arena, sp_qr_encoder_need(shape->version_max), 1);
    worker->encoder = sp_qr_encoder_init(encoder, shape->version_max);
    worker->symbol = sp_arena_take(arena, 1, sizeof *worker->symbol);
    sp_pdf_pen_init(&worker->pen, arena, shape->spec->draw,
                    SP_QR_SIZE((uint32_t)shape->version_max));
    worker->placed = sp_arena_take(arena, SP_CAPTION_GLYPHS_MAX, sizeof *worker->placed);
    worker->numbers = sp_arena_take(arena, SP_CAPTION_GLYPHS_MAX, sizeof *worker->numbers);
    worker->payload = sp_arena_take(arena, shape->payload_bytes_max, 1);
    worker->caption = sp_arena_take(arena, shape->caption_bytes_max + sizeof ELLIPSIS, 1);
    worker->notes.version_min = SP_QR_VERSION_MAX + 1;
    if (shape->page.deflate) {
        worker->compressor = libdeflate_alloc_compressor(1);
        if (!worker->compressor)
            return sp_fail(err, SP_NO_ROOM, "the system would not give the compressor its memory");
    }
    return sp_shaper_init(&worker->shaper, arena, font, err);
}

void sp_sheet_worker_finish(struct sp_sheet_worker *worker)
{
    if (worker->shaper.buffer)
        sp_shaper_finish(&worker->shaper);
    libdeflate_free_compressor(worker->compressor);
    worker->compressor = NULL;
}

static struct sp_record record_of(const struct sp_sheet_slot *slot, uint32_t index)
{
    const struct sp_sheet_cell *cell = &slot->cells[index];
    return (struct sp_record){
        .id = (const char *)slot->ids.bytes + cell->id_offset,
        .id_length = cell->id_length,
        .number = cell->number,
        .line = cell->line,
    };
}

static size_t render_payload(const struct sp_sheet_worker *worker, const struct sp_record *record)
{
    return sp_template_render(&worker->shape->code, record, worker->payload,
                              worker->shape->payload_bytes_max);
}

static void note_version(struct sp_sheet_notes *notes, int version, uint64_t record)
{
    notes->version_min = SP_MIN(notes->version_min, version);
    if (version > notes->version_max ||
        (version == notes->version_max && record < notes->version_max_record)) {
        notes->version_max = version;
        notes->version_max_record = record;
    }
}

/* Draws the code of a cell into its box, inside its quiet zone. */
static void draw_code(struct sp_sheet_worker *worker, struct sp_sheet_slot *slot, uint32_t index)
{
    const struct sp_sheet_shape *shape = worker->shape;
    const struct sp_record record = record_of(slot, index);
    const size_t length = render_payload(worker, &record);
    struct sp_err err;
    /* The reader let through only what fits. */
    const enum sp_status status =
        sp_qr_encode(worker->encoder, worker->payload, length, &shape->qr, worker->symbol, &err);
    SP_ASSERT(status == SP_OK);
    note_version(&worker->notes, worker->symbol->version, record.number);

    const struct sp_rect cell = sp_page_grid_cell(&shape->grid, index);
    const int64_t size = worker->symbol->modules.size;
    const int64_t box_mpt = sp_mpt_of_um(shape->box.code_um);
    const int64_t side_mpt = box_mpt * size / (size + 2 * (int64_t)shape->spec->quiet_zone);
    const int64_t left_mpt = sp_mpt_of_um(cell.x_um + shape->box.code_x_um);
    const int64_t top_mpt = sp_mpt_of_um(shape->grid.height_um - cell.y_um - shape->box.code_y_um);
    const int64_t quiet_mpt = (box_mpt - side_mpt) / 2;
    sp_pdf_code_draw(&worker->pen, &slot->page, &worker->symbol->modules, left_mpt + quiet_mpt,
                     top_mpt - quiet_mpt - side_mpt, side_mpt);
}

/* Cuts a text to at most `bytes` at a whole character and says so with an ellipsis. */
static size_t cut_text(char *text, size_t bytes)
{
    const size_t most = bytes > sizeof ELLIPSIS - 1 ? bytes - (sizeof ELLIPSIS - 1) : 0;
    const size_t length = sp_utf8_cut(text, bytes, most);
    memcpy(text + length, ELLIPSIS, sizeof ELLIPSIS - 1);
    return length + sizeof ELLIPSIS - 1;
}

/* The size at which so many font units take the room, if that is less than `size_mpt`. */
static int64_t shrink_to(int64_t size_mpt, int64_t units, int64_t room_um, int64_t units_per_em)
{
    const int64_t room_mpt = sp_mpt_of_um(room_um);
    return units * size_mpt <= room_mpt * units_per_em ? size_mpt : room_mpt * units_per_em / units;
}

/* The size at which a line stays within its cell, or the size asked for if that is smaller. */
static int64_t fitting_mpt(const struct sp_sheet_worker *worker, const struct sp_line *line)
{
    const struct sp_label_box *box = &worker->shape->box;
    const int64_t em = worker->font->units_per_em;
    int64_t size_mpt = worker->shape->spec->text_mpt;
    size_mpt = shrink_to(size_mpt, line->width, box->text_width_um, em);
    size_mpt = shrink_to(size_mpt, line->top, box->text_above_um, em);
    return shrink_to(size_mpt, -(int64_t)line->bottom, box->text_below_um, em);
}

/*
 * Shapes the printed line of a record and finds its size. A line that would not fit at the smallest
 * size is cut until it does.
 */
static enum sp_status fit_caption(struct sp_sheet_worker *worker, const struct sp_record *record,
                                  const struct sp_line **line, size_t *length, int64_t *size_mpt,
                                  struct sp_err *err)
{
    *length = sp_template_render(&worker->shape->text, record, worker->caption,
                                 worker->shape->caption_bytes_max);
    bool cut = *length > SP_CAPTION_BYTES_MAX;
    if (cut)
        *length = cut_text(worker->caption, SP_CAPTION_BYTES_MAX);
    for (;;) {
        const enum sp_status status =
            sp_shape(&worker->shaper, worker->caption, *length, line, err);
        if (status != SP_OK)
            return status;
        *size_mpt = fitting_mpt(worker, *line);
        if ((!(*line)->cut && *size_mpt >= SP_TEXT_SIZE_MIN_MPT) || *length <= sizeof ELLIPSIS)
            break;
        const size_t scaled = *length * (size_t)*size_mpt / SP_TEXT_SIZE_MIN_MPT;
        *length = cut_text(worker->caption, SP_MIN(scaled, *length - *length / 8 - 1));
        cut = true;
    }
    worker->notes.text_cut += cut;
    worker->notes.missing_characters += (*line)->missing;
    return SP_OK;
}

static void note_size(struct sp_sheet_notes *notes, int64_t size_mpt, uint64_t record)
{
    if (notes->text_mpt_min == 0 || size_mpt < notes->text_mpt_min ||
        (size_mpt == notes->text_mpt_min && record < notes->text_min_record)) {
        notes->text_mpt_min = size_mpt;
        notes->text_min_record = record;
    }
}

/* A glyph as the document has it, with its text unless the font's own map tells it. */
static struct sp_pdf_glyph place_glyph(const struct sp_sheet_worker *worker,
                                       const struct sp_placed_glyph *glyph, int64_t size_mpt)
{
    const int64_t em = worker->font->units_per_em;
    const char *text = worker->caption + glyph->text_start;
    size_t at = 0;
    const bool known = glyph->text_length > 0 && worker->font->code[glyph->number] ==
                                                     sp_utf8_next(text, glyph->text_length, &at);
    return (struct sp_pdf_glyph){
        .number = glyph->number,
        .x_mpt = glyph->x * size_mpt / em,
        .y_mpt = glyph->y * size_mpt / em,
        .text = known && at == glyph->text_length ? NULL : text,
        .text_length = glyph->text_length,
    };
}

static enum sp_status draw_caption(struct sp_sheet_worker *worker, struct sp_sheet_slot *slot,
                                   uint32_t index, struct sp_pdf_text *text)
{
    const struct sp_sheet_shape *shape = worker->shape;
    const struct sp_record record = record_of(slot, index);
    const struct sp_line *line;
    size_t length;
    int64_t size_mpt;
    const enum sp_status status =
        fit_caption(worker, &record, &line, &length, &size_mpt, &slot->err);
    if (status != SP_OK || line->count == 0)
        return status;
    note_size(&worker->notes, size_mpt, record.number);

    const struct sp_rect cell = sp_page_grid_cell(&shape->grid, index);
    const int64_t em = worker->font->units_per_em;
    const int64_t x_mpt =
        sp_mpt_of_um(cell.x_um + shape->box.text_center_um) - line->width * size_mpt / em / 2;
    const int64_t y_mpt = sp_mpt_of_um(shape->grid.height_um - cell.y_um - shape->box.baseline_um);
    if (line->plain) {
        for (size_t i = 0; i < line->count; i++)
            worker->numbers[i] = line->glyphs[i].number;
        sp_pdf_text_line(text, x_mpt, y_mpt, size_mpt, worker->numbers, line->count);
        return SP_OK;
    }
    for (size_t i = 0; i < line->count; i++)
        worker->placed[i] = place_glyph(worker, &line->glyphs[i], size_mpt);
    sp_pdf_text_placed(text, x_mpt, y_mpt, size_mpt, worker->placed, line->count);
    return SP_OK;
}

static enum sp_status draw_captions(struct sp_sheet_worker *worker, struct sp_sheet_slot *slot)
{
    struct sp_pdf_text text;
    enum sp_status status = SP_OK;
    sp_pdf_text_begin(&text, &slot->page.content);
    for (uint32_t i = 0; i < slot->cell_count && status == SP_OK; i++)
        status = draw_caption(worker, slot, i, &text);
    sp_pdf_text_end(&text);
    return status;
}

/* RFC 4180: a field with a comma, a quote or a line end is quoted, and quotes in it are doubled. */
static void csv_field(struct sp_buf *csv, const char *text, size_t length)
{
    bool plain = true;
    for (size_t i = 0; i < length && plain; i++)
        plain = text[i] != ',' && text[i] != '"' && text[i] != '\r' && text[i] != '\n';
    if (plain) {
        sp_buf_bytes(csv, text, length);
        return;
    }
    sp_buf_byte(csv, '"');
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"')
            sp_buf_byte(csv, '"');
        sp_buf_byte(csv, (unsigned char)text[i]);
    }
    sp_buf_byte(csv, '"');
}

static void list_records(const struct sp_sheet_worker *worker, struct sp_sheet_slot *slot)
{
    const uint32_t columns = worker->shape->grid.columns;
    for (uint32_t i = 0; i < slot->cell_count; i++) {
        const struct sp_record record = record_of(slot, i);
        const size_t length = render_payload(worker, &record);
        csv_field(&slot->manifest, record.id, record.id_length);
        sp_buf_byte(&slot->manifest, ',');
        csv_field(&slot->manifest, worker->payload, length);
        const uint64_t numbers[3] = {slot->page_number, i / columns + 1, i % columns + 1};
        for (int j = 0; j < 3; j++) {
            sp_buf_byte(&slot->manifest, ',');
            sp_buf_integer(&slot->manifest, (int64_t)numbers[j]);
        }
        sp_buf_byte(&slot->manifest, '\n');
    }
}

enum sp_status sp_sheet_page_compose(struct sp_sheet_worker *worker, struct sp_sheet_slot *slot)
{
    sp_pdf_page_clear(&slot->page);
    slot->manifest.used = 0;
    for (uint32_t i = 0; i < slot->cell_count; i++)
        draw_code(worker, slot, i);
    if (worker->shape->spec->text) {
        const enum sp_status status = draw_captions(worker, slot);
        if (status != SP_OK)
            return status;
    }
    if (slot->manifest.capacity > 0)
        list_records(worker, slot);
    if (worker->compressor)
        sp_pdf_page_pack(&slot->page, worker->compressor);
    return SP_OK;
}

void sp_sheet_notes_add(struct sp_sheet_notes *notes, const struct sp_sheet_notes *more)
{
    if (more->version_max > 0) {
        notes->version_min = SP_MIN(notes->version_min, more->version_min);
        note_version(notes, more->version_max, more->version_max_record);
    }
    if (more->text_mpt_min > 0)
        note_size(notes, more->text_mpt_min, more->text_min_record);
    notes->text_cut += more->text_cut;
    notes->missing_characters += more->missing_characters;
}
