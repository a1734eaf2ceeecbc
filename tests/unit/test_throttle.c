/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/cleanup.h"
#include "registry/connection/throttle.h"

enum { START = 1000000 }; /* some moment, in ms */

static void
does_not_wait_for_other_hosts(void **state)
{
    struct throttle t = {.gap = 0};

    (void)state;
    for (int i = 0; i < 100; i++)
        assert_int_equal(throttle_wait(&t, START), 0);
    throttle_recover(&t, START);
    assert_int_equal(throttle_wait(&t, START), 0);
}

static void
all_wait_and_then_proceed_one_at_a_time(void **state)
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
increases_the_wait_without_retry_after(void **state)
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
ignores_refusals_of_requests_under_way(void **state)
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
limits_the_wait(void **state)
{
    struct throttle t = {.gap = 0};

    (void)state;
    throttle_slow(&t, START, START - 1, INT64_MAX);
    assert_int_equal(throttle_wait(&t, START), THROTTLE_WAIT_MAX_S * 1000);
}

static void
returns_to_full_speed_after_successes(void **state)
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
        cmocka_unit_test(does_not_wait_for_other_hosts),
        cmocka_unit_test(all_wait_and_then_proceed_one_at_a_time),
        cmocka_unit_test(increases_the_wait_without_retry_after),
        cmocka_unit_test(ignores_refusals_of_requests_under_way),
        cmocka_unit_test(limits_the_wait),
        cmocka_unit_test(returns_to_full_speed_after_successes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
