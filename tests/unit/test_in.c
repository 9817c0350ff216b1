/* A source on a descriptor: files, pipes and folders, refused reads, and a wait that can be ended.
 */
#include "support/unit.h"

#include <smallpress/stream.h>

#include "base/sys.h"
#include "support/folder.h"
#include "support/random.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

/* Reads to the end, `piece` bytes at a time, and returns how many there were. */
static size_t read_all(const struct sp_in *in, size_t piece, char *bytes, size_t capacity)
{
    size_t used = 0;
    for (;;) {
        size_t got = SIZE_MAX;
        struct sp_err err = {0};
        assert_true(used + piece <= capacity);
        assert_int_equal(in->read(in->context, bytes + used, piece, &got, &err), SP_OK);
        assert_true(got <= piece);
        if (got == 0)
            return used;
        used += got;
    }
}

static void a_file_is_read_to_its_end(void **state)
{
    static char data[10000], found[20000];
    struct random random = {3};
    struct folder folder;
    char path[128];
    random_fill(&random, data, sizeof data);
    folder_open(&folder);
    file_put(folder_path(&folder, "ids.txt", path, sizeof path), data, sizeof data);
    for (size_t piece = 1; piece < 10000; piece = 3 * piece + 1) {
        struct sp_in_file file;
        assert_int_equal(sp_in_file_open(&file, path, NULL), SP_OK);
        assert_true(file.regular);
        assert_int_equal(file.size_bytes, sizeof data);
        assert_string_equal(file.in.name, path);
        assert_int_equal(read_all(&file.in, piece, found, sizeof found), sizeof data);
        assert_memory_equal(found, data, sizeof data);
        sp_in_file_close(&file);
        assert_int_equal(file.fd, -1);
    }
    assert_int_equal(sp_sys_open_count(), 0);
    folder_remove(&folder);
}

static void what_cannot_be_opened_is_told(void **state)
{
    struct folder folder;
    struct sp_in_file file;
    struct sp_err err = {0};
    char path[128];
    folder_open(&folder);
    folder_path(&folder, "missing.txt", path, sizeof path);
    assert_int_equal(sp_in_file_open(&file, path, &err), SP_IO);
    assert_int_equal(err.os_error, ENOENT);
    assert_non_null(strstr(err.text, "missing.txt"));

    assert_int_equal(sp_in_file_open(&file, folder.path, &err), SP_IO);
    assert_non_null(strstr(err.text, folder.path));
    assert_non_null(strstr(err.text, "is a folder"));
    assert_int_equal(sp_sys_open_count(), 0);
    folder_remove(&folder);
}

static void a_refused_read_is_told(void **state)
{
    struct folder folder;
    struct sp_in_file file;
    struct sp_err err = {0};
    char path[128], byte;
    folder_open(&folder);
    file_put(folder_path(&folder, "ids.txt", path, sizeof path), "ab", 2);
    assert_int_equal(sp_in_file_open(&file, path, &err), SP_OK);
    sp_sys_fault_plan(SP_SYS_READ, 2, EIO, false);
    size_t got = 0;
    assert_int_equal(file.in.read(&file, &byte, 1, &got, &err), SP_OK);
    assert_int_equal(byte, 'a');
    assert_int_equal(file.in.read(&file, &byte, 1, &got, &err), SP_IO);
    assert_int_equal(err.os_error, EIO);
    assert_non_null(strstr(err.text, "ids.txt cannot be read"));
    sp_sys_fault_plan(SP_SYS_READ, 0, 0, false);
    sp_in_file_close(&file);
    folder_remove(&folder);
}

/* Standard input, made a pipe for the length of a test. */
struct piped {
    int kept;  /* the descriptor that was standard input */
    int write; /* the other end */
};

static void pipe_in(struct piped *piped)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    piped->kept = dup(STDIN_FILENO);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    close(ends[0]);
    piped->write = ends[1];
}

static void pipe_out(struct piped *piped)
{
    if (piped->write >= 0)
        close(piped->write);
    if (piped->kept >= 0) {
        assert_int_equal(dup2(piped->kept, STDIN_FILENO), STDIN_FILENO);
        close(piped->kept);
    }
}

