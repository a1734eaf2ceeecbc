/* SPDX-License-Identifier: Apache-2.0 */
/* passphrase.h - sources of the passphrase of a private key; never argv.
 *
 * In this order: --passphrase-fd, --passphrase-file, $SEALIFT_PASSPHRASE,
 * $COSIGN_PASSWORD (an empty value counts), the systemd credential "sealift-passphrase",
 * the terminal. Variables are wiped and removed from the environment after they were
 * read.
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
           "read the passphrase of the private key from file descriptor N",              \
           .family = "passphrase"),                                                      \
        FILE_TEXT(T, passphrase.file, 0, "passphrase-file", "FILE", OPT_READS,           \
                  "read it from the first line of FILE", .family = "passphrase")

/* For a passphrase that replaces another one; also from $SEALIFT_NEW_PASSPHRASE. */
#define NEW_PASSPHRASE_OPTIONS(T)                                                        \
    NUMBER(T, fresh.fd, 0, "new-passphrase-fd", "N", 1023,                               \
           "read the new passphrase from file descriptor N",                             \
           .family = "new-passphrase"),                                                  \
        FILE_TEXT(T, fresh.file, 0, "new-passphrase-file", "FILE", OPT_READS,            \
                  "read it from the first line of FILE", .family = "new-passphrase")

/* The name for messages of the option that reads standard input, or NULL. */
const char *passphrase_stdin_user(const struct passphrase_options *options);

enum passphrase_role {
    PASSPHRASE_OPENS,    /* an existing key */
    PASSPHRASE_LOCKS,    /* a new key: typed twice, not empty */
    PASSPHRASE_REPLACES, /* a new passphrase of an existing key: as for a new key, from
                            its own sources */
};

/*
 * Get a passphrase.  what: for the prompt ("release.key").
 * Errors: ERR_AUTH - no source: the hint lists them; ERR_USAGE - both options, a file
 *         readable by others, an empty one for a new key; ERR_LIMIT.
 */
MUST_USE int passphrase_get(const struct passphrase_options *options,
                            enum passphrase_role role, const char *what,
                            struct secret *out, struct err *err);

/* Whether there is a source other than the terminal. */
bool passphrase_is_given(const struct passphrase_options *options,
                         enum passphrase_role role);

/*
 * Load the private key of a signer: a file, or a "pkcs11:" URI.  On a terminal up to
 * three tries for the passphrase of a file.  used, unless NULL, receives it.
 * Errors: those of passphrase_get(), pki_private() and pki_token(); ERR_USAGE - it is not
 * encrypted and readable by others; ERR_NOT_FOUND, ERR_LOCAL.
 */
struct pki_key *passphrase_load_key(const struct passphrase_options *options,
                                    const char *where, struct secret *used,
                                    struct err *err);

#endif
