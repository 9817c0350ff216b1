/* What every unit test includes: cmocka and the headers it asks for before it. */
#ifndef SP_TESTS_UNIT_H
#define SP_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/*
 * cmocka writes a point that is skipped as "not ok … # SKIP", which Meson takes for a failure. So
 * it is said in a line before the point, which tests/tally.py counts.
 */
#undef skip
#define skip()                                             \
    do {                                                   \
        print_message("# SKIP: it cannot be seen here\n"); \
        return;                                            \
    } while (0)

#endif
