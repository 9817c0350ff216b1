/*
 * One code on the terminal, through qr.h alone: the encoder without a press around it.
 *
 *     qr TEXT
 *
 * Two rows of modules make one line of text. The blocks are the light modules, quiet zone included,
 * so that the code is the right way round on a dark terminal; on a light one scan it inverted, or
 * swap the colours of the terminal.
 */
#include <smallpress/qr.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The smallest symbols up to this one; a larger one would not fit a terminal. */
#define VERSION_MAX 20

/* Half blocks for what is light: neither of the two modules, the upper, the lower, both. */
static const char *const blocks[4] = {" ", "\xE2\x96\x80", "\xE2\x96\x84", "\xE2\x96\x88"};

static void show(const struct sp_matrix *modules)
{
    const int end = (int)modules->size + SP_QR_QUIET_ZONE;
    for (int y = -SP_QR_QUIET_ZONE; y < end; y += 2) {
        for (int x = -SP_QR_QUIET_ZONE; x < end; x++) {
            /* Everything outside the square is light, which makes the quiet zone. */
            const int upper = !sp_matrix_get(modules, x, y);
            const int lower = y + 1 < end && !sp_matrix_get(modules, x, y + 1);
            fputs(blocks[upper + 2 * lower], stdout);
        }
        putchar('\n');
    }
}

/* The encoder's memory is the caller's: so many bytes, on a multiple of 64. */
static void *take_memory(void)
{
    const size_t need = sp_qr_encoder_need(VERSION_MAX);
    return aligned_alloc(64, (need + 63) / 64 * 64);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: qr TEXT\n");
        return 2;
    }
    void *memory = take_memory();
    if (!memory) {
        fprintf(stderr, "qr: no memory for the encoder\n");
        return 1;
    }
    struct sp_qr_encoder *encoder = sp_qr_encoder_init(memory, VERSION_MAX);
    struct sp_qr_options options;
    sp_qr_options_init(&options);
    options.version_max = VERSION_MAX;

    struct sp_qr_symbol symbol;
    struct sp_err err;
    const enum sp_status status =
        sp_qr_encode(encoder, argv[1], strlen(argv[1]), &options, &symbol, &err);
    if (status == SP_OK)
        show(&symbol.modules);
    else
        fprintf(stderr, "qr: %s\n", err.text);
    free(memory);
    return status == SP_OK ? 0 : 1;
}
