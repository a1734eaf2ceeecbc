/* SPDX-License-Identifier: Apache-2.0 */
/* pki_cms_sign.h - sign with a key and its certificate.
 *
 * Layer: io.
 */
#ifndef IO_CRYPTO_PKI_CMS_SIGN_H
#define IO_CRYPTO_PKI_CMS_SIGN_H

#include "io/crypto/pki.h"
#include "io/crypto/pki_certs.h"

/*
 * Check that this key may sign with the first of these certificates; the others are
 * included in the signature.
 * Errors: ERR_USAGE - it is of another key, not for code signing, has expired, or is of a
 *         kind that is not supported with CMS (Ed25519).
 */
MUST_USE int pki_cms_check_signer(const struct pki_key *key,
                                  const struct pki_certs *certs, const char *name,
                                  struct err *err);

/* Create a detached signature in DER in out.  Errors: ERR_INTERNAL. */
MUST_USE int pki_cms_sign(const struct pki_key *key, const struct pki_certs *certs,
                          const void *bytes, size_t len, struct buf *out,
                          struct err *err);

#endif
