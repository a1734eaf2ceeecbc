/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "io/http/http.h"
#include "io/http/http_proxy.h"
#include "io/http/http_url.h"

#include <stdlib.h>

static struct http_origin
origin_of(const char *url)
{
    struct err err = ERR_INIT;
    struct http_origin o;

    assert_int_equal(http_url_origin(url, &o, &err), 0);
    return o;
}

static void
matches_exceptions(void **state)
{
    static const struct {
        const char *list, *url;
        bool holds;
    } table[] = {
        {"*", "https://reg.example", true},
        {"reg.example", "https://reg.example", true},
        {"REG.example", "https://reg.EXAMPLE:5000", true},
        {"example", "https://reg.example", true},
        {".example", "https://reg.example", true},
        {".reg.example", "https://reg.example", true},
        {"reg.example.", "https://reg.example", true},
        {"a.example, reg.example", "https://reg.example", true},
        {"a.example reg.example", "https://reg.example", true},
        {",, reg.example,", "https://reg.example", true},
        {"10.0.0.1", "https://10.0.0.1:5000", true},
        {"10.0.0.0/8", "https://10.1.2.3", true},
        {"10.1.2.0/23", "https://10.1.3.3", true},
        {"0.0.0.0/0", "https://10.1.3.3", true},
        {"fd00::1", "https://[fd00::1]", true},
        {"fd00::/8", "https://[fdff::1]:5000", true},
        {"", "https://reg.example", false},
        {"*,other", "https://reg.example", false},
        {"eg.example", "https://reg.example", false},
        {"a.reg.example", "https://reg.example", false},
        {".", "https://reg.example", false},
        {"reg.example:5000", "https://reg.example:5000", false},
        {"10.0.0.2", "https://10.0.0.1", false},
        {"10.1.2.0/24", "https://10.1.3.3", false},
        {"10.1.2.0/33", "https://10.1.2.0", false},
        {"10.1.2.0/", "https://10.1.2.0", false},
        {"0.0.1", "https://10.0.0.1", false},
        {"::/0", "https://10.0.0.1", false},
        {"fd00::2", "https://[fd00::1]", false},
        {"10.0.0.0/8", "https://ten.example", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct http_origin to = origin_of(table[i].url);

        print_message("# '%s' %s\n", table[i].list, table[i].url);
        assert_int_equal(http_proxy_excepts(table[i].list, &to), table[i].holds);
    }
}

static void
forget_variables(void)
{
    static const char *const names[] = {"http_proxy",  "HTTP_PROXY", "https_proxy",
                                        "HTTPS_PROXY", "all_proxy",  "ALL_PROXY",
                                        "no_proxy",    "NO_PROXY"};

    for (size_t i = 0; i < COUNT_OF(names); i++)
        unsetenv(names[i]);
}

static void
set_variable(const char *pair)
{
    char *name = strdup(pair), *equals = strchr(name, '=');

    *equals = '\0';
    assert_int_equal(setenv(name, equals + 1, 1), 0);
    free(name);
}

/* One row a lookup; "name=value" pairs are set before it. */
static void
reads_variables_in_order(void **state)
{
    static const struct {
        const char *set[3];
        const char *url, *proxy;
    } table[] = {
        {{NULL}, "https://reg.example", NULL},
        {{"https_proxy=a", "HTTPS_PROXY=b", "all_proxy=c"}, "https://reg.example", "a"},
        {{"HTTPS_PROXY=b", "all_proxy=c"}, "https://reg.example", "b"},
        {{"https_proxy=", "HTTPS_PROXY=b"}, "https://reg.example", "b"},
        {{"all_proxy=c", "ALL_PROXY=d"}, "https://reg.example", "c"},
        {{"ALL_PROXY=d"}, "https://reg.example", "d"},
        {{"http_proxy=a"}, "https://reg.example", NULL},
        {{"http_proxy=a"}, "http://reg.example", "a"},
        {{"https_proxy=a"}, "http://reg.example", NULL},
        {{"HTTP_PROXY=a"}, "http://reg.example", NULL}, /* a web server's header */
        {{"HTTP_PROXY=a", "all_proxy=c"}, "http://reg.example", "c"},
        {{"https_proxy=a", "no_proxy=example"}, "https://reg.example", NULL},
        {{"https_proxy=a", "NO_PROXY=example"}, "https://reg.example", NULL},
        {{"https_proxy=a", "no_proxy=x", "NO_PROXY=example"}, "https://reg.example", "a"},
        {{"https_proxy=a", "no_proxy=", "NO_PROXY=*"}, "https://reg.example", NULL},
        {{"https_proxy=a", "http_proxy=a"}, "https://127.0.0.1:5000", NULL},
        {{"https_proxy=a", "http_proxy=a"}, "http://localhost:5000", NULL},
        {{"https_proxy=a", "http_proxy=a"}, "https://[::1]", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct http_origin to = origin_of(table[i].url);
        const char *got;

        forget_variables();
        print_message("# %s %s\n", table[i].set[0] ? table[i].set[0] : "nothing",
                      table[i].url);
        for (size_t k = 0; k < COUNT_OF(table[i].set) && table[i].set[k]; k++)
            set_variable(table[i].set[k]);
        got = http_proxy_for(HTTP_PROXY_ENVIRONMENT, &to);
        assert_string_equal(got ? got : "none", table[i].proxy ? table[i].proxy : "none");
    }
    forget_variables();
}

static void
accepts_given_proxies(void **state)
{
    static const struct {
        const char *proxy, *url, *used;
    } table[] = {
        {NULL, "https://reg.example", "none"},
        {"http://p:1", "https://reg.example", "http://p:1"},
        {"http://p:1", "http://reg.example", "http://p:1"},
        {"http://p:1", "http://127.0.0.1:5000", "none"},
    };

    (void)state;
    forget_variables();
    set_variable("https_proxy=a");
    set_variable("no_proxy=*");
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct http_origin to = origin_of(table[i].url);
        const char *got = http_proxy_for(table[i].proxy, &to);

        assert_string_equal(got ? got : "none", table[i].used);
    }
    forget_variables();
}

static void
refuses_malformed_proxies(void **state)
{
    static const struct {
        const char *proxy;
        int result;
    } table[] = {
        {"env", 0},
        {"http://proxy.corp:3128", 0},
        {"http://proxy.corp:3128/", 0},
        {"https://proxy.corp", 0},
        {"socks5://10.0.0.1:1080", 0},
        {"socks5h://[fd00::1]:1080", 0},
        {"", -1},
        {"none", -1},
        {"proxy.corp:3128", -1},
        {"http://", -1},
        {"http://proxy.corp:99999", -1},
        {"http://proxy.corp/path", -1},
        {"http://proxy.corp?x", -1},
        {"http://proxy.corp#x", -1},
        {"ftp://proxy.corp", -1},
        {"http://user:password@proxy.corp:3128", -1},
        {"user@proxy.corp:3128", -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct err err = ERR_INIT;

        print_message("# '%s'\n", table[i].proxy);
        assert_int_equal(http_proxy_check(table[i].proxy, &err), table[i].result);
        assert_int_equal(err.kind, table[i].result < 0 ? ERR_USAGE : ERR_NONE);
        assert_null(strstr(err.msg, "password@"));
    }
}

/* The names that count, the words of the error, and that nothing of a value is in them.
 */
static void
checks_variables_first(void **state)
{
    static const struct {
        const char *set[2];
        const char *says; /* NULL: it is fine */
    } table[] = {
        {{NULL}, NULL},
        {{"https_proxy=http://proxy.corp:3128"}, NULL},
        {{"https_proxy=proxy.corp"}, NULL},
        {{"https_proxy=HTTPS://proxy.corp/"}, NULL},
        {{"https_proxy=socks4a://u:s3cret@proxy.corp"}, NULL},
        {{"https_proxy=http://u:s3cret%23%2f%40%zz%@[fd00::1]:1"}, NULL},
        {{"https_proxy=http://u:s3cret\xc3\xa4@proxy.corp"}, NULL},
        {{"HTTP_PROXY=http://u:s3#cret@proxy.corp"}, NULL},
        {{"https_proxy=http://proxy.corp", "HTTPS_PROXY=x://s3cret"}, NULL},
        {{"https_proxy=http://u:s3cret#@proxy.corp"}, "https_proxy: the user name or"},
        {{"HTTPS_PROXY=http://u:/s3cret@proxy.corp"}, "HTTPS_PROXY: the user name or"},
        {{"http_proxy=http://u:s3?cret@proxy.corp"}, "http_proxy: the user name or"},
        {{"all_proxy=http://u:s3@cret@proxy.corp"}, "all_proxy: the user name or"},
        {{"ALL_PROXY=http://u:s3 cret@proxy.corp"}, "ALL_PROXY: the user name or"},
        {{"https_proxy=", "HTTPS_PROXY=http://u:s3\ncret@h"}, "HTTPS_PROXY: the user"},
        {{"https_proxy=http://u:s3\177cret@h"}, "https_proxy: the user"},
        {{"https_proxy=http://u:s3%1Fcret@h"}, "https_proxy: the user"},
        {{"https_proxy=u:s3cret@h:port"}, "https_proxy: malformed"},
        {{"https_proxy=u:s3cret@h:65536"}, "https_proxy: malformed"},
        {{"https_proxy=http://u:s3#cret"}, "https_proxy: malformed"},
        {{"https_proxy=http://u:s3cret@"}, "https_proxy: malformed"},
        {{"https_proxy=http://u:s3cret@h/p"}, "https_proxy: malformed"},
        {{"https_proxy=http://u:s3cret@h#p"}, "https_proxy: malformed"},
        {{"https_proxy=http://u:s3cret@h%20"}, "https_proxy: malformed"},
        {{"https_proxy=ftp://u:s3cret@h"}, "https_proxy: the scheme"},
        {{"https_proxy=://u:s3cret@h"}, "https_proxy: the scheme"},
        {{"https_proxy=http://h", "all_proxy=ftp://u:s3cret@h"}, "all_proxy: the scheme"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct err err = ERR_INIT;

        forget_variables();
        print_message("# %s\n", table[i].set[0] ? table[i].set[0] : "nothing");
        for (size_t k = 0; k < COUNT_OF(table[i].set) && table[i].set[k]; k++)
            set_variable(table[i].set[k]);
        assert_int_equal(http_proxy_check_environment(&err), table[i].says ? -1 : 0);
        if (!table[i].says)
            continue;
        assert_int_equal(err.kind, ERR_USAGE);
        assert_ptr_equal(strstr(err.msg, table[i].says), err.msg);
        assert_null(strstr(err.msg, "s3"));
        assert_null(strstr(err.msg, "cret"));
        assert_null(strstr(err.hint, "cret"));
    }
    forget_variables();
}

static void
shows_a_proxy_without_its_password(void **state)
{
    static const struct {
        const char *url, *shown;
    } table[] = {
        {"http://proxy.corp:3128", "proxy.corp:3128"},
        {"http://user:pass@proxy.corp:3128/", "proxy.corp:3128"},
        {"http://user:p@ss@proxy.corp", "proxy.corp"},
        {"http://user:p/s://s@proxy.corp", "proxy.corp"},
        {"user:pass@proxy.corp:1", "proxy.corp:1"},
        {"proxy.corp", "proxy.corp"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        char *shown = http_proxy_host(table[i].url);

        assert_string_equal(shown, table[i].shown);
        free(shown);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_exceptions),
        cmocka_unit_test(reads_variables_in_order),
        cmocka_unit_test(accepts_given_proxies),
        cmocka_unit_test(refuses_malformed_proxies),
        cmocka_unit_test(checks_variables_first),
        cmocka_unit_test(shows_a_proxy_without_its_password),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
