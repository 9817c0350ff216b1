/* From bytes to runs: characters, directions, fonts. */
#include "text/typeset_state.h"

#include "base/num.h"
#include "base/utf8.h"

bool sp_typeset_is_line_end(uint32_t code)
{
    return (code >= '\n' && code <= '\r') || code == 0x85 || code == 0x2028 || code == 0x2029;
}

/*
 * Characters that are left out: controls, the byte order mark, anchors of annotations. What has no
 * shape but an effect on its neighbours (joiners, marks of direction) stays.
 */
static bool is_dropped(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xFEFF ||
           (code >= 0xFFF9 && code <= 0xFFFB);
}

static bool is_blank(uint32_t code)
{
    return code == ' ' || code == 0x1680 || (code >= 0x2000 && code <= 0x200B && code != 0x2007) ||
           code == 0x205F || code == 0x3000;
}

/* Whether a character may run from right to left or turn the direction of others. */
static bool turns(uint32_t code)
{
    return (code >= 0x590 && code < 0x900) || (code >= 0x200E && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069) || (code >= 0xFB1D && code < 0xFE00) ||
           (code >= 0xFE70 && code < 0xFF00) || (code >= 0x10800 && code < 0x11000) ||
           (code >= 0x1E800 && code < 0x1F000);
}

static bool is_letter(uint32_t code)
{
    return (code | 0x20) - 'a' < 26;
}

/*
 * The direction of the paragraph (UAX #9, P2 and P3). Most texts hold nothing that turns and a
 * letter; then it is known without asking for the class of every character.
 */
static void find_direction(struct sp_typesetter *typesetter, bool rtl)
{
    const unsigned count = typesetter->code_count;
    bool plain = false, turned = false;
    for (unsigned i = 0; i < count; i++) {
        plain = plain || is_letter(typesetter->codes[i]);
        turned = turned || turns(typesetter->codes[i]);
    }
    typesetter->base_level = 0;
    if (!turned && (plain || !rtl))
        return;
    fribidi_get_bidi_types(typesetter->codes, (FriBidiStrIndex)count, typesetter->types);
    const FriBidiParType direction =
        fribidi_get_par_direction(typesetter->types, (FriBidiStrIndex)count);
    if (direction == FRIBIDI_PAR_ON ? rtl : direction == FRIBIDI_PAR_RTL)
        typesetter->base_level = 1;
}

void sp_typeset_read(struct sp_typesetter *typesetter, const char *text, size_t length, bool rtl)
{
    unsigned count = 0;
    for (size_t at = 0; at < length;) {
        const size_t start = at;
        uint32_t code = (unsigned char)text[at];
        if (code < 0x80)
            at++;
        else
            code = sp_utf8_next(text, length, &at);
        if (code == '\t')
            code = ' ';
        else if (is_dropped(code) && !sp_typeset_is_line_end(code))
            continue;
        typesetter->offsets[count] = (uint16_t)start;
        typesetter->marks[count] = is_blank(code) ? SP_MARK_BLANK : 0;
        typesetter->codes[count++] = code;
    }
    typesetter->code_count = count;
    typesetter->offsets[count] = (uint16_t)length;
    find_direction(typesetter, rtl);
}

/* The levels of the part's characters (UAX #9); all 0 where nothing turns. */
static bool find_levels(struct sp_typesetter *typesetter)
{
    const unsigned start = typesetter->part_start;
    const FriBidiStrIndex count = (FriBidiStrIndex)(typesetter->part_end - start);
    bool turned = typesetter->base_level != 0;
    for (unsigned i = start; i < typesetter->part_end && !turned; i++)
        turned = turns(typesetter->codes[i]);
    if (!turned || count == 0) {
        for (unsigned i = start; i < typesetter->part_end; i++)
            typesetter->levels[i] = 0;
        return true;
    }
    FriBidiParType direction = typesetter->base_level ? FRIBIDI_PAR_RTL : FRIBIDI_PAR_LTR;
    const uint32_t *codes = typesetter->codes + start;
    FriBidiCharType *types = typesetter->types + start;
    FriBidiBracketType *brackets = typesetter->brackets + start;
    fribidi_get_bidi_types(codes, count, types);
    fribidi_get_bracket_types(codes, count, types, brackets);
    return fribidi_get_par_embedding_levels_ex(types, brackets, count, &direction,
                                               typesetter->levels + start) > 0;
}

