/* SPDX-License-Identifier: Apache-2.0 */
/* Platforms as users say them and as indexes say them, and what is chosen by them. */
#include "config.h"
#include "tests/unit/unit.h"

#include "oci/choice.h"

static void
matches_versions(void **state)
{
    static const struct {
        const char *typed, *spec;
        bool matches;
    } cases[] = {
        {"windows/amd64", "windows/amd64", true},
        {"windows/amd64", "windows/amd64:10.0.20348.2227", true},
        {"windows/amd64", "windows/arm64:10.0.20348.2227", false},
        {"linux/arm", "linux/arm64", false},
        {"linux/arm/v7", "linux/arm/v7", true},
        {"linux/arm", "linux/arm/v7", false},
        {"windows/amd64:10.0.20348.2227", "windows/amd64:10.0.20348.2227", true},
        {"windows/amd64:10.0.20348.2227", "windows/amd64:10.0.20348.22271", false},
        {"windows/amd64:10.0.20348.2227", "windows/amd64", false},
        {"windows/amd64:10.0.20348", "windows/amd64:10.0.20348.2227", true},
        {"windows/amd64:10.0.2034", "windows/amd64:10.0.20348.2227", false},
        {"windows/amd64:10.0.20348.*", "windows/amd64:10.0.20348.2227", true},
        {"windows/amd64:10.0.2034*", "windows/amd64:10.0.20348.2227", true},
        {"windows/amd64:10.0.17763.*", "windows/amd64:10.0.20348.2227", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        print_message("# %s, %s\n", cases[i].typed, cases[i].spec);
        assert_int_equal(platform_matches(cases[i].typed, cases[i].spec),
                         cases[i].matches);
    }
}

static void
writes_platforms_in_one_form(void **state)
{
    static const struct {
        const char *text, *spec; /* NULL: refused */
    } cases[] = {
        {"linux/amd64", "linux/amd64"},
        {"Linux/AMD64", "linux/amd64"},
        {"linux/x86_64", "linux/amd64"},
        {"linux/x86-64/v3", "linux/amd64"},
        {"linux/amd64/v1", "linux/amd64"},
        {"linux/amd64/v2", "linux/amd64/v2"},
        {"linux/i386", "linux/386"},
        {"linux/386", "linux/386"},
        {"linux/arm64", "linux/arm64"},
        {"linux/arm64/v8", "linux/arm64"},
        {"linux/arm64/8", "linux/arm64"},
        {"linux/arm64/v9", "linux/arm64/v9"},
        {"linux/aarch64", "linux/arm64"},
        {"linux/aarch64/v8", "linux/arm64"},
        {"linux/arm", "linux/arm/v7"},
        {"linux/arm/7", "linux/arm/v7"},
        {"linux/arm/v6", "linux/arm/v6"},
        {"linux/arm/5", "linux/arm/v5"},
        {"linux/armhf", "linux/arm/v7"},
        {"linux/armel", "linux/arm/v6"},
        {"macos/arm64", "darwin/arm64"},
        {"windows/amd64", "windows/amd64"},
        {"linux/riscv64", "linux/riscv64"},
        {"wasip1/wasm", "wasip1/wasm"},
        {"", NULL},
        {"linux", NULL},
        {"amd64", NULL},
        {"linux/", NULL},
        {"/amd64", NULL},
        {"linux//v7", NULL},
        {"linux/arm/", NULL},
        {"linux/arm/v7/x", NULL},
        {"linux/am d64", NULL},
        {" linux/amd64", NULL},
        {"windows/amd64:10.0.20348.2227", "windows/amd64:10.0.20348.2227"},
        {"Windows/x86_64:10.0.20348.*", "windows/amd64:10.0.20348.*"},
        {"linux/arm/v7:6.1", "linux/arm/v7:6.1"},
        {"windows/amd64:", NULL},
        {"windows/amd64:*", NULL},
        {"windows/amd64:10.*.1", NULL},
        {"windows/amd64:10.0:1", NULL},
        {"windows:10/amd64", NULL},
        {"linux\\amd64", NULL},
        {"linux/\xc3\xa4", NULL},
        {"linux/0123456789012345678901234567890", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char spec[PLATFORM_TEXT_MAX] = "kept";
        struct err err = ERR_INIT;
        int rc = platform_parse(spec, cases[i].text, strlen(cases[i].text), &err);

        print_message("# '%s'\n", cases[i].text);
        assert_int_equal(rc, cases[i].spec ? 0 : -1);
        assert_int_equal(err.kind, cases[i].spec ? ERR_NONE : ERR_USAGE);
        assert_string_equal(spec, cases[i].spec ? cases[i].spec : "kept");
    }
}

static void
reads_platforms_of_documents(void **state)
{
    static const struct {
        const char *json, *spec;
    } cases[] = {
        {"{\"os\":\"linux\",\"architecture\":\"arm64\",\"variant\":\"v8\"}",
         "linux/arm64"},
        {"{\"os\":\"linux\",\"architecture\":\"arm\"}", "linux/arm/v7"},
        {"{\"os\":\"windows\",\"architecture\":\"amd64\",\"os.version\":\"10.0.1.2\"}",
         "windows/amd64:10.0.1.2"},
        {"{\"os\":\"unknown\",\"architecture\":\"unknown\"}", ""},
        {"{\"os\":\"linux\"}", ""},
        {"{\"architecture\":\"wasm\"}", ""},
        {"{\"os\":\"linux\",\"architecture\":\"a/b\"}", ""},
        {"{\"os\":\"li nux\",\"architecture\":\"amd64\"}", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct platform p = {.text = ""};
        struct err err = ERR_INIT;
        CLEANUP(js_release)
        struct js *root =
            js_parse(cases[i].json, strlen(cases[i].json), ERR_PROTOCOL, &err);

        print_message("# %s\n", cases[i].json);
        assert_non_null(root);
        assert_int_equal(platform_read(&p, root), 1);
        assert_string_equal(p.spec, cases[i].spec);
    }
}

static void
parses_lists_of_platforms(void **state)
{
    struct choice c = {.count = 0};
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(choice_add(&c, "linux/amd64,linux/arm64/v8", &err), 0);
    assert_int_equal(choice_add(&c, "linux/aarch64", &err), 0);
    assert_int_equal(c.count, 2);
    assert_true(choice_has(&c, "linux/arm64"));
    assert_false(choice_has(&c, "linux/arm64/v8"));
    assert_int_equal(choice_add(&c, "linux/amd64,", &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_int_equal(choice_add(&c, "", &err), -1);
    assert_int_equal(choice_add(&c, ",linux/amd64", &err), -1);
    assert_int_equal(choice_add(&c, "linux/amd64, linux/s390x", &err), -1);
    for (int i = 0; i < CHOICE_PLATFORMS_MAX - 2; i++) {
        char text[32];

        snprintf(text, sizeof(text), "linux/cpu%d", i);
        assert_int_equal(choice_add(&c, text, &err), 0);
    }
    assert_int_equal(choice_add(&c, "linux/one-more", &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
}

/* An index; a digest is eight letters, eight times. */
#define CHILD(letter, more)                                                              \
    "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","                     \
    "\"size\":2,\"digest\":\"sha256:" letter letter letter letter letter letter letter   \
        letter "\"" more "}"
#define ON(os, arch) ",\"platform\":{\"os\":\"" os "\",\"architecture\":\"" arch "\"}"
#define ABOUT(letter)                                                                    \
    ON("unknown", "unknown")                                                             \
    ",\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\","          \
    "\"vnd.docker.reference.digest\":\"sha256:" letter letter letter letter letter       \
        letter letter letter "\"}"
#define A "aaaaaaaa"
#define B "bbbbbbbb"
#define C "cccccccc"

static void
selects_children(void **state)
{
    static const char json[] =
        "{\"schemaVersion\":2,\"manifests\":[" CHILD(A, ON("linux", "amd64")) "," CHILD(B, ON("linux", "arm64")) "," CHILD(
            "dddddddd",
            ABOUT(
                A)) "," CHILD("eeeeeeee",
                              ABOUT(
                                  B)) "," CHILD("ffffffff",
                                                ABOUT(
                                                    "00000000")) "," CHILD("11111111",
                                                                           "") "," CHILD(C,
                                                                                         ON("windows",
                                                                                            "amd64")) "," CHILD("22222222",
                                                                                                                ON("unknown",
                                                                                                                   "unknown")) "," CHILD(B,
                                                                                                                                         ON("linux",
                                                                                                                                            "arm")) "]}";
    static const struct {
        const char *platforms, *omit; /* '-': left out */
    } cases[] = {
        {NULL, "........."},           {"linux/amd64", ".-.-..-.-"},
        {"linux/arm64", "-.-...-.-"}, /* B's attestation stays: B is there */
        {"linux/arm/v7", "---...-.."}, {"linux/amd64,windows/amd64", ".-.-....-"},
        {"linux/s390x", "----..-.-"},
    };
    CLEANUP(document_release) struct document doc = DOCUMENT_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(document_parse(&doc, json, strlen(json), NULL, ERR_PROTOCOL, &err),
                     0);
    assert_int_equal(doc.count, 9);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct choice c = {.count = 0};
        bool omit[9] = {false};

        if (cases[i].platforms)
            assert_int_equal(choice_add(&c, cases[i].platforms, &err), 0);
        choice_apply(&c, &doc, omit);
        for (size_t k = 0; k < doc.count; k++) {
            if (omit[k] != (cases[i].omit[k] == '-'))
                fail_msg("case %zu, child %zu", i, k);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_versions),
        cmocka_unit_test(writes_platforms_in_one_form),
        cmocka_unit_test(reads_platforms_of_documents),
        cmocka_unit_test(parses_lists_of_platforms),
        cmocka_unit_test(selects_children),
    };

    return cmocka_run_group_tests_name("choice", tests, NULL, NULL);
}
