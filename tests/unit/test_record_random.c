/*
 * Random ids: the permutation is one, is the one its header defines, and looks random.
 *
 * The vectors were made once by a second implementation, written in Python from the header alone:
 * hashlib.blake2b for the keys and a SipHash-2-4 of its own, checked against the vector in appendix
 * A of the SipHash paper.
 */
#include "support/unit.h"

#include "record/record_random.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const unsigned char counting[SP_SEED_BYTES] = {0, 1, 2,  3,  4,  5,  6,  7,
                                                      8, 9, 10, 11, 12, 13, 14, 15};
static const unsigned char falling[SP_SEED_BYTES] = {
    0xF0, 0xE1, 0xD2, 0xC3, 0xB4, 0xA5, 0x96, 0x87, 0x78, 0x69, 0x5A, 0x4B, 0x3C, 0x2D, 0x1E, 0x0F};

/* `digits` 0 is a UUID. */
static const struct {
    const unsigned char *seed;
    unsigned field;
    unsigned digits;
    uint64_t index;
    const char *text;
} vectors[] = {
    {counting, 0, 1, UINT64_C(0), "2"},
    {counting, 0, 1, UINT64_C(1), "H"},
    {counting, 0, 1, UINT64_C(31), "E"},
    {counting, 0, 2, UINT64_C(0), "XA"},
    {counting, 0, 2, UINT64_C(1), "MQ"},
    {counting, 0, 2, UINT64_C(1023), "SB"},
    {counting, 1, 3, UINT64_C(0), "J4Z"},
    {counting, 1, 3, UINT64_C(1), "QRP"},
    {counting, 1, 3, UINT64_C(32767), "QTK"},
    {counting, 0, 4, UINT64_C(0), "3R6C"},
    {counting, 0, 4, UINT64_C(1), "654Q"},
    {counting, 0, 4, UINT64_C(1048575), "97PF"},
    {counting, 0, 5, UINT64_C(0), "RC10Y"},
    {counting, 0, 5, UINT64_C(1), "G44Q1"},
    {counting, 0, 5, UINT64_C(33554431), "3EWAB"},
    {counting, 2, 7, UINT64_C(0), "ZYZ9SC5"},
    {counting, 2, 7, UINT64_C(1), "47XRRM9"},
    {counting, 2, 7, UINT64_C(34359738367), "QJGR7RF"},
    {counting, 0, 10, UINT64_C(0), "SEC2YCEFP3"},
    {counting, 0, 10, UINT64_C(1), "CDW7VJ902F"},
    {counting, 0, 10, UINT64_C(1125899906842623), "M2R0SSTMRJ"},
    {counting, 1, 10, UINT64_C(0), "N60VCTCS4A"},
    {counting, 1, 10, UINT64_C(1), "KH1VNZND5P"},
    {counting, 1, 10, UINT64_C(1125899906842623), "578ZARJ6V3"},
    {counting, 0, 12, UINT64_C(0), "DR9EF3TYQZVW"},
    {counting, 0, 12, UINT64_C(1), "0SYQA6990R0X"},
    {counting, 0, 12, UINT64_C(1152921504606846975), "5HGVCY8AJKSS"},
    {counting, 0, 13, UINT64_C(0), "PV55K94ZNJGJ9"},
    {counting, 0, 13, UINT64_C(1), "4QEBTR7554ZA4"},
    {counting, 0, 13, UINT64_C(18446744073709551615), "2DQQ0SE77B0Z8"},
    {counting, 3, 24, UINT64_C(0), "R8NCXRXDV4JKWZ87NDJT4R6X"},
    {counting, 3, 24, UINT64_C(1), "W3SSYDA0Y6SG3HNJF7ASTYX3"},
    {counting, 3, 24, UINT64_C(18446744073709551615), "E2TNDMBCKDZ8WGMWEH7JKCHJ"},
    {counting, 0, 0, UINT64_C(0), "3bc841a3-6b01-402c-9bc7-d70190292f81"},
    {counting, 0, 0, UINT64_C(1), "16857ac7-f302-4724-88ad-a4899c20b0d0"},
    {counting, 0, 0, UINT64_C(18446744073709551615), "71f2cb46-1b65-4a71-a949-fc0258d7f07f"},
    {falling, 0, 1, UINT64_C(0), "T"},
    {falling, 0, 1, UINT64_C(1), "1"},
    {falling, 0, 1, UINT64_C(31), "8"},
    {falling, 0, 2, UINT64_C(0), "JG"},
    {falling, 0, 2, UINT64_C(1), "7Q"},
    {falling, 0, 2, UINT64_C(1023), "6G"},
    {falling, 1, 3, UINT64_C(0), "1EC"},
    {falling, 1, 3, UINT64_C(1), "6QX"},
    {falling, 1, 3, UINT64_C(32767), "7XV"},
    {falling, 0, 4, UINT64_C(0), "XMNT"},
    {falling, 0, 4, UINT64_C(1), "Z90R"},
    {falling, 0, 4, UINT64_C(1048575), "WGVB"},
    {falling, 0, 5, UINT64_C(0), "NTFRH"},
    {falling, 0, 5, UINT64_C(1), "95F54"},
    {falling, 0, 5, UINT64_C(33554431), "QZBRV"},
    {falling, 2, 7, UINT64_C(0), "392CGWY"},
    {falling, 2, 7, UINT64_C(1), "F2N5CX6"},
    {falling, 2, 7, UINT64_C(34359738367), "8869GGH"},
    {falling, 0, 10, UINT64_C(0), "XHE0CG8AVK"},
    {falling, 0, 10, UINT64_C(1), "5Y2D9XASVT"},
    {falling, 0, 10, UINT64_C(1125899906842623), "EGAHKG214S"},
    {falling, 1, 10, UINT64_C(0), "GT6DKCE7MY"},
    {falling, 1, 10, UINT64_C(1), "HDRBAZYC00"},
    {falling, 1, 10, UINT64_C(1125899906842623), "MG45HBNQNG"},
    {falling, 0, 12, UINT64_C(0), "KP0QN3C21X69"},
    {falling, 0, 12, UINT64_C(1), "H15S4RN0MEF9"},
    {falling, 0, 12, UINT64_C(1152921504606846975), "HNY68TG847VM"},
    {falling, 0, 13, UINT64_C(0), "R4TJ3FNRK7VF7"},
    {falling, 0, 13, UINT64_C(1), "G47WDH1C36BBN"},
    {falling, 0, 13, UINT64_C(18446744073709551615), "Q1NWS56FB0DYB"},
    {falling, 3, 24, UINT64_C(0), "J3W3N9N5AE29N7ZDEM9E0RR9"},
    {falling, 3, 24, UINT64_C(1), "1P5JB8GQNZP0P7FNX3J2EMB1"},
    {falling, 3, 24, UINT64_C(18446744073709551615), "NJ1K7D1NRCNH4ZAG6BH8DTEG"},
    {falling, 0, 0, UINT64_C(0), "333e7945-fbfc-4835-b528-fe96a8734090"},
    {falling, 0, 0, UINT64_C(1), "abf0fa69-f229-48e8-b0cc-f511d3abcf17"},
    {falling, 0, 0, UINT64_C(18446744073709551615), "ddfdf025-8217-4439-8d6e-1520e5c4ac4a"},
};

