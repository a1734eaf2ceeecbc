/* SPDX-License-Identifier: Apache-2.0 */
/* hash.h - running digests, base64 and random bytes.
 *
 * Layer: io.  With pki.c the only user of OpenSSL.
 */
#ifndef IO_CRYPTO_HASH_H
#define IO_CRYPTO_HASH_H

#include "base/buf.h"
#include "base/digest.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Called once, before any other use of the library: from then on it allocates through
 * mem.h, which cannot fail.  OpenSSL 3.0 crashes when some of its allocations fail.
 */
void hash_global_init(void);
/* The version of OpenSSL that runs, such as "3.0.17". */
const char *hash_library_version(void);

struct hash {
    void *ctx; /* owned; the library's */
    enum digest_alg alg;
};

#define HASH_INIT                                                                        \
    {                                                                                    \
        .ctx = NULL                                                                      \
    }

/* Begin a digest, also when the struct is in use.  Errors: ERR_INTERNAL. */
MUST_USE int hash_start(struct hash *h, enum digest_alg alg, struct err *err);
MUST_USE int hash_add(struct hash *h, const void *bytes, size_t len, struct err *err);
/* The digest of all bytes added; start again before adding more. */
MUST_USE int hash_finish(struct hash *h, struct digest *out, struct err *err);
void hash_release(struct hash *h);
/* Copy the state; the previous state of *to is released. */
MUST_USE int hash_copy(struct hash *to, const struct hash *from, struct err *err);

/* hash_start(), hash_add() and hash_finish() in one call. */
MUST_USE int hash_bytes(enum digest_alg alg, const void *bytes, size_t len,
                        struct digest *out, struct err *err);

/* Standard base64 with padding, on one line.  -1 when out's maximum would be exceeded. */
MUST_USE int base64_encode(const void *bytes, size_t len, struct buf *out);

/*
 * Canonical base64 only: correct padding, no white space, unused bits zero.
 * Returns: 0, or -1 when it is malformed, or longer than out's maximum.
 */
MUST_USE int base64_decode(const char *text, size_t len, struct buf *out);

MUST_USE int random_bytes(void *out, size_t len, struct err *err);

#endif
