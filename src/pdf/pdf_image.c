#include "pdf/pdf_image.h"

#include "base/check.h"
#include "base/num.h"
#include "base/sys.h"

#include "pdf/pdf_report.h"

#include <inttypes.h>
#include <string.h>

/* The file through the document's buffer: a window that moves forward. */
struct reader {
    const struct sp_pdf_image_source *source;
    unsigned char *buffer;
    uint64_t at;  /* of the window, from the start of the image */
    size_t bytes; /* in it */
};

static enum sp_status differs(struct sp_err *err, const char *what)
{
    return sp_fail(err, SP_BAD_DATA, "the image that the photo was turned into %s", what);
}

/* Reads what the buffer holds from `at` on; shorter only at the end of the image. */
static enum sp_status fill(struct reader *reader, uint64_t at, struct sp_err *err)
{
    const size_t wanted =
        (size_t)SP_MIN(reader->source->length - at, (uint64_t)SP_PDF_REPORT_BUFFER);
    reader->at = at;
    reader->bytes = 0;
    while (reader->bytes < wanted) {
        const ssize_t got =
            sp_sys_pread(reader->source->fd, reader->buffer + reader->bytes, wanted - reader->bytes,
                         reader->source->offset + at + reader->bytes);
        if (got < 0)
            return sp_fail_os(err, (int)-got, "an image cannot be read from scratch");
        if (got == 0)
            return differs(err, "is shorter than it was said to be");
        reader->bytes += (size_t)got;
    }
    return SP_OK;
}

/* A few bytes at a place of the image; null if they cannot be had, with the reason in *status. */
static const unsigned char *look(struct reader *reader, uint64_t at, size_t count,
                                 enum sp_status *status, struct sp_err *err)
{
    *status = SP_OK;
    if (count > reader->source->length || at > reader->source->length - count) {
        *status = differs(err, "ends inside of one of its parts");
        return NULL;
    }
    if (at < reader->at || at + count > reader->at + reader->bytes) {
        *status = fill(reader, at, err);
        if (*status != SP_OK)
            return NULL;
    }
    return reader->buffer + (at - reader->at);
}

static uint32_t be16(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 8 | bytes[1];
}

static uint32_t be32(const unsigned char *bytes)
{
    return be16(bytes) << 16 | be16(bytes + 2);
}

/* ITU-T T.81, B.2.2: precision, lines, samples a line, components. */
static enum sp_status check_frame(const struct sp_pdf_image_source *source,
                                  const unsigned char *frame, struct sp_err *err)
{
    if (frame[0] != 8)
        return differs(err, "does not have eight bits a channel");
    if (be16(frame + 1) != source->height_px || be16(frame + 3) != source->width_px)
        return differs(err, "does not have the size that it was said to have");
    if (frame[5] != source->channels)
        return differs(err, "does not have the channels that it was said to have");
    return SP_OK;
}

/* Frames a PDF may hold (ISO 32000-1, 7.4.8): baseline, extended and progressive with Huffman. */
static bool is_frame(unsigned marker)
{
    return marker >= 0xC0 && marker <= 0xC2;
}

/* Segments that may stand before the frame (T.81, B.2.4): tables, comments, applications'. */
static bool is_table(unsigned marker)
{
    return marker == 0xC4 || marker == 0xDB || marker == 0xDD || marker == 0xFE ||
           (marker >= 0xE0 && marker <= 0xEF);
}

static enum sp_status check_jpeg(struct reader *reader, struct sp_err *err)
{
    enum sp_status status;
    const unsigned char *bytes = look(reader, 0, 2, &status, err);
    if (bytes && be16(bytes) != 0xFFD8)
        return differs(err, "is not a JPEG");
    for (uint64_t at = 2; bytes;) {
        bytes = look(reader, at, 10, &status, err);
        if (!bytes)
            break;
        if (bytes[0] == 0xFF && bytes[1] == 0xFF) {
            at++; /* a marker may have any number of these before it (B.1.1.2) */
            continue;
        }
        if (bytes[0] != 0xFF || be16(bytes + 2) < 2)
            return differs(err, "has no JPEG segment where one should begin");
        if (is_frame(bytes[1]))
            return check_frame(reader->source, bytes + 4, err);
        if (!is_table(bytes[1]))
            return differs(err, "is a JPEG of a kind that a PDF cannot hold");
        at += 2 + be16(bytes + 2);
    }
    return status;
}

/* ISO/IEC 15948, 11.2.2: the size, eight bits, grey or RGB, no interlacing. */
static enum sp_status check_head(const struct sp_pdf_image_source *source,
                                 const unsigned char *head, struct sp_err *err)
{
    static const unsigned char start[16] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n',
                                            0,    0,   0,   13,  'I',  'H',  'D',  'R'};
    if (memcmp(head, start, sizeof start) != 0)
        return differs(err, "is not a PNG");
    if (be32(head + 16) != source->width_px || be32(head + 20) != source->height_px)
        return differs(err, "does not have the size that it was said to have");
    if (head[24] != 8 || head[25] != (source->channels == 1 ? 0 : 2))
        return differs(err, "does not have the channels that it was said to have");
    if (head[26] != 0 || head[27] != 0 || head[28] != 0)
        return differs(err, "is a PNG of a kind that a PDF cannot hold");
    return SP_OK;
}

