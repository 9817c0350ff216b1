/* What is packed in pieces of any size is unpacked by another caller of zlib, in one piece. */
#include "support/unit.h"

#include "base/sys.h"
#include "support/pdf_pieces.h"
#include "support/random.h"

#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

#define BYTES_MAX 700000

static unsigned char bytes[BYTES_MAX], unpacked[BYTES_MAX + 1];

static void fill(struct random *random)
{
    for (size_t i = 0; i < BYTES_MAX; i++)
        bytes[i] = (unsigned char)random_below(random, i % 1000 < 500 ? 256 : 3);
}

static uint64_t pack(struct pieces *pieces, size_t count, struct random *random)
{
    sp_pdf_packer_begin(&pieces->packer);
    for (size_t at = 0; at < count;) {
        size_t piece = 1 + (size_t)random_below(random, 30000);
        piece = piece < count - at ? piece : count - at;
        sp_pdf_packer_add(&pieces->packer, bytes + at, piece);
        at += piece;
    }
    return sp_pdf_packer_end(&pieces->packer);
}

static void streams_come_back(void **state)
{
    static const size_t counts[] = {0, 1, 500, 4096, 60000, BYTES_MAX, 3};
    static struct pieces pieces;
    struct random random = {11};
    fill(&random);
    pieces_open(&pieces);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        const uint64_t start = pieces.out.position;
        const uint64_t length = pack(&pieces, counts[i], &random);
        uLongf room = sizeof unpacked;
        sp_pdf_packer_copy(&pieces.packer, &pieces.out);
        assert_int_equal(sp_out_flush(&pieces.out, NULL), SP_OK);
        assert_int_equal(pieces.out.position, start + length);
        assert_int_equal(uncompress(unpacked, &room, pieces.sink.bytes + start, (uLong)length),
                         Z_OK);
        assert_int_equal(room, counts[i]);
        assert_memory_equal(unpacked, bytes, counts[i]);
    }
    assert_int_equal(pieces.xref.first.status, SP_OK);
    assert_true(pieces.packer.high > BYTES_MAX / 3 && pieces.packer.high < BYTES_MAX);
    assert_true(pieces.packer.heap_used <= SP_PDF_PACKER_HEAP);
    pieces_close(&pieces);
}

static void the_same_bytes_in_other_pieces_are_the_same(void **state)
{
    static struct pieces pieces;
    struct random random = {12}, other = {13};
    fill(&random);
    pieces_open(&pieces);
    const uint64_t start = pieces.out.position;
    const uint64_t length = pack(&pieces, 100000, &random);
    sp_pdf_packer_copy(&pieces.packer, &pieces.out);
    assert_int_equal(pack(&pieces, 100000, &other), length);
    sp_pdf_packer_copy(&pieces.packer, &pieces.out);
    assert_int_equal(sp_out_flush(&pieces.out, NULL), SP_OK);
    assert_memory_equal(pieces.sink.bytes + start, pieces.sink.bytes + start + length, length);
    pieces_close(&pieces);
}

static void a_scratch_file_that_fails_is_told(void **state)
{
    static const enum sp_sys_call calls[] = {SP_SYS_WRITE, SP_SYS_READ};
    for (size_t i = 0; i < 2; i++) {
        static struct pieces pieces;
        struct random random = {14};
        fill(&random);
        pieces_open(&pieces);
        sp_sys_fault_plan(calls[i], 2, EIO, false);
        const uint64_t length = pack(&pieces, 100000, &random);
        const uint64_t start = pieces.out.position;
        sp_pdf_packer_copy(&pieces.packer, &pieces.out);
        sp_sys_fault_plan(calls[i], 0, 0, false);
        assert_int_equal(pieces.xref.first.os_error, EIO);
        /* The length has been written before the stream: it stays true. */
        assert_int_equal(pieces.out.position, start + length);
        pieces_close(&pieces);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_come_back),
        cmocka_unit_test(the_same_bytes_in_other_pieces_are_the_same),
        cmocka_unit_test(a_scratch_file_that_fails_is_told),
    };
    return cmocka_run_group_tests_name("pdf_packer", tests, NULL, NULL);
}
