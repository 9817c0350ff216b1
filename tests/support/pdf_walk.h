/*
 * A small reader of PDF files for the tests, written from the standard and not from the writer.
 *
 * It starts where any reader does, at the end: startxref, the cross-reference stream, and from
 * there object by object. What is not as it must be fails the test that asked. It knows the files
 * of this project: cross-reference streams as they are or deflated as differences, objects by
 * themselves or in object streams, streams whose length is a number.
 */
#ifndef SP_TESTS_PDF_WALK_H
#define SP_TESTS_PDF_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pdf_span {
    const char *at;
    size_t length;
};

struct pdf_walk {
    const char *bytes;
    size_t size;
    uint64_t base;    /* offset in the file of the first byte */
    uint64_t *offset; /* of every object; of one in an object stream: its index there */
    uint32_t *stream; /* the object stream that has it, or 0 */
    char **inflated;  /* object streams that were looked into, by their numbers */
    uint32_t count;   /* of objects, number 0 included */
    unsigned width;   /* bytes of an offset in the table */
    struct pdf_span trailer;
};

/*
 * Reads the table. The bytes are borrowed; `base` is 0 but for tests that leave out the first
 * gigabytes of a file.
 */
void pdf_walk_open(struct pdf_walk *walk, const void *bytes, size_t size, uint64_t base);
void pdf_walk_close(struct pdf_walk *walk);

/* An object from behind "N 0 obj" on; its dictionary alone; the data of its stream. */
struct pdf_span pdf_walk_object(const struct pdf_walk *walk, uint32_t number);
struct pdf_span pdf_walk_dictionary(const struct pdf_walk *walk, uint32_t number);
struct pdf_span pdf_walk_stream(const struct pdf_walk *walk, uint32_t number);

/* The stream, inflated if it says so. The caller frees it. */
unsigned char *pdf_walk_inflate(const struct pdf_walk *walk, uint32_t number, size_t *length);

/* What follows a key of the dictionary itself, up to the dictionary's end; false without it. */
bool pdf_find(struct pdf_span dictionary, const char *key, struct pdf_span *value);
bool pdf_has(struct pdf_span dictionary, const char *key);

/* The number, or the object number of the reference, behind a key that must be there. */
uint64_t pdf_number(struct pdf_span dictionary, const char *key);
uint32_t pdf_reference(struct pdf_span dictionary, const char *key);

/*
 * Visits the pages below a node in their order, having checked every node on the way: its /Count,
 * and the /Parent of what hangs below it. Returns how many pages there are; *nodes is counted up.
 */
uint64_t pdf_walk_pages(const struct pdf_walk *walk, uint32_t root, uint64_t *nodes,
                        void (*visit)(void *context, uint32_t page, uint64_t index), void *context);

#endif
