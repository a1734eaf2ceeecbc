/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/crypto/pki_sign.h"

#include "base/cancel_guard.h"
#include "io/crypto/hash.h"
#include "io/crypto/pki_internal.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string.h>

enum { ED25519_SIGNATURE = 64 }; /* bytes */

static void
release_digest_context(EVP_MD_CTX **ctx)
{
    EVP_MD_CTX_free(*ctx);
}

static void
release_context(EVP_PKEY_CTX **ctx)
{
    EVP_PKEY_CTX_free(*ctx);
}

static void
release_ecdsa(ECDSA_SIG **sig)
{
    ECDSA_SIG_free(*sig);
}

enum digest_alg
pki_digest(const struct pki_key *key)
{
    switch (key->type) {
    case PKI_ECDSA_P384:
        return DIGEST_SHA384;
    case PKI_ECDSA_P521:
        return DIGEST_SHA512;
    case PKI_ECDSA_P256:
    case PKI_ED25519:
    case PKI_RSA:
    case PKI_RSA_2048:
        break;
    }
    return DIGEST_SHA256;
}

static const EVP_MD *
md_of(enum digest_alg alg)
{
    switch (alg) {
    case DIGEST_SHA384:
        return EVP_sha384();
    case DIGEST_SHA512:
        return EVP_sha512();
    case DIGEST_SHA256:
        break;
    }
    return EVP_sha256();
}

static bool
may_be_over(const struct pki_key *key, enum digest_alg alg)
{
    return key->type == PKI_ECDSA_P384 || key->type == PKI_ECDSA_P521 ||
           alg == pki_digest(key);
}

static bool
sign_bytes(const struct pki_key *key, const void *bytes, size_t len, unsigned char *out,
           size_t *out_len)
{
    CLEANUP(cancel_guard_end) struct cancel_guard guard;
    CLEANUP(release_digest_context) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    OSSL_LIB_CTX *lib;
    EVP_PKEY *pkey = pki_private_half(key, &lib);
    /* Ed25519 includes its own hash */
    const char *name =
        key->type == PKI_ED25519 ? NULL : EVP_MD_get0_name(md_of(pki_digest(key)));

    cancel_guard_begin(&guard, key->token);
    return ctx && EVP_DigestSignInit_ex(ctx, NULL, name, lib, NULL, pkey, NULL) == 1 &&
           EVP_DigestSign(ctx, out, out_len, bytes, len) == 1;
}

int
pki_sign(const struct pki_key *key, const void *bytes, size_t len, struct buf *out,
         struct err *err)
{
    unsigned char signature[PKI_SIGNATURE_MAX];
    size_t signature_len = sizeof(signature);
    /* Verify before use: a faulty card or a bit error must not produce a bad
     * signature. */
    bool done = sign_bytes(key, bytes, len, signature, &signature_len) &&
                pki_verify(key, bytes, len, signature, signature_len);

    ERR_clear_error();
    if (!done)
        return err_set(err, ERR_INTERNAL, "cannot sign with this %s key",
                       pki_type_name(key->type));
    if (buf_add(out, signature, signature_len) < 0)
        return err_set(err, ERR_INTERNAL, "not enough space for a signature of %zu bytes",
                       signature_len);
    return 0;
}

/* BER allows several encodings of the same r and s, DER only one. */
static bool
is_der_ecdsa(const unsigned char *signature, size_t len)
{
    CLEANUP(release_ecdsa) ECDSA_SIG *sig = NULL;
    CLEANUP(pki_release_der) unsigned char *again = NULL;
    const unsigned char *p = signature;
    int again_len;

    sig = d2i_ECDSA_SIG(NULL, &p, (long)len);
    if (!sig)
        return false;
    again_len = i2d_ECDSA_SIG(sig, &again);
    return again_len > 0 && (size_t)again_len == len &&
           memcmp(again, signature, len) == 0;
}

static bool
is_canonical(const struct pki_key *key, const void *signature, size_t len)
{
    switch (key->type) {
    case PKI_ECDSA_P256:
    case PKI_ECDSA_P384:
    case PKI_ECDSA_P521:
        return is_der_ecdsa(signature, len);
    case PKI_ED25519:
        return len == ED25519_SIGNATURE;
    case PKI_RSA:
    case PKI_RSA_2048:
        return len == (size_t)EVP_PKEY_get_size(key->pkey);
    }
    return false;
}

/* ---- the payload ---- */

struct pki_payload
pki_payload(const void *bytes, size_t len)
{
    return (struct pki_payload){.bytes = bytes, .len = len};
}

const struct digest *
pki_payload_digest(struct pki_payload *p, enum digest_alg alg)
{
    struct digest *d = &p->digests[alg];

    if (d->alg == alg)
        return d;
    p->hashed += p->len;
    return hash_bytes(alg, p->bytes, p->len, d, err_ignored()) == 0 ? d : NULL;
}

/* The library checks that r, s and the RSA value are in range. */
static bool
verify_digest(const struct pki_key *key, const struct digest *digest,
              const void *signature, size_t len)
{
    CLEANUP(release_context)
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    bool is_rsa = key->type == PKI_RSA || key->type == PKI_RSA_2048;

    return ctx && digest && EVP_PKEY_verify_init(ctx) == 1 &&
           (!is_rsa || EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1) &&
           EVP_PKEY_CTX_set_signature_md(ctx, md_of(digest->alg)) == 1 &&
           EVP_PKEY_verify(ctx, signature, len, digest->raw, digest_size(digest)) == 1;
}

/* Ed25519 hashes the payload together with the signature and the key. */
static bool
verify_ed25519(const struct pki_key *key, struct pki_payload *p, const void *signature,
               size_t len)
{
    CLEANUP(release_digest_context) EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    p->hashed += p->len;
    return ctx &&
           EVP_DigestVerifyInit_ex(ctx, NULL, NULL, NULL, NULL, key->pkey, NULL) == 1 &&
           EVP_DigestVerify(ctx, signature, len, p->bytes, p->len) == 1;
}

bool
pki_verify_over(const struct pki_key *key, enum digest_alg alg,
                struct pki_payload *payload, const void *signature, size_t signature_len)
{
    bool good = may_be_over(key, alg) && signature_len > 0 &&
                signature_len <= PKI_SIGNATURE_MAX &&
                is_canonical(key, signature, signature_len);

    if (good && key->type == PKI_ED25519)
        good = verify_ed25519(key, payload, signature, signature_len);
    else if (good)
        good = verify_digest(key, pki_payload_digest(payload, alg), signature,
                             signature_len);
    ERR_clear_error();
    return good;
}

bool
pki_verify(const struct pki_key *key, const void *bytes, size_t len,
           const void *signature, size_t signature_len)
{
    struct pki_payload payload = pki_payload(bytes, len);

    return pki_verify_over(key, pki_digest(key), &payload, signature, signature_len);
}
