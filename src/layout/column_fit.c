#include "layout/column_fit.h"

#include "base/check.h"
#include "base/num.h"

#include <stdbool.h>

/* Shares `amount` in proportion to shares[i], exactly: rounding errors go to the next column. */
static int64_t share_of(int64_t amount, int64_t before, int64_t share, int64_t all)
{
    return (before + share) * amount / all - before * amount / all;
}

static int64_t clamp(int64_t width)
{
    /* Products with an amount stay far inside 64 bits: a length is below 2^30 (SP_LENGTH_MAX_UM).
     */
    return SP_MIN(SP_MAX(width, 0), INT64_C(1) << 30);
}

/* How much each column asks for of what is shared, and the least it has. */
enum step {
    BY_WEIGHT,
    BY_WEIGHT_AND_WORDS,
    GROW,
    SETTLE,
    SHRINK
};

static int64_t least_of(const struct sp_column_fit *column, enum step step)
{
    const bool weighed = column->weight > 0;
    if (step == GROW || (step <= BY_WEIGHT_AND_WORDS && !weighed))
        return clamp(column->natural);
    return step == SHRINK || step == BY_WEIGHT ? 0 : clamp(column->narrowest);
}

static int64_t share_in(const struct sp_column_fit *column, enum step step)
{
    switch (step) {
    case BY_WEIGHT:
    case BY_WEIGHT_AND_WORDS:
        return column->weight;
    case GROW:
        return clamp(column->natural) + 1;
    case SETTLE:
        return clamp(column->natural) - clamp(column->narrowest) + 1;
    default:
        return clamp(column->narrowest) + 1;
    }
}

static void give(struct sp_column_fit *columns, size_t count, int64_t total, enum step step)
{
    int64_t rest = total, all = 0, before = 0;
    for (size_t i = 0; i < count; i++) {
        rest -= least_of(&columns[i], step);
        all += share_in(&columns[i], step);
    }
    for (size_t i = 0; i < count; i++) {
        const int64_t share = share_in(&columns[i], step);
        columns[i].width = least_of(&columns[i], step) + share_of(rest, before, share, all);
        before += share;
    }
}

/* Lifts what is under the floor, at the cost of those above it. */
static void keep_floor(struct sp_column_fit *columns, size_t count, int64_t total, int64_t floor)
{
    floor = SP_MIN(floor, total / (int64_t)count);
    int64_t lack = 0, above = 0, before = 0;
    for (size_t i = 0; i < count; i++) {
        lack += SP_MAX(floor - columns[i].width, 0);
        above += SP_MAX(columns[i].width - floor, 0);
    }
    for (size_t i = 0; lack > 0 && i < count; i++) {
        const int64_t spare = columns[i].width - floor;
        if (spare <= 0) {
            columns[i].width = floor;
            continue;
        }
        columns[i].width -= share_of(lack, before, spare, above);
        before += spare;
    }
}

void sp_column_fit(struct sp_column_fit *columns, size_t count, int64_t total, int64_t floor)
{
    SP_ASSERT(count > 0 && count <= SP_COLUMN_FIT_MAX && total >= 0 && total < INT64_C(1) << 27);
    int64_t narrowest = 0, natural = 0, weights = 0, weighed = 0;
    for (size_t i = 0; i < count; i++) {
        SP_ASSERT(columns[i].narrowest <= columns[i].natural);
        /* The floor is a word that every column has, where there is room for that. */
        if (floor <= total / (int64_t)count) {
            columns[i].narrowest = SP_MAX(columns[i].narrowest, floor);
            columns[i].natural = SP_MAX(columns[i].natural, floor);
        }
        narrowest += clamp(columns[i].narrowest);
        natural += clamp(columns[i].natural);
        weights += columns[i].weight;
        weighed += columns[i].weight > 0 ? clamp(columns[i].narrowest) : clamp(columns[i].natural);
    }
    enum step step = SHRINK;
    if (weights > 0 && weighed <= total)
        step = BY_WEIGHT;
    else if (natural <= total)
        step = GROW;
    else if (narrowest <= total)
        step = SETTLE;
    give(columns, count, total, step);
    for (size_t i = 0; i < count && step == BY_WEIGHT; i++)
        if (columns[i].width < clamp(columns[i].narrowest)) {
            step = BY_WEIGHT_AND_WORDS;
            give(columns, count, total, step);
        }
    keep_floor(columns, count, total, floor);
}
