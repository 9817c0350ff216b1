#include "spec/theme.h"

#include "base/num.h"

#include <string.h>

bool sp_theme_piece_next(const char **at, struct sp_theme_piece *piece)
{
    static const struct {
        const char *name;
        enum sp_theme_slot slot;
    } slots[] = {
        {"{title}", SP_SLOT_TITLE}, {"{subtitle}", SP_SLOT_SUBTITLE}, {"{number}", SP_SLOT_NUMBER},
        {"{date}", SP_SLOT_DATE},   {"{author}", SP_SLOT_AUTHOR},     {"{n}", SP_SLOT_N},
        {"{total}", SP_SLOT_TOTAL},
    };
    const char *text = *at;
    if (*text == '\0')
        return false;
    *piece = (struct sp_theme_piece){.slot = SP_SLOT_TEXT, .text = text};
    piece->length = strcspn(text, "{}");
    if (piece->length == 0 && text[1] == text[0]) {
        /* The second of two braces is the text, so that it need not be copied. */
        piece->text++;
        piece->length = 1;
        *at += 2;
        return true;
    }
    if (piece->length == 0) {
        piece->slot = SP_SLOT_BAD;
        piece->length = strlen(text);
        for (size_t i = 0; i < SP_COUNT(slots); i++) {
            const size_t length = strlen(slots[i].name);
            if (strncmp(text, slots[i].name, length) == 0) {
                piece->slot = slots[i].slot;
                piece->length = length;
            }
        }
    }
    *at += piece->length;
    return true;
}

void sp_theme_init(struct sp_theme *theme, const char *locale)
{
    *theme = (struct sp_theme){
        .page_width_um = 210000,
        .page_height_um = 297000,
        .margin_top_um = 18000,
        .margin_right_um = 18000,
        .margin_bottom_um = 18000,
        .margin_left_um = 18000,
        .accent = {0x0B, 0x5C, 0xAD},
        .text = {0x1A, 0x1A, 0x1A},
        .muted = {0x5F, 0x6B, 0x7A},
        .line = {0xD5, 0xDA, 0xE1},
        .fill = {0xF3, 0xF5, 0xF8},
        .ok = {0x1E, 0x7B, 0x34},
        .fail = {0xB3, 0x26, 0x1E},
        .na = {0x6B, 0x72, 0x80},
        .font_size_mpt = 9500,
        .logo_place = SP_LOGO_START,
        .logo_height_um = 14000,
        .photos_per_row = 2,
        .photo_edge_px = 1200,
        .photo_quality = 80,
        .photo_numbers = true,
        .header_text = "{title} \xC2\xB7 {number}",
        .footer_text = "{author}",
        .header_line = true,
        .footer_line = true,
        .footer_pages = true,
    };
    memcpy(theme->words, sp_theme_words(locale), sizeof theme->words);
}
