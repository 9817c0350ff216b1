/* Penalties: the word-parallel scorer against the standard's rules, module by module. */
#include "support/qr_random.h"
#include "support/unit.h"

#include "code/qr_penalty.h"
#include "code/qr_table.h"

#include <smallpress/qr.h>

#include <stdlib.h>

static bool dark(const struct sp_matrix *m, bool turned, int along, int across)
{
    return turned ? sp_matrix_get(m, across, along) : sp_matrix_get(m, along, across);
}

static unsigned slow_runs(const struct sp_matrix *m, bool turned, int line)
{
    const int size = (int)m->size;
    unsigned points = 0;
    for (int start = 0; start < size;) {
        int end = start + 1;
        while (end < size && dark(m, turned, end, line) == dark(m, turned, start, line))
            end++;
        if (end - start >= 5)
            points += 3 + (unsigned)(end - start - 5);
        start = end;
    }
    return points;
}

/* 1:1:3:1:1 with single outer runs, at `start`; light for four modules before or after. */
static bool slow_ratio_at(const struct sp_matrix *m, bool turned, int line, int start)
{
    static const char pattern[] = "010111010";
    for (int i = 0; i < 9; i++) {
        if (dark(m, turned, start - 1 + i, line) != (pattern[i] == '1'))
            return false;
    }
    bool before = true;
    bool after = true;
    for (int i = 1; i <= 4; i++) {
        before = before && !dark(m, turned, start - i, line);
        after = after && !dark(m, turned, start + 6 + i, line);
    }
    return before || after;
}

static unsigned slow_penalty(const struct sp_matrix *m)
{
    const int size = (int)m->size;
    unsigned points = 0;
    int count = 0;
    for (int line = 0; line < size; line++) {
        for (int turned = 0; turned < 2; turned++) {
            points += slow_runs(m, turned, line);
            for (int start = 0; start + 7 <= size; start++)
                points += slow_ratio_at(m, turned, line, start) ? 40 : 0;
        }
        for (int x = 0; x < size; x++) {
            const bool here = sp_matrix_get(m, x, line);
            count += here;
            if (x + 1 < size && line + 1 < size && here == sp_matrix_get(m, x + 1, line) &&
                here == sp_matrix_get(m, x, line + 1) && here == sp_matrix_get(m, x + 1, line + 1))
                points += 3;
        }
    }
    /* Steps of 5 %, counted one by one: k steps away is |2d - T| / 2T at least 5k / 100. */
    const int total = size * size;
    int steps = 0;
    while (abs(2 * count - total) * 10 >= (steps + 1) * total)
        steps++;
    return points + 10 * (unsigned)steps;
}

/* Modules that are dark in `share` of 256 cases, in stretches, so that all rules have work. */
static void fill(struct qr_random *random, struct sp_matrix *m, int size, uint32_t share)
{
    memset(m, 0, sizeof *m);
    m->size = (uint32_t)size;
    const uint32_t keep = qr_random_below(random, 230);
    bool is_dark = false;
    for (int y = 0; y < size; y++) {
        for (int x = 0; x < size; x++) {
            if (qr_random_below(random, 256) >= keep)
                is_dark = qr_random_below(random, 256) < share;
            if (y > 0 && qr_random_below(random, 256) < keep / 2)
                is_dark = sp_matrix_get(m, x, y - 1);
            m->row[y][x / 64] |= (uint64_t)is_dark << (63 - x % 64);
        }
    }
}

/* Writes the pattern of rule 3, with light around it, along a row or a column. */
static void stamp(struct qr_random *random, struct sp_matrix *m)
{
    static const char pattern[] = "00001011101";
    const uint32_t at = qr_random_below(random, m->size + 11);
    const uint32_t line = qr_random_below(random, m->size);
    const bool turned = qr_random_below(random, 2);
    const bool mirrored = qr_random_below(random, 2);
    for (uint32_t i = 0; i < 11; i++) {
        const uint32_t along = at + i - 11;
        if (at + i < 11 || along >= m->size)
            continue;
        const uint32_t x = turned ? line : along;
        const uint32_t y = turned ? along : line;
        const uint64_t bit = (uint64_t)1 << (63 - x % 64);
        if (pattern[mirrored ? 10 - i : i] == '1')
            m->row[y][x / 64] |= bit;
        else
            m->row[y][x / 64] &= ~bit;
    }
}

static void random_matrices(void **state)
{
    struct qr_random random = {.state = 0x5EED};
    static struct sp_matrix m;
    for (int size = 1; size <= SP_MATRIX_SIZE_MAX; size++) {
        const int tries = size < 64 ? 40 : 8;
        for (int i = 0; i < tries; i++) {
            fill(&random, &m, size, qr_random_below(&random, 257));
            for (uint32_t stamps = qr_random_below(&random, 12); stamps > 0; stamps--)
                stamp(&random, &m);
            assert_int_equal(sp_qr_penalty(&m), slow_penalty(&m));
        }
    }
    m.size = 0;
    assert_int_equal(sp_qr_penalty(&m), 0);
}

