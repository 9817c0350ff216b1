#include "cli/report_batch.h"

#include <smallpress/file.h>
#include <smallpress/limit.h>
#include <smallpress/sheet.h>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/memory.h"
#include "cli/say.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define READ_BYTES 65536

/* A line that is shorter is not left out for want of memory. */
#define LONGEST_LEAST 16384

/* What a batch has in hand. */
struct batch {
    struct cli_report_run *run;
    struct sp_in_file file;
    struct sp_arena arena;
    char *buffer;
    size_t capacity, start, filled;
    bool ended;
    size_t longest; /* line that there is memory for */
    time_t began;
    uint64_t line, refused_submissions, flawed;
    char label[SP_FILE_NAME_MAX + 32], pdf[PATH_MAX], xlsx[PATH_MAX];
};

enum sp_status cli_report_batch_measure(struct cli_report_run *run, struct sp_err *err)
{
    char buffer[READ_BYTES];
    struct sp_in_file file;
    struct sp_sheet_extent extent;
    enum sp_status status = sp_in_file_open(&file, run->options->data, err);
    if (status != SP_OK)
        return status;
    if (!file.regular)
        status = sp_fail(err, SP_BAD_SPEC,
                         "%s: the longest submission must be known before the first is made, so "
                         "--data takes an ordinary file and no pipe",
                         run->options->data);
    file.stopped = cli_stopped;
    if (status == SP_OK)
        status = sp_sheet_measure(&file.in, buffer, sizeof buffer, &extent, err);
    sp_in_file_close(&file);
    if (status != SP_OK)
        return status;
    if (extent.lines == 0)
        return sp_fail(err, SP_BAD_DATA, "%s: no line in it is a submission", run->options->data);
    run->submissions_total = extent.lines;
    run->spec.submission_bytes = extent.longest_bytes < SP_SUBMISSION_BYTES_MAX
                                     ? (size_t)extent.longest_bytes
                                     : SP_SUBMISSION_BYTES_MAX;
    return SP_OK;
}

/* --- Lines --------------------------------------------------------------------------------------
 */

static enum sp_status open_lines(struct batch *batch, struct sp_err *err)
{
    const struct cli_report_options *options = batch->run->options;
    batch->capacity = batch->run->spec.submission_bytes + READ_BYTES;
    enum sp_status status = sp_arena_open(&batch->arena, sp_arena_cost(batch->capacity), err);
    if (status != SP_OK)
        return status;
    sp_arena_part_begin(&batch->arena, "lines", sp_arena_cost(batch->capacity));
    batch->buffer = sp_arena_take(&batch->arena, batch->capacity, 1);
    sp_arena_part_end(&batch->arena);
    status = sp_in_file_open(&batch->file, options->data, err);
    batch->file.stopped = cli_stopped;
    return status;
}

static enum sp_status fill(struct batch *batch, struct sp_err *err)
{
    size_t got;
    memmove(batch->buffer, batch->buffer + batch->start, batch->filled - batch->start);
    batch->filled -= batch->start;
    batch->start = 0;
    const enum sp_status status =
        batch->file.in.read(batch->file.in.context, batch->buffer + batch->filled,
                            batch->capacity - batch->filled, &got, err);
    batch->ended = status == SP_OK && got == 0;
    batch->filled += status == SP_OK ? got : 0;
    return status;
}

/* The next line that is not empty; *text is null at the end. A line too long is given cut. */
static enum sp_status next_line(struct batch *batch, const char **text, size_t *length,
                                struct sp_err *err)
{
    *text = NULL;
    for (;;) {
        const size_t left = batch->filled - batch->start;
        const char *from = batch->buffer + batch->start;
        const char *end = left > 0 ? memchr(from, '\n', left) : NULL;
        if (!end && !batch->ended && left < batch->capacity) {
            const enum sp_status status = fill(batch, err);
            if (status != SP_OK)
                return status;
            continue;
        }
        if (!end && left == 0)
            return SP_OK;
        *length = end ? (size_t)(end - from) : left;
        batch->start += *length + (end != NULL);
        batch->line++;
        while (*length > 0 && (from[*length - 1] == '\r' || from[*length - 1] == ' '))
            --*length;
        if (*length > 0) {
            *text = from;
            return SP_OK;
        }
    }
}

/* --- Names --------------------------------------------------------------------------------------
 */

/* A number as part of a file's name: what would lead elsewhere or cannot be seen becomes "_". */
static void append_number(char *out, size_t capacity, const char *number)
{
    size_t used = strlen(out);
    for (; *number && used + 1 < capacity; number++) {
        const unsigned char c = (unsigned char)*number;
        const bool plain = c > ' ' && c != '/' && c != '\\' && c != 0x7F;
        out[used++] = plain ? (char)c : '_';
    }
    out[used] = '\0';
}

