/*
 * Text to symbol:
 *
 *     text -> plan of segments and version -> data codewords -> stream -> modules -> best mask
 *
 * What does not depend on the text is kept for the last few versions and levels in frames.
 */
#include <smallpress/qr.h>

#include "base/check.h"
#include "base/num.h"
#include "code/qr_bits.h"
#include "code/qr_codeword.h"
#include "code/qr_fit.h"
#include "code/qr_pattern.h"
#include "code/qr_penalty.h"
#include "code/qr_segment.h"
#include "code/qr_table.h"

#include <string.h>

#define ALIGN 64

/*
 * Versions and levels whose frames are kept: ids of one kind fall into two versions, seldom three.
 * A frame of version 40 takes 47 KiB, one of version 3 takes 4 KiB.
 */
#define FRAME_COUNT 4

/* What symbols of one version and level have in common. */
struct frame {
    uint64_t last_use; /* 0 while it is empty */
    struct sp_qr_blocks blocks;
    struct sp_qr_pattern pattern;
    struct sp_qr_generator *generator;
};

struct sp_qr_encoder {
    int version_max;
    uint64_t uses;
    const struct sp_qr_scorer *scorer;
    struct frame frames[FRAME_COUNT];
    uint64_t *rows;  /* of the symbol in work */
    uint8_t *trace;  /* of the search for segments: a byte for each of the most digits there fit */
    uint8_t *data;   /* data codewords */
    uint8_t *stream; /* all codewords */
};

/* Cuts pieces off the caller's memory, or only counts them if there is none. */
struct cutter {
    unsigned char *memory;
    size_t used;
};

static void *cut(struct cutter *cutter, size_t bytes)
{
    void *piece = cutter->memory ? cutter->memory + cutter->used : NULL;
    cutter->used += (bytes + ALIGN - 1) / ALIGN * ALIGN;
    return piece;
}

/* The one description of an encoder's memory, for need and init alike. */
static size_t lay_out(struct sp_qr_encoder *encoder, void *memory, int version_max)
{
    SP_ASSERT(version_max >= SP_QR_VERSION_MIN && version_max <= SP_QR_VERSION_MAX);
    struct cutter cutter = {.memory = memory};
    const size_t row_words = sp_qr_pattern_row_words(version_max);
    const size_t codewords = (size_t)sp_qr_blocks_of(version_max, SP_QR_ECC_L).codewords;
    cut(&cutter, sizeof *encoder);
    for (int i = 0; i < FRAME_COUNT; i++) {
        struct frame *frame = &encoder->frames[i];
        frame->pattern.base = cut(&cutter, row_words * sizeof(uint64_t));
        frame->pattern.masks = cut(&cutter, SP_QR_MASK_COUNT * row_words * sizeof(uint64_t));
        frame->pattern.runs =
            cut(&cutter, sp_qr_pattern_runs_max(version_max) * sizeof(struct sp_qr_run));
        frame->generator = cut(&cutter, sizeof *frame->generator);
    }
    encoder->version_max = version_max;
    encoder->rows = cut(&cutter, row_words * sizeof(uint64_t));
    encoder->trace = cut(&cutter, (size_t)sp_qr_digits_max(version_max, SP_QR_ECC_L));
    encoder->data = cut(&cutter, codewords + SP_QR_BITS_SLACK);
    encoder->stream = cut(&cutter, codewords + SP_QR_STREAM_SLACK);
    return cutter.used;
}

size_t sp_qr_encoder_need(int version_max)
{
    struct sp_qr_encoder only_to_count;
    return lay_out(&only_to_count, NULL, version_max);
}

struct sp_qr_encoder *sp_qr_encoder_init(void *memory, int version_max)
{
    SP_ASSERT((uintptr_t)memory % ALIGN == 0);
    struct sp_qr_encoder *encoder = memory;
    memset(encoder, 0, sizeof *encoder);
    lay_out(encoder, memory, version_max);
    encoder->scorer = &sp_qr_scorer_portable;
    return encoder;
}

void sp_qr_options_init(struct sp_qr_options *options)
{
    *options = (struct sp_qr_options){
        .ecc = SP_QR_ECC_M,
        .version_min = SP_QR_VERSION_MIN,
        .version_max = SP_QR_VERSION_MAX,
        .mask = SP_QR_MASK_AUTO,
    };
}

