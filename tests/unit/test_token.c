/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "registry/auth/token.h"
#include "io/http/http_url.h"

#define NAME    HTTP_REACH_NAME
#define LOOP    HTTP_REACH_LOOPBACK
#define PRIVATE HTTP_REACH_PRIVATE
#define PUBLIC  HTTP_REACH_PUBLIC

static int
parse(const char *text, struct token_reply *out, struct err *err)
{
    return token_parse(text, strlen(text), out, err);
}

static void
parses_tokens(void **state)
{
    static const struct {
        const char *text, *token;
        uint64_t lifetime;
    } table[] = {
        {"{\"token\":\"abc\"}", "abc", 60},
        {"{\"access_token\":\"abc\"}", "abc", 60},
        {"{\"token\":\"abc\",\"access_token\":\"abc\"}", "abc", 60},
        {"{\"token\":\"\",\"access_token\":\"abc\"}", "abc", 60},
        {"{\"token\":\"abc\",\"access_token\":\"\"}", "abc", 60},
        {"{\"token\":\"aZ09._~+/=-\"}", "aZ09._~+/=-", 60},
        {"{\"token\":null,\"access_token\":\"abc\"}", "abc", 60},
        {"{\"token\":\"abc\",\"access_token\":null}", "abc", 60},
        {"{\"token\":\"t\",\"expires_in\":300}", "t", 300},
        {"{\"token\":\"t\",\"expires_in\":61}", "t", 61},
        {"{\"token\":\"t\",\"expires_in\":59}", "t", 60},
        {"{\"token\":\"t\",\"expires_in\":0}", "t", 60},
        {"{\"token\":\"t\",\"expires_in\":-300}", "t", 60},
        {"{\"token\":\"t\",\"expires_in\":300.5}", "t", 60},
        {"{\"token\":\"t\",\"expires_in\":1e3}", "t", 60},
        {"{\"token\":\"t\",\"expires_in\":\"300\"}", "t", 60},
        {"{\"token\":\"t\",\"expires_in\":null}", "t", 60},
        {"{\"token\":\"t\",\"expires_in\":9223372036854775807}", "t", 86400},
        {"{\"token\":\"t\",\"issued_at\":\"0001-01-01T00:00:00Z\",\"expires_in\":90}",
         "t", 90},
        {"{\"token\":\"t\",\"issued_at\":{},\"refresh_token\":7}", "t", 60},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct token_reply reply = TOKEN_REPLY_INIT;
        struct err err = ERR_INIT;

        print_message("# %s\n", table[i].text);
        assert_int_equal(parse(table[i].text, &reply, &err), 0);
        assert_string_equal(secret_get(&reply.value), table[i].token);
        assert_int_equal(reply.lifetime_s, table[i].lifetime);
        token_reply_release(&reply);
    }
}

static void
refuses_other_answers(void **state)
{
    static const char *const table[] = {
        "",
        "<html>secret</html>",
        "[\"secret\"]",
        "\"secret\"",
        "{\"token\":\"secret\"",
        "{\"token\":\"secret\"} {}",
        "{}",
        "{\"token\":\"\"}",
        "{\"token\":null}",
        "{\"token\":7}",
        "{\"token\":\"secret\",\"access_token\":7}",
        "{\"token\":\"secret\",\"access_token\":\"other\"}",
        "{\"token\":\"secret\",\"token\":\"secret\"}",
        "{\"token\":\"secret\\r\\nX-Evil: 1\"}",
        "{\"token\":\"secret secret\"}",
        "{\"token\":\"secret\\u0000\"}",
        "{\"token\":\"secret\\u00e9\"}",
        "{\"token\":\"secret,secret\"}",
        "{\"Token\":\"secret\"}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct token_reply reply = TOKEN_REPLY_INIT;
        struct err err = ERR_INIT;

        print_message("# %s\n", table[i]);
        assert_int_equal(parse(table[i], &reply, &err), -1);
        assert_int_equal(err.kind, ERR_AUTH);
        assert_null(strstr(err.msg, "secret"));
        assert_false(secret_is_set(&reply.value));
        assert_int_equal(reply.lifetime_s, 0);
    }
}

static void
refuses_long_tokens(void **state)
{
    char *text = xmalloc(TOKEN_MAX + 32);
    struct token_reply reply = TOKEN_REPLY_INIT;
    struct err err = ERR_INIT;

    (void)state;
    memset(text, 'a', TOKEN_MAX + 32);
    memcpy(text, "{\"token\":\"", 10);
    memcpy(text + 10 + TOKEN_MAX, "\"}", 3);
    assert_int_equal(parse(text, &reply, &err), 0);
    assert_int_equal(reply.value.len, TOKEN_MAX);
    token_reply_release(&reply);
    memcpy(text + 10 + TOKEN_MAX, "a\"}", 4);
    assert_int_equal(parse(text, &reply, &err), -1);
    free(text);
}

/* ---- which server may be asked, and which may be told a password ---- */

struct server_case {
    const char *registry, *url, *realm;
    enum http_reach reach; /* of the address the registry has */
    bool allows_plain;
    int may_be_asked;
    bool is_trusted;
};

