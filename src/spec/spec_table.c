#include "spec/spec_table.h"

#include "base/num.h"
#include "spec/submission.h"
#include "spec/theme.h"

#define KEYS(table) .keys = (table), .key_count = SP_COUNT(table)

const struct sp_spec_page sp_spec_pages[] = {
    {"A3", 297000, 420000},     {"A4", 210000, 297000},    {"A5", 148000, 210000},
    {"Letter", 215900, 279400}, {"Legal", 215900, 355600}, {NULL, 0, 0},
};

#define ELEMENT(type)                                                  \
    _Static_assert(sizeof(struct type) <= SP_SPEC_ELEMENT_BYTES_MAX && \
                       sizeof(struct type) % 8 == 0,                   \
                   "an element of a list")
ELEMENT(sp_report_column);
ELEMENT(sp_report_field);
ELEMENT(sp_report_item);
ELEMENT(sp_report_photo);
ELEMENT(sp_report_section);
ELEMENT(sp_report_signature);
ELEMENT(sp_report_table);
ELEMENT(sp_url_rule);

/* The members of the structs, so that a line holds a key. */
#define COLUMN(field)     offsetof(struct sp_report_column, field)
#define FIELD(field)      offsetof(struct sp_report_field, field)
#define ITEM(field)       offsetof(struct sp_report_item, field)
#define PHOTO(field)      offsetof(struct sp_report_photo, field)
#define SECTION(field)    offsetof(struct sp_report_section, field)
#define SIGNATURE(field)  offsetof(struct sp_report_signature, field)
#define SUBMISSION(field) offsetof(struct sp_submission, field)
#define TABLE(field)      offsetof(struct sp_report_table, field)
#define THEME(field)      offsetof(struct sp_theme, field)
#define URL_RULE(field)   offsetof(struct sp_url_rule, field)

static const char *const column_types[] = {"auto", "text", "number", "date", "datetime", NULL};
static const char *const aligns[] = {"start", "center", "end", NULL};
static const char *const logo_places[] = {"start", "center", "end", "none", NULL};

static const struct sp_spec_key source_keys[] = {
    {.name = "data", .kind = SP_SPEC_DATA, .required = true},
};
const struct sp_spec_object sp_spec_source = {.name = "a list in a file", KEYS(source_keys)};

static const struct sp_spec_key field_keys[] = {
    {.name = "label", .kind = SP_SPEC_TEXT, .offset = FIELD(label), .required = true},
    {.name = "value", .kind = SP_SPEC_VALUE, .offset = FIELD(value)},
    {.name = "link", .kind = SP_SPEC_LINK, .offset = FIELD(link)},
};
static const struct sp_spec_object field = {
    .name = "a field", KEYS(field_keys), .bytes = sizeof(struct sp_report_field)};

static const struct sp_spec_key item_keys[] = {
    {.name = "text", .kind = SP_SPEC_TEXT, .offset = ITEM(text), .required = true},
    {.name = "status", .kind = SP_SPEC_STATUS, .offset = ITEM(status)},
    {.name = "note", .kind = SP_SPEC_TEXT, .offset = ITEM(note)},
};
static const struct sp_spec_object item = {.name = "an item",
                                           KEYS(item_keys),
                                           .bytes = sizeof(struct sp_report_item),
                                           .alone = &item_keys[0]};

static const struct sp_spec_key column_keys[] = {
    {.name = "name", .kind = SP_SPEC_TEXT, .offset = COLUMN(name), .required = true},
    {.name = "title", .kind = SP_SPEC_TEXT, .offset = COLUMN(title)},
    {.name = "type", .kind = SP_SPEC_CHOICE, .offset = COLUMN(type), .choices = column_types},
    {.name = "align", .kind = SP_SPEC_CHOICE, .offset = COLUMN(align), .choices = aligns},
    {.name = "width", .kind = SP_SPEC_COUNT, .offset = COLUMN(weight), .least = 1, .most = 1000},
};
const struct sp_spec_object sp_spec_column = {.name = "a column",
                                              KEYS(column_keys),
                                              .bytes = sizeof(struct sp_report_column),
                                              .alone = &column_keys[0],
                                              .rule = SP_RULE_COLUMN};

