#include "base/json.h"
#include "base/num.h"
#include "base/utf8.h"
#include "spec/spec_parser.h"

#include <smallpress/quantity.h>

#include <inttypes.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Bytes of a scalar that is not kept as a text: a length, a colour, a word. */
#define SHORT_BYTES 160

/* Longer than any language tag in use, and than BCP 47 asks programs to take. */
#define LOCALE_BYTES_MAX 35

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_word(const struct sp_spec_event *event, const char *const *words)
{
    for (; *words; words++) {
        if (event->length == strlen(*words) && memcmp(event->text, *words, event->length) == 0)
            return true;
    }
    return false;
}

/* The words of YAML's core schema, of which those of JSON are some. */
static bool is_null(const struct sp_spec_event *event)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL", NULL};
    return event->plain && is_word(event, words);
}

static bool is_true(const struct sp_spec_event *event)
{
    static const char *const words[] = {"true", "True", "TRUE", NULL};
    return event->plain && is_word(event, words);
}

static bool is_false(const struct sp_spec_event *event)
{
    static const char *const words[] = {"false", "False", "FALSE", NULL};
    return event->plain && is_word(event, words);
}

bool sp_spec_is_empty(const struct sp_spec_event *event)
{
    if (is_null(event))
        return true;
    for (size_t i = 0; i < event->length; i++) {
        if (!is_blank(event->text[i]))
            return false;
    }
    return true;
}

/* A number as JSON writes it, whatever the text is. */
static bool is_number(const struct sp_spec_event *event)
{
    struct sp_json json;
    sp_json_init(&json, event->text, event->length);
    return event->plain && event->length > 0 && !is_blank(event->text[0]) &&
           sp_json_next(&json) == SP_JSON_NUMBER && json.slice_length == event->length;
}

/*
 * An integer of more than 15 digits is a name of something (an account, a card), and a workbook
 * would round it.
 */
static bool is_long_integer(const struct sp_spec_event *event)
{
    size_t digits = 0;
    for (size_t i = 0; i < event->length; i++) {
        const char c = event->text[i];
        if (c == '.' || c == 'e' || c == 'E')
            return false;
        digits += c != '-';
    }
    return digits > 15;
}

bool sp_spec_short_text(const struct sp_spec_event *event, char *out, size_t capacity)
{
    if (event->length >= capacity)
        return false;
    size_t length = event->length;
    if (event->escaped)
        length = sp_json_unescape(event->text, length, out);
    else
        memcpy(out, event->text, length);
    out[length] = '\0';
    return strlen(out) == length;
}

/* Whether a control character is at `at`: they are refused in every text. */
static bool is_control(const char *text, size_t length, size_t at)
{
    const unsigned char c = (unsigned char)text[at];
    return (c < 0x20 && c != '\t' && c != '\n') || c == 0x7F ||
           (c == 0xC2 && at + 1 < length && (unsigned char)text[at + 1] < 0xA0);
}

/* Makes line feeds of all line ends and takes the blanks off both ends; the length that is left. */
static size_t clean(char *text, size_t length)
{
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        const bool pair = text[i] == '\r' && i + 1 < length && text[i + 1] == '\n';
        if (!pair && !(used == 0 && is_blank(text[i])))
            text[used++] = text[i] == '\r' ? '\n' : text[i];
    }
    while (used > 0 && is_blank(text[used - 1]))
        used--;
    return used;
}

/* Keeps the text of a scalar; *kept is null if there is nothing in it. */
static enum sp_status keep_text(struct sp_spec_parser *parser, const struct sp_spec_event *event,
                                const char **kept)
{
    *kept = NULL;
    if (is_null(event))
        return SP_OK;
    char *text = sp_spec_store_scratch(&parser->store, event->length + 1);
    size_t length = event->length;
    if (event->escaped)
        length = sp_json_unescape(event->text, length, text);
    else
        memcpy(text, event->text, length);
    length = clean(text, length);
    for (size_t i = 0; i < length; i++) {
        if (is_control(text, length, i)) {
            const uint32_t c = sp_utf8_next(text, length, &i);
            return sp_spec_mistake(
                parser, event->place,
                "the control character U+%04" PRIX32 " cannot stand in a text: take it out", c);
        }
    }
    if (length == 0)
        return SP_OK;
    text[length] = '\0';
    sp_spec_store_keep(&parser->store, length + 1);
    *kept = text;
    return SP_OK;
}

