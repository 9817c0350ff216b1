/*
 * The photos of one place in a report, inline or from lists, in their order, a few ordered ahead.
 *
 *     sp_photo_queue_begin(queue, section)       null: those that belong to no section
 *     while (sp_photo_queue_next(queue, &taken) …)
 *
 * The photos of a section are its own, then those at the top of the submission that name it, by its
 * id or else its title; those that name none there is belong to no section.
 */
#ifndef SP_PRESS_PHOTO_QUEUE_H
#define SP_PRESS_PHOTO_QUEUE_H

#include <smallpress/report.h>

#include "press/list_reader.h"
#include "spec/submission.h"

#include <stdbool.h>
#include <stdint.h>

/* Bytes of a photo's texts with their ends; a caption that is longer is cut. */
#define SP_PHOTO_SOURCE_MAX  4096
#define SP_PHOTO_CAPTION_MAX 1024

/* A photo that was asked for: texts are copied, because lists are read on meanwhile. */
struct sp_photo_asked {
    char source[SP_PHOTO_SOURCE_MAX];
    char caption[SP_PHOTO_CAPTION_MAX]; /* empty for none */
    char taken_at[64];
    bool ordered; /* else `why` says what is wrong with it */
    struct sp_err why;
};

/* What came of it. */
struct sp_photo_taken {
    const struct sp_photo_asked *asked; /* until the next call */
    enum sp_status status;              /* SP_OK, or why says why not */
    struct sp_photo photo;
    int fd;
    struct sp_err why;
};

struct sp_photo_queue {
    const struct sp_submission *submission;
    const struct sp_photo_source *source;
    struct sp_list_reader *reader;
    struct sp_photo_order order;
    struct sp_photo_asked *slots; /* `ahead` + 1: the one that was taken last is still read */
    unsigned ahead, count, first; /* on order, from slot `first` on */

    /* Where the reading of the place stands. */
    const struct sp_report_section *section;
    int stage;
    size_t index;
    bool reading; /* a list is open */
    uint64_t refused_rows;
};

size_t sp_photo_queue_need(unsigned ahead);
void sp_photo_queue_init(struct sp_photo_queue *queue, struct sp_arena *arena,
                         const struct sp_submission *submission,
                         const struct sp_photo_source *source, struct sp_list_reader *reader,
                         unsigned ahead);

void sp_photo_queue_begin(struct sp_photo_queue *queue, const struct sp_report_section *section);

/*
 * The next photo. *more is false when there are no more. Fails with SP_STOPPED, and if nothing more
 * can be ordered at all; a photo that cannot be had is in `taken`, and so is a row of a list that
 * cannot be read or a list that cannot be opened.
 */
SP_MUST_CHECK enum sp_status sp_photo_queue_next(struct sp_photo_queue *queue,
                                                 struct sp_photo_taken *taken, bool *more,
                                                 struct sp_err *err);

#endif
