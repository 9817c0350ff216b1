/* Photos made for tests with the libraries themselves, and read back without the room under test.
 */
#ifndef SP_TESTS_MAKE_PHOTO_H
#define SP_TESTS_MAKE_PHOTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Pixels of 1 to 4 channels, 8 bits; free the bytes with picture_free. */
struct picture {
    unsigned width, height, channels;
    unsigned char *bytes;
};

struct picture picture_new(unsigned width, unsigned height, unsigned channels);
void picture_free(struct picture *picture);

/* Colours that run over it, other at every corner and edge, smooth enough for any encoder. */
struct picture picture_smooth(unsigned width, unsigned height, unsigned channels);

/* How a picture that shall be seen upright is stored for an orientation of EXIF. */
struct picture picture_stored(const struct picture *upright, unsigned orientation);

/* The mean and the largest difference of two pictures of one size. */
double picture_mean(const struct picture *a, const struct picture *b);
int picture_most(const struct picture *a, const struct picture *b);

struct jpeg_spec {
    int quality;  /* 0: 100 */
    int sampling; /* 1 or 2 in both directions; 0: 1 */
    bool progressive;
    unsigned scans;         /* progressive, grey: a scan for each coefficient, 64 or 65 in all */
    bool as_rgb;            /* without the transform to YCbCr */
    bool as_ycck;           /* of four channels */
    bool plain_inks;        /* of four channels: no Adobe marker */
    unsigned restart;       /* MCUs between restarts; 0: none */
    unsigned orientation;   /* 0: no EXIF */
    bool little;            /* byte order of EXIF */
    unsigned text_segments; /* comments of 65,533 bytes before the picture */
    const unsigned char *icc;
    size_t icc_bytes;
};

/* To a new file in memory; close it. Four channels are inks, 255 for all of one. */
int make_jpeg(const struct picture *picture, const struct jpeg_spec *spec);

struct png_spec {
    bool interlaced;
    int bits;             /* 0: 8 */
    unsigned orientation; /* 0: no eXIf */
    unsigned text_bytes;  /* of a zTXt chunk that inflates to so many */
    const unsigned char *icc;
    size_t icc_bytes;
};

int make_png(const struct picture *picture, const struct png_spec *spec);

/* A new file in memory with these bytes. */
int make_bytes(const void *bytes, size_t count);

/* All of a file; free it. */
unsigned char *read_bytes(int fd, size_t *count);

/* Decodes a JPEG or PNG to grey (one channel) or RGB; fails the program if it cannot. */
struct picture read_photo(int fd);

#endif
