#include "child/photo_answer.h"

#include "base/sys.h"
#include "base/utf8.h"

#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

/* A bool that came from outside may be neither true nor false, and may not be looked at as one. */
static bool bool_at(const void *place, bool *value)
{
    unsigned char byte;
    memcpy(&byte, place, 1);
    *value = byte == 1;
    return byte <= 1;
}

/* The fields of a probe that decide anything later, one by one. */
static bool take_probe(const struct sp_photo_probe *said, struct sp_photo_probe *probe)
{
    const unsigned format = (unsigned)said->format;
    *probe = (struct sp_photo_probe){
        .format = said->format,
        .file_bytes = said->file_bytes,
        .width_px = said->width_px,
        .height_px = said->height_px,
        .orientation = said->orientation,
        .channels = said->channels,
        .bits = said->bits,
        .store_bytes = said->store_bytes,
    };
    return bool_at((const unsigned char *)said + offsetof(struct sp_photo_probe, by_rows),
                   &probe->by_rows) &&
           format <= SP_PHOTO_EMPTY && said->orientation <= 8 && said->channels <= 4 &&
           said->bits <= 32;
}

static bool sides_fit(const struct sp_photo *said, uint32_t edge_px)
{
    return said->width_px >= 1 && said->width_px <= edge_px && said->height_px >= 1 &&
           said->height_px <= edge_px;
}

/* Whether the file begins as the format does, and is as long as was said. */
static bool file_fits(const struct sp_photo *said, int out)
{
    struct stat facts;
    unsigned char magic[SP_PHOTO_MAGIC_BYTES];
    if (fstat(out, &facts) < 0 || said->length == 0 || said->length > (uint64_t)facts.st_size)
        return false;
    const ssize_t got = sp_sys_pread(out, magic, sizeof magic, 0);
    return got > 0 && sp_photo_format_of(magic, (size_t)got) == said->format;
}

static bool take_photo(const struct sp_photo *said, const struct sp_photo_order *order, int out,
                       struct sp_photo *photo)
{
    bool passed;
    if (!bool_at((const unsigned char *)said + offsetof(struct sp_photo, passed), &passed))
        return false;
    const enum sp_photo_format format =
        order->kind == SP_PHOTO_GRAPHIC ? SP_PHOTO_PNG : SP_PHOTO_JPEG;
    if (said->format != format || (said->channels != 1 && said->channels != 3) ||
        !sides_fit(said, order->edge_px) || (passed && !order->pass) || !file_fits(said, out))
        return false;
    photo->format = format;
    photo->width_px = said->width_px;
    photo->height_px = said->height_px;
    photo->channels = said->channels;
    photo->length = said->length;
    photo->passed = passed;
    return true;
}

bool sp_child_sentence(uint32_t status, const char sentence[SP_CHILD_SENTENCE_MAX],
                       struct sp_err *err)
{
    if (status != SP_BAD_DATA && status != SP_TOO_BIG && status != SP_NO_ROOM && status != SP_IO)
        return false;
    const size_t length = strnlen(sentence, SP_CHILD_SENTENCE_MAX);
    if (length == 0 || length == SP_CHILD_SENTENCE_MAX)
        return false;
    *err = (struct sp_err){.status = (enum sp_status)status};
    (void)sp_utf8_quote(err->text, sizeof err->text, sentence, length);
    return true;
}

enum sp_photo_answer_kind sp_photo_answer_check(const struct sp_photo_answer *answer,
                                                const struct sp_photo_order *order, int out,
                                                struct sp_photo *photo, struct sp_err *err)
{
    *photo = (struct sp_photo){0};
    if (!take_probe(&answer->photo.probe, &photo->probe))
        return SP_PHOTO_ANSWER_NONSENSE;
    if (answer->status == SP_OK)
        return take_photo(&answer->photo, order, out, photo) ? SP_PHOTO_ANSWER_GOOD
                                                             : SP_PHOTO_ANSWER_NONSENSE;
    return sp_child_sentence(answer->status, answer->sentence, err) ? SP_PHOTO_ANSWER_REFUSED
                                                                    : SP_PHOTO_ANSWER_NONSENSE;
}