static enum sp_status set_text(struct sp_spec_parser *parser, unsigned char *base,
                               const struct sp_spec_key *key, const struct sp_spec_event *event)
{
    const char *text;
    const enum sp_status status = keep_text(parser, event, &text);
    if (status != SP_OK)
        return status;
    memcpy(base + key->offset, &text, sizeof text);
    return SP_OK;
}

static enum sp_status check_link(struct sp_spec_parser *parser, const struct sp_spec_event *event)
{
    static const char *const schemes[] = {"http://", "https://", "mailto:", "tel:"};
    char text[16];
    const size_t length = SP_MIN(event->length, sizeof text - 1);
    memcpy(text, event->text, length);
    text[length] = '\0';
    for (size_t i = 0; i < SP_COUNT(schemes); i++) {
        if (strncasecmp(text, schemes[i], strlen(schemes[i])) != 0)
            continue;
        for (size_t j = 0; j < event->length; j++) {
            if (is_blank(event->text[j]))
                return sp_spec_mistake(parser, event->place,
                                       "`%s` has a blank in it: write %%20 for it",
                                       SP_SPEC_QUOTE(event));
        }
        return SP_OK;
    }
    return sp_spec_mistake(parser, event->place,
                           "`%s` is no address that can be followed: begin it with https://, "
                           "http://, mailto: or tel:",
                           SP_SPEC_QUOTE(event));
}

static bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* BCP 47 as far as it can be seen without its registry: subtags of 1 to 8 letters and digits. */
static bool is_locale(const char *text)
{
    size_t length = 0;
    size_t first = 0;
    for (const char *at = text;; at++) {
        if (is_alphanumeric(*at)) {
            length++;
            first += at - text == (ptrdiff_t)first && !(*at >= '0' && *at <= '9');
            continue;
        }
        if (length < 1 || length > 8 || (*at != '-' && *at != '\0'))
            return false;
        if (*at == '\0')
            return first >= 2 && (text[first] == '-' || text[first] == '\0');
        length = 0;
    }
}

static enum sp_status check_locale(struct sp_spec_parser *parser, const struct sp_spec_event *event)
{
    char text[LOCALE_BYTES_MAX + 1];
    if (sp_spec_short_text(event, text, sizeof text) && is_locale(text))
        return SP_OK;
    return sp_spec_mistake(parser, event->place,
                           "`%s` is no language tag: write it like en, de-AT or zh-Hant",
                           SP_SPEC_QUOTE(event));
}

static enum sp_status set_data(struct sp_spec_parser *parser, unsigned char *base,
                               const struct sp_spec_event *event)
{
    static const char *const endings[] = {".csv", ".tsv", ".ndjson", ".jsonl"};
    struct sp_list_source *source = (struct sp_list_source *)(void *)base;
    source->place = event->place;
    const enum sp_status status = keep_text(parser, event, &source->path);
    if (status != SP_OK || !source->path)
        return status;
    const size_t length = strlen(source->path);
    if (strstr(source->path, "://"))
        return sp_spec_mistake(parser, event->place,
                               "`%s` is an address: a list stands in a file beside the submission",
                               SP_SPEC_QUOTE(event));
    for (size_t i = 0; i < SP_COUNT(endings); i++) {
        const size_t ending = strlen(endings[i]);
        if (length > ending && strcasecmp(source->path + length - ending, endings[i]) == 0)
            return SP_OK;
    }
    return sp_spec_mistake(parser, event->place,
                           "`%s` does not say what is in it: the name ends in .csv, .tsv, .ndjson "
                           "or .jsonl",
                           SP_SPEC_QUOTE(event));
}

/* A text with the value it has: number and bool without quotes, and dates where asked for. */
static enum sp_status keep_value(struct sp_spec_parser *parser, struct sp_value *value,
                                 enum sp_column_type type, bool dates,
                                 const struct sp_spec_event *event)
{
    const char *text;
    const enum sp_status status = keep_text(parser, event, &text);
    if (status != SP_OK)
        return status;
    *value = (struct sp_value){.text = text ? text : ""};
    if (!text)
        return SP_OK;
    value->kind = SP_VALUE_TEXT;
    if (type != SP_COLUMN_AUTO) {
        (void)sp_value_of_text(text, type, value);
    } else if (is_true(event) || is_false(event)) {
        value->kind = SP_VALUE_BOOL;
        value->number = is_true(event);
    } else if (is_number(event) && !is_long_integer(event)) {
        (void)sp_value_of_text(text, SP_COLUMN_NUMBER, value);
    } else if (dates) {
        (void)sp_value_of_text(text, SP_COLUMN_DATETIME, value);
    }
    return SP_OK;
}

