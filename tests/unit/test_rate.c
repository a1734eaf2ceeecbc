/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "base/rate.h"

static void
no_limit_is_no_wait(void **state)
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
it_takes_its_time(void **state)
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
who_should_stop_does_not_wait(void **state)
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
        cmocka_unit_test(no_limit_is_no_wait),
        cmocka_unit_test(it_takes_its_time),
        cmocka_unit_test(who_should_stop_does_not_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
