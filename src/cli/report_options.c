#include "cli/report_options.h"

#include <smallpress/limit.h>

#include "cli/exit_code.h"
#include "cli/memory.h"
#include "cli/options.h"
#include "cli/say.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Fonts get at most this of what is left over; decoders and a photo's store get the rest. */
#define FONT_BYTES_MAX (UINT64_C(16) << 20)

/* More decoders than this help no report: the press itself has to keep up. */
#define DECODERS_MAX 8

/* No photo has more, and 32-bit tools along the way would not take it. */
#define PHOTO_BYTES_MAX (UINT64_C(4) << 30)

static enum sp_status set_submission(void *field, const char *value, struct sp_err *err)
{
    if (*(const char **)field)
        return sp_fail(err, SP_BAD_SPEC,
                       "two submissions, %s and %s: one is made at a time; many go into one file, "
                       "one a line, with --data",
                       *(const char **)field, value);
    return cli_set_path(field, value, err);
}

static enum sp_status set_threads(void *field, const char *value, struct sp_err *err)
{
    uint64_t threads = 0;
    const enum sp_status status = cli_parse_number(value, 1, DECODERS_MAX, &threads, err);
    *(unsigned *)field = (unsigned)threads;
    return status;
}

static enum sp_status set_seconds(void *field, const char *value, struct sp_err *err)
{
    uint64_t seconds = 0;
    const enum sp_status status = cli_parse_number(value, 1, 3600, &seconds, err);
    *(unsigned *)field = (unsigned)seconds;
    return status;
}

static enum sp_status set_total(void *field, const char *value, struct sp_err *err)
{
    uint64_t seconds = 0;
    const enum sp_status status = cli_parse_number(value, 1, 1000000, &seconds, err);
    *(unsigned *)field = (unsigned)seconds;
    return status;
}

static enum sp_status set_photo_size(void *field, const char *value, struct sp_err *err)
{
    uint64_t *bytes = field;
    const enum sp_status status = cli_set_size(field, value, err);
    if (status == SP_OK && (*bytes == 0 || *bytes > PHOTO_BYTES_MAX))
        return sp_fail(err, SP_BAD_SPEC, "`%s` is not in the range 1 to 4G", value);
    return status;
}

static enum sp_status add_host(void *context, const char *value, struct sp_err *err)
{
    struct cli_report_options *options = context;
    if (options->allow_host_count == CLI_ALLOW_HOSTS_MAX)
        return sp_fail(err, SP_BAD_SPEC, "more than %d hosts are named", CLI_ALLOW_HOSTS_MAX);
    options->allow_hosts[options->allow_host_count++] = value;
    return SP_OK;
}

#define AT(field) offsetof(struct cli_report_options, field)
#define HEADING(text)  \
    {                  \
        .help = (text) \
    }

/* Those of report and of plan; --json at the end is plan's alone. */
static const struct cli_option table[] = {
    {"", 0, "SUBMISSION", "", set_submission, AT(submission)},
    HEADING("What to make:"),
    {"output", 'o', "FILE", "the PDF; - is standard output", cli_set_path, AT(output)},
    {"xlsx", 0, "FILE", "the workbook; - is standard output", cli_set_path, AT(xlsx)},
    {"theme", 0, "FILE", "how it looks, in YAML or JSON; default the submission's own",
     cli_set_path, AT(theme)},
    {"data", 0, "FILE",
     "many submissions instead of one, in NDJSON; {number} in -o and --xlsx is that of each",
     cli_set_path, AT(data)},
    {"check", 0, NULL, "only say what is wrong with the submission, with line and column",
     cli_set_flag, AT(check)},
    {"date", 0, "DATE", "date of the documents, 2026-11-21 or 2026-11-21T12:00:00Z", cli_set_text,
     AT(date)},
    {"fonts", 0, "FOLDERS", "where fonts are, separated by colons; default the system's",
     cli_set_path, AT(fonts)},
    {"no-tags", 0, NULL, "leave out the structure for screen readers", cli_set_flag, AT(untagged)},
    {"force", 'f', NULL, "replace files that exist", cli_set_flag, AT(force)},
    HEADING("Photos:"),
    {"photo-size", 0, "SIZE", "the largest file that is taken, default 64M", set_photo_size,
     AT(photo_bytes)},
    {"photo-time", 0, "SECONDS", "the longest that decoding one may take, default 120", set_seconds,
     AT(photo_time_s)},
    {"fetch-time", 0, "SECONDS", "the longest that fetching one may take, default 60", set_seconds,
     AT(fetch_time_s)},
    {"fetch-total", 0, "SECONDS", "the longest that fetching all of them may take, default 3600",
     set_total, AT(fetch_total_s)},
    {"allow-host", 0, "HOST", "a host that may have any address; may be given again", add_host, 0},
    {"allow-private", 0, NULL, "fetch from private and loopback addresses as well", cli_set_flag,
     AT(allow_private)},
    {"proxy-from-environment", 0, NULL, "use the proxy that http_proxy and https_proxy name",
     cli_set_flag, AT(proxy)},
    {"no-transform", 0, NULL, "do not ask image hosts for smaller photos", cli_set_flag,
     AT(no_transform)},
    HEADING("The run:"),
    {"memory", 'm', "SIZE", "the limit it is held to, default 64M", cli_set_size, AT(memory_bytes)},
    {"threads", 'j', "N", "photos decoded at once; default one a processor, as the memory allows",
     set_threads, AT(threads)},
    {"scratch", 0, "FOLDER", "for files without a name; default that of the output", cli_set_path,
     AT(scratch)},
    {"progress", 0, "HOW", "auto (default), plain, json or none", cli_set_progress, AT(progress)},
    {"quiet", 'q', NULL, "say nothing but what went wrong", cli_set_flag, AT(quiet)},
    {"explain-memory", 0, NULL, "show planned and measured memory, part by part", cli_set_flag,
     AT(explain_memory)},
    {"help", 'h', NULL, "this text", cli_set_flag, AT(help)},
    {"json", 0, NULL, "the plan as JSON", cli_set_flag, AT(json)},
};

