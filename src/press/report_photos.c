/* The photos of one place: taken one by one, drawn row by row. */
#include "press/report_job.h"

#include "base/num.h"
#include "base/utf8.h"
#include "pdf/pdf_image.h"

#include <stdio.h>
#include <string.h>

/* Photos of one row, with what their texts need until they are drawn. */
struct photo_row {
    struct sp_paper_photo photos[SP_PAPER_PHOTOS_MAX];
    struct texts {
        char caption[SP_PHOTO_CAPTION_MAX], taken_at[64], source[SP_PROBLEM_WHAT_MAX];
        char why[sizeof((struct sp_err *)0)->text];
    } texts[SP_PAPER_PHOTOS_MAX];
    unsigned count;
    bool headed;
};

/* An address without what may be secret in it: its query and its fragment. */
static void public_source(char *out, size_t capacity, const char *source)
{
    const bool url = strstr(source, "://") != NULL;
    const size_t length = url ? strcspn(source, "?#") : strlen(source);
    sp_utf8_copy(out, capacity, source, length);
}

static enum sp_status write_image(struct sp_report *report, const struct sp_photo *photo, int fd,
                                  struct sp_paper_image *image, struct sp_err *err)
{
    const struct sp_pdf_image_source source = {
        .fd = fd,
        .length = photo->length,
        .kind = photo->format == SP_PHOTO_PNG ? SP_PDF_IMAGE_PNG : SP_PDF_IMAGE_JPEG,
        .width_px = photo->width_px,
        .height_px = photo->height_px,
        .channels = photo->channels,
    };
    image->width_px = photo->width_px;
    image->height_px = photo->height_px;
    return sp_pdf_image_write(&report->document, &source, &image->object, err);
}

enum sp_status sp_report_graphic(struct sp_report *report, const char *source, uint32_t edge_px,
                                 struct sp_paper_image *image, struct sp_err *err)
{
    const struct sp_photo_source *photos = &report->io.photos;
    const struct sp_photo_order order = {
        .kind = SP_PHOTO_GRAPHIC,
        .edge_px = edge_px,
        .quality = 90,
        .pixels_max = report->photos.order.pixels_max,
    };
    struct sp_photo photo;
    struct sp_err why;
    char what[SP_PROBLEM_WHAT_MAX];
    int fd;
    *image = (struct sp_paper_image){0};
    enum sp_status status = photos->order(photos->context, source, &order, err);
    if (status != SP_OK)
        return status;
    status = photos->take(photos->context, &photo, &fd, &why);
    if (status == SP_OK)
        status = write_image(report, &photo, fd, image, &why);
    if (status == SP_STOPPED) {
        *err = why;
        return status;
    }
    if (status == SP_OK)
        return SP_OK;
    *image = (struct sp_paper_image){0};
    report->photos_refused++;
    public_source(what, sizeof what, source);
    return sp_report_refuse(report, what, &why, err);
}

static enum sp_status draw_row(struct sp_report *report, struct photo_row *row, struct sp_err *err)
{
    if (row->count == 0)
        return SP_OK;
    const enum sp_status status = sp_paper_photos(&report->paper, row->photos, row->count, err);
    row->count = 0;
    return status;
}

static void fill_texts(const struct sp_photo_taken *taken, struct photo_row *row, uint64_t number)
{
    struct texts *texts = &row->texts[row->count];
    struct sp_paper_photo *photo = &row->photos[row->count];
    snprintf(texts->caption, sizeof texts->caption, "%s", taken->asked->caption);
    snprintf(texts->taken_at, sizeof texts->taken_at, "%s", taken->asked->taken_at);
    public_source(texts->source, sizeof texts->source, taken->asked->source);
    memcpy(texts->why, taken->why.text, sizeof texts->why);
    photo->number = number;
    photo->caption = texts->caption[0] ? texts->caption : NULL;
    photo->taken_at = texts->taken_at[0] ? texts->taken_at : NULL;
    photo->source = texts->source;
    photo->why = taken->status == SP_OK ? NULL : texts->why;
}

/* A heading before photos that no section has, as soon as there is one. */
static enum sp_status head_loose(struct sp_report *report, const struct sp_report_section *section,
                                 struct photo_row *row, struct sp_err *err)
{
    if (section || row->headed)
        return SP_OK;
    row->headed = true;
    sp_paper_open(&report->paper, SP_PDF_TAG_SECT);
    return sp_paper_heading(&report->paper, 2, report->shape.submission.theme.words[SP_WORD_PHOTOS],
                            14 * sp_line_height(report->paper.size), err);
}

static enum sp_status put_on_paper(struct sp_report *report, struct sp_photo_taken *taken,
                                   struct photo_row *row, struct sp_err *err)
{
    struct sp_paper_photo *photo = &row->photos[row->count];
    *photo = (struct sp_paper_photo){0};
    if (taken->status == SP_OK)
        taken->status = write_image(report, &taken->photo, taken->fd, &photo->image, &taken->why);
    fill_texts(taken, row, report->photo_count);
    row->count++;
    if (row->count == report->shape.submission.theme.photos_per_row)
        return draw_row(report, row, err);
    return SP_OK;
}

static enum sp_status put_photo(struct sp_report *report, struct sp_photo_taken *taken,
                                const struct sp_report_section *section, struct photo_row *row,
                                struct sp_err *err)
{
    enum sp_status status = SP_OK;
    report->photo_count++;
    if (report->shape.spec.pdf) {
        status = head_loose(report, section, row, err);
        if (status == SP_OK)
            status = put_on_paper(report, taken, row, err);
    }
    if (status == SP_OK && report->shape.spec.xlsx)
        status = sp_report_book_photo(&report->book, taken, report->photo_count, err);
    if (status == SP_OK && taken->status != SP_OK) {
        char what[SP_PROBLEM_WHAT_MAX];
        report->photos_refused++;
        public_source(what, sizeof what, taken->asked->source);
        status = sp_report_refuse(report, what, &taken->why, err);
    }
    return status == SP_OK ? sp_report_step(report, err) : status;
}

enum sp_status sp_report_walk_photos(struct sp_report *report,
                                     const struct sp_report_section *section, struct sp_err *err)
{
    struct photo_row row = {.count = 0};
    enum sp_status status = SP_OK;
    sp_photo_queue_begin(&report->photos, section);
    for (bool more = true; status == SP_OK && more;) {
        struct sp_photo_taken taken;
        status = sp_photo_queue_next(&report->photos, &taken, &more, err);
        if (status == SP_OK && more)
            status = put_photo(report, &taken, section, &row, err);
    }
    if (status == SP_OK)
        status = draw_row(report, &row, err);
    if (row.headed)
        sp_paper_close(&report->paper);
    return status;
}
