/*
 * All of a row at once: with x a row, t marks modules that differ from the one on their left, and v
 * those that differ from the one above. Both are set where there is no such neighbour.
 *
 * Rule 1: five equal modules in a row are four clear t in a row. A run of n modules shows n - 4
 * such places and costs n - 2, so each run of marks is made two longer and the marks are counted.
 * Rule 2: a square of equal modules has t clear in both rows and v clear on its right.
 * Rule 3: two dark modules alone in their run, three places left and right of the middle of three
 * dark ones. The finder patterns apart this is rare, so the light zones are looked at afterwards.
 * Rule 4: the marks are the dark modules themselves.
 */
#include "code/qr_penalty.h"

#include "base/check.h"
#include "code/qr_words.h"

#include <string.h>

#define RUN_EXTRA    2  /* rule 1: a run of n costs n - 4 marks and this */
#define BLOCK_POINTS 3  /* rule 2 */
#define RATIO_POINTS 40 /* rule 3 */
#define DARK_POINTS  10 /* rule 4, each whole 5 % */

/* Light rows that the rules may look at above and below the symbol. */
#define MARGIN     6

#define ROWS_WORDS ((SP_MATRIX_SIZE_MAX + 2 * MARGIN) * SP_MATRIX_ROW_WORDS)

/* A symbol of up to 29 modules a side leaves half of each word free for a second set of marks. */
#define NARROW_SIZE_MAX 29

/* Counts marks in bytes, which are emptied before they can overflow. */
struct tally {
    uint64_t bytes;
    unsigned total;
};

/* Adds the marks of a row. Grows each byte by at most 8 for each word. */
SP_QR_INLINE void tally_add(struct tally *tally, const uint64_t *marks, const int words)
{
    uint64_t nibbles = 0; /* at most 4 for each word */
    SP_QR_UNROLL
    for (int i = 0; i < words; i++)
        nibbles += sp_qr_count_nibbles(marks[i]);
    tally->bytes += (nibbles & 0x0F0F0F0F0F0F0F0Fu) + (nibbles >> 4 & 0x0F0F0F0F0F0F0F0Fu);
}

SP_QR_INLINE unsigned sum_bytes(uint64_t bytes)
{
    const uint64_t pairs = (bytes & 0x00FF00FF00FF00FFu) + (bytes >> 8 & 0x00FF00FF00FF00FFu);
    return (unsigned)(pairs * 0x0001000100010001u >> 48);
}

SP_QR_INLINE void tally_empty(struct tally *tally)
{
    tally->total += sum_bytes(tally->bytes);
    tally->bytes = 0;
}

/* A symbol between light rows, and its dark modules that have no dark one above or below. */
struct candidate {
    int size;
    uint64_t row[ROWS_WORDS];
    uint64_t single[ROWS_WORDS];
};

/* What one row leaves for the next: see the top of the file. `mark` is rule 1 from above down. */
struct history {
    uint64_t t[SP_MATRIX_ROW_WORDS];
    uint64_t v[SP_MATRIX_ROW_WORDS];
    uint64_t pair[2][SP_MATRIX_ROW_WORDS]; /* v of a row or the one above it */
    uint64_t mark[2][SP_MATRIX_ROW_WORDS];
};

/* The marks of one row. */
struct marks {
    uint64_t along[SP_MATRIX_ROW_WORDS];  /* rule 1 */
    uint64_t down[SP_MATRIX_ROW_WORDS];   /* rule 1 */
    uint64_t blocks[SP_MATRIX_ROW_WORDS]; /* rule 2 */
};

SP_QR_INLINE void mark_along(const uint64_t *row, const uint64_t *outside, uint64_t *t,
                             uint64_t *along, const int words)
{
    uint64_t u[SP_MATRIX_ROW_WORDS];
    uint64_t e[SP_MATRIX_ROW_WORDS];
    SP_QR_UNROLL
    for (int i = 0; i < words; i++)
        t[i] = (row[i] ^ sp_qr_right(row, i, 1, words)) | outside[i];
    t[0] |= (uint64_t)1 << 63;
    SP_QR_UNROLL
    for (int i = 0; i < words; i++)
        u[i] = t[i] | sp_qr_right(t, i, 1, words);
    SP_QR_UNROLL
    for (int i = 0; i < words; i++)
        e[i] = ~(u[i] | sp_qr_right(u, i, 2, words));
    SP_QR_UNROLL
    for (int i = 0; i < words; i++)
        along[i] = e[i] | sp_qr_left(e, i, 1, words) | sp_qr_left(e, i, 2, words);
}

