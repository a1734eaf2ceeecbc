/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/folder.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "registry/credentials/credential_helper.h"
#include "registry/credentials/credentials.h"

#include <sys/stat.h>

#define GIVES(user, secret)                                                              \
    "echo '{\"ServerURL\":\"x\",\"Username\":\"" user "\",\"Secret\":\"" secret "\"}'\n"

static struct run run = RUN_INIT;

/* docker-credential-NAME in the folder of the test, which notes what it is asked. */
static void
make_helper(const char *name, const char *script)
{
    CLEANUP(mem_free_string) char *path = xasprintf("docker-credential-%s", name);
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fprintf(f, "#!/bin/sh\nread -r server\necho \"%s $1 $server\" >>'%s/log'\n%s", name,
            folder, script);
    fclose(f);
    assert_int_equal(chmod(path, 0755), 0);
}

/* Requests to the helpers since the last call. */
static void
expect_log(const char *want)
{
    char text[1024] = "";
    FILE *f = fopen("log", "r");

    if (f) {
        text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
        fclose(f);
        unlink("log");
    }
    assert_string_equal(text, want);
}

static int
enter_path(void **state)
{
    CLEANUP(mem_free_string) char *path = NULL;

    if (enter_folder(state) < 0)
        return -1;
    path = xasprintf("%s:/usr/bin:/bin", folder);
    return setenv("PATH", path, 1);
}

static void
refuses_names_with_paths(void **state)
{
    static const struct {
        const char *name;
        bool valid;
    } table[] = {
        {"ecr-login", true}, {"gcloud", true},   {"a.b_C-9", true}, {"", false},
        {"../evil", false},  {"/bin/sh", false}, {"a/b", false},    {".", false},
        {"..", false},       {"-x", false},      {".x", false},     {"a b", false},
        {"a;b", false},      {"a\nb", false},    {"$HOME", false},  {"\xc3\xa9", false},
    };
    char longest[HELPER_NAME_MAX + 2];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        print_message("# %s\n", table[i].name);
        assert_int_equal(helper_name_is_valid(table[i].name), table[i].valid);
    }
    memset(longest, 'a', sizeof(longest));
    longest[HELPER_NAME_MAX + 1] = '\0';
    assert_false(helper_name_is_valid(longest));
    longest[HELPER_NAME_MAX] = '\0';
    assert_true(helper_name_is_valid(longest));
}

