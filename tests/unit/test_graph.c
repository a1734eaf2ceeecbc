/* SPDX-License-Identifier: Apache-2.0 */
/* Graphs of images of all shapes. */
#include "config.h"
#include "tests/unit/graph_world.h"
#include "oci/graph_walk.h"

/* ---- shapes ---- */

/* Four platforms on one base layer, each with its attestation. */
static void
four_platforms(struct world *w, size_t *root, size_t order[32])
{
    static const char *const arch[] = {"amd64", "arm64", "s390x", "riscv64"};
    struct child children[8];
    char more[8][128];
    size_t images[8], configs[8], own[8], base = put_text(w, "base layer"), n = 0;

    for (size_t i = 0; i < 8; i++) {
        configs[i] = put(w, xasprintf("{\"config\":%zu}", i));
        own[i] = put(w, xasprintf("layer %zu", i));
        images[i] = put_image(w, configs[i],
                              i < 4 ? (const size_t[]){base, own[i], SIZE_MAX}
                                    : (const size_t[]){own[i], SIZE_MAX});
        snprintf(more[i], sizeof(more[i]),
                 i < 4 ? ",\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"}"
                       : ",\"annotations\":{\"vnd.docker.reference.type\":\"for %s\"}",
                 arch[i % 4]);
        children[i] = (struct child){images[i], MEDIA_OCI_MANIFEST, more[i]};
    }
    *root = put_index(w, children, 8);
    order[n++] = *root;
    for (size_t i = 0; i < 8; i++)
        order[n++] = images[i];
    for (size_t i = 0; i < 8; i++)
        order[n++] = configs[i];
    order[n++] = base;
    for (size_t i = 0; i < 8; i++)
        order[n++] = own[i];
    order[n] = SIZE_MAX;
}

static void
walks_platforms(void **state)
{
    (void)state;
    for (int newest_first = 0; newest_first < 2; newest_first++) {
        CLEANUP(world_release) struct world w = {.count = 0};
        CLEANUP(graph_release) struct graph *g = graph_new(ERR_PROTOCOL);
        const struct graph_object *o;
        struct err err = ERR_INIT;
        size_t root, order[32];

        four_platforms(&w, &root, order);
        assert_int_equal(add_root(g, &w, root, MEDIA_OCI_INDEX, &err), 0);
        assert_complete(g, &w, newest_first);
        assert_order(g, &w, order);
        assert_int_equal(w.fed, 9);
        o = object_of(g, &w, root);
        assert_int_equal(o->kind, MEDIA_INDEX);
        assert_int_equal(o->role, ROLE_DOCUMENT);
        assert_false(o->has_parent_child_edge);
        assert_int_equal(o->edge_count, 8);
        assert_string_equal(graph_platform(g, &o->edges[1]), "linux/arm64");
        assert_string_equal(graph_platform(g, &o->edges[4]), "");
        assert_false(o->edges[3].is_attestation);
        assert_true(o->edges[4].is_attestation);
        o = graph_object(g, o->edges[0].to);
        assert_int_equal(o->kind, MEDIA_MANIFEST);
        assert_true(o->has_parent_child_edge);
        assert_int_equal(o->depth, 1);
        assert_int_equal(o->edges[0].kind, EDGE_CONFIG);
        assert_int_equal(graph_object(g, o->edges[0].to)->role, ROLE_CONFIG);
        assert_int_equal(graph_object(g, o->edges[1].to)->role, ROLE_OTHER);
        assert_string_equal(graph_object(g, o->edges[1].to)->media_type, LAYER);
        assert_string_equal(graph_media_type(g, &o->edges[1]), LAYER);
    }
}

