/*
 * The kids of open structure elements, on one stack.
 *
 * Kids of an element are pushed while it is open. An element inside it pushes its own above them
 * and has taken them away again when it closes; so the kids of an element always lie together, and
 * those of the innermost one on top. What does not fit the window in memory waits on scratch, so a
 * table of a million rows takes no more than one of ten.
 */
#ifndef SP_PDF_KID_STACK_H
#define SP_PDF_KID_STACK_H

#include <smallpress/arena.h>
#include <smallpress/status.h>

#include "base/scratch.h"

#include <stddef.h>
#include <stdint.h>

/* Kids in memory: 12 KiB. */
#define SP_PDF_KID_WINDOW 1024

enum sp_pdf_kid_kind {
    SP_PDF_KID_ELEMENT, /* value: its object number */
    SP_PDF_KID_MARK,    /* value: the number of the mark on `page` */
    SP_PDF_KID_OBJECT   /* value: the object number of an annotation on `page` */
};

struct sp_pdf_kid {
    uint32_t kind, page, value;
};

struct sp_pdf_kid_stack {
    const struct sp_scratch *scratch;
    struct sp_err *first; /* where the first error is kept */
    struct sp_pdf_kid *window;
    uint64_t base; /* kids below the window, all on scratch */
    uint32_t used; /* kids in it */
    uint64_t high; /* kids that were ever on scratch at once */
};

size_t sp_pdf_kid_stack_need(void);
void sp_pdf_kid_stack_init(struct sp_pdf_kid_stack *stack, struct sp_arena *arena,
                           const struct sp_scratch *scratch, struct sp_err *first);

void sp_pdf_kid_stack_push(struct sp_pdf_kid_stack *stack, const struct sp_pdf_kid *kid);

/* How many kids are on the stack. */
uint64_t sp_pdf_kid_stack_count(const struct sp_pdf_kid_stack *stack);

/* Visits the kids from `start` on to the top and takes them away. */
void sp_pdf_kid_stack_pop(struct sp_pdf_kid_stack *stack, uint64_t start,
                          void (*visit)(void *context, const struct sp_pdf_kid *kid),
                          void *context);

#endif
