/* Folders to files, files to an order, characters to a file. */
#include "text/font_walk.h"

#include "base/num.h"

#include "text/font_rank.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DEFAULT_FOLDERS "/usr/share/fonts:/usr/local/share/fonts:~/.local/share/fonts"

/* Faces of a collection that are looked at; the largest known has 10. */
#define FACES_MAX 64

size_t sp_font_walk_need(void)
{
    return sp_arena_cost(SP_FONT_NAMES_BYTES) +
           sp_arena_cost(SP_FONT_FOLDERS_MAX * sizeof(uint32_t)) +
           sp_arena_cost(SP_FONT_FOLDERS_MAX) +
           sp_arena_cost(SP_FONT_FILES_MAX * sizeof(struct sp_font_file)) +
           2 * sp_arena_cost(SP_FONT_FILES_MAX * sizeof(uint16_t));
}

void sp_font_walk_init(struct sp_font_walk *walk, struct sp_arena *arena, const char *folders,
                       const char *language)
{
    *walk = (struct sp_font_walk){
        .folders_given = folders ? folders : DEFAULT_FOLDERS,
        .language = language,
        .names = sp_arena_take(arena, SP_FONT_NAMES_BYTES, 1),
        .folder_names = sp_arena_take(arena, SP_FONT_FOLDERS_MAX, sizeof(uint32_t)),
        .folder_depths = sp_arena_take(arena, SP_FONT_FOLDERS_MAX, 1),
        .files = sp_arena_take(arena, SP_FONT_FILES_MAX, sizeof(struct sp_font_file)),
    };
    for (int i = 0; i < 2; i++)
        walk->order[i] = sp_arena_take(arena, SP_FONT_FILES_MAX, sizeof(uint16_t));
}

/* Keeps a name; false if there is no room for it. */
static bool keep_name(struct sp_font_walk *walk, const char *name, size_t length, uint32_t *at)
{
    if (length >= SP_FONT_NAMES_BYTES - walk->name_bytes)
        return false;
    *at = (uint32_t)walk->name_bytes;
    memcpy(walk->names + *at, name, length);
    walk->names[*at + length] = '\0';
    walk->name_bytes += length + 1;
    return true;
}

static void add_folder(struct sp_font_walk *walk, const char *path, size_t length, uint8_t depth)
{
    while (length > 1 && path[length - 1] == '/')
        length--;
    for (unsigned i = 0; i < walk->folder_count; i++) {
        const char *known = walk->names + walk->folder_names[i];
        if (strncmp(known, path, length) == 0 && known[length] == '\0')
            return;
    }
    uint32_t at;
    if (length > 0 && walk->folder_count < SP_FONT_FOLDERS_MAX &&
        keep_name(walk, path, length, &at)) {
        walk->folder_names[walk->folder_count] = at;
        walk->folder_depths[walk->folder_count++] = depth;
    }
}

static void add_given_folders(struct sp_font_walk *walk)
{
    for (const char *at = walk->folders_given; *at;) {
        const size_t length = strcspn(at, ":");
        const char *home = getenv("HOME");
        char path[SP_FONT_PATH_BYTES];
        int written = -1;
        if (length >= 2 && at[0] == '~' && at[1] == '/' && home)
            written = snprintf(path, sizeof path, "%s%.*s", home, (int)length - 1, at + 1);
        else if (length < sizeof path)
            written = snprintf(path, sizeof path, "%.*s", (int)length, at);
        if (written > 0 && (size_t)written < sizeof path)
            add_folder(walk, path, (size_t)written, 0);
        at += length + (at[length] == ':');
    }
    if (walk->folder_more)
        add_folder(walk, walk->folder_more, strlen(walk->folder_more), SP_FONT_FOLDER_MAX);
}

static void add_file(struct sp_font_walk *walk, unsigned folder, const char *name)
{
    struct sp_font_file file = {.folder = (uint16_t)folder};
    if (walk->file_count == SP_FONT_FILES_MAX || !keep_name(walk, name, strlen(name), &file.name))
        return;
    for (int weight = 0; weight < 2; weight++)
        file.rank[weight] = sp_font_rank(name, (enum sp_weight)weight, walk->language);
    walk->files[walk->file_count++] = file;
}

