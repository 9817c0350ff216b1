/*
 * Image hosts that can resize are asked to: an address to the address of a smaller photo.
 *
 * Built in: Cloudinary (/upload/ gets c_limit, w_, h_, q_, f_jpg) and imgix (query fit=max, w, h,
 * q, fm=jpg, auto=orient). Any other host by rules of the theme. The smaller photo is the same
 * photo; where the host refuses, the original is fetched.
 */
#ifndef SP_FETCH_URL_TRANSFORM_H
#define SP_FETCH_URL_TRANSFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sp_url_rules; /* compiled */

/*
 * Writes the address to try first to `out` (with its end) and returns true, or returns false if no
 * rule applies, the result does not fit, or it is the same. The scheme and, for the built-in rules,
 * the host never change. An address that was transformed by its author already (w_ or h_ in
 * Cloudinary's, w or h in imgix's query) is left alone.
 */
bool sp_url_transform(const struct sp_url_rules *rules, const char *url, uint32_t edge_px,
                      unsigned quality, char *out, size_t capacity);

#endif
