/*
 * What could not be shown, kept on scratch until the end of the report, where it is listed: as many
 * as there are, in no more memory than one.
 */
#ifndef SP_PRESS_PROBLEM_LIST_H
#define SP_PRESS_PROBLEM_LIST_H

#include <smallpress/status.h>

#include "base/scratch.h"

#include <stdint.h>

/* Bytes of what it was and of the reason, with their ends; what is longer is cut. */
#define SP_PROBLEM_WHAT_MAX   512
#define SP_PROBLEM_REASON_MAX 512

struct sp_problem {
    char what[SP_PROBLEM_WHAT_MAX];
    char reason[SP_PROBLEM_REASON_MAX];
};

struct sp_problem_list {
    struct sp_scratch scratch;
    uint64_t count;
};

SP_MUST_CHECK enum sp_status sp_problem_list_open(struct sp_problem_list *list, const char *folder,
                                                  struct sp_err *err);
void sp_problem_list_close(struct sp_problem_list *list);
SP_MUST_CHECK enum sp_status sp_problem_list_add(struct sp_problem_list *list, const char *what,
                                                 const char *reason, struct sp_err *err);
SP_MUST_CHECK enum sp_status sp_problem_list_get(const struct sp_problem_list *list, uint64_t index,
                                                 struct sp_problem *problem, struct sp_err *err);

#endif
