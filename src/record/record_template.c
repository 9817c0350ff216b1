#include "record/record_template.h"

#include "base/check.h"
#include "base/num.h"
#include "base/utf8.h"
#include "record/record_random.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The fields by name, with what they look like in messages: a row for each look. */
static const struct field {
    enum sp_template_kind kind;
    const char *name;
    const char *example;
} fields[] = {
    {SP_TEMPLATE_ID, "id", "{id}"},       {SP_TEMPLATE_N, "n", "{n}"},
    {SP_TEMPLATE_N, "n", "{n:06}"},       {SP_TEMPLATE_RANDOM, "random", "{random:12}"},
    {SP_TEMPLATE_UUID, "uuid", "{uuid}"}, {SP_TEMPLATE_LINE, "line", "{line}"},
};

/* A parse under way. */
struct parse {
    struct sp_template *template;
    const char *text;
    size_t length;
    size_t at;
    unsigned allowed;
    struct sp_err *err;
};

/* Fails at byte `at` of the text with a sentence of what was found there and what is expected. */
SP_PRINTF(3, 4)
static enum sp_status fail_at(struct parse *parse, size_t at, const char *format, ...)
{
    char sentence[384];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    const size_t column = sp_utf8_count(parse->text, at) + 1;
    (void)sp_fail(parse->err, SP_BAD_SPEC, "%s: column %zu: %s", parse->template->option, column,
                  sentence);
    if (parse->err)
        parse->err->column = (uint32_t)column;
    return SP_BAD_SPEC;
}

/* Names the allowed fields: "{n}, {n:06}, {random:12} or {uuid}". */
static const char *allowed_fields(unsigned allowed, char *out, size_t capacity)
{
    size_t left = 0;
    for (size_t i = 0; i < SP_COUNT(fields); i++)
        left += (fields[i].kind & allowed) != 0;
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < SP_COUNT(fields); i++) {
        if ((fields[i].kind & allowed) == 0)
            continue;
        left--;
        const char *joint = used == 0 ? "" : left == 0 ? " or " : ", ";
        used += (size_t)snprintf(out + used, capacity - used, "%s%s", joint, fields[i].example);
        SP_ASSERT(used < capacity);
    }
    return out;
}

static enum sp_status add_part(struct parse *parse, size_t at, struct sp_template_part part)
{
    struct sp_template *template = parse->template;
    if (template->part_count == SP_TEMPLATE_PARTS_MAX)
        return fail_at(parse, at, "more than %d fields and texts between fields: use fewer",
                       SP_TEMPLATE_PARTS_MAX);
    template->parts[template->part_count++] = part;
    template->fields |= (unsigned)part.kind;
    return SP_OK;
}

