#include "press/photo_queue.h"

#include <smallpress/limit.h>

#include "base/check.h"
#include "base/num.h"
#include "base/utf8.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What a place is made of, in this order. */
enum stage {
    OWN_INLINE,
    OWN_LIST,
    TOP_INLINE,
    TOP_LIST,
    DONE
};

size_t sp_photo_queue_need(unsigned ahead)
{
    return sp_arena_cost((size_t)(ahead + 1) * sizeof(struct sp_photo_asked));
}

void sp_photo_queue_init(struct sp_photo_queue *queue, struct sp_arena *arena,
                         const struct sp_submission *submission,
                         const struct sp_photo_source *source, struct sp_list_reader *reader,
                         unsigned ahead)
{
    *queue = (struct sp_photo_queue){
        .submission = submission,
        .source = source,
        .reader = reader,
        .ahead = ahead,
        .stage = DONE,
        .order =
            {
                .kind = SP_PHOTO_PICTURE,
                .edge_px = submission->theme.photo_edge_px,
                .quality = submission->theme.photo_quality,
                .pass = true,
                .pixels_max = SP_PHOTO_PIXELS_MAX,
            },
    };
    queue->slots = sp_arena_take(arena, ahead + 1, sizeof *queue->slots);
}

void sp_photo_queue_begin(struct sp_photo_queue *queue, const struct sp_report_section *section)
{
    SP_ASSERT(queue->count == 0);
    queue->section = section;
    queue->stage = section ? OWN_INLINE : TOP_INLINE;
    queue->index = 0;
}

static const struct sp_report_photos *photos_of(const struct sp_photo_queue *queue)
{
    return queue->stage <= OWN_LIST ? &queue->section->photos : &queue->submission->photos;
}

/* The section that a photo names: the first of that id, else the first of that title, else none. */
static const struct sp_report_section *section_of(const struct sp_photo_queue *queue,
                                                  const char *name)
{
    const struct sp_submission *submission = queue->submission;
    for (size_t i = 0; name && i < submission->section_count; i++)
        if (submission->sections[i].id && strcmp(submission->sections[i].id, name) == 0)
            return &submission->sections[i];
    for (size_t i = 0; name && i < submission->section_count; i++)
        if (strcmp(submission->sections[i].title, name) == 0)
            return &submission->sections[i];
    return NULL;
}

/* Whether a photo at the top belongs to the place in hand; of an unknown section it is loose. */
static bool belongs(const struct sp_photo_queue *queue, const char *section)
{
    return queue->stage <= OWN_LIST || section_of(queue, section) == queue->section;
}

static void fill_slot(struct sp_photo_asked *slot, const char *source, const char *caption,
                      const char *taken_at)
{
    slot->ordered = true;
    sp_utf8_copy(slot->source, sizeof slot->source, source, strlen(source));
    caption = caption ? caption : "";
    taken_at = taken_at ? taken_at : "";
    sp_utf8_copy(slot->caption, sizeof slot->caption, caption, strlen(caption));
    sp_utf8_copy(slot->taken_at, sizeof slot->taken_at, taken_at, strlen(taken_at));
    if (strlen(source) >= sizeof slot->source || *source == '\0') {
        slot->ordered = false;
        (void)sp_fail(&slot->why, SP_BAD_DATA,
                      *source ? "its address is longer than %d bytes" : "it has no address",
                      SP_PHOTO_SOURCE_MAX - 1);
    }
}

/* A list or a row of it that cannot be read stands where the photo would have. */
static void fill_refused(struct sp_photo_asked *slot, const char *path, const struct sp_err *why)
{
    fill_slot(slot, path, NULL, NULL);
    slot->ordered = false;
    slot->why = *why;
}

static bool next_inline(struct sp_photo_queue *queue, struct sp_photo_asked *slot)
{
    const struct sp_report_photos *photos = photos_of(queue);
    while (queue->index < photos->count) {
        const struct sp_report_photo *photo = &photos->photos[queue->index++];
        if (!belongs(queue, photo->section))
            continue;
        const bool dated = photo->taken_at.kind != SP_VALUE_NONE;
        fill_slot(slot, photo->src, photo->caption, dated ? photo->taken_at.text : NULL);
        return true;
    }
    return false;
}

