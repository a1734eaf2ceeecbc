/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "base/rate.h"

static void
does_not_wait_without_a_limit(void **state)
{
    struct cancel cancel = CANCEL_INIT;
    struct err err = ERR_INIT;
    struct rate r;

    (void)state;
    rate_init(&r, 0);
    for (int i = 0; i < 100; i++)
        assert_int_equal(rate_take(&r, SIZE_MAX, &cancel, &err), 0);
    rate_end(&r);
}

static void
waits_as_long_as_the_rate_requires(void **state)
{
    struct cancel cancel = CANCEL_INIT;
    struct err err = ERR_INIT;
    uint64_t began = clock_ms();
    struct rate r;

    (void)state;
    rate_init(&r, 100 * 1024);
    for (int i = 0; i < 30; i++) /* 0.3 s worth of it, of which 0.1 s were saved up */
        assert_int_equal(rate_take(&r, 1024, &cancel, &err), 0);
    assert_true(clock_ms() - began >= 150);
    rate_end(&r);
}

static void
ends_the_wait_on_a_request_to_stop(void **state)
{
    struct cancel cancel = CANCEL_INIT;
    struct err err = ERR_INIT;
    struct rate r;

    (void)state;
    rate_init(&r, 1024);
    cancel_request(&cancel);
    assert_int_equal(rate_take(&r, 1 << 30, &cancel, &err), -1);
    rate_end(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(does_not_wait_without_a_limit),
        cmocka_unit_test(waits_as_long_as_the_rate_requires),
        cmocka_unit_test(ends_the_wait_on_a_request_to_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
