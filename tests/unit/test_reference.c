/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "oci/reference.h"

#define HEX32 "0123456789abcdef0123456789abcdef"
#define HEX64 HEX32 HEX32
#define SHA   "sha256:" HEX64

static int
parse(struct reference *r, const char *text, struct err *err)
{
    return reference_parse(r, text, strlen(text), err);
}

/* Input and the name that it resolves to. */
static void
accepts_valid_references(void **state)
{
    static const struct {
        const char *text, *name;
    } cases[] = {
        {"nginx", "docker.io/library/nginx:latest"},
        {"nginx:1.27", "docker.io/library/nginx:1.27"},
        {"foo/bar", "docker.io/foo/bar:latest"},
        {"docker.io/nginx", "docker.io/library/nginx:latest"},
        {"index.docker.io/library/nginx", "docker.io/library/nginx:latest"},
        {"registry-1.docker.io/a/b/c", "docker.io/a/b/c:latest"},
        {"docker://nginx", "docker.io/library/nginx:latest"},
        {"docker://a.b/c:t@" SHA, "a.b/c:t"},
        {"oci://a.b/charts/app", "a.b/charts/app:latest"},
        {"oci://registry/app:1.2.3", "registry/app:1.2.3"},
        {"Docker.IO/nginx", "docker.io/library/nginx:latest"},
        {"localhost/x", "localhost/x:latest"},
        {"localhost:5000/x", "localhost:5000/x:latest"},
        {"localhost:5000", "docker.io/library/localhost:5000"},
        {"example.com", "docker.io/library/example.com:latest"},
        {"example.com/x", "example.com/x:latest"},
        {"REG.Corp:443/x:V1", "reg.corp:443/x:V1"},
        {"MYHOST/x", "myhost/x:latest"},
        {"a.b/c_d/e__f/g-h--i.j:_t", "a.b/c_d/e__f/g-h--i.j:_t"},
        {"192.0.2.1:5000/x", "192.0.2.1:5000/x:latest"},
        {"[::1]:5000/x", "[::1]:5000/x:latest"},
        {"[2001:DB8::1]/x", "[2001:db8::1]/x:latest"},
        {"[::1]:5000/x@" SHA, "[::1]:5000/x@" SHA},
        {"h.x/y:t@" SHA, "h.x/y:t"},
        {"nginx@sha512:" HEX64 HEX64, "docker.io/library/nginx@sha512:" HEX64 HEX64},
        {"xn--bcher-kva.example/x", "xn--bcher-kva.example/x:latest"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct reference r, back;
        struct err err = ERR_INIT;
        char name[REFERENCE_TEXT_MAX];

        print_message("# %s\n", cases[i].text);
        assert_int_equal(parse(&r, cases[i].text, &err), 0);
        reference_name(&r, name);
        assert_string_equal(name, cases[i].name);
        assert_int_equal(reference_parse_name(&back, name, ERR_INTEGRITY, &err), 0);
        assert_true(reference_same_name(&r, &back));
    }
}

static void
refuses_malformed_references(void **state)
{
    static const char *const cases[] = {
        "",
        " ",
        "nginx ",
        " nginx",
        "/nginx",
        "nginx/",
        "a//b",
        "a___b",
        "a._b",
        "-a",
        "a-",
        "a/-b",
        "a/.",
        "a/..",
        "..",
        "a.b/../c",
        "Nginx",
        "foo/Bar",
        "a.b/C",
        "nginx:",
        "nginx:.x",
        "nginx:-x",
        "nginx:a:b",
        "nginx:a b",
        "nginx@",
        "nginx@sha256:" HEX32,
        "nginx@sha256:" HEX64 "0",
        "nginx@sha256:0123456789ABCDEF" HEX32 "0123456789abcdef",
        "nginx@md5:" HEX32,
        "nginx@sha256:../../x",
        "nginx@" SHA "@" SHA,
        "registry.example@evil.com/x:y",
        "user:pw@host.x/y",
        "http://a.b/c",
        "https://nginx",
        "docker://",
        "docker://https://a.b/c",
        "oci://nginx",
        "oci:nginx:x",
        "a.b:0/c",
        "a.b:65536/c",
        "a.b:/c",
        "a.b:05/c",
        "a.b:5x/c",
        "a..b/c",
        ".a/c",
        "a.b./c",
        "-a.b/c",
        "a-.b/c",
        "a_b.c/d",
        "[::1/x",
        "[]/x",
        "[::1]x/y",
        "[::g]/x",
        "[1:2]/x",
        "[::1%eth0]/x",
        "[::ffff:1.2.3.4]/x",
        "\\\\evil\\x",
        "a.b/%2e",
        "a.b/c#d",
        "a.b/c?d",
        "a.b/c\x01",
        "a.b/\xc3\xa4",
        HEX64,
        "@" SHA,
        ":tag",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct reference r = {.tag = "kept"};
        struct err err = ERR_INIT;

        print_message("# case %zu\n", i); /* some have control characters */
        assert_int_equal(parse(&r, cases[i], &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_string_equal(r.tag, "kept");
        assert_int_not_equal(err.msg[0], '\0');
    }
}

/* A NUL in the middle is a character like any other bad one. */
static void
refuses_nul_bytes(void **state)
{
    static const struct {
        const char *text;
        size_t len;
    } cases[] = {{"nginx\0x", 7}, {"nginx:a\0b", 9}, {"a.b\0c/d", 7}, {"[::1\0]/d", 8}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct reference r;
        struct err err = ERR_INIT;

        assert_int_equal(reference_parse(&r, cases[i].text, cases[i].len, &err), -1);
    }
}

static void
names_the_fault(void **state)
{
    struct reference r;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(parse(&r, "foo/Bar:1", &err), -1);
    assert_string_equal(
        err.msg, "'foo/Bar:1': repository path 'foo/Bar' contains an upper-case letter");
    assert_int_equal(parse(&r, "https://a.b/c", &err), -1);
    assert_non_null(strstr(err.hint, "://"));
    assert_int_equal(parse(&r, "a\x1b[31m/b", &err), -1);
    assert_null(strchr(err.msg, '\x1b'));
}

/* A text of n times c between two others. */
static const char *
long_text(char *out, const char *before, size_t n, const char *after)
{
    size_t len = strlen(before);

    memcpy(out, before, len);
    memset(out + len, 'a', n);
    memcpy(out + len + n, after, strlen(after) + 1);
    return out;
}

static void
limits_lengths(void **state)
{
    struct reference r;
    struct err err = ERR_INIT;
    char text[2048];

    (void)state;
    assert_int_equal(parse(&r, long_text(text, "h.x/", 255, ""), &err), 0);
    assert_int_equal(parse(&r, long_text(text, "h.x/", 256, ""), &err), -1);
    /* "library/" counts */
    assert_int_equal(parse(&r, long_text(text, "", 247, ""), &err), 0);
    assert_int_equal(parse(&r, long_text(text, "", 248, ""), &err), -1);
    assert_int_equal(parse(&r, long_text(text, "x:", 128, ""), &err), 0);
    assert_int_equal(parse(&r, long_text(text, "x:", 129, ""), &err), -1);
    assert_int_equal(parse(&r, long_text(text, "", 63, ".x/y"), &err), 0);
    assert_int_equal(parse(&r, long_text(text, "", 64, ".x/y"), &err), -1);
    assert_int_equal(parse(&r, long_text(text, "x", 1900, ""), &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
}

/* The longest of everything fits into the buffers. */
static void
accepts_the_longest(void **state)
{
    char text[REFERENCE_TEXT_MAX + 1] = "", name[REFERENCE_TEXT_MAX];
    struct reference r;
    struct err err = ERR_INIT;
    size_t n = 0;

    (void)state;
    for (int i = 0; i < 128; i++) /* a host of 255 bytes */
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%sa", i ? "." : "");
    n += (size_t)snprintf(text + n, sizeof(text) - n, ":65535/");
    for (int i = 0; i < 128; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%sb", i ? "/" : "");
    text[n++] = ':';
    memset(text + n, 'c', 128);
    n += 128;
    snprintf(text + n, sizeof(text) - n, "@sha512:" HEX64 HEX64);
    assert_int_equal(strlen(text), REFERENCE_TEXT_MAX - 1);
    assert_int_equal(parse(&r, text, &err), 0);
    assert_true(r.has_digest);
    reference_name(&r, name);
    assert_memory_equal(name, text, n);
    assert_int_equal(strlen(name), n);
}

static void
splits_into_parts(void **state)
{
    struct reference r;
    struct err err = ERR_INIT;
    char text[DIGEST_TEXT_MAX];

    (void)state;
    assert_int_equal(parse(&r, "reg.corp:5000/a/b:t@" SHA, &err), 0);
    assert_string_equal(r.host, "reg.corp:5000");
    assert_string_equal(r.path, "a/b");
    assert_string_equal(r.tag, "t");
    assert_true(r.has_digest);
    digest_text(&r.digest, text);
    assert_string_equal(text, SHA);
    assert_int_equal(parse(&r, "a@" SHA, &err), 0);
    assert_string_equal(r.tag, "");
    assert_int_equal(parse(&r, "a", &err), 0);
    assert_false(r.has_digest);
}

/* Names in a bundle are canonical to the byte. */
static void
canonicalises(void **state)
{
    static const char *const cases[] = {
        "",
        "nginx",
        "docker.io/nginx:1",
        "index.docker.io/library/nginx:1",
        "docker.io/library/nginx",
        "Docker.io/library/nginx:1",
        "a.b/c:t@" SHA,
        "https://a.b/c:t",
        "docker://a.b/c:t",
        "oci://a.b/c:t",
        "a.b/c:t\n",
        "a.b/../c:t",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct reference r = {.tag = "kept"};
        struct err err = ERR_INIT;

        print_message("# case %zu\n", i);
        assert_int_equal(reference_parse_name(&r, cases[i], ERR_INTEGRITY, &err), -1);
        assert_int_equal(err.kind, ERR_INTEGRITY);
        assert_string_equal(err_reason_word(err.reason), "format");
        assert_string_equal(r.tag, "kept");
    }
}

static void
checks_repository_names(void **state)
{
    struct reference r;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(
        reference_parse_name_or_repository(&r, "a.b:5/x/y", ERR_INTEGRITY, &err), 0);
    assert_true(reference_is_repository(&r));
    assert_int_equal(
        reference_parse_name_or_repository(&r, "a.b/x:latest", ERR_INTEGRITY, &err), 0);
    assert_string_equal(r.tag, "latest");
    assert_int_equal(reference_parse_name(&r, "a.b/x", ERR_INTEGRITY, &err), -1);
    assert_int_equal(reference_parse_name_or_repository(&r, "x", ERR_INTEGRITY, &err),
                     -1);
    assert_string_equal(r.path, "x"); /* untouched */
}

static void
compares_names(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } cases[] = {
        {"nginx", "docker.io/library/nginx:latest", true},
        {"nginx:1", "nginx:2", false},
        {"nginx:1@" SHA, "nginx:1", true},
        {"nginx@" SHA, "nginx@" SHA, true},
        {"nginx@" SHA, "nginx@sha256:1123456789abcdef0123456789abcdef" HEX32, false},
        {"nginx@" SHA, "nginx", false},
        {"a.b/x", "b.a/x", false},
        {"a.b/x", "a.b/y", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct reference a, b;
        struct err err = ERR_INIT;

        print_message("# %s %s\n", cases[i].a, cases[i].b);
        assert_int_equal(parse(&a, cases[i].a, &err), 0);
        assert_int_equal(parse(&b, cases[i].b, &err), 0);
        assert_int_equal(reference_same_name(&a, &b), cases[i].same);
        assert_int_equal(reference_same_name(&b, &a), cases[i].same);
    }
}

static void
checks_hosts(void **state)
{
    char host[REFERENCE_HOST_MAX + 1] = "kept";
    struct err err = ERR_INIT;

    (void)state;
    assert_string_equal(reference_api_host("docker.io"), "registry-1.docker.io");
    assert_string_equal(reference_api_host("quay.io"), "quay.io");
    assert_true(reference_is_host("registry"));
    assert_true(reference_is_host("[::1]:5000"));
    assert_false(reference_is_host("reg.corp/x"));
    assert_false(reference_is_host(""));
    assert_true(reference_is_path("a/b"));
    assert_false(reference_is_path(""));
    assert_false(reference_is_path("a:b"));
    assert_int_equal(reference_host(host, "a b", 3, &err), -1);
    assert_string_equal(host, "kept");
    assert_int_equal(reference_host(host, "Index.Docker.io/x", 15, &err), 0);
    assert_string_equal(host, "docker.io");
}

/* Whatever is in the password, a part of a URL or not. */
static void
does_not_quote_passwords(void **state)
{
    static const char *const texts[] = {
        "user:s3cret@host.x/y",        "s3cret@host.x/y:1",
        "user:s3/cret@host.x/y",       "user:s3 cret@host.x/y",
        "user:s3@cret@host.x/y",       "user:s3#cret@host.x/y",
        "user:s3?cret@host.x:5000/y",  "user:s3 cret@host.x:5000",
        "user:s3cret@host.x",          "https://user:s3/cret@host.x/y",
        "https://user:s3 cret@host.x", "https://s3cret@host.x/y@" SHA,
        "user:s3cret@host.x/y@" SHA,   "user:s3 cret@host.x/y@" SHA,
        "user:s3 cret@sha@" SHA,       "user:s3cret@sha.x/y",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct err err = ERR_INIT;
        struct reference r;

        print_message("# %s\n", texts[i]);
        assert_int_equal(reference_parse(&r, texts[i], strlen(texts[i]), &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_null(strstr(err.msg, "s3"));
        assert_null(strstr(err.msg, "cret"));
        assert_null(strstr(err.hint, "cret"));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_valid_references),
        cmocka_unit_test(refuses_malformed_references),
        cmocka_unit_test(refuses_nul_bytes),
        cmocka_unit_test(names_the_fault),
        cmocka_unit_test(limits_lengths),
        cmocka_unit_test(accepts_the_longest),
        cmocka_unit_test(splits_into_parts),
        cmocka_unit_test(canonicalises),
        cmocka_unit_test(checks_repository_names),
        cmocka_unit_test(compares_names),
        cmocka_unit_test(checks_hosts),
        cmocka_unit_test(does_not_quote_passwords),
    };

    return cmocka_run_group_tests_name("reference", tests, NULL, NULL);
}
