/*
 * HEIC and AVIF, for the one program that links libheif.
 *
 * sp_photo_work of the library takes JPEG, PNG and WebP. smallpress-heif is built with the files of
 * the build's `heif_sources` and `heif_dependencies` and calls this function instead: the same
 * contract, and HEIC and AVIF besides.
 */
#ifndef SP_PHOTO_HEIF_READ_H
#define SP_PHOTO_HEIF_READ_H

#include <smallpress/photo.h>

SP_MUST_CHECK enum sp_status sp_heif_work(int fd, const struct sp_photo_order *order, int out_fd,
                                          struct sp_photo *photo, struct sp_err *err);

#endif