static void add_entry(struct sp_font_walk *walk, unsigned folder, const struct dirent *entry)
{
    char path[SP_FONT_PATH_BYTES];
    struct stat state;
    const int length = snprintf(path, sizeof path, "%s/%s",
                                walk->names + walk->folder_names[folder], entry->d_name);
    if (entry->d_name[0] == '.' || (size_t)length >= sizeof path || stat(path, &state) != 0)
        return;
    if (S_ISDIR(state.st_mode)) {
        if (walk->folder_depths[folder] < SP_FONT_FOLDER_MAX)
            add_folder(walk, path, (size_t)length, (uint8_t)(walk->folder_depths[folder] + 1));
    } else if (S_ISREG(state.st_mode) && sp_font_rank_is_font(entry->d_name)) {
        add_file(walk, folder, entry->d_name);
    }
}

/* Whether a file comes before another for a weight. */
static bool is_before(const struct sp_font_walk *walk, int weight, uint16_t one, uint16_t other)
{
    const struct sp_font_file *a = &walk->files[one];
    const struct sp_font_file *b = &walk->files[other];
    if (a->rank[weight] != b->rank[weight])
        return a->rank[weight] < b->rank[weight];
    const int folders = strcmp(walk->names + walk->folder_names[a->folder],
                               walk->names + walk->folder_names[b->folder]);
    return folders != 0 ? folders < 0 : strcmp(walk->names + a->name, walk->names + b->name) < 0;
}

/* Shell's sort: short, without memory of its own, and fast enough for some thousand names. */
static void sort_files(struct sp_font_walk *walk, int weight)
{
    uint16_t *order = walk->order[weight];
    for (unsigned i = 0; i < walk->file_count; i++)
        order[i] = (uint16_t)i;
    for (unsigned gap = 1093; gap > 0; gap /= 3)
        for (unsigned i = gap; i < walk->file_count; i++) {
            const uint16_t file = order[i];
            unsigned at = i;
            for (; at >= gap && is_before(walk, weight, file, order[at - gap]); at -= gap)
                order[at] = order[at - gap];
            order[at] = file;
        }
}

static void walk_folders(struct sp_font_walk *walk)
{
    if (walk->walked)
        return;
    walk->walked = true;
    add_given_folders(walk);
    for (unsigned i = 0; i < walk->folder_count; i++) {
        DIR *folder = opendir(walk->names + walk->folder_names[i]);
        if (!folder)
            continue;
        const struct dirent *entry;
        while ((entry = readdir(folder)))
            add_entry(walk, i, entry);
        (void)closedir(folder);
    }
    sort_files(walk, SP_WEIGHT_REGULAR);
    sort_files(walk, SP_WEIGHT_BOLD);
}

bool sp_font_walk_path(const struct sp_font_walk *walk, const struct sp_font_file *file, char *path)
{
    const int length =
        snprintf(path, SP_FONT_PATH_BYTES, "%s/%s", walk->names + walk->folder_names[file->folder],
                 walk->names + file->name);
    return length > 0 && length < SP_FONT_PATH_BYTES;
}

struct sp_font_file *sp_font_walk_nth(struct sp_font_walk *walk, enum sp_weight weight,
                                      unsigned nth)
{
    walk_folders(walk);
    return nth < walk->file_count ? &walk->files[walk->order[weight][nth]] : NULL;
}

/* The face of a collection whose family suits the language best; the first among equals. */
static uint8_t choose_face(const struct sp_font_walk *walk, hb_blob_t *blob)
{
    const unsigned count = SP_MIN(hb_face_count(blob), FACES_MAX);
    unsigned best = 0;
    uint8_t best_rank = UINT8_MAX;
    for (unsigned i = 0; i < count && count > 1; i++) {
        char family[SP_FONT_NAME_BYTES];
        hb_face_t *face = hb_face_create(blob, i);
        sp_font_face_family(face, family);
        hb_face_destroy(face);
        const uint8_t rank = sp_font_rank(family, SP_WEIGHT_REGULAR, walk->language);
        if (rank < best_rank) {
            best_rank = rank;
            best = i;
        }
    }
    return (uint8_t)best;
}

