/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/text.h"
#include "io/crypto/hash.h"
#include "io/crypto/pki.h"
#include "io/crypto/secretbox.h"
#include "tests/unit/pki_keys.h"
#include "io/crypto/pki_pem.h"

#include <string.h>

/* ---- the box ---- */

/* The example of "Cryptography in NaCl", which libsodium comes to as well. */
static const char BOX_KEY[] =
    "1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389";
static const char BOX_NONCE[] = "69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37";
static const char BOX_PLAIN[] =
    "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac7"
    "28d45e6c61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556a"
    "d6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f9377638"
    "48645e0705";
static const char BOX_SEALED[] =
    "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476f"
    "b8c531a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee3"
    "14a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5"
    "f9b37973f622a43d14a6599b1f654cb45a74e355a5";

enum { PLAIN = 131, SEALED = PLAIN + SECRETBOX_TAG };

struct example {
    unsigned char key[SECRETBOX_KEY], nonce[SECRETBOX_NONCE], plain[PLAIN],
        sealed[SEALED];
};

static void
load_example(struct example *x)
{
    assert_int_equal(text_unhex(x->key, BOX_KEY, sizeof(x->key)), 0);
    assert_int_equal(text_unhex(x->nonce, BOX_NONCE, sizeof(x->nonce)), 0);
    assert_int_equal(text_unhex(x->plain, BOX_PLAIN, sizeof(x->plain)), 0);
    assert_int_equal(text_unhex(x->sealed, BOX_SEALED, sizeof(x->sealed)), 0);
}

static void
seals_and_opens_the_published_box(void **state)
{
    unsigned char sealed[SEALED], plain[PLAIN];
    struct example x;

    (void)state;
    load_example(&x);
    assert_true(secretbox_seal(sealed, x.plain, PLAIN, x.nonce, x.key));
    assert_memory_equal(sealed, x.sealed, SEALED);
    assert_true(secretbox_open(plain, sealed, SEALED, x.nonce, x.key));
    assert_memory_equal(plain, x.plain, PLAIN);
}

