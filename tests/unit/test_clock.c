/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/clock.h"

#include <time.h>

static const struct {
    uint64_t epoch;
    const char *text;
} moments[] = {
    {0, "1970-01-01T00:00:00Z"},
    {1, "1970-01-01T00:00:01Z"},
    {951782400, "2000-02-29T00:00:00Z"},
    {1764000000, "2025-11-24T16:00:00Z"},
    {UINT64_C(2147483648), "2038-01-19T03:14:08Z"},
    {UINT64_C(4294967296), "2106-02-07T06:28:16Z"},
    {UINT64_C(253402300799), "9999-12-31T23:59:59Z"},
};

static void
formats_and_parses_moments(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(moments); i++) {
        char text[CLOCK_TEXT_MAX];
        uint64_t epoch = 1;

        clock_format(text, moments[i].epoch);
        assert_string_equal(text, moments[i].text);
        assert_int_equal(clock_parse(moments[i].text, &epoch), 0);
        assert_true(epoch == moments[i].epoch);
    }
}

static void
clamps_to_the_last_second(void **state)
{
    char text[CLOCK_TEXT_MAX];

    (void)state;
    clock_format(text, UINT64_C(253402300800));
    assert_string_equal(text, "9999-12-31T23:59:59Z");
    clock_format(text, UINT64_MAX);
    assert_string_equal(text, "9999-12-31T23:59:59Z");
}

static void
refuses_malformed_moments(void **state)
{
    static const char *const table[] = {
        "",
        "2025",
        "2025-11-24",
        "2025-11-24T16:00:00",
        "2025-11-24T16:00:00z",
        "2025-11-24t16:00:00Z",
        "2025-11-24 16:00:00Z",
        "2025-11-24T16:00:00.5Z",
        "2025-11-24T16:00:00+00:00",
        "2025-11-24T16:00:00Z ",
        " 2025-11-24T16:00:00Z",
        "12025-11-24T16:00:00Z",
        "-025-11-24T16:00:00Z",
        "2025-1a-24T16:00:00Z",
        "2025-00-24T16:00:00Z",
        "2025-13-24T16:00:00Z",
        "2025-11-00T16:00:00Z",
        "2025-11-31T16:00:00Z",
        "2025-02-29T16:00:00Z",
        "1900-02-29T16:00:00Z",
        "2025-11-24T24:00:00Z",
        "2025-11-24T16:60:00Z",
        "2016-12-31T23:59:60Z", /* a leap second: not in the epoch */
        "1969-12-31T23:59:59Z",
        "0000-01-01T00:00:00Z",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        uint64_t epoch = 77;

        assert_int_equal(clock_parse(table[i], &epoch), -1);
        assert_int_equal(epoch, 77);
    }
}

/* The time zone of the user must not matter. */
static void
reads_moments_in_utc(void **state)
{
    char text[CLOCK_TEXT_MAX];
    uint64_t epoch;

    (void)state;
    setenv("TZ", "Pacific/Auckland", 1);
    tzset();
    clock_format(text, 1764000000);
    assert_string_equal(text, "2025-11-24T16:00:00Z");
    assert_int_equal(clock_parse(text, &epoch), 0);
    assert_int_equal(epoch, 1764000000);
    unsetenv("TZ");
    tzset();
}

static void
source_date_epoch_takes_precedence(void **state)
{
    struct err err = ERR_INIT;
    uint64_t epoch = 5, mtime = 5;

    (void)state;
    setenv("SOURCE_DATE_EPOCH", "1764000000", 1);
    assert_int_equal(clock_epoch(&epoch, &err), 0);
    assert_int_equal(clock_member_mtime(&mtime, &err), 0);
    assert_int_equal(epoch, 1764000000);
    assert_int_equal(mtime, 1764000000);
    setenv("SOURCE_DATE_EPOCH", "253402300799", 1);
    assert_int_equal(clock_epoch(&epoch, &err), 0);
    assert_true(epoch == UINT64_C(253402300799));
}

static void
uses_the_clock_or_zero_without_source_date_epoch(void **state)
{
    uint64_t epoch = 5, mtime = 5, now = (uint64_t)time(NULL);
    struct err err = ERR_INIT;

    (void)state;
    unsetenv("SOURCE_DATE_EPOCH");
    assert_int_equal(clock_epoch(&epoch, &err), 0);
    assert_int_equal(clock_member_mtime(&mtime, &err), 0);
    assert_true(epoch >= now && epoch <= now + 60);
    assert_int_equal(mtime, 0);
}

static void
refuses_a_malformed_source_date_epoch(void **state)
{
    static const char *const table[] = {"",  "x", "-1", "1.5", "1e9", "253402300800",
                                        " 1"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct err err = ERR_INIT;
        uint64_t epoch = 5;

        setenv("SOURCE_DATE_EPOCH", table[i], 1);
        assert_int_equal(clock_epoch(&epoch, &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_int_equal(clock_member_mtime(&epoch, &err), -1);
        assert_int_equal(epoch, 5);
    }
    unsetenv("SOURCE_DATE_EPOCH");
}

static void
monotonic_clock_advances(void **state)
{
    uint64_t before = clock_ms();
    struct timespec nap = {.tv_nsec = 20 * 1000 * 1000};

    (void)state;
    nanosleep(&nap, NULL);
    assert_true(clock_ms() >= before + 19);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_and_parses_moments),
        cmocka_unit_test(clamps_to_the_last_second),
        cmocka_unit_test(refuses_malformed_moments),
        cmocka_unit_test(reads_moments_in_utc),
        cmocka_unit_test(source_date_epoch_takes_precedence),
        cmocka_unit_test(uses_the_clock_or_zero_without_source_date_epoch),
        cmocka_unit_test(refuses_a_malformed_source_date_epoch),
        cmocka_unit_test(monotonic_clock_advances),
    };

    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
