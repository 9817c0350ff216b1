/*
 * The package of a workbook: a ZIP file, written forward only (PKWARE's APPNOTE.TXT 6.3.9; the
 * subset of ISO/IEC 21320-1).
 *
 *     header, bytes        of each part, sizes and checksum first: no data descriptors
 *     directory            kept on scratch while parts are added
 *     end of directory
 *
 * What is larger than 32 bits hold, or comes after so many bytes, is written as ZIP64, and so is a
 * directory of 65,535 parts or more; all else is written without. Dates are the first that the
 * format knows, so that the same parts give the same bytes.
 */
#ifndef SP_XLSX_PACKAGE_H
#define SP_XLSX_PACKAGE_H

#include <smallpress/arena.h>
#include <smallpress/status.h>
#include <smallpress/stream.h>

#include "base/buf.h"
#include "base/scratch.h"
#include "xlsx/xlsx_pack.h"

#include <stddef.h>
#include <stdint.h>

/* Bytes of a part's name. */
#define SP_XLSX_PACKAGE_NAME_MAX 100

struct sp_xlsx_package {
    struct sp_out *out;
    uint64_t position; /* of the next byte, in the package */
    uint64_t count;    /* of parts */
    const struct sp_scratch *directory;
    uint64_t directory_bytes; /* on scratch */
    struct sp_buf entries;    /* of the directory, on their way there */
    unsigned char *copy;      /* bytes on their way from one file to another */
};

/* A piece of a file that goes into the package as it is. */
struct sp_xlsx_piece {
    int fd;
    uint64_t offset, length;
    uint32_t crc;
};

size_t sp_xlsx_package_need(void);

/* `directory` is borrowed, and is for the directory alone. */
void sp_xlsx_package_init(struct sp_xlsx_package *package, struct sp_arena *arena,
                          const struct sp_scratch *directory);

/* Finds the checksum of a piece; the rest of it is given. SP_IO if the file ends before it. */
SP_MUST_CHECK enum sp_status sp_xlsx_package_measure(struct sp_xlsx_package *package,
                                                     struct sp_xlsx_piece *piece,
                                                     struct sp_err *err);

/* Says where the package goes; everything below comes after it. */
void sp_xlsx_package_begin(struct sp_xlsx_package *package, struct sp_out *out);

/* Adds a part that was deflated to `scratch`. */
SP_MUST_CHECK enum sp_status sp_xlsx_package_packed(struct sp_xlsx_package *package,
                                                    const char *name,
                                                    const struct sp_scratch *scratch,
                                                    const struct sp_xlsx_part *part,
                                                    struct sp_err *err);

/* Adds a piece without deflating it. SP_IO if it is no longer what was measured. */
SP_MUST_CHECK enum sp_status sp_xlsx_package_stored(struct sp_xlsx_package *package,
                                                    const char *name,
                                                    const struct sp_xlsx_piece *piece,
                                                    struct sp_err *err);

/* Writes the directory and flushes the sink. */
SP_MUST_CHECK enum sp_status sp_xlsx_package_finish(struct sp_xlsx_package *package,
                                                    struct sp_err *err);

#endif
