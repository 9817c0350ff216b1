#include <smallpress/photo.h>

#include <stdbool.h>
#include <string.h>

const char *sp_photo_format_word(enum sp_photo_format format)
{
#define FORMAT_WORD(name, word) [name] = word,
    static const char *const words[] = {SP_PHOTO_FORMAT_TABLE(FORMAT_WORD)};
#undef FORMAT_WORD
    const size_t count = sizeof words / sizeof words[0];
    return (size_t)format < count ? words[format] : "unknown";
}

struct magic {
    enum sp_photo_format format;
    unsigned offset, length;
    const char *bytes;
};

/* Signatures of whole bytes: the first two sections of each format's description. */
static const struct magic magics[] = {
    {SP_PHOTO_JPEG, 0, 3, "\xFF\xD8\xFF"}, {SP_PHOTO_PNG, 0, 8, "\x89PNG\r\n\x1A\n"},
    {SP_PHOTO_WEBP, 8, 4, "WEBP"},         {SP_PHOTO_GIF, 0, 6, "GIF87a"},
    {SP_PHOTO_GIF, 0, 6, "GIF89a"},        {SP_PHOTO_TIFF, 0, 4, "II*\0"},
    {SP_PHOTO_TIFF, 0, 4, "MM\0*"},        {SP_PHOTO_TIFF, 0, 4, "II+\0"}, /* BigTIFF */
    {SP_PHOTO_TIFF, 0, 4, "MM\0+"},        {SP_PHOTO_BMP, 0, 2, "BM"},
    {SP_PHOTO_PDF, 0, 5, "%PDF-"},
};

/* Brands of ISO/IEC 23008-12 (HEIF) that hold HEVC, and those of AVIF. */
static const char heic_brands[][5] = {"heic", "heix", "heim", "heis", "hevc", "hevx"};
static const char avif_brands[][5] = {"avif", "avis"};

static bool has_brand(const char brands[][5], size_t brand_count, const unsigned char *bytes,
                      size_t count, size_t from)
{
    for (size_t at = from; at + 4 <= count; at += 4)
        for (size_t i = 0; i < brand_count; i++)
            if (memcmp(bytes + at, brands[i], 4) == 0)
                return true;
    return false;
}

/* The file type box (ISO/IEC 14496-12, 4.3): its major brand decides, then the compatible ones. */
static enum sp_photo_format box_format(const unsigned char *bytes, size_t count)
{
    if (count < 12 || memcmp(bytes + 4, "ftyp", 4) != 0)
        return SP_PHOTO_UNKNOWN;
    const size_t box =
        (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | (size_t)bytes[3];
    const size_t end = box < count ? box : count;
    if (has_brand(heic_brands, 6, bytes, 12, 8))
        return SP_PHOTO_HEIC;
    if (has_brand(avif_brands, 2, bytes, 12, 8))
        return SP_PHOTO_AVIF;
    if (has_brand(heic_brands, 6, bytes, end, 16))
        return SP_PHOTO_HEIC;
    if (has_brand(avif_brands, 2, bytes, end, 16))
        return SP_PHOTO_AVIF;
    return SP_PHOTO_UNKNOWN;
}

static bool starts_with(const unsigned char *bytes, size_t count, const char *word)
{
    for (size_t i = 0; word[i]; i++) {
        if (i >= count)
            return false;
        const unsigned char c = bytes[i];
        if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != word[i])
            return false;
    }
    return true;
}

/* Markup, past a byte order mark and blanks: SVG, or a page of an error that came for a photo. */
static enum sp_photo_format text_format(const unsigned char *bytes, size_t count)
{
    size_t at = count >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (at < count && (bytes[at] == ' ' || (bytes[at] >= '\t' && bytes[at] <= '\r')))
        at++;
    const unsigned char *text = bytes + at;
    const size_t rest = count - at;
    if (starts_with(text, rest, "<svg") || starts_with(text, rest, "<!doctype svg"))
        return SP_PHOTO_SVG;
    if (starts_with(text, rest, "<!doctype html") || starts_with(text, rest, "<html") ||
        starts_with(text, rest, "<head") || starts_with(text, rest, "<body"))
        return SP_PHOTO_HTML;
    if (!starts_with(text, rest, "<?xml"))
        return SP_PHOTO_UNKNOWN;
    /* An XML file is SVG or XHTML, as its first element says. */
    for (size_t i = 5; i < rest; i++)
        if (starts_with(text + i, rest - i, "<html"))
            return SP_PHOTO_HTML;
    return SP_PHOTO_SVG;
}

enum sp_photo_format sp_photo_format_of(const void *bytes, size_t count)
{
    if (count == 0)
        return SP_PHOTO_EMPTY;
    if (count > SP_PHOTO_MAGIC_BYTES)
        count = SP_PHOTO_MAGIC_BYTES;
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        const struct magic *magic = &magics[i];
        if (count >= magic->offset + magic->length &&
            memcmp((const unsigned char *)bytes + magic->offset, magic->bytes, magic->length) == 0)
            return magic->format;
    }
    const enum sp_photo_format box = box_format(bytes, count);
    return box != SP_PHOTO_UNKNOWN ? box : text_format(bytes, count);
}
