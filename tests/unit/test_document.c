/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "oci/document.h"

#define HEX  "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
#define HEX2 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SHA  "\"digest\":\"sha256:" HEX "\""

#define INDEX    "\"mediaType\":\"" MEDIA_OCI_INDEX "\""
#define MANIFEST "\"mediaType\":\"" MEDIA_OCI_MANIFEST "\""
#define V2       "\"schemaVersion\":2"
#define LIST     "application/vnd.docker.distribution.manifest.list.v2+json"
#define DOCKER   "application/vnd.docker.distribution.manifest.v2+json"
#define SIGNED1  "application/vnd.docker.distribution.manifest.v1+prettyjws"

#define CHILD  "{" MANIFEST "," SHA ",\"size\":2}"
#define CONFIG "\"config\":{\"mediaType\":\"application/x\"," SHA ",\"size\":2}"
#define IMAGE  V2 "," CONFIG ",\"layers\":[]"

static int
parse(struct document *doc, const char *json, const char *declared, enum err_kind kind,
      struct err *err)
{
    return document_parse(doc, json, strlen(json), declared, kind, err);
}

static void
parses_an_index(void **state)
{
    static const char json[] =
        "{" V2 "," INDEX ",\"artifactType\":\"application/x.y\",\"extra\":{\"Size\":1},"
        "\"manifests\":["
        "{" MANIFEST "," SHA ",\"size\":527,\"platform\":{\"architecture\":\"arm64\","
        "\"os\":\"linux\",\"variant\":\"v8\"}},"
        "{" MANIFEST ",\"digest\":\"sha256:" HEX2 "\",\"size\":0,\"annotations\":"
        "{\"vnd.docker.reference.type\":\"attestation-manifest\"},\"urls\":[],"
        "\"platform\":{\"architecture\":\"unknown\",\"os\":\"unknown\"}},"
        "{" INDEX "," SHA
        ",\"size\":9223372036854775807,\"data\":\"!\",\"platform\":null}"
        "]}";
    CLEANUP(document_release) struct document doc = DOCUMENT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(parse(&doc, json, MEDIA_OCI_INDEX, ERR_PROTOCOL, &err), 0);
    assert_int_equal(doc.kind, MEDIA_INDEX);
    assert_string_equal(doc.media_type, MEDIA_OCI_INDEX);
    assert_string_equal(doc.artifact_type, "application/x.y");
    assert_false(doc.has_subject);
    assert_int_equal(doc.count, 3);
    assert_int_equal(doc.edges[0].edge, EDGE_CHILD);
    assert_int_equal(doc.edges[0].size, 527);
    assert_int_equal(doc.edges[0].digest.raw[0], 0x44);
    assert_string_equal(doc.edges[0].media_type, MEDIA_OCI_MANIFEST);
    assert_string_equal(doc.edges[0].platform.text, "linux/arm64/v8");
    assert_false(doc.edges[0].is_attestation);
    assert_true(doc.edges[1].is_attestation);
    assert_false(doc.edges[1].is_foreign);
    assert_string_equal(doc.edges[1].platform.text, "unknown/unknown");
    assert_true(doc.edges[2].size == INT64_MAX);
    assert_string_equal(doc.edges[2].platform.text, "");
}

static void
parses_a_manifest(void **state)
{
    static const char json[] =
        "{" IMAGE ",\"subject\":{" SHA ",\"size\":7},\"artifactType\":\"\"}";
    static const char layers[] =
        "{" V2 "," CONFIG ",\"layers\":[{" SHA ",\"size\":5,"
        "\"urls\":[\"https://example.com\"]},{\"mediaType\":\"a/b\"," SHA
        ",\"size\":6}]}";
    CLEANUP(document_release) struct document doc = DOCUMENT_INIT;
    CLEANUP(document_release) struct document two = DOCUMENT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(parse(&doc, json, NULL, ERR_PROTOCOL, &err), 0);
    assert_int_equal(doc.kind, MEDIA_MANIFEST);
    assert_string_equal(doc.media_type, MEDIA_OCI_MANIFEST);
    assert_false(doc.names_itself);
    assert_string_equal(doc.artifact_type, "");
    assert_true(doc.has_subject);
    assert_int_equal(doc.subject.raw[0], 0x44);
    assert_int_equal(doc.count, 1);
    assert_int_equal(doc.edges[0].edge, EDGE_CONFIG);

    assert_int_equal(parse(&two, layers, DOCKER, ERR_PROTOCOL, &err), 0);
    assert_string_equal(two.media_type, DOCKER);
    assert_int_equal(two.count, 3);
    assert_int_equal(two.edges[1].edge, EDGE_LAYER);
    assert_string_equal(two.edges[1].media_type, "");
    assert_true(two.edges[1].is_foreign);
    assert_int_equal(two.edges[2].size, 6);
}

