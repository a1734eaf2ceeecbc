/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/graph_world.h"

#include "ops/plan/failures.h"

#define ATTESTED                                                                         \
    ",\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\"}"

static const struct events nobody = {.emit = NULL};

static void
failures_release(struct failures **g)
{
    failures_free(*g);
}

/* Two platforms that share a config, an attestation of one, and an index above. */
struct images {
    struct world w;
    size_t config, layers[3], a, b, attestation, index, outer, cache;
};

static void
images_make(struct images *m)
{
    *m = (struct images){.w.count = 0};
    m->config = put_text(&m->w, "{}");
    m->layers[0] = put_text(&m->w, "0");
    m->layers[1] = put_text(&m->w, "1");
    m->layers[2] = put_text(&m->w, "2");
    m->a = put_image(&m->w, m->config, (const size_t[]){m->layers[0], SIZE_MAX});
    m->b = put_image(&m->w, m->config, (const size_t[]){m->layers[1], SIZE_MAX});
    m->attestation = put_image(&m->w, m->layers[2], (const size_t[]){SIZE_MAX});
    m->index =
        put_index(&m->w,
                  (const struct child[]){{m->a, MEDIA_OCI_MANIFEST, NULL},
                                         {m->b, MEDIA_OCI_MANIFEST, NULL},
                                         {m->attestation, MEDIA_OCI_MANIFEST, ATTESTED}},
                  3);
    m->outer = put_parent(&m->w, m->index, MEDIA_OCI_INDEX);
    m->cache = put_index(&m->w,
                         (const struct child[]){{m->layers[0], LAYER, NULL},
                                                {m->b, MEDIA_OCI_MANIFEST, NULL}},
                         2);
}

/* The bits of what is lost, by number of the thing. */
static unsigned
lost_of(struct failures *g, const struct images *m)
{
    unsigned bits = 0;

    for (size_t i = 0; i < m->w.count; i++)
        bits |= (unsigned)failures_has(g, &m->w.things[i].digest) << i;
    return bits;
}

static void
marks_dependents_as_lost(void **state)
{
    struct images m;

    (void)state;
    images_make(&m);
    {
        const unsigned a = 1U << m.a, b = 1U << m.b, index = 1U << m.index,
                       attestation = 1U << m.attestation, outer = 1U << m.outer,
                       cache = 1U << m.cache, first = 1U << m.layers[0],
                       second = 1U << m.layers[1], third = 1U << m.layers[2],
                       config = 1U << m.config;
        const struct {
            const char *name;
            unsigned failures, lost; /* lost: beside the gaps */
        } cases[] = {
            {"nothing", 0, 0},
            {"a layer of one platform", second, b},
            {"a layer that is a part of a cache, too", first, a | cache},
            {"a layer of each platform", first | second, a | b | index | outer | cache},
            {"the config of all", config, a | b | index | outer},
            {"an attestation", third, attestation},
            {"a manifest", b, 0},
            {"both manifests", a | b, index | outer},
            {"the index", index, outer},
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
            CLEANUP(failures_release) struct failures *g = failures_new(&nobody);
            CLEANUP(graph_release) struct graph *graph = graph_new(ERR_PROTOCOL);
            struct err err = ERR_INIT;

            assert_int_equal(add_root(graph, &m.w, m.outer, NULL, &err), 0);
            assert_int_equal(add_root(graph, &m.w, m.cache, NULL, &err), 0);
            assert_complete(graph, &m.w, false);
            for (size_t t = 0; t < m.w.count; t++) {
                if (cases[i].failures & 1U << t)
                    failures_lose(g, &m.w.things[t].digest);
            }
            failures_spread(g, graph);
            if (lost_of(g, &m) != (cases[i].failures | cases[i].lost))
                fail_msg("%s: %x", cases[i].name, lost_of(g, &m));
        }
    }
    world_release(&m.w);
}

static void
only_remote_failures_are_gaps(void **state)
{
    static const struct {
        enum err_kind kind;
        bool is_gap;
    } cases[] = {
        {ERR_INTERNAL, false}, {ERR_USAGE, false},   {ERR_AUTH, true},
        {ERR_NETWORK, true},   {ERR_PROTOCOL, true}, {ERR_INTEGRITY, true},
        {ERR_TRUST, false},    {ERR_LOCAL, false},   {ERR_NOT_FOUND, true},
        {ERR_PARTIAL, false},  {ERR_LIMIT, true},    {ERR_CONFLICT, false},
        {ERR_SIGNAL, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(failures_release) struct failures *g = failures_new(&nobody);
        const struct reference ref = {.host = "a.b", .path = "c", .tag = "1"};
        struct err err = ERR_INIT;
        size_t count;

        err_set(&err, cases[i].kind, "why");
        assert_int_equal(failures_note_name(NULL, &ref, &err), -1);
        assert_int_equal(failures_note_name(g, &ref, &err), cases[i].is_gap ? 0 : -1);
        assert_int_equal(err.kind, cases[i].is_gap ? ERR_NONE : cases[i].kind);
        assert_int_equal(failures_count(g), cases[i].is_gap);
        if (cases[i].is_gap) {
            assert_string_equal(failures_items(g, &count)->message, "why");
            assert_int_equal(failures_items(g, &count)->kind, cases[i].kind);
        }
    }
}

static void
names_the_image_of_a_blob(void **state)
{
    CLEANUP(failures_release) struct failures *g = failures_new(&nobody);
    CLEANUP(graph_release) struct graph *graph = graph_new(ERR_PROTOCOL);
    const struct reference ref = {.host = "a.b", .path = "c", .tag = "1"};
    struct err err = ERR_INIT;
    const struct failure *gap;
    struct images m;
    size_t count;

    (void)state;
    images_make(&m);
    assert_int_equal(add_root(graph, &m.w, m.index, NULL, &err), 0);
    assert_complete(graph, &m.w, false);
    err_set(&err, ERR_NOT_FOUND, "gone");
    assert_int_equal(failures_note_object(g, FAILURE_BLOB, &ref,
                                          &m.w.things[m.layers[1]].digest, &err),
                     0);
    failures_spread(g, graph);
    gap = failures_items(g, &count);
    assert_int_equal(count, 1);
    assert_true(gap->has_needer);
    assert_true(digest_equal(&gap->needer, &m.w.things[m.b].digest));
    world_release(&m.w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_dependents_as_lost),
        cmocka_unit_test(only_remote_failures_are_gaps),
        cmocka_unit_test(names_the_image_of_a_blob),
    };

    return cmocka_run_group_tests_name("gaps", tests, NULL, NULL);
}
