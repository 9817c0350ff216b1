#include "press/sheet_shape.h"

#include <smallpress/limit.h>

#include "base/check.h"
#include "base/num.h"
#include "base/utf8.h"
#include "code/qr_table.h"
#include "pdf/pdf_code.h"
#include "pdf/pdf_text.h"
#include "record/record_generated.h"
#include "record/record_lines.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* A row of the manifest besides id and payload: three numbers, quotes, commas, the line end. */
#define MANIFEST_OVERHEAD (3 * SP_BUF_NUMBER_MAX + 10)

void sp_sheet_spec_init(struct sp_sheet_spec *spec)
{
    *spec = (struct sp_sheet_spec){
        .id = "{random:10}",
        .line_bytes_max = SP_QR_TEXT_MAX,
        .code = "{id}",
        .text = "{id}",
        .quiet_zone = SP_QR_QUIET_ZONE,
        .page_width_um = 210000,
        .page_height_um = 297000,
        .margin_top_um = 10000,
        .margin_right_um = 10000,
        .margin_bottom_um = 10000,
        .margin_left_um = 10000,
        .column_gap_um = 2000,
        .row_gap_um = 2000,
        .columns = 5,
        .rows = 6,
        .text_mpt = 8000,
        .draw = SP_DRAW_SHARP,
        .threads = 1,
    };
    sp_qr_options_init(&spec->qr);
}

enum sp_status sp_sheet_seed_make(char seed[SP_SHEET_SEED_BYTES], struct sp_err *err)
{
    unsigned char bytes[SP_SEED_BYTES];
    const enum sp_status status = sp_seed_make(bytes, err);
    if (status == SP_OK)
        sp_seed_format(bytes, seed);
    return status;
}

bool sp_sheet_needs_seed(const struct sp_sheet_spec *spec)
{
    struct sp_template id;
    return !spec->lines && spec->id &&
           sp_template_parse(&id, spec->id, SP_TEMPLATE_ID_FIELDS, "--id", NULL) == SP_OK &&
           (id.fields & SP_TEMPLATE_RANDOM_FIELDS) != 0;
}

enum sp_status sp_sheet_measure(const struct sp_in *in, void *buffer, size_t buffer_bytes,
                                struct sp_sheet_extent *extent, struct sp_err *err)
{
    struct sp_lines_extent lines;
    const enum sp_status status = sp_lines_scan(in, buffer, buffer_bytes, &lines, err);
    if (status == SP_OK)
        *extent = (struct sp_sheet_extent){lines.lines, lines.longest_bytes};
    return status;
}

uint64_t sp_sheet_shape_records(const struct sp_sheet_shape *shape)
{
    return shape->spec->lines ? shape->spec->lines_expected : shape->spec->count;
}

uint64_t sp_sheet_shape_pages(const struct sp_sheet_shape *shape, uint64_t records)
{
    return sp_u64_div_ceil(records, shape->cells);
}

static enum sp_status check_numbers(const struct sp_sheet_spec *spec, struct sp_err *err)
{
    if (spec->threads < 1 || spec->threads > SP_THREADS_MAX)
        return sp_fail(err, SP_BAD_SPEC, "--threads must be 1 to %d, not %u", SP_THREADS_MAX,
                       spec->threads);
    if (spec->quiet_zone > SP_QUIET_ZONE_MAX)
        return sp_fail(err, SP_BAD_SPEC, "--quiet-zone must be 0 to %d modules, not %" PRIu32,
                       SP_QUIET_ZONE_MAX, spec->quiet_zone);
    if (spec->code_um < 0)
        return sp_fail(err, SP_BAD_SPEC, "--code-size cannot be negative");
    if (spec->text &&
        (spec->text_mpt < SP_TEXT_SIZE_MIN_MPT || spec->text_mpt > SP_TEXT_SIZE_MAX_MPT))
        return sp_fail(err, SP_BAD_SPEC, "--text-size must be %dpt to %dpt",
                       SP_TEXT_SIZE_MIN_MPT / 1000, SP_TEXT_SIZE_MAX_MPT / 1000);
    if (spec->title && !sp_utf8_check(spec->title, strlen(spec->title), NULL))
        return sp_fail(err, SP_BAD_SPEC, "--title is not valid UTF-8");
    if (spec->line_bytes_max < 1 || spec->line_bytes_max > SP_LINE_BYTES_MAX)
        return sp_fail(err, SP_BAD_SPEC, "lines must have room for 1 to %d bytes, not %zu",
                       SP_LINE_BYTES_MAX, spec->line_bytes_max);
    return SP_OK;
}