/* The eight candidates of the scorer are rows with masks inverted, at every width it knows. */
static void candidates(void **state)
{
    struct qr_random random = {.state = 0xCAFE};
    static struct sp_matrix base;
    static struct sp_matrix mask[SP_QR_MASK_COUNT];
    static uint64_t rows[SP_MATRIX_SIZE_MAX * SP_MATRIX_ROW_WORDS];
    static uint64_t masks[SP_QR_MASK_COUNT * SP_MATRIX_SIZE_MAX * SP_MATRIX_ROW_WORDS];
    for (int version = 1; version <= SP_QR_VERSION_MAX; version++) {
        const int size = SP_QR_SIZE(version);
        const int words = sp_qr_row_words(version);
        fill(&random, &base, size, 128);
        for (int i = 0; i < SP_QR_MASK_COUNT; i++) {
            fill(&random, &mask[i], size, 128);
            for (int n = 0; n < size * words; n++)
                masks[i * size * words + n] = mask[i].row[n / words][n % words];
        }
        for (int n = 0; n < size * words; n++)
            rows[n] = base.row[n / words][n % words];
        unsigned penalty[SP_QR_MASK_COUNT];
        sp_qr_scorer_portable.score(rows, masks, size, penalty);
        for (int i = 0; i < SP_QR_MASK_COUNT; i++) {
            for (int n = 0; n < size * words; n++)
                mask[i].row[n / words][n % words] ^= rows[n];
            assert_int_equal(penalty[i], slow_penalty(&mask[i]));
        }
    }
}

/* What one rule alone gives for a picture made by hand. */
static void rules_by_hand(void **state)
{
    static struct sp_matrix m;
    memset(&m, 0, sizeof m);
    m.size = 21;
    /* All light: 42 runs of 21, 400 blocks, half of the modules away from half. */
    assert_int_equal(sp_qr_penalty(&m), 42 * (3 + 16) + 400 * 3 + 100);
    /* A chessboard has no runs and no blocks, and one module more of one colour. */
    for (int y = 0; y < 21; y++)
        m.row[y][0] = (y % 2 ? 0x5555555555555555u : 0xAAAAAAAAAAAAAAAAu) & ~(~(uint64_t)0 >> 21);
    assert_int_equal(sp_qr_penalty(&m), 0);
}

/* Every version and level: all eight penalties of real symbols, and the mask that was chosen. */
static void real_symbols(void **state)
{
    struct qr_random random = {.state = 0xBEEF};
    static struct sp_qr_symbol symbol;
    void *memory = aligned_alloc(64, sp_qr_encoder_need(SP_QR_VERSION_MAX));
    struct sp_qr_encoder *qr = sp_qr_encoder_init(memory, SP_QR_VERSION_MAX);
    for (int version = 1; version <= SP_QR_VERSION_MAX; version++) {
        for (int ecc = 0; ecc < SP_QR_ECC_COUNT; ecc++) {
            char text[SP_QR_TEXT_MAX];
            struct sp_qr_options options;
            sp_qr_options_init(&options);
            options.ecc = (enum sp_qr_ecc)ecc;
            options.version_min = options.version_max = version;
            const size_t length = qr_random_below(
                &random, 1 + (uint32_t)sp_qr_bytes_max(version, options.ecc, false));
            qr_random_text(&random, 1u << QR_BYTES, 9, length, text);
            unsigned best = UINT32_MAX;
            int best_mask = 0;
            for (options.mask = 0; options.mask < SP_QR_MASK_COUNT; options.mask++) {
                assert_int_equal(sp_qr_encode(qr, text, length, &options, &symbol, NULL), SP_OK);
                assert_int_equal(symbol.mask, options.mask);
                const unsigned penalty = slow_penalty(&symbol.modules);
                assert_int_equal(sp_qr_penalty(&symbol.modules), penalty);
                if (penalty < best) {
                    best = penalty;
                    best_mask = options.mask;
                }
            }
            options.mask = SP_QR_MASK_AUTO;
            assert_int_equal(sp_qr_encode(qr, text, length, &options, &symbol, NULL), SP_OK);
            assert_int_equal(symbol.mask, best_mask);
            assert_int_equal(sp_qr_penalty(&symbol.modules), best);
        }
    }
    free(memory);
}

/* Small symbols tie often: the lowest mask must win. */
static void lowest_mask_wins_ties(void **state)
{
    struct qr_random random = {.state = 0x71E5};
    static struct sp_qr_symbol symbol;
    void *memory = aligned_alloc(64, sp_qr_encoder_need(1));
    struct sp_qr_encoder *qr = sp_qr_encoder_init(memory, 1);
    int ties = 0;
    for (int i = 0; i < 2000; i++) {
        char text[17];
        struct sp_qr_options options;
        sp_qr_options_init(&options);
        options.version_max = 1;
        options.ecc = SP_QR_ECC_L;
        qr_random_text(&random, 1u << QR_BYTES, 9, sizeof text, text);
        unsigned best = UINT32_MAX;
        int best_mask = 0;
        int equal = 0;
        for (options.mask = 0; options.mask < SP_QR_MASK_COUNT; options.mask++) {
            assert_int_equal(sp_qr_encode(qr, text, sizeof text, &options, &symbol, NULL), SP_OK);
            const unsigned penalty = sp_qr_penalty(&symbol.modules);
            equal = penalty < best ? 1 : equal + (penalty == best);
            best_mask = penalty < best ? options.mask : best_mask;
            best = penalty < best ? penalty : best;
        }
        ties += equal > 1;
        options.mask = SP_QR_MASK_AUTO;
        assert_int_equal(sp_qr_encode(qr, text, sizeof text, &options, &symbol, NULL), SP_OK);
        assert_int_equal(symbol.mask, best_mask);
    }
    assert_true(ties > 0);
    free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_by_hand),
        cmocka_unit_test(random_matrices),
        cmocka_unit_test(candidates),
        cmocka_unit_test(real_symbols),
        cmocka_unit_test(lowest_mask_wins_ties),
    };
    return cmocka_run_group_tests_name("qr_penalty", tests, NULL, NULL);
}