static void
refuses_a_box_with_any_flipped_bit(void **state)
{
    unsigned char plain[PLAIN], untouched[PLAIN];
    struct example x;

    (void)state;
    load_example(&x);
    memset(plain, 7, PLAIN);
    memset(untouched, 7, PLAIN);
    for (size_t bit = 0; bit < 8 * SEALED; bit++) {
        x.sealed[bit / 8] ^= (unsigned char)(1 << bit % 8);
        assert_false(secretbox_open(plain, x.sealed, SEALED, x.nonce, x.key));
        x.sealed[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    for (size_t len = 0; len < SEALED; len++)
        assert_false(secretbox_open(plain, x.sealed, len, x.nonce, x.key));
    assert_memory_equal(plain, untouched, PLAIN);
}

/* ---- key files ---- */

static int
give(void *ctx, const char *what, struct secret *out, struct err *err)
{
    const char *passphrase = ctx;

    (void)what;
    (void)err;
    secret_set(out, passphrase, strlen(passphrase));
    return 0;
}

static struct pki_key *
load(const char *pem, size_t len, const char *passphrase, struct err *err)
{
    char copy[32];
    struct pki_passphrase pass = {.ask = give, .ctx = copy};

    snprintf(copy, sizeof(copy), "%s", passphrase);
    return pki_private(pem, len, "cosign.key", &pass, err);
}

/* The file with that JSON in it. */
static void
wrap(struct buf *pem, const char *json)
{
    CLEANUP(buf_release) struct buf base64 = BUF_INIT(2 * PKI_KEY_FILE_MAX);

    assert_int_equal(base64_encode(json, strlen(json), &base64), 0);
    assert_int_equal(buf_add_text(pem, "-----BEGIN ENCRYPTED COSIGN PRIVATE KEY-----\n"),
                     0);
    for (size_t i = 0; i < base64.len; i += 64)
        assert_int_equal(buf_addf(pem, "%.64s\n", base64.data + i), 0);
    assert_int_equal(buf_add_text(pem, "-----END ENCRYPTED COSIGN PRIVATE KEY-----\n"),
                     0);
}

static void
loads_keys_made_by_cosign(void **state)
{
    CLEANUP(pki_release) struct pki_key *key = NULL, *pub = NULL;
    struct err err = ERR_INIT;

    (void)state;
    key = load(COSIGN_KEY, strlen(COSIGN_KEY), "harbour", &err);
    pub = pki_public(EC_PUB, strlen(EC_PUB), "cosign.pub", &err);
    assert_non_null(key);
    assert_true(digest_equal(pki_id(key), pki_id(pub)));
    assert_int_equal(pki_form(key), PKI_FORM_COSIGN);
    assert_null(load(COSIGN_KEY, strlen(COSIGN_KEY), "hardour", &err));
    assert_int_equal(err.kind, ERR_AUTH);
    assert_non_null(strstr(err.msg, "wrong passphrase"));
}

static void
refuses_a_truncated_file(void **state)
{
    (void)state;
    for (size_t len = 0; len + 2 < sizeof(COSIGN_KEY); len++) {
        struct err err = ERR_INIT;

        assert_null(load(COSIGN_KEY, len, "harbour", &err));
        assert_int_equal(err.kind, ERR_USAGE);
    }
}

#define KDF(n, r, p)                                                                     \
    "{\"kdf\":{\"name\":\"scrypt\",\"params\":{\"N\":" n ",\"r\":" r ",\"p\":" p         \
    "},\"salt\":\"c2FsdA==\"},"
#define NONCE  "\"cipher\":{\"name\":\"nacl/secretbox\",\"nonce\":\""
#define ZERO24 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define ZERO18 "AAAAAAAAAAAAAAAAAAAAAAAA"
#define BODY   NONCE ZERO24 "\"},\"ciphertext\":\"" ZERO24 "\"}"

static void
refuses_malformed_and_costly_files(void **state)
{
    static const struct {
        const char *json;
        enum err_kind kind;
    } table[] = {
        {KDF("2", "8", "1") BODY, ERR_AUTH}, /* in form, but opens with nothing */
        /* Too much memory, too much time, sums that wrap. */
        {KDF("1073741824", "8", "1") BODY, ERR_LIMIT},
        {KDF("262144", "8", "1") BODY, ERR_LIMIT},
        {KDF("65536", "8", "17") BODY, ERR_LIMIT},
        {KDF("2", "8", "9223372036854775807") BODY, ERR_LIMIT},
        {KDF("4294967296", "4294967296", "1") BODY, ERR_LIMIT},
        /* Parameters that scrypt does not allow. */
        {KDF("3", "8", "1") BODY, ERR_USAGE},
        {KDF("0", "8", "1") BODY, ERR_USAGE},
        {KDF("2", "0", "1") BODY, ERR_USAGE},
        {KDF("2", "8", "0") BODY, ERR_USAGE},
        {KDF("-2", "8", "1") BODY, ERR_USAGE},
        {KDF("2.0", "8", "1") BODY, ERR_USAGE},
        {KDF("\"2\"", "8", "1") BODY, ERR_USAGE},
        /* Other names, missing or odd bytes. */
        {"", ERR_USAGE},
        {"{}", ERR_USAGE},
        {KDF("2", "8", "1") "\"cipher\":{}}", ERR_USAGE},
        {KDF("2", "8", "1") NONCE ZERO24 "\"}}", ERR_USAGE},
        {KDF("2", "8", "1") NONCE ZERO18 "\"},\"ciphertext\":\"" ZERO24 "\"}", ERR_USAGE},
        {KDF("2", "8", "1") NONCE ZERO24 "AAAA\"},\"ciphertext\":\"" ZERO24 "\"}",
         ERR_USAGE},
        {KDF("2", "8", "1") NONCE ZERO24 "\"},\"ciphertext\":\"AAAA\"}", ERR_USAGE},
        {KDF("2", "8", "1") NONCE ZERO24 "\"},\"ciphertext\":\"\"}", ERR_USAGE},
        {KDF("2", "8", "1") NONCE ZERO24 "\"},\"ciphertext\":\"A!AA\"}", ERR_USAGE},
        {KDF("2", "8", "1") BODY "x", ERR_USAGE},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(buf_release) struct buf pem = BUF_INIT(PKI_KEY_FILE_MAX);
        struct err err = ERR_INIT;

        wrap(&pem, table[i].json);
        assert_null(load(pem.data, pem.len, "harbour", &err));
        assert_int_equal(err.kind, table[i].kind);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seals_and_opens_the_published_box),
        cmocka_unit_test(refuses_a_box_with_any_flipped_bit),
        cmocka_unit_test(loads_keys_made_by_cosign),
        cmocka_unit_test(refuses_a_truncated_file),
        cmocka_unit_test(refuses_malformed_and_costly_files),
    };

    return cmocka_run_group_tests_name("pki_cosign", tests, NULL, NULL);
}
