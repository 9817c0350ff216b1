#include "pdf/pdf_code.h"

#include "pdf/pdf_vector.h"

#include "base/num.h"

/*
 * Operators around a code: q, six numbers and cm, the image's dictionary or the path's end, Q. The
 * longest is counted generously: it is paid once a code in memory and never in the file.
 */
#define WRAPPER_MAX (6 * SP_BUF_NUMBER_MAX + 128)

/* Bytes of one module row of the small drawing. */
static uint32_t row_bytes(uint32_t size)
{
    return (size + 7) / 8;
}

static size_t image_bound(enum sp_draw draw, uint32_t size_max)
{
    switch (draw) {
    case SP_DRAW_SHARP:
        return sp_pdf_sharp_bound(size_max);
    case SP_DRAW_SMALL:
        return (size_t)row_bytes(size_max) * size_max;
    case SP_DRAW_VECTOR:
        break;
    }
    return 0;
}

size_t sp_pdf_pen_need(enum sp_draw draw, uint32_t size_max)
{
    return sp_arena_cost(image_bound(draw, size_max));
}

void sp_pdf_pen_init(struct sp_pdf_pen *pen, struct sp_arena *arena, enum sp_draw draw,
                     uint32_t size_max)
{
    const size_t bytes = image_bound(draw, size_max);
    pen->draw = draw;
    pen->data = (struct sp_buf){.bytes = sp_arena_take(arena, bytes, 1), .capacity = bytes};
    sp_pdf_sharp_init(&pen->sharp);
}

struct sp_pdf_page_limits sp_pdf_code_limits(enum sp_draw draw, uint32_t size_max)
{
    if (draw == SP_DRAW_VECTOR)
        return (struct sp_pdf_page_limits){
            .content_bytes = WRAPPER_MAX + sp_pdf_vector_bound(size_max), .deflate = true};
    const size_t data = image_bound(draw, size_max);
    /* In hexadecimal the data is twice as long and a mark; too long for that, it moves out. */
    const bool stays = 2 * data + 1 <= SP_PDF_INLINE_MAX;
    return (struct sp_pdf_page_limits){
        .content_bytes = WRAPPER_MAX + SP_MIN(2 * data + 1, SP_PDF_INLINE_MAX),
        .image_bytes = stays ? 0 : data,
        .image_count = stays ? 0 : 1,
    };
}

/*
 * Whether the letters EI stand in the data, where they would end the image too early. Parsers
 * differ in what they ask to stand around them, and in whether they look before the last pixel or
 * behind it (the checksum comes after that), so nothing is asked: one code in five hundred has
 * them.
 */
static bool ends_early(const struct sp_buf *data)
{
    const unsigned char *end = data->bytes + data->used;
    for (const unsigned char *at = data->bytes; at + 1 < end; at++) {
        at = memchr(at, 'E', (size_t)(end - at) - 1);
        if (!at)
            return false;
        if (at[1] == 'I')
            return true;
    }
    return false;
}

static void place(struct sp_buf *content, int64_t scale_mpt, int64_t x_mpt, int64_t y_mpt)
{
    sp_buf_literal(content, "q ");
    sp_buf_milli(content, scale_mpt);
    sp_buf_literal(content, " 0 0 ");
    sp_buf_milli(content, scale_mpt);
    sp_buf_byte(content, ' ');
    sp_buf_milli(content, x_mpt);
    sp_buf_byte(content, ' ');
    sp_buf_milli(content, y_mpt);
    sp_buf_literal(content, " cm\n");
}

/* Moves the pen's data to an image of its own and draws that. */
static void put_image_object(struct sp_pdf_page *page, const struct sp_buf *data, uint32_t side_px,
                             bool flate)
{
    SP_ASSERT(page->image_count < page->image_max);
    page->image[page->image_count] = (struct sp_pdf_image){
        .offset = page->images.used, .length = data->used, .side_px = side_px, .flate = flate};
    sp_buf_bytes(&page->images, data->bytes, data->used);
    sp_buf_literal(&page->content, "/I");
    sp_buf_integer(&page->content, page->image_count++);
    sp_buf_literal(&page->content, " Do");
}

/* ISO 32000-1, 8.9.7: a mask paints where its sample is 0, which is how dark modules are stored. */
static void put_inline_image(struct sp_buf *content, const struct sp_buf *data, uint32_t side_px,
                             bool flate, bool hex)
{
    sp_buf_literal(content, "BI/W ");
    sp_buf_integer(content, side_px);
    sp_buf_literal(content, "/H ");
    sp_buf_integer(content, side_px);
    sp_buf_literal(content, "/IM true");
    if (hex && flate)
        sp_buf_literal(content, "/F[/AHx/Fl]");
    else if (hex)
        sp_buf_literal(content, "/F/AHx");
    else if (flate)
        sp_buf_literal(content, "/F/Fl");
    sp_buf_literal(content, " ID ");
    if (hex) {
        sp_buf_hex(content, data->bytes, data->used);
        sp_buf_byte(content, '>');
    } else {
        sp_buf_bytes(content, data->bytes, data->used);
    }
    sp_buf_literal(content, "\nEI");
}

/* One pixel a module, light 1: the complement of the rows, edge bits included. */
static void draw_small(const struct sp_matrix *modules, struct sp_buf *data)
{
    const uint32_t bytes = row_bytes(modules->size);
    for (uint32_t row = 0; row < modules->size; row++)
        for (uint32_t i = 0; i < bytes; i++)
            sp_buf_byte(data, (unsigned char)~(modules->row[row][i / 8] >> (56 - i % 8 * 8)));
}

static void draw_image(struct sp_pdf_pen *pen, struct sp_pdf_page *page,
                       const struct sp_matrix *modules)
{
    const bool flate = pen->draw == SP_DRAW_SHARP;
    const uint32_t side_px = modules->size * (flate ? SP_PDF_SHARP_PIXELS : 1);
    pen->data.used = 0;
    if (flate)
        sp_pdf_sharp_draw(&pen->sharp, modules, &pen->data);
    else
        draw_small(modules, &pen->data);
    const bool hex = ends_early(&pen->data);
    if ((hex ? 2 * pen->data.used + 1 : pen->data.used) > SP_PDF_INLINE_MAX)
        put_image_object(page, &pen->data, side_px, flate);
    else
        put_inline_image(&page->content, &pen->data, side_px, flate, hex);
}

void sp_pdf_code_draw(struct sp_pdf_pen *pen, struct sp_pdf_page *page,
                      const struct sp_matrix *modules, int64_t x_mpt, int64_t y_mpt,
                      int64_t side_mpt)
{
    if (pen->draw == SP_DRAW_VECTOR) {
        place(&page->content, side_mpt / modules->size, x_mpt, y_mpt);
        sp_pdf_vector_draw(modules, &page->content);
        sp_buf_literal(&page->content, "f");
    } else {
        place(&page->content, side_mpt, x_mpt, y_mpt);
        draw_image(pen, page, modules);
    }
    sp_buf_literal(&page->content, " Q\n");
}
