/* What plan says about payloads: whether capitals or a few characters less would save a version. */
#include <smallpress/sheet.h>

#include "base/num.h"
#include "press/sheet_source.h"

#include <string.h>

/* Two copies of a payload and the encoder that measures them. */
size_t sp_sheet_advice_need(const struct sp_sheet_spec *spec)
{
    struct sp_sheet_shape shape;
    if (sp_sheet_shape_make(&shape, spec, NULL) != SP_OK)
        return 0;
    return sp_sheet_source_need(&shape) + sp_arena_cost(sp_qr_encoder_need(shape.version_max)) +
           2 * sp_arena_cost(shape.payload_bytes_max);
}

static enum sp_status first_record(struct sp_sheet_source *source, struct sp_record *record,
                                   struct sp_err *err)
{
    enum sp_record_result result;
    do
        result = sp_record_next(&source->records, record, err);
    while (result == SP_RECORD_REFUSED);
    if (result == SP_RECORD_READY)
        return SP_OK;
    return result == SP_RECORD_FAILED ? err->status
                                      : sp_fail(err, SP_BAD_DATA, "there is no record to look at");
}

static void capitals(char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] >= 'a' && text[i] <= 'z')
            text[i] = (char)(text[i] - 'a' + 'A');
}

/* The fewest bytes to leave out of the fixed text at the start so that a version is saved. */
static unsigned bytes_to_save(struct sp_qr_encoder *encoder, const struct sp_sheet_shape *shape,
                              const char *payload, size_t length, int version)
{
    const struct sp_template_part *first = &shape->code.parts[0];
    const size_t prefix = first->kind == SP_TEMPLATE_TEXT ? first->length : 0;
    for (size_t less = 1; less < prefix; less++) {
        const int shorter = sp_qr_version_for(encoder, payload + less, length - less, &shape->qr);
        if (shorter && shorter < version)
            return (unsigned)less;
    }
    return 0;
}

enum sp_status sp_sheet_advise(const struct sp_sheet_spec *spec, struct sp_arena *arena,
                               struct sp_sheet_advice *advice, struct sp_err *err)
{
    struct sp_sheet_shape shape;
    enum sp_status status = sp_sheet_shape_make(&shape, spec, err);
    if (status != SP_OK)
        return status;
    struct sp_sheet_source source;
    sp_arena_part_begin(arena, "advice", sp_sheet_advice_need(spec));
    status = sp_sheet_source_init(&source, arena, &shape, err);
    if (status != SP_OK)
        return status;
    struct sp_qr_encoder *encoder = sp_qr_encoder_init(
        sp_arena_take(arena, sp_qr_encoder_need(shape.version_max), 1), shape.version_max);
    char *payload = sp_arena_take(arena, shape.payload_bytes_max, 1);
    char *upper = sp_arena_take(arena, shape.payload_bytes_max, 1);
    sp_arena_part_end(arena);

    struct sp_record record;
    status = first_record(&source, &record, err);
    if (status != SP_OK)
        return status;
    const size_t length =
        sp_template_render(&shape.code, &record, payload, shape.payload_bytes_max);
    memset(advice, 0, sizeof *advice);
    advice->version = sp_qr_version_for(encoder, payload, length, &shape.qr);
    if (!advice->version)
        return sp_fail(err, SP_BAD_DATA, "the first payload fits no code");
    memcpy(upper, payload, length);
    capitals(upper, length);
    advice->version_upper = sp_qr_version_for(encoder, upper, length, &shape.qr);
    advice->shorter_bytes = bytes_to_save(encoder, &shape, payload, length, advice->version);
    advice->payload_bytes = (uint32_t)length;
    memcpy(advice->payload, payload, SP_MIN(length, sizeof advice->payload - 1));
    return SP_OK;
}
