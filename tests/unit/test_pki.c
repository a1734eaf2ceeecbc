/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/text.h"
#include "io/crypto/pki.h"
#include "tests/unit/pki_keys.h"
#include "io/crypto/pki_pem.h"
#include "io/crypto/pki_sign.h"

static const char RSA2048_ID[] =
    "69d8a893957c748df687d41671929f7fed59e5d9c9506112748e35064a9be1df";
static const char P384_ID[] =
    "63f95958e12908b9603761db208c26a6e6fc9b3a69f9cbff129eb999657771ae";
static const char P521_ID[] =
    "57666de5709dcd0245d0bc40b1db508b48b2e96fe6bd2314867c71ea9954e273";
static const char EC_ID[] =
    "85efcc4046aceb5315b1595b00746fb2dd837606e8dc2211bf982be1ffa47f3d";
static const char ED_ID[] =
    "16dd4f595ab992b8f1461a8a0594588429a0b959bbae8844add704f94986e193";
static const char RSA_ID[] =
    "4ab3e5e5d37dd45c8a804746a0727144bf1da0acc1e07fc43c6bf0867b7e84c2";

static const char MESSAGE[] = "{\"schemaVersion\":2}";

/* Answers requests for a passphrase and counts them. */
struct keeper {
    const char *passphrase; /* NULL: has none */
    unsigned asked;
};

static int
keeper_ask(void *ctx, const char *what, struct secret *out, struct err *err)
{
    struct keeper *keeper = ctx;

    assert_string_equal(what, "test.key");
    keeper->asked++;
    if (!keeper->passphrase)
        return err_set(err, ERR_AUTH, "no passphrase available");
    secret_set(out, keeper->passphrase, strlen(keeper->passphrase));
    return 0;
}

static struct pki_key *
load_private(const char *pem, struct keeper *keeper, struct err *err)
{
    struct pki_passphrase pass = {.ask = keeper_ask, .ctx = keeper};

    return pki_private(pem, strlen(pem), "test.key", keeper ? &pass : NULL, err);
}

static struct pki_key *
load_public(const char *pem, struct err *err)
{
    return pki_public(pem, strlen(pem), "test.pub", err);
}

static void
assert_is_key(const struct pki_key *key, enum pki_type type, const char *id)
{
    char hex[2 * DIGEST_RAW_MAX + 1];

    assert_non_null(key);
    assert_int_equal(pki_type(key), type);
    digest_hex(pki_id(key), hex);
    assert_string_equal(hex, id);
}

static void
loads_private_keys_in_every_form(void **state)
{
    static const struct {
        const char *pem, *id;
        enum pki_type type;
        unsigned asked; /* how often a passphrase must be asked for */
    } table[] = {
        {EC_SEC1, EC_ID, PKI_ECDSA_P256, 0},
        {EC_SEC1_SEALED, EC_ID, PKI_ECDSA_P256, 1},
        {EC_PKCS8, EC_ID, PKI_ECDSA_P256, 0},
        {EC_PBKDF2, EC_ID, PKI_ECDSA_P256, 1},
        {EC_SCRYPT, EC_ID, PKI_ECDSA_P256, 1},
        {EC_3DES, EC_ID, PKI_ECDSA_P256, 1},
        {COSIGN_KEY, EC_ID, PKI_ECDSA_P256, 1},
        {ED, ED_ID, PKI_ED25519, 0},
        {ED_SEALED, ED_ID, PKI_ED25519, 1},
        {RSA_PKCS1, RSA_ID, PKI_RSA, 0},
        {RSA_PKCS1_SEALED, RSA_ID, PKI_RSA, 1},
        {RSA_PKCS8, RSA_ID, PKI_RSA, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(pki_release) struct pki_key *key = NULL;
        struct keeper keeper = {.passphrase = "harbour"};
        struct err err = ERR_INIT;

        key = load_private(table[i].pem, &keeper, &err);
        assert_is_key(key, table[i].type, table[i].id);
        assert_int_equal(keeper.asked, table[i].asked);
        assert_int_equal(err.kind, ERR_NONE);
    }
}

static void
reports_a_wrong_or_missing_passphrase(void **state)
{
    static const char *const sealed[] = {EC_SEC1_SEALED, EC_PBKDF2, EC_SCRYPT,
                                         EC_3DES,        ED_SEALED, RSA_PKCS1_SEALED};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sealed); i++) {
        struct keeper wrong = {.passphrase = "hardour"}, none = {.passphrase = NULL};
        struct err err = ERR_INIT;

        assert_null(load_private(sealed[i], &wrong, &err));
        assert_int_equal(err.kind, ERR_AUTH);
        assert_non_null(strstr(err.msg, "wrong passphrase"));
        assert_int_equal(wrong.asked, 1);

        assert_null(load_private(sealed[i], &none, &err));
        assert_int_equal(err.kind, ERR_AUTH);
        assert_string_equal(err.msg, "no passphrase available");

        assert_null(load_private(sealed[i], NULL, &err));
        assert_int_equal(err.kind, ERR_AUTH);
        assert_non_null(strstr(err.msg, "is encrypted"));
    }
}

