#include "code/qr_mask.h"

#include "base/check.h"

static bool inverts(int mask, int row, int column)
{
    const int product = row * column;
    switch (mask) {
    case 0:
        return (row + column) % 2 == 0;
    case 1:
        return row % 2 == 0;
    case 2:
        return column % 3 == 0;
    case 3:
        return (row + column) % 3 == 0;
    case 4:
        return (row / 2 + column / 3) % 2 == 0;
    case 5:
        return product % 2 + product % 3 == 0;
    case 6:
        return (product % 2 + product % 3) % 2 == 0;
    default:
        return ((row + column) % 2 + product % 3) % 2 == 0;
    }
}

/* Every pattern repeats after 6 columns; 64 is 4 more than a multiple of 6. */
uint64_t sp_qr_mask_word(int mask, int row, int i)
{
    SP_ASSERT(mask >= 0 && mask < SP_QR_MASK_COUNT);
    uint64_t six = 0;
    for (int column = 0; column < 6; column++)
        six = six << 1 | inverts(mask, row, column + 4 * i);
    return (six * 0x0041041041041041u) << 4 | six >> 2;
}

/* Appends to `value` the rest of its division by a polynomial of degree `degree`. */
static unsigned with_rest(unsigned value, unsigned polynomial, int degree)
{
    unsigned rest = value;
    for (int i = 0; i < degree; i++)
        rest = rest << 1 ^ (rest >> (degree - 1) & 1) * polynomial;
    return value << degree | rest;
}

unsigned sp_qr_format_bits(enum sp_qr_ecc ecc, int mask)
{
    static const unsigned indicator[SP_QR_ECC_COUNT] = {
        [SP_QR_ECC_L] = 1, [SP_QR_ECC_M] = 0, [SP_QR_ECC_Q] = 3, [SP_QR_ECC_H] = 2};
    return with_rest(indicator[ecc] << 3 | (unsigned)mask, 0x537, 10) ^ 0x5412;
}

unsigned sp_qr_version_bits(int version)
{
    return with_rest((unsigned)version, 0x1F25, 12);
}