static void ids_are_the_defined_ones(void **state)
{
    for (size_t i = 0; i < COUNT(vectors); i++) {
        const unsigned digits = vectors[i].digits;
        const unsigned bits = digits ? 5 * digits : SP_RANDOM_BITS_MAX;
        struct sp_random random;
        char text[SP_UUID_LENGTH + 1] = "";
        sp_random_init(&random, vectors[i].seed, vectors[i].field, bits);
        const struct sp_random_value value = sp_random_at(&random, vectors[i].index);
        if (digits)
            sp_random_digits(value, bits, digits, text);
        else
            sp_random_uuid(value, text);
        assert_string_equal(text, vectors[i].text);
    }
}

/* The network again, bit by bit in one number, with libsodium's SipHash. */
static struct sp_random_value reference_at(const unsigned char *seed, unsigned field, unsigned bits,
                                           unsigned rounds, uint64_t index)
{
    const unsigned low_bits = (bits + 1) / 2;
    uint64_t part[2] = {index % (UINT64_C(1) << low_bits), index / (UINT64_C(1) << low_bits)};
    const unsigned sizes[2] = {low_bits, bits - low_bits};
    for (unsigned round = 0; round < rounds; round++) {
        unsigned char message[16] = {'s', 'm', 'a', 'l', 'l', 'p', 'r',
                                     'e', 's', 's', ' ', 'i', 'd'};
        unsigned char key[16];
        unsigned char in[8];
        unsigned char out[8];
        message[13] = (unsigned char)field;
        message[14] = (unsigned char)bits;
        message[15] = (unsigned char)round;
        (void)crypto_generichash(key, 16, message, 16, seed, 16);
        const unsigned from = round % 2;
        for (int i = 0; i < 8; i++)
            in[i] = (unsigned char)(part[from] >> 8 * i & 0xFF);
        (void)crypto_shorthash_siphash24(out, in, 8, key);
        for (unsigned bit = 0; bit < sizes[1 - from]; bit++)
            part[1 - from] ^= (uint64_t)(out[bit / 8] >> bit % 8 & 1) << bit;
    }
    struct sp_random_value value = {0};
    for (unsigned bit = 0; bit < bits; bit++) {
        const uint64_t one = bit < low_bits ? part[0] >> bit & 1 : part[1] >> (bit - low_bits) & 1;
        if (bit < 64)
            value.low |= one << bit;
        else
            value.high |= one << (bit - 64);
    }
    return value;
}