static void note_range(struct sp_font_file *file, uint32_t first, uint32_t last)
{
    for (uint32_t block = first / 256; block <= last / 256; block++)
        if (block < 512)
            file->blocks[block / 64] |= UINT64_C(1) << (block % 64);
        else
            file->planes |= UINT64_C(1) << ((block / 64 - 8) % 64);
}

static void ask_file(const struct sp_font_walk *walk, struct sp_font_file *file)
{
    char path[SP_FONT_PATH_BYTES];
    hb_blob_t *blob = NULL;
    if (sp_font_walk_path(walk, file, path))
        blob = hb_blob_create_from_file_or_fail(path);
    if (!blob) {
        file->unfit = true;
        return;
    }
    file->face = choose_face(walk, blob);
    hb_face_t *face = hb_face_create(blob, file->face);
    hb_set_t *codes = hb_set_create();
    hb_face_collect_unicodes(face, codes);
    hb_codepoint_t first, last = HB_SET_VALUE_INVALID;
    while (hb_set_next_range(codes, &first, &last))
        if (last <= 0x10FFFF)
            note_range(file, first, last);
    hb_set_destroy(codes);
    hb_face_destroy(face);
    hb_blob_destroy(blob);
}

bool sp_font_walk_may_have(struct sp_font_walk *walk, const struct sp_font_file *file,
                           uint32_t code)
{
    if (!walk->asked) {
        walk->asked = true;
        for (unsigned i = 0; i < walk->file_count; i++)
            ask_file(walk, &walk->files[i]);
    }
    const uint32_t block = code / 256;
    if (file->unfit)
        return false;
    return block < 512 ? file->blocks[block / 64] >> (block % 64) & 1
                       : file->planes >> ((block / 64 - 8) % 64) & 1;
}

struct sp_font_file *sp_font_walk_find(struct sp_font_walk *walk, enum sp_weight weight,
                                       const char *name, unsigned *face)
{
    struct sp_font_file *file;
    for (unsigned nth = 0; (file = sp_font_walk_nth(walk, weight, nth)); nth++) {
        char path[SP_FONT_PATH_BYTES];
        hb_blob_t *blob = NULL;
        if (sp_font_walk_path(walk, file, path))
            blob = hb_blob_create_from_file_or_fail(path);
        const unsigned count = blob ? SP_MIN(hb_face_count(blob), FACES_MAX) : 0;
        bool found = false;
        for (*face = 0; *face < count && !found; *face += !found) {
            hb_face_t *opened = hb_face_create(blob, *face);
            found = sp_font_face_is_called(opened, name);
            hb_face_destroy(opened);
        }
        hb_blob_destroy(blob);
        if (found)
            return file;
    }
    return NULL;
}

void sp_font_walk_nearest(struct sp_font_walk *walk, const char *name, char *list, size_t capacity)
{
    struct sp_font_near near = {0};
    const struct sp_font_file *file;
    for (unsigned nth = 0; (file = sp_font_walk_nth(walk, SP_WEIGHT_REGULAR, nth)); nth++) {
        char path[SP_FONT_PATH_BYTES], family[SP_FONT_NAME_BYTES];
        hb_blob_t *blob = NULL;
        if (sp_font_walk_path(walk, file, path))
            blob = hb_blob_create_from_file_or_fail(path);
        if (!blob)
            continue;
        hb_face_t *face = hb_face_create(blob, 0);
        sp_font_face_family(face, family);
        hb_face_destroy(face);
        hb_blob_destroy(blob);
        sp_font_near_add(&near, name, family);
    }
    sp_font_near_list(&near, list, capacity);
}