enum sp_status sp_spec_set_cell(struct sp_spec_parser *parser, struct sp_value *value,
                                enum sp_column_type type, const struct sp_spec_event *event)
{
    return keep_value(parser, value, type, false, event);
}

static enum sp_status set_time(struct sp_spec_parser *parser, unsigned char *base,
                               const struct sp_spec_key *key, const struct sp_spec_event *event)
{
    struct sp_value value;
    const enum sp_status status = keep_value(parser, &value, SP_COLUMN_DATETIME, true, event);
    if (status != SP_OK)
        return status;
    memcpy(base + key->offset, &value, sizeof value);
    if (value.kind == SP_VALUE_DATE || value.kind == SP_VALUE_DATETIME)
        return SP_OK;
    return sp_spec_mistake(parser, event->place,
                           "`%s` is no date from 1900-03-01 to 9999-12-31: write it like "
                           "2026-11-21 or 2026-11-21T09:30",
                           SP_SPEC_QUOTE(event));
}

static enum sp_status set_status(struct sp_spec_parser *parser, unsigned char *base,
                                 const struct sp_spec_key *key, const struct sp_spec_event *event)
{
    char text[SHORT_BYTES];
    enum sp_item_status status;
    if (!sp_spec_short_text(event, text, sizeof text) || !sp_item_status_of(text, &status))
        return sp_spec_mistake(parser, event->place, "`%s` is no status: write ok, fail or n.a.",
                               SP_SPEC_QUOTE(event));
    memcpy(base + key->offset, &status, sizeof status);
    return SP_OK;
}

/* The words of a choice: "start, center or end". */
static const char *list_choices(char *out, size_t capacity, const char *const *choices)
{
    size_t used = 0;
    for (size_t i = 0; choices[i] && used < capacity; i++) {
        const char *between = i == 0 ? "" : choices[i + 1] ? ", " : " or ";
        const int length = snprintf(out + used, capacity - used, "%s%s", between, choices[i]);
        used += (size_t)SP_MAX(length, 0);
    }
    return out;
}

static enum sp_status set_choice(struct sp_spec_parser *parser, unsigned char *base,
                                 const struct sp_spec_key *key, const struct sp_spec_event *event)
{
    char text[SHORT_BYTES];
    const bool fits = sp_spec_short_text(event, text, sizeof text);
    for (int i = 0; fits && key->choices[i]; i++) {
        if (strcasecmp(text, key->choices[i]) == 0) {
            memcpy(base + key->offset, &i, sizeof i);
            return SP_OK;
        }
    }
    return sp_spec_mistake(parser, event->place, "`%s` is none of the words: write %s",
                           SP_SPEC_QUOTE(event), list_choices(text, sizeof text, key->choices));
}

static enum sp_status set_bool(struct sp_spec_parser *parser, unsigned char *base,
                               const struct sp_spec_key *key, const struct sp_spec_event *event)
{
    const bool yes = is_true(event);
    if (!yes && !is_false(event))
        return sp_spec_mistake(parser, event->place, "`%s` is not true or false",
                               SP_SPEC_QUOTE(event));
    memcpy(base + key->offset, &yes, sizeof yes);
    return SP_OK;
}

static enum sp_status set_count(struct sp_spec_parser *parser, unsigned char *base,
                                const struct sp_spec_key *key, const struct sp_spec_event *event)
{
    uint64_t number = 0;
    bool digits = event->length > 0;
    for (size_t i = 0; i < event->length; i++) {
        digits = digits && event->text[i] >= '0' && event->text[i] <= '9';
        number = sp_u64_add(sp_u64_mul(number, 10), (uint64_t)(event->text[i] & 0x0F));
    }
    if (!digits || number < (uint64_t)key->least || number > (uint64_t)key->most)
        return sp_spec_mistake(parser, event->place,
                               "`%s` is not a whole number from %" PRId64 " to %" PRId64,
                               SP_SPEC_QUOTE(event), key->least, key->most);
    const unsigned value = (unsigned)number;
    memcpy(base + key->offset, &value, sizeof value);
    return SP_OK;
}

