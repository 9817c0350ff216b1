#include "code/qr_table.h"

#include "base/check.h"

struct split {
    uint8_t check;
    uint8_t block_count;
};

struct version {
    uint16_t codewords;
    uint8_t alignment_step; /* between alignment patterns, from the last one backwards */
    struct split split[SP_QR_ECC_COUNT];
};

/* clang-format off */
static const struct version versions[SP_QR_VERSION_MAX] = {
    {  26,  0, {{ 7,  1}, {10,  1}, {13,  1}, {17,  1}}}, /* 1 */
    {  44,  0, {{10,  1}, {16,  1}, {22,  1}, {28,  1}}}, /* 2 */
    {  70,  0, {{15,  1}, {26,  1}, {18,  2}, {22,  2}}}, /* 3 */
    { 100,  0, {{20,  1}, {18,  2}, {26,  2}, {16,  4}}}, /* 4 */
    { 134,  0, {{26,  1}, {24,  2}, {18,  4}, {22,  4}}}, /* 5 */
    { 172,  0, {{18,  2}, {16,  4}, {24,  4}, {28,  4}}}, /* 6 */
    { 196, 16, {{20,  2}, {18,  4}, {18,  6}, {26,  5}}}, /* 7 */
    { 242, 18, {{24,  2}, {22,  4}, {22,  6}, {26,  6}}}, /* 8 */
    { 292, 20, {{30,  2}, {22,  5}, {20,  8}, {24,  8}}}, /* 9 */
    { 346, 22, {{18,  4}, {26,  5}, {24,  8}, {28,  8}}}, /* 10 */
    { 404, 24, {{20,  4}, {30,  5}, {28,  8}, {24, 11}}}, /* 11 */
    { 466, 26, {{24,  4}, {22,  8}, {26, 10}, {28, 11}}}, /* 12 */
    { 532, 28, {{26,  4}, {22,  9}, {24, 12}, {22, 16}}}, /* 13 */
    { 581, 20, {{30,  4}, {24,  9}, {20, 16}, {24, 16}}}, /* 14 */
    { 655, 22, {{22,  6}, {24, 10}, {30, 12}, {24, 18}}}, /* 15 */
    { 733, 24, {{24,  6}, {28, 10}, {24, 17}, {30, 16}}}, /* 16 */
    { 815, 24, {{28,  6}, {28, 11}, {28, 16}, {28, 19}}}, /* 17 */
    { 901, 26, {{30,  6}, {26, 13}, {28, 18}, {28, 21}}}, /* 18 */
    { 991, 28, {{28,  7}, {26, 14}, {26, 21}, {26, 25}}}, /* 19 */
    {1085, 28, {{28,  8}, {26, 16}, {30, 20}, {28, 25}}}, /* 20 */
    {1156, 22, {{28,  8}, {26, 17}, {28, 23}, {30, 25}}}, /* 21 */
    {1258, 24, {{28,  9}, {28, 17}, {30, 23}, {24, 34}}}, /* 22 */
    {1364, 24, {{30,  9}, {28, 18}, {30, 25}, {30, 30}}}, /* 23 */
    {1474, 26, {{30, 10}, {28, 20}, {30, 27}, {30, 32}}}, /* 24 */
    {1588, 26, {{26, 12}, {28, 21}, {30, 29}, {30, 35}}}, /* 25 */
    {1706, 28, {{28, 12}, {28, 23}, {28, 34}, {30, 37}}}, /* 26 */
    {1828, 28, {{30, 12}, {28, 25}, {30, 34}, {30, 40}}}, /* 27 */
    {1921, 24, {{30, 13}, {28, 26}, {30, 35}, {30, 42}}}, /* 28 */
    {2051, 24, {{30, 14}, {28, 28}, {30, 38}, {30, 45}}}, /* 29 */
    {2185, 26, {{30, 15}, {28, 29}, {30, 40}, {30, 48}}}, /* 30 */
    {2323, 26, {{30, 16}, {28, 31}, {30, 43}, {30, 51}}}, /* 31 */
    {2465, 26, {{30, 17}, {28, 33}, {30, 45}, {30, 54}}}, /* 32 */
    {2611, 28, {{30, 18}, {28, 35}, {30, 48}, {30, 57}}}, /* 33 */
    {2761, 28, {{30, 19}, {28, 37}, {30, 51}, {30, 60}}}, /* 34 */
    {2876, 24, {{30, 19}, {28, 38}, {30, 53}, {30, 63}}}, /* 35 */
    {3034, 26, {{30, 20}, {28, 40}, {30, 56}, {30, 66}}}, /* 36 */
    {3196, 26, {{30, 21}, {28, 43}, {30, 59}, {30, 70}}}, /* 37 */
    {3362, 26, {{30, 22}, {28, 45}, {30, 62}, {30, 74}}}, /* 38 */
    {3532, 28, {{30, 24}, {28, 47}, {30, 65}, {30, 77}}}, /* 39 */
    {3706, 28, {{30, 25}, {28, 49}, {30, 68}, {30, 81}}}, /* 40 */
};
/* clang-format on */

