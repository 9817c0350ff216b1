/* smallpress report and smallpress plan report: one submission, or all of a file. */
#include "cli/command.h"

#include <smallpress/limit.h>

#include "cli/exit_code.h"
#include "cli/memory.h"
#include "cli/report_batch.h"
#include "cli/report_run.h"
#include "cli/say.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The texts of a submission and a theme, read whole. Pages that are not touched are no memory. */
static enum sp_status read_texts(struct cli_report_run *run, struct sp_arena *texts,
                                 struct sp_err *err)
{
    const struct cli_report_options *options = run->options;
    const size_t need = 2 * sp_arena_cost(SP_SUBMISSION_BYTES_MAX);
    enum sp_status status = sp_arena_open(texts, need, err);
    if (status != SP_OK)
        return status;
    sp_arena_part_begin(texts, "texts", need);
    char *submission = sp_arena_take(texts, SP_SUBMISSION_BYTES_MAX, 1);
    char *theme = sp_arena_take(texts, SP_SUBMISSION_BYTES_MAX, 1);
    sp_arena_part_end(texts);
    run->spec.submission = submission;
    if (options->submission) {
        run->spec.submission_name =
            strcmp(options->submission, "-") == 0 ? "standard input" : options->submission;
        status = cli_read_text(options->submission, submission, SP_SUBMISSION_BYTES_MAX,
                               &run->spec.submission_bytes, err);
    }
    if (status != SP_OK || !options->theme)
        return status;
    run->spec.theme = theme;
    run->spec.theme_name = options->theme;
    return cli_read_text(options->theme, theme, SP_SUBMISSION_BYTES_MAX, &run->spec.theme_bytes,
                         err);
}

static void say_problem(void *context, const char *name, const struct sp_err *why)
{
    (void)context;
    (void)name;
    cli_say("%s", why->text);
}

static int check_only(struct cli_report_run *run)
{
    struct sp_err err;
    const enum sp_status status = sp_report_check(&run->spec, say_problem, NULL, &err);
    if (status != SP_OK) {
        cli_say_err(&err);
        return cli_exit_of(status);
    }
    if (!run->options->quiet)
        cli_say("%s is in order", run->spec.submission_name);
    return CLI_DONE;
}

static const char *name_of(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard output" : path;
}

static void say_result(const struct cli_report_run *run)
{
    const struct cli_report_options *options = run->options;
    const struct sp_report_result *result = &run->result;
    const char *one = options->output ? options->output : options->xlsx;
    const char *other = options->output ? options->xlsx : NULL;
    struct cli_text photos, rows, pages, bytes, took, peak, helper, planned, limit;
    char counted[160];
    snprintf(counted, sizeof counted, "%s photo%s%s%s%s", cli_count(&photos, result->photos),
             cli_plural(result->photos), result->rows > 0 ? ", " : "",
             result->rows > 0 ? cli_count(&rows, result->rows) : "",
             result->rows == 1  ? " row"
             : result->rows > 0 ? " rows"
                                : "");
    cli_say("%s%s%s: %s on %s page%s, %s, in %s; memory %s at its peak and %s in a decoder, %s "
            "planned for all, %s allowed",
            name_of(one), other ? " and " : "", other ? name_of(other) : "", counted,
            cli_count(&pages, result->pages), cli_plural(result->pages),
            cli_bytes(&bytes, result->document_bytes + result->workbook_bytes),
            cli_duration(&took, (cli_clock_ns() - run->progress.start_ns) / 1000000),
            cli_bytes(&peak, cli_memory_peak()), cli_bytes(&helper, run->decoder_bytes),
            cli_bytes(&planned, run->plan.memory_bytes), cli_bytes(&limit, options->memory_bytes));
}

static int conclude(struct cli_report_run *run, enum sp_status status, const struct sp_err *err)
{
    const struct sp_report_result *result = &run->result;
    const bool refused = result->photos_refused + result->rows_refused > 0 || run->said > 0;
    const uint64_t counted = result->photos_refused + result->rows_refused;
    const uint64_t others_refused = run->said > counted ? run->said - counted : 0;
    struct cli_text photos, rows, others;
    if (status == SP_STOPPED) {
        cli_say("stopped after %s photos; nothing was left behind",
                cli_count(&photos, result->photos));
        return CLI_STOPPED;
    }
    if (status != SP_OK) {
        cli_say_err(err);
        return cli_exit_of(status);
    }
    cli_report_say_notes(run);
    if (refused)
        cli_say(
            "%s photo%s, %s row%s and %s other thing%s could not be shown; the report says which "
            "and why, at its end",
            cli_count(&photos, result->photos_refused), cli_plural(result->photos_refused),
            cli_count(&rows, result->rows_refused), cli_plural(result->rows_refused),
            cli_count(&others, others_refused), cli_plural(others_refused));
    if (!run->options->quiet)
        say_result(run);
    if (run->options->explain_memory)
        cli_memory_explain(&run->plan, &run->arena, run->options->memory_bytes);
    return refused ? CLI_REFUSED : CLI_DONE;
}

