/* From widths to lines: where they end, what stands on them, in the order it is seen. */
#include "text/typeset_state.h"

#include "base/check.h"
#include "base/num.h"

#include <linebreak.h>

#define REGIONAL_FIRST 0x1F1E6
#define REGIONAL_LAST  0x1F1FF

/*
 * A character as the library of line breaks is told it. Some versions of that abort on regional
 * indicators, two of which make a flag, and on U+FFFF: a flag is told as an ideograph and a mark.
 */
static uint32_t break_code(const struct sp_typesetter *typesetter, unsigned i, unsigned *regional)
{
    const uint32_t code = typesetter->codes[i];
    if (code >= REGIONAL_FIRST && code <= REGIONAL_LAST)
        return ++*regional % 2 ? 0x4E00 : 0x0301;
    *regional = 0;
    return code == 0xFFFF ? 0xFFFD : code;
}

void sp_typeset_find_breaks(struct sp_typesetter *typesetter)
{
    const unsigned start = typesetter->part_start;
    /* Levels are known by now, so the classes they were found from are needed no more. */
    uint32_t *told = typesetter->types + start;
    unsigned regional = 0;
    if (typesetter->breaks_known || start == typesetter->part_end)
        return;
    for (unsigned i = start; i < typesetter->part_end; i++)
        told[i - start] = break_code(typesetter, i, &regional);
    set_linebreaks_utf32(told, typesetter->part_end - start,
                         sp_font_set_language_tag(typesetter->fonts), typesetter->breaks + start);
    typesetter->breaks_known = true;
}

/* The width of a line in thousandths of an em. */
static int64_t line_limit(const struct sp_typesetter *typesetter)
{
    return typesetter->style->width_mpt * 1000 / typesetter->style->size_mpt;
}

static unsigned cluster_end(const struct sp_typesetter *typesetter, unsigned start)
{
    unsigned end = start + 1;
    while (end < typesetter->part_end && (typesetter->marks[end] & SP_MARK_CLUSTER) == 0)
        end++;
    return end;
}

static const struct sp_run *run_of(const struct sp_typesetter *typesetter, unsigned code)
{
    unsigned low = 0, high = typesetter->run_count;
    while (high - low > 1) {
        const unsigned middle = (low + high) / 2;
        if (typesetter->runs[middle].start <= code)
            low = middle;
        else
            high = middle;
    }
    return &typesetter->runs[low];
}

/* A hyphen or ellipsis in the font of the character before it, if that has one. */
static struct sp_shaped end_mark(const struct sp_typesetter *typesetter, unsigned before,
                                 uint32_t code)
{
    uint8_t font = sp_font_set_plain(typesetter->fonts, typesetter->weight);
    if (before < typesetter->part_end) {
        const struct sp_run *run = run_of(typesetter, before);
        if (run->font != SP_FONT_NONE && sp_font_set_has(typesetter->fonts, run->font, code))
            font = run->font;
    }
    return sp_typeset_single(typesetter, font, code);
}

/* How far a line has come. */
struct progress {
    struct sp_line_end at;
    int64_t width, ink;
    unsigned glyphs;
};

/* Adds a cluster to a line; false if it goes beyond the limit or the glyphs there are. */
static bool advance(const struct sp_typesetter *typesetter, struct progress *progress,
                    int64_t limit)
{
    const unsigned start = progress->at.end;
    const unsigned end = cluster_end(typesetter, start);
    progress->at.end = end;
    progress->width += typesetter->advances[start];
    progress->glyphs += typesetter->glyph_counts[start];
    if (end > start + 1 || (typesetter->marks[start] & SP_MARK_BLANK) == 0) {
        progress->ink = progress->width;
        progress->at.ink_end = end;
    }
    progress->at.full =
        typesetter->glyph_count + progress->glyphs + SP_GLYPHS_RESERVE > SP_PARAGRAPH_GLYPHS_MAX;
    return progress->ink <= limit && !progress->at.full;
}

/* Whether a line may end where it has come to; a soft hyphen needs room for the hyphen. */
static bool may_end(const struct sp_typesetter *typesetter, struct progress *progress,
                    int64_t limit)
{
    const unsigned last = progress->at.end - 1;
    progress->at.hyphen = false;
    if (progress->at.end == typesetter->part_end)
        return true;
    if (typesetter->breaks[last] != LINEBREAK_ALLOWBREAK)
        return false;
    if (typesetter->codes[last] != SP_CODE_SOFT_HYPHEN)
        return true;
    progress->at.hyphen = true;
    return progress->ink + end_mark(typesetter, last, '-').advance <= limit;
}

