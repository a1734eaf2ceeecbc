/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/graph_world.h"

#include "images/image_kind.h"
#include "images/image_tree.h"

#define DOCKER_CONFIG "application/vnd.docker.container.image.v1+json"
#define CHART_CONFIG  "application/vnd.cncf.helm.config.v1+json"
#define SUBJECT_TAG   "sha256-%s.sig"

/* ---- sets ---- */

/* Leaves out one thing wherever an index lists it. */
struct omitting {
    const struct world *w;
    size_t thing;
};

static void
leave_out(void *ctx, const struct document *doc, bool *omit)
{
    const struct omitting *o = ctx;

    for (size_t i = 0; doc->kind == MEDIA_INDEX && i < doc->count; i++)
        omit[i] = digest_equal(&doc->edges[i].digest, &o->w->things[o->thing].digest);
}

/* roots ends with SIZE_MAX; omitted: a thing, or SIZE_MAX. */
static struct image_set
set_of(struct world *w, const size_t *roots, const char *const *names, size_t omitted)
{
    struct image_set s = {.graph = graph_new(ERR_PROTOCOL)};
    struct omitting omitting = {w, omitted};
    struct err err = ERR_INIT;

    if (omitted != SIZE_MAX)
        graph_watch(s.graph, leave_out, &omitting);
    for (; roots[s.count] != SIZE_MAX; s.count++)
        assert_int_equal(add_root(s.graph, w, roots[s.count],
                                  strstr(w->things[roots[s.count]].bytes, "manifests")
                                      ? MEDIA_OCI_INDEX
                                      : MEDIA_OCI_MANIFEST,
                                  &err),
                         0);
    assert_complete(s.graph, w, false);
    s.is_missing = xcalloc(graph_count(s.graph), sizeof(*s.is_missing));
    s.entries = xcalloc(s.count, sizeof(*s.entries));
    for (size_t i = 0; i < s.count; i++) {
        struct reference ref;

        assert_int_equal(reference_parse_name(&ref, names[i], ERR_USAGE, &err), 0);
        image_set_describe(&s, i, &ref);
    }
    return s;
}

static size_t
put_manifest(struct world *w, size_t config, const char *type, const char *more)
{
    CLEANUP(buf_release) struct buf b = BUF_INIT(1U << 20);

    assert_int_equal(buf_addf(&b,
                              "{\"schemaVersion\":2,\"mediaType\":\"%s\"%s,\"config\":",
                              MEDIA_OCI_MANIFEST, more),
                     0);
    add_descriptor(w, &b, config, type, "");
    assert_int_equal(buf_add_text(&b, ",\"layers\":[]}"), 0);
    return put(w, buf_steal(&b));
}

/* ---- what entries say ---- */

