/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/graph_world.h"

#include "bundle/format/members.h"
#include "ops/plan/missing.h"

enum { NAMES_MAX = 5 };

/* An index of two images, under one or more names; both may be left out. */
struct incomplete {
    struct world w;
    size_t here, gone, index;
    bool gone_is_missing;
    struct image_set set;
    struct plan_name names[NAMES_MAX];
    uint32_t *origins;
};

static void
leave_out_gone(void *ctx, const struct document *doc, bool *omit)
{
    const struct incomplete *x = ctx;

    for (size_t i = 0; doc->kind == MEDIA_INDEX && i < doc->count; i++)
        omit[i] = digest_equal(&doc->edges[i].digest, &x->w.things[x->gone].digest);
}

static void
make_incomplete(struct incomplete *x, const char *const *names, bool is_missing)
{
    struct err err = ERR_INIT;
    size_t config;

    *x = (struct incomplete){.set = {.graph = graph_new(ERR_PROTOCOL)}};
    config = put_text(&x->w, "{}");
    x->here = put_image(&x->w, config, (const size_t[]){SIZE_MAX});
    x->gone = put_image(&x->w, config, (const size_t[]){config, SIZE_MAX});
    x->index = put_index(&x->w,
                         (const struct child[]){{x->here, MEDIA_OCI_MANIFEST, NULL},
                                                {x->gone, MEDIA_OCI_MANIFEST, NULL}},
                         2);
    graph_watch(x->set.graph, leave_out_gone, x);
    for (size_t i = 0; names[i]; i++, x->set.count++) {
        assert_int_equal(
            reference_parse_name(&x->names[i].ref, names[i], ERR_USAGE, &err), 0);
        assert_int_equal(add_root(x->set.graph, &x->w, x->index, MEDIA_OCI_INDEX, &err),
                         0);
    }
    assert_complete(x->set.graph, &x->w, false);
    x->origins = xcalloc(graph_count(x->set.graph), sizeof(*x->origins)); /* all 0 */
    x->set.entries = xcalloc(x->set.count, sizeof(*x->set.entries));
    for (size_t i = 0; i < x->set.count; i++)
        image_set_describe(&x->set, i, &x->names[i].ref);
    x->set.is_missing = xcalloc(graph_count(x->set.graph), sizeof(*x->set.is_missing));
    x->set.is_missing[graph_find(x->set.graph, &x->w.things[x->gone].digest)] =
        is_missing;
}

static void
release_incomplete(struct incomplete *x)
{
    image_set_release(&x->set);
    free(x->origins);
    world_release(&x->w);
}

static void
lists_names_and_children_sorted_and_once(void **state)
{
    /* "@" stands for the child that is left out, in the repository of the first name. */
    static const struct {
        const char *names[NAMES_MAX], *failed[NAMES_MAX];
        bool is_missing;
        const char *expected[NAMES_MAX];
    } table[] = {
        {{"a.test/x:1"}, {NULL}, false, {NULL}}, /* left out by platform */
        {{"a.test/x:1"}, {NULL}, true, {"@"}},
        {{"a.test/x:1", "b.test/y:1"}, {NULL}, true, {"@"}}, /* of one index, once */
        {{"a.test/x:1"},
         {"b.test/z:1", "a.test/a:1", "b.test/z:1"},
         false,
         {"a.test/a:1", "b.test/z:1"}},
        {{"b.test/x:1"},
         {"c.test/z:1", "a.test/a:1"},
         true,
         {"a.test/a:1", "@", "c.test/z:1"}},
        /* one that failed once and was found another time */
        {{"a.test/x:1", "b.test/y:1"},
         {"b.test/y:1", "b.test/y:2"},
         false,
         {"b.test/y:2"}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(release_incomplete) struct incomplete x;
        CLEANUP(missing_list_release) struct missing_list got = MISSING_LIST_INIT;
        struct missing_name failed[NAMES_MAX];
        struct missing_list failures = {.items = failed};
        struct err err = ERR_INIT;
        size_t expected = 0;

        make_incomplete(&x, table[i].names, table[i].is_missing);
        for (; table[i].failed[failures.count]; failures.count++)
            failed[failures.count] = (struct missing_name){
                .name = (char *)(uintptr_t)table[i].failed[failures.count]};
        assert_int_equal(missing_of(&got, &failures, &x.set, x.names, x.origins, &err),
                         0);
        for (; table[i].expected[expected]; expected++) {
            const struct digest *gone = &x.w.things[x.gone].digest;
            char name[REFERENCE_TEXT_MAX];

            assert_true(expected < got.count);
            snprintf(name, sizeof(name), "%s", table[i].expected[expected]);
            if (strcmp(name, "@") == 0) {
                struct reference child = x.names[0].ref;

                child.tag[0] = '\0';
                child.has_digest = true;
                child.digest = *gone;
                reference_name(&child, name);
                assert_true(got.items[expected].has_digest);
                assert_true(digest_equal(&got.items[expected].digest, gone));
            }
            assert_string_equal(got.items[expected].name, name);
        }
        assert_int_equal(got.count, expected);
    }
}

static void
refuses_more_than_a_bundle_can_say(void **state)
{
    static const struct {
        size_t failed;
        int rc;
    } table[] = {{BUNDLE_MISSING_MAX, 0}, {BUNDLE_MISSING_MAX + 1, -1}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(release_incomplete) struct incomplete x;
        CLEANUP(missing_list_release) struct missing_list got = MISSING_LIST_INIT;
        struct missing_list failures = {.count = table[i].failed};
        struct err err = ERR_INIT;

        make_incomplete(&x, (const char *const[]){"a.test/x:1", NULL}, false);
        failures.items = xcalloc(failures.count, sizeof(*failures.items));
        for (size_t n = 0; n < failures.count; n++)
            failures.items[n].name = xasprintf("b.test/y:%zu", n);
        assert_int_equal(missing_of(&got, &failures, &x.set, x.names, x.origins, &err),
                         table[i].rc);
        assert_int_equal(err.kind, table[i].rc == 0 ? ERR_NONE : ERR_LIMIT);
        assert_int_equal(got.count, table[i].rc == 0 ? table[i].failed : 0);
        missing_list_release(&failures);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_names_and_children_sorted_and_once),
        cmocka_unit_test(refuses_more_than_a_bundle_can_say),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