/* A length in micrometres. False after a mistake, with *status. */
static bool take_length(struct sp_spec_parser *parser, const struct sp_spec_event *event,
                        int64_t *um, enum sp_status *status)
{
    char text[SHORT_BYTES];
    struct sp_err why;
    *status = SP_OK;
    if (!sp_spec_short_text(event, text, sizeof text))
        *status = sp_spec_mistake(parser, event->place, "`%s` is too long for a length",
                                  SP_SPEC_QUOTE(event));
    else if (sp_length_parse(text, um, &why) != SP_OK)
        *status = sp_spec_mistake(parser, event->place, "%s", why.text);
    else
        return true;
    return false;
}

static enum sp_status set_length(struct sp_spec_parser *parser, unsigned char *base,
                                 const struct sp_spec_key *key, const struct sp_spec_event *event)
{
    enum sp_status status;
    int64_t um;
    if (!take_length(parser, event, &um, &status))
        return status;
    char least[SP_FORMAT_BYTES];
    char most[SP_FORMAT_BYTES];
    if (um < key->least || um > key->most)
        return sp_spec_mistake(parser, event->place, "`%s` is out of range: %s to %s",
                               SP_SPEC_QUOTE(event),
                               sp_format_length(least, sizeof least, key->least),
                               sp_format_length(most, sizeof most, key->most));
    memcpy(base + key->offset, &um, sizeof um);
    return SP_OK;
}

