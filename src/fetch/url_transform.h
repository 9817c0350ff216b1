/*
 * Image hosts that can resize are asked to: an address to the address of a smaller photo.
 *
 * Built in: Cloudinary (a component c_limit, w_, h_, q_, f_jpg behind those that stand after
 * /image/upload/) and imgix (query fit=max, w, h, q, fm=jpg; both turn by EXIF before they resize).
 * Any other host by rules of the theme. The smaller photo is the same photo; where the host
 * refuses, the original is fetched.
 *
 * Left alone is what its author shaped already (w_ or h_ in Cloudinary's components; w, h, fit, ar,
 * crop or dpr in imgix's query) and what is signed, because the signature would not hold any more.
 * Cloudinary under a customer's own host name is told by the version (v1712345678) in its paths.
 */
#ifndef SP_FETCH_URL_TRANSFORM_H
#define SP_FETCH_URL_TRANSFORM_H

#include <smallpress/arena.h>
#include <smallpress/report.h>
#include <smallpress/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Rules of a theme at most, bytes of a pattern, and how much its {n,m} may repeat all together. */
#define SP_URL_RULES_MAX       64
#define SP_URL_PATTERN_MAX     512
#define SP_URL_REPETITIONS_MAX 256

struct sp_url_rules; /* compiled; the C library's regular expressions allocate inside */

size_t sp_url_rules_need(size_t count);

/*
 * Compiles rules, whose texts are borrowed. A pattern is a POSIX extended regular expression over
 * the whole address, without back-references, whose time nobody could bound. SP_BAD_SPEC names the
 * first that cannot be used; nothing is then left to finish.
 */
SP_MUST_CHECK enum sp_status sp_url_rules_init(struct sp_url_rules **rules, struct sp_arena *arena,
                                               const struct sp_url_rule *from, size_t count,
                                               struct sp_err *err);
void sp_url_rules_finish(struct sp_url_rules *rules);

/*
 * Writes the address to try first to `out` (with its end) and returns true, or returns false if no
 * rule applies, the result does not fit, or it is the same. `rules` may be null. The first rule
 * that matches is taken, and the built-in ones come last. The scheme and, for the built-in rules,
 * the host never change. `edge_px` and `quality` are 1 or more.
 */
bool sp_url_transform(const struct sp_url_rules *rules, const char *url, uint32_t edge_px,
                      unsigned quality, char *out, size_t capacity);

#endif
