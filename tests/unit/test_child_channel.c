/* Messages go whole, with their files, and what is no message is refused without leaving a file. */
#include "support/unit.h"

#include "child/child_channel.h"
#include "support/stub_program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct note {
    uint64_t number;
    char text[120];
};

struct ends {
    int ours, theirs, before;
};

static void ends_open(struct ends *ends)
{
    int pair[2];
    ends->before = open_descriptors();
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    ends->ours = pair[0];
    ends->theirs = pair[1];
}

/* Every descriptor that came with a message has been closed, by the channel or by the test. */
static void ends_close(struct ends *ends)
{
    if (ends->ours >= 0)
        close(ends->ours);
    if (ends->theirs >= 0)
        close(ends->theirs);
    assert_int_equal(open_descriptors(), ends->before);
}

static enum sp_channel_result take(int channel, struct note *note, int *files, size_t *count)
{
    return sp_channel_take(channel, note, sizeof *note, files, SP_CHANNEL_FILES_MAX, count, 0);
}

static void a_message_arrives_with_its_files(void **state)
{
    struct ends ends;
    struct sp_err err;
    ends_open(&ends);
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    const struct note sent = {.number = 7, .text = "seven"};
    assert_int_equal(sp_channel_send(ends.ours, &sent, sizeof sent, pipes, 2, &err), SP_OK);
    struct note got;
    int files[SP_CHANNEL_FILES_MAX];
    size_t count;
    assert_int_equal(take(ends.theirs, &got, files, &count), SP_CHANNEL_MESSAGE);
    assert_memory_equal(&got, &sent, sizeof sent);
    assert_int_equal(count, 2);
    /* They are the same pipe, in the same order, and not inherited by programs. */
    assert_int_equal(write(files[1], "x", 1), 1);
    char byte;
    assert_int_equal(read(pipes[0], &byte, 1), 1);
    for (int i = 0; i < 2; i++) {
        assert_true(fcntl(files[i], F_GETFD) & FD_CLOEXEC);
        close(files[i]);
        close(pipes[i]);
    }
    ends_close(&ends);
}

static void messages_stay_apart_and_in_order(void **state)
{
    struct ends ends;
    struct sp_err err;
    ends_open(&ends);
    struct note note = {0};
    size_t count;
    for (note.number = 0; note.number < 20; note.number++)
        assert_int_equal(sp_channel_send(ends.ours, &note, sizeof note, NULL, 0, &err), SP_OK);
    for (uint64_t i = 0; i < 20; i++) {
        assert_int_equal(sp_channel_take(ends.theirs, &note, sizeof note, NULL, 0, &count, 0),
                         SP_CHANNEL_MESSAGE);
        assert_int_equal(note.number, i);
        assert_int_equal(count, 0);
    }
    assert_int_equal(take(ends.theirs, &note, NULL, &count), SP_CHANNEL_NOTHING);
    ends_close(&ends);
}

static void files_not_asked_for_are_closed(void **state)
{
    struct ends ends;
    struct sp_err err;
    ends_open(&ends);
    const struct note sent = {.number = 1};
    const int files[3] = {ends.ours, ends.ours, ends.ours};
    assert_int_equal(sp_channel_send(ends.ours, &sent, sizeof sent, files, 3, &err), SP_OK);
    struct note got;
    size_t count;
    int one = -1;
    assert_int_equal(sp_channel_take(ends.theirs, &got, sizeof got, &one, 1, &count, 0),
                     SP_CHANNEL_MESSAGE);
    assert_int_equal(count, 1);
    close(one);
    ends_close(&ends);
}

/* Sends bytes with more descriptors than any message of ours has, as a hostile helper may. */
static void send_raw(int channel, const void *bytes, size_t count, int file, size_t files)
{
    union {
        struct cmsghdr align;
        unsigned char bytes[CMSG_SPACE(100 * sizeof(int))];
    } control = {0};
    unsigned char copy[1024] = {0};
    assert_true(count <= sizeof copy && files <= 100);
    memcpy(copy, bytes, count);
    struct iovec piece = {.iov_base = copy, .iov_len = count};
    struct msghdr header = {.msg_iov = &piece, .msg_iovlen = 1};
    if (files > 0) {
        header.msg_control = control.bytes;
        header.msg_controllen = CMSG_SPACE(files * sizeof(int));
        struct cmsghdr *beside = &control.align; /* the first */
        beside->cmsg_level = SOL_SOCKET;
        beside->cmsg_type = SCM_RIGHTS;
        beside->cmsg_len = CMSG_LEN(files * sizeof(int));
        for (size_t i = 0; i < files; i++)
            memcpy(CMSG_DATA(beside) + i * sizeof file, &file, sizeof file);
    }
    assert_int_equal(sendmsg(channel, &header, MSG_NOSIGNAL), count);
}

