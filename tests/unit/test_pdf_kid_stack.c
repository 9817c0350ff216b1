/* A stack deeper than its window, held against an array that has everything in memory. */
#include "support/unit.h"

#include "base/sys.h"
#include "pdf/pdf_kid_stack.h"
#include "support/exact_arena.h"
#include "support/random.h"

#include <errno.h>
#include <string.h>

#define KIDS_MAX 20000

struct made {
    struct sp_arena arena;
    struct sp_scratch scratch;
    struct sp_err first;
    struct sp_pdf_kid_stack stack;
};

static void make(struct made *made)
{
    memset(made, 0, sizeof *made);
    assert_int_equal(sp_scratch_open(&made->scratch, "/tmp", NULL), SP_OK);
    exact_arena_open(&made->arena, sp_pdf_kid_stack_need());
    sp_pdf_kid_stack_init(&made->stack, &made->arena, &made->scratch, &made->first);
    exact_arena_seal(&made->arena);
}

static void unmake(struct made *made)
{
    sp_scratch_close(&made->scratch);
    sp_arena_close(&made->arena);
}

/* The reference, and where in it the next kid visited must be. */
struct reference {
    struct sp_pdf_kid kids[KIDS_MAX];
    size_t count, next;
};

static void compare(void *context, const struct sp_pdf_kid *kid)
{
    struct reference *reference = context;
    assert_true(reference->next < reference->count);
    assert_memory_equal(kid, &reference->kids[reference->next], sizeof *kid);
    reference->next++;
}

static void pop(struct made *made, struct reference *reference, size_t start)
{
    reference->next = start;
    sp_pdf_kid_stack_pop(&made->stack, start, compare, reference);
    assert_int_equal(reference->next, reference->count);
    reference->count = start;
    assert_int_equal(sp_pdf_kid_stack_count(&made->stack), start);
}

static void kids_come_back_in_their_order(void **state)
{
    static struct made made;
    static struct reference reference;
    struct random random = {3};
    uint32_t value = 0;
    make(&made);
    for (unsigned round = 0; round < 400; round++) {
        const size_t room = KIDS_MAX - reference.count;
        const size_t more = random_below(&random, round % 3 ? 40 : 5000) % (room + 1);
        for (size_t i = 0; i < more; i++) {
            const struct sp_pdf_kid kid = {value % 3, value / 7, value};
            value++;
            reference.kids[reference.count++] = kid;
            sp_pdf_kid_stack_push(&made.stack, &kid);
        }
        const size_t most = round % 10 == 9 ? reference.count : reference.count % 300;
        pop(&made, &reference, reference.count - random_below(&random, most + 1));
    }
    assert_true(made.stack.high > 10 * SP_PDF_KID_WINDOW);
    pop(&made, &reference, 0);
    assert_int_equal(made.first.status, SP_OK);
    unmake(&made);
}

static void ignore(void *context, const struct sp_pdf_kid *kid)
{
    (void)context;
    (void)kid;
}

static void a_scratch_file_that_fails_is_told(void **state)
{
    static const enum sp_sys_call calls[] = {SP_SYS_WRITE, SP_SYS_READ};
    for (size_t i = 0; i < 2; i++) {
        static struct made made;
        const struct sp_pdf_kid kid = {0};
        make(&made);
        sp_sys_fault_plan(calls[i], 2, ENOSPC, false);
        for (unsigned k = 0; k < 3000; k++)
            sp_pdf_kid_stack_push(&made.stack, &kid);
        sp_pdf_kid_stack_pop(&made.stack, 0, ignore, NULL);
        sp_sys_fault_plan(calls[i], 0, 0, false);
        assert_int_equal(made.first.status, SP_IO);
        assert_int_equal(made.first.os_error, ENOSPC);
        unmake(&made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kids_come_back_in_their_order),
        cmocka_unit_test(a_scratch_file_that_fails_is_told),
    };
    return cmocka_run_group_tests_name("pdf_kid_stack", tests, NULL, NULL);
}