static const struct sp_spec_key table_keys[] = {
    {.name = "title", .kind = SP_SPEC_TEXT, .offset = TABLE(title)},
    {.name = "columns",
     .kind = SP_SPEC_LIST,
     .offset = TABLE(columns),
     .object = &sp_spec_column,
     .most = SP_TABLE_COLUMNS_MAX},
    {.name = "rows",
     .kind = SP_SPEC_ROWS,
     .offset = TABLE(rows),
     .source = TABLE(source),
     .required = true},
};
static const struct sp_spec_object table = {.name = "a table",
                                            KEYS(table_keys),
                                            .bytes = sizeof(struct sp_report_table),
                                            .place = TABLE(place),
                                            .rule = SP_RULE_TABLE};

static const struct sp_spec_key photo_keys[] = {
    {.name = "src", .kind = SP_SPEC_TEXT, .offset = PHOTO(src), .required = true},
    {.name = "caption", .kind = SP_SPEC_TEXT, .offset = PHOTO(caption)},
    {.name = "taken_at", .kind = SP_SPEC_TIME, .offset = PHOTO(taken_at)},
    {.name = "section", .kind = SP_SPEC_TEXT, .offset = PHOTO(section)},
};
/* A photo of a section is in it already. */
static const struct sp_spec_object section_photo = {.name = "a photo of a section",
                                                    .keys = photo_keys,
                                                    .key_count = SP_COUNT(photo_keys) - 1,
                                                    .bytes = sizeof(struct sp_report_photo),
                                                    .place = PHOTO(place),
                                                    .alone = &photo_keys[0],
                                                    .alone_bytes_min = 3};
static const struct sp_spec_object photo = {.name = "a photo",
                                            KEYS(photo_keys),
                                            .bytes = sizeof(struct sp_report_photo),
                                            .place = PHOTO(place),
                                            .alone = &photo_keys[0],
                                            .alone_bytes_min = 3};

static const struct sp_spec_key section_keys[] = {
    {.name = "id", .kind = SP_SPEC_TEXT, .offset = SECTION(id)},
    {.name = "title", .kind = SP_SPEC_TEXT, .offset = SECTION(title), .required = true},
    {.name = "text", .kind = SP_SPEC_TEXT, .offset = SECTION(text)},
    {.name = "fields", .kind = SP_SPEC_LIST, .offset = SECTION(fields), .object = &field},
    {.name = "items",
     .kind = SP_SPEC_LIST,
     .offset = SECTION(items),
     .source = SECTION(items_source),
     .object = &item},
    {.name = "tables", .kind = SP_SPEC_LIST, .offset = SECTION(tables), .object = &table},
    {.name = "photos",
     .kind = SP_SPEC_LIST,
     .offset = SECTION(photos.photos),
     .source = SECTION(photos.source),
     .object = &section_photo},
};
static const struct sp_spec_object section = {.name = "a section",
                                              KEYS(section_keys),
                                              .bytes = sizeof(struct sp_report_section),
                                              .place = SECTION(place)};

static const struct sp_spec_key signature_keys[] = {
    {.name = "image", .kind = SP_SPEC_TEXT, .offset = SIGNATURE(image)},
    {.name = "name", .kind = SP_SPEC_TEXT, .offset = SIGNATURE(name)},
    {.name = "role", .kind = SP_SPEC_TEXT, .offset = SIGNATURE(role)},
    {.name = "time", .kind = SP_SPEC_TIME, .offset = SIGNATURE(time)},
};
static const struct sp_spec_object signature = {.name = "a signature",
                                                KEYS(signature_keys),
                                                .bytes = sizeof(struct sp_report_signature),
                                                .rule = SP_RULE_SIGNATURE};

#define PAGE_RANGE   .least = SP_THEME_PAGE_MIN_UM, .most = SP_THEME_PAGE_MAX_UM
#define MARGIN_RANGE .least = 0, .most = SP_THEME_MARGIN_MAX_UM

static const struct sp_spec_key page_keys[] = {
    {.name = "width",
     .kind = SP_SPEC_LENGTH,
     .offset = THEME(page_width_um),
     .required = true,
     PAGE_RANGE},
    {.name = "height",
     .kind = SP_SPEC_LENGTH,
     .offset = THEME(page_height_um),
     .required = true,
     PAGE_RANGE},
};
static const struct sp_spec_object page = {.name = "a page", KEYS(page_keys)};

static const struct sp_spec_key margin_keys[] = {
    {.name = "top", .kind = SP_SPEC_LENGTH, .offset = THEME(margin_top_um), MARGIN_RANGE},
    {.name = "right", .kind = SP_SPEC_LENGTH, .offset = THEME(margin_right_um), MARGIN_RANGE},
    {.name = "bottom", .kind = SP_SPEC_LENGTH, .offset = THEME(margin_bottom_um), MARGIN_RANGE},
    {.name = "left", .kind = SP_SPEC_LENGTH, .offset = THEME(margin_left_um), MARGIN_RANGE},
};
static const struct sp_spec_object margin = {.name = "the margins", KEYS(margin_keys)};

