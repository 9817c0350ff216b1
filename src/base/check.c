#include "base/check.h"
#include <stdio.h>
#include <stdlib.h>

void sp_check_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "smallpress: bug: %s:%d: %s is not true\n", file, line, condition);
    abort();
}