static void
parses_an_artifact(void **state)
{
    static const char json[] = "{\"mediaType\":\"" MEDIA_OCI_ARTIFACT "\",\"blobs\":["
                               "{\"mediaType\":\"a/b\"," SHA ",\"size\":2}]}";
    CLEANUP(document_release) struct document doc = DOCUMENT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(parse(&doc, json, MEDIA_OCI_ARTIFACT, ERR_PROTOCOL, &err), 0);
    assert_int_equal(doc.kind, MEDIA_MANIFEST);
    assert_string_equal(doc.media_type, MEDIA_OCI_ARTIFACT);
    assert_int_equal(doc.count, 1);
    assert_int_equal(doc.edges[0].edge, EDGE_LAYER);
}

/* Layers are opaque: no type of theirs is a reason to leave an artifact behind. */
static void
accepts_odd_layer_types(void **state)
{
    static const char json[] =
        "{" V2 "," CONFIG ",\"layers\":[{\"mediaType\":\"text/plain; charset=utf-8\"," SHA
        ",\"size\":2},{\"mediaType\":\"nonsense\"," SHA ",\"size\":2}]}";
    CLEANUP(document_release) struct document doc = DOCUMENT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(parse(&doc, json, MEDIA_OCI_MANIFEST, ERR_PROTOCOL, &err), 0);
    assert_int_equal(doc.count, 3);
    assert_string_equal(doc.edges[1].media_type, "");
    assert_string_equal(doc.edges[2].media_type, "");
}

