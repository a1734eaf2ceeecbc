/* SPDX-License-Identifier: Apache-2.0 */
/* key_form.h - options that say how a private key is to be kept.
 *
 * Layer: cli.
 */
#ifndef CLI_KEY_FORM_H
#define CLI_KEY_FORM_H

#include "cli/opt.h"
#include "io/crypto/pki.h"

struct key_form_options {
    bool cosign, no_passphrase;
    const char *kdf;
};

#define KEY_FORM_OPTIONS(T)                                                              \
    FLAG(T, form.cosign, 0, "cosign", "write the private key the way cosign does"),      \
        TEXT(T, form.kdf, 0, "kdf", "KDF",                                               \
             "derive the encryption key by scrypt (default) or pbkdf2 (for FIPS 140)"),  \
        FLAG(T, form.no_passphrase, 0, "no-passphrase",                                  \
             "leave the private key unencrypted")

/*
 * The form asked for, or otherwise when nothing was.  cosign's form without a passphrase
 * is encrypted with the empty one, as cosign does it.
 * Errors: ERR_USAGE - options that contradict each other, an unknown KDF.
 */
MUST_USE int key_form_read(const struct key_form_options *options,
                           enum pki_form otherwise, enum pki_form *out, struct err *err);

#endif
