/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/buf.h"
#include "base/mem.h"
#include "registry/config/mirrors.h"
#include "registry/config/mirrors_file.h"

static int
add(struct mirrors *r, const char *name, const char *text, struct err *err)
{
    return mirrors_add(r, name, text, strlen(text), err);
}

/* "host/path host/path", or "blocked", or "refused". */
static void
describe(const struct mirrors *r, const char *host, const char *path, bool by_digest,
         struct buf *out)
{
    CLEANUP(route_release) struct route route = ROUTE_INIT;
    struct err err = ERR_INIT;

    buf_clear(out);
    if (mirrors_find(r, host, path, by_digest, &route, &err) < 0) {
        assert_int_equal(err.kind, ERR_USAGE);
        assert_int_equal(
            buf_add_text(out, strstr(err.msg, "blocked") ? "blocked" : "refused"), 0);
        return;
    }
    for (size_t i = 0; i < route.count; i++)
        assert_int_equal(buf_addf(out, "%s%s/%s", i > 0 ? " " : "", route.stops[i].host,
                                  route.stops[i].path),
                         0);
}

static const char example[] = "unqualified-search-registries = ['docker.io']\n"
                              "short-name-mode = 'enforcing'\n"
                              "credential-helpers = ['x']\n"
                              "[[registry]]\n"
                              "prefix = 'docker.io'\n"
                              "location = 'docker.io'\n"
                              "[[registry.mirror]]\n"
                              "location = 'Hub.corp:5000/hub/'\n"
                              "insecure = true\n"
                              "[[registry.mirror]]\n"
                              "location = 'tags.corp'\n"
                              "pull-from-mirror = 'tag-only'\n"
                              "[[registry.mirror]]\n"
                              "location = 'digests.corp'\n"
                              "pull-from-mirror = 'digest-only'\n"
                              "[[registry]]\n"
                              "prefix = 'docker.io/library/nginx'\n"
                              "location = 'web.corp/nginx'\n"
                              "[[registry]]\n"
                              "location = 'quay.io/a'\n"
                              "mirror-by-digest-only = true\n"
                              "[[registry.mirror]]\n"
                              "location = 'quay.corp'\n"
                              "[[registry]]\n"
                              "prefix = '*.evil.example'\n"
                              "blocked = true\n"
                              "[[registry]]\n"
                              "prefix = 'good.evil.example/public'\n"
                              "location = 'good.evil.example/public'\n"
                              "[[registry]]\n"
                              "prefix = '*.lab'\n"
                              "insecure = true\n"
                              "[[registry.mirror]]\n"
                              "location = 'lab.corp/all'\n"
                              "[[registry]]\n"
                              "prefix = '*.deep.lab'\n"
                              "location = 'deep.corp'\n"
                              "[[registry]]\n"
                              "prefix = 'one.example/only'\n"
                              "location = 'bare.example'\n"
                              "[aliases]\n"
                              "'nginx' = 'docker.io/library/nginx'\n";

