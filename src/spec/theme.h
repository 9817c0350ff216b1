/*
 * A theme: how a report looks. Every field has a default, so a theme names only what it changes.
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

/* Words that the press itself writes, and their keys under `words`. */
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
    int64_t page_width_um, page_height_um;
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

/* The defaults, with the words of a locale (BCP 47; English if it is not known). */
void sp_theme_init(struct sp_theme *theme, const char *locale);

/* Whether a locale is written from right to left. */
bool sp_locale_is_rtl(const char *locale);

#endif
