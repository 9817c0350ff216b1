#include "code/qr_pattern.h"

#include "base/check.h"
#include "base/num.h"
#include "code/qr_mask.h"
#include "code/qr_words.h"

#include <string.h>

/* A symbol being drawn: which modules are dark, and which belong to function patterns. */
struct canvas {
    int size;
    int words;
    uint64_t *dark;
    uint64_t taken[SP_MATRIX_SIZE_MAX * SP_MATRIX_ROW_WORDS];
};

size_t sp_qr_pattern_row_words(int version)
{
    return (size_t)SP_QR_SIZE(version) * (size_t)sp_qr_row_words(version);
}

/*
 * A pair of columns starts a new run at the edges of alignment patterns and of what stands between
 * them, the timing pattern, and at most twice more for finder patterns and version information.
 */
size_t sp_qr_pattern_runs_max(int version)
{
    const size_t pairs = (size_t)(SP_QR_SIZE(version) - 1) / 2;
    return pairs * (2 * (size_t)(version / 7 + 2) + 3);
}

static void set(const struct canvas *canvas, uint64_t *rows, int x, int y, bool dark)
{
    uint64_t *word = &rows[y * canvas->words + x / 64];
    const uint64_t bit = (uint64_t)1 << (63 - x % 64);
    *word = dark ? *word | bit : *word & ~bit;
}

static void draw(struct canvas *canvas, int x, int y, bool dark)
{
    if (x < 0 || y < 0 || x >= canvas->size || y >= canvas->size)
        return;
    set(canvas, canvas->dark, x, y, dark);
    set(canvas, canvas->taken, x, y, true);
}

static bool is_taken(const struct canvas *canvas, int x, int y)
{
    return (canvas->taken[y * canvas->words + x / 64] >> (63 - x % 64) & 1) != 0;
}

/* Squares in squares around (x, y), out to `radius`; bit r of `rings` makes ring r dark. */
static void draw_rings(struct canvas *canvas, int x, int y, int radius, unsigned rings)
{
    for (int dy = -radius; dy <= radius; dy++) {
        for (int dx = -radius; dx <= radius; dx++) {
            const int ring = SP_MAX(dx < 0 ? -dx : dx, dy < 0 ? -dy : dy);
            draw(canvas, x + dx, y + dy, rings >> ring & 1);
        }
    }
}

/* Finder patterns with their separators, and timing patterns (5.3.2 to 5.3.4). */
static void draw_finders(struct canvas *canvas)
{
    const int far = canvas->size - 4;
    for (int i = 0; i < canvas->size; i++) {
        draw(canvas, i, 6, i % 2 == 0);
        draw(canvas, 6, i, i % 2 == 0);
    }
    draw_rings(canvas, 3, 3, 4, 0xB);
    draw_rings(canvas, far, 3, 4, 0xB);
    draw_rings(canvas, 3, far, 4, 0xB);
}

static void draw_alignments(struct canvas *canvas, int version)
{
    int centre[SP_QR_ALIGNMENTS_MAX];
    const int count = sp_qr_alignments(version, centre);
    for (int i = 0; i < count; i++) {
        for (int j = 0; j < count; j++) {
            const bool at_finder =
                (i == 0 && (j == 0 || j == count - 1)) || (j == 0 && i == count - 1);
            if (!at_finder)
                draw_rings(canvas, centre[i], centre[j], 2, 0x5);
        }
    }
}

/* Both copies of the format information (figure 25), and the module that is always dark. */
static void draw_format(struct canvas *canvas, unsigned bits)
{
    const int size = canvas->size;
    for (int i = 0; i < 15; i++) {
        const bool dark = bits >> i & 1;
        const int along = i < 6 ? i : i < 8 ? i + 1 : 14 - i + (i == 8);
        if (i < 8)
            draw(canvas, 8, along, dark);
        else
            draw(canvas, along, 8, dark);
        if (i < 8)
            draw(canvas, size - 1 - i, 8, dark);
        else
            draw(canvas, 8, size - 15 + i, dark);
    }
}

static void draw_version(struct canvas *canvas, int version)
{
    const unsigned bits = version >= 7 ? sp_qr_version_bits(version) : 0;
    for (int i = 0; version >= 7 && i < 18; i++) {
        draw(canvas, canvas->size - 11 + i % 3, i / 3, bits >> i & 1);
        draw(canvas, i / 3, canvas->size - 11 + i % 3, bits >> i & 1);
    }
}

static void make_masks(struct sp_qr_pattern *pattern, struct canvas *canvas)
{
    const size_t row_words = sp_qr_pattern_row_words(pattern->version);
    const int words = canvas->words;
    for (int mask = 0; mask < SP_QR_MASK_COUNT; mask++) {
        uint64_t *rows = pattern->masks + (size_t)mask * row_words;
        uint64_t period[SP_QR_MASK_PERIOD][SP_MATRIX_ROW_WORDS];
        for (int row = 0; row < SP_QR_MASK_PERIOD; row++) {
            for (int i = 0; i < words; i++)
                period[row][i] = sp_qr_mask_word(mask, row, i) & sp_qr_span(canvas->size, i);
        }
        for (int y = 0; y < canvas->size; y++) {
            for (int i = 0; i < words; i++)
                rows[y * words + i] =
                    period[y % SP_QR_MASK_PERIOD][i] & ~canvas->taken[y * words + i];
        }
        canvas->dark = rows;
        draw_format(canvas, sp_qr_format_bits(pattern->ecc, mask));
    }
}

