/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/crypto/pki_cms_sign.h"

#include "base/cancel_guard.h"
#include "io/crypto/pki_certs_internal.h"
#include "io/crypto/pki_cms_form.h"
#include "io/crypto/pki_cms_internal.h"
#include "io/crypto/pki_internal.h"
#include "io/crypto/pki_sign.h"

#include <openssl/bio.h>
#include <openssl/err.h>

int
pki_cms_check_signer(const struct pki_key *key, const struct pki_certs *certs,
                     const char *name, struct err *err)
{
    X509 *leaf = sk_X509_value(certs->x509, 0);
    CLEANUP(pki_release) struct pki_key *theirs = NULL;

    if (!leaf)
        return err_set(err, ERR_USAGE, "'%s' holds no certificate", name);
    theirs = pki_cms_key_of(leaf, name, err);
    ERR_clear_error();
    if (!theirs)
        return -1;
    if (!digest_equal(pki_id(theirs), pki_id(key)))
        return err_set(err, ERR_USAGE, "'%s' is the certificate of a different key",
                       name);
    if (pki_type(key) == PKI_ED25519)
        return err_set(err, ERR_USAGE,
                       "CMS signatures require an ECDSA or RSA key, not Ed25519");
    if (!pki_cms_is_for_signing(leaf)) {
        err_set(err, ERR_USAGE, "the certificate '%s' does not permit code signing",
                name);
        return err_hint(err, "required: extended key usage codeSigning, and "
                             "digitalSignature where key usages are present");
    }
    if (X509_cmp_current_time(X509_get0_notAfter(leaf)) != 1)
        return err_set(err, ERR_USAGE, "the certificate '%s' has expired", name);
    return 0;
}

/* A chain often contains the signer's certificate again, or one certificate twice. */
static bool
is_repeated(const struct pki_certs *certs, int i)
{
    for (int k = 0; k < i; k++) {
        if (X509_cmp(sk_X509_value(certs->x509, i), sk_X509_value(certs->x509, k)) == 0)
            return true;
    }
    return false;
}

static CMS_ContentInfo *
make_cms(const struct pki_key *key, const struct pki_certs *certs, BIO *bytes)
{
    CLEANUP(cancel_guard_end) struct cancel_guard guard;
    const unsigned flags = CMS_BINARY | CMS_DETACHED | CMS_PARTIAL | CMS_NOSMIMECAP;
    OSSL_LIB_CTX *lib;
    EVP_PKEY *pkey = pki_private_half(key, &lib);
    CMS_ContentInfo *info = CMS_sign_ex(NULL, NULL, NULL, NULL, flags, lib, NULL);
    bool done;

    cancel_guard_begin(&guard, key->token);
    done = info && CMS_add1_signer(info, sk_X509_value(certs->x509, 0), pkey,
                                   EVP_sha256(), flags);
    for (int i = 1; done && i < sk_X509_num(certs->x509); i++)
        done = is_repeated(certs, i) ||
               CMS_add1_cert(info, sk_X509_value(certs->x509, i)) == 1;
    if (done && CMS_final(info, bytes, NULL, CMS_BINARY | CMS_DETACHED) == 1)
        return info;
    CMS_ContentInfo_free(info);
    return NULL;
}

/* Convert to the canonical form, after checking the signature. */
static int
take_form(const unsigned char *der, int len, struct pki_payload *payload, struct buf *out,
          struct err *err)
{
    struct err why = ERR_INIT;
    CLEANUP(pki_cms_release)
    struct pki_cms *cms = pki_cms_open(der, (size_t)len, payload, &why);
    CLEANUP(buf_release) struct buf form = BUF_INIT(PKI_CMS_MAX);

    if (!cms)
        return err_set(err, ERR_INTERNAL, "the new CMS signature %s", why.msg);
    if (pki_cms_render(cms, &form, &why) < 0 || buf_add(out, form.data, form.len) < 0)
        return err_set(
            err, ERR_LIMIT,
            "the signature has %d bytes: its chain of certificates is too long", len);
    return 0;
}

int
pki_cms_sign(const struct pki_key *key, const struct pki_certs *certs, const void *bytes,
             size_t len, struct buf *out, struct err *err)
{
    CLEANUP(pki_release_bio) BIO *bio = BIO_new_mem_buf(bytes, (int)len);
    CLEANUP(pki_cms_release_info)
    CMS_ContentInfo *info = bio ? make_cms(key, certs, bio) : NULL;
    CLEANUP(pki_release_der) unsigned char *der = NULL;
    struct pki_payload payload = pki_payload(bytes, len);
    int der_len = info ? i2d_CMS_ContentInfo(info, &der) : 0;

    ERR_clear_error();
    if (der_len <= 0)
        return err_set(err, ERR_INTERNAL, "cannot make a CMS signature with this key");
    if (der_len > PKI_CMS_MAX)
        return err_set(
            err, ERR_LIMIT,
            "the signature has %d bytes: its chain of certificates is too long", der_len);
    return take_form(der, der_len, &payload, out, err);
}
