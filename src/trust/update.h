/* SPDX-License-Identifier: Apache-2.0 */
/* update.h - the next version of a trust store, as one signed file.
 *
 *     {"mediaType":"application/vnd.sealift.trust.v1+json","files":{NAME:TEXT,...}}
 *
 * NAME is policy.json, revoked, keys/X.pub, ca/X.pem, ca/intermediates/X.pem or
 * crl/X.pem.
 *
 * Layer: trust.
 * Source: docs/trust.md, "Changing the store of many hosts".
 */
#ifndef TRUST_UPDATE_H
#define TRUST_UPDATE_H

#include "trust/signature_check.h"
#include "trust/trusted_time.h"

#define UPDATE_MAX       (4U << 20) /* bytes */
#define UPDATE_FILES_MAX 1024

struct trust_update {
    struct store_file *files; /* owned */
    size_t count, cap;
};

#define TRUST_UPDATE_INIT                                                                \
    {                                                                                    \
        .files = NULL                                                                    \
    }

/*
 * Parse it: only those names, each once.
 * Errors: ERR_USAGE, ERR_LIMIT.  *out is then untouched.
 */
MUST_USE int update_parse(struct trust_update *out, const char *text, size_t len,
                          struct err *err);
void update_release(struct trust_update *u);

/* Add a file; name and text are copied. */
void update_add(struct trust_update *u, const char *name, const char *text);
const char *update_text(const struct trust_update *u, const char *name); /* or NULL */

/* Errors: ERR_LIMIT. */
MUST_USE int update_write(const struct trust_update *u, struct buf *out, struct err *err);

/*
 * Open the store that would result from applying it to the folder `dir`, whose
 * revocations `revoked` are kept.  Nothing is written.  dir NULL: there is no store yet.
 * Errors: ERR_USAGE - it is incomplete, or has no "root"; those of trust_store_open().
 */
MUST_USE int update_open(const struct trust_update *u, const char *dir,
                         const struct revoked *revoked, struct trust_store *out,
                         struct err *err);

/*
 * Whether next may replace current: its version is the successor, and enough of the root
 * signers of both have signed.  of_current, of_next: the signatures, checked against
 * each.
 * Errors: ERR_USAGE - no root, another version; ERR_TRUST.
 */
MUST_USE int update_judge(const struct trust_store *current,
                          const struct signature_check *of_current,
                          const struct trust_store *next,
                          const struct signature_check *of_next,
                          const struct events *events, struct err *err);

#endif
