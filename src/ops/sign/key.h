/* SPDX-License-Identifier: Apache-2.0 */
/* key.h - private key files: written, shown.
 *
 * Layer: ops.
 */
#ifndef OPS_SIGN_KEY_H
#define OPS_SIGN_KEY_H

#include "io/crypto/pki.h"

/*
 * Write the private half to a file of mode 0600.  exclusive: an existing file is
 * ERR_CONFLICT; else it is replaced as a whole, or stays as it was.
 * Errors: those of pki_private_pem() and file_put().
 */
MUST_USE int key_write(const struct pki_key *key, enum pki_form form,
                       const struct secret *passphrase, const char *path, bool exclusive,
                       struct err *err);

#endif
