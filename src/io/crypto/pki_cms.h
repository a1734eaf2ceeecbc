/* SPDX-License-Identifier: Apache-2.0 */
/* pki_cms.h - signatures with certificates: detached CMS, and chains to an authority.
 *
 * Two questions, answered apart.  Is the signature right, by the certificate that comes
 * with it?  pki_cms_open().  Does that certificate come from an authority?
 * pki_cms_chain().  Who the holder is to us, and when the chain has to be valid, is asked
 * elsewhere.
 *
 * Layer:  io.
 * Source: RFC 5652 (CMS), RFC 5280 (certificates and revocation lists).
 */
#ifndef IO_CRYPTO_PKI_CMS_H
#define IO_CRYPTO_PKI_CMS_H

#include "base/text_safe.h"
#include "io/crypto/pki.h"

#include <stdint.h>

#define PKI_CERTS_FILE_MAX (8U << 20)  /* bytes of a PEM file: revocation lists grow */
#define PKI_CMS_MAX        (64 * 1024) /* bytes of DER */
#define PKI_CMS_CERTS_MAX  16          /* certificates in one signature */
#define PKI_CHAIN_MAX      8           /* certificates from the holder to the authority */
#define PKI_SERIAL_MAX     40          /* hex digits of a serial number */
#define PKI_SUBJECT_MAX    256         /* bytes */

/* ---- certificates and revocation lists ---- */

struct pki_certs; /* in the order they were added */

struct pki_certs *pki_certs_new(void);
void pki_certs_release(struct pki_certs **certs);

/*
 * Add every certificate of a PEM file.
 * Errors: ERR_USAGE - there is none in it, or something else, or a block is damaged.
 */
MUST_USE int pki_certs_add(struct pki_certs *certs, const char *pem, size_t len,
                           const char *name, struct err *err);

/*
 * Add every revocation list of a PEM file.  Those that are not complete, or have critical
 * extensions that we do not know, are errors: their silence means nothing.
 * Errors: ERR_USAGE as above.
 */
MUST_USE int pki_crls_add(struct pki_certs *certs, const char *pem, size_t len,
                          const char *name, struct err *err);

/*
 * Number i of the revocation lists among them: who made it, as text_safe() writes it, and
 * until when it is the newest.  false: there is no such number.
 */
struct pki_crl_term {
    char issuer[TEXT_SAFE_MAX];
    bool ends; /* it says when */
    uint64_t next_update;
};

/* ---- making one ---- */

/*
 * May this key sign with the first of these certificates?  The others are sent along.
 * Errors: ERR_USAGE - it is of another key, not for code signing, has expired, or is of a
 *         kind that CMS does not do here (Ed25519).
 */
MUST_USE int pki_cms_check_signer(const struct pki_key *key,
                                  const struct pki_certs *certs, const char *name,
                                  struct err *err);

/* Sign, detached: out gets DER.  Errors: ERR_INTERNAL. */
MUST_USE int pki_cms_sign(const struct pki_key *key, const struct pki_certs *certs,
                          const void *bytes, size_t len, struct buf *out,
                          struct err *err);

/* ---- checking one ---- */

struct pki_cms;

/* Do these bytes begin like a CMS message? */
bool pki_cms_is_one(const void *der, size_t len);

/*
 * Take DER apart and check the signature: detached, by exactly one signer, with signed
 * attributes, SHA-256 or longer, over that payload; the certificate is in it, is for code
 * signing, and has a key of a kind we use.
 * Errors: ERR_TRUST "bad-signature", saying what is wrong.
 */
struct pki_cms *pki_cms_open(const void *der, size_t der_len, struct pki_payload *payload,
                             struct err *err);
void pki_cms_free(struct pki_cms *cms); /* NULL is fine */
void pki_cms_release(struct pki_cms **cms);

/* Of the certificate that signed: the id of its key; its subject as RFC 2253 has it. */
const struct digest *pki_cms_key_id(const struct pki_cms *cms);
const char *pki_cms_subject(const struct pki_cms *cms);

/* Has it that alternative name: "email:...", "dns:...", "uri:..."? */
bool pki_cms_has_name(const struct pki_cms *cms, const char *name);

/* One certificate of a chain. */
struct pki_link {
    struct digest key_id;            /* of its own key */
    struct digest issuer_id;         /* of the key that signed it */
    char serial[PKI_SERIAL_MAX + 1]; /* lowercase hex without leading zeros */
};

struct pki_chain {
    struct pki_link links[PKI_CHAIN_MAX]; /* from the holder up */
    size_t count;
    bool has_extras; /* certificates came along that are not part of it */
    uint64_t valid_from, valid_until; /* all of it, epoch seconds */
};

/* What a chain is made of; certificates in the signature help, too. */
struct pki_authority {
    const struct pki_certs *anchors;       /* one of these ends it */
    const struct pki_certs *intermediates; /* may be part of it */
    const struct pki_certs *crls; /* what any of them revokes is not part of it */
    bool requires_crl;            /* one of the holder's issuer must be there */
};

#endif
