/* What is put into a workbook is in its parts, whatever it is; and what goes wrong is told. */
#include "support/unit.h"

#include "base/sys.h"
#include "support/aborts.h"
#include "support/exact_arena.h"
#include "support/folder.h"
#include "support/heap_count.h"
#include "support/random.h"
#include "support/sink.h"
#include "xlsx/workbook.h"
#include "xlsx/xlsx_height.h"
#include "xlsx/xlsx_name.h"
#include "xlsx/xlsx_number.h"
#include "xlsx/xlsx_text.h"
#include "xlsx/zip_walk.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER 4096

/* Bytes of a file of pictures, zeros until something else is written. */
#define PICTURE 100000

struct made {
    struct sp_arena arena;
    struct folder folder;
    struct sp_scratch file;
    struct sp_out out;
    struct sink sink;
    struct sp_workbook_spec spec;
    struct sp_workbook *workbook;
    struct zip_walk zip;
};

/* Everything but the workbook. */
static void prepare(struct made *made)
{
    memset(made, 0, sizeof *made);
    folder_open(&made->folder);
    assert_int_equal(sp_scratch_open(&made->file, made->folder.path, NULL), SP_OK);
    assert_int_equal(sp_scratch_write(&made->file, PICTURE - 1, "!", 1, NULL), SP_OK);
    exact_arena_open(&made->arena, sp_out_need(BUFFER) + sp_workbook_need());
    sp_out_init(&made->out, &made->arena, BUFFER, sink_write, &made->sink);
    made->spec = (struct sp_workbook_spec){.title = "A title",
                                           .created = 1763733600,
                                           .scratch_folder = made->folder.path,
                                           .accent = 0x1F4E79,
                                           .page_format = "A4"};
}

static void make(struct made *made)
{
    prepare(made);
    assert_int_equal(sp_workbook_open(&made->workbook, &made->arena, &made->spec, NULL), SP_OK);
    exact_arena_seal(&made->arena);
}

static void close_and_walk(struct made *made)
{
    struct sp_err err = {0};
    assert_int_equal(sp_workbook_close(made->workbook, &made->out, &err), SP_OK);
    zip_walk_open(&made->zip, made->sink.bytes, made->sink.used, 0);
}

static void unmake(struct made *made)
{
    zip_walk_close(&made->zip);
    sink_free(&made->sink);
    sp_scratch_close(&made->file);
    sp_arena_close(&made->arena);
    assert_int_equal(folder_names(&made->folder, NULL), 0);
    folder_remove(&made->folder);
    assert_int_equal(sp_sys_open_count(), 0);
    assert_int_equal(sp_sys_map_count(), 0);
}

static void begin(struct made *made, const char *name)
{
    const struct sp_workbook_sheet sheet = {.name = name};
    assert_int_equal(sp_workbook_sheet_begin(made->workbook, &sheet, NULL), SP_OK);
}

static void put(struct made *made, const struct sp_workbook_cell *cells, size_t count)
{
    assert_int_equal(sp_workbook_row(made->workbook, cells, count, 0, NULL), SP_OK);
}

/* Whether a part has these words. */
static void assert_has(const struct made *made, const char *part, const char *words)
{
    char *text = zip_text(&made->zip, part);
    if (!strstr(text, words))
        fail_msg("%s lacks %s:\n%s", part, words, text);
    free(text);
}

static void assert_lacks(const struct made *made, const char *part, const char *words)
{
    char *text = zip_text(&made->zip, part);
    if (strstr(text, words))
        fail_msg("%s has %s:\n%s", part, words, text);
    free(text);
}

/* Whether a cell of the first column of the first sheet has these words. */
static void assert_cell_has(const struct made *made, size_t row, const char *words)
{
    char begins[32];
    char *text = zip_text(&made->zip, "xl/worksheets/sheet1.xml");
    snprintf(begins, sizeof begins, "<c r=\"A%zu\"", row);
    char *cell = strstr(text, begins);
    assert_non_null(cell);
    char *end = strstr(cell, "</c>");
    assert_non_null(end);
    end[4] = '\0';
    if (!strstr(cell, words))
        fail_msg("%s lacks %s", cell, words);
    free(text);
}

