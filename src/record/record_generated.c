#include "record/record_generated.h"

#include "base/check.h"
#include "base/num.h"

#include <smallpress/quantity.h>

#include <stdbool.h>

struct sp_generated_field {
    struct sp_random random;
};

static bool is_random(const struct sp_template_part *part)
{
    return (part->kind & SP_TEMPLATE_RANDOM_FIELDS) != 0;
}

static unsigned field_bits(const struct sp_template_part *part)
{
    return part->kind == SP_TEMPLATE_UUID ? SP_RANDOM_BITS_MAX
                                          : part->width * SP_RANDOM_BITS_PER_DIGIT;
}

static unsigned random_field_count(const struct sp_template *pattern)
{
    unsigned count = 0;
    for (unsigned i = 0; i < pattern->part_count; i++)
        count += is_random(&pattern->parts[i]);
    return count;
}

/* The random part that keeps the ids apart, or null where {n} does or nothing does. */
static const struct sp_template_part *distinct_part(const struct sp_template *pattern)
{
    const struct sp_template_part *widest = NULL;
    if (pattern->fields & SP_TEMPLATE_N)
        return NULL;
    for (unsigned i = 0; i < pattern->part_count; i++) {
        const struct sp_template_part *part = &pattern->parts[i];
        if (is_random(part) && (!widest || field_bits(part) > field_bits(widest)))
            widest = part;
    }
    return widest;
}

size_t sp_generated_need(const struct sp_template *pattern, uint64_t count)
{
    const size_t fields =
        sp_size_mul(random_field_count(pattern), sizeof(struct sp_generated_field));
    return sp_size_add(sp_arena_cost(fields),
                       sp_arena_cost(sp_template_length_max(pattern, 0, count)));
}

enum sp_status sp_generated_check(const struct sp_template *pattern, uint64_t count,
                                  struct sp_err *err)
{
    char asked[SP_FORMAT_BYTES];
    char possible[SP_FORMAT_BYTES];
    if (count == 0)
        return sp_fail(err, SP_BAD_SPEC, "there is nothing to make: the count is 0");
    if (pattern->part_count == 0)
        return sp_fail(err, SP_BAD_SPEC,
                       "%s: the ids would be empty: write a pattern like {random:10}",
                       pattern->option);
    if (pattern->fields & SP_TEMPLATE_N)
        return SP_OK;
    const struct sp_template_part *part = distinct_part(pattern);
    if (!part && count > 1)
        return sp_fail(
            err, SP_BAD_SPEC,
            "%s: every label would carry the same id: put {n}, {random:%u} or {uuid} in the "
            "pattern; for copies feed --lines",
            pattern->option, SP_MAX(10, sp_random_digits_for(count)));
    if (part && count > sp_random_capacity(field_bits(part)))
        return sp_fail(
            err, SP_BAD_SPEC,
            "%s: {random:%u} can make %s different ids and %s are asked for: {random:%u} suffices",
            pattern->option, part->width,
            sp_format_count(possible, sizeof possible, sp_random_capacity(field_bits(part))),
            sp_format_count(asked, sizeof asked, count), sp_random_digits_for(count));
    return SP_OK;
}

enum sp_status sp_generated_init(struct sp_generated *generated, struct sp_arena *arena,
                                 const struct sp_template *pattern, uint64_t count,
                                 const unsigned char seed[SP_SEED_BYTES], struct sp_err *err)
{
    SP_ASSERT((pattern->fields & ~(unsigned)SP_TEMPLATE_ID_FIELDS) == 0);
    const enum sp_status status = sp_generated_check(pattern, count, err);
    if (status != SP_OK)
        return status;
    const size_t id_length_max = sp_template_length_max(pattern, 0, count);
    struct sp_generated_field *fields =
        sp_arena_take(arena, random_field_count(pattern), sizeof *fields);
    *generated = (struct sp_generated){
        .pattern = pattern,
        .fields = fields,
        .count = count,
        .id = sp_arena_take(arena, id_length_max, 1),
        .id_length_max = id_length_max,
    };
    const struct sp_template_part *distinct = distinct_part(pattern);
    unsigned field_index = 0;
    for (unsigned i = 0; i < pattern->part_count; i++) {
        const struct sp_template_part *part = &pattern->parts[i];
        if (!is_random(part))
            continue;
        const unsigned bits = part == distinct ? field_bits(part) : SP_RANDOM_BITS_MAX;
        sp_random_init(&fields[field_index].random, seed, field_index, bits);
        field_index++;
    }
    return SP_OK;
}

size_t sp_generated_id(const struct sp_generated *generated, uint64_t number, char *out,
                       size_t capacity)
{
    const struct sp_template *pattern = generated->pattern;
    const struct sp_generated_field *field = generated->fields;
    const struct sp_record record = {.number = number};
    SP_ASSERT(number >= 1 && number <= generated->count);
    SP_ASSERT(capacity >= generated->id_length_max);
    char *at = out;
    for (unsigned i = 0; i < pattern->part_count; i++) {
        const struct sp_template_part *part = &pattern->parts[i];
        if (!is_random(part)) {
            at = sp_template_render_part(part, &record, at, out + capacity);
            continue;
        }
        const struct sp_random_value value = sp_random_at(&field->random, number - 1);
        if (part->kind == SP_TEMPLATE_UUID) {
            sp_random_uuid(value, at);
            at += SP_UUID_LENGTH;
        } else {
            sp_random_digits(value, field->random.bits, part->width, at);
            at += part->width;
        }
        field++;
    }
    return (size_t)(at - out);
}

static enum sp_record_result next_record(void *context, struct sp_record *record,
                                         struct sp_err *err)
{
    struct sp_generated *generated = context;
    if (generated->made == generated->count)
        return SP_RECORD_END;
    const uint64_t number = ++generated->made;
    *record = (struct sp_record){
        .id = generated->id,
        .id_length = sp_generated_id(generated, number, generated->id, generated->id_length_max),
        .number = number,
    };
    return SP_RECORD_READY;
}

struct sp_record_source sp_generated_source(struct sp_generated *generated)
{
    return (struct sp_record_source){.next = next_record, .context = generated};
}

void sp_generated_seek(struct sp_generated *generated, uint64_t made)
{
    SP_ASSERT(made <= generated->count);
    generated->made = made;
}