static void
accepts_valid_documents(void **state)
{
    static const struct {
        const char *json, *declared;
        size_t count;
    } cases[] = {
        {"{" V2 ",\"manifests\":[]}", NULL, 0},
        {"{" V2 ",\"manifests\":null}", LIST, 0},
        {"{" V2 ",\"manifests\":[" CHILD "]}", "application/x.unknown", 1},
        {"{" V2 "," CONFIG ",\"layers\":null,\"subject\":null}", NULL, 1},
        {"{" V2 ",\"mediaType\":null," CONFIG ",\"layers\":[]}", NULL, 1},
        {"{" V2 ",\"mediaType\":\"application/x.own\",\"manifests\":[]}", NULL, 0},
        {"{" V2 ",\"mediaType\":\"" DOCKER "\"," CONFIG ",\"layers\":[]}",
         MEDIA_OCI_MANIFEST, 1},
        {"{\"mediaType\":\"" MEDIA_OCI_ARTIFACT "\"}", NULL, 0},
        {"{" IMAGE ",\"subject\":{\"digest\":\"sha512:" HEX HEX "\"}}", NULL, 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(document_release) struct document doc = DOCUMENT_INIT;
        struct err err = ERR_INIT;

        print_message("# %s\n", cases[i].json);
        assert_int_equal(
            parse(&doc, cases[i].json, cases[i].declared, ERR_PROTOCOL, &err), 0);
        assert_int_equal(doc.count, cases[i].count);
    }
}

static void
refuses_invalid_documents(void **state)
{
    static const struct {
        const char *json, *declared, *reason;
    } cases[] = {
        {"", NULL, "json"},
        {"[]", NULL, "json"},
        {"{" IMAGE "}x", NULL, "json"},
        {"{" V2 "," CONFIG ",\"layers\":[],\"layers\":[]}", NULL, "json"},
        {"{" V2 ",\"manifests\":[{" MANIFEST "," SHA ",\"size\":9223372036854775808}]}",
         NULL, "format"},
        {"{" V2 ",\"manifests\":[],\"mediaType\":\"\\u0000\"}", NULL, "format"},
        {"{" V2 ",\"manifests\":[],\"x\":\"\xff\"}", NULL, "json"},
        {"{}", NULL, "format"},
        {"{" V2 "}", NULL, "format"},
        {"{\"manifests\":[]}", NULL, "format"},
        {"{\"schemaVersion\":3,\"manifests\":[]}", NULL, "format"},
        {"{\"schemaVersion\":2.0,\"manifests\":[]}", NULL, "format"},
        {"{\"schemaVersion\":\"2\",\"manifests\":[]}", NULL, "format"},
        {"{\"schemaVersion\":null,\"manifests\":[]}", NULL, "format"},
        {"{" IMAGE ",\"manifests\":[]}", NULL, "format"},
        {"{" V2 ",\"manifests\":[],\"layers\":[]}", NULL, "format"},
        {"{" V2 ",\"manifests\":[],\"fsLayers\":[]}", NULL, "format"},
        {"{" IMAGE ",\"blobs\":[]}", NULL, "format"},
        {"{" V2 "," MANIFEST ",\"blobs\":[]}", NULL, "format"},
        {"{" V2 ",\"blobs\":[]}", MEDIA_OCI_ARTIFACT, "format"},
        {"{" V2 "," CONFIG "}", NULL, "format"},
        {"{" V2 ",\"layers\":[]}", NULL, "format"},
        {"{" V2 ",\"config\":null,\"layers\":[]}", NULL, "format"},
        {"{" V2 ",\"manifests\":{}}", NULL, "format"},
        {"{" V2 ",\"manifests\":[1]}", NULL, "format"},
        /* what it is, what it calls itself and what it came as differ */
        {"{" IMAGE "}", LIST, "format"},
        {"{" IMAGE "}", "application/vnd.oci.image.config.v1+json", "format"},
        {"{" V2 "," MANIFEST ",\"manifests\":[]}", NULL, "format"},
        {"{" V2 "," INDEX "," CONFIG ",\"layers\":[]}", NULL, "format"},
        {"{" V2 ",\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\","
         "\"manifests\":[]}",
         NULL, "format"},
        {"{" V2 ",\"mediaType\":\"nonsense\",\"manifests\":[]}", NULL, "format"},
        {"{" V2 ",\"mediaType\":7,\"manifests\":[]}", NULL, "format"},
        {"{" IMAGE ",\"artifactType\":\"a b\"}", NULL, "format"},
        /* keys that Go takes for others */
        {"{" IMAGE ",\"Layers\":[]}", NULL, "format"},
        {"{" IMAGE ",\"layer\xc5\xbf\":[]}", NULL, "format"},
        {"{" IMAGE ",\"MANIFESTS\":[]}", NULL, "format"},
        {"{" IMAGE ",\"SchemaVersion\":1}", NULL, "format"},
        {"{" V2 ",\"manifests\":[{" MANIFEST "," SHA ",\"size\":2,\"Size\":3}]}", NULL,
         "format"},
        {"{" V2 ",\"manifests\":[{" MANIFEST "," SHA ",\"size\":2,\"platform\":"
         "{\"os\":\"a\",\"OS\":\"b\"}}]}",
         NULL, "format"},
        /* descriptors */
        {"{" V2 ",\"manifests\":[{" SHA ",\"size\":2}]}", NULL, "format"},
        {"{" V2 ",\"manifests\":[{\"mediaType\":\"\"," SHA ",\"size\":2}]}", NULL,
         "format"},
        {"{" V2 ",\"manifests\":[{" MANIFEST "," SHA "}]}", NULL, "format"},
        {"{" V2 ",\"manifests\":[{" MANIFEST "," SHA ",\"size\":-1}]}", NULL, "format"},
        {"{" V2 ",\"manifests\":[{" MANIFEST "," SHA ",\"size\":1e3}]}", NULL, "format"},
        {"{" V2 ",\"manifests\":[{" MANIFEST "," SHA ",\"size\":\"2\"}]}", NULL,
         "format"},
        {"{" V2 ",\"manifests\":[{" MANIFEST ",\"size\":2}]}", NULL, "format"},
        {"{" V2 ",\"manifests\":[{" MANIFEST ",\"digest\":\"sha256:../../x\","
         "\"size\":2}]}",
         NULL, "digest"},
        {"{" V2 ",\"manifests\":[{" MANIFEST ",\"digest\":\"md5:" HEX "\","
         "\"size\":2}]}",
         NULL, "digest"},
        {"{" V2 ",\"manifests\":[{" MANIFEST "," SHA ",\"size\":2,\"urls\":\"x\"}]}",
         NULL, "format"},
        {"{" V2 ",\"manifests\":[{" MANIFEST "," SHA ",\"size\":2,\"platform\":"
         "{\"os\":1}}]}",
         NULL, "format"},
        {"{" V2 ",\"manifests\":[{" MANIFEST "," SHA ",\"size\":2,\"annotations\":[]}]}",
         NULL, "format"},
        {"{" V2 ",\"manifests\":[{" MANIFEST "," SHA ",\"size\":2,\"annotations\":"
         "{\"vnd.docker.reference.type\":1}}]}",
         NULL, "format"},
        {"{" IMAGE ",\"subject\":{}}", NULL, "format"},
        {"{" IMAGE ",\"subject\":[]}", NULL, "format"},
        {"{" IMAGE ",\"subject\":{\"digest\":\"x\"}}", NULL, "digest"},
    };
    static const enum err_kind kinds[] = {ERR_PROTOCOL, ERR_INTEGRITY};

    (void)state;
    for (size_t i = 0; i < 2 * COUNT_OF(cases); i++) {
        struct document doc = {.kind = MEDIA_BLOB};
        struct err err = ERR_INIT;

        print_message("# case %zu\n", i / 2);
        assert_int_equal(
            parse(&doc, cases[i / 2].json, cases[i / 2].declared, kinds[i % 2], &err),
            -1);
        assert_int_equal(err.kind, kinds[i % 2]);
        assert_string_equal(err_reason_word(err.reason), cases[i / 2].reason);
        assert_int_equal(doc.kind, MEDIA_BLOB);
        assert_null(doc.edges);
    }
}

/* Not supported under any Content-Type. */
static void
names_unsupported_documents(void **state)
{
    static const struct {
        const char *json, *declared;
    } cases[] = {
        {"{\"schemaVersion\":1,\"name\":\"x\",\"fsLayers\":[]}", NULL},
        {"anything", SIGNED1},
        {"{\"schemaVersion\":2,\"mediaType\":\"" SIGNED1 "\"}", NULL},
        {"{" V2 ",\"manifests\":[{" MANIFEST ",\"digest\":\"sha512:" HEX HEX "\","
         "\"size\":2}]}",
         NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct document doc = DOCUMENT_INIT;
        struct err err = ERR_INIT;

        print_message("# %s\n", cases[i].json);
        assert_int_equal(
            parse(&doc, cases[i].json, cases[i].declared, ERR_INTEGRITY, &err), -1);
        assert_int_equal(err.kind, ERR_PROTOCOL);
    }
}

/* An index of n children; the caller frees it. */
static char *
big_index(size_t n)
{
    static const char child[] = "," CHILD;
    char *json = malloc(64 + n * sizeof(child));
    size_t len;

    assert_non_null(json);
    len = (size_t)sprintf(json, "{" V2 ",\"manifests\":[");
    for (size_t i = 0; i < n; i++)
        len += (size_t)sprintf(json + len, "%s", child + (i == 0));
    sprintf(json + len, "]}");
    return json;
}

static void
limits_sizes(void **state)
{
    char *most = big_index(DOCUMENT_DESCRIPTORS_MAX);
    char *more = big_index(DOCUMENT_DESCRIPTORS_MAX + 1);
    char *large = calloc(1, DOCUMENT_BYTES_MAX + 1);
    CLEANUP(document_release) struct document doc = DOCUMENT_INIT;
    struct document none = DOCUMENT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(parse(&doc, most, NULL, ERR_PROTOCOL, &err), 0);
    assert_int_equal(doc.count, DOCUMENT_DESCRIPTORS_MAX);
    assert_int_equal(parse(&none, more, NULL, ERR_PROTOCOL, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_int_equal(parse(&none, more, NULL, ERR_INTEGRITY, &err), -1);
    assert_int_equal(err.kind, ERR_INTEGRITY);
    assert_string_equal(err_reason_word(err.reason), "format");
    assert_non_null(large);
    assert_int_equal(
        document_parse(&none, large, DOCUMENT_BYTES_MAX + 1, NULL, ERR_PROTOCOL, &err),
        -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    free(most);
    free(more);
    free(large);
}

static void
tells_documents_from_blobs(void **state)
{
    static const struct {
        const char *type, *json;
        bool is_one;
    } cases[] = {
        {"application/x.own", "{" V2 ",\"mediaType\":\"application/x.own\"}", true},
        {"application/x.own", "{" V2 ",\"mediaType\":\"application/x.other\"}", false},
        {"application/x.own", "{" V2 "}", false},
        {"application/x.own", "{\"mediaType\":\"application/x.own\"}", false},
        {"application/x.own", "{\"schemaVersion\":1,\"mediaType\":\"application/x.own\"}",
         false},
        {"application/x.own", "[]", false},
        {"application/x.own", "\x1f\x8b", false},
        {"application/x.own", "", false},
        {"", "{" V2 ",\"mediaType\":\"\"}", false},
    };

    (void)state;
    assert_int_equal(document_by_type(MEDIA_OCI_INDEX, 1), 1);
    assert_int_equal(document_by_type(LIST, 1), 1);
    assert_int_equal(document_by_type(DOCKER, UINT64_MAX), 1);
    assert_int_equal(document_by_type(SIGNED1, 1), 1);
    assert_int_equal(document_by_type("application/vnd.oci.image.layer.v1.tar", 1), 0);
    assert_int_equal(document_by_type("application/vnd.buildkit.cacheconfig.v0", 1), 0);
    assert_int_equal(document_by_type("application/x.own", DOCUMENT_BYTES_MAX), -1);
    assert_int_equal(document_by_type("application/x.own", DOCUMENT_BYTES_MAX + 1), 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char own[MEDIA_TYPE_MAX + 1];
        bool has = document_own_type(own, cases[i].json, strlen(cases[i].json));

        print_message("# case %zu\n", i);
        assert_int_equal(has && strcmp(own, cases[i].type) == 0, cases[i].is_one);
    }
}

static void
knows_media_types(void **state)
{
    static const struct {
        const char *type;
        enum media_kind kind;
    } kinds[] = {
        {MEDIA_OCI_INDEX, MEDIA_INDEX},
        {LIST, MEDIA_INDEX},
        {MEDIA_OCI_MANIFEST, MEDIA_MANIFEST},
        {DOCKER, MEDIA_MANIFEST},
        {MEDIA_OCI_ARTIFACT, MEDIA_MANIFEST},
        {SIGNED1, MEDIA_SCHEMA1},
        {"application/vnd.docker.distribution.manifest.v1+json", MEDIA_SCHEMA1},
        {"application/vnd.oci.image.layer.v1.tar+zstd", MEDIA_BLOB},
        {"application/vnd.oci.image.layer.nondistributable.v1.tar", MEDIA_BLOB},
        {"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", MEDIA_BLOB},
        {"application/vnd.oci.image.config.v1+json", MEDIA_BLOB},
        {"application/vnd.oci.empty.v1+json", MEDIA_BLOB},
        {"application/vnd.oci.image.layerless", MEDIA_UNKNOWN},
        {"application/json", MEDIA_UNKNOWN},
        {"", MEDIA_UNKNOWN},
    };
    static const char *const valid[] = {"a/b", "text/x-a.b+c_d^e&f$g#h!i",
                                        MEDIA_OCI_INDEX};
    static const char *const invalid[] = {
        "",         "a",    "/",    "a/",   "/b",    "a/b/c",      "a b/c",
        "a/b; c=d", "a/b ", "a/-b", ".a/b", "a/b\n", "a/\xc3\xa4", "a/b\r\nX: y"};
    char text[300] = "a/";

    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        assert_int_equal(media_kind(kinds[i].type), kinds[i].kind);
    for (size_t i = 0; i < COUNT_OF(valid); i++)
        assert_true(media_type_is_valid(valid[i]));
    for (size_t i = 0; i < COUNT_OF(invalid); i++)
        assert_false(media_type_is_valid(invalid[i]));
    memset(text + 2, 'b', 127);
    assert_true(media_type_is_valid(text));
    text[129] = 'b';
    assert_false(media_type_is_valid(text));
    assert_non_null(strstr(media_accept, DOCKER));
    assert_non_null(strstr(media_accept, MEDIA_OCI_INDEX ", "));
    assert_null(strstr(media_accept, "v1+prettyjws"));
}

static void
compares_content_types(void **state)
{
    static const struct {
        const char *value, *type; /* NULL: says nothing */
    } cases[] = {
        {"application/vnd.x+json", "application/vnd.x+json"},
        {" Application/VND.X+json ; charset=utf-8", "application/vnd.x+json"},
        {"text/html;charset=utf-8", "text/html"},
        {"application/vnd.x+json ", "application/vnd.x+json"},
        {"application/json", NULL},
        {"Text/Plain; charset=utf-8", NULL},
        {"application/octet-stream", NULL},
        {"", NULL},
        {"nonsense", NULL},
        {"a/b,c/d", NULL},
        {"a/b\x01", NULL},
        {NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char out[MEDIA_TYPE_MAX + 1] = "kept";

        print_message("# case %zu\n", i);
        assert_int_equal(media_type_of_header(cases[i].value, out),
                         cases[i].type != NULL);
        assert_string_equal(out, cases[i].type ? cases[i].type : "kept");
    }
}

static void
reads_platforms(void **state)
{
    static const struct {
        const char *json;
        int rc;
        const char *text;
    } cases[] = {
        {"{\"os\":\"linux\",\"architecture\":\"amd64\"}", 1, "linux/amd64"},
        {"{\"os\":\"windows\",\"architecture\":\"amd64\",\"os.version\":\"10.0.1\"}", 1,
         "windows/amd64:10.0.1"},
        {"{\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":\"v7\"}", 1,
         "linux/arm/v7"},
        {"{\"architecture\":\"wasm\"}", 1, "wasm"},
        {"{\"os\":\"linux\",\"architecture\":\"\",\"variant\":null}", 1, "linux"},
        {"{\"os\":\"a\\u001b[31m\\n\",\"architecture\":\"\\\\\"}", 1,
         "a\\x1b[31m\\x0a/\\x5c"},
        {"{}", 0, "kept"},
        {"{\"variant\":\"v7\"}", 0, "kept"},
        {"{\"os\":1}", -1, "kept"},
        {"{\"os\":\"a\",\"architecture\":{}}", -1, "kept"},
        {"{\"os\":\"a\",\"Architecture\":\"b\"}", -1, "kept"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct platform p = {.text = "kept"};
        struct err err = ERR_INIT;
        CLEANUP(js_release)
        struct js *root =
            js_parse(cases[i].json, strlen(cases[i].json), ERR_PROTOCOL, &err);

        print_message("# %s\n", cases[i].json);
        assert_non_null(root);
        assert_int_equal(platform_read(&p, root), cases[i].rc);
        assert_string_equal(p.text, cases[i].text);
    }
}

static void
refuses_a_long_platform(void **state)
{
    char json[2048];
    struct platform p = {.text = ""};
    struct err err = ERR_INIT;
    CLEANUP(js_release) struct js *root = NULL;
    size_t n = (size_t)sprintf(json, "{\"os\":\"");

    (void)state;
    for (int i = 0; i < 120; i++)
        n += (size_t)sprintf(json + n, "\\u0001");
    n += (size_t)sprintf(json + n, "\",\"architecture\":\"amd64\"}");
    root = js_parse(json, n, ERR_PROTOCOL, &err);
    assert_int_equal(platform_read(&p, root), 1);
    assert_int_equal(strlen(p.text), PLATFORM_TEXT_MAX - 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_an_index),
        cmocka_unit_test(parses_a_manifest),
        cmocka_unit_test(parses_an_artifact),
        cmocka_unit_test(accepts_odd_layer_types),
        cmocka_unit_test(accepts_valid_documents),
        cmocka_unit_test(refuses_invalid_documents),
        cmocka_unit_test(names_unsupported_documents),
        cmocka_unit_test(limits_sizes),
        cmocka_unit_test(tells_documents_from_blobs),
        cmocka_unit_test(knows_media_types),
        cmocka_unit_test(compares_content_types),
        cmocka_unit_test(reads_platforms),
        cmocka_unit_test(refuses_a_long_platform),
    };

    return cmocka_run_group_tests_name("document", tests, NULL, NULL);
}
