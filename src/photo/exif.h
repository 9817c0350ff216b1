/*
 * EXIF: which side of a photo is up. Nothing else is read.
 */
#ifndef SP_PHOTO_EXIF_H
#define SP_PHOTO_EXIF_H

#include <stddef.h>

/* As many bytes from the start of an EXIF block hold its first directory in any photo known. */
#define SP_EXIF_BYTES_MAX 4096

/*
 * The orientation, 1 to 8, of a TIFF structure (CIPA DC-008, 4.5 and 4.6.4 A: tag 274), in either
 * byte order; 1 if it does not say or cannot be understood. `bytes` may be cut off anywhere.
 */
unsigned sp_exif_orientation(const unsigned char *bytes, size_t count);

#endif
