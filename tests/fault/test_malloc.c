/*
 * The heap is the libraries' alone, and every piece they ask of it is refused once, and from some
 * point on for good: the job says so or makes the very same document, and gives every piece back.
 *
 * HarfBuzz is told apart: where it is refused a piece it may go on with other glyphs and call that
 * a success, which nothing here could make right. It must not crash; what else it makes of a
 * refusal is counted and printed. That it never meets one is what test_fence.c is for.
 *
 * malloc and its kin are replaced by counters before the C library's own. Sanitizers bring a heap
 * of their own, so builds with them have nothing to test here.
 */
#include "support/unit.h"

#include "job.h"

#include <errno.h>
#include <link.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if !defined(SANITIZED) && defined(__GLIBC__)
#define INTERPOSED 1
#else
#define INTERPOSED 0
#endif

#if INTERPOSED
static atomic_bool armed;
static atomic_bool persistent;
static atomic_ullong asked, refused_from;
static atomic_llong live;

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *memory, size_t bytes);
void *__libc_memalign(size_t align, size_t bytes);
void __libc_free(void *memory);

/* The libraries must find these instead of those of the C library. */
#pragma GCC visibility push(default)
void *malloc(size_t bytes);
void *calloc(size_t count, size_t bytes);
void *realloc(void *memory, size_t bytes);
void *memalign(size_t align, size_t bytes);
void *aligned_alloc(size_t align, size_t bytes);
int posix_memalign(void **memory, size_t align, size_t bytes);
void free(void *memory);
#pragma GCC visibility pop

/* Where the code of HarfBuzz and of its subsetter stands. */
static struct range {
    uintptr_t start, end;
} harfbuzz[4];
static unsigned harfbuzz_count;
static bool refuse_harfbuzz; /* its pieces, or else all others */

static int find_harfbuzz(struct dl_phdr_info *info, size_t size, void *unused)
{
    for (unsigned i = 0; i < info->dlpi_phnum && harfbuzz_count < 4; i++) {
        const uintptr_t start = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
        if (info->dlpi_phdr[i].p_type == PT_LOAD && (info->dlpi_phdr[i].p_flags & PF_X) &&
            strstr(info->dlpi_name, "libharfbuzz"))
            harfbuzz[harfbuzz_count++] = (struct range){start, start + info->dlpi_phdr[i].p_memsz};
    }
    return 0;
}

static bool is_harfbuzz(const void *caller)
{
    for (unsigned i = 0; i < harfbuzz_count; i++)
        if ((uintptr_t)caller >= harfbuzz[i].start && (uintptr_t)caller < harfbuzz[i].end)
            return true;
    return false;
}

static bool refuse(const void *caller)
{
    if (!armed || is_harfbuzz(caller) != refuse_harfbuzz)
        return false;
    const unsigned long long number = ++asked;
    return persistent ? number >= refused_from : number == refused_from;
}

static void *counted(void *memory)
{
    if (memory)
        live++;
    return memory;
}

static void *no_memory(void)
{
    errno = ENOMEM;
    return NULL;
}

void *malloc(size_t bytes)
{
    return refuse(__builtin_return_address(0)) ? no_memory() : counted(__libc_malloc(bytes));
}

void *calloc(size_t count, size_t bytes)
{
    return refuse(__builtin_return_address(0)) ? no_memory() : counted(__libc_calloc(count, bytes));
}

void *realloc(void *memory, size_t bytes)
{
    if (refuse(__builtin_return_address(0)))
        return no_memory();
    void *moved = __libc_realloc(memory, bytes);
    if (!memory && moved)
        live++;
    else if (memory && !moved && bytes == 0)
        live--;
    return moved;
}

void *memalign(size_t align, size_t bytes)
{
    return refuse(__builtin_return_address(0)) ? no_memory()
                                               : counted(__libc_memalign(align, bytes));
}

void *aligned_alloc(size_t align, size_t bytes)
{
    return memalign(align, bytes);
}

int posix_memalign(void **memory, size_t align, size_t bytes)
{
    *memory = memalign(align, bytes);
    return *memory ? 0 : ENOMEM;
}

void free(void *memory)
{
    if (memory)
        live--;
    __libc_free(memory);
}

#define ARABIC     "\xD9\x85\xD8\xB1\xD8\xAD\xD8\xA8\xD8\xA7\n"
#define COMBINING  "e\xCC\x81\xCC\xA3 x\xCC\x88\n"
#define DEVANAGARI "\xE0\xA4\xA8\xE0\xA4\xAE\xE0\xA4\xB8\xE0\xA5\x8D\xE0\xA4\xA4\xE0\xA5\x87\n"
#define HEBREW     "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D\n"

