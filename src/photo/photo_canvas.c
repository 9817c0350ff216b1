#include "photo/photo_canvas.h"

#include "base/check.h"

#include <string.h>

unsigned sp_canvas_plane_count(enum sp_canvas_kind kind)
{
    return kind == SP_CANVAS_YCC ? 3 : 1;
}

struct sp_canvas_plane sp_canvas_plane(const struct sp_canvas_spec *spec, unsigned plane)
{
    struct sp_canvas_plane result = {spec->width, spec->height,
                                     spec->kind == SP_CANVAS_RGB ? 3 : 1};
    if (plane > 0) {
        result.width = (spec->width + 1) / 2;
        result.height = (spec->height + 1) / 2;
    }
    return result;
}

/*
 * Where an upright pixel is in the stored picture (CIPA DC-008, 4.6.4 A, Orientation): for 5 to 8
 * its column is a row there, and then it may be counted from the other end.
 */
static bool is_crossed(unsigned orientation)
{
    return orientation >= 5;
}

static bool from_right(unsigned orientation)
{
    return orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
}

static bool from_bottom(unsigned orientation)
{
    return orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
}

unsigned sp_canvas_shift_x(const struct sp_canvas_spec *spec)
{
    return from_right(spec->orientation) && spec->width % 2;
}

unsigned sp_canvas_shift_y(const struct sp_canvas_spec *spec)
{
    return from_bottom(spec->orientation) && spec->height % 2;
}

uint32_t sp_canvas_width(const struct sp_canvas_spec *spec)
{
    return is_crossed(spec->orientation) ? spec->height : spec->width;
}

uint32_t sp_canvas_height(const struct sp_canvas_spec *spec)
{
    return is_crossed(spec->orientation) ? spec->width : spec->height;
}

static size_t plane_bytes(const struct sp_canvas_spec *spec, unsigned plane)
{
    const struct sp_canvas_plane p = sp_canvas_plane(spec, plane);
    return (size_t)p.width * p.height * p.bytes;
}

static size_t band_bytes(const struct sp_canvas_spec *spec, unsigned plane)
{
    const struct sp_canvas_plane p = sp_canvas_plane(spec, plane);
    return (size_t)SP_CANVAS_BAND * p.bytes * (is_crossed(spec->orientation) ? p.height : p.width);
}

size_t sp_canvas_need(const struct sp_canvas_spec *spec)
{
    size_t need = 0;
    for (unsigned i = 0; i < sp_canvas_plane_count(spec->kind); i++)
        need += sp_arena_cost(plane_bytes(spec, i)) + sp_arena_cost(band_bytes(spec, i));
    return need;
}

void sp_canvas_init(struct sp_canvas *canvas, struct sp_arena *arena,
                    const struct sp_canvas_spec *spec)
{
    SP_ASSERT(spec->orientation >= 1 && spec->orientation <= 8);
    *canvas = (struct sp_canvas){.spec = *spec};
    for (unsigned i = 0; i < sp_canvas_plane_count(spec->kind); i++) {
        canvas->planes[i] = sp_arena_take(arena, plane_bytes(spec, i), 1);
        canvas->bands[i] = sp_arena_take(arena, band_bytes(spec, i), 1);
    }
}

void sp_canvas_put(struct sp_canvas *canvas, const struct sp_line *line)
{
    for (unsigned i = 0; i < sp_canvas_plane_count(canvas->spec.kind); i++) {
        const struct sp_canvas_plane p = sp_canvas_plane(&canvas->spec, i);
        const size_t stride = (size_t)p.width * p.bytes;
        if (!line->planes[i])
            continue;
        SP_ASSERT(canvas->filled[i] < p.height);
        memcpy(canvas->planes[i] + canvas->filled[i]++ * stride, line->planes[i], stride);
    }
}

/* An upright row that is a row of the stored picture, perhaps from its other end. */
static void read_row(const struct sp_canvas *canvas, unsigned plane, uint32_t y)
{
    const struct sp_canvas_plane p = sp_canvas_plane(&canvas->spec, plane);
    const size_t stride = (size_t)p.width * p.bytes;
    const uint32_t row = from_bottom(canvas->spec.orientation) ? p.height - 1 - y : y;
    const unsigned char *from = canvas->planes[plane] + row * stride;
    unsigned char *to = canvas->bands[plane] + y % SP_CANVAS_BAND * stride;
    if (!from_right(canvas->spec.orientation)) {
        memcpy(to, from, stride);
        return;
    }
    for (uint32_t x = 0; x < p.width; x++)
        memcpy(to + (size_t)x * p.bytes, from + (size_t)(p.width - 1 - x) * p.bytes, p.bytes);
}

/* A band of upright rows that are columns of the stored picture. */
static void read_columns(const struct sp_canvas *canvas, unsigned plane, uint32_t y)
{
    const struct sp_canvas_plane p = sp_canvas_plane(&canvas->spec, plane);
    const size_t stride = (size_t)p.width * p.bytes, upright = (size_t)p.height * p.bytes;
    const uint32_t count = p.width - y < SP_CANVAS_BAND ? p.width - y : SP_CANVAS_BAND;
    const bool right = from_right(canvas->spec.orientation);
    for (uint32_t x = 0; x < p.height; x++) {
        const uint32_t row = from_bottom(canvas->spec.orientation) ? p.height - 1 - x : x;
        const unsigned char *from = canvas->planes[plane] + row * stride;
        unsigned char *to = canvas->bands[plane] + (size_t)x * p.bytes;
        for (uint32_t i = 0; i < count; i++) {
            const uint32_t column = right ? p.width - 1 - (y + i) : y + i;
            if (p.bytes == 1)
                to[i * upright] = from[column];
            else
                memcpy(to + i * upright, from + (size_t)column * p.bytes, p.bytes);
        }
    }
}

static const unsigned char *upright_row(struct sp_canvas *canvas, unsigned plane, uint32_t y)
{
    const struct sp_canvas_plane p = sp_canvas_plane(&canvas->spec, plane);
    const bool crossed = is_crossed(canvas->spec.orientation);
    if (!crossed)
        read_row(canvas, plane, y);
    else if (y % SP_CANVAS_BAND == 0)
        read_columns(canvas, plane, y);
    return canvas->bands[plane] +
           y % SP_CANVAS_BAND * (size_t)(crossed ? p.height : p.width) * p.bytes;
}

struct sp_line sp_canvas_line(struct sp_canvas *canvas, uint32_t y)
{
    struct sp_line line = {{upright_row(canvas, 0, y), NULL, NULL}};
    const bool last = y + 1 == sp_canvas_height(&canvas->spec);
    for (unsigned i = 1; i < sp_canvas_plane_count(canvas->spec.kind); i++)
        if (y % 2 == 1 || last)
            line.planes[i] = upright_row(canvas, i, y / 2);
    return line;
}