static int make_one(struct cli_report_run *run)
{
    struct sp_err err = {0};
    enum sp_status status = cli_report_plan(run->options, &run->spec, &run->feed_spec, &run->plan,
                                            &run->helper_bytes, &err);
    if (status == SP_OK && run->plan.memory_bytes > run->options->memory_bytes)
        return cli_report_refuse(run->options, &run->plan);
    cli_progress_init(&run->progress,
                      run->options->quiet ? CLI_PROGRESS_NONE : run->options->progress, "photos",
                      run->options->memory_bytes);
    if (status == SP_OK) {
        (void)cli_memory_fence(run->options->memory_bytes - run->helper_bytes, run->helper_bytes);
        status = cli_report_make(run, NULL, NULL, &err);
        const struct cli_where where = {run->result.photos, 0, run->result.pages,
                                        run->result.document_bytes + run->result.workbook_bytes};
        cli_progress_end(&run->progress, &where, status == SP_OK);
    }
    cli_report_end_helpers(run);
    const int code = conclude(run, status, &err);
    cli_report_run_finish(run);
    return code;
}

int cli_command_report(int argc, char **argv)
{
    struct cli_report_options options;
    struct cli_report_run run;
    struct sp_arena texts = {0};
    struct sp_err err = {0};
    enum sp_status status = cli_report_parse(&options, false, argc, argv, 2, &err);
    if (status == SP_OK && options.help) {
        cli_report_help(false);
        return CLI_DONE;
    }
    if (status == SP_OK) {
        cli_report_run_init(&run, &options);
        status = read_texts(&run, &texts, &err);
    }
    int code;
    if (status != SP_OK) {
        cli_say_err(&err);
        code = cli_exit_of(status);
    } else if (options.data)
        code = cli_report_batch(&run);
    else
        code = options.check ? check_only(&run) : make_one(&run);
    sp_arena_close(&texts);
    return code;
}

/* --- The plan -----------------------------------------------------------------------------------
 */

static void print_json(const struct cli_report_run *run)
{
    const struct sp_plan *plan = &run->plan;
    printf("{\"memory_bytes\":%" PRIu64 ",\"memory_limit_bytes\":%" PRIu64
           ",\"fits\":%s,\"decoders\":%u,\"parts\":[",
           plan->memory_bytes, run->options->memory_bytes,
           plan->memory_bytes <= run->options->memory_bytes ? "true" : "false",
           run->feed_spec.decoders);
    for (size_t i = 0; i < plan->part_count; i++)
        printf("%s{\"name\":\"%s\",\"bytes\":%" PRIu64 "}", i ? "," : "", plan->parts[i].name,
               plan->parts[i].bytes);
    puts("]}");
}

static void print_plan(const struct cli_report_run *run)
{
    struct cli_text bytes, limit;
    printf("Memory: at most %s of %s, whatever the number of photos and rows\n",
           cli_bytes(&bytes, run->plan.memory_bytes),
           cli_bytes(&limit, run->options->memory_bytes));
    cli_memory_parts(&run->plan, true);
    printf("Photos: %u decoded at a time, %u on order\n", run->feed_spec.decoders,
           run->feed_spec.ahead);
}

int cli_command_plan_report(int argc, char **argv)
{
    struct cli_report_options options;
    struct cli_report_run run;
    struct sp_arena texts = {0};
    struct sp_err err = {0};
    enum sp_status status = cli_report_parse(&options, true, argc, argv, 3, &err);
    if (status == SP_OK && options.help) {
        cli_report_help(true);
        return CLI_DONE;
    }
    if (status == SP_OK) {
        cli_report_run_init(&run, &options);
        run.spec.pdf = run.spec.xlsx = true;
        status =
            options.data ? cli_report_batch_measure(&run, &err) : read_texts(&run, &texts, &err);
    }
    if (status == SP_OK)
        status = cli_report_plan(&options, &run.spec, &run.feed_spec, &run.plan, &run.helper_bytes,
                                 &err);
    if (status != SP_OK)
        cli_say_err(&err);
    else if (options.json)
        print_json(&run);
    else
        print_plan(&run);
    sp_arena_close(&texts);
    if (status != SP_OK)
        return cli_exit_of(status);
    return run.plan.memory_bytes <= options.memory_bytes ? CLI_DONE : CLI_ROOM;
}
