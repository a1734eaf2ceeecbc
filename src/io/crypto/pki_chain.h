/* SPDX-License-Identifier: Apache-2.0 */
/* pki_chain.h - from the certificate of a CMS signature to an authority.
 *
 * Layer:  io.
 * Source: RFC 5280 (certificates and revocation lists).
 */
#ifndef IO_CRYPTO_PKI_CHAIN_H
#define IO_CRYPTO_PKI_CHAIN_H

#include "io/crypto/pki_certs.h"
#include "io/crypto/pki_cms.h"

#define PKI_CHAIN_MAX  8  /* certificates from the holder to the authority */
#define PKI_SERIAL_MAX 40 /* hex digits of a serial number */

/* One certificate of a chain. */
struct pki_link {
    struct digest key_id;            /* of its own key */
    struct digest issuer_id;         /* of the key that signed it */
    char serial[PKI_SERIAL_MAX + 1]; /* lowercase hex without leading zeros */
};

struct pki_chain {
    struct pki_link links[PKI_CHAIN_MAX]; /* from the holder up */
    size_t count;
    bool has_extras; /* the message contains certificates that are not part of it */
    uint64_t valid_from, valid_until; /* intersection over the chain, epoch seconds */
};

/*
 * Search a chain.  Time is not checked, and expired revocation lists still revoke.
 * Errors: ERR_TRUST "revoked"; "unknown-signer" - there is no chain.
 */
MUST_USE int pki_cms_chain(const struct pki_cms *cms,
                           const struct pki_authority *authority, struct pki_chain *out,
                           struct err *err);

#endif