static enum sp_status make_name(const struct batch *batch, const char *pattern, const char *number,
                                char out[PATH_MAX], struct sp_err *err)
{
    char counted[24];
    snprintf(counted, sizeof counted, "%" PRIu64, batch->line);
    out[0] = '\0';
    for (const char *at = pattern; *at;) {
        const size_t used = strlen(out);
        if (used + 2 >= PATH_MAX)
            return sp_fail(err, SP_IO, "%.200s…: the name is too long", out);
        if (strncmp(at, "{number}", 8) == 0) {
            if (!number || !*number || *number == '.')
                return sp_fail(err, SP_BAD_DATA,
                               "the submission has no `number` that could name a file, which "
                               "{number} asks for: give it one, or use {n}");
            append_number(out, PATH_MAX, number);
            at += 8;
        } else if (strncmp(at, "{n}", 3) == 0) {
            append_number(out, PATH_MAX, counted);
            at += 3;
        } else {
            out[used] = *at++;
            out[used + 1] = '\0';
        }
    }
    return SP_OK;
}

/* With --force, what this very run has made is not to be replaced by a later line. */
static enum sp_status check_made(const struct batch *batch, const char *path, struct sp_err *err)
{
    struct stat facts;
    if (!batch->run->options->force || stat(path, &facts) != 0 || !S_ISREG(facts.st_mode) ||
        facts.st_ctime < batch->began)
        return SP_OK;
    return sp_fail(err, SP_BAD_DATA,
                   "%s was made from an earlier line: give every submission a number of its own",
                   path);
}

static enum sp_status name_documents(void *context, const char *number, const char **pdf,
                                     const char **xlsx, struct sp_err *err)
{
    struct batch *batch = context;
    enum sp_status status = SP_OK;
    if (*pdf) {
        status = make_name(batch, *pdf, number, batch->pdf, err);
        *pdf = batch->pdf;
        if (status == SP_OK)
            status = check_made(batch, batch->pdf, err);
    }
    if (status == SP_OK && *xlsx) {
        status = make_name(batch, *xlsx, number, batch->xlsx, err);
        *xlsx = batch->xlsx;
        if (status == SP_OK)
            status = check_made(batch, batch->xlsx, err);
    }
    return status;
}

/* --- One after another --------------------------------------------------------------------------
 */

/* Whether a failure ends the batch or only its submission. */
static bool ends_all(enum sp_status status)
{
    return status == SP_STOPPED || status == SP_NO_ROOM;
}

static void tell_problem(void *context, const char *name, const struct sp_err *why)
{
    (void)name;
    (void)context;
    cli_say("%s", why->text);
}

static enum sp_status check_line(struct batch *batch, struct sp_err *err)
{
    const enum sp_status status = sp_report_check(&batch->run->spec, tell_problem, NULL, err);
    batch->refused_submissions += status != SP_OK;
    return SP_OK;
}

static enum sp_status make_line(struct batch *batch, struct sp_err *err)
{
    struct cli_report_run *run = batch->run;
    enum sp_status status;
    if (run->spec.submission_bytes > batch->longest)
        status = sp_fail(err, SP_TOO_BIG,
                         "%zu bytes and more, where there is memory for submissions of %zu: move "
                         "its longest list to a file beside it, or give more --memory",
                         run->spec.submission_bytes, batch->longest);
    else
        status = cli_report_make(run, name_documents, batch, err);
    if (run->report)
        sp_report_close(run->report);
    run->report = NULL;
    sp_arena_close(&run->arena);
    if (status == SP_OK) {
        cli_report_say_notes(run);
        batch->flawed += run->said > 0;
    } else if (!ends_all(status)) {
        batch->refused_submissions++;
        /* A mistake in the submission begins with its place already. */
        const bool placed = strncmp(err->text, batch->label, strlen(batch->label)) == 0;
        cli_say("%s%s%s", placed ? "" : batch->label, placed ? "" : ": ", err->text);
    }
    return ends_all(status) ? status : SP_OK;
}