static enum sp_status parse_records(struct sp_sheet_shape *shape, struct sp_err *err)
{
    const struct sp_sheet_spec *spec = shape->spec;
    if (spec->lines)
        return SP_OK;
    enum sp_status status =
        sp_template_parse(&shape->id, spec->id, SP_TEMPLATE_ID_FIELDS, "--id", err);
    if (status == SP_OK)
        status = sp_generated_check(&shape->id, spec->count, err);
    if (status != SP_OK)
        return status;
    const bool random = (shape->id.fields & SP_TEMPLATE_RANDOM_FIELDS) != 0;
    if (random && !spec->seed)
        return sp_fail(err, SP_BAD_SPEC, "the ids of `%.100s` need a seed (sp_sheet_seed_make)",
                       spec->id);
    if (spec->seed)
        status = sp_seed_parse(spec->seed, shape->seed, err);
    /* A seed that nothing depends on must not show in the document. */
    if (!random)
        memset(shape->seed, 0, sizeof shape->seed);
    return status;
}

static enum sp_status parse_templates(struct sp_sheet_shape *shape, struct sp_err *err)
{
    const unsigned fields =
        SP_TEMPLATE_ID | SP_TEMPLATE_N | (shape->spec->lines ? (unsigned)SP_TEMPLATE_LINE : 0);
    const enum sp_status status =
        sp_template_parse(&shape->code, shape->spec->code, fields, "--code", err);
    if (status != SP_OK)
        return status;
    return sp_template_parse(&shape->text, shape->spec->text ? shape->spec->text : "", fields,
                             "--text", err);
}

static enum sp_status lay_out(struct sp_sheet_shape *shape, struct sp_err *err)
{
    const struct sp_sheet_spec *spec = shape->spec;
    shape->grid = (struct sp_page_grid){
        .width_um = spec->page_width_um,
        .height_um = spec->page_height_um,
        .top_um = spec->margin_top_um,
        .right_um = spec->margin_right_um,
        .bottom_um = spec->margin_bottom_um,
        .left_um = spec->margin_left_um,
        .column_gap_um = spec->column_gap_um,
        .row_gap_um = spec->row_gap_um,
        .columns = spec->columns,
        .rows = spec->rows,
    };
    const enum sp_status status = sp_page_grid_check(&shape->grid, err);
    if (status != SP_OK)
        return status;
    shape->cells = spec->columns * spec->rows;
    /* Cells differ by a micrometre at most; the first is never larger than another. */
    const struct sp_rect cell = sp_page_grid_cell(&shape->grid, 0);
    return sp_label_box_make(&shape->box, cell.width_um, cell.height_um, spec->code_um,
                             spec->text ? spec->text_mpt : 0, err);
}

static enum sp_template_charset payload_charset(const struct sp_sheet_shape *shape)
{
    const enum sp_template_charset id =
        shape->spec->lines ? SP_CHARSET_BYTES : sp_template_charset(&shape->id, SP_CHARSET_BYTES);
    return sp_template_charset(&shape->code, id);
}

/*
 * The smallest version that holds the longest payload as one segment, which the best segmentation
 * never exceeds.
 */
static void bound_version(struct sp_sheet_shape *shape)
{
    const struct sp_qr_options *qr = &shape->spec->qr;
    const enum sp_template_charset charset = payload_charset(shape);
    int version = qr->version_min;
    while (version < qr->version_max) {
        const size_t holds = charset == SP_CHARSET_BYTES
                                 ? sp_qr_bytes_max(version, qr->ecc, qr->eci)
                                 : (size_t)sp_qr_alphanumerics_max(version, qr->ecc);
        if (shape->payload_bytes_max <= holds)
            break;
        version++;
    }
    shape->version_max = version;
    shape->qr = *qr;
    shape->qr.version_max = version;
    shape->fits_bytes = sp_qr_bytes_max(version, qr->ecc, qr->eci);
}

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

static enum sp_status bound_record(struct sp_sheet_shape *shape, struct sp_err *err)
{
    const struct sp_sheet_spec *spec = shape->spec;
    const uint64_t number_max = spec->lines ? UINT64_MAX : spec->count;
    shape->id_bytes_max =
        spec->lines ? spec->line_bytes_max : sp_template_length_max(&shape->id, 0, number_max);
    shape->payload_bytes_max =
        sp_template_length_max(&shape->code, shape->id_bytes_max, number_max);
    shape->caption_bytes_max =
        sp_template_length_max(&shape->text, shape->id_bytes_max, number_max);
    if (shape->code.part_count == 0)
        return sp_fail(err, SP_BAD_SPEC, "--code is empty: a code needs a payload, such as `{id}`");
    bound_version(shape);
    shape->ascii = !spec->lines && is_ascii(spec->id) && (!spec->text || is_ascii(spec->text));
    shape->manifest_bytes =
        2 * (shape->id_bytes_max + shape->payload_bytes_max) + MANIFEST_OVERHEAD;
    return SP_OK;
}

