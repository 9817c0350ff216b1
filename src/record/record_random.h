/*
 * Random ids that cannot repeat.
 *
 * The id of record i is a keyed permutation of i. Two records therefore never share an id, without
 * anyone keeping a list of those given out: the memory is one small table of keys for any number of
 * records, and any record's id can be worked out alone. Without the seed the ids cannot be told
 * from random ones, and knowing some of them does not help to guess others.
 *
 * The permutation
 *
 * It works on numbers of b bits, 5 to 122: 5k for k digits of base 32, 122 for a UUID. They are
 * split into a high part A of b / 2 bits, rounded down, and a low part B of the rest, and mixed by
 * an alternating Feistel network. Round r, from 0, takes
 *
 *     A = A xor F(r, B)   where r is even        B = B xor F(r, A)   where r is odd
 *
 * keeping as many low bits of F as the part has. Each round undoes itself, so the whole is a
 * permutation whatever F is. F(r, x) is SipHash-2-4 (Aumasson and Bernstein, 2012), as a 64-bit
 * number, of the eight bytes of x, lowest first, under a key of its own for each round:
 *
 *     BLAKE2b (RFC 7693), 16 bytes out, keyed with the seed, of
 *     "smallpress id", then a byte each for the field, the bits b and the round
 *
 * so that two random fields of one pattern, and domains of different size, have nothing in common.
 *
 * How many rounds. Four rounds of independent pseudorandom functions make a strong pseudorandom
 * permutation (Luby and Rackoff, 1988), but the proof fades near 2^(b/4) ids, and small domains are
 * where attacks on few rounds live: those on the eight and ten rounds of NIST SP 800-38G led the
 * draft of its first revision to refuse domains under a million. We cannot refuse, since {random:2}
 * is a thing to ask for, so the rounds grow as the domain shrinks, as the FFX proposal to NIST
 * (Bellare, Rogaway and Spies, 2010) has it in its binary parameter set, which begins at 8 bits:
 *
 *     bits     to 9   10-13   14-19   20-31   32 and up
 *     rounds     36      30      24      18      12
 *
 * What no permutation can help: of 32^k possible ids, N are in use, and a blind guess hits one of
 * them once in 32^k / N times. Ids that must not be guessed need digits to spare.
 *
 * The same bytes come out on every machine; the definition above is frozen by tests.
 */
#ifndef SP_RECORD_RANDOM_H
#define SP_RECORD_RANDOM_H

#include <smallpress/status.h>

#include <stddef.h>
#include <stdint.h>

/* 128 bits: nobody will try them all. */
#define SP_SEED_BYTES 16

/* What sp_seed_format writes, end of string included. */
#define SP_SEED_TEXT_BYTES (2 * SP_SEED_BYTES + 1)

/* Digits of {random:k}: 24 are 120 bits, the last whole digit below a UUID's 122. */
#define SP_RANDOM_DIGITS_MAX     24

#define SP_RANDOM_BITS_PER_DIGIT 5
#define SP_RANDOM_BITS_MIN       5
#define SP_RANDOM_BITS_MAX       122
#define SP_RANDOM_ROUNDS_MAX     36

#define SP_UUID_LENGTH           36

/* A permutation. Nothing in it changes after init, so threads may share it. */
struct sp_random {
    unsigned bits;
    unsigned low_bits; /* of part B; part A has the rest */
    unsigned rounds;
    uint64_t keys[SP_RANDOM_ROUNDS_MAX][2];
};

/* A number of up to 128 bits. */
struct sp_random_value {
    uint64_t high;
    uint64_t low;
};

/*
 * The permutation of `bits` (SP_RANDOM_BITS_MIN to MAX) that belongs to a seed and a field of the
 * pattern (0 to 255).
 */
void sp_random_init(struct sp_random *random, const unsigned char seed[SP_SEED_BYTES],
                    unsigned field_index, unsigned bits);

/* How many values there are: 2^bits, or UINT64_MAX where 64 bits do not hold that. */
uint64_t sp_random_capacity(unsigned bits);

/* The digits that {random:k} needs so that `count` values differ: 1 to 13. */
unsigned sp_random_digits_for(uint64_t count);

/* The value at an index, which must be below 2^bits. Different indexes, different values. */
struct sp_random_value sp_random_at(const struct sp_random *random, uint64_t index);

/*
 * Writes the upper 5 × `digits` bits of a value of `bits` as so many digits of Crockford's base 32,
 * 0-9 and A-Z without I, L, O and U, the highest first, without an end of string. All of them are
 * in the alphanumeric set of QR codes.
 */
void sp_random_digits(struct sp_random_value value, unsigned bits, unsigned digits, char *out);

/*
 * Writes a value of 122 bits as a version 4 UUID (RFC 9562, section 5.4), lower case:
 * SP_UUID_LENGTH bytes without an end of string.
 */
void sp_random_uuid(struct sp_random_value value, char *out);

/*
 * Reads a seed: exactly 32 hexadecimal digits, in capitals or not. SP_BAD_SPEC otherwise, for
 * shorter ones too: they could be found by trying, and the ids with them.
 */
SP_MUST_CHECK enum sp_status sp_seed_parse(const char *text, unsigned char seed[SP_SEED_BYTES],
                                           struct sp_err *err);

/* Makes a seed from the system's random bytes. SP_IO if it has none to give. */
SP_MUST_CHECK enum sp_status sp_seed_make(unsigned char seed[SP_SEED_BYTES], struct sp_err *err);

/* Writes a seed as the 32 lower-case digits that sp_seed_parse reads, and an end of string. */
void sp_seed_format(const unsigned char seed[SP_SEED_BYTES], char out[SP_SEED_TEXT_BYTES]);

#endif
