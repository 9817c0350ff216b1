/* A paragraph from its bytes to its lines, part by part. */
#include "text/typeset.h"

#include "base/check.h"
#include "base/num.h"

#include "text/typeset_state.h"

#include <linebreak.h>

/*
 * The buffer of HarfBuzz, with room for a long run; and what FriBidi takes for a paragraph that
 * changes its direction, or opens a bracket, with every character.
 */
#define BUFFER_GLYPHS 4096
#define HEAP_BYTES    (1024 * 1024)

size_t sp_typesetter_need(void)
{
    return sp_arena_cost(sizeof(struct sp_typesetter));
}

uint64_t sp_typesetter_heap(void)
{
    return HEAP_BYTES;
}

static enum sp_status no_memory(struct sp_err *err)
{
    return sp_fail(err, SP_NO_ROOM, "the system would not give the text libraries their memory");
}

enum sp_status sp_typesetter_init(struct sp_typesetter **made, struct sp_arena *arena,
                                  struct sp_font_set *fonts, struct sp_err *err)
{
    struct sp_typesetter *typesetter = sp_arena_take(arena, 1, sizeof *typesetter);
    *made = typesetter;
    typesetter->fonts = fonts;
    typesetter->buffer = hb_buffer_create();
    init_linebreak();
    if (hb_buffer_pre_allocate(typesetter->buffer, BUFFER_GLYPHS))
        return SP_OK;
    sp_typesetter_finish(typesetter);
    return no_memory(err);
}

void sp_typesetter_finish(struct sp_typesetter *typesetter)
{
    hb_buffer_destroy(typesetter->buffer);
    typesetter->buffer = NULL;
}

static void begin(struct sp_typesetter *typesetter, const char *text, size_t length,
                  const struct sp_typeset_style *style)
{
    SP_ASSERT(length <= SP_PARAGRAPH_BYTES_MAX);
    SP_ASSERT(style->size_mpt > 0);
    typesetter->style = style;
    typesetter->weight = style->weight;
    typesetter->paragraph = (struct sp_paragraph){.lines = typesetter->lines};
    typesetter->glyph_count = 0;
    sp_font_set_begin(typesetter->fonts);
    sp_typeset_read(typesetter, text, length, style->rtl);
    typesetter->paragraph.rtl = typesetter->base_level == 1;
    typesetter->part_end = 0;
}

/*
 * Goes to the part that begins at a character: up to the next line end. Returns where the part
 * behind it begins; a carriage return and a line feed are one end.
 */
static unsigned next_part(struct sp_typesetter *typesetter, unsigned start)
{
    unsigned end = start;
    while (end < typesetter->code_count && !sp_typeset_is_line_end(typesetter->codes[end]))
        end++;
    typesetter->part_start = start;
    typesetter->part_end = end;
    if (end + 1 < typesetter->code_count && typesetter->codes[end] == '\r' &&
        typesetter->codes[end + 1] == '\n')
        end++;
    return end + 1;
}

enum sp_status sp_typeset(struct sp_typesetter *typesetter, const char *text, size_t length,
                          const struct sp_typeset_style *style,
                          const struct sp_paragraph **paragraph, struct sp_err *err)
{
    SP_ASSERT(style->lines_max >= 1);
    SP_ASSERT(style->lines_max <= SP_PARAGRAPH_LINES_MAX);
    begin(typesetter, text, length, style);
    *paragraph = &typesetter->paragraph;
    for (unsigned start = 0; start < typesetter->code_count && !typesetter->paragraph.cut &&
                             typesetter->paragraph.line_count < style->lines_max;) {
        start = next_part(typesetter, start);
        if (sp_typeset_put_plain(typesetter))
            continue;
        if (!sp_typeset_find_runs(typesetter) || !sp_typeset_shape_part(typesetter) ||
            !sp_typeset_put_lines(typesetter))
            return no_memory(err);
    }
    return SP_OK;
}

/* The widths of the part and of its widest piece between breaks, without the blanks at ends. */
static void measure_part(struct sp_typesetter *typesetter, int64_t *width, int64_t *word)
{
    int64_t at = 0, ink = 0, word_start = 0;
    sp_typeset_find_breaks(typesetter);
    for (unsigned i = typesetter->part_start; i < typesetter->part_end; i++) {
        at += typesetter->advances[i];
        if ((typesetter->marks[i] & SP_MARK_BLANK) == 0)
            ink = at;
        const bool last = i + 1 == typesetter->part_end;
        if (!last && (typesetter->breaks[i] != LINEBREAK_ALLOWBREAK ||
                      (typesetter->marks[i + 1] & SP_MARK_CLUSTER) == 0))
            continue;
        int64_t end = ink;
        if (!last && typesetter->codes[i] == SP_CODE_SOFT_HYPHEN)
            end += sp_typeset_single(typesetter,
                                     sp_font_set_plain(typesetter->fonts, typesetter->weight), '-')
                       .advance;
        *word = SP_MAX(*word, end - word_start);
        word_start = at;
    }
    *width = SP_MAX(*width, ink);
}

enum sp_status sp_typeset_measure(struct sp_typesetter *typesetter, const char *text, size_t length,
                                  enum sp_weight weight, int64_t size_mpt, int64_t *width_mpt,
                                  int64_t *word_mpt, struct sp_err *err)
{
    const struct sp_typeset_style style = {.weight = weight, .size_mpt = size_mpt};
    int64_t width = 0, word = 0;
    begin(typesetter, text, length, &style);
    for (unsigned start = 0; start < typesetter->code_count;) {
        start = next_part(typesetter, start);
        if (!sp_typeset_find_runs(typesetter) || !sp_typeset_shape_part(typesetter))
            return no_memory(err);
        measure_part(typesetter, &width, &word);
    }
    /* With a hyphen a word can be wider than the text is unbroken. */
    word = SP_MIN(word, width);
    *width_mpt = (width * size_mpt + 999) / 1000;
    *word_mpt = (word * size_mpt + 999) / 1000;
    return SP_OK;
}
