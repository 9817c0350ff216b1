#include "pdf/pdf_vector.h"

#include <stdbool.h>

/* "176 176 177 177 re" and a space: the longest rectangle. */
#define RECTANGLE_MAX 19

size_t sp_pdf_vector_bound(uint32_t size_max)
{
    const size_t runs_max = (size_max + 1) / 2; /* dark and light in turn */
    return size_max * runs_max * RECTANGLE_MAX;
}

/* The run of dark modules that starts at or after `column`; `end` is size when there is none. */
static bool next_run(const struct sp_matrix *modules, int row, int column, int *start, int *end)
{
    const int size = (int)modules->size;
    while (column < size && !sp_matrix_get(modules, column, row))
        column++;
    *start = column;
    while (column < size && sp_matrix_get(modules, column, row))
        column++;
    *end = column;
    return *start < *end;
}

/* Whether a row has exactly this run: dark throughout and light on both sides. */
static bool has_run(const struct sp_matrix *modules, int row, int start, int end)
{
    if (sp_matrix_get(modules, start - 1, row) || sp_matrix_get(modules, end, row))
        return false;
    for (int column = start; column < end; column++)
        if (!sp_matrix_get(modules, column, row))
            return false;
    return true;
}

static void rectangle(struct sp_buf *content, int x, int y, int width, int height)
{
    const int numbers[4] = {x, y, width, height};
    for (int i = 0; i < 4; i++) {
        sp_buf_integer(content, numbers[i]);
        sp_buf_byte(content, ' ');
    }
    sp_buf_literal(content, "re\n");
}

void sp_pdf_vector_draw(const struct sp_matrix *modules, struct sp_buf *content)
{
    const int size = (int)modules->size;
    for (int row = 0; row < size; row++) {
        int start, end = 0;
        while (next_run(modules, row, end, &start, &end)) {
            if (has_run(modules, row - 1, start, end))
                continue; /* drawn with the run above */
            int below = row + 1;
            while (has_run(modules, below, start, end))
                below++;
            rectangle(content, start, size - below, end - start, below - row);
        }
    }
}
