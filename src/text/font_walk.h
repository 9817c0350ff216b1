/*
 * The fonts installed on a machine: found by walking folders, ordered by how well they suit, and
 * asked which of them has a character.
 *
 * Folders are walked once, when the first character asks for it. Names alone order the files (plain
 * upright sans fonts first, then by path), so the same files are always tried in the same order.
 * Of each font it is kept which blocks of 256 characters it has any of, so that a character that is
 * nowhere costs little. A collection (.ttc) counts as the face that suits the language.
 */
#ifndef SP_TEXT_FONT_WALK_H
#define SP_TEXT_FONT_WALK_H

#include <smallpress/arena.h>

#include "text/font_face.h"
#include "text/font_set.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the names of all folders and files together, and folders, that are looked at. */
#define SP_FONT_NAMES_BYTES (256 * 1024)
#define SP_FONT_FOLDERS_MAX 1024

/* Bytes of a path, its end included. */
#define SP_FONT_PATH_BYTES 1024

struct sp_font_file {
    uint32_t name; /* where it begins among the names */
    uint16_t folder;
    uint8_t rank[2];    /* for regular and bold text; the least is tried first */
    uint8_t face;       /* of a collection */
    bool unfit;         /* no outlines, forbidden, broken, or beyond the memory given */
    uint64_t blocks[8]; /* of the planes 0 and 1: bits of 256 characters */
    uint64_t planes;    /* of the others: bits of 16,384 characters from plane 2 on */
};

struct sp_font_walk {
    const char *folders_given; /* separated by colons */
    const char *folder_more;   /* that of a font the theme names, or null */
    const char *language;      /* BCP 47, or null */
    char *names;
    size_t name_bytes;
    uint32_t *folder_names; /* where each folder's path begins among the names */
    uint8_t *folder_depths;
    unsigned folder_count;
    struct sp_font_file *files;
    uint16_t *order[2]; /* of the files, for regular and bold text */
    unsigned file_count;
    bool walked;
    bool asked; /* which characters they have */
};

size_t sp_font_walk_need(void);

/* Texts are borrowed. Looks at no folder yet. */
void sp_font_walk_init(struct sp_font_walk *walk, struct sp_arena *arena, const char *folders,
                       const char *language);

/* The file that is the nth to be tried for a weight, or null: there is none. Walks if need be. */
struct sp_font_file *sp_font_walk_nth(struct sp_font_walk *walk, enum sp_weight weight,
                                      unsigned nth);

/* Whether a font may have a character; if not it has not. Opens every font the first time. */
bool sp_font_walk_may_have(struct sp_font_walk *walk, const struct sp_font_file *file,
                           uint32_t code);

/* The path of a file, in at most SP_FONT_PATH_BYTES; false if it is longer. */
bool sp_font_walk_path(const struct sp_font_walk *walk, const struct sp_font_file *file,
                       char *path);

/*
 * The first file for a weight that has a face called `name`, and which face; null if there is none.
 */
struct sp_font_file *sp_font_walk_find(struct sp_font_walk *walk, enum sp_weight weight,
                                       const char *name, unsigned *face);

/* Names of families like `name`, for a message: "A, B, C", or nothing if none is near. */
void sp_font_walk_nearest(struct sp_font_walk *walk, const char *name, char *list, size_t capacity);

#endif