/* The old PEM encryption takes up to 1024 bytes; more must not overrun anything. */
static void
accepts_passphrases_of_any_length(void **state)
{
    char longest[5000];

    (void)state;
    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    for (size_t cut = 1; cut < sizeof(longest); cut *= 8) {
        struct keeper keeper = {.passphrase = longest + sizeof(longest) - 1 - cut};
        struct err err = ERR_INIT;

        assert_null(load_private(EC_SEC1_SEALED, &keeper, &err));
        assert_int_equal(err.kind, ERR_AUTH);
        assert_null(load_private(EC_PBKDF2, &keeper, &err));
        assert_int_equal(err.kind, ERR_AUTH);
    }
}

static void
limits_the_cost_of_key_derivation(void **state)
{
    static const char *const table[] = {SCRYPT_BOMB,     SCRYPT_LARGE,    SCRYPT_SLOW,
                                        SCRYPT_WRAP,     SCRYPT_NEGATIVE, PBKDF2_SLOW,
                                        PBKDF2_NEGATIVE, PBE1_SLOW};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct keeper keeper = {.passphrase = "harbour"};
        struct err err = ERR_INIT;

        assert_null(load_private(table[i], &keeper, &err));
        assert_int_equal(err.kind, ERR_LIMIT);
        assert_int_equal(keeper.asked, 0);
    }
}

static void
refuses_other_files_as_private_keys(void **state)
{
    static const struct {
        const char *pem, *message;
    } table[] = {
        {EC_PUB, "is a public key"},
        {EC_CERTIFICATE, "is a certificate"},
        {"-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----\n",
         "unsupported"},
        {P384, "of kind ECDSA P-384, which is accepted for verification only"},
        {EC_MD5DES, "encrypted in an unsupported way"},
        {UNKNOWN_KDF, "encrypted in an unsupported way"},
        {"", "is not a PEM key file"},
        {"\n\n", "is not a PEM key file"},
        {"MC4CAQAwBQYDK2VwBCIEIA", "is not a PEM key file"},
        {"-----BEGIN PRIVATE KEY-----\n", "is damaged"},
        {"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", "is damaged"},
        {"-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----\n", "is damaged"},
        {"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "is damaged"},
        {"-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n",
         "is damaged"},
        {"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n"
         "-----END ENCRYPTED PRIVATE KEY-----\n",
         "is damaged"},
        {"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "is damaged"},
        /* One byte after the key. */
        {"-----BEGIN PRIVATE KEY-----\n"
         "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7AA==\n"
         "-----END PRIVATE KEY-----\n",
         "is damaged"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct keeper keeper = {.passphrase = "harbour"};
        struct err err = ERR_INIT;

        assert_null(load_private(table[i].pem, &keeper, &err));
        assert_int_equal(err.kind, ERR_USAGE);
        assert_non_null(strstr(err.msg, table[i].message));
    }
}

/* Wherever the end is missing. */
static void
refuses_a_truncated_file(void **state)
{
    (void)state;
    for (size_t len = 0; len + 2 < sizeof(EC_PKCS8); len++) {
        struct err err = ERR_INIT;

        assert_null(pki_private(EC_PKCS8, len, "test.key", NULL, &err));
        assert_int_equal(err.kind, ERR_USAGE);
    }
}

static void
refuses_two_keys_in_one_file(void **state)
{
    char both[sizeof(ED) + sizeof(EC_PKCS8)];
    struct keeper keeper = {.passphrase = "harbour"};
    struct err err = ERR_INIT;

    (void)state;
    snprintf(both, sizeof(both), "%s%s", ED, EC_PKCS8);
    assert_null(load_private(both, &keeper, &err));
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.msg, "more than one key"));

    snprintf(both, sizeof(both), "%s%s", ED_PUB, EC_PUB);
    assert_null(load_public(both, &err));
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.msg, "more than one key"));
}

