/*
 * Ids to a sheet with libqrencode and libharu: each code one path of horizontal runs of dark
 * modules, filled once, in compressed pages. That is the fastest way to use the two.
 *
 *     qrencode_haru IDS OUTPUT.pdf
 */
#include "sheet.h"

#include <hpdf.h>
#include <qrencode.h>

static void on_error(HPDF_STATUS error, HPDF_STATUS detail, void *context)
{
    (void)context;
    fprintf(stderr, "libharu: error %lx, %lx\n", error, detail);
}

static HPDF_Page add_page(HPDF_Doc document, HPDF_Font font)
{
    HPDF_Page page = HPDF_AddPage(document);
    HPDF_Page_SetWidth(page, (HPDF_REAL)PAGE_WIDTH);
    HPDF_Page_SetHeight(page, (HPDF_REAL)PAGE_HEIGHT);
    HPDF_Page_SetFontAndSize(page, font, TEXT_SIZE);
    return page;
}

static void draw_code(HPDF_Page page, const QRcode *code, double left, double top)
{
    const int size = code->width;
    const double module = CODE_SIDE / (size + 2 * QUIET_ZONE);
    for (int y = 0; y < size; y++) {
        const unsigned char *row = code->data + y * size;
        for (int x = 0; x < size; x++) {
            const int first = x;
            while (x < size && row[x] & 1)
                x++;
            if (x > first)
                HPDF_Page_Rectangle(page, (HPDF_REAL)(left + (first + QUIET_ZONE) * module),
                                    (HPDF_REAL)(top - (y + 1 + QUIET_ZONE) * module),
                                    (HPDF_REAL)((x - first) * module), (HPDF_REAL)module);
        }
    }
    HPDF_Page_Fill(page);
}

static void draw_text(HPDF_Page page, const char *text, double middle, double y)
{
    const double width = HPDF_Page_TextWidth(page, text);
    HPDF_Page_BeginText(page);
    HPDF_Page_TextOut(page, (HPDF_REAL)(middle - width / 2), (HPDF_REAL)y, text);
    HPDF_Page_EndText(page);
}

static int draw_sheet(FILE *ids, HPDF_Doc document)
{
    HPDF_SetCompressionMode(document, HPDF_COMP_ALL);
    HPDF_Font font = HPDF_GetFont(document, "Helvetica", NULL);
    HPDF_Page page = NULL;
    char id[ID_BYTES];
    for (int cell = 0; next_id(ids, id); cell = (cell + 1) % CELLS) {
        if (cell == 0)
            page = add_page(document, font);
        QRcode *code = QRcode_encodeString(id, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
        if (!code) {
            perror("libqrencode");
            return 1;
        }
        const double left = cell_left(cell);
        const double top = PAGE_HEIGHT - cell_top(cell);
        draw_code(page, code, left, top);
        draw_text(page, id, left + CELL_WIDTH / 2, top - BASELINE);
        QRcode_free(code);
    }
    return 0;
}

int main(int argc, char **argv)
{
    FILE *ids = open_ids(argc, argv);
    if (!ids)
        return 2;
    HPDF_Doc document = HPDF_New(on_error, NULL);
    if (!document)
        return 1;
    int status = draw_sheet(ids, document);
    if (status == 0 && HPDF_SaveToFile(document, argv[2]) != HPDF_OK)
        status = 1;
    HPDF_Free(document);
    fclose(ids);
    return status;
}
