/* Hostile HEIC: as fuzz_photo_work.c, by the way of the program that links libheif. */
#include "photo/heif_read.h"

#define WORK sp_heif_work
#include "fuzz_photo_work.c"