static void check_options(const struct sp_qr_encoder *encoder, const struct sp_qr_options *options)
{
    SP_ASSERT((unsigned)options->ecc < SP_QR_ECC_COUNT);
    SP_ASSERT(options->version_min >= SP_QR_VERSION_MIN);
    SP_ASSERT(options->version_min <= options->version_max);
    SP_ASSERT(options->version_max <= encoder->version_max);
    SP_ASSERT(options->mask >= SP_QR_MASK_AUTO);
    SP_ASSERT(options->mask < SP_QR_MASK_COUNT);
}

int sp_qr_version_for(struct sp_qr_encoder *encoder, const char *text, size_t length,
                      const struct sp_qr_options *options)
{
    check_options(encoder, options);
    const struct sp_qr_text look = sp_qr_text_of(text, length);
    struct sp_qr_plan plan;
    return sp_qr_fit(&look, options, encoder->trace, &plan);
}

/* The frame of a version and level: one that is kept, or else made in place of the oldest. */
static struct frame *find_frame(struct sp_qr_encoder *encoder, int version, enum sp_qr_ecc ecc)
{
    struct frame *oldest = &encoder->frames[0];
    encoder->uses++;
    for (int i = 0; i < FRAME_COUNT; i++) {
        struct frame *frame = &encoder->frames[i];
        if (frame->pattern.version == version && frame->pattern.ecc == ecc) {
            frame->last_use = encoder->uses;
            return frame;
        }
        if (frame->last_use < oldest->last_use)
            oldest = frame;
    }
    oldest->last_use = encoder->uses;
    oldest->blocks = sp_qr_blocks_of(version, ecc);
    sp_qr_generator_make(oldest->generator, oldest->blocks.check);
    sp_qr_pattern_make(&oldest->pattern, version, ecc);
    return oldest;
}

static int choose_mask(const struct sp_qr_encoder *encoder, const struct sp_qr_pattern *pattern)
{
    unsigned penalty[SP_QR_MASK_COUNT];
    encoder->scorer->score(encoder->rows, pattern->masks, SP_QR_SIZE(pattern->version), penalty);
    int best = 0;
    for (int mask = 1; mask < SP_QR_MASK_COUNT; mask++) {
        if (penalty[mask] < penalty[best])
            best = mask;
    }
    return best;
}

static void write_symbol(struct sp_qr_symbol *symbol, const struct sp_qr_pattern *pattern,
                         const uint64_t *rows, int mask)
{
    const int size = SP_QR_SIZE(pattern->version);
    const int words = sp_qr_row_words(pattern->version);
    const uint64_t *inverted =
        pattern->masks + (size_t)mask * sp_qr_pattern_row_words(pattern->version);
    symbol->version = pattern->version;
    symbol->ecc = pattern->ecc;
    symbol->mask = mask;
    symbol->modules.size = (uint32_t)size;
    for (int y = 0; y < size; y++) {
        for (int i = 0; i < SP_MATRIX_ROW_WORDS; i++) {
            const int word = y * words + i;
            symbol->modules.row[y][i] = i < words ? rows[word] ^ inverted[word] : 0;
        }
    }
}

enum sp_status sp_qr_encode(struct sp_qr_encoder *encoder, const char *text, size_t length,
                            const struct sp_qr_options *options, struct sp_qr_symbol *symbol,
                            struct sp_err *err)
{
    check_options(encoder, options);
    symbol->modules.size = 0;
    const struct sp_qr_text look = sp_qr_text_of(text, length);
    struct sp_qr_plan plan;
    const int version = sp_qr_fit(&look, options, encoder->trace, &plan);
    if (version == 0)
        return sp_qr_fit_refuse(&look, options, encoder->trace, err);
    const struct frame *frame = find_frame(encoder, version, options->ecc);
    const struct sp_qr_pattern *pattern = &frame->pattern;
    sp_qr_bits_write(&plan, encoder->data, (size_t)frame->blocks.data);
    sp_qr_stream_make(frame->generator, &frame->blocks, encoder->data, encoder->stream);
    memcpy(encoder->rows, pattern->base, sp_qr_pattern_row_words(version) * sizeof(uint64_t));
    sp_qr_pattern_place(pattern, encoder->stream, encoder->rows);
    const int mask =
        options->mask == SP_QR_MASK_AUTO ? choose_mask(encoder, pattern) : options->mask;
    write_symbol(symbol, pattern, encoder->rows, mask);
    return SP_OK;
}