/* Walks the path: pairs of columns from the right, up and down in turn, without column 6. */
static void make_runs(struct sp_qr_pattern *pattern, const struct canvas *canvas)
{
    int count = 0;
    bool up = true;
    for (int x = canvas->size - 1; x > 0; x -= 2) {
        if (x == 6)
            x = 5;
        unsigned last = 0;
        for (int i = 0; i < canvas->size; i++) {
            const int y = up ? canvas->size - 1 - i : i;
            const unsigned kind = (is_taken(canvas, x, y) ? 0 : SP_QR_RUN_RIGHT) |
                                  (is_taken(canvas, x - 1, y) ? 0 : SP_QR_RUN_LEFT);
            if (kind != 0 && kind == last) {
                pattern->runs[count - 1].rows++;
            } else if (kind != 0) {
                SP_ASSERT((size_t)count < sp_qr_pattern_runs_max(pattern->version));
                pattern->runs[count++] =
                    (struct sp_qr_run){.x = (uint8_t)x,
                                       .y = (uint8_t)y,
                                       .rows = 1,
                                       .kind = (uint8_t)(kind | (up ? SP_QR_RUN_UP : 0))};
            }
            last = kind;
        }
        up = !up;
    }
    pattern->run_count = count;
}

void sp_qr_pattern_make(struct sp_qr_pattern *pattern, int version, enum sp_qr_ecc ecc)
{
    struct canvas canvas = {
        .size = SP_QR_SIZE(version), .words = sp_qr_row_words(version), .dark = pattern->base};
    pattern->version = version;
    pattern->ecc = ecc;
    memset(pattern->base, 0, sp_qr_pattern_row_words(version) * sizeof *pattern->base);
    draw_finders(&canvas);
    draw_alignments(&canvas, version);
    draw_version(&canvas, version);
    draw_format(&canvas, 0); /* takes the place; the bits come with the masks */
    draw(&canvas, 8, canvas.size - 8, true);
    make_runs(pattern, &canvas);
    make_masks(pattern, &canvas);
}

/* Pairs of bits in the 57 bits that one read is good for. */
#define PAIRS_AT_ONCE 28

static inline uint64_t read_bits(const uint8_t *stream, size_t bit)
{
    const uint8_t *from = stream + bit / 8;
    const uint64_t word = (uint64_t)from[0] | (uint64_t)from[1] << 8 | (uint64_t)from[2] << 16 |
                          (uint64_t)from[3] << 24 | (uint64_t)from[4] << 32 |
                          (uint64_t)from[5] << 40 | (uint64_t)from[6] << 48 |
                          (uint64_t)from[7] << 56;
    return word >> bit % 8;
}

/* Adds one column of a run: bits that stand `apart` bits from each other in the stream. */
static void place_column(const struct sp_qr_run *run, int x, const uint8_t *stream, size_t bit,
                         unsigned apart, uint64_t *rows, long words)
{
    const long step = run->kind & SP_QR_RUN_UP ? -words : words;
    const unsigned shift = 63u - (unsigned)x % 64;
    uint64_t *row = rows + run->y * words + x / 64;
    for (int i = 0; i < run->rows; i++) {
        *row |= (uint64_t)(stream[bit / 8] >> bit % 8 & 1) << shift;
        row += step;
        bit += apart;
    }
}

/* Adds both columns of a run that lie in one word: the first bit is the lower one, on the right. */
SP_QR_INLINE void place_pair(const struct sp_qr_run *run, const uint8_t *stream, size_t bit,
                             uint64_t *rows, const long words)
{
    const long step = run->kind & SP_QR_RUN_UP ? -words : words;
    const unsigned shift = 63u - run->x % 64u;
    uint64_t *row = rows + run->y * words + run->x / 64;
    for (int left = run->rows; left > 0; left -= PAIRS_AT_ONCE) {
        uint64_t bits = read_bits(stream, bit);
        for (int i = SP_MIN(left, PAIRS_AT_ONCE); i > 0; i--) {
            *row |= (bits & 3) << shift;
            bits >>= 2;
            row += step;
        }
        bit += 2 * (size_t)PAIRS_AT_ONCE;
    }
}

SP_QR_INLINE void place(const struct sp_qr_pattern *pattern, const uint8_t *stream, uint64_t *rows,
                        const long words)
{
    size_t bit = 0;
    for (int i = 0; i < pattern->run_count; i++) {
        const struct sp_qr_run *run = &pattern->runs[i];
        const unsigned sides = run->kind & (SP_QR_RUN_LEFT | SP_QR_RUN_RIGHT);
        const unsigned apart = sides == (SP_QR_RUN_LEFT | SP_QR_RUN_RIGHT) ? 2 : 1;
        if (apart == 2 && (words == 1 || run->x % 64 != 0)) {
            place_pair(run, stream, bit, rows, words);
        } else {
            if (sides & SP_QR_RUN_RIGHT)
                place_column(run, run->x, stream, bit, apart, rows, words);
            if (sides & SP_QR_RUN_LEFT)
                place_column(run, run->x - 1, stream, bit + apart - 1, apart, rows, words);
        }
        bit += (size_t)apart * run->rows;
    }
}

void sp_qr_pattern_place(const struct sp_qr_pattern *pattern, const uint8_t *stream, uint64_t *rows)
{
    switch (sp_qr_row_words(pattern->version)) {
    case 1:
        place(pattern, stream, rows, 1);
        break;
    case 2:
        place(pattern, stream, rows, 2);
        break;
    default:
        place(pattern, stream, rows, 3);
    }
}
