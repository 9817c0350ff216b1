#include "photo/photo_colour.h"

#include <lcms2.h>

#include <stdlib.h>
#include <string.h>

/* Weights of ITU-R BT.601 in 65,536ths, as JFIF uses them. */
#define BITS     16
#define HALF     (1 << (BITS - 1))
#define PLACE(x) ((int)((x) * (1 << BITS) + ((x) < 0 ? -0.5 : 0.5)))

/* A profile that moves no colour by more is sRGB. */
#define SAME_COLOUR 3

static inline unsigned char clip(int value)
{
    return (unsigned char)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static inline unsigned multiply(unsigned a, unsigned b)
{
    return (a * b + 127) / 255;
}

static cmsUInt32Number format_of(const struct sp_decoder_facts *facts)
{
    switch (facts->pixels) {
    case SP_PIXELS_GREY:
        return TYPE_GRAY_8;
    case SP_PIXELS_CMYK:
    case SP_PIXELS_YCCK:
        return facts->inverted ? TYPE_CMYK_8_REV : TYPE_CMYK_8;
    case SP_PIXELS_RGB:
    case SP_PIXELS_YCC:
        break;
    }
    return TYPE_RGB_8;
}

/* Whether a transform from RGB leaves all colours of a coarse cube as they are. */
static bool is_same(cmsHTRANSFORM transform)
{
    static const unsigned char steps[] = {0, 40, 90, 128, 170, 220, 255};
    for (unsigned i = 0; i < 7 * 7 * 7; i++) {
        const unsigned char in[3] = {steps[i % 7], steps[i / 7 % 7], steps[i / 49]};
        unsigned char out[3];
        cmsDoTransform(transform, in, out, 1);
        for (unsigned c = 0; c < 3; c++)
            if (abs(in[c] - out[c]) > SAME_COLOUR)
                return false;
    }
    return true;
}

/* Grey to grey is a table of 256, if the profile keeps grey neutral as it should. */
static void make_map(struct sp_colour *colour, cmsHTRANSFORM transform)
{
    bool same = true;
    for (unsigned i = 0; i < 256; i++) {
        const unsigned char in = (unsigned char)i;
        unsigned char out[3];
        cmsDoTransform(transform, &in, out, 1);
        colour->map[i] = out[1];
        same &= abs(out[1] - (int)i) <= SAME_COLOUR;
    }
    colour->has_map = !same;
}

void sp_colour_open(struct sp_colour *colour, const struct sp_decoder_facts *facts)
{
    *colour = (struct sp_colour){
        .pixels = facts->pixels, .matrix = facts->matrix, .inverted = facts->inverted};
    if (!facts->icc)
        return;
    const cmsUInt32Number format = format_of(facts);
    cmsHPROFILE from = cmsOpenProfileFromMem(facts->icc, (cmsUInt32Number)facts->icc_bytes);
    if (!from)
        return;
    cmsHPROFILE to = cmsCreate_sRGBProfile();
    cmsHTRANSFORM transform = NULL;
    /* A profile for another kind of picture would make the library read beyond the pixels. */
    if (to && cmsChannelsOf(cmsGetColorSpace(from)) == T_CHANNELS(format))
        transform = cmsCreateTransform(from, format, to, TYPE_RGB_8, INTENT_PERCEPTUAL, 0);
    cmsCloseProfile(from);
    if (to)
        cmsCloseProfile(to);
    if (!transform)
        return;
    if (facts->pixels == SP_PIXELS_GREY)
        make_map(colour, transform);
    if (facts->pixels == SP_PIXELS_GREY || (format == TYPE_RGB_8 && is_same(transform)))
        cmsDeleteTransform(transform);
    else
        colour->transform = transform;
}

void sp_colour_close(struct sp_colour *colour)
{
    if (colour->transform)
        cmsDeleteTransform(colour->transform);
    colour->transform = NULL;
}

bool sp_colour_is_rgb(const struct sp_colour *colour)
{
    return colour->pixels != SP_PIXELS_GREY;
}

bool sp_colour_is_plain(const struct sp_colour *colour)
{
    return colour->pixels == SP_PIXELS_YCC && colour->matrix == SP_MATRIX_601 && !colour->transform;
}

/* What chroma adds to luma. */
struct matrix {
    int red_cr, green_cb, green_cr, blue_cb;
};

static const struct matrix matrices[] = {
    [SP_MATRIX_601] = {PLACE(1.402), PLACE(0.344136286), PLACE(0.714136286), PLACE(1.772)},
    [SP_MATRIX_709] = {PLACE(1.5748), PLACE(0.187324273), PLACE(0.468124273), PLACE(1.8556)},
    [SP_MATRIX_2020] = {PLACE(1.4746), PLACE(0.164553127), PLACE(0.571353127), PLACE(1.8814)},
};

/* The first three bytes of each pixel of `step` bytes. */
static void turn_ycc(const struct matrix *matrix, unsigned char *const *planes, size_t count,
                     unsigned step, unsigned char *out)
{
    for (size_t i = 0; i < count; i++, out += step) {
        const int y = planes[0][i] * (1 << BITS) + HALF;
        const int cb = planes[1][i] - 128, cr = planes[2][i] - 128;
        out[0] = clip((y + matrix->red_cr * cr) >> BITS);
        out[1] = clip((y - matrix->green_cb * cb - matrix->green_cr * cr) >> BITS);
        out[2] = clip((y + matrix->blue_cb * cb) >> BITS);
    }
}

static void join(unsigned char *const *planes, unsigned channels, size_t count, unsigned step,
                 unsigned char *out)
{
    for (unsigned c = 0; c < channels; c++)
        for (size_t i = 0; i < count; i++)
            out[i * step + c] = planes[c][i];
}

/* Four bytes of ink a pixel, in the sense the file has them, ready for a profile. */
static void join_inks(const struct sp_colour *colour, unsigned char *const *planes, size_t count,
                      unsigned char *out)
{
    if (colour->pixels == SP_PIXELS_CMYK) {
        join(planes, 4, count, 4, out);
        return;
    }
    /* YCC of the complements of what the file calls C, M and Y (libjpeg, jdcolor.c). */
    turn_ycc(&matrices[SP_MATRIX_601], planes, count, 4, out);
    for (size_t i = 0; i < count; i++) {
        for (unsigned c = 0; c < 3; c++)
            out[i * 4 + c] = (unsigned char)(255 - out[i * 4 + c]);
        out[i * 4 + 3] = planes[3][i];
    }
}

static void turn_inks(const unsigned char *inks, bool inverted, size_t count, unsigned char *out)
{
    const unsigned flip = inverted ? 0 : 255;
    for (size_t i = 0; i < count; i++)
        for (unsigned c = 0; c < 3; c++)
            out[i * 3 + c] =
                (unsigned char)multiply(inks[i * 4 + c] ^ flip, inks[i * 4 + 3] ^ flip);
}

void sp_colour_row(const struct sp_colour *colour, unsigned char *const *planes, size_t count,
                   unsigned char *scratch, unsigned char *out)
{
    unsigned char *rgb = colour->transform ? scratch : out;
    switch (colour->pixels) {
    case SP_PIXELS_GREY:
        for (size_t i = 0; i < count; i++)
            out[i] = colour->has_map ? colour->map[planes[0][i]] : planes[0][i];
        return;
    case SP_PIXELS_RGB:
        join(planes, 3, count, 3, rgb);
        break;
    case SP_PIXELS_YCC:
        turn_ycc(&matrices[colour->matrix], planes, count, 3, rgb);
        break;
    case SP_PIXELS_CMYK:
    case SP_PIXELS_YCCK:
        join_inks(colour, planes, count, scratch);
        if (!colour->transform)
            turn_inks(scratch, colour->inverted, count, out);
        break;
    }
    if (colour->transform)
        cmsDoTransform(colour->transform, scratch, out, (cmsUInt32Number)count);
}

void sp_colour_luma(const unsigned char *rgb, size_t count, unsigned char *luma)
{
    for (size_t i = 0; i < count; i++, rgb += 3)
        luma[i] = (unsigned char)((PLACE(0.299) * rgb[0] + PLACE(0.587) * rgb[1] +
                                   PLACE(0.114) * rgb[2] + HALF) >>
                                  BITS);
}

void sp_colour_chroma_add(const unsigned char *rgb, size_t count, unsigned shift, uint16_t *sums)
{
    for (size_t i = 0; i < count; i++)
        for (unsigned c = 0; c < 3; c++) {
            uint16_t *sum = &sums[(i + shift) / 2 * 3 + c];
            *sum = (uint16_t)(*sum + rgb[i * 3 + c]);
        }
}

void sp_colour_chroma_take(uint16_t *sums, size_t count, unsigned shift, unsigned rows,
                           unsigned char *cb, unsigned char *cr)
{
    const size_t samples = (count + shift + 1) / 2;
    for (size_t i = 0; i < samples; i++) {
        const bool half = (i == 0 && shift) || (i + 1 == samples && (count + shift) % 2);
        /* Of one, two or four pixels: to sums of four. */
        const int scale = (half ? 2 : 1) * (rows == 1 ? 2 : 1);
        const int r = sums[i * 3] * scale, g = sums[i * 3 + 1] * scale;
        const int b = sums[i * 3 + 2] * scale;
        const int middle = (128 << (BITS + 2)) + (1 << (BITS + 1));
        cb[i] = clip((middle - PLACE(0.168735892) * r - PLACE(0.331264108) * g + PLACE(0.5) * b) >>
                     (BITS + 2));
        cr[i] = clip((middle + PLACE(0.5) * r - PLACE(0.418687589) * g - PLACE(0.081312411) * b) >>
                     (BITS + 2));
    }
    memset(sums, 0, samples * 3 * sizeof *sums);
}
