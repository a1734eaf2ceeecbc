/* SPDX-License-Identifier: Apache-2.0 */
/* cert_signer.h - the signer of the policy that a certificate belongs to.
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
    bool has_extras; /* the signature contains certificates that are not part of the chain
                      */
};

/*
 * Find the first signer whose authority issued the certificate and whose pins it matches.
 * Errors: ERR_TRUST "revoked" - by a list or by the store's file; "unknown-signer".
 */
MUST_USE int cert_signer_find(struct cert_signer *out, const struct trust_store *store,
                              const struct pki_cms *cms, struct err *err);

#endif
