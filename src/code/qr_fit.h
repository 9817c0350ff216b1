/* Which version holds a text, and what to say if none does. */
#ifndef SP_CODE_QR_FIT_H
#define SP_CODE_QR_FIT_H

#include "code/qr_segment.h"

/*
 * The smallest version within the options that holds the text, with the plan for it; 0 if there is
 * none. `trace` has a byte for each digit that version_max holds at level L (see qr_segment.h).
 */
int sp_qr_fit(const struct sp_qr_text *text, const struct sp_qr_options *options, uint8_t *trace,
              struct sp_qr_plan *plan);

/* Fails with SP_TOO_BIG and a sentence that names the sizes and the ways out, for such a text. */
enum sp_status sp_qr_fit_refuse(const struct sp_qr_text *text, const struct sp_qr_options *options,
                                uint8_t *trace, struct sp_err *err);

#endif
