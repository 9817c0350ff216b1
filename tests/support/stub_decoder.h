/*
 * Helper programs that do what the photo tells them to, for tests of whoever starts them.
 *
 * A photo is a file that begins as a JPEG (or a HEIC) and goes on with a word and a number. As the
 * real programs, they take requests on the channel; unlike them, they also crash, hang and lie.
 */
#ifndef SP_TESTS_STUB_DECODER_H
#define SP_TESTS_STUB_DECODER_H

#include "child/child_channel.h"
#include "child/child_message.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STUB_JPEG "\xFF\xD8\xFF\xE0stub"
#define STUB_HEIC \
    "\0\0\0\x18"  \
    "ftypheic"
#define STUB_SKIP  12                   /* bytes before the word */
#define STUB_STORE (UINT64_C(30) << 20) /* what a "large" photo says it needs */

/* The bytes of a photo in `out`, 128 or more; returns how many. */
static inline size_t stub_photo(char *out, bool heic, const char *word, unsigned number)
{
    memset(out, 0, 128);
    if (heic)
        memcpy(out, STUB_HEIC, sizeof STUB_HEIC - 1);
    else
        memcpy(out, STUB_JPEG, sizeof STUB_JPEG - 1);
    return STUB_SKIP + (size_t)snprintf(out + STUB_SKIP, 128 - STUB_SKIP, "%s %u", word, number);
}

struct stub_work {
    char word[64];
    unsigned number;
    unsigned asked; /* requests so far, this one too */
    bool heif;
    int files[3];
    struct sp_photo_request request;
    struct sp_photo_answer answer;
};

static inline void stub_nap(unsigned ms)
{
    const struct timespec nap = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    (void)nanosleep(&nap, NULL);
}

static inline void stub_refuse(struct stub_work *work, enum sp_status status, const char *sentence)
{
    work->answer.status = status;
    snprintf(work->answer.sentence, sizeof work->answer.sentence, "%s", sentence);
}

/* A finished photo whose bytes tell which it was. */
static inline void stub_finish(struct stub_work *work)
{
    char bytes[128];
    const int length = snprintf(bytes, sizeof bytes, "\xFF\xD8\xFF\xE0photo %u", work->number);
    (void)pwrite(work->files[1], bytes, (size_t)length, 0);
    work->answer.status = SP_OK;
    work->answer.photo.format = SP_PHOTO_JPEG;
    work->answer.photo.width_px = 1 + work->number % work->request.edge_px;
    work->answer.photo.height_px = 16;
    work->answer.photo.channels = 3;
    work->answer.photo.length = (uint64_t)length;
    work->answer.photo.probe.orientation = 1;
    work->answer.photo.probe.bits = work->heif ? 10 : 8;
}

/* A large photo: asks for its store first, and notices if another one is decoded beside it. */
static inline void stub_large(struct stub_work *work)
{
    work->answer.photo.probe.store_bytes = STUB_STORE;
    if (work->request.memory_bytes + work->request.scratch_bytes < STUB_STORE) {
        stub_refuse(work, SP_TOO_BIG, "its store does not fit");
        return;
    }
    if (flock(work->files[0], LOCK_EX | LOCK_NB) < 0) {
        stub_refuse(work, SP_BAD_DATA, "another large one was beside it");
        return;
    }
    stub_nap(20);
    (void)ftruncate(work->files[2], 1 << 20);
    stub_finish(work);
    (void)flock(work->files[0], LOCK_UN);
}

/* Whether the kernel lets it have so many MiB, or does not where it should not. */
static inline void stub_memory(struct stub_work *work)
{
    struct rlimit limit;
    (void)getrlimit(RLIMIT_DATA, &limit);
    const bool enough = limit.rlim_cur >= (uint64_t)work->number << 20;
    if (enough == (strcmp(work->word, "poor") == 0))
        stub_refuse(work, SP_NO_ROOM, "there is no memory for it");
    else
        stub_finish(work);
}

