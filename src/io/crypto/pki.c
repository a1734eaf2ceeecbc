/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/crypto/pki.h"

#include "base/mem.h"
#include "io/crypto/hash.h"
#include "io/crypto/pki_edwards.h"
#include "io/crypto/pki_internal.h"
#include "io/crypto/pki_token.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

/*
 * RSA moduli, in bits: below OLD, too weak; below MIN, too weak for new signatures that
 * are kept for years; above MAX, too slow.
 */
enum {
    RSA_BITS_OLD = 2048,
    RSA_BITS_MIN = 3072,
    RSA_BITS_MAX = 8 * PKI_SIGNATURE_MAX,
};

static void
release_key_context(EVP_PKEY_CTX **ctx)
{
    EVP_PKEY_CTX_free(*ctx);
}

void
pki_release_bio(BIO **bio)
{
    BIO_free(*bio);
}

void
pki_release_der(unsigned char **der)
{
    OPENSSL_free(*der);
}

void
pki_release_info(PKCS8_PRIV_KEY_INFO **info)
{
    PKCS8_PRIV_KEY_INFO_free(*info);
}

void
pki_block_release(struct pki_block *b)
{
    OPENSSL_secure_free(b->name);
    OPENSSL_secure_free(b->header);
    OPENSSL_secure_clear_free(b->data, (size_t)b->len);
    *b = (struct pki_block){.name = NULL};
}

/*
 * A key has exactly one id.  A point has three encodings, and a curve is given by its
 * name or its parameters, so only the form that all tools write is accepted.
 */
static bool
is_named_curve(EVP_PKEY *pkey, enum pki_type *type)
{
    static const struct {
        const char *group;
        enum pki_type type;
    } curves[] = {
        {SN_X9_62_prime256v1, PKI_ECDSA_P256},
        {SN_secp384r1, PKI_ECDSA_P384},
        {SN_secp521r1, PKI_ECDSA_P521},
    };
    char group[32];
    int from_parameters = 1;
    size_t i = 0;

    if (EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL) != 1)
        return false;
    while (i < COUNT_OF(curves) && strcmp(group, curves[i].group) != 0)
        i++;
    if (i == COUNT_OF(curves))
        return false;
    *type = curves[i].type;
    return EVP_PKEY_get_int_param(pkey, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                                  &from_parameters) == 1 &&
           from_parameters == 0 &&
           EVP_PKEY_set_utf8_string_param(
               pkey, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed") == 1;
}

static int
classify(EVP_PKEY *pkey, enum pki_type *type, const char *name, struct err *err)
{
    static const char known[] = "keys are ECDSA on P-256, P-384 or P-521, Ed25519 or "
                                "RSA of 2048 to 8192 bits";
    int bits = EVP_PKEY_get_bits(pkey);

    if (EVP_PKEY_is_a(pkey, "ED25519") == 1) {
        *type = PKI_ED25519;
        return 0;
    }
    if (EVP_PKEY_is_a(pkey, "EC") == 1) {
        if (!is_named_curve(pkey, type))
            return err_set(
                err, ERR_USAGE,
                "'%s' is an elliptic curve key, but not on a supported named curve: %s",
                name, known);
        return 0;
    }
    if (EVP_PKEY_is_a(pkey, "RSA") == 1) {
        if (bits < RSA_BITS_OLD || bits > RSA_BITS_MAX)
            return err_set(err, ERR_USAGE, "'%s' is an RSA key of %d bits: %s", name,
                           bits, known);
        *type = bits < RSA_BITS_MIN ? PKI_RSA_2048 : PKI_RSA;
        return 0;
    }
    return err_set(err, ERR_USAGE, "'%s' is a key of an unsupported kind: %s", name,
                   known);
}

/*
 * Numbers that let others sign as well are not a key.  A private half that does not match
 * would sign under a key id that no key verifies.
 */
static bool
is_sound(EVP_PKEY *pkey, enum pki_type type, bool is_private)
{
    CLEANUP(release_key_context)
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);

    return ctx && EVP_PKEY_public_check(ctx) == 1 &&
           (type != PKI_ED25519 || pki_ed25519_is_sound(pkey)) &&
           (!is_private || EVP_PKEY_pairwise_check(ctx) == 1);
}