/*
 * Where a line from `start` ends, at most before `end_max`: where Unicode allows a break, else
 * after the last cluster that fits, else after the first. With `anywhere` after the last cluster
 * that fits.
 */
static struct sp_line_end fit_line(struct sp_typesetter *typesetter, unsigned start,
                                   unsigned end_max, int64_t limit, bool anywhere)
{
    struct progress progress = {.at = {.end = start, .ink_end = start}};
    struct sp_line_end good = {.end = start}, any = {.end = start, .ink_end = start};
    bool fits = true;
    while (fits && progress.at.end < end_max) {
        fits = advance(typesetter, &progress, limit);
        if (!fits || progress.at.end > end_max)
            break;
        any = progress.at;
        any.hyphen = false;
        if (may_end(typesetter, &progress, limit))
            good = progress.at;
    }
    if (!anywhere && good.end > start)
        any = good;
    else if (any.end == start && start < end_max && !anywhere && !progress.at.full) {
        any.ink_end = any.end = cluster_end(typesetter, start);
        while (any.end < typesetter->part_end && (typesetter->marks[any.end] & SP_MARK_BLANK))
            any.end++;
    }
    any.full = progress.at.full;
    return any;
}

/* Adds what of the runs stands between two characters, at their own level or that of the line. */
static void add_pieces(struct sp_typesetter *typesetter, unsigned start, unsigned end, bool at_base)
{
    if (start >= end)
        return;
    const struct sp_run *run = run_of(typesetter, start);
    for (; start < end; run++) {
        const unsigned stop = SP_MIN(end, run->end);
        typesetter->pieces[typesetter->piece_count++] =
            (struct sp_piece){.run = (uint16_t)(run - typesetter->runs),
                              .start = (uint16_t)start,
                              .end = (uint16_t)stop,
                              .level = at_base ? typesetter->base_level : run->level};
        start = stop;
    }
}

static void reverse(struct sp_piece *pieces, unsigned count)
{
    for (unsigned i = 0; i < count / 2; i++) {
        const struct sp_piece piece = pieces[i];
        pieces[i] = pieces[count - 1 - i];
        pieces[count - 1 - i] = piece;
    }
}

/* UAX #9, L2: from the highest level to the lowest odd one, what is at it or above is reversed. */
static void order_pieces(struct sp_piece *pieces, unsigned count)
{
    unsigned highest = 0;
    for (unsigned i = 0; i < count; i++)
        highest = SP_MAX(highest, pieces[i].level);
    for (unsigned level = highest; level >= 1; level--)
        for (unsigned i = 0; i < count;) {
            unsigned end = i;
            while (end < count && pieces[end].level >= level)
                end++;
            reverse(pieces + i, end - i);
            i = end + 1;
        }
}

/* The glyphs of a piece: those of its run, or shaped now; -1 if there was no memory. */
static int piece_glyphs(struct sp_typesetter *typesetter, const struct sp_piece *piece,
                        const struct sp_shaped **glyphs)
{
    struct sp_run run = typesetter->runs[piece->run];
    if (run.kept && piece->start == run.start && piece->end == run.end &&
        piece->level == run.level) {
        *glyphs = typesetter->shaped + run.glyph_start;
        return run.glyph_count;
    }
    run.level = piece->level;
    *glyphs = typesetter->shaped + SP_SHAPED_MAX;
    return sp_typeset_shape(typesetter, &run, piece->start, piece->end,
                            typesetter->shaped + SP_SHAPED_MAX, SP_RUN_SHAPED_MAX);
}

/* A line while it is put down. */
struct pen {
    int64_t x; /* thousandths of an em from the line's start */
    const struct sp_shaped *before;
    struct sp_shaped last;
};

static int32_t to_mpt(const struct sp_typesetter *typesetter, int64_t em)
{
    const int64_t scaled = em * typesetter->style->size_mpt;
    const int64_t half = scaled < 0 ? -500 : 500;
    return (int32_t)SP_MAX(INT32_MIN, SP_MIN((scaled + half) / 1000, INT32_MAX));
}