/* A size of type. Lengths are micrometres, a hundredth of a point is 3.5 of them. */
static enum sp_status set_size(struct sp_spec_parser *parser, unsigned char *base,
                               const struct sp_spec_key *key, const struct sp_spec_event *event)
{
    enum sp_status status;
    int64_t um;
    if (!take_length(parser, event, &um, &status))
        return status;
    const int64_t mpt = (um * 7200 + 12700) / 25400 * 10;
    if (um < 0 || mpt < key->least || mpt > key->most)
        return sp_spec_mistake(parser, event->place,
                               "`%s` is out of range: %" PRId64 "pt to %" PRId64 "pt",
                               SP_SPEC_QUOTE(event), key->least / 1000, key->most / 1000);
    memcpy(base + key->offset, &mpt, sizeof mpt);
    return SP_OK;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static enum sp_status set_color(struct sp_spec_parser *parser, unsigned char *base,
                                const struct sp_spec_key *key, const struct sp_spec_event *event)
{
    uint8_t parts[6] = {0};
    const size_t digits = event->length - 1;
    bool good = event->length > 0 && event->text[0] == '#' && (digits == 3 || digits == 6);
    for (size_t i = 0; good && i < 6; i++) {
        const int digit = hex_digit(event->text[1 + (digits == 3 ? i / 2 : i)]);
        good = digit >= 0;
        parts[i] = (uint8_t)digit;
    }
    if (!good)
        return sp_spec_mistake(parser, event->place,
                               "`%s` is no color: write it like \"#0B5CAD\" or \"#05A\"",
                               SP_SPEC_QUOTE(event));
    const struct sp_color color = {.red = (uint8_t)(parts[0] << 4 | parts[1]),
                                   .green = (uint8_t)(parts[2] << 4 | parts[3]),
                                   .blue = (uint8_t)(parts[4] << 4 | parts[5])};
    memcpy(base + key->offset, &color, sizeof color);
    return SP_OK;
}

/* Checks a template that has been kept. `slots` are those it may have, a bit each. */
static enum sp_status check_template(struct sp_spec_parser *parser,
                                     const struct sp_spec_event *event, const char *text,
                                     unsigned slots, const char *allowed)
{
    struct sp_theme_piece piece;
    for (const char *at = text; sp_theme_piece_next(&at, &piece);) {
        if (piece.slot == SP_SLOT_BAD || !(slots >> piece.slot & 1))
            return sp_spec_mistake(
                parser, event->place, "`%s` stands for nothing here: use %s, and {{ for a brace",
                sp_utf8_quote((char[SP_UTF8_QUOTE_BYTES]){0}, 24, piece.text, piece.length),
                allowed);
    }
    return SP_OK;
}

static enum sp_status set_template(struct sp_spec_parser *parser, unsigned char *base,
                                   const struct sp_spec_key *key, const struct sp_spec_event *event)
{
    const char *text;
    const enum sp_status status = keep_text(parser, event, &text);
    if (status != SP_OK)
        return status;
    memcpy(base + key->offset, &text, sizeof text);
    const unsigned slots = 1u << SP_SLOT_TEXT | 1u << SP_SLOT_TITLE | 1u << SP_SLOT_SUBTITLE |
                           1u << SP_SLOT_NUMBER | 1u << SP_SLOT_DATE | 1u << SP_SLOT_AUTHOR;
    return text ? check_template(parser, event, text, slots,
                                 "{title}, {subtitle}, {number}, {date} or {author}")
                : SP_OK;
}

static enum sp_status set_word(struct sp_spec_parser *parser, unsigned char *base,
                               const struct sp_spec_key *key, const struct sp_spec_event *event)
{
    const char *text;
    enum sp_status status = keep_text(parser, event, &text);
    if (status != SP_OK || !text)
        return status;
    memcpy(base + key->offset, &text, sizeof text);
    if (!key->choices)
        return SP_OK;
    const unsigned slots = 1u << SP_SLOT_TEXT | 1u << SP_SLOT_N | 1u << SP_SLOT_TOTAL;
    const uint64_t before = parser->mistakes;
    status = check_template(parser, event, text, slots, "{n} and {total}");
    if (parser->mistakes > before)
        return status;
    const char *number = strstr(text, key->choices[0]);
    const char *total = strstr(text, key->choices[1]);
    if (!number)
        return sp_spec_mistake(parser, event->place,
                               "`%s` has no place for the number: put {n} where it belongs",
                               SP_SPEC_QUOTE(event));
    if (total && total < number)
        return sp_spec_mistake(parser, event->place, "`%s` has {total} before {n}: turn them round",
                               SP_SPEC_QUOTE(event));
    return SP_OK;
}

/* What makes a pattern that costs too much, or null: memory to compile it, or time to match it. */
static const char *costly(const char *pattern)
{
    unsigned repetitions = 0;
    for (const char *at = pattern; *at; at++) {
        if (*at == '\\') {
            at++;
            if (*at >= '1' && *at <= '9')
                return "has a back-reference, whose time nobody can bound";
            if (*at == '\0')
                break;
        } else if (*at == '{') {
            unsigned number = 0;
            for (; *at && *at != '}'; at++) {
                const bool digit = *at >= '0' && *at <= '9';
                number = digit ? SP_MIN(number * 10 + (unsigned)(*at - '0'), 100000u) : 0;
                if (digit && (at[1] < '0' || at[1] > '9'))
                    repetitions += number;
            }
            if (*at == '\0')
                break;
        }
    }
    return repetitions > SP_THEME_REPETITIONS_MAX ? "repeats too often with {n,m}" : NULL;
}

static enum sp_status set_match(struct sp_spec_parser *parser, unsigned char *base,
                                const struct sp_spec_key *key, const struct sp_spec_event *event)
{
    const char *text;
    const enum sp_status status = keep_text(parser, event, &text);
    if (status != SP_OK || !text)
        return status;
    memcpy(base + key->offset, &text, sizeof text);
    const char *problem = strlen(text) > SP_THEME_PATTERN_MAX ? "is too long" : costly(text);
    char words[100];
    regex_t regex;
    if (!problem) {
        const int error = regcomp(&regex, text, REG_EXTENDED);
        if (error == 0) {
            parser->match_groups = regex.re_nsub;
            regfree(&regex);
            return SP_OK;
        }
        (void)regerror(error, &regex, words, sizeof words);
        return sp_spec_mistake(parser, event->place, "`%s` is no regular expression: %s",
                               SP_SPEC_QUOTE(event), words);
    }
    return sp_spec_mistake(parser, event->place, "the pattern `%s` %s", SP_SPEC_QUOTE(event),
                           problem);
}

static enum sp_status set_address(struct sp_spec_parser *parser, unsigned char *base,
                                  const struct sp_spec_key *key, const struct sp_spec_event *event)
{
    const char *text;
    const enum sp_status status = keep_text(parser, event, &text);
    if (status != SP_OK || !text)
        return status;
    memcpy(base + key->offset, &text, sizeof text);
    if (strncasecmp(text, "http://", 7) != 0 && strncasecmp(text, "https://", 8) != 0)
        return sp_spec_mistake(parser, event->place,
                               "`%s` is no address: it begins with https:// or http://",
                               SP_SPEC_QUOTE(event));
    for (const char *at = text; (at = strpbrk(at, "{}")); at++) {
        static const char *const slots[] = {"{width}", "{quality}"};
        size_t i = 0;
        while (i < SP_COUNT(slots) && strncmp(at, slots[i], strlen(slots[i])) != 0)
            i++;
        if (i == SP_COUNT(slots))
            return sp_spec_mistake(parser, event->place,
                                   "a brace stands for nothing here: use {width} or {quality}, and "
                                   "%%7B and %%7D for braces");
        at += strlen(slots[i]) - 1;
    }
    return SP_OK;
}

static enum sp_status set_page(struct sp_spec_parser *parser, unsigned char *base,
                               const struct sp_spec_event *event)
{
    struct sp_theme *theme = (struct sp_theme *)(void *)base;
    char text[SHORT_BYTES];
    const bool fits = sp_spec_short_text(event, text, sizeof text);
    for (const struct sp_spec_page *page = sp_spec_pages; fits && page->name; page++) {
        if (strcasecmp(text, page->name) == 0) {
            theme->page_width_um = page->width_um;
            theme->page_height_um = page->height_um;
            return SP_OK;
        }
    }
    return sp_spec_mistake(parser, event->place,
                           "`%s` is no page: write A3, A4, A5, Letter, Legal or {width: 210mm, "
                           "height: 297mm}",
                           SP_SPEC_QUOTE(event));
}

static enum sp_status set_margin(struct sp_spec_parser *parser, unsigned char *base,
                                 const struct sp_spec_key *key, const struct sp_spec_event *event)
{
    for (size_t i = 0; i < key->object->key_count; i++) {
        const struct sp_spec_key side = key->object->keys[i];
        const uint64_t before = parser->mistakes;
        const enum sp_status status = set_length(parser, base, &side, event);
        if (status != SP_OK || parser->mistakes > before)
            return status;
    }
    return SP_OK;
}

/* Nothing where something is needed, or a colour that became a comment. */
static enum sp_status set_empty(struct sp_spec_parser *parser, const struct sp_spec_key *key,
                                const struct sp_spec_event *event)
{
    if (key->kind == SP_SPEC_COLOR)
        return sp_spec_mistake(parser, event->place,
                               "is empty: put a color in quotes, because # begins a comment");
    if (key->required)
        return sp_spec_mistake(parser, event->place, "is empty, and something is needed here");
    return SP_OK;
}

enum sp_status sp_spec_set_scalar(struct sp_spec_parser *parser, unsigned char *base,
                                  const struct sp_spec_key *key, const struct sp_spec_event *event)
{
    enum sp_status status = SP_OK;
    const uint64_t before = parser->mistakes;
    if (key->kind == SP_SPEC_IGNORED)
        return SP_OK;
    if (sp_spec_is_empty(event) && key->kind != SP_SPEC_VALUE && key->kind != SP_SPEC_TEMPLATE)
        return set_empty(parser, key, event);
    switch (key->kind) {
    case SP_SPEC_LOCALE:
        status = check_locale(parser, event);
        break;
    case SP_SPEC_LINK:
        status = check_link(parser, event);
        break;
    case SP_SPEC_DATA:
        return set_data(parser, base, event);
    case SP_SPEC_VALUE:
        return keep_value(parser, (struct sp_value *)(void *)(base + key->offset), SP_COLUMN_AUTO,
                          true, event);
    case SP_SPEC_TIME:
        return set_time(parser, base, key, event);
    case SP_SPEC_STATUS:
        return set_status(parser, base, key, event);
    case SP_SPEC_CHOICE:
        return set_choice(parser, base, key, event);
    case SP_SPEC_BOOL:
        return set_bool(parser, base, key, event);
    case SP_SPEC_COUNT:
        return set_count(parser, base, key, event);
    case SP_SPEC_LENGTH:
        return set_length(parser, base, key, event);
    case SP_SPEC_SIZE:
        return set_size(parser, base, key, event);
    case SP_SPEC_COLOR:
        return set_color(parser, base, key, event);
    case SP_SPEC_TEMPLATE:
        return set_template(parser, base, key, event);
    case SP_SPEC_WORD:
        return set_word(parser, base, key, event);
    case SP_SPEC_MATCH:
        return set_match(parser, base, key, event);
    case SP_SPEC_ADDRESS:
        return set_address(parser, base, key, event);
    case SP_SPEC_PAGE:
        return set_page(parser, base, event);
    case SP_SPEC_MARGIN:
        return set_margin(parser, base, key, event);
    default:
        break;
    }
    if (status != SP_OK || parser->mistakes > before)
        return status;
    return set_text(parser, base, key, event);
}
