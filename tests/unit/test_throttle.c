/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/cleanup.h"
#include "registry/connection/throttle.h"

enum { START = 1000000 }; /* some moment, in ms */

static void
nobody_waits_for_a_host_that_never_asked(void **state)
{
    struct throttle t = {.gap = 0};

    (void)state;
    for (int i = 0; i < 100; i++)
        assert_int_equal(throttle_wait(&t, START), 0);
    throttle_recover(&t, START);
    assert_int_equal(throttle_wait(&t, START), 0);
}

static void
a_wait_is_for_all_and_then_one_goes_at_a_time(void **state)
{
    struct throttle t = {.gap = 0};

    (void)state;
    throttle_slow(&t, START, START - 5, 3);
    assert_int_equal(throttle_wait(&t, START), 3000);
    assert_int_equal(throttle_wait(&t, START + 2999), 1);
    assert_int_equal(throttle_wait(&t, START + 3000), 0);
    assert_int_equal(throttle_wait(&t, START + 3000), 100);
    assert_int_equal(throttle_wait(&t, START + 3100), 0);
}

static void
without_a_number_the_wait_grows(void **state)
{
    static const unsigned seconds[] = {2, 4, 8, 16, 32, 60, 60};
    struct throttle t = {.gap = 0};
    uint64_t now = START;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(seconds); i++) {
        throttle_slow(&t, now, now - 1, i % 2 == 0 ? -1 : 0);
        assert_int_equal(throttle_wait(&t, now), seconds[i] * 1000);
        now += 100000;
    }
    assert_int_equal(t.gap, 2000);
}

static void
what_was_under_way_is_no_new_reason(void **state)
{
    struct throttle t = {.gap = 0};

    (void)state;
    throttle_slow(&t, START, START - 5, -1);
    throttle_slow(&t, START + 10, START - 3, -1);
    throttle_slow(&t, START + 20, START - 2, -1);
    assert_int_equal(t.times, 1);
    assert_int_equal(throttle_wait(&t, START + 20), 1980);
    throttle_slow(&t, START + 30, START - 2, 5); /* but its number counts */
    assert_int_equal(throttle_wait(&t, START + 30), 5000);
    throttle_recover(&t, START - 1); /* and so does not an answer of then */
    assert_int_equal(t.gap, 100);
}

static void
a_wait_has_an_end(void **state)
{
    struct throttle t = {.gap = 0};

    (void)state;
    throttle_slow(&t, START, START - 1, INT64_MAX);
    assert_int_equal(throttle_wait(&t, START), THROTTLE_WAIT_MAX_S * 1000);
}

static void
good_answers_bring_back_full_speed(void **state)
{
    struct throttle t = {.gap = 0};
    int answers = 0;

    (void)state;
    throttle_slow(&t, START, START - 1, 1);
    for (; t.gap > 0; answers++)
        throttle_recover(&t, START + 2000);
    assert_in_range(answers, 10, 40);
    assert_int_equal(t.times, 0);
    assert_int_equal(throttle_wait(&t, START + 2000), 0);
    assert_int_equal(throttle_wait(&t, START + 2000), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_waits_for_a_host_that_never_asked),
        cmocka_unit_test(a_wait_is_for_all_and_then_one_goes_at_a_time),
        cmocka_unit_test(without_a_number_the_wait_grows),
        cmocka_unit_test(what_was_under_way_is_no_new_reason),
        cmocka_unit_test(a_wait_has_an_end),
        cmocka_unit_test(good_answers_bring_back_full_speed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
