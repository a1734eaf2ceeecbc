/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/mask.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"

#include <strings.h>

static const char token[] = "canary-Token/0123456789+abcdef=="; /* long */
static const char password[] = "pass word%2\"x";                /* not short */
static const char pin[] = "hunter2";                            /* short */

static void
keep(const char *secret, const char *other)
{
    const struct mask_form forms[] = {{secret, strlen(secret)}, {other, strlen(other)}};

    mask_add(forms, COUNT_OF(forms));
}

static int
begin(void **state)
{
    (void)state;
    keep(token, "another-form-of-it");
    keep(password, "");
    keep(pin, "");
    return 0;
}

static int
end(void **state)
{
    (void)state;
    mask_forget_all();
    return 0;
}

/* ---- secrets ---- */

static void
hides_secrets_that_a_server_repeats(void **state)
{
    static const struct {
        const char *text, *shown;
    } table[] = {
        {"nothing of it", "nothing of it"},
        {"", ""},
        {"canary-Token/0123456789+abcdef==", "***"},
        {"Bearer canary-Token/0123456789+abcdef== is bad", "Bearer *** is bad"},
        {"<canary-Token/0123456789+abcdef==,canary-Token/0123456789+abcdef==>",
         "<***,***>"},
        {"CANARY-tokEN/0123456789+ABCDEF==", "***"},
        {"x another-form-of-it y", "x *** y"},
        {"canary-Token%2F0123456789%2Babcdef%3D%3d", "***"},
        {"%63anary%2dToken%2f0123456789%2babcdef==", "***"},
        {"canary-Token\\/0123456789+abcdef==", "***"},
        {"cut: canary-Token/012...", "cut: ***..."},
        {"cut: canary-Token/01", "cut: canary-Token/01"}, /* 15 bytes of it */
        {"cut: canary-Token/012", "cut: ***"},
        {"anary-Token/0123456789+abcdef==", "anary-Token/0123456789+abcdef=="},
        {"robot:pass word%2\"x!", "robot:***!"},
        {"robot:pass%20word%252%22x!", "robot:***!"},
        {"robot:pass+word%252%22x!", "robot:***!"},
        {"robot:pass word%2\\\"x!", "robot:***!"},
        {"pass word%2", "pass word%2"},
        {"your password hunter2 is bad", "***"},
        {"xhunter2x", "***"},
        {"%68unter2 and canary-Token/0123456789+abcdef==", "***"},
        {"hunter", "hunter"},
        {"\x01 canary-Token/0123456789+abcdef== \\", "\\x01 *** \\x5c"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        char shown[320];

        print_message("# %s\n", table[i].text);
        text_safe_in(shown, sizeof(shown), table[i].text, strlen(table[i].text));
        assert_string_equal(shown, table[i].shown);
    }
}

/* A file may be called like a short password. */
static void
hides_only_long_secrets_in_other_texts(void **state)
{
    static const struct {
        const char *text, *shown;
    } table[] = {
        {"/home/hunter2/images.tar", "/home/hunter2/images.tar"},
        {"/home/pass word%2\"x/images.tar", "/home/***/images.tar"},
        {"canary-Token/0123456789+abcdef==", "***"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        char shown[TEXT_SAFE_MAX];

        text_safe(shown, table[i].text, strlen(table[i].text));
        assert_string_equal(shown, table[i].shown);
    }
}

/* It is looked for before anything is cut off. */
static void
hides_before_cutting(void **state)
{
    char text[600], shown[TEXT_SAFE_MAX];

    (void)state;
    memset(text, 'a', sizeof(text));
    memcpy(text + 70, token, strlen(token));
    text_safe(shown, text, sizeof(text));
    assert_ptr_equal(strstr(shown, "***"), shown + 70);
    assert_string_equal(shown + 80, "...");
    memset(text, 'a', sizeof(text));
    memcpy(text + 20, token, strlen(token));
    text_safe_in(shown, 60, text, sizeof(text));
    assert_ptr_equal(strstr(shown, "***"), shown + 20);
    assert_null(strstr(shown, "canary"));
}

/* With more secrets than are kept, the rest of the text is hidden. */
static void
hides_long_secrets_completely(void **state)
{
    CLEANUP(mem_free_string) char *secret = xmalloc(100001);
    char shown[TEXT_SAFE_MAX];

    (void)state;
    memset(secret, 'q', 100000);
    secret[100000] = '\0';
    keep(secret, "");
    secret[0] = 'Q';
    text_safe_in(shown, sizeof(shown), secret, 100000);
    assert_string_equal(shown, "***...");
    text_safe_in(shown, sizeof(shown), secret, 2000);
    assert_string_equal(shown, "***");
}

/* Whatever stands around it, and wherever. */
static void
hides_secrets_at_every_place(void **state)
{
    static const char alphabet[] = "canTOKe%2\\/:@ -0=+hu";
    uint32_t random = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char text[200], shown[320];
        size_t len = 0, at = 0;

        for (len = 0; len < 60; len++) {
            random = random * 1664525 + 1013904223;
            text[len] = alphabet[(random >> 16) % (sizeof(alphabet) - 1)];
        }
        at = (random >> 8) % 60;
        memmove(text + at + strlen(token), text + at, len - at);
        memcpy(text + at, token, strlen(token));
        text_safe_in(shown, sizeof(shown), text, len + strlen(token));
        assert_null(strcasestr(shown, token));
    }
}

static void
finds_secrets_in_documents(void **state)
{
    static const struct {
        const char *text;
        bool repeats;
    } table[] = {
        {"", false},
        {"{\"tags\":[\"1.0\"]}", false},
        {"{\"tags\":[\"canary-Token/0123456789+abcdef==\"]}", true},
        {"canary-Token/0123456789+abcdef", false},
        {"another-form-of-it", true},
        {"hunter2", false},
        {"pass word%2\"x", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        print_message("# %s\n", table[i].text);
        assert_int_equal(mask_repeats(table[i].text, strlen(table[i].text)),
                         table[i].repeats);
    }
    assert_false(mask_repeats(NULL, 0));
}

static void
keeps_the_most_recent_secrets(void **state)
{
    const struct mask_form first = {token, strlen(token)};
    char shown[TEXT_SAFE_MAX];

    (void)state;
    for (unsigned i = 0; i < 2 * MASK_SECRETS_MAX; i++) {
        CLEANUP(mem_free_string) char *secret = xasprintf("some-secret-%06u", i);

        keep(secret, "");
        assert_true(mask_knows(&first)); /* and is used */
        text_safe(shown, secret, strlen(secret));
        assert_string_equal(shown, "***");
    }
    text_safe(shown, "some-secret-000000", 18);
    assert_string_equal(shown, "some-secret-000000");
    text_safe(shown, password, strlen(password));
    assert_string_equal(shown, password);
    mask_forget_all();
    assert_false(mask_knows(&first));
    text_safe(shown, token, strlen(token));
    assert_string_equal(shown, token);
}

/* ---- user names and passwords in URLs ---- */

static void
hides_users_in_urls(void **state)
{
    static const struct {
        const char *text, *shown;
    } table[] = {
        {"https://user:pa#ss@host/x", "https://***@host/x"},
        {"https://user:pa/ss@host/x", "https://***@host/x"},
        {"https://user:pa?ss@host/x", "https://***@host/x"},
        {"https://user:pa ss@host/x", "https://***@host/x"},
        {"https://user:pa@ss@host/x", "https://***@host/x"},
        {"https://token@host/x", "https://***@host/x"},
        {"ftp://@h", "ftp://***@h"},
        {"see https://docs.example/ or https://u:p@h!", "see https://***@h!"},
        {"user:pass@host/app:1", "***@host/app:1"},
        {"user:pa/ss@host/app", "***@host/app"},
        {"user:p@ss@host/app@sha256:0", "***@host/app@sha256:0"},
        {"a:b@c d:e@f", "***@c ***@f"},
        {":@ :@ :@", "***@ ***@ ***@"},
        {"app@sha256:0", "app@sha256:0"},
        {"reg:5000/app:1@sha512:0", "reg:5000/app:1@sha512:0"},
        {"https://reg:5000/app@sha256:0", "https://reg:5000/app@sha256:0"},
        {"denied: write to help@host.example", "denied: write to help@host.example"},
        {"/data/a:b@c.tar", "/data/a:b@c.tar"},
        {"@", "@"},
        {"https://", "https://"},
    };

    (void)state;
    mask_forget_all();
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        char shown[TEXT_SAFE_MAX], more[TEXT_SAFE_MAX];

        print_message("# %s\n", table[i].text);
        text_safe(shown, table[i].text, strlen(table[i].text));
        assert_string_equal(shown, table[i].shown);
        text_safe_in(more, sizeof(more), table[i].text, strlen(table[i].text));
        assert_string_equal(more, table[i].shown);
    }
}

/* The '@' counts although it is beyond what is shown. */
static void
hides_a_long_password_in_a_url(void **state)
{
    char text[70000], shown[TEXT_SAFE_MAX];

    (void)state;
    memset(text, 'p', sizeof(text));
    memcpy(text, "https://u:", 10);
    memcpy(text + sizeof(text) - 2, "@h", 2);
    text_safe(shown, text, sizeof(text));
    assert_string_equal(shown, "https://***@h");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hides_secrets_that_a_server_repeats, begin, end),
        cmocka_unit_test_setup_teardown(hides_only_long_secrets_in_other_texts, begin,
                                        end),
        cmocka_unit_test_setup_teardown(hides_before_cutting, begin, end),
        cmocka_unit_test_setup_teardown(hides_long_secrets_completely, begin, end),
        cmocka_unit_test_setup_teardown(hides_secrets_at_every_place, begin, end),
        cmocka_unit_test_setup_teardown(finds_secrets_in_documents, begin, end),
        cmocka_unit_test_setup_teardown(keeps_the_most_recent_secrets, begin, end),
        cmocka_unit_test(hides_users_in_urls),
        cmocka_unit_test(hides_a_long_password_in_a_url),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
