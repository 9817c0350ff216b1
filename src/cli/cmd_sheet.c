/* smallpress sheet: plan, fence, print, say what came of it. */
#include "cli/command.h"

#include <smallpress/file.h>
#include <smallpress/limit.h>

#include "cli/exit_code.h"
#include "cli/memory.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "cli/sheet_input.h"
#include "cli/sheet_options.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Records left out that are told one by one; the rest are counted. */
#define REFUSED_SAID_MAX 20

struct run {
    struct cli_sheet_options *options;
    struct sp_plan plan;
    struct sp_arena arena;
    struct sp_file document, manifest;
    struct sp_sheet *sheet;
    struct sp_sheet_result result;
    struct cli_progress progress;
    uint64_t refused;
    bool in_place; /* the document goes to a pipe or a device */
};

static void on_progress(void *context, const struct sp_sheet_progress *where)
{
    struct run *run = context;
    const struct cli_where there = {where->records, where->records_total, where->pages,
                                    where->output_bytes};
    cli_progress_show(&run->progress, &there);
}

static void on_refused(void *context, const struct sp_err *why)
{
    struct run *run = context;
    if (run->options->spec.strict)
        return; /* said at the end, as what ended the job */
    if (run->refused++ < REFUSED_SAID_MAX)
        cli_say("%s", why->text);
    else if (run->refused == REFUSED_SAID_MAX + 1)
        cli_say("more like these are left out and only counted");
}

