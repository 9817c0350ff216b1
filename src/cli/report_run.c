#include "cli/report_run.h"

#include "cli/command.h"
#include "cli/memory.h"
#include "cli/say.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void cli_report_run_init(struct cli_report_run *run, struct cli_report_options *options)
{
    *run = (struct cli_report_run){.options = options};
    cli_documents_init(&run->documents);
    sp_report_spec_init(&run->spec);
    run->spec.pdf = options->output != NULL || !options->xlsx;
    run->spec.xlsx = options->xlsx != NULL;
    run->spec.tagged = !options->untagged;
    run->spec.date = options->date;
    run->spec.font_paths = options->fonts;
    cli_report_feed_spec(options, &run->feed_spec);
    run->feed_spec.stopped = cli_stopped;
}

/* --- What the press asks for --------------------------------------------------------------------
 */

static void on_progress(void *context, const struct sp_report_progress *progress)
{
    struct cli_report_run *run = context;
    struct cli_where where = {progress->photos, progress->photos_total, progress->pages,
                              progress->output_bytes};
    if (run->batch)
        where = (struct cli_where){run->submissions, run->submissions_total,
                                   run->pages + progress->pages,
                                   run->output_bytes + progress->output_bytes};
    else if (progress->photos == 0)
        where.done = progress->rows;
    run->progress.unit = run->batch ? "reports" : progress->photos > 0 ? "photos" : "rows";
    cli_progress_show(&run->progress, &where);
}

static void on_refused(void *context, const char *what, const struct sp_err *why)
{
    struct cli_report_run *run = context;
    if (run->said++ < CLI_REPORT_SAID_MAX)
        cli_say("%s%s%s: %s", run->label ? run->label : "", run->label ? ": " : "", what,
                why->text);
    else if (run->said == CLI_REPORT_SAID_MAX + 1)
        cli_say("more like these are listed at the end of the report");
}

static enum sp_status open_list(void *context, const char *path, struct sp_in_file *file,
                                struct sp_err *err)
{
    struct cli_report_run *run = context;
    return cli_open_list(run->feed_spec.folder, path, run->opened, file, err);
}

/* The feed is opened when the rules of the submission are known, after the press was. */
static enum sp_status order_photo(void *context, const char *source,
                                  const struct sp_photo_order *order, struct sp_err *err)
{
    const struct cli_report_run *run = context;
    const struct sp_photo_source feed = sp_photo_feed_source(run->feed);
    return feed.order(feed.context, source, order, err);
}

static enum sp_status take_photo(void *context, struct sp_photo *photo, int *fd, struct sp_err *err)
{
    const struct cli_report_run *run = context;
    const struct sp_photo_source feed = sp_photo_feed_source(run->feed);
    return feed.take(feed.context, photo, fd, err);
}

/* --- Making it ----------------------------------------------------------------------------------
 */

void cli_report_end_helpers(struct cli_report_run *run)
{
    if (run->feed) {
        const uint64_t bytes = sp_photo_feed_counts(run->feed).decoder_bytes;
        run->decoder_bytes = bytes > run->decoder_bytes ? bytes : run->decoder_bytes;
        sp_photo_feed_close(run->feed);
    }
    run->feed = NULL;
    sp_arena_close(&run->feed_arena);
}

/* One feed serves all submissions, but for those with rules of their own. */
static enum sp_status open_feed(struct cli_report_run *run, struct sp_err *err)
{
    run->feed_spec.rules = sp_report_url_rules(run->report, &run->feed_spec.rule_count);
    if (run->feed && !run->feed_has_rules && run->feed_spec.rule_count == 0)
        return SP_OK;
    cli_report_end_helpers(run);
    const size_t need = sp_photo_feed_need(&run->feed_spec);
    enum sp_status status = sp_arena_open(&run->feed_arena, need, err);
    if (status != SP_OK)
        return status;
    sp_arena_part_begin(&run->feed_arena, "photos on order", need);
    status = sp_photo_feed_open(&run->feed, &run->feed_arena, &run->feed_spec, err);
    sp_arena_part_end(&run->feed_arena);
    run->feed_has_rules = run->feed_spec.rule_count > 0;
    return status;
}

static enum sp_status open_report(struct cli_report_run *run, struct sp_err *err)
{
    const struct sp_report_io io = {
        .document = sp_file_write,
        .document_context = &run->documents.pdf,
        .workbook = sp_file_write,
        .workbook_context = &run->documents.xlsx,
        .photos = {order_photo, take_photo, run},
        .scratch_folder = run->feed_spec.scratch_folder,
        .open = open_list,
        .progress = on_progress,
        .refused = on_refused,
        .stopped = cli_stopped,
        .context = run,
    };
    const enum sp_status status = sp_arena_open(&run->arena, run->plan.arena_bytes, err);
    if (status != SP_OK)
        return status;
    return sp_report_open(&run->report, &run->arena, &run->spec, &io, err);
}

static enum sp_status create_documents(struct cli_report_run *run, cli_report_name *name,
                                       void *context, struct sp_err *err)
{
    const char *pdf = run->options->output, *xlsx = run->options->xlsx;
    enum sp_status status = SP_OK;
    if (name)
        status = name(context, sp_report_number(run->report), &pdf, &xlsx, err);
    if (status != SP_OK)
        return status;
    return cli_documents_create(&run->documents, pdf, xlsx, run->options->force, err);
}

enum sp_status cli_report_make(struct cli_report_run *run, cli_report_name *name, void *context,
                               struct sp_err *err)
{
    run->report = NULL;
    run->said = 0;
    run->result = (struct sp_report_result){0};
    cli_documents_init(&run->documents);
    enum sp_status status = open_report(run, err);
    if (status == SP_OK)
        status = open_feed(run, err);
    if (status == SP_OK)
        status = create_documents(run, name, context, err);
    if (status == SP_OK)
        status = sp_report_run(run->report, &run->result, err);
    if (status == SP_OK)
        status = cli_documents_commit(&run->documents, err);
    cli_documents_discard(&run->documents);
    /* What was ordered and not taken belongs to nobody now. */
    if (status != SP_OK)
        cli_report_end_helpers(run);
    run->pages += run->result.pages;
    run->output_bytes += run->result.document_bytes + run->result.workbook_bytes;
    return status;
}

void cli_report_run_finish(struct cli_report_run *run)
{
    cli_report_end_helpers(run);
    if (run->report)
        sp_report_close(run->report);
    run->report = NULL;
    sp_arena_close(&run->arena);
}

/* --- Saying it ----------------------------------------------------------------------------------
 */

void cli_report_say_notes(const struct cli_report_run *run)
{
    const struct sp_report_result *result = &run->result;
    const char *label = run->label ? run->label : "", *colon = run->label ? ": " : "";
    struct cli_text count;
    for (unsigned i = 0; i < result->font_count && !run->options->quiet; i++)
        cli_say("%s%stext is set in %s as well as in the built-in fonts", label, colon,
                result->fonts[i]);
    if (result->missing_characters > 0)
        cli_say(
            "%s%swarning: no font that fits the memory has %s of the characters, the first of "
            "which is U+%04" PRIX32
            "; each is shown as its number (install a font for them, name its folder with --fonts, "
            "or give more --memory: fonts beyond it are passed over)",
            label, colon, cli_count(&count, result->missing_characters), result->missing_first);
    if (result->text_cut > 0)
        cli_say("%s%swarning: %s text%s too long for the place and cut, with an ellipsis", label,
                colon, cli_count(&count, result->text_cut),
                result->text_cut == 1 ? " was" : "s were");
}
