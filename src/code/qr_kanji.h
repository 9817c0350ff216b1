/* Kanji mode: which characters have a place in it, and their 13 bits (ISO/IEC 18004, 7.4.6). */
#ifndef SP_CODE_QR_KANJI_H
#define SP_CODE_QR_KANJI_H

#include <stddef.h>

#define SP_QR_KANJI_BITS 13

/*
 * If the text, of which `length` bytes are left, starts with a character that Kanji mode can hold,
 * puts its 13 bits in *value and returns its length in bytes (2 or 3). Otherwise returns 0. Bytes
 * that are not UTF-8 are no character.
 */
int sp_qr_kanji(const char *text, size_t length, unsigned *value);

#endif