static void
check_server(const struct server_case *k)
{
    struct http_origin origin;
    struct token_server server = {.registry = k->registry,
                                  .origin = &origin,
                                  .reach = k->reach,
                                  .allows_plain = k->allows_plain};
    struct err err = ERR_INIT;

    print_message("# %s: %s\n", k->registry, k->realm);
    assert_int_equal(http_url_origin(k->url, &origin, &err), 0);
    assert_int_equal(http_url_origin(k->realm, &server.realm, &err), 0);
    assert_int_equal(token_server_check(&server, &err), k->may_be_asked);
    assert_int_equal(err.kind, k->may_be_asked < 0 ? ERR_AUTH : ERR_NONE);
    assert_int_equal(token_server_is_trusted(&server), k->is_trusted);
}

static void
checks_token_services(void **state)
{
    static const struct server_case table[] = {
        /* the same host, whatever the port */
        {"reg.corp", "https://reg.corp", "https://reg.corp/token", PUBLIC, false, 0,
         true},
        {"reg.corp", "https://reg.corp", "https://reg.corp:8443/t", PRIVATE, false, 0,
         true},
        {"10.0.0.1", "https://10.0.0.1", "https://10.0.0.1:1/t", PRIVATE, false, 0, true},
        /* a parent domain, either way, with two labels at least */
        {"registry.gitlab.com", "https://registry.gitlab.com", "https://gitlab.com/jwt",
         PUBLIC, false, 0, true},
        {"corp.example", "https://corp.example", "https://auth.corp.example/t", PUBLIC,
         false, 0, true},
        {"reg.com", "https://reg.com", "https://com/t", PUBLIC, false, 0, false},
        {"reg.com.", "https://reg.com.", "https://com./t", PUBLIC, false, 0, false},
        {"reg.evil.com", "https://reg.evil.com", "https://vil.com/t", PUBLIC, false, 0,
         false},
        {"a.example.com", "https://a.example.com", "https://b.example.com/t", PUBLIC,
         false, 0, false},
        {"10.0.0.1", "https://10.0.0.1", "https://0.0.1/t", PRIVATE, false, 0, false},
        /* known pairs */
        {"docker.io", "https://registry-1.docker.io", "https://auth.docker.io/token",
         PUBLIC, false, 0, true},
        {"registry.suse.com", "https://registry.suse.com",
         "https://scc.suse.com/api/registry/authorize", PUBLIC, false, 0, true},
        {"registry.digitalocean.com", "https://registry.digitalocean.com",
         "https://api.digitalocean.com/v2/registry/auth", PUBLIC, false, 0, true},
        {"evil.io", "https://evil.io", "https://auth.docker.io/token", PUBLIC, false, 0,
         false},
        {"docker.io", "https://registry-1.docker.io", "https://auth.evil.io/token",
         PUBLIC, false, 0, false},
        /* plain http */
        {"reg.corp", "https://reg.corp", "http://reg.corp/t", PRIVATE, false, -1, true},
        {"reg.corp", "https://reg.corp", "http://reg.corp/t", PRIVATE, true, 0, true},
        {"reg.corp", "https://reg.corp", "http://127.0.0.1/t", PRIVATE, false, -1, false},
        {"localhost:5000", "http://localhost:5000", "http://localhost:5001/t", LOOP,
         false, 0, true},
        {"127.0.0.1:5000", "http://127.0.0.1:5000", "http://10.0.0.1/t", LOOP, false, -1,
         false},
        /* a public registry that points into our network */
        {"reg.example", "https://reg.example", "https://169.254.169.254/t", PUBLIC, false,
         -1, false},
        {"reg.example", "https://reg.example", "https://localhost/t", PUBLIC, false, -1,
         false},
        {"reg.example", "https://reg.example", "https://[::ffff:10.0.0.1]/t", PUBLIC,
         false, -1, false},
        {"8.8.8.8", "https://8.8.8.8", "https://10.0.0.1/t", PRIVATE, false, -1, false},
        {"reg.example", "https://reg.example", "https://10.0.0.1/t", PRIVATE, false, 0,
         false},
        {"reg.example", "https://reg.example", "https://8.8.8.8/t", PUBLIC, false, 0,
         false},
        {"reg.example", "https://reg.example", "https://10.0.0.1/t", NAME, false, 0,
         false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        check_server(&table[i]);
}

/* Named by the user it gets credentials, but may be no more than others. */
static void
trusts_a_named_service(void **state)
{
    static const struct {
        const char *realm;
        int may_be_asked;
    } table[] = {
        {"https://auth.other.example/t", 0},
        {"http://auth.other.example/t", -1},
        {"https://10.0.0.1/t", -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct http_origin origin;
        struct token_server server = {.registry = "reg.example",
                                      .origin = &origin,
                                      .reach = PUBLIC,
                                      .is_named = true};
        struct err err = ERR_INIT;

        assert_int_equal(http_url_origin("https://reg.example", &origin, &err), 0);
        assert_int_equal(http_url_origin(table[i].realm, &server.realm, &err), 0);
        assert_int_equal(token_server_check(&server, &err), table[i].may_be_asked);
        assert_true(token_server_is_trusted(&server));
    }
}

static void
encodes_basic_credentials(void **state)
{
    struct credential c = {.user = (char[]){"Aladdin"}};
    struct secret value = SECRET_INIT;
    struct err err = ERR_INIT;

    (void)state;
    secret_set(&c.password, "open sesame", 11);
    assert_int_equal(token_basic(&c, &value, &err), 0);
    assert_string_equal(secret_get(&value), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    secret_release(&value);
    secret_release(&c.password);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_tokens),
        cmocka_unit_test(refuses_other_answers),
        cmocka_unit_test(refuses_long_tokens),
        cmocka_unit_test(checks_token_services),
        cmocka_unit_test(trusts_a_named_service),
        cmocka_unit_test(encodes_basic_credentials),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