static void every_size_agrees_with_the_reference(void **state)
{
    uint64_t index = 88172645463325252u;
    for (unsigned bits = SP_RANDOM_BITS_MIN; bits <= SP_RANDOM_BITS_MAX; bits++) {
        const unsigned rounds = bits < 10   ? 36
                                : bits < 14 ? 30
                                : bits < 20 ? 24
                                : bits < 32 ? 18
                                            : 12;
        struct sp_random random;
        sp_random_init(&random, falling, bits % 7, bits);
        for (int i = 0; i < 50; i++) {
            index = index * 6364136223846793005u + 1442695040888963407u;
            const uint64_t within = bits < 64 ? index >> (64 - bits) : index;
            const struct sp_random_value value = sp_random_at(&random, within);
            const struct sp_random_value expected =
                reference_at(falling, bits % 7, bits, rounds, within);
            assert_int_equal(value.low, expected.low);
            assert_int_equal(value.high, expected.high);
        }
    }
}

/* Every value of the domain comes out exactly once. */
static void small_domains_are_permuted(void **state)
{
    static unsigned char seen[1 << 20];
    for (unsigned bits = SP_RANDOM_BITS_MIN; bits <= 20; bits++) {
        const unsigned seeds = bits == 20 ? 2 : 5;
        for (unsigned seed_index = 0; seed_index < seeds; seed_index++) {
            unsigned char seed[SP_SEED_BYTES] = {(unsigned char)seed_index, 0xA7};
            struct sp_random random;
            sp_random_init(&random, seed, seed_index % 3, bits);
            const uint64_t size = sp_random_capacity(bits);
            assert_int_equal(size, UINT64_C(1) << bits);
            memset(seen, 0, sizeof seen);
            uint64_t distinct = 0;
            for (uint64_t i = 0; i < size; i++) {
                const struct sp_random_value value = sp_random_at(&random, i);
                assert_int_equal(value.high, 0);
                assert_true(value.low < size);
                distinct += seen[value.low]++ == 0;
            }
            assert_int_equal(distinct, size);
        }
    }
}