/* Puts a glyph down that stands for some bytes; false if there is no room for it. */
static bool put_glyph(struct sp_typesetter *typesetter, struct pen *pen,
                      const struct sp_shaped *shaped, uint32_t text_start, uint32_t text_length,
                      uint32_t code)
{
    if (typesetter->glyph_count == SP_PARAGRAPH_GLYPHS_MAX)
        return false;
    typesetter->glyphs[typesetter->glyph_count++] = (struct sp_typeset_glyph){
        .number = shaped->number,
        .font = shaped->font,
        .own = pen->before && pen->last.font == shaped->font && pen->last.natural &&
               pen->last.x == 0 && shaped->x == 0 && pen->last.y == shaped->y,
        .text_start = text_start,
        .text_length = text_length,
        .x_mpt = to_mpt(typesetter, pen->x + shaped->x),
        .y_mpt = to_mpt(typesetter, shaped->y)};
    sp_font_set_mark(typesetter->fonts, shaped->font, shaped->number, code);
    pen->x += shaped->advance;
    pen->last = *shaped;
    pen->before = &pen->last;
    return true;
}

/*
 * The character behind a glyph's cluster: where the next cluster begins, which stands to its right,
 * or to its left in a run from right to left.
 */
static unsigned cluster_stop(const struct sp_piece *piece, const struct sp_shaped *glyphs,
                             unsigned count, unsigned i)
{
    if (piece->level % 2 == 1)
        return i > 0 ? glyphs[i - 1].cluster : piece->end;
    for (unsigned j = i + 1; j < count; j++)
        if (glyphs[j].cluster != glyphs[i].cluster)
            return glyphs[j].cluster;
    return piece->end;
}

static bool put_piece(struct sp_typesetter *typesetter, struct pen *pen,
                      const struct sp_piece *piece)
{
    const struct sp_shaped *glyphs;
    const int count = piece_glyphs(typesetter, piece, &glyphs);
    for (int i = 0; i < count; i++) {
        const unsigned cluster = glyphs[i].cluster;
        const uint32_t start = typesetter->offsets[cluster];
        uint32_t length = 0, code = 0;
        if (i == 0 || glyphs[i - 1].cluster != cluster) {
            const unsigned stop = cluster_stop(piece, glyphs, (unsigned)count, (unsigned)i);
            SP_ASSERT(stop > cluster);
            length =
                typesetter->offsets[stop - 1] + sp_code_bytes(typesetter->codes[stop - 1]) - start;
            if (stop == cluster + 1 && !glyphs[i].missing &&
                (i + 1 == count || glyphs[i + 1].cluster != cluster))
                code = typesetter->codes[cluster];
        }
        if (!put_glyph(typesetter, pen, &glyphs[i], start, length, code)) {
            typesetter->paragraph.cut = true;
            break;
        }
    }
    return count >= 0;
}

/* A mark at the end of a line that stands for no bytes: an ellipsis or a hyphen. */
struct end_glyph {
    uint32_t code; /* 0 for none */
    unsigned before;
    uint8_t level;
};

/* The place of the end's mark among the pieces, which is that of a piece without characters. */
static void add_end(struct sp_typesetter *typesetter, const struct end_glyph *end)
{
    if (end->code != 0)
        typesetter->pieces[typesetter->piece_count++] = (struct sp_piece){.level = end->level};
}

static void put_end(struct sp_typesetter *typesetter, struct pen *pen, const struct end_glyph *end)
{
    const struct sp_shaped shaped = end_mark(typesetter, end->before, end->code);
    const unsigned at = SP_MIN(end->before + 1, typesetter->code_count);
    (void)put_glyph(typesetter, pen, &shaped, typesetter->offsets[at], 0, end->code);
}

/* The width of the blanks that hang over the left end of a line that runs from right to left. */
static int64_t hanging(const struct sp_typesetter *typesetter, const struct sp_line_end *fit)
{
    int64_t width = 0;
    for (unsigned i = fit->ink_end; i < fit->end && typesetter->base_level == 1; i++)
        width += typesetter->advances[i];
    return width;
}

static int64_t width_mpt(const struct sp_typesetter *typesetter, int64_t em)
{
    return em <= 0 ? 0 : (em * typesetter->style->size_mpt + 999) / 1000;
}

/*
 * Puts a line down. *width is what it turned out to be in thousandths of an em: kerning across its
 * end is gone. False if there was no memory.
 */
