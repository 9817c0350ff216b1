#include "cli/rehearsal.h"

#include "cli/command.h"

#include <string.h>

struct watch {
    uint64_t start_ns;
    struct sp_err refused; /* the first record left out */
};

/* Asked between pages and between bad records, which may be all there are. */
static bool is_late(void *context)
{
    const struct watch *watch = context;
    return cli_stopped(NULL) ||
           cli_clock_ns() - watch->start_ns > CLI_REHEARSAL_MS * UINT64_C(1000000);
}

static void on_refused(void *context, const struct sp_err *why)
{
    struct watch *watch = context;
    if (watch->refused.status == SP_OK)
        watch->refused = *why;
}

static enum sp_status rehearse(const struct sp_sheet_spec *spec, const char *scratch,
                               struct sp_arena *arena, struct cli_rehearsal *rehearsal,
                               struct sp_err *err)
{
    struct watch watch = {.start_ns = cli_clock_ns()};
    const struct sp_sheet_io io = {
        .document = sp_out_discard,
        .scratch_folder = scratch,
        .stopped = is_late,
        .refused = on_refused,
        .context = &watch,
    };
    struct sp_sheet *sheet;
    enum sp_status status = sp_sheet_open(&sheet, arena, spec, &io, err);
    if (status != SP_OK)
        return status;
    watch.start_ns = cli_clock_ns();
    status = sp_sheet_run(sheet, &rehearsal->result, err);
    rehearsal->elapsed_ns = cli_clock_ns() - watch.start_ns;
    sp_sheet_close(sheet);
    rehearsal->whole = status == SP_OK;
    rehearsal->records = rehearsal->result.records;
    rehearsal->pages = rehearsal->result.pages;
    rehearsal->output_bytes = rehearsal->result.output_bytes;
    if (cli_stopped(NULL))
        return sp_fail(err, SP_STOPPED, "stopped");
    /* Not one good record in all this time: the first bad one says what is wrong. */
    if (rehearsal->pages == 0 && watch.refused.status != SP_OK) {
        *err = watch.refused;
        return SP_BAD_DATA;
    }
    return status == SP_STOPPED ? SP_OK : status;
}

enum sp_status cli_rehearse(struct cli_sheet_options *options, struct cli_rehearsal *rehearsal,
                            struct sp_err *err)
{
    struct sp_sheet_spec spec = options->spec;
    struct sp_plan plan;
    struct sp_arena arena;
    memset(rehearsal, 0, sizeof *rehearsal);
    spec.threads = 1;
    enum sp_status status = sp_sheet_plan(&spec, &plan, err);
    if (status == SP_OK)
        status = sp_arena_open(&arena, plan.arena_bytes, err);
    if (status != SP_OK)
        return status;
    status = rehearse(&spec, cli_sheet_scratch(options), &arena, rehearsal, err);
    sp_arena_close(&arena);
    return status;
}
