#include "xlsx/xlsx_style.h"

#include <stdbool.h>

#define LOOK_COUNT 8

_Static_assert(SP_LOOK_MUTED + 1 == LOOK_COUNT, "every look has its line in the table");

/* Numbers of formats that are not built in begin here (18.8.30). */
#define DATE_FORMAT     164
#define DATETIME_FORMAT 165

/* Stands for the accent, and for what is written on it, until they are known. */
#define ACCENT    0xFF000001u
#define ON_ACCENT 0xFF000002u

/* The colour of the reader's system. */
#define AUTOMATIC 0xFF000003u

#define NO_FILL   0

/* A font and a fill of each. The colours of ok and fail are those of Excel's Good and Bad. */
static const struct look {
    unsigned size;
    bool bold;
    uint32_t colour, fill;
    bool border, wrap;
} looks[LOOK_COUNT] = {
    [SP_LOOK_PLAIN] = {11, false, AUTOMATIC, NO_FILL, false, true},
    [SP_LOOK_TITLE] = {14, true, AUTOMATIC, NO_FILL, false, false},
    [SP_LOOK_HEADER] = {11, true, ON_ACCENT, ACCENT, true, true},
    [SP_LOOK_LABEL] = {11, true, AUTOMATIC, NO_FILL, false, true},
    [SP_LOOK_OK] = {11, false, 0x006100, 0xC6EFCE, false, true},
    [SP_LOOK_FAIL] = {11, false, 0x9C0006, 0xFFC7CE, false, true},
    [SP_LOOK_NA] = {11, false, 0x595959, 0xEDEDED, false, true},
    [SP_LOOK_MUTED] = {11, false, 0x6B6B6B, NO_FILL, false, true},
};

unsigned sp_xlsx_style_number(enum sp_workbook_look look, enum sp_xlsx_variant variant)
{
    SP_ASSERT((unsigned)look < LOOK_COUNT);
    SP_ASSERT((unsigned)variant < SP_XLSX_VARIANT_COUNT);
    return 1 + (unsigned)look * SP_XLSX_VARIANT_COUNT + (unsigned)variant;
}

/* White, or black where white could not be read: lightness as ITU-R BT.601 weighs it. */
static uint32_t readable_on(uint32_t colour)
{
    const uint32_t lightness =
        299 * (colour >> 16 & 255) + 587 * (colour >> 8 & 255) + 114 * (colour & 255);
    return lightness > 160 * 1000 ? 0x000000 : 0xFFFFFF;
}

static uint32_t resolve(uint32_t colour, uint32_t accent)
{
    return colour == ACCENT ? accent : colour == ON_ACCENT ? readable_on(accent) : colour;
}

static void write_fonts(struct sp_xlsx_pack *pack, uint32_t accent)
{
    sp_xlsx_pack_format(pack, "<fonts count=\"%d\">", LOOK_COUNT);
    for (size_t i = 0; i < LOOK_COUNT; i++) {
        sp_xlsx_pack_format(pack, "<font>%s<sz val=\"%u\"/>", looks[i].bold ? "<b/>" : "",
                            looks[i].size);
        if (looks[i].colour != AUTOMATIC)
            sp_xlsx_pack_format(pack, "<color rgb=\"FF%06X\"/>",
                                (unsigned)resolve(looks[i].colour, accent));
        sp_xlsx_pack_text(pack, "<name val=\"Calibri\"/><family val=\"2\"/></font>");
    }
    sp_xlsx_pack_text(pack, "</fonts>");
}