static bool put_line(struct sp_typesetter *typesetter, unsigned start,
                     const struct sp_line_end *fit, const struct end_glyph *end, int64_t *width)
{
    const unsigned first = typesetter->glyph_count;
    struct pen pen = {.x = -hanging(typesetter, fit)};
    bool begun = false;
    *width = 0;
    typesetter->piece_count = 0;
    add_pieces(typesetter, start, fit->ink_end, false);
    add_end(typesetter, end);
    add_pieces(typesetter, fit->ink_end, fit->end, true);
    order_pieces(typesetter->pieces, typesetter->piece_count);
    for (unsigned i = 0; i < typesetter->piece_count; i++) {
        const struct sp_piece *piece = &typesetter->pieces[i];
        const bool mark = piece->end == piece->start;
        const bool hangs = !mark && piece->start >= fit->ink_end;
        if (!hangs && !begun) { /* whatever hangs over the left end, ink begins at 0 */
            pen = (struct pen){0};
            begun = true;
        }
        if (mark)
            put_end(typesetter, &pen, end);
        else if (!put_piece(typesetter, &pen, piece))
            return false;
        if (!hangs)
            *width = pen.x;
    }
    typesetter->lines[typesetter->paragraph.line_count] =
        (struct sp_typeset_line){.glyphs = typesetter->glyphs + first,
                                 .glyph_count = typesetter->glyph_count - first,
                                 .width_mpt = width_mpt(typesetter, *width)};
    return true;
}

/* Whether anything that shows stands behind a character. */
static bool has_more(const struct sp_typesetter *typesetter, unsigned start)
{
    for (unsigned i = start; i < typesetter->code_count; i++)
        if ((typesetter->marks[i] & SP_MARK_BLANK) == 0 &&
            !sp_typeset_is_line_end(typesetter->codes[i]))
            return true;
    return false;
}

/* The level of a mark that ends a line: that of what it follows, or of the line. */
static uint8_t level_before(const struct sp_typesetter *typesetter, unsigned start,
                            const struct sp_line_end *fit)
{
    return fit->ink_end > start ? (uint8_t)typesetter->levels[fit->ink_end - 1]
                                : typesetter->base_level;
}

/* A line that is the last because no more are wanted: as much as leaves room for an ellipsis. */
static struct sp_line_end cut_line(struct sp_typesetter *typesetter, unsigned start,
                                   unsigned end_max, int64_t limit, struct end_glyph *end)
{
    const unsigned before = end_max > start ? end_max - 1 : typesetter->part_end;
    const int64_t width = end_mark(typesetter, before, SP_CODE_ELLIPSIS).advance;
    struct sp_line_end fit = fit_line(typesetter, start, end_max, limit - width, true);
    fit.end = fit.ink_end; /* blanks before an ellipsis are cut as well */
    fit.hyphen = false;
    *end = (struct end_glyph){.code = SP_CODE_ELLIPSIS,
                              .before = fit.end > start ? fit.end - 1 : typesetter->part_end,
                              .level = typesetter->base_level};
    return fit;
}

/*
 * One line from `start`; *next is where the next begins. A line that proves too wide once it is
 * shaped by itself is set again with less on it.
 */
static bool set_line(struct sp_typesetter *typesetter, unsigned start, unsigned *next)
{
    struct sp_paragraph *paragraph = &typesetter->paragraph;
    const int64_t limit = line_limit(typesetter);
    const bool last = paragraph->line_count + 1 == typesetter->style->lines_max;
    const unsigned first = typesetter->glyph_count;
    for (unsigned end_max = typesetter->part_end;;) {
        struct end_glyph end = {0};
        int64_t width;
        struct sp_line_end fit = fit_line(typesetter, start, end_max, limit, false);
        const bool cut = (last || fit.full) && has_more(typesetter, fit.end);
        if (cut)
            fit = cut_line(typesetter, start, end_max, limit, &end);
        else if (fit.hyphen)
            end = (struct end_glyph){'-', fit.ink_end - 1, level_before(typesetter, start, &fit)};
        typesetter->glyph_count = first;
        if (!put_line(typesetter, start, &fit, &end, &width))
            return false;
        const unsigned shorter = fit.ink_end > start ? fit.ink_end - 1 : start;
        if (width <= limit || shorter <= start || cluster_end(typesetter, start) > shorter) {
            paragraph->cut = paragraph->cut || cut;
            *next = fit.end;
            break;
        }
        end_max = shorter;
    }
    const int64_t width = typesetter->lines[paragraph->line_count].width_mpt;
    paragraph->width_mpt = SP_MAX(paragraph->width_mpt, width);
    paragraph->line_count++;
    return true;
}

