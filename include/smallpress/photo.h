/*
 * Photos: a file that a camera, a phone or a stranger made, to bytes a document can hold.
 *
 *     sp_photo_examine(fd, &probe, &err)      what it is, and what it would cost: from its header
 *     sp_photo_need(&probe, &order)           bytes of memory that the work takes
 *     sp_photo_work(&work, fd, &order, out_fd, &photo, &err)
 *
 * The format is told by magic bytes, never by a name; dimensions and price come from the header,
 * before anything is decoded. Decoding goes by rows: libjpeg-turbo scales while it decodes, a ring
 * of rows is resampled (Lanczos, three lobes) straight into the encoder, so memory does not depend
 * on the number of pixels. What cannot be decoded by rows (progressive JPEG, interlaced PNG,
 * lossless WebP, HEIC) has a store whose size the probe tells.
 *
 * The result is upright (EXIF orientation obeyed, then dropped with all other metadata), sRGB or
 * grey, on white where it was transparent, at most `edge_px` on its longer side.
 *
 * A photo is hostile until proven otherwise. The tool decodes in a child process that can do
 * nothing but that; a program that calls sp_photo_work in its own process trusts the decoders.
 */
#ifndef SMALLPRESS_PHOTO_H
#define SMALLPRESS_PHOTO_H

#include "export.h"
#include "status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

SP_BEGIN_DECLS

#define SP_PHOTO_FORMAT_TABLE(X)   \
    X(SP_PHOTO_UNKNOWN, "unknown") \
    X(SP_PHOTO_JPEG, "JPEG")       \
    X(SP_PHOTO_PNG, "PNG")         \
    X(SP_PHOTO_WEBP, "WebP")       \
    X(SP_PHOTO_HEIC, "HEIC")       \
    X(SP_PHOTO_AVIF, "AVIF")       \
    X(SP_PHOTO_GIF, "GIF")         \
    X(SP_PHOTO_TIFF, "TIFF")       \
    X(SP_PHOTO_BMP, "BMP")         \
    X(SP_PHOTO_SVG, "SVG")         \
    X(SP_PHOTO_PDF, "PDF")         \
    X(SP_PHOTO_HTML, "a web page") \
    X(SP_PHOTO_EMPTY, "an empty file")

#define SP_PHOTO_FORMAT_NAME(name, word) name,
enum sp_photo_format {
    SP_PHOTO_FORMAT_TABLE(SP_PHOTO_FORMAT_NAME)
};
#undef SP_PHOTO_FORMAT_NAME

/* The word for people: "JPEG", "a web page". */
SP_API const char *sp_photo_format_word(enum sp_photo_format format);

/* Bytes from the start of a file that tell its format. */
#define SP_PHOTO_MAGIC_BYTES 64

/* The format by its first bytes; `count` may be less than SP_PHOTO_MAGIC_BYTES at a short file. */
SP_API enum sp_photo_format sp_photo_format_of(const void *bytes, size_t count);

/* What the header of a photo says. */
struct sp_photo_probe {
    enum sp_photo_format format;
    uint64_t file_bytes;
    uint32_t width_px, height_px; /* as stored */
    unsigned orientation;         /* EXIF, 1 to 8: 1 is upright */
    unsigned channels;            /* 1 grey, 3 colour, 4 CMYK or with transparency */
    unsigned bits;                /* of a channel */
    bool by_rows;                 /* decoded row by row; else it has a store */
    uint64_t store_bytes;         /* of what must be whole in memory or on scratch; 0 by rows */
};

enum sp_photo_kind {
    SP_PHOTO_PICTURE, /* a photograph: becomes a JPEG */
    SP_PHOTO_GRAPHIC, /* a logo or a signature: becomes a PNG, without loss */
};

/* What is wanted of a photo. */
struct sp_photo_order {
    enum sp_photo_kind kind;
    uint32_t edge_px;      /* of the longer side, at most; SP_PHOTO_EDGE_MIN to _MAX */
    unsigned quality;      /* of a JPEG, 1 to 100; 80 is what the eye does not mind */
    bool pass;             /* a JPEG that is small and upright already may pass as it is */
    uint64_t pixels_max;   /* of the original: more is refused */
    uint64_t memory_bytes; /* for the store; a photo that needs more is refused */
};

/* Bounds of an order, and the megapixels that no order needs to exceed: see limit.h. */
#define SP_PHOTO_EDGE_MIN 16
#define SP_PHOTO_EDGE_MAX 8192

/* The finished photo. */
struct sp_photo {
    enum sp_photo_format format;  /* SP_PHOTO_JPEG or SP_PHOTO_PNG */
    uint32_t width_px, height_px; /* upright */
    unsigned channels;            /* 1 or 3 */
    uint64_t length;              /* bytes in the file that was written, from its start */
    bool passed;                  /* not encoded anew */
    struct sp_photo_probe probe;  /* of the original */
};

/*
 * Looks at an ordinary file, read with pread from its start. SP_BAD_DATA with a sentence about the
 * photo ("it is a PDF, not a photo: …") if it is none that can be taken.
 */
SP_API SP_MUST_CHECK enum sp_status sp_photo_examine(int fd, struct sp_photo_probe *probe,
                                                     struct sp_err *err);

/*
 * Does the work: reads `fd`, writes the finished photo to `out_fd` from offset 0 on (pwrite; what
 * was in the file before is the caller's business).
 *
 * SP_BAD_DATA for a photo that is broken (a JPEG cut short is, even where decoders would fill it up
 * with grey), SP_TOO_BIG for one over `pixels_max` or whose store is over `memory_bytes`,
 * SP_NO_ROOM when a library was refused memory, SP_IO when the system would not read or write. The
 * sentence fits a label: it does not name the file.
 */
SP_API SP_MUST_CHECK enum sp_status sp_photo_work(int fd, const struct sp_photo_order *order,
                                                  int out_fd, struct sp_photo *photo,
                                                  struct sp_err *err);

/* Memory that the work takes besides the store, whatever the photo: measured and rounded up. */
SP_API uint64_t sp_photo_work_bytes(const struct sp_photo_order *order);

SP_END_DECLS

#endif