static void texts_are_texts(void **state)
{
    static const struct {
        const char *text, *xml;
    } cases[] = {
        {"plain", " t=\"inlineStr\"><is><t>plain</t></is></c>"},
        {"=1+2", " s=\"2\" t=\"inlineStr\"><is><t>=1+2</t></is></c>"},
        {"+1", " s=\"2\" t=\"inlineStr\"><is><t>+1</t></is></c>"},
        {"-1", " s=\"2\" t=\"inlineStr\"><is><t>-1</t></is></c>"},
        {"@SUM(A1)", " s=\"2\" t=\"inlineStr\"><is><t>@SUM(A1)</t></is></c>"},
        {"12", " s=\"1\" t=\"inlineStr\"><is><t>12</t></is></c>"},
        {"http://example.org/?a=1&b=2", "<t>http://example.org/?a=1&amp;b=2</t>"},
        {"<b>\"quoted\"</b>", "<t>&lt;b&gt;&quot;quoted&quot;&lt;/b&gt;</t>"},
        {" both ", "<t xml:space=\"preserve\"> both </t>"},
        {"one\ntwo", "<t>one\ntwo</t>"},
        {"one\r\ntwo\rthree", "<t>one\ntwo\nthree</t>"},
        {"end\n", "<t xml:space=\"preserve\">end\n</t>"},
        {"a\tb", "<t>a\tb</t>"},
        {"a\x01\x0B\x1F z", "<t>a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD z</t>"},
        {"a\x7F", "<t>a\x7F</t>"},
        {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "<t>\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80</t>"},
        {"a\xC3", "<t>a\xEF\xBF\xBD</t>"},
        {"\xFF\xFE", "<t>\xEF\xBF\xBD\xEF\xBF\xBD</t>"},
        {"\xED\xA0\x80", "<t>\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD</t>"},
        {"\xEF\xBF\xBE\xEF\xBF\xBF", "<t>\xEF\xBF\xBD\xEF\xBF\xBD</t>"},
        {"_x0041_", "<t>_x005F_x0041_</t>"},
        {"_x0041_x00e9_", "<t>_x005F_x0041_x005F_x00e9_</t>"},
        {"_x004_ _x0041 _y0041_ _x00G1_", "<t>_x004_ _x0041 _y0041_ _x00G1_</t>"},
    };
    struct made made;
    make(&made);
    begin(&made, "Texts");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        put(&made, &(struct sp_workbook_cell){.kind = SP_WORKBOOK_TEXT, .text = cases[i].text}, 1);
    assert_int_equal(sp_workbook_rows(made.workbook), sizeof cases / sizeof cases[0]);
    close_and_walk(&made);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_cell_has(&made, i + 1, cases[i].xml);
    assert_lacks(&made, "xl/worksheets/sheet1.xml", "<f");
    assert_lacks(&made, "xl/worksheets/sheet1.xml", "<v");
    unmake(&made);
}

static void kinds_are_kinds(void **state)
{
    const struct sp_workbook_cell cells[] = {
        {.kind = SP_WORKBOOK_NUMBER, .number = -12.5},
        {.kind = SP_WORKBOOK_DATE, .number = 45000},
        {.kind = SP_WORKBOOK_DATETIME, .number = 45000.75},
        {.kind = SP_WORKBOOK_BOOL, .number = 2},
        {.kind = SP_WORKBOOK_BOOL},
        {.kind = SP_WORKBOOK_EMPTY},
        {.kind = SP_WORKBOOK_EMPTY, .look = SP_LOOK_OK},
        {.kind = SP_WORKBOOK_TEXT, .text = ""},
        {.kind = SP_WORKBOOK_TEXT, .look = SP_LOOK_MUTED},
        {.kind = SP_WORKBOOK_NUMBER, .number = NAN},
        {.kind = SP_WORKBOOK_NUMBER, .number = -INFINITY},
        {.kind = SP_WORKBOOK_TEXT, .text = "last", .look = SP_LOOK_TITLE},
    };
    struct made made;
    make(&made);
    begin(&made, "Kinds");
    assert_int_equal(sp_workbook_row(made.workbook, cells, 12, 33.25, NULL), SP_OK);
    assert_int_equal(sp_workbook_row(made.workbook, NULL, 0, 1e9, NULL), SP_OK);
    close_and_walk(&made);
    assert_has(&made, "xl/worksheets/sheet1.xml",
               "<sheetData><row r=\"1\" ht=\"33.25\" customHeight=\"1\">"
               "<c r=\"A1\" s=\"3\"><v>-12.5</v></c><c r=\"B1\" s=\"4\"><v>45000</v></c>"
               "<c r=\"C1\" s=\"5\"><v>45000.75</v></c><c r=\"D1\" s=\"3\" t=\"b\"><v>1</v></c>"
               "<c r=\"E1\" s=\"3\" t=\"b\"><v>0</v></c><c r=\"G1\" s=\"21\"/>"
               "<c r=\"I1\" s=\"36\"/><c r=\"J1\" s=\"3\" t=\"e\"><v>#NUM!</v></c>"
               "<c r=\"K1\" s=\"3\" t=\"e\"><v>#NUM!</v></c>"
               "<c r=\"L1\" s=\"6\" t=\"inlineStr\"><is><t>last</t></is></c></row>"
               "<row r=\"2\" ht=\"409\" customHeight=\"1\"></row></sheetData>");
    unmake(&made);
}

/* Every format a cell may name is there. */
static void formats_are_counted(void **state)
{
    struct made made;
    make(&made);
    close_and_walk(&made);
    char *styles = zip_text(&made.zip, "xl/styles.xml");
    const char *formats = strstr(styles, "<cellXfs count=\"41\">");
    assert_non_null(formats);
    unsigned count = 0;
    for (const char *at = formats; (at = strstr(at, "<xf ")) != NULL; at++)
        count++;
    assert_int_equal(count, 41);
    unsigned wrapped = 0;
    for (const char *at = formats; (at = strstr(at, " wrapText=")) != NULL; at++)
        wrapped++;
    assert_int_equal(wrapped, 7 * 2); /* texts of every look but titles */
    free(styles);
    assert_has(&made, "xl/styles.xml", "<fgColor rgb=\"FF1F4E79\"/>");
    assert_has(&made, "xl/styles.xml", "<b/><sz val=\"11\"/><color rgb=\"FFFFFFFF\"/>");
    unmake(&made);
}

