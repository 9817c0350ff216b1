/*
 * QR Code symbols: text in, a square of modules out.
 *
 * ISO/IEC 18004 model 2: versions 1 to 40, error correction L M Q H, numeric, alphanumeric, byte
 * and (opt-in) Kanji mode, segments split so that the bit stream is as short as it can be, the
 * smallest version that fits, and the best of the eight masks.
 *
 *     struct sp_qr_options options;
 *     sp_qr_options_init(&options);
 *     struct sp_qr_encoder *qr = sp_qr_encoder_init(memory, SP_QR_VERSION_MAX);
 *     status = sp_qr_encode(qr, text, length, &options, &symbol, &err);
 *
 * The whole room keeps one promise: no heap, no globals, no input or output, no recursion, at most
 * 16 KiB of stack, time at most proportional to text length + modules. Functions are thread-safe as
 * long as no two threads use one encoder at once. The same input gives the same modules on every
 * machine and with every back end.
 *
 * Byte mode carries UTF-8 without announcing it, as phones and tills expect. `eci` announces it
 * (ECI 000026), which the standard asks for and some cash desks and hand scanners choke on.
 *
 * Kanji mode stores 13 bits a character of JIS X 0208 instead of 16 or 24, in Shift JIS. Readers
 * get confused if there is UTF-8 beside it, announced or not. It is therefore used only for texts
 * of which it holds all that is not ASCII, and which have no backslash or tilde; these need no ECI.
 * The six characters on which the readings of Shift JIS differ (the wave dash among them) do not
 * count as JIS X 0208.
 */
#ifndef SMALLPRESS_QR_H
#define SMALLPRESS_QR_H

#include "export.h"
#include "matrix.h"
#include "status.h"
#include <stddef.h>

SP_BEGIN_DECLS

#define SP_QR_VERSION_MIN 1
#define SP_QR_VERSION_MAX 40

/* Modules a side of a version (ISO/IEC 18004, 5.3.1.1). */
#define SP_QR_SIZE(version) (4 * (version) + 17)

/* The longest payload any symbol holds: 7,089 digits in 40-L (ISO/IEC 18004, table 7). */
#define SP_QR_TEXT_MAX 7089

/* The quiet zone the standard asks for on every side, in modules (5.3.8). */
#define SP_QR_QUIET_ZONE 4

#define SP_QR_MASK_AUTO  (-1)

/* Error correction levels: about 7, 15, 25 and 30 % of the codewords can be restored (5.1). */
enum sp_qr_ecc {
    SP_QR_ECC_L,
    SP_QR_ECC_M,
    SP_QR_ECC_Q,
    SP_QR_ECC_H,
};

/* A forced version is one with version_min == version_max. */
struct sp_qr_options {
    enum sp_qr_ecc ecc; /* SP_QR_ECC_M */
    int version_min;    /* 1 to version_max; 1 */
    int version_max;    /* to 40; 40 */
    int mask;           /* 0 to 7, or SP_QR_MASK_AUTO: lowest penalty, lowest mask among equals */
    bool kanji;         /* use Kanji mode where it is shorter (see below); false */
    bool eci;           /* announce UTF-8 if the text is not ASCII; false */
};

/* One symbol with what was chosen for it. */
struct sp_qr_symbol {
    int version;        /* 1 to 40 */
    int mask;           /* 0 to 7 */
    enum sp_qr_ecc ecc; /* as asked */
    struct sp_matrix modules;
};

struct sp_qr_encoder;

/* Fills in the defaults named above. */
SP_API void sp_qr_options_init(struct sp_qr_options *options);

/* Bytes of memory of an encoder that makes versions up to `version_max` (1 to 40). */
SP_API size_t sp_qr_encoder_need(int version_max);

/*
 * Makes an encoder in `memory` (sp_qr_encoder_need bytes, aligned to 64, owned by the caller and
 * not to be moved). It has nothing to finish. It remembers the fixed patterns and the module order
 * of the last four pairs of version and level it made, so that runs of one version pay for them
 * once.
 */
SP_API struct sp_qr_encoder *sp_qr_encoder_init(void *memory, int version_max);

/*
 * Encodes `length` bytes of UTF-8 at `text` (no terminator; not null even when length is 0).
 *
 * SP_TOO_BIG if no version up to version_max holds it at this level: `err` names the sizes. In that
 * case, and only then, symbol->modules.size is 0. Asserts that the options are in range and that
 * version_max is within the encoder's. Bytes that are not UTF-8 are stored as they are. A text of
 * length 0 gives a symbol without segments.
 */
SP_API SP_MUST_CHECK enum sp_status sp_qr_encode(struct sp_qr_encoder *encoder, const char *text,
                                                 size_t length, const struct sp_qr_options *options,
                                                 struct sp_qr_symbol *symbol, struct sp_err *err);

/*
 * The version that sp_qr_encode would choose, or 0 when none fits. Costs a fraction of encoding.
 */
SP_API int sp_qr_version_for(struct sp_qr_encoder *encoder, const char *text, size_t length,
                             const struct sp_qr_options *options);

/*
 * A payload of at most this many bytes fits `version` at `ecc` whatever it contains: the capacity
 * of one byte segment, less the ECI header if `eci`.
 */
SP_API size_t sp_qr_bytes_max(int version, enum sp_qr_ecc ecc, bool eci);

/*
 * The penalty of a symbol by the four rules of ISO/IEC 18004, 7.8.3.1. Rule 3 counts the pattern
 * 1:1:3:1:1 whose outer dark runs are exactly one module wide, once for each occurrence that has
 * four light modules on at least one side; the outside of the symbol counts as light. Rule 4 gives
 * ten points for each whole 5 % of dark modules away from half.
 */
SP_API unsigned sp_qr_penalty(const struct sp_matrix *modules);

SP_END_DECLS

#endif
