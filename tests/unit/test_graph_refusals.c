/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals and limits of a graph. */
#include "config.h"
#include "tests/unit/graph_world.h"
#include "oci/graph_walk.h"

/* An object with the media type of a document must be one. */
static void
refuses_broken_unknown_documents(void **state)
{
    CLEANUP(world_release) struct world w = {.count = 0};
    CLEANUP(graph_release) struct graph *g = graph_new(ERR_INTEGRITY);
    struct err err = ERR_INIT;
    size_t odd = put_text(&w, "{\"schemaVersion\":2,\"mediaType\":\"" ODD "\"}");
    size_t root = put_parent(&w, odd, ODD);

    (void)state;
    assert_int_equal(add_root(g, &w, root, MEDIA_OCI_INDEX, &err), 0);
    assert_int_equal(drive(g, &w, false, &err), -1);
    assert_int_equal(err.kind, ERR_INTEGRITY);
    assert_string_equal(err_reason_word(err.reason), "format");
    assert_memory_equal(err.msg, "sha256:", 7);
}

static void
refuses_conflicting_sizes(void **state)
{
    static const enum err_kind kinds[] = {ERR_PROTOCOL, ERR_INTEGRITY};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        CLEANUP(world_release) struct world w = {.count = 0};
        CLEANUP(graph_release) struct graph *g = graph_new(kinds[i]);
        struct err err = ERR_INIT;
        size_t c = put_text(&w, "{}"), l = put_text(&w, "1"), a, b;
        uint32_t id = 77;

        a = put_image(&w, c, (const size_t[]){l, SIZE_MAX});
        w.things[l].size = 5;
        b = put_image(&w, c, (const size_t[]){l, SIZE_MAX});
        assert_int_equal(add_root(g, &w, a, NULL, &err), 0);
        assert_int_equal(add_root(g, &w, b, NULL, &err), 0);
        assert_int_equal(graph_add_root(g, &w.things[a].digest, 1, NULL, &id, &err), -1);
        assert_int_equal(err.kind, kinds[i]);
        assert_string_equal(err_reason_word(err.reason), "size");
        assert_int_equal(id, 77);
        err = (struct err)ERR_INIT;
        assert_int_equal(drive(g, &w, false, &err), -1);
        assert_int_equal(err.kind, kinds[i]);
        assert_string_equal(err_reason_word(err.reason), "size");
    }
}

/* A chain of indexes above an image: the image stands that deep. */
static size_t
put_chain(struct world *w, size_t indexes, size_t made[16])
{
    const char *type = MEDIA_OCI_MANIFEST;
    size_t top = put_image(w, put_text(w, "{}"), (const size_t[]){SIZE_MAX});

    for (size_t i = 0; i < indexes; i++) {
        made[i] = top;
        top = put_parent(w, top, type);
        type = MEDIA_OCI_INDEX;
    }
    return top;
}

static void
limits_depth(void **state)
{
    (void)state;
    for (size_t depth = 8; depth <= 9; depth++) {
        CLEANUP(world_release) struct world w = {.count = 0};
        CLEANUP(graph_release) struct graph *g = graph_new(ERR_PROTOCOL);
        CLEANUP(graph_release) struct graph *bundle = graph_new(ERR_INTEGRITY);
        CLEANUP(graph_release) struct graph *roots = graph_new(ERR_PROTOCOL);
        struct err err = ERR_INIT;
        size_t made[16], top = put_chain(&w, depth, made);
        bool fits = depth == 8;

        assert_int_equal(add_root(g, &w, top, NULL, &err), 0);
        assert_int_equal(drive(g, &w, false, &err), fits ? 0 : -1);
        if (!fits)
            assert_int_equal(err.kind, ERR_LIMIT);
        assert_int_equal(add_root(bundle, &w, top, NULL, &err), 0);
        assert_int_equal(drive(bundle, &w, false, &err), fits ? 0 : -1);
        if (!fits)
            assert_int_equal(err.kind, ERR_INTEGRITY);
        /* every one a root as well: nothing is deep when it is first seen */
        for (size_t i = 0; i < depth; i++)
            assert_int_equal(add_root(roots, &w, made[i], NULL, &err), 0);
        assert_int_equal(add_root(roots, &w, top, NULL, &err), 0);
        assert_int_equal(drive(roots, &w, false, &err), 0);
        err = (struct err)ERR_INIT;
        assert_int_equal(graph_finish(roots, &err), fits ? 0 : -1);
        assert_int_equal(err.kind, fits ? ERR_NONE : ERR_LIMIT);
    }
}

