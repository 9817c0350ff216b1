/*
 * Strings as PDF writes them (ISO 32000-1, 7.3.4 and 7.9.2).
 */
#ifndef SP_PDF_STRING_H
#define SP_PDF_STRING_H

#include "base/buf.h"

#include <stddef.h>
#include <stdint.h>

/* The most that a text string of so many bytes of UTF-8 takes. */
#define SP_PDF_STRING_BOUND(bytes) (4 * (size_t)(bytes) + 8)

/* One byte between ( and ): brackets and backslashes are escaped, and so are bare line ends. */
void sp_pdf_string_byte(struct sp_buf *buf, unsigned char byte);

/* "(…)" of bytes as they are. */
void sp_pdf_string_literal(struct sp_buf *buf, const char *bytes, size_t length);

/* One character as hexadecimal digits of UTF-16BE. */
void sp_pdf_string_utf16(struct sp_buf *buf, uint32_t code);

/* The length of a text cut to `length_max` bytes at a whole character. */
size_t sp_pdf_string_cut(const char *text, size_t length_max);

/*
 * A text string: "(…)" if it is printable ASCII, which every encoding has in common, UTF-16BE in
 * hexadecimal if not. Bytes that are not UTF-8 become U+FFFD.
 */
void sp_pdf_string_text(struct sp_buf *buf, const char *text, size_t length);

#endif
