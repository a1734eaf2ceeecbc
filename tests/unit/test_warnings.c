/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "registry/connection/warnings.h"
#include "registry/upload/upload.h"
#include "registry/upload/upload_session.h"

static void
parses_warnings(void **state)
{
    static const struct {
        const char *value, *text;
    } table[] = {
        {"299 - \"gone soon\"", "gone soon"},
        {"299 registry.test \"gone soon\"", "gone soon"},
        {"299 - \"gone soon\" \"Sat, 25 Aug 2012 23:34:45 GMT\"", "gone soon"},
        {"299 - \"a \\\"b\\\" c\"", "a \"b\" c"},
        {"299 - \"\033[31mred\"", "\\x1b[31mred"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        char text[WARNINGS_TEXT_MAX];

        print_message("# %s\n", table[i].text);
        assert_int_equal(warnings_warning(table[i].value, text), 0);
        assert_string_equal(text, table[i].text);
    }
}

static void
ignores_other_warnings(void **state)
{
    static const char *const table[] = {
        "",
        "299",
        "299 ",
        "299 -",
        "299 - ",
        "299 - \"",
        "299 - \"\"",
        "299 - text",
        "299 \"text\"",
        "199 - \"text\"",
        "2990 - \"t\"",
        "299 - \"text",
        "299 -\"text\"",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        char text[WARNINGS_TEXT_MAX];

        print_message("# %s\n", table[i]);
        assert_int_equal(warnings_warning(table[i], text), -1);
    }
}

static void
parses_rate_limits(void **state)
{
    static const struct {
        const char *value;
        int rc;
        uint64_t count, window;
    } table[] = {
        {"76;w=21600", 0, 76, 21600},
        {"0;w=1", 0, 0, 1},
        {"100", 0, 100, 0},
        {"4294967295", 0, UINT32_MAX, 0},
        {"4294967296", -1, 7, 7},
        {"", -1, 7, 7},
        {"-1", -1, 7, 7},
        {"76;", -1, 7, 7},
        {"76;w=", -1, 7, 7},
        {"76;w=-1", -1, 7, 7},
        {"76, 75", -1, 7, 7},
        {"76;w=1;x=2", -1, 7, 7},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        uint64_t count = 7, window = 7;

        print_message("# %s\n", table[i].value);
        assert_int_equal(warnings_limit(table[i].value, &count, &window), table[i].rc);
        assert_int_equal(count, table[i].count);
        assert_int_equal(window, table[i].window);
    }
}

static void
parses_ranges_of_uploads(void **state)
{
    static const struct {
        const char *range;
        uint64_t bytes;
    } table[] = {
        {"0-99", 100},    {"bytes=0-99", 100},
        {"0-0", 1},       {NULL, 0},
        {"", 0},          {"1-99", 0},
        {"0-", 0},        {"0--1", 0},
        {"bytes 0-9", 0}, {"0-18446744073709551615", 0},
        {"0-9/10", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        assert_int_equal(upload_bytes_of_range(table[i].range), table[i].bytes);
}

static void
allows_time_for_an_answer_by_upload_size(void **state)
{
    static const struct {
        uint64_t size, s;
    } table[] = {{0, 300},
                 {(16 << 20) - 1, 300},
                 {16 << 20, 301},
                 {UINT64_C(10) << 30, 300 + 640},
                 {UINT64_MAX, 300 + (UINT64_C(1) << 40) - 1}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        assert_int_equal(upload_answer_ms(table[i].size), table[i].s * 1000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_warnings),
        cmocka_unit_test(ignores_other_warnings),
        cmocka_unit_test(parses_rate_limits),
        cmocka_unit_test(parses_ranges_of_uploads),
        cmocka_unit_test(allows_time_for_an_answer_by_upload_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