static const struct sp_spec_key color_keys[] = {
    {.name = "accent", .kind = SP_SPEC_COLOR, .offset = THEME(accent)},
    {.name = "text", .kind = SP_SPEC_COLOR, .offset = THEME(text)},
    {.name = "muted", .kind = SP_SPEC_COLOR, .offset = THEME(muted)},
    {.name = "line", .kind = SP_SPEC_COLOR, .offset = THEME(line)},
    {.name = "fill", .kind = SP_SPEC_COLOR, .offset = THEME(fill)},
    {.name = "ok", .kind = SP_SPEC_COLOR, .offset = THEME(ok)},
    {.name = "fail", .kind = SP_SPEC_COLOR, .offset = THEME(fail)},
    {.name = "na", .kind = SP_SPEC_COLOR, .offset = THEME(na)},
};
static const struct sp_spec_object colors = {.name = "the colors", KEYS(color_keys)};

static const struct sp_spec_key font_keys[] = {
    {.name = "text", .kind = SP_SPEC_TEXT, .offset = THEME(font_text)},
    {.name = "heading", .kind = SP_SPEC_TEXT, .offset = THEME(font_heading)},
    {.name = "size",
     .kind = SP_SPEC_SIZE,
     .offset = THEME(font_size_mpt),
     .least = SP_THEME_FONT_MIN_MPT,
     .most = SP_THEME_FONT_MAX_MPT},
};
static const struct sp_spec_object fonts = {.name = "the fonts", KEYS(font_keys)};

static const struct sp_spec_key logo_keys[] = {
    {.name = "place", .kind = SP_SPEC_CHOICE, .offset = THEME(logo_place), .choices = logo_places},
    {.name = "height",
     .kind = SP_SPEC_LENGTH,
     .offset = THEME(logo_height_um),
     .least = SP_THEME_LOGO_MIN_UM,
     .most = SP_THEME_LOGO_MAX_UM},
};
static const struct sp_spec_object logo = {.name = "the logo", KEYS(logo_keys)};

static const struct sp_spec_key photo_look_keys[] = {
    {.name = "per_row",
     .kind = SP_SPEC_COUNT,
     .offset = THEME(photos_per_row),
     .least = 1,
     .most = SP_THEME_PER_ROW_MAX},
    {.name = "height",
     .kind = SP_SPEC_LENGTH,
     .offset = THEME(photo_height_um),
     .least = SP_THEME_PHOTO_MIN_UM,
     .most = SP_THEME_PHOTO_MAX_UM},
    {.name = "edge",
     .kind = SP_SPEC_COUNT,
     .offset = THEME(photo_edge_px),
     .least = SP_THEME_EDGE_MIN_PX,
     .most = SP_THEME_EDGE_MAX_PX},
    {.name = "quality",
     .kind = SP_SPEC_COUNT,
     .offset = THEME(photo_quality),
     .least = SP_THEME_QUALITY_MIN,
     .most = SP_THEME_QUALITY_MAX},
    {.name = "numbers", .kind = SP_SPEC_BOOL, .offset = THEME(photo_numbers)},
};
static const struct sp_spec_object photo_look = {.name = "the photos of a theme",
                                                 KEYS(photo_look_keys)};

static const struct sp_spec_key header_keys[] = {
    {.name = "text", .kind = SP_SPEC_TEMPLATE, .offset = THEME(header_text)},
    {.name = "line", .kind = SP_SPEC_BOOL, .offset = THEME(header_line)},
};
static const struct sp_spec_object header = {.name = "the header", KEYS(header_keys)};

static const struct sp_spec_key footer_keys[] = {
    {.name = "text", .kind = SP_SPEC_TEMPLATE, .offset = THEME(footer_text)},
    {.name = "pages", .kind = SP_SPEC_BOOL, .offset = THEME(footer_pages)},
    {.name = "line", .kind = SP_SPEC_BOOL, .offset = THEME(footer_line)},
};
static const struct sp_spec_object footer = {.name = "the footer", KEYS(footer_keys)};

/* The word that holds places for numbers, the first of them always. */
static const char *const page_slots[] = {"{n}", "{total}", NULL};

