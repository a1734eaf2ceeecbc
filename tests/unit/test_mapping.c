/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "oci/mapping.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
parses_targets(void **state)
{
    static const struct {
        const char *text, *host, *prefix;
    } cases[] = {
        {"reg.corp", "reg.corp", ""},
        {"reg.corp:5000/mirror", "reg.corp:5000", "mirror"},
        {"Registry/a/b_c", "registry", "a/b_c"},
        {"registry", "registry", ""},
        {"localhost:5000", "localhost:5000", ""},
        {"[::1]:5000/x", "[::1]:5000", "x"},
        {"index.docker.io/me", "docker.io", "me"},
        {"reg.corp/", "reg.corp", ""},
        {"reg.corp:5000/mirror/", "reg.corp:5000", "mirror"},
        {"docker://reg.corp/mirror", "reg.corp", "mirror"},
        {"oci://reg.corp/mirror/", "reg.corp", "mirror"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct target t;
        struct err err = ERR_INIT;

        print_message("# %s\n", cases[i].text);
        assert_int_equal(target_parse(&t, cases[i].text, &err), 0);
        assert_string_equal(t.host, cases[i].host);
        assert_string_equal(t.prefix, cases[i].prefix);
    }
}

static void
refuses_malformed_targets(void **state)
{
    static const char *const cases[] = {
        "",
        "/",
        "reg.corp//",
        "reg.corp/x//",
        "oci://",
        "docker://https://reg.corp",
        "/mirror",
        "reg.corp//x",
        "reg.corp/../x",
        "https://reg.corp/x",
        "http://reg.corp",
        "reg.corp/mirror:1.0",
        "reg.corp:latest",
        ("reg.corp/mirror@sha256:" HEX64),
        "reg.corp/Mirror",
        "user:pw@reg.corp/x",
        "reg corp",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct target t = {.host = "kept"};
        struct err err = ERR_INIT;

        print_message("# %s\n", cases[i]);
        assert_int_equal(target_parse(&t, cases[i], &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_string_equal(t.host, "kept");
        assert_true(err.hint[0] != '\0' || err.reason == REASON_USER_IN_NAME);
    }
}

static void
parses_rules(void **state)
{
    static const struct {
        const char *text, *from, *to;
        enum mapping_kind kind;
        const char *tag; /* NULL: none */
    } cases[] = {
        {"docker.io/library/nginx:1.27=base/web", "docker.io/library/nginx:1.27",
         "base/web", MAPPING_EXACT, NULL},
        {"docker.io/nginx:1.27=web:stable", "docker.io/library/nginx:1.27", "web",
         MAPPING_EXACT, "stable"},
        {"a.b:5000/c:1=d:2", "a.b:5000/c:1", "d", MAPPING_EXACT, "2"},
        {"a.b/c@sha256:" HEX64 "=d:v1", "a.b/c@sha256:" HEX64, "d", MAPPING_EXACT, "v1"},
        {"quay.io/*/app=apps/*", "quay.io/*/app", "apps/*", MAPPING_PATTERN, NULL},
        {"quay.io/team*=t*", "quay.io/team*", "t*", MAPPING_PATTERN, NULL},
        {"INDEX.docker.io/a/*=b/*", "docker.io/a/*", "b/*", MAPPING_PATTERN, NULL},
        {"docker.io=hub", "docker.io", "hub", MAPPING_PREFIX, NULL},
        {"docker.io/library/nginx=web/nginx", "docker.io/library/nginx", "web/nginx",
         MAPPING_PREFIX, NULL},
        {"INDEX.docker.io/a=b", "docker.io/a", "b", MAPPING_PREFIX, NULL},
        {"quay.io=", "quay.io", "", MAPPING_PREFIX, NULL},
        {"quay.io/=x/", "quay.io", "x", MAPPING_PREFIX, NULL},
        {"quay.io/team/=a/b/", "quay.io/team", "a/b", MAPPING_PREFIX, NULL},
        {"[::1]:5000=lo", "[::1]:5000", "lo", MAPPING_PREFIX, NULL},
        {"localhost=x", "localhost", "x", MAPPING_PREFIX, NULL},
    };
    static const char *const bad[] = {
        "",
        "docker.io",
        "=x",
        "docker.io//=x",
        "docker.io=/x",
        "a.b=x//",
        "library/nginx=x",
        "a.b=x:1",
        "a.b=c=d",
        "a.b/C=x",
        "a.b/c:1=d:",
        "a.b/c:1=d:.x",
        "a.b/c:1=D",
        "a.b/*=x",
        "a.b/x=*",
        "a.b/*/*=*/*",
        "a.b/*:1=x/*",
        "*.b/x=*/x",
        "a.b/c:1*=x*",
        "me:pw@a.b/c=x",
        "a.b/c=d@sha256:1",
        "a.b/c@sha256:12=x",
        "a.b/*=X*",
        "a.b:1=x:2",
        "a.b=C",
        "a.b=https://x/y",
        "nginx=other",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct mapping_rule rule;
        struct err err = ERR_INIT;

        print_message("# %s\n", cases[i].text);
        assert_int_equal(mapping_rule_parse(&rule, cases[i].text, &err), 0);
        assert_string_equal(rule.from, cases[i].from);
        assert_string_equal(rule.to, cases[i].to);
        assert_int_equal(rule.kind, cases[i].kind);
        assert_string_equal(rule.tag, cases[i].tag ? cases[i].tag : "");
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct mapping_rule rule = {.from = "kept"};
        struct err err = ERR_INIT;

        print_message("# %s\n", bad[i]);
        assert_int_equal(mapping_rule_parse(&rule, bad[i], &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_string_equal(rule.from, "kept");
    }
}

struct push_plan {
    const char *target;
    bool strip_host;
    const char *rules[3];
    const char *from, *to; /* to NULL: refused */
};

static int
land(const struct push_plan *l, struct reference *to, struct err *err)
{
    struct mapping_rule rules[3];
    struct mapping map = {.strip_host = l->strip_host, .rules = rules};
    struct reference from;

    assert_int_equal(target_parse(&map.target, l->target, err), 0);
    while (map.rule_count < 3 && l->rules[map.rule_count]) {
        assert_int_equal(
            mapping_rule_parse(&rules[map.rule_count], l->rules[map.rule_count], err), 0);
        map.rule_count++;
    }
    assert_int_equal(reference_parse_name(&from, l->from, ERR_INTEGRITY, err), 0);
    return mapping_apply(&map, &from, to, err);
}

static void
applies_rules(void **state)
{
    static const struct push_plan cases[] = {
        {"reg.corp:5000/mirror",
         false,
         {NULL},
         "docker.io/library/nginx:1.27",
         "reg.corp:5000/mirror/docker.io/library/nginx:1.27"},
        {"reg.corp", false, {NULL}, "quay.io/a/b:1", "reg.corp/quay.io/a/b:1"},
        {"reg.corp", false, {NULL}, "host.x:5000/a:1", "reg.corp/host.x_5000/a:1"},
        {"reg.corp", true, {NULL}, "host.x:5000/a:1", "reg.corp/a:1"},
        {"reg.corp/m",
         true,
         {NULL},
         "quay.io/a/b@sha256:" HEX64,
         "reg.corp/m/a/b@sha256:" HEX64},
        /* the prefix stands before what a rule says */
        {"reg.corp/m",
         false,
         {"docker.io=hub"},
         "docker.io/library/nginx:1",
         "reg.corp/m/hub/library/nginx:1"},
        {"reg.corp/m",
         false,
         {"docker.io/library="},
         "docker.io/library/nginx:1",
         "reg.corp/m/nginx:1"},
        {"reg.corp",
         false,
         {"docker.io/library/nginx=web"},
         "docker.io/library/nginx:1",
         "reg.corp/web:1"},
        /* the longest wins, in whatever order */
        {"reg.corp",
         false,
         {"docker.io=a", "docker.io/library/nginx=c", "docker.io/library=b"},
         "docker.io/library/nginx:1",
         "reg.corp/c:1"},
        {"reg.corp",
         false,
         {"docker.io=a", "docker.io/library/nginx=c", "docker.io/library=b"},
         "docker.io/library/redis:1",
         "reg.corp/b/redis:1"},
        /* only whole components match */
        {"reg.corp",
         false,
         {"docker.io/library/ng=x"},
         "docker.io/library/nginx:1",
         "reg.corp/docker.io/library/nginx:1"},
        {"reg.corp", false, {"host.x=x"}, "host.x:5000/a:1", "reg.corp/host.x_5000/a:1"},
        {"reg.corp", true, {"quay.io=q"}, "quay.io/a:1", "reg.corp/q/a:1"},
        {"reg.corp", false, {"[::1]:5000=lo"}, "[::1]:5000/a:1", "reg.corp/lo/a:1"},
        {"reg.corp", true, {NULL}, "[::1]:5000/a:1", "reg.corp/a:1"},
        {"reg.corp", false, {NULL}, "[::1]:5000/a:1", NULL},
        {"reg.corp", false, {"quay.io/a="}, "quay.io/a:1", NULL},
        /* an exact name before a pattern, a pattern before a prefix */
        {"reg.corp",
         false,
         {"docker.io/library/nginx:1=a:2", "docker.io/*/nginx=b/*",
          "docker.io/library/nginx=c"},
         "docker.io/library/nginx:1",
         "reg.corp/a:2"},
        {"reg.corp",
         false,
         {"docker.io/library/nginx:1=a:2", "docker.io/*/nginx=b/*",
          "docker.io/library/nginx=c"},
         "docker.io/library/nginx:3",
         "reg.corp/b/library:3"},
        {"reg.corp/m",
         false,
         {"docker.io/library/nginx:1=web"},
         "docker.io/library/nginx:1",
         "reg.corp/m/web:1"},
        {"reg.corp",
         false,
         {"quay.io/a@sha256:" HEX64 "=web:v1"},
         "quay.io/a@sha256:" HEX64,
         "reg.corp/web:v1"},
        {"reg.corp", false, {"quay.io/a*=x/b*"}, "quay.io/abc/d:1", "reg.corp/x/bbc/d:1"},
        {"reg.corp", false, {"quay.io/a*=x*"}, "quay.io/a:1", "reg.corp/x:1"},
        {"reg.corp", false, {"quay.io/a*=*"}, "quay.io/a:1", NULL},
        {"reg.corp", false, {"quay.io/a*=*"}, "quay.io/a/b:1", NULL},
        /* two that are equally good */
        {"reg.corp", false, {"quay.io/a*=x*", "quay.io/*b=y*"}, "quay.io/ab:1", NULL},
        {"reg.corp",
         false,
         {"quay.io/a=x", "quay.io/a=x"},
         "quay.io/a:1",
         "reg.corp/x:1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct reference to = {.tag = "kept"};
        struct err err = ERR_INIT;
        char name[REFERENCE_TEXT_MAX];
        int rc = land(&cases[i], &to, &err);

        print_message("# %s\n", cases[i].from);
        assert_int_equal(rc, cases[i].to ? 0 : -1);
        if (rc == 0) {
            reference_name(&to, name);
            assert_string_equal(name, cases[i].to);
        } else {
            assert_int_equal(err.kind, ERR_USAGE);
            assert_string_equal(to.tag, "kept");
        }
    }
}

static void
suggests_the_nearest_rule(void **state)
{
    static const struct push_plan ipv6 = {"reg.corp", false, {NULL}, "[::1]/a:1", NULL};
    struct reference to;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(land(&ipv6, &to, &err), -1);
    assert_int_equal(err.reason, REASON_UNMAPPABLE); /* test_hints has its words */
    assert_string_equal(err.subject, "[::1]");
}

/* Tag and digest stay, also both. */
static void
labels_names(void **state)
{
    struct mapping map = {.target = {.host = "reg.corp"}};
    struct reference from, to;
    struct err err = ERR_INIT;
    static const char text[] = "a.b/c:t@sha256:" HEX64;

    (void)state;
    assert_int_equal(reference_parse(&from, text, strlen(text), &err), 0);
    assert_int_equal(mapping_apply(&map, &from, &to, &err), 0);
    assert_string_equal(to.tag, "t");
    assert_true(to.has_digest);
    assert_true(digest_equal(&from.digest, &to.digest));
    assert_string_equal(to.path, "a.b/c");
}

static void
refuses_long_results(void **state)
{
    struct mapping map = {.target = {.host = "reg.corp", .prefix = "abc"}};
    struct reference from = {.host = "quay.io", .tag = "t"}, to;
    struct err err = ERR_INIT;

    (void)state;
    memset(from.path, 'a', 243); /* "abc/quay.io/" has 12 */
    assert_int_equal(mapping_apply(&map, &from, &to, &err), 0);
    assert_int_equal(strlen(to.path), 255);
    from.path[243] = 'a';
    assert_int_equal(mapping_apply(&map, &from, &to, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_int_equal(strlen(to.path), 255);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_targets),
        cmocka_unit_test(refuses_malformed_targets),
        cmocka_unit_test(parses_rules),
        cmocka_unit_test(applies_rules),
        cmocka_unit_test(suggests_the_nearest_rule),
        cmocka_unit_test(labels_names),
        cmocka_unit_test(refuses_long_results),
    };

    return cmocka_run_group_tests_name("mapping", tests, NULL, NULL);
}
