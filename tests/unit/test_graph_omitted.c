/* SPDX-License-Identifier: Apache-2.0 */
/* Graphs with children omitted from indexes. */
#include "config.h"
#include "tests/unit/graph_world.h"
#include "oci/graph_walk.h"

/* Left out is what the watcher was told to, by digest. */
struct plan {
    const struct world *world;
    const size_t *things; /* ends with SIZE_MAX */
};

static void
leave_out(void *ctx, const struct document *doc, bool *omit)
{
    const struct plan *p = ctx;

    for (size_t i = 0; doc->kind == MEDIA_INDEX && i < doc->count; i++) {
        for (const size_t *t = p->things; *t != SIZE_MAX; t++)
            omit[i] |= digest_equal(&doc->edges[i].digest, &p->world->things[*t].digest);
    }
}

static void
assert_members(const struct graph *g, const struct world *w, const size_t *expected,
               const size_t *omitted)
{
    size_t count, i = 0;
    const uint32_t *ids = graph_omitted(g, &count);

    for (; expected[i] != SIZE_MAX; i++)
        assert_int_equal(graph_order(g)[i],
                         graph_find(g, &w->things[expected[i]].digest));
    assert_int_equal(graph_member_count(g), i);
    for (i = 0; omitted[i] != SIZE_MAX; i++) {
        assert_int_equal(ids[i], graph_find(g, &w->things[omitted[i]].digest));
        assert_int_equal(graph_object(g, ids[i])->state, GRAPH_OMITTED);
    }
    assert_int_equal(count, i);
}

/* Two images with a layer each, one of them omitted; it must not be requested. */
static void
lists_omitted_children(void **state)
{
    (void)state;
    for (int newest_first = 0; newest_first < 2; newest_first++) {
        CLEANUP(world_release) struct world w = {.count = 0};
        CLEANUP(graph_release) struct graph *g = graph_new(ERR_PROTOCOL);
        struct err err = ERR_INIT;
        size_t c = put_text(&w, "{}"), l1 = put_text(&w, "1"), l2 = put_text(&w, "2");
        size_t a = put_image(&w, c, (const size_t[]){l1, SIZE_MAX});
        size_t b = put_image(&w, c, (const size_t[]){l2, SIZE_MAX});
        size_t odd = put_text(&w, "left out, so it may be anything");
        const struct child list[] = {{odd, ODD, NULL},
                                     {a, MEDIA_OCI_MANIFEST, NULL},
                                     {b, MEDIA_OCI_MANIFEST, NULL},
                                     {a, MEDIA_OCI_MANIFEST, NULL}};
        size_t root = put_index(&w, list, 4);
        struct plan plan = {&w, (const size_t[]){a, odd, SIZE_MAX}};

        graph_watch(g, leave_out, &plan);
        assert_int_equal(add_root(g, &w, root, NULL, &err), 0);
        assert_complete(g, &w, newest_first);
        assert_int_equal(w.fed, 2);
        assert_members(g, &w, (const size_t[]){root, b, c, l2, SIZE_MAX},
                       (const size_t[]){odd, a, SIZE_MAX});
    }
}