bool sp_typeset_is_ignorable(uint32_t code)
{
    return code == 0xAD || code == 0x34F || code == 0x61C || code == 0x115F || code == 0x1160 ||
           code == 0x17B4 || code == 0x17B5 || (code >= 0x180B && code <= 0x180F) ||
           (code >= 0x200B && code <= 0x200F) || (code >= 0x202A && code <= 0x202E) ||
           (code >= 0x2060 && code <= 0x206F) || code == 0x3164 ||
           (code >= 0xFE00 && code <= 0xFE0F) || code == 0xFFA0 ||
           (code >= 0xFFF0 && code <= 0xFFF8) || (code >= 0x1BCA0 && code <= 0x1BCA3) ||
           (code >= 0x1D173 && code <= 0x1D17A) || (code >= 0xE0000 && code <= 0xE0FFF);
}

/* Whether a character belongs with the one before it, roughly as UAX #29 has it. */
static bool continues(const struct sp_typesetter *typesetter, unsigned i)
{
    const uint32_t code = typesetter->codes[i];
    if (code < 0x300)
        return false;
    const hb_unicode_general_category_t category =
        hb_unicode_general_category(hb_unicode_funcs_get_default(), code);
    if (category == HB_UNICODE_GENERAL_CATEGORY_NON_SPACING_MARK ||
        category == HB_UNICODE_GENERAL_CATEGORY_ENCLOSING_MARK ||
        category == HB_UNICODE_GENERAL_CATEGORY_SPACING_MARK || code == 0x200C || code == 0x200D ||
        (code >= 0x1F3FB && code <= 0x1F3FF) || (code >= 0xE0020 && code <= 0xE007F))
        return true;
    return i > typesetter->part_start && typesetter->codes[i - 1] == 0x200D && code >= 0x2000;
}

/* Whether a font has all of a cluster; a mark may be part of a composed character. */
static bool has_cluster(struct sp_typesetter *typesetter, uint8_t font, unsigned start,
                        unsigned end)
{
    const uint32_t *codes = typesetter->codes;
    uint32_t base = codes[start];
    if (!sp_font_set_has(typesetter->fonts, font, base))
        return false;
    for (unsigned i = start + 1; i < end; i++) {
        hb_codepoint_t composed;
        if (sp_typeset_is_ignorable(codes[i]) || sp_font_set_has(typesetter->fonts, font, codes[i]))
            continue;
        if (!hb_unicode_compose(hb_unicode_funcs_get_default(), base, codes[i], &composed) ||
            !sp_font_set_has(typesetter->fonts, font, composed))
            return false;
        base = composed;
    }
    return true;
}

static enum sp_run_kind kind_of(const struct sp_typesetter *typesetter, unsigned i, uint8_t font)
{
    if (font != SP_FONT_NONE)
        return SP_RUN_SHAPED;
    return sp_typeset_is_ignorable(typesetter->codes[i]) ? SP_RUN_NOTHING : SP_RUN_MISSING;
}

/* Adds a character to the last run, or begins one. */
static void add_code(struct sp_typesetter *typesetter, unsigned i, uint8_t font)
{
    const enum sp_run_kind kind = kind_of(typesetter, i, font);
    const uint8_t level = (uint8_t)typesetter->levels[i];
    const hb_script_t script =
        hb_unicode_script(hb_unicode_funcs_get_default(), typesetter->codes[i]);
    const bool own = script != HB_SCRIPT_COMMON && script != HB_SCRIPT_INHERITED;
    struct sp_run *run =
        typesetter->run_count > 0 ? &typesetter->runs[typesetter->run_count - 1] : NULL;
    if (!run || run->level != level || run->font != font || run->kind != kind ||
        kind == SP_RUN_MISSING || i - run->start >= SP_RUN_CODES_MAX ||
        (own && run->script != HB_SCRIPT_COMMON && run->script != script)) {
        run = &typesetter->runs[typesetter->run_count++];
        *run = (struct sp_run){.start = (uint16_t)i,
                               .font = font,
                               .level = level,
                               .kind = (uint8_t)kind,
                               .script = HB_SCRIPT_COMMON};
    }
    if (own)
        run->script = script;
    run->end = (uint16_t)(i + 1);
}

