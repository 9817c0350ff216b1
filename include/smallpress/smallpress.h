/*
 * libsmallpress: a document press that fits in a small machine.
 *
 * This header includes all others. Where to begin:
 *
 *   sheet.h      records to sheets of codes: the press itself
 *   report.h     submissions with photos to PDF and XLSX: the other press; photo.h for its photos
 *   qr.h         one QR code: text in, a square of modules out
 *   status.h     how things fail
 *   arena.h      the memory of a job, announced and proven
 *   stream.h     where bytes come from and go to; file.h for output that is whole or not there
 *   quantity.h   lengths, sizes and counts as people write them
 *   limit.h      every maximum, with its reason
 *
 * The library never prints, exits, reads a clock or looks at the environment; only a bug in it is
 * told on standard error, and aborts.
 */
#ifndef SMALLPRESS_SMALLPRESS_H
#define SMALLPRESS_SMALLPRESS_H

#include "arena.h"
#include "draw.h"
#include "file.h"
#include "limit.h"
#include "matrix.h"
#include "photo.h"
#include "plan.h"
#include "qr.h"
#include "quantity.h"
#include "report.h"
#include "sheet.h"
#include "status.h"
#include "stream.h"

#endif
