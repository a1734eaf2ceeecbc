/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/mask.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"
#include "io/crypto/hash.h"
#include "io/http/http.h"

/* Send requests to a closed port, with and without a proxy: what matters is what it was
 * going to say. */
static void
confide(const char *authorization, const char *body, const char *proxy)
{
    CLEANUP(secret_release) struct secret header = SECRET_INIT, form = SECRET_INIT;
    CLEANUP(http_response_release) struct http_response r = {.status = 0};
    struct run run = RUN_INIT;
    const struct http_config config = {.proxy = proxy, .run = &run};
    const struct http_request request = {.method = "GET",
                                         .url = proxy ? "http://no-such.invalid/"
                                                      : "http://127.0.0.1:1/",
                                         .authorization = &header,
                                         .confided = &form};
    struct err err = ERR_INIT;
    struct http_conn *conn = http_conn_new(&config, &err);

    if (authorization)
        secret_set(&header, authorization, strlen(authorization));
    if (body)
        secret_set(&form, body, strlen(body));
    assert_non_null(conn);
    assert_int_equal(http_exchange(conn, &request, &r, &err), -1);
    http_conn_free(conn);
}

static void
assert_hidden(const char *text, bool is_hidden)
{
    char shown[TEXT_SAFE_MAX];

    print_message("# %s\n", text);
    text_safe_in(shown, sizeof(shown), text, strlen(text));
    if (is_hidden)
        assert_non_null(strstr(shown, "***"));
    else
        assert_string_equal(shown, text);
}

/* The base64 of a text behind so many other bytes. */
static char *
base64_behind(size_t lead, const char *text)
{
    struct buf whole = BUF_INIT(1000), coded = BUF_INIT(2000);

    assert_int_equal(buf_add(&whole, "??", lead), 0);
    assert_int_equal(buf_addf(&whole, "%s...", text), 0);
    assert_int_equal(base64_encode(whole.data, whole.len, &coded), 0);
    buf_release(&whole);
    return buf_steal(&coded);
}

static void
assert_hidden_in_base64(const char *text)
{
    for (size_t lead = 0; lead < 3; lead++) {
        CLEANUP(mem_free_string) char *coded = base64_behind(lead, text);

        assert_hidden(coded, true);
    }
}

static void
passwords(void **state)
{
    (void)state;
    confide("Basic cm9ib3Q6czNjcmV0LXBhc3M=", NULL, NULL); /* robot:s3cret-pass */
    assert_hidden("Authorization: Basic cm9ib3Q6czNjcmV0LXBhc3M=", true);
    assert_hidden("robot:s3cret-pass", true);
    assert_hidden("s3cret-pass", true);
    assert_hidden_in_base64("s3cret-pass");
    assert_hidden("robot", false); /* a name is not a secret */
}

static void
short_passwords(void **state)
{
    (void)state;
    confide("Basic YTpwdw==", NULL, NULL); /* a:pw */
    assert_hidden("Basic YTpwdw==", true);
    assert_hidden("a:pw", true);
    assert_hidden("the password pw is wrong", true);
    assert_hidden("unauthorized", false);
}

static void
odd_pairs(void **state)
{
    (void)state;
    confide("Basic Og==", NULL, NULL);     /* ":" */
    confide("Basic cm9ib3Q6", NULL, NULL); /* "robot:" */
    confide("Basic ???", NULL, NULL);
    confide("Basic ", NULL, NULL);
    confide("Odd", NULL, NULL);
    assert_hidden("Authorization: Basic cm9ib3Q6", true);
    assert_hidden("robot: no password", false);
}

static void
tokens(void **state)
{
    (void)state;
    confide("Bearer eyJhbGciOi.JSUzI1NiJ9", NULL, NULL);
    assert_hidden("invalid token 'eyJhbGciOi.JSUzI1NiJ9'", true);
    assert_hidden_in_base64("eyJhbGciOi.JSUzI1NiJ9");
    assert_hidden("Bearer", false);
}

static void
bodies(void **state)
{
    (void)state;
    confide(NULL, "refresh-me/with+this", NULL);
    assert_hidden("refresh_token=refresh-me%2Fwith%2Bthis&x", true);
    assert_hidden("refresh-me/with+this", true);
}

static void
proxies(void **state)
{
    (void)state;
    confide(NULL, NULL, "http://user:pa%2Fss%20word@127.0.0.1:1");
    assert_hidden("pa%2Fss%20word", true);
    assert_hidden("pa/ss word", true);
    assert_hidden("dXNlcjpwYS9zcyB3b3Jk", true); /* user:pa/ss word */
    assert_hidden("127.0.0.1:1", false);
    confide(NULL, NULL, "user2:w0rd-of-it@127.0.0.1:1");
    assert_hidden("w0rd-of-it", true);
    confide(NULL, NULL, "http://127.0.0.1:1");
}

static int
forget(void **state)
{
    (void)state;
    mask_forget_all();
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(passwords, forget),
        cmocka_unit_test_teardown(short_passwords, forget),
        cmocka_unit_test_teardown(odd_pairs, forget),
        cmocka_unit_test_teardown(tokens, forget),
        cmocka_unit_test_teardown(bodies, forget),
        cmocka_unit_test_teardown(proxies, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