#define WORD_KEY(word, key_name)     \
    {.name = #key_name,              \
     .kind = SP_SPEC_WORD,           \
     .offset = THEME(words[(word)]), \
     .choices = (word) == SP_WORD_PAGE ? page_slots : NULL},
static const struct sp_spec_key word_keys[] = {SP_WORD_TABLE(WORD_KEY)};
static const struct sp_spec_object words = {.name = "the words", KEYS(word_keys)};

static const struct sp_spec_key url_keys[] = {
    {.name = "match", .kind = SP_SPEC_MATCH, .offset = URL_RULE(match), .required = true},
    {.name = "to", .kind = SP_SPEC_ADDRESS, .offset = URL_RULE(to), .required = true},
};
static const struct sp_spec_object url = {
    .name = "a rule", KEYS(url_keys), .bytes = sizeof(struct sp_url_rule), .rule = SP_RULE_URL};

#define THEME_KEYS                                                                   \
    {.name = "page", .kind = SP_SPEC_PAGE, .object = &page},                         \
        {.name = "landscape", .kind = SP_SPEC_BOOL, .offset = THEME(landscape)},     \
        {.name = "margin", .kind = SP_SPEC_MARGIN, .object = &margin, MARGIN_RANGE}, \
        {.name = "colors", .kind = SP_SPEC_OBJECT, .object = &colors},               \
        {.name = "fonts", .kind = SP_SPEC_OBJECT, .object = &fonts},                 \
        {.name = "logo", .kind = SP_SPEC_OBJECT, .object = &logo},                   \
        {.name = "photos", .kind = SP_SPEC_OBJECT, .object = &photo_look},           \
        {.name = "header", .kind = SP_SPEC_OBJECT, .object = &header},               \
        {.name = "footer", .kind = SP_SPEC_OBJECT, .object = &footer},               \
        {.name = "words", .kind = SP_SPEC_OBJECT, .object = &words},                 \
    {                                                                                \
        .name = "urls", .kind = SP_SPEC_LIST, .offset = THEME(urls), .object = &url, \
        .most = SP_THEME_URLS_MAX                                                    \
    }
#define SCHEMA_KEY                                 \
    {                                              \
        .name = "$schema", .kind = SP_SPEC_IGNORED \
    }

static const struct sp_spec_key theme_keys[] = {THEME_KEYS};
static const struct sp_spec_object theme = {.name = "a theme", KEYS(theme_keys)};

static const struct sp_spec_key theme_file_keys[] = {
    THEME_KEYS,
    {.name = "theme", .kind = SP_SPEC_OBJECT, .object = &theme},
    SCHEMA_KEY,
};
const struct sp_spec_object sp_spec_theme_file = {.name = "a theme", KEYS(theme_file_keys)};

static const struct sp_spec_key submission_keys[] = {
    {.name = "title", .kind = SP_SPEC_TEXT, .offset = SUBMISSION(title), .required = true},
    {.name = "subtitle", .kind = SP_SPEC_TEXT, .offset = SUBMISSION(subtitle)},
    {.name = "number", .kind = SP_SPEC_TEXT, .offset = SUBMISSION(number)},
    {.name = "date", .kind = SP_SPEC_TIME, .offset = SUBMISSION(date)},
    {.name = "locale", .kind = SP_SPEC_LOCALE, .offset = SUBMISSION(locale)},
    {.name = "author", .kind = SP_SPEC_TEXT, .offset = SUBMISSION(author)},
    {.name = "logo", .kind = SP_SPEC_TEXT, .offset = SUBMISSION(logo)},
    {.name = "text", .kind = SP_SPEC_TEXT, .offset = SUBMISSION(text)},
    {.name = "fields", .kind = SP_SPEC_LIST, .offset = SUBMISSION(fields), .object = &field},
    {.name = "sections", .kind = SP_SPEC_LIST, .offset = SUBMISSION(sections), .object = &section},
    {.name = "photos",
     .kind = SP_SPEC_LIST,
     .offset = SUBMISSION(photos.photos),
     .source = SUBMISSION(photos.source),
     .object = &photo},
    {.name = "signatures",
     .kind = SP_SPEC_LIST,
     .offset = SUBMISSION(signatures),
     .object = &signature},
    {.name = "theme", .kind = SP_SPEC_OBJECT, .offset = SUBMISSION(theme), .object = &theme},
    SCHEMA_KEY,
};
const struct sp_spec_object sp_spec_submission = {.name = "a submission", KEYS(submission_keys)};
