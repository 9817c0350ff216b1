#include "photo/exif.h"

#include "photo/photo_bytes.h"

#include <stdbool.h>
#include <string.h>

#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT      3
#define TYPE_LONG       4
#define ENTRY_BYTES     12

unsigned sp_exif_orientation(const unsigned char *bytes, size_t count)
{
    if (count < 8)
        return 1;
    const bool little = memcmp(bytes, "II*\0", 4) == 0;
    if (!little && memcmp(bytes, "MM\0*", 4) != 0)
        return 1;
    const size_t directory = little ? sp_le32(bytes + 4) : sp_be32(bytes + 4);
    if (directory > count - 2 || directory < 8)
        return 1;
    /* The loop is bounded by the number's 16 bits and by the end of the block. */
    const size_t entries = little ? sp_le16(bytes + directory) : sp_be16(bytes + directory);
    for (size_t i = 0; i < entries; i++) {
        const size_t at = directory + 2 + i * ENTRY_BYTES;
        if (at + ENTRY_BYTES > count)
            break;
        const unsigned char *entry = bytes + at;
        if ((little ? sp_le16(entry) : sp_be16(entry)) != TAG_ORIENTATION)
            continue;
        const unsigned type = little ? sp_le16(entry + 2) : sp_be16(entry + 2);
        const unsigned wide = little ? sp_le32(entry + 8) : sp_be32(entry + 8);
        const unsigned narrow = little ? sp_le16(entry + 8) : sp_be16(entry + 8);
        const unsigned value = type == TYPE_SHORT ? narrow : type == TYPE_LONG ? wide : 0;
        return value >= 1 && value <= 8 ? value : 1;
    }
    return 1;
}
