/* A report under test: a document with a canvas, a font and a sink that keeps the bytes. */
#ifndef SP_TESTS_PDF_SAMPLE_H
#define SP_TESTS_PDF_SAMPLE_H

#include "support/unit.h"

#include "base/scratch.h"
#include "pdf/pdf_canvas.h"
#include "pdf/pdf_document.h"
#include "pdf/pdf_image.h"
#include "pdf/pdf_outline.h"
#include "support/exact_arena.h"
#include "support/folder.h"
#include "support/sink.h"
#include "text/font.h"

#include <libdeflate.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

#define SAMPLE_BUFFER 256
#define SAMPLE_GLYPHS 256

extern char **environ;

struct sample {
    struct sp_arena arena;
    struct sp_scratch scratch;
    struct sp_out out;
    struct sink sink;
    struct sp_pdf_document document;
    struct sp_pdf_structure *structure;
    struct sp_pdf_canvas *canvas;
    struct libdeflate_compressor *compressor;
    struct sp_font font;
    struct sp_glyph_set used;
    const unsigned char *file; /* the subset, made once */
    size_t file_bytes;
    struct sp_pdf_canvas_glyph glyphs[SAMPLE_GLYPHS];
};

static const struct sp_pdf_color black = {0, 0, 0}, blue = {0, 80, 160}, pale = {230, 240, 250};

static inline bool sample_glyph_used(const void *context, uint32_t glyph)
{
    return sp_glyph_set_has(&((const struct sample *)context)->used, glyph);
}

static inline int sample_glyph_width(const void *context, uint32_t glyph)
{
    const struct sp_font *font = &((const struct sample *)context)->font;
    return sp_font_advance(font, glyph) * 1000 / (int)font->units_per_em;
}

static inline uint32_t sample_glyph_code(const void *context, uint32_t glyph)
{
    return ((const struct sample *)context)->font.code[glyph];
}

/* With `write` null the sink keeps the bytes; else they go there, with the sample as context. */
static inline void sample_open(struct sample *sample, const struct sp_pdf_document_spec *spec,
                               enum sp_status (*write)(void *, const void *, size_t,
                                                       struct sp_err *))
{
    memset(sample, 0, sizeof *sample);
    assert_int_equal(sp_scratch_open(&sample->scratch, "/tmp", NULL), SP_OK);
    const size_t need = sp_font_need() + sp_out_need(SAMPLE_BUFFER) +
                        sp_pdf_document_report_need() + sp_pdf_canvas_need();
    exact_arena_open(&sample->arena, need);
    assert_int_equal(sp_font_init(&sample->font, &sample->arena, NULL), SP_OK);
    sp_out_init(&sample->out, &sample->arena, SAMPLE_BUFFER, write ? write : sink_write,
                write ? (void *)sample : (void *)&sample->sink);
    sample->compressor = libdeflate_alloc_compressor(1);
    assert_non_null(sample->compressor);
    sp_pdf_document_init(&sample->document, &sample->arena, &sample->out, &sample->scratch, spec);
    sample->structure = sp_pdf_document_structure(&sample->document);
    sample->canvas = sp_pdf_canvas_init(&sample->arena, &sample->document, sample->compressor);
    /* The memory of a structure stays unused without tags. */
    if (spec->tagged)
        assert_int_equal(sample->arena.used_bytes, need);
    sp_arena_part_end(&sample->arena);
    sp_arena_seal(&sample->arena);
}

static inline void sample_close(struct sample *sample)
{
    sp_pdf_document_close(&sample->document);
    sp_font_finish(&sample->font);
    libdeflate_free_compressor(sample->compressor);
    sink_free(&sample->sink);
    sp_scratch_close(&sample->scratch);
    sp_arena_close(&sample->arena);
}

/* The glyphs of an ASCII text, one behind the other, in the sample's own array. */
static inline size_t sample_glyphs(struct sample *sample, const char *text, uint8_t font)
{
    const size_t count = strlen(text);
    assert_true(count <= SAMPLE_GLYPHS);
    for (size_t i = 0; i < count; i++) {
        const uint16_t number = sample->font.glyph[(unsigned char)text[i]];
        sample->used.words[number / 64] |= UINT64_C(1) << number % 64;
        sample->glyphs[i] =
            (struct sp_pdf_canvas_glyph){.number = number, .font = font, .own = i > 0};
    }
    return count;
}

static inline void sample_text(struct sample *sample, const char *text, int64_t x_mpt,
                               int64_t y_mpt)
{
    const size_t count = sample_glyphs(sample, text, 0);
    sp_pdf_canvas_text(sample->canvas, black, x_mpt, y_mpt, 10000, sample->glyphs, count);
}

/* An element that holds one text. */
static inline void sample_element(struct sample *sample, enum sp_pdf_tag tag, const char *text,
                                  int64_t x_mpt, int64_t y_mpt)
{
    sp_pdf_structure_open(sample->structure, tag);
    sp_pdf_canvas_mark(sample->canvas);
    sample_text(sample, text, x_mpt, y_mpt);
    sp_pdf_canvas_mark_end(sample->canvas);
    sp_pdf_structure_close(sample->structure);
}

static inline void sample_font(struct sample *sample, unsigned font)
{
    struct sp_pdf_font facts = {.name = "DejaVuSans",
                                .ascent = 928,
                                .descent = -236,
                                .cap_height = 729,
                                .box = {-1021, -463, 1793, 1232},
                                .glyph_count = sample->font.glyph_count,
                                .used = sample_glyph_used,
                                .width = sample_glyph_width,
                                .code = sample_glyph_code,
                                .context = sample};
    if (!sample->file)
        assert_int_equal(
            sp_font_subset(&sample->font, &sample->used, &sample->file, &sample->file_bytes, NULL),
            SP_OK);
    facts.file = sample->file;
    facts.file_bytes = sample->file_bytes;
    sp_pdf_document_font_write(&sample->document, font, &facts, NULL);
}

/* Runs a program on the bytes; its exit status, or -1 if it is not installed. */
static inline int sample_check(const struct sample *sample, const char *program, const char *option,
                               char *said, size_t capacity)
{
    struct folder folder;
    char path[128], words[128];
    folder_open(&folder);
    folder_path(&folder, "report.pdf", path, sizeof path);
    folder_path(&folder, "said", words, sizeof words);
    file_put(path, sample->sink.bytes, sample->sink.used);
    char *const arguments[] = {(char *)(uintptr_t)program, (char *)(uintptr_t)option, path, NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status = -1;
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    (void)posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, words, O_WRONLY | O_CREAT,
                                           0600);
    (void)posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    if (posix_spawnp(&child, program, &actions, NULL, arguments, environ) == 0) {
        assert_int_equal(waitpid(child, &status, 0), child);
        status = WIFEXITED(status) && WEXITSTATUS(status) != 127 ? WEXITSTATUS(status) : -1;
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    memset(said, 0, capacity);
    const int fd = open(words, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        assert_true(read(fd, said, capacity - 1) >= 0);
        assert_int_equal(close(fd), 0);
    }
    folder_remove(&folder);
    return status;
}

#endif
