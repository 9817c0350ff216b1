/*
 * Makes a workbook from commands on standard input, for checks that read it back.
 *
 *     make_workbook OUT.xlsx SCRATCH-FOLDER
 *
 * A command a line, its words parted by one space. A text is written as hexadecimal digits, or "-"
 * for none.
 *
 *     book TITLE AUTHOR SUBJECT CREATED RTL ACCENT FORMAT     first, once
 *     sheet NAME HEADER LANDSCAPE WIDTH,WIDTH,…
 *     row HEIGHT CELL…                a cell is KIND:LOOK:VALUE, both of the first as numbers
 *     bulk ROWS COLUMNS               as many rows, each third cell a number
 *     picture PATH OFFSET LENGTH PNG ROW COLUMN WIDTH HEIGHT ALT
 *     pictures COUNT PATH             the same picture again and again, down the first column
 *
 * At the end it prints the most memory it ever had, in KiB, and the bytes on scratch.
 */
#include <smallpress/file.h>
#include <smallpress/stream.h>

#include "xlsx/workbook.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OUT_BUFFER ((size_t)64 * 1024)

struct maker {
    struct sp_arena arena;
    struct sp_workbook *workbook;
    const char *folder;
    struct sp_err err;
    char texts[3][1024];
};

static void must(struct maker *maker, enum sp_status status)
{
    if (status == SP_OK)
        return;
    fprintf(stderr, "%s: %s\n", sp_status_word(status), maker->err.text);
    exit(1);
}

static char *word(char **rest)
{
    char *found = strsep(rest, " ");
    if (!found) {
        fprintf(stderr, "a word is missing\n");
        exit(2);
    }
    return found;
}

static long long number(char **rest)
{
    return strtoll(word(rest), NULL, 10);
}

/* Turns the digits into bytes where they stand; null for "-". */
static char *text(char *digits)
{
    if (strcmp(digits, "-") == 0)
        return NULL;
    size_t count = 0;
    for (; digits[2 * count] && digits[2 * count + 1]; count++) {
        const char pair[3] = {digits[2 * count], digits[2 * count + 1], '\0'};
        digits[count] = (char)strtol(pair, NULL, 16);
    }
    digits[count] = '\0';
    return digits;
}

static const char *kept(char *place, size_t capacity, const char *bytes)
{
    if (!bytes)
        return NULL;
    snprintf(place, capacity, "%s", bytes);
    return place;
}

static void book(struct maker *maker, char *rest)
{
    struct sp_workbook_spec spec = {.scratch_folder = maker->folder};
    spec.title = kept(maker->texts[0], sizeof maker->texts[0], text(word(&rest)));
    spec.author = kept(maker->texts[1], sizeof maker->texts[1], text(word(&rest)));
    spec.subject = kept(maker->texts[2], sizeof maker->texts[2], text(word(&rest)));
    spec.created = number(&rest);
    spec.rtl = number(&rest) != 0;
    spec.accent = (uint32_t)strtoul(word(&rest), NULL, 16);
    spec.page_format = strcmp(word(&rest), "Letter") == 0 ? "Letter" : "A4";
    must(maker, sp_workbook_open(&maker->workbook, &maker->arena, &spec, &maker->err));
}

static void sheet(struct maker *maker, char *rest)
{
    double widths[SP_WORKBOOK_COLUMNS_MAX];
    struct sp_workbook_sheet wanted = {.widths = widths};
    wanted.name = text(word(&rest));
    wanted.header = number(&rest) != 0;
    wanted.landscape = number(&rest) != 0;
    for (char *width; (width = strsep(&rest, ",")) != NULL && *width;)
        widths[wanted.columns++] = strtod(width, NULL);
    must(maker, sp_workbook_sheet_begin(maker->workbook, &wanted, &maker->err));
}

static void row(struct maker *maker, char *rest)
{
    struct sp_workbook_cell cells[SP_WORKBOOK_COLUMNS_MAX];
    size_t count = 0;
    const double height = strtod(word(&rest), NULL);
    for (char *cell; (cell = strsep(&rest, " ")) != NULL && *cell; count++) {
        const char *kind = strsep(&cell, ":");
        const char *look = strsep(&cell, ":");
        cells[count] = (struct sp_workbook_cell){
            .kind = (enum sp_workbook_kind)strtol(kind, NULL, 10),
            .look = (enum sp_workbook_look)strtol(look ? look : "0", NULL, 10),
        };
        if (cells[count].kind == SP_WORKBOOK_TEXT)
            cells[count].text = text(cell);
        else if (cell)
            cells[count].number = strtod(cell, NULL);
    }
    must(maker, sp_workbook_row(maker->workbook, cells, count, height, &maker->err));
}

