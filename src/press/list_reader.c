#include "press/list_reader.h"

size_t sp_list_reader_need(void)
{
    return sp_rows_need();
}

void sp_list_reader_init(struct sp_list_reader *reader, struct sp_arena *arena,
                         const struct sp_report_io *io)
{
    *reader = (struct sp_list_reader){.io = io, .rows = sp_rows_init(arena)};
}

enum sp_status sp_list_reader_open(struct sp_list_reader *reader,
                                   const struct sp_list_source *source, const char *const *names,
                                   size_t count, size_t required, struct sp_err *err)
{
    enum sp_rows_format format;
    sp_list_reader_close(reader);
    if (!sp_rows_format_of(source->path, &format))
        return sp_fail(err, SP_BAD_SPEC,
                       "`%.200s` is no list that can be read: its name ends in .ndjson, .jsonl, "
                       ".csv or .tsv",
                       source->path);
    enum sp_status status = reader->io->open(reader->io->context, source->path, &reader->file, err);
    if (status != SP_OK)
        return status;
    reader->open = true;
    status = sp_rows_begin(reader->rows, &reader->file.in, format, names, count, required, err);
    if (status != SP_OK)
        sp_list_reader_close(reader);
    return status;
}

void sp_list_reader_close(struct sp_list_reader *reader)
{
    if (reader->open)
        sp_in_file_close(&reader->file);
    reader->open = false;
}
