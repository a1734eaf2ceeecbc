/* SPDX-License-Identifier: Apache-2.0 */
/* authorities.h - the certificates in the trust store that signers' certificates chain
 * to.
 *
 *     DIR/ca/NAME.pem                an authority, once policy.json names it
 *     DIR/ca/intermediates/NAME.pem  intermediate certificates
 *     DIR/crl/NAME.pem               revocation lists
 *
 * Layer: trust.
 * Source: docs/trust.md.
 */
#ifndef TRUST_AUTHORITIES_H
#define TRUST_AUTHORITIES_H

#include "io/crypto/pki_certs.h"
#include "trust/files.h"
#include "trust/policy.h"

struct authorities {
    struct pki_certs *
        *anchors; /* per signer of the policy; NULL for those known by key */
    size_t count;
    struct pki_certs *intermediates,
        *crls; /* shared by all signers; NULL when there are no anchors */
};

#define AUTHORITIES_INIT                                                                 \
    {                                                                                    \
        .anchors = NULL                                                                  \
    }

/*
 * Read the certificates that the signers of a policy need; nothing when none is known by
 * certificate.
 * Errors: ERR_NOT_FOUND, ERR_USAGE, ERR_LIMIT, ERR_LOCAL, naming signer and file.
 */
MUST_USE int authorities_open(struct authorities *out, const struct store_files *files,
                              const struct policy *policy, struct err *err);
void authorities_release(struct authorities *a);

#endif
