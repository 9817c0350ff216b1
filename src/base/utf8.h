/*
 * UTF-8, strictly as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
 */
#ifndef SP_BASE_UTF8_H
#define SP_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What sp_utf8_next returns for bytes that are no character. */
#define SP_UTF8_BAD UINT32_MAX

/* Bytes that hold any text sp_utf8_quote is asked for in a message, end of string included. */
#define SP_UTF8_QUOTE_BYTES 64

/*
 * Whether `length` bytes are UTF-8 throughout. If not, *bad_offset (which may be null) is where the
 * first sequence that is not UTF-8 begins. ASCII is read a word at a time.
 */
bool sp_utf8_check(const char *text, size_t length, size_t *bad_offset);

/*
 * Decodes the character at *offset, which must be before `length`, and moves *offset behind it.
 * Where no valid character begins it returns SP_UTF8_BAD and moves on by one byte.
 */
uint32_t sp_utf8_next(const char *text, size_t length, size_t *offset);

/* Characters in `length` bytes of valid UTF-8. */
size_t sp_utf8_count(const char *text, size_t length);

/* The most bytes of `length` bytes of valid UTF-8 that are whole characters and at most `most`. */
size_t sp_utf8_cut(const char *text, size_t length, size_t most);

/* Copies as many whole characters of valid UTF-8 as fit `capacity` bytes with their end. */
void sp_utf8_copy(char *out, size_t capacity, const char *text, size_t length);

/*
 * Copies a text of unknown origin so that it can be quoted in a message: at most capacity - 1 bytes
 * of whole characters, ended with "…" if not all fit; control characters, characters that turn the
 * direction of writing and bytes that are not UTF-8 become U+FFFD. Returns `out`. The capacity is
 * at least 8.
 */
const char *sp_utf8_quote(char *out, size_t capacity, const char *text, size_t length);

#endif
