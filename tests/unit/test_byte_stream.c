/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/byte_stream.h"

static void
reads_memory_from_any_offset(void **state)
{
    static const struct {
        size_t len;
        uint64_t offset;
        const char *expected;
    } rows[] = {{4, 0, "0123"}, {4, 7, "789"}, {1, 9, "9"},          {4, 10, ""},
                {4, 11, ""},    {0, 3, ""},    {99, 0, "0123456789"}};
    struct byte_block block = {"0123456789", 10};
    const struct byte_source source = byte_block_source(&block);

    (void)state;
    assert_int_equal(source.size, 10);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char out[100];
        struct err err = ERR_INIT;
        ssize_t n = source.read_at(source.ctx, out, rows[i].len, rows[i].offset, &err);

        assert_int_equal(n, strlen(rows[i].expected));
        assert_memory_equal(out, rows[i].expected, (size_t)n);
    }
}

static void
buffer_sink_starts_again_at_offset_zero(void **state)
{
    struct buf out = BUF_INIT(6);
    const struct byte_sink sink = byte_buf_sink(&out);
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(sink.write_at(sink.ctx, 0, "abc", 3, &err), 0);
    assert_int_equal(sink.write_at(sink.ctx, 3, "de", 2, &err), 0);
    assert_int_equal(out.len, 5);
    assert_int_equal(sink.write_at(sink.ctx, 0, "vwxyz", 5, &err), 0);
    assert_int_equal(out.len, 5);
    assert_memory_equal(out.data, "vwxyz", 5);
    assert_int_equal(sink.write_at(sink.ctx, 5, "12", 2, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    buf_release(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_memory_from_any_offset),
        cmocka_unit_test(buffer_sink_starts_again_at_offset_zero),
    };

    return cmocka_run_group_tests_name("byte_stream", tests, NULL, NULL);
}