static const struct job_kind kinds[] = {
    {"plain ids", NULL, 40, NULL, SP_DRAW_SHARP, 1},
    {"accents, compressed, two threads", NULL, 70, "{id} \xC3\xA9\xC4\x8D", SP_DRAW_VECTOR, 2},
    {"scripts that are shaped", ARABIC COMBINING DEVANAGARI HEBREW ARABIC, 0, NULL, SP_DRAW_SMALL,
     1},
};

/* A run in a process of its own, which may crash: what is wrong with it, on one line. */
struct report {
    bool met; /* the piece was asked for */
    char wrong[640];
};

static const char *check(const struct job *job, enum sp_status status, const struct sp_err *err,
                         long long lost)
{
    const char *wrong = job_check(job, status == SP_OK);
    if (!wrong && status != SP_OK && status != SP_NO_ROOM && status != SP_IO)
        wrong = "the status is neither no-room nor io";
    if (!wrong && status != SP_OK && (err->status != status || err->text[0] == '\0'))
        wrong = "there is no sentence";
    if (!wrong && lost != 0)
        wrong = "a piece of the heap was not given back";
    return wrong;
}

/* Runs the job with the nth piece refused. */
static struct report run_refused(const struct job *job, unsigned long long nth, bool for_good)
{
    struct report report = {0};
    struct sp_err err = {0};
    const long long live_before = live;
    asked = 0;
    refused_from = nth;
    persistent = for_good;
    armed = true;
    const enum sp_status status = job_run(job, &err);
    armed = false;
    report.met = asked >= nth;
    const char *wrong = check(job, status, &err, live - live_before);
    if (wrong)
        snprintf(report.wrong, sizeof report.wrong, "%s (%s)", wrong, err.text);
    return report;
}

#define CRASHED "it crashed"

static struct report run_in_child(const struct job *job, unsigned long long nth, bool for_good)
{
    struct report report = {.met = true};
    int ends[2], status = 0;
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct report made = run_refused(job, nth, for_good);
        const bool told = write(ends[1], &made, sizeof made) == sizeof made;
        _exit(told ? 0 : 1);
    }
    (void)close(ends[1]);
    const bool told = read(ends[0], &report, sizeof report) == sizeof report;
    (void)close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!told)
        snprintf(report.wrong, sizeof report.wrong, CRASHED " with signal %d", WTERMSIG(status));
    if (!told)
        (void)job_check(job, false);
    return report;
}

/* What came of a sweep. */
struct tally {
    unsigned long long pieces;
    unsigned crashed, wrong;
};

/* Refuses every piece, one after another. */
static struct tally sweep(const struct job *job, bool for_good, bool say)
{
    struct tally tally = {0};
    for (unsigned long long nth = 1;; nth++) {
        const struct report report = run_in_child(job, nth, for_good);
        tally.crashed += strncmp(report.wrong, CRASHED, strlen(CRASHED)) == 0;
        tally.wrong += report.wrong[0] != '\0';
        if (report.wrong[0] && say)
            print_message("# %s: piece %llu%s: %s\n", job->kind->name, nth,
                          for_good ? " and all later ones" : "", report.wrong);
        if (!report.met)
            return tally;
        tally.pieces = nth;
    }
}

static void sweep_kind(const struct job_kind *kind)
{
    struct job job;
    const char *wrong = job_open(&job, kind);
    if (wrong)
        fail_msg("%s: %s", kind->name, wrong);
    if (harfbuzz_count == 0)
        (void)dl_iterate_phdr(find_harfbuzz, NULL);
    /* What libraries keep for the whole process they make in their first run. */
    (void)run_refused(&job, 0, false);
    for (int for_good = 0; for_good < 2; for_good++) {
        refuse_harfbuzz = false;
        const struct tally others = sweep(&job, for_good, true);
        assert_true(others.pieces > 0);
        assert_int_equal(others.wrong, 0);
        refuse_harfbuzz = true;
        const struct tally its = sweep(&job, for_good, false);
        print_message("# %s: HarfBuzz without %s of %llu pieces: %u other documents, %u crashes\n",
                      kind->name, for_good ? "the last ones" : "one", its.pieces,
                      its.wrong - its.crashed, its.crashed);
        assert_int_equal(its.crashed, 0);
    }
    job_close(&job);
}

static void plain_ids(void **state)
{
    sweep_kind(&kinds[0]);
}

static void compressed_in_threads(void **state)
{
    sweep_kind(&kinds[1]);
}

static void shaped_scripts(void **state)
{
    sweep_kind(&kinds[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_ids),
        cmocka_unit_test(compressed_in_threads),
        cmocka_unit_test(shaped_scripts),
    };
    return cmocka_run_group_tests_name("malloc", tests, NULL, NULL);
}
#else
int main(void)
{
    puts("1..0 # SKIP the heap belongs to a sanitizer or to another C library");
    return 0;
}
#endif
