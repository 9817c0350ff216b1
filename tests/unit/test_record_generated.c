/* Generated records: all differ, none depends on how many there are, and what cannot be is refused.
 */
#include "support/unit.h"

#include "record/record_generated.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const unsigned char counting[SP_SEED_BYTES] = {0, 1, 2,  3,  4,  5,  6,  7,
                                                      8, 9, 10, 11, 12, 13, 14, 15};
static const unsigned char falling[SP_SEED_BYTES] = {
    0xF0, 0xE1, 0xD2, 0xC3, 0xB4, 0xA5, 0x96, 0x87, 0x78, 0x69, 0x5A, 0x4B, 0x3C, 0x2D, 0x1E, 0x0F};

/* A source with all that it stands on. */
struct made {
    struct sp_template pattern;
    struct sp_arena arena;
    struct sp_generated generated;
    struct sp_record_source source;
};

/* Makes a source in exactly the memory it announces. End it with sp_arena_close. */
static void make(struct made *made, const char *pattern, uint64_t count, const unsigned char *seed)
{
    struct sp_err err;
    assert_int_equal(
        sp_template_parse(&made->pattern, pattern, SP_TEMPLATE_ID_FIELDS, "--id", &err), SP_OK);
    const size_t need = sp_generated_need(&made->pattern, count);
    assert_int_equal(sp_arena_open(&made->arena, need, &err), SP_OK);
    sp_arena_part_begin(&made->arena, "records", need);
    assert_int_equal(
        sp_generated_init(&made->generated, &made->arena, &made->pattern, count, seed, &err),
        SP_OK);
    sp_arena_part_end(&made->arena);
    assert_int_equal(made->arena.used_bytes, need);
    sp_arena_seal(&made->arena);
    made->source = sp_generated_source(&made->generated);
}

static void assert_id(const struct made *made, uint64_t number, const char *expected)
{
    char id[128];
    const size_t length = sp_generated_id(&made->generated, number, id, sizeof id);
    assert_int_equal(length, strlen(expected));
    assert_memory_equal(id, expected, length);
}

/* Made as the vectors of test_record_random.c. */
static void ids_are_the_defined_ones(void **state)
{
    struct made made;
    make(&made, "{n:04}-{random:4}/{uuid}", 1000, counting);
    assert_id(&made, 1, "0001-7F44/7306dfc3-8ec6-4b8f-a3f7-1aaca497e08f");
    assert_id(&made, 2, "0002-2T2Q/33732098-44d1-4aef-8af9-917affaf45f0");
    assert_id(&made, 1000, "1000-CNHE/bd75126c-7384-43da-8a83-0677ffdf7998");
    sp_arena_close(&made.arena);
    make(&made, "{random:1}{random:6}-{random:6}", 33, falling);
    assert_id(&made, 1, "6B9EKQN-W23Y3D");
    assert_id(&made, 2, "NSK2DAZ-4F08CP");
    assert_id(&made, 33, "DXP3ZCK-Z939KF");
    sp_arena_close(&made.arena);
}

static void records_come_in_order_and_end(void **state)
{
    struct made made;
    struct sp_record record;
    make(&made, "BOX-{n:03}", 1002, counting);
    for (uint64_t i = 1; i <= 1002; i++) {
        assert_int_equal(sp_record_next(&made.source, &record, NULL), SP_RECORD_READY);
        assert_int_equal(record.number, i);
        assert_int_equal(record.line, 0);
        assert_int_equal(record.id_length, i < 1000 ? 7 : 8);
    }
    assert_memory_equal(record.id, "BOX-1002", 8);
    assert_int_equal(sp_record_next(&made.source, &record, NULL), SP_RECORD_END);
    assert_int_equal(sp_record_next(&made.source, &record, NULL), SP_RECORD_END);

    sp_generated_seek(&made.generated, 41);
    assert_int_equal(sp_record_next(&made.source, &record, NULL), SP_RECORD_READY);
    assert_int_equal(record.number, 42);
    assert_memory_equal(record.id, "BOX-042", 7);
    sp_generated_seek(&made.generated, 1002);
    assert_int_equal(sp_record_next(&made.source, &record, NULL), SP_RECORD_END);
    sp_arena_close(&made.arena);
}

static void one_label_may_be_constant(void **state)
{
    struct made made;
    make(&made, "THE ONE", 1, counting);
    assert_id(&made, 1, "THE ONE");
    sp_arena_close(&made.arena);
}

static int compare_ids(const void *a, const void *b)
{
    return memcmp(a, b, 16);
}

