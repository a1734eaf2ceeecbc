/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/buf.h"

static void
ends_bytes_with_a_nul(void **state)
{
    CLEANUP(buf_release) struct buf b = BUF_INIT(100);

    (void)state;
    assert_null(b.data);
    assert_int_equal(buf_add(&b, "ab\0c", 4), 0);
    assert_int_equal(buf_add_text(&b, "de"), 0);
    assert_int_equal(buf_addf(&b, "%d-%s", 12, "x"), 0);
    assert_int_equal(b.len, 10);
    assert_memory_equal(b.data, "ab\0cde12-x", 11);
    assert_int_equal(buf_add(&b, NULL, 0), 0);
    assert_int_equal(b.len, 10);
}

static void
is_an_empty_text_when_nothing_is_added(void **state)
{
    CLEANUP(buf_release) struct buf b = BUF_INIT(0);

    (void)state;
    assert_int_equal(buf_add_text(&b, ""), 0);
    assert_string_equal(b.data, "");
    assert_int_equal(buf_addf(&b, "%s", ""), 0);
    assert_int_equal(buf_resize(&b, 0), 0);
    assert_int_equal(b.len, 0);
}

static void
limits_every_way_to_add(void **state)
{
    CLEANUP(buf_release) struct buf b = BUF_INIT(8);

    (void)state;
    assert_int_equal(buf_add_text(&b, "1234567"), 0);
    assert_int_equal(buf_add(&b, "89", 2), -1);
    assert_int_equal(buf_add_text(&b, "89"), -1);
    assert_int_equal(buf_addf(&b, "%d", 89), -1);
    assert_int_equal(buf_resize(&b, 9), -1);
    assert_int_equal(buf_add(&b, "", SIZE_MAX), -1);
    assert_int_equal(buf_resize(&b, SIZE_MAX), -1);
    assert_int_equal(b.len, 7);
    assert_string_equal(b.data, "1234567");

    assert_int_equal(buf_add_text(&b, "8"), 0);
    assert_string_equal(b.data, "12345678");
    assert_int_equal(buf_add_text(&b, ""), 0);
    assert_int_equal(buf_add_text(&b, "9"), -1);
}

static void
grows_in_many_steps(void **state)
{
    CLEANUP(buf_release) struct buf b = BUF_INIT(100000);

    (void)state;
    for (size_t i = 0; i < 100000; i++) {
        char c = (char)('a' + i % 26);

        assert_int_equal(buf_add(&b, &c, 1), 0);
    }
    assert_int_equal(b.len, 100000);
    for (size_t i = 0; i < 100000; i++)
        assert_int_equal(b.data[i], 'a' + i % 26);
    assert_int_equal(b.data[100000], 0);
}

static void
resizes_and_clears(void **state)
{
    CLEANUP(buf_release) struct buf b = BUF_INIT(1000);

    (void)state;
    assert_int_equal(buf_resize(&b, 1000), 0);
    memset(b.data, 'x', 1000);
    assert_int_equal(b.data[1000], 0);
    assert_int_equal(buf_resize(&b, 3), 0);
    assert_string_equal(b.data, "xxx");
    buf_clear(&b);
    assert_int_equal(b.len, 0);
    assert_string_equal(b.data, "");
    assert_int_equal(buf_add_text(&b, "again"), 0);
    assert_string_equal(b.data, "again");
}

static void
gives_its_text_away(void **state)
{
    struct buf b = BUF_INIT(10);
    char *text;

    (void)state;
    text = buf_steal(&b);
    assert_string_equal(text, "");
    free(text);

    assert_int_equal(buf_add_text(&b, "mine"), 0);
    text = buf_steal(&b);
    assert_string_equal(text, "mine");
    free(text);
    assert_null(b.data);
    assert_int_equal(b.len, 0);
    assert_int_equal(buf_add_text(&b, "new"), 0); /* it can be used again */
    buf_release(&b);
    buf_release(&b);
    buf_clear(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_bytes_with_a_nul),
        cmocka_unit_test(is_an_empty_text_when_nothing_is_added),
        cmocka_unit_test(limits_every_way_to_add),
        cmocka_unit_test(grows_in_many_steps),
        cmocka_unit_test(resizes_and_clears),
        cmocka_unit_test(gives_its_text_away),
    };

    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
