#include "press/galley.h"

#include "base/num.h"
#include "base/utf8.h"

#include <string.h>

size_t sp_galley_need(void)
{
    return sp_arena_cost(SP_GALLEY_LINES_MAX * sizeof(struct sp_typeset_line)) +
           sp_arena_cost(SP_GALLEY_GLYPHS_MAX * sizeof(struct sp_typeset_glyph)) +
           sp_arena_cost(SP_PARAGRAPH_GLYPHS_MAX * sizeof(struct sp_pdf_canvas_glyph)) +
           sp_arena_cost(SP_PARAGRAPH_GLYPHS_MAX * sizeof(uint32_t));
}

void sp_galley_init(struct sp_galley *galley, struct sp_arena *arena,
                    struct sp_typesetter *typesetter, const struct sp_font_set *fonts, bool rtl)
{
    *galley = (struct sp_galley){.typesetter = typesetter, .fonts = fonts, .rtl = rtl};
    galley->lines = sp_arena_take(arena, SP_GALLEY_LINES_MAX, sizeof *galley->lines);
    galley->glyphs = sp_arena_take(arena, SP_GALLEY_GLYPHS_MAX, sizeof *galley->glyphs);
    galley->placed = sp_arena_take(arena, SP_PARAGRAPH_GLYPHS_MAX, sizeof *galley->placed);
    galley->starts = sp_arena_take(arena, SP_PARAGRAPH_GLYPHS_MAX, sizeof *galley->starts);
}

int64_t sp_line_height(int64_t size_mpt)
{
    return size_mpt * 135 / 100;
}

int64_t sp_line_ascent(int64_t size_mpt)
{
    return size_mpt * 102 / 100;
}

void sp_galley_clear(struct sp_galley *galley)
{
    galley->line_count = 0;
    galley->glyph_count = 0;
}

/* Keeps what the typesetter will overwrite; lines that do not fit any more are left out. */
static void keep(struct sp_galley *galley, const struct sp_paragraph *paragraph,
                 struct sp_galley_block *block)
{
    for (size_t i = 0; i < paragraph->line_count; i++) {
        struct sp_typeset_line line = paragraph->lines[i];
        if (galley->line_count == SP_GALLEY_LINES_MAX ||
            line.glyph_count > SP_GALLEY_GLYPHS_MAX - galley->glyph_count) {
            block->cut = true;
            return;
        }
        struct sp_typeset_glyph *glyphs = galley->glyphs + galley->glyph_count;
        if (line.glyph_count > 0)
            memcpy(glyphs, line.glyphs, line.glyph_count * sizeof *glyphs);
        line.glyphs = glyphs;
        galley->glyph_count += line.glyph_count;
        galley->lines[galley->line_count++] = line;
        block->line_count++;
    }
}

enum sp_status sp_galley_set(struct sp_galley *galley, const char *text,
                             const struct sp_text_look *look, int64_t width_mpt, unsigned lines_max,
                             struct sp_galley_block *block, struct sp_err *err)
{
    const size_t whole = strlen(text);
    const size_t length = sp_utf8_cut(text, whole, SP_PARAGRAPH_BYTES_MAX);
    const struct sp_typeset_style style = {
        .weight = look->weight,
        .size_mpt = look->size_mpt,
        .width_mpt = width_mpt,
        .lines_max = SP_MAX(SP_MIN(lines_max, SP_PARAGRAPH_LINES_MAX), 1),
        .rtl = galley->rtl,
    };
    const struct sp_paragraph *paragraph;
    const enum sp_status status =
        sp_typeset(galley->typesetter, text, length, &style, &paragraph, err);
    if (status != SP_OK)
        return status;
    *block = (struct sp_galley_block){
        .first_line = (uint32_t)galley->line_count,
        .width_mpt = paragraph->width_mpt,
        .rtl = paragraph->rtl,
        .cut = paragraph->cut || length < whole,
        .look = *look,
        .text = text,
    };
    keep(galley, paragraph, block);
    block->height_mpt = block->line_count * sp_line_height(look->size_mpt);
    if (paragraph->missing > 0 && galley->notes.missing_characters == 0)
        galley->notes.missing_first = paragraph->missing_first;
    galley->notes.missing_characters += paragraph->missing;
    galley->notes.text_cut += block->cut;
    return SP_OK;
}

/* U+2066 to U+2069, isolates that the press puts around values: nobody needs to copy them. */
static size_t control_bytes(const char *text, uint32_t length)
{
    const unsigned char *at = (const unsigned char *)text;
    return length >= 3 && at[0] == 0xE2 && at[1] == 0x81 && at[2] >= 0xA6 && at[2] <= 0xA9 ? 3 : 0;
}

