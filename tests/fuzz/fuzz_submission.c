/*
 * A hostile submission: it ends in a submission whose texts are texts or in a sentence with a
 * place, in the memory that was announced for it. Told once until the first mistake and once to the
 * end.
 *
 * The first byte says where the text ends and the theme begins, in 256ths.
 */
#include "base/check.h"
#include "base/utf8.h"
#include "spec/submission.h"

#include <smallpress/arena.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text)
{
    SP_ASSERT(!text || (text[0] && sp_utf8_check(text, strlen(text), NULL)));
}

static void check_submission(const struct sp_submission *submission)
{
    SP_ASSERT(submission->title && submission->locale && submission->date.text);
    check_text(submission->title);
    for (size_t i = 0; i < submission->field_count; i++)
        check_text(submission->fields[i].label);
    for (size_t i = 0; i < submission->section_count; i++) {
        const struct sp_report_section *section = &submission->sections[i];
        SP_ASSERT(section->title && section->place.line > 0);
        for (size_t j = 0; j < section->item_count; j++)
            check_text(section->items[j].text);
        for (size_t j = 0; j < section->table_count; j++) {
            const struct sp_report_table *table = &section->tables[j];
            SP_ASSERT(table->row_count == 0 || table->column_count > 0);
            for (size_t k = 0; k < table->row_count * table->column_count; k++)
                SP_ASSERT(table->rows[k / table->column_count].cells[k % table->column_count].text);
        }
    }
    for (size_t i = 0; i < submission->photos.count; i++)
        check_text(submission->photos.photos[i].src);
    for (size_t i = 0; i < SP_WORD_COUNT; i++)
        check_text(submission->theme.words[i]);
}

struct told {
    uint64_t count;
};

static void tell(void *context, const char *name, const struct sp_err *why)
{
    struct told *told = context;
    SP_ASSERT(why->status == SP_BAD_SPEC && why->line > 0 && why->column > 0);
    SP_ASSERT(sp_utf8_check(why->text, strlen(why->text), NULL));
    SP_ASSERT(strncmp(why->text, name, strlen(name)) == 0);
    told->count++;
}

static enum sp_status parse(const struct sp_spec_text *text, const struct sp_spec_text *theme,
                            const struct sp_spec_problems *problems)
{
    struct sp_arena arena;
    struct sp_submission submission;
    struct sp_err err = {0};
    const size_t need = sp_submission_need(text->count + (theme ? theme->count : 0));
    SP_ASSERT(sp_arena_open(&arena, need, &err) == SP_OK);
    sp_arena_part_begin(&arena, "submission", need);
    const enum sp_status status =
        sp_submission_parse(&submission, &arena, text, theme, problems, &err);
    sp_arena_part_end(&arena);
    if (status == SP_OK)
        check_submission(&submission);
    else
        SP_ASSERT(status == SP_BAD_SPEC && sp_utf8_check(err.text, strlen(err.text), NULL));
    sp_arena_close(&arena);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const size_t split = (size - 1) * data[0] / 255;
    const struct sp_spec_text text = {
        .name = "text", .bytes = (const char *)data + 1, .count = split};
    const struct sp_spec_text theme = {
        .name = "theme", .bytes = text.bytes + split, .count = size - 1 - split};
    const struct sp_spec_text *own = theme.count ? &theme : NULL;
    struct told told = {0};
    const struct sp_spec_problems problems = {.tell = tell, .context = &told};
    const enum sp_status first = parse(&text, own, NULL);
    const enum sp_status all = parse(&text, own, &problems);
    SP_ASSERT(first == all && (first == SP_OK) == (told.count == 0));
    return 0;
}
