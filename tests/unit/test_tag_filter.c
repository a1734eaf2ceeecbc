/* SPDX-License-Identifier: Apache-2.0 */
/* Tags by expression, and the ones that have a meaning. */
#include "config.h"
#include "tests/unit/unit.h"

#include "oci/tag_filter.h"

#define HEX "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

static void
matches_whole_tags(void **state)
{
    static const struct {
        const char *pattern, *tag;
        bool matches;
    } cases[] = {
        {"v1", "v1", true},
        {"v1", "v11", false},
        {"v1", "xv1", false},
        {"v1|v2", "v2", true},
        {"v1|v2", "v1x", false},
        {"^v1$", "v1", true},
        {".*", "anything", true},
        {"v[0-9]+\\.[0-9]+", "v1.27", true},
        {"v[0-9]+\\.[0-9]+", "v1.27-rc1", false},
        {"v[[:digit:]]{2}", "v12", true},
        {"V1", "v1", false},
        {"1\\.27(\\.[0-9]+)?", "1.27", true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct tag_filter p;
        struct err err = ERR_INIT;

        print_message("# %s, %s\n", cases[i].pattern, cases[i].tag);
        assert_int_equal(tag_filter_compile(&p, cases[i].pattern, &err), 0);
        assert_int_equal(tag_filter_matches(&p, cases[i].tag), cases[i].matches);
        tag_filter_release(&p);
    }
}

static void
refuses_invalid_expressions(void **state)
{
    static const char *const cases[] = {"", "a)(b", "(", "[a", "*)", "a{2,1}"};
    char longer[1002];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct tag_filter p;
        struct err err = ERR_INIT;

        print_message("# %s\n", cases[i]);
        assert_int_equal(tag_filter_compile(&p, cases[i], &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
    }
    memset(longer, 'a', sizeof(longer));
    longer[1001] = '\0';
    {
        struct tag_filter p;
        struct err err = ERR_INIT;

        assert_int_equal(tag_filter_compile(&p, longer, &err), -1);
        longer[1000] = '\0';
        assert_int_equal(tag_filter_compile(&p, longer, &err), 0);
        tag_filter_release(&p);
    }
}

static void
recognises_special_tags(void **state)
{
    static const struct {
        const char *tag;
        bool is_list, is_cosign;
    } cases[] = {
        {"sha256-" HEX, true, false},           {"sha256-" HEX ".sig", false, true},
        {"sha256-" HEX ".att", false, true},    {"sha256-" HEX ".sbom", false, true},
        {"sha256-" HEX ".other", false, false}, {"sha256-" HEX "0", false, false},
        {"sha256-4413", false, false},          {"sha256-", false, false},
        {"sha512-" HEX, false, false},          {"latest", false, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[DIGEST_TEXT_MAX];
        struct digest d;

        print_message("# %s\n", cases[i].tag);
        assert_int_equal(tag_is_referrers_list(cases[i].tag), cases[i].is_list);
        assert_int_equal(tag_is_of_cosign(cases[i].tag), cases[i].is_cosign);
        assert_int_equal(tag_digest_of_cosign(cases[i].tag, &d), cases[i].is_cosign);
        if (cases[i].is_cosign) {
            digest_text(&d, text);
            assert_string_equal(text, "sha256:" HEX);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_whole_tags),
        cmocka_unit_test(refuses_invalid_expressions),
        cmocka_unit_test(recognises_special_tags),
    };

    return cmocka_run_group_tests_name("tag_pattern", tests, NULL, NULL);
}
