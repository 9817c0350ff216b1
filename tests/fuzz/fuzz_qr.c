/*
 * QR codes of hostile texts under all options: what is made holds the text, is as small as it can
 * be, has the best mask, and does not depend on what the encoder made before.
 *
 * The input is four bytes of options and a text.
 */
#include "support/qr_verify.h"

#include "base/check.h"

#include <smallpress/qr.h>

#include <stdalign.h>
#include <string.h>

/* Large enough for both encoders; checked below. */
static alignas(64) unsigned char memory[2][256 * 1024];

static bool is_same(const struct sp_qr_symbol *a, const struct sp_qr_symbol *b)
{
    return a->version == b->version && a->mask == b->mask && a->ecc == b->ecc &&
           a->modules.size == b->modules.size &&
           memcmp(a->modules.row, b->modules.row, a->modules.size * sizeof a->modules.row[0]) == 0;
}

/* No other mask is better, and no lower one as good. */
static void check_mask(struct sp_qr_encoder *qr, const char *text, size_t length,
                       struct sp_qr_options options, const struct sp_qr_symbol *chosen)
{
    static struct sp_qr_symbol other;
    const unsigned best = sp_qr_penalty(&chosen->modules);
    for (options.mask = 0; options.mask < SP_QR_MASK_COUNT; options.mask++) {
        SP_ASSERT(sp_qr_encode(qr, text, length, &options, &other, NULL) == SP_OK);
        const unsigned penalty = sp_qr_penalty(&other.modules);
        SP_ASSERT(options.mask < chosen->mask ? penalty > best : penalty >= best);
        SP_ASSERT((options.mask == chosen->mask) == is_same(chosen, &other));
    }
}

/* No smaller version holds the text, and no fewer bytes than promised make it too big. */
static void check_size(struct sp_qr_encoder *qr, const char *text, size_t length,
                       struct sp_qr_options options, enum sp_status status, int version)
{
    if (status != SP_OK) {
        SP_ASSERT(length > sp_qr_bytes_max(options.version_max, options.ecc, options.eci));
        return;
    }
    SP_ASSERT(version >= options.version_min);
    SP_ASSERT(version <= options.version_max);
    if (version > options.version_min) {
        options.version_max = version - 1;
        SP_ASSERT(sp_qr_version_for(qr, text, length, &options) == 0);
        SP_ASSERT(length > sp_qr_bytes_max(version - 1, options.ecc, options.eci));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sp_qr_encoder *old;
    static struct sp_qr_symbol symbol;
    static struct sp_qr_symbol again;
    if (size < 4)
        return 0;
    struct sp_qr_options options;
    struct sp_err err;
    sp_qr_options_init(&options);
    options.ecc = (enum sp_qr_ecc)(data[0] & 3);
    options.kanji = data[0] & 4;
    options.eci = data[0] & 8;
    options.version_min = data[1] % SP_QR_VERSION_MAX + 1;
    options.version_max =
        options.version_min + data[2] % (SP_QR_VERSION_MAX + 1 - options.version_min);
    options.mask = data[3] < 128 ? SP_QR_MASK_AUTO : data[3] % SP_QR_MASK_COUNT;
    const char *text = (const char *)data + 4;
    const size_t length = size - 4;

    SP_ASSERT(sp_qr_encoder_need(SP_QR_VERSION_MAX) <= sizeof memory[0]);
    if (!old)
        old = sp_qr_encoder_init(memory[0], SP_QR_VERSION_MAX);
    const enum sp_status status = sp_qr_encode(old, text, length, &options, &symbol, &err);
    SP_ASSERT(status == SP_OK || status == SP_TOO_BIG);
    const int version = sp_qr_version_for(old, text, length, &options);
    SP_ASSERT(version == (status == SP_OK ? symbol.version : 0));
    check_size(old, text, length, options, status, version);
    struct sp_qr_encoder *new = sp_qr_encoder_init(memory[1], options.version_max);
    SP_ASSERT(sp_qr_encode(new, text, length, &options, &again, NULL) == status);
    if (status != SP_OK) {
        SP_ASSERT(symbol.modules.size == 0);
        SP_ASSERT(again.modules.size == 0);
        return 0;
    }
    SP_ASSERT(is_same(&symbol, &again));
    SP_ASSERT(qr_verify(&symbol, text, length));
    if (options.mask == SP_QR_MASK_AUTO)
        check_mask(old, text, length, options, &symbol);
    return 0;
}
