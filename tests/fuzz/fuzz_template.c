/*
 * Templates and patterns of any text: errors are sentences with a place, and what is parsed renders
 * within the length and the characters that were foreseen.
 *
 * The input is four bytes of settings, the text, and perhaps a zero byte and an id.
 */
#include "base/check.h"
#include "base/utf8.h"
#include "record/record_generated.h"
#include "record/record_template.h"

#include <smallpress/arena.h>

#include <stdlib.h>
#include <string.h>

static void check_refusal(const struct sp_err *err, const char *text)
{
    SP_ASSERT(err->status == SP_BAD_SPEC);
    SP_ASSERT(strncmp(err->text, "--id: ", 6) == 0);
    SP_ASSERT(sp_utf8_check(err->text, strlen(err->text), NULL));
    SP_ASSERT(err->column <= strlen(text) + 1);
    for (const char *c = err->text; *c; c++)
        SP_ASSERT((unsigned char)*c >= 0x20);
}

static void check_rendering(const struct sp_template *template, const char *id, size_t id_length,
                            uint64_t number)
{
    const size_t length_max = sp_template_length_max(template, id_length, number);
    const struct sp_record record = {
        .id = id, .id_length = id_length, .number = number, .line = number * 3};
    char *out = malloc(length_max + 1);
    SP_ASSERT(out);
    const size_t length = sp_template_render(template, &record, out, length_max);
    SP_ASSERT(length <= length_max);
    const enum sp_template_charset foreseen =
        sp_template_charset(template, sp_charset_of(id, id_length));
    SP_ASSERT(sp_charset_of(out, length) <= foreseen);
    SP_ASSERT(!sp_utf8_check(id, id_length, NULL) || sp_utf8_check(out, length, NULL));
    free(out);
}

static void check_generated(const struct sp_template *pattern, uint64_t count)
{
    static const unsigned char seed[SP_SEED_BYTES] = {1};
    struct sp_arena arena;
    struct sp_generated generated;
    struct sp_err err = {0};
    const size_t need = sp_generated_need(pattern, count);
    SP_ASSERT(sp_arena_open(&arena, need, &err) == SP_OK);
    sp_arena_part_begin(&arena, "records", need);
    if (sp_generated_init(&generated, &arena, pattern, count, seed, &err) == SP_OK) {
        sp_arena_part_end(&arena);
        sp_generated_seek(&generated, count - (count > 2 ? 2 : 1));
        const struct sp_record_source source = sp_generated_source(&generated);
        struct sp_record record;
        char last[8192] = "";
        while (sp_record_next(&source, &record, &err) == SP_RECORD_READY) {
            SP_ASSERT(record.id_length >= 1);
            SP_ASSERT(record.id_length <= generated.id_length_max);
            SP_ASSERT(sp_charset_of(record.id, record.id_length) <=
                      sp_template_charset(pattern, SP_CHARSET_DIGITS));
            SP_ASSERT(memcmp(last, record.id, record.id_length) != 0);
            memcpy(last, record.id, record.id_length);
        }
        SP_ASSERT(record.number == count);
    } else {
        SP_ASSERT(err.status == SP_BAD_SPEC);
    }
    sp_arena_close(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4)
        return 0;
    const unsigned allowed = data[0] % 31 + 1u;
    uint64_t number = data[1] | (uint64_t)data[2] << 8;
    number <<= data[3] % 49;
    char *text = malloc(size - 3);
    SP_ASSERT(text);
    memcpy(text, data + 4, size - 4);
    text[size - 4] = '\0';
    const size_t length = strlen(text);
    const char *id = length < size - 4 ? text + length + 1 : "";
    const size_t id_length = length < size - 4 ? size - 4 - length - 1 : 0;

    struct sp_template template;
    struct sp_err err = {0};
    if (sp_template_parse(&template, text, allowed, "--id", &err) != SP_OK)
        check_refusal(&err, text);
    else if ((template.fields & SP_TEMPLATE_RANDOM_FIELDS) == 0)
        check_rendering(&template, id, id_length, number);
    if (sp_template_parse(&template, text, SP_TEMPLATE_ID_FIELDS, "--id", &err) == SP_OK)
        check_generated(&template, number);
    free(text);
    return 0;
}