/* Depth first: what a nested index leads to comes before its next sibling. */
static void
walks_nested_indexes(void **state)
{
    CLEANUP(world_release) struct world w = {.count = 0};
    CLEANUP(graph_release) struct graph *g = graph_new(ERR_PROTOCOL);
    struct err err = ERR_INIT;
    size_t c = put_text(&w, "{}"), l1 = put_text(&w, "1"), l2 = put_text(&w, "2");
    size_t deep = put_image(&w, c, (const size_t[]){l2, SIZE_MAX});
    size_t flat = put_image(&w, c, (const size_t[]){l1, SIZE_MAX});
    size_t inner = put_parent(&w, deep, MEDIA_OCI_MANIFEST);
    size_t root = put_index(&w,
                            (const struct child[]){{inner, MEDIA_OCI_INDEX, NULL},
                                                   {flat, MEDIA_OCI_MANIFEST, NULL}},
                            2);

    (void)state;
    assert_int_equal(add_root(g, &w, root, NULL, &err), 0);
    assert_complete(g, &w, false);
    assert_order(g, &w, (const size_t[]){root, inner, deep, flat, c, l2, l1, SIZE_MAX});
    assert_int_equal(object_of(g, &w, deep)->depth, 2);
}

struct visits {
    size_t as_document, as_blob;
    uint32_t last;
};

static void
count_visit(void *ctx, uint32_t id, bool as_document)
{
    struct visits *v = ctx;

    if (as_document)
        v->as_document++;
    else
        v->as_blob++;
    v->last = id;
}

/* Eight levels of two, all pointing at all of the next: 2^8 ways, 16 documents. */
static void
visits_shared_children_once(void **state)
{
    CLEANUP(world_release) struct world w = {.count = 0};
    CLEANUP(graph_release) struct graph *g = graph_new(ERR_PROTOCOL);
    CLEANUP(graph_walk_release) struct graph_walk *walk = NULL;
    struct err err = ERR_INIT;
    struct visits v = {0};
    size_t c = put_text(&w, "{}"), a = put_image(&w, c, (const size_t[]){SIZE_MAX});
    size_t b = put_image(&w, c, (const size_t[]){c, SIZE_MAX});
    const char *type = MEDIA_OCI_MANIFEST;

    (void)state;
    for (int level = 0; level < 7; level++) {
        const struct child both[] = {{a, type, NULL}, {b, type, NULL}, {a, type, NULL}};
        size_t next = put_index(&w, both, 2);

        b = put_index(&w, both + 1, 2);
        a = next;
        type = MEDIA_OCI_INDEX;
    }
    a = put_index(&w, (const struct child[]){{a, type, NULL}, {b, type, NULL}}, 2);
    assert_int_equal(add_root(g, &w, a, type, &err), 0);
    assert_complete(g, &w, true);
    assert_int_equal(w.fed, 17);
    assert_int_equal(graph_count(g), 18);
    walk = graph_walk_new(g);
    for (int round = 0; round < 2; round++) {
        v = (struct visits){0};
        graph_walk_root(walk, graph_root(g, 0), count_visit, &v);
        assert_int_equal(v.as_document, 17);
        assert_int_equal(v.as_blob, 1);
    }
}

static void
accepts_a_repeated_layer(void **state)
{
    CLEANUP(world_release) struct world w = {.count = 0};
    CLEANUP(graph_release) struct graph *g = graph_new(ERR_PROTOCOL);
    struct err err = ERR_INIT;
    size_t c = put_text(&w, "{}"), l = put_text(&w, ""); /* an empty blob is legal */
    size_t image = put_image(&w, c, (const size_t[]){l, l, l, SIZE_MAX});

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(add_root(g, &w, image, MEDIA_OCI_MANIFEST, &err), 0);
    assert_complete(g, &w, false);
    assert_order(g, &w, (const size_t[]){image, c, l, SIZE_MAX});
    assert_int_equal(graph_root_count(g), 3);
    assert_int_equal(graph_root(g, 0), graph_root(g, 2));
    assert_int_equal(object_of(g, &w, image)->edge_count, 4);
}

