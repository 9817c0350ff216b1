/*
 * Runs one program and writes down what it took:
 *
 *     launch RESULT CORE PROGRAM ARGUMENT…
 *
 * RESULT gets one line: user, system and wall time in microseconds, peak resident memory in KiB,
 * and the exit status (128 + signal for a program that was killed). CORE is the processor to stay
 * on, or -1 for any. Standard input is empty and standard output is dropped.
 *
 * A process begins with the peak of the one it was forked from, so what measures small programs has
 * to be small itself: an interpreter in its place would report its own size for all of them.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static long long time_us(struct timeval time)
{
    return time.tv_sec * 1000000LL + time.tv_usec;
}

static void become(int core, char **command)
{
    const int nothing = open("/dev/null", O_RDWR);
    if (core >= 0) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET((size_t)core, &set);
        if (sched_setaffinity(0, sizeof set, &set) != 0)
            perror("launch: cannot stay on one processor");
    }
    if (nothing >= 0) {
        dup2(nothing, STDIN_FILENO);
        dup2(nothing, STDOUT_FILENO);
    }
    /* At random addresses, 300 KiB more or less of a library's pages are mapped along. */
    (void)personality(ADDR_NO_RANDOMIZE);
    execvp(command[0], command);
    perror(command[0]);
    _exit(127);
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: launch RESULT CORE PROGRAM ARGUMENT...\n", stderr);
        return 2;
    }
    const long long start_us = now_us();
    const pid_t child = fork();
    if (child == 0)
        become((int)strtol(argv[2], NULL, 10), argv + 3);
    int status;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        perror("launch");
        return 1;
    }
    const long long wall_us = now_us() - start_us;
    FILE *result = fopen(argv[1], "w");
    if (!result) {
        perror(argv[1]);
        return 1;
    }
    fprintf(result, "%lld %lld %lld %ld %d\n", time_us(usage.ru_utime), time_us(usage.ru_stime),
            wall_us, usage.ru_maxrss,
            WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
    return fclose(result) == 0 ? 0 : 1;
}
