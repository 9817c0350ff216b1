#include "base/json.h"

#include "base/check.h"

#include <string.h>

/* What may come next. */
enum {
    VALUE,
    VALUE_OR_END, /* of an array that has just begun */
    KEY,
    KEY_OR_END, /* of an object that has just begun */
    COMMA_OR_END,
    NOTHING
};

void sp_json_init(struct sp_json *json, const char *text, size_t length)
{
    *json = (struct sp_json){.text = text, .length = length, .expects = VALUE};
}

static enum sp_json_token bad(struct sp_json *json, size_t at, const char *problem)
{
    json->token_at = at;
    json->problem = problem;
    return SP_JSON_BAD;
}

static void skip_blanks(struct sp_json *json)
{
    while (json->at < json->length) {
        const char c = json->text[json->at];
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            break;
        json->at++;
    }
}

/* The byte at `at`, or 0 behind the end; a zero byte in the text is no token either. */
static char peek(const struct sp_json *json, size_t at)
{
    return at < json->length ? json->text[at] : '\0';
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The four digits of a \u at `at`, or -1. */
static int32_t hex_unit(const char *text, size_t length, size_t at)
{
    if (length < 4 || at > length - 4)
        return -1;
    int32_t unit = 0;
    for (size_t i = 0; i < 4; i++) {
        const int digit = hex_digit(text[at + i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static bool is_high(int32_t unit)
{
    return unit >= 0xD800 && unit < 0xDC00;
}

static bool is_low(int32_t unit)
{
    return unit >= 0xDC00 && unit < 0xE000;
}

/*
 * The length of the escape at `at`, where a backslash is, or 0 with the problem. Characters beyond
 * U+FFFF are two \u that belong together (RFC 8259, section 7).
 */
static size_t escape_length(const struct sp_json *json, size_t at, const char **problem)
{
    const char c = peek(json, at + 1);
    if (c != '\0' && strchr("\"\\/bfnrt", c))
        return 2;
    *problem = "no escape of JSON: write \\\\ for a backslash";
    if (c != 'u')
        return 0;
    const int32_t unit = hex_unit(json->text, json->length, at + 2);
    *problem = unit < 0 ? "\\u needs four hexadecimal digits" : "a zero character ends a text";
    if (unit <= 0)
        return 0;
    *problem = "half of a pair of \\u that makes one character";
    if (is_low(unit))
        return 0;
    if (!is_high(unit))
        return 6;
    const bool escaped = peek(json, at + 6) == '\\' && peek(json, at + 7) == 'u';
    return escaped && is_low(hex_unit(json->text, json->length, at + 8)) ? 12 : 0;
}

/* Takes the string whose quote is at json->at. */
static enum sp_json_token take_string(struct sp_json *json, enum sp_json_token token)
{
    size_t at = json->at + 1;
    json->escaped = false;
    json->slice_at = at;
    for (;;) {
        while (at < json->length && (unsigned char)json->text[at] >= 0x20 &&
               json->text[at] != '"' && json->text[at] != '\\')
            at++;
        if (at >= json->length)
            return bad(json, json->at, "a text that begins here never ends");
        if (json->text[at] == '"')
            break;
        if (json->text[at] != '\\')
            return bad(json, at, "a line end or control character in a text: write \\n for it");
        const char *problem;
        const size_t step = escape_length(json, at, &problem);
        if (step == 0)
            return bad(json, at, problem);
        json->escaped = true;
        at += step;
    }
    json->slice_length = at - json->slice_at;
    json->at = at + 1;
    return token;
}

static size_t skip_digits(const struct sp_json *json, size_t at)
{
    while (peek(json, at) >= '0' && peek(json, at) <= '9')
        at++;
    return at;
}

/* Takes the number that begins at json->at with a digit or a minus sign. */
static enum sp_json_token take_number(struct sp_json *json)
{
    size_t at = json->at + (json->text[json->at] == '-');
    size_t from = at;
    at = skip_digits(json, at);
    if (at == from)
        return bad(json, json->at, "a minus sign without a number");
    if (at - from > 1 && json->text[from] == '0')
        return bad(json, json->at,
                   "a number with a zero in front: put it in quotes if it is meant");
    if (peek(json, at) == '.') {
        from = ++at;
        at = skip_digits(json, at);
        if (at == from)
            return bad(json, json->at, "a decimal point without digits behind it");
    }
    if (peek(json, at) == 'e' || peek(json, at) == 'E') {
        at++;
        at += peek(json, at) == '+' || peek(json, at) == '-';
        from = at;
        at = skip_digits(json, at);
        if (at == from)
            return bad(json, json->at, "an exponent without digits");
    }
    json->slice_at = json->at;
    json->slice_length = at - json->at;
    json->escaped = false;
    json->at = at;
    return SP_JSON_NUMBER;
}

static enum sp_json_token take_word(struct sp_json *json)
{
    static const struct {
        const char *word;
        size_t length;
        enum sp_json_token token;
    } words[] = {{"true", 4, SP_JSON_TRUE}, {"false", 5, SP_JSON_FALSE}, {"null", 4, SP_JSON_NULL}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (json->length - json->at >= words[i].length &&
            memcmp(json->text + json->at, words[i].word, words[i].length) == 0) {
            json->at += words[i].length;
            return words[i].token;
        }
    }
    return bad(json, json->at, "expected a value: a text in double quotes, a number, [ or {");
}

static enum sp_json_token begin(struct sp_json *json, bool object)
{
    if (json->depth == SP_JSON_DEPTH_MAX)
        return bad(json, json->at, "too many levels in each other");
    const uint32_t bit = UINT32_C(1) << json->depth++;
    json->objects = object ? json->objects | bit : json->objects & ~bit;
    json->expects = object ? KEY_OR_END : VALUE_OR_END;
    json->at++;
    return object ? SP_JSON_OBJECT : SP_JSON_ARRAY;
}

static bool in_object(const struct sp_json *json)
{
    return json->depth > 0 && (json->objects >> (json->depth - 1) & 1);
}

static enum sp_json_token end(struct sp_json *json)
{
    const bool object = in_object(json);
    json->at++;
    json->depth--;
    json->expects = json->depth ? COMMA_OR_END : NOTHING;
    return object ? SP_JSON_OBJECT_END : SP_JSON_ARRAY_END;
}

static enum sp_json_token take_value(struct sp_json *json)
{
    const char c = peek(json, json->at);
    if (c == '{' || c == '[')
        return begin(json, c == '{');
    if (json->at >= json->length)
        return bad(json, json->at, "the text ends where a value is expected");
    json->expects = json->depth ? COMMA_OR_END : NOTHING;
    if (c == '"')
        return take_string(json, SP_JSON_STRING);
    if (c == '-' || (c >= '0' && c <= '9'))
        return take_number(json);
    return take_word(json);
}

static enum sp_json_token take_key(struct sp_json *json)
{
    if (peek(json, json->at) != '"')
        return bad(json, json->at,
                   json->at < json->length ? "expected a key in double quotes"
                                           : "the text ends where a key is expected");
    const size_t from = json->at;
    if (take_string(json, SP_JSON_KEY) == SP_JSON_BAD)
        return SP_JSON_BAD;
    skip_blanks(json);
    if (peek(json, json->at) != ':')
        return bad(json, json->at, "expected a colon behind the key");
    json->at++;
    json->token_at = from;
    json->expects = VALUE;
    return SP_JSON_KEY;
}

enum sp_json_token sp_json_next(struct sp_json *json)
{
    SP_ASSERT(!json->problem);
    skip_blanks(json);
    const bool object = in_object(json);
    const char closing = object ? '}' : ']';
    if (json->expects == COMMA_OR_END && peek(json, json->at) == ',') {
        json->at++;
        skip_blanks(json);
        json->expects = object ? KEY : VALUE;
        if (peek(json, json->at) == closing)
            return bad(json, json->at, "a comma before the end of the list");
    }
    json->token_at = json->at;
    switch (json->expects) {
    case VALUE_OR_END:
    case KEY_OR_END:
    case COMMA_OR_END:
        if (peek(json, json->at) == closing)
            return end(json);
        if (json->expects == COMMA_OR_END)
            return bad(json, json->at,
                       json->at >= json->length ? "the text ends before its last bracket"
                       : object                 ? "expected a comma or }"
                                                : "expected a comma or ]");
        return object ? take_key(json) : take_value(json);
    case KEY:
        return take_key(json);
    case VALUE:
        return take_value(json);
    default:
        return json->at < json->length ? bad(json, json->at, "something behind the end")
                                       : SP_JSON_END;
    }
}

static size_t put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    const size_t length = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = length; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(leads[length] | c);
    return length;
}

/* What the escape at slice[*at] stands for; *at moves behind it. */
static uint32_t unescape(const char *slice, size_t length, size_t *at)
{
    static const char letters[] = "bfnrt";
    static const char values[] = "\b\f\n\r\t";
    const char c = slice[*at + 1];
    *at += 2;
    if (c != 'u') {
        const char *letter = strchr(letters, c);
        return (uint32_t)(letter ? values[letter - letters] : c);
    }
    const int32_t unit = hex_unit(slice, length, *at);
    *at += 4;
    SP_ASSERT(unit > 0);
    if (!is_high(unit))
        return (uint32_t)unit;
    const int32_t low = hex_unit(slice, length, *at + 2);
    *at += 6;
    SP_ASSERT(is_low(low));
    return 0x10000 + ((uint32_t)(unit - 0xD800) << 10) + (uint32_t)(low - 0xDC00);
}

size_t sp_json_unescape(const char *slice, size_t length, char *out)
{
    size_t used = 0;
    for (size_t at = 0; at < length;) {
        const char *escape = memchr(slice + at, '\\', length - at);
        const size_t plain = escape ? (size_t)(escape - slice) - at : length - at;
        memmove(out + used, slice + at, plain);
        used += plain;
        at += plain;
        if (escape)
            used += put_utf8(out + used, unescape(slice, length, &at));
    }
    return used;
}
