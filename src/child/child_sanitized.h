/*
 * Whether this is a build with a sanitizer that keeps a shadow of memory (address, thread, memory).
 *
 * Such a program takes terabytes of address space, opens files under /proc and starts a process to
 * look for leaks. Limits on memory and a filter on system calls would end it for that, so there it
 * has neither; the plain build is where they are tested.
 */
#ifndef SP_CHILD_SANITIZED_H
#define SP_CHILD_SANITIZED_H

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SP_CHILD_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define SP_CHILD_SANITIZED 1
#endif
#endif
#ifndef SP_CHILD_SANITIZED
#define SP_CHILD_SANITIZED 0
#endif

#endif
