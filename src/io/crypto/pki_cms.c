/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/crypto/pki_cms.h"

#include "base/mem.h"
#include "io/crypto/pki_cms_internal.h"
#include "io/crypto/pki_internal.h"
#include "io/crypto/pki_sign.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

void
pki_cms_release_info(CMS_ContentInfo **info)
{
    CMS_ContentInfo_free(*info);
}

/* ---- certificates ---- */

/* OpenSSL 3.0 has no purpose "code signing": check the extensions directly. */
bool
pki_cms_is_for_signing(X509 *cert)
{
    return (X509_get_extension_flags(cert) & EXFLAG_XKUSAGE) != 0 &&
           (X509_get_extended_key_usage(cert) & XKU_CODE_SIGN) != 0 &&
           (X509_get_key_usage(cert) & KU_DIGITAL_SIGNATURE) != 0;
}

struct pki_key *
pki_cms_key_of(X509 *cert, const char *name, struct err *err)
{
    EVP_PKEY *pkey = X509_get_pubkey(cert);

    if (pkey)
        return pki_adopt_signer(pkey, false, name, err);
    err_set(err, ERR_USAGE, "'%s' has a public key of an unsupported kind", name);
    return NULL;
}

/* ---- checking a signature ---- */

static int
cms_error(struct err *err, const char *why)
{
    return err_because(err, ERR_TRUST, REASON_BAD_SIGNATURE, "%s", why);
}

bool
pki_cms_is_one(const void *der, size_t len)
{
    const unsigned char *p = der;
    CLEANUP(pki_cms_release_info)
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
        return cms_error(err, "exceeds the maximum size of a CMS signature");
    cms->info = d2i_CMS_ContentInfo(NULL, &p, (long)len);
    if (!cms->info || p != der + len)
        return cms_error(err, "is not a CMS signature");
    if (OBJ_obj2nid(CMS_get0_type(cms->info)) != NID_pkcs7_signed)
        return cms_error(err, "is a CMS message, but not a signature");
    if (CMS_is_detached(cms->info) != 1)
        return cms_error(err, "is a CMS signature with embedded content");
    return 0;
}

CMS_SignerInfo *
pki_cms_signer(const struct pki_cms *cms)
{
    return sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms->info), 0);
}

/* false: the algorithm is not accepted. */
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
        return cms_error(err, "does not have exactly one signer");
    /* Without signed attributes the same bytes could be signed in another meaning. */
    if (CMS_signed_get_attr_count(pki_cms_signer(cms)) < 2)
        return cms_error(err, "has no signed attributes");
    if (!take_digest_alg(cms))
        return cms_error(err, "uses a digest other than SHA-256, SHA-384 or SHA-512");
    return 0;
}

/* Whether the single messageDigest among the signed attributes is that of the payload. */
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
 * Check the signature only; the certificate is judged later.  The signature covers the
 * signed attributes, which contain the digest of the payload.  That digest is compared
 * here, because the library would hash the whole payload for each signature.
 */
static int
check_cms_signature(struct pki_cms *cms, struct pki_payload *payload, struct err *err)
{
    const unsigned flags =
        CMS_BINARY | CMS_DETACHED | CMS_NO_SIGNER_CERT_VERIFY | CMS_NO_CONTENT_VERIFY;
    CLEANUP(pki_release_bio) BIO *nothing = BIO_new_mem_buf("", 0);

    cms->certs = CMS_get1_certs(cms->info);
    if (sk_X509_num(cms->certs) > PKI_CMS_CERTS_MAX)
        return cms_error(err, "contains too many certificates");
    if (!nothing || CMS_verify(cms->info, NULL, NULL, nothing, NULL, flags) != 1 ||
        !fits(cms, payload))
        return cms_error(err, "is not a valid signature of this index");
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
        return cms_error(err, "does not contain the certificate of its signer");
    cms->key = pki_cms_key_of(cms->leaf, "certificate", &why);
    if (!cms->key)
        return cms_error(err, "was made with a key of an unsupported kind");
    if (!pki_cms_is_for_signing(cms->leaf))
        return cms_error(err,
                         "was made with a certificate that does not permit code signing");
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

/* ---- properties of a signature ---- */

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

/* The text of a name and the word for its kind; NULL for kinds that are not compared. */
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

        /* compared by length: an embedded NUL must not cut it */
        found = text && len > skip && strncmp(name, word, skip) == 0 &&
                (size_t)ASN1_STRING_length(text) == len - skip &&
                memcmp(ASN1_STRING_get0_data(text), name + skip, len - skip) == 0;
    }
    GENERAL_NAMES_free(names);
    ERR_clear_error();
    return found;
}
