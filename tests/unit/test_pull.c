#include "config.h"
#include "tests/unit/unit.h"

#include "registry/pull.h"

static void
a_slow_blob_is_given_up_some_day(void **state)
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
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        const struct client_config config = {.limit_rate = table[i].limit_rate,
                                             .sessions = table[i].sessions};

        assert_int_equal(pull_blob_allowance_ms(table[i].size, &config), table[i].ms);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_blob_is_given_up_some_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
