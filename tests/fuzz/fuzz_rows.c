/*
 * Rows of a hostile text: no row breaks its promises, and the pieces a text comes in make no
 * difference.
 *
 * The first byte is settings: the format, whether columns are asked for, the size of the pieces.
 * The rest is the text, which some settings read many times over, as one stream, so that small
 * inputs reach past the end of a block.
 */
#include "base/check.h"
#include "base/utf8.h"
#include "record/record_rows.h"

#include <smallpress/arena.h>

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct text {
    const uint8_t *bytes;
    size_t length;
    size_t repeats; /* still to be read after this one */
    size_t at;
    size_t step; /* 0: as much as is asked for */
};

static enum sp_status read_text(void *context, void *bytes, size_t capacity, size_t *got,
                                struct sp_err *err)
{
    struct text *text = context;
    uint8_t *to = bytes;
    size_t room = text->step && text->step < capacity ? text->step : capacity;
    *got = 0;
    while (room > 0 && text->length > 0) {
        if (text->at == text->length && text->repeats == 0)
            break;
        if (text->at == text->length) {
            text->at = 0;
            text->repeats--;
        }
        const size_t left = text->length - text->at;
        const size_t count = left < room ? left : room;
        memcpy(to + *got, text->bytes + text->at, count);
        text->at += count;
        *got += count;
        room -= count;
    }
    return SP_OK;
}

/* What is compared between two readings. */
struct outcome {
    uint64_t digest;
    uint64_t rows;
    enum sp_status begun;
};

static void add(struct outcome *outcome, const char *text, size_t length)
{
    for (size_t i = 0; i <= length; i++)
        outcome->digest = (outcome->digest ^ (unsigned char)text[i]) * 1099511628211u;
}

static void check_row(const struct sp_row *row, size_t count, size_t required,
                      struct outcome *outcome)
{
    SP_ASSERT(row->number == ++outcome->rows);
    SP_ASSERT(row->count == count);
    for (size_t i = 0; i < row->count; i++) {
        const struct sp_row_cell *cell = &row->cells[i];
        SP_ASSERT(strlen(cell->text) == cell->length);
        SP_ASSERT(sp_utf8_check(cell->text, cell->length, NULL));
        SP_ASSERT(cell->kind != SP_CELL_MISSING || cell->length == 0);
        SP_ASSERT(i >= required || cell->length > 0);
        add(outcome, cell->text, cell->length);
    }
}

static struct outcome read_all(struct sp_rows *rows, struct text text, enum sp_rows_format format,
                               bool named)
{
    static const char *const names[] = {"a", "b", "src"};
    const struct sp_in in = {.read = read_text, .context = &text, .name = "text"};
    struct outcome outcome = {.digest = 14695981039346656037u};
    struct sp_err err = {0};
    size_t count;
    outcome.begun =
        sp_rows_begin(rows, &in, format, named ? names : NULL, named ? 3 : 0, named, &err);
    if (outcome.begun != SP_OK) {
        add(&outcome, err.text, strlen(err.text));
        return outcome;
    }
    (void)sp_rows_names(rows, &count);
    SP_ASSERT(!named || count == 3);
    uint64_t line = 0;
    for (;;) {
        struct sp_row row;
        const enum sp_record_result result = sp_rows_next(rows, &row, &err);
        SP_ASSERT(result != SP_RECORD_FAILED);
        if (result == SP_RECORD_END)
            return outcome;
        const uint64_t at = result == SP_RECORD_READY ? row.line : err.line;
        SP_ASSERT(at > line || (result == SP_RECORD_REFUSED && at >= line));
        line = at;
        if (result == SP_RECORD_READY) {
            check_row(&row, count, named, &outcome);
        } else {
            SP_ASSERT(sp_utf8_check(err.text, strlen(err.text), NULL));
            add(&outcome, err.text, strlen(err.text));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct sp_arena arena;
    struct sp_err err;
    SP_ASSERT(sp_arena_open(&arena, sp_rows_need(), &err) == SP_OK);
    sp_arena_part_begin(&arena, "rows", sp_rows_need());
    struct sp_rows *rows = sp_rows_init(&arena);
    sp_arena_part_end(&arena);
    sp_arena_seal(&arena);
    const enum sp_rows_format format = data[0] & 1 ? SP_ROWS_CSV : SP_ROWS_NDJSON;
    const bool named = data[0] & 2;
    struct text text = {.bytes = data + 1, .length = size - 1};
    text.repeats = (data[0] & 0xF8) == 0xF8 && size < 3000 ? 70000 / size : 0;
    const struct outcome whole = read_all(rows, text, format, named);
    text.step = 1 + (data[0] >> 3) + (text.repeats ? 977u * (1 + (data[0] >> 3)) : 0);
    const struct outcome pieces = read_all(rows, text, format, named);
    SP_ASSERT(whole.digest == pieces.digest && whole.rows == pieces.rows &&
              whole.begun == pieces.begun);
    sp_arena_close(&arena);
    return 0;
}
