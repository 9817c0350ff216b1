/*
 * Assertions that stay on in release.
 *
 * An assertion states what the code relies on. When one fails the program has a bug; it says where
 * on standard error and aborts, which costs one job and never leaves half a document under its
 * final name. What a user or the world can get wrong is a status instead.
 */
#ifndef SP_BASE_CHECK_H
#define SP_BASE_CHECK_H

#include <stdnoreturn.h>

noreturn void sp_check_failed(const char *condition, const char *file, int line);

#define SP_ASSERT(condition) \
    ((condition) ? (void)0 : sp_check_failed(#condition, __FILE__, __LINE__))

#endif
