/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "registry/connection/redirect.h"
#include "io/http/http_url.h"

#define NAME    HTTP_REACH_NAME
#define LOOP    HTTP_REACH_LOOPBACK
#define PRIVATE HTTP_REACH_PRIVATE
#define PUBLIC  HTTP_REACH_PUBLIC

/* Permitted targets of a redirect, by the address of the server that sent it. */
static void
redirects_never_weaken_security(void **state)
{
    static const struct {
        const char *from, *to;
        enum http_reach reach;
        int result;
    } table[] = {
        {"https://reg.example", "https://cdn.example", PUBLIC, 0},
        {"https://reg.example", "https://8.8.8.8", PUBLIC, 0},
        {"https://reg.example", "http://cdn.example", PUBLIC, -1},
        {"https://reg.example", "http://reg.example", PUBLIC, -1},
        {"http://reg.corp", "http://minio.corp:9000", PRIVATE, 0},
        {"http://reg.corp", "https://reg.corp", PRIVATE, 0},
        {"https://reg.example", "https://10.0.0.1", PUBLIC, -1},
        {"https://reg.example", "https://127.0.0.1", PUBLIC, -1},
        {"https://reg.example", "https://localhost", PUBLIC, -1},
        {"https://reg.example", "https://[::1]", PUBLIC, -1},
        {"https://reg.example", "https://[fd00::1]", PUBLIC, -1},
        {"https://reg.example", "https://[::ffff:169.254.169.254]", PUBLIC, -1},
        {"https://8.8.8.8", "https://10.0.0.1", PRIVATE,
         -1}, /* the address itself counts */
        {"https://reg.corp", "https://10.0.0.1", PRIVATE, 0},
        {"https://reg.corp", "https://10.0.0.1", NAME, 0},
        {"https://10.0.0.2", "https://10.0.0.1", NAME, 0},
        {"http://127.0.0.1:5000", "http://127.0.0.1:9000", LOOP, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct err err = ERR_INIT;
        struct http_origin from, to;

        print_message("# %s -> %s\n", table[i].from, table[i].to);
        assert_int_equal(http_url_origin(table[i].from, &from, &err), 0);
        assert_int_equal(http_url_origin(table[i].to, &to, &err), 0);
        assert_int_equal(redirect_check(&from, table[i].reach, &to, &err),
                         table[i].result);
        assert_int_equal(err.kind, table[i].result < 0 ? ERR_PROTOCOL : ERR_NONE);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(redirects_never_weaken_security),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
