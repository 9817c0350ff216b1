/*
 * What the peers have in common: the page that smallpress makes by default, in points, and how ids
 * are read from a file, one a line.
 */
#ifndef BENCH_SHEET_H
#define BENCH_SHEET_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MM          (72 / 25.4)
#define PAGE_WIDTH  (210 * MM)
#define PAGE_HEIGHT (297 * MM)
#define MARGIN      (10 * MM)
#define GAP         (2 * MM)
#define COLUMNS     5
#define ROWS        6
#define CELLS       (COLUMNS * ROWS)
#define QUIET_ZONE  4 /* modules of white around a code */
#define TEXT_SIZE   8
#define ID_BYTES    256

#define CELL_WIDTH  ((PAGE_WIDTH - 2 * MARGIN - (COLUMNS - 1) * GAP) / COLUMNS)
#define CELL_HEIGHT ((PAGE_HEIGHT - 2 * MARGIN - (ROWS - 1) * GAP) / ROWS)
#define CODE_SIDE   CELL_WIDTH /* with its quiet zone; the rest of the height is for the text */

/* The upper left corner of a cell, from the upper left corner of the page. */
static inline double cell_left(int cell)
{
    return MARGIN + cell % COLUMNS * (CELL_WIDTH + GAP);
}

static inline double cell_top(int cell)
{
    return MARGIN + cell / COLUMNS * (CELL_HEIGHT + GAP);
}

/* From the top of a cell down to the line the text stands on. */
#define BASELINE (CODE_SIDE + TEXT_SIZE)

/* Reads the next id, without its line end; false at the end of the file. */
static inline bool next_id(FILE *file, char id[ID_BYTES])
{
    if (!fgets(id, ID_BYTES, file))
        return false;
    id[strcspn(id, "\r\n")] = '\0';
    return true;
}

/* The file of ids named on the command line, or null after saying what is wrong. */
static inline FILE *open_ids(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s IDS OUTPUT\n", argv[0]);
        return NULL;
    }
    FILE *file = fopen(argv[1], "r");
    if (!file)
        perror(argv[1]);
    return file;
}

#endif