/* A child omitted from one index is kept if another index or a name needs it. */
static void
keeps_children_needed_elsewhere(void **state)
{
    (void)state;
    for (int turn = 0; turn < 8; turn++) {
        CLEANUP(world_release) struct world w = {.count = 0};
        CLEANUP(graph_release) struct graph *g = graph_new(ERR_PROTOCOL);
        struct err err = ERR_INIT;
        size_t c = put_text(&w, "{}"), l = put_text(&w, "1");
        size_t a = put_image(&w, c, (const size_t[]){l, SIZE_MAX});
        size_t one = put_parent(&w, a, MEDIA_OCI_MANIFEST);
        size_t b = put_image(&w, c, (const size_t[]){SIZE_MAX});
        const struct child list[] = {{b, MEDIA_OCI_MANIFEST, NULL},
                                     {a, MEDIA_OCI_MANIFEST, NULL}};
        size_t two = put_index(&w, list, 2);
        struct plan plan = {&w, (const size_t[]){a, SIZE_MAX}};
        const size_t *expected = turn & 4   ? (const size_t[]){one, a, c, l, SIZE_MAX}
                                 : turn & 1 ? (const size_t[]){a, one, c, l, SIZE_MAX}
                                            : (const size_t[]){one, a, c, l, SIZE_MAX};

        graph_watch(g, leave_out, &plan);
        if (turn & 4) { /* the second index is fed when nothing is left out any more */
            assert_int_equal(add_root(g, &w, one, NULL, &err), 0);
            assert_int_equal(drive(g, &w, false, &err), 0);
            assert_int_equal(object_of(g, &w, a)->state, GRAPH_OMITTED);
            graph_watch(g, NULL, NULL);
            assert_int_equal(add_root(g, &w, two, NULL, &err), 0);
            assert_complete(g, &w, turn & 2);
            assert_members(g, &w, (const size_t[]){one, a, two, b, c, l, SIZE_MAX},
                           (const size_t[]){SIZE_MAX});
            continue;
        }
        assert_int_equal(add_root(g, &w, turn & 1 ? a : one, NULL, &err), 0);
        assert_int_equal(add_root(g, &w, turn & 1 ? one : a, NULL, &err), 0);
        assert_complete(g, &w, turn & 2);
        assert_members(g, &w, expected, (const size_t[]){SIZE_MAX});
    }
}

/* A layer is needed whatever an index says of the same digest. */
static void
keeps_children_needed_as_blobs(void **state)
{
    CLEANUP(world_release) struct world w = {.count = 0};
    CLEANUP(graph_release) struct graph *g = graph_new(ERR_PROTOCOL);
    struct err err = ERR_INIT;
    size_t c = put_text(&w, "{}");
    size_t a = put_image(&w, c, (const size_t[]){SIZE_MAX});
    size_t b = put_image(&w, c, (const size_t[]){a, SIZE_MAX});
    size_t root = put_index(&w,
                            (const struct child[]){{a, MEDIA_OCI_MANIFEST, NULL},
                                                   {b, MEDIA_OCI_MANIFEST, NULL}},
                            2);
    struct plan plan = {&w, (const size_t[]){a, SIZE_MAX}};

    (void)state;
    graph_watch(g, leave_out, &plan);
    assert_int_equal(add_root(g, &w, root, NULL, &err), 0);
    assert_complete(g, &w, false);
    assert_int_equal(object_of(g, &w, a)->state, GRAPH_DOCUMENT);
    assert_members(g, &w, (const size_t[]){root, a, b, c, SIZE_MAX},
                   (const size_t[]){SIZE_MAX});
}

static void
count_visit(void *ctx, uint32_t id, bool as_document)
{
    (void)id;
    (void)as_document;
    ++*(size_t *)ctx;
}

/* Not walked, not added up; and nested indexes in the order of the documents. */
static void
omits_nested_indexes(void **state)
{
    CLEANUP(world_release) struct world w = {.count = 0};
    CLEANUP(graph_release) struct graph *g = graph_new(ERR_PROTOCOL);
    CLEANUP(graph_walk_release) struct graph_walk *walk = NULL;
    struct err err = ERR_INIT;
    size_t x = put_text(&w, "x"), y = put_text(&w, "y"), visits = 0;
    size_t inner, root;
    struct plan plan;

    (void)state;
    w.things[x].size = w.things[y].size = INT64_MAX; /* together too much */
    inner = put_parent(&w, y, ODD);
    root = put_index(
        &w, (const struct child[]){{inner, MEDIA_OCI_INDEX, NULL}, {x, ODD, NULL}}, 2);
    plan = (struct plan){&w, (const size_t[]){x, y, SIZE_MAX}};
    graph_watch(g, leave_out, &plan);
    assert_int_equal(add_root(g, &w, root, NULL, &err), 0);
    assert_complete(g, &w, false);
    assert_members(g, &w, (const size_t[]){root, inner, SIZE_MAX},
                   (const size_t[]){x, y, SIZE_MAX});
    walk = graph_walk_new(g);
    graph_walk_root(walk, graph_root(g, 0), count_visit, &visits);
    assert_int_equal(visits, 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_omitted_children),
        cmocka_unit_test(keeps_children_needed_elsewhere),
        cmocka_unit_test(keeps_children_needed_as_blobs),
        cmocka_unit_test(omits_nested_indexes),
    };

    return cmocka_run_group_tests_name("graph, left out", tests, NULL, NULL);
}
