/* For systems whose sandbox nobody has written yet: what cannot be kept is not promised. */
#include "child/child_sandbox.h"

enum sp_status sp_child_sandbox(enum sp_sandbox_kind kind, bool threads, struct sp_err *err)
{
    (void)kind;
    (void)threads;
    return sp_fail(err, SP_IO,
                   "smallpress has no sandbox for this system, and decodes no photos "
                   "of unknown origin without one");
}
