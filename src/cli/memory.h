/*
 * The process's memory: how much it took, and the fence around it.
 *
 * The fence is RLIMIT_DATA: on Linux it counts every private writable page the process may have
 * (heap, arena, thread stacks, data of libraries), which is what a job can make grow. RLIMIT_AS
 * would count the shared code of libraries and address space that is only reserved, and so refuse
 * jobs that fit. Sanitizers keep shadow memory many times the size of the job, so builds with them
 * have no fence.
 */
#ifndef SP_CLI_MEMORY_H
#define SP_CLI_MEMORY_H

#include <smallpress/arena.h>
#include <smallpress/plan.h>

#include <stdbool.h>
#include <stdint.h>

/*
 * Sets the fence for the rest of the process, and how far a program that it starts may move its
 * own. False if there is none in this build or system.
 */
bool cli_memory_fence(uint64_t bytes, uint64_t bytes_of_helpers);

/* The most memory the process has had at once, in bytes; 0 where the system does not tell. */
uint64_t cli_memory_peak(void);

/* What the process has now. */
uint64_t cli_memory_now(void);

/* Prints planned and measured memory, part by part, to standard error. */
void cli_memory_explain(const struct sp_plan *plan, const struct sp_arena *arena,
                        uint64_t limit_bytes);

/* Prints the parts of a plan, to standard error or output. */
void cli_memory_parts(const struct sp_plan *plan, bool to_output);

#endif