static bool same_file(int one_fd, int other_fd)
{
    struct stat one, other;
    return fstat(one_fd, &one) == 0 && fstat(other_fd, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

/* Whether both outputs would go to one name in one folder, or to one pipe. */
static bool one_file(const struct run *run)
{
    const struct sp_file *document = &run->document, *manifest = &run->manifest;
    if (document->folder_fd < 0 && manifest->folder_fd < 0)
        return same_file(document->fd, manifest->fd);
    return document->folder_fd >= 0 && manifest->folder_fd >= 0 &&
           strcmp(document->name, manifest->name) == 0 &&
           same_file(document->folder_fd, manifest->folder_fd);
}

static enum sp_status create_files(struct run *run, struct sp_err *err)
{
    const struct cli_sheet_options *options = run->options;
    const enum sp_file_mode mode = options->force ? SP_FILE_REPLACE : SP_FILE_NEW;
    if (strcmp(options->output, "-") == 0 && isatty(STDOUT_FILENO))
        return sp_fail(err, SP_BAD_SPEC,
                       "standard output is a terminal, which cannot show a PDF: redirect it, or "
                       "name a file with -o");
    enum sp_status status = sp_file_create(&run->document, options->output, mode, err);
    run->document.stopped = cli_stopped;
    run->in_place = run->document.fd >= 0 && run->document.folder_fd < 0;
    if (status != SP_OK || !options->manifest)
        return status;
    status = sp_file_create(&run->manifest, options->manifest, mode, err);
    run->manifest.stopped = cli_stopped;
    if (status == SP_OK && one_file(run))
        return sp_fail(err, SP_BAD_SPEC,
                       "--manifest and -o name the same file: the manifest needs its own");
    return status;
}

/*
 * Both files are brought to the disk before either is named, and the manifest is named first: once
 * the document has its name, the job is done.
 */
static enum sp_status commit_files(struct run *run, struct sp_err *err)
{
    enum sp_status status = sp_file_sync(&run->document, err);
    if (status != SP_OK || !run->options->manifest)
        return status == SP_OK ? sp_file_commit(&run->document, err) : status;
    status = sp_file_commit(&run->manifest, err);
    if (status != SP_OK)
        return status;
    status = sp_file_commit(&run->document, err);
    if (status != SP_OK && run->options->force)
        cli_say("the manifest %s is the new one already", run->options->manifest);
    if (status != SP_OK)
        sp_file_revoke(&run->manifest);
    return status;
}

static enum sp_status print(struct run *run, struct sp_err *err)
{
    struct cli_sheet_options *options = run->options;
    const struct sp_sheet_io io = {
        .document = sp_file_write,
        .document_context = &run->document,
        .manifest = options->manifest ? sp_file_write : NULL,
        .manifest_context = &run->manifest,
        .scratch_folder = cli_sheet_scratch(options),
        .progress = on_progress,
        .refused = on_refused,
        .context = run,
        .stopped = cli_stopped,
    };
    enum sp_status status = sp_arena_open(&run->arena, run->plan.arena_bytes, err);
    if (status == SP_OK)
        status = create_files(run, err);
    if (status == SP_OK)
        status = sp_sheet_open(&run->sheet, &run->arena, &options->spec, &io, err);
    if (status == SP_OK)
        status = sp_sheet_run(run->sheet, &run->result, err);
    if (status == SP_OK)
        status = commit_files(run, err);
    const struct cli_where there = {run->result.records, 0, run->result.pages,
                                    run->result.output_bytes};
    cli_progress_end(&run->progress, &there, status == SP_OK);
    return status;
}

static void warn_of_modules(const struct run *run)
{
    const struct sp_sheet_result *result = &run->result;
    if (result->version_max == 0 || result->module_um >= SP_MODULE_WARN_UM)
        return;
    const int64_t modules =
        SP_QR_SIZE((int64_t)result->version_max) + 2 * (int64_t)run->options->spec.quiet_zone;
    struct cli_text module, least, side, record;
    cli_say("warning: the modules of record %s are %s wide, and scanners begin to miss them under "
            "%s: choose a --code-size of %s or more, with fewer cells to a page if need be, or a "
            "shorter payload",
            cli_count(&record, result->version_max_record), cli_mm(&module, result->module_um),
            cli_mm(&least, SP_MODULE_WARN_UM), cli_mm(&side, modules * SP_MODULE_WARN_UM));
}

static void warn_of_text(const struct run *run)
{
    const struct sp_sheet_result *result = &run->result;
    struct cli_text record, count;
    if (result->text_mpt_min > 0 && result->text_mpt_min < SP_TEXT_SIZE_WARN_MPT)
        cli_say("warning: the line under record %s had to shrink to %" PRId64 ".%" PRId64
                " pt, too small to read; print something shorter with --text, or --text none",
                cli_count(&record, result->text_min_record), result->text_mpt_min / 1000,
                result->text_mpt_min % 1000 / 100);
    if (result->text_cut > 0)
        cli_say("warning: %s lines were too long even so and end with an ellipsis",
                cli_count(&count, result->text_cut));
    if (result->missing_characters > 0)
        cli_say("warning: the font has no glyph for %s characters, which are printed as boxes; the "
                "codes are not affected",
                cli_count(&count, result->missing_characters));
}

static void warn_of_input(const struct run *run)
{
    if (cli_sheet_input_changed(run->options))
        cli_say("warning: %s changed while it was read; what is printed is what was found in it",
                run->options->lines);
}

static void say_result(const struct run *run)
{
    const struct cli_sheet_options *options = run->options;
    const struct sp_sheet_result *result = &run->result;
    struct cli_text records, pages, bytes, took, peak, planned, limit;
    cli_say("%s: %s code%s on %s page%s, %s, in %s; memory %s at its peak, %s planned, %s allowed",
            strcmp(options->output, "-") == 0 ? "standard output" : options->output,
            cli_count(&records, result->records), cli_plural(result->records),
            cli_count(&pages, result->pages), cli_plural(result->pages),
            cli_bytes(&bytes, result->output_bytes),
            cli_duration(&took, (cli_clock_ns() - run->progress.start_ns) / 1000000),
            cli_bytes(&peak, cli_memory_peak()), cli_bytes(&planned, run->plan.memory_bytes),
            cli_bytes(&limit, options->memory_bytes));
    if (options->spec.seed == options->seed && options->seed[0])
        cli_say("the same ids again: --seed %s", options->seed);
}

static int conclude(struct run *run, enum sp_status status, const struct sp_err *err)
{
    struct cli_text refused, records;
    if (status == SP_STOPPED) {
        cli_say("stopped after %s codes; %s", cli_count(&records, run->result.records),
                run->in_place ? "what was written is not whole" : "nothing was left behind");
        return CLI_STOPPED;
    }
    if (status != SP_OK) {
        cli_say_err(err);
        return cli_exit_of(status);
    }
    warn_of_modules(run);
    warn_of_text(run);
    warn_of_input(run);
    if (run->result.refused > 0)
        cli_say("%s bad record%s left out", cli_count(&refused, run->result.refused),
                run->result.refused == 1 ? " was" : "s were");
    if (!run->options->quiet)
        say_result(run);
    if (run->options->explain_memory)
        cli_memory_explain(&run->plan, &run->arena, run->options->memory_bytes);
    return run->result.refused > 0 ? CLI_REFUSED : CLI_DONE;
}

static int run_job(struct cli_sheet_options *options)
{
    struct sp_err err = {0};
    struct run run = {.options = options};
    run.document.fd = run.document.folder_fd = -1;
    run.manifest.fd = run.manifest.folder_fd = -1;
    enum sp_status status = cli_sheet_open_input(options, cli_stopped, &err);
    if (status == SP_OK)
        status = cli_sheet_plan(options, &run.plan, &err);
    if (status == SP_OK && run.plan.memory_bytes > options->memory_bytes) {
        cli_sheet_close_input(options);
        return cli_sheet_refuse(options, &run.plan);
    }
    cli_progress_init(&run.progress, options->quiet ? CLI_PROGRESS_NONE : options->progress,
                      "codes", options->memory_bytes);
    if (status == SP_OK) {
        (void)cli_memory_fence(options->memory_bytes, 0);
        status = print(&run, &err);
    }
    const int code = conclude(&run, status, &err);
    sp_file_discard(&run.manifest);
    sp_file_discard(&run.document);
    if (run.sheet)
        sp_sheet_close(run.sheet);
    sp_arena_close(&run.arena);
    cli_sheet_close_input(options);
    return code;
}

int cli_command_sheet(int argc, char **argv)
{
    struct cli_sheet_options options;
    struct sp_err err = {0};
    const enum sp_status status = cli_sheet_parse(&options, false, argc, argv, 2, &err);
    if (status != SP_OK) {
        cli_say_err(&err);
        return cli_exit_of(status);
    }
    if (options.help) {
        cli_sheet_help(false);
        return CLI_DONE;
    }
    return run_job(&options);
}
