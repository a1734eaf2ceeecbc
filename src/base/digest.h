/* SPDX-License-Identifier: Apache-2.0 */
/* digest.h - content digests as OCI descriptors write them.
 *
 * Layer:  base.
 * Source: OCI image-spec v1.1, descriptor.md, "Digests" and "Registered algorithms".
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define DIGEST_RAW_MAX  64                           /* bytes, sha512 */
#define DIGEST_TEXT_MAX (7 + 2 * DIGEST_RAW_MAX + 1) /* "sha512:" + hex + NUL */

/* SHA-384 occurs only in signatures by P-384 keys: no content is named by it. */
enum digest_alg { DIGEST_SHA256 = 1, DIGEST_SHA512 = 2, DIGEST_SHA384 = 3 };

/* A parsed digest.  A plain value: copy it freely, nothing to release. */
struct digest {
    enum digest_alg alg;
    unsigned char raw[DIGEST_RAW_MAX]; /* zero beyond digest_size() */
};

/*
 * Parse "ALG:HEX" from the len bytes at text, which need no NUL.
 *
 * Shape:   sha256 has 64 and sha512 128 lowercase hex digits, nothing after.
 * Returns: 0 and fills *out, or -1; *out is then untouched.
 * Errors:  kind, chosen by the caller, which knows where the input came from.
 * Trust:   text is remote input; the message quotes none of it.
 */
MUST_USE int digest_parse(struct digest *out, const char *text, size_t len,
                          enum err_kind kind, struct err *err);

/* Bytes used in raw: 32, 48 or 64. */
size_t digest_size(const struct digest *d);

bool digest_equal(const struct digest *a, const struct digest *b);

/* A total order, for sorting. */
int digest_compare(const struct digest *a, const struct digest *b);

/* Write the lowercase hex digits (without "alg:") and a NUL. */
void digest_hex(const struct digest *d, char out[2 * DIGEST_RAW_MAX + 1]);

/* Write "alg:hex" and a NUL. */
void digest_text(const struct digest *d, char out[DIGEST_TEXT_MAX]);

#endif
