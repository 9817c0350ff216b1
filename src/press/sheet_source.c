#include "press/sheet_source.h"

size_t sp_sheet_source_need(const struct sp_sheet_shape *shape)
{
    const struct sp_sheet_spec *spec = shape->spec;
    return spec->lines ? sp_lines_need(spec->line_bytes_max)
                       : sp_generated_need(&shape->id, spec->count);
}

enum sp_status sp_sheet_source_init(struct sp_sheet_source *source, struct sp_arena *arena,
                                    const struct sp_sheet_shape *shape, struct sp_err *err)
{
    const struct sp_sheet_spec *spec = shape->spec;
    if (spec->lines) {
        sp_lines_init(&source->lines, arena, spec->lines, spec->line_bytes_max);
        source->records = sp_lines_source(&source->lines);
        return SP_OK;
    }
    const enum sp_status status =
        sp_generated_init(&source->generated, arena, &shape->id, spec->count, shape->seed, err);
    source->records = sp_generated_source(&source->generated);
    return status;
}
