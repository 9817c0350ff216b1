/*
 * Small fonts made to measure: letters of the bundled Noto Sans under any character and name, so
 * that tests need no fonts of the machine.
 */
#ifndef SP_TESTS_MADE_FONT_H
#define SP_TESTS_MADE_FONT_H

#include "support/unit.h"

#include <hb-subset.h>
#include <hb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Characters from `first` on that a made font shows as the letters from A on. */
#define MADE_FONT_CHARACTERS 26

struct made_font {
    const char *family; /* or null for "Made Sans" */
    const char *style;  /* or null for "Regular" */
    uint32_t first;
    bool ascii;       /* has printable ASCII as well */
    bool forbidden;   /* says that it must not be embedded */
    bool no_outlines; /* has none */
    bool bitmaps;     /* has pictures */
};

extern const char sp_font_noto[], sp_font_noto_end[];

struct made_bytes {
    unsigned char bytes[4096];
    size_t length;
};

static inline void made_put(struct made_bytes *to, uint32_t value, int size)
{
    while (size-- > 0)
        to->bytes[to->length++] = (unsigned char)(value >> (8 * size));
}

static inline void made_add(hb_face_t *face, hb_tag_t tag, const struct made_bytes *table)
{
    hb_blob_t *blob = hb_blob_create((const char *)table->bytes, (unsigned)table->length,
                                     HB_MEMORY_MODE_DUPLICATE, NULL, NULL);
    assert_true(hb_face_builder_add_table(face, tag, blob));
    hb_blob_destroy(blob);
}

/* A map of one or two ranges (OpenType, cmap format 12): the glyphs are in the order of ASCII. */
static inline void made_cmap(hb_face_t *face, const struct made_font *font)
{
    struct made_bytes table = {.length = 0};
    const uint32_t ranges = font->ascii ? 2 : 1;
    made_put(&table, 0, 2);
    made_put(&table, 1, 2);
    made_put(&table, 3 << 16 | 10, 4);
    made_put(&table, 12, 4);
    made_put(&table, 12 << 16, 4);
    made_put(&table, 16 + 12 * ranges, 4);
    made_put(&table, 0, 4);
    made_put(&table, ranges, 4);
    if (font->ascii) {
        made_put(&table, ' ', 4);
        made_put(&table, '~', 4);
        made_put(&table, 1, 4);
    }
    made_put(&table, font->first, 4);
    made_put(&table, font->first + MADE_FONT_CHARACTERS - 1, 4);
    made_put(&table, 'A' - ' ' + 1, 4);
    made_add(face, HB_TAG('c', 'm', 'a', 'p'), &table);
}

static inline void made_name(hb_face_t *face, const struct made_font *font)
{
    static const unsigned ids[] = {1, 2, 4, 6};
    const char *family = font->family ? font->family : "Made Sans";
    const char *style = font->style ? font->style : "Regular";
    char full[128], postscript[128];
    snprintf(full, sizeof full, "%s %s", family, style);
    snprintf(postscript, sizeof postscript, "(Made)%s", style);
    const char *const texts[] = {family, style, full, postscript};
    struct made_bytes table = {.length = 0}, storage = {.length = 0};
    made_put(&table, 4, 4);
    made_put(&table, 6 + 12 * 4, 2);
    for (int i = 0; i < 4; i++) {
        made_put(&table, 3 << 16 | 1, 4);
        made_put(&table, 0x0409, 2);
        made_put(&table, ids[i], 2);
        made_put(&table, (uint32_t)(2 * strlen(texts[i])), 2);
        made_put(&table, (uint32_t)storage.length, 2);
        for (const char *c = texts[i]; *c; c++)
            made_put(&storage, (unsigned char)*c, 2);
    }
    memcpy(table.bytes + table.length, storage.bytes, storage.length);
    table.length += storage.length;
    made_add(face, HB_TAG('n', 'a', 'm', 'e'), &table);
}

/* Version 0 of OS/2, which is all that is asked of it. */
static inline void made_os2(hb_face_t *face, const struct made_font *font)
{
    struct made_bytes table = {.length = 78};
    table.bytes[9] = font->forbidden ? 2 : 0;
    made_add(face, HB_TAG('O', 'S', '/', '2'), &table);
}

/* The letters alone, glyph by glyph in the order of ASCII. */
static inline hb_face_t *made_letters(void)
{
    hb_blob_t *file = hb_blob_create(sp_font_noto, (unsigned)(sp_font_noto_end - sp_font_noto),
                                     HB_MEMORY_MODE_READONLY, NULL, NULL);
    hb_face_t *noto = hb_face_create(file, 0);
    hb_subset_input_t *input = hb_subset_input_create_or_fail();
    assert_non_null(input);
    hb_set_add(hb_subset_input_set(input, HB_SUBSET_SETS_DROP_TABLE_TAG),
               HB_TAG('G', 'S', 'U', 'B'));
    hb_set_add_range(hb_subset_input_unicode_set(input), ' ', '~');
    hb_face_t *letters = hb_subset_or_fail(noto, input);
    assert_non_null(letters);
    assert_true(hb_face_get_glyph_count(letters) == 96);
    hb_subset_input_destroy(input);
    hb_face_destroy(noto);
    hb_blob_destroy(file);
    return letters;
}

/* The bytes of the font's file, for the caller to free. */
static inline unsigned char *make_font(const struct made_font *font, size_t *bytes)
{
    static const char *const tags[] = {"head", "hhea", "hmtx", "maxp", "glyf", "loca"};
    hb_face_t *letters = made_letters();
    hb_face_t *face = hb_face_builder_create();
    for (int i = 0; i < (font->no_outlines ? 4 : 6); i++) {
        hb_blob_t *table = hb_face_reference_table(letters, hb_tag_from_string(tags[i], 4));
        assert_true(hb_face_builder_add_table(face, hb_tag_from_string(tags[i], 4), table));
        hb_blob_destroy(table);
    }
    made_cmap(face, font);
    made_name(face, font);
    made_os2(face, font);
    if (font->bitmaps)
        made_add(face, HB_TAG('C', 'B', 'D', 'T'), &(struct made_bytes){.length = 16});
    hb_blob_t *blob = hb_face_reference_blob(face);
    unsigned length;
    const char *data = hb_blob_get_data(blob, &length);
    unsigned char *copy = malloc(length);
    assert_non_null(copy);
    memcpy(copy, data, length);
    *bytes = length;
    hb_blob_destroy(blob);
    hb_face_destroy(face);
    hb_face_destroy(letters);
    return copy;
}

static inline void made_font_put(const struct made_font *font, const char *path)
{
    size_t bytes;
    unsigned char *file = make_font(font, &bytes);
    FILE *to = fopen(path, "wb");
    assert_non_null(to);
    assert_int_equal(fwrite(file, 1, bytes, to), bytes);
    assert_int_equal(fclose(to), 0);
    free(file);
}

#endif