/*
 * The font of a cluster: that of what stands before it for blanks and what has no shape; otherwise
 * the first of the chain that has all of it. SP_FONT_NONE if no single font has.
 */
static uint8_t pick_cluster(struct sp_typesetter *typesetter, unsigned start, unsigned end,
                            uint8_t before)
{
    const uint32_t code = typesetter->codes[start];
    const bool shapeless = sp_typeset_is_ignorable(code);
    if (before != SP_FONT_NONE && end == start + 1 &&
        (shapeless || (is_blank(code) && sp_font_set_has(typesetter->fonts, before, code))))
        return before;
    if (shapeless) /* with a mark that has nothing to stand on, each goes its own way */
        return end > start + 1 ? SP_FONT_NONE
                               : sp_font_set_plain(typesetter->fonts, typesetter->weight);
    const uint8_t font = sp_font_set_pick(typesetter->fonts, typesetter->weight, code);
    if (font == SP_FONT_NONE || end == start + 1 || has_cluster(typesetter, font, start, end))
        return font;
    /* The marks may be in a font that has the base as well. */
    for (unsigned i = start + 1; i < end; i++) {
        if (sp_typeset_is_ignorable(typesetter->codes[i]))
            continue;
        const uint8_t other =
            sp_font_set_pick(typesetter->fonts, typesetter->weight, typesetter->codes[i]);
        if (other != SP_FONT_NONE && has_cluster(typesetter, other, start, end))
            return other;
    }
    return SP_FONT_NONE;
}

/* A cluster that no font has as a whole, character by character. */
static void add_scattered(struct sp_typesetter *typesetter, unsigned start, unsigned end)
{
    uint8_t font = SP_FONT_NONE;
    for (unsigned i = start; i < end; i++) {
        if (!sp_typeset_is_ignorable(typesetter->codes[i]))
            font = sp_font_set_pick(typesetter->fonts, typesetter->weight, typesetter->codes[i]);
        add_code(typesetter, i, font);
    }
}

bool sp_typeset_is_ascii(const struct sp_typesetter *typesetter)
{
    for (unsigned i = typesetter->part_start; i < typesetter->part_end; i++)
        if (!sp_pairs_has(typesetter->codes[i]))
            return false;
    return true;
}

bool sp_typeset_find_runs(struct sp_typesetter *typesetter)
{
    uint8_t font = SP_FONT_NONE;
    typesetter->run_count = 0;
    const uint8_t plain = sp_font_set_plain(typesetter->fonts, typesetter->weight);
    if (typesetter->base_level == 0 && sp_typeset_is_ascii(typesetter)) {
        for (unsigned i = typesetter->part_start; i < typesetter->part_end;) {
            const unsigned end = SP_MIN(i + SP_RUN_CODES_MAX, typesetter->part_end);
            typesetter->runs[typesetter->run_count++] = (struct sp_run){
                .start = (uint16_t)i,
                .end = (uint16_t)end,
                .font = plain,
                .kind = sp_font_set_pairs(typesetter->fonts, plain) ? SP_RUN_PLAIN : SP_RUN_SHAPED,
                .script = HB_SCRIPT_LATIN};
            i = end;
        }
        return true;
    }
    if (!find_levels(typesetter))
        return false;
    for (unsigned start = typesetter->part_start; start < typesetter->part_end;) {
        unsigned end = start + 1;
        while (end < typesetter->part_end && continues(typesetter, end))
            end++;
        const uint8_t own = pick_cluster(typesetter, start, end, font);
        for (unsigned i = start; i < end && own != SP_FONT_NONE; i++)
            add_code(typesetter, i, own);
        if (own == SP_FONT_NONE)
            add_scattered(typesetter, start, end);
        font = own;
        start = end;
    }
    return true;
}
