/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/buf.h"
#include "registry/connection/request_log.h"

static void
keep_lines(void *ctx, const struct event *event)
{
    assert_int_equal(event->kind, EVENT_DEBUG);
    assert_int_equal(buf_addf(ctx, "%s\n", event->text), 0);
}

/* What is logged of one exchange. */
static void
log_at(unsigned detail, struct buf *out)
{
    static const char *const headers[] = {"Accept: a/b", "X-Registry-Token: hunter2",
                                          NULL};
    static struct http_header answered[] = {
        {(char *)(uintptr_t) "content-type", (char *)(uintptr_t) "text/plain"},
        {(char *)(uintptr_t) "location",
         (char *)(uintptr_t) "https://store.test/x?sig=hunter2"},
        {(char *)(uintptr_t) "set-cookie", (char *)(uintptr_t) "id=hunter2"},
        {(char *)(uintptr_t) "x-odd", (char *)(uintptr_t) "\x1b[31m"},
    };
    const struct secret authorization = SECRET_INIT;
    const struct http_request request = {.method = "PUT",
                                         .url = "https://reg.test/v2/a?digest=hunter2",
                                         .headers = headers,
                                         .authorization = &authorization};
    const struct http_response response = {.status = 201,
                                           .headers = answered,
                                           .header_count = COUNT_OF(answered),
                                           .sent = 1234,
                                           .received = 56};
    const struct events events = {.emit = keep_lines, .ctx = out, .detail = detail};

    request_log(&events, &request, &response, 7);
}

static void
how_much_is_logged_depends_on_what_was_asked_for(void **state)
{
    static const char line[] =
        "PUT https://reg.test/v2/a: 201, 1234 B sent, 56 B received, 7 ms\n";
    static const char headers[] = "> Accept: a/b\n"
                                  "> X-Registry-Token: (hidden)\n"
                                  "> Authorization: (hidden)\n"
                                  "< content-type: text/plain\n"
                                  "< location: https://store.test/x?...\n"
                                  "< set-cookie: (hidden)\n"
                                  "< x-odd: \\x1b[31m\n";

    (void)state;
    for (unsigned detail = 0; detail < 3; detail++) {
        CLEANUP(buf_release) struct buf out = BUF_INIT(8192);
        CLEANUP(buf_release) struct buf wanted = BUF_INIT(8192);

        log_at(detail, &out);
        assert_int_equal(
            buf_addf(&wanted, "%s%s", detail > 0 ? line : "", detail > 1 ? headers : ""),
            0);
        assert_string_equal(out.data ? out.data : "", wanted.data);
        assert_null(strstr(out.data ? out.data : "", "hunter2"));
    }
}

static void
names_of_secrets_are_known(void **state)
{
    static const char *const hidden[] = {"Authorization",    "Proxy-Authorization",
                                         "set-cookie",       "x-amz-security-token",
                                         "X-Goog-Signature", "x-ms-encryption-key"};
    static const char *const shown[] = {
        "content-type",          "accept",          "link", "retry-after",
        "docker-content-digest", "www-authenticate"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(hidden); i++)
        assert_true(request_log_hides(hidden[i], strlen(hidden[i])));
    for (size_t i = 0; i < COUNT_OF(shown); i++)
        assert_false(request_log_hides(shown[i], strlen(shown[i])));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(how_much_is_logged_depends_on_what_was_asked_for),
        cmocka_unit_test(names_of_secrets_are_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