static void
refuses_a_huge_file(void **state)
{
    char *huge = calloc(1, PKI_KEY_FILE_MAX + 1);
    struct err err = ERR_INIT;

    (void)state;
    assert_non_null(huge);
    memset(huge, '\n', PKI_KEY_FILE_MAX + 1);
    memcpy(huge, ED, strlen(ED));
    assert_null(pki_private(huge, PKI_KEY_FILE_MAX + 1, "test.key", NULL, &err));
    assert_int_equal(err.kind, ERR_LIMIT);
    pki_free(pki_private(huge, PKI_KEY_FILE_MAX, "test.key", NULL, &err));
    free(huge);
}

/* A private key whose public half belongs to another one: its signatures fit no key id.
 */
static void
refuses_halves_that_do_not_match(void **state)
{
    /* The secret of EC_SEC1 with one digit changed. */
    static const char mixed[] =
        "-----BEGIN EC PRIVATE KEY-----\n"
        "MHcCAQEEICkjFB7867YMzAAAEYZFpgwD8Hbvpr4ymt/K2Lc8/2MSoAoGCCqGSM49\n"
        "AwEHoUQDQgAE8Yoc/p/k/RI0S+PqNF4Wz17y0kni4g4sENtKAYMhYImPbvvceFa7\n"
        "n5sdhG/zjXNJ2rme+3Y/rIZDBHTuLVmr1w==\n"
        "-----END EC PRIVATE KEY-----\n";
    struct err err = ERR_INIT;

    (void)state;
    assert_null(load_private(mixed, NULL, &err));
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.msg, "is damaged"));
}

static void
loads_public_keys(void **state)
{
    static const struct {
        const char *pem, *id;
        enum pki_type type;
    } table[] = {
        {EC_PUB, EC_ID, PKI_ECDSA_P256},
        /* Other ways to write the same point are the same key. */
        {EC_PUB_COMPRESSED, EC_ID, PKI_ECDSA_P256},
        {EC_PUB_HYBRID, EC_ID, PKI_ECDSA_P256},
        {ED_PUB, ED_ID, PKI_ED25519},
        {RSA_PUB, RSA_ID, PKI_RSA},
        {RSA2048_PUB, RSA2048_ID, PKI_RSA_2048},
        {P384_PUB, P384_ID, PKI_ECDSA_P384},
        {P521_PUB, P521_ID, PKI_ECDSA_P521},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct err err = ERR_INIT;
        CLEANUP(pki_release) struct pki_key *key = load_public(table[i].pem, &err);

        assert_is_key(key, table[i].type, table[i].id);
    }
}