static void
only_runnable_manifests_are_images(void **state)
{
    static const struct {
        const char *config, *more, *name;
        bool is_image;
    } table[] = {
        {CONFIG, "", "h.test/a:1", true},
        {DOCKER_CONFIG, "", "h.test/a:1", true},
        {CHART_CONFIG, "", "h.test/a:1", false},
        {CONFIG, ",\"artifactType\":\"application/vnd.example\"", "h.test/a:1", false},
        {CONFIG, "", "h.test/a:sha256-0.sig", true},
        {CONFIG, "",
         "h.test/"
         "a:sha256-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         ".sig",
         false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(world_release) struct world w = {.count = 0};
        size_t config = put_text(&w, "{}");
        size_t image = put_manifest(&w, config, table[i].config, table[i].more);
        CLEANUP(image_set_release)
        struct image_set s =
            set_of(&w, (const size_t[]){image, SIZE_MAX}, &table[i].name, SIZE_MAX);
        const struct image_entry *e = &s.entries[0];

        if (e->is_image != table[i].is_image)
            fail_msg("case %zu", i);
        assert_string_equal(e->name, table[i].name);
        assert_string_equal(e->ref.host, "h.test");
        assert_string_equal(e->media_type, MEDIA_OCI_MANIFEST);
        assert_string_equal(e->artifact_type, strstr(table[i].more, "artifact")
                                                  ? "application/vnd.example"
                                                  : "");
        assert_true(digest_equal(&e->digest, &w.things[image].digest));
        assert_int_equal(e->size, w.things[image].size);
        assert_int_equal(e->object, graph_find(s.graph, &e->digest));
    }
}

static void
finds_subjects_by_document_or_tag(void **state)
{
    CLEANUP(world_release) struct world w = {.count = 0};
    size_t config = put_text(&w, "{}");
    size_t image = put_image(&w, config, (const size_t[]){SIZE_MAX});
    size_t chart = put_manifest(&w, config, CHART_CONFIG, "");
    char digest[DIGEST_TEXT_MAX], hex[2 * DIGEST_RAW_MAX + 1];
    CLEANUP(mem_free_string) char *subject = NULL, *tag = NULL;
    size_t referrer, signature;

    (void)state;
    digest_text(&w.things[image].digest, digest);
    digest_hex(&w.things[image].digest, hex);
    subject = xasprintf(",\"subject\":{\"mediaType\":\"%s\",\"digest\":\"%s\","
                        "\"size\":%" PRIu64 "}",
                        MEDIA_OCI_MANIFEST, digest, w.things[image].size);
    referrer = put_manifest(&w, config, CHART_CONFIG, subject);
    signature = put_manifest(&w, config, ODD, "");
    tag = xasprintf("h.test/a:" SUBJECT_TAG, hex);
    {
        const char *const names[] = {"h.test/a:1", "h.test/a:2", "h.test/a:3", tag};
        CLEANUP(image_set_release)
        struct image_set s =
            set_of(&w, (const size_t[]){image, chart, referrer, signature, SIZE_MAX},
                   names, SIZE_MAX);
        CLEANUP(image_set_release)
        struct image_set alone =
            set_of(&w, (const size_t[]){referrer, SIZE_MAX}, names, SIZE_MAX);

        assert_int_equal(image_set_subject(&s, &s.entries[0]), GRAPH_NONE);
        assert_int_equal(image_set_subject(&s, &s.entries[1]), GRAPH_NONE);
        assert_int_equal(image_set_subject(&s, &s.entries[2]), s.entries[0].object);
        assert_int_equal(image_set_subject(&s, &s.entries[3]), s.entries[0].object);
        assert_int_equal(image_set_subject(&alone, &alone.entries[0]), GRAPH_NONE);
    }
}

#define TYPE(t) ",\"artifactType\":\"" t "\""
#define COSIGN_TAG(end)                                                                  \
    "h.test/a:sha256-"                                                                   \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" end

static void
derives_kinds_from_type_and_tag(void **state)
{
    static const char empty[] = "application/vnd.oci.empty.v1+json";
    static const struct {
        const char *config, *more, *name, *kind, *type;
    } table[] = {
        {CONFIG, "", "h.test/a:1", "image", ""},
        {CHART_CONFIG, "", "h.test/a:1", "chart", CHART_CONFIG},
        {empty, "", "h.test/a:1", "artifact", ""},
        {ODD, "", "h.test/a:1", "artifact", ODD},
        {empty, TYPE("application/vnd.cncf.notary.signature"), "h.test/a:1", "signature",
         "application/vnd.cncf.notary.signature"},
        {empty, TYPE("application/vnd.dev.sigstore.bundle.v0.3+json"), "h.test/a:1",
         "signature", "application/vnd.dev.sigstore.bundle.v0.3+json"},
        {empty, TYPE("application/spdx+json"), "h.test/a:1", "sbom",
         "application/spdx+json"},
        {empty, TYPE("application/vnd.cyclonedx+json"), "h.test/a:1", "sbom",
         "application/vnd.cyclonedx+json"},
        {empty, TYPE("application/vnd.in-toto+json"), "h.test/a:1", "attestation",
         "application/vnd.in-toto+json"},
        {CONFIG, "", COSIGN_TAG(".sig"), "signature", ""},
        {empty, "", COSIGN_TAG(".att"), "attestation", ""},
        {empty, "", COSIGN_TAG(".sbom"), "sbom", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(world_release) struct world w = {.count = 0};
        size_t config = put_text(&w, "{}");
        size_t image = put_manifest(&w, config, table[i].config, table[i].more);
        CLEANUP(image_set_release)
        struct image_set s =
            set_of(&w, (const size_t[]){image, SIZE_MAX}, &table[i].name, SIZE_MAX);

        print_message("# case %zu\n", i);
        assert_string_equal(image_kind(&s, &s.entries[0]), table[i].kind);
        assert_string_equal(image_artifact_type(&s, &s.entries[0]), table[i].type);
    }
}

/* {} is the config of many kinds of artifact, and of images of some builders. */
static void
takes_the_type_of_a_shared_config_from_each_manifest(void **state)
{
    static const struct {
        const char *config, *kind;
    } table[] = {
        {"application/vnd.oci.empty.v1+json", "artifact"},
        {"application/vnd.cncf.notary.signature", "signature"},
        {CONFIG, "image"},
        {CHART_CONFIG, "chart"},
    };
    static const char *const names[] = {"h.test/a:1", "h.test/a:2", "h.test/a:3",
                                        "h.test/a:4"};
    CLEANUP(world_release) struct world w = {.count = 0};
    CLEANUP(image_set_release) struct image_set s = IMAGE_SET_INIT;
    size_t roots[COUNT_OF(table) + 1], config = put_text(&w, "{}");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        roots[i] = put_manifest(&w, config, table[i].config, "");
    roots[COUNT_OF(table)] = SIZE_MAX;
    s = set_of(&w, roots, names, SIZE_MAX);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        print_message("# case %zu\n", i);
        assert_string_equal(image_kind(&s, &s.entries[i]), table[i].kind);
    }
}

/* ---- what belongs to what ---- */

static char *
tag_of(const struct world *w, size_t thing)
{
    char hex[2 * DIGEST_RAW_MAX + 1];

    digest_hex(&w->things[thing].digest, hex);
    return xasprintf("h.test/a:" SUBJECT_TAG, hex);
}

static void
referrers_follow_their_image(void **state)
{
    CLEANUP(world_release) struct world w = {.count = 0};
    size_t config = put_text(&w, "{}"), other = put_text(&w, "{ }");
    size_t image = put_image(&w, config, (const size_t[]){SIZE_MAX});
    size_t index = put_parent(&w, image, MEDIA_OCI_MANIFEST);
    size_t chart = put_manifest(&w, config, CHART_CONFIG, "");
    size_t sig = put_manifest(&w, config, ODD, "");
    size_t sig_of_sig = put_manifest(&w, other, ODD, "");
    CLEANUP(mem_free_string) char *of_image = tag_of(&w, image);
    CLEANUP(mem_free_string) char *of_sig = tag_of(&w, sig);
    const char *const names[] = {of_sig, "h.test/b:1", "h.test/a:1", of_image};
    static const struct image_row rows[] = {{1, 0}, {2, 0}, {3, 1}, {0, 2}};
    CLEANUP(image_set_release)
    struct image_set s = set_of(
        &w, (const size_t[]){sig_of_sig, chart, index, sig, SIZE_MAX}, names, SIZE_MAX);
    CLEANUP(image_tree_release) struct image_tree tree = IMAGE_TREE_INIT;

    (void)state;
    image_tree_make(&tree, &s);
    assert_int_equal(tree.count, COUNT_OF(rows));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(tree.rows[i].entry, rows[i].entry);
        assert_int_equal(tree.rows[i].depth, rows[i].depth);
    }
}

