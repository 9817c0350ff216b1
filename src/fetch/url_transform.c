#include "fetch/url_transform.h"

#include "base/check.h"
#include "base/num.h"

#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A part of an address. */
struct span {
    const char *start;
    size_t length;
};

struct parts {
    struct span scheme; /* http or https */
    struct span host;   /* without the port */
    struct span path;   /* from its slash on */
    struct span query;  /* behind the question mark */
};

/* What is asked of a host. */
struct wish {
    uint32_t edge_px;
    unsigned quality;
};

/* A text being written into the caller's room; once something does not fit, nothing does. */
struct text {
    char *start;
    size_t used, capacity;
    bool full;
};

static void put(struct text *text, const char *bytes, size_t count)
{
    text->full = text->full || count >= text->capacity - text->used;
    if (text->full)
        return;
    memcpy(text->start + text->used, bytes, count);
    text->used += count;
    text->start[text->used] = '\0';
}

SP_PRINTF(2, 3)
static void print(struct text *text, const char *format, ...)
{
    char piece[128];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(piece, sizeof piece, format, arguments);
    va_end(arguments);
    SP_ASSERT(length >= 0 && (size_t)length < sizeof piece);
    put(text, piece, (size_t)length);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_same(struct span span, const char *word)
{
    return strlen(word) == span.length && memcmp(span.start, word, span.length) == 0;
}

static bool begins(struct span span, const char *word)
{
    return strlen(word) <= span.length && memcmp(span.start, word, strlen(word)) == 0;
}

/* Whether a host is `domain` or below it. */
static bool is_under(struct span host, const char *domain)
{
    const size_t length = strlen(domain);
    if (host.length < length)
        return false;
    const char *tail = host.start + host.length - length;
    for (size_t i = 0; i < length; i++)
        if (lower(tail[i]) != domain[i])
            return false;
    return host.length == length || tail[-1] == '.';
}

/* Takes the front of `rest` up to one of `ends`, which stays; all of it if none is there. */
static struct span take_until(struct span *rest, const char *ends)
{
    struct span taken = {rest->start, 0};
    while (taken.length < rest->length && !strchr(ends, taken.start[taken.length]))
        taken.length++;
    rest->start += taken.length;
    rest->length -= taken.length;
    return taken;
}

static bool take_prefix(struct span *rest, const char *word)
{
    for (size_t i = 0; word[i] != '\0'; i++)
        if (i >= rest->length || lower(rest->start[i]) != word[i])
            return false;
    rest->start += strlen(word);
    rest->length -= strlen(word);
    return true;
}

/* Takes an address apart, its fragment left out; false if it is none of the web's. */
static bool take_apart(const char *url, struct parts *parts)
{
    struct span rest = {url, strcspn(url, "#")};
    const char *start = rest.start;
    if (!take_prefix(&rest, "https://") && !take_prefix(&rest, "http://"))
        return false;
    parts->scheme = (struct span){start, (size_t)(rest.start - start) - 3};
    const struct span authority = take_until(&rest, "/?");
    if (authority.length == 0 || memchr(authority.start, '@', authority.length) ||
        authority.start[0] == '[')
        return false;
    struct span name = authority;
    parts->host = take_until(&name, ":");
    parts->path = take_until(&rest, "?");
    parts->query = rest.length > 0 ? (struct span){rest.start + 1, rest.length - 1} : rest;
    return true;
}

/* Cloudinary ------------------------------------------------------------------------------- */

/* v and digits: the component between transformations and the name of a photo. */
static bool is_version(struct span component)
{
    if (component.length < 2 || component.start[0] != 'v')
        return false;
    for (size_t i = 1; i < component.length; i++)
        if (!is_digit(component.start[i]))
            return false;
    return true;
}

/* Whether every part of a component is a parameter of a transformation: w_100,c_fill or $x_1. */
static bool is_transformation(struct span component)
{
    static const char *const keys[] = {"a",  "ac", "af", "ar",  "b",  "bo", "br", "c",  "co", "cs",
                                       "d",  "dl", "dn", "dpr", "e",  "eo", "f",  "fl", "fn", "fps",
                                       "g",  "h",  "if", "ki",  "l",  "o",  "p",  "pg", "q",  "r",
                                       "so", "sp", "t",  "u",   "vc", "w",  "x",  "y",  "z"};
    const bool empty = component.length == 0;
    while (component.length > 0) {
        struct span part = take_until(&component, ",");
        const struct span key = take_until(&part, "_");
        bool known = key.length > 1 && key.start[0] == '$';
        for (size_t i = 0; i < SP_COUNT(keys) && !known; i++)
            known = is_same(key, keys[i]);
        if (!known || part.length < 2)
            return false;
        if (component.length > 0) {
            component.start++;
            component.length--;
        }
    }
    return !empty;
}

/* Whether a component sets a width or a height. */
static bool is_sized(struct span component)
{
    while (component.length > 0) {
        const struct span part = take_until(&component, ",");
        if (begins(part, "w_") || begins(part, "h_"))
            return true;
        if (component.length > 0) {
            component.start++;
            component.length--;
        }
    }
    return false;
}

static bool is_signature(struct span component)
{
    return component.length > 5 && begins(component, "s--") &&
           memcmp(component.start + component.length - 2, "--", 2) == 0;
}

/* Takes a component and the slash behind it; the last one, the name, is none. */
static bool take_component(struct span *rest, struct span *component)
{
    *component = take_until(rest, "/");
    if (rest->length == 0)
        return false;
    rest->start++;
    rest->length--;
    return true;
}

/*
 * Where in a path behind /image/upload/ the component belongs: behind the transformations that are
 * there, and before all else. Null if the address is to be left alone.
 */
static const char *cloudinary_place(struct span rest, bool needs_version)
{
    const char *behind_transformations = rest.start;
    bool in_transformations = true;
    struct span component;
    while (take_component(&rest, &component)) {
        if (is_version(component))
            return rest.length > 0 ? behind_transformations : NULL;
        if (is_signature(component) || is_sized(component))
            return NULL;
        in_transformations = in_transformations && is_transformation(component);
        if (in_transformations)
            behind_transformations = rest.start;
    }
    return needs_version || component.length == 0 ? NULL : behind_transformations;
}

static bool cloudinary(const struct parts *parts, const char *url, struct wish wish,
                       struct text *out)
{
    static const char folder[] = "/image/upload/";
    const char *found = memmem(parts->path.start, parts->path.length, folder, strlen(folder));
    if (!found)
        return false;
    const char *behind = found + strlen(folder);
    const struct span rest = {behind, (size_t)(parts->path.start + parts->path.length - behind)};
    const char *place = cloudinary_place(rest, !is_under(parts->host, "cloudinary.com"));
    if (!place)
        return false;
    put(out, url, (size_t)(place - url));
    print(out, "c_limit,w_%u,h_%u,q_%u,f_jpg/", wish.edge_px, wish.edge_px, wish.quality);
    put(out, place, strcspn(place, "#"));
    return true;
}

/* imgix ------------------------------------------------------------------------------------ */

static bool has_parameter(struct span query, const char *name)
{
    while (query.length > 0) {
        struct span pair = take_until(&query, "&");
        if (is_same(take_until(&pair, "="), name))
            return true;
        if (query.length > 0) {
            query.start++;
            query.length--;
        }
    }
    return false;
}

static bool imgix(const struct parts *parts, const char *url, struct wish wish, struct text *out)
{
    static const char *const shaped[] = {"w", "h", "fit", "ar", "crop", "dpr", "s"};
    if (parts->path.length < 2)
        return false;
    for (size_t i = 0; i < SP_COUNT(shaped); i++)
        if (has_parameter(parts->query, shaped[i]))
            return false;
    put(out, url, strcspn(url, "#"));
    if (parts->query.length > 0)
        put(out, "&", 1);
    else if (out->used > 0 && out->start[out->used - 1] != '?')
        put(out, "?", 1);
    print(out, "fit=max&w=%u&h=%u", wish.edge_px, wish.edge_px);
    if (!has_parameter(parts->query, "q"))
        print(out, "&q=%u", wish.quality);
    if (!has_parameter(parts->query, "fm"))
        print(out, "&fm=jpg");
    return true;
}

/* A host is of one kind only, whatever its paths look like. */
static bool apply_built_in(const struct parts *parts, const char *url, struct wish wish,
                           struct text *out)
{
    return is_under(parts->host, "imgix.net") ? imgix(parts, url, wish, out)
                                              : cloudinary(parts, url, wish, out);
}

/* Rules of the theme ----------------------------------------------------------------------- */

#define GROUPS 10 /* the whole and $1 to $9 */

struct sp_url_rules {
    size_t count;
    regex_t *patterns;
    const char **to;
};

size_t sp_url_rules_need(size_t count)
{
    return sp_size_add(sp_arena_cost(sizeof(struct sp_url_rules)),
                       sp_size_add(sp_arena_cost(sp_size_mul(count, sizeof(regex_t))),
                                   sp_arena_cost(sp_size_mul(count, sizeof(const char *)))));
}

/*
 * What all {n,m} of a pattern multiply up to, since they may stand inside each other: the C library
 * writes the repeated piece out so often, in memory.
 */
static size_t repetitions(const char *pattern)
{
    size_t product = 1;
    for (const char *at = strchr(pattern, '{'); at; at = strchr(at + 1, '{')) {
        size_t largest = 1;
        size_t number = 0;
        for (const char *digit = at + 1; is_digit(*digit) || *digit == ','; digit++) {
            number =
                *digit == ',' ? 0 : sp_size_add(sp_size_mul(number, 10), (size_t)(*digit - '0'));
            largest = SP_MAX(largest, number);
        }
        product = sp_size_mul(product, largest);
    }
    return product;
}

/* \1 to \9; a backslash that is itself behind one does not count. */
static bool has_back_reference(const char *pattern)
{
    for (const char *at = strchr(pattern, '\\'); at && at[1] != '\0'; at = strchr(at + 2, '\\'))
        if (is_digit(at[1]))
            return true;
    return false;
}

static enum sp_status compile(regex_t *pattern, size_t number, const char *text, struct sp_err *err)
{
    if (strlen(text) >= SP_URL_PATTERN_MAX)
        return sp_fail(err, SP_BAD_SPEC, "the pattern of address rule %zu has more than %d bytes",
                       number, SP_URL_PATTERN_MAX - 1);
    if (has_back_reference(text))
        return sp_fail(err, SP_BAD_SPEC,
                       "the pattern of address rule %zu refers back (\\1): write it without",
                       number);
    if (repetitions(text) > SP_URL_REPETITIONS_MAX)
        return sp_fail(err, SP_BAD_SPEC,
                       "the pattern of address rule %zu repeats more than %d times: write * or +",
                       number, SP_URL_REPETITIONS_MAX);
    const int error = regcomp(pattern, text, REG_EXTENDED);
    if (error == 0)
        return SP_OK;
    char reason[128];
    (void)regerror(error, pattern, reason, sizeof reason);
    return sp_fail(err, SP_BAD_SPEC, "the pattern of address rule %zu is none: %s", number, reason);
}

enum sp_status sp_url_rules_init(struct sp_url_rules **rules, struct sp_arena *arena,
                                 const struct sp_url_rule *from, size_t count, struct sp_err *err)
{
    SP_ASSERT(count <= SP_URL_RULES_MAX);
    struct sp_url_rules *made = sp_arena_take(arena, 1, sizeof *made);
    made->patterns = sp_arena_take(arena, count, sizeof *made->patterns);
    made->to = sp_arena_take(arena, count, sizeof *made->to);
    for (; made->count < count; made->count++) {
        const struct sp_url_rule *rule = &from[made->count];
        const enum sp_status status =
            compile(&made->patterns[made->count], made->count + 1, rule->match, err);
        if (status != SP_OK) {
            sp_url_rules_finish(made);
            return status;
        }
        made->to[made->count] = rule->to;
    }
    *rules = made;
    return SP_OK;
}

void sp_url_rules_finish(struct sp_url_rules *rules)
{
    while (rules && rules->count > 0)
        regfree(&rules->patterns[--rules->count]);
}

static void put_group(struct text *out, const char *url, const regmatch_t *group)
{
    if (group->rm_so >= 0)
        put(out, url + group->rm_so, (size_t)(group->rm_eo - group->rm_so));
}

/* Fills the address of a rule in: $1 to $9, {width}, {quality}. */
static void fill_in(struct text *out, const char *to, const char *url, const regmatch_t *groups,
                    struct wish wish)
{
    struct span rest = {to, strlen(to)};
    while (rest.length > 0) {
        const struct span plain = take_until(&rest, "${");
        put(out, plain.start, plain.length);
        if (take_prefix(&rest, "{width}")) {
            print(out, "%u", wish.edge_px);
        } else if (take_prefix(&rest, "{quality}")) {
            print(out, "%u", wish.quality);
        } else if (rest.length > 1 && rest.start[0] == '$' && rest.start[1] >= '1' &&
                   rest.start[1] <= '9') {
            put_group(out, url, &groups[rest.start[1] - '0']);
            rest.start += 2;
            rest.length -= 2;
        } else if (rest.length > 0) {
            put(out, rest.start++, 1);
            rest.length--;
        }
    }
}

/* Whether a rule matched the whole of the address; what it makes of it is then in `out`. */
static bool apply_rules(const struct sp_url_rules *rules, const char *url, struct wish wish,
                        struct text *out)
{
    regmatch_t groups[GROUPS];
    for (size_t i = 0; rules && i < rules->count; i++) {
        if (regexec(&rules->patterns[i], url, GROUPS, groups, 0) != 0 || groups[0].rm_so != 0 ||
            (size_t)groups[0].rm_eo != strlen(url))
            continue;
        fill_in(out, rules->to[i], url, groups, wish);
        return true;
    }
    return false;
}

bool sp_url_transform(const struct sp_url_rules *rules, const char *url, uint32_t edge_px,
                      unsigned quality, char *out, size_t capacity)
{
    SP_ASSERT(edge_px > 0);
    SP_ASSERT(quality > 0);
    const struct wish wish = {edge_px, quality};
    struct text text = {.start = out, .capacity = capacity};
    struct parts from;
    struct parts to;
    if (!take_apart(url, &from))
        return false;
    if (!apply_rules(rules, url, wish, &text) && !apply_built_in(&from, url, wish, &text))
        return false;
    return !text.full && text.used > 0 && strcmp(out, url) != 0 && take_apart(out, &to) &&
           to.scheme.length == from.scheme.length;
}
