/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The canonical form of a signature by certificate, the only one accepted in a bundle.
 * Most of a CMS message is not covered by its signature: version numbers, parameters of
 * algorithms, unsigned attributes, unused certificates, lengths in BER.  So the parts
 * that matter are extracted and encoded again in DER, without any degree of freedom.
 */
#include "config.h"
#include "io/crypto/pki_cms_form.h"

#include "base/mem.h"
#include "io/crypto/pki_cms_internal.h"
#include "io/crypto/pki_internal.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_SEQUENCE = 0x30, TAG_SET = 0x31, TAG_CONTEXT_0 = 0xa0 };

/* ---- DER ---- */

/* A value preceded by its tag and its length. */
static bool
put_bytes(struct buf *out, unsigned char tag, const void *bytes, size_t len)
{
    unsigned char head[2 + sizeof(len)] = {tag};
    size_t n = 1, width = 1;

    if (len < 0x80) {
        head[n++] = (unsigned char)len;
    } else {
        while (width < sizeof(len) && len >> 8 * width != 0)
            width++;
        head[n++] = (unsigned char)(0x80 | width);
        while (width-- > 0)
            head[n++] = (unsigned char)(len >> 8 * width);
    }
    return buf_add(out, head, n) == 0 && (len == 0 || buf_add(out, bytes, len) == 0);
}

static bool
put_in(struct buf *out, unsigned char tag, const struct buf *content)
{
    return put_bytes(out, tag, content->data, content->len);
}

/* What the library encoded; takes der. */
static bool
put_der(struct buf *out, unsigned char *der, int len)
{
    bool done = len > 0 && buf_add(out, der, (size_t)len) == 0;

    OPENSSL_free(der);
    return done;
}

static bool
put_der_number(struct buf *out, unsigned char number)
{
    return put_bytes(out, V_ASN1_INTEGER, &number, 1);
}

static bool
put_object(struct buf *out, int nid)
{
    unsigned char *der = NULL;
    int len = i2d_ASN1_OBJECT(OBJ_nid2obj(nid), &der);

    return put_der(out, der, len);
}

static bool
put_algorithm(struct buf *out, int nid, bool has_null)
{
    CLEANUP(buf_release) struct buf content = BUF_INIT(PKI_CMS_MAX);

    return put_object(&content, nid) &&
           (!has_null || put_bytes(&content, V_ASN1_NULL, NULL, 0)) &&
           put_in(out, TAG_SEQUENCE, &content);
}

/* ---- sets ---- */

struct set {
    struct piece {
        unsigned char *der; /* owned */
        size_t len;
    } * items;
    size_t count;
};

static void
set_release(struct set *s)
{
    for (size_t i = 0; i < s->count; i++)
        OPENSSL_free(s->items[i].der);
    free(s->items);
}

static bool
set_add(struct set *s, unsigned char *der, int len)
{
    if (len <= 0)
        return false;
    s->items[s->count++] = (struct piece){der, (size_t)len};
    return true;
}

static int
compare_encodings(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;
    int order = memcmp(x->der, y->der, x->len < y->len ? x->len : y->len);

    if (order != 0)
        return order;
    return x->len < y->len ? -1 : x->len > y->len;
}

/* In DER order, without duplicates. */
static bool
put_set(struct buf *out, unsigned char tag, struct set *s)
{
    CLEANUP(buf_release) struct buf content = BUF_INIT(PKI_CMS_MAX);

    qsort(s->items, s->count, sizeof(*s->items), compare_encodings);
    for (size_t i = 0; i < s->count; i++) {
        if (i > 0 && compare_encodings(&s->items[i - 1], &s->items[i]) == 0)
            continue;
        if (buf_add(&content, s->items[i].der, s->items[i].len) < 0)
            return false;
    }
    return put_in(out, tag, &content);
}

/* ---- parts of the message ---- */

static int
digest_nid(enum digest_alg alg)
{
    switch (alg) {
    case DIGEST_SHA384:
        return NID_sha384;
    case DIGEST_SHA512:
        return NID_sha512;
    case DIGEST_SHA256:
        break;
    }
    return NID_sha256;
}

static int
ecdsa_nid(enum digest_alg alg)
{
    switch (alg) {
    case DIGEST_SHA384:
        return NID_ecdsa_with_SHA384;
    case DIGEST_SHA512:
        return NID_ecdsa_with_SHA512;
    case DIGEST_SHA256:
        break;
    }
    return NID_ecdsa_with_SHA256;
}

/* All certificates in the message except roots, which a reader must already have. */
static bool
put_certificates(struct buf *out, const struct pki_cms *cms)
{
    int count = sk_X509_num(cms->certs);
    CLEANUP(set_release)
    struct set set = {.items = xcalloc((size_t)count, sizeof(*set.items))};

    for (int i = 0; i < count; i++) {
        X509 *cert = sk_X509_value(cms->certs, i);
        unsigned char *der = NULL;
        int len;

        if (X509_cmp(cert, cms->leaf) != 0 &&
            (X509_get_extension_flags(cert) & EXFLAG_SS) != 0)
            continue;
        len = i2d_X509(cert, &der);
        if (!set_add(&set, der, len))
            return false;
    }
    return put_set(out, TAG_CONTEXT_0, &set);
}

