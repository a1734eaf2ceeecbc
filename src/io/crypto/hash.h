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
 * Once, before anything else of the library is used: its allocations are ours from then
 * on and cannot fail either (mem.h).  OpenSSL 3.0 crashes when some of its own do.
 */
void hash_global_init(void);

struct hash {
    void *ctx; /* the library's, owned */
    enum digest_alg alg;
};

#define HASH_INIT                                                                        \
    {                                                                                    \
        .ctx = NULL                                                                      \
    }

/* Begin a digest; a struct in use starts again from nothing.  Errors: ERR_INTERNAL. */
MUST_USE int hash_start(struct hash *h, enum digest_alg alg, struct err *err);
MUST_USE int hash_add(struct hash *h, const void *bytes, size_t len, struct err *err);
/* The digest of all that was added; start again before adding more. */
MUST_USE int hash_finish(struct hash *h, struct digest *out, struct err *err);
void hash_release(struct hash *h);
/* A second one that has seen the same bytes; what it held before goes. */
MUST_USE int hash_copy(struct hash *to, const struct hash *from, struct err *err);

/* All at once. */
MUST_USE int hash_bytes(enum digest_alg alg, const void *bytes, size_t len,
                        struct digest *out, struct err *err);

/* Standard base64 with padding, on one line.  -1 when out may not grow that far. */
MUST_USE int base64_encode(const void *bytes, size_t len, struct buf *out);

/*
 * Canonical base64 only: padding as it must be, no white space, unused bits zero.
 * Returns: 0, or -1 when it is not that, or longer than out may grow.
 */
MUST_USE int base64_decode(const char *text, size_t len, struct buf *out);

MUST_USE int random_bytes(void *out, size_t len, struct err *err);

#endif