/* Tags can attach two images to each other. */
static void
keeps_all_members_of_a_cycle(void **state)
{
    CLEANUP(world_release) struct world w = {.count = 0};
    size_t config = put_text(&w, "{}"), other = put_text(&w, "{ }");
    size_t one = put_manifest(&w, config, ODD, "");
    size_t two = put_manifest(&w, other, ODD, "");
    CLEANUP(mem_free_string) char *of_one = tag_of(&w, one);
    CLEANUP(mem_free_string) char *of_two = tag_of(&w, two);
    const char *const names[] = {of_two, of_one};
    CLEANUP(image_set_release)
    struct image_set s =
        set_of(&w, (const size_t[]){one, two, SIZE_MAX}, names, SIZE_MAX);
    CLEANUP(image_tree_release) struct image_tree tree = IMAGE_TREE_INIT;

    (void)state;
    image_tree_make(&tree, &s);
    assert_int_equal(tree.count, 2);
    assert_int_equal(tree.rows[0].entry, 0);
    assert_int_equal(tree.rows[1].entry, 1);
    assert_int_equal(tree.rows[1].depth, 1);
}

/* ---- what the whole comes to ---- */

static void
counts_objects_once_without_omitted_ones(void **state)
{
    static const char *const names[] = {"h.test/a:1", "h.test/b:1"};
    CLEANUP(world_release) struct world w = {.count = 0};
    size_t config = put_text(&w, "{}"), layer = put_text(&w, "a layer of both");
    size_t own = put_text(&w, "one of the second");
    size_t a = put_image(&w, config, (const size_t[]){layer, SIZE_MAX});
    size_t b = put_image(&w, config, (const size_t[]){layer, own, SIZE_MAX});
    const struct child children[] = {{a, MEDIA_OCI_MANIFEST, NULL},
                                     {b, MEDIA_OCI_MANIFEST, NULL}};
    size_t index = put_index(&w, children, 2);
    uint64_t first = w.things[config].size + w.things[layer].size + w.things[a].size;
    uint64_t second = w.things[b].size + w.things[own].size;

    (void)state;
    {
        CLEANUP(image_set_release)
        struct image_set s =
            set_of(&w, (const size_t[]){index, a, SIZE_MAX}, names, SIZE_MAX);
        struct image_totals totals = image_set_totals(&s);

        assert_int_equal(totals.bytes, first + second + w.things[index].size);
        assert_int_equal(totals.bytes_shared, first);
        assert_int_equal(totals.platforms, 3);
        assert_int_equal(image_set_omitted(&s), 0);
        assert_int_equal(image_set_unwanted(&s), 0);
    }
    {
        CLEANUP(image_set_release)
        struct image_set s = set_of(&w, (const size_t[]){index, SIZE_MAX}, names, b);
        struct image_totals totals = image_set_totals(&s);

        assert_int_equal(totals.bytes, first + w.things[index].size);
        assert_int_equal(totals.bytes_shared, 0);
        assert_int_equal(totals.platforms, 1);
        assert_int_equal(image_set_omitted(&s), 1);
        assert_int_equal(image_set_unwanted(&s), 1);
        s.is_missing[graph_find(s.graph, &w.things[b].digest)] = true;
        assert_int_equal(image_set_omitted(&s), 1);
        assert_int_equal(image_set_unwanted(&s), 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_runnable_manifests_are_images),
        cmocka_unit_test(finds_subjects_by_document_or_tag),
        cmocka_unit_test(derives_kinds_from_type_and_tag),
        cmocka_unit_test(takes_the_type_of_a_shared_config_from_each_manifest),
        cmocka_unit_test(referrers_follow_their_image),
        cmocka_unit_test(keeps_all_members_of_a_cycle),
        cmocka_unit_test(counts_objects_once_without_omitted_ones),
    };

    return cmocka_run_group_tests_name("image_set", tests, NULL, NULL);
}
