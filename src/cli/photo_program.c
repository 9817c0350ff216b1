/*
 * smallpress-photo and smallpress-heif: photos of unknown origin, decoded in a process of its own.
 *
 * Started by the press with a channel and limits on memory and file size. It gives up everything
 * else before the first byte of a photo is looked at, says that it is ready, and answers requests
 * one after the other until the channel is closed. Where a photo that cannot be decoded by rows
 * goes, memory or the scratch file that comes with the request, is settled by big_blocks.h.
 *
 * Built twice: smallpress-heif knows HEIC and AVIF besides, whose libraries are ten times as large
 * and start threads.
 */
#include "base/num.h"
#include "base/utf8.h"
#include "child/child_channel.h"
#include "child/child_message.h"
#include "child/child_sandbox.h"
#include "cli/exit_code.h"
#include "photo/big_blocks.h"

#include <smallpress/photo.h>

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifdef SP_WITH_HEIF
#include "photo/heif_read.h"
#include <libheif/heif.h>
#define NAME    "smallpress-heif"
#define THREADS true
#define WORK    sp_heif_work
#else
#define NAME    "smallpress-photo"
#define THREADS false
#define WORK    sp_photo_work
#endif

/* The files of a request, in their order. */
enum {
    PHOTO_FILE,
    OUT_FILE,
    STORE_FILE,
    FILE_COUNT,
};

/*
 * What libraries do once must be done before paths and programs are out of reach: plug-ins are
 * looked for, tables are made.
 */
static bool begin(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    /* A file that grows beyond its limit is an error to be told, not the end. */
    (void)sigaction(SIGXFSZ, &ignore, NULL);
    (void)mallopt(M_ARENA_MAX, 1);
    /* What a photo gave back goes back to the system: the next may be a small one. */
    (void)mallopt(M_TRIM_THRESHOLD, 256 * 1024);
#ifdef SP_WITH_HEIF
    return heif_init(NULL).code == heif_error_Ok;
#else
    return true;
#endif
}

static bool say(const struct sp_photo_answer *answer)
{
    return sp_channel_send(SP_CHANNEL_FD, answer, sizeof *answer, NULL, 0, NULL) == SP_OK;
}

static void say_why(struct sp_photo_answer *answer, enum sp_status status, const struct sp_err *why)
{
    answer->status = status;
    (void)sp_utf8_quote(answer->sentence, sizeof answer->sentence, why->text, strlen(why->text));
}

/* Whether the request can be worked on; the press sends no other. */
static bool makes_sense(const struct sp_photo_request *request)
{
    return request->kind <= SP_PHOTO_GRAPHIC && request->edge_px >= SP_PHOTO_EDGE_MIN &&
           request->edge_px <= SP_PHOTO_EDGE_MAX && request->quality >= 1 &&
           request->quality <= 100;
}

static void work(const struct sp_photo_request *request, const int *files,
                 struct sp_photo_answer *answer)
{
    struct sp_err err = {.text = ""};
    const struct sp_photo_order order = {
        .kind = (enum sp_photo_kind)request->kind,
        .edge_px = request->edge_px,
        .quality = request->quality,
        .pass = request->pass != 0,
        .pixels_max = request->pixels_max,
        .memory_bytes = sp_u64_add(request->memory_bytes, request->scratch_bytes),
    };
    sp_big_blocks_use(files[STORE_FILE], request->memory_bytes, request->scratch_bytes);
    const enum sp_status status =
        WORK(files[PHOTO_FILE], &order, files[OUT_FILE], &answer->photo, &err);
    answer->status = status;
    answer->scratch_bytes = sp_big_blocks_scratch();
    const struct mallinfo2 heap = mallinfo2();
    answer->memory_bytes = sp_u64_add(heap.arena + heap.hblkhd, sp_big_blocks_memory());
    if (status != SP_OK)
        say_why(answer, status, &err);
}

/* Takes a request and answers it; false at the end, with the exit status in *code. */
static bool turn(enum cli_exit *code)
{
    struct sp_photo_request request;
    int files[FILE_COUNT];
    size_t count;
    *code = CLI_DONE;
    if (sp_channel_take(SP_CHANNEL_FD, &request, sizeof request, files, FILE_COUNT, &count, -1) !=
        SP_CHANNEL_MESSAGE)
        return false;
    *code = CLI_BUG;
    if (count != FILE_COUNT || !makes_sense(&request))
        return false;
    struct sp_photo_answer answer = {.number = request.number};
    work(&request, files, &answer);
    sp_big_blocks_use(-1, 0, 0);
    for (size_t i = 0; i < count; i++)
        (void)close(files[i]);
    return say(&answer);
}

int main(int argc, char **argv)
{
    struct stat channel;
    struct sp_photo_answer ready = {.status = SP_OK};
    struct sp_err err;
    (void)argv;
    if (argc > 1 || fstat(SP_CHANNEL_FD, &channel) != 0 || !S_ISSOCK(channel.st_mode)) {
        (void)fputs(NAME " is started by smallpress report, which sends it photos\n", stderr);
        return CLI_USAGE;
    }
    if (!begin())
        return CLI_IO;
    /* lcms2 dates the profile it makes, and the first date has the C library open a file. */
    tzset();
    const enum sp_status status = sp_child_sandbox(SP_SANDBOX_COMPUTE, THREADS, &err);
    if (status != SP_OK)
        say_why(&ready, status, &err);
    if (!say(&ready) || status != SP_OK)
        return CLI_IO;
    enum cli_exit code;
    while (turn(&code)) {
    }
    return code;
}