/* A number of one to three digits, or -1. */
static int small_number(const char *text, size_t length)
{
    if (length < 1 || length > 3)
        return -1;
    int value = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* What stands behind the colon of a field, `argument` (null if there is no colon), as its width. */
static enum sp_status parse_width(struct parse *parse, const char *quote, const char *argument,
                                  size_t length, struct sp_template_part *part)
{
    const int value = argument ? small_number(argument, length) : 0;
    switch (part->kind) {
    case SP_TEMPLATE_N:
        if (argument && (value < 1 || value > SP_TEMPLATE_WIDTH_MAX))
            return fail_at(parse, parse->at, "`%s` needs a width from 1 to %d, like {n:06}", quote,
                           SP_TEMPLATE_WIDTH_MAX);
        break;
    case SP_TEMPLATE_RANDOM:
        if (value < 1 || value > SP_RANDOM_DIGITS_MAX)
            return fail_at(parse, parse->at,
                           "`%s` needs a number of digits from 1 to %d, like {random:12}", quote,
                           SP_RANDOM_DIGITS_MAX);
        break;
    default:
        if (argument)
            return fail_at(parse, parse->at,
                           "`%s` takes nothing behind its name: leave out the colon", quote);
        break;
    }
    part->width = (unsigned)value;
    return SP_OK;
}

/* Takes the field that begins at the brace parse->at. */
static enum sp_status parse_field(struct parse *parse)
{
    const char *start = parse->text + parse->at;
    const size_t left = parse->length - parse->at;
    char quote[SP_UTF8_QUOTE_BYTES];
    char allowed[96];
    size_t length = 1;
    while (length < left && start[length] != '}' && start[length] != '{')
        length++;
    if (length == left || start[length] == '{')
        return fail_at(parse, parse->at,
                       "`%s` has no closing brace: close it, or write {{ for a brace",
                       sp_utf8_quote(quote, sizeof quote, start, length));
    length++;
    (void)sp_utf8_quote(quote, sizeof quote, start, length);

    const char *colon = memchr(start, ':', length);
    const char *name_end = colon ? colon : start + length - 1;
    const size_t name_length = (size_t)(name_end - (start + 1));
    for (size_t i = 0; i < SP_COUNT(fields); i++) {
        if ((fields[i].kind & parse->allowed) == 0 || strlen(fields[i].name) != name_length ||
            memcmp(fields[i].name, start + 1, name_length) != 0)
            continue;
        struct sp_template_part part = {.kind = fields[i].kind};
        const size_t argument_length = colon ? length - name_length - 3 : 0;
        enum sp_status status =
            parse_width(parse, quote, colon ? colon + 1 : NULL, argument_length, &part);
        if (status == SP_OK)
            status = add_part(parse, parse->at, part);
        parse->at += length;
        return status;
    }
    return fail_at(parse, parse->at, "`%s` is not a field%s; use %s", quote,
                   name_length == 0 ? " (a brace is written {{)" : "",
                   allowed_fields(parse->allowed, allowed, sizeof allowed));
}

/* Takes text up to the next field. Of a doubled brace the first ends the part, the second is left
 * out. */
static enum sp_status parse_text(struct parse *parse)
{
    const size_t start = parse->at;
    const char *text = parse->text;
    size_t end = start;
    while (end < parse->length && text[end] != '{' && text[end] != '}')
        end++;
    parse->at = end;
    if (end < parse->length && text[end + 1] == text[end]) {
        end++;
        parse->at = end + 1;
    } else if (end < parse->length && text[end] == '}') {
        return fail_at(parse, end, "`}` closes nothing: write }} for a brace");
    }
    if (end == start)
        return SP_OK;
    return add_part(parse, start,
                    (struct sp_template_part){
                        .kind = SP_TEMPLATE_TEXT, .text = text + start, .length = end - start});
}

enum sp_status sp_template_parse(struct sp_template *template, const char *text,
                                 unsigned fields_allowed, const char *option, struct sp_err *err)
{
    SP_ASSERT(fields_allowed != 0);
    *template = (struct sp_template){.option = option};
    struct parse parse = {.template = template,
                          .text = text,
                          .length = strlen(text),
                          .allowed = fields_allowed,
                          .err = err};
    if (parse.length > SP_TEMPLATE_TEXT_MAX)
        return sp_fail(err, SP_BAD_SPEC, "%s: the text is %zu bytes long: at most %d are allowed",
                       option, parse.length, SP_TEMPLATE_TEXT_MAX);
    size_t bad;
    if (!sp_utf8_check(text, parse.length, &bad))
        return fail_at(&parse, bad, "the byte 0x%02X is not UTF-8",
                       (unsigned)(unsigned char)text[bad]);
    while (parse.at < parse.length) {
        enum sp_status status = parse_text(&parse);
        /* A field follows where the text ended at a single opening brace. */
        if (status == SP_OK && text[parse.at] == '{' && text[parse.at + 1] != '{')
            status = parse_field(&parse);
        if (status != SP_OK)
            return status;
    }
    return SP_OK;
}

static unsigned decimal_digits(uint64_t value)
{
    unsigned digits = 1;
    for (; value >= 10; value /= 10)
        digits++;
    return digits;
}

size_t sp_template_length_max(const struct sp_template *template, size_t id_length_max,
                              uint64_t number_max)
{
    size_t total = 0;
    for (unsigned i = 0; i < template->part_count; i++) {
        const struct sp_template_part *part = &template->parts[i];
        size_t length = 0;
        switch (part->kind) {
        case SP_TEMPLATE_TEXT:
            length = part->length;
            break;
        case SP_TEMPLATE_ID:
            length = id_length_max;
            break;
        case SP_TEMPLATE_N:
            length = SP_MAX(part->width, decimal_digits(number_max));
            break;
        case SP_TEMPLATE_RANDOM:
            length = part->width;
            break;
        case SP_TEMPLATE_UUID:
            length = SP_UUID_LENGTH;
            break;
        case SP_TEMPLATE_LINE:
            length = SP_TEMPLATE_WIDTH_MAX;
            break;
        }
        total = sp_size_add(total, length);
    }
    return total;
}

enum sp_template_charset sp_charset_of(const char *text, size_t length)
{
    enum sp_template_charset charset = SP_CHARSET_DIGITS;
    for (size_t i = 0; i < length; i++) {
        const char c = text[i];
        if (c >= '0' && c <= '9')
            continue;
        if ((c < 'A' || c > 'Z') && (c == '\0' || !strchr(" $%*+-./:", c)))
            return SP_CHARSET_BYTES;
        charset = SP_CHARSET_ALPHANUMERIC;
    }
    return charset;
}

enum sp_template_charset sp_template_charset(const struct sp_template *template,
                                             enum sp_template_charset id_charset)
{
    enum sp_template_charset charset = SP_CHARSET_DIGITS;
    for (unsigned i = 0; i < template->part_count; i++) {
        const struct sp_template_part *part = &template->parts[i];
        enum sp_template_charset of_part = SP_CHARSET_DIGITS; /* N and LINE */
        if (part->kind == SP_TEMPLATE_TEXT)
            of_part = sp_charset_of(part->text, part->length);
        else if (part->kind == SP_TEMPLATE_ID)
            of_part = id_charset;
        else if (part->kind == SP_TEMPLATE_RANDOM)
            of_part = SP_CHARSET_ALPHANUMERIC;
        else if (part->kind == SP_TEMPLATE_UUID)
            of_part = SP_CHARSET_BYTES;
        charset = SP_MAX(charset, of_part);
    }
    return charset;
}

static char *put_bytes(char *out, const char *end, const char *bytes, size_t length)
{
    SP_ASSERT(length <= (size_t)(end - out));
    memcpy(out, bytes, length);
    return out + length;
}

static char *put_number(char *out, const char *end, uint64_t value, unsigned width)
{
    char digits[SP_TEMPLATE_WIDTH_MAX];
    SP_ASSERT(width <= sizeof digits);
    const size_t first = sizeof digits - width;
    size_t start = sizeof digits;
    do {
        digits[--start] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    while (start > first)
        digits[--start] = '0';
    return put_bytes(out, end, digits + start, sizeof digits - start);
}

char *sp_template_render_part(const struct sp_template_part *part, const struct sp_record *record,
                              char *out, const char *end)
{
    switch (part->kind) {
    case SP_TEMPLATE_TEXT:
        return put_bytes(out, end, part->text, part->length);
    case SP_TEMPLATE_ID:
        return put_bytes(out, end, record->id, record->id_length);
    case SP_TEMPLATE_N:
        return put_number(out, end, record->number, part->width);
    case SP_TEMPLATE_LINE:
        return put_number(out, end, record->line, 0);
    case SP_TEMPLATE_RANDOM:
    case SP_TEMPLATE_UUID:
        break;
    }
    SP_ASSERT((part->kind & SP_TEMPLATE_RANDOM_FIELDS) == 0);
    return out;
}

size_t sp_template_render(const struct sp_template *template, const struct sp_record *record,
                          char *out, size_t capacity)
{
    char *at = out;
    for (unsigned i = 0; i < template->part_count; i++)
        at = sp_template_render_part(&template->parts[i], record, at, out + capacity);
    return (size_t)(at - out);
}
