/*
 * The work on a photo with decoders of one's choice: what sp_photo_work is made of.
 *
 *     decoder ─► a ring of rows a plane ─► Lanczos ─► colours ─► turned ─► encoder
 */
#ifndef SP_PHOTO_WORK_H
#define SP_PHOTO_WORK_H

#include "photo/decoder.h"

SP_MUST_CHECK enum sp_status sp_photo_work_with(const struct sp_decoder *const *decoders,
                                                size_t decoder_count, int fd,
                                                const struct sp_photo_order *order, int out_fd,
                                                struct sp_photo *photo, struct sp_err *err);

#endif
