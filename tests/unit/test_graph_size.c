/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/graph_world.h"

#include "oci/graph_size.h"

/* Leaves out one thing wherever an index lists it. */
struct size_omitting {
    const struct world *w;
    size_t thing;
};

static void
leave_out_thing(void *ctx, const struct document *doc, bool *omit)
{
    const struct size_omitting *o = ctx;

    for (size_t i = 0; doc->kind == MEDIA_INDEX && i < doc->count; i++)
        omit[i] = digest_equal(&doc->edges[i].digest, &o->w->things[o->thing].digest);
}

/* The sizes of things together; the list ends with SIZE_MAX. */
static uint64_t
bytes_of(const struct world *w, const size_t *things)
{
    uint64_t bytes = 0;

    for (size_t i = 0; things[i] != SIZE_MAX; i++)
        bytes += w->things[things[i]].size;
    return bytes;
}

static void
counts_each_object_of_a_root_once(void **state)
{
    enum { CONFIG_A, LAYER_A, LAYER_B, ONE, TWO, BOTH, NESTED, ODD_ONE, ODD_PAIR };
    static const struct {
        size_t root, omitted;
        size_t counted[8];
    } table[] = {
        {ONE, SIZE_MAX, {CONFIG_A, LAYER_A, ONE, SIZE_MAX}},
        /* a layer that stands twice in one image */
        {TWO, SIZE_MAX, {CONFIG_A, LAYER_A, LAYER_B, TWO, SIZE_MAX}},
        /* what two children share */
        {BOTH, SIZE_MAX, {CONFIG_A, LAYER_A, LAYER_B, ONE, TWO, BOTH, SIZE_MAX}},
        {BOTH, TWO, {CONFIG_A, LAYER_A, ONE, BOTH, SIZE_MAX}},
        /* a child that is listed twice, and again by a nested index */
        {NESTED,
         SIZE_MAX,
         {CONFIG_A, LAYER_A, LAYER_B, ONE, TWO, BOTH, NESTED, SIZE_MAX}},
        /* a manifest that is a layer of another image, too */
        {ODD_PAIR, SIZE_MAX, {CONFIG_A, LAYER_A, ONE, ODD_ONE, ODD_PAIR, SIZE_MAX}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(world_release) struct world w = {.count = 0};
        CLEANUP(graph_release) struct graph *g = graph_new(ERR_PROTOCOL);
        CLEANUP(graph_size_release) struct graph_size *size = NULL;
        struct size_omitting omitting = {&w, table[i].omitted};
        struct err err = ERR_INIT;
        uint32_t id;

        put_text(&w, "{\"config\":1}");
        put_text(&w, "a layer");
        put_text(&w, "another layer, which is longer");
        put_image(&w, CONFIG_A, (const size_t[]){LAYER_A, SIZE_MAX});
        put_image(&w, CONFIG_A, (const size_t[]){LAYER_A, LAYER_B, LAYER_A, SIZE_MAX});
        put_index(&w,
                  (const struct child[]){{ONE, MEDIA_OCI_MANIFEST, NULL},
                                         {TWO, MEDIA_OCI_MANIFEST, NULL}},
                  2);
        put_index(&w,
                  (const struct child[]){{BOTH, MEDIA_OCI_INDEX, NULL},
                                         {ONE, MEDIA_OCI_MANIFEST, NULL},
                                         {ONE, MEDIA_OCI_MANIFEST, NULL}},
                  3);
        put_image(&w, CONFIG_A, (const size_t[]){ONE, SIZE_MAX});
        put_index(&w,
                  (const struct child[]){{ONE, MEDIA_OCI_MANIFEST, NULL},
                                         {ODD_ONE, MEDIA_OCI_MANIFEST, NULL}},
                  2);
        if (table[i].omitted != SIZE_MAX)
            graph_watch(g, leave_out_thing, &omitting);
        assert_int_equal(add_root(g, &w, table[i].root, NULL, &err), 0);
        assert_complete(g, &w, false);
        size = graph_size_new(g);
        id = graph_root(g, 0);
        assert_int_equal(graph_size_add(size, id), bytes_of(&w, table[i].counted));
        /* and again for each root that is queried */
        assert_int_equal(graph_size_add(size, id), bytes_of(&w, table[i].counted));
    }
}

static void
counts_what_roots_share_for_each_of_them(void **state)
{
    CLEANUP(world_release) struct world w = {.count = 0};
    CLEANUP(graph_release) struct graph *g = graph_new(ERR_PROTOCOL);
    CLEANUP(graph_size_release) struct graph_size *size = NULL;
    struct err err = ERR_INIT;
    size_t config = put_text(&w, "{}"), shared = put_text(&w, "a shared layer");
    size_t own = put_text(&w, "its own");
    size_t small = put_image(&w, config, (const size_t[]){shared, SIZE_MAX});
    size_t large = put_image(&w, config, (const size_t[]){shared, own, SIZE_MAX});

    (void)state;
    assert_int_equal(add_root(g, &w, small, MEDIA_OCI_MANIFEST, &err), 0);
    assert_int_equal(add_root(g, &w, large, MEDIA_OCI_MANIFEST, &err), 0);
    assert_complete(g, &w, false);
    size = graph_size_new(g);
    assert_int_equal(graph_size_add(size, graph_root(g, 0)),
                     bytes_of(&w, (const size_t[]){config, shared, small, SIZE_MAX}));
    assert_int_equal(
        graph_size_add(size, graph_root(g, 1)),
        bytes_of(&w, (const size_t[]){config, shared, own, large, SIZE_MAX}));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_each_object_of_a_root_once),
        cmocka_unit_test(counts_what_roots_share_for_each_of_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
