/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "registry/credentials/credentials.h"
#include "registry/credentials/credentials_default.h"

#include <unistd.h>

/* "alice:secret" and "bob:se:cret" in base64. */
#define ALICE "YWxpY2U6c2VjcmV0"
#define BOB   "Ym9iOnNlOmNyZXQ="

static struct credentials *
new_set(void)
{
    static struct run run = RUN_INIT;

    return credentials_new(&run);
}

/* A set with the entries of one file. */
static int
load(struct credentials *c, const char *text, struct err *err)
{
    char path[] = "/tmp/test_credentials.XXXXXX";
    int fd = mkstemp(path);
    int rc;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    rc = credentials_load(c, path, err);
    unlink(path);
    return rc;
}

static struct credentials *
loaded(const char *text)
{
    struct credentials *c = new_set();
    struct err err = ERR_INIT;

    assert_int_equal(load(c, text, &err), 0);
    return c;
}

/* where: HOST/PATH.  user NULL: anonymous. */
static void
expect_in(struct credentials *c, const char *where, const char *user,
          const char *password)
{
    CLEANUP(mem_free_string) char *host = xstrndup(where, strcspn(where, "/"));
    struct credential found = CREDENTIAL_INIT;
    struct err err = ERR_INIT;
    int rc;

    print_message("# %s\n", where);
    rc = credentials_find(c, host, where + strlen(host) + 1, &found, &err);
    assert_int_equal(rc, user ? 1 : 0);
    if (user) {
        assert_string_equal(found.user, user);
        assert_string_equal(secret_get(&found.password), password);
    } else {
        assert_null(found.user);
    }
    credential_release(&found);
}

static void
expect(struct credentials *c, const char *host, const char *user, const char *password)
{
    CLEANUP(mem_free_string) char *where = xasprintf("%s/any/path", host);

    expect_in(c, where, user, password);
}

static void
maps_keys_to_hosts(void **state)
{
    CLEANUP(credentials_release)
    struct credentials *c =
        loaded("{\"auths\":{"
               "\"plain.corp\":{\"auth\":\"" ALICE "\"},"
               "\"http://h:5000/v2/\":{\"auth\":\"" ALICE "\"},"
               "\"https://tls.corp\":{\"auth\":\"" ALICE "\"},"
               "\"slash.corp/v1/\":{\"auth\":\"" ALICE "\"},"
               "\"UPPER.corp\":{\"auth\":\"" ALICE "\"},"
               "\"team.corp/team\":{\"auth\":\"" ALICE "\"},"
               "\"https://index.docker.io/v1/\":{\"auth\":\"" BOB "\"}"
               "}}");

    (void)state;
    expect(c, "plain.corp", "alice", "secret");
    expect(c, "plain.corp:443", NULL, NULL);
    expect(c, "plain.corp.evil", NULL, NULL);
    expect(c, "ain.corp", NULL, NULL);
    expect(c, "h:5000", "alice", "secret");
    expect(c, "h", NULL, NULL);
    expect(c, "tls.corp", "alice", "secret");
    expect(c, "slash.corp", "alice", "secret");
    expect(c, "upper.corp", "alice", "secret");
    expect(c, "team.corp", NULL, NULL);
    expect(c, "docker.io", "bob", "se:cret");
}

static void
prefers_the_longest_namespace(void **state)
{
    CLEANUP(credentials_release)
    struct credentials *c =
        loaded("{\"auths\":{"
               "\"h/a/b\":{\"auth\":\"" ALICE "\"},"
               "\"h\":{\"auth\":\"" BOB "\"},"
               "\"h/a/\":{\"username\":\"carol\",\"password\":\"x\"},"
               "\"h/mark\":{},"
               "\"only/a\":{\"auth\":\"" ALICE "\"},"
               "\"docker.io/team\":{\"auth\":\"" ALICE "\"},"
               "\"https://index.docker.io/v1/\":{\"auth\":\"" BOB "\"}"
               "}}");

    (void)state;
    expect_in(c, "h/a/b", "alice", "secret");
    expect_in(c, "h/a/b/c", "alice", "secret");
    expect_in(c, "h/a/c", "carol", "x");
    expect_in(c, "h/a", "carol", "x");
    expect_in(c, "h/a/bc", "carol", "x");
    expect_in(c, "h/ab", "bob", "se:cret");
    expect_in(c, "h/d", "bob", "se:cret");
    expect_in(c, "h/mark", "bob", "se:cret");
    expect_in(c, "only/a/x", "alice", "secret");
    expect_in(c, "only/b", NULL, NULL);
    expect_in(c, "docker.io/team/app", "alice", "secret");
    expect_in(c, "docker.io/library/app", "bob", "se:cret");
}

