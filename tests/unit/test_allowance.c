/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "registry/connection/client_internal.h"
#include "registry/connection/retry.h"

static void
gives_up_a_slow_blob(void **state)
{
    enum { MINUTES_10 = 600 * 1000 };
    static const struct {
        uint64_t size, limit_rate;
        unsigned sessions;
        uint64_t ms;
    } table[] = {
        {0, 0, 8, MINUTES_10},
        {1024, 0, 8, MINUTES_10 + 1000},
        {UINT64_C(10) << 20, 0, 8, MINUTES_10 + UINT64_C(10240) * 1000},
        {1 << 20, UINT64_C(1) << 30, 8, MINUTES_10 + 1024 * 1000},
        {4100, 16400, 1, MINUTES_10 + 4 * 1000},
        {4100, 1024, 64, MINUTES_10 + 820 * 1000},
        {UINT64_C(1) << 40, 1024, 64, MINUTES_10 + UINT64_C(219902325555) * 1000},
        {UINT64_MAX, 1024, 64, MINUTES_10 + (UINT64_C(1) << 50) * 1000},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        const struct client_config config = {.limit_rate = table[i].limit_rate,
                                             .sessions = table[i].sessions};

        assert_int_equal(allowance_ms(table[i].size, &config), table[i].ms);
    }
}

/* A session without a network: only the clock moves, and pauses are counted. */
static void
applies_the_tightest_limit_without_pauses(void **state)
{
    const struct client_config config = {.sessions = 1};
    struct err err = ERR_INIT;
    struct client *c = client_new(&config);
    struct session *s = client_session(c, 0);
    struct allowance list, page;

    (void)state;
    assert_true(allowance_left_ms(s) == UINT64_MAX);
    allowance_begin(&list, s, 3600 * 1000);
    list.began -= 1600 * 1000;
    assert_in_range(allowance_left_ms(s), 1900 * 1000, 2000 * 1000);
    allowance_begin(&page, s, 7200 * 1000);
    assert_in_range(allowance_left_ms(s), 1900 * 1000, 2000 * 1000);
    page.began -= 7100 * 1000;
    assert_in_range(allowance_left_ms(s), 1, 100 * 1000);
    page.began -= 101 * 1000;
    assert_int_equal(allowance_left_ms(s), 0);
    err_set(&err, ERR_NETWORK, "no answer");
    assert_int_equal(allowance_error(s, &err), -1);
    assert_string_equal(err.msg, "time limit of 7200 s exceeded: no answer");
    s->paused_ms += 200 * 1000;
    assert_in_range(allowance_left_ms(s), 100 * 1000, 199 * 1000);
    allowance_end(&page);
    assert_in_range(allowance_left_ms(s), 2100 * 1000, 2200 * 1000);
    allowance_end(&list);
    assert_true(allowance_left_ms(s) == UINT64_MAX);
    client_free(c);
}

/* When time is over it is not tried again, although it was a failure that may pass. */
static void
does_not_retry_without_time(void **state)
{
    struct run run = RUN_INIT;
    const struct client_config config = {
        .sessions = 1, .retries = 9, .first_retries = 9, .run = &run};
    struct err err = ERR_INIT;
    struct client *c = client_new(&config);
    struct session *s = client_session(c, 0);
    struct retry retry = RETRY_INIT("x");
    struct allowance a;

    (void)state;
    allowance_begin(&a, s, 0);
    err_set(&err, ERR_NETWORK, "no answer");
    assert_int_equal(retry_wait(s, &retry, &err), -1);
    assert_string_equal(err.msg, "time limit of 0 s exceeded: no answer");
    allowance_end(&a);
    client_free(c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_up_a_slow_blob),
        cmocka_unit_test(applies_the_tightest_limit_without_pauses),
        cmocka_unit_test(does_not_retry_without_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
