/*
 * Paragraphs of any text: they end, stand for their text byte by byte, and keep within their lines.
 *
 * The input is six bytes of settings and a text, of which what is UTF-8 is set.
 */
#include "base/check.h"
#include "base/num.h"
#include "base/utf8.h"
#include "support/typeset_check.h"
#include "text/typeset.h"

#include <smallpress/arena.h>

#include <string.h>

struct made {
    struct sp_arena arena;
    struct sp_font_set *fonts;
    struct sp_typesetter *typesetter;
};

static void make(struct made *made)
{
    const struct sp_font_set_spec spec = {.folders = "/nonexistent", .language = "en"};
    const size_t need = sp_font_set_need() + sp_typesetter_need();
    SP_ASSERT(sp_arena_open(&made->arena, need, NULL) == SP_OK);
    sp_arena_part_begin(&made->arena, "text", need);
    SP_ASSERT(sp_font_set_init(&made->fonts, &made->arena, &spec, NULL) == SP_OK);
    SP_ASSERT(sp_typesetter_init(&made->typesetter, &made->arena, made->fonts, NULL) == SP_OK);
    sp_arena_part_end(&made->arena);
    sp_arena_seal(&made->arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[SP_PARAGRAPH_BYTES_MAX];
    const struct sp_paragraph *paragraph;
    int64_t width, word;
    size_t length;
    if (size < 6)
        return 0;
    struct made made;
    make(&made);
    const struct sp_typeset_style style = {.weight =
                                               data[0] & 1 ? SP_WEIGHT_BOLD : SP_WEIGHT_REGULAR,
                                           .size_mpt = 1 + (data[1] << 8 | data[2]),
                                           .width_mpt = (data[3] << 8 | data[4]) * 16,
                                           .lines_max = 1 + data[5],
                                           .rtl = data[0] & 2};
    length = SP_MIN(size - 6, sizeof text);
    memcpy(text, data + 6, length);
    (void)sp_utf8_check(text, length, &length);
    SP_ASSERT(sp_typeset(made.typesetter, text, length, &style, &paragraph, NULL) == SP_OK);
    SP_ASSERT(!typeset_check(paragraph, text, length, &style, made.fonts));
    SP_ASSERT(sp_typeset_measure(made.typesetter, text, length, style.weight, style.size_mpt,
                                 &width, &word, NULL) == SP_OK);
    SP_ASSERT(width >= word);
    sp_typesetter_finish(made.typesetter);
    sp_font_set_finish(made.fonts);
    sp_arena_close(&made.arena);
    return 0;
}
