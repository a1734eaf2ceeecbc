/* SPDX-License-Identifier: Apache-2.0 */
/* passphrase.h - where the passphrase of a private key comes from; never from argv.
 *
 * In this order: --passphrase-fd, --passphrase-file, $SEALIFT_PASSPHRASE,
 * $COSIGN_PASSWORD (empty counts as a value), the credential "sealift-passphrase" of
 * systemd, the terminal. Variables are wiped and removed from the environment once they
 * were read.
 *
 * Layer: cli.
 */
#ifndef CLI_PASSPHRASE_H
#define CLI_PASSPHRASE_H

#include "cli/opt.h"
#include "io/crypto/pki.h"

struct passphrase_options {
    struct opt_number fd;
    const char *file;
};

#define PASSPHRASE_OPTIONS(T)                                                            \
    NUMBER(T, passphrase.fd, 0, "passphrase-fd", "N", 1023,                              \
           "read the passphrase of the private key from file descriptor N"),             \
        FILE_TEXT(T, passphrase.file, 0, "passphrase-file", "FILE", OPT_READS,           \
                  "read it from the first line of FILE")

/* For the passphrase that takes the place of another; from $SEALIFT_NEW_PASSPHRASE, too.
 */
#define NEW_PASSPHRASE_OPTIONS(T)                                                        \
    NUMBER(T, fresh.fd, 0, "new-passphrase-fd", "N", 1023,                               \
           "read the new passphrase from file descriptor N"),                            \
        FILE_TEXT(T, fresh.file, 0, "new-passphrase-file", "FILE", OPT_READS,            \
                  "read it from the first line of FILE")

/* Does it read standard input?  Its name for messages, or NULL. */
const char *passphrase_stdin_user(const struct passphrase_options *options);

enum passphrase_role {
    PASSPHRASE_OPENS,    /* an existing key */
    PASSPHRASE_LOCKS,    /* a new key: typed twice, not empty */
    PASSPHRASE_REPLACES, /* the one of an existing key: the same, from its own sources */
};

/*
 * Get it.  what: for the prompt ("release.key").
 * Errors: ERR_AUTH - nowhere to get it from: the hint lists the ways; ERR_USAGE - both
 *         options, a file others can read, an empty one for a new key; ERR_LIMIT.
 */
MUST_USE int passphrase_get(const struct passphrase_options *options,
                            enum passphrase_role role, const char *what,
                            struct secret *out, struct err *err);

/* Is there a source without the terminal? */
bool passphrase_is_given(const struct passphrase_options *options,
                         enum passphrase_role role);

/*
 * Load the private key of a signer: a file, or a "pkcs11:" URI.  Up to three tries on a
 * terminal for the passphrase of a file.  used, unless NULL, gets that one.
 * Errors: those of passphrase_get(), pki_private() and pki_token(); ERR_USAGE - it is not
 * encrypted, and others can read it; ERR_NOT_FOUND, ERR_LOCAL.
 */
struct pki_key *passphrase_load_key(const struct passphrase_options *options,
                                    const char *where, struct secret *used,
                                    struct err *err);

#endif
