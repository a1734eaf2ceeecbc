/* SPDX-License-Identifier: Apache-2.0 */
/* Tags by expression, and the ones that have a meaning. */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "oci/tag_filter.h"

#include <stdlib.h>
#include <string.h>

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
        const struct tag_wishes wishes = {.regex = cases[i].pattern};
        struct tag_filter p;
        struct err err = ERR_INIT;

        print_message("# %s, %s\n", cases[i].pattern, cases[i].tag);
        assert_int_equal(tag_filter_make(&p, &wishes, &err), 0);
        assert_int_equal(tag_filter_matches(&p, cases[i].tag), cases[i].matches);
        tag_filter_release(&p);
    }
}

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What is left of some tags, in order. */
static void
chooses_in_a_fixed_order(void **state)
{
    static const char *const tags[] = {
        "1.25",          "1.26.3",      "1.27",    "1.27-alpine",   "1.27.1",
        "1.27.1-alpine", "1.28.0-rc.1", "2.0.0",   "2.0.0-alpine",  "edge",
        "latest",        "sha-0123abc", "v1.27.2", "1.27.2_build5",
    };
    static const struct {
        struct tag_wishes wishes;
        const char *left;
    } cases[] = {
        {{.range = ">=1.27"}, "1.27 1.27.1 1.27.2_build5 2.0.0 v1.27.2"},
        {{.range = ">=1.27", .variant = "alpine"},
         "1.27-alpine 1.27.1-alpine 2.0.0-alpine"},
        {{.range = "~1.27", .latest = 2}, "1.27.2_build5 v1.27.2"},
        {{.latest = 1}, "2.0.0"},
        {{.latest = 1, .exclude = "2\\..*"}, "1.27.2_build5"},
        {{.latest = 2, .variant = "alpine"}, "1.27.1-alpine 2.0.0-alpine"},
        {{.range = ">=1.28.0-0", .latest = 9}, "1.28.0-rc.1 2.0.0 2.0.0-alpine"},
        {{.variant = "alpine"}, "1.27-alpine 1.27.1-alpine 2.0.0-alpine"},
        {{.exclude = "[0-9v].*"}, "edge latest sha-0123abc"},
        {{.regex = "1\\.2[0-9](\\..*)?", .exclude = ".*-.*", .latest = 3},
         "1.27 1.27.1 1.27.2_build5"},
        {{.range = ">3"}, ""},
        {{.regex = "edge|latest", .latest = 1}, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *kept[COUNT_OF(tags)], left[400] = "";
        struct tag_filter p;
        struct err err = ERR_INIT;
        size_t count = 0;

        assert_int_equal(tag_filter_make(&p, &cases[i].wishes, &err), 0);
        for (size_t k = 0; k < COUNT_OF(tags); k++) {
            if (tag_filter_matches(&p, tags[k]))
                kept[count++] = xstrdup(tags[k]);
        }
        count = tag_filter_latest(&p, kept, count);
        qsort(kept, count, sizeof(*kept), by_text);
        for (size_t k = 0; k < count; k++) {
            strcat(left, k > 0 ? " " : "");
            strcat(left, kept[k]);
            free(kept[k]);
        }
        print_message("# %zu\n", i);
        assert_string_equal(left, cases[i].left);
        tag_filter_release(&p);
    }
}

static void
refuses_other_wishes(void **state)
{
    static const struct tag_wishes cases[] = {
        {.exclude = "("},
        {.variant = ""},
        {.range = "latest"},
        {.range = ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct tag_filter p;
        struct err err = ERR_INIT;

        assert_int_equal(tag_filter_make(&p, &cases[i], &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
    }
}

static void
refuses_invalid_expressions(void **state)
{
    static const char *const cases[] = {"", "a)(b", "(", "[a", "*)", "a{2,1}"};
    char longer[1002];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct tag_wishes wishes = {.regex = cases[i]};
        struct tag_filter p;
        struct err err = ERR_INIT;

        print_message("# %s\n", cases[i]);
        assert_int_equal(tag_filter_make(&p, &wishes, &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
    }
    memset(longer, 'a', sizeof(longer));
    longer[1001] = '\0';
    {
        const struct tag_wishes wishes = {.regex = longer};
        struct tag_filter p;
        struct err err = ERR_INIT;

        assert_int_equal(tag_filter_make(&p, &wishes, &err), -1);
        longer[1000] = '\0';
        assert_int_equal(tag_filter_make(&p, &wishes, &err), 0);
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
        cmocka_unit_test(chooses_in_a_fixed_order),
        cmocka_unit_test(refuses_other_wishes),
        cmocka_unit_test(recognises_special_tags),
    };

    return cmocka_run_group_tests_name("tag_pattern", tests, NULL, NULL);
}