static void what_is_no_message_is_refused(void **state)
{
    static const struct {
        size_t bytes, files;
    } wrong[] = {
        {sizeof(struct note) - 1, 0}, {sizeof(struct note) + 1, 0}, {1, 0},  {0, 0},
        {sizeof(struct note) - 1, 3}, {sizeof(struct note) + 1, 3}, {1, 40}, {1000, 2},
        {sizeof(struct note), 5},     {sizeof(struct note), 100},
    };
    const unsigned char bytes[1024] = {0};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct ends ends;
        ends_open(&ends);
        send_raw(ends.ours, bytes, wrong[i].bytes, ends.ours, wrong[i].files);
        struct note got;
        int files[SP_CHANNEL_FILES_MAX];
        size_t count = 99;
        assert_int_equal(take(ends.theirs, &got, files, &count), SP_CHANNEL_CLOSED);
        assert_int_equal(count, 0);
        ends_close(&ends);
    }
}

static void a_closed_side_is_seen_by_both_ways(void **state)
{
    struct ends ends;
    struct sp_err err = {0};
    ends_open(&ends);
    close(ends.theirs);
    ends.theirs = -1;
    struct note note = {0};
    size_t count;
    assert_int_equal(take(ends.ours, &note, NULL, &count), SP_CHANNEL_CLOSED);
    /* Without SIGPIPE, which would end this program. */
    assert_int_equal(sp_channel_send(ends.ours, &note, sizeof note, NULL, 0, &err), SP_IO);
    assert_int_equal(err.os_error, EPIPE);
    ends_close(&ends);
}

static void a_last_message_is_taken_before_the_end(void **state)
{
    struct ends ends;
    struct sp_err err;
    ends_open(&ends);
    struct note note = {.number = 3};
    size_t count;
    assert_int_equal(sp_channel_send(ends.theirs, &note, sizeof note, NULL, 0, &err), SP_OK);
    close(ends.theirs);
    ends.theirs = -1;
    assert_int_equal(take(ends.ours, &note, NULL, &count), SP_CHANNEL_MESSAGE);
    assert_int_equal(take(ends.ours, &note, NULL, &count), SP_CHANNEL_CLOSED);
    ends_close(&ends);
}

static void nothing(int number)
{
    (void)number;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void signals_do_not_shorten_the_wait(void **state)
{
    struct ends ends;
    ends_open(&ends);
    struct sigaction before, action = {.sa_handler = nothing};
    assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
    struct itimerspec often = {{0, 10000000}, {0, 10000000}};
    timer_t timer;
    assert_int_equal(timer_create(CLOCK_MONOTONIC, NULL, &timer), 0);
    assert_int_equal(timer_settime(timer, 0, &often, NULL), 0);
    struct note note;
    size_t count;
    const int64_t start = now_ms();
    assert_int_equal(sp_channel_take(ends.ours, &note, sizeof note, NULL, 0, &count, 150),
                     SP_CHANNEL_NOTHING);
    assert_true(now_ms() - start >= 149);
    timer_delete(timer);
    sigaction(SIGALRM, &before, NULL);
    ends_close(&ends);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_arrives_with_its_files),
        cmocka_unit_test(messages_stay_apart_and_in_order),
        cmocka_unit_test(files_not_asked_for_are_closed),
        cmocka_unit_test(what_is_no_message_is_refused),
        cmocka_unit_test(a_closed_side_is_seen_by_both_ways),
        cmocka_unit_test(a_last_message_is_taken_before_the_end),
        cmocka_unit_test(signals_do_not_shorten_the_wait),
    };
    return cmocka_run_group_tests_name("child_channel", tests, NULL, NULL);
}
