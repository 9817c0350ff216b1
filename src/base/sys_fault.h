/* What sys.c consults in test builds: see sys.h. */
#ifndef SP_BASE_SYS_FAULT_H
#define SP_BASE_SYS_FAULT_H

#include "base/sys.h"

int sp_sys_fault(enum sp_sys_call call);
void sp_sys_count_fd(int change);
void sp_sys_count_map(int change);
size_t sp_sys_shorten(size_t count);

#define FAULT(call)    sp_sys_fault(call)
#define COUNT_FD(n)    sp_sys_count_fd(n)
#define COUNT_MAP(n)   sp_sys_count_map(n)
#define SHORTEN(count) sp_sys_shorten(count)

#endif