static bool
put_attributes(struct buf *out, const CMS_SignerInfo *signer)
{
    int count = CMS_signed_get_attr_count(signer);
    CLEANUP(set_release)
    struct set set = {.items = xcalloc((size_t)count, sizeof(*set.items))};

    for (int i = 0; i < count; i++) {
        unsigned char *der = NULL;
        int len = i2d_X509_ATTRIBUTE(CMS_signed_get_attr(signer, i), &der);

        if (!set_add(&set, der, len))
            return false;
    }
    return put_set(out, TAG_CONTEXT_0, &set);
}

/* Issuer and serial number of the signer's certificate. */
static bool
put_identity(struct buf *out, const X509 *leaf)
{
    CLEANUP(buf_release) struct buf content = BUF_INIT(PKI_CMS_MAX);
    unsigned char *name = NULL, *serial = NULL;
    int name_len = i2d_X509_NAME(X509_get_issuer_name(leaf), &name);
    int serial_len = i2d_ASN1_INTEGER(X509_get0_serialNumber(leaf), &serial);
    bool done = put_der(&content, name, name_len);

    return put_der(&content, serial, serial_len) && done &&
           put_in(out, TAG_SEQUENCE, &content);
}

static bool
put_signer(struct buf *out, const struct pki_cms *cms)
{
    CLEANUP(buf_release) struct buf content = BUF_INIT(PKI_CMS_MAX);
    CMS_SignerInfo *signer = pki_cms_signer(cms);
    const ASN1_OCTET_STRING *raw = CMS_SignerInfo_get0_signature(signer);
    bool is_rsa = cms->key->type == PKI_RSA;

    return put_der_number(&content, 1) && put_identity(&content, cms->leaf) &&
           put_algorithm(&content, digest_nid(cms->alg), false) &&
           put_attributes(&content, signer) &&
           put_algorithm(&content, is_rsa ? NID_rsaEncryption : ecdsa_nid(cms->alg),
                         is_rsa) &&
           put_bytes(&content, V_ASN1_OCTET_STRING, ASN1_STRING_get0_data(raw),
                     (size_t)ASN1_STRING_length(raw)) &&
           put_in(out, TAG_SEQUENCE, &content);
}

static bool
put_signed_data(struct buf *out, const struct pki_cms *cms)
{
    CLEANUP(buf_release) struct buf content = BUF_INIT(PKI_CMS_MAX);
    CLEANUP(buf_release) struct buf digests = BUF_INIT(PKI_CMS_MAX);
    CLEANUP(buf_release) struct buf type = BUF_INIT(PKI_CMS_MAX);
    CLEANUP(buf_release) struct buf signers = BUF_INIT(PKI_CMS_MAX);

    return put_der_number(&content, 1) &&
           put_algorithm(&digests, digest_nid(cms->alg), false) &&
           put_in(&content, TAG_SET, &digests) && put_object(&type, NID_pkcs7_data) &&
           put_in(&content, TAG_SEQUENCE, &type) && put_certificates(&content, cms) &&
           put_signer(&signers, cms) && put_in(&content, TAG_SET, &signers) &&
           put_in(out, TAG_SEQUENCE, &content);
}

/* The content type is "data", both in the signed attribute and in the unsigned field. */
static bool
is_of_data(const struct pki_cms *cms)
{
    const ASN1_OBJECT *type = CMS_signed_get0_data_by_OBJ(
        pki_cms_signer(cms), OBJ_nid2obj(NID_pkcs9_contentType), -3, V_ASN1_OBJECT);

    return type && OBJ_obj2nid(type) == NID_pkcs7_data;
}

int
pki_cms_render(const struct pki_cms *cms, struct buf *out, struct err *err)
{
    CLEANUP(buf_release) struct buf data = BUF_INIT(PKI_CMS_MAX);
    CLEANUP(buf_release) struct buf content = BUF_INIT(PKI_CMS_MAX);
    bool done;

    if (!is_of_data(cms))
        return err_because(err, ERR_TRUST, REASON_BAD_SIGNATURE,
                           "is over a content type other than data");
    done = put_signed_data(&data, cms) && put_object(&content, NID_pkcs7_signed) &&
           put_in(&content, TAG_CONTEXT_0, &data) && put_in(out, TAG_SEQUENCE, &content);

    ERR_clear_error();
    return done ? 0
                : err_because(err, ERR_TRUST, REASON_BAD_SIGNATURE,
                              "exceeds the maximum size of a CMS signature");
}

bool
pki_cms_is_canonical(const struct pki_cms *cms, const void *der, size_t len)
{
    CLEANUP(buf_release) struct buf again = BUF_INIT(PKI_CMS_MAX);

    return pki_cms_render(cms, &again, err_ignored()) == 0 && again.len == len &&
           memcmp(again.data, der, len) == 0;
}