static const struct version *version_at(int version)
{
    SP_ASSERT(version >= SP_QR_VERSION_MIN && version <= SP_QR_VERSION_MAX);
    return &versions[version - 1];
}

static int data_codewords(int version, enum sp_qr_ecc ecc)
{
    SP_ASSERT((unsigned)ecc < SP_QR_ECC_COUNT);
    const struct version *entry = version_at(version);
    return entry->codewords - entry->split[ecc].check * entry->split[ecc].block_count;
}

struct sp_qr_blocks sp_qr_blocks_of(int version, enum sp_qr_ecc ecc)
{
    struct sp_qr_blocks blocks;
    const struct split *split = &version_at(version)->split[ecc];
    blocks.codewords = version_at(version)->codewords;
    blocks.data = data_codewords(version, ecc);
    blocks.block_count = split->block_count;
    blocks.check = split->check;
    blocks.short_count = split->block_count - blocks.data % split->block_count;
    blocks.short_data = blocks.data / split->block_count;
    return blocks;
}

int sp_qr_data_bits(int version, enum sp_qr_ecc ecc)
{
    return 8 * data_codewords(version, ecc);
}

static int bits_after_header(int version, enum sp_qr_ecc ecc, enum sp_qr_mode mode)
{
    return sp_qr_data_bits(version, ecc) - SP_QR_MODE_BITS -
           sp_qr_count_bits(mode, sp_qr_range(version));
}

/* Three digits take 10 bits, two 7, one 4. */
int sp_qr_digits_max(int version, enum sp_qr_ecc ecc)
{
    const int bits = bits_after_header(version, ecc, SP_QR_NUMERIC);
    return bits / 10 * 3 + (bits % 10 >= 7 ? 2 : bits % 10 >= 4 ? 1 : 0);
}

/* Two characters take 11 bits, one 6. */
int sp_qr_alphanumerics_max(int version, enum sp_qr_ecc ecc)
{
    const int bits = bits_after_header(version, ecc, SP_QR_ALPHANUMERIC);
    return bits / 11 * 2 + (bits % 11 >= 6 ? 1 : 0);
}

size_t sp_qr_bytes_max(int version, enum sp_qr_ecc ecc, bool eci)
{
    const int bits = bits_after_header(version, ecc, SP_QR_BYTE);
    return (size_t)(bits - (eci ? SP_QR_ECI_HEADER_BITS : 0)) / 8;
}

/* The first centre is always 6, the last always in line with the finder patterns. */
int sp_qr_alignments(int version, int centre[SP_QR_ALIGNMENTS_MAX])
{
    if (version == 1)
        return 0;
    const int count = version / 7 + 2;
    const int step = version_at(version)->alignment_step;
    centre[0] = 6;
    for (int i = 1; i < count; i++)
        centre[i] = SP_QR_SIZE(version) - 7 - step * (count - 1 - i);
    return count;
}

int sp_qr_count_bits(enum sp_qr_mode mode, int range)
{
    static const uint8_t bits[SP_QR_MODE_COUNT][SP_QR_RANGE_COUNT] = {
        [SP_QR_NUMERIC] = {10, 12, 14},
        [SP_QR_ALPHANUMERIC] = {9, 11, 13},
        [SP_QR_BYTE] = {8, 16, 16},
        [SP_QR_KANJI] = {8, 10, 12},
    };
    return bits[mode][range];
}
