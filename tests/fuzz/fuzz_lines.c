/*
 * Lines from a hostile text: no record breaks its promises, and block sizes make no difference.
 *
 * The input is three bytes of settings and a text. The text is read several times over, as one
 * stream, so that small inputs reach past the end of a block.
 */
#include "base/check.h"
#include "base/utf8.h"
#include "record/record_lines.h"

#include <smallpress/arena.h>

#include <stdlib.h>
#include <string.h>

struct text {
    const unsigned char *bytes;
    size_t length;
    size_t at;
    size_t step; /* 0: as much as is asked for */
};

static enum sp_status read_text(void *context, void *bytes, size_t capacity, size_t *got,
                                struct sp_err *err)
{
    struct text *text = context;
    size_t count = text->length - text->at;
    if (count > capacity)
        count = capacity;
    if (text->step && count > text->step)
        count = text->step;
    memcpy(bytes, text->bytes + text->at, count);
    text->at += count;
    *got = count;
    return SP_OK;
}

/* What is compared between two readings. */
struct outcome {
    uint64_t digest;
    uint64_t records;
    uint64_t lines;
    uint64_t not_empty;
    enum sp_record_result end;
};

static void check_record(const struct sp_record *record, size_t line_bytes_max)
{
    SP_ASSERT(record->id_length >= 1);
    SP_ASSERT(record->id_length <= line_bytes_max);
    SP_ASSERT(sp_utf8_check(record->id, record->id_length, NULL));
    SP_ASSERT(!memchr(record->id, '\0', record->id_length));
    SP_ASSERT(!memchr(record->id, '\n', record->id_length));
    SP_ASSERT(!memchr(record->id, '\r', record->id_length));
}

static struct outcome read_all(struct text text, size_t line_bytes_max)
{
    struct sp_arena arena;
    struct sp_lines lines;
    struct sp_err err = {0};
    struct outcome outcome = {.digest = 14695981039346656037u};
    const struct sp_in in = {.read = read_text, .context = &text, .name = "text"};
    const size_t need = sp_lines_need(line_bytes_max);
    SP_ASSERT(sp_arena_open(&arena, need, &err) == SP_OK);
    sp_arena_part_begin(&arena, "lines", need);
    sp_lines_init(&lines, &arena, &in, line_bytes_max);
    sp_arena_part_end(&arena);
    sp_arena_seal(&arena);
    const struct sp_record_source source = sp_lines_source(&lines);
    for (;;) {
        struct sp_record record = {0};
        outcome.end = sp_record_next(&source, &record, &err);
        if (outcome.end == SP_RECORD_END || outcome.end == SP_RECORD_FAILED)
            break;
        const char *bytes = err.text;
        size_t length = 0;
        if (outcome.end == SP_RECORD_READY) {
            check_record(&record, line_bytes_max);
            SP_ASSERT(record.number == ++outcome.records);
            bytes = record.id;
            length = record.id_length;
        } else {
            length = strlen(err.text);
            SP_ASSERT(sp_utf8_check(err.text, length, NULL));
        }
        outcome.lines++;
        outcome.not_empty += outcome.end == SP_RECORD_READY || !strstr(err.text, "is empty");
        SP_ASSERT(sp_lines_tell(&lines).line == outcome.lines);
        for (size_t i = 0; i < length; i++)
            outcome.digest = (outcome.digest ^ (unsigned char)bytes[i]) * 1099511628211u;
    }
    if (outcome.end == SP_RECORD_END)
        SP_ASSERT(sp_lines_tell(&lines).offset == text.length);
    sp_arena_close(&arena);
    return outcome;
}

/* How often the text is repeated: once, or until there are up to two blocks of it. */
static size_t repeats_of(const uint8_t *text, size_t length, unsigned setting)
{
    if (setting < 248)
        return 1;
    const size_t repeats = SP_LINES_BLOCK_BYTES / length * (setting - 247) / 4 + 1;
    size_t line_feeds = 0;
    for (size_t i = 0; i < length; i++)
        line_feeds += text[i] == '\n';
    /* Texts of mostly empty lines would spend the time on sentences. */
    return line_feeds * repeats > 2000 ? 1 : repeats;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4)
        return 0;
    const size_t line_bytes_max = data[0] < 128 ? (size_t)data[0] + 1 : (size_t)data[0] * 997;
    const size_t length = size - 3;
    const size_t repeats = repeats_of(data + 3, length, data[1]);
    unsigned char *bytes = malloc(length * repeats);
    SP_ASSERT(bytes);
    for (size_t i = 0; i < repeats; i++)
        memcpy(bytes + i * length, data + 3, length);

    struct text text = {.bytes = bytes, .length = length * repeats};
    const struct outcome whole = read_all(text, line_bytes_max);
    text.step = repeats == 1 ? data[2] % 7 + 1u : data[2] * 301u + 101;
    const struct outcome pieces = read_all(text, line_bytes_max);
    SP_ASSERT(whole.digest == pieces.digest);
    SP_ASSERT(whole.lines == pieces.lines);
    SP_ASSERT(whole.end == pieces.end);

    unsigned char buffer[300];
    struct sp_lines_extent extent;
    const struct sp_in in = {.read = read_text, .context = &text, .name = "text"};
    SP_ASSERT(sp_lines_scan(&in, buffer, sizeof buffer, &extent, NULL) == SP_OK);
    SP_ASSERT(extent.bytes == text.length);
    if (whole.end == SP_RECORD_END)
        SP_ASSERT(extent.lines == whole.not_empty);
    free(bytes);
    return 0;
}