static void what_is_on_a_light_accent_is_black(void **state)
{
    struct made made;
    prepare(&made);
    made.spec.accent = 0xFFE680;
    assert_int_equal(sp_workbook_open(&made.workbook, &made.arena, &made.spec, NULL), SP_OK);
    close_and_walk(&made);
    assert_has(&made, "xl/styles.xml", "<b/><sz val=\"11\"/><color rgb=\"FF000000\"/>");
    unmake(&made);
}

static void assert_number(double number, const char *text)
{
    unsigned char bytes[SP_XLSX_NUMBER_MAX + 1];
    struct sp_buf buf = {.bytes = bytes, .capacity = SP_XLSX_NUMBER_MAX};
    sp_xlsx_number_write(&buf, number);
    bytes[buf.used] = '\0';
    if (text)
        assert_string_equal((char *)bytes, text);
    assert_true(strtod((char *)bytes, NULL) == number);
}

static void numbers_are_read_back(void **state)
{
    struct random random = {17};
    assert_number(0, "0");
    assert_number(-0.0, "0");
    assert_number(0.1, "0.1");
    assert_number(-0.05, "-0.05");
    assert_number(1234.5, "1234.5");
    assert_number(0.000001, "0.000001");
    assert_number(0.0000001, "1e-07");
    assert_number(1.0 / 3, "0.3333333333333333");
    assert_number(0.1 + 0.2, "0.30000000000000004");
    assert_number(9007199254740991, "9007199254740991");
    assert_number(9007199254740992, NULL);
    assert_number(-1e15, "-1000000000000000");
    assert_number(1.7976931348623157e308, NULL);
    assert_number(-5e-324, NULL);
    for (int i = 0; i < 200000; i++) {
        const uint64_t bits = random_next(&random);
        double number;
        memcpy(&number, &bits, sizeof number);
        if (isfinite(number))
            assert_number(number, NULL);
        assert_number((double)(int64_t)random_below(&random, 1000000000) / 1000, NULL);
        assert_number((double)(int64_t)random_below(&random, 1000000000) / 86400, NULL);
    }
}

static void assert_name(const char *wanted, const char *made)
{
    char name[SP_XLSX_NAME_BYTES];
    sp_xlsx_name_make(name, wanted, 7);
    assert_string_equal(name, made);
}

static void names_are_what_excel_takes(void **state)
{
    assert_name("Photos", "Photos");
    assert_name(NULL, "Sheet7");
    assert_name("", "Sheet7");
    assert_name(" '' ", "Sheet7");
    assert_name("\x01\x02", "Sheet7");
    assert_name("a[b]c:d*e?f/g\\h", "a(b)c-d_e_f-g-h");
    assert_name("'it's'", "it's");
    assert_name("two\nlines", "two lines");
    assert_name("history", "history_");
    assert_name("1234567890123456789012345678901", "1234567890123456789012345678901");
    assert_name("12345678901234567890123456789012", "1234567890123456789012345678901");
    assert_name("12345678901234567890123456789' x", "12345678901234567890123456789");
    /* 15 characters of two units each, and one that does not fit. */
    assert_name("\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80"
                "\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80"
                "\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80"
                "\xF0\x9F\x98\x80",
                "\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80"
                "\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80"
                "\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80");
    assert_true(sp_xlsx_name_same("Photos", "pHOTOS"));
    assert_true(sp_xlsx_name_same("\xC3\x84rger", "\xC3\xA4RGER"));
    assert_true(sp_xlsx_name_same("\xD0\x96\xD0\x81", "\xD0\xB6\xD1\x91"));
    assert_false(sp_xlsx_name_same("Photos", "Photo"));
    assert_false(sp_xlsx_name_same("\xC3\x97", "\xC3\xB7"));
}

static void sheets_of_one_name_are_counted(void **state)
{
    struct made made;
    make(&made);
    begin(&made, "Room");
    begin(&made, "ROOM");
    begin(&made, "Room (2)");
    begin(&made, "room");
    begin(&made, "A name that is as long as it may be");
    begin(&made, "A name that is as long as it may become");
    begin(&made, "Tom & \"Jerry\" _x0041_");
    close_and_walk(&made);
    assert_has(&made, "xl/workbook.xml",
               "<sheets><sheet name=\"Room\" sheetId=\"1\" r:id=\"rId1\"/>"
               "<sheet name=\"ROOM (2)\" sheetId=\"2\" r:id=\"rId2\"/>"
               "<sheet name=\"Room (2) (2)\" sheetId=\"3\" r:id=\"rId3\"/>"
               "<sheet name=\"room (3)\" sheetId=\"4\" r:id=\"rId4\"/>"
               "<sheet name=\"A name that is as long as it ma\" sheetId=\"5\" r:id=\"rId5\"/>"
               "<sheet name=\"A name that is as long as i (2)\" sheetId=\"6\" r:id=\"rId6\"/>"
               "<sheet name=\"Tom &amp; &quot;Jerry&quot; _x005F_x0041_\" sheetId=\"7\"");
    assert_lacks(&made, "xl/workbook.xml", "<definedNames");
    unmake(&made);
}

