/* SPDX-License-Identifier: Apache-2.0 */
/* keygen.h - create a key pair in two files.
 *
 * Layer: ops.
 */
#ifndef OPS_SIGN_KEYGEN_H
#define OPS_SIGN_KEYGEN_H

#include "base/digest.h"
#include "base/secret.h"
#include "io/crypto/pki.h"

#define KEYGEN_PATH_MAX 4096 /* bytes, including the NUL */

struct keygen_options {
    const char *name; /* NAME of NAME.key and NAME.pub; may be a path */
    enum pki_type type;
    enum pki_form form;
    const struct secret *passphrase; /* unless the form is PKI_FORM_PLAIN */
};

struct keygen_result {
    char key_path[KEYGEN_PATH_MAX], pub_path[KEYGEN_PATH_MAX];
    struct digest key_id;
    enum pki_type type;
};

/*
 * Create a key pair and write NAME.key (mode 0600) and NAME.pub.  Either both files are
 * new and complete, or neither exists.
 * Errors: ERR_CONFLICT - one of them exists; ERR_USAGE - NAME is not a file name or is
 * too
 *         long; ERR_LOCAL, ERR_NOT_FOUND of file.h; ERR_INTERNAL.
 */
MUST_USE int keygen_run(struct keygen_result *out, const struct keygen_options *options,
                        struct err *err);

/*
 * Write the private half to a file of mode 0600.  exclusive: an existing file is
 * ERR_CONFLICT; otherwise it is replaced atomically.
 * Errors: those of pki_private_pem() and file_put().
 */
MUST_USE int key_write(const struct pki_key *key, enum pki_form form,
                       const struct secret *passphrase, const char *path, bool exclusive,
                       struct err *err);

#endif
