/*
 * A JPEG that is small and upright already: taken over as it is, without what it tells of people.
 *
 * It passes if it is no larger than wanted, at most half a byte a pixel, in grey or YCbCr without a
 * profile that matters, and decodes to its end without a warning. What is copied is what a decoder
 * needs: segments of applications (EXIF with its place and thumbnail, XMP, profiles) and comments
 * stay behind, but for JFIF's and Adobe's, which say what the colours are; so do bytes after the
 * end.
 */
#ifndef SP_PHOTO_PASS_H
#define SP_PHOTO_PASS_H

#include <smallpress/photo.h>

/*
 * Copies the photo if it passes, with *passed set and `photo` filled but for the probe; else writes
 * nothing. A status other than SP_OK is the photo's end: it is damaged, or the system failed.
 */
SP_MUST_CHECK enum sp_status sp_photo_pass(int fd, const struct sp_photo_probe *probe,
                                           const struct sp_photo_order *order, int out_fd,
                                           struct sp_photo *photo, bool *passed,
                                           struct sp_err *err);

#endif