static void a_dash_is_standard_input(void **state)
{
    struct piped piped;
    struct sp_in_file file;
    char found[100];
    pipe_in(&piped);
    assert_int_equal(sp_in_file_open(&file, "-", NULL), SP_OK);
    assert_string_equal(file.in.name, "standard input");
    assert_false(file.regular);
    assert_int_equal(file.size_bytes, 0);
    assert_int_equal(write(piped.write, "one\ntwo\n", 8), 8);
    close(piped.write);
    piped.write = -1;
    assert_int_equal(read_all(&file.in, 3, found, sizeof found), 8);
    assert_memory_equal(found, "one\ntwo\n", 8);
    sp_in_file_close(&file);
    assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0);
    pipe_out(&piped);
}

struct hand {
    atomic_bool stop;
    atomic_uint looks; /* how often it was asked */
    int fd;
};

static bool stopped(void *context)
{
    struct hand *hand = context;
    atomic_fetch_add(&hand->looks, 1);
    return atomic_load(&hand->stop);
}

static void *set_stop_later(void *context)
{
    struct hand *hand = context;
    usleep(150 * 1000);
    atomic_store(&hand->stop, true);
    return NULL;
}

/* Nobody writes and nobody closes the pipe: without the flag this read would never return. */
static void a_wait_can_be_stopped(void **state)
{
    struct piped piped;
    struct sp_in_file file;
    struct sp_err err = {0};
    struct hand hand = {.stop = false};
    pthread_t thread;
    char byte;
    size_t got = 0;
    pipe_in(&piped);
    assert_int_equal(sp_in_file_open(&file, "-", NULL), SP_OK);
    file.stopped = stopped;
    file.stopped_context = &hand;
    assert_int_equal(write(piped.write, "a", 1), 1);
    assert_int_equal(file.in.read(file.in.context, &byte, 1, &got, &err), SP_OK);
    assert_int_equal(got, 1);
    assert_int_equal(pthread_create(&thread, NULL, set_stop_later, &hand), 0);
    assert_int_equal(file.in.read(file.in.context, &byte, 1, &got, &err), SP_STOPPED);
    assert_int_equal(err.status, SP_STOPPED);
    assert_non_null(strstr(err.text, "standard input"));
    assert_int_equal(pthread_join(thread, NULL), 0);
    sp_in_file_close(&file);
    pipe_out(&piped);
}

static void *write_later(void *context)
{
    struct hand *hand = context;
    usleep(150 * 1000);
    (void)!write(hand->fd, "z", 1);
    return NULL;
}

/* Longer than one look at the flag, so that the wait goes round. */
static void a_wait_lasts_until_bytes_come(void **state)
{
    struct piped piped;
    struct sp_in_file file;
    struct hand hand = {.stop = false};
    pthread_t thread;
    char byte = 0;
    size_t got = 0;
    pipe_in(&piped);
    hand.fd = piped.write;
    assert_int_equal(sp_in_file_open(&file, "-", NULL), SP_OK);
    file.stopped = stopped;
    file.stopped_context = &hand;
    assert_int_equal(pthread_create(&thread, NULL, write_later, &hand), 0);
    assert_int_equal(file.in.read(file.in.context, &byte, 1, &got, NULL), SP_OK);
    assert_int_equal(got, 1);
    assert_int_equal(byte, 'z');
    assert_true(hand.looks > 1);
    assert_int_equal(pthread_join(thread, NULL), 0);
    sp_in_file_close(&file);
    pipe_out(&piped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_to_its_end),
        cmocka_unit_test(what_cannot_be_opened_is_told),
        cmocka_unit_test(a_refused_read_is_told),
        cmocka_unit_test(a_dash_is_standard_input),
        cmocka_unit_test(a_wait_can_be_stopped),
        cmocka_unit_test(a_wait_lasts_until_bytes_come),
    };
    return cmocka_run_group_tests_name("in", tests, NULL, NULL);
}