/* Rules 1 and 2. `edge` is all ones in the first row, which has no row above, and then 0. */
SP_QR_INLINE void mark_row(const uint64_t *row, uint64_t edge, const uint64_t *outside,
                           struct history *last, struct marks *marks, const int words)
{
    uint64_t t[SP_MATRIX_ROW_WORDS];
    mark_along(row, outside, t, marks->along, words);
    SP_QR_UNROLL
    for (int i = 0; i < words; i++) {
        const uint64_t v = (row[i] ^ row[i - words]) | edge | outside[i];
        const uint64_t pair = v | last->v[i];
        const uint64_t mark = ~(pair | last->pair[1][i]);
        marks->down[i] = mark | last->mark[0][i] | last->mark[1][i];
        marks->blocks[i] = ~(t[i] | last->t[i] | v);
        last->t[i] = t[i];
        last->v[i] = v;
        last->pair[1][i] = last->pair[0][i];
        last->pair[0][i] = pair;
        last->mark[1][i] = last->mark[0][i];
        last->mark[0][i] = mark;
    }
}

/* Rule 3 along a row: the middles of the pattern, but for the light zone. */
SP_QR_INLINE uint64_t ratio_along(const uint64_t *row, uint64_t *found, const int words)
{
    uint64_t single[SP_MATRIX_ROW_WORDS];
    uint64_t triple[SP_MATRIX_ROW_WORDS];
    SP_QR_UNROLL
    for (int i = 0; i < words; i++) {
        const uint64_t before = sp_qr_right(row, i, 1, words);
        const uint64_t after = sp_qr_left(row, i, 1, words);
        single[i] = row[i] & ~(before | after);
        triple[i] = row[i] & before & after;
    }
    uint64_t any = 0;
    SP_QR_UNROLL
    for (int i = 0; i < words; i++) {
        found[i] = triple[i] & sp_qr_right(single, i, 3, words) & sp_qr_left(single, i, 3, words);
        any |= found[i];
    }
    return any;
}

/* Rule 3 from above down: the same around the row three rows above `row`. */
SP_QR_INLINE uint64_t ratio_down(const uint64_t *row, uint64_t *single, uint64_t *found,
                                 const int words)
{
    uint64_t any = 0;
    SP_QR_UNROLL
    for (int i = 0; i < words; i++) {
        single[i] = row[i] & ~(row[i - words] | row[i + words]);
        found[i] = single[i] & single[i - 6 * words] & row[i - 2 * words] & row[i - 3 * words] &
                   row[i - 4 * words];
        any |= found[i];
    }
    return any;
}

/* How many of the patterns found have a light zone, four modules from the middle, on some side. */
static unsigned count_along(const uint64_t *row, const uint64_t *found, int words)
{
    uint64_t dark[SP_MATRIX_ROW_WORDS]; /* some module of four up to here */
    uint64_t two[SP_MATRIX_ROW_WORDS];
    unsigned count = 0;
    for (int i = 0; i < words; i++)
        two[i] = row[i] | sp_qr_right(row, i, 1, words);
    for (int i = 0; i < words; i++)
        dark[i] = two[i] | sp_qr_right(two, i, 2, words);
    for (int i = 0; i < words; i++)
        count += sp_qr_popcount(found[i] &
                                ~(sp_qr_right(dark, i, 4, words) & sp_qr_left(dark, i, 7, words)));
    return count;
}

static unsigned count_down(const uint64_t *middle, const uint64_t *found, int words)
{
    unsigned count = 0;
    for (int i = 0; i < words; i++) {
        uint64_t above = 0;
        uint64_t below = 0;
        for (int away = 4; away < 8; away++) {
            above |= middle[i - away * words];
            below |= middle[i + away * words];
        }
        count += sp_qr_popcount(found[i] & ~(above & below));
    }
    return count;
}

static unsigned dark_points(unsigned dark, int size)
{
    const int total = size * size;
    const int twice = 2 * (int)dark;
    const int away = twice > total ? twice - total : total - twice;
    return DARK_POINTS * (unsigned)(10 * away / total);
}

/* Emptied often enough for two additions a row. */
#define TALLY_ROWS(words) (255 / (16 * (words)))

