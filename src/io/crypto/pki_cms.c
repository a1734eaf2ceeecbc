/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/crypto/pki_cms.h"

#include "base/mem.h"
#include "io/crypto/pki_certs.h"
#include "io/crypto/pki_cms_form.h"
#include "io/crypto/pki_internal.h"
#include "io/crypto/pki_sign.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

static void
release_info(CMS_ContentInfo **info)
{
    CMS_ContentInfo_free(*info);
}

/* ---- certificates ---- */

/* OpenSSL 3.0 has no purpose "code signing": look at the extensions. */
static bool
is_for_code_signing(X509 *cert)
{
    return (X509_get_extension_flags(cert) & EXFLAG_XKUSAGE) != 0 &&
           (X509_get_extended_key_usage(cert) & XKU_CODE_SIGN) != 0 &&
           (X509_get_key_usage(cert) & KU_DIGITAL_SIGNATURE) != 0;
}

static struct pki_key *
key_of(X509 *cert, const char *name, struct err *err)
{
    EVP_PKEY *pkey = X509_get_pubkey(cert);

    if (pkey)
        return pki_adopt_signer(pkey, false, name, err);
    err_set(err, ERR_USAGE, "'%s' has a public key of another kind", name);
    return NULL;
}

int
pki_cms_check_signer(const struct pki_key *key, const struct pki_certs *certs,
                     const char *name, struct err *err)
{
    X509 *leaf = sk_X509_value(certs->x509, 0);
    CLEANUP(pki_release) struct pki_key *theirs = NULL;

    if (!leaf)
        return err_set(err, ERR_USAGE, "'%s' holds no certificate", name);
    theirs = key_of(leaf, name, err);
    ERR_clear_error();
    if (!theirs)
        return -1;
    if (!digest_equal(pki_id(theirs), pki_id(key)))
        return err_set(err, ERR_USAGE, "'%s' is the certificate of another key", name);
    if (pki_type(key) == PKI_ED25519)
        return err_set(err, ERR_USAGE,
                       "CMS signatures are made with ECDSA or RSA keys, not Ed25519");
    if (!is_for_code_signing(leaf)) {
        err_set(err, ERR_USAGE, "the certificate '%s' is not for code signing", name);
        return err_hint(err, "required: extended key usage codeSigning, and "
                             "digitalSignature where key usages are present");
    }
    if (X509_cmp_current_time(X509_get0_notAfter(leaf)) != 1)
        return err_set(err, ERR_USAGE, "the certificate '%s' has expired", name);
    return 0;
}

/* ---- checking one ---- */

static int
cms_error(struct err *err, const char *why)
{
    return err_because(err, ERR_TRUST, REASON_BAD_SIGNATURE, "%s", why);
}

bool
pki_cms_is_one(const void *der, size_t len)
{
    const unsigned char *p = der;
    CLEANUP(release_info)
    CMS_ContentInfo *info =
        len <= PKI_CMS_MAX ? d2i_CMS_ContentInfo(NULL, &p, (long)len) : NULL;

    ERR_clear_error();
    return info != NULL;
}

static int
parse_cms(struct pki_cms *cms, const unsigned char *der, size_t len, struct err *err)
{
    const unsigned char *p = der;

    if (len > PKI_CMS_MAX)
        return cms_error(err, "is larger than a CMS signature may be");
    cms->info = d2i_CMS_ContentInfo(NULL, &p, (long)len);
    if (!cms->info || p != der + len)
        return cms_error(err, "is not a CMS signature");
    if (OBJ_obj2nid(CMS_get0_type(cms->info)) != NID_pkcs7_signed)
        return cms_error(err, "is a CMS message, but not a signature");
    if (CMS_is_detached(cms->info) != 1)
        return cms_error(err, "is a CMS signature that brings its own content");
    return 0;
}

CMS_SignerInfo *
pki_cms_signer(const struct pki_cms *cms)
{
    return sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms->info), 0);
}

