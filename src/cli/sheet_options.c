#include "cli/sheet_options.h"

#include <smallpress/limit.h>
#include <smallpress/quantity.h>

#include "cli/exit_code.h"
#include "cli/job_options.h"
#include "cli/memory.h"
#include "cli/options.h"
#include "cli/say.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SPEC(context) (((struct cli_sheet_options *)(context))->spec)

/* A count that nobody can give: sp_count_parse takes less. */
#define COUNT_NOT_GIVEN UINT64_MAX

static enum sp_status set_text(void *context, const char *value, struct sp_err *err)
{
    (void)err;
    SPEC(context).text = value[0] == '\0' || strcmp(value, "none") == 0 ? NULL : value;
    return SP_OK;
}

static enum sp_status set_ecc(void *context, const char *value, struct sp_err *err)
{
    static const char letters[] = "LMQH";
    const char *found = value[0] && !value[1] ? strchr(letters, value[0] & ~0x20) : NULL;
    if (!found || !*found)
        return sp_fail(err, SP_BAD_SPEC, "`%s` is no level of error correction: write L, M, Q or H",
                       value);
    SPEC(context).qr.ecc = (enum sp_qr_ecc)(found - letters);
    return SP_OK;
}

static enum sp_status set_version(void *context, const char *value, struct sp_err *err)
{
    uint64_t version = 0;
    const enum sp_status status =
        cli_parse_number(value, SP_QR_VERSION_MIN, SP_QR_VERSION_MAX, &version, err);
    if (status == SP_OK)
        SPEC(context).qr.version_min = SPEC(context).qr.version_max = (int)version;
    return status;
}

static enum sp_status set_mask(void *context, const char *value, struct sp_err *err)
{
    uint64_t mask = 0;
    const enum sp_status status = cli_parse_number(value, 0, 7, &mask, err);
    if (status == SP_OK)
        SPEC(context).qr.mask = (int)mask;
    return status;
}

static enum sp_status set_quiet_zone(void *context, const char *value, struct sp_err *err)
{
    uint64_t modules = 0;
    const enum sp_status status = cli_parse_number(value, 0, SP_QUIET_ZONE_MAX, &modules, err);
    if (status == SP_OK)
        SPEC(context).quiet_zone = (uint32_t)modules;
    return status;
}

/* Sizes of ISO 216 and of North America, upright, in micrometres. */
static const struct {
    const char *name;
    int64_t width_um, height_um;
} pages[] = {
    {"A3", 297000, 420000}, {"A4", 210000, 297000},     {"A5", 148000, 210000},
    {"A6", 105000, 148000}, {"letter", 215900, 279400}, {"legal", 215900, 355600},
};

/* Two lengths with x between them: "100mm x 50mm". */
static enum sp_status parse_size(const char *value, int64_t *width_um, int64_t *height_um,
                                 struct sp_err *err)
{
    const char *between = strpbrk(value, "xX");
    char width[64];
    if (!between || between == value || (size_t)(between - value) >= sizeof width)
        return sp_fail(err, SP_BAD_SPEC,
                       "`%s` is no page: write A3, A4, A5, A6, letter, legal, one of them with "
                       "-landscape, or a width and height such as 100mmx50mm",
                       value);
    memcpy(width, value, (size_t)(between - value));
    width[between - value] = '\0';
    const enum sp_status status = sp_length_parse(width, width_um, err);
    return status == SP_OK ? sp_length_parse(between + 1, height_um, err) : status;
}

static enum sp_status set_page(void *context, const char *value, struct sp_err *err)
{
    struct sp_sheet_spec *spec = &SPEC(context);
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        const size_t length = strlen(pages[i].name);
        if (strncasecmp(value, pages[i].name, length) != 0)
            continue;
        const bool landscape = strcasecmp(value + length, "-landscape") == 0;
        if (value[length] && !landscape)
            continue;
        spec->page_width_um = landscape ? pages[i].height_um : pages[i].width_um;
        spec->page_height_um = landscape ? pages[i].width_um : pages[i].height_um;
        return SP_OK;
    }
    return parse_size(value, &spec->page_width_um, &spec->page_height_um, err);
}