static void
refuses_other_files_as_public_keys(void **state)
{
    static const struct {
        const char *pem, *message;
    } table[] = {
        {EC_PKCS8, "is a private key"},
        {EC_SEC1_SEALED, "is a private key"},
        {COSIGN_KEY, "is a private key"},
        {EC_CERTIFICATE, "is a certificate"},
        {RSA_PUB_PKCS1, "unsupported"},
        {RSA2040_PUB, "RSA key of 2040 bits"},
        {EC_PUB_EXPLICIT, "not on a supported named curve"},
        {SECP256K1_PUB, "not on a supported named curve"},
        {X25519_PUB, "of an unsupported kind"},
        {PSS_PUB, "of an unsupported kind"},
        {"", "is not a PEM key file"},
        {"sealift", "is not a PEM key file"},
        {"-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n", "is damaged"},
        /* A point that is not on the curve. */
        {"-----BEGIN PUBLIC KEY-----\n"
         "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8Yoc/p/k/RI0S+PqNF4Wz17y0kni\n"
         "4g4sENtKAYMhYImPbvvceFa7n5sdhG/zjXNJ2rme+3Y/rIZDBHTuLVmr2A==\n"
         "-----END PUBLIC KEY-----\n",
         "is damaged"},
        /* One byte after the key. */
        {"-----BEGIN PUBLIC KEY-----\n"
         "MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0ZgwA\n"
         "-----END PUBLIC KEY-----\n",
         "is damaged"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct err err = ERR_INIT;

        assert_null(load_public(table[i].pem, &err));
        assert_int_equal(err.kind, ERR_USAGE);
        assert_non_null(strstr(err.msg, table[i].message));
    }
}

static void
computes_a_published_ed25519_signature(void **state)
{
    static const char expected[] =
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
    CLEANUP(pki_release) struct pki_key *key = NULL, *pub = NULL;
    CLEANUP(buf_release) struct buf signature = BUF_INIT(PKI_SIGNATURE_MAX);
    char hex[2 * 64 + 1];
    struct err err = ERR_INIT;

    (void)state;
    key = load_private(RFC8032, NULL, &err);
    pub = load_public(RFC8032_PUB, &err);
    assert_non_null(key);
    assert_non_null(pub);
    assert_int_equal(pki_sign(key, "\x72", 1, &signature, &err), 0);
    assert_int_equal(signature.len, 64);
    text_hex(hex, (const unsigned char *)signature.data, 64);
    assert_string_equal(hex, expected);
    assert_true(pki_verify(pub, "\x72", 1, signature.data, signature.len));
}

static const struct pair {
    const char *private_pem, *public_pem;
    bool is_deterministic;
} pairs[] = {
    {EC_PKCS8, EC_PUB, false},
    {ED, ED_PUB, true},
    {RSA_PKCS8, RSA_PUB, true},
};

static void
sign_message(const struct pki_key *key, struct buf *out)
{
    struct err err = ERR_INIT;

    assert_int_equal(pki_sign(key, MESSAGE, strlen(MESSAGE), out, &err), 0);
}

static bool
verify_message(const struct pki_key *key, const void *signature, size_t len)
{
    return pki_verify(key, MESSAGE, strlen(MESSAGE), signature, len);
}

static void
verifies_a_signature_and_refuses_any_flipped_bit(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        CLEANUP(buf_release) struct buf signature = BUF_INIT(PKI_SIGNATURE_MAX);
        CLEANUP(pki_release) struct pki_key *key = NULL, *pub = NULL;
        struct err err = ERR_INIT;

        key = load_private(pairs[i].private_pem, NULL, &err);
        pub = load_public(pairs[i].public_pem, &err);
        sign_message(key, &signature);
        assert_true(verify_message(pub, signature.data, signature.len));
        assert_true(verify_message(key, signature.data, signature.len));
        assert_false(
            pki_verify(pub, MESSAGE, strlen(MESSAGE) - 1, signature.data, signature.len));
        for (size_t bit = 0; bit < 8 * signature.len; bit++) {
            signature.data[bit / 8] ^= (char)(1 << bit % 8);
            assert_false(verify_message(pub, signature.data, signature.len));
            signature.data[bit / 8] ^= (char)(1 << bit % 8);
        }
    }
}

static void
ed25519_and_rsa_signatures_are_deterministic(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        CLEANUP(buf_release) struct buf one = BUF_INIT(PKI_SIGNATURE_MAX);
        CLEANUP(buf_release) struct buf two = BUF_INIT(PKI_SIGNATURE_MAX);
        CLEANUP(pki_release) struct pki_key *key = NULL;
        struct err err = ERR_INIT;

        key = load_private(pairs[i].private_pem, NULL, &err);
        sign_message(key, &one);
        sign_message(key, &two);
        if (!pairs[i].is_deterministic)
            continue;
        assert_int_equal(one.len, two.len);
        assert_memory_equal(one.data, two.data, one.len);
    }
}