static void
parses_answers(void **state)
{
    static const struct {
        const char *text, *user, *password, *token;
    } table[] = {
        {"{\"Username\":\"u\",\"Secret\":\"s:x\"}", "u", "s:x", ""},
        {"{\"ServerURL\":\"h\",\"Username\":\"AWS\",\"Secret\":\"s\"}\n", "AWS", "s", ""},
        {"{\"Username\":\"<token>\",\"Secret\":\"s\"}", "", "", "s"},
        {"", NULL, NULL, NULL},
        {"secret", NULL, NULL, NULL},
        {"{\"Username\":\"secret\"}", NULL, NULL, NULL},
        {"{\"Secret\":\"secret\"}", NULL, NULL, NULL},
        {"{\"Username\":\"\",\"Secret\":\"secret\"}", NULL, NULL, NULL},
        {"{\"Username\":\"u\",\"Secret\":\"\"}", NULL, NULL, NULL},
        {"{\"Username\":\"u\",\"Secret\":7}", NULL, NULL, NULL},
        {"{\"Username\":\"u\",\"Secret\":\"secret\\n\"}", NULL, NULL, NULL},
        {"{\"Username\":\"u:v\",\"Secret\":\"secret\"}", NULL, NULL, NULL},
        {"{\"Username\":\"u\",\"Secret\":\"secret\"} x", NULL, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct credential found = CREDENTIAL_INIT;
        struct err err = ERR_INIT;
        int rc = helper_parse(table[i].text, strlen(table[i].text), &found, &err);

        print_message("# %s\n", table[i].text);
        assert_int_equal(rc, table[i].user ? 0 : -1);
        if (rc == 0) {
            assert_string_equal(found.user, table[i].user);
            assert_string_equal(secret_get(&found.password), table[i].password);
            assert_string_equal(secret_get(&found.identity_token), table[i].token);
        } else {
            assert_int_equal(err.kind, ERR_AUTH);
            assert_null(strstr(err.msg, "secret"));
            assert_null(found.user);
        }
        credential_release(&found);
    }
}

static void
failure_is_never_anonymous_access(void **state)
{
    static const struct {
        const char *script;
        int result;
        const char *says; /* a part of the message */
    } table[] = {
        {GIVES("u", "s"), 1, ""},
        {"echo noise >&2\n" GIVES("u", "s"), 1, ""},
        {"echo 'credentials not found in native keychain'; exit 1", 0, ""},
        {"echo ' credentials not found in native keychain '; echo x >&2; exit 1", 0, ""},
        {"echo 'credentials not found in native keychain'", -1, "not a JSON object"},
        {"echo 'credentials not found, perhaps'; exit 1", -1, "not found, perhaps"},
        {"echo 'the store is locked'; echo more; exit 7", -1,
         "it failed: the store is lo"},
        {"printf 'red \\033[31m'; exit 1", -1, "red \\x1b[31m"},
        {"echo secret >&2; exit 7", -1, "exit status 7"},
        {GIVES("u", "secret") "exit 1", -1, "exit status 1"},
        {"exit 0", -1, "not a JSON object"},
        {"kill -KILL $$", -1, "exit status 137"},
        {"cat /dev/zero", -1, "65536 bytes"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct credential found = CREDENTIAL_INIT;
        struct err err = ERR_INIT;

        print_message("# %s\n", table[i].script);
        make_helper("test", table[i].script);
        assert_int_equal(helper_get("test", "h:5000", &run.cancel, &found, &err),
                         table[i].result);
        expect_log("test get h:5000\n");
        assert_non_null(strstr(err.msg, table[i].says));
        assert_null(strstr(err.msg, "secret"));
        if (table[i].result < 0) {
            assert_int_equal(err.kind, ERR_AUTH);
            assert_non_null(strstr(err.msg, "docker-credential-test"));
            assert_string_not_equal(err.hint, "");
        }
        credential_release(&found);
    }
}

static void
reports_a_missing_helper(void **state)
{
    struct credential found = CREDENTIAL_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(helper_get("absent", "h", &run.cancel, &found, &err), -1);
    assert_int_equal(err.kind, ERR_AUTH);
    assert_non_null(strstr(err.msg, "docker-credential-absent"));
}

/* ---- within a set ---- */

static struct credentials *
loaded(const char *text)
{
    struct credentials *c = credentials_new(&run);
    struct err err = ERR_INIT;

    assert_int_equal(credentials_parse(c, "test", text, strlen(text), &err), 0);
    return c;
}

/* The user and the helper that was asked; user NULL: no credentials, "!": an error. */
static void
expect(struct credentials *c, const char *host, const char *user, const char *log)
{
    struct credential found = CREDENTIAL_INIT;
    struct err err = ERR_INIT;
    int rc = credentials_find(c, host, "any/path", &found, &err);

    print_message("# %s: %s\n", host, err.msg);
    assert_int_equal(rc, !user ? 0 : strcmp(user, "!") == 0 ? -1 : 1);
    if (rc == 1)
        assert_string_equal(found.user, user);
    credential_release(&found);
    expect_log(log);
}

static void
ranks_helpers_and_files(void **state)
{
    static const char auth[] =
        "\"auths\":{\"h\":{\"username\":\"plain\",\"password\":\"x\"}}";
    static const struct {
        const char *rest, *user, *log;
    } table[] = {
        {"\"credHelpers\":{\"h\":\"one\"}", "one", "one get h\n"},
        {"\"credHelpers\":{\"https://H/v2/\":\"one\"}", "one", "one get h\n"},
        {"\"credHelpers\":{\"h\":\"none\"}", NULL, "none get h\n"},
        {"\"credHelpers\":{\"h\":\"broken\"}", "!", "broken get h\n"},
        {"\"credHelpers\":{\"other\":\"one\"}", "plain", ""},
        {"\"credHelpers\":{\"h/any\":\"one\"}", "plain", ""},
        {"\"credsStore\":\"one\"", "one", "one get h\n"},
        {"\"credsStore\":\"none\"", "plain", "none get h\n"},
        {"\"credsStore\":\"broken\"", "!", "broken get h\n"},
        {"\"credsStore\":\"absent\"", "!", ""},
        {"\"credsStore\":\"broken\",\"credHelpers\":{\"h\":\"one\"}", "one",
         "one get h\n"},
    };

    (void)state;
    make_helper("one", GIVES("one", "s"));
    make_helper("none", "echo credentials not found in native keychain; exit 1");
    make_helper("broken", "exit 1");
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(mem_free_string) char *text = xasprintf("{%s,%s}", auth, table[i].rest);
        CLEANUP(credentials_release) struct credentials *c = loaded(text);

        print_message("# %s\n", text);
        expect(c, "h", table[i].user, table[i].log);
    }
}

static void
asks_a_helper_once_per_host(void **state)
{
    CLEANUP(credentials_release)
    struct credentials *c = loaded("{\"credsStore\":\"one\"}");

    (void)state;
    make_helper("one", "[ \"$server\" != h2 ] || { echo credentials not found in native "
                       "keychain; exit 1; }\n" GIVES("one", "s"));
    expect(c, "h1", "one", "one get h1\n");
    expect(c, "h1", "one", "");
    expect(c, "h2", NULL, "one get h2\n");
    expect(c, "h2", NULL, "");
    assert_null(credentials_silent_helper(c, "h1"));
    {
        CLEANUP(mem_free_string) char *name = credentials_silent_helper(c, "h2");

        assert_string_equal(name, "docker-credential-one");
    }
}

static void
asks_for_both_names_of_docker_hub(void **state)
{
    CLEANUP(credentials_release)
    struct credentials *c = loaded("{\"credHelpers\":{\"index.docker.io\":\"one\"}}");

    (void)state;
    make_helper("one", "[ \"$server\" = docker.io ] || { echo credentials not found in "
                       "native keychain; exit 1; }\n" GIVES("one", "s"));
    expect(c, "docker.io", "one",
           "one get https://index.docker.io/v1/\none get docker.io\n");
}

static void
asks_again_after_a_refusal(void **state)
{
    CLEANUP(credentials_release)
    struct credentials *c = loaded("{\"credHelpers\":{\"h\":\"one\"}}");
    struct credential old = CREDENTIAL_INIT, fresh = CREDENTIAL_INIT,
                      same = CREDENTIAL_INIT;
    struct err err = ERR_INIT;

    (void)state;
    make_helper("one", GIVES("old", "s"));
    assert_int_equal(credentials_find(c, "h", "x", &old, &err), 1);
    expect_log("one get h\n");
    make_helper("one", GIVES("new", "s"));
    assert_int_equal(credentials_renew(c, "h", "x", &old, &fresh, &err), 1);
    expect_log("one get h\n");
    assert_string_equal(fresh.user, "new");
    credential_release(&fresh);
    /* another worker with the old one profits */
    assert_int_equal(credentials_renew(c, "h", "x", &old, &fresh, &err), 1);
    expect_log("");
    /* the same answer is refused again, and not requested a third time */
    assert_int_equal(credentials_renew(c, "h", "x", &fresh, &same, &err), 0);
    expect_log("one get h\n");
    assert_int_equal(credentials_renew(c, "h", "x", &fresh, &same, &err), 0);
    expect_log("");
    credential_release(&old);
    credential_release(&fresh);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_names_with_paths),
        cmocka_unit_test(parses_answers),
        cmocka_unit_test_setup_teardown(failure_is_never_anonymous_access, enter_path,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(reports_a_missing_helper, enter_path,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(ranks_helpers_and_files, enter_path,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(asks_a_helper_once_per_host, enter_path,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(asks_for_both_names_of_docker_hub, enter_path,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(asks_again_after_a_refusal, enter_path,
                                        leave_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