/* false: one that does not count. */
static bool
take_digest_alg(struct pki_cms *cms)
{
    X509_ALGOR *digest = NULL;

    CMS_SignerInfo_get0_algs(pki_cms_signer(cms), NULL, NULL, &digest, NULL);
    switch (digest ? OBJ_obj2nid(digest->algorithm) : NID_undef) {
    case NID_sha256:
        cms->alg = DIGEST_SHA256;
        return true;
    case NID_sha384:
        cms->alg = DIGEST_SHA384;
        return true;
    case NID_sha512:
        cms->alg = DIGEST_SHA512;
        return true;
    default:
        return false;
    }
}

static int
check_signer_info(struct pki_cms *cms, struct err *err)
{
    if (sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms->info)) != 1)
        return cms_error(err, "is not by exactly one signer");
    /* Without them the same bytes could be signed as something else. */
    if (CMS_signed_get_attr_count(pki_cms_signer(cms)) < 2)
        return cms_error(err, "has no signed attributes");
    if (!take_digest_alg(cms))
        return cms_error(err, "uses another digest than SHA-256, SHA-384 or SHA-512");
    return 0;
}

/* Is the one messageDigest among the signed attributes that of the payload? */
static bool
fits(const struct pki_cms *cms, struct pki_payload *payload)
{
    const ASN1_OCTET_STRING *told = CMS_signed_get0_data_by_OBJ(
        pki_cms_signer(cms), OBJ_nid2obj(NID_pkcs9_messageDigest), -3,
        V_ASN1_OCTET_STRING);
    const struct digest *digest = pki_payload_digest(payload, cms->alg);

    return told && digest && (size_t)ASN1_STRING_length(told) == digest_size(digest) &&
           memcmp(ASN1_STRING_get0_data(told), digest->raw, digest_size(digest)) == 0;
}

/*
 * Only the signature: what the certificate is worth comes later.  It is one over the
 * signed attributes.  The digest of the payload is among those, and is compared by us:
 * the library would hash all of it for each signature.
 */
static int
check_cms_signature(struct pki_cms *cms, struct pki_payload *payload, struct err *err)
{
    const unsigned flags =
        CMS_BINARY | CMS_DETACHED | CMS_NO_SIGNER_CERT_VERIFY | CMS_NO_CONTENT_VERIFY;
    CLEANUP(pki_release_bio) BIO *nothing = BIO_new_mem_buf("", 0);

    cms->certs = CMS_get1_certs(cms->info);
    if (sk_X509_num(cms->certs) > PKI_CMS_CERTS_MAX)
        return cms_error(err, "brings too many certificates");
    if (!nothing || CMS_verify(cms->info, NULL, NULL, nothing, NULL, flags) != 1 ||
        !fits(cms, payload))
        return cms_error(err, "is not a good signature over this index");
    return 0;
}

