/*
 * Texts with fields: "https://example.org/{id}", "{n:06}-{random:12}".
 *
 *     {id}         the record's id
 *     {n}          its number, from 1
 *     {n:06}       the same with zeros in front, to 6 digits at least (1 to 20 of them)
 *     {line}       its line in the input
 *     {random:12}  that many random digits of base 32, 1 to 24; see record_generated.h
 *     {uuid}       a random UUID; see record_generated.h
 *     {{  }}       a brace
 *
 * A template is parsed once and rendered for every record. It takes no memory but its struct and
 * borrows the text.
 */
#ifndef SP_RECORD_TEMPLATE_H
#define SP_RECORD_TEMPLATE_H

#include "record/record_source.h"

#include <smallpress/status.h>

#include <stddef.h>
#include <stdint.h>

/* Fields, and stretches of text between them (a brace in the text ends a stretch). */
#define SP_TEMPLATE_PARTS_MAX 32

/* More than any code holds (SP_QR_TEXT_MAX counts digits only; 2,953 bytes fit). */
#define SP_TEMPLATE_TEXT_MAX 4096

/* 2^64 has so many digits. */
#define SP_TEMPLATE_WIDTH_MAX 20

/* What a part can be. The fields are bits, so that sets of them can be named. */
enum sp_template_kind {
    SP_TEMPLATE_TEXT = 0,
    SP_TEMPLATE_ID = 1,
    SP_TEMPLATE_N = 2,
    SP_TEMPLATE_RANDOM = 4,
    SP_TEMPLATE_UUID = 8,
    SP_TEMPLATE_LINE = 16,
};

/* The fields that the pattern of an id may have. */
#define SP_TEMPLATE_ID_FIELDS (SP_TEMPLATE_N | SP_TEMPLATE_RANDOM | SP_TEMPLATE_UUID)

/* Those random by nature: sp_template_render cannot make them, record_generated.h can. */
#define SP_TEMPLATE_RANDOM_FIELDS (SP_TEMPLATE_RANDOM | SP_TEMPLATE_UUID)

/* What characters a text has, by the modes of QR codes (ISO/IEC 18004, 7.3), narrowest first. */
enum sp_template_charset {
    SP_CHARSET_DIGITS,       /* 0-9 */
    SP_CHARSET_ALPHANUMERIC, /* 0-9 A-Z space $ % * + - . / : */
    SP_CHARSET_BYTES,        /* anything else */
};

struct sp_template_part {
    enum sp_template_kind kind;
    unsigned width;   /* of N, 0 for as many digits as it has; digits of RANDOM */
    const char *text; /* of TEXT, borrowed */
    size_t length;    /* of TEXT, 1 or more */
};

/* To be read by anyone; filled in by sp_template_parse. */
struct sp_template {
    const char *option; /* borrowed */
    unsigned fields;    /* those that occur, as a set of bits */
    unsigned part_count;
    struct sp_template_part parts[SP_TEMPLATE_PARTS_MAX];
};

/*
 * Parses `text` (borrowed, as is `option`, which messages begin with: "--id"). `fields_allowed` is
 * a set of enum sp_template_kind, not empty. SP_BAD_SPEC with the column, in characters from 1,
 * also in err->column, if a brace or field is wrong, and if the text is too long or not UTF-8. The
 * empty text is a template of nothing.
 */
SP_MUST_CHECK enum sp_status sp_template_parse(struct sp_template *template, const char *text,
                                               unsigned fields_allowed, const char *option,
                                               struct sp_err *err);

/*
 * The most bytes it can render to, with ids of up to `id_length_max` bytes and numbers up to
 * `number_max`.
 */
size_t sp_template_length_max(const struct sp_template *template, size_t id_length_max,
                              uint64_t number_max);

/* The narrowest set all renderings stay in, if ids stay in `id_charset`. */
enum sp_template_charset sp_template_charset(const struct sp_template *template,
                                             enum sp_template_charset id_charset);

/* The narrowest set that a text is in; digits for the empty one. */
enum sp_template_charset sp_charset_of(const char *text, size_t length);

/*
 * Writes the text of a record to `out`, without an end of string, and returns its length. Asserts
 * that it fits, which sp_template_length_max bytes always do, and that there is no random field.
 */
size_t sp_template_render(const struct sp_template *template, const struct sp_record *record,
                          char *out, size_t capacity);

/* Writes one part, which must not be random, at `out` and returns where it ended. It must fit. */
char *sp_template_render_part(const struct sp_template_part *part, const struct sp_record *record,
                              char *out, const char *end);

#endif