static void
prefers_the_best_key(void **state)
{
    CLEANUP(credentials_release)
    struct credentials *c =
        loaded("{\"auths\":{"
               "\"https://h/v1/\":{\"auth\":\"" BOB "\"},"
               "\"h\":{\"auth\":\"" ALICE "\"},"
               "\"docker.io\":{\"auth\":\"" BOB "\"},"
               "\"https://index.docker.io/v1/\":{\"auth\":\"" ALICE "\"}"
               "}}");
    struct err err = ERR_INIT;

    (void)state;
    expect(c, "h", "alice", "secret");
    assert_int_equal(load(c, "{\"auths\":{\"h\":{\"auth\":\"" BOB "\"}}}", &err), 0);
    expect(c, "h", "alice", "secret"); /* the first file */
    assert_int_equal(credentials_add(c, "h", "carol:x", 7, &err), 0);
    expect(c, "h", "alice", "secret"); /* whatever comes first */
    assert_int_equal(load(c, "{\"auths\":{\"h/a\":{\"auth\":\"" BOB "\"}}}", &err), 0);
    expect_in(c, "h/a", "alice", "secret"); /* even if it knows less well */
}

static void
knows_the_names_of_docker_hub(void **state)
{
    static const char *const names[] = {"docker.io", "index.docker.io",
                                        "registry-1.docker.io",
                                        "https://index.docker.io/v1/"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        CLEANUP(mem_free_string)
        char *text = xasprintf("{\"auths\":{\"%s\":{\"auth\":\"" ALICE "\"}}}", names[i]);
        CLEANUP(credentials_release) struct credentials *c = loaded(text);

        expect(c, "docker.io", "alice", "secret");
        expect(c, "docker.com", NULL, NULL);
    }
}

