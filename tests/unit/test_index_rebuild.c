/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/graph_world.h"

#include "ops/plan/document_cache.h"
#include "ops/plan/failures.h"
#include "ops/plan/index_rebuild.h"

enum { NAMES_MAX = 4 };

/* An index of the first two images, one of the last two, and an index of the first. */
enum { EMPTY, ONE, TWO, THREE, LEFT, RIGHT, NESTED };

static const struct events silent = {.emit = NULL};

struct rebuilding_world {
    struct world w;
    size_t omitted;
    struct reach reach;
    struct document_cache *cache;
    struct failures *failures;
    struct plan_name names[NAMES_MAX];
    size_t count;
};

static void
leave_out_one(void *ctx, const struct document *doc, bool *omit)
{
    const struct rebuilding_world *x = ctx;

    for (size_t i = 0; doc->kind == MEDIA_INDEX && i < doc->count; i++)
        omit[i] = digest_equal(&doc->edges[i].digest, &x->w.things[x->omitted].digest);
}

static void
put_things(struct world *w)
{
    static const char platform[] =
        ",\"platform\":{\"architecture\":\"%s\",\"os\":\"linux\"}";
    static const char *const arches[] = {"amd64", "arm64", "s390x"};
    char more[3][80];

    put_text(w, "{}");
    for (size_t i = 0; i < 3; i++) {
        size_t layer[] = {EMPTY, EMPTY, EMPTY, EMPTY};

        layer[i + 1] = SIZE_MAX; /* so that they differ */
        put_image(w, EMPTY, layer);
        snprintf(more[i], sizeof(more[i]), platform, arches[i]);
    }
    put_index(w,
              (const struct child[]){{ONE, MEDIA_OCI_MANIFEST, more[0]},
                                     {TWO, MEDIA_OCI_MANIFEST, more[1]}},
              2);
    put_index(w,
              (const struct child[]){{ONE, MEDIA_OCI_MANIFEST, more[0]},
                                     {THREE, MEDIA_OCI_MANIFEST, more[2]},
                                     {TWO, MEDIA_OCI_MANIFEST, more[1]}},
              3);
    put_parent(w, LEFT, MEDIA_OCI_INDEX);
}

/* "THING NAME", where THING is 1, l, r or n; "@" in a name is the digest of the thing. */
static void
make_rebuilding(struct rebuilding_world *x, const char *const *names, size_t omitted)
{
    static const char things[] = "1..lrn";
    struct err err = ERR_INIT;

    *x = (struct rebuilding_world){.omitted = omitted,
                                   .reach = {.graph = graph_new(ERR_PROTOCOL)},
                                   .cache = document_cache_new(),
                                   .failures = failures_new(&silent)};
    put_things(&x->w);
    graph_watch(x->reach.graph, leave_out_one, x);
    for (; names[x->count]; x->count++) {
        size_t thing = ONE + (size_t)(strchr(things, names[x->count][0]) - things);
        struct plan_name *name = &x->names[x->count];
        char text[200], digest[DIGEST_TEXT_MAX];

        digest_text(&x->w.things[thing].digest, digest);
        snprintf(text, sizeof(text), "%s%s", names[x->count] + 2,
                 strchr(names[x->count], '@') ? digest : "");
        assert_int_equal(reference_parse_name(&name->ref, text, ERR_USAGE, &err), 0);
        name->digest = x->w.things[thing].digest;
        name->size = x->w.things[thing].size;
        assert_int_equal(add_root(x->reach.graph, &x->w, thing,
                                  thing == ONE ? MEDIA_OCI_MANIFEST : MEDIA_OCI_INDEX,
                                  &err),
                         0);
    }
    for (size_t i = 0; i < x->w.count; i++)
        assert_int_equal(document_cache_put(x->cache, &x->w.things[i].digest,
                                            xstrdup(x->w.things[i].bytes),
                                            (size_t)x->w.things[i].size, &err),
                         0);
    assert_complete(x->reach.graph, &x->w, false);
}

static void
release_rebuilding(struct rebuilding_world *x)
{
    reach_release(&x->reach);
    document_cache_free(x->cache);
    failures_free(x->failures);
    world_release(&x->w);
}