static size_t table_count(bool plan)
{
    return sizeof table / sizeof table[0] - (plan ? 0 : 1);
}

void cli_report_help(bool plan)
{
    if (plan)
        puts("smallpress plan report SUBMISSION [options]\n\n"
             "What the report would need. Makes nothing.");
    else
        puts("smallpress report SUBMISSION -o OUT.pdf [--xlsx OUT.xlsx] [options]\n\n"
             "A form submission with photos, in YAML or JSON, to a report.\n\n"
             "  smallpress report visit.json -o visit.pdf --xlsx visit.xlsx\n"
             "  smallpress report visit.yaml --check\n"
             "  smallpress report --data visits.ndjson -o 'out/{number}.pdf'");
    cli_options_help(table, table_count(plan));
}

static bool same_file(const char *one, const char *other)
{
    struct stat a, b;
    return one && other && stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino && S_ISREG(a.st_mode);
}

/* An output that is one of the inputs would be read while it is replaced. */
static enum sp_status check_inputs(const struct cli_report_options *options, struct sp_err *err)
{
    const char *const inputs[] = {options->submission, options->theme, options->data};
    const char *const outputs[] = {options->output, options->xlsx};
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 2; j++)
            if (same_file(inputs[i], outputs[j]))
                return sp_fail(err, SP_BAD_SPEC,
                               "%s is read and cannot be written as well: name another output",
                               inputs[i]);
    return SP_OK;
}

static enum sp_status check(const struct cli_report_options *options, bool plan, struct sp_err *err)
{
    const char *const outputs[] = {options->output, options->xlsx};
    if (!options->submission == !options->data)
        return sp_fail(err, SP_BAD_SPEC,
                       options->data ? "a submission and --data are two ways to say what to make: "
                                       "give one"
                                     : "no submission: name a file in YAML or JSON, such as "
                                       "visit.json");
    if (!plan && !options->check && !options->output && !options->xlsx)
        return sp_fail(err, SP_BAD_SPEC,
                       "no output: say where to with -o OUT.pdf, --xlsx OUT.xlsx or both");
    if (options->output && options->xlsx && strcmp(options->output, options->xlsx) == 0)
        return sp_fail(err, SP_BAD_SPEC, "--xlsx and -o name the same file: each needs its own");
    for (size_t i = 0; i < 2 && options->data && !options->check; i++)
        if (outputs[i] && !strstr(outputs[i], "{number}") && !strstr(outputs[i], "{n}"))
            return sp_fail(err, SP_BAD_SPEC,
                           "`%s` would be one file for all submissions: put {number} in its name, "
                           "or {n}, which counts them",
                           outputs[i]);
    return check_inputs(options, err);
}

enum sp_status cli_report_parse(struct cli_report_options *options, bool plan, int argc,
                                char **argv, int first, struct sp_err *err)
{
    *options = (struct cli_report_options){
        .memory_bytes = CLI_MEMORY_DEFAULT,
        .photo_bytes = UINT64_C(64) << 20,
        .photo_time_s = 120,
        .fetch_time_s = 60,
        .fetch_total_s = 3600,
    };
    const enum sp_status status = cli_options_parse(
        table, table_count(plan), plan ? "plan report" : "report", argc, argv, first, options, err);
    return status != SP_OK || options->help ? status : check(options, plan, err);
}