/* What a glyph stands for, without them. */
static struct sp_typeset_glyph without_controls(struct sp_typeset_glyph glyph, const char *text)
{
    for (size_t bytes; (bytes = control_bytes(text + glyph.text_start, glyph.text_length)) > 0;) {
        glyph.text_start += (uint32_t)bytes;
        glyph.text_length -= (uint32_t)bytes;
    }
    while (glyph.text_length > 3 &&
           control_bytes(text + glyph.text_start + glyph.text_length - 3, 3) > 0)
        glyph.text_length -= 3;
    return glyph;
}

/* Whether the font's own map to Unicode says what a glyph stands for. */
static bool says_itself(const struct sp_galley *galley, const struct sp_typeset_glyph *glyph,
                        const char *text)
{
    size_t end = 0;
    if (glyph->text_length == 0)
        return false;
    const uint32_t code = sp_utf8_next(text + glyph->text_start, glyph->text_length, &end);
    return end == glyph->text_length &&
           sp_font_set_glyph_code(galley->fonts, glyph->font, glyph->number) == code;
}

/*
 * Brings the glyphs of a line that runs from right to left into the order in which they are read,
 * which is the order that readers of a document's structure go by; each stands where it is told
 * all the same. Glyphs of one cluster stay together.
 */
static void order_as_read(struct sp_pdf_canvas_glyph *glyphs, uint32_t *starts, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct sp_pdf_canvas_glyph glyph = glyphs[i];
        const uint32_t start = starts[i];
        size_t at = i;
        for (; at > 0 && starts[at - 1] > start; at--) {
            glyphs[at] = glyphs[at - 1];
            starts[at] = starts[at - 1];
        }
        if (at == i)
            continue;
        glyphs[at] = glyph;
        starts[at] = start;
        /* Its neighbours are others now, and so are those of the one behind it. */
        glyphs[at].own = false;
        glyphs[at + 1].own = false;
        if (i + 1 < count)
            glyphs[i + 1].own = false;
    }
}

size_t sp_galley_line(struct sp_galley *galley, const struct sp_galley_block *block, uint32_t line,
                      const struct sp_pdf_canvas_glyph **glyphs, int64_t *width_mpt)
{
    SP_ASSERT(line < block->line_count);
    const struct sp_typeset_line *from = &galley->lines[block->first_line + line];
    for (size_t i = 0; i < from->glyph_count; i++) {
        const struct sp_typeset_glyph bare = without_controls(from->glyphs[i], block->text);
        const struct sp_typeset_glyph *glyph = &bare;
        galley->starts[i] = glyph->text_start;
        galley->placed[i] = (struct sp_pdf_canvas_glyph){
            .number = glyph->number,
            .font = glyph->font,
            .own = glyph->own,
            .x_mpt = glyph->x_mpt,
            .y_mpt = glyph->y_mpt,
        };
        if (!says_itself(galley, glyph, block->text)) {
            galley->placed[i].text = block->text + glyph->text_start;
            galley->placed[i].text_length = (uint16_t)SP_MIN(glyph->text_length, UINT16_MAX);
        }
    }
    if (block->rtl)
        order_as_read(galley->placed, galley->starts, from->glyph_count);
    *glyphs = galley->placed;
    *width_mpt = from->width_mpt;
    return from->glyph_count;
}

/* Where a line begins within its place: the start is the right side for text that runs from there.
 */
static int64_t offset_of(const struct sp_galley *galley, const struct sp_galley_place *place,
                         int64_t width_mpt)
{
    const int64_t rest = place->width_mpt - width_mpt;
    if (place->align == SP_ALIGN_CENTER)
        return rest / 2;
    return (place->align == SP_ALIGN_END) != galley->rtl ? rest : 0;
}

void sp_galley_place(struct sp_galley *galley, const struct sp_galley_block *block,
                     const struct sp_galley_place *place)
{
    const int64_t size_mpt = block->look.size_mpt;
    int64_t baseline = place->y_mpt + sp_line_ascent(size_mpt);
    for (uint32_t i = place->first; i < block->line_count && i - place->first < place->count; i++) {
        const struct sp_pdf_canvas_glyph *glyphs;
        int64_t width_mpt;
        const size_t count = sp_galley_line(galley, block, i, &glyphs, &width_mpt);
        sp_pdf_canvas_text(place->canvas, block->look.color,
                           place->x_mpt + offset_of(galley, place, width_mpt), baseline, size_mpt,
                           glyphs, count);
        baseline += sp_line_height(size_mpt);
    }
}