static void
maps_names_to_locations(void **state)
{
    static const struct {
        const char *host, *path;
        bool by_digest;
        const char *stops;
    } table[] = {
        {"other.example", "a/b", false, "other.example/a/b"},
        {"docker.io", "library/redis", false,
         "hub.corp:5000/hub/library/redis tags.corp/library/redis "
         "docker.io/library/redis"},
        {"docker.io", "library/redis", true,
         "hub.corp:5000/hub/library/redis digests.corp/library/redis "
         "docker.io/library/redis"},
        {"docker.io", "library/nginx", false, "web.corp/nginx"},
        {"docker.io", "library/nginx/more", false, "web.corp/nginx/more"},
        {"docker.io", "library/nginx2", true,
         "hub.corp:5000/hub/library/nginx2 digests.corp/library/nginx2 "
         "docker.io/library/nginx2"},
        {"quay.io", "a/b", false, "quay.io/a/b"},
        {"quay.io", "a/b", true, "quay.corp/b quay.io/a/b"},
        {"quay.io", "a", false, "quay.io/a"},
        {"quay.io", "", false, "quay.io/"}, /* the registry as a whole */
        {"none.example", "", false, "none.example/"},
        {"quay.io", "a", true, "refused"}, /* nothing is left for the mirror */
        {"quay.io", "ab", true, "quay.io/ab"},
        {"quay.io:443", "a/b", true, "quay.io:443/a/b"},
        {"x.evil.example", "a", false, "blocked"},
        {"x.y.evil.example", "a", true, "blocked"},
        {"evil.example", "a", false, "evil.example/a"},
        {"notevil.example", "a", false, "notevil.example/a"},
        {"x.evil.example:5000", "a", false, "x.evil.example:5000/a"},
        {"good.evil.example", "public/a", false, "good.evil.example/public/a"},
        {"good.evil.example", "private/a", false, "blocked"},
        {"a.lab", "x/y", false, "lab.corp/all/x/y a.lab/x/y"},
        {"a.deep.lab", "x/y", false, "deep.corp/x/y"},
        {"one.example", "only/x", false, "bare.example/x"},
        {"one.example", "only", false, "refused"},
    };
    struct mirrors *r = mirrors_new();
    struct err err = ERR_INIT;
    CLEANUP(buf_release) struct buf got = BUF_INIT(4096);

    (void)state;
    assert_int_equal(add(r, "f", example, &err), 0);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        print_message("# %s/%s\n", table[i].host, table[i].path);
        describe(r, table[i].host, table[i].path, table[i].by_digest, &got);
        assert_string_equal(got.data, table[i].stops);
    }
    mirrors_release(&r);
}

/* One letter a stop: i for insecure, t for TLS. */
static void
knows_insecure_locations(void **state)
{
    static const char more[] = "[[registry]]\n"
                               "location = 'reg.corp/open'\n"
                               "insecure = true\n"
                               "[[registry]]\n"
                               "location = 'reg.corp/open/shut'\n"
                               "[[registry]]\n"
                               "prefix = 'far.example/x'\n"
                               "location = 'reg.corp/else'\n"
                               "insecure = true\n"
                               "[[registry.mirror]]\n"
                               "location = 'reg.corp/mirror'\n";
    static const struct {
        const char *host, *path;
        bool by_digest;
        const char *stops;
    } table[] = {
        {"docker.io", "library/redis", false, "itt"},
        {"docker.io", "library/nginx", false, "t"},
        {"hub.corp:5000", "hub/library/redis", false, "t"}, /* by its own name */
        {"a.lab", "x", false, "ti"},
        {"x.a.lab", "x", true, "ti"},
        {"a.deep.lab", "x", false, "t"},
        {"lab.corp", "all/x", false, "t"},
        {"reg.corp", "open", false, "i"},
        {"reg.corp", "open/x", false, "i"},
        {"reg.corp", "opening", false, "t"},
        {"reg.corp", "open/shut/x", false, "t"},
        {"reg.corp", "other", false, "t"},
        {"reg.corp", "else/y", false, "t"},
        {"far.example", "x/y", false, "ti"},
        {"far.example", "y", false, "t"},
    };
    struct mirrors *r = mirrors_new();
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(add(r, "f", example, &err), 0);
    assert_int_equal(add(r, "g", more, &err), 0);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(route_release) struct route route = ROUTE_INIT;
        char stops[8] = "";

        print_message("# %s/%s\n", table[i].host, table[i].path);
        assert_int_equal(mirrors_find(r, table[i].host, table[i].path, table[i].by_digest,
                                      &route, &err),
                         0);
        for (size_t k = 0; k < route.count; k++)
            stops[k] = route.stops[k].is_insecure ? 'i' : 't';
        assert_string_equal(stops, table[i].stops);
    }
    mirrors_release(&r);
}

