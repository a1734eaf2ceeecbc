/* SPDX-License-Identifier: Apache-2.0 */
/* key_form.h - options for the format of a private key file.
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
    FLAG(T, form.cosign, 0, "cosign", "write the private key in cosign's format",        \
         .family = "form"),                                                              \
        TEXT(T, form.kdf, 0, "kdf", "KDF",                                               \
             "derive the encryption key with scrypt (default) or pbkdf2 (for FIPS 140)", \
             .family = "form", .choices = "scrypt pbkdf2"),                              \
        FLAG(T, form.no_passphrase, 0, "no-passphrase",                                  \
             "leave the private key unencrypted", .from = OPT_FROM_LINE,                 \
             .family = "form passphrase new-passphrase")

/*
 * The requested form, or otherwise without a request.  cosign's form without a passphrase
 * is encrypted with an empty one, as cosign does.
 * Errors: ERR_USAGE - mutually exclusive options, an unknown KDF.
 */
MUST_USE int key_form_read(const struct key_form_options *options,
                           enum pki_form otherwise, enum pki_form *out, struct err *err);

#endif