/* Only forged digests make a circle; the caller would have refused the bytes. */
static void
refuses_cycles(void **state)
{
    CLEANUP(world_release) struct world w = {.count = 0};
    CLEANUP(graph_release) struct graph *g = graph_new(ERR_PROTOCOL);
    struct err err = ERR_INIT;
    size_t a = put_text(&w, "a"), real = a;

    (void)state;
    w.things[a].size = 100;
    for (int round = 0; round < 2; round++) { /* the first one finds out the size */
        real = put_parent(&w, put_parent(&w, a, MEDIA_OCI_INDEX), MEDIA_OCI_INDEX);
        w.things[a].size = w.things[real].size;
    }
    free(w.things[a].bytes);
    w.things[a].bytes = xstrdup(w.things[real].bytes);
    assert_int_equal(add_root(g, &w, a, NULL, &err), 0);
    assert_int_equal(drive(g, &w, false, &err), 0);
    assert_int_equal(graph_finish(g, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
}

static void
refuses_documents_of_another_kind(void **state)
{
    static const char schema1[] =
        "application/vnd.docker.distribution.manifest.v1+prettyjws";
    static const struct {
        const char *type;
        enum err_kind kind;
    } cases[] = {
        {MEDIA_OCI_INDEX, ERR_INTEGRITY}, /* of an image */
        {schema1, ERR_PROTOCOL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(world_release) struct world w = {.count = 0};
        CLEANUP(graph_release) struct graph *g = graph_new(ERR_INTEGRITY);
        CLEANUP(graph_release) struct graph *late = graph_new(ERR_INTEGRITY);
        struct err err = ERR_INIT;
        size_t image = put_image(&w, put_text(&w, "{}"), (const size_t[]){SIZE_MAX});
        size_t root = put_parent(&w, image, cases[i].type);

        assert_int_equal(add_root(g, &w, root, NULL, &err), 0);
        assert_int_equal(drive(g, &w, false, &err), -1);
        assert_int_equal(err.kind, cases[i].kind);
        /* also when the image was read before */
        assert_int_equal(add_root(late, &w, image, MEDIA_OCI_MANIFEST, &err), 0);
        assert_int_equal(drive(late, &w, false, &err), 0);
        err = (struct err)ERR_INIT;
        assert_int_equal(add_root(late, &w, image, cases[i].type, &err), -1);
        assert_int_equal(err.kind, cases[i].kind);
    }
}

static void
refuses_invalid_roots(void **state)
{
    CLEANUP(graph_release) struct graph *g = graph_new(ERR_INTEGRITY);
    CLEANUP(graph_release) struct graph *servers = graph_new(ERR_PROTOCOL);
    struct digest digest = {.alg = DIGEST_SHA512};
    struct err err = ERR_INIT;
    uint32_t id = 77;

    (void)state;
    assert_int_equal(graph_add_root(g, &digest, 5, NULL, &id, &err), -1);
    assert_int_equal(err.kind, ERR_PROTOCOL);
    digest.alg = DIGEST_SHA256;
    assert_int_equal(graph_add_root(g, &digest, DOCUMENT_BYTES_MAX + 1, NULL, &id, &err),
                     -1);
    assert_int_equal(err.kind, ERR_INTEGRITY);
    assert_int_equal(
        graph_add_root(servers, &digest, DOCUMENT_BYTES_MAX + 1, NULL, &id, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_int_equal(id, 77);
}

static void
refuses_broken_documents(void **state)
{
    static const struct {
        const char *bytes, *reason;
        enum err_kind kind;
    } cases[] = {
        {"{", "json", ERR_INTEGRITY},
        {"{\"schemaVersion\":2}", "format", ERR_INTEGRITY},
        {"{\"schemaVersion\":1}", NULL, ERR_PROTOCOL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(world_release) struct world w = {.count = 0};
        CLEANUP(graph_release) struct graph *g = graph_new(ERR_INTEGRITY);
        struct err err = ERR_INIT;

        assert_int_equal(add_root(g, &w, put_text(&w, cases[i].bytes), NULL, &err), 0);
        assert_int_equal(drive(g, &w, false, &err), -1);
        assert_int_equal(err.kind, cases[i].kind);
        if (cases[i].reason)
            assert_string_equal(err_reason_word(err.reason), cases[i].reason);
        assert_int_equal(graph_finish(g, &err), -1); /* it is still missing */
    }
}

static void
detects_documents_never_fed(void **state)
{
    CLEANUP(world_release) struct world w = {.count = 0};
    CLEANUP(graph_release) struct graph *g = graph_new(ERR_INTEGRITY);
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(add_root(g, &w, put_text(&w, "x"), NULL, &err), 0);
    assert_int_equal(graph_finish(g, &err), -1);
    assert_int_equal(err.kind, ERR_INTEGRITY);
    assert_int_not_equal(graph_next(g), GRAPH_NONE);
    assert_int_equal(graph_next(g), GRAPH_NONE);
    assert_int_equal(graph_finish(g, &err), -1);
}

static void
limits_the_total_size(void **state)
{
    CLEANUP(world_release) struct world w = {.count = 0};
    CLEANUP(graph_release) struct graph *g = graph_new(ERR_PROTOCOL);
    struct err err = ERR_INIT;
    size_t c = put_text(&w, "{}"), l = put_text(&w, "1"), image;

    (void)state;
    w.things[l].size = INT64_MAX;
    image = put_image(&w, c, (const size_t[]){l, SIZE_MAX});
    assert_int_equal(add_root(g, &w, image, NULL, &err), 0);
    assert_int_equal(drive(g, &w, false, &err), 0);
    assert_int_equal(graph_finish(g, &err), -1);
    assert_int_equal(err.kind, ERR_PROTOCOL);
    assert_string_equal(err_reason_word(err.reason), "size");
}

static void
refuses_an_empty_graph(void **state)
{
    CLEANUP(graph_release) struct graph *g = graph_new(ERR_PROTOCOL);
    struct digest digest = {.alg = DIGEST_SHA256};
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(graph_next(g), GRAPH_NONE);
    assert_int_equal(graph_find(g, &digest), GRAPH_NONE);
    assert_int_equal(graph_finish(g, &err), 0);
    assert_int_equal(graph_count(g), 0);
    graph_free(NULL);
    graph_walk_free(NULL);
}

/* ---- many ---- */

/* An index of 10,000 layers numbered from first on, each with a platform of its own. */
static char *
many_layers(size_t first, size_t *len)
{
    CLEANUP(buf_release) struct buf b = BUF_INIT(8U << 20);

    assert_int_equal(buf_add_text(&b, "{\"schemaVersion\":2,\"manifests\":["), 0);
    for (size_t i = first; i < first + DOCUMENT_DESCRIPTORS_MAX; i++)
        assert_int_equal(buf_addf(&b,
                                  "%s{\"mediaType\":\"%s\",\"digest\":\"sha256:%064zx\","
                                  "\"size\":1,\"platform\":{\"os\":\"%zu\"}}",
                                  i > first ? "," : "", LAYER, i, i % 100),
                         0);
    assert_int_equal(buf_add_text(&b, "]}"), 0);
    *len = b.len;
    return buf_steal(&b);
}

/* Ten indexes of ten thousand do not fit, with themselves they are too many. */
static void
limits_the_number_of_objects(void **state)
{
    CLEANUP(graph_release) struct graph *g = graph_new(ERR_PROTOCOL);
    struct err err = ERR_INIT;
    size_t done = 0;
    int rc = 0;

    (void)state;
    for (; rc == 0 && done < 10; done += rc == 0) {
        struct digest digest = {.alg = DIGEST_SHA256, .raw = {0xff, (unsigned char)done}};
        size_t len;
        char *json = many_layers(done * DOCUMENT_DESCRIPTORS_MAX, &len);
        uint32_t id;

        assert_int_equal(graph_add_root(g, &digest, len, MEDIA_OCI_INDEX, &id, &err), 0);
        assert_int_equal(graph_next(g), id);
        rc = graph_feed(g, id, json, len, &err);
        free(json);
    }
    assert_int_equal(rc, -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_int_equal(done, 9);
    assert_int_equal(graph_count(g), GRAPH_OBJECTS_MAX);
}

static void
accepts_the_maximum_number_of_objects(void **state)
{
    CLEANUP(graph_release) struct graph *g = graph_new(ERR_PROTOCOL);
    struct err err = ERR_INIT;

    (void)state;
    /* each half overlaps the one before */
    for (size_t i = 0; i < 12; i++) {
        struct digest digest = {.alg = DIGEST_SHA256, .raw = {0xff, (unsigned char)i}};
        size_t len;
        char *json = many_layers(i * DOCUMENT_DESCRIPTORS_MAX / 2, &len);
        uint32_t id;

        assert_int_equal(graph_add_root(g, &digest, len, MEDIA_OCI_INDEX, &id, &err), 0);
        assert_int_equal(graph_next(g), id);
        assert_int_equal(graph_feed(g, id, json, len, &err), 0);
        free(json);
    }
    assert_int_equal(graph_finish(g, &err), 0);
    assert_int_equal(graph_count(g), 65012);
    assert_int_equal(graph_order(g)[11], graph_root(g, 11));
    for (size_t i = 12; i < graph_count(g); i++) {
        const struct digest *d = &graph_object(g, graph_order(g)[i])->digest;

        assert_int_equal((size_t)d->raw[30] << 8 | d->raw[31], (i - 12) & 0xffff);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_broken_unknown_documents),
        cmocka_unit_test(refuses_conflicting_sizes),
        cmocka_unit_test(limits_depth),
        cmocka_unit_test(refuses_cycles),
        cmocka_unit_test(refuses_documents_of_another_kind),
        cmocka_unit_test(refuses_invalid_roots),
        cmocka_unit_test(refuses_broken_documents),
        cmocka_unit_test(detects_documents_never_fed),
        cmocka_unit_test(limits_the_total_size),
        cmocka_unit_test(refuses_an_empty_graph),
        cmocka_unit_test(limits_the_number_of_objects),
        cmocka_unit_test(accepts_the_maximum_number_of_objects),
    };

    return cmocka_run_group_tests_name("graph_refusals", tests, NULL, NULL);
}
