/* SPDX-License-Identifier: Apache-2.0 */
/* cert_signer.h - which signer of the policy holds the certificate that made a signature.
 *
 * Layer: trust.
 */
#ifndef TRUST_CERT_SIGNER_H
#define TRUST_CERT_SIGNER_H

#include "io/crypto/pki_cms.h"
#include "trust/store.h"

struct cert_signer {
    const char *signer;               /* name in the policy, borrowed */
    uint64_t valid_from, valid_until; /* of the whole chain, epoch seconds */
    bool has_extras; /* certificates came along that are not part of the chain */
};

/*
 * The first signer whose authority vouches for the certificate and whose pins it fits.
 * Errors: ERR_TRUST "revoked" - by a list or by the store's file; "unknown-signer".
 */
MUST_USE int cert_signer_find(struct cert_signer *out, const struct trust_store *store,
                              const struct pki_cms *cms, struct err *err);

#endif
