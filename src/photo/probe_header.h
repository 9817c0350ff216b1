/*
 * Headers of the formats: each function fills the rest of a probe whose format and file size are
 * known. SP_BAD_DATA with a sentence if the header is not what the format asks for.
 */
#ifndef SP_PHOTO_PROBE_HEADER_H
#define SP_PHOTO_PROBE_HEADER_H

#include <smallpress/photo.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Pieces of a file that a walk looks at before it gives up: segments of a JPEG, chunks of a PNG or
 * a WebP, boxes of a HEIC. A photo has a dozen; each costs one small read.
 */
#define SP_PROBE_STEPS_MAX 4096

/* No side may be longer: libjpeg's bound, and well over what any camera makes. */
#define SP_PHOTO_SIDE_MAX 65500

/* A colour profile that is longer is ignored. The largest in use, of presses, have about 3 MiB. */
#define SP_ICC_BYTES_MAX (4 * 1024 * 1024)

/*
 * A profile that is longer than this counts as part of the store: the file's bytes, the library's
 * copy and its tables, three times its length. In a PNG, where its length is not known before it is
 * inflated, none may be longer than the second.
 */
#define SP_ICC_BYTES_LONG    (256 * 1024)
#define SP_ICC_BYTES_MAX_PNG (1024 * 1024)

static inline uint64_t sp_icc_store_bytes(uint64_t icc_bytes)
{
    return icc_bytes > SP_ICC_BYTES_LONG ? 3 * icc_bytes : 0;
}

/* Parts that a profile in a JPEG may have (ICC.1:2010, annex B.4): numbered with a byte from 1. */
#define SP_ICC_PARTS_MAX 255

struct sp_jpeg_piece {
    uint64_t offset;
    uint32_t length;
};

struct sp_jpeg_header {
    uint32_t width, height;
    unsigned bits, components;
    unsigned h[4], v[4];      /* sampling factors */
    unsigned scan_components; /* of the first scan */
    bool progressive;
    bool adobe;
    unsigned adobe_transform;
    unsigned orientation;
    unsigned icc_parts; /* 0: no profile, or a broken one */
    size_t icc_bytes;
    struct sp_jpeg_piece icc[SP_ICC_PARTS_MAX]; /* in order */
    uint64_t scan_offset;                       /* of the first start of scan */
};

/* Walks from the start to the first scan (ITU-T T.81, B.2). */
SP_MUST_CHECK enum sp_status sp_jpeg_header_read(int fd, struct sp_jpeg_header *header,
                                                 struct sp_err *err);

SP_MUST_CHECK enum sp_status sp_jpeg_probe(int fd, struct sp_photo_probe *probe,
                                           struct sp_err *err);
SP_MUST_CHECK enum sp_status sp_png_probe(int fd, struct sp_photo_probe *probe, struct sp_err *err);
SP_MUST_CHECK enum sp_status sp_heif_probe(int fd, struct sp_photo_probe *probe,
                                           struct sp_err *err);

struct sp_webp_header {
    uint32_t width, height;
    bool lossless, alpha;
    unsigned orientation;
    uint64_t icc_offset; /* 0: no profile */
    uint32_t icc_bytes;
};

/* Walks the chunks of a RIFF file (WebP Container Specification). */
SP_MUST_CHECK enum sp_status sp_webp_header_read(int fd, uint64_t file_bytes,
                                                 struct sp_webp_header *header, struct sp_err *err);
SP_MUST_CHECK enum sp_status sp_webp_probe(int fd, struct sp_photo_probe *probe,
                                           struct sp_err *err);

/* The sentence for a header that makes no sense. */
enum sp_status sp_photo_bad_header(struct sp_err *err, enum sp_photo_format format);

#endif
