/*
 * The gate to the system: every call that can fail passes here.
 *
 * Each function is the system call of its name, retried when a signal interrupted it (but for open,
 * which may wait for ever), returning 0 or a result, and a negative errno value on failure. One
 * gate means one list of what can go wrong, and a place where tests make it go wrong: built with
 * SP_FAULTS, the gate consults a fault plan (see sys_fault.c) and fails the call it names. Release
 * builds have no trace of that.
 */
#ifndef SP_BASE_SYS_H
#define SP_BASE_SYS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#define SP_SYS_TABLE(X)        \
    X(SP_SYS_OPEN, "open")     \
    X(SP_SYS_READ, "read")     \
    X(SP_SYS_WRITE, "write")   \
    X(SP_SYS_FSYNC, "fsync")   \
    X(SP_SYS_RENAME, "rename") \
    X(SP_SYS_MMAP, "mmap")     \
    X(SP_SYS_THREAD, "thread")

#define SP_SYS_NAME(name, word) name,
enum sp_sys_call {
    SP_SYS_TABLE(SP_SYS_NAME) SP_SYS_CALL_COUNT
};
#undef SP_SYS_NAME

int sp_sys_open(int directory, const char *path, int flags, mode_t mode);
int sp_sys_close(int fd);
ssize_t sp_sys_read(int fd, void *bytes, size_t count);
ssize_t sp_sys_write(int fd, const void *bytes, size_t count);
ssize_t sp_sys_pread(int fd, void *bytes, size_t count, uint64_t offset);
ssize_t sp_sys_pwrite(int fd, const void *bytes, size_t count, uint64_t offset);
/* Whether a read would find bytes or an end within the time: 1, 0, or a negative errno value. */
int sp_sys_wait_readable(int fd, int timeout_ms);
/* The same for a write: whether there is room for some bytes. */
int sp_sys_wait_writable(int fd, int timeout_ms);

int sp_sys_fsync(int fd);
int sp_sys_unlink(int directory, const char *path);

/* Renames within one folder; with `replace` off an existing target is -EEXIST. */
int sp_sys_rename(int directory, const char *from, const char *to, bool replace);

/* Zeroed private memory, or null with the reason in *error (a positive errno value). */
void *sp_sys_map(size_t bytes, int *error);
void sp_sys_unmap(void *memory, size_t bytes);

int sp_sys_thread(pthread_t *thread, size_t stack_bytes, void *(*run)(void *), void *context);

/* Writes until everything is out; 0 or a negative errno value. */
int sp_sys_write_all(int fd, const void *bytes, size_t count);
int sp_sys_pwrite_all(int fd, const void *bytes, size_t count, uint64_t offset);

#ifdef SP_FAULTS
/*
 * Makes the `nth` (from 1) call of a kind fail with `os_error`; with `persistent` all later ones
 * too. nth 0 makes none fail. sp_sys_fault_count tells how many calls of the kind were made since.
 */
void sp_sys_fault_plan(enum sp_sys_call call, uint64_t nth, int os_error, bool persistent);
uint64_t sp_sys_fault_count(enum sp_sys_call call);

/* Descriptors and mappings made and not yet given back: what a leak check reads. */
int sp_sys_open_count(void);
int sp_sys_map_count(void);
#endif

#endif
