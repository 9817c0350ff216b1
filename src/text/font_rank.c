/* Judging fonts by their names alone. */
#include "text/font_rank.h"

#include "base/num.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

struct word {
    const char *text;
    uint8_t cost;
};

/* What makes a font less fit for plain text, in any case; costs add up. */
static const struct word styles[] = {
    {"italic", 96},    {"oblique", 96}, {"mono", 48}, {"serif", 24},    {"roman", 24},
    {"mincho", 24},    {"ming", 24},    {"song", 24}, {"nastaliq", 12}, {"emoji", 12},
    {"condensed", 10}, {"narrow", 10},  {"thin", 6},  {"light", 6},     {"black", 6},
    {"heavy", 6},      {"semi", 5},     {"demi", 5},  {"extra", 5},     {"medium", 4},
    {"display", 2},    {"looped", 2},   {"ui", 1},
};

/* Marks of East Asian variants, as they end the names of fonts: in capitals. */
static const struct {
    const char *mark;
    const char *language;
    const char *region; /* a subtag that asks for it, or null */
} variants[] = {
    {"JP", "ja", NULL},   {"KR", "ko", NULL},   {"HK", "zh", "HK"}, {"TC", "zh", "TW"},
    {"TC", "zh", "Hant"}, {"SC", "zh", "Hans"}, {"SC", "zh", "CN"},
};

bool sp_font_rank_is_font(const char *name)
{
    static const char *const endings[] = {".ttf", ".otf", ".ttc", ".otc"};
    const size_t length = strlen(name);
    for (size_t i = 0; i < SP_COUNT(endings); i++)
        if (length > 4 && strcasecmp(name + length - 4, endings[i]) == 0)
            return true;
    return false;
}

static bool has_word(const char *name, const char *word)
{
    const size_t length = strlen(word);
    for (; *name; name++)
        if (strncasecmp(name, word, length) == 0)
            return true;
    return false;
}

/* Whether a language tag begins with a language and has a subtag, if one is asked for. */
static bool is_language(const char *tag, const char *language, const char *subtag)
{
    const size_t length = strlen(language);
    if (strncasecmp(tag, language, length) != 0 || (tag[length] && tag[length] != '-'))
        return false;
    if (!subtag)
        return true;
    for (const char *at = strchr(tag, '-'); at; at = strchr(at + 1, '-'))
        if (strncasecmp(at + 1, subtag, strlen(subtag)) == 0)
            return true;
    return false;
}

/* Whether a name has a variant's mark as a word of its own. */
static bool has_mark(const char *name, const char *mark)
{
    for (const char *at = strstr(name, mark); at; at = strstr(at + 1, mark)) {
        const char after = at[strlen(mark)];
        if (!(after >= 'a' && after <= 'z') && !(after >= 'A' && after <= 'Z'))
            return true;
    }
    return false;
}

/*
 * 0 for a font of the language's own variant, 1 for one of none, 2 for one of another. Chinese
 * without a script or region is that of the mainland, and so are Han characters of no language.
 */
static uint8_t language_cost(const char *name, const char *language)
{
    const char *wanted = NULL;
    for (size_t i = 0; i < SP_COUNT(variants) && language && !wanted; i++)
        if (is_language(language, variants[i].language, variants[i].region))
            wanted = variants[i].mark;
    if (!wanted)
        wanted = "SC";
    if (has_mark(name, wanted))
        return 0;
    for (size_t i = 0; i < SP_COUNT(variants); i++)
        if (has_mark(name, variants[i].mark))
            return 2;
    return 1;
}

uint8_t sp_font_rank(const char *name, enum sp_weight weight, const char *language)
{
    unsigned cost = language_cost(name, language);
    for (size_t i = 0; i < SP_COUNT(styles); i++)
        if (has_word(name, styles[i].text) &&
            !(strcmp(styles[i].text, "serif") == 0 && has_word(name, "sansserif")))
            cost += styles[i].cost;
    if (!has_word(name, "sans"))
        cost += 3;
    if (has_word(name, "bold") != (weight == SP_WEIGHT_BOLD))
        cost += 6;
    return (uint8_t)SP_MIN(cost, UINT8_MAX);
}

/* Edits that make one name the other (Levenshtein), apart from case. */
static unsigned distance(const char *one, const char *other)
{
    unsigned row[SP_FONT_NAME_BYTES];
    const size_t length = strnlen(other, SP_FONT_NAME_BYTES - 1);
    for (unsigned i = 0; i <= length; i++)
        row[i] = i;
    for (unsigned i = 1; *one && i < SP_FONT_NAME_BYTES; i++, one++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            const bool same = strncasecmp(one, other + j - 1, 1) == 0;
            const unsigned changed = diagonal + !same;
            diagonal = row[j];
            row[j] = SP_MIN(changed, SP_MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[length];
}

void sp_font_near_add(struct sp_font_near *near, const char *wanted, const char *name)
{
    const unsigned far = distance(wanted, name);
    const size_t length = strlen(wanted);
    if (!name[0] || (far > length / 2 && !has_word(name, wanted)))
        return;
    for (unsigned i = 0; i < near->count; i++)
        if (strcmp(near->names[i], name) == 0)
            return;
    unsigned at = SP_MIN(near->count, SP_COUNT(near->names) - 1);
    if (near->count == SP_COUNT(near->names) && far >= near->distances[at])
        return;
    near->count = at + 1;
    for (; at > 0 && near->distances[at - 1] > far; at--) {
        near->distances[at] = near->distances[at - 1];
        memcpy(near->names[at], near->names[at - 1], sizeof near->names[at]);
    }
    near->distances[at] = far;
    (void)snprintf(near->names[at], sizeof near->names[at], "%s", name);
}

void sp_font_near_list(const struct sp_font_near *near, char *list, size_t capacity)
{
    size_t length = 0;
    list[0] = '\0';
    for (unsigned i = 0; i < near->count && length < capacity; i++) {
        const int more =
            snprintf(list + length, capacity - length, "%s%s", i > 0 ? ", " : "", near->names[i]);
        length += more > 0 ? (size_t)more : 0;
    }
}