/* Whether the part fits on one line as it is. */
static bool fits_whole(const struct sp_typesetter *typesetter)
{
    int64_t width = 0;
    unsigned glyphs = typesetter->glyph_count + SP_GLYPHS_RESERVE;
    for (unsigned i = typesetter->part_start; i < typesetter->part_end; i++) {
        width += typesetter->advances[i];
        glyphs += typesetter->glyph_counts[i];
    }
    return width <= line_limit(typesetter) && glyphs <= SP_PARAGRAPH_GLYPHS_MAX;
}

bool sp_typeset_put_lines(struct sp_typesetter *typesetter)
{
    const struct sp_paragraph *paragraph = &typesetter->paragraph;
    unsigned start = typesetter->part_start;
    /* With nothing to break it does not matter where. */
    if (!fits_whole(typesetter))
        sp_typeset_find_breaks(typesetter);
    do {
        if (!set_line(typesetter, start, &start))
            return false;
    } while (start < typesetter->part_end && !paragraph->cut &&
             paragraph->line_count < typesetter->style->lines_max);
    return true;
}

/* Puts down glyphs that each stand for their one character of ASCII. */
static void put_plain_glyphs(struct sp_typesetter *typesetter, const struct sp_shaped *shaped,
                             unsigned count)
{
    const struct sp_font_face *face = sp_font_set_face(typesetter->fonts, shaped[0].font);
    struct sp_typeset_glyph *glyphs = typesetter->glyphs + typesetter->glyph_count;
    int64_t x = 0;
    for (unsigned i = 0; i < count; i++) {
        const uint16_t number = shaped[i].number;
        glyphs[i] =
            (struct sp_typeset_glyph){.number = number,
                                      .font = shaped[i].font,
                                      .own = i > 0 && shaped[i - 1].natural,
                                      .text_start = typesetter->offsets[typesetter->part_start + i],
                                      .text_length = 1,
                                      .x_mpt = to_mpt(typesetter, x)};
        if (face->code[number] == 0)
            sp_font_set_mark(typesetter->fonts, shaped[i].font, number,
                             typesetter->codes[typesetter->part_start + i]);
        x += shaped[i].advance;
    }
    typesetter->glyph_count += count;
}

bool sp_typeset_put_plain(struct sp_typesetter *typesetter)
{
    struct sp_paragraph *paragraph = &typesetter->paragraph;
    const unsigned start = typesetter->part_start, count = typesetter->part_end - start;
    const uint8_t font = sp_font_set_plain(typesetter->fonts, typesetter->weight);
    const bool last = paragraph->line_count + 1 == typesetter->style->lines_max;
    if (typesetter->base_level != 0 || count == 0 || count > SP_RUN_CODES_MAX ||
        typesetter->glyph_count + count + SP_GLYPHS_RESERVE > SP_PARAGRAPH_GLYPHS_MAX ||
        !sp_font_set_pairs(typesetter->fonts, font) || !sp_typeset_is_ascii(typesetter) ||
        (last && has_more(typesetter, typesetter->part_end)) ||
        !sp_typeset_shape_plain(typesetter, font, start, typesetter->part_end, typesetter->shaped))
        return false;
    int64_t width = 0;
    for (unsigned i = 0; i < count; i++)
        width += typesetter->shaped[i].advance;
    /* A blank at the end hangs, and is set by itself without kerning. */
    if (width > line_limit(typesetter) ||
        (typesetter->marks[typesetter->part_end - 1] & SP_MARK_BLANK) != 0)
        return false;
    put_plain_glyphs(typesetter, typesetter->shaped, count);
    typesetter->lines[paragraph->line_count++] =
        (struct sp_typeset_line){.glyphs = typesetter->glyphs + typesetter->glyph_count - count,
                                 .glyph_count = count,
                                 .width_mpt = width_mpt(typesetter, width)};
    paragraph->width_mpt =
        SP_MAX(paragraph->width_mpt, typesetter->lines[paragraph->line_count - 1].width_mpt);
    return true;
}