static void headers_stay_and_filter(void **state)
{
    static const double widths[] = {0, 10, 300};
    const struct sp_workbook_cell cells[4] = {{.kind = SP_WORKBOOK_NUMBER}};
    const struct sp_workbook_sheet sheet = {
        .name = "It's", .widths = widths, .columns = 3, .header = true, .landscape = true};
    struct made made;
    prepare(&made);
    made.spec.rtl = true;
    made.spec.page_format = "Letter";
    assert_int_equal(sp_workbook_open(&made.workbook, &made.arena, &made.spec, NULL), SP_OK);
    assert_int_equal(sp_workbook_sheet_begin(made.workbook, &sheet, NULL), SP_OK);
    put(&made, cells, 1);
    put(&made, cells, 4);
    assert_int_equal(sp_workbook_sheet_begin(made.workbook, &sheet, NULL), SP_OK);
    assert_int_equal(sp_workbook_rows(made.workbook), 0);
    close_and_walk(&made);
    assert_has(&made, "xl/worksheets/sheet1.xml",
               "<sheetView rightToLeft=\"1\" tabSelected=\"1\" workbookViewId=\"0\"><pane "
               "ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/>");
    assert_has(&made, "xl/worksheets/sheet1.xml",
               "<cols><col min=\"1\" max=\"1\" width=\"0.7109375\" customWidth=\"1\"/>"
               "<col min=\"2\" max=\"2\" width=\"10.7109375\" customWidth=\"1\"/>"
               "<col min=\"3\" max=\"3\" width=\"255.7109375\" customWidth=\"1\"/></cols>");
    assert_has(&made, "xl/worksheets/sheet1.xml", "</sheetData><autoFilter ref=\"A1:C2\"/>");
    assert_has(&made, "xl/worksheets/sheet1.xml",
               "<pageSetup paperSize=\"1\" fitToHeight=\"0\" orientation=\"landscape\"/>");
    assert_lacks(&made, "xl/worksheets/sheet2.xml", "autoFilter");
    assert_lacks(&made, "xl/worksheets/sheet2.xml", "tabSelected");
    assert_has(&made, "xl/workbook.xml",
               "<definedNames><definedName name=\"_xlnm._FilterDatabase\" localSheetId=\"0\" "
               "hidden=\"1\">'It''s'!$A$1:$C$2</definedName><definedName "
               "name=\"_xlnm.Print_Titles\" localSheetId=\"0\">'It''s'!$1:$1</definedName>"
               "</definedNames>");
    unmake(&made);
}

static void lines_are_counted(void **state)
{
    static const struct {
        const char *text;
        unsigned lines;
    } cases[] = {
        {"", 1},
        {"0123456789", 1},
        {"0123456789 ", 1},
        {"0123456789   x", 2},
        {"01234567890", 2},
        {"012345678901234567890123456789", 3},
        {"0123456789012345678901234567890", 4},
        {"a\nb", 2},
        {"\n\n", 3},
        {"word word word", 2},
        {"aaaaaaaa bbbbbbbb cccccccc", 3},
        {"aaa bbbbbbbbbbbbbbbbbbbb", 3},
        {"aaa bbbbbbbbbbbbbbbbbbbb ccc", 4},
        {"\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2", 1},
        {"\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2", 2},
        {"e\xCC\x81 e\xCC\x81 e\xCC\x81 e\xCC\x81 e\xCC\x81", 1},
        {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 2},
        {"1\n2\n3\n4\n5\n6\n7\n8\n9", 6},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const size_t length = strlen(cases[i].text);
        const unsigned lines = sp_xlsx_height_lines(cases[i].text, length, 10, 6);
        if (lines != cases[i].lines)
            fail_msg("%s takes %u lines, and %u are due", cases[i].text, lines, cases[i].lines);
    }
}

