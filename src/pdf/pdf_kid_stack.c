#include "pdf/pdf_kid_stack.h"

#include "base/check.h"
#include "base/num.h"

#define KID_BYTES sizeof(struct sp_pdf_kid)

size_t sp_pdf_kid_stack_need(void)
{
    return sp_arena_cost(SP_PDF_KID_WINDOW * KID_BYTES);
}

void sp_pdf_kid_stack_init(struct sp_pdf_kid_stack *stack, struct sp_arena *arena,
                           const struct sp_scratch *scratch, struct sp_err *first)
{
    *stack = (struct sp_pdf_kid_stack){
        .scratch = scratch,
        .first = first,
        .window = sp_arena_take(arena, SP_PDF_KID_WINDOW, KID_BYTES),
    };
}

uint64_t sp_pdf_kid_stack_count(const struct sp_pdf_kid_stack *stack)
{
    return stack->base + stack->used;
}

/* Moves the window up; all kids are on scratch then. */
static void spill(struct sp_pdf_kid_stack *stack)
{
    if (stack->first->status == SP_OK)
        stack->first->status =
            sp_scratch_write(stack->scratch, stack->base * KID_BYTES, stack->window,
                             stack->used * KID_BYTES, stack->first);
    stack->base += stack->used;
    stack->used = 0;
    stack->high = SP_MAX(stack->high, stack->base);
}

void sp_pdf_kid_stack_push(struct sp_pdf_kid_stack *stack, const struct sp_pdf_kid *kid)
{
    if (stack->used == SP_PDF_KID_WINDOW)
        spill(stack);
    stack->window[stack->used++] = *kid;
}

/* Kids that begin below the window: it is spilled and serves to read them back. */
static void visit_spilled(struct sp_pdf_kid_stack *stack, uint64_t start,
                          void (*visit)(void *context, const struct sp_pdf_kid *kid), void *context)
{
    spill(stack);
    for (uint64_t at = start; at < stack->base;) {
        const uint32_t count = (uint32_t)SP_MIN(stack->base - at, SP_PDF_KID_WINDOW);
        if (stack->first->status == SP_OK)
            stack->first->status = sp_scratch_read(stack->scratch, at * KID_BYTES, stack->window,
                                                   count * KID_BYTES, stack->first);
        for (uint32_t i = 0; i < count; i++)
            visit(context, &stack->window[i]);
        at += count;
    }
    stack->base = start;
}

void sp_pdf_kid_stack_pop(struct sp_pdf_kid_stack *stack, uint64_t start,
                          void (*visit)(void *context, const struct sp_pdf_kid *kid), void *context)
{
    SP_ASSERT(start <= sp_pdf_kid_stack_count(stack));
    if (start < stack->base) {
        visit_spilled(stack, start, visit, context);
        return;
    }
    const uint32_t kept = (uint32_t)(start - stack->base);
    for (uint32_t i = kept; i < stack->used; i++)
        visit(context, &stack->window[i]);
    stack->used = kept;
}