SP_QR_INLINE unsigned score_candidate(struct candidate *candidate, const int words,
                                      const bool narrow)
{
    struct tally runs = {0};
    struct tally blocks = {0};
    struct tally dark = {0};
    struct history last;
    struct marks marks;
    uint64_t outside[SP_MATRIX_ROW_WORDS];
    uint64_t found[SP_MATRIX_ROW_WORDS];
    unsigned ratios = 0;
    int waiting = 0;
    SP_QR_UNROLL
    for (int i = 0; i < words; i++) {
        last.t[i] = last.v[i] = last.pair[0][i] = last.pair[1][i] = ~(uint64_t)0;
        last.mark[0][i] = last.mark[1][i] = 0;
        outside[i] = ~sp_qr_span(candidate->size, i);
    }
    const uint64_t *row = candidate->row + (size_t)MARGIN * (size_t)words;
    uint64_t *single = candidate->single + (size_t)MARGIN * (size_t)words;
    uint64_t edge = ~(uint64_t)0;
    for (int y = 0; y < candidate->size; y++, row += words, single += words) {
        mark_row(row, edge, outside, &last, &marks, words);
        edge = 0;
        if (ratio_along(row, found, words))
            ratios += count_along(row, found, words);
        if (ratio_down(row, single, found, words))
            ratios += count_down(row - 3 * (long)words, found, words);
        if (narrow) {
            marks.along[0] |= marks.down[0] >> 32;
            marks.blocks[0] |= row[0] >> 32;
            tally_add(&runs, marks.along, 1);
            tally_add(&blocks, marks.blocks, 1);
            continue;
        }
        tally_add(&runs, marks.along, words);
        tally_add(&runs, marks.down, words);
        tally_add(&blocks, marks.blocks, words);
        tally_add(&dark, row, words);
        if (++waiting == TALLY_ROWS(words)) {
            tally_empty(&runs);
            tally_empty(&blocks);
            tally_empty(&dark);
            waiting = 0;
        }
    }
    tally_empty(&runs);
    /* Runs that reach the last row are made longer too. */
    for (int i = 0; i < words; i++)
        runs.total +=
            sp_qr_popcount(last.mark[0][i] | last.mark[1][i]) + sp_qr_popcount(last.mark[0][i]);
    if (narrow) {
        dark.bytes = blocks.bytes & 0xFFFFFFFFu;
        blocks.bytes >>= 32;
    }
    tally_empty(&blocks);
    tally_empty(&dark);
    return runs.total + BLOCK_POINTS * blocks.total + RATIO_POINTS * ratios +
           dark_points(dark.total, candidate->size);
}

/* Functions of their own, so that compilers meet each width by itself. */
static unsigned score_narrow(struct candidate *candidate)
{
    return score_candidate(candidate, 1, true);
}

static unsigned score_1_word(struct candidate *candidate)
{
    return score_candidate(candidate, 1, false);
}

static unsigned score_2_words(struct candidate *candidate)
{
    return score_candidate(candidate, 2, false);
}

static unsigned score_3_words(struct candidate *candidate)
{
    return score_candidate(candidate, 3, false);
}

static void score(const uint64_t *rows, const uint64_t *masks, int size,
                  unsigned penalty[SP_QR_MASK_COUNT])
{
    static unsigned (*const scores[])(struct candidate *) = {score_1_word, score_2_words,
                                                             score_3_words};
    const size_t words = ((size_t)size + 63) / 64;
    unsigned (*const score_one)(struct candidate *) =
        size <= NARROW_SIZE_MAX ? score_narrow : scores[words - 1];
    const size_t count = (size_t)size * words;
    const size_t margin = MARGIN * words;
    struct candidate candidate;
    candidate.size = size;
    memset(candidate.row, 0, sizeof *candidate.row * margin);
    memset(candidate.single, 0, sizeof *candidate.single * margin);
    memset(candidate.row + margin + count, 0, sizeof *candidate.row * margin);
    for (int mask = 0; mask < SP_QR_MASK_COUNT; mask++, masks += count) {
        for (size_t i = 0; i < count; i++)
            candidate.row[margin + i] = rows[i] ^ masks[i];
        penalty[mask] = score_one(&candidate);
    }
}

const struct sp_qr_scorer sp_qr_scorer_portable = {.score = score};

unsigned sp_qr_penalty(const struct sp_matrix *modules)
{
    struct candidate candidate;
    SP_ASSERT(modules->size <= SP_MATRIX_SIZE_MAX);
    if (modules->size == 0)
        return 0;
    memset(&candidate, 0, sizeof candidate);
    candidate.size = (int)modules->size;
    memcpy(candidate.row + (size_t)MARGIN * SP_MATRIX_ROW_WORDS, modules->row,
           modules->size * sizeof modules->row[0]);
    return score_3_words(&candidate);
}