/* Walks the chunks of a PNG: the bytes of its pixel data in all. */
#define CHUNKS_START 33 /* behind the signature and the head with its check sum */

static enum sp_status check_png(struct reader *reader, uint64_t *data_bytes, struct sp_err *err)
{
    enum sp_status status;
    const unsigned char *bytes = look(reader, 0, CHUNKS_START, &status, err);
    if (!bytes)
        return status;
    status = check_head(reader->source, bytes, err);
    *data_bytes = 0;
    for (uint64_t at = CHUNKS_START; status == SP_OK;) {
        /* Every chunk has a length and a name before it and a check sum behind. */
        bytes = look(reader, at, 8, &status, err);
        if (!bytes)
            break;
        const uint64_t length = be32(bytes);
        const bool end = memcmp(bytes + 4, "IEND", 4) == 0;
        if (memcmp(bytes + 4, "IDAT", 4) == 0)
            *data_bytes += length;
        if (memcmp(bytes + 4, "tRNS", 4) == 0)
            return differs(err, "is a PNG with transparency");
        at += 12 + length;
        if (end || at > reader->source->length) {
            if (!end || at != reader->source->length || *data_bytes == 0)
                return differs(err, "has chunks that do not add up");
            break;
        }
    }
    return status;
}

/* Copies a part of the image that was seen to be there. */
static enum sp_status copy(struct reader *reader, struct sp_out *out, uint64_t at, uint64_t count,
                           struct sp_err *err)
{
    while (count > 0) {
        enum sp_status status;
        const unsigned char *bytes = look(reader, at, 1, &status, err);
        if (!bytes)
            return status;
        const size_t piece = (size_t)SP_MIN(count, reader->bytes - (at - reader->at));
        sp_out_write(out, bytes, piece);
        at += piece;
        count -= piece;
    }
    return SP_OK;
}

/* Strings the pixel data of a PNG together: `left` bytes and not one more, as was announced. */
static enum sp_status copy_png(struct reader *reader, struct sp_out *out, uint64_t left,
                               struct sp_err *err)
{
    for (uint64_t at = CHUNKS_START; left > 0;) {
        enum sp_status status;
        const unsigned char *bytes = look(reader, at, 8, &status, err);
        if (!bytes)
            return status;
        const uint64_t length = be32(bytes);
        if (memcmp(bytes + 4, "IDAT", 4) == 0) {
            const uint64_t count = SP_MIN(length, left);
            status = copy(reader, out, at + 8, count, err);
            if (status != SP_OK)
                return status;
            left -= count;
        }
        at += 12 + length;
    }
    return SP_OK;
}

/* Keeps the file whole if the image turned out shorter than it was a moment before. */
static void pad(struct sp_out *out, uint64_t end)
{
    static const unsigned char zeros[512];
    while (out->position < end)
        sp_out_write(out, zeros, (size_t)SP_MIN(end - out->position, sizeof zeros));
}

static void write_head(struct sp_out *out, const struct sp_pdf_image_source *source,
                       uint32_t object, uint64_t length)
{
    sp_out_format(out,
                  "%" PRIu32 " 0 obj\n<</Type/XObject/Subtype/Image/Width %" PRIu32
                  "/Height %" PRIu32 "/ColorSpace/%s/BitsPerComponent 8",
                  object, source->width_px, source->height_px,
                  source->channels == 1 ? "DeviceGray" : "DeviceRGB");
    if (source->kind == SP_PDF_IMAGE_PNG)
        sp_out_format(out,
                      "/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors %u"
                      "/BitsPerComponent 8/Columns %" PRIu32 ">>",
                      source->channels, source->width_px);
    else
        sp_out_text(out, "/Filter/DCTDecode");
    sp_out_format(out, "/Length %" PRIu64 ">>stream\n", length);
}

enum sp_status sp_pdf_image_write(struct sp_pdf_document *document,
                                  const struct sp_pdf_image_source *source, uint32_t *object,
                                  struct sp_err *err)
{
    SP_ASSERT(source->channels == 1 || source->channels == 3);
    struct sp_out *out = document->out;
    struct reader reader = {.source = source, .buffer = document->report->buffer};
    const bool png = source->kind == SP_PDF_IMAGE_PNG;
    uint64_t length = source->length;
    enum sp_status status = png ? check_png(&reader, &length, err) : check_jpeg(&reader, err);
    if (status != SP_OK)
        return status;
    *object = sp_pdf_xref_reserve(&document->xref, 1);
    sp_pdf_xref_set(&document->xref, *object, out->position);
    write_head(out, source, *object, length);
    const uint64_t end = out->position + length;
    status = png ? copy_png(&reader, out, length, err) : copy(&reader, out, 0, length, err);
    pad(out, end);
    sp_out_text(out, "\nendstream\nendobj\n");
    return status;
}
