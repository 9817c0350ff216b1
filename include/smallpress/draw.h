/*
 * The three ways to draw a code in a PDF.
 *
 *   sharp    a 1-bit image mask with 8 × 8 pixels a module, deflated by table: no seams between
 *            modules, no growth in print, crisp in every viewer; about 140 bytes of image for a
 *            version 1 code. The default.
 *   small    the same mask with one pixel a module, not compressed: about 63 bytes, and soft at low
 *            zoom in viewers that smooth enlarged images.
 *   vector   one path of merged rectangles, for cutters and for editing. A printer without
 *            antialiasing paints every dot a path touches, and so widens dark modules by
 *            up to a dot.
 */
#ifndef SMALLPRESS_DRAW_H
#define SMALLPRESS_DRAW_H

enum sp_draw {
    SP_DRAW_SHARP,
    SP_DRAW_SMALL,
    SP_DRAW_VECTOR,
};

#endif