/* The first two fills are what Excel takes them for, whatever they say. */
static void write_fills(struct sp_xlsx_pack *pack, uint32_t accent)
{
    sp_xlsx_pack_format(pack, "<fills count=\"%d\">", 2 + LOOK_COUNT);
    sp_xlsx_pack_text(pack, "<fill><patternFill patternType=\"none\"/></fill>"
                            "<fill><patternFill patternType=\"gray125\"/></fill>");
    for (size_t i = 0; i < LOOK_COUNT; i++) {
        if (looks[i].fill == NO_FILL)
            sp_xlsx_pack_text(pack, "<fill><patternFill patternType=\"none\"/></fill>");
        else
            sp_xlsx_pack_format(pack,
                                "<fill><patternFill patternType=\"solid\">"
                                "<fgColor rgb=\"FF%06X\"/><bgColor indexed=\"64\"/>"
                                "</patternFill></fill>",
                                (unsigned)resolve(looks[i].fill, accent));
    }
    sp_xlsx_pack_text(pack, "</fills>");
}

static void write_borders(struct sp_xlsx_pack *pack)
{
    static const char side[] = "<%s style=\"thin\"><color rgb=\"FFBFBFBF\"/></%s>";
    static const char *const sides[] = {"left", "right", "top", "bottom"};
    sp_xlsx_pack_text(pack, "<borders count=\"2\"><border><left/><right/><top/><bottom/>"
                            "<diagonal/></border><border>");
    for (size_t i = 0; i < 4; i++)
        sp_xlsx_pack_format(pack, side, sides[i], sides[i]);
    sp_xlsx_pack_text(pack, "<diagonal/></border></borders>");
}

static void write_format(struct sp_xlsx_pack *pack, unsigned look, unsigned variant)
{
    const bool text = variant <= SP_XLSX_VARIANT_MARKED_TEXT;
    const unsigned number = variant == SP_XLSX_VARIANT_DATE       ? DATE_FORMAT
                            : variant == SP_XLSX_VARIANT_DATETIME ? DATETIME_FORMAT
                                                                  : 0;
    sp_xlsx_pack_format(pack,
                        "<xf numFmtId=\"%u\" fontId=\"%u\" fillId=\"%u\" borderId=\"%d\" "
                        "xfId=\"0\"%s%s applyFont=\"1\"",
                        number, look, looks[look].fill == NO_FILL ? 0 : 2 + look,
                        looks[look].border,
                        variant == SP_XLSX_VARIANT_MARKED_TEXT ? " quotePrefix=\"1\"" : "",
                        number ? " applyNumberFormat=\"1\"" : "");
    sp_xlsx_pack_format(pack, "%s%s applyAlignment=\"1\"><alignment vertical=\"top\"%s/></xf>",
                        looks[look].fill == NO_FILL ? "" : " applyFill=\"1\"",
                        looks[look].border ? " applyBorder=\"1\"" : "",
                        text && looks[look].wrap ? " wrapText=\"1\"" : "");
}

void sp_xlsx_style_write(struct sp_xlsx_pack *pack, uint32_t accent)
{
    sp_xlsx_pack_format(pack,
                        "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/"
                        "2006/main\"><numFmts count=\"2\">"
                        "<numFmt numFmtId=\"%d\" formatCode=\"yyyy\\-mm\\-dd\"/>"
                        "<numFmt numFmtId=\"%d\" formatCode=\"yyyy\\-mm\\-dd\\ hh:mm\"/></numFmts>",
                        DATE_FORMAT, DATETIME_FORMAT);
    write_fonts(pack, accent & 0xFFFFFF);
    write_fills(pack, accent & 0xFFFFFF);
    write_borders(pack);
    sp_xlsx_pack_format(pack,
                        "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" "
                        "borderId=\"0\"/></cellStyleXfs><cellXfs count=\"%d\">"
                        "<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>",
                        1 + LOOK_COUNT * SP_XLSX_VARIANT_COUNT);
    for (unsigned look = 0; look < LOOK_COUNT; look++)
        for (unsigned variant = 0; variant < SP_XLSX_VARIANT_COUNT; variant++)
            write_format(pack, look, variant);
    sp_xlsx_pack_text(pack, "</cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" "
                            "xfId=\"0\" builtinId=\"0\"/></cellStyles><dxfs count=\"0\"/>"
                            "<tableStyles count=\"0\" defaultTableStyle=\"TableStyleMedium9\" "
                            "defaultPivotStyle=\"PivotStyleLight16\"/></styleSheet>");
}
