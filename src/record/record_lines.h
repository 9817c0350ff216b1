/*
 * Records from a text: one payload a line.
 *
 * A line ends with LF or CRLF; the last one may lack its end. A UTF-8 byte order mark at the very
 * start is not part of the first line. Any number of lines will do, and a line of any length is
 * survived in the same memory, although only those of up to line_bytes_max bytes become records.
 *
 * Refused, one by one, while the reading goes on:
 *
 *     empty lines
 *     lines longer than line_bytes_max, with their length
 *     lines that are not UTF-8, with the byte and where it stands in the line
 *     lines with a zero byte, which ends the text for half of all readers
 *     lines with a carriage return that is not part of their end: most likely old line ends, which
 *         would make one payload of many
 *
 * Other control characters are payload as any other: tabs are common, and RS, GS and EOT frame the
 * data of ISO/IEC 15434 and GS1. A text that begins as UTF-16 fails at once.
 *
 * Blocks are read into one buffer and searched in it. Most ids are handed out where they lie in the
 * buffer; what a block cuts in two is moved to its front first.
 */
#ifndef SP_RECORD_LINES_H
#define SP_RECORD_LINES_H

#include "record/record_source.h"

#include <smallpress/arena.h>
#include <smallpress/status.h>
#include <smallpress/stream.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Bytes asked of the stream at a time, at least half as many where a line is waiting for its end. A
 * system call costs about as much as copying a page: at 64 KiB it is lost beside the rest, and a
 * pipe holds no more.
 */
#define SP_LINES_BLOCK_BYTES ((size_t)64 * 1024)

/* A place between two lines, from which reading can go on later. All 0 is the beginning. */
struct sp_lines_mark {
    uint64_t offset; /* bytes of the stream before it */
    uint64_t line;   /* lines before it */
    uint64_t number; /* records before it */
};

/* The fields belong to the functions below. */
struct sp_lines {
    struct sp_in in;
    unsigned char *buffer;
    size_t capacity_bytes;
    size_t line_bytes_max;
    size_t start;              /* of the next line in the buffer */
    size_t filled;             /* end of what was read */
    size_t plain;              /* end of a stretch known to need no closer look */
    struct sp_lines_mark mark; /* its offset is that of the buffer; the rest is of `start` */
    bool begun;                /* a byte order mark has been looked for */
    bool ended;                /* the stream has said so */
    bool failed;
};

/* Bytes taken from an arena for lines of up to `line_bytes_max`. */
size_t sp_lines_need(size_t line_bytes_max);

/*
 * Makes the source, for lines of up to `line_bytes_max` (1 or more) bytes without their end. The
 * stream is borrowed; its name stands in every message.
 */
void sp_lines_init(struct sp_lines *lines, struct sp_arena *arena, const struct sp_in *in,
                   size_t line_bytes_max);

struct sp_record_source sp_lines_source(struct sp_lines *lines);

/* The place behind the last record handed out or refused. */
struct sp_lines_mark sp_lines_tell(const struct sp_lines *lines);

/*
 * Goes on from a mark that sp_lines_tell gave for the same text. Only right after init; the stream
 * must stand at byte mark.offset.
 */
void sp_lines_resume(struct sp_lines *lines, struct sp_lines_mark mark);

/* What a text holds, for plans. */
struct sp_lines_extent {
    uint64_t lines;         /* that are not empty: at most so many records */
    uint64_t longest_bytes; /* without its end */
    uint64_t bytes;         /* of everything */
};

/*
 * Reads a stream to its end and measures it, in a buffer of the caller's. Lines are not looked
 * into, so some of those counted may be refused when they are read. Fails only as the stream does.
 */
SP_MUST_CHECK enum sp_status sp_lines_scan(const struct sp_in *in, void *buffer,
                                           size_t buffer_bytes, struct sp_lines_extent *extent,
                                           struct sp_err *err);

#endif
