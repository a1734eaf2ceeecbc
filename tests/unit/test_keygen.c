/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"
#include "tests/unit/folder.h"

#include "io/file/file.h"
#include "io/file/output.h"
#include "ops/sign/keygen.h"
#include "io/crypto/pki_pem.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

static int
give(void *ctx, const char *what, struct secret *out, struct err *err)
{
    (void)what;
    (void)err;
    secret_copy(out, ctx);
    return 0;
}

static void
assert_pair(const struct keygen_result *r, struct secret *passphrase)
{
    CLEANUP(buf_release) struct buf key_pem = BUF_INIT(PKI_KEY_FILE_MAX);
    CLEANUP(buf_release) struct buf pub_pem = BUF_INIT(PKI_KEY_FILE_MAX);
    CLEANUP(pki_release) struct pki_key *key = NULL, *pub = NULL;
    struct pki_passphrase pass = {.ask = give, .ctx = passphrase};
    struct err err = ERR_INIT;
    struct stat st;

    assert_int_equal(file_slurp(r->key_path, &key_pem, &err), 0);
    assert_int_equal(file_slurp(r->pub_path, &pub_pem, &err), 0);
    assert_int_equal(strstr(key_pem.data, "ENCRYPTED") != NULL, passphrase != NULL);
    key = pki_private(key_pem.data, key_pem.len, "key", passphrase ? &pass : NULL, &err);
    pub = pki_public(pub_pem.data, pub_pem.len, "pub", &err);
    assert_non_null(key);
    assert_non_null(pub);
    assert_int_equal(pki_type(key), r->type);
    assert_true(digest_equal(pki_id(key), &r->key_id));
    assert_true(digest_equal(pki_id(pub), &r->key_id));
    assert_int_equal(stat(r->key_path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(stat(r->pub_path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0644);
}

static void
a_pair_is_written(void **state)
{
    CLEANUP(secret_release) struct secret harbour = SECRET_INIT;
    static const enum pki_type types[] = {PKI_ECDSA_P256, PKI_ED25519, PKI_RSA};

    (void)state;
    secret_set(&harbour, "harbour", 7);
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct secret *passphrase = i == 0 ? &harbour : NULL;
        struct keygen_options options = {.name = "./team",
                                         .type = types[i],
                                         .form = passphrase ? PKI_FORM_SCRYPT
                                                            : PKI_FORM_PLAIN,
                                         .passphrase = passphrase};
        struct keygen_result r;
        struct err err = ERR_INIT;

        assert_int_equal(keygen_run(&r, &options, &err), 0);
        assert_string_equal(r.key_path, "./team.key");
        assert_string_equal(r.pub_path, "./team.pub");
        assert_pair(&r, passphrase);
        assert_int_equal(count_files(), 2);
        unlink("team.key");
        unlink("team.pub");
    }
}

static void
no_file_is_overwritten(void **state)
{
    static const char *const files[] = {"team.key", "team.pub"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct keygen_options options = {
            .name = "team", .type = PKI_ED25519, .form = PKI_FORM_PLAIN};
        CLEANUP(buf_release) struct buf content = BUF_INIT(10);
        struct keygen_result r;
        struct err err = ERR_INIT;

        assert_int_equal(file_put(files[i], "old", 3, 0600, true, &err), 0);
        assert_int_equal(keygen_run(&r, &options, &err), -1);
        assert_int_equal(err.kind, ERR_CONFLICT);
        assert_non_null(strstr(err.msg, files[i]));
        assert_int_equal(count_files(), 1);
        assert_int_equal(file_slurp(files[i], &content, &err), 0);
        assert_string_equal(content.data, "old");
        unlink(files[i]);
    }
}

/* The second file cannot be written: then the first one must not stay either. */
static void
half_a_pair_does_not_stay(void **state)
{
    struct keygen_options options = {
        .name = "team", .type = PKI_ED25519, .form = PKI_FORM_PLAIN};
    struct keygen_result r;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(mkdir("team.pub.partial", 0700), 0);
    assert_int_equal(keygen_run(&r, &options, &err), -1);
    assert_int_equal(err.kind, ERR_LOCAL);
    assert_int_equal(count_files(), 1);
}

static void
senseless_names_are_refused(void **state)
{
    char longest[KEYGEN_PATH_MAX];
    const struct {
        const char *name;
        enum err_kind kind;
    } table[] = {
        {"", ERR_USAGE},
        {"/", ERR_USAGE},
        {"folder/", ERR_USAGE},
        {longest, ERR_USAGE},
        {"absent/team", ERR_NOT_FOUND},
    };

    (void)state;
    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct keygen_options options = {
            .name = table[i].name, .type = PKI_ED25519, .form = PKI_FORM_PLAIN};
        struct keygen_result r;
        struct err err = ERR_INIT;

        assert_int_equal(keygen_run(&r, &options, &err), -1);
        assert_int_equal(err.kind, table[i].kind);
        assert_int_equal(count_files(), 0);
    }
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_pair_is_written),
        IN_FOLDER(no_file_is_overwritten),
        IN_FOLDER(half_a_pair_does_not_stay),
        IN_FOLDER(senseless_names_are_refused),
    };

    return cmocka_run_group_tests_name("keygen", tests, NULL, NULL);
}
