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

#include <string.h>

struct text {
    const uint8_t *bytes;
    size_t length;
    uint64_t repeats;
    uint64_t at;
    size_t step; /* 0: as much as is asked for */
};

static enum sp_status read_text(void *context, void *bytes, size_t capacity, size_t *got,
                                struct sp_err *err)
{
    struct text *text = context;
    const uint64_t total = text->length * text->repeats;
    uint64_t count = total - text->at;
    if (count > capacity)
        count = capacity;
    if (text->step && count > text->step)
        count = text->step;
    for (size_t done = 0; done < count;) {
        const size_t from = (size_t)((text->at + done) % text->length);
        size_t piece = text->length - from;
        if (piece > count - done)
            piece = (size_t)count - done;
        memcpy((unsigned char *)bytes + done, text->bytes + from, piece);
        done += piece;
    }
    text->at += count;
    *got = (size_t)count;
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
        SP_ASSERT(sp_lines_tell(&lines).offset == text.length * text.repeats);
    sp_arena_close(&arena);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4)
        return 0;
    const size_t line_bytes_max = data[0] < 128 ? (size_t)data[0] + 1 : (size_t)data[0] * 997;
    struct text text = {
        .bytes = data + 3,
        .length = size - 3,
        .repeats = data[1] < 248 ? 1 : 65536 / (size - 3) * (data[1] - 247u) / 4 + 1,
    };
    /* Texts of mostly empty lines would spend the time on sentences. */
    uint64_t line_feeds = 0;
    for (size_t i = 0; i < text.length; i++)
        line_feeds += text.bytes[i] == '\n';
    if (line_feeds * text.repeats > 2000)
        text.repeats = 1;
    const struct outcome whole = read_all(text, line_bytes_max);
    text.step = data[1] < 248 ? data[2] % 7 + 1u : data[2] * 301u + 101;
    const struct outcome pieces = read_all(text, line_bytes_max);
    SP_ASSERT(whole.digest == pieces.digest);
    SP_ASSERT(whole.lines == pieces.lines);
    SP_ASSERT(whole.end == pieces.end);

    unsigned char buffer[300];
    struct sp_lines_extent extent;
    const struct sp_in in = {.read = read_text, .context = &text, .name = "text"};
    text.at = 0;
    SP_ASSERT(sp_lines_scan(&in, buffer, sizeof buffer, &extent, NULL) == SP_OK);
    SP_ASSERT(extent.bytes == text.length * text.repeats);
    if (whole.end == SP_RECORD_END)
        SP_ASSERT(extent.lines == whole.not_empty);
    return 0;
}