static void rows_are_as_high_as_their_text(void **state)
{
    static const double widths[] = {10, 0.5};
    static const struct {
        struct sp_workbook_cell cells[3];
        double height;
        const char *xml;
    } cases[] = {
        {{{.kind = SP_WORKBOOK_TEXT, .text = "one line"}}, 0, "<row r=\"1\">"},
        {{{.kind = SP_WORKBOOK_TEXT, .text = "this takes three lines"}},
         0,
         "<row r=\"2\" ht=\"45\">"},
        {{{.kind = SP_WORKBOOK_TEXT, .text = "this takes three lines"}},
         20,
         "<row r=\"3\" ht=\"20\" customHeight=\"1\">"},
        {{{.kind = SP_WORKBOOK_TEXT, .text = "a title does not wrap", .look = SP_LOOK_TITLE}},
         0,
         "<row r=\"4\" ht=\"18.75\">"},
        {{{.kind = SP_WORKBOOK_EMPTY}, {.kind = SP_WORKBOOK_TEXT, .text = "xyz"}},
         0,
         "<row r=\"5\" ht=\"45\">"},
        {{{.kind = SP_WORKBOOK_EMPTY},
          {.kind = SP_WORKBOOK_EMPTY},
          {.kind = SP_WORKBOOK_TEXT, .text = "8 and 9 a"}},
         0,
         "<row r=\"6\" ht=\"30\">"},
        {{{.kind = SP_WORKBOOK_NUMBER, .number = 123456789012345}}, 0, "<row r=\"7\">"},
        {{{.kind = SP_WORKBOOK_EMPTY},
          {.kind = SP_WORKBOOK_TEXT, .text = "as high as a row may ever become, or higher"}},
         0,
         "<row r=\"8\" ht=\"409\">"},
    };
    const struct sp_workbook_sheet sheet = {.name = "Any", .widths = widths, .columns = 2};
    struct made made;
    make(&made);
    assert_int_equal(sp_workbook_sheet_begin(made.workbook, &sheet, NULL), SP_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(sp_workbook_row(made.workbook, cases[i].cells, 3, cases[i].height, NULL),
                         SP_OK);
    close_and_walk(&made);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_has(&made, "xl/worksheets/sheet1.xml", cases[i].xml);
    unmake(&made);
}

static void columns_have_their_letters(void **state)
{
    struct sp_workbook_cell cells[SP_WORKBOOK_COLUMNS_MAX];
    struct made made;
    for (size_t i = 0; i < SP_WORKBOOK_COLUMNS_MAX; i++)
        cells[i] = (struct sp_workbook_cell){.kind = SP_WORKBOOK_NUMBER, .number = (double)i};
    make(&made);
    begin(&made, "Wide");
    put(&made, cells, SP_WORKBOOK_COLUMNS_MAX);
    close_and_walk(&made);
    assert_has(&made, "xl/worksheets/sheet1.xml", "<c r=\"Z1\" s=\"3\"><v>25</v></c><c r=\"AA1\"");
    assert_has(&made, "xl/worksheets/sheet1.xml", "<c r=\"AZ1\" s=\"3\"><v>51</v></c><c r=\"BA1\"");
    assert_has(&made, "xl/worksheets/sheet1.xml", "<c r=\"IV1\" s=\"3\"><v>255</v></c></row>");
    unmake(&made);
}

/* 32,767 units stay, whole characters: of two units, one less may. */
static void long_texts_are_cut(void **state)
{
    static char text[4 * 40000 + 1];
    static const struct {
        const char *unit;
        size_t count, kept;
    } cases[] = {
        {"a", 32767, 32767},
        {"a", 32768, 32767},
        {"\xC3\xA9", 32767, 32767},
        {"\xC3\xA9", 40000, 32767},
        {"\xF0\x9F\x98\x80", 16383, 16383},
        {"\xF0\x9F\x98\x80", 16384, 16383},
        {"&", 40000, 32767},
    };
    struct made made;
    uint64_t cut = 0;
    make(&made);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const size_t bytes = strlen(cases[i].unit);
        for (size_t k = 0; k < cases[i].count; k++)
            memcpy(text + k * bytes, cases[i].unit, bytes + 1);
        assert_int_equal(sp_xlsx_text_cut(text, bytes * cases[i].count, SP_XLSX_TEXT_UNITS_MAX),
                         bytes * cases[i].kept);
        begin(&made, NULL);
        put(&made, &(struct sp_workbook_cell){.kind = SP_WORKBOOK_TEXT, .text = text}, 1);
        cut += cases[i].kept < cases[i].count;
    }
    assert_int_equal(cut, 4);
    assert_int_equal(sp_workbook_cut(made.workbook), cut);
    close_and_walk(&made);
    char *sheet = zip_text(&made.zip, "xl/worksheets/sheet7.xml");
    size_t count = 0;
    for (const char *at = strstr(sheet, "<t>"); (at = strstr(at, "&amp;")) != NULL; at++)
        count++;
    assert_int_equal(count, 32767 + 3); /* three in the footer */
    free(sheet);
    unmake(&made);
}

