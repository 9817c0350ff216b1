#include <smallpress/photo.h>

#include "photo/photo_bytes.h"
#include "photo/probe_header.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum sp_status sp_photo_bad_header(struct sp_err *err, enum sp_photo_format format)
{
    return sp_fail(err, SP_BAD_DATA, "its %s header makes no sense: it is damaged",
                   sp_photo_format_word(format));
}

/* Why a file of this format is none that can be taken; null if it is one. */
static enum sp_status refuse_format(enum sp_photo_format format, struct sp_err *err)
{
    switch (format) {
    case SP_PHOTO_JPEG:
    case SP_PHOTO_PNG:
    case SP_PHOTO_WEBP:
    case SP_PHOTO_HEIC:
    case SP_PHOTO_AVIF:
        return SP_OK;
    case SP_PHOTO_EMPTY:
        return sp_fail(err, SP_BAD_DATA, "it is an empty file: send it again");
    case SP_PHOTO_UNKNOWN:
        return sp_fail(err, SP_BAD_DATA,
                       "it is no photo of a known kind: take JPEG, PNG, WebP or HEIC");
    case SP_PHOTO_GIF:
    case SP_PHOTO_TIFF:
    case SP_PHOTO_BMP:
    case SP_PHOTO_SVG:
    case SP_PHOTO_PDF:
    case SP_PHOTO_HTML:
        break;
    }
    const char *word = sp_photo_format_word(format);
    return sp_fail(err, SP_BAD_DATA, "it is %s%s, not a photo: take JPEG, PNG, WebP or HEIC",
                   format == SP_PHOTO_HTML  ? ""
                   : format == SP_PHOTO_SVG ? "an "
                                            : "a ",
                   word);
}

static enum sp_status read_header(int fd, struct sp_photo_probe *probe, struct sp_err *err)
{
    switch (probe->format) {
    case SP_PHOTO_JPEG:
        return sp_jpeg_probe(fd, probe, err);
    case SP_PHOTO_PNG:
        return sp_png_probe(fd, probe, err);
    case SP_PHOTO_WEBP:
        return sp_webp_probe(fd, probe, err);
    default:
        return sp_heif_probe(fd, probe, err);
    }
}

enum sp_status sp_photo_examine(int fd, struct sp_photo_probe *probe, struct sp_err *err)
{
    unsigned char magic[SP_PHOTO_MAGIC_BYTES];
    struct stat facts;
    size_t got;
    *probe = (struct sp_photo_probe){.orientation = 1};
    if (fstat(fd, &facts) != 0)
        return sp_fail_os(err, errno, "the photo cannot be read");
    if (!S_ISREG(facts.st_mode))
        return sp_fail(err, SP_BAD_DATA, "it is not an ordinary file");
    probe->file_bytes = (uint64_t)facts.st_size;
    enum sp_status status = sp_photo_bytes_read(fd, 0, magic, sizeof magic, &got, err);
    if (status != SP_OK)
        return status;
    probe->format = sp_photo_format_of(magic, got);
    status = refuse_format(probe->format, err);
    if (status == SP_OK)
        status = read_header(fd, probe, err);
    if (status == SP_OK &&
        (probe->width_px > SP_PHOTO_SIDE_MAX || probe->height_px > SP_PHOTO_SIDE_MAX))
        return sp_fail(err, SP_TOO_BIG,
                       "it claims to have %u \xC3\x97 %u pixels: no side may be longer than %d",
                       probe->width_px, probe->height_px, SP_PHOTO_SIDE_MAX);
    return status;
}