/* BuildKit's cache: an index of layers, and a config of a type only it knows. */
static void
walks_build_caches(void **state)
{
    CLEANUP(world_release) struct world w = {.count = 0};
    CLEANUP(graph_release) struct graph *g = graph_new(ERR_PROTOCOL);
    struct err err = ERR_INIT;
    size_t l1 = put_text(&w, "1"), l2 = put_text(&w, "2");
    size_t c = put_text(&w, "{\"layers\":[]}"), odd = put_text(&w, "{\"odd\":1}");
    size_t root = put_index(
        &w,
        (const struct child[]){{l1, LAYER, NULL},
                               {l2, LAYER, NULL},
                               {c, "application/vnd.buildkit.cacheconfig.v0", NULL},
                               {odd, ODD, NULL}},
        4);

    (void)state;
    assert_int_equal(add_root(g, &w, root, MEDIA_OCI_INDEX, &err), 0);
    assert_complete(g, &w, false);
    assert_int_equal(w.fed, 2); /* the index and the unknown document */
    assert_int_equal(object_of(g, &w, odd)->state, GRAPH_BLOB);
    assert_string_equal(object_of(g, &w, odd)->media_type, ODD);
    assert_order(g, &w, (const size_t[]){root, l1, l2, c, odd, SIZE_MAX});
}

/* One digest, all roles: the strongest decides where it stands. */
static void
knows_the_roles_of_objects(void **state)
{
    (void)state;
    for (int newest_first = 0; newest_first < 2; newest_first++) {
        CLEANUP(world_release) struct world w = {.count = 0};
        CLEANUP(graph_release) struct graph *g = graph_new(ERR_PROTOCOL);
        CLEANUP(graph_walk_release) struct graph_walk *walk = NULL;
        struct err err = ERR_INIT;
        struct visits v = {0};
        size_t c = put_text(&w, "{}"), l = put_text(&w, "1");
        size_t inner = put_image(&w, c, (const size_t[]){l, SIZE_MAX});
        size_t carrier = put_image(&w, c, (const size_t[]){inner, c, l, SIZE_MAX});
        size_t odd = put_image(&w, inner, (const size_t[]){SIZE_MAX});
        size_t parent = put_parent(&w, inner, MEDIA_OCI_MANIFEST);

        assert_int_equal(add_root(g, &w, carrier, MEDIA_OCI_MANIFEST, &err), 0);
        assert_int_equal(add_root(g, &w, odd, MEDIA_OCI_MANIFEST, &err), 0);
        assert_int_equal(feed_one(g, &w, graph_next(g), &err), 0);
        assert_int_equal(object_of(g, &w, inner)->state, GRAPH_BLOB);
        assert_int_equal(add_root(g, &w, parent, MEDIA_OCI_INDEX, &err), 0);
        assert_complete(g, &w, newest_first);
        assert_int_equal(object_of(g, &w, inner)->state, GRAPH_DOCUMENT);
        assert_int_equal(object_of(g, &w, c)->role, ROLE_CONFIG);
        /* inner comes where it is a document, behind the parent that says so */
        assert_order(g, &w,
                     (const size_t[]){carrier, odd, parent, inner, c, l, SIZE_MAX});
        walk = graph_walk_new(g);
        graph_walk_root(walk, graph_root(g, 0), count_visit, &v);
        assert_int_equal(v.as_document, 1);
        assert_int_equal(v.as_blob, 3);
        graph_walk_root(walk, graph_root(g, 2), count_visit, &v);
        assert_int_equal(v.as_document, 3);
        assert_int_equal(v.as_blob, 5);
        assert_int_equal(v.last, graph_find(g, &w.things[l].digest));
    }
}

/* ---- unknown types ---- */

#define ODD_IMAGE                                                                        \
    "{\"schemaVersion\":2,\"mediaType\":\"" ODD "\",\"config\":{\"mediaType\":\"a/b\","  \
    "\"digest\":\"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff" \
    "8a\",\"size\":2},\"layers\":[]}"