static void pictures_are_stored_as_they_are(void **state)
{
    static unsigned char bytes[100000];
    struct random random = {9};
    struct made made;
    make(&made);
    random_fill(&random, bytes, sizeof bytes);
    assert_int_equal(sp_scratch_write(&made.file, 0, bytes, sizeof bytes, NULL), SP_OK);
    struct sp_workbook_picture picture = {.fd = made.file.fd,
                                          .length = 70000,
                                          .row = 4,
                                          .column = 2,
                                          .width_pt = 100,
                                          .height_pt = 75.5,
                                          .alt = "A \"roof\"\n<&>"};
    begin(&made, "None");
    begin(&made, "Two");
    assert_int_equal(sp_workbook_picture(made.workbook, &picture, NULL), SP_OK);
    picture = (struct sp_workbook_picture){
        .fd = made.file.fd, .offset = 70000, .length = 30000, .png = true};
    assert_int_equal(sp_workbook_picture(made.workbook, &picture, NULL), SP_OK);
    begin(&made, "One");
    assert_int_equal(sp_workbook_picture(made.workbook, &picture, NULL), SP_OK);
    close_and_walk(&made);
    const struct zip_part *jpeg = zip_part(&made.zip, "xl/media/image1.jpeg");
    const struct zip_part *png = zip_part(&made.zip, "xl/media/image2.png");
    assert_non_null(jpeg);
    assert_non_null(png);
    assert_int_equal(jpeg->method, 0);
    assert_int_equal(jpeg->plain, 70000);
    assert_memory_equal(jpeg->bytes, bytes, 70000);
    assert_int_equal(png->plain, 30000);
    assert_memory_equal(png->bytes, bytes + 70000, 30000);
    assert_non_null(zip_part(&made.zip, "xl/media/image3.png"));
    assert_null(zip_part(&made.zip, "xl/drawings/drawing1.xml"));
    assert_lacks(&made, "xl/worksheets/sheet1.xml", "<drawing");
    assert_has(&made, "xl/worksheets/sheet2.xml", "<drawing r:id=\"rId1\"/></worksheet>");
    assert_has(&made, "xl/worksheets/_rels/sheet2.xml.rels", "Target=\"../drawings/drawing2.xml\"");
    assert_has(&made, "xl/drawings/drawing2.xml",
               "<xdr:from><xdr:col>2</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>4</xdr:row>"
               "<xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext cx=\"1270000\" cy=\"958850\"/>");
    assert_has(&made, "xl/drawings/drawing2.xml",
               "<xdr:cNvPr id=\"2\" name=\"Picture 1\" "
               "descr=\"A &quot;roof&quot; &lt;&amp;&gt;\"/>");
    assert_has(&made, "xl/drawings/drawing2.xml", "<xdr:cNvPr id=\"3\" name=\"Picture 2\"/>");
    assert_has(&made, "xl/drawings/_rels/drawing2.xml.rels", "Target=\"../media/image1.jpeg\"/>");
    assert_has(&made, "xl/drawings/_rels/drawing3.xml.rels", "Target=\"../media/image3.png\"/>");
    assert_has(&made, "[Content_Types].xml", "<Default Extension=\"jpeg\"");
    assert_has(&made, "[Content_Types].xml", "/xl/drawings/drawing2.xml");
    assert_has(&made, "[Content_Types].xml", "/xl/drawings/drawing3.xml");
    assert_lacks(&made, "[Content_Types].xml", "/xl/drawings/drawing1.xml");
    unmake(&made);
}

static void descriptions_are_cut(void **state)
{
    char alt[1100];
    struct made made;
    make(&made);
    memset(alt, 'a', sizeof alt);
    memcpy(alt + 1023, "\xC3\xA9zzz", 6); /* the character does not fit whole */
    begin(&made, "Long");
    assert_int_equal(sp_scratch_write(&made.file, 0, "x", 1, NULL), SP_OK);
    const struct sp_workbook_picture picture = {.fd = made.file.fd, .length = 1, .alt = alt};
    assert_int_equal(sp_workbook_picture(made.workbook, &picture, NULL), SP_OK);
    close_and_walk(&made);
    alt[1023] = '\0';
    assert_has(&made, "xl/drawings/drawing1.xml", alt);
    assert_has(&made, "xl/drawings/drawing1.xml", "aaa\"/>");
    assert_has(&made, "xl/drawings/drawing1.xml", "<xdr:ext cx=\"12700\" cy=\"12700\"/>");
    unmake(&made);
}

static void an_empty_workbook_has_a_sheet(void **state)
{
    struct made made;
    make(&made);
    close_and_walk(&made);
    assert_has(&made, "xl/workbook.xml", "<sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"rId1\"/>");
    assert_has(&made, "xl/worksheets/sheet1.xml", "<sheetData></sheetData>");
    assert_has(&made, "docProps/core.xml", "<dc:title>A title</dc:title>");
    assert_has(
        &made, "docProps/core.xml",
        "<dcterms:created xsi:type=\"dcterms:W3CDTF\">2025-11-21T14:00:00Z</dcterms:created>");
    assert_lacks(&made, "docProps/core.xml", "dc:creator");
    assert_lacks(&made, "[Content_Types].xml", "image/");
    unmake(&made);
}

static void dates_have_four_digits(void **state)
{
    static const struct {
        int64_t created;
        const char *text;
    } cases[] = {{0, ">1970-01-01T00:00:00Z<"},
                 {INT64_MIN, ">1900-01-01T00:00:00Z<"},
                 {INT64_MAX, ">9999-12-31T23:59:59Z<"}};
    for (size_t i = 0; i < 3; i++) {
        struct made made;
        prepare(&made);
        made.spec.created = cases[i].created;
        assert_int_equal(sp_workbook_open(&made.workbook, &made.arena, &made.spec, NULL), SP_OK);
        close_and_walk(&made);
        assert_has(&made, "docProps/core.xml", cases[i].text);
        unmake(&made);
    }
}

