#include "code/qr_codeword.h"

#include "base/check.h"
#include "code/qr_words.h"

#include <string.h>

/* Products in the field of 256 elements modulo x^8 + x^4 + x^3 + x^2 + 1 (7.5.2). */
static unsigned multiply(unsigned a, unsigned b)
{
    unsigned product = 0;
    for (; b; b >>= 1) {
        product ^= b & 1 ? a : 0;
        a = a << 1 ^ (a & 0x80 ? 0x11D : 0);
    }
    return product;
}

/* The product of (x - 2^i) for i below `check`, without its leading 1, highest power first. */
static void polynomial(int check, uint8_t coefficient[SP_QR_CHECK_MAX])
{
    memset(coefficient, 0, SP_QR_CHECK_MAX);
    coefficient[check - 1] = 1;
    unsigned root = 1;
    for (int i = 0; i < check; i++) {
        for (int j = 0; j < check; j++) {
            const unsigned next = j + 1 < check ? coefficient[j + 1] : 0;
            coefficient[j] = (uint8_t)(multiply(coefficient[j], root) ^ next);
        }
        root = multiply(root, 2);
    }
}

static void product(const uint8_t *coefficient, unsigned factor, uint64_t out[SP_QR_CHECK_WORDS])
{
    memset(out, 0, sizeof(uint64_t) * SP_QR_CHECK_WORDS);
    for (int i = 0; i < SP_QR_CHECK_MAX; i++)
        out[i / 8] |= (uint64_t)multiply(coefficient[i], factor) << (56 - i % 8 * 8);
}

void sp_qr_generator_make(struct sp_qr_generator *generator, int check)
{
    SP_ASSERT(check >= 1 && check <= SP_QR_CHECK_MAX);
    uint8_t coefficient[SP_QR_CHECK_MAX];
    polynomial(check, coefficient);
    memset(generator, 0, sizeof *generator);
    generator->check = check;
    /* Multiplying is linear: eight products make all the others. */
    for (unsigned bit = 1; bit < 16; bit *= 2) {
        product(coefficient, bit, generator->low[bit]);
        product(coefficient, bit << 4, generator->high[bit]);
        for (unsigned rest = 1; rest < bit; rest++) {
            for (int i = 0; i < SP_QR_CHECK_WORDS; i++) {
                generator->low[bit + rest][i] = generator->low[bit][i] ^ generator->low[rest][i];
                generator->high[bit + rest][i] = generator->high[bit][i] ^ generator->high[rest][i];
            }
        }
    }
}

SP_QR_INLINE void divide(const struct sp_qr_generator *generator, const uint8_t *data, int count,
                         uint8_t *check, const int words)
{
    uint64_t rest[SP_QR_CHECK_WORDS] = {0};
    for (int i = 0; i < count; i++) {
        const unsigned factor = (unsigned)(rest[0] >> 56) ^ data[i];
        const uint64_t *high = generator->high[factor >> 4];
        const uint64_t *low = generator->low[factor & 15];
        uint64_t next[SP_QR_CHECK_WORDS];
        SP_QR_UNROLL
        for (int w = 0; w < words; w++)
            next[w] = sp_qr_left(rest, w, 8, words) ^ high[w] ^ low[w];
        SP_QR_UNROLL
        for (int w = 0; w < words; w++)
            rest[w] = next[w];
    }
    for (int i = 0; i < generator->check; i++)
        check[i] = (uint8_t)(rest[i / 8] >> (56 - i % 8 * 8));
}

void sp_qr_generator_divide(const struct sp_qr_generator *generator, const uint8_t *data, int count,
                            uint8_t check[SP_QR_CHECK_MAX])
{
    switch ((generator->check + 7) / 8) {
    case 1:
        divide(generator, data, count, check, 1);
        break;
    case 2:
        divide(generator, data, count, check, 2);
        break;
    case 3:
        divide(generator, data, count, check, 3);
        break;
    default:
        divide(generator, data, count, check, 4);
    }
}

static void turn_bits_round(uint8_t *stream, int count)
{
    for (int i = 0; i < count; i += 8) {
        uint64_t word;
        memcpy(&word, stream + i, 8);
        word = (word >> 1 & 0x5555555555555555u) | (word & 0x5555555555555555u) << 1;
        word = (word >> 2 & 0x3333333333333333u) | (word & 0x3333333333333333u) << 2;
        word = (word >> 4 & 0x0F0F0F0F0F0F0F0Fu) | (word & 0x0F0F0F0F0F0F0F0Fu) << 4;
        memcpy(stream + i, &word, 8);
    }
}

void sp_qr_stream_make(const struct sp_qr_generator *generator, const struct sp_qr_blocks *blocks,
                       const uint8_t *data, uint8_t *stream)
{
    const int step = blocks->block_count;
    SP_ASSERT(blocks->check == generator->check);
    for (int b = 0; b < step; b++) {
        const bool is_long = b >= blocks->short_count;
        const int count = blocks->short_data + is_long;
        uint8_t check[SP_QR_CHECK_MAX];
        sp_qr_generator_divide(generator, data, count, check);
        for (int i = 0; i < blocks->short_data; i++)
            stream[i * step + b] = data[i];
        if (is_long)
            stream[blocks->short_data * step + b - blocks->short_count] = data[count - 1];
        for (int i = 0; i < blocks->check; i++)
            stream[blocks->data + i * step + b] = check[i];
        data += count;
    }
    memset(stream + blocks->codewords, 0, SP_QR_STREAM_SLACK);
    turn_bits_round(stream, blocks->codewords);
}
