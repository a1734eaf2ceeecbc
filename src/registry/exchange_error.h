/* SPDX-License-Identifier: Apache-2.0 */
/* exchange_error.h - errors for unexpected answers.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_EXCHANGE_ERROR_H
#define REGISTRY_EXCHANGE_ERROR_H

#include "base/digest.h"
#include "registry/connection/call.h"

/* Whether the same request may succeed later. */
bool exchange_may_pass(const struct answer *a);

/* Whether the answer is a rate limit. */
bool exchange_is_throttled(const struct answer *a);

/* Set the error for the answer.  Always -1. */
int exchange_error(const struct call *call, const struct answer *a, struct err *err);

/* Docker-Content-Digest of an answer; NULL where it is absent, or no digest that we know.
 */
const char *exchange_told_digest(const struct answer *a);

/*
 * The result of exchange_told_digest() after a push, or NULL: it must not be another
 * digest.
 * Errors: ERR_INTEGRITY "digest".
 */
MUST_USE int exchange_check_digest(const char *told, const struct digest *digest,
                                   struct err *err);

/*
 * A JSON document must not be compressed, which is never requested.
 * Errors: ERR_PROTOCOL.
 */
MUST_USE int exchange_check_encoding(const struct http_response *r, struct err *err);

/* Whether the body of an error answer has this code ("BLOB_UPLOAD_UNKNOWN"). */
bool exchange_has_code(const struct answer *a, const char *code);

/* Whether its message contains this word, ignoring case. */
bool exchange_says(const struct answer *a, const char *word);

#endif