/* Answers that an honest program does not give, one field after the other. */
#define STUB_LIES 19
static inline void stub_lie(struct stub_work *work)
{
    struct sp_photo *photo = &work->answer.photo;
    stub_finish(work);
    switch (work->number) {
    case 0:
        photo->width_px = 0;
        break;
    case 1:
        photo->width_px = work->request.edge_px + 1;
        break;
    case 2:
        photo->height_px = UINT32_MAX;
        break;
    case 3:
        photo->channels = 2;
        break;
    case 4:
        photo->channels = 4;
        break;
    case 5:
        photo->length = 0;
        break;
    case 6:
        photo->length = 1 << 20;
        break;
    case 7:
        photo->length = UINT64_MAX;
        break;
    case 8:
        photo->format = SP_PHOTO_PNG;
        break;
    case 9:
        photo->format = SP_PHOTO_WEBP;
        break;
    case 10:
        memset(&photo->format, 0xEE, sizeof photo->format);
        break;
    case 11:
        memset(&photo->passed, 0x7F, sizeof photo->passed);
        break;
    case 12:
        memset(&photo->probe.by_rows, 0x80, sizeof photo->probe.by_rows);
        break;
    case 13:
        photo->probe.orientation = 9;
        break;
    case 14:
        (void)pwrite(work->files[1], "no JPEG", 7, 0);
        break;
    case 15:
        work->answer.status = 1234;
        break;
    case 16:
        work->answer.status = SP_STOPPED;
        break;
    case 17:
        memset(&photo->probe.format, 0xEE, sizeof photo->probe.format);
        break;
    default: /* a sentence without an end */
        work->answer.status = SP_BAD_DATA;
        memset(work->answer.sentence, 'a', sizeof work->answer.sentence);
    }
}

/* Words after which no good answer comes. */
static inline bool stub_misbehave(struct stub_work *work)
{
    const char *word = work->word;
    if (strcmp(word, "crash") == 0 || (strcmp(word, "spoiled") == 0 && work->asked > 1)) {
        (void)signal((int)SIGSEGV, SIG_DFL);
        (void)raise(SIGSEGV);
    } else if (strcmp(word, "exit") == 0) {
        _exit((int)work->number);
    } else if (strcmp(word, "hang") == 0) {
        for (;;)
            stub_nap(1000);
    } else if (strcmp(word, "short") == 0) {
        (void)send(SP_CHANNEL_FD, "short", 5, MSG_NOSIGNAL);
        stub_nap(5000);
    } else if (strcmp(word, "twice") == 0) {
        struct sp_err err;
        stub_finish(work);
        return sp_channel_send(SP_CHANNEL_FD, &work->answer, sizeof work->answer, NULL, 0, &err);
    } else if (strcmp(word, "overflow") == 0) {
        (void)ftruncate(work->files[1], INT64_C(1) << 40);
    } else if (strcmp(word, "leave") == 0) { /* after a good answer */
        struct sp_err err;
        stub_finish(work);
        _exit(
            (int)sp_channel_send(SP_CHANNEL_FD, &work->answer, sizeof work->answer, NULL, 0, &err));
    } else {
        return false;
    }
    return true;
}

static inline void stub_obey(struct stub_work *work)
{
    const char *word = work->word;
    if (stub_misbehave(work))
        return;
    if (strcmp(word, "large") == 0)
        stub_large(work);
    else if (strcmp(word, "memory") == 0 || strcmp(word, "poor") == 0)
        stub_memory(work);
    else if (strcmp(word, "lie") == 0)
        stub_lie(work);
    else if (strcmp(word, "noroom") == 0 && work->asked > work->number)
        stub_refuse(work, SP_NO_ROOM, "memory is in pieces");
    else if (strcmp(word, "refuse") == 0)
        stub_refuse(work, SP_BAD_DATA, "it is \x1B[31mbroken\x1B[0m \xFF\xE2\x80\xAE");
    else
        stub_finish(work);
    if (strcmp(word, "slow") == 0)
        stub_nap(work->number % 7);
    if (strcmp(word, "passed") == 0)
        work->answer.photo.passed = true;
}

/* smallpress-photo and smallpress-heif. */
static inline int stub_decoder(bool heif)
{
    struct stub_work work = {.heif = heif};
    struct sp_err err;
    const struct sp_photo_answer ready = {.status = SP_OK};
    size_t count;
    if (sp_channel_send(SP_CHANNEL_FD, &ready, sizeof ready, NULL, 0, &err) != SP_OK)
        return 1;
    while (sp_channel_take(SP_CHANNEL_FD, &work.request, sizeof work.request, work.files, 3, &count,
                           -1) == SP_CHANNEL_MESSAGE) {
        char bytes[129] = {0};
        if (count != 3)
            return 2;
        (void)pread(work.files[0], bytes, sizeof bytes - 1, 0);
        work.word[0] = '\0';
        work.number = 0;
        (void)sscanf(bytes + STUB_SKIP, "%63s %u", work.word, &work.number);
        work.asked++;
        memset(&work.answer, 0, sizeof work.answer);
        work.answer.number = work.request.number;
        stub_obey(&work);
        for (size_t i = 0; i < count; i++)
            close(work.files[i]);
        if (sp_channel_send(SP_CHANNEL_FD, &work.answer, sizeof work.answer, NULL, 0, &err) !=
            SP_OK)
            return 3;
    }
    return 0;
}