const char *cli_report_folder(struct cli_report_options *options)
{
    const char *path = options->data ? options->data : options->submission;
    const char *slash = strrchr(path, '/');
    if (!slash || (size_t)(slash - path) >= sizeof options->data_folder)
        return ".";
    const size_t length = slash == path ? 1 : (size_t)(slash - path);
    memcpy(options->data_folder, path, length);
    options->data_folder[length] = '\0';
    return options->data_folder;
}

void cli_report_feed_spec(struct cli_report_options *options, struct sp_photo_feed_spec *feed)
{
    sp_photo_feed_spec_init(feed);
    const char *output = options->output ? options->output : options->xlsx;
    feed->folder = cli_report_folder(options);
    feed->local_files = true;
    feed->scratch_folder = cli_scratch_folder(options->output_folder, options->scratch, output);
    feed->file_bytes_max = options->photo_bytes;
    feed->time_ms = options->photo_time_s * 1000;
    feed->fetch_time_ms = options->fetch_time_s * 1000;
    feed->fetch_total_ms = (uint64_t)options->fetch_total_s * 1000;
    feed->allow_hosts = options->allow_hosts;
    feed->allow_host_count = options->allow_host_count;
    feed->allow_private = options->allow_private;
    feed->proxy_environment = options->proxy;
    feed->transform = !options->no_transform;
}

/* --- The plan -----------------------------------------------------------------------------------
 */

/* Whether anything in a submission may have to be fetched; lists may name anything. */
static bool may_fetch(const struct sp_report_spec *spec)
{
    const char *text = spec->submission;
    return memmem(text, spec->submission_bytes, "://", 3) != NULL ||
           memmem(text, spec->submission_bytes, "data", 4) != NULL;
}

/* The plan with so many decoders, and what of the memory is left. */
static enum sp_status plan_with(const struct cli_report_options *options, unsigned decoders,
                                struct sp_report_spec *spec, struct sp_photo_feed_spec *feed,
                                struct sp_plan *plan, uint64_t *left, struct sp_err *err)
{
    feed->decoders = decoders;
    feed->ahead = 2 * decoders + 2;
    spec->photos_ahead = feed->ahead;
    const enum sp_status status = sp_report_plan(spec, plan, err);
    if (status != SP_OK)
        return status;
    feed->edge_px = plan->photo_edge_px;
    sp_plan_add(plan, "photos on order", sp_photo_feed_need(feed), false);
    sp_plan_add(plan, "programs that fetch and decode photos",
                sp_photo_feed_programs_bytes(feed, may_fetch(spec)), false);
    *left =
        options->memory_bytes > plan->memory_bytes ? options->memory_bytes - plan->memory_bytes : 0;
    return SP_OK;
}

/*
 * Which fonts a text is set in must not depend on how many photos are decoded at once, so fonts get
 * their share before there is a second decoder.
 */
enum sp_status cli_report_plan(struct cli_report_options *options, struct sp_report_spec *spec,
                               struct sp_photo_feed_spec *feed, struct sp_plan *plan,
                               uint64_t *helper_bytes, struct sp_err *err)
{
    const unsigned asked = options->threads ? options->threads : cli_processors();
    unsigned decoders = asked < DECODERS_MAX ? asked : DECODERS_MAX;
    uint64_t left;
    spec->font_bytes = 0;
    enum sp_status status = plan_with(options, 1, spec, feed, plan, &left, err);
    if (status != SP_OK)
        return status;
    spec->font_bytes = left * 3 / 4 < FONT_BYTES_MAX ? left * 3 / 4 : FONT_BYTES_MAX;
    for (;; decoders--) {
        status = plan_with(options, decoders, spec, feed, plan, &left, err);
        if (status != SP_OK || options->threads || decoders == 1 ||
            plan->memory_bytes <= options->memory_bytes)
            break;
    }
    feed->store_bytes = left;
    *helper_bytes = left + sp_photo_feed_programs_bytes(feed, may_fetch(spec));
    sp_plan_add(plan, "a photo that is not decoded by rows; a larger one goes to scratch", left,
                false);
    return status;
}

int cli_report_refuse(const struct cli_report_options *options, const struct sp_plan *plan)
{
    struct cli_text need, limit;
    cli_say("this report needs %s of memory and --memory gives it %s; nothing was written:",
            cli_bytes(&need, plan->memory_bytes), cli_bytes(&limit, options->memory_bytes));
    cli_memory_parts(plan, false);
    cli_say("the least that would do is --memory %lluM%s",
            (unsigned long long)cli_mebibytes(plan->memory_bytes),
            options->threads > 1 ? ", or less with --threads 1" : "");
    return CLI_ROOM;
}