/* Three sheets of everything; the middle one is spilled more than once. */
static enum sp_status fill(struct made *made, struct sp_err *err)
{
    const struct sp_workbook_sheet sheet = {.name = "Any", .header = true};
    const struct sp_workbook_picture picture = {
        .fd = made->file.fd, .length = PICTURE, .png = true, .alt = "nothing", .width_pt = 9};
    struct random random = {7};
    enum sp_status status = SP_OK;
    for (size_t i = 0; i < 3 && status == SP_OK; i++) {
        status = sp_workbook_sheet_begin(made->workbook, &sheet, err);
        for (int row = 0; row < 4000 && status == SP_OK; row++) {
            const struct sp_workbook_cell cells[] = {
                {.kind = SP_WORKBOOK_NUMBER, .number = (double)random_below(&random, 1 << 30)},
                {.kind = SP_WORKBOOK_TEXT, .text = "a text"},
            };
            status = sp_workbook_row(made->workbook, cells, 2, 0, err);
        }
        if (status == SP_OK)
            status = sp_workbook_picture(made->workbook, &picture, err);
    }
    return status;
}

static void the_same_calls_give_the_same_bytes(void **state)
{
    struct made first, second;
    make(&first);
    make(&second);
    assert_int_equal(fill(&first, NULL), SP_OK);
    assert_int_equal(fill(&second, NULL), SP_OK);
    close_and_walk(&first);
    close_and_walk(&second);
    assert_int_equal(first.sink.used, second.sink.used);
    assert_memory_equal(first.sink.bytes, second.sink.bytes, first.sink.used);
    assert_true(sp_workbook_scratch(first.workbook) > 3 * 10000);
    zip_walk_close(&second.zip);
    sink_free(&second.sink);
    sp_scratch_close(&second.file);
    sp_arena_close(&second.arena);
    folder_remove(&second.folder);
    unmake(&first);
}

/* A whole life with the nth call of a kind failing; returns how many calls there were. */
static uint64_t live(enum sp_sys_call call, uint64_t nth, enum sp_status *status,
                     struct sp_err *err)
{
    struct made made;
    prepare(&made);
    sp_sys_fault_plan(call, nth, ENOSPC, false);
    *status = sp_workbook_open(&made.workbook, &made.arena, &made.spec, err);
    if (*status == SP_OK) {
        *status = fill(&made, err);
        if (*status == SP_OK)
            *status = sp_workbook_close(made.workbook, &made.out, err);
        else
            sp_workbook_abandon(made.workbook);
    }
    const uint64_t count = sp_sys_fault_count(call);
    sp_sys_fault_plan(call, 0, 0, false);
    unmake(&made);
    return count;
}

static void whatever_fails_is_told_and_nothing_leaks(void **state)
{
    static const enum sp_sys_call calls[] = {SP_SYS_OPEN, SP_SYS_WRITE, SP_SYS_READ};
    for (size_t i = 0; i < 3; i++) {
        enum sp_status status;
        const uint64_t count = live(calls[i], 0, &status, NULL);
        assert_int_equal(status, SP_OK);
        assert_in_range(count, 3, 200);
        for (uint64_t nth = 1; nth <= count; nth++) {
            struct sp_err err = {0};
            (void)live(calls[i], nth, &status, &err);
            assert_int_equal(status, SP_IO);
            assert_int_equal(err.os_error, ENOSPC);
            assert_true(strlen(err.text) > 20);
        }
    }
}

static void a_sink_that_refuses_is_told(void **state)
{
    for (unsigned nth = 1; nth < 1000; nth++) {
        struct sp_err err = {0};
        enum sp_status status;
        struct made made;
        make(&made);
        made.sink.fails_at = nth;
        status = fill(&made, &err);
        assert_int_equal(status, SP_OK);
        status = sp_workbook_close(made.workbook, &made.out, &err);
        const unsigned calls = made.sink.calls;
        unmake(&made);
        if (status == SP_OK) {
            assert_in_range(nth, 10, 999);
            return;
        }
        assert_int_equal(status, SP_IO);
        assert_int_equal(calls, nth);
        assert_non_null(strstr(err.text, "the sink refused call"));
    }
    fail();
}

/* Rows do not go on after an error, and closing tells it again. */
static void an_error_is_kept(void **state)
{
    struct made made;
    struct sp_err err = {0};
    make(&made);
    sp_sys_fault_plan(SP_SYS_WRITE, 1, ENOSPC, false);
    assert_int_equal(fill(&made, &err), SP_IO);
    err = (struct sp_err){0};
    assert_int_equal(sp_workbook_row(made.workbook, NULL, 0, 0, &err), SP_IO);
    assert_int_equal(err.os_error, ENOSPC);
    err = (struct sp_err){0};
    assert_int_equal(sp_workbook_close(made.workbook, &made.out, &err), SP_IO);
    assert_int_equal(err.os_error, ENOSPC);
    assert_int_equal(made.sink.used, 0);
    sp_sys_fault_plan(SP_SYS_WRITE, 0, 0, false);
    unmake(&made);
}