static enum sp_status each_line(struct batch *batch, struct sp_err *err)
{
    struct cli_report_run *run = batch->run;
    for (;;) {
        const char *text;
        size_t length;
        enum sp_status status = next_line(batch, &text, &length, err);
        if (status != SP_OK || !text)
            return status;
        const char *slash = strrchr(run->options->data, '/');
        snprintf(batch->label, sizeof batch->label, "%s:%" PRIu64,
                 slash ? slash + 1 : run->options->data, batch->line);
        run->label = batch->label;
        run->spec.submission = text;
        run->spec.submission_bytes = length;
        run->spec.submission_name = run->label;
        status = run->options->check ? check_line(batch, err) : make_line(batch, err);
        if (status != SP_OK)
            return status;
        run->submissions++;
        const struct cli_where where = {run->submissions, run->submissions_total, run->pages,
                                        run->output_bytes};
        cli_progress_show(&run->progress, &where);
        if (cli_stopped(NULL))
            return sp_fail(err, SP_STOPPED, "stopped");
    }
}

static int conclude(const struct batch *batch, enum sp_status status, const struct sp_err *err)
{
    const struct cli_report_run *run = batch->run;
    const uint64_t good = run->submissions - batch->refused_submissions;
    struct cli_text count, pages, bytes, took, peak, refused, flawed;
    if (status == SP_STOPPED) {
        cli_say("stopped after %s reports, which are whole", cli_count(&count, good));
        return CLI_STOPPED;
    }
    if (status != SP_OK) {
        cli_say_err(err);
        return cli_exit_of(status);
    }
    if (batch->refused_submissions > 0)
        cli_say("%s of %s submissions were left out",
                cli_count(&refused, batch->refused_submissions),
                cli_count(&count, run->submissions));
    if (batch->flawed > 0)
        cli_say("%s report%s lack photos or rows, listed at their ends",
                cli_count(&flawed, batch->flawed), cli_plural(batch->flawed));
    if (!run->options->quiet && !run->options->check)
        cli_say("%s report%s of %s pages, %s, in %s; memory %s at its peak",
                cli_count(&count, good), cli_plural(good), cli_count(&pages, run->pages),
                cli_bytes(&bytes, run->output_bytes),
                cli_duration(&took, (cli_clock_ns() - run->progress.start_ns) / 1000000),
                cli_bytes(&peak, cli_memory_peak()));
    if (good == 0)
        return CLI_DATA;
    return batch->refused_submissions + batch->flawed > 0 ? CLI_REFUSED : CLI_DONE;
}

/*
 * The plan is that of the longest line, worked out with a stand-in of the same length: what a
 * submission says changes what is drawn, not what it takes. Where the memory is too small for the
 * longest, it is for shorter ones, and the long ones are left out.
 */
static enum sp_status plan_batch(struct batch *batch, struct sp_err *err)
{
    static const char least[] = "{\"title\":\"-\",\"photos\":{\"data\":\"-.ndjson\"}}";
    struct cli_report_run *run = batch->run;
    batch->longest = run->spec.submission_bytes > sizeof least - 1 ? run->spec.submission_bytes
                                                                   : sizeof least - 1;
    memset(batch->buffer, ' ', batch->longest);
    memcpy(batch->buffer, least, sizeof least - 1);
    run->spec.submission = batch->buffer;
    for (;; batch->longest /= 2) {
        run->spec.submission_bytes = batch->longest;
        const enum sp_status status = cli_report_plan(run->options, &run->spec, &run->feed_spec,
                                                      &run->plan, &run->helper_bytes, err);
        if (status != SP_OK || run->plan.memory_bytes <= run->options->memory_bytes ||
            batch->longest / 2 < LONGEST_LEAST)
            return status;
    }
}

int cli_report_batch(struct cli_report_run *run)
{
    struct sp_err err = {0};
    struct batch batch = {.run = run};
    batch.file.fd = -1;
    batch.began = time(NULL);
    run->batch = true;
    cli_progress_init(&run->progress,
                      run->options->quiet ? CLI_PROGRESS_NONE : run->options->progress, "reports",
                      run->options->memory_bytes);
    enum sp_status status = cli_report_batch_measure(run, &err);
    if (status == SP_OK)
        status = open_lines(&batch, &err);
    if (status == SP_OK)
        status = plan_batch(&batch, &err);
    int code;
    if (status == SP_OK && run->plan.memory_bytes > run->options->memory_bytes)
        code = cli_report_refuse(run->options, &run->plan);
    else {
        if (status == SP_OK) {
            (void)cli_memory_fence(run->options->memory_bytes - run->helper_bytes,
                                   run->helper_bytes);
            status = each_line(&batch, &err);
        }
        const struct cli_where where = {run->submissions, 0, run->pages, run->output_bytes};
        cli_progress_end(&run->progress, &where, status == SP_OK);
        code = conclude(&batch, status, &err);
    }
    sp_in_file_close(&batch.file);
    cli_report_run_finish(run);
    sp_arena_close(&batch.arena);
    return code;
}
