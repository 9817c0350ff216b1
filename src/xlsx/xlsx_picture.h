/*
 * Pictures of a workbook: a list on scratch, and the drawings that show them (ECMA-376 part 1,
 * 20.5).
 *
 * A picture hangs on the upper left corner of a cell and keeps its size when rows and columns
 * change theirs.
 */
#ifndef SP_XLSX_PICTURE_H
#define SP_XLSX_PICTURE_H

#include "base/scratch.h"
#include "xlsx/workbook.h"
#include "xlsx/xlsx_package.h"
#include "xlsx/xlsx_sheet.h"

#include <stdbool.h>
#include <stdint.h>

/* Bytes of a picture's description that are kept. */
#define SP_XLSX_ALT_MAX 1024

struct sp_xlsx_pictures {
    const struct sp_scratch *scratch;
    uint64_t count, end; /* of the list: pictures and bytes */
};

/* What the list has of a picture; the description follows it on scratch. */
struct sp_xlsx_picture {
    struct sp_xlsx_piece piece;
    int64_t width_emu, height_emu; /* 12,700 to a point */
    uint32_t row, column;
    uint32_t alt_length;
    bool png;
    char alt[SP_XLSX_ALT_MAX];
};

/* Where one has come to in the list: zeros are its beginning. */
struct sp_xlsx_pictures_at {
    uint64_t index, offset;
};

/* Appends a picture whose piece was measured. */
SP_MUST_CHECK enum sp_status sp_xlsx_pictures_add(struct sp_xlsx_pictures *pictures,
                                                  const struct sp_workbook_picture *picture,
                                                  const struct sp_xlsx_piece *piece,
                                                  struct sp_err *err);

/* Reads the next one; there must be one. */
SP_MUST_CHECK enum sp_status sp_xlsx_pictures_next(const struct sp_xlsx_pictures *pictures,
                                                   struct sp_xlsx_pictures_at *at,
                                                   struct sp_xlsx_picture *picture,
                                                   struct sp_err *err);

/*
 * Writes the text of a sheet's drawing, or of what relates it to the pictures. `at` is at the
 * sheet's first picture, and behind its last one afterwards.
 */
SP_MUST_CHECK enum sp_status sp_xlsx_pictures_drawing(const struct sp_xlsx_pictures *pictures,
                                                      const struct sp_xlsx_sheet *sheet,
                                                      struct sp_xlsx_pictures_at *at,
                                                      struct sp_xlsx_pack *pack,
                                                      struct sp_err *err);
SP_MUST_CHECK enum sp_status sp_xlsx_pictures_relations(const struct sp_xlsx_pictures *pictures,
                                                        const struct sp_xlsx_sheet *sheet,
                                                        struct sp_xlsx_pictures_at *at,
                                                        struct sp_xlsx_pack *pack,
                                                        struct sp_err *err);

/* Adds all pictures to the package, byte for byte. */
SP_MUST_CHECK enum sp_status sp_xlsx_pictures_media(const struct sp_xlsx_pictures *pictures,
                                                    struct sp_xlsx_package *package,
                                                    struct sp_err *err);

#endif