static enum sp_status set_grid(void *context, const char *value, struct sp_err *err)
{
    return sp_grid_parse(value, &SPEC(context).columns, &SPEC(context).rows, err);
}

/* Up to `most` lengths with commas between them; their number in *count. */
static enum sp_status parse_lengths(const char *value, unsigned most, int64_t *um, unsigned *count,
                                    struct sp_err *err)
{
    for (*count = 0; *count < most; (*count)++) {
        const size_t length = strcspn(value, ",");
        char one[64];
        if (length >= sizeof one)
            return sp_fail(err, SP_BAD_SPEC, "`%.60s…` is too long for a length", value);
        memcpy(one, value, length);
        one[length] = '\0';
        const enum sp_status status = sp_length_parse(one, &um[*count], err);
        if (status != SP_OK)
            return status;
        value += length;
        if (*value == '\0') {
            (*count)++;
            return SP_OK;
        }
        value++;
    }
    return sp_fail(err, SP_BAD_SPEC, "more than %u lengths", most);
}

static enum sp_status set_margin(void *context, const char *value, struct sp_err *err)
{
    struct sp_sheet_spec *spec = &SPEC(context);
    int64_t um[4] = {0};
    unsigned count = 0;
    const enum sp_status status = parse_lengths(value, 4, um, &count, err);
    if (status != SP_OK)
        return status;
    if (count == 3)
        return sp_fail(err, SP_BAD_SPEC,
                       "give one margin, two (top and bottom, left and right) or four (top, "
                       "right, bottom, left)");
    spec->margin_top_um = um[0];
    spec->margin_right_um = count == 1 ? um[0] : um[1];
    spec->margin_bottom_um = count == 4 ? um[2] : um[0];
    spec->margin_left_um = count == 4 ? um[3] : spec->margin_right_um;
    return SP_OK;
}

static enum sp_status set_gap(void *context, const char *value, struct sp_err *err)
{
    int64_t um[2] = {0};
    unsigned count = 0;
    const enum sp_status status = parse_lengths(value, 2, um, &count, err);
    if (status != SP_OK)
        return status;
    SPEC(context).column_gap_um = um[0];
    SPEC(context).row_gap_um = count == 2 ? um[1] : um[0];
    return SP_OK;
}

static enum sp_status set_code_size(void *context, const char *value, struct sp_err *err)
{
    const enum sp_status status = sp_length_parse(value, &SPEC(context).code_um, err);
    if (status == SP_OK && SPEC(context).code_um <= 0)
        return sp_fail(err, SP_BAD_SPEC, "`%s` is not more than nothing", value);
    return status;
}

static enum sp_status set_text_size(void *context, const char *value, struct sp_err *err)
{
    int64_t um = 0;
    const enum sp_status status = sp_length_parse(value, &um, err);
    if (status == SP_OK)
        SPEC(context).text_mpt = um * 360 / 127;
    return status;
}

static enum sp_status set_draw(void *context, const char *value, struct sp_err *err)
{
    static const char *const names[] = {"sharp", "small", "vector"};
    for (size_t i = 0; i < 3; i++)
        if (strcmp(value, names[i]) == 0) {
            SPEC(context).draw = (enum sp_draw)i;
            return SP_OK;
        }
    return sp_fail(err, SP_BAD_SPEC, "`%s` is no way to draw: write sharp, small or vector", value);
}

static enum sp_status set_threads(void *context, const char *value, struct sp_err *err)
{
    uint64_t threads = 0;
    const enum sp_status status = cli_parse_number(value, 1, SP_THREADS_MAX, &threads, err);
    SPEC(context).threads = (unsigned)threads;
    return status;
}

static enum sp_status set_count(void *field, const char *value, struct sp_err *err)
{
    return sp_count_parse(value, field, err);
}

#define AT(field) offsetof(struct cli_sheet_options, field)
#define HEADING(text)  \
    {                  \
        .help = (text) \
    }

