/* SPDX-License-Identifier: Apache-2.0 */
/* signer.h - the signer of a command: a private key, optionally with a certificate.
 *
 * Layer: cli.
 */
#ifndef CLI_SIGNER_H
#define CLI_SIGNER_H

#include "cli/passphrase.h"
#include "io/crypto/pki_certs.h"

struct signer_options {
    const char *key, *cert, *chain, *out;
};

#define SIGNER_OPTIONS(T)                                                                \
    FILE_TEXT(T, signer.key, 0, "key", "KEY", OPT_READS, "sign with this private key",   \
              .family = "signer"),                                                       \
        FILE_TEXT(T, signer.cert, 0, "sign-cert", "CERT", OPT_READS,                     \
                  "sign in CMS with this certificate of the key", .family = "signer",    \
                  .needs = "key"),                                                       \
        FILE_TEXT(T, signer.chain, 0, "sign-chain", "FILE", OPT_READS,                   \
                  "also include the certificates in FILE", .family = "signer",           \
                  .needs = "sign-cert"),                                                 \
        FILE_TEXT(T, signer.out, 0, "sig-out", "FILE", OPT_WRITES,                       \
                  "write the signature to FILE instead of the bundle", .needs = "key"),  \
        PASSPHRASE_OPTIONS(T)

struct signer {
    struct pki_key *key;     /* NULL: no signer */
    struct pki_certs *certs; /* NULL: bare key */
};

#define SIGNER_INIT                                                                      \
    {                                                                                    \
        .key = NULL                                                                      \
    }

/* Errors: ERR_USAGE - an option lacks one that it requires. */
MUST_USE int signer_check(const struct signer_options *options, struct err *err);

/*
 * Load key and certificates.
 * Errors: those of passphrase_load_key(), file_slurp() and pki_cms_check_signer().
 */
MUST_USE int signer_load(const struct signer_options *options,
                         const struct passphrase_options *passphrase, struct signer *out,
                         struct err *err);
void signer_release(struct signer *s);

#endif