static void
decodes_passwords(void **state)
{
    static const struct {
        const char *entry, *user, *password;
    } table[] = {
        {"{\"auth\":\"" ALICE "\"}", "alice", "secret"},
        {"{\"auth\":\"" BOB "\"}", "bob", "se:cret"},
        {"{\"auth\":\"Ym9iOnNlOmNyZXQ\"}", "bob", "se:cret"},        /* no padding */
        {"{\"auth\":\"Ym9iOn\\nNlOmNyZXQ=\\n\"}", "bob", "se:cret"}, /* lines */
        {"{\"auth\":\"Y2Fyb2w6c2VjcmV0AAA=\"}", "carol", "secret"},  /* NULs behind */
        {"{\"auth\":\"bnM6\"}", "ns", ""},
        {"{\"username\":\"dave\",\"password\":\"a:b\"}", "dave", "a:b"},
        {"{\"auth\":\"\",\"username\":\"dave\",\"password\":\"x\"}", "dave", "x"},
        {"{\"auth\":\"" ALICE "\",\"email\":\"a@b\",\"extra\":[1]}", "alice", "secret"},
        {"{\"username\":\"$oauthtoken\",\"password\":\"ns+robot\"}", "$oauthtoken",
         "ns+robot"},
        {"{}", NULL, NULL},
        {"{\"email\":\"a@b\"}", NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(mem_free_string)
        char *text = xasprintf("{\"auths\":{\"h\":%s}}", table[i].entry);
        CLEANUP(credentials_release) struct credentials *c = loaded(text);

        print_message("# %s\n", table[i].entry);
        expect(c, "h", table[i].user, table[i].password);
    }
}

static void
finds_tokens(void **state)
{
    CLEANUP(credentials_release)
    struct credentials *c =
        loaded("{\"auths\":{\"a\":{\"identitytoken\":\"idt\",\"auth\":\"" ALICE "\"},"
               "\"b\":{\"registrytoken\":\"rt\"},"
               "\"c\":{\"username\":\"<token>\",\"password\":\"idt\"}}}");
    struct credential found = CREDENTIAL_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(credentials_find(c, "a", "x", &found, &err), 1);
    assert_string_equal(secret_get(&found.identity_token), "idt");
    assert_true(credential_has_password(&found));
    credential_release(&found);
    assert_int_equal(credentials_find(c, "b", "x", &found, &err), 1);
    assert_string_equal(secret_get(&found.registry_token), "rt");
    assert_false(secret_is_set(&found.identity_token));
    assert_false(credential_has_password(&found));
    credential_release(&found);
    assert_int_equal(credentials_find(c, "c", "x", &found, &err), 1);
    assert_string_equal(secret_get(&found.identity_token), "idt");
    assert_false(credential_has_password(&found));
    credential_release(&found);
}

static void
refuses_malformed_files(void **state)
{
    static const struct {
        const char *text, *names; /* a part of the message */
    } table[] = {
        {"", "JSON"},
        {"secret", "JSON"},
        {"{\"auths\":{\"h\":{\"auth\":secret}}}", "JSON"},
        {"[]", "JSON"},
        {"{\"auths\":{\"h\":{}},\"auths\":{}}", "JSON"},
        {"{\"auths\":[]}", "auths"},
        {"{\"auths\":{\"h\":\"secret\"}}", "'h'"},
        {"{\"auths\":{\"h\":{\"auth\":7}}}", "'h'"},
        {"{\"auths\":{\"h\":{\"auth\":\"secret!\"}}}", "'h'"},
        {"{\"auths\":{\"h\":{\"auth\":\"c2VjcmV0\"}}}", "'h'"},         /* no colon */
        {"{\"auths\":{\"h\":{\"auth\":\"YTpiCnNlY3JldA==\"}}}", "'h'"}, /* a newline */
        {"{\"auths\":{\"h\":{\"auth\":\"YTpiAHNlY3JldA==\"}}}", "'h'"}, /* a NUL inside */
        {"{\"auths\":{\"h\":{\"username\":\"a:b\",\"password\":\"secret\"}}}", "'h'"},
        {"{\"auths\":{\"h\":{\"username\":\"a\",\"password\":7}}}", "'h'"},
        {"{\"auths\":{\"h\":{\"identitytoken\":\"secret\\n\"}}}", "'h'"},
        {"{\"auths\":{\"h\":{\"registrytoken\":{}}}}", "'h'"},
        {"{\"auths\":{\"\\u001b[31m\":7}}", "\\x1b[31m"},
        {"{\"auths\":{\"h\":{\"username\":\"<token>\",\"password\":\"\"}}}", "'h'"},
        {"{\"credHelpers\":{\"h\":7}}", "'h'"},
        {"{\"credHelpers\":{\"h\":\"\"}}", "'h'"},
        {"{\"credHelpers\":{\"h\":\"../evil\"}}", "'h'"},
        {"{\"credHelpers\":{\"h\":\"/bin/sh\"}}", "'h'"},
        {"{\"credHelpers\":{\"h\":\"-x\"}}", "'h'"},
        {"{\"credHelpers\":{\"h\":\"a b\"}}", "'h'"},
        {"{\"credHelpers\":{\"h\":\"a;b\"}}", "'h'"},
        {"{\"credsStore\":\"../evil\"}", "credsStore"},
        {"{\"credHelpers\":7}", "credHelpers"},
        {"{\"credsStore\":7}", "credsStore"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(credentials_release) struct credentials *c = new_set();
        struct err err = ERR_INIT;

        print_message("# %s\n", table[i].text);
        assert_int_equal(load(c, table[i].text, &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_non_null(strstr(err.msg, table[i].names));
        assert_non_null(strstr(err.msg, "/tmp/test_credentials."));
        assert_null(strstr(err.msg, "secret"));
    }
}

static void
adds_one_pair(void **state)
{
    static const struct {
        const char *text, *user, *password;
    } table[] = {
        {"alice:secret", "alice", "secret"},
        {"alice:secret\n", "alice", "secret"},
        {"alice:se:cret", "alice", "se:cret"},
        {"alice: ", "alice", " "},
        {"", NULL, NULL},
        {"\n", NULL, NULL},
        {"alice", NULL, NULL},
        {"alice:", NULL, NULL},
        {":secret", NULL, NULL},
        {"alice:secret\n\n", NULL, NULL},
        {"alice:sec\rret", NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(credentials_release) struct credentials *c = new_set();
        struct err err = ERR_INIT;
        int rc = credentials_add(c, "h:5000", table[i].text, strlen(table[i].text), &err);

        print_message("# %s\n", table[i].text);
        assert_int_equal(rc, table[i].user ? 0 : -1);
        assert_int_equal(err.kind, table[i].user ? ERR_NONE : ERR_USAGE);
        assert_null(strstr(err.msg, "secret"));
        expect(c, "h:5000", table[i].user, table[i].password);
        expect(c, "h", NULL, NULL);
    }
}

static void
treats_an_absent_file_as_empty(void **state)
{
    static const char *const table[] = {
        "{}",
        "{\"auths\":null,\"credHelpers\":null}",
        "{\"auths\":{},\"credHelpers\":{},\"credsStore\":\"\"}",
        "{\"auths\":{\"\":{\"auth\":\"" ALICE "\"},\"/h\":{\"auth\":\"" ALICE "\"}}}",
        "{\"HttpHeaders\":{\"User-Agent\":\"Docker\"},\"psFormat\":\"x\"}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(credentials_release) struct credentials *c = loaded(table[i]);

        expect(c, "h", NULL, NULL);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_keys_to_hosts),
        cmocka_unit_test(prefers_the_longest_namespace),
        cmocka_unit_test(prefers_the_best_key),
        cmocka_unit_test(knows_the_names_of_docker_hub),
        cmocka_unit_test(decodes_passwords),
        cmocka_unit_test(finds_tokens),
        cmocka_unit_test(refuses_malformed_files),
        cmocka_unit_test(adds_one_pair),
        cmocka_unit_test(treats_an_absent_file_as_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
