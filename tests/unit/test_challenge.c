/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "registry/connection/challenge.h"

static void
same(const char *got, const char *want)
{
    if (want)
        assert_string_equal(got, want);
    else
        assert_null(got);
}

static void
keeps_the_best_challenge(void **state)
{
    static const struct {
        const char *value;
        enum challenge_scheme scheme;
        const char *realm, *service, *scope, *error;
    } table[] = {
        {"Bearer "
         "realm=\"https://t/token\",service=\"s\",scope=\"repository:a:pull,push\"",
         CHALLENGE_BEARER, "https://t/token", "s", "repository:a:pull,push", NULL},
        {"bEaReR REALM=https://t/token, sErViCe=s", CHALLENGE_BEARER, "https://t/token",
         "s", NULL, NULL},
        {"Bearer realm = \"r\" , error = \"insufficient_scope\"", CHALLENGE_BEARER, "r",
         NULL, NULL, "insufficient_scope"},
        {"Basic realm=\"simple\"", CHALLENGE_BASIC, "simple", NULL, NULL, NULL},
        {"Basic", CHALLENGE_BASIC, NULL, NULL, NULL, NULL},
        {"Basic, Bearer realm=r", CHALLENGE_BEARER, "r", NULL, NULL, NULL},
        {"Bearer realm=r, Basic realm=z", CHALLENGE_BEARER, "r", NULL, NULL, NULL},
        {"Newauth a=\"x\\\"y, Bearer realm=no\", Basic realm=\"z\"", CHALLENGE_BASIC, "z",
         NULL, NULL, NULL},
        {"Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\", Basic "
         "realm=\"simple\"",
         CHALLENGE_BASIC, "simple", NULL, NULL, NULL},
        {"Negotiate", CHALLENGE_NONE, NULL, NULL, NULL, NULL},
        {"Negotiate TlRMTVNTUAA=, Bearer realm=r", CHALLENGE_BEARER, "r", NULL, NULL,
         NULL},
        {"NTLM abc", CHALLENGE_NONE, NULL, NULL, NULL, NULL},
        {"Digest realm=d,nonce=n", CHALLENGE_NONE, NULL, NULL, NULL, NULL},
        {" , Basic realm=z , ,", CHALLENGE_BASIC, "z", NULL, NULL, NULL},
        {"Bearer realm=\"/token?x=1\"", CHALLENGE_BEARER, "/token?x=1", NULL, NULL, NULL},
        {"Bearer realm=r,service=\"\"", CHALLENGE_BEARER, "r", "", NULL, NULL},
        {"Bearer realm=a,scope=b,scope=c", CHALLENGE_BEARER, "a", NULL, "b c", NULL},
        {"Bearer realm=a,realm=a,scope=b,scope=b", CHALLENGE_BEARER, "a", NULL, "b",
         NULL},
        {"Bearer realm=\"a\" service=\"s\"\tscope=\"x:pull,push\"", CHALLENGE_BEARER, "a",
         "s", "x:pull,push", NULL},
        {"Bearer realm=a service=b, Basic realm=z", CHALLENGE_BEARER, "a", "b", NULL,
         NULL},
        {"Bearer realm=\"https://t/token?x=1", CHALLENGE_BEARER, "https://t/token?x=1",
         NULL, NULL, NULL},
        {"Bearer realm=r,scope=\"repository:a:pull,push", CHALLENGE_BEARER, "r", NULL,
         "repository:a:pull,push", NULL},
        {"", CHALLENGE_NONE, NULL, NULL, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct challenge c = CHALLENGE_INIT;
        struct err err = ERR_INIT;

        print_message("# %s\n", table[i].value);
        assert_int_equal(challenge_read(&c, table[i].value, &err), 0);
        assert_int_equal(c.scheme, table[i].scheme);
        same(c.realm, table[i].realm);
        same(c.service, table[i].service);
        same(c.scope, table[i].scope);
        same(c.error, table[i].error);
        challenge_release(&c);
    }
}

static void
refuse(const char *value)
{
    struct challenge c = CHALLENGE_INIT;
    struct err err = ERR_INIT;

    print_message("# %.60s\n", value);
    assert_int_equal(challenge_read(&c, "Basic realm=before", &err), 0);
    assert_int_equal(challenge_read(&c, value, &err), -1);
    assert_int_equal(err.kind, ERR_AUTH);
    assert_null(strstr(err.msg, "secret"));
    assert_int_equal(c.scheme, CHALLENGE_BASIC);
    assert_string_equal(c.realm, "before");
    challenge_release(&c);
}

static void
refuses_malformed_values(void **state)
{
    static const char *const table[] = {
        "Bearer",
        "Bearer service=s",
        "Bearer realm=\"\"",
        "Bearer realm=\"secret,service=s",
        "Bearer realm=\"secret service=s",
        "Bearer realm=\"secret, service = s",
        "Bearer realm=\"secret\\\"",
        "Bearer realm=",
        "Bearer realm=a,realm=b",
        "Bearer realm=a,service=b,service=c",
        "Bearer realm=a Basic realm=b",
        "Bearer realm=a service",
        "Bearer realm=\"a\"service=b",
        "Bearer realm=\"a\"b",
        "=x",
        "\"Bearer\" realm=a",
        "Bearer@x realm=a",
        "Bearer=x",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        refuse(table[i]);
}

static void
keeps_its_state_on_a_malformed_value(void **state)
{
    struct challenge c = CHALLENGE_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(challenge_read(&c, "Basic realm=z", &err), 0);
    assert_int_equal(challenge_read(&c, "Bearer realm=r, Bearer realm=\"", &err), -1);
    assert_int_equal(c.scheme, CHALLENGE_BASIC);
    assert_string_equal(c.realm, "z");
    challenge_release(&c);
}

static void
limits_sizes(void **state)
{
    char value[9000] = "Basic ";
    struct challenge c = CHALLENGE_INIT;
    struct err err = ERR_INIT;

    (void)state;
    for (int i = 0; i < 17; i++)
        sprintf(value + strlen(value), "a%d=1,", i);
    refuse(value); /* 17 parameters */
    value[0] = '\0';
    for (int i = 0; i < 9; i++)
        sprintf(value + strlen(value), "X%d a=1,", i);
    refuse(value); /* 9 challenges */
    memset(value, 'a', sizeof(value) - 1);
    memcpy(value, "Basic a=", 8);
    value[8193] = '\0';
    refuse(value); /* a byte beyond 8 KiB */
    value[8192] = '\0';
    assert_int_equal(challenge_read(&c, value, &err), 0);
    challenge_release(&c);
}

static void
reads_all_headers_of_a_response(void **state)
{
    struct http_header headers[] = {
        {(char[]){"www-authenticate"}, (char[]){"Negotiate"}},
        {(char[]){"content-type"}, (char[]){"Basic realm=no"}},
        {(char[]){"www-authenticate"}, (char[]){"Bearer realm=r,service=s"}},
        {(char[]){"www-authenticate"}, (char[]){"Basic realm=z"}},
    };
    struct http_response r = {.headers = headers, .header_count = COUNT_OF(headers)};
    struct challenge c = CHALLENGE_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(challenge_of_response(&c, &r, &err), 0);
    assert_int_equal(c.scheme, CHALLENGE_BEARER);
    assert_string_equal(c.realm, "r");
    challenge_release(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_best_challenge),
        cmocka_unit_test(refuses_malformed_values),
        cmocka_unit_test(keeps_its_state_on_a_malformed_value),
        cmocka_unit_test(limits_sizes),
        cmocka_unit_test(reads_all_headers_of_a_response),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
