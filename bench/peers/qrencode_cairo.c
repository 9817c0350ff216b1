/*
 * Ids to a sheet with libqrencode and cairo's PDF surface: each code one path of horizontal runs of
 * dark modules, filled once. cairo writes pages as they are shown, so its memory stays flat.
 *
 *     qrencode_cairo IDS OUTPUT.pdf
 */
#include "sheet.h"

#include <cairo-pdf.h>
#include <qrencode.h>

static void draw_code(cairo_t *page, const QRcode *code, double left, double top)
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
                cairo_rectangle(page, left + (first + QUIET_ZONE) * module,
                                top + (y + QUIET_ZONE) * module, (x - first) * module, module);
        }
    }
    cairo_fill(page);
}

static void draw_text(cairo_t *page, const char *text, double middle, double y)
{
    cairo_text_extents_t extents;
    cairo_text_extents(page, text, &extents);
    cairo_move_to(page, middle - extents.x_advance / 2, y);
    cairo_show_text(page, text);
}

static int draw_sheet(FILE *ids, cairo_t *page)
{
    char id[ID_BYTES];
    int cell = 0;
    cairo_select_font_face(page, "Helvetica", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(page, TEXT_SIZE);
    for (; next_id(ids, id); cell++) {
        if (cell == CELLS) {
            cairo_show_page(page);
            cell = 0;
        }
        QRcode *code = QRcode_encodeString(id, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
        if (!code) {
            perror("libqrencode");
            return 1;
        }
        draw_code(page, code, cell_left(cell), cell_top(cell));
        draw_text(page, id, cell_left(cell) + CELL_WIDTH / 2, cell_top(cell) + BASELINE);
        QRcode_free(code);
    }
    if (cell > 0)
        cairo_show_page(page);
    return 0;
}

int main(int argc, char **argv)
{
    FILE *ids = open_ids(argc, argv);
    if (!ids)
        return 2;
    cairo_surface_t *document = cairo_pdf_surface_create(argv[2], PAGE_WIDTH, PAGE_HEIGHT);
    cairo_t *page = cairo_create(document);
    int status = draw_sheet(ids, page);
    cairo_surface_finish(document);
    if (status == 0 && cairo_surface_status(document) != CAIRO_STATUS_SUCCESS) {
        fprintf(stderr, "cairo: %s\n", cairo_status_to_string(cairo_surface_status(document)));
        status = 1;
    }
    cairo_destroy(page);
    cairo_surface_destroy(document);
    fclose(ids);
    return status;
}
