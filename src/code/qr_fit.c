#include "code/qr_fit.h"

#include "base/num.h"

#include <stdio.h>

static bool announces(const struct sp_qr_text *text, const struct sp_qr_options *options)
{
    return options->eci && !text->ascii;
}

int sp_qr_fit(const struct sp_qr_text *text, const struct sp_qr_options *options, uint8_t *trace,
              struct sp_qr_plan *plan)
{
    /* A digit is the cheapest byte there is; this also keeps the plan within its trace. */
    if (text->length > (size_t)sp_qr_digits_max(options->version_max, options->ecc))
        return 0;
    const int last_range = sp_qr_range(options->version_max);
    for (int range = sp_qr_range(options->version_min); range <= last_range; range++) {
        const int first = SP_MAX(sp_qr_range_first(range), options->version_min);
        const int last = SP_MIN(sp_qr_range_last(range), options->version_max);
        *plan = sp_qr_plan_make(text, options->kanji, options->eci, range, trace);
        for (int version = first; version <= last; version++) {
            if (plan->bits <= sp_qr_data_bits(version, options->ecc))
                return version;
        }
    }
    return 0;
}

/* Room for the digits and commas of any size_t. */
struct number {
    char text[32];
};

/* 1234567 as "1,234,567". */
static struct number grouped(size_t value)
{
    struct number number;
    size_t at = sizeof number.text - 1;
    number.text[at] = '\0';
    for (int digits = 0; value != 0 || digits == 0; digits++, value /= 10) {
        if (digits != 0 && digits % 3 == 0)
            number.text[--at] = ',';
        number.text[--at] = (char)('0' + value % 10);
    }
    for (size_t i = 0; at + i < sizeof number.text; i++)
        number.text[i] = number.text[at + i];
    return number;
}

/* The next lower level that would do, or -1. */
static int lower_level(const struct sp_qr_text *text, const struct sp_qr_options *options,
                       uint8_t *trace)
{
    struct sp_qr_options other = *options;
    struct sp_qr_plan plan;
    for (int ecc = (int)options->ecc - 1; ecc >= 0; ecc--) {
        other.ecc = (enum sp_qr_ecc)ecc;
        if (sp_qr_fit(text, &other, trace, &plan) != 0)
            return ecc;
    }
    return -1;
}

/* A larger version that holds as many bytes of any kind, or 0. */
static int larger_version(const struct sp_qr_text *text, const struct sp_qr_options *options)
{
    for (int version = options->version_max + 1; version <= SP_QR_VERSION_MAX; version++) {
        if (text->length <= sp_qr_bytes_max(version, options->ecc, announces(text, options)))
            return version;
    }
    return 0;
}

enum sp_status sp_qr_fit_refuse(const struct sp_qr_text *text, const struct sp_qr_options *options,
                                uint8_t *trace, struct sp_err *err)
{
    static const char letters[SP_QR_ECC_COUNT] = {'L', 'M', 'Q', 'H'};
    const int version = options->version_max;
    size_t capacity = sp_qr_bytes_max(version, options->ecc, announces(text, options));
    const char *unit = "bytes";
    if (text->digits) {
        capacity = (size_t)sp_qr_digits_max(version, options->ecc);
        unit = "digits";
    } else if (text->alphanumerics) {
        capacity = (size_t)sp_qr_alphanumerics_max(version, options->ecc);
        unit = "upper-case letters and digits";
    }
    const int level = lower_level(text, options, trace);
    const int larger = larger_version(text, options);
    char cures[64] = "shorten it";
    if (level >= 0 && larger)
        snprintf(cures, sizeof cures, "shorten it, use level %c or allow version %d",
                 letters[level], larger);
    else if (level >= 0)
        snprintf(cures, sizeof cures, "shorten it or use level %c", letters[level]);
    else if (larger)
        snprintf(cures, sizeof cures, "shorten it or allow version %d", larger);
    return sp_fail(
        err, SP_TOO_BIG,
        "the payload of %s bytes does not fit a QR code of version %d at level %c, which "
        "holds %s %s: %s",
        grouped(text->length).text, version, letters[options->ecc], grouped(capacity).text, unit,
        cures);
}
