#include "press/problem_list.h"

#include "base/check.h"
#include "base/utf8.h"

#include <string.h>

enum sp_status sp_problem_list_open(struct sp_problem_list *list, const char *folder,
                                    struct sp_err *err)
{
    list->count = 0;
    return sp_scratch_open(&list->scratch, folder, err);
}

void sp_problem_list_close(struct sp_problem_list *list)
{
    sp_scratch_close(&list->scratch);
}

enum sp_status sp_problem_list_add(struct sp_problem_list *list, const char *what,
                                   const char *reason, struct sp_err *err)
{
    struct sp_problem problem = {{0}, {0}};
    sp_utf8_copy(problem.what, sizeof problem.what, what, strlen(what));
    sp_utf8_copy(problem.reason, sizeof problem.reason, reason, strlen(reason));
    const enum sp_status status = sp_scratch_write(&list->scratch, list->count * sizeof problem,
                                                   &problem, sizeof problem, err);
    list->count += status == SP_OK;
    return status;
}

enum sp_status sp_problem_list_get(const struct sp_problem_list *list, uint64_t index,
                                   struct sp_problem *problem, struct sp_err *err)
{
    SP_ASSERT(index < list->count);
    return sp_scratch_read(&list->scratch, index * sizeof *problem, problem, sizeof *problem, err);
}
