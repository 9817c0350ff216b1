#include "xlsx/xlsx_picture.h"

#include "base/num.h"
#include "xlsx/xlsx_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define EMU_PER_POINT 12700

/* Points: larger than any screen or page; 64 bits hold it, and so does Excel. */
#define SIDE_MAX_PT   100000.0

#define RELATIONSHIPS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

#define FIXED         offsetof(struct sp_xlsx_picture, alt)

static int64_t emu(double points)
{
    return llround(fmax(1, fmin(points, SIDE_MAX_PT)) * EMU_PER_POINT);
}

/* The length of a text cut at whole characters, so that it fits. */
static size_t cut_bytes(const char *text, size_t capacity)
{
    size_t length = strlen(text);
    if (length <= capacity)
        return length;
    length = capacity;
    while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
        length--;
    return length;
}

enum sp_status sp_xlsx_pictures_add(struct sp_xlsx_pictures *pictures,
                                    const struct sp_workbook_picture *picture,
                                    const struct sp_xlsx_piece *piece, struct sp_err *err)
{
    struct sp_xlsx_picture noted;
    memset(&noted, 0, sizeof noted); /* the padding too: all of it goes to scratch */
    noted.piece = *piece;
    noted.width_emu = emu(picture->width_pt);
    noted.height_emu = emu(picture->height_pt);
    noted.row = picture->row;
    noted.column = picture->column;
    noted.png = picture->png;
    noted.alt_length = (uint32_t)(picture->alt ? cut_bytes(picture->alt, SP_XLSX_ALT_MAX) : 0);
    if (noted.alt_length > 0)
        memcpy(noted.alt, picture->alt, noted.alt_length);
    const size_t bytes = FIXED + noted.alt_length;
    const enum sp_status status =
        sp_scratch_write(pictures->scratch, pictures->end, &noted, bytes, err);
    if (status == SP_OK) {
        pictures->count++;
        pictures->end += bytes;
    }
    return status;
}

enum sp_status sp_xlsx_pictures_next(const struct sp_xlsx_pictures *pictures,
                                     struct sp_xlsx_pictures_at *at,
                                     struct sp_xlsx_picture *picture, struct sp_err *err)
{
    SP_ASSERT(at->index < pictures->count);
    const size_t bytes = (size_t)SP_MIN(pictures->end - at->offset, sizeof *picture);
    const enum sp_status status =
        sp_scratch_read(pictures->scratch, at->offset, picture, bytes, err);
    if (status != SP_OK)
        return status;
    SP_ASSERT(picture->alt_length <= SP_XLSX_ALT_MAX);
    at->index++;
    at->offset += FIXED + picture->alt_length;
    return SP_OK;
}

/* One picture of a drawing. `number` counts from 1 in it. */
static void write_anchor(struct sp_xlsx_pack *pack, const struct sp_xlsx_picture *picture,
                         uint64_t number)
{
    sp_xlsx_pack_format(pack,
                        "<xdr:oneCellAnchor><xdr:from><xdr:col>%u</xdr:col><xdr:colOff>0"
                        "</xdr:colOff><xdr:row>%u</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from>"
                        "<xdr:ext cx=\"%" PRId64 "\" cy=\"%" PRId64 "\"/><xdr:pic><xdr:nvPicPr>",
                        picture->column, picture->row, picture->width_emu, picture->height_emu);
    sp_xlsx_pack_format(pack, "<xdr:cNvPr id=\"%" PRIu64 "\" name=\"Picture %" PRIu64 "\"",
                        number + 1, number);
    if (picture->alt_length > 0) {
        sp_xlsx_pack_text(pack, " descr=\"");
        sp_xlsx_text_write(pack, picture->alt, picture->alt_length, SP_XLSX_TEXT_ATTRIBUTE);
        sp_xlsx_pack_text(pack, "\"");
    }
    sp_xlsx_pack_format(pack,
                        "/><xdr:cNvPicPr><a:picLocks noChangeAspect=\"1\"/></xdr:cNvPicPr>"
                        "</xdr:nvPicPr><xdr:blipFill><a:blip r:embed=\"rId%" PRIu64 "\"/>"
                        "<a:stretch><a:fillRect/></a:stretch></xdr:blipFill><xdr:spPr><a:xfrm>"
                        "<a:off x=\"0\" y=\"0\"/><a:ext cx=\"%" PRId64 "\" cy=\"%" PRId64 "\"/>"
                        "</a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></xdr:spPr>"
                        "</xdr:pic><xdr:clientData/></xdr:oneCellAnchor>",
                        number, picture->width_emu, picture->height_emu);
}

enum sp_status sp_xlsx_pictures_drawing(const struct sp_xlsx_pictures *pictures,
                                        const struct sp_xlsx_sheet *sheet,
                                        struct sp_xlsx_pictures_at *at, struct sp_xlsx_pack *pack,
                                        struct sp_err *err)
{
    SP_ASSERT(at->index == sheet->first_picture);
    sp_xlsx_pack_text(pack, "<xdr:wsDr xmlns:xdr=\"http://schemas.openxmlformats.org/drawingml/"
                            "2006/spreadsheetDrawing\" xmlns:a=\"http://schemas.openxmlformats.org/"
                            "drawingml/2006/main\" xmlns:r=\"" RELATIONSHIPS "\">");
    for (uint64_t i = 1; i <= sheet->pictures; i++) {
        struct sp_xlsx_picture picture;
        const enum sp_status status = sp_xlsx_pictures_next(pictures, at, &picture, err);
        if (status != SP_OK)
            return status;
        write_anchor(pack, &picture, i);
    }
    sp_xlsx_pack_text(pack, "</xdr:wsDr>");
    return SP_OK;
}

static const char *ending(const struct sp_xlsx_picture *picture)
{
    return picture->png ? "png" : "jpeg";
}

enum sp_status sp_xlsx_pictures_relations(const struct sp_xlsx_pictures *pictures,
                                          const struct sp_xlsx_sheet *sheet,
                                          struct sp_xlsx_pictures_at *at, struct sp_xlsx_pack *pack,
                                          struct sp_err *err)
{
    SP_ASSERT(at->index == sheet->first_picture);
    sp_xlsx_pack_text(pack, "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/"
                            "2006/relationships\">");
    for (uint64_t i = 1; i <= sheet->pictures; i++) {
        struct sp_xlsx_picture picture;
        const enum sp_status status = sp_xlsx_pictures_next(pictures, at, &picture, err);
        if (status != SP_OK)
            return status;
        sp_xlsx_pack_format(pack,
                            "<Relationship Id=\"rId%" PRIu64 "\" Type=\"" RELATIONSHIPS
                            "/image\" Target=\"../media/image%" PRIu64 ".%s\"/>",
                            i, at->index, ending(&picture));
    }
    sp_xlsx_pack_text(pack, "</Relationships>");
    return SP_OK;
}

enum sp_status sp_xlsx_pictures_media(const struct sp_xlsx_pictures *pictures,
                                      struct sp_xlsx_package *package, struct sp_err *err)
{
    struct sp_xlsx_pictures_at at = {0};
    while (at.index < pictures->count) {
        struct sp_xlsx_picture picture;
        char name[SP_XLSX_PACKAGE_NAME_MAX + 1];
        enum sp_status status = sp_xlsx_pictures_next(pictures, &at, &picture, err);
        if (status != SP_OK)
            return status;
        snprintf(name, sizeof name, "xl/media/image%" PRIu64 ".%s", at.index, ending(&picture));
        status = sp_xlsx_package_stored(package, name, &picture.piece, err);
        if (status != SP_OK)
            return status;
    }
    return SP_OK;
}
