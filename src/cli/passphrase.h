/* passphrase.h - where the passphrase of a private key comes from; never from argv.
 *
 * In this order: --passphrase-fd, --passphrase-file, $SEALIFT_PASSPHRASE (empty counts as
 * a value), the terminal.
 *
 * Layer: cli.
 */
#ifndef CLI_PASSPHRASE_H
#define CLI_PASSPHRASE_H

#include "cli/opt.h"
#include "io/pki.h"

struct passphrase_options {
    struct opt_number fd;
    const char *file;
};

#define PASSPHRASE_OPTIONS(T)                                                            \
    NUMBER(T, passphrase.fd, 0, "passphrase-fd", "N", 1023,                              \
           "read the passphrase of the private key from descriptor N"),                  \
        TEXT(T, passphrase.file, 0, "passphrase-file", "FILE",                           \
             "read it from FILE (its first line)")

/* Does it read standard input?  Its name for messages, or NULL. */
const char *passphrase_stdin_user(const struct passphrase_options *options);

/*
 * Get it.  what: for the prompt ("release.key").  confirm: ask twice on a terminal.
 * Errors: ERR_AUTH - nowhere to get it from: the hint lists the ways; ERR_USAGE - both
 *         options, a file others can read; ERR_LIMIT.
 */
MUST_USE int passphrase_get(const struct passphrase_options *options, const char *what,
                            bool confirm, struct secret *out, struct err *err);

/* Load the private key of a signer: asks up to three times on a terminal. */
struct pki_key *passphrase_load_key(const struct passphrase_options *options,
                                    const char *path, struct err *err);

#endif