static int
compute_id(EVP_PKEY *pkey, struct digest *id, struct err *err)
{
    CLEANUP(pki_release_der) unsigned char *der = NULL;
    int len = i2d_PUBKEY(pkey, &der);

    if (len <= 0)
        return err_set(err, ERR_INTERNAL, "cannot encode a public key");
    return hash_bytes(DIGEST_SHA256, der, (size_t)len, id, err);
}

struct pki_key *
pki_adopt(EVP_PKEY *pkey, bool is_private, const char *name, struct err *err)
{
    CLEANUP(pki_release) struct pki_key *key = xcalloc(1, sizeof(*key));
    struct pki_key *done;

    key->pkey = pkey;
    if (classify(pkey, &key->type, name, err) < 0)
        return NULL;
    if (!is_sound(pkey, key->type, is_private)) {
        err_set(err, ERR_USAGE, "'%s' is damaged: its numbers do not form a key", name);
        return NULL;
    }
    if (compute_id(pkey, &key->id, err) < 0)
        return NULL;
    done = key;
    key = NULL;
    return done;
}

struct pki_key *
pki_adopt_signer(EVP_PKEY *pkey, bool is_private, const char *name, struct err *err)
{
    CLEANUP(pki_release) struct pki_key *key = pki_adopt(pkey, is_private, name, err);
    struct pki_key *done;

    if (!key)
        return NULL;
    if (key->type != PKI_ECDSA_P256 && key->type != PKI_ED25519 && key->type != PKI_RSA) {
        err_set(err, ERR_USAGE,
                "'%s' is a key of kind %s, which is accepted for verification only: keys "
                "that sign are ECDSA P-256, Ed25519 or RSA of 3072 to 8192 bits",
                name, pki_type_name(key->type));
        return NULL;
    }
    done = key;
    key = NULL;
    return done;
}

static EVP_PKEY *
generate(enum pki_type type)
{
    switch (type) {
    case PKI_ECDSA_P256:
        return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    case PKI_ED25519:
        return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    case PKI_RSA:
        return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)RSA_BITS_MIN);
    case PKI_ECDSA_P384:
    case PKI_ECDSA_P521:
    case PKI_RSA_2048:
        break; /* for verification only */
    }
    return NULL;
}

struct pki_key *
pki_generate(enum pki_type type, struct err *err)
{
    EVP_PKEY *pkey = generate(type);
    struct pki_key *key = NULL;

    if (pkey)
        key = pki_adopt(pkey, true, "new key", err);
    else
        err_set(err, ERR_INTERNAL, "cannot make a key of kind %s", pki_type_name(type));
    ERR_clear_error();
    return key;
}

EVP_PKEY *
pki_private_half(const struct pki_key *key, OSSL_LIB_CTX **lib)
{
    *lib = NULL;
    return key->token ? pki_token_key(key->token, lib) : key->pkey;
}

void
pki_free(struct pki_key *key)
{
    if (!key)
        return;
    EVP_PKEY_free(key->pkey); /* also wipes the private half */
    pki_token_free(key->token);
    free(key);
}

void
pki_release(struct pki_key **key)
{
    pki_free(*key);
    *key = NULL;
}

enum pki_type
pki_type(const struct pki_key *key)
{
    return key->type;
}

const char *
pki_type_name(enum pki_type type)
{
    switch (type) {
    case PKI_ECDSA_P256:
        return "ECDSA P-256";
    case PKI_ED25519:
        return "Ed25519";
    case PKI_RSA:
        return "RSA 3072+";
    case PKI_ECDSA_P384:
        return "ECDSA P-384";
    case PKI_ECDSA_P521:
        return "ECDSA P-521";
    case PKI_RSA_2048:
        return "RSA 2048+";
    }
    return "unknown";
}

enum pki_form
pki_form(const struct pki_key *key)
{
    return key->form;
}

const char *
pki_form_name(enum pki_form form)
{
    switch (form) {
    case PKI_FORM_NONE:
        return "none";
    case PKI_FORM_PLAIN:
        return "not encrypted";
    case PKI_FORM_SCRYPT:
        return "PKCS#8, scrypt";
    case PKI_FORM_PBKDF2:
        return "PKCS#8, PBKDF2";
    case PKI_FORM_OLD:
        return "encrypted with a legacy scheme";
    case PKI_FORM_COSIGN:
        return "cosign";
    case PKI_FORM_TOKEN:
        return "in a token";
    }
    return "unknown";
}

const struct digest *
pki_id(const struct pki_key *key)
{
    return &key->id;
}
