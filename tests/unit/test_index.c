/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"
#include "tests/unit/digest_of.h"

#include "base/mem.h"
#include "bundle/format/index.h"
#include "bundle/format/index_write.h"

#define A     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B     "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define INDEX "application/vnd.oci.image.index.v1+json"
#define OTHER "application/vnd.oci.image.manifest.v1+json"
#define CHART "application/vnd.example.chart"

/* The one form of index.json, to the byte. */
static const char golden[] =
    "{\"schemaVersion\":2,\"mediaType\":\"" INDEX "\","
    "\"artifactType\":\"application/vnd.sealift.bundle.v1\",\"manifests\":["
    "{\"mediaType\":\"" INDEX "\",\"digest\":\"sha256:" A "\",\"size\":1234,"
    "\"annotations\":{"
    "\"org.opencontainers.image.ref.name\":\"docker.io/library/nginx:1.27\","
    "\"io.containerd.image.name\":\"docker.io/library/nginx:1.27\"}},"
    "{\"mediaType\":\"" OTHER "\",\"artifactType\":\"" CHART "\","
    "\"digest\":\"sha256:" B "\",\"size\":5,\"annotations\":{"
    "\"org.opencontainers.image.ref.name\":\"reg.corp:5000/chart@sha256:" B "\"}}],"
    "\"annotations\":{\"dev.sealift.format\":\"1\",\"dev.sealift.stream\":\"prod\","
    "\"dev.sealift.serial\":\"42\",\"dev.sealift.created\":\"2026-11-22T05:09:00Z\","
    "\"org.opencontainers.image.created\":\"2026-11-22T05:09:00Z\","
    "\"dev.sealift.expires\":\"2027-01-01T00:00:00Z\",\"dev.sealift.sums\":\"sha256:" A
    "\",\"dev.sealift.members\":\"7\",\"dev.sealift.bytes\":\"40960\","
    "\"dev.sealift.tool\":\"sealift/0.1.0\"}}";

