/*
 * What holds for every paragraph, whatever its text: what a unit test and a fuzz target both ask.
 */
#ifndef SP_TESTS_TYPESET_CHECK_H
#define SP_TESTS_TYPESET_CHECK_H

#include "base/utf8.h"
#include "text/typeset.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Characters that may stand for no glyph: line ends, controls, and those without a shape. */
static inline bool typeset_may_vanish(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0xAD || code == 0x34F ||
           code == 0x61C || code == 0x115F || code == 0x1160 || code == 0x17B4 || code == 0x17B5 ||
           (code >= 0x180B && code <= 0x180F) || (code >= 0x200B && code <= 0x200F) ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) ||
           code == 0x3164 || (code >= 0xFE00 && code <= 0xFE0F) || code == 0xFEFF ||
           code == 0xFFA0 || (code >= 0xFFF0 && code <= 0xFFFB) ||
           (code >= 0x1BCA0 && code <= 0x1BCA3) || (code >= 0x1D173 && code <= 0x1D17A) ||
           (code >= 0xE0000 && code <= 0xE0FFF);
}

/* Each byte of the text stands for one glyph, or is of a character that may vanish. */
static inline const char *typeset_check_cover(const struct sp_paragraph *paragraph,
                                              const char *text, size_t length)
{
    static unsigned char covered[SP_PARAGRAPH_BYTES_MAX];
    size_t end = 0;
    memset(covered, 0, sizeof covered);
    for (size_t i = 0; i < paragraph->line_count; i++)
        for (size_t j = 0; j < paragraph->lines[i].glyph_count; j++) {
            const struct sp_typeset_glyph *glyph = &paragraph->lines[i].glyphs[j];
            if (glyph->text_start > length || glyph->text_length > length - glyph->text_start)
                return "a glyph stands for bytes behind the text";
            for (uint32_t k = 0; k < glyph->text_length; k++)
                if (covered[glyph->text_start + k]++)
                    return "two glyphs stand for the same byte";
            if (glyph->text_length > 0 && glyph->text_start + glyph->text_length > end)
                end = glyph->text_start + glyph->text_length;
        }
    for (size_t at = 0; at < length;) {
        const size_t start = at;
        const uint32_t code = sp_utf8_next(text, length, &at);
        if (covered[start] != covered[at - 1])
            return "a glyph stands for part of a character";
        if (!covered[start] && !typeset_may_vanish(code) && !(paragraph->cut && start >= end) &&
            !(start >= end && (code == ' ' || code == '\t')))
            return "a character stands for no glyph";
    }
    return NULL;
}

/* Whether a glyph stands for a blank, which may hang over the end of a line. */
static inline bool typeset_is_blank(const struct sp_typeset_glyph *glyph, const char *text)
{
    size_t at = glyph->text_start;
    const uint32_t code = sp_utf8_next(text, at + glyph->text_length, &at);
    return code == ' ' || code == '\t' || code == 0x1680 || (code >= 0x2000 && code <= 0x200B) ||
           code == 0x205F || code == 0x3000;
}

/* Lines are in the paragraph's order, no wider than asked but for single clusters, and told so. */
static inline const char *typeset_check_lines(const struct sp_paragraph *paragraph,
                                              const char *text,
                                              const struct sp_typeset_style *style)
{
    int64_t widest = 0;
    size_t glyphs = 0;
    if (paragraph->line_count > style->lines_max)
        return "there are more lines than asked for";
    for (size_t i = 0; i < paragraph->line_count; i++) {
        const struct sp_typeset_line *line = &paragraph->lines[i];
        size_t clusters = 0;
        for (size_t j = 0; j < line->glyph_count; j++)
            clusters +=
                line->glyphs[j].text_length > 0 && !typeset_is_blank(&line->glyphs[j], text);
        if (line->width_mpt > style->width_mpt && clusters > 1)
            return "a line is wider than asked for";
        if (line->width_mpt > widest)
            widest = line->width_mpt;
        glyphs += line->glyph_count;
    }
    if (widest != paragraph->width_mpt)
        return "the paragraph is not as wide as its widest line";
    if (glyphs > SP_PARAGRAPH_GLYPHS_MAX)
        return "there are too many glyphs";
    return NULL;
}

/* Glyphs are in their fonts, are none of the boxes for what is missing, and are marked as used. */
static inline const char *typeset_check_glyphs(const struct sp_paragraph *paragraph,
                                               const struct sp_font_set *fonts)
{
    for (size_t i = 0; i < paragraph->line_count; i++)
        for (size_t j = 0; j < paragraph->lines[i].glyph_count; j++) {
            const struct sp_typeset_glyph *glyph = &paragraph->lines[i].glyphs[j];
            if (glyph->font >= sp_font_set_count(fonts))
                return "a glyph is of no font";
            if (glyph->number == 0)
                return "a box stands for a character";
            if (!sp_font_set_glyph_used(fonts, glyph->font, glyph->number))
                return "a glyph is not marked as used";
            if (j == 0 && glyph->own)
                return "the first glyph of a line follows another";
        }
    return NULL;
}

/* What is wrong with a paragraph, or null. */
static inline const char *typeset_check(const struct sp_paragraph *paragraph, const char *text,
                                        size_t length, const struct sp_typeset_style *style,
                                        const struct sp_font_set *fonts)
{
    const char *problem = typeset_check_cover(paragraph, text, length);
    if (!problem)
        problem = typeset_check_lines(paragraph, text, style);
    if (!problem)
        problem = typeset_check_glyphs(paragraph, fonts);
    return problem;
}

#endif