static void
assert_rebuilt(struct rebuilding_world *x, const struct plan_name *name, size_t from,
               const char *lists, const char *lacks)
{
    struct digest digest;
    struct err err = ERR_INIT;
    size_t len = 0;
    const char *bytes = document_cache_find(x->cache, &name->digest, &len);

    assert_non_null(bytes);
    assert_int_equal(hash_bytes(DIGEST_SHA256, bytes, len, &digest, &err), 0);
    assert_true(digest_equal(&digest, &name->digest));
    assert_true(digest_equal(&digest, &name->ref.digest));
    assert_true(digest_equal(&name->served, &x->w.things[from].digest));
    assert_int_equal(name->size, len);
    assert_non_null(memmem(bytes, len, lists, strlen(lists)));
    assert_null(memmem(bytes, len, lacks, strlen(lacks)));
}

static void
names_get_an_index_of_what_is_there(void **state)
{
    static const struct {
        const char *names[NAMES_MAX];
        size_t omitted;
        bool rebuilt[NAMES_MAX]; /* of those that are kept */
        size_t count;            /* names that are kept */
    } table[] = {
        {{"l a.test/x:1"}, TWO, {true}, 1},
        {{"l a.test/x:1"}, THREE, {false}, 1}, /* nothing of it is left out */
        {{"1 a.test/x:1", "l a.test/x:2"}, TWO, {false, true}, 2},
        {{"l a.test/x:1", "r a.test/x:2"}, TWO, {true, true}, 2},
        {{"l a.test/x:1", "l a.test/x:2"}, TWO, {true, true}, 2},
        {{"l a.test/x@", "l a.test/y@"}, TWO, {true, true}, 2},
        /* without THREE the right one is the left one: two names by digest become one */
        {{"l a.test/x@", "r a.test/x@"}, THREE, {false}, 1},
        {{"l a.test/x:1", "r a.test/x:2"}, THREE, {false, true}, 2},
        {{"l a.test/x@", "l a.test/x@"}, TWO, {true}, 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(release_rebuilding) struct rebuilding_world x;
        struct err err = ERR_INIT;

        make_rebuilding(&x, table[i].names, table[i].omitted);
        assert_int_equal(
            index_rebuild(&x.reach, x.names, &x.count, x.cache, x.failures, &err), 0);
        assert_int_equal(x.count, table[i].count);
        for (size_t n = 0; n < x.count; n++) {
            bool is_left = table[i].names[n][0] == 'l';

            assert_int_equal(x.names[n].is_rebuilt, table[i].rebuilt[n]);
            if (x.names[n].is_rebuilt)
                assert_rebuilt(&x, &x.names[n], is_left ? LEFT : RIGHT, "amd64",
                               table[i].omitted == TWO ? "arm64" : "s390x");
        }
    }
}

static void
an_index_of_a_rebuilt_one_is_rebuilt(void **state)
{
    CLEANUP(release_rebuilding) struct rebuilding_world x;
    struct err err = ERR_INIT;
    char old[DIGEST_TEXT_MAX];

    (void)state;
    make_rebuilding(&x, (const char *const[]){"n a.test/x:1", NULL}, TWO);
    assert_int_equal(
        index_rebuild(&x.reach, x.names, &x.count, x.cache, x.failures, &err), 0);
    assert_int_equal(x.count, 1);
    assert_true(x.names[0].is_rebuilt);
    digest_text(&x.w.things[LEFT].digest, old);
    assert_rebuilt(&x, &x.names[0], NESTED, "manifests", old);
}

static void
what_is_lost_stays_listed(void **state)
{
    CLEANUP(release_rebuilding) struct rebuilding_world x;
    struct err err = ERR_INIT;

    (void)state;
    make_rebuilding(&x, (const char *const[]){"l a.test/x:1", NULL}, TWO);
    failures_lose(x.failures, &x.w.things[TWO].digest);
    assert_int_equal(
        index_rebuild(&x.reach, x.names, &x.count, x.cache, x.failures, &err), 0);
    assert_int_equal(x.count, 1);
    assert_false(x.names[0].is_rebuilt);
    assert_true(digest_equal(&x.names[0].digest, &x.w.things[LEFT].digest));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_get_an_index_of_what_is_there),
        cmocka_unit_test(an_index_of_a_rebuilt_one_is_rebuilt),
        cmocka_unit_test(what_is_lost_stays_listed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
