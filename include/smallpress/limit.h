/*
 * Every limit of smallpress, with its reason and what it costs.
 *
 * A number stands here when raising it would change how much memory a job takes, how long bad input
 * can keep a program busy, or what a document may hold. Limits of the formats themselves (versions
 * of a QR code, digits of a date) stand with the format.
 */
#ifndef SMALLPRESS_LIMIT_H
#define SMALLPRESS_LIMIT_H

/*
 * Cells on a page. A page in hand holds the ids and the drawing of all its cells; 10,000 labels on
 * one sheet are beyond any stock known, and a large poster still prints.
 */
#define SP_CELLS_MAX 10000

/*
 * Objects of a document: their numbers have 32 bits. A page takes two, and one more for each code
 * too large to stand in its content.
 */
#define SP_OBJECTS_MAX 4000000000u

/* Threads that compose pages. Each holds two pages in the ring and a stack. */
#define SP_THREADS_MAX 256

/*
 * Sides of a page, in micrometres: from one small label to the largest page that PDF 1.7 viewers
 * are known to take (14,400 units, ISO 32000-1, annex C.2).
 */
#define SP_PAGE_MIN_UM 5000
#define SP_PAGE_MAX_UM 5080000

/* Modules of white around a code; the standard asks for 4 and nobody gains from more than a few. */
#define SP_QUIET_ZONE_MAX 64

/* The narrowest cell, in micrometres: a version 1 code in it is read by no phone, but drawn. */
#define SP_CELL_MIN_UM 1000

/* Below this, in micrometres, office printers and phone cameras start to lose modules. */
#define SP_MODULE_WARN_UM 250

/*
 * Bytes of one line of input. The longest payload a code holds is 7,089 digits; a line that will
 * not fit is skipped in a buffer of this size, however long it is.
 */
#define SP_LINE_BYTES_MAX 16384

/*
 * Bytes and glyphs of a printed line; what is longer is cut and ends with an ellipsis. A glyph that
 * is placed by itself (Arabic, Devanagari, stacked accents) takes 100 bytes of a page, so lines of
 * such scripts may have fewer: still twice what can be read in the width of a cell.
 */
#define SP_CAPTION_BYTES_MAX  1024
#define SP_CAPTION_GLYPHS_MAX 1024
#define SP_CAPTION_PLACED_MAX 256

/* Sizes of the printed line, in thousandths of a point. Below the second a reader is warned. */
#define SP_TEXT_SIZE_MIN_MPT  1000
#define SP_TEXT_SIZE_WARN_MPT 4000
#define SP_TEXT_SIZE_MAX_MPT  72000

/* Glyphs a font may have: glyph numbers have 16 bits in OpenType. A set of them is 8 KiB. */
#define SP_GLYPHS_MAX 65536

/*
 * Stack of a composing thread. Measured at under 40 KiB on the deepest path (shaping Arabic); the
 * rest is for libraries of other versions. Sanitizers need several times as much.
 */
#define SP_STACK_BYTES (256 * 1024)

/*
 * Pixels of a photo: half a billion is beyond any camera, and its header alone asks for a gigabyte.
 * By rows even that costs no memory; the limit bounds time.
 */
#define SP_PHOTO_PIXELS_MAX UINT64_C(500000000)

/*
 * Bytes of a submission with its theme, and levels in it. What is longer belongs into lists beside
 * it, which may have any length; a report with 5,000 photos inline has less than this. A text costs
 * sixteen times its bytes of memory. The deepest place the format has is the cell of a row in a
 * table of a section, at 8.
 */
#define SP_SUBMISSION_BYTES_MAX 1048576
#define SP_SUBMISSION_DEPTH_MAX 16

/*
 * What the program takes before it does anything: code and data of itself and its libraries, the C
 * library's heap, the main stack. Measured: 5.0 MiB resident at the end of a job, most of it code
 * shared with other programs; the rest is for other versions of the libraries.
 */
#define SP_PROCESS_BYTES (6 * 1024 * 1024)

/* The same of the program that makes reports; measured: 8.2 MiB. */
#define SP_REPORT_PROCESS_BYTES (9 * 1024 * 1024)

/* A compressor of libdeflate at level 1, as measured with version 1.14; other levels cost more. */
#define SP_COMPRESSOR_BYTES (208 * 1024)

#endif
