/* SPDX-License-Identifier: Apache-2.0 */
/* Versions and ranges of them, as Helm, Flux and skopeo understand them. */
#include "config.h"
#include "tests/unit/unit.h"

#include "oci/version_range.h"

#include <string.h>

static void
orders_versions(void **state)
{
    /* Each before the next: the example of the specification, and what tags look like. */
    static const char *const ordered[] = {
        "0.9",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1",
        "v1.0.1",
        "1.2.9",
        "1.10",
        "1.10.1-x.099",
        "1.10.1-x.100",
        "1.10.1-x.a",
        "20240101",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ordered); i++) {
        for (size_t k = 0; k < COUNT_OF(ordered); k++) {
            struct version a, b;
            int order;

            assert_true(version_parse(&a, ordered[i], strlen(ordered[i])));
            assert_true(version_parse(&b, ordered[k], strlen(ordered[k])));
            order = version_compare(&a, &b);
            print_message("# %s, %s\n", ordered[i], ordered[k]);
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
    }
}

static void
knows_what_is_no_version(void **state)
{
    static const char *const equal[][2] = {
        {"1.2", "1.2.0"}, {"v1.2", "1.2"}, {"1.2.0_b1", "1.2+b2"}, {"01.02", "1.2"}};
    static const char *const none[] = {"",
                                       "v",
                                       "latest",
                                       "1.",
                                       "1.2.",
                                       "1.2.3.4",
                                       "1.2.3-",
                                       "1.2.3-a..b",
                                       "1.2.3_",
                                       "1.2.3-.a",
                                       "x1.2",
                                       "1.2.3 ",
                                       "-1",
                                       "1.2.3+",
                                       "V1.2",
                                       "1..2",
                                       "18446744073709551616"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(equal); i++) {
        struct version a, b;

        assert_true(version_parse(&a, equal[i][0], strlen(equal[i][0])));
        assert_true(version_parse(&b, equal[i][1], strlen(equal[i][1])));
        assert_int_equal(version_compare(&a, &b), 0);
    }
    for (size_t i = 0; i < COUNT_OF(none); i++) {
        struct version v;

        print_message("# %s\n", none[i]);
        assert_false(version_parse(&v, none[i], strlen(none[i])));
    }
}