/* What a page holds at most: its codes and, under each, a line of text. */
static void bound_page(struct sp_sheet_shape *shape)
{
    const struct sp_pdf_page_limits code =
        sp_pdf_code_limits(shape->spec->draw, SP_QR_SIZE((uint32_t)shape->version_max));
    size_t line = 0;
    if (shape->spec->text) {
        const size_t bytes = SP_MIN(shape->caption_bytes_max, SP_CAPTION_BYTES_MAX);
        line = sp_pdf_text_line_bound(bytes);
        if (!shape->ascii)
            line = SP_MAX(line, sp_pdf_text_placed_bound(SP_CAPTION_PLACED_MAX, bytes));
    }
    shape->page = (struct sp_pdf_page_limits){
        .content_bytes =
            sp_size_add(sp_size_mul(shape->cells, code.content_bytes + line), sp_pdf_text_bound()),
        .image_bytes = sp_size_mul(shape->cells, code.image_bytes),
        .image_count = shape->cells * code.image_count,
        .deflate = code.deflate,
    };
}

/* Whether a text has a digit wherever the form has one, and the form's own character elsewhere. */
static bool has_form(const char *text, const char *form)
{
    for (; *form; text++, form++)
        if (*form == '0' ? *text < '0' || *text > '9' : *text != *form)
            return false;
    return *text == '\0';
}

static unsigned days_of(unsigned year, unsigned month)
{
    static const unsigned char days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month >= 1 && month <= 12 ? days[month - 1] + (month == 2 && leap) : 0;
}

/* "2026-11-21" or "2026-11-21T12:00:00Z" as PDF writes it: D:20261121120000Z. */
static enum sp_status make_date(struct sp_sheet_shape *shape, struct sp_err *err)
{
    const char *date = shape->spec->date;
    if (!date)
        return SP_OK;
    unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    const bool whole = has_form(date, "0000-00-00") || has_form(date, "0000-00-00T00:00:00Z");
    (void)sscanf(date, "%4u-%2u-%2uT%2u:%2u:%2uZ", &year, &month, &day, &hour, &minute, &second);
    if (!whole || day < 1 || day > days_of(year, month) || hour > 23 || minute > 59 || second > 59)
        return sp_fail(err, SP_BAD_SPEC,
                       "--date: `%.40s` is no date: write 2026-11-21 or 2026-11-21T12:00:00Z",
                       date);
    snprintf(shape->date, sizeof shape->date, "D:%04u%02u%02u%02u%02u%02uZ", year % 10000,
             month % 100, day % 100, hour % 100, minute % 100, second % 100);
    return SP_OK;
}

/* Everything in the spec that shows in the document, as one text, digested. */
static void make_digest(struct sp_sheet_shape *shape)
{
    const struct sp_sheet_spec *spec = shape->spec;
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, NULL, 0, sizeof shape->digest);
    const char *texts[] = {SP_VERSION,
                           spec->lines ? "" : spec->id,
                           spec->code,
                           spec->text ? spec->text : "",
                           spec->title ? spec->title : "",
                           shape->date};
    for (size_t i = 0; i < SP_COUNT(texts); i++)
        (void)crypto_generichash_update(&state, (const unsigned char *)texts[i],
                                        strlen(texts[i]) + 1);
    (void)crypto_generichash_update(&state, shape->seed, sizeof shape->seed);
    char numbers[512];
    const int length = snprintf(
        numbers, sizeof numbers,
        "%" PRIu64 " %d %d %d %d %d %d %u %u %u %d %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64
        " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64,
        spec->count, (int)spec->qr.ecc, spec->qr.version_min, spec->qr.version_max, spec->qr.mask,
        (int)spec->qr.kanji, (int)spec->qr.eci, spec->quiet_zone, spec->columns, spec->rows,
        (int)spec->draw, spec->page_width_um, spec->page_height_um, spec->margin_top_um,
        spec->margin_right_um, spec->margin_bottom_um, spec->margin_left_um, spec->column_gap_um,
        spec->row_gap_um, spec->code_um, spec->text_mpt);
    SP_ASSERT(length > 0 && (size_t)length < sizeof numbers);
    (void)crypto_generichash_update(&state, (const unsigned char *)numbers, (size_t)length);
    (void)crypto_generichash_final(&state, shape->digest, sizeof shape->digest);
}

enum sp_status sp_sheet_shape_make(struct sp_sheet_shape *shape, const struct sp_sheet_spec *spec,
                                   struct sp_err *err)
{
    memset(shape, 0, sizeof *shape);
    shape->spec = spec;
    enum sp_status status = check_numbers(spec, err);
    if (status == SP_OK)
        status = parse_records(shape, err);
    if (status == SP_OK)
        status = parse_templates(shape, err);
    if (status == SP_OK)
        status = lay_out(shape, err);
    if (status == SP_OK)
        status = bound_record(shape, err);
    if (status == SP_OK)
        status = make_date(shape, err);
    if (status != SP_OK)
        return status;
    bound_page(shape);
    make_digest(shape);
    return SP_OK;
}
