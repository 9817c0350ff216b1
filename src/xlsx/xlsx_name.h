/*
 * Names of sheets as Excel takes them: 1 to 31 UTF-16 units, none of []:*?/\, no apostrophe at an
 * end, not "History", and no two that differ in nothing but capitals.
 */
#ifndef SP_XLSX_NAME_H
#define SP_XLSX_NAME_H

#include <stdbool.h>
#include <stddef.h>

#define SP_XLSX_NAME_UNITS_MAX 31

/* A unit takes at most three bytes: what has four is two of them. */
#define SP_XLSX_NAME_BYTES (3 * SP_XLSX_NAME_UNITS_MAX + 1)

/*
 * Makes a name out of `wanted` (UTF-8, or null); where nothing is left of it, out of the sheet's
 * number, counted from 1. What Excel forbids becomes something like it.
 */
void sp_xlsx_name_make(char name[SP_XLSX_NAME_BYTES], const char *wanted, unsigned number);

/* Ends the name with " (2)" and so on, cut so that it fits. Made anew from the bare name. */
void sp_xlsx_name_count(char name[SP_XLSX_NAME_BYTES], const char *bare, unsigned copy);

/* Whether Excel takes two names for one. */
bool sp_xlsx_name_same(const char *a, const char *b);

#endif
