#include "press/report_shape.h"

#include <smallpress/limit.h>

#include "base/num.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

void sp_report_spec_init(struct sp_report_spec *spec)
{
    *spec = (struct sp_report_spec){
        .submission = "",
        .submission_name = "the submission",
        .theme_name = "the theme",
        .pdf = true,
        .tagged = true,
        .photos_ahead = 4,
    };
}

size_t sp_report_shape_need(const struct sp_report_spec *spec)
{
    return sp_submission_need(spec->submission_bytes + spec->theme_bytes);
}

/* "2026-11-21" or "2026-11-21T09:30…" as PDF writes it; the spec room has checked the form. */
static void make_date(struct sp_report_shape *shape, const char *text)
{
    unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    (void)sscanf(text, "%4u-%2u-%2u%*1c%2u:%2u:%2u", &year, &month, &day, &hour, &minute, &second);
    snprintf(shape->date, sizeof shape->date, "D:%04u%02u%02u%02u%02u%02uZ", year % 10000,
             month % 100, day % 100, hour % 100, minute % 100, second % 100);
}

static enum sp_status check_date(struct sp_report_shape *shape, struct sp_err *err)
{
    const struct sp_value *own = &shape->submission.date;
    const char *date = shape->spec.date;
    struct sp_value value;
    if (date && !sp_value_of_text(date, SP_COLUMN_DATETIME, &value) &&
        !sp_value_of_text(date, SP_COLUMN_DATE, &value))
        return sp_fail(err, SP_BAD_SPEC,
                       "--date: `%.40s` is no date: write 2026-11-21 or 2026-11-21T12:00:00Z",
                       date);
    if (!date && (own->kind == SP_VALUE_DATE || own->kind == SP_VALUE_DATETIME))
        date = own->text;
    if (date)
        make_date(shape, date);
    return SP_OK;
}

static void make_digest(struct sp_report_shape *shape)
{
    const struct sp_report_spec *spec = &shape->spec;
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, NULL, 0, sizeof shape->digest);
    const char version[] = SP_VERSION;
    (void)crypto_generichash_update(&state, (const unsigned char *)version, sizeof version);
    (void)crypto_generichash_update(&state, (const unsigned char *)spec->submission,
                                    spec->submission_bytes);
    if (spec->theme)
        (void)crypto_generichash_update(&state, (const unsigned char *)spec->theme,
                                        spec->theme_bytes);
    (void)crypto_generichash_update(&state, (const unsigned char *)shape->date, sizeof shape->date);
    (void)crypto_generichash_final(&state, shape->digest, sizeof shape->digest);
}

static enum sp_status check_size(size_t bytes, const char *name, struct sp_err *err)
{
    if (bytes <= SP_SUBMISSION_BYTES_MAX)
        return SP_OK;
    return sp_fail(
        err, SP_BAD_SPEC,
        "%s: %zu bytes are more than the %d a submission may have: move its longest list "
        "to an NDJSON or CSV file beside it (photos: {data: photos.ndjson}), which may "
        "have any length",
        name, bytes, SP_SUBMISSION_BYTES_MAX);
}

enum sp_status sp_report_shape_make(struct sp_report_shape *shape, struct sp_arena *arena,
                                    const struct sp_report_spec *spec,
                                    const struct sp_spec_problems *problems, struct sp_err *err)
{
    *shape = (struct sp_report_shape){.spec = *spec};
    const struct sp_spec_text text = {spec->submission_name, spec->submission,
                                      spec->submission_bytes};
    const struct sp_spec_text theme = {spec->theme_name, spec->theme, spec->theme_bytes};
    if (!spec->pdf && !spec->xlsx)
        return sp_fail(err, SP_BAD_SPEC,
                       "nothing to make: name a PDF with -o, a workbook with --xlsx, or both");
    if (spec->photos_ahead < 1 || spec->photos_ahead > SP_REPORT_AHEAD_MAX)
        return sp_fail(err, SP_BAD_SPEC, "%u photos ahead: 1 to %d are possible",
                       spec->photos_ahead, SP_REPORT_AHEAD_MAX);
    enum sp_status status = check_size(text.count, text.name, err);
    if (status == SP_OK)
        status = check_size(theme.count, theme.name, err);
    if (status == SP_OK)
        status = sp_submission_parse(&shape->submission, arena, &text, theme.bytes ? &theme : NULL,
                                     problems, err);
    if (status == SP_OK)
        status = check_date(shape, err);
    if (status == SP_OK)
        make_digest(shape);
    return status;
}

static enum sp_status parse_alone(const struct sp_report_spec *spec,
                                  const struct sp_spec_problems *problems, uint32_t *edge_px,
                                  struct sp_err *err)
{
    struct sp_report_shape shape;
    struct sp_arena arena;
    const size_t need = sp_report_shape_need(spec);
    if (spec->submission_bytes > SP_SUBMISSION_BYTES_MAX)
        return check_size(spec->submission_bytes, spec->submission_name, err);
    enum sp_status status = sp_arena_open(&arena, need, err);
    if (status != SP_OK)
        return status;
    sp_arena_part_begin(&arena, "the submission", need);
    status = sp_report_shape_make(&shape, &arena, spec, problems, err);
    if (status == SP_OK)
        *edge_px = SP_MAX(shape.submission.theme.photo_edge_px, SP_REPORT_LOGO_EDGE);
    sp_arena_part_end(&arena);
    sp_arena_close(&arena);
    return status;
}

enum sp_status sp_report_shape_edge(const struct sp_report_spec *spec, uint32_t *edge_px,
                                    struct sp_err *err)
{
    return parse_alone(spec, NULL, edge_px, err);
}

enum sp_status sp_report_check(const struct sp_report_spec *spec,
                               void (*problem)(void *context, const char *name,
                                               const struct sp_err *why),
                               void *context, struct sp_err *err)
{
    const struct sp_spec_problems problems = {problem, context};
    uint32_t edge_px;
    return parse_alone(spec, problem ? &problems : NULL, &edge_px, err);
}
