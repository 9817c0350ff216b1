/*
 * Two readers of QR codes that are not ours, for tests: a square of modules is drawn as a grey
 * picture with its quiet zone, and read as a camera's picture would be.
 */
#ifndef SP_TESTS_READ_QR_H
#define SP_TESTS_READ_QR_H

#include <smallpress/matrix.h>

#include <stddef.h>

SP_BEGIN_DECLS

/* Pixels a module, and modules of white on each side. */
#define SP_READ_QR_PIXELS 4
#define SP_READ_QR_QUIET  4

/* Pixels a side of the largest picture, and of the picture of `size` modules. */
#define SP_READ_QR_SIDE(size) (SP_READ_QR_PIXELS * ((size) + 2 * SP_READ_QR_QUIET))
#define SP_READ_QR_SIDE_MAX   SP_READ_QR_SIDE(SP_MATRIX_SIZE_MAX)

/* Draws into `grey`, which holds side × side bytes, 255 is white; returns the side. */
int sp_read_qr_draw(const struct sp_matrix *modules, unsigned char *grey);

/*
 * The text of the one QR code in a picture, as UTF-8, in `text`, which holds `capacity` bytes;
 * returns its length. SIZE_MAX if there is not exactly one code or it does not fit.
 *
 * Byte segments without ECI are taken for UTF-8 by ZXing; ZBar guesses among UTF-8, Shift JIS and
 * Latin-1.
 */
size_t sp_read_qr_zxing(const unsigned char *grey, int width, int height, char *text,
                        size_t capacity);
size_t sp_read_qr_zbar(const unsigned char *grey, int width, int height, char *text,
                       size_t capacity);

/*
 * The same with the bytes as they stand in the segments: what was put in, if there is no Kanji
 * segment, whatever it means.
 */
size_t sp_read_qr_zxing_bytes(const unsigned char *grey, int width, int height, char *bytes,
                              size_t capacity);
size_t sp_read_qr_zbar_bytes(const unsigned char *grey, int width, int height, char *bytes,
                             size_t capacity);

SP_END_DECLS

#endif
