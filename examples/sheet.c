/*
 * A sheet of codes through the library, in full: what sheet.h describes in ten lines.
 *
 *     sheet OUT.pdf [COUNT [SEED]]
 *
 * writes COUNT codes (30 if not given) with unique ids, 30 to an A4 page, the id under each. The
 * ids are random, and SEED (32 hexadecimal digits) makes the same ones again. In a source tree:
 *
 *     cc sheet.c $(pkg-config --cflags --libs smallpress) -o sheet
 */
#include <smallpress/arena.h>
#include <smallpress/file.h>
#include <smallpress/quantity.h>
#include <smallpress/sheet.h>

#include <inttypes.h>
#include <stdio.h>

/* More than this the program will not take, whatever is asked of it. */
#define MEMORY_MAX_BYTES (64 * 1024 * 1024)

/*
 * Writes the document of a planned job to a file. The name appears when the document is whole and
 * on the disk; on any failure sp_file_discard leaves the folder as it was.
 */
static enum sp_status print(const struct sp_sheet_spec *spec, struct sp_arena *arena,
                            const char *path, struct sp_sheet_result *result, struct sp_err *err)
{
    struct sp_file file;
    enum sp_status status = sp_file_create(&file, path, SP_FILE_REPLACE, err);
    if (status != SP_OK)
        return status;
    const struct sp_sheet_io io = {
        .document = sp_file_write,
        .document_context = &file,
        .scratch_folder = ".", /* for a small file that has no name and goes by itself */
    };
    struct sp_sheet *sheet;
    status = sp_sheet_open(&sheet, arena, spec, &io, err);
    if (status == SP_OK) {
        status = sp_sheet_run(sheet, result, err);
        sp_sheet_close(sheet);
    }
    if (status == SP_OK)
        status = sp_file_commit(&file, err);
    sp_file_discard(&file); /* does nothing to a file that was committed */
    return status;
}

/* Plans the job, takes the memory that the plan names, and no more, and does it. */
static enum sp_status make_sheet(const struct sp_sheet_spec *spec, const char *path,
                                 struct sp_err *err)
{
    struct sp_plan plan;
    enum sp_status status = sp_sheet_plan(spec, &plan, err);
    if (status != SP_OK)
        return status;
    if (plan.memory_bytes > MEMORY_MAX_BYTES)
        return sp_fail(err, SP_NO_ROOM, "the job needs %" PRIu64 " bytes, and %d are allowed",
                       plan.memory_bytes, MEMORY_MAX_BYTES);
    struct sp_arena arena;
    status = sp_arena_open(&arena, (size_t)plan.arena_bytes, err);
    if (status != SP_OK)
        return status;
    struct sp_sheet_result result;
    status = print(spec, &arena, path, &result, err);
    sp_arena_close(&arena);
    if (status == SP_OK)
        fprintf(stderr, "%s: %" PRIu64 " codes on %" PRIu64 " pages\n", path, result.records,
                result.pages);
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 4) {
        fprintf(stderr, "usage: sheet OUT.pdf [COUNT [SEED]]\n");
        return 2;
    }
    struct sp_err err;
    char seed[SP_SHEET_SEED_BYTES];
    struct sp_sheet_spec spec;
    sp_sheet_spec_init(&spec); /* everything has a default but the records */
    spec.count = 30;
    spec.seed = argc > 3 ? argv[3] : seed;

    /* What can fail leaves one sentence in `err` and returns a status, so calls form a chain. */
    enum sp_status status = argc > 2 ? sp_count_parse(argv[2], &spec.count, &err) : SP_OK;
    if (status == SP_OK && argc <= 3)
        status = sp_sheet_seed_make(seed, &err);
    if (status == SP_OK)
        status = make_sheet(&spec, argv[1], &err);
    if (status != SP_OK)
        fprintf(stderr, "sheet: %s\n", err.text);
    return status == SP_OK ? 0 : 1;
}
