/*
 * What may stand where in a submission and a theme: one table of keys for each struct.
 *
 * The parser, the JSON Schema (share/submission.schema.json) and the manual (docs/submission.md)
 * are held against these tables by tests, so that none of them can say something else.
 */
#ifndef SP_SPEC_SPEC_TABLE_H
#define SP_SPEC_SPEC_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Every kind of value with the name that the dump of the tables has for it. */
#define SP_SPEC_KIND_TABLE(X)                                                               \
    X(SP_SPEC_IGNORED, "ignored")   /* anything that is one value; for $schema */           \
    X(SP_SPEC_TEXT, "text")         /* const char * */                                      \
    X(SP_SPEC_LOCALE, "locale")     /* const char *, checked like BCP 47 */                 \
    X(SP_SPEC_LINK, "link")         /* const char *, of a scheme that is safe to click */   \
    X(SP_SPEC_DATA, "data")         /* struct sp_list_source, by the path of the file */    \
    X(SP_SPEC_VALUE, "value")       /* struct sp_value; dates are seen */                   \
    X(SP_SPEC_TIME, "time")         /* struct sp_value, a date or datetime */               \
    X(SP_SPEC_STATUS, "status")     /* enum sp_item_status */                               \
    X(SP_SPEC_CHOICE, "choice")     /* an enum, by the place of the word among `choices` */ \
    X(SP_SPEC_BOOL, "bool")         /* bool */                                              \
    X(SP_SPEC_COUNT, "count")       /* unsigned, from `least` to `most` */                  \
    X(SP_SPEC_LENGTH, "length")     /* int64_t, micrometres from `least` to `most` */       \
    X(SP_SPEC_SIZE, "size")         /* int64_t, thousandths of a point, likewise */         \
    X(SP_SPEC_COLOR, "color")       /* struct sp_color */                                   \
    X(SP_SPEC_TEMPLATE, "template") /* const char *, with {title} and the like */           \
    X(SP_SPEC_WORD, "word")         /* const char *, with {n} where `choices` has it */     \
    X(SP_SPEC_MATCH, "match")       /* const char *, a regular expression */                \
    X(SP_SPEC_ADDRESS, "address")   /* const char *, an address with $1, {width} */         \
    X(SP_SPEC_PAGE, "page")         /* the name of a page, or `object` */                   \
    X(SP_SPEC_MARGIN, "margin")     /* a length for all four sides, or `object` */          \
    X(SP_SPEC_OBJECT, "object")     /* `object`, in the same struct at `offset` */          \
    X(SP_SPEC_LIST, "list")         /* a pointer to structs of `object`, and their count */ \
    X(SP_SPEC_ROWS, "rows")         /* the same of struct sp_report_row */

#define SP_SPEC_KIND_NAME(name, word) name,
enum sp_spec_kind {
    SP_SPEC_KIND_TABLE(SP_SPEC_KIND_NAME)
};
#undef SP_SPEC_KIND_NAME

/* What is checked when an object ends, beside its keys. */
enum sp_spec_rule {
    SP_RULE_NONE,
    SP_RULE_COLUMN,    /* the title is the name unless given */
    SP_RULE_TABLE,     /* columns come before rows */
    SP_RULE_SIGNATURE, /* somebody or something is named */
    SP_RULE_URL,       /* `to` asks for no more groups than `match` has */
};

struct sp_spec_object;

struct sp_spec_key {
    const char *name;
    enum sp_spec_kind kind;
    bool required;
    size_t offset; /* in the struct of the object */
    size_t source; /* of LIST and ROWS: of the struct sp_list_source, or 0 for none */
    const struct sp_spec_object *object;
    int64_t least, most;        /* of numbers; `most` elements of a list, 0 for any number */
    const char *const *choices; /* ends with null */
};

struct sp_spec_object {
    const char *name; /* what messages call one: "a photo" */
    const struct sp_spec_key *keys;
    size_t key_count; /* at most 64 */
    size_t bytes;     /* of its struct, if it is an element of lists; a multiple of 8 */
    size_t place;     /* of a struct sp_place in it, or 0 */
    const struct sp_spec_key *alone; /* the key that a text alone stands for, or null */
    size_t alone_bytes_min;          /* of such a text */
    enum sp_spec_rule rule;
};

/* A whole submission, and a theme in its own file. */
extern const struct sp_spec_object sp_spec_submission, sp_spec_theme_file;

/* Elements whose lists are looked at before the list ends. */
extern const struct sp_spec_object sp_spec_column, sp_spec_source;

/* Bytes of the largest element. */
#define SP_SPEC_ELEMENT_BYTES_MAX 160

/* The pages that have names; the last one's name is null. */
struct sp_spec_page {
    const char *name;
    int64_t width_um, height_um;
};
extern const struct sp_spec_page sp_spec_pages[];

#endif
