/*
 * A theme: how a report looks. Every field has a default, so a theme names only what it changes. It
 * stands in the submission or in a file of its own, there with or without the key `theme` above it.
 *
 *     theme:
 *       page: A4                     A3 A4 A5 Letter Legal, or {width: 210mm, height: 297mm}
 *       landscape: false
 *       margin: 18mm                 or {top, right, bottom, left}
 *       colors: {accent: "#0B5CAD", text: "#1A1A1A", muted: "#5F6B7A", line: "#D5DAE1",
 *                fill: "#F3F5F8", ok: "#1E7B34", fail: "#B3261E", na: "#6B7280"}
 *       fonts: {text: "Noto Sans", heading: fonts/Brand.ttf, size: 9.5pt}
 *       logo: {place: start, height: 14mm}           start, center, end, none
 *       photos: {per_row: 2, height: 75mm, edge: 1200, quality: 80, numbers: true}
 *       header: {text: "{title} · {number}", line: true}
 *       footer: {text: "{author}", pages: true, line: true}
 *       words: {page: "Page {n} of {total}", …}      instead of those of the locale
 *       urls:                                        rules for image hosts, tried in order
 *         - {match: "https://img\\.example\\.org/(.*)",
 *            to: "https://img.example.org/fit/{width}/q{quality}/$1"}
 */
#ifndef SP_SPEC_THEME_H
#define SP_SPEC_THEME_H

#include <smallpress/report.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sp_color {
    uint8_t red, green, blue;
};

enum sp_logo_place {
    SP_LOGO_START,
    SP_LOGO_CENTER,
    SP_LOGO_END,
    SP_LOGO_NONE
};

/*
 * Words that the press itself writes, and their keys under `words`. One holds places for numbers:
 * `page` has {n} and may have {total} behind it; see sp_theme_piece_next. The rest are plain.
 *
 *     photo                           before the number of a photo
 *     ok fail na                      the status of an item, as a word
 *     photos, signatures, checklist   headings, and names of sheets
 *     taken_at, number, date          labels, without a colon
 *     status, note, reason, source    heads of columns
 *     summary                         the first sheet of a workbook
 *     not_shown                       the heading over the photos that could not be had
 *     no_photo                        in the box of such a photo, over the reason
 *     yes, no                         values that are true or false
 */
#define SP_WORD_TABLE(X)              \
    X(SP_WORD_PAGE, page)             \
    X(SP_WORD_OK, ok)                 \
    X(SP_WORD_FAIL, fail)             \
    X(SP_WORD_NA, na)                 \
    X(SP_WORD_PHOTOS, photos)         \
    X(SP_WORD_PHOTO, photo)           \
    X(SP_WORD_TAKEN_AT, taken_at)     \
    X(SP_WORD_SIGNATURES, signatures) \
    X(SP_WORD_NUMBER, number)         \
    X(SP_WORD_DATE, date)             \
    X(SP_WORD_CHECKLIST, checklist)   \
    X(SP_WORD_STATUS, status)         \
    X(SP_WORD_NOTE, note)             \
    X(SP_WORD_SUMMARY, summary)       \
    X(SP_WORD_NOT_SHOWN, not_shown)   \
    X(SP_WORD_NO_PHOTO, no_photo)     \
    X(SP_WORD_REASON, reason)         \
    X(SP_WORD_SOURCE, source)         \
    X(SP_WORD_YES, yes)               \
    X(SP_WORD_NO, no)

#define SP_WORD_NAME(name, key) name,
enum sp_word {
    SP_WORD_TABLE(SP_WORD_NAME) SP_WORD_COUNT
};
#undef SP_WORD_NAME

struct sp_theme {
    int64_t page_width_um, page_height_um; /* as the page lies: landscape is in them already */
    bool landscape;                        /* wider than high was asked for */
    int64_t margin_top_um, margin_right_um, margin_bottom_um, margin_left_um;
    struct sp_color accent, text, muted, line, fill, ok, fail, na;
    const char *font_text, *font_heading; /* names or paths, or null for the built-in ones */
    int64_t font_size_mpt;
    enum sp_logo_place logo_place;
    int64_t logo_height_um;
    unsigned photos_per_row; /* 1 to 4 */
    int64_t photo_height_um; /* at most; 0 for what the width gives */
    uint32_t photo_edge_px;
    unsigned photo_quality;
    bool photo_numbers;
    const char *header_text, *footer_text; /* templates, or null for none */
    bool header_line, footer_line, footer_pages;
    const char *words[SP_WORD_COUNT]; /* of the locale unless given: never null */
    const struct sp_url_rule *urls;
    size_t url_count;
};

/* Ranges of what a theme can set, for messages and the schema: lengths in micrometres. */
#define SP_THEME_PAGE_MIN_UM     80000   /* a small receipt */
#define SP_THEME_PAGE_MAX_UM     5080000 /* SP_PAGE_MAX_UM: what viewers take */
#define SP_THEME_MARGIN_MAX_UM   500000
#define SP_THEME_CONTENT_MIN_UM  60000 /* what margins leave, across and down */
#define SP_THEME_FONT_MIN_MPT    5000
#define SP_THEME_FONT_MAX_MPT    24000
#define SP_THEME_LOGO_MIN_UM     4000
#define SP_THEME_LOGO_MAX_UM     100000
#define SP_THEME_PER_ROW_MAX     4
#define SP_THEME_PHOTO_MIN_UM    15000
#define SP_THEME_PHOTO_MAX_UM    2000000
#define SP_THEME_EDGE_MIN_PX     100
#define SP_THEME_EDGE_MAX_PX     8000 /* more than 600 dpi across an A4 page */
#define SP_THEME_QUALITY_MIN     30
#define SP_THEME_QUALITY_MAX     100
#define SP_THEME_URLS_MAX        64  /* compiled patterns cost some 10 KiB each */
#define SP_THEME_PATTERN_MAX     512 /* bytes of one */
#define SP_THEME_REPETITIONS_MAX 256 /* {n,m} of a pattern all together: they are unrolled */

/*
 * The pieces of a template (header, footer, words), in their order. A template is checked when it
 * is parsed: SP_SLOT_BAD does not come from a submission that was. {{ and }} are braces.
 */
enum sp_theme_slot {
    SP_SLOT_TEXT, /* the bytes as they are */
    SP_SLOT_TITLE,
    SP_SLOT_SUBTITLE,
    SP_SLOT_NUMBER,
    SP_SLOT_DATE,
    SP_SLOT_AUTHOR,
    SP_SLOT_N,
    SP_SLOT_TOTAL,
    SP_SLOT_BAD, /* the rest of the template: a brace that opens or closes nothing known */
};

struct sp_theme_piece {
    enum sp_theme_slot slot;
    const char *text; /* of the piece in the template, braces included */
    size_t length;
};

/* Takes the piece at *at and moves *at behind it; false at the end of the template. */
bool sp_theme_piece_next(const char **at, struct sp_theme_piece *piece);

/*
 * The defaults, with the words of a locale (BCP 47; English if it is not known): A4, margins of 18
 * mm, 9.5 pt, two photos a row of 1,200 pixels at quality 80, `{title} · {number}` above and page
 * numbers below.
 */
void sp_theme_init(struct sp_theme *theme, const char *locale);

/* The words of a locale, SP_WORD_COUNT of them; constant texts. */
const char *const *sp_theme_words(const char *locale);

/* Whether a locale is written from right to left. */
bool sp_locale_is_rtl(const char *locale);

#endif