static void limits_are_answers(void **state)
{
    const struct sp_workbook_sheet sheet = {.name = "More"};
    struct made made;
    struct sp_err err = {0};
    make(&made);
    for (int i = 0; i < SP_WORKBOOK_SHEETS_MAX; i++)
        assert_int_equal(sp_workbook_sheet_begin(made.workbook, &sheet, &err), SP_OK);
    assert_int_equal(sp_workbook_sheet_begin(made.workbook, &sheet, &err), SP_TOO_BIG);
    assert_non_null(strstr(err.text, "64 sheets"));
    for (uint32_t i = 0; i < SP_WORKBOOK_ROWS_MAX; i++)
        assert_int_equal(sp_workbook_row(made.workbook, NULL, 0, 0, &err), SP_OK);
    assert_int_equal(sp_workbook_row(made.workbook, NULL, 0, 0, &err), SP_TOO_BIG);
    assert_non_null(strstr(err.text, "More (64) has 1048576 rows"));
    close_and_walk(&made);
    assert_has(&made, "xl/worksheets/sheet64.xml", "<row r=\"1048576\"></row></sheetData>");
    assert_has(&made, "xl/workbook.xml",
               "<sheet name=\"More (64)\" sheetId=\"64\" r:id=\"rId64\"/>");
    unmake(&made);
}

/* Of rows and pictures, the heap sees nothing at all. */
static void the_heap_is_left_alone(void **state)
{
    struct made made;
    prepare(&made);
    heap_peak_reset();
    const size_t before = heap_live();
    heap_refuse(1, true);
    assert_int_equal(sp_workbook_open(&made.workbook, &made.arena, &made.spec, NULL), SP_OK);
    assert_int_equal(fill(&made, NULL), SP_OK);
    made.out.write = sp_out_discard;
    assert_int_equal(sp_workbook_close(made.workbook, &made.out, NULL), SP_OK);
    heap_refuse(0, false);
    assert_int_equal(heap_peak() - before, sp_workbook_heap());
    unmake(&made);
}

static void row_without_a_sheet(void *context)
{
    struct made *made = context;
    (void)!sp_workbook_row(made->workbook, NULL, 0, 0, NULL);
}

static void row_too_wide(void *context)
{
    static const struct sp_workbook_cell cells[SP_WORKBOOK_COLUMNS_MAX + 1];
    struct made *made = context;
    begin(made, "Any");
    (void)!sp_workbook_row(made->workbook, cells, SP_WORKBOOK_COLUMNS_MAX + 1, 0, NULL);
}

static void closed_twice(void *context)
{
    struct made *made = context;
    (void)!sp_workbook_close(made->workbook, &made->out, NULL);
    (void)!sp_workbook_close(made->workbook, &made->out, NULL);
}

static void calls_out_of_order_are_bugs(void **state)
{
    struct made made;
    make(&made);
    assert_aborts(row_without_a_sheet, &made, "workbook.c");
    assert_aborts(row_too_wide, &made, "workbook.c");
    assert_aborts(closed_twice, &made, "workbook.c");
    sp_workbook_abandon(made.workbook);
    sp_workbook_abandon(made.workbook); /* harmless */
    unmake(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_texts),
        cmocka_unit_test(kinds_are_kinds),
        cmocka_unit_test(formats_are_counted),
        cmocka_unit_test(what_is_on_a_light_accent_is_black),
        cmocka_unit_test(numbers_are_read_back),
        cmocka_unit_test(names_are_what_excel_takes),
        cmocka_unit_test(sheets_of_one_name_are_counted),
        cmocka_unit_test(headers_stay_and_filter),
        cmocka_unit_test(lines_are_counted),
        cmocka_unit_test(rows_are_as_high_as_their_text),
        cmocka_unit_test(columns_have_their_letters),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(pictures_are_stored_as_they_are),
        cmocka_unit_test(descriptions_are_cut),
        cmocka_unit_test(an_empty_workbook_has_a_sheet),
        cmocka_unit_test(dates_have_four_digits),
        cmocka_unit_test(the_same_calls_give_the_same_bytes),
        cmocka_unit_test(whatever_fails_is_told_and_nothing_leaks),
        cmocka_unit_test(a_sink_that_refuses_is_told),
        cmocka_unit_test(an_error_is_kept),
        cmocka_unit_test(limits_are_answers),
        cmocka_unit_test(calls_out_of_order_are_bugs),
        cmocka_unit_test(the_heap_is_left_alone),
    };
    const size_t of_the_heap = heap_count_works() ? 0 : 1;
    if (of_the_heap > 0)
        print_message("# the heap is not counted under sanitizers\n");
    return _cmocka_run_group_tests("workbook", tests, sizeof tests / sizeof tests[0] - of_the_heap,
                                   NULL, NULL);
}
