/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "io/http/http.h"
#include "io/http/http_url.h"

static void
origins_are_canonical(void **state)
{
    static const struct {
        const char *url;
        bool tls;
        const char *host;
        unsigned port;
        const char *text; /* as references say it */
    } table[] = {
        {"https://reg.corp/v2/", true, "reg.corp", 443, "reg.corp"},
        {"https://reg.corp", true, "reg.corp", 443, "reg.corp"},
        {"https://reg.corp:443/", true, "reg.corp", 443, "reg.corp"},
        {"https://reg.corp:80/", true, "reg.corp", 80, "reg.corp:80"},
        {"http://reg.corp:5000/x?y=z", false, "reg.corp", 5000, "reg.corp:5000"},
        {"http://reg.corp:80", false, "reg.corp", 80, "reg.corp"},
        {"HTTPS://Reg.CORP:5000/A", true, "reg.corp", 5000, "reg.corp:5000"},
        {"https://[::1]:5000/", true, "[::1]", 5000, "[::1]:5000"},
        {"https://[2001:DB8::1]/", true, "[2001:db8::1]", 443, "[2001:db8::1]"},
        {"http://127.1:8/", false, "127.0.0.1", 8, "127.0.0.1:8"},
        {"http://0x7f000001/", false, "127.0.0.1", 80, "127.0.0.1"},
        {"https://h?q=/@:", true, "h", 443, "h"},
        {"https://h/@user", true, "h", 443, "h"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        char text[HTTP_ORIGIN_TEXT_MAX];
        struct err err = ERR_INIT;
        struct http_origin o;

        print_message("# %s\n", table[i].url);
        assert_int_equal(http_url_origin(table[i].url, &o, &err), 0);
        assert_int_equal(o.tls, table[i].tls);
        assert_string_equal(o.host, table[i].host);
        assert_int_equal(o.port, table[i].port);
        http_origin_text(&o, text);
        assert_string_equal(text, table[i].text);
    }
}

static void
refuses_other_urls(void **state)
{
    static const char *const table[] = {
        "",
        "reg.corp/v2/",
        "//reg.corp/v2/",
        "/v2/",
        "ftp://reg.corp/",
        "file:///etc/passwd",
        "gopher://reg.corp/",
        "https:/reg.corp/",
        "https:///reg.corp/",
        "https://",
        "https://:5000/",
        "https://user@reg.corp/",
        "https://user:secret@reg.corp/",
        "https://@reg.corp/",
        "https://good.example@evil.example/",
        "https://reg.corp\\@evil.example/",
        "https://reg.corp:0/",
        "https://reg.corp:65536/",
        "https://reg.corp:http/",
        "https://reg.corp:-1/",
        "https://reg%2ecorp/",
        "https://[fe80::1%25eth0]/",
        "https://[::1/",
        "https://reg corp/",
        "https://reg.corp/a b",
        "https://reg.corp/\r\nHost: x",
        "https://reg.corp/\x7f",
        "https://r\xc3\xa9g.corp/",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct http_origin o = {.port = 4711};
        struct err err = ERR_INIT;

        print_message("# %s\n", table[i]);
        assert_int_equal(http_url_origin(table[i], &o, &err), -1);
        assert_int_equal(err.kind, ERR_PROTOCOL);
        assert_null(strstr(err.msg, "secret"));
        assert_int_equal(o.port, 4711);
    }
}

static void
limits_lengths(void **state)
{
    char *url = xmalloc(HTTP_URL_MAX + 2);
    struct err err = ERR_INIT;
    struct http_origin o;

    (void)state;
    memset(url, 'a', HTTP_URL_MAX + 1);
    memcpy(url, "https://h/", 10);
    url[HTTP_URL_MAX + 1] = '\0';
    assert_int_equal(http_url_origin(url, &o, &err), -1);
    url[HTTP_URL_MAX] = '\0';
    assert_int_equal(http_url_origin(url, &o, &err), 0);
    memcpy(url + 10 + HTTP_HOST_MAX, "/", 1); /* a host that is too long */
    memcpy(url, "https://aa", 10);
    assert_int_equal(http_url_origin(url, &o, &err), -1);
    free(url);
}

static void
origins_differ_in_scheme_host_or_port(void **state)
{
    static const struct {
        const char *a, *b;
        bool equal;
    } table[] = {
        {"https://h/x", "https://H:443/y?z", true},
        {"http://h", "http://h:80", true},
        {"https://h", "http://h", false},
        {"https://h:80", "http://h:80", false},
        {"https://h", "https://h:444", false},
        {"https://h", "https://h.", false},
        {"https://h", "https://i", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct err err = ERR_INIT;
        struct http_origin a, b;

        assert_int_equal(http_url_origin(table[i].a, &a, &err), 0);
        assert_int_equal(http_url_origin(table[i].b, &b, &err), 0);
        assert_int_equal(http_origin_equal(&a, &b), table[i].equal);
    }
}

static void
classifies_addresses(void **state)
{
    static const struct {
        const char *host;
        enum http_reach reach;
    } table[] = {
        {"reg.corp", HTTP_REACH_NAME},
        {"localhost", HTTP_REACH_NAME},
        {"10.example", HTTP_REACH_NAME},
        {"1.2.3", HTTP_REACH_NAME},
        {"", HTTP_REACH_NAME},
        {"[]", HTTP_REACH_NAME},
        {"127.0.0.1", HTTP_REACH_LOOPBACK},
        {"127.255.0.9", HTTP_REACH_LOOPBACK},
        {"[::1]", HTTP_REACH_LOOPBACK},
        {"::1", HTTP_REACH_LOOPBACK},
        {"[::ffff:127.0.0.1]", HTTP_REACH_LOOPBACK},
        {"0.0.0.0", HTTP_REACH_PRIVATE},
        {"10.0.0.1", HTTP_REACH_PRIVATE},
        {"100.64.0.1", HTTP_REACH_PRIVATE},
        {"100.127.255.255", HTTP_REACH_PRIVATE},
        {"169.254.169.254", HTTP_REACH_PRIVATE},
        {"172.16.0.1", HTTP_REACH_PRIVATE},
        {"172.31.255.255", HTTP_REACH_PRIVATE},
        {"192.168.1.1", HTTP_REACH_PRIVATE},
        {"198.19.0.1", HTTP_REACH_PRIVATE},
        {"224.0.0.1", HTTP_REACH_PRIVATE},
        {"255.255.255.255", HTTP_REACH_PRIVATE},
        {"[::]", HTTP_REACH_PRIVATE},
        {"[fd00::1]", HTTP_REACH_PRIVATE},
        {"[fe80::1]", HTTP_REACH_PRIVATE},
        {"[ff02::1]", HTTP_REACH_PRIVATE},
        {"[::10.0.0.1]", HTTP_REACH_PRIVATE},
        {"[::ffff:10.0.0.1]", HTTP_REACH_PRIVATE},
        {"[64:ff9b::a00:1]", HTTP_REACH_PRIVATE},
        {"[64:ff9b:1::8.8.8.8]", HTTP_REACH_PRIVATE},
        {"[2002:a00:1::1]", HTTP_REACH_PRIVATE},
        {"8.8.8.8", HTTP_REACH_PUBLIC},
        {"100.63.255.255", HTTP_REACH_PUBLIC},
        {"100.128.0.1", HTTP_REACH_PUBLIC},
        {"172.15.0.1", HTTP_REACH_PUBLIC},
        {"172.32.0.1", HTTP_REACH_PUBLIC},
        {"192.167.0.1", HTTP_REACH_PUBLIC},
        {"223.255.255.255", HTTP_REACH_PUBLIC},
        {"[2606:4700::1]", HTTP_REACH_PUBLIC},
        {"[::ffff:8.8.8.8]", HTTP_REACH_PUBLIC},
        {"[64:ff9b::8.8.8.8]", HTTP_REACH_PUBLIC},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        print_message("# %s\n", table[i].host);
        assert_int_equal(http_host_reach(table[i].host), table[i].reach);
    }
}

static void
loopback_is_an_address_or_localhost(void **state)
{
    static const struct {
        const char *host;
        bool loopback;
    } table[] = {
        {"localhost", true},
        {"127.0.0.1", true},
        {"[::1]", true},
        {"localhost.evil.example", false},
        {"127.0.0.1.evil.example", false},
        {"0.0.0.0", false},
        {"10.0.0.1", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct http_origin o = {.tls = false};

        snprintf(o.host, sizeof(o.host), "%s", table[i].host);
        assert_int_equal(http_origin_is_loopback(&o), table[i].loopback);
    }
}

static void
resolves_locations(void **state)
{
    static const struct {
        const char *base, *location, *url;
    } table[] = {
        {"https://h/v2/a/blobs/uploads/", "/v2/a/up/1", "https://h/v2/a/up/1"},
        {"https://h/v2/a/blobs/uploads/", "https://s.example/x", "https://s.example/x"},
        {"https://h/v2/a/blobs/uploads/", "//s.example/x", "https://s.example/x"},
        {"https://h/v2/a/blobs/uploads/", "1", "https://h/v2/a/blobs/uploads/1"},
        {"https://h/v2/a?old=1", "?x=1", "https://h/v2/a?x=1"},
        {"https://h:5000/v2/a?old=1", "/b", "https://h:5000/b"},
        {"http://h/v2/", "http://h:5000/b", "http://h:5000/b"},
        {"https://h/a", "/b?_state=A%3D%3D&x=/..//y#frag",
         "https://h/b?_state=A%3D%3D&x=/..//y"},
        {"https://h/a", "https://s/b?sig=a+b%20c&d=e;f", "https://s/b?sig=a+b%20c&d=e;f"},
        {"https://h/token?x=1", "/token?x=1", "https://h/token?x=1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(mem_free_string) char *url = NULL;
        struct err err = ERR_INIT;

        print_message("# %s\n", table[i].location);
        assert_int_equal(http_url_resolve(table[i].base, table[i].location, &url, &err),
                         0);
        assert_string_equal(url, table[i].url);
    }
}

static void
refuses_malformed_locations(void **state)
{
    static const char *const table[] = {
        "",
        "https://21%3070643%33/",
        "https:/21%3070643%33/",
        "file:///etc/passwd",
        "ftp://h/x",
        "https://user:pw@h/x",
        "//user@h/x",
        "https://h/a b",
        "/a\nb",
        "\\\\evil.example\\x",
        "https://h:99999/",
        "https://",
        "javascript:alert(1)//\x01",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct err err = ERR_INIT;
        char *url = NULL;

        print_message("# %s\n", table[i]);
        assert_int_equal(http_url_resolve("https://h/v2/", table[i], &url, &err), -1);
        assert_int_equal(err.kind, ERR_PROTOCOL);
        assert_null(url);
    }
}

static void
appends_and_hides_queries(void **state)
{
    static const struct {
        const char *url, *value, *with;
    } table[] = {
        {"https://h/p", "sha256:ab", "https://h/p?k=sha256%3Aab"},
        {"https://h/p?a=b", "c", "https://h/p?a=b&k=c"},
        {"https://h/p?_state=x%3D%3D", "", "https://h/p?_state=x%3D%3D&k="},
        {"https://h/p?", "c", "https://h/p?k=c"},
        {"https://h/p?a&", "c", "https://h/p?a&k=c"},
        {"https://h/p", "a b+c&d=e#/:", "https://h/p?k=a%20b%2Bc%26d%3De%23%2F%3A"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(mem_free_string)
        char *with = http_url_add_query(table[i].url, "k", table[i].value);
        CLEANUP(mem_free_string) char *shown = http_url_redacted(with);

        assert_string_equal(with, table[i].with);
        assert_string_equal(shown, "https://h/p");
    }
}

static void
joins_parts_of_a_url(void **state)
{
    static const char *const table[] = {"https://h/v2/", "https://h:80/v2/",
                                        "http://h/v2/", "http://[::1]:5000/v2/x?y=z"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(mem_free_string) char *url = NULL;
        struct err err = ERR_INIT;
        struct http_origin o;

        assert_int_equal(http_url_origin(table[i], &o, &err), 0);
        url = http_url_build(&o, http_url_path(table[i]));
        assert_string_equal(url, table[i]);
    }
    assert_string_equal(http_url_path("https://h?q"), "?q");
    assert_string_equal(http_url_path("https://h"), "");
}

static void
encodes_and_limits_forms(void **state)
{
    struct buf form = BUF_INIT(32);

    (void)state;
    assert_int_equal(http_form_add(&form, "a", "x y/z"), 0);
    assert_int_equal(http_form_add(&form, "b", "+&="), 0);
    assert_string_equal(form.data, "a=x%20y%2Fz&b=%2B%26%3D");
    assert_int_equal(http_form_add(&form, "c", "0123456789"), -1);
    assert_string_equal(form.data, "a=x%20y%2Fz&b=%2B%26%3D");
    buf_release(&form);
}

static void
reads_retry_after_as_seconds_or_date(void **state)
{
    static const struct {
        const char *value;
        int64_t low, high;
    } table[] = {
        {"0", 0, 0},
        {"2", 2, 2},
        {"86400", 86400, 86400},
        {"Thu, 01 Jan 1998 00:00:00 GMT", 0, 0},
        {"Fri, 01 Jan 2100 00:00:00 GMT", 1000000, INT64_MAX},
        {"", -1, -1},
        {"-5", -1, -1},
        {"2.5", -1, -1},
        {"1e3", -1, -1},
        {"99999999999999999999", -1, -1},
        {"soon", -1, -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        int64_t got = http_retry_after(table[i].value);

        print_message("# '%s'\n", table[i].value);
        assert_true(got >= table[i].low && got <= table[i].high);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(origins_are_canonical),
        cmocka_unit_test(refuses_other_urls),
        cmocka_unit_test(limits_lengths),
        cmocka_unit_test(origins_differ_in_scheme_host_or_port),
        cmocka_unit_test(classifies_addresses),
        cmocka_unit_test(loopback_is_an_address_or_localhost),
        cmocka_unit_test(resolves_locations),
        cmocka_unit_test(refuses_malformed_locations),
        cmocka_unit_test(appends_and_hides_queries),
        cmocka_unit_test(joins_parts_of_a_url),
        cmocka_unit_test(encodes_and_limits_forms),
        cmocka_unit_test(reads_retry_after_as_seconds_or_date),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
