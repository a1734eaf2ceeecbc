/* SPDX-License-Identifier: Apache-2.0 */
/* Which texts are complete references, and which only look like one. */
#include "config.h"
#include "tests/unit/unit.h"

#include "lists/finder.h"

#define HEX "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

struct world {
    struct found_list found;
    struct err_list bad;
    struct events events;
    struct finder finder;
};

static struct finder *
finder_of(struct world *w, const struct name_filter *ignore)
{
    w->finder = (struct finder){.found = &w->found,
                                .bad = &w->bad,
                                .events = &w->events,
                                .ignore = ignore,
                                .file = "a.yaml"};
    return &w->finder;
}

static void
release_world(struct world *w)
{
    found_list_release(&w->found);
    err_list_release(&w->bad);
}

/* The names separated by blanks. */
static void
assert_names(struct world *w, const char *expected)
{
    char text[2000] = "";

    found_list_sort(&w->found);
    for (size_t i = 0; i < w->found.count; i++) {
        size_t len = strlen(text);

        snprintf(text + len, sizeof(text) - len, "%s%s", i > 0 ? " " : "",
                 w->found.items[i]->name);
    }
    assert_string_equal(text, expected);
}

static void
finds_complete_references_in_text(void **state)
{
    static const struct {
        const char *text, *names;
    } cases[] = {
        {"quay.io/a/b:1", "quay.io/a/b:1"},
        {"quay.io/a/b@sha256:" HEX, "quay.io/a/b@sha256:" HEX},
        {"quay.io/a/b:1@sha256:" HEX, "quay.io/a/b:1@sha256:" HEX},
        {"localhost:5000/a:1", "localhost:5000/a:1"},
        {"[::1]:5000/a:1", "[::1]:5000/a:1"},
        {"docker://quay.io/a/b:1", "quay.io/a/b:1"},
        {"oci://quay.io/charts/b:1.0.0", "quay.io/charts/b:1.0.0"},
        {"--image=quay.io/a/b:1", "quay.io/a/b:1"},
        {"--set=image=quay.io/a/b:1", "quay.io/a/b:1"},
        {"1.0=quay.io/a/b:1\n2.0=quay.io/a/b:2", "quay.io/a/b:1 quay.io/a/b:2"},
        {"a:x.io/y:1,quay.io/a/b:1;quay.io/a/b:2", "quay.io/a/b:1 quay.io/a/b:2"},
        {"[{\"image\":\"quay.io/a/b:1\"}]", "quay.io/a/b:1"},
        {"docker run 'quay.io/a/b:1' `quay.io/a/b:2`", "quay.io/a/b:1 quay.io/a/b:2"},
        {"It runs quay.io/a/b:1. Nothing else.", "quay.io/a/b:1"},
        {"(see quay.io/a/b:1)", "quay.io/a/b:1"},
        {"(quay.io/a/b:1)", ""},
        {"nginx:1.27", ""},
        {"library/nginx:1.27", ""},
        {"quay.io/a/b", ""},
        {"quay.io/a/b:", ""},
        {"quay.io:443", ""},
        {"https://quay.io/a/b:1", ""},
        {"http://db.svc:5432/a:1", ""},
        {"ftp://quay.io/a/b:1", ""},
        {"db.apps.svc/a:1", ""},
        {"db.apps.svc.cluster.local:80/a:1", ""},
        {"db.apps.svc:80/a:1", ""},
        {"admin@quay.io/a:1", ""},
        {"user:pass@quay.io/a:1", ""},
        {"s3:ObjectCreated:Put", ""},
        {"apiserver_request:burnrate1h", ""},
        {"quay.io/A/b:1", ""},
        {"10.0.0.0/8", ""},
        {"kubernetes.io/os:linux", ""},
        {"node-role.kubernetes.io/worker:true", ""},
        {"k8s.io/a/b:1", ""},
        {"registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10"},
        {"node.example.com/x:NoSchedule", ""},
        {"node.example.com/x=true:NoExecute", ""},
        {"node.example.com/x:PreferNoSchedule", ""},
        {"/etc/ssl/a.pem:/b", ""},
        {"", ""},
        {"=", ""},
        {"...", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(release_world) struct world w = {.found = FOUND_LIST_INIT};
        const struct yml at = {.kind = YML_TEXT, .line = 1};
        struct err err = ERR_INIT;

        print_message("# %s\n", cases[i].text);
        assert_int_equal(finder_likely(finder_of(&w, NULL), &at, cases[i].text, &err),
                         cases[i].names[0] != '\0');
        assert_names(&w, cases[i].names);
        assert_int_equal(w.bad.total, 0);
    }
}

static void
refuses_what_should_be_an_image(void **state)
{
    static const struct {
        const char *text, *message;
        enum err_reason reason;
    } cases[] = {
        {"ko://example.com/cmd", "a.yaml:7: 'ko://example.com/cmd' is source code",
         REASON_UNBUILT},
        {"{{ .Values.image }}", "a.yaml:7: '{{ .Values.image }}' is a template",
         REASON_TEMPLATE},
        {"quay.io/a/b:{{ .Tag }}", "is a template", REASON_TEMPLATE},
        {"$(IMAGE)", "a.yaml:7: '$(IMAGE)': ", REASON_NONE},
        {"IMAGE", "a.yaml:7: 'IMAGE': ", REASON_NONE},
        {"a b", "a.yaml:7: 'a b': ", REASON_NONE},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(release_world) struct world w = {.found = FOUND_LIST_INIT};
        const struct yml at = {.kind = YML_TEXT, .line = 7};
        struct err err = ERR_INIT;

        print_message("# %s\n", cases[i].text);
        assert_int_equal(finder_sure(finder_of(&w, NULL), &at, cases[i].text, &err), 0);
        assert_int_equal(w.bad.total, 1);
        assert_int_equal(w.bad.items[0].reason, cases[i].reason);
        if (!strstr(w.bad.items[0].msg, cases[i].message))
            fail_msg("%s", w.bad.items[0].msg);
        assert_int_equal(w.found.count, 0);
    }
}

static void
knows_what_may_be_a_name(void **state)
{
    static const struct {
        const char *text, *name;
    } cases[] = {
        {"nginx", "docker.io/library/nginx:latest"},
        {"nginx:1.27", "docker.io/library/nginx:1.27"},
        {"quay.io/a/b", "quay.io/a/b:latest"},
        {"true", ""},
        {"Null", ""},
        {"off", ""},
        {"", ""},
        {"12", ""},
        {"1.27", ""},
        {"https://quay.io/a", ""},
        {"Some Text", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(release_world) struct world w = {.found = FOUND_LIST_INIT};
        const struct yml at = {.kind = YML_TEXT, .line = 1};
        struct err err = ERR_INIT;

        print_message("# %s\n", cases[i].text);
        assert_int_equal(finder_maybe(finder_of(&w, NULL), &at, cases[i].text, &err), 0);
        assert_names(&w, cases[i].name);
    }
}

static void
leaves_out_what_is_ignored(void **state)
{
    static const char *const patterns[] = {"^quay", "/b:[0-9]+$", "^ko:"};
    static const char *const texts[] = {"quay.io/a/a:1", "docker.io/b:1", "ko://a.b/c",
                                        "docker.io/b:x"};
    CLEANUP(name_filter_release) struct name_filter ignore = {.items = NULL};
    CLEANUP(release_world) struct world w = {.found = FOUND_LIST_INIT};
    const struct yml at = {.kind = YML_TEXT, .line = 1};
    struct err err = ERR_INIT;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(patterns); i++)
        assert_int_equal(name_filter_add(&ignore, patterns[i], &err), 0);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_int_equal(finder_sure(finder_of(&w, &ignore), &at, texts[i], &err), 0);
    assert_names(&w, "docker.io/library/b:x");
    assert_int_equal(w.bad.total, 0);
    assert_int_equal(name_filter_add(&ignore, "(", &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_int_equal(name_filter_add(&ignore, "", &err), -1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_complete_references_in_text),
        cmocka_unit_test(refuses_what_should_be_an_image),
        cmocka_unit_test(knows_what_may_be_a_name),
        cmocka_unit_test(leaves_out_what_is_ignored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
