#include "xlsx/xlsx_frame.h"

#include "base/num.h"
#include "xlsx/xlsx_style.h"
#include "xlsx/xlsx_text.h"

#include <string.h>
#include <time.h>

/* What names of types and relations begin with. */
#define OFFICE    "http://schemas.openxmlformats.org/officeDocument/2006"
#define PACKAGE   "http://schemas.openxmlformats.org/package/2006"
#define MAIN      "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define DOCUMENTS "application/vnd.openxmlformats-officedocument"

/* The years that have four digits and a place in a spreadsheet. */
#define CREATED_MIN INT64_C(-2208988800)  /* 1900-01-01 */
#define CREATED_MAX INT64_C(253402300799) /* 9999-12-31 */

static void write_types(const struct sp_xlsx_frame *frame, struct sp_xlsx_pack *pack)
{
    sp_xlsx_pack_text(pack, "<Types xmlns=\"" PACKAGE "/content-types\">"
                            "<Default Extension=\"rels\" ContentType=\"application/"
                            "vnd.openxmlformats-package.relationships+xml\"/>"
                            "<Default Extension=\"xml\" ContentType=\"application/xml\"/>");
    if (frame->jpeg)
        sp_xlsx_pack_text(pack, "<Default Extension=\"jpeg\" ContentType=\"image/jpeg\"/>");
    if (frame->png)
        sp_xlsx_pack_text(pack, "<Default Extension=\"png\" ContentType=\"image/png\"/>");
    sp_xlsx_pack_text(pack, "<Override PartName=\"/docProps/app.xml\" ContentType=\"" DOCUMENTS
                            ".extended-properties+xml\"/>"
                            "<Override PartName=\"/docProps/core.xml\" ContentType=\"application/"
                            "vnd.openxmlformats-package.core-properties+xml\"/>"
                            "<Override PartName=\"/xl/workbook.xml\" ContentType=\"" DOCUMENTS
                            ".spreadsheetml.sheet.main+xml\"/>"
                            "<Override PartName=\"/xl/styles.xml\" ContentType=\"" DOCUMENTS
                            ".spreadsheetml.styles+xml\"/>");
    for (size_t i = 0; i < frame->sheet_count; i++) {
        sp_xlsx_pack_format(
            pack,
            "<Override PartName=\"/xl/worksheets/sheet%zu.xml\" ContentType=\"" DOCUMENTS
            ".spreadsheetml.worksheet+xml\"/>",
            i + 1);
        if (frame->sheets[i].pictures > 0)
            sp_xlsx_pack_format(
                pack,
                "<Override PartName=\"/xl/drawings/drawing%zu.xml\" ContentType=\"" DOCUMENTS
                ".drawing+xml\"/>",
                i + 1);
    }
    sp_xlsx_pack_text(pack, "</Types>");
}

static void write_relations(const struct sp_xlsx_frame *frame, struct sp_xlsx_pack *pack)
{
    (void)frame;
    sp_xlsx_pack_text(pack, "<Relationships xmlns=\"" PACKAGE "/relationships\">"
                            "<Relationship Id=\"rId1\" Type=\"" OFFICE "/relationships/"
                            "officeDocument\" Target=\"xl/workbook.xml\"/>"
                            "<Relationship Id=\"rId2\" Type=\"" PACKAGE "/relationships/metadata/"
                            "core-properties\" Target=\"docProps/core.xml\"/>"
                            "<Relationship Id=\"rId3\" Type=\"" OFFICE "/relationships/"
                            "extended-properties\" Target=\"docProps/app.xml\"/></Relationships>");
}

static void write_application(const struct sp_xlsx_frame *frame, struct sp_xlsx_pack *pack)
{
    (void)frame;
    sp_xlsx_pack_text(pack, "<Properties xmlns=\"" OFFICE "/extended-properties\">"
                            "<Application>smallpress</Application></Properties>");
}

static void write_property(struct sp_xlsx_pack *pack, const char *tag, const char *text)
{
    if (!text || text[0] == '\0')
        return;
    sp_xlsx_pack_format(pack, "<%s>", tag);
    sp_xlsx_text_write(pack, text, strlen(text), SP_XLSX_TEXT_ELEMENT);
    sp_xlsx_pack_format(pack, "</%s>", tag);
}