static int compare_numbers(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a;
    const uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

#define MANY 1000000

static void a_million_ids_differ(void **state)
{
    static uint64_t values[MANY];
    struct sp_random random;
    sp_random_init(&random, counting, 0, 50);
    for (uint64_t i = 0; i < MANY; i++)
        values[i] = sp_random_at(&random, i).low;
    qsort(values, MANY, sizeof values[0], compare_numbers);
    for (size_t i = 1; i < MANY; i++)
        assert_true(values[i - 1] < values[i]);
}

/*
 * Whether the chi-square of 32 counts that should be equal is below 88. With 31 degrees of freedom
 * a fair source exceeds that once in a million tries; the seeds are fixed, so this one does not.
 */
static bool is_even(const uint32_t counts[32], uint32_t total)
{
    const int64_t expected = total / 32;
    int64_t squares = 0;
    for (int i = 0; i < 32; i++)
        squares += ((int64_t)counts[i] - expected) * ((int64_t)counts[i] - expected);
    return squares < 88 * expected;
}

#define SAMPLE 320000

static void digits_and_their_differences_are_even(void **state)
{
    for (unsigned seed_index = 0; seed_index < 4; seed_index++) {
        unsigned char seed[SP_SEED_BYTES] = {(unsigned char)seed_index};
        uint32_t digit_counts[10][32] = {{0}};
        uint32_t difference_counts[10][32] = {{0}};
        uint32_t pair_counts[9][32] = {{0}};
        struct sp_random random;
        sp_random_init(&random, seed, 0, 50);
        uint64_t last = sp_random_at(&random, SAMPLE).low;
        for (uint64_t i = 0; i < SAMPLE; i++) {
            const uint64_t value = sp_random_at(&random, i).low;
            const uint64_t difference = value - last;
            for (int digit = 0; digit < 10; digit++) {
                digit_counts[digit][value >> 5 * digit & 31]++;
                difference_counts[digit][difference >> 5 * digit & 31]++;
                if (digit < 9)
                    pair_counts[digit][(value >> 5 * digit ^ value >> 5 * (digit + 1)) & 31]++;
            }
            last = value;
        }
        for (int digit = 0; digit < 10; digit++) {
            assert_true(is_even(digit_counts[digit], SAMPLE));
            assert_true(is_even(difference_counts[digit], SAMPLE));
            if (digit < 9)
                assert_true(is_even(pair_counts[digit], SAMPLE));
        }
    }
}

/* One bit of the index, seed, field or size changes about half of the bits that come out. */
static void one_bit_changes_half(void **state)
{
    uint32_t changed[4] = {0};
    for (uint64_t i = 0; i < 1000; i++) {
        unsigned char seed[SP_SEED_BYTES] = {(unsigned char)i, (unsigned char)(i >> 8)};
        struct sp_random random[4];
        sp_random_init(&random[0], seed, 0, 60);
        sp_random_init(&random[1], seed, 1, 60);
        sp_random_init(&random[2], seed, 0, 61);
        seed[i % SP_SEED_BYTES] ^= 1;
        sp_random_init(&random[3], seed, 0, 60);
        const uint64_t value = sp_random_at(&random[0], i).low;
        const uint64_t mask = (UINT64_C(1) << 60) - 1;
        changed[0] +=
            (uint32_t)__builtin_popcountll(value ^ sp_random_at(&random[0], i ^ 1 << i % 20).low);
        for (int j = 1; j < 4; j++)
            changed[j] +=
                (uint32_t)__builtin_popcountll((value ^ sp_random_at(&random[j], i).low) & mask);
    }
    /* 30,000 expected, with a standard deviation of 122. */
    for (int j = 0; j < 4; j++)
        assert_in_range(changed[j], 30000 - 600, 30000 + 600);
}

static void capacity_and_digits_match(void **state)
{
    assert_int_equal(sp_random_capacity(5), 32);
    assert_int_equal(sp_random_capacity(63), UINT64_C(1) << 63);
    assert_int_equal(sp_random_capacity(64), UINT64_MAX);
    assert_int_equal(sp_random_capacity(122), UINT64_MAX);
    assert_int_equal(sp_random_digits_for(0), 1);
    assert_int_equal(sp_random_digits_for(32), 1);
    assert_int_equal(sp_random_digits_for(33), 2);
    assert_int_equal(sp_random_digits_for(UINT64_C(1) << 60), 12);
    assert_int_equal(sp_random_digits_for((UINT64_C(1) << 60) + 1), 13);
    assert_int_equal(sp_random_digits_for(UINT64_MAX), 13);
}

static void all_bits_reach_the_text(void **state)
{
    char text[SP_UUID_LENGTH + 1] = "";
    sp_random_digits((struct sp_random_value){0x00FFFFFFFFFFFFFF, UINT64_MAX}, 120, 24, text);
    assert_string_equal(text, "ZZZZZZZZZZZZZZZZZZZZZZZZ");
    /* 5-bit groups 1, 2, … 24: every digit from its own place. */
    struct sp_random_value value = {0};
    for (uint64_t i = 1; i <= 24; i++) {
        value.high = value.high << 5 | value.low >> 59;
        value.low = value.low << 5 | i;
    }
    sp_random_digits(value, 120, 24, text);
    assert_string_equal(text, "123456789ABCDEFGHJKMNPQR");
    sp_random_digits(value, 120, 3, (memset(text, 0, sizeof text), text));
    assert_string_equal(text, "123");
    sp_random_uuid((struct sp_random_value){0x03FFFFFFFFFFFFFF, UINT64_MAX}, text);
    assert_string_equal(text, "ffffffff-ffff-4fff-bfff-ffffffffffff");
    sp_random_uuid((struct sp_random_value){0, 0}, text);
    assert_string_equal(text, "00000000-0000-4000-8000-000000000000");
    sp_random_uuid((struct sp_random_value){0, UINT64_C(1) << 62}, text);
    assert_string_equal(text, "00000000-0000-4001-8000-000000000000");
}

static void seeds_are_read_and_written(void **state)
{
    unsigned char seed[SP_SEED_BYTES] = {0};
    char text[SP_SEED_TEXT_BYTES];
    assert_int_equal(sp_seed_parse("F0e1D2c3B4a5968778695A4b3C2d1E0f", seed, NULL), SP_OK);
    assert_memory_equal(seed, falling, sizeof seed);
    sp_seed_format(seed, text);
    assert_string_equal(text, "f0e1d2c3b4a5968778695a4b3c2d1e0f");
}

static void bad_seeds_are_explained(void **state)
{
    static const struct {
        const char *text;
        const char *sentence;
    } cases[] = {
        {"42",
         "the seed `42` has 2 digits: a seed is 32 hexadecimal digits, and leaving it out makes "
         "a new one"},
        {"",
         "the seed `` has 0 digits: a seed is 32 hexadecimal digits, and leaving it out makes a "
         "new one"},
        {"f0e1d2c3b4a5968778695a4b3c2d1e0f00",
         "the seed `f0e1d2c3b4a5968778695a4b3c2d1e0f00` has 34 digits: a seed is 32 hexadecimal "
         "digits, and leaving it out makes a new one"},
        {"g0e1d2c3b4a5968778695a4b3c2d1e0f",
         "the seed `g0e1d2c3b4a5968778695a4b3c2d1e0f` is not hexadecimal: a seed is 32 digits from "
         "0-9 and a-f"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        unsigned char seed[SP_SEED_BYTES];
        struct sp_err err = {0};
        memcpy(seed, counting, sizeof seed);
        assert_int_equal(sp_seed_parse(cases[i].text, seed, &err), SP_BAD_SPEC);
        assert_string_equal(err.text, cases[i].sentence);
        assert_memory_equal(seed, counting, sizeof seed);
    }
}

static void made_seeds_differ(void **state)
{
    unsigned char first[SP_SEED_BYTES];
    unsigned char second[SP_SEED_BYTES];
    assert_int_equal(sp_seed_make(first, NULL), SP_OK);
    assert_int_equal(sp_seed_make(second, NULL), SP_OK);
    assert_memory_not_equal(first, second, sizeof first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_the_defined_ones),
        cmocka_unit_test(every_size_agrees_with_the_reference),
        cmocka_unit_test(small_domains_are_permuted),
        cmocka_unit_test(a_million_ids_differ),
        cmocka_unit_test(digits_and_their_differences_are_even),
        cmocka_unit_test(one_bit_changes_half),
        cmocka_unit_test(capacity_and_digits_match),
        cmocka_unit_test(all_bits_reach_the_text),
        cmocka_unit_test(seeds_are_read_and_written),
        cmocka_unit_test(bad_seeds_are_explained),
        cmocka_unit_test(made_seeds_differ),
    };
    return cmocka_run_group_tests_name("record_random", tests, NULL, NULL);
}
