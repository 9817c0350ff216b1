#include "record/record_random.h"

#include "base/check.h"
#include "base/utf8.h"

#include <sodium.h>
#include <string.h>

static unsigned rounds_for(unsigned bits)
{
    return bits >= 32 ? 12 : bits >= 20 ? 18 : bits >= 14 ? 24 : bits >= 10 ? 30 : 36;
}

static uint64_t little_endian(const unsigned char bytes[8])
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value |= (uint64_t)bytes[i] << 8 * i;
    return value;
}

void sp_random_init(struct sp_random *random, const unsigned char seed[SP_SEED_BYTES],
                    unsigned field_index, unsigned bits)
{
    static const char purpose[] = "smallpress id";
    unsigned char message[sizeof purpose - 1 + 3];
    SP_ASSERT(bits >= SP_RANDOM_BITS_MIN && bits <= SP_RANDOM_BITS_MAX);
    SP_ASSERT(field_index <= UINT8_MAX);
    random->bits = bits;
    random->low_bits = bits - bits / 2;
    random->rounds = rounds_for(bits);
    memcpy(message, purpose, sizeof purpose - 1);
    unsigned char *tweak = message + sizeof purpose - 1;
    tweak[0] = (unsigned char)field_index;
    tweak[1] = (unsigned char)bits;
    for (unsigned round = 0; round < random->rounds; round++) {
        tweak[2] = (unsigned char)round;
        unsigned char key[16];
        const int failed =
            crypto_generichash(key, sizeof key, message, sizeof message, seed, SP_SEED_BYTES);
        SP_ASSERT(failed == 0);
        random->keys[round][0] = little_endian(key);
        random->keys[round][1] = little_endian(key + 8);
    }
}

uint64_t sp_random_capacity(unsigned bits)
{
    return bits < 64 ? UINT64_C(1) << bits : UINT64_MAX;
}

unsigned sp_random_digits_for(uint64_t count)
{
    unsigned digits = 1;
    while (sp_random_capacity(digits * SP_RANDOM_BITS_PER_DIGIT) < count)
        digits++;
    return digits;
}

static inline uint64_t rotated(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static inline void sip_rounds(uint64_t v[4], int rounds)
{
    for (int i = 0; i < rounds; i++) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = rotated(v[1], 13) ^ v[0];
        v[3] = rotated(v[3], 16) ^ v[2];
        v[0] = rotated(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = rotated(v[1], 17) ^ v[2];
        v[3] = rotated(v[3], 21) ^ v[0];
        v[2] = rotated(v[2], 32);
    }
}

/*
 * F of the header: SipHash-2-4 of exactly eight bytes, which are one word of message and one that
 * holds the length. libsodium has it too and the tests compare them; but this is called a dozen
 * times for every id, and an id from words is made in less than half the time of one from bytes.
 */
static inline uint64_t mix(const uint64_t key[2], uint64_t x)
{
    uint64_t v[4] = {key[0] ^ UINT64_C(0x736F6D6570736575), key[1] ^ UINT64_C(0x646F72616E646F6D),
                     key[0] ^ UINT64_C(0x6C7967656E657261), key[1] ^ UINT64_C(0x7465646279746573)};
    const uint64_t words[2] = {x, UINT64_C(8) << 56};
    for (int i = 0; i < 2; i++) {
        v[3] ^= words[i];
        sip_rounds(v, 2);
        v[0] ^= words[i];
    }
    v[2] ^= 0xFF;
    sip_rounds(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

struct sp_random_value sp_random_at(const struct sp_random *random, uint64_t index)
{
    SP_ASSERT(random->bits >= 64 || index >> random->bits == 0);
    const unsigned low_bits = random->low_bits;
    const uint64_t low_mask = (UINT64_C(1) << low_bits) - 1;
    const uint64_t high_mask = (UINT64_C(1) << (random->bits - low_bits)) - 1;
    uint64_t a = index >> low_bits;
    uint64_t b = index & low_mask;
    /* The number of rounds is even in every row of the table. */
    for (unsigned round = 0; round < random->rounds; round += 2) {
        a ^= mix(random->keys[round], b) & high_mask;
        b ^= mix(random->keys[round + 1], a) & low_mask;
    }
    /* low_bits is 3 to 61, so neither shift is by 64. */
    return (struct sp_random_value){.high = a >> (64 - low_bits), .low = a << low_bits | b};
}

/* The `bits` (fewer than 64) of a value that begin `shift` bits from its low end. */
static unsigned bits_at(struct sp_random_value value, unsigned shift, unsigned bits)
{
    const uint64_t shifted = shift >= 64  ? value.high >> (shift - 64)
                             : shift == 0 ? value.low
                                          : value.high << (64 - shift) | value.low >> shift;
    return (unsigned)(shifted & ((UINT64_C(1) << bits) - 1));
}

void sp_random_digits(struct sp_random_value value, unsigned bits, unsigned digits, char *out)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    SP_ASSERT(digits * SP_RANDOM_BITS_PER_DIGIT <= bits);
    for (unsigned i = 0; i < digits; i++)
        out[i] = alphabet[bits_at(value, bits - SP_RANDOM_BITS_PER_DIGIT * (i + 1), 5)];
}

void sp_random_uuid(struct sp_random_value value, char *out)
{
    static const char hex[] = "0123456789abcdef";
    unsigned shift = SP_RANDOM_BITS_MAX;
    for (int i = 0; i < SP_UUID_LENGTH; i++) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            out[i] = '-';
        } else if (i == 14) {
            out[i] = '4'; /* the version */
        } else if (i == 19) {
            shift -= 2;
            out[i] = hex[8 | bits_at(value, shift, 2)]; /* the variant: 10 and two random bits */
        } else {
            shift -= 4;
            out[i] = hex[bits_at(value, shift, 4)];
        }
    }
    SP_ASSERT(shift == 0);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

enum sp_status sp_seed_parse(const char *text, unsigned char seed[SP_SEED_BYTES],
                             struct sp_err *err)
{
    char quote[SP_UTF8_QUOTE_BYTES];
    const size_t length = strlen(text);
    unsigned char bytes[SP_SEED_BYTES] = {0};
    for (size_t i = 0; i < length; i++) {
        const int digit = hex_value(text[i]);
        if (digit < 0)
            return sp_fail(err, SP_BAD_SPEC,
                           "the seed `%s` is not hexadecimal: a seed is 32 digits from 0-9 and a-f",
                           sp_utf8_quote(quote, sizeof quote, text, length));
        if (i < 2 * SP_SEED_BYTES)
            bytes[i / 2] = (unsigned char)(bytes[i / 2] << 4 | digit);
    }
    if (length != 2 * SP_SEED_BYTES)
        return sp_fail(
            err, SP_BAD_SPEC,
            "the seed `%s` has %zu digits: a seed is 32 hexadecimal digits, and leaving it "
            "out makes a new one",
            sp_utf8_quote(quote, sizeof quote, text, length), length);
    memcpy(seed, bytes, sizeof bytes);
    return SP_OK;
}

enum sp_status sp_seed_make(unsigned char seed[SP_SEED_BYTES], struct sp_err *err)
{
    if (sodium_init() < 0)
        return sp_fail(err, SP_IO, "the system has no random bytes to make a seed of: give one");
    randombytes_buf(seed, SP_SEED_BYTES);
    return SP_OK;
}

void sp_seed_format(const unsigned char seed[SP_SEED_BYTES], char out[SP_SEED_TEXT_BYTES])
{
    (void)sodium_bin2hex(out, SP_SEED_TEXT_BYTES, seed, SP_SEED_BYTES);
}
