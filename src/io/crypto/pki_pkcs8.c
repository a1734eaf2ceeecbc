/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/crypto/pki_pkcs8.h"

#include "io/crypto/pki_kdf_limits.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

/* Parameters of new keys.  scrypt: 16 MiB and about a third of a second per guess. */
enum { SCRYPT_N = 1 << 14, SCRYPT_R = 8, SCRYPT_P = 5, SALT = 32 };
enum { PBKDF2_ITERATIONS = 600 * 1000 }; /* of HMAC-SHA256 */

static void
release_sealed(X509_SIG **sealed)
{
    X509_SIG_free(*sealed);
}

static void
release_algorithm(X509_ALGOR **algorithm)
{
    X509_ALGOR_free(*algorithm);
}

static void
release_cipher(EVP_CIPHER_CTX **ctx)
{
    EVP_CIPHER_CTX_free(*ctx);
}

/* ---- shared by the encrypted forms ---- */

int
pki_ask(const struct pki_passphrase *pass, const char *name, struct secret *out,
        struct err *err)
{
    if (!pass || !pass->ask)
        return err_set(err, ERR_AUTH, "'%s' is encrypted, but no passphrase was given",
                       name);
    return pass->ask(pass->ctx, name, out, err);
}

int
pki_wrong_passphrase(const char *name, struct err *err)
{
    return err_set(err, ERR_AUTH, "'%s': wrong passphrase, or the file is damaged", name);
}

int
pki_too_costly(const char *name, struct err *err)
{
    return err_set(err, ERR_LIMIT, "'%s': key-derivation cost exceeds the limit", name);
}

EVP_PKEY *
pki_pkcs8_decode(const unsigned char *der, size_t len)
{
    CLEANUP(pki_release_info) PKCS8_PRIV_KEY_INFO *info = NULL;
    const unsigned char *p = der;

    info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)len);
    return info && p == der + len ? EVP_PKCS82PKEY(info) : NULL;
}

/* ---- reading ---- */

/*
 * Decrypt, in two steps with different errors: setting up requires supported algorithms,
 * finishing requires the right passphrase.
 */
static int
unseal(const X509_SIG *sealed, const struct secret *passphrase, const char *name,
       struct pki_block *plain, struct err *err)
{
    CLEANUP(release_cipher) EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    const X509_ALGOR *algorithm;
    const ASN1_OCTET_STRING *bytes;
    int first = 0, last = 0;

    X509_SIG_get0(sealed, &algorithm, &bytes);
    plain->len = ASN1_STRING_length(bytes) + EVP_MAX_BLOCK_LENGTH;
    plain->data = OPENSSL_secure_malloc((size_t)plain->len);
    if (!ctx || !plain->data)
        return err_set(err, ERR_INTERNAL, "cannot decrypt a key");
    if (passphrase->len > INT_MAX ||
        EVP_PBE_CipherInit(algorithm->algorithm, secret_get(passphrase),
                           (int)passphrase->len, algorithm->parameter, ctx, 0) != 1)
        return err_set(err, ERR_USAGE, "'%s' is encrypted in an unsupported way", name);
    if (EVP_DecryptUpdate(ctx, plain->data, &first, ASN1_STRING_get0_data(bytes),
                          ASN1_STRING_length(bytes)) != 1 ||
        EVP_DecryptFinal_ex(ctx, plain->data + first, &last) != 1)
        return pki_wrong_passphrase(name, err);
    plain->len = first + last;
    return 0;
}

/* The form of a key derivation that sealift writes; PKI_FORM_OLD for others. */
static enum pki_form
form_of(const X509_ALGOR *algorithm)
{
    enum pki_form form = PKI_FORM_OLD;
    PBE2PARAM *params;

    if (OBJ_obj2nid(algorithm->algorithm) != NID_pbes2)
        return form;
    params = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), algorithm->parameter);
    if (params && OBJ_obj2nid(params->keyfunc->algorithm) == NID_id_scrypt)
        form = PKI_FORM_SCRYPT;
    if (params && OBJ_obj2nid(params->keyfunc->algorithm) == NID_id_pbkdf2)
        form = PKI_FORM_PBKDF2;
    PBE2PARAM_free(params);
    return form;
}

EVP_PKEY *
pki_pkcs8_open(const struct pki_block *b, const char *name,
               const struct pki_passphrase *pass, enum pki_form *form, struct err *err)
{
    CLEANUP(release_sealed) X509_SIG *sealed = NULL;
    CLEANUP(secret_release) struct secret passphrase = SECRET_INIT;
    CLEANUP(pki_block_release) struct pki_block plain = {.name = NULL};
    const unsigned char *p = b->data;
    const X509_ALGOR *algorithm;
    EVP_PKEY *pkey;

    sealed = d2i_X509_SIG(NULL, &p, b->len);
    if (!sealed || p != b->data + b->len) {
        err_set(err, ERR_USAGE, "'%s' is damaged: not an encrypted PKCS#8 key", name);
        return NULL;
    }
    X509_SIG_get0(sealed, &algorithm, NULL);
    *form = form_of(algorithm);
    if (!pki_is_cheap(algorithm)) {
        pki_too_costly(name, err);
        return NULL;
    }
    if (pki_ask(pass, name, &passphrase, err) < 0 ||
        unseal(sealed, &passphrase, name, &plain, err) < 0)
        return NULL;
    pkey = pki_pkcs8_decode(plain.data, (size_t)plain.len);
    if (!pkey)
        pki_wrong_passphrase(name,
                             err); /* a wrong passphrase can produce valid padding */
    return pkey;
}

/* ---- writing ---- */

static X509_ALGOR *
new_algorithm(enum pki_form form)
{
    if (form == PKI_FORM_PBKDF2)
        return PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), PBKDF2_ITERATIONS, NULL, SALT, NULL,
                                 NID_hmacWithSHA256);
    return PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), NULL, SALT, NULL, SCRYPT_N, SCRYPT_R,
                                 SCRYPT_P);
}

bool
pki_pkcs8_seal(BIO *bio, PKCS8_PRIV_KEY_INFO *info, enum pki_form form,
               const struct secret *passphrase)
{
    CLEANUP(release_algorithm) X509_ALGOR *algorithm = new_algorithm(form);
    CLEANUP(release_sealed) X509_SIG *sealed = NULL;

    if (!algorithm || passphrase->len > INT_MAX)
        return false;
    sealed =
        PKCS8_set0_pbe(secret_get(passphrase), (int)passphrase->len, info, algorithm);
    if (!sealed)
        return false;
    algorithm = NULL; /* owned by sealed now */
    return PEM_write_bio_PKCS8(bio, sealed) == 1;
}
