/* Objects of all sizes come back under their numbers, from streams or by themselves. */
#include "support/unit.h"

#include "support/pdf_pieces.h"
#include "support/random.h"

#include <stdio.h>
#include <stdlib.h>

/* "(12 12 12 …)": an object that says its number as often as it takes to be so long. */
static void put_object(struct pieces *pieces, uint32_t number, size_t length)
{
    char word[16];
    const int count = snprintf(word, sizeof word, "%u ", (unsigned)number);
    struct sp_buf *buf = sp_pdf_object_stream_begin(&pieces->objects, number, length + 20);
    sp_buf_byte(buf, '(');
    for (size_t put = 0; put < length; put += (size_t)count) {
        sp_pdf_object_stream_ease(&pieces->objects);
        sp_buf_bytes(buf, word, (size_t)count);
    }
    sp_buf_byte(buf, ')');
    sp_pdf_object_stream_end(&pieces->objects);
}

static void assert_object(const struct pieces *pieces, uint32_t number, size_t length)
{
    const struct pdf_span object = pdf_walk_object(&pieces->walk, number);
    size_t at = 1;
    assert_int_equal(object.at[0], '(');
    for (; object.at[at] != ')'; at++) {
        char *end;
        assert_int_equal(strtoul(object.at + at, &end, 10), number);
        at = (size_t)(end - object.at);
    }
    assert_in_range(at, length + 1, length + 16);
    assert_int_equal(object.at[at + 1], '\n');
}

static size_t size_of(struct random *random)
{
    static const size_t sizes[] = {0, 50, 400, 5000, 32000, 32700, 32768, 100000};
    const size_t most = sizes[random_below(random, random_below(random, 20) == 0 ? 8 : 3)];
    return most - (size_t)random_below(random, most / 8 + 1);
}

static void run(bool deflated, bool table_packed)
{
    enum {
        COUNT = 3000
    };
    static struct pieces pieces;
    static size_t sizes[COUNT + 1];
    struct random random = {7};
    unsigned in_streams = 0;
    pieces_open(&pieces);
    pieces.objects.compressor = deflated ? pieces.compressor : NULL;
    pieces.xref.packer = table_packed ? &pieces.packer : NULL;
    (void)sp_pdf_xref_reserve(&pieces.xref, COUNT);
    for (uint32_t number = 1; number <= COUNT; number++) {
        sizes[number] = size_of(&random);
        put_object(&pieces, number, sizes[number]);
    }
    pieces_walk(&pieces);
    for (uint32_t number = 1; number <= COUNT; number++) {
        assert_object(&pieces, number, sizes[number]);
        in_streams += pieces.walk.stream[number] > 0;
        if (sizes[number] < 30000)
            assert_true(pieces.walk.stream[number] > 0);
        if (sizes[number] > SP_PDF_OBJECT_STREAM_BYTES)
            assert_int_equal(pieces.walk.stream[number], 0);
    }
    assert_in_range(in_streams, COUNT / 2, COUNT - 1);
    assert_int_equal(pdf_has(pieces.walk.trailer, "/Filter"), table_packed);
    pieces_close(&pieces);
}

static void objects_come_back(void **state)
{
    run(true, true);
    run(true, false);
    run(false, true);
}

static void streams_hold_a_hundred(void **state)
{
    static struct pieces pieces;
    pieces_open(&pieces);
    (void)sp_pdf_xref_reserve(&pieces.xref, 250);
    for (uint32_t number = 1; number <= 250; number++)
        put_object(&pieces, number, 30);
    pieces_walk(&pieces);
    unsigned held[3] = {0};
    for (uint32_t number = 1; number <= 250; number++)
        held[(pieces.walk.stream[number] - 251)]++;
    assert_int_equal(held[0], 100);
    assert_int_equal(held[1], 100);
    assert_int_equal(held[2], 50);
    pieces_close(&pieces);
}

static void nothing_gathered_is_nothing_written(void **state)
{
    static struct pieces pieces;
    pieces_open(&pieces);
    const uint64_t before = pieces.out.position;
    sp_pdf_object_stream_flush(&pieces.objects);
    assert_int_equal(pieces.out.position, before);
    assert_int_equal(pieces.xref.next, 1);
    pieces_close(&pieces);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_come_back),
        cmocka_unit_test(streams_hold_a_hundred),
        cmocka_unit_test(nothing_gathered_is_nothing_written),
    };
    return cmocka_run_group_tests_name("pdf_object_stream", tests, NULL, NULL);
}
