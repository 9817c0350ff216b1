/*
 * Where records come from, one at a time.
 *
 * A source is a function and its context; record_generated.h and record_lines.h make one each. The
 * press asks for the next record until there is none:
 *
 *     for (;;) {
 *         switch (sp_record_next(&source, &record, &err)) {
 *         case SP_RECORD_READY:   make a label of `record`
 *         case SP_RECORD_REFUSED: note `err`, go on
 *         case SP_RECORD_END:     done
 *         case SP_RECORD_FAILED:  give up with `err`
 *         }
 *     }
 */
#ifndef SP_RECORD_SOURCE_H
#define SP_RECORD_SOURCE_H

#include <smallpress/status.h>

#include <stddef.h>
#include <stdint.h>

/*
 * One record. The id is valid UTF-8 without a zero byte in it and without one behind it; it is
 * borrowed until the source is asked again.
 */
struct sp_record {
    const char *id;
    size_t id_length; /* 1 or more */
    uint64_t number;  /* counts the good records, from 1 */
    uint64_t line;    /* of the input, from 1; 0 where there is no input */
};

enum sp_record_result {
    SP_RECORD_READY,   /* the record is filled in */
    SP_RECORD_REFUSED, /* this one is bad, `err` says why and err->line where; ask for the next */
    SP_RECORD_END,     /* there are no more, now and whenever asked again */
    SP_RECORD_FAILED,  /* the input cannot be read on, `err` says why; ask no more */
};

/* The record is filled in and `err` is touched only in the cases named above. */
struct sp_record_source {
    enum sp_record_result (*next)(void *context, struct sp_record *record, struct sp_err *err);
    void *context;
};

SP_MUST_CHECK static inline enum sp_record_result sp_record_next(
    const struct sp_record_source *source, struct sp_record *record, struct sp_err *err)
{
    return source->next(source->context, record, err);
}

#endif