/* What the fetcher does with an address http://host/WORD/NUMBER. */
static inline bool stub_fetch_one(const struct sp_fetch_setup *setup,
                                  const struct sp_fetch_request *request, int file,
                                  struct sp_fetch_answer *answer)
{
    char word[64] = "", bytes[128];
    unsigned number = 0;
    *answer = (struct sp_fetch_answer){.number = request->number, .status = SP_OK};
    (void)sscanf(request->address, "%*[^:]://%*[^/]/%63[^/]/%u", word, &number);
    if (strcmp(word, "crash") == 0) {
        (void)signal(SIGSEGV, SIG_DFL);
        (void)raise(SIGSEGV);
    } else if (strcmp(word, "hang") == 0) {
        for (;;)
            stub_nap(1000);
    } else if (strcmp(word, "refuse") == 0) {
        answer->status = SP_IO;
        snprintf(answer->sentence, sizeof answer->sentence, "HTTP 404 Not Found");
    } else if (strcmp(word, "number") == 0) {
        answer->number += number;
    } else if (strcmp(word, "mute") == 0) {
        answer->status = SP_IO;
    } else if (strcmp(word, "huge") == 0) {
        (void)ftruncate(file, (off_t)setup->bytes_max + 1);
    } else if (strcmp(word, "nothing") != 0) {
        const size_t length = stub_photo(bytes, false, word, number);
        (void)pwrite(file, bytes, length, 0);
        answer->transformed = setup->transform;
        answer->bytes = length;
    }
    return true;
}

/* Reads the set-up; false if it is not what the test sends. */
static inline bool stub_set_up(struct sp_fetch_setup *setup)
{
    size_t count;
    struct sp_fetch_host host;
    struct sp_fetch_rule rule;
    if (sp_channel_take(SP_CHANNEL_FD, setup, sizeof *setup, NULL, 0, &count, -1) !=
        SP_CHANNEL_MESSAGE)
        return false;
    for (uint32_t i = 0; i < setup->host_count; i++)
        if (sp_channel_take(SP_CHANNEL_FD, &host, sizeof host, NULL, 0, &count, -1) !=
                SP_CHANNEL_MESSAGE ||
            strcmp(host.name, "photos.example:8080") != 0)
            return false;
    for (uint32_t i = 0; i < setup->rule_count; i++)
        if (sp_channel_take(SP_CHANNEL_FD, &rule, sizeof rule, NULL, 0, &count, -1) !=
                SP_CHANNEL_MESSAGE ||
            strcmp(rule.match, "^a(.*)$") != 0 || strcmp(rule.to, "b$1") != 0)
            return false;
    return setup->at_once >= 1 && setup->at_once <= 8;
}

/* smallpress-fetch. It answers two at a time, the later one first, as transfers do end. */
static inline int stub_fetcher(void)
{
    struct sp_fetch_setup setup;
    struct sp_fetch_request request;
    struct sp_fetch_answer answers[2];
    struct sp_err err;
    unsigned held = 0;
    if (!stub_set_up(&setup))
        return 4;
    for (;;) {
        int file;
        size_t count;
        const enum sp_channel_result result = sp_channel_take(
            SP_CHANNEL_FD, &request, sizeof request, &file, 1, &count, held ? 10 : -1);
        if (result == SP_CHANNEL_CLOSED)
            return 0;
        if (result == SP_CHANNEL_MESSAGE) {
            if (count != 1 || !stub_fetch_one(&setup, &request, file, &answers[held++]))
                return 5;
            close(file);
        }
        if (result == SP_CHANNEL_NOTHING || held == 2)
            while (held > 0)
                if (sp_channel_send(SP_CHANNEL_FD, &answers[--held], sizeof *answers, NULL, 0,
                                    &err) != SP_OK)
                    return 6;
    }
}

#endif
