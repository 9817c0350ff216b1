/*
 * Quantities as people write and read them: lengths, sizes of memory, counts, grids, durations.
 *
 * The parsing functions take the whole of a text that ends with a zero byte, spaces around it
 * allowed. They are exact: decimals are worked out by integer arithmetic of any length and rounded
 * once, half away from zero. A text they do not take is SP_BAD_SPEC with a sentence that quotes it
 * and says how to write it; the caller puts the name of its option before that sentence.
 */
#ifndef SMALLPRESS_QUANTITY_H
#define SMALLPRESS_QUANTITY_H

#include "export.h"
#include "status.h"
#include <stddef.h>
#include <stdint.h>

SP_BEGIN_DECLS

/* The longest length, either way: a kilometre, so that sums of lengths stay far inside 64 bits. */
#define SP_LENGTH_MAX_UM INT64_C(1000000000)

/* The largest size: what a file offset can be. */
#define SP_SIZE_MAX_BYTES UINT64_C(0x7FFFFFFFFFFFFFFF)

/* The most columns, and the most rows, of a grid: far more than ink can tell apart. */
#define SP_GRID_SIDE_MAX 1000

/* Bytes that hold what any of the sp_format functions writes. */
#define SP_FORMAT_BYTES 32

/*
 * A length in micrometres: a number, decimals allowed, and a unit, which is never left out: mm, cm,
 * in (25.4 mm), pt (1/72 in), um or µm, in capitals or not. A sign is allowed; whether a negative
 * length makes sense is the caller's question.
 *
 *     "34mm" 34,000   "0.5in" 12,700   "12 pt" 4,233   "-1.5mm" -1,500
 */
SP_API SP_MUST_CHECK enum sp_status sp_length_parse(const char *text, int64_t *um,
                                                    struct sp_err *err);

/*
 * A size in bytes: a number and K, M, G or T, alone or followed by B or iB, in capitals or not.
 * They are powers of 1,024 however they are written, as memory limits are everywhere else. A number
 * alone is bytes. Decimals are allowed before a letter.
 *
 *     "64M" "64MB" "64MiB" 67,108,864   "1.5K" 1,536   "1048576" 1,048,576
 */
SP_API SP_MUST_CHECK enum sp_status sp_size_parse(const char *text, uint64_t *bytes,
                                                  struct sp_err *err);

/*
 * A count, 0 or more and less than 2^64 - 1: digits, with a comma, an underscore or a space between
 * groups of three if wished. "1e6" and "50k" are refused with the digits they stand for, "50.000"
 * because it is fifty to some and fifty thousand to others.
 */
SP_API SP_MUST_CHECK enum sp_status sp_count_parse(const char *text, uint64_t *count,
                                                   struct sp_err *err);

/* Columns by rows, 1 to SP_GRID_SIDE_MAX each: "5x6" is 5 across and 6 down; × will do for x. */
SP_API SP_MUST_CHECK enum sp_status sp_grid_parse(const char *text, uint32_t *columns,
                                                  uint32_t *rows, struct sp_err *err);

/*
 * Each writes a text for people to `out`, of `capacity` SP_FORMAT_BYTES or more, and returns `out`.
 *
 *     sp_format_length     "10 mm" "0.25 mm" "-1.5 mm"
 *     sp_format_count      "50,000"
 *     sp_format_bytes      "737 bytes" "6.1 MiB" "64 MiB" "118 MiB"
 *     sp_format_duration   "0.4 s" "12 s" "3 min 20 s" "2 h 05 min" "3 d 04 h"
 *
 * Lengths are rounded to hundredths of a millimetre, bytes and durations to the nearest; a duration
 * from a minute up loses what is smaller than its second unit.
 */
SP_API const char *sp_format_length(char *out, size_t capacity, int64_t um);
SP_API const char *sp_format_count(char *out, size_t capacity, uint64_t count);
SP_API const char *sp_format_bytes(char *out, size_t capacity, uint64_t bytes);
SP_API const char *sp_format_duration(char *out, size_t capacity, uint64_t duration_ms);

SP_END_DECLS

#endif