static void
refuses_signatures_of_other_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        CLEANUP(buf_release) struct buf signature = BUF_INIT(PKI_SIGNATURE_MAX);
        CLEANUP(pki_release) struct pki_key *key = NULL;
        struct err err = ERR_INIT;

        key = load_private(pairs[i].private_pem, NULL, &err);
        sign_message(key, &signature);
        for (size_t j = 0; j < COUNT_OF(pairs); j++) {
            CLEANUP(pki_release)
            struct pki_key *pub = load_public(pairs[j].public_pem, &err);

            assert_int_equal(verify_message(pub, signature.data, signature.len), i == j);
        }
    }
}

/* ---- one encoding for each signature ---- */

/* An ECDSA signature taken apart; two numbers, big endian, without leading zeros. */
struct rs {
    unsigned char r[33], s[33];
    size_t r_len, s_len;
};

static size_t
take_number(unsigned char out[33], size_t *len, const unsigned char *der)
{
    size_t n = der[1], skip = der[2] == 0;

    assert_int_equal(der[0], 2);
    assert_true(n - skip <= 33);
    *len = n - skip;
    memcpy(out, der + 2 + skip, *len);
    return 2 + n;
}

static void
take_apart(struct rs *out, const struct buf *signature)
{
    const unsigned char *der = (const unsigned char *)signature->data;
    size_t used = take_number(out->r, &out->r_len, der + 2);

    assert_int_equal(2 + used + take_number(out->s, &out->s_len, der + 2 + used),
                     signature->len);
}

static size_t
put_number(unsigned char *out, const unsigned char *number, size_t len, size_t zeros)
{
    size_t n = len + zeros;

    if (zeros == 0 && len > 0 && number[0] > 127)
        n = len + ++zeros;
    out[0] = 2;
    out[1] = (unsigned char)n;
    memset(out + 2, 0, zeros);
    memcpy(out + 2 + zeros, number, len);
    return 2 + n;
}

/* DER, with extra zeros before r when asked for. */
static size_t
put_together(unsigned char *out, const struct rs *rs, size_t zeros)
{
    size_t n = put_number(out + 2, rs->r, rs->r_len, zeros);

    n += put_number(out + 2 + n, rs->s, rs->s_len, 0);
    out[0] = 0x30;
    out[1] = (unsigned char)n;
    return 2 + n;
}

