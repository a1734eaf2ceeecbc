/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/graph_world.h"

#include "images/rebuilt_source.h"

enum { ROOTS_MAX = 8 };

/* A set of things of a world, of which some are left out, and the source of its bytes. */
struct gallery {
    struct world w;
    struct image_set set;
    struct image_source source;
    size_t omitted; /* a thing, or SIZE_MAX */
};

static void
leave_out_thing(void *ctx, const struct document *doc, bool *omit)
{
    const struct gallery *g = ctx;

    for (size_t i = 0; g->omitted != SIZE_MAX && i < doc->count; i++)
        omit[i] = digest_equal(&doc->edges[i].digest, &g->w.things[g->omitted].digest);
}

static int
fetch_thing(void *ctx, unsigned worker, const struct image_object *what,
            struct image_document *out, struct err *err)
{
    const struct gallery *g = ctx;

    (void)worker;
    assert_int_equal(out->bytes.len, 0);
    out->digest = *what->digest;
    for (size_t i = 0; i < g->w.count; i++) {
        if (digest_equal(&g->w.things[i].digest, what->digest))
            return buf_add(&out->bytes, g->w.things[i].bytes, g->w.things[i].size);
    }
    return err_set(err, ERR_NOT_FOUND, "it is nowhere");
}

/* roots ends with SIZE_MAX; names: one for each. */
static void
gallery_open(struct gallery *g, const size_t *roots, const char *const *names)
{
    struct image_set *s = &g->set;
    struct err err = ERR_INIT;

    *s = (struct image_set){.graph = graph_new(ERR_PROTOCOL)};
    g->source = (struct image_source){.ctx = g, .fetch_document = fetch_thing};
    graph_watch(s->graph, leave_out_thing, g);
    for (; roots[s->count] != SIZE_MAX; s->count++)
        assert_int_equal(add_root(s->graph, &g->w, roots[s->count],
                                  strstr(g->w.things[roots[s->count]].bytes, "manifests")
                                      ? MEDIA_OCI_INDEX
                                      : MEDIA_OCI_MANIFEST,
                                  &err),
                         0);
    assert_complete(s->graph, &g->w, false);
    s->is_missing = xcalloc(graph_count(s->graph), sizeof(*s->is_missing));
    s->entries = xcalloc(s->count, sizeof(*s->entries));
    for (size_t i = 0; i < s->count; i++) {
        struct reference ref;

        assert_int_equal(reference_parse_name(&ref, names[i], ERR_USAGE, &err), 0);
        image_set_describe(s, i, &ref);
    }
}

static void
gallery_release(struct gallery *g)
{
    image_set_release(&g->set);
    world_release(&g->w);
}

static size_t
put_seeded_image(struct world *w, const char *config)
{
    return put_image(w, put_text(w, config), (const size_t[]){SIZE_MAX});
}

/* A manifest that belongs to a thing. */
static size_t
put_note(struct world *w, size_t config, size_t subject)
{
    CLEANUP(buf_release) struct buf b = BUF_INIT(1U << 20);

    assert_int_equal(buf_addf(&b, "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":",
                              MEDIA_OCI_MANIFEST),
                     0);
    add_descriptor(w, &b, config, CONFIG, "");
    assert_int_equal(buf_add_text(&b, ",\"layers\":[],\"subject\":"), 0);
    add_descriptor(w, &b, subject, MEDIA_OCI_INDEX, "");
    assert_int_equal(buf_add_text(&b, "}"), 0);
    return put(w, buf_steal(&b));
}

/* The bytes of an entry's document, which have its digest and size. */
static char *
text_of_entry(const struct image_source *source, const struct image_entry *e)
{
    CLEANUP(image_document_release) struct image_document doc = IMAGE_DOCUMENT_INIT;
    const struct image_object what = {.digest = &e->digest, .size = e->size};
    struct digest digest;
    struct err err = ERR_INIT;

    assert_int_equal(source->fetch_document(source->ctx, 0, &what, &doc, &err), 0);
    assert_int_equal(doc.bytes.len, e->size);
    assert_int_equal(
        hash_bytes(DIGEST_SHA256, doc.bytes.data, doc.bytes.len, &digest, &err), 0);
    assert_true(digest_equal(&digest, &e->digest));
    return buf_steal(&doc.bytes);
}

