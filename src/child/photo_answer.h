/*
 * What a decoder says about a photo, believed only as far as it can be true.
 *
 * The decoder may be in the hands of the photo it was given. Every field is looked at before it is
 * used, sizes are held against the order and the file, and the sentence is cleaned.
 */
#ifndef SP_CHILD_PHOTO_ANSWER_H
#define SP_CHILD_PHOTO_ANSWER_H

#include "child/child_message.h"

#include <smallpress/photo.h>
#include <smallpress/status.h>

enum sp_photo_answer_kind {
    SP_PHOTO_ANSWER_GOOD,     /* `photo` is filled in, and its bytes are in the file */
    SP_PHOTO_ANSWER_REFUSED,  /* `err` is filled in */
    SP_PHOTO_ANSWER_NONSENSE, /* an honest decoder does not say this */
};

/*
 * `out` is the file the decoder was to write. When refused, photo->probe holds what the header of
 * the photo said as far as that makes sense; all else in `photo` is zero.
 */
enum sp_photo_answer_kind sp_photo_answer_check(const struct sp_photo_answer *answer,
                                                const struct sp_photo_order *order, int out,
                                                struct sp_photo *photo, struct sp_err *err);

/* Fills `err` from a status and a sentence that a helper program wrote; false if it is nonsense. */
bool sp_child_sentence(uint32_t status, const char sentence[SP_CHILD_SENTENCE_MAX],
                       struct sp_err *err);

#endif
