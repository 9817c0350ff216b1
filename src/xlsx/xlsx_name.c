#include "xlsx/xlsx_name.h"

#include "base/check.h"
#include "base/utf8.h"
#include "xlsx/xlsx_text.h"

#include <stdio.h>
#include <string.h>

/* What a character of a name becomes; 0 leaves it out. */
static char instead_of(uint32_t character)
{
    switch (character) {
    case '[':
        return '(';
    case ']':
        return ')';
    case ':':
    case '/':
    case '\\':
        return '-';
    case '*':
    case '?':
        return '_';
    case '\t':
    case '\n':
    case '\r':
        return ' ';
    default:
        return 0;
    }
}

static bool is_forbidden(uint32_t character)
{
    return character < 0x20 || character == 0x7F || character == SP_UTF8_BAD ||
           character == 0xFFFE || character == 0xFFFF ||
           (character < 0x80 && strchr("[]:*?/\\", (int)character) != NULL);
}

/* Takes blanks and apostrophes from both ends. */
static void trim(char *name)
{
    const size_t blanks = strspn(name, " '");
    memmove(name, name + blanks, strlen(name + blanks) + 1);
    size_t length = strlen(name);
    while (length > 0 && (name[length - 1] == ' ' || name[length - 1] == '\''))
        name[--length] = '\0';
}

/* Appends a character if it is still within the limit. */
static bool append(char *name, size_t *used, size_t *units, const char *bytes, size_t length)
{
    const size_t more = length == 4 ? 2 : 1;
    if (*units + more > SP_XLSX_NAME_UNITS_MAX)
        return false;
    memcpy(name + *used, bytes, length);
    *used += length;
    *units += more;
    name[*used] = '\0';
    return true;
}

void sp_xlsx_name_make(char name[SP_XLSX_NAME_BYTES], const char *wanted, unsigned number)
{
    const char *text = wanted ? wanted + strspn(wanted, " '\t\r\n") : "";
    const size_t length = strlen(text);
    size_t used = 0, units = 0;
    bool fits = true;
    name[0] = '\0';
    for (size_t offset = 0; offset < length && fits;) {
        const size_t start = offset;
        const uint32_t character = sp_utf8_next(text, length, &offset);
        const char instead = instead_of(character);
        if (!is_forbidden(character))
            fits = append(name, &used, &units, text + start, offset - start);
        else if (instead)
            fits = append(name, &used, &units, &instead, 1);
    }
    trim(name);
    if (name[0] == '\0')
        snprintf(name, SP_XLSX_NAME_BYTES, "Sheet%u", number);
    else if (sp_xlsx_name_same(name, "History"))
        memcpy(name + strlen(name), "_", 2); /* Excel keeps the name for itself */
}

void sp_xlsx_name_count(char name[SP_XLSX_NAME_BYTES], const char *bare, unsigned copy)
{
    char ending[16];
    const int length = snprintf(ending, sizeof ending, " (%u)", copy);
    SP_ASSERT(length > 0 && (size_t)length < sizeof ending);
    const size_t kept =
        sp_xlsx_text_cut(bare, strlen(bare), SP_XLSX_NAME_UNITS_MAX - (size_t)length);
    memmove(name, bare, kept); /* NOLINT(bugprone-not-null-terminated-result): the ending has it */
    snprintf(name + kept, SP_XLSX_NAME_BYTES - kept, "%s", ending);
}

/*
 * The small letter of a capital in Latin, Greek and Cyrillic. Elsewhere two names that Excel takes
 * for one would need full case folding; it then renames one of them.
 */
static uint32_t small(uint32_t c)
{
    if ((c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7))
        return c + 0x20;
    if ((c >= 0x100 && c <= 0x12F) || (c >= 0x132 && c <= 0x137) || (c >= 0x14A && c <= 0x177))
        return c | 1;
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E))
        return c + (c & 1);
    if (c >= 0x391 && c <= 0x3A9 && c != 0x3A2)
        return c + 0x20;
    if (c >= 0x410 && c <= 0x42F)
        return c + 0x20;
    if (c >= 0x400 && c <= 0x40F)
        return c + 0x50;
    if (c >= 0x460 && c <= 0x481)
        return c | 1;
    return c;
}

bool sp_xlsx_name_same(const char *a, const char *b)
{
    const size_t a_length = strlen(a), b_length = strlen(b);
    size_t i = 0, j = 0;
    while (i < a_length && j < b_length)
        if (small(sp_utf8_next(a, a_length, &i)) != small(sp_utf8_next(b, b_length, &j)))
            return false;
    return i == a_length && j == b_length;
}
