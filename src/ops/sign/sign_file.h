/* SPDX-License-Identifier: Apache-2.0 */
/* sign_file.h - a signature for any file that is not a bundle, such as a release.
 *
 * Layer: ops.
 */
#ifndef OPS_SIGN_SIGN_FILE_H
#define OPS_SIGN_SIGN_FILE_H

#include "base/digest.h"
#include "io/crypto/pki_certs.h"

/* An Ed25519 signature needs all bytes of the file at once. */
#define SIGN_FILE_MAX (1ULL << 30) /* bytes */

struct sign_file_options {
    const char *path, *out; /* the file; a new file for the signature */
    const struct pki_key *key;
    const struct pki_certs *certs; /* NULL: with the bare key */
};

/*
 * Sign the bytes of a file, in the form of the signatures of bundles: a sigstore bundle,
 * or CMS with certificates.  *digest: SHA-256 of the file.
 * Errors: ERR_NOT_FOUND, ERR_LOCAL; ERR_LIMIT - larger than SIGN_FILE_MAX; ERR_CONFLICT -
 *         the signature file exists; those of sign_bytes().
 */
MUST_USE int sign_file(const struct sign_file_options *options, struct digest *digest,
                       struct err *err);

#endif