static void bulk(struct maker *maker, char *rest)
{
    static char texts[SP_WORKBOOK_COLUMNS_MAX][96];
    struct sp_workbook_cell cells[SP_WORKBOOK_COLUMNS_MAX] = {{0}};
    const long long rows = number(&rest);
    const size_t columns = (size_t)number(&rest);
    for (long long i = 0; i < rows; i++) {
        for (size_t column = 0; column < columns; column++) {
            if (column % 3 == 2) {
                cells[column].kind = SP_WORKBOOK_NUMBER;
                cells[column].number = (double)i * 1.5 + (double)column;
                continue;
            }
            cells[column].kind = SP_WORKBOOK_TEXT;
            cells[column].text = texts[column];
            snprintf(texts[column], sizeof texts[column], "Row %lld column %zu of the table", i,
                     column);
        }
        must(maker, sp_workbook_row(maker->workbook, cells, columns, 0, &maker->err));
    }
}

static int opened(const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        perror(path);
        exit(1);
    }
    return fd;
}

static void picture(struct maker *maker, char *rest)
{
    struct sp_workbook_picture wanted = {.fd = opened(word(&rest))};
    wanted.offset = (uint64_t)number(&rest);
    wanted.length = (uint64_t)number(&rest);
    wanted.png = number(&rest) != 0;
    wanted.row = (uint32_t)number(&rest);
    wanted.column = (uint32_t)number(&rest);
    wanted.width_pt = strtod(word(&rest), NULL);
    wanted.height_pt = strtod(word(&rest), NULL);
    wanted.alt = text(word(&rest));
    must(maker, sp_workbook_picture(maker->workbook, &wanted, &maker->err));
}

static void pictures(struct maker *maker, char *rest)
{
    const uint32_t count = (uint32_t)number(&rest);
    struct sp_workbook_picture wanted = {.fd = opened(word(&rest)), .png = true};
    struct stat info;
    if (fstat(wanted.fd, &info) != 0)
        exit(1);
    wanted.length = (uint64_t)info.st_size;
    wanted.width_pt = wanted.height_pt = 40;
    wanted.alt = "one of many";
    for (uint32_t i = 0; i < count; i++) {
        wanted.row = i;
        must(maker, sp_workbook_picture(maker->workbook, &wanted, &maker->err));
    }
}

static void obey(struct maker *maker, char *line)
{
    static const struct {
        const char *name;
        void (*run)(struct maker *maker, char *rest);
    } commands[] = {{"book", book}, {"sheet", sheet},     {"row", row},
                    {"bulk", bulk}, {"picture", picture}, {"pictures", pictures}};
    char *rest = line;
    const char *command = word(&rest);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(command, commands[i].name) != 0)
            continue;
        commands[i].run(maker, rest);
        return;
    }
    fprintf(stderr, "%s is no command\n", command);
    exit(2);
}

/* KiB: what the kernel calls the high water mark. Only that of this program, not of its parent. */
static long peak_kib(void)
{
    char line[256];
    long peak = 0;
    FILE *status = fopen("/proc/self/status", "re");
    while (status && fgets(line, sizeof line, status))
        if (strncmp(line, "VmHWM:", 6) == 0)
            peak = strtol(line + 6, NULL, 10);
    if (status)
        fclose(status);
    return peak;
}

int main(int count, char **words)
{
    if (count != 3)
        return 2;
    struct maker maker = {.folder = words[2]};
    const size_t need = sp_workbook_need() + sp_out_need(OUT_BUFFER);
    must(&maker, sp_arena_open(&maker.arena, need, &maker.err));
    sp_arena_part_begin(&maker.arena, "workbook", need);
    char *line = NULL;
    size_t capacity = 0;
    for (ssize_t length; (length = getline(&line, &capacity, stdin)) > 0;) {
        line[length - 1] = '\0';
        obey(&maker, line);
    }
    free(line);

    struct sp_file file;
    struct sp_out out;
    must(&maker, sp_file_create(&file, words[1], SP_FILE_REPLACE, &maker.err));
    sp_out_init(&out, &maker.arena, OUT_BUFFER, sp_file_write, &file);
    must(&maker, sp_workbook_close(maker.workbook, &out, &maker.err));
    must(&maker, sp_file_commit(&file, &maker.err));
    printf("%ld %llu\n", peak_kib(), (unsigned long long)sp_workbook_scratch(maker.workbook));
    sp_arena_close(&maker.arena);
    return 0;
}