/* Every pattern filled to its brim, or far: no id twice. */
static void no_id_repeats(void **state)
{
    static const struct {
        const char *pattern;
        uint64_t count;
    } cases[] = {
        {"{random:1}", 32},        {"{random:2}", 1024},
        {"{random:3}", 32768},     {"{random:1}{random:3}{random:2}", 32768},
        {"{n}{random:1}", 100000}, {"{random:1}-{n:03}", 100000},
        {"{random:10}", 100000},
    };
    static char ids[100000][16];
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct made made;
        struct sp_record record;
        make(&made, cases[i].pattern, cases[i].count, falling);
        memset(ids, 0, sizeof ids);
        for (uint64_t j = 0; j < cases[i].count; j++) {
            assert_int_equal(sp_record_next(&made.source, &record, NULL), SP_RECORD_READY);
            assert_true(record.id_length <= sizeof ids[0]);
            memcpy(ids[j], record.id, record.id_length);
        }
        assert_int_equal(sp_record_next(&made.source, &record, NULL), SP_RECORD_END);
        qsort(ids, cases[i].count, sizeof ids[0], compare_ids);
        for (uint64_t j = 1; j < cases[i].count; j++)
            assert_true(memcmp(ids[j - 1], ids[j], sizeof ids[0]) < 0);
        sp_arena_close(&made.arena);
    }
}

/* A longer job begins with the ids of a shorter one; literals change nothing either. */
static void ids_depend_on_the_number_only(void **state)
{
    struct made small;
    struct made large;
    make(&small, "{random:4}{random:8}", 10, counting);
    make(&large, "A{random:4}B{random:8}C", 5000000000, counting);
    for (uint64_t number = 1; number <= 10; number++) {
        char a[32];
        char b[32];
        assert_int_equal(sp_generated_id(&small.generated, number, a, sizeof a), 12);
        assert_int_equal(sp_generated_id(&large.generated, number, b, sizeof b), 15);
        assert_memory_equal(a, b + 1, 4);
        assert_memory_equal(a + 4, b + 6, 8);
    }
    sp_arena_close(&small.arena);
    sp_arena_close(&large.arena);
}

/* A random field beside {n} must not run in a cycle as long as its domain. */
static void fields_beside_a_number_do_not_cycle(void **state)
{
    struct made made;
    make(&made, "{n:05}{random:1}", 64 * 32, counting);
    unsigned same = 0;
    for (uint64_t number = 1; number + 32 <= 64 * 32; number++) {
        char a[8];
        char b[8];
        (void)sp_generated_id(&made.generated, number, a, sizeof a);
        (void)sp_generated_id(&made.generated, number + 32, b, sizeof b);
        same += a[5] == b[5];
    }
    assert_in_range(same, 20, 110); /* 63 expected, 2,016 if it cycled */
    sp_arena_close(&made.arena);
}

static void what_cannot_be_is_refused(void **state)
{
    static const struct {
        const char *pattern;
        uint64_t count;
        const char *sentence; /* null: it can be */
    } cases[] = {
        {"{n}", 0, "there is nothing to make: the count is 0"},
        {"", 5, "--id: the ids would be empty: write a pattern like {random:10}"},
        {"LABEL", 2,
         "--id: every label would carry the same id: put {n}, {random:10} or {uuid} in the "
         "pattern; "
         "for copies feed --lines"},
        {"{random:2}", 1024, NULL},
        {"{random:2}", 1025,
         "--id: {random:2} can make 1,024 different ids and 1,025 are asked for: {random:3} "
         "suffices"},
        {"{random:1}-{random:2}", 50000,
         "--id: {random:2} can make 1,024 different ids and 50,000 are asked for: {random:4} "
         "suffices"},
        {"{random:12}", UINT64_C(1) << 60, NULL},
        {"{random:12}", UINT64_MAX,
         "--id: {random:12} can make 1,152,921,504,606,846,976 different ids and "
         "18,446,744,073,709,551,615 are asked for: {random:13} suffices"},
        {"{random:13}", UINT64_MAX, NULL},
        {"{random:2}{n}", UINT64_MAX, NULL},
        {"{random:2}{uuid}", UINT64_MAX, NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sp_template pattern;
        struct sp_generated generated;
        struct sp_arena arena = {0};
        struct sp_err err = {0};
        assert_int_equal(
            sp_template_parse(&pattern, cases[i].pattern, SP_TEMPLATE_ID_FIELDS, "--id", &err),
            SP_OK);
        if (!cases[i].sentence) {
            assert_int_equal(sp_generated_check(&pattern, cases[i].count, &err), SP_OK);
            continue;
        }
        assert_int_equal(sp_generated_check(&pattern, cases[i].count, NULL), SP_BAD_SPEC);
        assert_int_equal(
            sp_generated_init(&generated, &arena, &pattern, cases[i].count, counting, &err),
            SP_BAD_SPEC);
        assert_string_equal(err.text, cases[i].sentence);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_the_defined_ones),
        cmocka_unit_test(records_come_in_order_and_end),
        cmocka_unit_test(one_label_may_be_constant),
        cmocka_unit_test(no_id_repeats),
        cmocka_unit_test(ids_depend_on_the_number_only),
        cmocka_unit_test(fields_beside_a_number_do_not_cycle),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests_name("record_generated", tests, NULL, NULL);
}