static void write_core(const struct sp_xlsx_frame *frame, struct sp_xlsx_pack *pack)
{
    const time_t created = (time_t)SP_MAX(CREATED_MIN, SP_MIN(frame->spec->created, CREATED_MAX));
    struct tm date;
    char text[32];
    const struct tm *known = gmtime_r(&created, &date);
    SP_ASSERT(known != NULL);
    const size_t length = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", known);
    SP_ASSERT(length > 0);
    sp_xlsx_pack_text(pack, "<cp:coreProperties xmlns:cp=\"" PACKAGE "/metadata/core-properties\" "
                            "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
                            "xmlns:dcterms=\"http://purl.org/dc/terms/\" "
                            "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">");
    write_property(pack, "dc:title", frame->spec->title);
    write_property(pack, "dc:subject", frame->spec->subject);
    write_property(pack, "dc:creator", frame->spec->author);
    sp_xlsx_pack_format(pack,
                        "<dcterms:created xsi:type=\"dcterms:W3CDTF\">%s</dcterms:created>"
                        "<dcterms:modified xsi:type=\"dcterms:W3CDTF\">%s</dcterms:modified>"
                        "</cp:coreProperties>",
                        text, text);
}

/* A sheet's name as formulas have it: between apostrophes, those within doubled. */
static void write_quoted(struct sp_xlsx_pack *pack, const char *name)
{
    char quoted[2 * SP_XLSX_NAME_BYTES + 2];
    size_t used = 0;
    quoted[used++] = '\'';
    for (const char *c = name; *c; c++) {
        if (*c == '\'')
            quoted[used++] = '\'';
        quoted[used++] = *c;
    }
    quoted[used++] = '\'';
    sp_xlsx_text_write(pack, quoted, used, SP_XLSX_TEXT_CELL);
}

/* The ranges that filters and repeated rows are kept as (18.2.5). */
static void write_names(const struct sp_xlsx_frame *frame, struct sp_xlsx_pack *pack)
{
    bool any = false;
    for (size_t i = 0; i < frame->sheet_count; i++)
        any = any || sp_xlsx_sheet_filtered(&frame->sheets[i]) > 0;
    if (!any)
        return;
    sp_xlsx_pack_text(pack, "<definedNames>");
    for (size_t i = 0; i < frame->sheet_count; i++) {
        const struct sp_xlsx_sheet *sheet = &frame->sheets[i];
        char letters[SP_XLSX_CELL_NAME_BYTES];
        const uint32_t columns = sp_xlsx_sheet_filtered(sheet);
        if (columns == 0)
            continue;
        sp_xlsx_pack_format(pack,
                            "<definedName name=\"_xlnm._FilterDatabase\" localSheetId="
                            "\"%zu\" hidden=\"1\">",
                            i);
        write_quoted(pack, sheet->name);
        const char *corner = sp_xlsx_sheet_cell(letters, 0, columns - 1);
        sp_xlsx_pack_format(pack, "!$A$1:$%.*s$%u</definedName>", (int)strcspn(corner, "1"), corner,
                            sheet->rows);
    }
    for (size_t i = 0; i < frame->sheet_count; i++) {
        if (sp_xlsx_sheet_filtered(&frame->sheets[i]) == 0)
            continue;
        sp_xlsx_pack_format(pack, "<definedName name=\"_xlnm.Print_Titles\" localSheetId=\"%zu\">",
                            i);
        write_quoted(pack, frame->sheets[i].name);
        sp_xlsx_pack_text(pack, "!$1:$1</definedName>");
    }
    sp_xlsx_pack_text(pack, "</definedNames>");
}

static void write_workbook(const struct sp_xlsx_frame *frame, struct sp_xlsx_pack *pack)
{
    sp_xlsx_pack_text(pack, "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" OFFICE "/relationships\">"
                            "<workbookPr/><bookViews><workbookView xWindow=\"0\" yWindow=\"0\" "
                            "windowWidth=\"24000\" windowHeight=\"14000\"/></bookViews><sheets>");
    for (size_t i = 0; i < frame->sheet_count; i++) {
        const char *name = frame->sheets[i].name;
        sp_xlsx_pack_text(pack, "<sheet name=\"");
        sp_xlsx_text_write(pack, name, strlen(name), SP_XLSX_TEXT_NAME);
        sp_xlsx_pack_format(pack, "\" sheetId=\"%zu\" r:id=\"rId%zu\"/>", i + 1, i + 1);
    }
    sp_xlsx_pack_text(pack, "</sheets>");
    write_names(frame, pack);
    sp_xlsx_pack_text(pack, "</workbook>");
}

static void write_workbook_relations(const struct sp_xlsx_frame *frame, struct sp_xlsx_pack *pack)
{
    sp_xlsx_pack_text(pack, "<Relationships xmlns=\"" PACKAGE "/relationships\">");
    for (size_t i = 0; i < frame->sheet_count; i++)
        sp_xlsx_pack_format(pack,
                            "<Relationship Id=\"rId%zu\" Type=\"" OFFICE "/relationships/worksheet"
                            "\" Target=\"worksheets/sheet%zu.xml\"/>",
                            i + 1, i + 1);
    sp_xlsx_pack_format(pack,
                        "<Relationship Id=\"rId%zu\" Type=\"" OFFICE "/relationships/styles\" "
                        "Target=\"styles.xml\"/></Relationships>",
                        frame->sheet_count + 1);
}

static void write_styles(const struct sp_xlsx_frame *frame, struct sp_xlsx_pack *pack)
{
    sp_xlsx_style_write(pack, frame->spec->accent);
}

static const struct {
    const char *name;
    void (*write)(const struct sp_xlsx_frame *frame, struct sp_xlsx_pack *pack);
} parts[] = {
    {"[Content_Types].xml", write_types}, /* first, where quick readers look for it */
    {"_rels/.rels", write_relations},
    {"docProps/app.xml", write_application},
    {"docProps/core.xml", write_core},
    {"xl/workbook.xml", write_workbook},
    {"xl/_rels/workbook.xml.rels", write_workbook_relations},
    {"xl/styles.xml", write_styles},
};

size_t sp_xlsx_frame_count(void)
{
    return SP_COUNT(parts);
}

const char *sp_xlsx_frame_name(size_t index)
{
    SP_ASSERT(index < SP_COUNT(parts));
    return parts[index].name;
}

void sp_xlsx_frame_write(const struct sp_xlsx_frame *frame, size_t index, struct sp_xlsx_pack *pack)
{
    SP_ASSERT(index < SP_COUNT(parts));
    parts[index].write(frame, pack);
}