static int
check_leaf(struct pki_cms *cms, struct err *err)
{
    STACK_OF(X509) *signers = CMS_get0_signers(cms->info);
    CLEANUP(pki_release_bio) BIO *text = BIO_new(BIO_s_mem());
    struct err why = ERR_INIT;
    int n;

    cms->leaf = sk_X509_num(signers) == 1 ? sk_X509_value(signers, 0) : NULL;
    sk_X509_free(signers);
    if (!cms->leaf || !text)
        return cms_error(err, "does not bring the certificate that made it");
    cms->key = key_of(cms->leaf, "certificate", &why);
    if (!cms->key)
        return cms_error(err, "was made with a key of a kind that does not count");
    if (!is_for_code_signing(cms->leaf))
        return cms_error(err, "was made with a certificate that is not for code signing");
    if (X509_NAME_print_ex(text, X509_get_subject_name(cms->leaf), 0,
                           XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0 ||
        BIO_pending(text) >= PKI_SUBJECT_MAX)
        return cms_error(err, "was made with a certificate whose subject is too long");
    n = BIO_read(text, cms->subject, PKI_SUBJECT_MAX - 1);
    cms->subject[n > 0 ? n : 0] = '\0';
    return 0;
}

struct pki_cms *
pki_cms_open(const void *der, size_t der_len, struct pki_payload *payload,
             struct err *err)
{
    CLEANUP(pki_cms_release) struct pki_cms *cms = xcalloc(1, sizeof(*cms));
    struct pki_cms *done = NULL;

    if (parse_cms(cms, der, der_len, err) == 0 && check_signer_info(cms, err) == 0 &&
        check_cms_signature(cms, payload, err) == 0 && check_leaf(cms, err) == 0) {
        done = cms;
        cms = NULL;
    }
    ERR_clear_error();
    return done;
}

void
pki_cms_free(struct pki_cms *cms)
{
    if (!cms)
        return;
    sk_X509_pop_free(cms->certs, X509_free);
    CMS_ContentInfo_free(cms->info);
    pki_free(cms->key);
    free(cms);
}

void
pki_cms_release(struct pki_cms **cms)
{
    pki_cms_free(*cms);
    *cms = NULL;
}

/* ---- making one ---- */

static CMS_ContentInfo *
make_cms(const struct pki_key *key, const struct pki_certs *certs, BIO *bytes)
{
    const unsigned flags = CMS_BINARY | CMS_DETACHED | CMS_PARTIAL | CMS_NOSMIMECAP;
    OSSL_LIB_CTX *lib;
    EVP_PKEY *pkey = pki_private_half(key, &lib);
    CMS_ContentInfo *info = CMS_sign_ex(NULL, NULL, NULL, NULL, flags, lib, NULL);
    bool done = info && CMS_add1_signer(info, sk_X509_value(certs->x509, 0), pkey,
                                        EVP_sha256(), flags);

    for (int i = 1; done && i < sk_X509_num(certs->x509); i++)
        done = CMS_add1_cert(info, sk_X509_value(certs->x509, i)) == 1;
    if (done && CMS_final(info, bytes, NULL, CMS_BINARY | CMS_DETACHED) == 1)
        return info;
    CMS_ContentInfo_free(info);
    return NULL;
}

/* In the form that counts, and only when it is good. */
static int
take_form(const unsigned char *der, int len, struct pki_payload *payload, struct buf *out,
          struct err *err)
{
    struct err why = ERR_INIT;
    CLEANUP(pki_cms_release)
    struct pki_cms *cms = pki_cms_open(der, (size_t)len, payload, &why);
    CLEANUP(buf_release) struct buf form = BUF_INIT(PKI_CMS_MAX);

    if (!cms)
        return err_set(err, ERR_INTERNAL, "the CMS signature that was made %s", why.msg);
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
    CLEANUP(release_info) CMS_ContentInfo *info = bio ? make_cms(key, certs, bio) : NULL;
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

/* ---- what is known of one ---- */

const struct digest *
pki_cms_key_id(const struct pki_cms *cms)
{
    return pki_id(cms->key);
}

const char *
pki_cms_subject(const struct pki_cms *cms)
{
    return cms->subject;
}

/* The text of a name and the word for its kind; NULL for kinds we do not compare. */
static const ASN1_STRING *
text_of(const GENERAL_NAME *name, const char **word)
{
    switch (name->type) {
    case GEN_EMAIL:
        *word = "email:";
        return name->d.rfc822Name;
    case GEN_DNS:
        *word = "dns:";
        return name->d.dNSName;
    case GEN_URI:
        *word = "uri:";
        return name->d.uniformResourceIdentifier;
    default:
        return NULL;
    }
}

bool
pki_cms_has_name(const struct pki_cms *cms, const char *name)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(cms->leaf, NID_subject_alt_name, NULL, NULL);
    bool found = false;

    for (int i = 0; !found && i < sk_GENERAL_NAME_num(names); i++) {
        const char *word;
        const ASN1_STRING *text = text_of(sk_GENERAL_NAME_value(names, i), &word);
        size_t len = strlen(name), skip = text ? strlen(word) : 0;

        /* By length: a NUL inside must not cut it. */
        found = text && len > skip && strncmp(name, word, skip) == 0 &&
                (size_t)ASN1_STRING_length(text) == len - skip &&
                memcmp(ASN1_STRING_get0_data(text), name + skip, len - skip) == 0;
    }
    GENERAL_NAMES_free(names);
    ERR_clear_error();
    return found;
}