/* Those of sheet and of plan; --json at the end is plan's alone. */
static const struct cli_option table[] = {
    HEADING("What to print:"),
    {"count", 'n', "N", "make N records with ids of their own", set_count, AT(spec.count)},
    {"id", 0, "PATTERN",
     "the ids of --count: text with {n}, {n:06}, {random:12} or {uuid}; default {random:10}",
     cli_set_text, AT(spec.id)},
    {"seed", 0, "HEX", "32 hexadecimal digits: the same seed makes the same ids", cli_set_text,
     AT(spec.seed)},
    {"lines", 0, "FILE", "instead of --count: one payload a line; - is standard input",
     cli_set_path, AT(lines)},
    {"code", 0, "TEMPLATE",
     "what a code says, default {id}; also {n}, {n:06} and, of lines, {line}", cli_set_text,
     AT(spec.code)},
    {"text", 0, "TEMPLATE", "the line under a code, default {id}; none for none", set_text, 0},
    {"strict", 0, NULL, "stop at the first bad record instead of leaving it out", cli_set_flag,
     AT(spec.strict)},
    HEADING("The codes:"),
    {"ecc", 0, "L|M|Q|H", "error correction, default M", set_ecc, 0},
    {"qr-version", 0, "1..40", "one size for all codes; default the smallest that fits",
     set_version, 0},
    {"mask", 0, "0..7", "force a mask; default the best", set_mask, 0},
    {"kanji", 0, NULL, "use Kanji mode where it is shorter", cli_set_flag, AT(spec.qr.kanji)},
    {"eci", 0, NULL, "announce UTF-8, which some tills and hand scanners choke on", cli_set_flag,
     AT(spec.qr.eci)},
    {"quiet-zone", 0, "MODULES", "white around a code, default 4", set_quiet_zone, 0},
    {"draw", 0, "HOW", "sharp (default), small (the smallest file) or vector (for cutters)",
     set_draw, 0},
    HEADING("The sheet (lengths carry a unit: 34mm, 0.5in, 12pt):"),
    {"page", 0, "SIZE", "A4 (default), A3, A5, A6, letter, legal, A4-landscape, 100mmx50mm",
     set_page, 0},
    {"grid", 0, "5x6", "columns by rows", set_grid, 0},
    {"margin", 0, "LENGTHS", "one, or top,right,bottom,left; default 10mm", set_margin, 0},
    {"gap", 0, "LENGTHS", "between cells, or between columns,rows; default 2mm", set_gap, 0},
    {"code-size", 0, "LENGTH", "side of a code with its quiet zone; default what fits",
     set_code_size, 0},
    {"text-size", 0, "LENGTH", "of the line under a code, default 8pt; shrunk to fit",
     set_text_size, 0},
    {"title", 0, "TEXT", "title of the document", cli_set_text, AT(spec.title)},
    {"date", 0, "DATE", "date of the document, 2026-11-21 or 2026-11-21T12:00:00Z", cli_set_text,
     AT(spec.date)},
    HEADING("The output:"),
    {"output", 'o', "FILE", "the PDF; - is standard output", cli_set_path, AT(output)},
    {"manifest", 0, "FILE", "a CSV of id, payload, page, row and column", cli_set_path,
     AT(manifest)},
    {"force", 'f', NULL, "replace files that exist", cli_set_flag, AT(force)},
    HEADING("The run:"),
    {"memory", 'm', "SIZE", "the limit it is held to, default 64M", cli_set_size, AT(memory_bytes)},
    {"threads", 'j', "N", "default: one a processor, as the memory allows", set_threads, 0},
    {"scratch", 0, "FOLDER", "for a small file without a name; default that of the output",
     cli_set_path, AT(scratch)},
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

void cli_sheet_help(bool plan)
{
    if (plan)
        puts("smallpress plan sheet [options]\n\n"
             "What the job would need: memory, output, scratch and time. Makes nothing.");
    else
        puts("smallpress sheet [options] -o OUT.pdf\n\n"
             "Codes and labels to PDF: 30 to an A4 page with the id under each by default.\n\n"
             "  smallpress sheet --count 50000 -o codes.pdf\n"
             "  smallpress sheet --lines ids.txt --code 'https://example.org/{id}' -o c.pdf");
    cli_options_help(table, table_count(plan));
}

/* What must be said once, and only once. */
static enum sp_status check(struct cli_sheet_options *options, bool plan, struct sp_err *err)
{
    const bool count_given = options->spec.count != COUNT_NOT_GIVEN;
    if (count_given == (options->lines != NULL))
        return sp_fail(err, SP_BAD_SPEC,
                       count_given
                           ? "--count and --lines are two ways to say what to print: give one"
                           : "nothing to print: give --count N or --lines FILE");
    if (options->lines && (options->spec.id || options->spec.seed))
        return sp_fail(err, SP_BAD_SPEC,
                       "--id and --seed make ids for --count; with --lines the line is the id");
    if (!plan && !options->output)
        return sp_fail(err, SP_BAD_SPEC, "no output: say where to with -o OUT.pdf");
    if (options->output && options->manifest && strcmp(options->output, options->manifest) == 0)
        return sp_fail(err, SP_BAD_SPEC,
                       "--manifest and -o name the same file: the manifest needs its own");
    return SP_OK;
}

enum sp_status cli_sheet_parse(struct cli_sheet_options *options, bool plan, int argc, char **argv,
                               int first, struct sp_err *err)
{
    memset(options, 0, sizeof *options);
    sp_sheet_spec_init(&options->spec);
    const char *default_id = options->spec.id;
    options->spec.id = NULL;
    options->spec.count = COUNT_NOT_GIVEN;
    options->spec.threads = 0;
    options->memory_bytes = CLI_MEMORY_DEFAULT;
    options->input.fd = -1;
    enum sp_status status = cli_options_parse(
        table, table_count(plan), plan ? "plan sheet" : "sheet", argc, argv, first, options, err);
    if (status != SP_OK || options->help)
        return status;
    status = check(options, plan, err);
    if (status != SP_OK)
        return status;
    if (options->spec.count == COUNT_NOT_GIVEN)
        options->spec.count = 0;
    if (!options->spec.id)
        options->spec.id = default_id;
    if (!options->spec.seed && !options->lines && sp_sheet_needs_seed(&options->spec)) {
        status = sp_sheet_seed_make(options->seed, err);
        options->spec.seed = options->seed;
    }
    return status;
}

const char *cli_sheet_scratch(struct cli_sheet_options *options)
{
    return cli_scratch_folder(options->output_folder, options->scratch, options->output);
}

enum sp_status cli_sheet_plan(struct cli_sheet_options *options, struct sp_plan *plan,
                              struct sp_err *err)
{
    if (options->spec.threads > 0)
        return sp_sheet_plan(&options->spec, plan, err);
    enum sp_status status = SP_OK;
    for (options->spec.threads = cli_processors();; options->spec.threads--) {
        status = sp_sheet_plan(&options->spec, plan, err);
        if (status != SP_OK || options->spec.threads == 1 ||
            plan->memory_bytes <= options->memory_bytes)
            return status;
    }
}

int cli_sheet_refuse(struct cli_sheet_options *options, const struct sp_plan *plan)
{
    struct cli_text need, limit;
    cli_say("this job needs %s of memory and --memory gives it %s; nothing was written:",
            cli_bytes(&need, plan->memory_bytes), cli_bytes(&limit, options->memory_bytes));
    cli_memory_parts(plan, false);
    struct cli_sheet_options single = *options;
    struct sp_plan least;
    single.spec.threads = 1;
    if (sp_sheet_plan(&single.spec, &least, NULL) != SP_OK)
        return CLI_ROOM;
    if (options->spec.threads > 1 && least.memory_bytes <= options->memory_bytes)
        cli_say("take --threads 1, which needs %s, or --memory %lluM",
                cli_bytes(&need, least.memory_bytes),
                (unsigned long long)cli_mebibytes(plan->memory_bytes));
    else
        cli_say("the least that would do is --memory %lluM%s",
                (unsigned long long)cli_mebibytes(least.memory_bytes),
                options->spec.threads > 1 ? " with --threads 1" : "");
    return CLI_ROOM;
}
