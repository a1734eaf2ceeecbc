/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/graph_world.h"

#include "ops/plan/fetch_attempts.h"

enum { NAMES_MAX = 8 };

static const struct events nobody = {.emit = NULL};

/* One image with a layer, and another one; names for either. */
struct named {
    struct world w;
    size_t layer, image, other;
    struct graph *graph;
    struct plan_name names[NAMES_MAX];
};

/* In the names of the other image the first character is '-'. */
static void
name_images(struct named *n, const char *const *names)
{
    struct err err = ERR_INIT;
    size_t config;

    *n = (struct named){.graph = graph_new(ERR_PROTOCOL)};
    config = put_text(&n->w, "{}");
    n->layer = put_text(&n->w, "a layer");
    n->image = put_image(&n->w, config, (const size_t[]){n->layer, SIZE_MAX});
    n->other = put_image(&n->w, config, (const size_t[]){SIZE_MAX});
    for (size_t i = 0; names[i]; i++) {
        bool is_other = names[i][0] == '-';

        assert_int_equal(
            reference_parse_name(&n->names[i].ref, names[i] + is_other, ERR_USAGE, &err),
            0);
        assert_int_equal(add_root(n->graph, &n->w, is_other ? n->other : n->image,
                                  MEDIA_OCI_MANIFEST, &err),
                         0);
    }
    assert_complete(n->graph, &n->w, false);
}

static void
forget_images(struct named *n)
{
    graph_release(&n->graph);
    world_release(&n->w);
}

static void
asks_each_repository_once(void **state)
{
    static const struct {
        const char *names[NAMES_MAX];
        enum err_kind kind;                     /* of each failure */
        uint32_t asked[FETCH_ATTEMPTS_MAX + 1]; /* in this order, the first one too */
        size_t count;
    } table[] = {
        {{"a.test/x:1"}, ERR_NOT_FOUND, {0}, 1},
        {{"a.test/x:1", "a.test/x:2"}, ERR_NOT_FOUND, {0}, 1},
        {{"a.test/x:1", "a.test/y:1"}, ERR_NOT_FOUND, {0, 1}, 2},
        {{"a.test/x:1", "-a.test/y:1", "a.test/z:1"}, ERR_NOT_FOUND, {0, 2}, 2},
        {{"a.test/x:1", "a.test/y:1", "b.test/x:1"}, ERR_NETWORK, {0, 2}, 2},
        {{"a.test/x:1", "a.test/y:1", "b.test/x:1"}, ERR_AUTH, {0, 1, 2}, 3},
        {{"a.test/1:1", "a.test/2:1", "a.test/3:1", "a.test/4:1", "a.test/5:1"},
         ERR_INTEGRITY,
         {0, 1, 2, 3},
         4},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct failures *failures = failures_new(&nobody);
        const struct failure *noted;
        struct fetch_attempts a = {.name = 0};
        struct err err = ERR_INIT;
        struct named n;
        size_t asked = 0, count;
        int rc;

        name_images(&n, table[i].names);
        a.object = graph_find(n.graph, &n.w.things[n.layer].digest);
        do {
            if (asked == table[i].count || a.name != table[i].asked[asked++])
                fail_msg("case %zu: name %u is asked as number %zu", i, a.name, asked);
            err_set(&err, table[i].kind, "failed in %u", a.name);
            assert_int_equal(failures_put_off(failures, &a.failure, &err), 0);
            assert_int_equal(err.kind, ERR_NONE);
            rc = fetch_attempts_next(&a, n.graph, n.names, failures, FAILURE_BLOB, &err);
        } while (rc == 1);
        assert_int_equal(rc, 0);
        assert_int_equal(asked, table[i].count);
        assert_int_equal(a.name, 0);
        assert_null(a.failure);
        noted = failures_items(failures, &count);
        assert_int_equal(count, 1);
        assert_int_equal(noted->kind, table[i].kind);
        assert_true(digest_equal(&noted->digest, &n.w.things[n.layer].digest));
        assert_true(reference_same_name(&noted->ref, &n.names[0].ref));
        assert_non_null(strstr(noted->message, "failed in "));
        failures_free(failures);
        forget_images(&n);
    }
}

static void
defers_only_remote_failures(void **state)
{
    struct failures *failures = failures_new(&nobody);
    struct err err = ERR_INIT, *kept = NULL;

    (void)state;
    err_set(&err, ERR_LOCAL, "the disk is full");
    assert_int_equal(failures_put_off(failures, &kept, &err), -1);
    assert_int_equal(err.kind, ERR_LOCAL);
    assert_null(kept);
    err = (struct err)ERR_INIT;
    err_set(&err, ERR_NOT_FOUND, "gone");
    assert_int_equal(failures_put_off(NULL, &kept, &err), -1);
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_null(kept);
    assert_int_equal(failures_put_off(failures, &kept, &err), 0);
    assert_int_equal(err.kind, ERR_NONE);
    assert_string_equal(kept->msg, "gone");
    assert_int_equal(failures_count(failures), 0);
    free(kept);
    failures_free(failures);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_each_repository_once),
        cmocka_unit_test(defers_only_remote_failures),
    };

    return cmocka_run_group_tests_name("fetch_attempts", tests, NULL, NULL);
}
