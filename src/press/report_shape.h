/*
 * A report's spec, checked: its submission parsed, its dates and its digest made.
 */
#ifndef SP_PRESS_REPORT_SHAPE_H
#define SP_PRESS_REPORT_SHAPE_H

#include <smallpress/report.h>

#include "spec/submission.h"

struct sp_report_shape {
    struct sp_report_spec spec;
    struct sp_submission submission; /* its texts are in the arena */
    char date[24];                   /* as PDF has it, or empty */
    unsigned char digest[16];        /* of the texts, for the file identifier */
};

/* Bytes of arena that the submission takes. */
size_t sp_report_shape_need(const struct sp_report_spec *spec);

/* Parses and checks; with `problems` every mistake is told. Borrows the spec's texts. */
SP_MUST_CHECK enum sp_status sp_report_shape_make(struct sp_report_shape *shape,
                                                  struct sp_arena *arena,
                                                  const struct sp_report_spec *spec,
                                                  const struct sp_spec_problems *problems,
                                                  struct sp_err *err);

/*
 * Parses and checks in memory of its own, and tells the longest side that photos and graphics are
 * ordered with.
 */
SP_MUST_CHECK enum sp_status sp_report_shape_edge(const struct sp_report_spec *spec,
                                                  uint32_t *edge_px, struct sp_err *err);

/* The sides of graphics in pixels: a logo 14 mm high at 600 dots an inch, a little more. */
#define SP_REPORT_LOGO_EDGE      800
#define SP_REPORT_SIGNATURE_EDGE 600

#endif
