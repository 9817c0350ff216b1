/*
 * Writes src/code/qr_kanji_table.h, or checks it: kanji_table [--check FILE]
 *
 * The table stands in the tree, and not in the build, because the conversions it is made from are
 * an optional part of many C libraries, and because a symbol must not depend on the machine that
 * built the program. `--check` makes it anew and compares; it exits with 77 (skipped) where the
 * conversions are missing.
 *
 * A character is in the table if it is in JIS X 0208 (Shift JIS 0x8140 to 0x9FFC and 0xE040 to
 * 0xEBBF; ISO/IEC 18004, 7.4.6) and if the two readings of Shift JIS in use, the standard's and
 * Microsoft's code page 932, agree on it. The handful on which they differ (the wave dash is the
 * best known) would come back from half of all readers as another character.
 */
#include <iconv.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_SKIPPED 77

static uint16_t value_of[0x10000]; /* by code point: the 13 bits of Kanji mode, plus 1; 0 is none */
static char text[256 * 1024];      /* the header as it is made */
static size_t text_length;

static void emit(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void emit(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(text + text_length, sizeof text - text_length, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof text - text_length) {
        fputs("kanji_table: the table has outgrown its buffer\n", stderr);
        exit(1);
    }
    text_length += (size_t)length;
}

/* The one code point that two bytes stand for in an encoding, or 0. */
static unsigned code_point(iconv_t from, unsigned code)
{
    char in[2] = {(char)(code >> 8), (char)code};
    unsigned char out[8];
    char *source = in;
    char *target = (char *)out;
    size_t in_left = sizeof in;
    size_t out_left = sizeof out;
    iconv(from, NULL, NULL, NULL, NULL);
    if (iconv(from, &source, &in_left, &target, &out_left) != 0 || sizeof out - out_left != 2)
        return 0;
    return (unsigned)out[0] << 8 | out[1];
}

static int collect(void)
{
    const iconv_t standard = iconv_open("UTF-16BE", "SHIFT_JIS");
    const iconv_t microsoft = iconv_open("UTF-16BE", "CP932");
    if (standard == (iconv_t)-1 || microsoft == (iconv_t)-1)
        return 0;
    int count = 0;
    for (unsigned code = 0x8140; code <= 0xEBBF; code++) {
        if (code > 0x9FFC && code < 0xE040)
            continue;
        const unsigned point = code_point(standard, code);
        if (point < 0x80 || point != code_point(microsoft, code))
            continue;
        const unsigned reduced = code - (code <= 0x9FFC ? 0x8140 : 0xC140);
        value_of[point] = (uint16_t)((reduced >> 8) * 0xC0 + (reduced & 0xFF) + 1);
        count++;
    }
    iconv_close(standard);
    iconv_close(microsoft);
    return count;
}

static void emit_pages(void)
{
    emit("static const uint64_t kanji_present[1024] = {\n");
    for (int page = 0; page < 1024; page++) {
        uint64_t present = 0;
        for (int i = 0; i < 64; i++)
            present |= (uint64_t)(value_of[64 * page + i] != 0) << i;
        if (present)
            emit("    [%d] = 0x%016llx,\n", page, (unsigned long long)present);
    }
    emit("};\n\nstatic const uint16_t kanji_rank[1024] = {\n");
    int rank = 0;
    int column = 0;
    for (int page = 0; page < 1024; page++) {
        int here = 0;
        for (int i = 0; i < 64; i++)
            here += value_of[64 * page + i] != 0;
        if (here && rank)
            emit("%s[%d] = %d,%s", column % 6 ? " " : "    ", page, rank,
                 column % 6 == 5 ? "\n" : "");
        column += here && rank;
        rank += here;
    }
    emit("%s};\n", column % 6 ? "\n" : "");
}

static void emit_values(int count)
{
    emit("\nstatic const uint16_t kanji_value[%d] = {\n", count);
    int column = 0;
    for (unsigned point = 0; point < 0x10000; point++) {
        if (value_of[point] == 0)
            continue;
        emit("%s%d,%s", column % 16 ? " " : "    ", value_of[point] - 1,
             column % 16 == 15 ? "\n" : "");
        column++;
    }
    emit("%s};\n", column % 16 ? "\n" : "");
}

static void make(int count)
{
    emit("/*\n * Made by tools/kanji_table.c, which says what is in it.\n *\n"
         " * Bit c %% 64 of kanji_present[c / 64] tells whether code point c is there. Its 13 bits "
         "are\n"
         " * kanji_value[kanji_rank[c / 64] + the number of present bits below it].\n */\n"
         "#ifndef SP_CODE_QR_KANJI_TABLE_H\n#define SP_CODE_QR_KANJI_TABLE_H\n\n"
         "#include <stdint.h>\n\n/* clang-format off */\n");
    emit_pages();
    emit_values(count);
    emit("/* clang-format on */\n\n#endif\n");
}

static int check(const char *path)
{
    static char old[sizeof text];
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return 1;
    }
    const size_t length = fread(old, 1, sizeof old, file);
    fclose(file);
    if (length == text_length && memcmp(old, text, length) == 0)
        return 0;
    fprintf(stderr, "%s differs from the table of this system's conversions\n", path);
    return 1;
}

int main(int argc, char **argv)
{
    const int count = collect();
    if (count == 0) {
        fputs("kanji_table: this system does not convert from SHIFT_JIS and CP932\n", stderr);
        return EXIT_SKIPPED;
    }
    make(count);
    if (argc == 3 && strcmp(argv[1], "--check") == 0)
        return check(argv[2]);
    return fwrite(text, 1, text_length, stdout) == text_length ? 0 : 1;
}