static void
has_what_others_have(void **state)
{
    static const struct {
        const char *range, *in, *out; /* versions separated by blanks */
    } cases[] = {
        {"=2.0.0", "2.0.0", "1.2.3 2.0.1"},
        {"2.0", "2.0.0 2.0.9", "2.1.0 1.9.9"},
        {"=4.1", "4.1.0 4.1.3", "4.2.0"},
        {"!=4.1.0", "4.1.1", "4.1.0"},
        {"!=4.1", "4.2.0 5.0.0", "4.1.0 4.1.1"},
        {"!=4.x", "5.1.0", "4.1.0"},
        {">1.1", "1.2.0 4.1.0", "1.1.0 1.1.9"},
        {">11", "12.0.0", "11.0.0 11.1.0 10.9.9"},
        {">11.1", "11.2.0", "11.1.0 11.1.1"},
        {"<1.1", "0.1.0", "1.1.0 1.1.1"},
        {"<0.0.5", "0.0.4", "0.1.0 0.0.5"},
        {">=1.1", "4.1.0 1.1.0", "0.0.9"},
        {">=11.1.3", "11.1.3 11.1.4", "11.1.2"},
        {"=>1.1", "1.1.0", "1.0.9"},
        {"<=1.1", "0.1.0 1.1.0 1.1.1", "1.2.0"},
        {"<=11", "11.2.3", "12.2.3"},
        {"=<1.1.0", "1.1.0", "1.1.1"},
        {"1.1 - 2.0", "1.1.0 2.0.0 2.0.9", "1.0.9 2.1.0"},
        {"1.1.1 - 2.0.1 || 4", "1.2.0 4.0.0 4.5.0", "2.0.2 5.0.0"},
        {"^1.2.3", "1.2.3 1.8.0", "1.2.2 2.0.0"},
        {"^1.2", "1.2.0 1.9.9", "2.0.0 1.1.9"},
        {"^1.x", "1.0.0 1.9.9", "2.0.0"},
        {"^0.2.3", "0.2.3 0.2.9", "0.3.0 1.2.3"},
        {"^0.0.3", "0.0.3", "0.0.4 0.1.3"},
        {"^0.0", "0.0.0 0.0.9", "0.1.0"},
        {"^0", "0.9.0 0.0.1", "1.0.0"},
        {"~1.2.3", "1.2.3 1.2.9", "1.3.0 1.2.2"},
        {"~1.2", "1.2.0 1.2.9", "1.3.0"},
        {"~1", "1.0.0 1.9.0", "2.0.0"},
        {"~>1.2.x", "1.2.5", "1.3.0"},
        {"1.2.x", "1.2.0 1.2.9", "1.3.0"},
        {"1.x", "1.0.0 1.9.9", "2.0.0"},
        {"2.*", "2.5.1", "3.0.0"},
        {"1.x.3", "1.0.0 1.9.9", "2.0.0"},
        {"*", "0.0.1 1.2.3 20240101", ""},
        {"x", "4.0.0", ""},
        {">=1.2 <2", "1.2.0 1.9.9", "1.1.9 2.0.0"},
        {">=1.2, <2", "1.2.0 1.9.9", "2.0.0"},
        {">= 1.2,<2 || >= 4", "1.3.0 4.1.0", "3.0.0"},
        {"v1.2 || v2", "1.2.1 v2.3.0", "1.3.0"},
        /* Pre-releases only where some comparison of the group names one. */
        {">=1.1", "", "1.2.0-rc.1 4.1.0-beta"},
        {"*", "", "1.2.3-rc.1"},
        {">=1.2-0", "1.2.0-rc.1 1.3.0-beta 1.2.0", "1.1.9"},
        {">=1.2.0-rc.2 <2", "1.2.0-rc.2 1.9.0-rc.1 1.5.0", "1.2.0-rc.1"},
        {"<2 || >=3.0.0-0", "1.0.0 3.0.0-rc.1", "1.0.0-rc.1"},
        {"=1.2.3-rc.1", "1.2.3-rc.1", "1.2.3 1.2.3-rc.2"},
        {"^1.2.0-alpha.1", "1.2.0-alpha.2 1.9.0 1.2.0", "1.2.0-alpha.0 2.0.0-rc.1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct version_range range;
        struct err err = ERR_INIT;

        print_message("# %s\n", cases[i].range);
        assert_int_equal(version_range_parse(&range, cases[i].range, &err), 0);
        for (int is_in = 0; is_in <= 1; is_in++) {
            const char *at = is_in ? cases[i].in : cases[i].out;

            while (*at != '\0') {
                size_t len = strcspn(at, " ");
                struct version v;

                assert_true(version_parse(&v, at, len));
                print_message("#   %.*s\n", (int)len, at);
                assert_int_equal(version_range_has(&range, &v), is_in);
                at += len + (at[len] == ' ');
            }
        }
    }
}

static void
refuses_what_is_no_range(void **state)
{
    static const char *const cases[] = {
        "",        " ",    ">",      ">=",      "1.2 ||",
        "|| 1",    "1,,2", "latest", ">=a",     "1.2.3.4",
        "1.",      "~>>1", "1 -",    "!1",      "1.2 | 1.3",
        ">=1.2 <", "^",    "1.2.3-", "1.2;1.3", "18446744073709551616"};
    char many[40 * 3 + 1] = "", longer[VERSION_RANGE_MAX + 2];
    struct version_range range;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = ERR_INIT;

        print_message("# %s\n", cases[i]);
        assert_int_equal(version_range_parse(&range, cases[i], &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
    }
    for (size_t i = 0; i < 40; i++)
        memcpy(many + 3 * i, ">1 ", 4);
    assert_int_equal(version_range_parse(&range, many, &(struct err)ERR_INIT), -1);
    memset(longer, ' ', sizeof(longer));
    longer[0] = '1';
    longer[sizeof(longer) - 1] = '\0';
    assert_int_equal(version_range_parse(&range, longer, &(struct err)ERR_INIT), -1);
    longer[VERSION_RANGE_MAX] = '\0';
    assert_int_equal(version_range_parse(&range, longer, &(struct err)ERR_INIT), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_versions),
        cmocka_unit_test(knows_what_is_no_version),
        cmocka_unit_test(has_what_others_have),
        cmocka_unit_test(refuses_what_is_no_range),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