/* True if the slot was filled; false at the end of the list, or an error that ends everything. */
static enum sp_status next_listed(struct sp_photo_queue *queue, struct sp_photo_asked *slot,
                                  bool *filled, struct sp_err *err)
{
    static const char *const names[] = {"src", "caption", "taken_at", "section"};
    const struct sp_list_source *source = &photos_of(queue)->source;
    struct sp_err why = {0};
    *filled = false;
    if (!source->path)
        return SP_OK;
    if (!queue->reading) {
        if (queue->index++ > 0)
            return SP_OK;
        if (sp_list_reader_open(queue->reader, source, names, SP_COUNT(names), 1, &why) != SP_OK) {
            fill_refused(slot, source->path, &why);
            *filled = true;
            return SP_OK;
        }
        queue->reading = true;
    }
    for (;;) {
        struct sp_row row;
        const enum sp_record_result result = sp_rows_next(queue->reader->rows, &row, &why);
        if (result == SP_RECORD_READY && !belongs(queue, row.cells[3].text))
            continue;
        *filled = result != SP_RECORD_END;
        if (result == SP_RECORD_READY)
            fill_slot(slot, row.cells[0].text, row.cells[1].text, row.cells[2].text);
        else if (*filled)
            fill_refused(slot, source->path, &why);
        if (result == SP_RECORD_END || result == SP_RECORD_FAILED) {
            sp_list_reader_close(queue->reader);
            queue->reading = false;
        }
        if (result == SP_RECORD_FAILED && why.status == SP_STOPPED && err)
            *err = why;
        return result == SP_RECORD_FAILED && why.status == SP_STOPPED ? SP_STOPPED : SP_OK;
    }
}

/* Fills the slot with the next photo of the place; false if there is none. */
static enum sp_status read_next(struct sp_photo_queue *queue, struct sp_photo_asked *slot,
                                bool *filled, struct sp_err *err)
{
    enum sp_status status = SP_OK;
    *filled = false;
    while (queue->stage < DONE) {
        if (queue->stage == OWN_INLINE || queue->stage == TOP_INLINE)
            *filled = next_inline(queue, slot);
        else
            status = next_listed(queue, slot, filled, err);
        if (*filled || status != SP_OK)
            return status;
        queue->stage++;
        queue->index = 0;
    }
    return SP_OK;
}

static enum sp_status order_ahead(struct sp_photo_queue *queue, struct sp_err *err)
{
    while (queue->count < queue->ahead) {
        struct sp_photo_asked *slot =
            &queue->slots[(queue->first + queue->count) % (queue->ahead + 1)];
        bool filled;
        enum sp_status status = read_next(queue, slot, &filled, err);
        if (status != SP_OK || !filled)
            return status;
        if (slot->ordered)
            status = queue->source->order(queue->source->context, slot->source, &queue->order, err);
        if (status != SP_OK)
            return status;
        queue->count++;
    }
    return SP_OK;
}

enum sp_status sp_photo_queue_next(struct sp_photo_queue *queue, struct sp_photo_taken *taken,
                                   bool *more, struct sp_err *err)
{
    const enum sp_status status = order_ahead(queue, err);
    *more = queue->count > 0;
    if (status != SP_OK || !*more)
        return status;
    const struct sp_photo_asked *slot = &queue->slots[queue->first];
    queue->first = (queue->first + 1) % (queue->ahead + 1);
    queue->count--;
    *taken = (struct sp_photo_taken){.asked = slot, .fd = -1};
    if (!slot->ordered) {
        taken->why = slot->why;
        taken->status = slot->why.status;
        return SP_OK;
    }
    taken->status =
        queue->source->take(queue->source->context, &taken->photo, &taken->fd, &taken->why);
    /* A disk that is full is no fault of a photo's, and has no room for the report either. */
    const bool full = taken->status == SP_IO && taken->why.os_error == ENOSPC;
    const bool ends = taken->status == SP_STOPPED || full;
    if (ends && err)
        *err = taken->why;
    return ends ? taken->status : SP_OK;
}