/* s + the order of the group: the same number in the eyes of the curve. */
static void
add_order(struct rs *rs)
{
    static const unsigned char order[32] = {
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
        0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
    unsigned char sum[33] = {0};
    unsigned carry = 0;

    memcpy(sum + 33 - rs->s_len, rs->s, rs->s_len);
    for (size_t i = 33; i-- > 0;) {
        carry += sum[i] + (i > 0 ? order[i - 1] : 0U);
        sum[i] = (unsigned char)carry;
        carry >>= 8;
    }
    rs->s_len = sum[0] ? 33 : 32;
    memcpy(rs->s, sum + 33 - rs->s_len, rs->s_len);
}

static void
ecdsa_has_one_encoding(void **state)
{
    CLEANUP(buf_release) struct buf signature = BUF_INIT(PKI_SIGNATURE_MAX);
    CLEANUP(pki_release) struct pki_key *key = NULL;
    unsigned char other[160] = {0};
    struct err err = ERR_INIT;
    struct rs rs;
    size_t n;

    (void)state;
    key = load_private(EC_PKCS8, NULL, &err);
    sign_message(key, &signature);
    take_apart(&rs, &signature);
    n = put_together(other, &rs, 0);
    assert_int_equal(n, signature.len);
    assert_true(verify_message(key, other, n)); /* the tools of this test are right */

    assert_false(verify_message(key, other, n + 1)); /* a byte after it */
    assert_false(verify_message(key, other, n - 1));
    assert_false(verify_message(key, other, 0));
    n = put_together(other, &rs, 2); /* zeros before r */
    assert_false(verify_message(key, other, n));

    n = put_together(other + 1, &rs, 0); /* the length in its long form */
    other[0] = 0x30;
    other[1] = 0x81;
    assert_int_equal(other[2], n - 2);
    assert_false(verify_message(key, other, n + 1));

    memset(other, 0, 64); /* r and s side by side, as other signatures have them */
    memcpy(other + 32 - rs.r_len, rs.r, rs.r_len);
    memcpy(other + 64 - rs.s_len, rs.s, rs.s_len);
    assert_false(verify_message(key, other, 64));

    add_order(&rs);
    n = put_together(other, &rs, 0);
    assert_false(verify_message(key, other, n));
    assert_false(verify_message(key, "\x30\x06\x02\x01\x00\x02\x01\x00", 8)); /* zeros */
    assert_false(verify_message(key, "\x30\x06\x02\x01\xff\x02\x01\xff", 8)); /* -1, -1 */
}

static void
ed25519_has_one_encoding(void **state)
{
    /* The order of the group, little endian. */
    static const unsigned char order[32] = {
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
        0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
        0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};
    CLEANUP(buf_release) struct buf signature = BUF_INIT(PKI_SIGNATURE_MAX);
    CLEANUP(pki_release) struct pki_key *key = NULL;
    struct err err = ERR_INIT;
    unsigned carry = 0;

    (void)state;
    key = load_private(ED, NULL, &err);
    sign_message(key, &signature);
    assert_int_equal(signature.len, 64);
    assert_false(verify_message(key, signature.data, 63));
    assert_int_equal(buf_add(&signature, "", 1), 0);
    assert_false(verify_message(key, signature.data, 65));
    for (size_t i = 0; i < 32; i++) {
        carry += (unsigned char)signature.data[32 + i] + order[i];
        signature.data[32 + i] = (char)(unsigned char)carry;
        carry >>= 8;
    }
    assert_false(verify_message(key, signature.data, 64));
}

static void
rsa_has_one_encoding(void **state)
{
    CLEANUP(buf_release) struct buf signature = BUF_INIT(PKI_SIGNATURE_MAX);
    CLEANUP(pki_release) struct pki_key *key = NULL;
    struct err err = ERR_INIT;
    char padded[386] = {0};

    (void)state;
    key = load_private(RSA_PKCS8, NULL, &err);
    sign_message(key, &signature);
    assert_int_equal(signature.len, 384);
    memcpy(padded + 1, signature.data, 384);
    assert_true(verify_message(key, padded + 1, 384));
    assert_false(verify_message(key, padded, 385));
    assert_false(verify_message(key, padded + 1, 385));
    assert_false(verify_message(key, padded + 1, 383));
    assert_false(verify_message(key, "", 0));
}

/* ---- new keys ---- */

static void
writes_and_reads_new_keys(void **state)
{
    static const struct {
        enum pki_type type;
        enum pki_form form;
        const char *passphrase; /* NULL: not encrypted */
        const char *block;
    } table[] = {
        {PKI_ECDSA_P256, PKI_FORM_SCRYPT, "harbour", "ENCRYPTED PRIVATE KEY"},
        {PKI_ECDSA_P256, PKI_FORM_PLAIN, NULL, "PRIVATE KEY"},
        {PKI_ED25519, PKI_FORM_SCRYPT, "", "ENCRYPTED PRIVATE KEY"},
        {PKI_ED25519, PKI_FORM_PBKDF2, "harbour", "ENCRYPTED PRIVATE KEY"},
        {PKI_ECDSA_P256, PKI_FORM_COSIGN, "harbour", "ENCRYPTED SIGSTORE PRIVATE KEY"},
        {PKI_RSA, PKI_FORM_COSIGN, "", "ENCRYPTED SIGSTORE PRIVATE KEY"},
        {PKI_RSA, PKI_FORM_PLAIN, NULL, "PRIVATE KEY"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        const char *passphrase = table[i].passphrase;
        CLEANUP(pki_release) struct pki_key *key = NULL, *again = NULL, *pub = NULL;
        CLEANUP(buf_release) struct buf pem = BUF_INIT(PKI_KEY_FILE_MAX);
        CLEANUP(secret_release) struct secret secret = SECRET_INIT;
        struct keeper keeper = {.passphrase = passphrase};
        struct err err = ERR_INIT;
        char first[64];

        key = pki_generate(table[i].type, &err);
        assert_non_null(key);
        assert_int_equal(pki_type(key), table[i].type);
        if (passphrase)
            secret_set(&secret, passphrase, strlen(passphrase));
        assert_int_equal(pki_private_pem(key, table[i].form, &secret, &pem, &err), 0);
        snprintf(first, sizeof(first), "-----BEGIN %s-----\n", table[i].block);
        assert_true(text_starts(pem.data, first));
        again = load_private(pem.data, &keeper, &err);
        assert_non_null(again);
        assert_int_equal(keeper.asked, passphrase ? 1 : 0);
        assert_int_equal(pki_form(again), table[i].form);
        assert_true(digest_equal(pki_id(again), pki_id(key)));

        buf_clear(&pem);
        assert_int_equal(pki_public_pem(key, &pem, &err), 0);
        assert_true(text_starts(pem.data, "-----BEGIN PUBLIC KEY-----\n"));
        pub = load_public(pem.data, &err);
        assert_true(digest_equal(pki_id(pub), pki_id(key)));
    }
}

static void
two_new_keys_differ(void **state)
{
    CLEANUP(pki_release) struct pki_key *one = NULL, *two = NULL;
    struct err err = ERR_INIT;

    (void)state;
    one = pki_generate(PKI_ED25519, &err);
    two = pki_generate(PKI_ED25519, &err);
    assert_false(digest_equal(pki_id(one), pki_id(two)));
}

static void
a_public_key_neither_signs_nor_becomes_private(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        CLEANUP(buf_release) struct buf out = BUF_INIT(PKI_KEY_FILE_MAX);
        struct err err = ERR_INIT;
        CLEANUP(pki_release)
        struct pki_key *pub = load_public(pairs[i].public_pem, &err);

        assert_int_equal(pki_sign(pub, MESSAGE, strlen(MESSAGE), &out, &err), -1);
        assert_int_equal(err.kind, ERR_INTERNAL);
        assert_int_equal(pki_private_pem(pub, PKI_FORM_PLAIN, NULL, &out, &err), -1);
        assert_int_equal(err.kind, ERR_INTERNAL);
        assert_int_equal(out.len, 0);
    }
}

static void
writes_nothing_when_it_does_not_fit(void **state)
{
    CLEANUP(buf_release) struct buf small = BUF_INIT(63);
    CLEANUP(pki_release) struct pki_key *key = NULL;
    struct err err = ERR_INIT;

    (void)state;
    key = load_private(ED, NULL, &err);
    assert_int_equal(pki_sign(key, MESSAGE, strlen(MESSAGE), &small, &err), -1);
    assert_int_equal(pki_public_pem(key, &small, &err), -1);
    assert_int_equal(pki_private_pem(key, PKI_FORM_PLAIN, NULL, &small, &err), -1);
    assert_int_equal(small.len, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_private_keys_in_every_form),
        cmocka_unit_test(reports_a_wrong_or_missing_passphrase),
        cmocka_unit_test(accepts_passphrases_of_any_length),
        cmocka_unit_test(limits_the_cost_of_key_derivation),
        cmocka_unit_test(refuses_other_files_as_private_keys),
        cmocka_unit_test(refuses_a_truncated_file),
        cmocka_unit_test(refuses_two_keys_in_one_file),
        cmocka_unit_test(refuses_a_huge_file),
        cmocka_unit_test(refuses_halves_that_do_not_match),
        cmocka_unit_test(loads_public_keys),
        cmocka_unit_test(refuses_other_files_as_public_keys),
        cmocka_unit_test(computes_a_published_ed25519_signature),
        cmocka_unit_test(verifies_a_signature_and_refuses_any_flipped_bit),
        cmocka_unit_test(ed25519_and_rsa_signatures_are_deterministic),
        cmocka_unit_test(refuses_signatures_of_other_keys),
        cmocka_unit_test(ecdsa_has_one_encoding),
        cmocka_unit_test(ed25519_has_one_encoding),
        cmocka_unit_test(rsa_has_one_encoding),
        cmocka_unit_test(writes_and_reads_new_keys),
        cmocka_unit_test(two_new_keys_differ),
        cmocka_unit_test(a_public_key_neither_signs_nor_becomes_private),
        cmocka_unit_test(writes_nothing_when_it_does_not_fit),
    };

    return cmocka_run_group_tests_name("pki", tests, NULL, NULL);
}