static void
replaces_indexes_that_list_what_is_left_out(void **state)
{
    struct gallery g = {.w = {.count = 0}};
    size_t here = put_seeded_image(&g.w, "{\"a\":1}");
    size_t gone = put_seeded_image(&g.w, "{\"a\":2}");
    const struct child both[] = {{here, MEDIA_OCI_MANIFEST, NULL},
                                 {gone, MEDIA_OCI_MANIFEST, NULL}};
    size_t sparse = put_index(&g.w, both, 2), whole = put_index(&g.w, both, 1);
    size_t nest = put_parent(&g.w, sparse, MEDIA_OCI_INDEX);
    size_t plain_nest = put_parent(&g.w, whole, MEDIA_OCI_INDEX);
    const size_t roots[ROOTS_MAX] = {sparse, whole, nest, here, plain_nest, SIZE_MAX};
    const char *const names[] = {"h.test/a:1", "h.test/a:2", "h.test/a:3", "h.test/a:4",
                                 "h.test/a:5"};
    CLEANUP(rebuilt_source_release) struct rebuilt_source made = REBUILT_SOURCE_INIT;
    struct image_source source;
    struct err err = ERR_INIT;

    (void)state;
    g.omitted = gone;
    gallery_open(&g, roots, names);
    assert_int_equal(rebuilt_source_make(&made, &g.set, &g.source, &err), 0);
    source = rebuilt_source(&made);
    assert_int_equal(made.set.count, 5);
    assert_int_equal(made.referrers, 0);
    assert_int_equal(image_set_omitted(&made.set), 0);
    for (size_t i = 0; i < made.set.count; i++) {
        const struct image_entry *e = &made.set.entries[i];
        CLEANUP(mem_free_string) char *text = text_of_entry(&source, e);

        assert_string_equal(e->name, names[i]);
        assert_int_equal(e->is_rebuilt, i == 0 || i == 2);
        assert_true(digest_equal(e->is_rebuilt ? &e->rebuilt_from : &e->digest,
                                 &g.w.things[roots[i]].digest));
        if (i == 0) /* what an index of only the rest looks like */
            assert_string_equal(text, g.w.things[whole].bytes);
        if (i == 2)
            assert_string_equal(text, g.w.things[plain_nest].bytes);
    }
    gallery_release(&g);
}

static void
leaves_out_what_belongs_to_an_old_index(void **state)
{
    struct gallery g = {.w = {.count = 0}};
    size_t config = put_text(&g.w, "{}");
    size_t here = put_seeded_image(&g.w, "{\"a\":1}");
    size_t gone = put_seeded_image(&g.w, "{\"a\":2}");
    const struct child both[] = {{here, MEDIA_OCI_MANIFEST, NULL},
                                 {gone, MEDIA_OCI_MANIFEST, NULL}};
    size_t sparse = put_index(&g.w, both, 2);
    size_t on_index = put_note(&g.w, config, sparse);
    size_t on_note = put_note(&g.w, config, on_index);
    size_t on_child = put_note(&g.w, config, here);
    size_t on_gone = put_note(&g.w, config, gone);
    const size_t roots[ROOTS_MAX] = {on_note, on_index, on_child,
                                     on_gone, sparse,   SIZE_MAX};
    const char *const names[] = {"h.test/a:1", "h.test/a:2", "h.test/a:3", "h.test/a:4",
                                 "h.test/a:5"};
    CLEANUP(rebuilt_source_release) struct rebuilt_source made = REBUILT_SOURCE_INIT;
    struct err err = ERR_INIT;

    (void)state;
    g.omitted = gone;
    gallery_open(&g, roots, names);
    assert_int_equal(rebuilt_source_make(&made, &g.set, &g.source, &err), 0);
    assert_int_equal(made.referrers, 2);
    assert_int_equal(made.set.count, 3);
    for (size_t i = 0; i < made.set.count; i++)
        assert_string_equal(made.set.entries[i].name, names[i + 2]);
    gallery_release(&g);
}

static void
gives_a_name_by_digest_the_new_one(void **state)
{
    struct gallery g = {.w = {.count = 0}};
    size_t here = put_seeded_image(&g.w, "{\"a\":1}");
    size_t gone = put_seeded_image(&g.w, "{\"a\":2}");
    const struct child both[] = {{here, MEDIA_OCI_MANIFEST, NULL},
                                 {gone, MEDIA_OCI_MANIFEST, NULL}};
    size_t sparse = put_index(&g.w, both, 2);
    CLEANUP(rebuilt_source_release) struct rebuilt_source made = REBUILT_SOURCE_INIT;
    CLEANUP(mem_free_string) char *name = NULL;
    char digest[DIGEST_TEXT_MAX];
    const struct image_entry *e;
    struct err err = ERR_INIT;

    (void)state;
    digest_text(&g.w.things[sparse].digest, digest);
    name = xasprintf("h.test/a@%s", digest);
    g.omitted = gone;
    gallery_open(&g, (const size_t[]){sparse, SIZE_MAX}, (const char *const[]){name});
    assert_int_equal(rebuilt_source_make(&made, &g.set, &g.source, &err), 0);
    e = &made.set.entries[0];
    assert_string_equal(e->name, name);
    assert_true(digest_equal(&e->ref.digest, &e->digest));
    assert_false(digest_equal(&e->digest, &g.w.things[sparse].digest));
    gallery_release(&g);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaces_indexes_that_list_what_is_left_out),
        cmocka_unit_test(leaves_out_what_belongs_to_an_old_index),
        cmocka_unit_test(gives_a_name_by_digest_the_new_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