static void
writes_index_json_in_one_form(void **state)
{
    char nginx[] = "docker.io/library/nginx:1.27",
         chart[] = "reg.corp:5000/chart@sha256:" B;
    char index[] = INDEX, other[] = OTHER, type[] = CHART, none[] = "";
    struct image_entry entries[] = {
        {.name = nginx,
         .is_image = true,
         .media_type = index,
         .artifact_type = none,
         .digest = digest_of(0xaa),
         .size = 1234},
        {.name = chart,
         .media_type = other,
         .artifact_type = type,
         .digest = digest_of(0xbb),
         .size = 5},
    };
    struct bundle_meta meta = {.stream = "prod",
                               .serial = 42,
                               .created = 1795324140,
                               .has_expires = true,
                               .expires = 1798761600,
                               .tool = "sealift/0.1.0"};
    const struct index_pins pins = {digest_of(0xaa), 7, 40960};
    const struct image_set set = {.entries = entries, .count = 2};
    struct buf out = BUF_INIT(4096), small = BUF_INIT(100);
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(index_write(&out, &meta, &set, &pins, &err), 0);
    assert_string_equal(out.data, golden);
    buf_clear(&out);
    meta.omits_platforms = true;
    assert_int_equal(index_write(&out, &meta, &set, &pins, &err), 0);
    assert_string_equal(out.data + strlen(golden) - 2,
                        ",\"dev.sealift.omits\":\"platform\"}}");
    buf_release(&out);
    assert_int_equal(index_write(&small, &meta, &set, &pins, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    buf_release(&small);
}

static int
rewrite(struct buf *out, const struct index_content *c, struct err *err)
{
    return index_write(out, &c->meta, &c->set, &c->pins, err);
}

static void
reads_what_it_wrote(void **state)
{
    struct index_content c = INDEX_CONTENT_INIT;
    struct buf again = BUF_INIT(4096);
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(index_read(&c, golden, strlen(golden), &err), 0);
    assert_int_equal(c.set.count, 2);
    assert_true(c.set.entries[0].is_image);
    assert_false(c.set.entries[1].is_image);
    assert_string_equal(c.set.entries[1].artifact_type, CHART);
    assert_string_equal(c.meta.stream, "prod");
    assert_int_equal(c.meta.expires, 1798761600);
    assert_int_equal(c.pins.members, 7);
    assert_int_equal(rewrite(&again, &c, &err), 0);
    assert_string_equal(again.data, golden);
    buf_release(&again);
    index_content_release(&c);
}

/* The golden text with its first `from` replaced; the caller frees. */
static char *
edited(const char *from, const char *to)
{
    const char *at = strstr(golden, from);

    assert_non_null(at);
    return xasprintf("%.*s%s%s", (int)(at - golden), golden, to, at + strlen(from));
}

static void
accepts_variants(void **state)
{
    static const struct {
        const char *from, *to;
    } cases[] = {
        {"\"dev.sealift.expires\":\"2027-01-01T00:00:00Z\",", ""},
        {"\"42\"", "\"9223372036854775807\""},
        {"\"42\"", "\"0\""},
        {"\"prod\"", "\"a.b_c-9\""},
        {"{\"schemaVersion\":2,", " { \"schemaVersion\" : 2 , "},
        {",\"io.containerd.image.name\":\"docker.io/library/nginx:1.27\"", ""},
        {"sealift/0.1.0\"", "sealift/0.1.0\",\"dev.sealift.omits\":\"platform\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct index_content c = INDEX_CONTENT_INIT;
        struct err err = ERR_INIT;
        char *text = edited(cases[i].from, cases[i].to);

        if (index_read(&c, text, strlen(text), &err) < 0)
            fail_msg("case %zu: %s", i, err.msg);
        assert_int_equal(c.meta.omits_platforms, strstr(text, "omits") != NULL);
        index_content_release(&c);
        free(text);
    }
}

/* An annotation more, of a bundle that lacks something. */
static char *
lacking(const char *omits, const char *missing)
{
    CLEANUP(mem_free_string)
    char *all =
        xasprintf("sealift/0.1.0\"%s%s%s%s", omits ? ",\"dev.sealift.omits\":" : "",
                  omits ? omits : "", missing ? ",\"dev.sealift.missing\":" : "",
                  missing ? missing : "");

    return edited("sealift/0.1.0\"", all);
}

#define GONE "a.b/c:1 a.b/c@sha256:" A " a.b/d docker.io/library/x:2"

static void
reads_the_list_of_missing_objects(void **state)
{
    static const char *const reasons[] = {"\"incomplete\"", "\"platform,incomplete\""};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        CLEANUP(mem_free_string) char *text = lacking(reasons[i], "\"" GONE "\"");
        struct index_content c = INDEX_CONTENT_INIT;
        struct buf again = BUF_INIT(4096);
        struct err err = ERR_INIT;

        if (index_read(&c, text, strlen(text), &err) < 0)
            fail_msg("case %zu: %s", i, err.msg);
        assert_true(c.meta.is_incomplete);
        assert_int_equal(c.meta.omits_platforms, i == 1);
        assert_int_equal(c.set.missing.count, 4);
        assert_string_equal(c.set.missing.items[2].name, "a.b/d");
        assert_false(c.set.missing.items[0].has_digest);
        assert_true(c.set.missing.items[1].has_digest);
        assert_int_equal(c.set.missing.items[1].digest.raw[31], 0xaa);
        assert_int_equal(rewrite(&again, &c, &err), 0);
        assert_string_equal(again.data, text);
        buf_release(&again);
        index_content_release(&c);
    }
}

static void
expect_refused(const char *text, size_t len, enum err_kind kind, const char *reason)
{
    struct index_content c, before;
    struct err err = ERR_INIT;

    memset(&c, 7, sizeof(c));
    before = c;
    if (index_read(&c, text, len, &err) == 0)
        fail_msg("accepted: %s", text);
    if (err.kind != kind || (reason && strcmp(err_reason_word(err.reason), reason) != 0))
        fail_msg("%s (%s) for %s", err.msg, err_reason_word(err.reason), text);
    assert_memory_equal(&c, &before, sizeof(c));
}

static void
refuses_malformed_texts(void **state)
{
    static const struct {
        const char *from, *to, *reason; /* NULL: requires a newer sealift */
    } cases[] = {
        /* no JSON that all parsers read alike */
        {"}}", "}", "json"},
        {"}}", "}}x", "json"},
        {"\"size\":5", "\"size\":5,\"size\":5", "json"},
        {"\"size\":5", "\"s\\u0069ze\":6,\"size\":5", "json"},
        {"prod", "pr\\u0000od", "json"},
        {"prod",
         "pr\xff"
         "od",
         "json"},
        /* the whole */
        {"\"schemaVersion\":2", "\"schemaVersion\":1", "format"},
        {"\"schemaVersion\":2", "\"schemaVersion\":2.0", "format"},
        {"\"schemaVersion\":2,", "", "format"},
        {"{\"schemaVersion\":2,\"mediaType\":\"" INDEX,
         "{\"schemaVersion\":2,\"mediaType\":\"" OTHER, "format"},
        {"vnd.sealift.bundle.v1", "vnd.sealift.bundle.v2", "format"},
        {"\"manifests\":", "\"Manifests\":", "format"},
        {"\"manifests\":", "\"Manifests\":[],\"manifests\":", "format"},
        {"\"manifests\":", "\"subject\":{},\"manifests\":", "format"},
        {"\"annotations\":{\"dev", "\"annotations\":7,\"x\":{\"dev", "format"},
        {"\"annotations\":{\"dev", "\"Annotations\":{\"dev", "format"},
        /* the annotations of the whole */
        {"\"dev.sealift.format\":\"1\",", "", "format"},
        {"\"dev.sealift.format\":\"1\"", "\"dev.sealift.format\":1", "format"},
        {"\"dev.sealift.format\":\"1\"", "\"dev.sealift.format\":\"01\"", "format"},
        {"\"dev.sealift.format\":\"1\"", "\"dev.sealift.format\":\"0\"", "format"},
        {"\"dev.sealift.format\":\"1\"", "\"dev.sealift.format\":\"x\"", "format"},
        {"\"dev.sealift.format\":\"1\"", "\"dev.sealift.format\":\"2\"", NULL},
        {"\"dev.sealift.stream\"",
         "\"dev.sealift.omits\":\"sparse\",\"dev.sealift.stream\"", NULL},
        {"\"dev.sealift.stream\"", "\"dev.sealift.omits\":1,\"dev.sealift.stream\"",
         NULL},
        {"\"dev.sealift.stream\"",
         "\"dev.sealift.base\":\"sha256:" A "\",\"dev.sealift.stream\"", NULL},
        {"\"dev.sealift.stream\"", "\"dev.sealift.other\":\"\",\"dev.sealift.stream\"",
         "format"},
        {"\"prod\"", "\"\"", "format"},
        {"\"prod\"", "\"Prod\"", "format"},
        {"\"prod\"", "\"../prod\"", "format"},
        {"\"prod\"", "7", "format"},
        {"\"prod\"", "\"" A "a\"", "format"},
        {"\"42\"", "42", "format"},
        {"\"42\"", "\"042\"", "format"},
        {"\"42\"", "\"-1\"", "format"},
        {"\"42\"", "\"9223372036854775808\"", "format"},
        {"2026-11-22T05:09:00Z", "2026-11-22T05:09:01Z", "format"}, /* only one of two */
        {"2026-11-22T05:09:00Z", "2026-11-22 05:09:00Z", "format"},
        {"2027-01-01", "2027-02-30", "format"},
        {"\"2027-01-01T00:00:00Z\"", "null", "format"},
        {"\"dev.sealift.sums\":\"sha256:" A, "\"dev.sealift.sums\":\"sha256:" A "a",
         "format"},
        {"\"dev.sealift.sums\":\"sha256:" A, "\"dev.sealift.sums\":\"sha512:" A A,
         "format"},
        {"\"7\"", "\"4294967296\"", "format"},
        {"\"40960\"", "\"4e4\"", "format"},
        {"\"40960\"", "\"9223372036854775808\"", "format"},
        {"sealift/0.1.0", "", "format"},
        {"sealift/0.1.0", "sealift\\n", "format"},
        {"sealift/0.1.0", A "a", "format"},
        /* entries */
        {"{\"mediaType\":\"" OTHER, "7,{\"mediaType\":\"" OTHER, "format"},
        {"\"mediaType\":\"" OTHER, "\"mediaType\":\"no type", "format"},
        {"\"mediaType\":\"" OTHER "\",\"art", "\"art", "format"},
        {"\"artifactType\":\"" CHART, "\"artifactType\":\"", "format"},
        {"\"artifactType\":\"" CHART "\"", "\"artifactType\":null", "format"},
        {"\"size\":5", "\"size\":\"5\"", "format"},
        {"\"size\":5", "\"size\":5.0", "format"},
        {"\"size\":5", "\"size\":-5", "format"},
        {"\"size\":5", "\"size\":8388609", "format"},
        {"\"size\":5", "\"size\":5,\"platform\":{}", "format"},
        {"\"size\":5", "\"size\":5,\"urls\":[]", "format"},
        {"\"digest\":\"sha256:" B, "\"digest\":\"sha256:" A, "format"},
        {"\"digest\":\"sha256:" B, "\"digest\":\"sha256:B" B, "format"},
        {"\"io.containerd.image.name\":\"docker.io/library/nginx:1.27\"",
         "\"io.containerd.image.name\":\"docker.io/library/nginx:1.28\"", "format"},
        {"\"io.containerd.image.name\":\"docker.io/library/nginx:1.27\"",
         "\"io.containerd.image.name\":7", "format"},
        {"ref.name\":\"docker.io/library/nginx:1.27\"", "ref.name\":\"nginx:1.27\"",
         "format"},
        {"ref.name\":\"docker.io/library/nginx:1.27\"", "ref.name\":\"1.27\"", "format"},
        {"ref.name\":\"docker.io/library/nginx:1.27\"",
         "ref.name\":\"docker.io/../nginx:1.27\"", "format"},
        {"ref.name\":\"docker.io/library/nginx:1.27\"",
         "ref.name\":\"docker.io/library/nginx:1.27\\n\"", "format"},
        {"\"org.opencontainers.image.ref.name\":\"reg", "\"ref.name\":\"reg", "format"},
        {"\"org.opencontainers.image.ref.name\":\"reg",
         "\"x\":\"\",\"org.opencontainers.image.ref.name\":\"reg", "format"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *text = edited(cases[i].from, cases[i].to);

        expect_refused(text, strlen(text), cases[i].reason ? ERR_INTEGRITY : ERR_PROTOCOL,
                       cases[i].reason);
        free(text);
    }
    for (size_t len = 0; len < strlen(golden); len++)
        expect_refused(golden, len, ERR_INTEGRITY, "json");
}

static void
refuses_malformed_lists_of_missing_objects(void **state)
{
    static const struct {
        const char *omits, *missing; /* NULL: not there */
    } cases[] = {
        {NULL, "\"a.b/c:1\""},
        {"\"platform\"", "\"a.b/c:1\""},
        {"\"incomplete\"", NULL},
        {"\"incomplete\"", "\"\""},
        {"\"incomplete\"", "7"},
        {"\"incomplete\"", "[\"a.b/c:1\"]"},
        {"\"incomplete\"", "\"a.b/c:1 \""},
        {"\"incomplete\"", "\" a.b/c:1\""},
        {"\"incomplete\"", "\"a.b/c:1  a.b/c:2\""},
        {"\"incomplete\"", "\"a.b/c:1,a.b/c:2\""},
        {"\"incomplete\"", "\"a.b/c:1 a.b/c:1\""}, /* twice */
        {"\"incomplete\"", "\"a.b/c:2 a.b/c:1\""}, /* not sorted */
        {"\"incomplete\"", "\"c:1\""},             /* not in full */
        {"\"incomplete\"", "\"a.b/c:1@sha256:" A "\""},
        {"\"incomplete\"", "\"a.b/../c:1\""},
        {"\"incomplete\"", "\"a.b/c:1\\n\""},
        {"\"incomplete\"", "\"docker.io/library/nginx:1.27\""}, /* which is there */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(mem_free_string) char *text = lacking(cases[i].omits, cases[i].missing);

        expect_refused(text, strlen(text), ERR_INTEGRITY, "format");
    }
    for (size_t i = 0; i < 2; i++) {
        CLEANUP(mem_free_string)
        char *text = lacking(i == 0 ? "\"incomplete,platform\"" : "\"\"", "\"a.b/c:1\"");

        expect_refused(text, strlen(text), ERR_PROTOCOL, NULL);
    }
}

static void
limits_the_list_of_missing_objects(void **state)
{
    struct buf names = BUF_INIT(1 << 20);
    struct index_content c = INDEX_CONTENT_INIT;
    struct err err = ERR_INIT;
    char *text;

    (void)state;
    for (int i = 0; i < BUNDLE_MISSING_MAX; i++)
        assert_int_equal(buf_addf(&names, "%sa.b/c:%05d", i > 0 ? " " : "\"", i), 0);
    assert_int_equal(buf_add_text(&names, "\""), 0);
    text = lacking("\"incomplete\"", names.data);
    assert_int_equal(index_read(&c, text, strlen(text), &err), 0);
    assert_int_equal(c.set.missing.count, BUNDLE_MISSING_MAX);
    index_content_release(&c);
    free(text);
    names.len--;
    assert_int_equal(buf_add_text(&names, " a.b/d\""), 0);
    text = lacking("\"incomplete\"", names.data);
    expect_refused(text, strlen(text), ERR_INTEGRITY, "format");
    free(text);
    buf_release(&names);
}

/* The golden text with other entries. */
static char *
with_entries(const char *entries)
{
    const char *begin = strchr(golden, '[') + 1, *end = strchr(golden, ']');

    return xasprintf("%.*s%s%s", (int)(begin - golden), golden, entries, end);
}

static void
refuses_a_bundle_without_images(void **state)
{
    char *text = with_entries("");

    (void)state;
    expect_refused(text, strlen(text), ERR_INTEGRITY, "format");
    free(text);
}

/* Three entries of those names; the caller frees. */
static char *
with_names(const char *const names[3])
{
    struct buf all = BUF_INIT(4096);
    char *text;

    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(buf_addf(&all,
                                  "%s{\"mediaType\":\"" INDEX "\",\"digest\":\"sha256:" A
                                  "\",\"size\":1234,\"annotations\":{"
                                  "\"org.opencontainers.image.ref.name\":\"a.b/%s:1\"}}",
                                  i > 0 ? "," : "", names[i]),
                         0);
    }
    text = with_entries(all.data);
    buf_release(&all);
    return text;
}

static void
refuses_a_repeated_name(void **state)
{
    static const char *const good[3] = {"z", "x", "y"};
    static const char *const bad[][3] = {
        {"x", "y", "x"}, {"x", "x", "y"}, {"y", "x", "x"}};
    struct index_content c = INDEX_CONTENT_INIT;
    struct err err = ERR_INIT;
    char *text = with_names(good);

    (void)state;
    assert_int_equal(index_read(&c, text, strlen(text), &err), 0);
    index_content_release(&c);
    free(text);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        text = with_names(bad[i]);
        expect_refused(text, strlen(text), ERR_INTEGRITY, "format");
        free(text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_index_json_in_one_form),
        cmocka_unit_test(reads_what_it_wrote),
        cmocka_unit_test(accepts_variants),
        cmocka_unit_test(refuses_malformed_texts),
        cmocka_unit_test(reads_the_list_of_missing_objects),
        cmocka_unit_test(refuses_malformed_lists_of_missing_objects),
        cmocka_unit_test(limits_the_list_of_missing_objects),
        cmocka_unit_test(refuses_a_bundle_without_images),
        cmocka_unit_test(refuses_a_repeated_name),
    };

    return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
