#include "pdf/pdf_page.h"

#include "base/num.h"

#include <libdeflate.h>

/* Text content deflates to a quarter or less; a page that does not is kept as it is. */
static size_t packed_bytes(const struct sp_pdf_page_limits *limits)
{
    return limits->deflate ? limits->content_bytes / 2 : 0;
}

size_t sp_pdf_page_need(const struct sp_pdf_page_limits *limits)
{
    size_t need = sp_arena_cost(limits->content_bytes);
    need = sp_size_add(need, sp_arena_cost(limits->image_bytes));
    need = sp_size_add(need, sp_arena_cost(packed_bytes(limits)));
    return sp_size_add(
        need, sp_arena_cost(sp_size_mul(limits->image_count, sizeof(struct sp_pdf_image))));
}

static struct sp_buf take_buf(struct sp_arena *arena, size_t bytes)
{
    return (struct sp_buf){.bytes = sp_arena_take(arena, bytes, 1), .capacity = bytes};
}

void sp_pdf_page_init(struct sp_pdf_page *page, struct sp_arena *arena,
                      const struct sp_pdf_page_limits *limits)
{
    *page = (struct sp_pdf_page){
        .content = take_buf(arena, limits->content_bytes),
        .images = take_buf(arena, limits->image_bytes),
        .packed = take_buf(arena, packed_bytes(limits)),
        .image = sp_arena_take(arena, limits->image_count, sizeof(struct sp_pdf_image)),
        .image_max = limits->image_count,
    };
}

void sp_pdf_page_clear(struct sp_pdf_page *page)
{
    page->content.used = 0;
    page->images.used = 0;
    page->packed.used = 0;
    page->image_count = 0;
}

void sp_pdf_page_pack(struct sp_pdf_page *page, struct libdeflate_compressor *compressor)
{
    page->packed.used =
        libdeflate_zlib_compress(compressor, page->content.bytes, page->content.used,
                                 page->packed.bytes, page->packed.capacity);
}