/* Later files replace what has the same prefix, as a whole. */
static void
merges_files(void **state)
{
    struct mirrors *r = mirrors_new();
    struct err err = ERR_INIT;
    CLEANUP(buf_release) struct buf got = BUF_INIT(4096);
    CLEANUP(route_release) struct route route = ROUTE_INIT;

    (void)state;
    assert_int_equal(add(r, "one", example, &err), 0);
    assert_int_equal(add(r, "two",
                         "\n[[registry]]\nprefix='docker.io/'\nlocation='hub.example'\n"
                         "[[registry]]\nlocation='new.example'\nblocked=true\n",
                         &err),
                     0);
    describe(r, "docker.io", "library/redis", false, &got);
    assert_string_equal(got.data, "hub.example/library/redis");
    describe(r, "docker.io", "library/nginx", false, &got);
    assert_string_equal(got.data, "web.corp/nginx");
    describe(r, "new.example", "a", false, &got);
    assert_string_equal(got.data, "blocked");
    assert_int_equal(mirrors_find(r, "docker.io", "a/b", false, &route, &err), 0);
    assert_string_equal(route.file, "two");
    assert_int_equal(route.line, 2);

    assert_int_equal(add(r, "three", "[[registry]]\nlocation='docker.io'\n[x]", &err),
                     -1);
    describe(r, "docker.io", "library/redis", false, &got);
    assert_string_equal(got.data, "hub.example/library/redis"); /* as before */
    mirrors_release(&r);
}

static void
refuses_malformed_files(void **state)
{
    static const struct {
        const char *text;
        unsigned line;
    } table[] = {
        {"[registries.search]\nregistries = ['docker.io']", 1},
        {"[registries.block]\n", 1},
        {"[registry]\n", 1},
        {"[[registry.mirror]]\nlocation='a.b'", 1},
        {"[[registry]]\nlocation='a.b'\n[registry.mirror]\n", 3},
        {"[[mirror]]", 1},
        {"location='a.b'", 1},
        {"x = true", 1},
        {"short-name-mode = true", 1},
        {"unqualified-search-registries = 'a.b'", 1},
        {"[[registry]]\nlocation='a.b'\nurl='x'", 3},
        {"[[registry]]\nlocation=['a.b']", 2},
        {"[[registry]]\nlocation='a.b'\ninsecure='true'", 3},
        {"[[registry]]\nlocation='a.b'\npull-from-mirror='all'", 3},
        {"[[registry]]\nlocation='a.b'\n[[registry.mirror]]\nprefix='a.b'", 4},
        {"[[registry]]\nlocation='a.b'\n[[registry.mirror]]\nlocation='a.b'\n"
         "pull-from-mirror='some'",
         5},
        {"\n[[registry]]\n", 2},
        {"\n[[registry]]\ninsecure=true", 2},
        {"\n[[registry]]\nprefix='a.b'", 2},
        {"\n[[registry]]\nlocation='a.b'\n[[registry.mirror]]\n", 2},
        {"\n[[registry]]\nlocation='a.b'\nmirror-by-digest-only=true\n"
         "[[registry.mirror]]\nlocation='c.d'\npull-from-mirror='all'",
         2},
        {"[[registry]]\nlocation='a.b'\n[[registry]]\nprefix='a.b/'\nlocation='c.d'", 3},
        {"[[registry]]\nlocation=''", 2},
        {"[[registry]]\nlocation='https://a.b'", 2},
        {"[[registry]]\nlocation='a.b/x:tag'", 2},
        {"[[registry]]\nlocation='a.b/X'", 2},
        {"[[registry]]\nlocation='a.b//x'", 2},
        {"[[registry]]\nlocation='a b'", 2},
        {"[[registry]]\nlocation='*.a.b'", 2},
        {"[[registry]]\nprefix='*.a.b/x'", 2},
        {"[[registry]]\nprefix='*.'", 2},
        {"[[registry]]\nprefix='*a.b'", 2},
        {"[[registry]]\nprefix='a.b/x@sha256:00'\nlocation='a.b'", 2},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct mirrors *r = mirrors_new();
        struct err err = ERR_INIT;
        char start[32];

        assert_int_equal(add(r, "f", table[i].text, &err), -1);
        print_message("# %zu: %s\n", i, err.msg);
        assert_int_equal(err.kind, ERR_USAGE);
        snprintf(start, sizeof(start), "'f' line %u: ", table[i].line);
        assert_int_equal(strncmp(err.msg, start, strlen(start)), 0);
        mirrors_release(&r);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_names_to_locations),
        cmocka_unit_test(knows_insecure_locations),
        cmocka_unit_test(merges_files),
        cmocka_unit_test(refuses_malformed_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
