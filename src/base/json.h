/*
 * JSON (RFC 8259), token by token, from memory that stays as it is.
 *
 *     struct sp_json json;
 *     sp_json_init(&json, text, length);
 *     while ((token = sp_json_next(&json)) != SP_JSON_END && token != SP_JSON_BAD) …
 *
 * The whole grammar is kept: what is not JSON ends in SP_JSON_BAD with the place and a phrase, for
 * a person, of what was expected there. Numbers and strings are told as slices of the text, so a
 * number is what was written, however many digits it has. Nothing is allocated and nothing recurs:
 * levels are bits of a word.
 *
 * The text must be UTF-8 (sp_utf8_check). A string with a zero character is refused, because texts
 * end with one everywhere else. Whether a key stands twice is the caller's question.
 */
#ifndef SP_BASE_JSON_H
#define SP_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Levels of objects and arrays in each other: as many as the word has bits. */
#define SP_JSON_DEPTH_MAX 32

enum sp_json_token {
    SP_JSON_END, /* of the text: one whole value has been read */
    SP_JSON_OBJECT,
    SP_JSON_OBJECT_END,
    SP_JSON_ARRAY,
    SP_JSON_ARRAY_END,
    SP_JSON_KEY, /* with the colon behind it */
    SP_JSON_STRING,
    SP_JSON_NUMBER,
    SP_JSON_TRUE,
    SP_JSON_FALSE,
    SP_JSON_NULL,
    SP_JSON_BAD, /* not JSON; ask no more */
};

/* The fields up to `problem` are there to be read. */
struct sp_json {
    const char *text;
    size_t length;
    size_t token_at;     /* where the token begins, or where it went wrong */
    size_t slice_at;     /* of a key, string or number: what it says, without quotes */
    size_t slice_length; /* in bytes */
    bool escaped;        /* the slice has escapes in it: see sp_json_unescape */
    const char *problem; /* of SP_JSON_BAD: "expected a value", a constant text */

    size_t at;
    unsigned depth;
    uint32_t objects; /* a bit a level, set for objects */
    unsigned expects;
};

void sp_json_init(struct sp_json *json, const char *text, size_t length);

enum sp_json_token sp_json_next(struct sp_json *json);

/*
 * Writes what a slice of a key or string stands for to `out`, which may be the slice itself, and
 * returns the bytes written: never more than the slice has. No zero byte is put behind them.
 */
size_t sp_json_unescape(const char *slice, size_t length, char *out);

#endif
