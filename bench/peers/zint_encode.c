/*
 * Ids to codes with libzint, and no further: what an encoder alone costs. OUTPUT gets the number of
 * dark modules, so that none of the work can be left out.
 *
 *     zint_encode IDS OUTPUT
 */
#include "sheet.h"

#include <zint.h>

#define LEVEL_M 2

static long dark_modules(const struct zint_symbol *symbol)
{
    long count = 0;
    for (int y = 0; y < symbol->rows; y++)
        for (int x = 0; x < symbol->width; x++)
            count += symbol->encoded_data[y][x / 8] >> x % 8 & 1;
    return count;
}

static int encode_all(FILE *ids, struct zint_symbol *symbol, long *dark)
{
    char id[ID_BYTES];
    while (next_id(ids, id)) {
        ZBarcode_Clear(symbol);
        symbol->symbology = BARCODE_QRCODE;
        symbol->option_1 = LEVEL_M;
        symbol->option_2 = 0; /* the smallest version */
        if (ZBarcode_Encode(symbol, (const unsigned char *)id, 0) >= ZINT_ERROR) {
            fprintf(stderr, "libzint: %s\n", symbol->errtxt);
            return 1;
        }
        *dark += dark_modules(symbol);
    }
    return 0;
}

int main(int argc, char **argv)
{
    FILE *ids = open_ids(argc, argv);
    if (!ids)
        return 2;
    long dark = 0;
    struct zint_symbol *symbol = ZBarcode_Create();
    int status = symbol ? encode_all(ids, symbol, &dark) : 1;
    FILE *output = fopen(argv[2], "w");
    if (output)
        fprintf(output, "%ld\n", dark);
    if (!output || fclose(output) != 0)
        status = 1;
    ZBarcode_Delete(symbol);
    fclose(ids);
    return status;
}
