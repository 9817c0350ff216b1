/* smallpress plan: what a job would need, for people or as JSON. */
#include "cli/command.h"

#include <smallpress/limit.h>

#include "cli/exit_code.h"
#include "cli/memory.h"
#include "cli/rehearsal.h"
#include "cli/say.h"
#include "cli/sheet_input.h"
#include "cli/sheet_options.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Of an object in the cross-reference table of a document that is not small. */
#define TABLE_ENTRY_BYTES 6

/* What is said of a job, from its plan, a rehearsal and a look at its first payload. */
struct outlook {
    const struct cli_sheet_options *options;
    struct sp_plan plan;
    bool rehearsed;
    struct cli_rehearsal rehearsal;
    bool advised;
    struct sp_sheet_advice advice;
    uint64_t output_bytes, time_ms; /* meaningful if rehearsed */
};

/* From what was made to all of it; the table at the end grows with the pages, two objects each. */
static void extend(struct outlook *outlook)
{
    const struct cli_rehearsal *made = &outlook->rehearsal;
    outlook->output_bytes = made->output_bytes;
    outlook->time_ms = made->elapsed_ns / 1000000;
    if (made->whole || made->pages == 0)
        return;
    const double times = (double)outlook->plan.records / (double)made->records;
    const unsigned threads = outlook->options->spec.threads;
    const unsigned at_once = threads < cli_processors() ? threads : cli_processors();
    const uint64_t table_bytes = outlook->plan.pages * 2 * TABLE_ENTRY_BYTES;
    outlook->output_bytes = (uint64_t)((double)made->output_bytes * times) + table_bytes;
    outlook->time_ms = (uint64_t)((double)made->elapsed_ns * times / 1e6 / at_once);
}

static enum sp_status reopen(struct cli_sheet_options *options, struct sp_err *err)
{
    cli_sheet_close_input(options);
    return options->lines ? cli_sheet_open_input(options, cli_stopped, err) : SP_OK;
}

static enum sp_status advise(struct cli_sheet_options *options, struct outlook *outlook,
                             struct sp_err *err)
{
    struct sp_arena arena;
    enum sp_status status = sp_arena_open(&arena, sp_sheet_advice_need(&options->spec), err);
    if (status != SP_OK)
        return status;
    status = sp_sheet_advise(&options->spec, &arena, &outlook->advice, err);
    sp_arena_close(&arena);
    outlook->advised = status == SP_OK;
    /* A job without one good record is told about when it runs; its plan still stands. */
    return status == SP_BAD_DATA ? SP_OK : status;
}

/* A pipe can be read once only, so a job that reads one is neither rehearsed nor looked at. */
static enum sp_status look_ahead(struct cli_sheet_options *options, struct outlook *outlook,
                                 struct sp_err *err)
{
    if (options->lines && !outlook->plan.records_known)
        return SP_OK;
    enum sp_status status = cli_rehearse(options, &outlook->rehearsal, err);
    outlook->rehearsed = status == SP_OK && outlook->rehearsal.records > 0;
    if (outlook->rehearsed)
        extend(outlook);
    if (status == SP_OK)
        status = reopen(options, err);
    return status == SP_OK ? advise(options, outlook, err) : status;
}

static void print_advice(const struct outlook *outlook)
{
    const struct sp_sheet_advice *advice = &outlook->advice;
    if (!outlook->advised)
        return;
    if (advice->version_upper && advice->version_upper < advice->version)
        printf(
            "advice     in capitals the payload fits version %d instead of %d: larger modules, a "
            "smaller\n           file (host names may be in capitals; paths only if the server "
            "does not care)\n",
            advice->version_upper, advice->version);
    if (advice->shorter_bytes > 0)
        printf("advice     a fixed text shorter by %u character%s would save a version (now "
               "version %d)\n",
               advice->shorter_bytes, cli_plural(advice->shorter_bytes), advice->version);
    const struct sp_sheet_result *made = &outlook->rehearsal.result;
    struct cli_text module, side;
    const int64_t modules =
        SP_QR_SIZE((int64_t)made->version_max) + 2 * (int64_t)outlook->options->spec.quiet_zone;
    if (made->version_max > 0 && made->module_um < SP_MODULE_WARN_UM)
        printf(
            "advice     modules would be %s; make the codes %s or larger (--code-size, --grid)\n",
            cli_mm(&module, made->module_um), cli_mm(&side, modules * SP_MODULE_WARN_UM));
}

static void print_questions(const struct outlook *outlook)
{
    const struct sp_plan *plan = &outlook->plan;
    struct cli_text item, page, records, pages;
    printf("How much memory for one code?   %s; %s for a page of them\n",
           cli_bytes(&item, plan->item_bytes), cli_bytes(&page, plan->page_bytes));
    if (plan->records_known)
        printf("How many codes?                 %s, on %s page%s\n",
               cli_count(&records, plan->records), cli_count(&pages, plan->pages),
               cli_plural(plan->pages));
    else
        printf("How many codes?                 as many as come in; it does not matter\n");
    printf("Can they be had one at a time?  yes: %u page%s in memory, whatever their number\n\n",
           plan->pages_in_hand, cli_plural(plan->pages_in_hand));
}

