/*
 * Cutting a text into segments so that they take the fewest bits.
 *
 * A segment is a stretch in one mode: a header (mode indicator and character count) and then its
 * characters. Digits are cheapest in numeric mode and so on, but every change of mode costs a
 * header, and headers have other widths in other ranges of versions: so a plan is made for a range.
 *
 * Most texts need no search. A text of digits is one numeric segment; of other texts it is often
 * plain that no stretch is long enough to earn its header. Only what is left is searched, exactly,
 * by dynamic programming in time and memory proportional to the length of the text.
 */
#ifndef SP_CODE_QR_SEGMENT_H
#define SP_CODE_QR_SEGMENT_H

#include "code/qr_table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A text and what a look at its bytes tells. */
struct sp_qr_text {
    const char *bytes;
    size_t length;
    bool digits;        /* all of it */
    bool alphanumerics; /* all of it */
    bool ascii;         /* all of it */
};

struct sp_qr_text sp_qr_text_of(const char *bytes, size_t length);

struct sp_qr_plan {
    const struct sp_qr_text *text;
    const uint8_t *trace; /* where to change modes; null if one segment holds everything */
    enum sp_qr_mode mode; /* of the first segment */
    int range;
    bool eci;  /* an ECI header for UTF-8 comes first */
    long bits; /* headers and characters of all segments; 0 for an empty text */
};

/*
 * Plans for a range. `trace` is a byte for each byte of the text, borrowed until the plan has been
 * walked. `eci` asks for an ECI header if the text is not ASCII.
 *
 * `kanji` allows Kanji mode, but only in plans whose byte segments read alike in UTF-8 and Shift
 * JIS, and these have no ECI header. For readers that find a Kanji segment, which is in Shift JIS,
 * take the byte segments beside it for Shift JIS too; or, if ECI says that these are UTF-8, take
 * the Kanji segment for UTF-8.
 */
struct sp_qr_plan sp_qr_plan_make(const struct sp_qr_text *text, bool kanji, bool eci, int range,
                                  uint8_t *trace);

struct sp_qr_segment {
    enum sp_qr_mode mode;
    const char *bytes;
    size_t length; /* in bytes */
    size_t count;  /* in characters: two or three bytes each in Kanji mode */
};

/*
 * The segment that starts at byte *offset in mode *mode (plan->mode at offset 0). Moves both to the
 * next segment; returns false at the end of the text.
 */
bool sp_qr_plan_next(const struct sp_qr_plan *plan, size_t *offset, enum sp_qr_mode *mode,
                     struct sp_qr_segment *segment);

/* The value of a character in alphanumeric mode, 0 to 44 (table 5), or -1. */
int sp_qr_alphanumeric(char character);

#endif
