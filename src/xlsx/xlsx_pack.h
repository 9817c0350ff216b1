/*
 * Parts of a workbook on their way to the package: written as text, deflated, kept on scratch.
 *
 * A package is written forward only and says the size of a part before its bytes (xlsx_package.h),
 * so a part is deflated to scratch first. That is also where a sheet of a million rows waits: at a
 * tenth of its size. One part is open at a time; all of them follow one another in one file.
 *
 * zlib streams, which libdeflate does not, and takes its memory through a hook: all of it is in the
 * arena. Errors are kept, so that a part is written without a check a line.
 */
#ifndef SP_XLSX_PACK_H
#define SP_XLSX_PACK_H

#include <smallpress/arena.h>
#include <smallpress/status.h>

#include "base/buf.h"
#include "base/scratch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

/* Text that is deflated at once, and the most that sp_xlsx_pack_room gives. */
#define SP_XLSX_PACK_PLAIN ((size_t)32 * 1024)

/* Where a finished part is, and what the package says of it. */
struct sp_xlsx_part {
    uint64_t offset;        /* on scratch */
    uint64_t packed, plain; /* bytes, deflated and not */
    uint32_t crc;           /* of the plain ones */
};

struct sp_xlsx_pack {
    const struct sp_scratch *scratch;
    z_stream stream;
    unsigned char *pool; /* of the stream */
    size_t pool_used;
    struct sp_buf plain;
    unsigned char *packed; /* what is not on scratch yet */
    size_t packed_used;
    uint64_t end; /* of what is on scratch */
    bool open;
    struct sp_xlsx_part part; /* the open one */
    struct sp_err first;      /* the first error */
};

size_t sp_xlsx_pack_need(void);

/* `scratch` is borrowed, and belongs to the parts alone. SP_NO_ROOM if zlib wants more memory than
 * any version known does. */
SP_MUST_CHECK enum sp_status sp_xlsx_pack_init(struct sp_xlsx_pack *pack, struct sp_arena *arena,
                                               const struct sp_scratch *scratch,
                                               struct sp_err *err);

/*
 * Begins a part with the line that begins every XML file; ends it and says where it is. After an
 * error the part means nothing.
 */
void sp_xlsx_pack_begin(struct sp_xlsx_pack *pack);
struct sp_xlsx_part sp_xlsx_pack_end(struct sp_xlsx_pack *pack);

/* The open part's text, with room for `count` bytes (at most SP_XLSX_PACK_PLAIN) to be appended. */
struct sp_buf *sp_xlsx_pack_room(struct sp_xlsx_pack *pack, size_t count);

void sp_xlsx_pack_bytes(struct sp_xlsx_pack *pack, const void *bytes, size_t count);
void sp_xlsx_pack_text(struct sp_xlsx_pack *pack, const char *text);

/* At most 1,023 bytes of it. */
void sp_xlsx_pack_format(struct sp_xlsx_pack *pack, const char *format, ...) SP_PRINTF(2, 3);

/* The first error there was, copied to `err`. */
SP_MUST_CHECK enum sp_status sp_xlsx_pack_check(const struct sp_xlsx_pack *pack,
                                                struct sp_err *err);

#endif
