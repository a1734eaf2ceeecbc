/* SPDX-License-Identifier: Apache-2.0 */
/* authorities.h - certificates in the trust store: who vouches for signers.
 *
 *     DIR/ca/NAME.pem                an authority, once policy.json names it
 *     DIR/ca/intermediates/NAME.pem  what may stand between it and a signer
 *     DIR/crl/NAME.pem               revocation lists
 *
 * Layer:  trust.
 * Source: docs/trust.md.
 */
#ifndef TRUST_AUTHORITIES_H
#define TRUST_AUTHORITIES_H

#include "io/crypto/pki_certs.h"
#include "trust/files.h"
#include "trust/policy.h"

struct authorities {
    struct pki_certs **anchors; /* of each signer of the policy; NULL for those by key */
    size_t count;
    struct pki_certs *intermediates, *crls; /* of all; NULL when there are no anchors */
};

#define AUTHORITIES_INIT                                                                 \
    {                                                                                    \
        .anchors = NULL                                                                  \
    }

/*
 * Read what the signers of a policy need; nothing when none is known by certificate.
 * Errors: ERR_NOT_FOUND, ERR_USAGE, ERR_LIMIT, ERR_LOCAL, naming signer and file.
 */
MUST_USE int authorities_open(struct authorities *out, const struct store_files *files,
                              const struct policy *policy, struct err *err);
void authorities_release(struct authorities *a);

#endif