static void
treats_unknown_documents_as_blobs(void **state)
{
    static const struct {
        const char *first, *second; /* the types two indexes list it by */
        bool is_document;
    } cases[] = {
        {ODD, "application/x", true},
        {"application/x", ODD, true},
        {"application/x", "text/y", false},

        {LAYER, ODD, true},
        {LAYER, "text/y", false},
        {MEDIA_OCI_MANIFEST, "text/y", true},
    };

    (void)state;
    for (size_t i = 0; i < 2 * COUNT_OF(cases); i++) {
        CLEANUP(world_release) struct world w = {.count = 0};
        CLEANUP(graph_release) struct graph *g = graph_new(ERR_INTEGRITY);
        struct err err = ERR_INIT;
        size_t odd = put_text(&w, ODD_IMAGE);
        size_t first = put_parent(&w, odd, cases[i / 2].first);
        size_t second = put_parent(&w, odd, cases[i / 2].second);
        bool is_document = cases[i / 2].is_document;

        put_text(&w, "{}");
        print_message("# %s, %s\n", cases[i / 2].first, cases[i / 2].second);
        assert_int_equal(add_root(g, &w, first, MEDIA_OCI_INDEX, &err), 0);
        if (i % 2 == 0) /* the second parent comes when the bytes were judged */
            assert_int_equal(drive(g, &w, false, &err), 0);
        assert_int_equal(add_root(g, &w, second, MEDIA_OCI_INDEX, &err), 0);
        assert_complete(g, &w, false);
        assert_int_equal(object_of(g, &w, odd)->state,
                         is_document ? GRAPH_DOCUMENT : GRAPH_BLOB);
        assert_int_equal(graph_count(g), is_document ? 4 : 3);
        assert_string_equal(object_of(g, &w, odd)->media_type,
                            is_document ? ODD : cases[i / 2].first);
    }
}

/* A document that does not say what it is goes by what the first parent says. */
static void
keeps_media_types(void **state)
{
    static const char docker[] = "application/vnd.docker.distribution.manifest.v2+json";

    (void)state;
    for (int newest_first = 0; newest_first < 2; newest_first++) {
        CLEANUP(world_release) struct world w = {.count = 0};
        CLEANUP(graph_release) struct graph *g = graph_new(ERR_PROTOCOL);
        struct err err = ERR_INIT;
        size_t image =
            put_text(&w, "{\"schemaVersion\":2,\"config\":{\"digest\":"
                         "\"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe7"
                         "7e8310c060f61caaff8a\",\"size\":2},\"layers\":[]}");
        size_t config = put_text(&w, "{}");
        size_t a = put_index(
            &w, (const struct child[]){{image, docker, NULL}, {config, "text/a", NULL}},
            2);
        size_t b = put_index(&w,
                             (const struct child[]){{image, MEDIA_OCI_MANIFEST, NULL},
                                                    {config, "text/b", NULL}},
                             2);

        assert_int_equal(add_root(g, &w, a, NULL, &err), 0);
        assert_int_equal(add_root(g, &w, b, NULL, &err), 0);
        assert_complete(g, &w, newest_first);
        assert_string_equal(object_of(g, &w, image)->media_type, docker);
        assert_string_equal(object_of(g, &w, config)->media_type, "text/a");
        assert_string_equal(object_of(g, &w, a)->media_type, MEDIA_OCI_INDEX);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_platforms),
        cmocka_unit_test(walks_nested_indexes),
        cmocka_unit_test(visits_shared_children_once),
        cmocka_unit_test(accepts_a_repeated_layer),
        cmocka_unit_test(walks_build_caches),
        cmocka_unit_test(knows_the_roles_of_objects),
        cmocka_unit_test(treats_unknown_documents_as_blobs),
        cmocka_unit_test(keeps_media_types),
    };

    return cmocka_run_group_tests_name("graph", tests, NULL, NULL);
}