static void print_text(const struct outlook *outlook)
{
    const struct sp_plan *plan = &outlook->plan;
    const struct cli_sheet_options *options = outlook->options;
    struct cli_text bytes, pages, duration, limit;
    print_questions(outlook);
    if (plan->records_known)
        printf("pages      %s, in one file\n", cli_count(&pages, plan->pages));
    if (outlook->rehearsed) {
        printf("output     %s%s\n", outlook->rehearsal.whole ? "" : "about ",
               cli_bytes(&bytes, outlook->output_bytes));
        printf("time       about %s on this machine, with %u thread%s\n",
               cli_duration(&duration, outlook->time_ms), options->spec.threads,
               cli_plural(options->spec.threads));
    } else {
        printf("output     not known before the input is read\n");
    }
    if (plan->records_known)
        printf("scratch    %s of disk while it runs\n", cli_bytes(&bytes, plan->scratch_bytes));
    else
        printf("scratch    %s of disk a page while it runs\n",
               cli_bytes(&bytes, plan->scratch_page_bytes));
    printf("memory     %s of %s allowed:\n", cli_bytes(&bytes, plan->memory_bytes),
           cli_bytes(&limit, options->memory_bytes));
    cli_memory_parts(plan, true);
    print_advice(outlook);
}

static void json_number(const char *key, bool known, uint64_t number)
{
    if (known)
        printf(",\"%s\":%" PRIu64, key, number);
    else
        printf(",\"%s\":null", key);
}

static void print_json(const struct outlook *outlook)
{
    const struct sp_plan *plan = &outlook->plan;
    printf("{\"kind\":\"sheet\",\"memory_bytes\":%" PRIu64 ",\"memory_limit_bytes\":%" PRIu64
           ",\"fits\":%s",
           plan->memory_bytes, outlook->options->memory_bytes,
           plan->memory_bytes <= outlook->options->memory_bytes ? "true" : "false");
    json_number("output_bytes", outlook->rehearsed, outlook->output_bytes);
    json_number("scratch_bytes", plan->records_known, plan->scratch_bytes);
    json_number("scratch_bytes_a_page", true, plan->scratch_page_bytes);
    json_number("records", plan->records_known, plan->records);
    json_number("pages", plan->records_known, plan->pages);
    json_number("volumes", true, 1);
    if (outlook->rehearsed)
        printf(",\"seconds\":%.3f", (double)outlook->time_ms / 1000.0);
    else
        printf(",\"seconds\":null");
    json_number("threads", true, outlook->options->spec.threads);
    json_number("item_bytes", true, plan->item_bytes);
    json_number("page_bytes", true, plan->page_bytes);
    json_number("pages_in_hand", true, plan->pages_in_hand);
    json_number("qr_version_max", true, plan->version_max);
    json_number("qr_version", outlook->advised, (uint64_t)outlook->advice.version);
    json_number("qr_version_in_capitals", outlook->advised,
                (uint64_t)outlook->advice.version_upper);
    json_number("shorter_bytes_to_save_a_version", outlook->advised, outlook->advice.shorter_bytes);
    printf(",\"parts\":[");
    for (size_t i = 0; i < plan->part_count; i++)
        printf("%s{\"name\":\"%s\",\"bytes\":%" PRIu64 "}", i ? "," : "", plan->parts[i].name,
               plan->parts[i].bytes);
    puts("]}");
}

static int show(struct cli_sheet_options *options)
{
    struct sp_err err = {0};
    struct outlook outlook = {.options = options};
    enum sp_status status = cli_sheet_open_input(options, cli_stopped, &err);
    if (status == SP_OK)
        status = cli_sheet_plan(options, &outlook.plan, &err);
    const bool fits = outlook.plan.memory_bytes <= options->memory_bytes;
    if (status == SP_OK && fits) {
        (void)cli_memory_fence(options->memory_bytes, 0);
        status = look_ahead(options, &outlook, &err);
    }
    cli_sheet_close_input(options);
    if (status != SP_OK) {
        cli_say_err(&err);
        return cli_exit_of(status);
    }
    if (options->json)
        print_json(&outlook);
    else if (fits)
        print_text(&outlook);
    return fits ? CLI_DONE : options->json ? CLI_ROOM : cli_sheet_refuse(options, &outlook.plan);
}

int cli_command_plan(int argc, char **argv)
{
    if (argc < 3 || strcmp(argv[2], "sheet") != 0) {
        cli_say("plan what? smallpress plan sheet …, with the options of smallpress sheet");
        return CLI_USAGE;
    }
    struct cli_sheet_options options;
    struct sp_err err = {0};
    const enum sp_status status = cli_sheet_parse(&options, true, argc, argv, 3, &err);
    if (status != SP_OK) {
        cli_say_err(&err);
        return cli_exit_of(status);
    }
    if (options.help) {
        cli_sheet_help(true);
        return CLI_DONE;
    }
    return show(&options);
}
