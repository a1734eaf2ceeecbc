/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/key_form.h"

#include <string.h>

int
key_form_read(const struct key_form_options *options, enum pki_form otherwise,
              enum pki_form *out, struct err *err)
{
    const char *kdf = options->kdf;

    if (kdf && (options->cosign || options->no_passphrase))
        return err_set(err, ERR_USAGE, "--kdf and %s are mutually exclusive",
                       options->cosign ? "--cosign" : "--no-passphrase");
    if (kdf && strcmp(kdf, "scrypt") != 0 && strcmp(kdf, "pbkdf2") != 0)
        return err_set(err, ERR_USAGE, "--kdf must be one of scrypt, pbkdf2");
    if (options->cosign)
        *out = PKI_FORM_COSIGN;
    else if (options->no_passphrase)
        *out = PKI_FORM_PLAIN;
    else if (kdf)
        *out = strcmp(kdf, "pbkdf2") == 0 ? PKI_FORM_PBKDF2 : PKI_FORM_SCRYPT;
    else
        *out = otherwise;
    return 0;
}
